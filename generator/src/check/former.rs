//! Rows of a table that was read anew and that say what they said before: what was made of them holds.
//!
//! A row with findings is made again in any case, because a finding names its place.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::memo::unchanged;
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

    /// For each row of a table: what was made of one with the very same cells, if nothing was found in it.
    pub(super) fn drafts(&self, file: &ParsedFile) -> Vec<Option<&Draft>> {
        let rows = &file.table.rows;
        let Some((former, drafts)) = self.table(file) else { return vec![None; rows.len()] };
        let (head, tail) = unchanged(former, rows, |one, other| Words(one) == Words(other));
        let (from, to) = (former.len() - tail, rows.len() - tail);
        // Between them rows may have come, gone or moved.
        let mut moved: HashMap<Words<'_>, &Draft> =
            former[head..from].iter().map(Words).zip(&drafts[head..from]).collect();
        let moved = rows[head..to].iter().map(|row| moved.remove(&Words(row)));
        let known = drafts[..head].iter().map(Some).chain(moved).chain(drafts[from..].iter().map(Some));
        known.map(|draft| draft.filter(|draft| draft.silent)).collect()
    }

    /// The rows that a table had, and what was made of each, if it has the columns it had.
    fn table(&self, file: &ParsedFile) -> Option<(&[Row], &[Draft])> {
        let (former, typed) = self.0.get(&file.source.path)?;
        let as_read = |column: &Column| (column.title.clone(), column.reading().clone());
        let has_same = former.table.columns.iter().map(as_read).eq(file.table.columns.iter().map(as_read));
        (has_same && !file.is_page()).then_some((&former.table.rows, &typed.drafts))
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
