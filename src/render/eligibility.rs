//! Who may take part: ages, sex, and the criteria as items under the heading that they stand under.

use crate::render::document::{Document, Tone, piece};
use crate::render::prose::prose;
use crate::render::text::columns;
use crate::render::trial::value;
use crate::trial::EligibilityModule;
use crate::trial::eligibility::{Item, ItemKind, items};
use crate::trial::vocabulary::Vocabulary;

/// The deepest item that is still set in.
const DEEPEST: u8 = 6;

/// The sides that criteria are on, each with its heading.
pub(super) const SECTIONS: [(ItemKind, &str); 3] = [
    (ItemKind::Inclusion, "Inclusion criteria"),
    (ItemKind::Exclusion, "Exclusion criteria"),
    (
        ItemKind::Criterion,
        "Criteria (the record does not say which side they are on)",
    ),
];

/// Writes who may take part.
pub(crate) fn eligibility(
    document: &mut Document,
    module: &EligibilityModule,
    vocabulary: &Vocabulary,
) {
    if *module == EligibilityModule::default() {
        return;
    }
    document.heading("Eligibility");
    document.field("Ages", ages(module));
    document.field(
        "Sex",
        value(vocabulary, "sex", module.sex.as_ref()).unwrap_or_default(),
    );
    document.field("", module.gender_description.as_deref().unwrap_or_default());
    document.field(
        "Healthy volunteers",
        match module.healthy_volunteers {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        },
    );
    document.field(
        "Sampling",
        value(
            vocabulary,
            "sampling_method",
            module.sampling_method.as_ref(),
        )
        .unwrap_or_default(),
    );
    if let Some(population) = &module.study_population {
        document.heading("Study population");
        prose(document, 0, population);
    }
    let Some(criteria) = &module.eligibility_criteria else {
        return;
    };
    let items = items(criteria);
    for (section, heading) in SECTIONS {
        let of_section: Vec<&Item> = items
            .iter()
            .filter(|item| item.section == section)
            .collect();
        if of_section.is_empty() {
            continue;
        }
        document.heading(heading);
        of_section
            .iter()
            .for_each(|item| write_item(document, item));
    }
}

fn write_item(document: &mut Document, item: &Item) {
    let marker = match item.marker.as_deref() {
        _ if item.lead_in => "",
        Some(marker) if marker.contains(char::is_alphanumeric) => marker,
        _ => "•",
    };
    let first = usize::from(item.depth.min(DEEPEST)) * 2;
    let others = first
        + if marker.is_empty() {
            0
        } else {
            columns(marker) + 1
        };
    for (number, paragraph) in item.text.lines().enumerate() {
        if number == 0 && !marker.is_empty() {
            let pieces = [
                piece(Tone::Plain, format!("{marker} ")),
                piece(Tone::Plain, paragraph),
            ];
            document.line(first, others, &pieces);
        } else {
            document.say(others, Tone::Plain, paragraph);
        }
    }
}

/// The ages that are admitted, in words.
pub(crate) fn ages(module: &EligibilityModule) -> String {
    match (&module.minimum_age, &module.maximum_age) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("{from} and older (no maximum stated)"),
        (None, Some(to)) => format!("up to {to} (no minimum stated)"),
        (None, None) => "not stated".to_owned(),
    }
}
