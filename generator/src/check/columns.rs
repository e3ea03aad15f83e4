//! Folders become columns: which folder holds which register, its title, its place in the tree.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::diag::Diagnostics;
use crate::parse::{Cell, ParsedFile, Raw, Role, Skip};
use crate::register::{Order, RegisterId, Value};
use crate::route::Route;
use crate::site::{Absent, Column, ColumnId, Entry, EntryId};
use crate::source::{Skipped, folder};

use super::{AbsentCounts, Context};

/// The columns of a site by the folders they are.
pub(super) struct Columns {
    pub(super) list: Vec<Column>,
    by_folder: HashMap<String, ColumnId>,
}

/// Keys that `_index.md` may have.
const KEYS: [&str; 11] = [
    "title",
    "description",
    "keywords",
    "column_type",
    "order",
    "register",
    "group",
    "draft",
    "review_by",
    "review_on",
    "review_basis",
];

/// Files that one thread looks at together.
const FILES: usize = 1024;

/// Finds every column: each folder with an `_index.md`, and each folder named like a register.
pub(super) fn find(context: &Context<'_>, diags: &mut Diagnostics) -> Columns {
    let mut described: BTreeMap<String, Option<&ParsedFile>> = BTreeMap::new();
    described.insert("content".to_owned(), None);
    // Files of one folder stand together, so most say nothing new.
    let telling = context.parsed.files.par_chunks(FILES).flat_map_iter(|files| {
        let mut last = None;
        files.iter().filter_map(move |file| {
            let own = folder(&file.source.path);
            let is_new = last.replace(own) != Some(own);
            (is_new || file.is_column()).then_some((own, file))
        })
    });
    for (own, file) in telling.collect::<Vec<_>>() {
        if file.is_column() {
            described.insert(own.to_owned(), Some(file));
        }
        if let Some(top) = register_folder(context, own) {
            described.entry(top.to_owned()).or_insert(None);
        }
    }
    for book in context.parsed.books.iter().filter(|book| book.role != Role::Attachment) {
        if let Some(top) = register_folder(context, folder(&book.source.path)) {
            described.entry(top.to_owned()).or_insert(None);
        }
    }
    let mut columns = Columns { list: Vec::new(), by_folder: HashMap::new() };
    for (path, file) in described {
        let column = column(context, &columns, &path, file, diags);
        let id = ColumnId(u16::try_from(columns.list.len()).expect("a site has fewer than 65,536 columns"));
        columns.by_folder.insert(path, id);
        columns.list.push(column);
    }
    for at in 0..columns.list.len() {
        let id = ColumnId(u16::try_from(at).expect("counted above"));
        if let Some(parent) = columns.list[at].parent {
            columns.list[parent.0 as usize].children.push(id);
        }
    }
    columns
}

/// `content/<register>` when the folder lies in or is one.
fn register_folder<'a>(context: &Context<'_>, path: &'a str) -> Option<&'a str> {
    let below = path.strip_prefix("content/")?;
    let name = below.split('/').next()?;
    context.registers.find(name)?;
    Some(&path[.."content/".len() + name.len()])
}

/// Titles under which a page names the column it wants to stand in.
const ASKS: [&str; 3] = ["column", "栏目", "所属栏目"];

impl Columns {
    /// The column that a page asks for by folder or title, or else that of its folder; none for `_index.md`.
    pub(super) fn of_file(&self, file: &ParsedFile, diags: &mut Diagnostics) -> Option<ColumnId> {
        let Some((cell, wanted)) = asked(file) else { return self.holding(&file.source.path) };
        let found = self.called(wanted);
        if found.is_none() {
            let known = self.list.iter().flat_map(|column| [column.title.as_str(), column.path.as_str()]);
            diags.unknown_column(file.place(cell.at), wanted, known);
        }
        found.or_else(|| self.holding(&file.source.path))
    }

    /// The column of a folder or title.
    fn called(&self, wanted: &str) -> Option<ColumnId> {
        let found = self.list.iter().position(|column| *column.path == *wanted || *column.title == *wanted);
        found.and_then(|at| u16::try_from(at).ok()).map(ColumnId)
    }

    /// The column of the nearest folder above a file.
    pub(super) fn holding(&self, path: &str) -> Option<ColumnId> {
        if crate::source::stem(path) == "_index" {
            return None;
        }
        let mut folder = folder(path);
        loop {
            if let Some(id) = self.by_folder.get(folder) {
                return Some(*id);
            }
            folder = folder.rsplit_once('/')?.0;
        }
    }
}

/// The column that a page asks for instead of its folder's, and the cell that says so.
fn asked(file: &ParsedFile) -> Option<(&Cell, &str)> {
    if !file.is_page() || file.is_column() {
        return None;
    }
    let asks = |cell: &&Cell| ASKS.contains(&file.table.columns[cell.column].title.as_str());
    let cell = file.table.rows.first()?.cells.iter().find(asks)?;
    let Raw::Text(wanted) = &cell.raw else { return None };
    Some((cell, wanted))
}

fn column(
    context: &Context<'_>,
    known: &Columns,
    path: &str,
    file: Option<&ParsedFile>,
    diags: &mut Diagnostics,
) -> Column {
    let route = path.strip_prefix("content").unwrap_or(path).trim_start_matches('/').to_owned();
    if !route.is_empty() && Route::parse(&route).is_none() {
        let shown: Arc<str> = file.map_or_else(|| Arc::from(path), |file| file.source.path.clone());
        diags.folder_name_not_ascii(crate::diag::Place::file(&shown), &route);
    }
    let parent = parent(known, path);
    let front = file.map(|file| Front::read(context, file, diags)).unwrap_or_default();
    let own = route.rsplit('/').next().and_then(|name| context.registers.find(name));
    let inherited = parent.filter(|id| id.0 != 0).map(|id| known.list[id.0 as usize].register);
    let page = context.registers.find("page").expect("the register of plain pages ships with the generator");
    let register = front.register.or(own).or(inherited).unwrap_or(page);
    let definition = &context.registers.get(register).definition;
    let named_after_register = own == Some(register);
    let language = context.settings.language();
    let or = |written: Option<String>, fallback: &str| written.unwrap_or_else(|| fallback.to_owned());
    Column {
        title: or(front.title, if named_after_register { definition.title.pick(language) } else { &route }),
        description: or(front.description, definition.description.pick(language)),
        keywords: front.keywords.unwrap_or_else(|| definition.keywords.clone()),
        column_type: or(front.column_type, &definition.column_type),
        group: or(front.group, &definition.group),
        order: front.order.unwrap_or(definition.order),
        register,
        reviewed_on: front.reviewed_by.and(front.reviewed_on),
        intro: file.and_then(|file| file.body.clone()),
        parent,
        children: Vec::new(),
        entries: Vec::new(),
        file: file.map(|file| file.source.path.clone()),
        path: route,
    }
}

fn parent(known: &Columns, path: &str) -> Option<ColumnId> {
    let mut above = path;
    loop {
        above = above.rsplit_once('/')?.0;
        if let Some(id) = known.by_folder.get(above) {
            return Some(*id);
        }
    }
}

/// The front matter of an `_index.md`.
#[derive(Default)]
struct Front {
    title: Option<String>,
    description: Option<String>,
    keywords: Option<Vec<String>>,
    column_type: Option<String>,
    group: Option<String>,
    order: Option<i64>,
    register: Option<RegisterId>,
    reviewed_by: Option<String>,
    reviewed_on: Option<Date>,
}

impl Front {
    fn read(context: &Context<'_>, file: &ParsedFile, diags: &mut Diagnostics) -> Front {
        let mut front = Front::default();
        let cells = file.table.rows.iter().flat_map(|row| &row.cells);
        for cell in cells {
            let title = file.table.columns[cell.column].title.as_str();
            let text = cell.raw.text().into_owned();
            match title {
                "title" => front.title = Some(text),
                "description" => front.description = Some(text),
                "keywords" => {
                    front.keywords = Some(crate::literal::split_list(&text).into_iter().map(str::to_owned).collect())
                }
                "column_type" => front.column_type = Some(text),
                "group" => front.group = Some(text),
                "order" => match text.parse() {
                    Ok(order) => front.order = Some(order),
                    Err(_) => diags.bad_setting(file.place(cell.at), "order must be a whole number"),
                },
                "register" => {
                    front.register = context.registers.find(&text);
                    if front.register.is_none() {
                        let names: Vec<&str> =
                            context.registers.list.iter().map(|register| register.definition.name.as_str()).collect();
                        diags.unknown_register(file.place(cell.at), &text, names.into_iter());
                    }
                }
                "review_by" => front.reviewed_by = Some(text),
                "review_on" => match text.parse() {
                    Ok(day) => front.reviewed_on = Some(day),
                    Err(_) => diags.bad_setting(file.place(cell.at), "review.on must be a day, YYYY-MM-DD"),
                },
                "draft" | "review_basis" => {}
                other => diags.unknown_field(file.place(file.table.columns[cell.column].at), other, KEYS.into_iter()),
            }
        }
        front
    }
}

/// Puts public entries into their columns, in listing order.
pub(super) fn fill(context: &Context<'_>, columns: &mut [Column], entries: &[Entry]) {
    // What is asked of every record more than once is laid side by side.
    let told = |entry: &Entry| (entry.column, newest_first(entry.date.map(|date| date.date)));
    let told: Vec<(ColumnId, u32)> = entries.par_iter().map(told).collect();
    for (at, (column, _)) in told.iter().enumerate() {
        let id = EntryId(u32::try_from(at).expect("a site has fewer than 2^32 records"));
        columns[usize::from(column.0)].entries.push(id);
    }
    columns.par_iter_mut().for_each(|column| {
        let register = context.registers.get(column.register);
        if register.sort.is_empty() {
            let mut days: Vec<(u32, EntryId)> = column.entries.iter().map(|id| (told[id.0 as usize].1, *id)).collect();
            // Records of one day stay in the order of their files.
            days.par_sort_unstable();
            column.entries = days.into_iter().map(|(_, id)| id).collect();
            return;
        }
        let get = |id: &EntryId| &entries[id.0 as usize];
        column.entries.par_sort_by(|a, b| {
            let by_field = register.sort.iter().map(|(field, order)| {
                let ordering = compare(get(a).value(*field), get(b).value(*field));
                if *order == Order::Descending { ordering.reverse() } else { ordering }
            });
            by_field.fold(Ordering::Equal, Ordering::then)
        });
    });
}

/// A number that is the smaller the later a day is, and largest without one. Numbers are sorted sooner than days.
fn newest_first(day: Option<Date>) -> u32 {
    day.map_or(u32::MAX, |day| {
        let days = i64::from(day.year()) * 512 + i64::from(day.month()) * 32 + i64::from(day.day());
        u32::try_from(i64::from(i32::MAX) - days).expect("a year has five digits at most")
    })
}

fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => {
            let by_day = a.day().cmp(&b.day());
            by_day
                .then(a.number().cmp(&b.number()))
                .then(a.code().cmp(&b.code()))
                .then_with(|| natural(a.text(), b.text()))
        }
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

/// `S-9` stands before `S-10`: runs of digits compare as numbers.
fn natural(a: Option<&str>, b: Option<&str>) -> Ordering {
    let parts = |text: Option<&str>| -> Vec<(String, u64)> {
        let mut parts = vec![(String::new(), 0_u64)];
        for c in text.unwrap_or_default().chars() {
            let last = parts.last_mut().expect("starts with one part");
            match c.to_digit(10) {
                Some(digit) => last.1 = last.1.saturating_mul(10).saturating_add(u64::from(digit)),
                None if last.1 > 0 => parts.push((c.to_string(), 0)),
                None => last.0.push(c),
            }
        }
        parts
    };
    parts(a).cmp(&parts(b))
}

/// Counts the hidden and temporary files that were left out.
pub(super) fn absent(columns: &Columns, skipped: &[(Arc<str>, Skipped)], absent: &mut AbsentCounts) {
    let known: BTreeSet<_> = skipped.iter().collect();
    for (path, reason) in known {
        let register =
            columns.holding(path).map_or(columns.list[0].register, |id| columns.list[id.0 as usize].register);
        *absent.entry((register, Absent::from(*reason))).or_default() += 1;
    }
}

impl From<Skip> for Absent {
    fn from(skip: Skip) -> Absent {
        match skip {
            Skip::Empty => Absent::EmptyRow,
            Skip::Heading => Absent::Heading,
            Skip::RepeatedHead => Absent::RepeatedHead,
            Skip::Total => Absent::Total,
            Skip::Footer => Absent::Footer,
            Skip::Hidden => Absent::HiddenRow,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_days_come_first_and_no_day_last() {
        let days =
            [(9999, 12, 31), (2026, 1, 1), (2025, 12, 31), (2025, 12, 1), (2025, 2, 28), (0, 1, 1), (-9999, 1, 1)];
        let days = days.map(|(year, month, day)| Date::new(year, month, day).ok());
        let numbers: Vec<u32> = days.into_iter().chain([None]).map(newest_first).collect();
        assert!(numbers.is_sorted_by(|one, other| one < other), "{numbers:?}");
    }
}
