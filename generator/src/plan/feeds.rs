//! Feeds: the site, every column, every district and sector; Atom and JSON.

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
    let mut ids: Vec<EntryId> = match of {
        FeedOf::Site => site.entry_ids().filter(|id| site.register_of(site.entry(*id)).definition.pages).collect(),
        FeedOf::Column(id) => site.column(id).entries.clone(),
        FeedOf::Area(Area::District, code) => site.joins.districts.get(&code).cloned().unwrap_or_default(),
        FeedOf::Area(Area::Sector, code) => site.joins.sectors.get(&code).cloned().unwrap_or_default(),
    };
    let length = site.settings.site.feed_length;
    let newest = |id: &EntryId| (std::cmp::Reverse(site.news_day(*id)), site.entry(*id).route.clone());
    if ids.len() > length * 4 {
        // Only the head is shown: find it before sorting it.
        let days = |id: &EntryId| std::cmp::Reverse(site.news_day(*id));
        ids.select_nth_unstable_by_key(length * 2, days);
        let last = days(&ids[length * 2]);
        ids.retain(|id| days(id) <= last);
    }
    ids.sort_by_cached_key(newest);
    ids.truncate(length);
    ids
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
