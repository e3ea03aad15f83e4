//! Listings: every column, and every column narrowed by each value of each facet.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;
use smallvec::SmallVec;

use super::{Recipe, page_route, pages_of};
use crate::memo::Memo;
use crate::register::{CodeId, Facet, Value};
use crate::route::Route;
use crate::site::{ColumnId, EntryId, Record, Site};

/// Position of a listing in `Plan::listings`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ListingId(pub(crate) u32);

/// One list of records.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) column: ColumnId,
    /// The facet and its value, unless it is the column's whole list.
    pub(crate) narrowed: Option<(Facet, FacetValue)>,
    pub(crate) entries: Vec<EntryId>,
    /// Folder of the listing's files.
    pub(crate) folder: String,
    /// The newest day of any of its records.
    pub(crate) updated: Option<Date>,
}

/// One value of a facet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum FacetValue {
    /// Later years first.
    Year(std::cmp::Reverse<i16>),
    Code(CodeId),
    Boolean(bool),
}

/// Every listing: whole columns, in their order, each followed by its narrowed ones.
pub(super) fn listings(site: &Site, known: &mut Memo<Arc<Record>, Told>) -> Vec<Listing> {
    let told = known.map("", site.entries.iter().map(|entry| &entry.record), |record| told(site, record));
    let listed = |id: ColumnId| !site.column(id).path.is_empty();
    let columns: Vec<ColumnId> = site.column_ids().filter(|id| listed(*id)).collect();
    columns.par_iter().flat_map_iter(|id| of_column(site, *id, told)).collect()
}

fn of_column(site: &Site, id: ColumnId, told: &[(Arc<Record>, Told)]) -> Vec<Listing> {
    let column = site.column(id);
    let listing =
        |narrowed, Group { entries, updated }, folder| Listing { column: id, narrowed, entries, folder, updated };
    let updated = column.entries.iter().filter_map(|id| told[id.0 as usize].1.news_day).max();
    let whole = listing(None, Group { entries: column.entries.clone(), updated }, column.path.clone());
    let facets = site.registers.get(column.register).facets.par_iter().enumerate();
    let narrowed = facets.flat_map_iter(|(at, facet)| {
        groups(&column.entries, at, told)
            .into_iter()
            .map(|(value, group)| listing(Some((*facet, value)), group, facet_folder(site, id, *facet, value)))
    });
    let narrowed: Vec<Listing> = narrowed.collect();
    std::iter::once(whole).chain(narrowed).collect()
}

/// How many records of a column have each value of each of its facets.
pub(crate) type FacetCounts = BTreeMap<(ColumnId, Facet), BTreeMap<FacetValue, usize>>;

pub(super) fn counts(listings: &[Listing]) -> FacetCounts {
    let mut counts = FacetCounts::new();
    for listing in listings {
        if let Some((facet, value)) = listing.narrowed {
            counts.entry((listing.column, facet)).or_default().insert(value, listing.entries.len());
        }
    }
    counts
}

/// The page of each narrowed listing.
pub(crate) type FacetRoutes = BTreeMap<(ColumnId, Facet, FacetValue), Route>;

pub(super) fn routes(listings: &[Listing]) -> FacetRoutes {
    let narrowed = listings.iter().filter_map(|listing| Some((listing, listing.narrowed?)));
    narrowed.map(|(listing, (facet, value))| ((listing.column, facet, value), page_route(&listing.folder, 1))).collect()
}

/// `penalty/district/410105`, `penalty/year/2025`.
fn facet_folder(site: &Site, column: ColumnId, facet: Facet, value: FacetValue) -> String {
    let column = site.column(column);
    format!("{}/{}/{}", column.path, facet_name(site, column.register, facet), value_name(site, value))
}

pub(crate) fn facet_name(site: &Site, register: crate::register::RegisterId, facet: Facet) -> &str {
    match facet {
        Facet::Year => "year",
        Facet::Field(field) => &site.registers.get(register).field(field).definition.name,
    }
}

pub(crate) fn value_name(site: &Site, value: FacetValue) -> String {
    match value {
        FacetValue::Year(year) => year.0.to_string(),
        FacetValue::Code(code) => site.registers.codes.get(code).id.clone(),
        FacetValue::Boolean(yes) => if yes { "yes" } else { "no" }.to_owned(),
    }
}

/// What listings must know of a record.
pub(crate) struct Told {
    news_day: Option<Date>,
    /// What it says to the facets of its register: the place of each among them, and a value.
    values: SmallVec<[(u8, FacetValue); 3]>,
}

fn told(site: &Site, record: &Record) -> Told {
    let facets = (0..).zip(&site.registers.get(record.register).facets);
    let values = facets.flat_map(|(at, facet)| facet_values(record, *facet).map(move |value| (at, value)));
    Told { news_day: record.news_day, values: values.collect() }
}

/// Records that have one value of a facet, in listing order.
#[derive(Default)]
struct Group {
    entries: Vec<EntryId>,
    /// The newest day of any of them.
    updated: Option<Date>,
}

/// The values of the facet at a place, each with its records.
fn groups(entries: &[EntryId], facet: usize, told: &[(Arc<Record>, Told)]) -> BTreeMap<FacetValue, Group> {
    let mut groups: BTreeMap<FacetValue, Group> = BTreeMap::new();
    for id in entries {
        let (_, told) = &told[id.0 as usize];
        for (_, value) in told.values.iter().filter(|(of, _)| usize::from(*of) == facet) {
            let group = groups.entry(*value).or_default();
            group.entries.push(*id);
            group.updated = group.updated.max(told.news_day);
        }
    }
    groups
}

/// The values one record has for a facet.
fn facet_values(record: &Record, facet: Facet) -> impl Iterator<Item = FacetValue> {
    let (year, field) = match facet {
        Facet::Year => (record.date.map(|date| FacetValue::Year(std::cmp::Reverse(date.date.year()))), None),
        Facet::Field(field) => (None, Some(field)),
    };
    year.into_iter().chain(field.into_iter().flat_map(|field| record.values(field)).filter_map(facet_value))
}

/// The facet value that a field's value is, if it can be one.
pub(crate) fn facet_value(value: &Value) -> Option<FacetValue> {
    match value {
        Value::Code(code) => Some(FacetValue::Code(*code)),
        Value::Boolean(yes) => Some(FacetValue::Boolean(*yes)),
        _ => None,
    }
}

/// Pages and downloads of every listing.
pub(super) fn outputs(site: &Site, listings: &[Listing], add: &mut impl FnMut(Route, Recipe)) {
    for (at, listing) in listings.iter().enumerate() {
        let id = ListingId(super::index(at));
        for page in 1..=pages_of(listing.entries.len(), site.settings.site.per_page) {
            add(page_route(&listing.folder, page), Recipe::Listing { listing: id, page });
        }
        if site.registers.get(site.column(listing.column).register).definition.open_data {
            add(Route::new(format!("{}/index.csv", listing.folder)), Recipe::ListingCsv(id));
            add(Route::new(format!("{}/index.json", listing.folder)), Recipe::ListingJson(id));
        }
    }
}
