//! Pages: the view of a recipe through its template.

use serde::Serialize;
use tera::Context;

use super::{Failure, Renderer};
use crate::plan::{Planned, Recipe};
use crate::route::Route;
use crate::view::{self, Page};

/// Renders an HTML page.
pub(super) fn html(renderer: &Renderer<'_>, planned: &Planned) -> Result<Vec<u8>, Failure> {
    let (scene, route) = (renderer.scene, &planned.route);
    match planned.recipe {
        Recipe::Home => fill(renderer, planned, "home", "home", view::home(scene)),
        Recipe::Listing { listing, page } => {
            let (page, view) = view::listing(scene, listing, page, route);
            let mut context = context(renderer, route.to_root(), route, &page)?;
            context.insert_value("filter", renderer.filter(listing, route)?);
            context.insert("listing", &view);
            renderer.fill("listing.html", &context, route)
        }
        Recipe::Entry(id) => {
            let template = &scene.site.register_of(scene.site.entry(id)).definition.record;
            fill(renderer, planned, template, "record", view::record(scene, id))
        }
        Recipe::Stub(at) => fill(renderer, planned, "stub", "stub", view::notice(scene, at, route)),
        Recipe::Redirect(at) => fill(renderer, planned, "redirect", "redirect", view::redirect(scene, at, route)),
        Recipe::Companies => fill(renderer, planned, "orgs", "orgs", view::companies(scene, route)),
        Recipe::Dossier(at) => fill(renderer, planned, "dossier", "dossier", view::dossier(scene, at, route)),
        Recipe::Areas(area) => fill(renderer, planned, "areas", "areas", view::areas(scene, area, route)),
        Recipe::Area(code, area) => fill(renderer, planned, "area", "area", view::area(scene, area, code, route)),
        Recipe::Calendar => fill(renderer, planned, "calendar", "calendar", view::calendar(scene, route)),
        Recipe::Catalogue { page } => {
            fill(renderer, planned, "catalogue", "catalogue", view::catalogue(scene, page, route))
        }
        Recipe::Dictionary => fill(renderer, planned, "dictionary", "dictionary", view::dictionary(scene, route)),
        Recipe::SiteMap => fill(renderer, planned, "sitemap", "sitemap", view::site_map(scene, route)),
        Recipe::Search => fill(renderer, planned, "search", "search", view::search(scene, route)),
        Recipe::NotFound => not_found(renderer, planned),
        _ => unreachable!("data outputs are made in render::data"),
    }
}

fn fill<V: Serialize>(
    renderer: &Renderer<'_>,
    planned: &Planned,
    template: &str,
    name: &'static str,
    (page, view): (Page<'_>, V),
) -> Result<Vec<u8>, Failure> {
    let mut context = context(renderer, planned.route.to_root(), &planned.route, &page)?;
    context.insert(name, &view);
    renderer.fill(&format!("{template}.html"), &context, &planned.route)
}

/// What every page sees.
fn context(renderer: &Renderer<'_>, root: &str, route: &Route, page: &Page<'_>) -> Result<Context, Failure> {
    let mut context = Context::new();
    context.insert("root", root);
    context.insert_value("frame", renderer.frames(root, page.group, route)?);
    context.insert("page", page);
    Ok(context)
}

/// The one page whose links are absolute: a host shows it at whatever address was asked for.
fn not_found(renderer: &Renderer<'_>, planned: &Planned) -> Result<Vec<u8>, Failure> {
    let settings = &renderer.scene.site.settings;
    let root = settings.absolute_root();
    let root = if root.is_empty() { &settings.site.base_path } else { &root };
    let context = context(renderer, root, &planned.route, &view::not_found(renderer.scene, &planned.route))?;
    renderer.fill("not_found.html", &context, &planned.route)
}
