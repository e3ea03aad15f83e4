//! Every output of a site exactly once: a route, a recipe that holds ids, and the reason it is there.
//! Pure and small: a plan can be printed and compared. Knows no templates.

mod feeds;
pub(crate) mod links;
mod listings;

pub(crate) use feeds::{FeedOf, entries as feed_entries, folder as feed_folder};
pub(crate) use listings::{
    FacetCounts, FacetRoutes, FacetValue, Listing, ListingId, facet_name, facet_value, value_name as facet_value_name,
};

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::diag::{Diagnostics, Place};
use crate::embedded;
use crate::format::facts;
use crate::memo::{Memo, Moves};
use crate::register::CodeId;
use crate::route::Route;
use crate::site::{ColumnId, EntryId, Record, Site};
use crate::text::Text;
use crate::theme::Theme;

/// How to make one output. Holds positions in the site, in the plan or in the theme, never content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Recipe {
    Home,
    Listing {
        listing: ListingId,
        page: u32,
    },
    ListingCsv(ListingId),
    ListingJson(ListingId),
    Entry(EntryId),
    EntryJson(EntryId),
    Stub(u32),
    Redirect(u32),
    Atom(FeedOf),
    JsonFeed(FeedOf),
    Companies,
    Dossier(u32),
    DossierJson(u32),
    Areas(Area),
    Area(CodeId, Area),
    Calendar,
    CalendarIcs,
    Catalogue {
        page: u32,
    },
    CatalogueCsv,
    CatalogueJson,
    Dictionary,
    DataPackage,
    SiteMap,
    Search,
    SearchClient,
    /// A file of the search index, known only when it is made: by its place among them.
    SearchFile(u32),
    Sitemap {
        file: u32,
    },
    Robots,
    NotFound,
    Expiry,
    Facts,
    Headers,
    /// A file of the site, by its path.
    Asset(u32),
    /// A static file of the theme.
    ThemeFile(u32),
}

/// The two kinds of areas that join all registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Area {
    District,
    Sector,
}

impl Area {
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Area::District => "district",
            Area::Sector => "sector",
        }
    }
}

/// One output: where and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) route: Route,
    pub(crate) recipe: Recipe,
}

/// All outputs, sorted by route, with the lists that recipes point into.
pub(crate) struct Plan {
    pub(crate) outputs: Vec<Planned>,
    pub(crate) listings: Vec<Listing>,
    /// Codes of the companies that have a dossier.
    pub(crate) dossiers: Vec<String>,
    /// Site paths of the attachments and images that some public record shows.
    pub(crate) assets: Vec<String>,
    /// The relative links in texts.
    pub(crate) mentions: Vec<links::Mention>,
    /// Records that stand in the catalogue of public information, newest first.
    pub(crate) catalogue: Vec<EntryId>,
    /// How many records of a column have each value of a facet.
    pub(crate) facet_counts: FacetCounts,
    /// The page of each narrowed listing.
    pub(crate) facet_routes: FacetRoutes,
    /// The page of each district and sector that has one.
    pub(crate) area_routes: BTreeMap<CodeId, Route>,
    /// By entry: its position in its column's listing.
    pub(crate) positions: Vec<u32>,
}

/// The search page.
pub(crate) const SEARCH_PAGE: &str = "search/index.html";
/// Folder of what the search client reads.
pub(crate) const SEARCH_DATA: &str = "search/";
impl Plan {
    /// Whether this address is planned.
    pub(crate) fn makes(&self, route: &str) -> bool {
        self.outputs.binary_search_by(|output| output.route.as_str().cmp(route)).is_ok()
    }
}

/// Rows of one page of the catalogue.
pub(crate) const CATALOGUE_ROWS: usize = 100;

/// What the last plan left for the next one, by record. Other registers make other records.
pub(crate) struct Known {
    told: Memo<Arc<Record>, listings::Told>,
    leads: Memo<Arc<Record>, links::Leads>,
    remembers: bool,
    last: Option<Last>,
}

/// The last plan, of the records that `Known::told` was asked for last.
struct Last {
    plan: Arc<Plan>,
    /// Whether records had twins.
    twins: bool,
}

impl Known {
    pub(crate) fn forgetful() -> Known {
        Known { told: Memo::forgetful(), leads: Memo::forgetful(), remembers: false, last: None }
    }

    pub(crate) fn remembering() -> Known {
        Known { told: Memo::remembering(), leads: Memo::remembering(), remembers: true, last: None }
    }
}

/// Plans every output.
///
/// # Errors
/// Each pair of outputs that want one route, with both places.
pub(crate) fn plan(site: &Site, theme: &Theme, known: &mut Known) -> Result<Arc<Plan>, Diagnostics> {
    let twins = site.settings.site.twins;
    // Whatever fails from here on, the last plan is not that of the last records any more.
    let last = known.last.take().filter(|last| last.twins == twins);
    let last = last.map(|last| (last, known.told.moves(site.entries.iter().map(|entry| &entry.record))));
    let listings = listings::listings(site, &mut known.told);
    let links::Ways { mentions, assets } = links::ways(site, &mut known.leads);
    let mut plan = Plan {
        outputs: Vec::with_capacity(if last.is_none() { site.entries.len() * 5 / 2 } else { 0 }),
        facet_counts: listings::counts(&listings),
        facet_routes: listings::routes(&listings),
        area_routes: area_routes(site),
        listings,
        dossiers: site.joins.dossiers.keys().cloned().collect(),
        assets,
        mentions,
        catalogue: catalogue(site),
        positions: positions(site),
    };
    let mut outputs = std::mem::take(&mut plan.outputs);
    let mut add = |route: Route, recipe: Recipe| outputs.push(Planned { route, recipe });
    fixed(site, plan.catalogue.len(), &mut add);
    ended(site, &mut add);
    listings::outputs(site, &plan.listings, &mut add);
    feeds::outputs(site, &mut add);
    joined(site, &plan, &mut add);
    for (at, path) in plan.assets.iter().enumerate() {
        let (_, route) = site.assets.get(path).expect("assets in use exist, checked before");
        add(route.clone(), Recipe::Asset(index(at)));
    }
    for (at, file) in theme.files.iter().enumerate() {
        add(file.route.clone(), Recipe::ThemeFile(index(at)));
    }
    match &last {
        None => outputs.par_extend(site.par_entry_ids().flat_map_iter(|id| of_record(site, id))),
        Some((_, moves)) => outputs.extend(moves.new.iter().flat_map(|at| of_record(site, EntryId(index(*at))))),
    }
    outputs.par_sort_by(in_order);
    if let Some((last, moves)) = &last {
        outputs = merged(of_records(&last.plan, moves), outputs);
    }
    // Two attachments with the same content are one file.
    outputs.dedup_by(|b, a| matches!((a.recipe, b.recipe), (Recipe::Asset(_), Recipe::Asset(_))) && a.route == b.route);
    add_sitemaps(site, &mut outputs);
    plan.outputs = outputs;
    let diags = conflicts(site, &plan);
    if diags.errors() > 0 {
        return Err(diags);
    }
    let plan = Arc::new(plan);
    known.last = known.remembers.then(|| Last { plan: plan.clone(), twins });
    Ok(plan)
}

fn index(at: usize) -> u32 {
    u32::try_from(at).expect("a site has fewer than 2^32 outputs")
}

fn fixed(site: &Site, in_catalogue: usize, add: &mut impl FnMut(Route, Recipe)) {
    for (route, recipe) in [
        ("index.html", Recipe::Home),
        ("404.html", Recipe::NotFound),
        ("robots.txt", Recipe::Robots),
        ("_headers", Recipe::Headers),
        ("expiry.json", Recipe::Expiry),
        (facts::NAME, Recipe::Facts),
        ("sitemap/index.html", Recipe::SiteMap),
        ("data/index.html", Recipe::Dictionary),
        ("datapackage.json", Recipe::DataPackage),
        ("calendar/index.html", Recipe::Calendar),
        ("calendar/calendar.ics", Recipe::CalendarIcs),
    ] {
        add(Route::new(route), recipe);
    }
    if site.settings.site.search {
        add(Route::new(SEARCH_PAGE), Recipe::Search);
        add(Route::new(embedded::search_client().name()), Recipe::SearchClient);
    }
    if site.settings.site.catalogue {
        let pages = pages_of(in_catalogue, CATALOGUE_ROWS);
        for page in 1..=pages {
            add(page_route("catalogue", page), Recipe::Catalogue { page });
        }
        add(Route::new("catalogue/index.csv"), Recipe::CatalogueCsv);
        add(Route::new("catalogue/index.json"), Recipe::CatalogueJson);
    }
}

/// `index.html`, `page-2.html` …
pub(crate) fn page_route(folder: &str, page: u32) -> Route {
    if page == 1 {
        Route::new(format!("{folder}/index.html"))
    } else {
        Route::new(format!("{folder}/page-{page}.html"))
    }
}

/// Pages that a list needs; an empty one still has its first.
pub(crate) fn pages_of(count: usize, per_page: usize) -> u32 {
    index(count.div_ceil(per_page.max(1)).max(1))
}

/// The page of a record and its twin.
fn of_record(site: &Site, id: EntryId) -> impl Iterator<Item = Planned> {
    let entry = site.entry(id);
    let page = site.register_of(entry).definition.pages.then_some((&entry.route, Recipe::Entry(id)));
    let twin = page.filter(|_| site.settings.site.twins);
    let page = page.map(|(route, recipe)| Planned { route: route.clone(), recipe });
    page.into_iter().chain(twin.map(|(route, _)| Planned { route: route.twin("json"), recipe: Recipe::EntryJson(id) }))
}

/// The pages and twins of the records of a plan that are still there, in their order.
fn of_records(plan: &Plan, moves: &Moves) -> Vec<Planned> {
    let moved = |id: EntryId| moves.moved[id.0 as usize].map(|at| EntryId(index(at)));
    let still = plan.outputs.par_iter().filter_map(|planned| {
        let recipe = match planned.recipe {
            Recipe::Entry(id) => Recipe::Entry(moved(id)?),
            Recipe::EntryJson(id) => Recipe::EntryJson(moved(id)?),
            _ => return None,
        };
        Some(Planned { route: planned.route.clone(), recipe })
    });
    still.collect()
}

fn in_order(a: &Planned, b: &Planned) -> Ordering {
    (&a.route, a.recipe).cmp(&(&b.route, b.recipe))
}

/// Two lists that are in order, as one.
fn merged(one: Vec<Planned>, other: Vec<Planned>) -> Vec<Planned> {
    let mut all = Vec::with_capacity(one.len() + other.len());
    let mut one = one.into_iter();
    for planned in other {
        let before = before(one.as_slice(), &planned);
        all.extend(one.by_ref().take(before));
        all.push(planned);
    }
    all.extend(one);
    all
}

/// How many of a list in order come before an output. Most often it is none or very many.
fn before(list: &[Planned], planned: &Planned) -> usize {
    let is_before = |first: &Planned| in_order(first, planned).is_lt();
    let mut known = 0;
    let mut step = 1;
    while list.get(known + step - 1).is_some_and(is_before) {
        known += step;
        step *= 2;
    }
    let end = list.len().min(known + step);
    known + list[known..end].partition_point(is_before)
}

/// What stands where records were.
fn ended(site: &Site, add: &mut impl FnMut(Route, Recipe)) {
    for (at, stub) in site.stubs.iter().enumerate() {
        add(stub.route.clone(), Recipe::Stub(index(at)));
    }
    for (at, (route, _)) in site.redirects.iter().enumerate() {
        add(route.clone(), Recipe::Redirect(index(at)));
    }
}

fn joined(site: &Site, plan: &Plan, add: &mut impl FnMut(Route, Recipe)) {
    if !plan.dossiers.is_empty() {
        add(Route::new("org/index.html"), Recipe::Companies);
    }
    for (at, code) in plan.dossiers.iter().enumerate() {
        let route = dossier_route(code);
        add(route.twin("json"), Recipe::DossierJson(index(at)));
        add(route, Recipe::Dossier(index(at)));
    }
    for (area, map) in [(Area::District, &site.joins.districts), (Area::Sector, &site.joins.sectors)] {
        if map.is_empty() {
            continue;
        }
        add(Route::new(format!("{}/index.html", area.folder())), Recipe::Areas(area));
        for code in map.keys() {
            add(area_route(site, area, *code), Recipe::Area(*code, area));
        }
    }
}

pub(crate) fn dossier_route(code: &str) -> Route {
    Route::new(format!("org/{code}.html"))
}

pub(crate) fn area_route(site: &Site, area: Area, code: CodeId) -> Route {
    Route::new(format!("{}/{}/index.html", area.folder(), site.registers.codes.get(code).id))
}

fn area_routes(site: &Site) -> BTreeMap<CodeId, Route> {
    let of = |area: Area, code: CodeId| (code, area_route(site, area, code));
    let districts = site.joins.districts.keys().map(|code| of(Area::District, *code));
    districts.chain(site.joins.sectors.keys().map(|code| of(Area::Sector, *code))).collect()
}

fn catalogue(site: &Site) -> Vec<EntryId> {
    if !site.settings.site.catalogue {
        return Vec::new();
    }
    let own = |id: EntryId| {
        let entry = site.entry(id);
        site.register_of(entry).definition.pages.then(|| (Reverse(entry.formed.map(|date| date.date)), id))
    };
    let mut ids: Vec<(Reverse<Option<Date>>, EntryId)> = site.par_entry_ids().filter_map(own).collect();
    ids.par_sort_unstable();
    ids.into_iter().map(|(_, id)| id).collect()
}

fn positions(site: &Site) -> Vec<u32> {
    let mut positions = vec![0; site.entries.len()];
    for column in site.columns.iter() {
        for (at, id) in column.entries.iter().enumerate() {
            positions[id.0 as usize] = index(at);
        }
    }
    positions
}

/// The sitemap lists pages, so it is planned after them.
fn add_sitemaps(site: &Site, outputs: &mut Vec<Planned>) {
    if site.settings.absolute_root().is_empty() {
        return;
    }
    let pages = outputs.par_iter().filter(|output| in_sitemap(output)).count();
    let files = pages_of(pages, crate::format::sitemap::MOST_URLS);
    let mut names = vec!["sitemap.xml".to_owned()];
    if files > 1 {
        names.extend((1..=files).map(|file| format!("sitemap-{file}.xml")));
    }
    for (at, name) in names.into_iter().enumerate() {
        let route = Route::new(name);
        let position = outputs.partition_point(|output| output.route < route);
        outputs.insert(position, Planned { route, recipe: Recipe::Sitemap { file: index(at) } });
    }
}

/// Pages a search engine should know: not stubs, redirects, error pages or the portal's own search.
pub(crate) fn in_sitemap(output: &Planned) -> bool {
    match output.recipe {
        // There are many, and nobody has to look at their addresses.
        Recipe::Entry(_) => true,
        Recipe::EntryJson(_)
        | Recipe::Stub(_)
        | Recipe::Redirect(_)
        | Recipe::NotFound
        | Recipe::Search
        | Recipe::ThemeFile(_)
        | Recipe::Asset(_) => false,
        _ => output.route.as_str().ends_with(".html"),
    }
}

fn conflicts(site: &Site, plan: &Plan) -> Diagnostics {
    let mut diags = Diagnostics::new();
    let in_conflict = plan.outputs.par_windows(2).filter(|pair| pair[0].route == pair[1].route);
    for pair in in_conflict.collect::<Vec<_>>() {
        diags.duplicate_route(pair[0].route.as_str(), origin(site, plan, &pair[0]), origin(site, plan, &pair[1]));
    }
    diags
}

/// The file that asks for an output.
pub(crate) fn origin(site: &Site, plan: &Plan, planned: &Planned) -> Place {
    let column = |id: ColumnId| match &site.column(id).file {
        Some(file) => Place::file(file),
        None => Place::file(&format!("content/{}", site.column(id).path).into()),
    };
    match planned.recipe {
        Recipe::Entry(id) | Recipe::EntryJson(id) => site.place(site.entry(id).origin),
        Recipe::Stub(at) => site.place(site.stubs[at as usize].origin),
        Recipe::Redirect(at) => site.place(site.entry(site.redirects[at as usize].1).origin),
        Recipe::Listing { listing, .. } | Recipe::ListingCsv(listing) | Recipe::ListingJson(listing) => {
            column(plan.listings[listing.0 as usize].column)
        }
        Recipe::Asset(at) => Place::file(&plan.assets[at as usize].as_str().into()),
        _ => Place::file(&"portal.toml".into()),
    }
}

/// Why an output exists, for `gongkai plan`.
pub(crate) fn reason(site: &Site, plan: &Plan, planned: &Planned) -> Text {
    let from = origin(site, plan, planned);
    match planned.recipe {
        Recipe::Entry(_) => Text::new(format!("记录，来自 {from}"), format!("record of {from}")),
        Recipe::EntryJson(_) => Text::new(format!("记录的数据，来自 {from}"), format!("data of the record of {from}")),
        Recipe::Listing { page, .. } => {
            Text::new(format!("名单第 {page} 页，{from}"), format!("page {page} of the listing of {from}"))
        }
        Recipe::ListingCsv(_) | Recipe::ListingJson(_) => {
            Text::new(format!("名单下载，{from}"), format!("download of the listing of {from}"))
        }
        Recipe::Stub(_) => {
            Text::new(format!("期满或撤回的说明页，{from}"), format!("notice for an ended record of {from}"))
        }
        Recipe::Redirect(_) => Text::new(format!("旧网址，{from}"), format!("alias in {from}")),
        Recipe::Asset(_) => Text::new(format!("附件或图片 {from}"), format!("attachment or image {from}")),
        Recipe::Home => Text::new("首页", "home page"),
        Recipe::Atom(_) | Recipe::JsonFeed(_) => Text::new("订阅", "feed"),
        Recipe::Companies => Text::new("企业档案目录", "list of company dossiers"),
        Recipe::Dossier(_) | Recipe::DossierJson(_) => {
            Text::new("企业档案，由信用代码汇集", "company dossier, joined by credit code")
        }
        Recipe::Areas(_) | Recipe::Area(..) => Text::new("县区或行业汇总", "joined by district or sector"),
        Recipe::Calendar | Recipe::CalendarIcs => Text::new("活动日历", "calendar of events"),
        Recipe::Catalogue { .. } | Recipe::CatalogueCsv | Recipe::CatalogueJson => {
            Text::new("政府信息公开目录", "catalogue of public information")
        }
        Recipe::Dictionary | Recipe::DataPackage => Text::new("数据字典", "data dictionary"),
        Recipe::Search => Text::new("搜索页", "search page"),
        Recipe::SearchFile(_) => Text::new("检索索引", "search index"),
        Recipe::SearchClient => Text::new("浏览器中的检索程序", "searches in the browser"),
        Recipe::SiteMap | Recipe::Sitemap { .. } => Text::new("网站地图", "site map"),
        Recipe::Robots => Text::new("搜索引擎说明", "for search engines"),
        Recipe::NotFound => Text::new("找不到页面时的说明", "shown when there is no such page"),
        Recipe::Expiry => Text::new("到期清单", "what expires when"),
        Recipe::Facts => Text::new("发布时须知，不上传", "what publishing must know; not uploaded"),
        Recipe::Headers => Text::new("托管服务的响应头", "response headers for hosts"),
        Recipe::ThemeFile(_) => Text::new("主题文件", "file of the theme"),
    }
}
