//! An answer of `/studies` as single studies, each as the server wrote it.

use serde::Deserialize;
use serde_json::value::RawValue;

/// A page of studies.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page {
    /// The studies; there may be none although there is a next page.
    pub(crate) studies: Vec<Box<RawValue>>,
    /// What the next page is asked for with; `None` on the last one. It may stand before or behind the studies.
    pub(crate) next_page_token: Option<String>,
    /// How many studies there are on all pages, if that was asked.
    pub(crate) total_count: Option<u64>,
}

impl Page {
    /// Reads an answer.
    ///
    /// # Errors
    /// Anything but a page of studies, in words.
    pub(crate) fn read(body: &[u8]) -> Result<Page, String> {
        let page: Page = serde_json::from_slice(body).map_err(|error| {
            let what = match error.classify() {
                serde_json::error::Category::Eof => "the answer is cut off",
                serde_json::error::Category::Data => "the answer is JSON, but no page of studies",
                _ => "the answer is no JSON",
            };
            what.to_owned()
        })?;
        let is_object = |study: &RawValue| study.get().starts_with('{');
        if !page.studies.iter().all(|study| is_object(study)) {
            return Err("the page has entries that are no studies".to_owned());
        }
        Ok(page)
    }
}

/// The bytes of a study for a line of its own. Line breaks can only stand between values, where a space means the same; the
/// registry writes none.
pub(crate) fn on_one_line(study: Box<RawValue>) -> Vec<u8> {
    let mut bytes = Box::<str>::from(study).into_string().into_bytes();
    for byte in &mut bytes {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_read_in_any_order_of_their_members() {
        let check = |body: &str, expect: Result<(usize, Option<&str>, Option<u64>), &str>| {
            let found = Page::read(body.as_bytes());
            match (found, expect) {
                (Ok(page), Ok((studies, token, total))) => {
                    assert_eq!(page.studies.len(), studies, "{body}");
                    assert_eq!(page.next_page_token.as_deref(), token, "{body}");
                    assert_eq!(page.total_count, total, "{body}");
                }
                (Err(error), Err(part)) => assert!(error.contains(part), "{body}: {error}"),
                (found, _) => panic!("{body}: {found:?}"),
            }
        };
        check(r#"{"studies":[]}"#, Ok((0, None, None)));
        check(
            r#"{"totalCount":7,"studies":[{"a":1},{}],"nextPageToken":"x"}"#,
            Ok((2, Some("x"), Some(7))),
        );
        check(
            r#"{"nextPageToken":"x","more":{},"studies":[{"a":1}]}"#,
            Ok((1, Some("x"), None)),
        );
        check(r#"{"studies":[{"a":1},{"#, Err("cut off"));
        check("", Err("cut off"));
        check(r#"{"error":"busy"}"#, Err("no page of studies"));
        check(r#"{"studies":[7]}"#, Err("no studies"));
        check("<!DOCTYPE html><p>Maintenance</p>", Err("no JSON"));
        check("{\"studies\":[{\"a\":\"\u{7}\"}]}", Err("no JSON"));
    }

    #[test]
    fn studies_keep_their_bytes() {
        let page = Page::read(b"{\"studies\":[{\"b\": 1.50,\r\n \"a\":\"x\\ny\"}]}").unwrap();
        let bytes = on_one_line(page.studies.into_iter().next().unwrap());
        assert_eq!(bytes, b"{\"b\": 1.50,   \"a\":\"x\\ny\"}");
    }
}
