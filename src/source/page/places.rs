//! Places and contacts as pages print them.
//!
//! Knows no layout. A place that cannot be told is left out, never looked up.

use crate::trial::Contact;

/// The parts of `City, State, Country`; countries whose name has a comma (`Korea, Republic of`) stay whole.
pub(super) fn place_parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in text.split(',').map(str::trim) {
        let lower = part.to_lowercase();
        let continues = lower.ends_with("republic of")
            || lower.ends_with("republic of the")
            || lower.ends_with("states of")
            || lower.starts_with("the former ")
            || lower == "occupied";
        match parts.last_mut() {
            Some(last) if continues && !last.is_empty() => {
                last.push_str(", ");
                last.push_str(part);
            }
            _ => parts.push(part.to_owned()),
        }
    }
    parts
}

/// Whether text is a telephone number: digits and what is written between them.
pub(super) fn is_phone(text: &str) -> bool {
    let text = text.to_lowercase().replace("ext", "");
    text.chars().filter(char::is_ascii_digit).count() >= 3
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || " +-–().,/x:;#".contains(c))
}

/// Files a line below a contact's name: an address with `@`, a telephone number with or without an extension.
/// Says whether it was one.
pub(super) fn add_reach(contact: &mut Contact, text: &str) -> bool {
    let text = text.trim();
    let lower = text.to_lowercase();
    let labelled = ["phone:", "email:", "e-mail:", "tel:"]
        .iter()
        .find_map(|label| lower.starts_with(label).then(|| text[label.len()..].trim()));
    let text = labelled.unwrap_or(text);
    if text.contains('@') && !text.contains(' ') {
        contact.email = Some(text.to_owned());
    } else if is_phone(text) {
        let cut = text.to_ascii_lowercase().find("ext");
        let (phone, extension) = text.split_at(cut.unwrap_or(text.len()));
        contact.phone = Some(phone.trim().trim_end_matches(',').to_owned());
        let extension =
            extension.trim_start_matches(|c: char| c.is_alphabetic() || " .:".contains(c));
        contact.phone_ext = (!extension.is_empty()).then(|| extension.trim().to_owned());
    } else {
        return false;
    }
    true
}

/// A contact on one line: the name, then a telephone number, then an e-mail address, the latter two if stated.
pub(super) fn contact_of_line(text: &str) -> Contact {
    let mut contact = Contact::default();
    let mut words: Vec<&str> = text.split_whitespace().collect();
    if words.last().is_some_and(|word| word.contains('@'))
        && let Some(email) = words.pop()
    {
        contact.email = Some(email.to_owned());
    }
    let start = (0..words.len())
        .rev()
        .take_while(|at| {
            let word = words[*at].to_lowercase();
            word.trim_matches(['.', ':']) == "ext" || is_phone_word(&word)
        })
        .last();
    if let Some(start) = start {
        let phone = words[start..].join(" ");
        if add_reach(&mut contact, &phone) {
            words.truncate(start);
        }
    }
    let name = words.join(" ");
    contact.name = (!name.is_empty()).then_some(name);
    contact
}

fn is_phone_word(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_digit())
        && word
            .chars()
            .all(|c| c.is_ascii_digit() || "+-–().,/x:;#ext".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_with_commas_stay_whole() {
        let check =
            |input: &str, expect: &[&str]| assert_eq!(place_parts(input), expect, "{input}");
        check("Montpellier, , France", &["Montpellier", "", "France"]);
        check(
            "Seoul, , Korea, Republic of",
            &["Seoul", "", "Korea, Republic of"],
        );
        check(
            "United States, California",
            &["United States", "California"],
        );
        check("", &[""]);
    }

    #[test]
    fn contacts_are_taken_apart() {
        let check = |input: &str,
                     name: Option<&str>,
                     phone: Option<&str>,
                     extension: Option<&str>,
                     email: Option<&str>| {
            let contact = contact_of_line(input);
            assert_eq!(contact.name.as_deref(), name, "{input}");
            assert_eq!(contact.phone.as_deref(), phone, "{input}");
            assert_eq!(contact.phone_ext.as_deref(), extension, "{input}");
            assert_eq!(contact.email.as_deref(), email, "{input}");
        };
        check(
            "Ann Roe, PhD 555-010-0199 a@example.org",
            Some("Ann Roe, PhD"),
            Some("555-010-0199"),
            None,
            Some("a@example.org"),
        );
        check(
            "Ann Roe +1 (555) 010 0199 ext. 12",
            Some("Ann Roe"),
            Some("+1 (555) 010 0199"),
            Some("12"),
            None,
        );
        check("Study Team 7", Some("Study Team 7"), None, None, None);
        check("a@example.org", None, None, None, Some("a@example.org"));
        check("", None, None, None, None);
    }
}
