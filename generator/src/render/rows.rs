//! Records as rows of tables. A record stands in the table of its column, of each of its districts and sectors, of
//! its year and its company: whoever makes them all writes it once.

use std::sync::OnceLock;

use rayon::prelude::*;

use crate::format::csv::CsvWriter;
use crate::site::EntryId;
use crate::view::{self, Scene};

/// The rows that are written already, by record.
pub(super) struct Rows {
    csv: Vec<OnceLock<Box<[u8]>>>,
    json: Vec<OnceLock<Box<[u8]>>>,
}

impl Rows {
    /// Room for the rows of all records of a site.
    pub(super) fn of(records: usize) -> Rows {
        let none = || (0..records).map(|_| OnceLock::new()).collect();
        Rows { csv: none(), json: none() }
    }
}

/// Adds records as rows of CSV.
pub(super) fn csv(scene: Scene<'_>, rows: Option<&Rows>, ids: &[EntryId], out: &mut Vec<u8>) {
    add(rows.map(|rows| &rows.csv), ids, out, |id, out| csv_row(scene, id, out), b"");
}

/// Adds records as elements of a JSON list.
pub(super) fn json(scene: Scene<'_>, rows: Option<&Rows>, ids: &[EntryId], out: &mut Vec<u8>) {
    add(rows.map(|rows| &rows.json), ids, out, |id, out| json_row(scene, id, out), b",\n");
}

/// Rows of one table that one thread writes at once.
const AT_ONCE: usize = 256;

fn add(
    known: Option<&Vec<OnceLock<Box<[u8]>>>>,
    ids: &[EntryId],
    out: &mut Vec<u8>,
    write: impl Fn(EntryId, &mut Vec<u8>) + Sync,
    between: &[u8],
) {
    let Some(known) = known else {
        // Nothing else is being made, so the table has all threads for itself.
        let part = |ids: &[EntryId]| {
            let mut part = Vec::new();
            join(ids, &mut part, |id, out| write(*id, out), between);
            part
        };
        let parts: Vec<Vec<u8>> = ids.par_chunks(AT_ONCE).map(part).collect();
        return join(&parts, out, |part, out| out.extend_from_slice(part), between);
    };
    let row = |id: EntryId| {
        known[id.0 as usize].get_or_init(|| {
            let mut row = Vec::new();
            write(id, &mut row);
            row.into_boxed_slice()
        })
    };
    join(ids, out, |id, out| out.extend_from_slice(row(*id)), between);
}

fn join<T>(list: &[T], out: &mut Vec<u8>, write: impl Fn(&T, &mut Vec<u8>), between: &[u8]) {
    for (at, one) in list.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(between);
        }
        write(one, out);
    }
}

fn csv_row(scene: Scene<'_>, id: EntryId, out: &mut Vec<u8>) {
    let fields = &scene.site.register_of(scene.site.entry(id)).open;
    let mut writer = CsvWriter::below(view::record_width(fields), std::mem::take(out));
    view::record_row(scene, id, fields, &mut |cell| writer.cell(cell));
    writer.end_row();
    *out = writer.finish();
}

fn json_row(scene: Scene<'_>, id: EntryId, out: &mut Vec<u8>) {
    serde_json::to_writer(out, &view::RecordJson { scene, id, extent: view::Extent::Listed })
        .expect("writing to memory cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_made_in_parts_is_the_one_made_row_by_row() {
        let write = |id: EntryId, out: &mut Vec<u8>| out.extend_from_slice(id.0.to_string().as_bytes());
        for rows in [0, 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE] {
            let ids: Vec<EntryId> = (0..).map(EntryId).take(rows).collect();
            let known = Rows::of(rows);
            let (mut parts, mut whole) = (Vec::new(), Vec::new());
            add(None, &ids, &mut parts, write, b", ");
            add(Some(&known.csv), &ids, &mut whole, write, b", ");
            assert_eq!(parts, whole, "{rows} rows");
        }
    }
}
