//! The schema of the tantivy index and the tokenizers that cut folded text into grams: what `index`
//! writes, and what `find` and `export` read. Folding is done before; a tokenizer sees folded text only.

use tantivy::schema::{
    BytesOptions, Field as Column, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

use super::Field;
use super::fold::BLOCK;
use super::grams::{CODE, Kind, LONG};

/// Goes up when the fields or the tokenizers change; an index of another version is made anew.
pub(crate) const VERSION: u32 = 2;

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
    /// What is shown of a document, as JSON.
    pub(crate) card: Column,
    /// The text of a document, unfolded, its blocks on lines of their own.
    pub(crate) plain: Column,
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
        card: schema.add_bytes_field("card", BytesOptions::default().set_stored()),
        plain: schema.add_text_field("plain", TextOptions::default().set_stored()),
    };
    (schema.build(), columns)
}

fn indexed(tokenizer: &str, record: IndexRecordOption, norms: bool) -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(record).set_fieldnorms(norms),
    )
}

/// The tokenizers that the schema names, for an index that is created.
pub(crate) fn tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::default();
    tokenizers.register(PAIR, Windows::of(Kind::Pair));
    tokenizers.register(GRAM, Windows::of(Kind::Other));
    tokenizers
}

/// Emits what `grams::windows` finds, one token at a time.
#[derive(Clone)]
struct Windows {
    lengths: &'static [usize],
    /// Where the characters of the text start, and its end.
    starts: Vec<u32>,
    token: Token,
}

impl Windows {
    fn of(kind: Kind) -> Windows {
        let lengths: &[usize] = match kind {
            Kind::Pair => &[2],
            Kind::Other => &[1, LONG, CODE],
        };
        Windows { lengths, starts: Vec::new(), token: Token::default() }
    }
}

impl Tokenizer for Windows {
    type TokenStream<'a> = WindowStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WindowStream<'a> {
        self.token.reset();
        self.starts.clear();
        let offset = |at: usize| u32::try_from(at).expect("a document is far below 4 GiB");
        self.starts.extend(text.char_indices().map(|(at, _)| offset(at)).chain([offset(text.len())]));
        WindowStream { text, at: 0, length: 0, end: 0, source: self }
    }
}

struct WindowStream<'a> {
    text: &'a str,
    /// The character at which the next token starts, and the index of its length.
    at: usize,
    length: usize,
    /// The character after the block that is being read; not beyond `at` before the first.
    end: usize,
    source: &'a mut Windows,
}

impl WindowStream<'_> {
    /// Whether the window of this length fits; a long one must be a code.
    fn window(&self, length: usize) -> Option<(usize, usize)> {
        let last = self.at + length;
        if last > self.end {
            return None;
        }
        let (from, to) = (self.source.starts[self.at] as usize, self.source.starts[last] as usize);
        let fits = length < CODE
            || to - from == length
                && self.text.as_bytes()[from..to].iter().all(|c| c.is_ascii_digit() || c.is_ascii_lowercase());
        fits.then_some((from, to))
    }

    /// Finds the end of the block that starts here, after any empty blocks. False at the end of the text.
    fn next_block(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        let count = self.source.starts.len() - 1;
        let separates = |at: usize| bytes[self.source.starts[at] as usize] == BLOCK as u8;
        while self.at < count && separates(self.at) {
            self.at += 1;
        }
        self.end = (self.at..count).find(|at| separates(*at)).unwrap_or(count);
        self.at < count
    }
}

impl TokenStream for WindowStream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            if self.at >= self.end && !self.next_block() {
                return false;
            }
            while self.length < self.source.lengths.len() {
                let length = self.source.lengths[self.length];
                self.length += 1;
                let Some((from, to)) = self.window(length) else { continue };
                let token = &mut self.source.token;
                token.text.clear();
                token.text.push_str(&self.text[from..to]);
                token.position = self.at;
                (token.offset_from, token.offset_to) = (from, to);
                return true;
            }
            self.length = 0;
            self.at += 1;
        }
    }

    fn token(&self) -> &Token {
        &self.source.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.source.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::grams::windows;

    #[test]
    fn a_tokenizer_emits_the_windows_of_a_text() {
        for text in ["", "\n", "安", "安全\n\n生产a\n", "豫应急罚(2025)第12号\n91410105ma9t000188郑州", "\nabc123d\n"]
        {
            for kind in [Kind::Pair, Kind::Other] {
                let mut expected = Vec::new();
                windows(text, kind, |at, gram| expected.push((at, gram.to_string())));
                let mut tokenizer = Windows::of(kind);
                let mut stream = tokenizer.token_stream(text);
                let mut found = Vec::new();
                stream.process(&mut |token| found.push((token.position, token.text.clone())));
                assert_eq!(found, expected, "{text:?} {kind:?}");
            }
        }
    }

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
