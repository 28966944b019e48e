//! Baseline and outcome measures: groups, numbers analysed, classes, categories, measurements, statistical analyses.
//!
//! Until 2017 a measure had categories only, and the number of participants was a measure of its own before it; both are
//! brought to the newer shape. It must not calculate.

use super::super::json::Json;
use super::super::tree::Element;
use super::{group_id, groups, in_api_writing, listed};
use crate::source::reading::Reading;
use crate::trial::PartialDate;

/// The title of the measure that held the number analysed.
const OLD_DENOMINATOR: &str = "Number of Participants";

pub(super) fn baseline(baseline: Element, json: &mut Json, reading: &mut Reading) {
    json.text("populationDescription", baseline.child_lines("population"));
    groups(baseline, "BG", json);
    let mut measures: Vec<Element> = listed(baseline, "measure_list", "measure").collect();
    let old = old_denominator(&mut measures);
    denominators(baseline, old, "BG", json);
    json.array("measures", |json| {
        for measure in measures {
            json.item(|json| {
                json.text("title", measure.child_line("title"));
                json.text("description", measure.child_lines("description"));
                json.text("populationDescription", measure.child_lines("population"));
                json.text(
                    "paramType",
                    value(measure, "param", "measure_param", reading),
                );
                let dispersion = value(measure, "dispersion", "measure_dispersion", reading);
                json.text("dispersionType", dispersion);
                json.text("unitOfMeasure", measure.child_line("units"));
                json.text("denomUnitsSelected", measure.child_line("units_analyzed"));
                denominators(measure, None, "BG", json);
                json.array("classes", |json| {
                    classes(measure, "BG", json);
                    let mut old = listed(measure, "category_list", "category").peekable();
                    if old.peek().is_some() {
                        json.item(|json| {
                            json.array("categories", |json| {
                                for category in old {
                                    json.item(|json| {
                                        json.text("title", old_title(category));
                                        measurements(category, "BG", json);
                                    });
                                }
                            });
                        });
                    }
                });
            });
        }
    });
}

pub(super) fn outcome(outcome: Element, json: &mut Json, reading: &mut Reading) {
    let mut measures: Vec<Element> = outcome
        .all("measure")
        .chain(listed(outcome, "measure_list", "measure"))
        .collect();
    let old = old_denominator(&mut measures);
    let first = measures.first().copied();
    let of_first = |name: &str| first.and_then(|measure| measure.child_line(name));
    let outcome_type = value(outcome, "type", "outcome_measure_type", reading);
    json.text("type", outcome_type);
    json.text(
        "title",
        outcome.child_line("title").or_else(|| of_first("title")),
    );
    let description = |name: &str| {
        let own = outcome.child_lines(name);
        own.or_else(|| first.and_then(|measure| measure.child_lines(name)))
    };
    json.text("description", description("description"));
    json.text("populationDescription", description("population"));
    let posted = first.is_some() || old.is_some();
    json.text(
        "reportingStatus",
        Some(if posted { "POSTED" } else { "NOT_POSTED" }),
    );
    json.text("anticipatedPostingDate", posting_date(outcome, reading));
    if let Some(measure) = first {
        json.text(
            "paramType",
            value(measure, "param", "measure_param", reading),
        );
    }
    json.text("dispersionType", of_first("dispersion"));
    json.text("unitOfMeasure", of_first("units"));
    json.text("timeFrame", outcome.child_lines("time_frame"));
    json.text("denomUnitsSelected", of_first("units_analyzed"));
    groups(outcome, "OG", json);
    denominators(first.unwrap_or(outcome), old, "OG", json);
    json.array("classes", |json| {
        for measure in measures {
            classes(measure, "OG", json);
            for category in listed(measure, "category_list", "category") {
                json.item(|json| {
                    json.text("title", old_title(category));
                    json.array("categories", |json| {
                        json.item(|json| measurements(category, "OG", json));
                    });
                });
            }
        }
    });
    json.array("analyses", |json| {
        for analysis in listed(outcome, "analysis_list", "analysis") {
            json.item(|json| statistics(analysis, json, reading));
        }
    });
}

/// Takes the old measure that holds the number analysed out of the list, if it leads it.
fn old_denominator<'t>(measures: &mut Vec<Element<'t>>) -> Option<Element<'t>> {
    let first = measures.first()?;
    let old = first.child("category_list").is_some()
        && first.child_line("title").as_deref() == Some(OLD_DENOMINATOR)
        && listed(*first, "category_list", "category").count() == 1;
    old.then(|| measures.remove(0))
}

fn old_title(category: Element) -> Option<String> {
    let title = category.child_line("sub_title");
    title.or_else(|| category.child_line("title"))
}

fn denominators(element: Element, old: Option<Element>, prefix: &str, json: &mut Json) {
    json.array("denoms", |json| {
        for analysed in listed(element, "analyzed_list", "analyzed") {
            json.item(|json| {
                json.text("units", analysed.child_line("units"));
                json.array("counts", |json| {
                    for count in listed(analysed, "count_list", "count") {
                        json.item(|json| {
                            json.text("groupId", group_id(count, prefix));
                            json.text("value", count.attribute("value"));
                        });
                    }
                });
            });
        }
        if let Some(old) = old {
            json.item(|json| {
                json.text("units", Some("Participants"));
                json.array("counts", |json| {
                    let categories = listed(old, "category_list", "category");
                    for count in
                        categories.flat_map(|one| listed(one, "measurement_list", "measurement"))
                    {
                        json.item(|json| {
                            json.text("groupId", group_id(count, prefix));
                            json.text("value", count.attribute("value"));
                        });
                    }
                });
            });
        }
    });
}

fn classes(measure: Element, prefix: &str, json: &mut Json) {
    for class in listed(measure, "class_list", "class") {
        json.item(|json| {
            json.text("title", class.child_line("title"));
            denominators(class, None, prefix, json);
            json.array("categories", |json| {
                for category in listed(class, "category_list", "category") {
                    json.item(|json| {
                        json.text("title", category.child_line("title"));
                        measurements(category, prefix, json);
                    });
                }
            });
        });
    }
}

/// The measurements of each group; a text beside the value is a comment.
fn measurements(category: Element, prefix: &str, json: &mut Json) {
    json.array("measurements", |json| {
        for measurement in listed(category, "measurement_list", "measurement") {
            json.item(|json| {
                json.text("groupId", group_id(measurement, prefix));
                json.text("value", measurement.attribute("value"));
                json.text("spread", measurement.attribute("spread"));
                json.text("lowerLimit", measurement.attribute("lower_limit"));
                json.text("upperLimit", measurement.attribute("upper_limit"));
                json.text("comment", measurement.lines());
            });
        }
    });
}

fn statistics(analysis: Element, json: &mut Json, reading: &mut Reading) {
    json.text("paramType", analysis.child_line("param_type"));
    json.text("paramValue", analysis.child_line("param_value"));
    let dispersion = value(analysis, "dispersion_type", "analysis_dispersion", reading);
    json.text("dispersionType", dispersion);
    json.text("dispersionValue", analysis.child_line("dispersion_value"));
    json.text("statisticalMethod", analysis.child_line("method"));
    json.text("statisticalComment", analysis.child_lines("method_desc"));
    json.text("pValue", analysis.child_line("p_value"));
    json.text("pValueComment", analysis.child_lines("p_value_desc"));
    let sides = value(analysis, "ci_n_sides", "confidence_interval_sides", reading);
    json.text("ciNumSides", sides);
    json.text("ciPctValue", analysis.child_line("ci_percent"));
    json.text("ciLowerLimit", analysis.child_line("ci_lower_limit"));
    json.text("ciUpperLimit", analysis.child_line("ci_upper_limit"));
    json.text(
        "ciLowerLimitComment",
        analysis.child_lines("ci_lower_limit_na_comment"),
    );
    json.text(
        "ciUpperLimitComment",
        analysis.child_lines("ci_upper_limit_na_comment"),
    );
    json.text("estimateComment", analysis.child_lines("estimate_desc"));
    let tested = analysis.child("non_inferiority");
    json.flag(
        "testedNonInferiority",
        tested.and_then(|tested| reading.yes_no(tested.raw())),
    );
    let kind = value(
        analysis,
        "non_inferiority_type",
        "non_inferiority_type",
        reading,
    );
    json.text("nonInferiorityType", kind);
    json.text(
        "nonInferiorityComment",
        analysis.child_lines("non_inferiority_desc"),
    );
    json.text(
        "otherAnalysisDescription",
        analysis.child_lines("other_analysis_desc"),
    );
    json.text("groupDescription", analysis.child_lines("groups_desc"));
    json.array("groupIds", |json| {
        for id in listed(analysis, "group_id_list", "group_id") {
            json.text_item(id.line().map(|id| in_api_writing(id.into(), "OG")));
        }
    });
}

fn value(
    element: Element,
    name: &str,
    vocabulary: &'static str,
    reading: &mut Reading,
) -> Option<String> {
    reading.value(vocabulary, element.child(name)?.raw())
}

/// The month or year in which a measure is to be posted, `12/2020` as `2020-12`.
fn posting_date(outcome: Element, reading: &mut Reading) -> Option<String> {
    let text = outcome.child_line("posting_date")?;
    let date = match text.split_once('/') {
        Some((month, year)) => PartialDate::parse(&format!("{year}-{month}")),
        None => PartialDate::parse(&text),
    };
    if date.is_none() {
        reading.note("posting_date", &text);
    }
    Some(date.map_or(text, |date| date.to_string()))
}
