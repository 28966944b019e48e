//! Finds the end of one JSON object at the speed of `memchr`, or the place where it stops being JSON.
//!
//! It checks what resynchronising needs (strings stay on their line, brackets match, a value stands where one may) and
//! leaves the rest of the grammar to the parser. It keeps its state between chunks and holds no bytes.
use memchr::memchr3;

/// Deepest nesting let through. A real study has about 12 levels, and the parser behind stops at 128.
pub(super) const MAX_DEPTH: u32 = 127;

/// How far an object has been scanned.
pub(super) struct Scan {
    depth: u32,
    /// One bit a level, the innermost lowest: 1 for an array.
    arrays: u128,
    /// The last byte that is not white space, with `"` for any string and `0` for any other scalar.
    last: u8,
    in_string: bool,
    escaped: bool,
}

/// What a chunk brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The object goes on behind the chunk.
    More,
    /// The object ends before this index of the chunk.
    End(usize),
    /// It is no JSON from this index of the chunk on.
    Broken(usize, &'static str),
}

impl Scan {
    /// Just behind a key of an object: `{"key"` has been read.
    pub(super) fn behind_key() -> Self {
        Self {
            depth: 1,
            arrays: 0,
            last: b'"',
            in_string: false,
            escaped: false,
        }
    }

    /// Goes on with the next chunk.
    pub(super) fn step(&mut self, chunk: &[u8]) -> Step {
        let mut at = 0;
        while at < chunk.len() {
            if self.in_string {
                if self.escaped {
                    if chunk[at] == b'\n' {
                        return Step::Broken(at, "a line ends inside a string");
                    }
                    self.escaped = false;
                    at += 1;
                    continue;
                }
                let Some(next) = memchr3(b'"', b'\\', b'\n', &chunk[at..]) else {
                    return Step::More;
                };
                at += next;
                match chunk[at] {
                    b'"' => self.in_string = false,
                    b'\\' => self.escaped = true,
                    _ => return Step::Broken(at, "a line ends inside a string"),
                }
                at += 1;
                continue;
            }
            let byte = chunk[at];
            match byte {
                b' ' | b'\n' | b'\r' | b'\t' => {
                    at += 1;
                    // Indentation is half of a record that was printed to be read.
                    while chunk.get(at..at + 8) == Some(b"        ") {
                        at += 8;
                    }
                    continue;
                }
                b'"' => {
                    if !matches!(self.last, b'{' | b'[' | b',' | b':') {
                        return Step::Broken(at, "a string stands where none may");
                    }
                    self.in_string = true;
                }
                b'{' | b'[' => {
                    let value_may_stand = match self.last {
                        b':' | b'[' => true,
                        b',' => self.arrays & 1 == 1,
                        _ => false,
                    };
                    if !value_may_stand {
                        return Step::Broken(at, "an object or list begins where none may");
                    }
                    if self.depth == MAX_DEPTH {
                        return Step::Broken(at, "it is nested too deep");
                    }
                    self.depth += 1;
                    self.arrays = self.arrays << 1 | u128::from(byte == b'[');
                }
                b'}' | b']' => {
                    if (self.arrays & 1 == 1) != (byte == b']') {
                        return Step::Broken(at, "the brackets do not match");
                    }
                    self.depth -= 1;
                    self.arrays >>= 1;
                    if self.depth == 0 {
                        return Step::End(at + 1);
                    }
                }
                b':' | b',' => {}
                _ => {
                    self.last = b'0';
                    at += 1;
                    continue;
                }
            }
            self.last = byte;
            at += 1;
        }
        Step::More
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expect: Step) {
        // `input` goes on behind `{"key"`; any cut into two chunks must give the same answer.
        for cut in 0..=input.len() {
            let (head, tail) = input.as_bytes().split_at(cut);
            let mut scan = Scan::behind_key();
            let step = match scan.step(head) {
                Step::More => match scan.step(tail) {
                    Step::End(at) => Step::End(at + cut),
                    Step::Broken(at, why) => Step::Broken(at + cut, why),
                    Step::More => Step::More,
                },
                step => step,
            };
            assert_eq!(step, expect, "{input} cut at {cut}");
        }
    }

    #[test]
    fn ends_and_breaks() {
        check(r#":1}"#, Step::End(3));
        check(r#":{"b":["}",{"c":"\"]"}]}}, {"#, Step::End(25));
        check(r#":"\\"}"#, Step::End(6));
        check(r#":[1,2"#, Step::More);
        check(r#":[1,2}"#, Step::Broken(5, "the brackets do not match"));
        check(
            "\n: \"a\nb\"}",
            Step::Broken(5, "a line ends inside a string"),
        );
        check(
            ":{}\n{\"a\":1}",
            Step::Broken(4, "an object or list begins where none may"),
        );
        check(
            ":1,\n{\"a\":1}",
            Step::Broken(4, "an object or list begins where none may"),
        );
        check(
            r#":"a"b"}"#,
            Step::Broken(5, "a string stands where none may"),
        );
    }

    #[test]
    fn nesting_has_an_end() {
        let deep = format!(":{}", "[".repeat(500));
        let mut scan = Scan::behind_key();
        assert_eq!(
            scan.step(deep.as_bytes()),
            Step::Broken(127, "it is nested too deep")
        );
    }
}
