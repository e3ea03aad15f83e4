//! Records as rows of tables. A record stands in the table of its column, of each of its districts and sectors, of
//! its year and its company: whoever makes them all writes it once.

use std::sync::OnceLock;

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

fn add(
    known: Option<&Vec<OnceLock<Box<[u8]>>>>,
    ids: &[EntryId],
    out: &mut Vec<u8>,
    write: impl Fn(EntryId, &mut Vec<u8>),
    between: &[u8],
) {
    for (at, id) in ids.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(between);
        }
        let Some(known) = known else {
            write(*id, out);
            continue;
        };
        let row = known[id.0 as usize].get_or_init(|| {
            let mut row = Vec::new();
            write(*id, &mut row);
            row.into_boxed_slice()
        });
        out.extend_from_slice(row);
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
