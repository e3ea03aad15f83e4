//! Sign-off: which public records somebody answers for, by a review of their own or of their column.

use jiff::civil::Date;
use rayon::prelude::*;

use crate::site::{Column, ColumnId};

use super::{Context, Placed, Said};

/// Files with public records that nobody has signed off, and how many.
pub(super) fn missing(drafts: &[Placed<'_>]) -> Vec<(u32, usize)> {
    let is_missing = |draft: &&Placed<'_>| draft.is_public() && !draft.signed;
    let files: Vec<u32> = drafts.par_iter().filter(is_missing).map(|draft| draft.file).collect();
    // The records of a file stand together.
    files.chunk_by(u32::eq).map(|records| (records[0], records.len())).collect()
}

/// Whether somebody answers for a record of a column.
pub(super) fn is_signed(context: &Context<'_>, columns: &[Column], column: ColumnId, said: Said<'_>) -> bool {
    let own = ["review_by", "review_on"].iter().all(|field| said.named(field).is_some());
    own || is_in_batch(context, columns, column, said)
}

/// A review of a column answers for what was published up to its day, in the columns below it too.
fn is_in_batch(context: &Context<'_>, columns: &[Column], column: ColumnId, said: Said<'_>) -> bool {
    let envelope = &context.registers.envelope;
    let published = said.day(envelope.published_on).or_else(|| said.day(envelope.date)).unwrap_or(Date::MIN);
    let mut column = Some(column);
    while let Some(ColumnId(at)) = column {
        let own = &columns[usize::from(at)];
        if own.reviewed_on.is_some_and(|day| published <= day) {
            return true;
        }
        column = own.parent;
    }
    false
}
