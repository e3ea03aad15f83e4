//! Sign-off: which public records somebody answers for, by a review of their own or of their column.

use jiff::civil::Date;
use rayon::prelude::*;

use crate::diag::Place;
use crate::register::Value;
use crate::site::{Column, ColumnId};

use super::records::first;
use super::{Context, Draft, Fate};

/// Files with public records that nobody has signed off, and how many.
pub(super) fn missing(context: &Context<'_>, columns: &[Column], drafts: &[Draft]) -> Vec<(Place, usize)> {
    let by_register: Vec<_> = context
        .registers
        .list
        .iter()
        .map(|register| (register.field_named("review_by"), register.field_named("review_on")))
        .collect();
    let is_missing = |draft: &&Draft| {
        let (by, on) = by_register[usize::from(draft.register.0)];
        let own = [by, on].iter().all(|field| field.is_some_and(|field| first(&draft.values, field).is_some()));
        draft.fate == Fate::Public && !own && !is_in_batch(context, columns, draft)
    };
    let files: Vec<u32> = drafts.par_iter().filter(is_missing).map(|draft| draft.origin.file).collect();
    let place = |file: u32| Place::file(&context.parsed.files[file as usize].source.path);
    // The records of a file stand together.
    files.chunk_by(u32::eq).map(|records| (place(records[0]), records.len())).collect()
}

/// A review of a column answers for what was published up to its day, in the columns below it too.
fn is_in_batch(context: &Context<'_>, columns: &[Column], draft: &Draft) -> bool {
    let envelope = &context.registers.envelope;
    let day = |field| first(&draft.values, field).and_then(Value::day);
    let published = day(envelope.published_on).or_else(|| day(envelope.date)).unwrap_or(Date::MIN);
    let mut column = Some(draft.column);
    while let Some(ColumnId(at)) = column {
        let own = &columns[usize::from(at)];
        if own.reviewed_on.is_some_and(|day| published <= day) {
            return true;
        }
        column = own.parent;
    }
    false
}
