//! Rows of a table that was read anew and that say what they said before: what was made of them holds.
//!
//! A row with findings is made again in any case, because a finding names its place.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::parse::{Column, ParsedFile, Raw, Row};

use super::Draft;
use super::known::Typed;

/// What the last check made of tables that are not the very same any more, by path.
pub(super) struct Former(HashMap<Arc<str>, (Arc<ParsedFile>, Typed)>);

impl Former {
    pub(super) fn new(files: Vec<(Arc<ParsedFile>, Typed)>) -> Former {
        let tables = files.into_iter().filter(|(file, typed)| !file.is_page() && !typed.drafts.is_empty());
        Former(tables.map(|(file, typed)| (file.source.path.clone(), (file, typed))).collect())
    }

    /// What was made of a row with the very same cells, for each row of a table.
    pub(super) fn drafts(&self, file: &ParsedFile) -> Vec<Option<&Draft>> {
        let mut known = self.by_words(file);
        file.table.rows.iter().map(|row| known.remove(&Words(row))).collect()
    }

    /// What was made of the rows in which nothing was found, if the table has the columns it had.
    fn by_words(&self, file: &ParsedFile) -> HashMap<Words<'_>, &Draft> {
        let Some((former, typed)) = self.0.get(&file.source.path) else { return HashMap::new() };
        let as_read = |column: &Column| (column.title.clone(), column.reading().clone());
        if file.is_page() || !former.table.columns.iter().map(as_read).eq(file.table.columns.iter().map(as_read)) {
            return HashMap::new();
        }
        let rows = former.table.rows.iter().map(Words).zip(&typed.drafts);
        rows.filter(|(_, draft)| draft.silent).collect()
    }
}

/// What a row says, wherever it stands.
struct Words<'r>(&'r Row);

impl PartialEq for Words<'_> {
    fn eq(&self, other: &Self) -> bool {
        let (own, others) = (&self.0.cells, &other.0.cells);
        own.len() == others.len()
            && own.iter().zip(others).all(|(a, b)| a.column == b.column && is_same(&a.raw, &b.raw))
    }
}

impl Eq for Words<'_> {}

impl Hash for Words<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for cell in &self.0.cells {
            cell.column.hash(state);
            match &cell.raw {
                Raw::Text(text) => text.hash(state),
                Raw::List(items) => items.hash(state),
                Raw::Number { value, .. } => value.to_bits().hash(state),
            }
        }
    }
}

/// Whether cells say the same; minus nought is written otherwise than nought.
fn is_same(a: &Raw, b: &Raw) -> bool {
    match (a, b) {
        (Raw::Number { value: one, .. }, Raw::Number { value: two, .. }) if one.to_bits() != two.to_bits() => false,
        _ => a == b,
    }
}
