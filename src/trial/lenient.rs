//! Reading JSON whose values have other types than the API's: `"YES"` where a boolean is wanted, a number where a text is.
//!
//! Such a value must not cost the record. What says the same in another type is taken (`"42"`, `"Yes"`, one text for a list of
//! one); anything else is left out and noted. It must not hide JSON that is broken.

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::trial::Note;
use crate::trial::vocabulary::Vocabulary;

thread_local! {
    // serde gives a derived reader nothing to carry notes in. There is a list only while [`noting`] runs.
    static ODD: RefCell<Option<Vec<Note>>> = const { RefCell::new(None) };
}

/// Runs a reader and gives with its result what was left out meanwhile.
pub(super) fn noting<T>(read: impl FnOnce() -> T) -> (T, Vec<Note>) {
    ODD.set(Some(Vec::new()));
    let read = read();
    (read, ODD.take().unwrap_or_default())
}

/// The longest part of an odd value that a note quotes, in characters.
const QUOTED: usize = 60;

fn odd(element: &'static str, spelling: &str) {
    ODD.with_borrow_mut(|odd| {
        if let Some(odd) = odd {
            let spelling = spelling.chars().take(QUOTED).collect();
            odd.push(Note { element, spelling });
        }
    });
}

/// A data element's value, from whatever JSON stands for it. Each way gives `None` for what it does not understand.
pub(super) trait Lenient: Default {
    /// What is wanted, for notes.
    const WANTED: &'static str;

    fn of_text(_: &str) -> Option<Self> {
        None
    }
    fn of_flag(_: bool) -> Option<Self> {
        None
    }
    fn of_integer(_: i64) -> Option<Self> {
        None
    }
    fn of_number(_: f64) -> Option<Self> {
        None
    }
    fn of_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn of_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// Reads one value; what says nothing (`null`) or is not understood is as if it were absent.
pub(super) fn read<'de, D: Deserializer<'de>, T: Lenient>(deserializer: D) -> Result<T, D::Error> {
    Ok(Element::deserialize(deserializer)?.0.unwrap_or_default())
}

/// One value, or nothing.
struct Element<T>(Option<T>);

impl<'de, T: Lenient> Deserialize<'de> for Element<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Element<T>, D::Error> {
        deserializer
            .deserialize_any(ElementVisitor(PhantomData))
            .map(Element)
    }
}

struct ElementVisitor<T>(PhantomData<T>);

impl<'de, T: Lenient> Visitor<'de> for ElementVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WANTED)
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<T>, E> {
        let value = T::of_text(text);
        if value.is_none() && !text.trim().is_empty() {
            odd(T::WANTED, text);
        }
        Ok(value)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Option<T>, E> {
        let value = T::of_flag(flag);
        if value.is_none() {
            odd(T::WANTED, &flag.to_string());
        }
        Ok(value)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Option<T>, E> {
        let value = T::of_integer(number);
        if value.is_none() {
            odd(T::WANTED, &number.to_string());
        }
        Ok(value)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Option<T>, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => self.visit_f64(number as f64),
        }
    }

    fn visit_f64<E>(self, number: f64) -> Result<Option<T>, E> {
        let value = T::of_number(number);
        if value.is_none() {
            odd(T::WANTED, &number.to_string());
        }
        Ok(value)
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Option<T>, A::Error> {
        let value = T::of_object(object)?;
        if value.is_none() {
            odd(T::WANTED, "{...}");
        }
        Ok(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Option<T>, A::Error> {
        let value = T::of_list(list)?;
        if value.is_none() {
            odd(T::WANTED, "[...]");
        }
        Ok(value)
    }
}

impl Lenient for String {
    const WANTED: &'static str = "text";

    fn of_text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }
    fn of_flag(flag: bool) -> Option<String> {
        Some(flag.to_string())
    }
    fn of_integer(number: i64) -> Option<String> {
        Some(number.to_string())
    }
    fn of_number(number: f64) -> Option<String> {
        Some(number.to_string())
    }
}

impl Lenient for bool {
    const WANTED: &'static str = "yes_no";

    fn of_text(text: &str) -> Option<bool> {
        match Vocabulary::bundled().canonical("yes_no", text)? {
            "YES" => Some(true),
            "NO" => Some(false),
            _ => None,
        }
    }
    fn of_flag(flag: bool) -> Option<bool> {
        Some(flag)
    }
}

impl Lenient for i64 {
    const WANTED: &'static str = "number";

    fn of_text(text: &str) -> Option<i64> {
        text.trim().parse().ok()
    }
    fn of_integer(number: i64) -> Option<i64> {
        Some(number)
    }
    fn of_number(number: f64) -> Option<i64> {
        // Beyond 2^53 a float does not tell whole numbers apart.
        let whole = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
        whole.then_some(number as i64)
    }
}

impl Lenient for u32 {
    const WANTED: &'static str = "number";

    fn of_text(text: &str) -> Option<u32> {
        text.trim().parse().ok()
    }
    fn of_integer(number: i64) -> Option<u32> {
        u32::try_from(number).ok()
    }
    fn of_number(number: f64) -> Option<u32> {
        i64::of_number(number).and_then(u32::of_integer)
    }
}

impl Lenient for f64 {
    const WANTED: &'static str = "number";

    fn of_text(text: &str) -> Option<f64> {
        text.trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
    }
    fn of_integer(number: i64) -> Option<f64> {
        Some(number as f64)
    }
    fn of_number(number: f64) -> Option<f64> {
        Some(number)
    }
}

impl<T: Lenient> Lenient for Option<T> {
    const WANTED: &'static str = T::WANTED;

    fn of_text(text: &str) -> Option<Option<T>> {
        T::of_text(text).map(Some)
    }
    fn of_flag(flag: bool) -> Option<Option<T>> {
        T::of_flag(flag).map(Some)
    }
    fn of_integer(number: i64) -> Option<Option<T>> {
        T::of_integer(number).map(Some)
    }
    fn of_number(number: f64) -> Option<Option<T>> {
        T::of_number(number).map(Some)
    }
    fn of_object<'de, A: MapAccess<'de>>(object: A) -> Result<Option<Option<T>>, A::Error> {
        Ok(T::of_object(object)?.map(Some))
    }
    fn of_list<'de, A: SeqAccess<'de>>(list: A) -> Result<Option<Option<T>>, A::Error> {
        Ok(T::of_list(list)?.map(Some))
    }
}

/// One value that stands for itself is a list of one.
impl<T: Lenient> Lenient for Vec<T> {
    const WANTED: &'static str = T::WANTED;

    fn of_text(text: &str) -> Option<Vec<T>> {
        if text.trim().is_empty() {
            return None;
        }
        T::of_text(text).map(|value| vec![value])
    }
    fn of_object<'de, A: MapAccess<'de>>(object: A) -> Result<Option<Vec<T>>, A::Error> {
        Ok(T::of_object(object)?.map(|value| vec![value]))
    }
    fn of_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Vec<T>>, A::Error> {
        let mut values = Vec::with_capacity(list.size_hint().unwrap_or(0).min(64));
        while let Some(Element(value)) = list.next_element()? {
            values.extend(value);
        }
        Ok(Some(values))
    }
}

/// Reads a struct from an object.
pub(super) fn object<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    object: A,
) -> Result<Option<T>, A::Error> {
    T::deserialize(MapAccessDeserializer::new(object)).map(Some)
}
