//! All pages of a selection, one after the other, to the last one, also when the token of the next page is no longer valid.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::fetch::client::Client;
use crate::fetch::errors::FetchError;
use crate::fetch::page::Page;
use crate::fetch::selection::address;

/// Beginnings from the first page in a row that led no further than the one before.
const MOST_IN_VAIN: u32 = 3;

/// Studies that may come beyond twice the server's own count of them: pages may overlap, and the data change meanwhile.
const MOST_BEYOND: u64 = 1_000;

/// Which page comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The first.
    First,
    /// The one that a token stands for.
    Token(String),
    /// There are no more.
    End,
}

/// The pages of some parameters.
pub(crate) struct Pages<'p, 'c> {
    client: &'p Client<'c>,
    base_url: &'p str,
    parameters: &'p BTreeMap<String, String>,
    pub(crate) next: Next,
    /// Tokens that have been used since the first page.
    used: FxHashSet<String>,
    /// Pages since the first one, and the most that there have been before a token expired.
    reached: u32,
    farthest: u32,
    in_vain: u32,
    /// Studies on the pages since the first one, and how many the server says there are.
    seen: u64,
    total: Option<u64>,
    /// How often it was begun from the first page because a token had expired.
    pub(crate) restarts: u32,
}

impl<'p, 'c> Pages<'p, 'c> {
    /// The pages of some parameters from one on. A token is of an earlier run, if it is given.
    pub(crate) fn new(
        client: &'p Client<'c>,
        base_url: &'p str,
        parameters: &'p BTreeMap<String, String>,
        next: Next,
    ) -> Pages<'p, 'c> {
        Pages {
            client,
            base_url,
            parameters,
            next,
            used: FxHashSet::default(),
            reached: 0,
            farthest: 0,
            in_vain: 0,
            seen: 0,
            total: None,
            restarts: 0,
        }
    }

    /// The same, with what the server said at the first page about how many studies there are.
    pub(crate) fn of(mut self, total: Option<u64>) -> Pages<'p, 'c> {
        self.total = total;
        self
    }

    /// The next page; `None` behind the last one. If its token has expired, the pages begin again with the first, and studies come
    /// that have come before.
    pub(crate) fn next_page(&mut self) -> Result<Option<Page>, FetchError> {
        loop {
            let token = match &self.next {
                Next::End => return Ok(None),
                Next::First => None,
                Next::Token(token) => Some(token.clone()),
            };
            let asked = self.address(token.as_deref());
            let page = match (self.client.ask(&asked, Page::read), &token) {
                (Ok(page), _) => page,
                (
                    Err(FetchError::Refused {
                        address,
                        status,
                        message,
                    }),
                    Some(_),
                ) => {
                    self.expired(address, status, message)?;
                    continue;
                }
                (Err(error), _) => return Err(error),
            };
            if let Some(token) = token {
                self.used.insert(token);
            }
            self.reached += 1;
            self.seen += (page.studies.len() as u64).max(1);
            self.total = page.total_count.or(self.total);
            self.next = match &page.next_page_token {
                Some(token) if self.used.contains(token) => {
                    return Err(FetchError::Circle { address: asked });
                }
                Some(token) => {
                    self.not_endless(asked)?;
                    Next::Token(token.clone())
                }
                None => Next::End,
            };
            return Ok(Some(page));
        }
    }

    /// Whether there can be more pages.
    fn not_endless(&self, address: String) -> Result<(), FetchError> {
        match self.total {
            Some(total) if self.seen > total.saturating_mul(2).saturating_add(MOST_BEYOND) => {
                Err(FetchError::Endless {
                    address,
                    seen: self.seen,
                    total,
                })
            }
            _ => Ok(()),
        }
    }

    /// A token is refused: back to the first page, unless that has led no further before.
    fn expired(&mut self, address: String, status: u16, message: String) -> Result<(), FetchError> {
        // The first one may be of an earlier run, which says nothing about how far one comes now.
        let of_this_run = self.reached > 0;
        if of_this_run && self.reached <= self.farthest {
            self.in_vain += 1;
        } else {
            self.in_vain = 0;
        }
        if self.in_vain >= MOST_IN_VAIN {
            return Err(FetchError::Expiring {
                address,
                status,
                message,
            });
        }
        self.farthest = self.farthest.max(self.reached);
        self.client.tell(&format!(
            "the token of the next page has expired (the server answered {status}): beginning again with the first page, without what is there already"
        ));
        (self.reached, self.seen) = (0, 0);
        self.restarts += 1;
        self.used.clear();
        self.next = Next::First;
        Ok(())
    }

    fn address(&self, token: Option<&str>) -> String {
        let size = self.client.options.page_size.clamp(1, 1_000).to_string();
        let mut all: Vec<(&str, &str)> = self
            .parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        all.push(("pageSize", &size));
        match token {
            Some(token) => all.push(("pageToken", token)),
            None => all.push(("countTotal", "true")),
        }
        address(self.base_url, all)
    }
}
