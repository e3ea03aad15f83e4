//! The schema of the tantivy index: what `index` writes, and what `find` and `export` read.

use tantivy::schema::{
    BytesOptions, Field as Column, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};

use super::Field;
use super::grams::Kind;

/// Goes up when the fields, their grams or tantivy's files change; an index of another version is made anew.
pub(crate) const VERSION: u32 = 6;

/// Names of tokenizers. What tantivy is given is cut already (see `places`), so it never asks for the first two.
const PAIR: &str = "pair";
const GRAM: &str = "gram";
const RAW: &str = "raw";

/// Every column of the tantivy index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns {
    /// By logical field, in the order of `Field::ALL`: pairs, and grams of other lengths.
    grams: [(Column, Column); 4],
    /// The folded text of every title, name and number, one raw term each.
    pub(crate) exact: Column,
    /// `name=value`, one raw term each.
    pub(crate) facet: Column,
    /// Days since 1970-01-01; none when undated.
    pub(crate) day: Column,
    /// A document as it is published (see `record`).
    pub(crate) record: Column,
    /// The texts of attached files, unfolded, their blocks on lines of their own.
    pub(crate) attached: Column,
}

impl Columns {
    /// The column that holds the grams of one kind.
    pub(crate) fn of(&self, field: Field, kind: Kind) -> Column {
        let (pairs, others) = self.grams[field as usize];
        match kind {
            Kind::Pair => pairs,
            Kind::Other => others,
        }
    }
}

/// The schema and its columns.
pub(crate) fn schema() -> (Schema, Columns) {
    let mut schema = Schema::builder();
    let grams = Field::ALL.map(|field| {
        let name = field.name();
        (
            schema.add_text_field(
                &format!("{name}_bi"),
                indexed(PAIR, IndexRecordOption::WithFreqsAndPositions, field.has_norms()),
            ),
            schema.add_text_field(&format!("{name}_g"), indexed(GRAM, IndexRecordOption::WithFreqs, field.has_norms())),
        )
    });
    let columns = Columns {
        grams,
        exact: schema.add_text_field("exact", indexed(RAW, IndexRecordOption::Basic, false)),
        facet: schema.add_text_field("facet", indexed(RAW, IndexRecordOption::Basic, false).set_fast(RAW)),
        day: schema.add_i64_field("day", NumericOptions::default().set_fast()),
        record: schema.add_bytes_field("record", BytesOptions::default().set_stored()),
        attached: schema.add_text_field("attached", TextOptions::default().set_stored()),
    };
    (schema.build(), columns)
}

fn indexed(tokenizer: &str, record: IndexRecordOption, norms: bool) -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(record).set_fieldnorms(norms),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn only_titles_have_norms() {
        let (schema, columns) = schema();
        for field in Field::ALL {
            for kind in [Kind::Pair, Kind::Other] {
                let entry = schema.get_field_entry(columns.of(field, kind));
                assert_eq!(entry.has_fieldnorms(), field == Field::Title, "{}", entry.name());
            }
        }
    }
}
