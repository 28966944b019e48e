//! The days that a query's filters by date mean on the day of the search.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::query::{Node, Test};

/// A filter by date with the days that it meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatesMeant {
    /// The filter as the query says it: `updated:<90d`.
    pub filter: String,
    /// The first day, ISO; absent if the filter is open there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last day, ISO; absent if the filter is open there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// The filters by date of a query in their order, those under a `not` included.
pub(super) fn dates_meant(node: &Node, today: Date) -> Vec<DatesMeant> {
    let mut found = Vec::new();
    collect(node, today, &mut found);
    found
}

fn collect(node: &Node, today: Date, found: &mut Vec<DatesMeant>) {
    match node {
        Node::Filter { test, .. } => {
            let day = |date: Date| Some(date.to_string());
            let (from, to) = match test {
                Test::Days(ends) => (
                    ends.from.and_then(|from| day(from.0)),
                    ends.to.and_then(|to| day(to.0)),
                ),
                Test::Recent(ago) => (day(ago.before(today)), day(today)),
                Test::LongAgo(ago) => (None, ago.last_before(today).and_then(day)),
                _ => return,
            };
            found.push(DatesMeant {
                filter: node.to_string(),
                from,
                to,
            });
        }
        Node::And { nodes } | Node::Or { nodes } | Node::Proximity { nodes, .. } => {
            nodes.iter().for_each(|node| collect(node, today, found));
        }
        Node::Not { node, .. } | Node::Boost { node, .. } | Node::Item { node, .. } => {
            collect(node, today, found);
        }
        _ => {}
    }
}
