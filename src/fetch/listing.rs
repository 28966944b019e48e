//! How trials stand at the server, asked without their records: ids, statuses, days of the last update.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde_json::value::RawValue;

use crate::fetch::client::Client;
use crate::fetch::errors::FetchError;
use crate::fetch::marks::Marks;
use crate::fetch::pages::{Next, Pages};
use crate::index::KnownTrial;

/// What of each study is asked for.
const FIELDS: &str = "NCTId|NCTIdAlias|OverallStatus|LastUpdatePostDate|LastUpdateSubmitDate";

/// Ids of one request. Each takes 14 bytes of the address, which proxies and servers take up to some 8 KB.
pub(crate) const IDS_AT_ONCE: usize = 400;

/// How trials stand at a server, by their own ids.
#[derive(Default)]
pub(crate) struct Listing {
    pub(crate) trials: FxHashMap<String, Marks>,
    /// Whether all came that the server counts.
    pub(crate) is_whole: bool,
}

impl Listing {
    /// Lists all studies of some parameters.
    pub(crate) fn of(
        client: &Client<'_>,
        base_url: &str,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Listing, FetchError> {
        let mut parameters = parameters.clone();
        parameters.insert("fields".to_owned(), FIELDS.to_owned());
        let mut listing = Listing::default();
        let is_whole = for_all(client, base_url, &parameters, &mut |study| {
            let marks = Marks::of(study.get().as_bytes());
            if let Some(id) = marks.id.clone() {
                listing.trials.insert(id, marks);
            }
            Ok::<(), FetchError>(())
        })?;
        listing.is_whole = is_whole;
        Ok(listing)
    }

    /// Lists trials by their ids, whatever else they are.
    pub(crate) fn of_ids(
        client: &Client<'_>,
        base_url: &str,
        ids: &[String],
    ) -> Result<Listing, FetchError> {
        let mut listing = Listing::default();
        for ids in ids.chunks(IDS_AT_ONCE) {
            let listed = Listing::of(client, base_url, &ids_only(ids))?;
            listing.trials.extend(listed.trials);
        }
        Ok(listing)
    }

    /// The trials that have taken over an id, by that id.
    pub(crate) fn aliases(&self) -> FxHashMap<&str, &str> {
        let all = self.trials.iter();
        all.flat_map(|(id, marks)| {
            let aliases = marks.aliases.iter();
            aliases.map(move |alias| (alias.as_str(), id.as_str()))
        })
        .collect()
    }
}

/// The parameters that ask for trials by their ids alone.
pub(crate) fn ids_only(ids: &[String]) -> BTreeMap<String, String> {
    BTreeMap::from([("filter.ids".to_owned(), ids.join(","))])
}

/// Gives every study of some parameters to a function. Returns whether as many came as the server counts; if not, that is told.
pub(crate) fn for_all<E: From<FetchError>>(
    client: &Client<'_>,
    base_url: &str,
    parameters: &BTreeMap<String, String>,
    take: &mut dyn FnMut(Box<RawValue>) -> Result<(), E>,
) -> Result<bool, E> {
    let mut pages = Pages::new(client, base_url, parameters, Next::First);
    let (mut seen, mut total, mut restarts) = (0, 0, 0);
    while let Some(page) = pages.next_page()? {
        if pages.restarts > restarts {
            (seen, restarts) = (0, pages.restarts);
        }
        seen += page.studies.len() as u64;
        total = page.total_count.unwrap_or(total);
        client.progress.add_total(page.total_count.unwrap_or(0));
        client.progress.add_studies(page.studies.len());
        for study in page.studies {
            take(study)?;
        }
    }
    if seen < total {
        client.tell(&format!(
            "{seen} studies came, where the server counts {total}: the next sync asks for them again"
        ));
    }
    Ok(seen >= total)
}

/// Whether what the index knows of a trial differs from how it stands at the server, as far as a listing tells.
pub(crate) fn differs(known: &KnownTrial, listed: &Marks) -> bool {
    let status = match (&known.status, &listed.status) {
        (Some(known), Some(listed)) => known != listed,
        _ => false,
    };
    // An index that has a newer record, from elsewhere, keeps it.
    status || listed.age.0 > known.updated
}
