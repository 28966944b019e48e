//! Text that is not in the query language: every word of it is a word, and nothing in it is notation.

use super::tree::{Form, Node, Query, Span};

impl Query {
    /// A query for the words of a text that was not written as a query: a topic, a title, a paragraph. Quotes, colons and
    /// capital `OR` mean nothing in it, and no text is wrong. Pieces without a letter or digit are passed over; a text of
    /// only such pieces asks for every trial, as a blank one does.
    pub fn of_words(text: &str) -> Query {
        let mut nodes = Vec::new();
        let mut ignored = Vec::new();
        let mut end = 0;
        for word in text.split_whitespace() {
            let start = text[end..].find(word).map_or(end, |gap| end + gap);
            end = start + word.len();
            let span = Span::new(start, end);
            if word.contains(char::is_alphanumeric) {
                nodes.push(Node::Word {
                    text: word.to_owned(),
                    form: Form::Stemmed,
                    field: None,
                    span,
                });
            } else {
                ignored.push(span);
            }
        }
        Query {
            text: text.to_owned(),
            root: Node::all_of(nodes),
            ignored,
        }
    }
}
