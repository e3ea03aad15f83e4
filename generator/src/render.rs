//! Recipes become bytes: one pure function from site, plan and theme. Opens no file, reads no clock.

mod data;
mod feeds;
mod pages;

use tera::{Context, Tera};

use crate::plan::{Plan, Planned, Recipe};
use crate::route::Route;
use crate::site::Site;
use crate::theme::Theme;
use crate::view::{self, Scene};

/// What goes to a route.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Bytes(Vec<u8>),
    /// A file of the site, passed on as it is: its path and hash.
    File {
        path: String,
        sha256: String,
        size: u64,
    },
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
    pub(crate) template: String,
    pub(crate) route: Route,
    pub(crate) why: String,
}

/// Everything that rendering needs, with what all pages share made once.
pub(crate) struct Renderer<'a> {
    scene: Scene<'a>,
    tera: Tera,
}

impl<'a> Renderer<'a> {
    pub(crate) fn new(site: &'a Site, plan: &'a Plan, theme: &'a Theme) -> Renderer<'a> {
        let scene = Scene { site, plan, theme };
        let mut tera = theme.tera.clone();
        let shared = tera.global_context();
        shared.insert("site", &view::site(scene));
        shared.insert("t", &theme.strings);
        shared.insert("asset", &theme.assets);
        shared.insert("lang", scene.language().tag());
        Renderer { scene, tera }
    }

    /// Makes one output.
    pub(crate) fn render(&self, planned: &Planned) -> Result<Output, Failure> {
        let bytes = match planned.recipe {
            Recipe::Asset(at) => return Ok(self.asset(at, &planned.route)),
            Recipe::ThemeFile(at) => self.scene.theme.files[at as usize].bytes.to_vec(),
            _ => match data::bytes(self.scene, planned) {
                Some(bytes) => bytes,
                None => pages::html(self, planned)?,
            },
        };
        Ok(Output { route: planned.route.clone(), content: Content::Bytes(bytes) })
    }

    fn asset(&self, at: u32, route: &Route) -> Output {
        let path = &self.scene.plan.assets[at as usize];
        let (asset, _) = self.scene.site.assets.get(path).expect("a planned asset exists");
        let content = Content::File { path: path.clone(), sha256: asset.sha256.clone(), size: asset.size };
        Output { route: route.clone(), content }
    }

    fn fill(&self, template: &str, context: &Context, route: &Route) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::with_capacity(16 * 1024);
        match self.tera.render_to(template, context, &mut bytes) {
            Ok(()) => Ok(bytes),
            Err(error) => {
                let (file, line, why) = crate::theme::describe(&error);
                let file = file.unwrap_or_else(|| template.to_owned());
                Err(Failure {
                    template: format!("templates/{file}"),
                    route: route.clone(),
                    why: format!("{file}:{line}: {why}"),
                })
            }
        }
    }
}
