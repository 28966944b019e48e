//! One name for each country, whatever a record calls it: `Korea, Republic of` and `South Korea` are one. The names are those of the
//! gazetteer, from the head of its file, which is read without unpacking the towns.

use std::io::Read;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::place::gazetteer::{PACKED, fields};
use crate::place::name::fold;

/// Bytes that are read at a time. Regions and countries together are some 50 kB.
const PIECE: usize = 1 << 16;

/// The name of each country by its folded writings.
static NAMES: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let head: &'static str = head().leak();
    let countries = head.split("\n\n").nth(1).unwrap_or_default();
    countries
        .lines()
        .filter_map(|line| {
            let [folded, _, name] = fields(line)?;
            Some((folded, name))
        })
        .collect()
});

/// The file up to the end of its countries at least.
fn head() -> String {
    let mut file = zstd::stream::Decoder::new(PACKED).expect("bundled, and read by a test");
    let mut head = Vec::new();
    let mut read = 1;
    while read > 0 && memchr::memmem::find_iter(&head, "\n\n").nth(1).is_none() {
        let mut piece = file.by_ref().take(PIECE as u64);
        read = piece
            .read_to_end(&mut head)
            .expect("bundled, and read by a test");
    }
    // The last letter may be cut in two.
    let whole = head.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    whole.to_owned()
}

/// The name of the country that a record means; as it stands, if that is no country of the gazetteer.
pub fn country_called(written: &str) -> &str {
    NAMES
        .get(fold(written).as_str())
        .copied()
        .unwrap_or(written)
}

/// The names of all countries of the gazetteer; some come more than once.
pub(crate) fn country_names<'n>() -> impl Iterator<Item = &'n str> {
    NAMES.values().map(|name| name.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Gazetteer;

    #[test]
    fn all_writings_of_the_gazetteer_have_its_name() {
        assert!(NAMES.len() > 250);
        let gazetteer = Gazetteer::bundled();
        for (folded, name) in NAMES.iter() {
            let code = gazetteer.country(folded).unwrap();
            assert_eq!(gazetteer.country_name(code), Some(*name), "{folded}");
        }
        assert_eq!(country_called("Korea, Republic of"), "South Korea");
        assert_eq!(country_called("Turkey (Türkiye)"), "Turkey");
        assert_eq!(country_called("Utopia"), "Utopia");
        assert_eq!(country_called("not_stated"), "not_stated");
    }
}
