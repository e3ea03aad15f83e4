//! The checked site: valid, linked, and fixed to one day. Only `check` makes one, so holding a `Site`
//! is the proof that the content is sound and holds nothing internal.

use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::config::Settings;
use crate::diag::Place;
use crate::literal::{Moment, PartialDate};
use crate::markdown::Links;
use crate::parse::Mapping;
pub(crate) use crate::register::EntryId;
use crate::register::{CodeId, FieldId, Register, RegisterId, Registers, Value};
use crate::route::Route;
use crate::rules::deadline::Verdict;
use crate::source::{Asset, Skipped, Slice, Source};
use crate::text::Language;

/// Position of a column in `Site::columns`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ColumnId(pub(crate) u16);

/// Where a record was written: file and row, small enough to keep for every record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Origin {
    pub(crate) file: u32,
    pub(crate) row: u32,
}

/// A record at the place where it was written. What it says is shared with what a preview remembers.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) origin: Origin,
    pub(crate) record: Arc<Record>,
}

impl Deref for Entry {
    type Target = Record;

    fn deref(&self) -> &Record {
        &self.record
    }
}

/// A public record: a page, a table row, a folder with a report.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) register: RegisterId,
    pub(crate) column: ColumnId,
    pub(crate) route: Route,
    pub(crate) title: String,
    pub(crate) date: Option<PartialDate>,
    /// When it was made (生成日期, 政府信息公开条例 article 12): its own date. What is planned for a later day was made
    /// before it was published; when nobody said when that was, nobody knows.
    pub(crate) formed: Option<PartialDate>,
    /// The day on which it became news: when it was published, else when it was made.
    pub(crate) news_day: Option<Date>,
    /// Public values, sorted by field; several of one field stand in a row.
    pub(crate) values: Vec<(FieldId, Value)>,
    pub(crate) body: Option<Slice>,
    pub(crate) summary: String,
    /// A draft, which only a preview shows.
    pub(crate) unfinished: bool,
    /// The last day on which the record may be public, and why.
    pub(crate) until: Option<(Date, Until)>,
    pub(crate) deadline: Option<(Date, Verdict)>,
}

/// What ends a record's publicity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// The record's own `expire_at`.
    Own,
    /// The rule pack on publicity periods.
    Publicity,
    /// Three years on the list of serious violators.
    Discredit,
}

/// A page that stands where a record was: neutral, without names.
#[derive(Debug)]
pub(crate) struct Stub {
    pub(crate) route: Route,
    pub(crate) column: ColumnId,
    pub(crate) kind: StubKind,
    pub(crate) origin: Origin,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StubKind {
    Expired,
    Withdrawn { on: Date, reason: String },
}

/// A column (栏目): a folder with its introduction and its records.
#[derive(Debug)]
pub(crate) struct Column {
    /// Path below `content/`; empty for the root.
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) keywords: Vec<String>,
    pub(crate) column_type: String,
    pub(crate) group: String,
    pub(crate) order: i64,
    pub(crate) register: RegisterId,
    /// The day up to which somebody answers for the column's records.
    pub(crate) reviewed_on: Option<Date>,
    pub(crate) intro: Option<Slice>,
    pub(crate) parent: Option<ColumnId>,
    pub(crate) children: Vec<ColumnId>,
    /// Public records in the order of the listing.
    pub(crate) entries: Vec<EntryId>,
    pub(crate) file: Option<Arc<str>>,
}

impl Column {
    /// The page of the column's listing; the root column's is the home page.
    pub(crate) fn index(&self) -> String {
        if self.path.is_empty() { "index.html".to_owned() } else { [&self.path, "/index.html"].concat() }
    }
}

/// Everything about one company, joined by its credit code.
#[derive(Debug, Default)]
pub(crate) struct Dossier {
    /// Spellings, the most frequent first.
    pub(crate) names: Vec<String>,
    /// Newest first.
    pub(crate) entries: Vec<EntryId>,
}

/// Why a row of the sources is not a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Absent {
    Draft,
    Scheduled,
    Expired,
    Withdrawn,
    /// 不予公开: it must not be published at all.
    Withheld,
    /// Its parent is not public.
    ParentAbsent,
    /// Another row says exactly the same.
    Repeated,
    EmptyRow,
    /// Above the head of a sheet: its title, the office, the unit.
    Heading,
    /// The head of a sheet once more.
    RepeatedHead,
    /// A row of sums.
    Total,
    /// Below a form: who filled it in, notes.
    Footer,
    /// A row that its sheet hides.
    HiddenRow,
    Hidden,
    Temporary,
}

impl From<Skipped> for Absent {
    fn from(skipped: Skipped) -> Absent {
        match skipped {
            Skipped::Hidden => Absent::Hidden,
            Skipped::Temporary => Absent::Temporary,
        }
    }
}

/// Links between records, computed once.
#[derive(Debug, Default)]
pub(crate) struct Joins {
    pub(crate) districts: BTreeMap<CodeId, Vec<EntryId>>,
    pub(crate) sectors: BTreeMap<CodeId, Vec<EntryId>>,
    pub(crate) dossiers: BTreeMap<String, Dossier>,
    pub(crate) children: HashMap<EntryId, Vec<EntryId>>,
    pub(crate) backlinks: HashMap<EntryId, Vec<EntryId>>,
}

/// The whole checked site on one day. What is not likely to change with the text of a page is shared by copies.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) settings: Settings,
    pub(crate) as_of: Date,
    pub(crate) registers: Arc<Registers>,
    pub(crate) columns: Arc<[Column]>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) stubs: Arc<[Stub]>,
    pub(crate) redirects: Arc<[(Route, EntryId)]>,
    pub(crate) joins: Arc<Joins>,
    pub(crate) links: Arc<Links>,
    pub(crate) assets: Arc<Assets>,
    /// Sorted by path.
    pub(crate) files: Vec<Source>,
    /// The page that each file is, if it is one.
    pub(crate) pages: Arc<[Option<EntryId>]>,
    /// What was written beside tables, by the table's path.
    pub(crate) mappings: Arc<HashMap<Arc<str>, Mapping>>,
    /// Records that are not public, counted by register and reason.
    pub(crate) absent: BTreeMap<(RegisterId, Absent), usize>,
    /// Files with public records that nobody has signed off, and how many.
    pub(crate) unreviewed: Vec<(u32, usize)>,
}

/// Attachments and images by site path, each with the route it is published under.
#[derive(Debug, Default)]
pub(crate) struct Assets {
    by_path: HashMap<Arc<str>, (Asset, Route)>,
}

impl Assets {
    pub(crate) fn new(assets: Vec<Asset>) -> Assets {
        let routed = assets.into_iter().map(|asset| {
            let route = asset_route(&asset);
            (asset.path.clone(), (asset, route))
        });
        Assets { by_path: routed.collect() }
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &Arc<str>> {
        self.by_path.keys()
    }

    pub(crate) fn get(&self, path: &str) -> Option<&(Asset, Route)> {
        self.by_path.get(path)
    }

    /// The site path a name means, written in a file of `folder`: beside it, or below `content/_assets`.
    pub(crate) fn locate(&self, folder: &str, name: &str) -> Option<&str> {
        let beside = join(folder, name)?;
        let shared = join("content/_assets", name)?;
        [beside, shared].iter().find_map(|path| self.by_path.get_key_value(path.as_str())).map(|(path, _)| &**path)
    }
}

/// Joins a relative name to a folder, refusing to climb above `content`.
pub(crate) fn join(folder: &str, name: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    (parts.first() == Some(&"content")).then(|| parts.join("/"))
}

/// Attachments are named by their content: the address never changes meaning, and a file name that
/// holds a person's name does not become public.
fn asset_route(asset: &Asset) -> Route {
    let extension = asset.path.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_ascii_lowercase());
    let safe =
        !extension.is_empty() && extension.len() <= 8 && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let name = &asset.published().sha256[..20];
    Route::new(if safe { format!("files/{name}.{extension}") } else { format!("files/{name}") })
}

impl Site {
    pub(crate) fn language(&self) -> Language {
        self.settings.language()
    }

    pub(crate) fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id.0 as usize]
    }

    pub(crate) fn column(&self, id: ColumnId) -> &Column {
        &self.columns[id.0 as usize]
    }

    pub(crate) fn column_ids(&self) -> impl Iterator<Item = ColumnId> + use<> {
        (0..u16::try_from(self.columns.len()).expect("a site has fewer than 65,536 columns")).map(ColumnId)
    }

    pub(crate) fn entry_ids(&self) -> impl Iterator<Item = EntryId> + use<> {
        (0..u32::try_from(self.entries.len()).expect("a site has fewer than 2^32 records")).map(EntryId)
    }

    pub(crate) fn par_entry_ids(&self) -> impl IndexedParallelIterator<Item = EntryId> + use<> {
        let ids = 0..u32::try_from(self.entries.len()).expect("a site has fewer than 2^32 records");
        ids.into_par_iter().map(EntryId)
    }

    pub(crate) fn register_of(&self, record: &Record) -> &Register {
        self.registers.get(record.register)
    }

    /// The days of a record that its register puts on the calendar: the first and the last.
    pub(crate) fn days_of(&self, entry: &Entry) -> Option<(Date, Date)> {
        let register = self.register_of(entry);
        let span = register.definition.calendar.as_ref()?;
        let day = |name: &str| entry.value(register.field_named(name)?).and_then(Value::day);
        let from = day(&span.from)?;
        let to = span.to.as_deref().and_then(day).unwrap_or(from);
        Some((from, to.max(from)))
    }

    /// The days in one year of a record that comes back every year: the first and the last.
    pub(crate) fn days_in(&self, entry: &Entry, year: i16) -> Option<(Date, Date)> {
        let register = self.register_of(entry);
        let span = register.definition.yearly.as_ref()?;
        let on = |name: &str| -> Option<Date> {
            let text = entry.value(register.field_named(name)?)?.text()?;
            let (month, day) = text.split_once('-')?;
            Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
        };
        Some((on(&span.from)?, on(span.to.as_deref()?)?))
    }

    /// The place a record was written, for messages and `plan`.
    pub(crate) fn place(&self, origin: Origin) -> Place {
        let path = &self.files[origin.file as usize].path;
        if path.ends_with(".md") {
            Place::file(path)
        } else {
            Place::Row { path: path.clone(), sheet: None, row: origin.row }
        }
    }

    /// The file of a path.
    pub(crate) fn file(&self, path: &str) -> Option<&Source> {
        self.position(path).map(|at| &self.files[at])
    }

    fn position(&self, path: &str) -> Option<usize> {
        self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()
    }

    /// What was written beside a table.
    pub(crate) fn mapping(&self, path: &str) -> Mapping {
        self.mappings.get(path).cloned().unwrap_or_default()
    }

    /// The page that a file is.
    pub(crate) fn page(&self, path: &str) -> Option<EntryId> {
        self.position(path).and_then(|at| self.pages[at])
    }

    /// The first column that holds a register's records and has a listing: the root has none.
    pub(crate) fn column_of(&self, register: RegisterId) -> Option<ColumnId> {
        self.column_ids().find(|id| self.column(*id).register == register && !self.column(*id).path.is_empty())
    }

    /// All public records of a register, over its columns, in listing order.
    pub(crate) fn records(&self, register: RegisterId) -> impl Iterator<Item = EntryId> + '_ {
        self.columns
            .iter()
            .filter(move |column| column.register == register)
            .flat_map(|column| column.entries.iter().copied())
    }
}

impl Record {
    pub(crate) fn values(&self, field: FieldId) -> impl Iterator<Item = &Value> {
        let start = self.values.partition_point(|(id, _)| *id < field);
        self.values[start..].iter().take_while(move |(id, _)| *id == field).map(|(_, value)| value)
    }

    pub(crate) fn value(&self, field: FieldId) -> Option<&Value> {
        self.values(field).next()
    }

    pub(crate) fn text(&self, field: FieldId) -> &str {
        self.value(field).and_then(Value::text).unwrap_or_default()
    }

    pub(crate) fn moment(&self, field: FieldId) -> Option<Moment> {
        match self.value(field) {
            Some(Value::Datetime(moment)) => Some(*moment),
            Some(Value::Date(date)) => Some(Moment { date: date.date, time: None }),
            _ => None,
        }
    }
}
