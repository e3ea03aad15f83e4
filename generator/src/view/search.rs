//! The search page: where the data lies, what can be filtered by, and the lists for browsing without it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;

use super::Scene;
use super::home::areas;
use super::listing::value_text;
use super::page::{Kind, Page, page};
use super::shapes::{Link, NavGroup};
use super::site::nav;
use crate::embedded;
use crate::format::json_ld;
use crate::plan::{Area, FacetValue, SEARCH_DATA, facet_value, facet_value_name};
use crate::register::{CodeId, Facet, RegisterId};
use crate::route::Route;

#[derive(Debug, Serialize)]
pub(crate) struct SearchView<'a> {
    /// Route of the client module.
    client: &'static str,
    /// Route of the folder that the client reads.
    data: &'static str,
    /// Route of the one file that every search begins with.
    root: String,
    /// [`Filters`] as the text of a data block.
    filters_json: String,
    groups: Vec<NavGroup<'a>>,
    districts: Vec<Link<'a>>,
    sectors: Vec<Link<'a>>,
    /// How many companies have a dossier.
    companies: usize,
}

/// What results can be filtered by: names and values as the index has them, with their words.
#[derive(Debug, Serialize)]
struct Filters<'a> {
    common: Vec<Filter<'a>>,
    /// Offered when one register is chosen.
    own: Vec<OwnFilters<'a>>,
}

#[derive(Debug, Serialize)]
struct OwnFilters<'a> {
    register: &'a str,
    filters: Vec<Filter<'a>>,
}

/// Name, label, and values with their labels: arrays, because there are many.
type Filter<'a> = (&'a str, &'a str, Vec<(String, Cow<'a, str>)>);

/// The view of the search page.
pub(crate) fn search<'a>(scene: Scene<'a>, route: &Route) -> (Page<'a>, SearchView<'a>) {
    let view = SearchView {
        client: embedded::search_client().name(),
        data: SEARCH_DATA,
        root: format!("{SEARCH_DATA}root.json"),
        filters_json: json_ld::safe(
            &serde_json::to_string(&filters(scene)).expect("a view with text keys can always be written"),
        ),
        groups: nav(scene),
        districts: areas(scene, Area::District),
        sectors: areas(scene, Area::Sector),
        companies: scene.plan.dossiers.len(),
    };
    let about = scene.say(
        "检索全部公开信息：企业名称、文号、正文中的任意词句。",
        "Search everything published: names of companies, document numbers, any words of a text.",
    );
    let mut page = page(scene, Kind::Service, scene.say("搜索", "Search"), route).describing(about);
    page.noindex = true;
    (page, view)
}

fn filters<'a>(scene: Scene<'a>) -> Filters<'a> {
    let site = scene.site;
    let registers: Vec<RegisterId> = site.registers.ids().filter(|id| is_found(scene, *id)).collect();
    let named =
        |id: &RegisterId| (site.registers.get(*id).definition.name.clone(), Cow::Borrowed(scene.register_title(*id)));
    let codes = |codes: &mut dyn Iterator<Item = CodeId>| values(scene, codes.map(FacetValue::Code).collect());
    let years: BTreeSet<i16> =
        site.entries.iter().filter_map(|entry| entry.date.map(|date| date.date.year())).collect();
    let years = years.into_iter().rev().map(|year| (year.to_string(), Cow::Owned(year.to_string())));
    let common: [Filter<'a>; 4] = [
        ("register", scene.say("类别", "Kind"), registers.iter().map(named).collect()),
        ("district", scene.say("地区", "District"), codes(&mut site.joins.districts.keys().copied())),
        ("sector", scene.say("行业领域", "Sector"), codes(&mut site.joins.sectors.keys().copied())),
        ("year", scene.say("年份", "Year"), years.collect()),
    ];
    let own = registers
        .iter()
        .map(|id| OwnFilters { register: &site.registers.get(*id).definition.name, filters: own_filters(scene, *id) });
    Filters {
        common: common.into_iter().filter(|(_, _, values)| !values.is_empty()).collect(),
        own: own.filter(|own| !own.filters.is_empty()).collect(),
    }
}

/// Whether records of the register are results of their own.
fn is_found(scene: Scene<'_>, id: RegisterId) -> bool {
    let register = scene.site.registers.get(id);
    let alone = register.definition.pages || register.parent.is_none();
    alone && scene.site.records(id).next().is_some()
}

/// The facets that only this register has.
fn own_filters<'a>(scene: Scene<'a>, id: RegisterId) -> Vec<Filter<'a>> {
    let register = scene.site.registers.get(id);
    let envelope = &scene.site.registers.envelope;
    let mut filters = Vec::new();
    for facet in &register.facets {
        let Facet::Field(field) = facet else { continue };
        if *field == envelope.district || *field == envelope.sector {
            continue;
        }
        let present: BTreeSet<FacetValue> =
            scene.site.records(id).flat_map(|id| scene.site.entry(id).values(*field).filter_map(facet_value)).collect();
        if present.len() > 1 {
            let definition = &register.field(*field).definition;
            filters.push((definition.name.as_str(), definition.label.pick(scene.language()), values(scene, present)));
        }
    }
    filters
}

fn values<'a>(scene: Scene<'a>, values: BTreeSet<FacetValue>) -> Vec<(String, Cow<'a, str>)> {
    values.into_iter().map(|value| (facet_value_name(scene.site, value), value_text(scene, value))).collect()
}
