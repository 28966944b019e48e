//! Which areas and pieces an expression may name. What they are is laid down elsewhere.

/// What may be asked of an area or piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AreaKind {
    /// Words, or several pieces of different kinds.
    Words,
    /// Some values, with the path of the piece that has them.
    Values {
        /// Where the piece stands in a study.
        path: String,
        /// Its values.
        values: Vec<String>,
    },
    /// Days.
    Days,
    /// Ages.
    Ages,
    /// Numbers.
    Numbers,
    /// Yes or no.
    Flag,
    /// Coordinates.
    Point,
    /// Nothing of its own; it may be missing.
    Struct,
}

/// The areas and pieces that an expression may name, told by the caller.
pub trait AreaNames {
    /// The own name of an area or piece, and what may be asked of it.
    fn area(&self, name: &str) -> Option<(String, AreaKind)>;

    /// Whether it is part of a record's sites.
    fn is_of_location(&self, name: &str) -> bool;
}
