//! Names of towns as records write them, down to what can be compared. Knows no towns.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A name to compare by: lower case, without accents, every sign a space, `St` and its like written out. The same as `fold` of
/// `gazetteer/make.py`.
pub fn fold(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    for c in text.nfkd().flat_map(char::to_lowercase) {
        match c {
            '\'' | '’' | 'ʼ' | 'ʻ' | '`' => {}
            c if is_combining_mark(c) => {}
            c => match letters_of(c) {
                Some(plain) => letters.push_str(plain),
                None if c.is_alphanumeric() => letters.push(c),
                None => letters.push(' '),
            },
        }
    }
    let mut folded = String::with_capacity(letters.len());
    for word in letters.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(match word {
            "st" => "saint",
            "ste" => "sainte",
            "mt" => "mount",
            "ft" => "fort",
            word => word,
        });
    }
    folded
}

/// The plain letters that a letter without accent to strip is written as.
fn letters_of(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ə' => "a",
        _ => return None,
    })
}

/// The folded names that a town in a record may be known by, best first: as it stands, without what is in parentheses, before
/// and behind commas and the like, always without `Cedex`, post codes and numbers of districts.
pub fn names_of(city: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |text: &str| {
        let name = without_post(&fold(text));
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    };
    let (outside, inside) = apart(city);
    add(if inside.is_empty() { city } else { &outside });
    let parts = |text: &str| -> Vec<String> {
        let slashed = text.replace(" - ", ",").replace(['/', ';', '&'], ",");
        slashed.split(',').map(str::to_owned).collect()
    };
    // Of "Hampstead, London" the last is the town that is known.
    let outer = parts(&outside);
    if outer.len() > 1 {
        outer.iter().rev().for_each(|part| add(part));
    }
    parts(&inside).iter().for_each(|part| add(part));
    // "Nantes-Saint Herblain", but "Aix-en-Provence" is in one piece.
    if outside.contains('-') {
        outside.split('-').for_each(|part| {
            if fold(part).chars().count() > 3 {
                add(part);
            }
        });
    }
    names
}

/// What stands outside and inside of parentheses.
fn apart(text: &str) -> (String, String) {
    let (mut outside, mut inside, mut depth) = (String::new(), String::new(), 0_u32);
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            c if depth > 0 => inside.push(c),
            c => outside.push(c),
        }
    }
    if outside.trim().is_empty() {
        (inside, String::new())
    } else {
        (outside, inside)
    }
}

/// A folded name without `cedex` and all behind it, and without words that hold a digit or, at the end, are a single letter
/// ("odense c").
fn without_post(folded: &str) -> String {
    let words = folded.split(' ').take_while(|word| *word != "cedex");
    let mut words: Vec<&str> = words
        .filter(|word| !word.chars().any(|c| c.is_ascii_digit()))
        .collect();
    while words.len() > 1 && words.last().is_some_and(|word| word.chars().count() == 1) {
        words.pop();
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn towns_in_records() {
        let check = |city: &str, expect: &[&str]| assert_eq!(names_of(city), expect, "{city}");
        check("Lyon", &["lyon"]);
        check("Lyon Cedex 03", &["lyon"]);
        check("CEDEX", &[]);
        check("Paris 13", &["paris"]);
        check("75013 Paris", &["paris"]);
        check("Saint-Étienne", &["saint etienne", "saint", "etienne"]);
        check("St. Louis", &["saint louis"]);
        check(
            "Hampstead, London",
            &["hampstead london", "london", "hampstead"],
        );
        check("Brussels (Bruxelles)", &["brussels", "bruxelles"]);
        check("(Bruxelles)", &["bruxelles"]);
        check(
            "Bruxelles - Brussel",
            &["bruxelles brussel", "brussel", "bruxelles"],
        );
        check("Homburg/Saar", &["homburg saar", "saar", "homburg"]);
        check("Odense C", &["odense"]);
        check("'s-Gravenhage", &["s gravenhage", "gravenhage"]);
        check("Łódź", &["lodz"]);
        check("Tromsø", &["tromso"]);
        check("L’Hospitalet de Llobregat", &["lhospitalet de llobregat"]);
        check("東京", &["東京"]);
        check("", &[]);
        check("12", &[]);
    }

    proptest! {
        #[test]
        fn folding_is_done_once(text in ".{0,40}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }
    }
}
