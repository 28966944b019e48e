//! From ranked documents to hits: the record's facts and the passages that matched.

use std::sync::Arc;

use tantivy::DocAddress;

use crate::analysis::Analyzer;
use crate::index::StoredTrial;
use crate::passage::{self, Pattern, Shape, Text};
use crate::schema::{Element, SectionText, section_texts, status_of};
use crate::search::bonus::Bonus;
use crate::search::collect::{Gathered, Ranked, Scored};
use crate::search::concept::Concept;
use crate::search::concept_query::ConceptWeight;
use crate::search::finder::{Finder, SearchError, View};
use crate::search::hits::{Hit, HitIntervention, HitPassage, Marked, NearestSite, Notice};
use crate::search::lookup::Lookup;
use crate::search::lower::Plan;
use crate::search::patient::{Findings, findings, warnings};
use crate::search::request::{Request, Sort};
use crate::search::run::Run;
use crate::search::sites::Near;
use crate::search::status::HitStatus;
use crate::trial::Study;
use crate::trial::eligibility::{items, unescape_markdown};

/// What `**` stands around in [`HitPassage::marked`].
const MARK: &str = "**";

/// Makes the hits of one search.
pub(crate) struct Presenter<'p> {
    pub(super) finder: &'p Finder,
    pub(super) view: &'p View,
    pub(super) request: &'p Request,
    pub(super) lookup: Arc<Lookup>,
    pub(super) plan: &'p Plan,
    pub(super) near: Option<&'p Near>,
    pub(super) bonus: &'p Bonus,
}

/// What is looked for in the texts of the hits.
struct Sought {
    concepts: Vec<Arc<Concept>>,
    patterns: Vec<passage::Concept>,
    pattern: Pattern,
    /// What exclusion criteria are looked through for, and their field.
    findings: Option<(usize, Findings)>,
}

/// The writings of a concept as passages look for them.
pub(crate) fn looked_for(concept: &Concept) -> Vec<passage::Alternative> {
    let alternatives = concept
        .alternatives
        .iter()
        .map(|alternative| passage::Alternative {
            terms: alternative
                .terms
                .iter()
                .map(|placed| passage::Term {
                    term: placed.term.clone(),
                    offset: placed.offset,
                })
                .collect(),
            weight: alternative.weight,
        });
    alternatives.collect()
}

/// A text of a record without its Markdown escapes, with what matches in it as a text of a field.
pub(super) fn marked(
    text: &str,
    field: Option<usize>,
    pattern: &Pattern,
    analyzer: &mut Analyzer,
) -> Marked {
    let text = unescape_markdown(text).into_owned();
    let highlights = field.map(|field| passage::highlights(&text, field, pattern, analyzer));
    Marked {
        highlights: highlights.unwrap_or_default(),
        text,
    }
}

impl<'p> Presenter<'p> {
    /// Presents what a run found: by a plan, and what else spoke for a trial.
    pub(super) fn new(run: &'p Run<'_>, plan: &'p Plan, bonus: &'p Bonus) -> Presenter<'p> {
        Presenter {
            finder: run.finder,
            view: run.view,
            request: run.request,
            lookup: run.lookup.clone(),
            plan,
            near: run.near(plan),
            bonus,
        }
    }

    /// The hits of the request's page.
    pub(crate) fn hits(&self, gathered: &Gathered) -> Result<Vec<Hit>, SearchError> {
        let offset = self.request.offset;
        let page = gathered.hits.get(offset..).unwrap_or_default();
        let page: Vec<Scored> = page.iter().map(Ranked::scored).collect();
        self.hits_from(offset, &page)
    }

    /// Hits of some documents that follow each other in the whole result, the first of them behind so many.
    pub(crate) fn hits_from(
        &self,
        before: usize,
        found: &[Scored],
    ) -> Result<Vec<Hit>, SearchError> {
        let sought = self.sought()?;
        let ranked: Vec<(usize, &Scored)> = (before + 1..).zip(found).collect();
        // Reading a record and choosing its passages is most of a search's time, and hits do not depend on each other.
        let hits = self.finder.share(&ranked, |(rank, found)| {
            self.finder
                .with_analyzer(|analyzer| self.hit(*rank, found, &sought, analyzer))
        });
        hits.into_iter().collect()
    }

    /// What is looked for, for texts beside those of hits.
    pub(crate) fn pattern(&self) -> Result<Pattern, SearchError> {
        Ok(self.sought()?.pattern)
    }

    fn sought(&self) -> Result<Sought, SearchError> {
        let concepts = self.plan.concepts();
        let weights: Result<Vec<ConceptWeight>, SearchError> = concepts
            .iter()
            .map(|concept| self.finder.weight(concept.clone(), &self.lookup))
            .collect();
        let weights = weights?;
        let patterns = concepts
            .iter()
            .zip(&weights)
            .map(|(concept, weight)| passage::Concept {
                alternatives: looked_for(concept),
                arrangements: concept
                    .arrangements
                    .iter()
                    .map(|arranged| passage::Arranged {
                        sought: passage::Sought::clone(&arranged.sought),
                        weight: arranged.weight,
                    })
                    .collect(),
                fields: concept.fields.clone(),
                weight: concept.boost * weight.idf(),
            });
        let patterns: Vec<passage::Concept> = patterns.collect();
        let pattern = Pattern::new(patterns.clone());
        let patient = self.request.patient.as_ref();
        let frequency =
            |field: usize, term: &str| self.lookup.frequency(field, term).unwrap_or_default();
        let findings = patient
            .zip(self.finder.field_of(Element::ExclusionItem))
            .map(|(patient, field)| (field, findings(patient, field, &frequency)));
        Ok(Sought {
            concepts,
            patterns,
            pattern,
            findings,
        })
    }

    /// What is looked for in a trial that may match by a part of the query only: the concepts of the parts that it matches.
    fn sought_in(&self, sought: &Sought, address: DocAddress) -> Result<Sought, SearchError> {
        let mut matched = Vec::new();
        self.matched(self.plan, address, &mut matched)?;
        let patterns: Vec<passage::Concept> = sought
            .patterns
            .iter()
            .zip(matched)
            .map(|(concept, matched)| match matched {
                true => concept.clone(),
                false => passage::Concept {
                    alternatives: Vec::new(),
                    arrangements: Vec::new(),
                    fields: Vec::new(),
                    weight: 0.0,
                },
            })
            .collect();
        Ok(Sought {
            concepts: sought.concepts.clone(),
            pattern: Pattern::new(patterns),
            patterns: Vec::new(),
            findings: None,
        })
    }

    fn hit(
        &self,
        rank: usize,
        found: &Scored,
        sought: &Sought,
        analyzer: &mut Analyzer,
    ) -> Result<Hit, SearchError> {
        let findings = &sought.findings;
        let of_trial;
        let sought = if self.plan.has_several_ways() {
            of_trial = self.sought_in(sought, found.address)?;
            &of_trial
        } else {
            sought
        };
        let trial = self
            .finder
            .index
            .trial_without_results(&self.view.searcher, found.address)?;
        let StoredTrial {
            study, provenance, ..
        } = &trial;
        let protocol = &study.protocol_section;
        let identification = &protocol.identification_module;
        let mut mark = |text: &str, element: Element| {
            marked(
                text,
                self.finder.field_of(element),
                &sought.pattern,
                analyzer,
            )
        };
        let title = match (&identification.brief_title, &identification.official_title) {
            (Some(title), _) => mark(title, Element::BriefTitle),
            (None, Some(title)) => mark(title, Element::OfficialTitle),
            (None, None) => Marked::default(),
        };
        let conditions = &protocol.conditions_module.conditions;
        let conditions = conditions
            .iter()
            .map(|name| mark(name, Element::Condition))
            .collect();
        let interventions = protocol.arms_interventions_module.interventions.iter();
        let interventions = interventions.map(|intervention| HitIntervention {
            kind: intervention.kind.clone(),
            name: mark(
                intervention.name.as_deref().unwrap_or_default(),
                Element::InterventionName,
            ),
        });
        let interventions = interventions.collect();
        let locations = &protocol.contacts_locations_module;
        let mut countries: Vec<String> = Vec::new();
        for country in locations
            .locations
            .iter()
            .filter_map(|site| site.country.as_ref())
        {
            if !countries.contains(country) {
                countries.push(country.clone());
            }
        }
        let sites = match locations.locations.len() {
            0 => locations.number_of_locations.map(|count| count as usize),
            count => Some(count),
        };
        let by_score = self.request.sort == Sort::Relevance && !sought.concepts.is_empty();
        Ok(Hit {
            rank,
            id: trial.id.to_string(),
            score: by_score.then_some(found.score),
            title,
            acronym: identification.acronym.clone(),
            status: HitStatus::of(study, self.request.today),
            study_type: protocol.design_module.study_type.clone(),
            phases: protocol.design_module.phases.clone(),
            conditions,
            interventions,
            enrollment: protocol.design_module.enrollment_info.count,
            enrollment_type: protocol.design_module.enrollment_info.kind.clone(),
            sponsor: protocol
                .sponsor_collaborators_module
                .lead_sponsor
                .name
                .clone(),
            sites,
            nearest_site: self.nearest_site(study, found.address),
            countries,
            source: provenance.clone(),
            other_sources: trial
                .additions
                .iter()
                .map(|addition| addition.provenance.clone())
                .collect(),
            passages: self.passages(study, sought, analyzer),
            exclusion_warnings: match findings {
                Some((field, findings)) => warnings(study, *field, findings, analyzer),
                None => Vec::new(),
            },
            explanation: match self.request.explain {
                true => Some(self.explain(found.address)?),
                false => None,
            },
        })
    }

    fn nearest_site(&self, study: &Study, address: DocAddress) -> Option<NearestSite> {
        let found = self.near?.nearest(address.segment_ord, address.doc_id)?;
        let protocol = &study.protocol_section;
        let site = protocol
            .contacts_locations_module
            .locations
            .get(found.place)?;
        let overall = protocol.status_module.overall_status.as_deref();
        Some(NearestSite {
            facility: site.facility.clone(),
            city: site.city.clone(),
            state: site.state.clone(),
            country: site.country.clone(),
            km: (found.km * 10.0).round() / 10.0,
            status: status_of(site, overall).map(str::to_owned),
        })
    }

    fn passages(&self, study: &Study, sought: &Sought, analyzer: &mut Analyzer) -> Vec<HitPassage> {
        if self.request.passages == 0 || sought.concepts.is_empty() {
            return Vec::new();
        }
        let fields = self.finder.index.fields();
        // The heading, the conditions and the interventions of a hit are shown whole, with their matches marked.
        let title = study
            .protocol_section
            .identification_module
            .brief_title
            .as_deref();
        let shown = [
            Element::BriefTitle,
            Element::Condition,
            Element::InterventionName,
        ];
        let wanted = |field: usize| {
            sought
                .concepts
                .iter()
                .any(|concept| concept.fields.contains(&field))
        };
        let criteria = study
            .protocol_section
            .eligibility_module
            .eligibility_criteria
            .as_deref();
        let of_items = [
            Element::InclusionItem,
            Element::ExclusionItem,
            Element::CriterionItem,
        ];
        let of_items: Vec<usize> = of_items
            .into_iter()
            .filter_map(|element| self.finder.field_of(element))
            .collect();
        // Taking criteria apart is a good part of a hit's time.
        let items = criteria
            .filter(|criteria| sought.pattern.may_stand_in(criteria, &of_items))
            .map(items)
            .unwrap_or_default();
        let mut sections: Vec<SectionText<'_>> = Vec::new();
        section_texts(fields, study, &items, &mut |section| {
            let repeats =
                section.element == Element::OfficialTitle && Some(section.text.as_ref()) == title;
            if wanted(section.field) && !shown.contains(&section.element) && !repeats {
                sections.push(section);
            }
        });
        let texts: Vec<Text<'_>> = sections
            .iter()
            .map(|section| Text {
                field: section.field,
                text: &section.text,
                shape: match section.element {
                    Element::BriefSummary
                    | Element::DetailedDescription
                    | Element::StudyPopulation => Shape::Prose,
                    _ => Shape::Whole,
                },
            })
            .collect();
        let limits = passage::Limits {
            passages: self.request.passages,
            field_weights: self.lookup.weights.fields.clone(),
            ..passage::Limits::default()
        };
        let found = passage::passages(&texts, &sought.pattern, analyzer, &limits);
        found
            .into_iter()
            .map(|passage| {
                let field = &fields.text[passage.field];
                let text = Marked {
                    text: passage.text,
                    highlights: passage.highlights,
                };
                HitPassage {
                    section: field.name.clone(),
                    label: field.label.clone(),
                    marked: text.with_marks(MARK, MARK),
                    text,
                    cut_before: passage.cut_before,
                    cut_after: passage.cut_after,
                }
            })
            .collect()
    }

    /// Says a corrected spelling as the records write it: the index only knows stems.
    pub(crate) fn name_respelled(&self, hits: &[Hit], notices: &mut [Notice]) {
        let concepts = self.plan.concepts();
        for notice in notices {
            let Notice::Respelled {
                typed, searched, ..
            } = notice
            else {
                continue;
            };
            let Some(place) = concepts.iter().position(|concept| concept.typed == *typed) else {
                continue;
            };
            let marked = hits.iter().flat_map(|hit| {
                let passages = hit.passages.iter().map(|passage| &passage.text);
                std::iter::once(&hit.title)
                    .chain(&hit.conditions)
                    .chain(passages)
            });
            let mut words = marked.flat_map(|marked| {
                let here = marked
                    .highlights
                    .iter()
                    .filter(|highlight| highlight.concept == place);
                here.filter_map(|highlight| marked.text.get(highlight.start..highlight.end))
            });
            if let Some(word) = words.next() {
                *searched = word.to_lowercase();
            }
        }
    }
}
