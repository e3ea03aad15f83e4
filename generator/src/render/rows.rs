//! Records as rows of tables. A record stands in the table of its column, of each of its districts and sectors, of
//! its year and its company: whoever makes them all writes it once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock};

use crate::format::csv::CsvWriter;
use crate::memo::Memo;
use crate::register::Registers;
use crate::site::{EntryId, Record};
use crate::view::{self, Scene};

/// The rows that are written already.
pub(super) enum Rows {
    /// All are made, and each once.
    All(Whole),
    /// Some tables are asked for by themselves, of one portal after the other.
    Some(Arc<Lately>),
}

/// By record.
pub(super) struct Whole {
    csv: Vec<OnceLock<Box<[u8]>>>,
    json: Vec<OnceLock<Box<[u8]>>>,
}

impl Rows {
    /// Room for the rows of all records of a site.
    pub(super) fn of(records: usize) -> Rows {
        let none = || (0..records).map(|_| OnceLock::new()).collect();
        Rows::All(Whole { csv: none(), json: none() })
    }
}

/// The tables that were asked for last. What a record says in one portal it says in the next, unless it is another.
#[derive(Default)]
pub(crate) struct Lately(Mutex<VecDeque<Table>>);

/// How many tables are kept.
const KEPT: usize = 4;

/// The rows of a table by record; none of a record that does not stand alone.
struct Table {
    form: Form,
    /// Where the table is published.
    route: String,
    registers: Arc<Registers>,
    rows: Memo<Arc<Record>, Option<Box<[u8]>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
}

/// Adds records as rows of CSV.
pub(super) fn csv(scene: Scene<'_>, rows: &Rows, route: &str, ids: &[EntryId], out: &mut Vec<u8>) {
    add(scene, rows, (Form::Csv, route), ids, out);
}

/// Adds records as elements of a JSON list.
pub(super) fn json(scene: Scene<'_>, rows: &Rows, route: &str, ids: &[EntryId], out: &mut Vec<u8>) {
    add(scene, rows, (Form::Json, route), ids, out);
}

fn add(scene: Scene<'_>, rows: &Rows, of: (Form, &str), ids: &[EntryId], out: &mut Vec<u8>) {
    let (form, _) = of;
    match rows {
        Rows::All(whole) => {
            let known = if form == Form::Csv { &whole.csv } else { &whole.json };
            let row = |id: &EntryId| known[id.0 as usize].get_or_init(|| form.boxed(scene, scene.site.entry(*id)));
            join(ids, out, |id, out| out.extend_from_slice(row(id)), form.between());
        }
        Rows::Some(lately) => lately.add(scene, of, ids, out),
    }
}

impl Lately {
    fn add(&self, scene: Scene<'_>, (form, route): (Form, &str), ids: &[EntryId], out: &mut Vec<u8>) {
        let site = scene.site;
        let mut tables = self.0.lock().expect("no thread panics while it holds the tables");
        let is_it = |table: &Table| {
            table.form == form && table.route == route && Arc::ptr_eq(&table.registers, &site.registers)
        };
        let known = tables.iter().position(is_it).and_then(|at| tables.remove(at));
        let mut table = known.unwrap_or_else(|| Table {
            form,
            route: route.to_owned(),
            registers: Arc::clone(&site.registers),
            rows: Memo::remembering(),
        });
        // What a row tells beside its record.
        let basis = [scene.language().tag(), &scene.absolute("")].join(" ");
        let records: Vec<&Arc<Record>> = ids.iter().map(|id| &site.entry(*id).record).collect();
        let alone = |record: &Arc<Record>| view::stands_alone(scene, record).then(|| form.boxed(scene, record));
        let rows = table.rows.map(&basis, records, alone);
        let write = |(record, row): &(Arc<Record>, Option<Box<[u8]>>), out: &mut Vec<u8>| match row {
            Some(row) => out.extend_from_slice(row),
            None => form.write(scene, record, out),
        };
        join(rows, out, write, form.between());
        tables.push_back(table);
        if tables.len() > KEPT {
            tables.pop_front();
        }
    }
}

impl Form {
    fn between(self) -> &'static [u8] {
        match self {
            Form::Csv => b"",
            Form::Json => b",\n",
        }
    }

    fn boxed(self, scene: Scene<'_>, record: &Record) -> Box<[u8]> {
        let mut row = Vec::new();
        self.write(scene, record, &mut row);
        row.into_boxed_slice()
    }

    fn write(self, scene: Scene<'_>, record: &Record, out: &mut Vec<u8>) {
        match self {
            Form::Csv => csv_row(scene, record, out),
            Form::Json => serde_json::to_writer(out, &view::RecordJson { scene, record, extent: view::Extent::Listed })
                .expect("writing to memory cannot fail"),
        }
    }
}

fn join<T>(list: &[T], out: &mut Vec<u8>, write: impl Fn(&T, &mut Vec<u8>), between: &[u8]) {
    for (at, one) in list.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(between);
        }
        write(one, out);
    }
}

fn csv_row(scene: Scene<'_>, record: &Record, out: &mut Vec<u8>) {
    let fields = &scene.site.register_of(record).open;
    let mut writer = CsvWriter::below(view::record_width(fields), std::mem::take(out));
    view::record_row(scene, record, &mut |cell| writer.cell(cell));
    writer.end_row();
    *out = writer.finish();
}
