//! Which studies of a server: parameters of `/studies` as they were typed, and the addresses that they make.

use std::collections::BTreeMap;

use crate::fetch::errors::FetchError;
use crate::index::Selection;

/// The API of the registry.
pub const DEFAULT_BASE_URL: &str = "https://clinicaltrials.gov/api/v2";

/// The parameters of `/studies` that are expressions, without the `query.` before them.
pub const QUERIES: [&str; 10] = [
    "cond", "term", "intr", "titles", "outc", "spons", "lead", "id", "patient", "locn",
];

/// The other parameters of `/studies` that choose studies.
const FILTERS: [&str; 5] = ["overallStatus", "geo", "ids", "advanced", "synonyms"];

/// A selection of the studies of a server, by the names of the API's own parameters. A parameter typed twice is a list.
///
/// # Errors
/// An address that is none, a parameter that chooses nothing (`fields`, `sort`), or one without a value.
pub fn selection(
    base_url: &str,
    typed: impl IntoIterator<Item = (String, String)>,
) -> Result<Selection, FetchError> {
    let base_url = base_url.trim().trim_end_matches('/');
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| base_url.strip_prefix(scheme));
    if host.is_none_or(|host| host.is_empty() || host.starts_with('/')) || base_url.contains('?') {
        return Err(FetchError::BaseUrl(base_url.to_owned()));
    }
    let mut parameters: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in typed {
        if !chooses(&name) {
            return Err(FetchError::Parameter { name });
        }
        let value = value.trim();
        if value.is_empty() {
            return Err(FetchError::NoValue { name });
        }
        match parameters.get_mut(&name) {
            Some(known) => {
                known.push('|');
                known.push_str(value);
            }
            None => {
                parameters.insert(name, value.to_owned());
            }
        }
    }
    Ok(Selection {
        base_url: base_url.to_owned(),
        parameters,
    })
}

fn chooses(name: &str) -> bool {
    match name.split_once('.') {
        Some(("query", of)) => QUERIES.contains(&of),
        Some(("filter" | "postFilter", of)) => FILTERS.contains(&of),
        _ => name == "aggFilters",
    }
}

/// A selection in words.
pub(crate) fn described(selection: &Selection) -> String {
    let parameters: Vec<String> = selection
        .parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let what = match parameters.is_empty() {
        true => "all studies".to_owned(),
        false => parameters.join(", "),
    };
    format!("{what} ({})", selection.base_url)
}

/// The address of studies of a server.
pub(crate) fn address<'p>(
    base_url: &str,
    parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    match query.finish() {
        query if query.is_empty() => format!("{base_url}/studies"),
        query => format!("{base_url}/studies?{query}"),
    }
}

/// The parameters of a selection, and a condition that its studies have to meet as well.
pub(crate) fn narrowed(selection: &Selection, condition: &str) -> BTreeMap<String, String> {
    let mut parameters = selection.parameters.clone();
    let advanced = parameters.entry("filter.advanced".to_owned());
    advanced
        .and_modify(|own| *own = format!("({own}) AND {condition}"))
        .or_insert_with(|| condition.to_owned());
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(base: &str, typed: &[(&str, &str)]) -> Result<Selection, FetchError> {
        let typed = typed
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        selection(base, typed)
    }

    #[test]
    fn parameters_make_addresses() {
        let check = |typed: &[(&str, &str)], expect: &str| {
            let selection = select("http://localhost:1/api/v2/", typed).unwrap();
            let parameters = &selection.parameters;
            let pairs = parameters.iter().map(|(a, b)| (a.as_str(), b.as_str()));
            assert_eq!(address(&selection.base_url, pairs), expect);
        };
        check(&[], "http://localhost:1/api/v2/studies");
        check(
            &[
                ("query.cond", "knee pain & é"),
                ("filter.overallStatus", "RECRUITING"),
                ("filter.overallStatus", "UNKNOWN"),
            ],
            "http://localhost:1/api/v2/studies?filter.overallStatus=RECRUITING%7CUNKNOWN&query.cond=knee+pain+%26+%C3%A9",
        );
    }

    #[test]
    fn what_chooses_nothing_is_refused() {
        for name in [
            "fields",
            "sort",
            "pageSize",
            "query.foo",
            "query",
            "filter.",
        ] {
            let error = select(DEFAULT_BASE_URL, &[(name, "x")]).unwrap_err();
            assert!(matches!(error, FetchError::Parameter { .. }), "{name}");
        }
        assert!(select(DEFAULT_BASE_URL, &[("query.cond", " ")]).is_err());
        for base in [
            "",
            "localhost:80",
            "ftp://x",
            "https://",
            "http:///x",
            "http://x/?a",
        ] {
            assert!(select(base, &[]).is_err(), "{base}");
        }
    }

    #[test]
    fn a_condition_is_joined_to_the_selection_s_own() {
        let advanced = |typed: &[(&str, &str)]| {
            let selection = select(DEFAULT_BASE_URL, typed).unwrap();
            narrowed(&selection, "B")["filter.advanced"].clone()
        };
        assert_eq!(advanced(&[("query.cond", "x")]), "B");
        assert_eq!(advanced(&[("filter.advanced", "A OR C")]), "(A OR C) AND B");
    }
}
