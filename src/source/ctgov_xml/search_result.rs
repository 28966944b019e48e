//! A `<clinical_study>` as a search result lists it: id, title, status, conditions in one line, day of the last change.
//!
//! It must not make it look like more than that.

use super::UNKNOWN_ELEMENT;
use super::tree::Element;
use crate::source::reading::Reading;
use crate::trial::Study;

/// Fills the study from a line of a search result.
pub(super) fn read(root: Element, study: &mut Study, reading: &mut Reading) {
    let protocol = &mut study.protocol_section;
    for element in root.children() {
        let text = element.raw();
        match element.name() {
            "nct_id" => protocol.identification_module.nct_id = element.line(),
            "title" => protocol.identification_module.brief_title = element.line(),
            "status" => protocol.status_module.overall_status = reading.value("status", text),
            "condition_summary" => {
                let conditions = element.line().unwrap_or_default();
                protocol.conditions_module.conditions = conditions
                    .split("; ")
                    .map(str::trim)
                    .filter(|condition| !condition.is_empty())
                    .map(str::to_owned)
                    .collect();
            }
            "last_changed" => {
                protocol.status_module.last_update_submit_date = reading.date("last_changed", text);
            }
            // The place in a list of results, and the address of the record.
            "order" | "score" | "url" => {}
            name => reading.note(UNKNOWN_ELEMENT, name),
        }
    }
}
