//! Recipes become bytes: one pure function from site, plan and theme. Opens no file, reads no clock.

mod data;
mod feeds;
mod pages;
mod rows;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, RwLock};

use tera::{Context, Tera};

use crate::diag::{Diagnostics, Place};

use crate::plan::{ListingId, Planned, Recipe};
use crate::route::Route;
use crate::view::{self, Scene};
pub(crate) use rows::Lately;
use rows::Rows;

/// What goes to a route.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Bytes(Vec<u8>),
    /// A file of the site, passed on as it is: its path and hash.
    File {
        path: String,
        sha256: String,
        size: u64,
        clean: Clean,
    },
}

/// Whether an image leaves its metadata behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clean {
    AsItIs,
    WithoutMetadata,
}

/// One finished output: all that `emit`, a preview and a publisher need.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) route: Route,
    pub(crate) content: Content,
}

/// Why an output could not be made.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) place: Place,
    pub(crate) route: Route,
    pub(crate) why: String,
}

/// Failures as findings: one for each mistake, however many pages it spoils.
pub(crate) fn report(failures: Vec<Failure>, diags: &mut Diagnostics) {
    let mut by_mistake: BTreeMap<(Place, String), Vec<Route>> = BTreeMap::new();
    for failure in failures {
        by_mistake.entry((failure.place, failure.why)).or_default().push(failure.route);
    }
    for ((place, why), routes) in by_mistake {
        let first = routes.iter().min().expect("a mistake spoils at least one page");
        diags.render_failed(place, first.as_str(), routes.len() - 1, &why);
    }
}

/// Everything that rendering needs.
pub(crate) struct Renderer<'a> {
    scene: Scene<'a>,
    shared: &'a Shared,
    rows: Rows,
}

/// What all pages of a portal share, made with the first of them.
#[derive(Default)]
pub(crate) struct Shared {
    tera: OnceLock<Tera>,
    /// What pages of the same depth and navigation group have in common.
    frames: Once<(String, String)>,
    /// What the pages of a listing have in common.
    filters: Once<ListingId>,
    /// What was asked for one by one, the last one last.
    asked: Mutex<VecDeque<Output>>,
    lately: Arc<Lately>,
}

/// What several pages show, by what it depends on: made once each.
struct Once<K>(RwLock<HashMap<K, tera::Value>>);

impl<K> Default for Once<K> {
    fn default() -> Once<K> {
        Once(RwLock::default())
    }
}

impl<K: Eq + Hash> Once<K> {
    fn get(&self, key: K, make: impl FnOnce(&K) -> Result<tera::Value, Failure>) -> Result<tera::Value, Failure> {
        if let Some(known) = self.0.read().expect("no thread panics while it holds the map").get(&key) {
            return Ok(known.clone());
        }
        let made = make(&key)?;
        self.0.write().expect("no thread panics while it holds the map").insert(key, made.clone());
        Ok(made)
    }
}

/// How many outputs are kept that were asked for one by one.
const KEPT: usize = 4;

impl Shared {
    /// Of a portal that follows others.
    pub(crate) fn after(lately: &Arc<Lately>) -> Shared {
        Shared { lately: Arc::clone(lately), ..Shared::default() }
    }

    /// Of the portal that follows this one.
    pub(crate) fn next(&self) -> Shared {
        Shared::after(&self.lately)
    }

    /// An output that is asked for by itself. A browser that is told of a change asks for the page that was made to
    /// tell it.
    pub(crate) fn output(
        &self,
        route: &Route,
        make: impl FnOnce() -> Result<Output, Failure>,
    ) -> Result<Output, Failure> {
        if let Some(known) = self.asked().iter().find(|known| known.route == *route) {
            return Ok(known.clone());
        }
        let output = make()?;
        let mut asked = self.asked();
        asked.push_back(output.clone());
        if asked.len() > KEPT {
            asked.pop_front();
        }
        Ok(output)
    }

    fn asked(&self) -> MutexGuard<'_, VecDeque<Output>> {
        self.asked.lock().expect("no thread panics while it holds the outputs")
    }
}

/// Templates below this folder see only `root`, `page.group` and what all pages share, so one rendering
/// serves every page of the same depth and group.
const FRAMES: &str = "frame/";

impl<'a> Renderer<'a> {
    /// To render a few outputs of a portal.
    pub(crate) fn new(scene: Scene<'a>, shared: &'a Shared) -> Renderer<'a> {
        Renderer { scene, shared, rows: Rows::Some(Arc::clone(&shared.lately)) }
    }

    /// To render all of them.
    pub(crate) fn of_all(scene: Scene<'a>, shared: &'a Shared) -> Renderer<'a> {
        Renderer { scene, shared, rows: Rows::of(scene.site.entries.len()) }
    }

    fn tera(&self) -> &'a Tera {
        self.shared.tera.get_or_init(|| {
            let mut tera = self.scene.theme.tera.clone();
            let context = tera.global_context();
            context.insert("site", &view::site(self.scene));
            context.insert("t", &self.scene.theme.strings);
            context.insert("asset", &self.scene.theme.assets);
            context.insert("lang", self.scene.language().tag());
            tera
        })
    }

    /// Makes one output.
    pub(crate) fn render(&self, planned: &Planned) -> Result<Output, Failure> {
        let bytes = match planned.recipe {
            Recipe::Asset(at) => return Ok(self.asset(at, &planned.route)),
            Recipe::ThemeFile(at) => self.scene.theme.files[at as usize].bytes.to_vec(),
            _ => match data::bytes(self.scene, &self.rows, planned) {
                Some(bytes) => bytes,
                None => pages::html(self, planned)?,
            },
        };
        Ok(Output { route: planned.route.clone(), content: Content::Bytes(bytes) })
    }

    fn asset(&self, at: u32, route: &Route) -> Output {
        let path = &self.scene.plan.assets[at as usize];
        let (asset, _) = self.scene.site.assets.get(path).expect("a planned asset exists");
        let print = asset.published().clone();
        let clean = if asset.cleaned.is_some() { Clean::WithoutMetadata } else { Clean::AsItIs };
        let content = Content::File { path: path.clone(), sha256: print.sha256, size: print.size, clean };
        Output { route: route.clone(), content }
    }

    /// The rendered frames for pages of one depth and group, by name: `frame.header` is `frame/header.html`.
    fn frames(&self, root: &str, group: &str, route: &Route) -> Result<tera::Value, Failure> {
        self.shared.frames.get((root.to_owned(), group.to_owned()), |_| {
            let mut context = Context::new();
            context.insert("root", root);
            context.insert("page", &BTreeMap::from([("group", group)]));
            let mut made: BTreeMap<&str, String> = BTreeMap::new();
            for name in self.tera().get_template_names().filter(|name| name.starts_with(FRAMES)) {
                let short = name.trim_start_matches(FRAMES).trim_end_matches(".html");
                made.insert(short, self.part(name, &context, route)?);
            }
            Ok(tera::Value::from_serializable(&made))
        })
    }

    /// The ways to narrow a listing, as all its pages show them; empty where there are none.
    fn filter(&self, listing: ListingId, route: &Route) -> Result<tera::Value, Failure> {
        self.shared.filters.get(listing, |listing| {
            let facets = view::facets(self.scene, *listing);
            if facets.is_empty() {
                return Ok(tera::Value::from(""));
            }
            let mut context = Context::new();
            context.insert("root", route.to_root());
            context.insert("facets", &facets);
            Ok(tera::Value::from(self.part("filter.html", &context, route)?))
        })
    }

    /// A template that is a part of pages.
    fn part(&self, template: &str, context: &Context, route: &Route) -> Result<String, Failure> {
        let html = self.fill(template, context, route)?;
        Ok(String::from_utf8_lossy(&html).trim().to_owned())
    }

    fn fill(&self, template: &str, context: &Context, route: &Route) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::with_capacity(16 * 1024);
        match self.tera().render_to(template, context, &mut bytes) {
            Ok(()) => Ok(bytes),
            Err(error) => {
                let (file, line, why) = crate::theme::describe(&error);
                let file = file.unwrap_or_else(|| template.to_owned());
                Err(Failure { place: self.scene.theme.place(&file, line), route: route.clone(), why })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_is_asked_for_again_is_made_once_until_others_are_asked_for() {
        let shared = Shared::default();
        let made = Cell::new(0);
        let ask = |route: &Route| {
            let output = shared.output(route, || {
                made.set(made.get() + 1);
                Ok(Output { route: route.clone(), content: Content::Bytes(route.as_str().into()) })
            });
            let Ok(Output { content: Content::Bytes(bytes), .. }) = output else { panic!("bytes were made") };
            assert_eq!(bytes, route.as_str().as_bytes());
            made.get()
        };
        let routes: Vec<Route> = (0..=KEPT).map(|at| Route::new(format!("{at}.html"))).collect();
        assert_eq!(ask(&routes[0]), 1);
        assert_eq!(ask(&routes[0]), 1);
        assert_eq!(routes[1..].iter().map(ask).last(), Some(KEPT + 1));
        assert_eq!(ask(&routes[1]), KEPT + 1);
        assert_eq!(ask(&routes[0]), KEPT + 2);
        let failed =
            || Err(Failure { place: Place::file(&"a.md".into()), route: routes[2].clone(), why: String::new() });
        assert!(shared.output(&Route::new("new.html"), failed).is_err());
        assert!(shared.output(&Route::new("new.html"), failed).is_err());
    }
}
