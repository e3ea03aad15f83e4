//! Incoming rows meet the ones already there by their keys; the result is written as one CSV.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::check::{Ground, Intake, Taken, say_the_same};
use crate::diag::Place;
use crate::format::csv::CsvWriter;
use crate::parse::At;
use crate::register::{FieldId, Register, RegisterId, Value, Visibility, display};
use crate::rules::mask;
use crate::site::Absent;

use super::report::{Change, Changed, Imported, Left};
use super::{Import, Present};
use crate::diag::Diagnostics;

/// Rows that one thread writes in one go.
const ROWS_AT_ONCE: usize = 2048;

/// Fields and their values, sorted by field.
type Values = Vec<(FieldId, Value)>;

/// Everything a merge looks at.
struct Merge<'a> {
    ground: &'a Ground<'a>,
    register: &'a Register,
    /// Fields the file has a column for and that may be kept.
    fields: Vec<FieldId>,
}

pub(super) fn merge(
    request: &Import,
    ground: &Ground<'_>,
    register: RegisterId,
    taken: Taken,
    present: Present,
    target: String,
    findings: Diagnostics,
) -> Imported {
    let register = ground.registers.get(register);
    let (fields, dropped) = taken.fields.iter().partition(|field| may_be_kept(register, **field));
    let merge = Merge { ground, register, fields };
    let mut report = Imported { target, findings, ..Imported::default() };
    let dropped: Vec<FieldId> = dropped;
    let telling = dropped.iter().filter(|field| register.order.contains(field));
    report.dropped = telling.map(|field| register.field(*field).definition.label.clone()).collect();
    for (number, reason) in &taken.file.table.skipped {
        report.skip(Absent::from(*reason), *number);
    }
    report.rows_in = taken.rows.len() + taken.file.table.skipped.len();
    let mut rows = Rows::of(present.target);
    let elsewhere = Elsewhere::of(&present.others);
    let mut seen: HashMap<&str, &Intake> = HashMap::with_capacity(taken.rows.len());
    let names: Vec<String> = taken.rows.par_iter().map(|row| merge.name(&row.values, row.at)).collect();
    for (row, name) in taken.rows.iter().zip(names) {
        if !row.sound {
            report.refused += 1;
            seen.entry(&row.key).or_insert(row);
            continue;
        }
        if let Some(first) = seen.get(row.key.as_str()) {
            merge.again(&taken, first, row, &mut report);
            continue;
        }
        seen.insert(&row.key, row);
        merge.one(&taken, row, name, &elsewhere, &mut rows, &mut report);
    }
    merge.missing(request, &seen, &mut rows, &mut report);
    let changes =
        !report.new.is_empty() || !report.changed.is_empty() || (report.withdrawn && !report.missing.is_empty());
    if report.refused == 0 && report.findings.errors() == 0 && changes {
        report.csv = Some(merge.csv(&rows));
    }
    drop((seen, rows));
    rayon::spawn(move || drop(taken));
    report
}

/// Columns that only serve the office are not kept; those by which it steers publication are.
fn may_be_kept(register: &Register, field: FieldId) -> bool {
    let definition = &register.field(field).definition;
    let office = definition.visibility == Visibility::Internal && register.order.contains(&field);
    !office && definition.name != "row_no"
}

/// The rows of the table: those there already, and the new ones after them.
#[derive(Default)]
struct Rows<'a> {
    held: Vec<Held>,
    by_key: HashMap<String, usize>,
    fields: Vec<FieldId>,
    new: Vec<&'a Intake>,
}

struct Held {
    values: Values,
    place: Place,
    key: String,
}

impl Rows<'_> {
    fn of(target: Option<Taken>) -> Self {
        let Some(target) = target else { return Rows::default() };
        let mut rows = Rows { fields: target.fields.clone(), ..Rows::default() };
        let places: Vec<Place> = target.rows.iter().map(|row| target.place(row)).collect();
        for (row, place) in target.rows.into_iter().zip(places) {
            // A computed value without a column is made anew by every build.
            let values = row.values.into_iter().filter(|(field, _)| rows.fields.contains(field)).collect();
            rows.by_key.entry(row.key.clone()).or_insert(rows.held.len());
            rows.held.push(Held { values, place, key: row.key });
        }
        rows
    }
}

/// Rows of the register's other tables, by key.
struct Elsewhere<'a>(HashMap<&'a str, (&'a Taken, &'a Intake)>);

impl<'a> Elsewhere<'a> {
    fn of(others: &'a [Taken]) -> Elsewhere<'a> {
        let all = others.iter().flat_map(|taken| taken.rows.iter().map(move |row| (row.key.as_str(), (taken, row))));
        Elsewhere(all.collect())
    }
}

impl Merge<'_> {
    /// One incoming row that was not in the file before.
    fn one<'t>(
        &self,
        taken: &Taken,
        row: &'t Intake,
        name: String,
        elsewhere: &Elsewhere<'_>,
        rows: &mut Rows<'t>,
        report: &mut Imported,
    ) {
        if let Some(at) = rows.by_key.get(&row.key).copied() {
            let held = &mut rows.held[at];
            if has(&held.values, self.ground.registers.envelope.withdrawn_on) {
                report.held.push(self.name(&held.values, row.at));
                return;
            }
            let changes = self.changes(&held.values, &row.values);
            if changes.is_empty() {
                report.unchanged += 1;
                return;
            }
            report.changed.push(Changed { name, changes: self.told(&held.values, &row.values, &changes) });
            held.values.retain(|(field, _)| !self.fields.contains(field));
            held.values.extend(self.kept(&row.values));
            held.values.sort_by_key(|(field, _)| *field);
            return;
        }
        if let Some((other, known)) = elsewhere.0.get(row.key.as_str()) {
            let differing = self.changes(&known.values, &row.values);
            if differing.is_empty() {
                report.unchanged += 1;
            } else {
                report.refused += 1;
                let labels = self.labels(&differing);
                report.findings.in_another_table(taken.place(row), other.place(known), &labels);
            }
            return;
        }
        report.new.push(name);
        rows.new.push(row);
    }

    /// A row whose key was in the file before: the same once more, or a conflict.
    fn again(&self, taken: &Taken, first: &Intake, row: &Intake, report: &mut Imported) {
        let differing = self.changes(&first.values, &row.values);
        if differing.is_empty() && first.sound {
            report.skip(Absent::Repeated, number(row.at));
            return;
        }
        report.refused += 1;
        if !differing.is_empty() {
            let key = self.labels(&self.register.key);
            report.findings.duplicate_key(taken.place(row), taken.place(first), &key, &self.labels(&differing));
        }
    }

    /// Rows of the table that the file does not have, and that nobody has withdrawn.
    fn missing(&self, request: &Import, seen: &HashMap<&str, &Intake>, rows: &mut Rows<'_>, report: &mut Imported) {
        let envelope = &self.ground.registers.envelope;
        for held in &mut rows.held {
            if seen.contains_key(held.key.as_str()) || has(&held.values, envelope.withdrawn_on) {
                continue;
            }
            report.missing.push(Left { name: self.name(&held.values, At::default()), place: held.place.clone() });
            if let Some(reason) = &request.withdraw {
                let day = crate::literal::PartialDate::day(request.today);
                held.values.push((envelope.withdrawn_on, Value::Date(day)));
                held.values.push((envelope.withdrawn_reason, Value::Text(reason.as_str().into())));
                held.values.sort_by_key(|(field, _)| *field);
                report.withdrawn = true;
            }
        }
    }

    /// What of a row's values goes into the table.
    fn kept<'v>(&'v self, values: &'v [(FieldId, Value)]) -> impl Iterator<Item = (FieldId, Value)> + 'v {
        values.iter().filter(|(field, _)| self.fields.contains(field)).cloned()
    }

    /// The fields of the file's columns whose values differ.
    fn changes(&self, old: &[(FieldId, Value)], new: &[(FieldId, Value)]) -> Vec<FieldId> {
        let differs = |field: &FieldId| !say_the_same(old, new, *field);
        self.fields.iter().copied().filter(differs).collect()
    }

    fn told(&self, old: &[(FieldId, Value)], new: &[(FieldId, Value)], fields: &[FieldId]) -> Vec<Change> {
        let change = |field: &FieldId| Change {
            field: self.register.field(*field).definition.label.clone(),
            old: self.shown(old, *field),
            new: self.shown(new, *field),
        };
        fields.iter().map(change).collect()
    }

    /// What a record is called in a report: its key, or its row.
    fn name(&self, values: &[(FieldId, Value)], at: At) -> String {
        let parts = self.register.key.iter().map(|field| self.shown(values, *field)).filter(|part| !part.is_empty());
        let name = parts.collect::<Vec<_>>().join(" · ");
        if name.is_empty() { format!("#{}", number(at)) } else { name }
    }

    /// The values of a field as a report may show them.
    fn shown(&self, values: &[(FieldId, Value)], field: FieldId) -> String {
        let text = self.written(values, field);
        if self.register.field(field).definition.visibility == Visibility::Public { text } else { mask::middle(&text) }
    }

    fn written(&self, values: &[(FieldId, Value)], field: FieldId) -> String {
        let mut texts = of(values, field).map(|value| display::written(value, &self.ground.registers.codes));
        let mut joined = texts.next().unwrap_or_default();
        texts.for_each(|text| {
            joined.push('；');
            joined.push_str(&text);
        });
        joined
    }

    fn labels(&self, fields: &[FieldId]) -> String {
        let labels = fields.iter().map(|field| self.register.field(*field).definition.label.zh.as_str());
        labels.collect::<Vec<_>>().join("、")
    }

    /// The title under which the field is read again: its label, unless another field goes by that.
    fn title(&self, field: FieldId) -> &str {
        let definition = &self.register.field(field).definition;
        let label = definition.label.zh.as_str();
        if self.register.field_titled(label) == Some(field) { label } else { &definition.name }
    }

    /// The table: a column for every field that some row may have, in the order of the definition.
    fn csv(&self, rows: &Rows<'_>) -> Vec<Vec<u8>> {
        let envelope = &self.ground.registers.envelope;
        let withdrawal = [envelope.withdrawn_on, envelope.withdrawn_reason];
        let used = |field: &FieldId| {
            self.fields.contains(field)
                || rows.fields.contains(field)
                || (withdrawal.contains(field) && rows.held.iter().any(|held| has(&held.values, *field)))
        };
        let own = self.register.order.iter().copied();
        let shared = self.register.ids().filter(|field| !self.register.order.contains(field));
        let fields: Vec<FieldId> = own.chain(shared).filter(used).collect();
        let titles: Vec<&str> = fields.iter().map(|field| self.title(*field)).collect();
        let mut writer = CsvWriter::new(&titles);
        for held in &rows.held {
            fields.iter().for_each(|field| writer.cell(&self.written(&held.values, *field)));
            writer.end_row();
        }
        let of_file: Vec<bool> = fields.iter().map(|field| self.fields.contains(field)).collect();
        let below = rows.new.par_chunks(ROWS_AT_ONCE).map(|rows| {
            let mut writer = CsvWriter::below(fields.len(), Vec::new());
            for row in rows {
                for (field, of_file) in fields.iter().zip(&of_file) {
                    writer.cell(&if *of_file { self.written(&row.values, *field) } else { String::new() });
                }
                writer.end_row();
            }
            writer.finish()
        });
        rayon::iter::once(writer.finish()).chain(below).collect()
    }
}

impl Imported {
    fn skip(&mut self, reason: Absent, number: u32) {
        match self.skipped.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, rows)) => rows.push(number),
            None => self.skipped.push((reason, vec![number])),
        }
    }
}

fn number(at: At) -> u32 {
    match at {
        At::Row(row) | At::Grid { row, .. } => row,
        At::Range { start, .. } => start,
    }
}

fn of(values: &[(FieldId, Value)], field: FieldId) -> impl Iterator<Item = &Value> {
    let start = values.partition_point(|(known, _)| *known < field);
    values[start..].iter().take_while(move |(known, _)| *known == field).map(|(_, value)| value)
}

fn has(values: &[(FieldId, Value)], field: FieldId) -> bool {
    of(values, field).next().is_some()
}
