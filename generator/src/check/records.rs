//! Rows become drafts: columns matched to fields, cells typed, required fields and rules checked.
//! Each file alone and in parallel.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::diag::{Diagnostics, Place};
use crate::literal::{self, Refusal};
use crate::parse::{At, Cell, ParsedFile, Raw, Row};
use crate::register::checks::{self, Subject};
use crate::register::{
    Doubt, FieldDefinition, FieldId, Register, RegisterId, Typing, Value, Visibility, fold, typed as typed_cell,
};
use crate::site::{Absent, ColumnId, Record};
use crate::source::{folder, stem};

use super::columns::Columns;
use super::former::Former;
use super::identity::{self, Marks};
use super::known::Typed;
use super::lifecycle::{self, Life, Told};
use super::outliers::{self, Outlier};
use super::{AbsentCounts, Context, Draft, Fate, Known, Placed, Said, Values, review, titles};

/// What each file says.
pub(super) type Files = [(Arc<ParsedFile>, Typed)];

/// Every record of every file, by itself, and all that was found wrong in it.
pub(super) fn typed<'k>(
    context: &Context<'_>,
    columns: &Columns,
    known: &'k mut Known,
    diags: &mut Diagnostics,
) -> &'k Files {
    known.among(columns, context.assets);
    let of_file = |file: &Arc<ParsedFile>, former: &Former| of_file(context, columns, file, former);
    let typed = known.rows.map_after("", &context.parsed.files, Former::new, of_file);
    let told: Vec<&Told> = typed.par_iter().map(|(_, typed)| &typed.told).filter(|told| !told.is_empty()).collect();
    told.iter().for_each(|told| diags.extend(told.diags.clone()));
    let uncovered: BTreeSet<i16> = told.iter().flat_map(|told| &told.uncovered).copied().collect();
    uncovered.into_iter().for_each(|year| diags.year_without_holidays(year));
    typed
}

/// All drafts, in the order of their files.
pub(super) fn placed(typed: &Files) -> Vec<Placed<'_>> {
    fn of_file((at, (_, typed)): (usize, &(Arc<ParsedFile>, Typed))) -> impl Iterator<Item = Placed<'_>> {
        let file = u32::try_from(at).expect("a site has fewer than 2^32 files");
        typed.drafts.iter().map(move |alone| Placed { file, alone, changed: None })
    }
    typed.par_iter().enumerate().flat_map_iter(of_file).collect()
}

/// Counts the rows that are no records.
pub(super) fn absent(typed: &Files, absent: &mut AbsentCounts) {
    let reasons = typed.iter().flat_map(|(_, typed)| &typed.absent);
    reasons.for_each(|reason| *absent.entry(*reason).or_default() += 1);
}

fn of_file(context: &Context<'_>, columns: &Columns, file: &ParsedFile, former: &Former) -> Typed {
    let mut told = Told::default();
    let Some(id) = columns.of_file(file, &mut told.diags) else { return Typed::default() };
    let own =
        Own { context, columns, column: id, file, name: file.is_page().then(|| page_name(&file.source.path).into()) };
    let register = columns.list[id.0 as usize].register;
    let reader = Reader::new(context, file, register, &mut told.diags);
    let rows = file.table.rows.par_iter().zip(former.drafts(file)).enumerate().with_min_len(FEW_ROWS);
    let drafts = rows.map_init(Repeats::default, |repeats, (at, (row, former))| {
        if let Some(former) = former {
            return (Draft { at: row.at, row: row.number(at), ..former.clone() }, Told::default());
        }
        let (row, diags) = reader.typed(at, row, repeats);
        let mut told = Told { diags, ..Told::default() };
        (own.draft(row, &mut told), told)
    });
    let (drafts, of_drafts): (Vec<Draft>, Vec<Told>) = drafts.unzip();
    let mut told = of_drafts.into_iter().fold(told, Told::and);
    let values: Vec<&[(FieldId, Value)]> = drafts.iter().map(|draft| draft.said(context.registers).values).collect();
    reader.outliers(&values, &mut told.diags);
    let absent = file.table.skipped.iter().map(|(_, skip)| (register, Absent::from(*skip))).collect();
    Typed { drafts, absent, told }
}

/// What the rows of a file have in common.
struct Own<'a> {
    context: &'a Context<'a>,
    columns: &'a Columns,
    column: ColumnId,
    file: &'a ParsedFile,
    name: Option<Arc<str>>,
}

impl Own<'_> {
    /// All that a record is, as far as it depends on no other.
    fn draft(&self, row: TypedRow, told: &mut Told) -> Draft {
        let column = &self.columns.list[self.column.0 as usize];
        let register = self.context.registers.get(column.register);
        let name = self.name.as_deref();
        let said = Said { register, name, values: &row.values, body: self.file.body.as_ref() };
        let place = || identity::place_in(self.file, row.at);
        let key = identity::key(self.context, said);
        let marks = Marks::of(self.context, said, &key);
        let route = identity::route(self.context, column, said, &key);
        let title = titles::title(self.context, said, &|_| String::new());
        let refers = said.values.iter().any(|(_, value)| matches!(value, Value::Unresolved(_)));
        let signed = review::is_signed(self.context, &self.columns.list, self.column, said);
        let Life { fate, unfinished, until, deadline } = lifecycle::of_one(self.context, said, &place, told);
        // What is not public has no addresses yet, or none any more: nobody has to mend them.
        let aliases = match fate {
            Fate::Public => identity::aliases(self.context, said, &place, &mut told.diags).into(),
            _ => Box::default(),
        };
        let mut record = Record {
            register: column.register,
            column: self.column,
            route,
            title,
            date: None,
            formed: None,
            news_day: None,
            values: row.values,
            body: self.file.body.clone(),
            summary: String::new(),
            unfinished,
            until,
            deadline,
        };
        let written = lifecycle::conceal(self.context, &mut record);
        record.date = titles::date(self.context, &record);
        let published = record.value(self.context.registers.envelope.published_on).and_then(Value::day);
        record.formed = titles::formed(record.date, published, self.context.as_of);
        record.news_day = published.or(record.formed.map(|date| date.date));
        if fate == Fate::Public {
            record.summary = titles::summary(self.context.registers, &record);
        }
        Draft {
            at: row.at,
            row: row.number,
            name: self.name.clone(),
            key: key.into(),
            marks,
            record: Arc::new(record),
            written,
            refers,
            aliases,
            signed,
            silent: told.is_empty(),
            fate,
        }
    }
}

/// A row whose cells are read.
pub(super) struct TypedRow {
    pub(super) at: At,
    /// Counted from 1.
    pub(super) number: u32,
    pub(super) values: Values,
    /// Whether every cell was understood and every rule kept.
    pub(super) sound: bool,
}

/// Rows that are not worth another thread.
const FEW_ROWS: usize = 64;

/// Types every row of one file.
pub(super) fn rows(context: &Context<'_>, file: &ParsedFile, register: RegisterId) -> (Vec<TypedRow>, Diagnostics) {
    let mut diags = Diagnostics::new();
    let reader = Reader::new(context, file, register, &mut diags);
    let rows = file.table.rows.par_iter().enumerate().with_min_len(FEW_ROWS);
    let typed = rows.map_init(Repeats::default, |repeats, (at, row)| reader.typed(at, row, repeats));
    let (rows, found): (Vec<TypedRow>, Vec<Diagnostics>) = typed.unzip();
    found.into_iter().for_each(|found| diags.extend(found));
    let values: Vec<&[(FieldId, Value)]> = rows.iter().map(|row| &row.values[..]).collect();
    reader.outliers(&values, &mut diags);
    (rows, diags)
}

/// `content/accident/2024-a/index.md` is named by its folder, other pages by their file.
pub(super) fn page_name(path: &str) -> String {
    let below = path.strip_prefix("content/").unwrap_or(path);
    let whole = below.rsplit_once('.').map_or(below, |(whole, _)| whole);
    let named = if stem(path) == "index" { folder(whole) } else { whole };
    named.to_owned()
}

/// The field of each column of the file; unknown titles are reported once.
fn match_columns(register: &Register, file: &ParsedFile, diags: &mut Diagnostics) -> Vec<Option<FieldId>> {
    let mut fields: Vec<Option<FieldId>> = Vec::with_capacity(file.table.columns.len());
    for column in &file.table.columns {
        let field = register.field_titled(column.known_as());
        let in_grid = matches!(column.at, At::Grid { .. });
        if field.is_none() && !column.known_as().is_empty() {
            // A sheet has columns for its office; front matter and data files are written for the portal.
            if in_grid {
                diags.unknown_title(file.place(column.at), &column.title, register.titles());
            } else {
                diags.unknown_field(file.place(column.at), &column.title, register.titles());
            }
        } else if column.title.is_empty() && !in_grid {
            diags.column_without_title(file.place(column.at));
        }
        if let Some(twice) = field.and_then(|_| fields.iter().position(|known| *known == field)) {
            diags.field_twice(file.place(column.at), file.place(file.table.columns[twice].at), &column.title);
        }
        fields.push(field);
    }
    fields
}

struct Reader<'a> {
    context: &'a Context<'a>,
    file: &'a ParsedFile,
    register: &'a Register,
    fields: Vec<Option<FieldId>>,
    required: Vec<FieldId>,
    computed: Vec<FieldId>,
}

/// What cells that share their text were read as last, by column.
#[derive(Default)]
struct Repeats(Vec<Option<(Arc<str>, Vec<Value>)>>);

impl Repeats {
    fn known(&self, cell: &Cell) -> Option<&[Value]> {
        let (text, values) = self.0.get(cell.column)?.as_ref()?;
        matches!(&cell.raw, Raw::Text(other) if Arc::ptr_eq(text, other)).then_some(values)
    }

    /// Whether others may have the same text.
    fn wants(cell: &Cell) -> bool {
        matches!(&cell.raw, Raw::Text(text) if Arc::strong_count(text) > 1)
    }

    fn keep(&mut self, cell: &Cell, values: &[Value]) {
        let Raw::Text(text) = &cell.raw else { return };
        if self.0.len() <= cell.column {
            self.0.resize_with(cell.column + 1, || None);
        }
        self.0[cell.column] = Some((text.clone(), values.to_vec()));
    }
}

impl<'a> Reader<'a> {
    fn new(
        context: &'a Context<'a>,
        file: &'a ParsedFile,
        register: RegisterId,
        diags: &mut Diagnostics,
    ) -> Reader<'a> {
        let register = context.registers.get(register);
        let fields = match_columns(register, file, diags);
        let which = |is: fn(&FieldDefinition) -> bool| -> Vec<FieldId> {
            register.ids().filter(|id| is(&register.field(*id).definition)).collect()
        };
        let required = which(|field| field.required);
        let computed = which(|field| field.compute.is_some());
        Reader { context, file, register, fields, required, computed }
    }

    /// The row at a place among those of its file, and what was found wrong in it.
    fn typed(&self, at: usize, row: &Row, repeats: &mut Repeats) -> (TypedRow, Diagnostics) {
        let mut diags = Diagnostics::new();
        let mut values = self.row(row, repeats, &mut diags);
        values.shrink_to_fit();
        (TypedRow { at: row.at, number: row.number(at), values, sound: diags.errors() == 0 }, diags)
    }

    fn row(&self, row: &Row, repeats: &mut Repeats, diags: &mut Diagnostics) -> Values {
        let mut values = Vec::with_capacity(row.cells.len() + 1);
        let mut refused = Vec::new();
        let acknowledged = self.acknowledged(row);
        for cell in &row.cells {
            let Some(field) = self.fields[cell.column] else { continue };
            if let Some(known) = repeats.known(cell) {
                values.extend(known.iter().map(|value| (field, value.clone())));
            } else if !self.cell(field, cell, &acknowledged, repeats, &mut values, diags) {
                refused.push(field);
            }
        }
        values.sort_by_key(|(field, _)| *field);
        self.compute(row, &mut values, diags);
        for id in self.required.iter().filter(|id| !has(&values, **id) && !refused.contains(*id)) {
            let definition = &self.register.field(*id).definition;
            diags.missing_value(self.place_of(row, *id), &definition.label, &definition.name);
        }
        // Rules speak of what a row says; a row with an unreadable cell says less than it means.
        if refused.is_empty() {
            self.check(row, &values, diags);
        }
        values
    }

    /// Values of this row that a person has checked though they look wrong, folded.
    fn acknowledged(&self, row: &Row) -> Vec<String> {
        let field = Some(self.context.registers.envelope.acknowledged);
        let cells = row.cells.iter().filter(|cell| self.fields[cell.column] == field);
        cells.flat_map(|cell| literal::split_list(&cell.raw.text()).into_iter().map(fold).collect::<Vec<_>>()).collect()
    }

    /// Types one cell; false when what stands there was refused.
    fn cell(
        &self,
        field: FieldId,
        cell: &Cell,
        acknowledged: &[String],
        repeats: &mut Repeats,
        values: &mut Vec<(FieldId, Value)>,
        diags: &mut Diagnostics,
    ) -> bool {
        let definition = &self.register.field(field).definition;
        let own_folder = folder(&self.file.source.path);
        let attachment = |name: &str| self.context.assets.locate(own_folder, name).map(str::to_owned);
        let reading = self.file.table.columns[cell.column].reading();
        let typing = Typing { codes: &self.context.registers.codes, attachment: &attachment, reading };
        let shared = Repeats::wants(cell);
        let mut doubts = Vec::new();
        let found = typed_cell(self.register.field(field), &cell.raw, &typing, &mut doubts);
        if shared && doubts.is_empty() {
            repeats.keep(cell, &found);
        }
        values.extend(found.into_iter().map(|value| (field, value)));
        let good = !doubts.iter().any(|doubt| matches!(doubt, Doubt::Refused(_)));
        for doubt in doubts {
            let shown = shown(&cell.raw, definition.visibility);
            match doubt {
                Doubt::Refused(refusal) => {
                    diags.bad_value(self.file.place(cell.at), &definition.label, &shown, &refusal)
                }
                Doubt::Noted(refusal) => diags.noted_value(self.file.place(cell.at), &definition.label, &refusal),
                Doubt::Accepted(_) if acknowledged.contains(&fold(&cell.raw.text())) => {}
                Doubt::Accepted(refusal) => diags.doubtful_value(self.file.place(cell.at), &definition.label, &refusal),
            }
        }
        good
    }

    /// Fills fields that a rule computes, and compares where a person wrote a value too.
    fn compute(&self, row: &Row, values: &mut Vec<(FieldId, Value)>, diags: &mut Diagnostics) {
        for id in self.computed.iter().copied() {
            let field = self.register.field(id);
            let Some(rule) = &field.definition.compute else { continue };
            let subject = Subject {
                register: self.register,
                values,
                registers: self.context.registers,
                as_of: self.context.as_of,
            };
            let Some(computed) = checks::compute(rule, field, &subject) else { continue };
            match first(values, id) {
                None => {
                    let position = values.partition_point(|(known, _)| *known <= id);
                    values.insert(position, (id, computed));
                }
                Some(written) if *written != computed => {
                    let label =
                        |value: &Value| value.code().map(|code| self.context.registers.codes.get(code).zh.clone());
                    if let (Some(written), Some(computed)) = (label(written), label(&computed)) {
                        diags.computed_differs(self.place_of(row, id), &field.definition.label, &written, &computed);
                    }
                }
                Some(_) => {}
            }
        }
    }

    fn check(&self, row: &Row, values: &[(FieldId, Value)], diags: &mut Diagnostics) {
        let subject =
            Subject { register: self.register, values, registers: self.context.registers, as_of: self.context.as_of };
        for name in &self.register.definition.checks {
            for finding in checks::check(name, &subject) {
                let place = finding.field.map_or_else(|| self.file.place(row.at), |field| self.place_of(row, field));
                diags.rule_broken(finding.severity, place, name, Refusal::new(finding.message, finding.help));
            }
        }
    }

    /// Warns of sums that stand out among the values of all rows.
    fn outliers(&self, values: &[&[(FieldId, Value)]], diags: &mut Diagnostics) {
        for outlier in outliers::outliers(self.register, values) {
            self.outlier(&self.file.table.rows[outlier.row], &outlier, diags);
        }
    }

    /// Warns of a sum that stands out, unless a person has checked it.
    fn outlier(&self, row: &Row, outlier: &Outlier, diags: &mut Diagnostics) {
        let cell = row.cells.iter().find(|cell| self.fields[cell.column] == Some(outlier.field));
        if cell.is_some_and(|cell| self.acknowledged(row).contains(&fold(&cell.raw.text()))) {
            return;
        }
        let label = &self.register.field(outlier.field).definition.label;
        diags.sum_stands_out(self.place_of(row, outlier.field), label, outlier.sum, outlier.median);
    }

    /// The cell of a field in this row, or where it would stand, or the row.
    fn place_of(&self, row: &Row, field: FieldId) -> Place {
        let Some(column) = self.fields.iter().position(|known| *known == Some(field)) else {
            return self.file.place(row.at);
        };
        if let Some(cell) = row.cells.iter().find(|cell| cell.column == column) {
            return self.file.place(cell.at);
        }
        match (row.at, self.file.table.columns[column].at) {
            (At::Row(row), At::Grid { column, .. }) => self.file.place(At::Grid { row, column }),
            _ => self.file.place(row.at),
        }
    }
}

/// A value as a message may repeat it: private fields stay private in messages too.
fn shown(raw: &Raw, visibility: Visibility) -> String {
    const LONGEST: usize = 40;
    let short: String = raw.text().chars().take(LONGEST).collect();
    match visibility {
        Visibility::Public => short,
        Visibility::Masked | Visibility::Internal => crate::rules::mask::middle(&literal::normalise(&short)),
    }
}

pub(super) fn first(values: &[(FieldId, Value)], field: FieldId) -> Option<&Value> {
    let at = values.partition_point(|(known, _)| *known < field);
    values.get(at).filter(|(known, _)| *known == field).map(|(_, value)| value)
}

fn has(values: &[(FieldId, Value)], field: FieldId) -> bool {
    first(values, field).is_some()
}
