//! Listings: every column, and every column narrowed by each value of each facet.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rayon::prelude::*;

use super::{Recipe, page_route, pages_of};
use crate::register::{CodeId, Facet, Value};
use crate::route::Route;
use crate::site::{ColumnId, Entry, EntryId, Site};

/// Position of a listing in `Plan::listings`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
pub(super) fn listings(site: &Site) -> Vec<Listing> {
    let news: Vec<Option<Date>> = site.entries.par_iter().map(|entry| entry.news_day).collect();
    let listed = |id: ColumnId| !site.column(id).path.is_empty();
    let columns: Vec<ColumnId> = site.column_ids().filter(|id| listed(*id)).collect();
    columns.par_iter().flat_map_iter(|id| of_column(site, *id, &news)).collect()
}

fn of_column(site: &Site, id: ColumnId, news: &[Option<Date>]) -> Vec<Listing> {
    let column = site.column(id);
    let listing = |narrowed, entries: Vec<EntryId>, folder| {
        let updated = entries.iter().filter_map(|id| news[id.0 as usize]).max();
        Listing { column: id, narrowed, entries, folder, updated }
    };
    let narrowed = |(facet, value), entries: Vec<EntryId>| {
        listing(Some((facet, value)), entries, facet_folder(site, id, facet, value))
    };
    let whole = listing(None, column.entries.clone(), column.path.clone());
    let groups = groups(site, &site.registers.get(column.register).facets, &column.entries);
    std::iter::once(whole).chain(groups.into_iter().map(|(of, entries)| narrowed(of, entries))).collect()
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

/// Records that one thread looks at together.
const SOME: usize = 2048;

/// The values of facets among some records of a register, each with its records in listing order.
fn groups(site: &Site, facets: &[Facet], entries: &[EntryId]) -> Vec<((Facet, FacetValue), Vec<EntryId>)> {
    let of_some = |ids: &[EntryId]| {
        let mut groups: BTreeMap<(usize, FacetValue), Vec<EntryId>> = BTreeMap::new();
        for id in ids {
            for (at, facet) in facets.iter().enumerate() {
                facet_values(site.entry(*id), *facet)
                    .for_each(|value| groups.entry((at, value)).or_default().push(*id));
            }
        }
        groups
    };
    let mut all: BTreeMap<(usize, FacetValue), Vec<EntryId>> = BTreeMap::new();
    for part in entries.par_chunks(SOME).map(of_some).collect::<Vec<_>>() {
        part.into_iter().for_each(|(of, ids)| all.entry(of).or_default().extend(ids));
    }
    all.into_iter().map(|((at, value), ids)| ((facets[at], value), ids)).collect()
}

/// The values one record has for a facet.
fn facet_values(entry: &Entry, facet: Facet) -> impl Iterator<Item = FacetValue> {
    let (year, field) = match facet {
        Facet::Year => (entry.date.map(|date| FacetValue::Year(std::cmp::Reverse(date.date.year()))), None),
        Facet::Field(field) => (None, Some(field)),
    };
    year.into_iter().chain(field.into_iter().flat_map(|field| entry.values(field)).filter_map(facet_value))
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
