//! Feeds: the site, every column, every district and sector; Atom and JSON.

use std::cmp::Reverse;

use jiff::civil::Date;

use super::{Area, Recipe};
use crate::register::CodeId;
use crate::route::Route;
use crate::site::{ColumnId, EntryId, Site};

/// Whose news a feed tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FeedOf {
    Site,
    Column(ColumnId),
    Area(Area, CodeId),
}

/// Folder of a feed's files, empty for the site's own.
pub(crate) fn folder(site: &Site, of: FeedOf) -> String {
    match of {
        FeedOf::Site => String::new(),
        FeedOf::Column(id) => format!("{}/", site.column(id).path),
        FeedOf::Area(area, code) => format!("{}/{}/", area.folder(), site.registers.codes.get(code).id),
    }
}

/// The newest records of a feed.
pub(crate) fn entries(site: &Site, of: FeedOf) -> Vec<EntryId> {
    let ids: Vec<EntryId> = match of {
        FeedOf::Site => site.entry_ids().filter(|id| site.register_of(site.entry(*id)).definition.pages).collect(),
        FeedOf::Column(id) => site.column(id).entries.clone(),
        FeedOf::Area(Area::District, code) => site.joins.districts.get(&code).cloned().unwrap_or_default(),
        FeedOf::Area(Area::Sector, code) => site.joins.sectors.get(&code).cloned().unwrap_or_default(),
    };
    let length = site.settings.site.feed_length;
    let mut dated: Vec<(Reverse<Option<Date>>, EntryId)> =
        ids.into_iter().map(|id| (Reverse(site.entry(id).news_day), id)).collect();
    if dated.len() > length * 4 {
        // Only the head is shown: find it before sorting it.
        let (_, (last, _), _) = dated.select_nth_unstable_by_key(length * 2, |(day, _)| *day);
        let last = *last;
        dated.retain(|(day, _)| *day <= last);
    }
    dated.sort_by(|(a_day, a), (b_day, b)| (a_day, &site.entry(*a).route).cmp(&(b_day, &site.entry(*b).route)));
    dated.truncate(length);
    dated.into_iter().map(|(_, id)| id).collect()
}

pub(super) fn outputs(site: &Site, add: &mut impl FnMut(Route, Recipe)) {
    let columns = site.column_ids().filter(|id| !site.column(*id).path.is_empty()).map(FeedOf::Column);
    let districts = site.joins.districts.keys().map(|code| FeedOf::Area(Area::District, *code));
    let sectors = site.joins.sectors.keys().map(|code| FeedOf::Area(Area::Sector, *code));
    for of in std::iter::once(FeedOf::Site).chain(columns).chain(districts).chain(sectors) {
        let folder = folder(site, of);
        add(Route::new(format!("{folder}feed.xml")), Recipe::Atom(of));
        add(Route::new(format!("{folder}feed.json")), Recipe::JsonFeed(of));
    }
}
