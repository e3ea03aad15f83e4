//! Full-text search: the portal's documents become a tantivy index, and the index becomes static files
//! that a browser searches without a server.
//!
//! A page matches a phrase when the folded phrase stands in its folded text, nothing else: no dictionary
//! and no guessing. `fold` says what is the same, `grams` what is indexed.

pub(crate) mod export;
pub(crate) mod fold;
pub(crate) mod grams;
pub(crate) mod schema;

/// The parts of a document that count differently. Each is two fields of the tantivy index: pairs with
/// positions, and the grams of other lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Field {
    /// Everything, the other fields too.
    Text,
    Title,
    /// Names of parties.
    Name,
    /// Document numbers, credit codes, index numbers.
    Code,
}

impl Field {
    pub(crate) const ALL: [Field; 4] = [Field::Text, Field::Title, Field::Name, Field::Code];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Field::Text => "text",
            Field::Title => "title",
            Field::Name => "name",
            Field::Code => "code",
        }
    }

    /// How much a match in this field counts.
    pub(crate) fn weight(self) -> f32 {
        match self {
            Field::Text => 1.0,
            Field::Title => 4.0,
            Field::Name | Field::Code => 3.0,
        }
    }

    /// Whether a short field counts more than a long one. Only for titles, which are short: for other
    /// fields the lengths of all documents would have to be known to a browser.
    pub(crate) fn has_norms(self) -> bool {
        self == Field::Title
    }
}

/// What an exact title, name or number is worth: more than any sum of grams.
pub(crate) const EXACT: f32 = 50.0;
