//! Rows become drafts: columns matched to fields, cells typed, required fields and rules checked.
//! Each file alone and in parallel.

use std::sync::Arc;

use rayon::prelude::*;

use crate::diag::{Diagnostics, Place};
use crate::literal::{self, Refusal};
use crate::parse::{At, Cell, ParsedFile, Raw, Row};
use crate::register::checks::{self, Subject};
use crate::register::{
    Doubt, FieldDefinition, FieldId, Register, RegisterId, Typing, Value, Visibility, fold, typed as typed_cell,
};
use crate::route::Route;
use crate::site::{Absent, Column, ColumnId, Origin};
use crate::source::{folder, stem};

use super::columns::Columns;
use super::known::Typed;
use super::outliers::{self, Outlier};
use super::{AbsentCounts, Context, Draft, Fate, Known, identity, titles};

/// Types every row of every file. What rows there are that are no records is counted in `absent`.
pub(super) fn typed(
    context: &Context<'_>,
    columns: &Columns,
    known: &mut Known,
    absent: &mut AbsentCounts,
    diags: &mut Diagnostics,
) -> Vec<Draft> {
    known.among(columns);
    let files: Vec<&Arc<ParsedFile>> = context.parsed.files.iter().collect();
    let typed = known.rows.map("", &files, |file| {
        let mut problems = Diagnostics::new();
        let Some(id) = columns.of_file(file, &mut problems) else { return Arc::default() };
        let column = &columns.list[id.0 as usize];
        let (mut drafts, found) = file_drafts(context, file, id, column.register);
        problems.extend(found);
        drafts.par_iter_mut().for_each(|draft| name(context, column, draft));
        let absent = file.table.skipped.iter().map(|(_, skip)| (column.register, Absent::from(*skip))).collect();
        Arc::new(Typed { drafts, absent, problems })
    });
    for typed in &typed {
        typed.absent.iter().for_each(|reason| *absent.entry(*reason).or_default() += 1);
        diags.extend(typed.problems.clone());
    }
    let of_file = |(at, typed): (usize, Arc<Typed>)| {
        let mut drafts = Arc::unwrap_or_clone(typed).drafts;
        drafts
            .iter_mut()
            .for_each(|draft| draft.origin.file = u32::try_from(at).expect("a site has fewer than 2^32 files"));
        drafts
    };
    typed.into_par_iter().enumerate().flat_map_iter(of_file).collect()
}

/// What a record is known by and called, as far as it depends on no other record.
fn name(context: &Context<'_>, column: &Column, draft: &mut Draft) {
    let register = context.registers.get(draft.register);
    draft.key = identity::key(context, register, draft).into();
    draft.route = identity::route(context, register, column, draft);
    draft.title = titles::title(context, draft, &|_| String::new());
}

/// Rows that are not worth another thread.
const FEW_ROWS: usize = 64;

/// Types every row of one file, which is not named yet, nor told where its file stands among the others.
pub(super) fn file_drafts(
    context: &Context<'_>,
    file: &ParsedFile,
    column: ColumnId,
    register: RegisterId,
) -> (Vec<Draft>, Diagnostics) {
    let mut diags = Diagnostics::new();
    let fields = match_columns(context.registers.get(register), file, &mut diags);
    let reader = Reader::new(context, file, context.registers.get(register), fields);
    let name = file.is_page().then(|| page_name(&file.source.path).into());
    let rows = file.table.rows.par_iter().enumerate().with_min_len(FEW_ROWS);
    let typed = rows.map_init(Repeats::default, |repeats, (number, row)| {
        let mut diags = Diagnostics::new();
        let mut values = reader.row(row, repeats, &mut diags);
        values.shrink_to_fit();
        let sheet_row = match row.at {
            At::Row(row) => row,
            _ => u32::try_from(number + 1).unwrap_or(u32::MAX),
        };
        let draft = Draft {
            register,
            column,
            origin: Origin { file: 0, row: sheet_row },
            at: row.at,
            name: name.clone(),
            key: Arc::default(),
            values: Arc::new(values),
            body: file.body.clone(),
            route: Route::unassigned(),
            title: String::new(),
            sound: diags.errors() == 0,
            unfinished: false,
            fate: Fate::Public,
            until: None,
            deadline: None,
        };
        (draft, diags)
    });
    let (drafts, found): (Vec<Draft>, Vec<Diagnostics>) = typed.unzip();
    found.into_iter().for_each(|found| diags.extend(found));
    for outlier in outliers::outliers(reader.register, &drafts) {
        reader.outlier(&file.table.rows[outlier.draft], &outlier, &mut diags);
    }
    (drafts, diags)
}

/// `content/accident/2024-a/index.md` is named by its folder, other pages by their file.
fn page_name(path: &str) -> String {
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
        register: &'a Register,
        fields: Vec<Option<FieldId>>,
    ) -> Reader<'a> {
        let which = |is: fn(&FieldDefinition) -> bool| -> Vec<FieldId> {
            register.ids().filter(|id| is(&register.field(*id).definition)).collect()
        };
        let required = which(|field| field.required);
        let computed = which(|field| field.compute.is_some());
        Reader { context, file, register, fields, required, computed }
    }

    fn row(&self, row: &Row, repeats: &mut Repeats, diags: &mut Diagnostics) -> Vec<(FieldId, Value)> {
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

pub(super) fn has(values: &[(FieldId, Value)], field: FieldId) -> bool {
    first(values, field).is_some()
}
