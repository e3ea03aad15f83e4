//! gongkai (公开, "to make public"): content and registers become a disclosure portal.
//!
//! Six verbs, six types: `read` gives `Sources`, `parse` gives `Parsed`, `check` gives a `Site`, `plan`
//! gives a `Plan`, `render` gives an `Output`, `emit` puts it on disk. See `ARCHITECTURE.md`.

mod check;
pub mod config;
pub mod diag;
mod embedded;
mod emit;
mod extract;
mod format;
mod gate;
mod grid;
mod import;
mod known;
mod literal;
mod markdown;
mod memo;
mod memory;
mod parse;
mod plan;
mod privacy;
pub mod publish;
mod read;
mod register;
mod render;
mod retext;
mod route;
mod rules;
mod search;
mod serve;
mod site;
mod source;
pub mod text;
mod theme;
mod view;

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use rayon::prelude::*;

pub use emit::Written;
pub use import::{Change, Changed, Import, Imported, Left};
pub use search::{Answer, Ask, Entry, Finder};
pub use serve::{FIRST_PORT, Serve, Told, Watching, serve, serve_built};
pub use site::Absent;

use config::Settings;
use diag::Diagnostics;
use known::Known;
use memory::Memory;
use text::Text;

/// What the caller decides; everything else is in the site's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The site's folder.
    pub root: PathBuf,
    /// Today in Beijing, for sites that do not pin a day.
    pub today: Date,
    /// Overrides the day the site is built for.
    pub as_of: Option<Date>,
    /// Overrides `base_path`.
    pub base_path: Option<String>,
    /// Treats warnings as errors.
    pub strict: bool,
    /// Shows drafts as if they were public. For a preview: what is built and published has none.
    pub drafts: bool,
}

/// Told what is going on, for progress bars.
pub trait Observer: Sync {
    /// A verb begins; `total` is how often `advance` will be called.
    fn begin(&self, verb: Verb, total: usize);
    fn advance(&self);
}

/// The six verbs, and making the search index between planning and rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Read,
    Parse,
    Check,
    Plan,
    Index,
    /// Looking for private data in what was written.
    Search,
    Render,
}

/// A checked and planned site, ready to be written or shown.
pub struct Portal {
    site: site::Site,
    gate: Arc<gate::Gate>,
    plan: Arc<plan::Plan>,
    theme: Arc<theme::Theme>,
    /// What it was made for.
    request: Request,
    /// Warnings; a portal has no errors.
    pub warnings: Diagnostics,
    pub times: Vec<(Verb, Duration)>,
    shared: render::Shared,
}

/// One line of `gongkai plan`.
pub struct Line {
    pub route: String,
    pub reason: Text,
}

/// Reads, parses, checks and plans a site.
///
/// # Errors
/// All findings of the first verb that has an error, or under `strict` all warnings too.
pub fn prepare(request: &Request, observer: &dyn Observer) -> Result<Portal, Diagnostics> {
    let mut clock = Clock { observer, times: Vec::new() };
    let sources = clock.time(Verb::Read, || read::read(&request.root));
    Portal::of(sources, request, clock, &mut Known::nothing())
}

fn prepared(
    mut sources: source::Sources,
    request: &Request,
    mut clock: Clock<'_>,
    known: &mut Known,
) -> Result<Portal, Diagnostics> {
    let settings = settings(&sources, request)?;
    let as_of = request.as_of.or(settings.pinned_day().ok().flatten()).unwrap_or(request.today);
    if !settings.site.clean_images {
        sources.assets.iter_mut().for_each(|asset| asset.cleaned = None);
    }
    let own = own_definitions(&sources);
    let of_theme = sources.themes.iter().chain(&sources.settings).cloned().collect();
    let load_theme = || theme::load(&sources, &settings);
    let (theme, (registers, parsed)) = rayon::join(
        || known.theme.made_of(of_theme, load_theme),
        || {
            let load_registers = || load_registers(&own);
            rayon::join(
                || known.registers.made_of(own.clone(), load_registers),
                || clock.time(Verb::Parse, || parse::parse(&sources, &mut known.files)),
            )
        },
    );
    let theme = theme?;
    let declared = gate::declarations(&sources.content)?;
    let (registers, parsed) = (registers?, parsed?);
    sources.themes.clear();
    let (site, mut warnings) = clock.time(Verb::Check, || {
        check::check(
            sources,
            parsed,
            registers,
            settings,
            check::Asked { as_of, drafts: request.drafts },
            &mut known.checked,
        )
    })?;
    let plan = clock.time(Verb::Plan, || plan::plan(&site, &theme, &mut known.planned))?;
    warnings.extend(plan::links::broken(&site, &plan));
    if request.strict {
        let place = |file: u32| diag::Place::file(&site.files[file as usize].path);
        site.unreviewed.iter().for_each(|(file, records)| warnings.unreviewed(place(*file), *records));
    }
    let mut gate = gate::Gate::new(&site, declared, request.strict);
    let is_output = |route: &str| plan.makes(route);
    warnings.extend(clock.time(Verb::Search, || gate::search(&site, &mut gate, &is_output, &mut known.searched)));
    if warnings.errors() > 0 {
        return Err(warnings.sorted());
    }
    let warnings = warnings.sorted();
    if request.strict && warnings.warnings() > 0 {
        return Err(warnings.strict());
    }
    Ok(Portal {
        site,
        gate: gate.into(),
        plan,
        theme,
        request: request.clone(),
        warnings,
        times: clock.times,
        shared: render::Shared::after(&known.tables),
    })
}

/// The built-in registers, code lists and rule packs under the site's own.
fn registers(sources: &source::Sources) -> Result<register::Registers, Diagnostics> {
    load_registers(&own_definitions(sources))
}

fn load_registers(own: &[source::Source]) -> Result<register::Registers, Diagnostics> {
    register::load(&embedded::registers(), &embedded::rules(), own)
}

fn own_definitions(sources: &source::Sources) -> Vec<source::Source> {
    sources.content.par_iter().filter(|source| parse::is_definition(&source.path)).cloned().collect()
}

fn settings(sources: &source::Sources, request: &Request) -> Result<Settings, Diagnostics> {
    let mut settings = config::settings(sources.settings.as_ref())?;
    if let Some(base_path) = &request.base_path {
        settings.site.base_path.clone_from(base_path);
    }
    Ok(settings)
}

/// Completes a build that was killed after it had decided what to change in `out`. Call it before
/// `prepare`, so that `out` is whole even when the site now has errors.
///
/// # Errors
/// Another build at work, or files that cannot be moved.
pub fn recover(out: &Path) -> Result<(), Diagnostics> {
    emit::recover(out)
}

/// Renders the portal and writes it to `out`, all or nothing.
///
/// # Errors
/// Every output that could not be rendered or written; `out` is then as it was.
pub fn write(portal: &mut Portal, out: &Path, observer: &dyn Observer) -> Result<Written, Diagnostics> {
    let found = index(portal, observer)?;
    let plan = Arc::clone(&portal.plan);
    let mut outputs = Cow::from(&plan.outputs);
    if !found.is_empty() {
        let routes = found.iter().map(|output| output.route.clone()).zip(0..);
        let files = routes.map(|(route, at)| plan::Planned { route, recipe: plan::Recipe::SearchFile(at) });
        outputs.to_mut().extend(files);
        outputs.to_mut().sort_by(|a, b| a.route.cmp(&b.route));
    }
    let started = Instant::now();
    observer.begin(Verb::Render, outputs.len());
    let renderer = render::Renderer::of_all(portal.scene(), &portal.shared);
    let routes = found.iter().map(|output| &output.route);
    let in_pieces: HashSet<&route::Route> = routes.filter(|route| search::is_in_pieces(route.as_str())).collect();
    let guard = emit::Guard {
        key: portal.gate.key(),
        leaks: &|route, file, bytes| match in_pieces.contains(route) {
            true => Vec::new(),
            false => portal.gate.leaks(route.as_str(), file, bytes),
        },
        report: &|leaks, diags| report(portal, leaks, diags),
    };
    let render = |planned: &plan::Planned| match planned.recipe {
        plan::Recipe::SearchFile(at) => Ok(found[at as usize].clone()),
        _ => renderer.render(planned),
    };
    let (written, warnings) = emit::emit(&portal.request.root, out, &outputs, &render, &guard, &|| observer.advance())?;
    portal.warnings.extend(warnings);
    portal.times.push((Verb::Render, started.elapsed()));
    Ok(written)
}

/// Brings the search index up to date, if the site wants one, and gives its files.
fn index(portal: &mut Portal, observer: &dyn Observer) -> Result<Vec<render::Output>, Diagnostics> {
    if !portal.settings().site.search {
        return Ok(Vec::new());
    }
    let started = Instant::now();
    observer.begin(Verb::Index, 0);
    let found = search::build(portal.scene(), &portal.request.root, &portal.request.root, &|| observer.advance())?;
    portal.times.push((Verb::Index, started.elapsed()));
    Ok(found)
}

/// Opens the search index that the last build of a site left.
///
/// # Errors
/// No index, or one that cannot be read.
pub fn open_search(root: &Path) -> Result<Finder, Diagnostics> {
    search::open(root)
}

/// Leaks as findings, at the place that asks for the output.
fn report(portal: &Portal, leaks: Vec<(plan::Planned, gate::Leak)>, diags: &mut Diagnostics) {
    let placed = leaks
        .into_iter()
        .map(|(planned, leak)| (plan::origin(&portal.site, &portal.plan, &planned), planned.route.to_string(), leak));
    gate::report(&portal.gate, placed.collect(), diags);
}

/// Renders everything and keeps nothing: what `check` does beyond preparing.
///
/// # Errors
/// Every output that could not be rendered, or holds private data.
pub fn rehearse(portal: &mut Portal, observer: &dyn Observer) -> Result<(), Diagnostics> {
    observer.begin(Verb::Render, portal.plan.outputs.len());
    let renderer = render::Renderer::of_all(portal.scene(), &portal.shared);
    let rehearsed = |planned: &plan::Planned| {
        let leaks = renderer.render(planned).and_then(|output| searched(portal, output));
        observer.advance();
        leaks.map(|leaks| leaks.into_iter().map(|leak| (planned.clone(), leak)).collect::<Vec<_>>())
    };
    let results: Vec<_> = portal.plan.outputs.par_iter().with_max_len(memo::AT_ONCE).map(rehearsed).collect();
    let mut diags = Diagnostics::new();
    let (mut failures, mut leaks) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(found) => leaks.extend(found),
            Err(failure) => failures.push(failure),
        }
    }
    render::report(failures, &mut diags);
    report(portal, leaks, &mut diags);
    if diags.errors() == 0 {
        let stale = portal.gate.stale(&portal.site, &|route| portal.plan.makes(route));
        diags.extend(if portal.request.strict { stale.strict() } else { stale });
    }
    if diags.errors() > 0 {
        return Err(diags);
    }
    portal.warnings.extend(diags);
    Ok(())
}

/// What is private in an output that will not be written.
fn searched(portal: &Portal, output: render::Output) -> Result<Vec<gate::Leak>, render::Failure> {
    let route = output.route;
    match output.content {
        render::Content::Bytes(bytes) => Ok(portal.gate.leaks(route.as_str(), None, &bytes)),
        render::Content::File { path, clean, .. } => match emit::published(&portal.request.root, &path, clean) {
            Ok(bytes) => Ok(portal.gate.leaks(route.as_str(), Some(&path), &bytes)),
            Err(error) => {
                Err(render::Failure { place: diag::Place::File { path: path.into() }, route, why: error.to_string() })
            }
        },
    }
}

impl Portal {
    /// The portal of sources that were read, or why there is none.
    fn of(
        sources: Result<source::Sources, Diagnostics>,
        request: &Request,
        clock: Clock<'_>,
        known: &mut Known,
    ) -> Result<Portal, Diagnostics> {
        // No message repeats what nobody may read, whichever verb it comes from.
        let covered = |diags: Diagnostics| diags.rewritten(&privacy::covered);
        let mut portal = sources.and_then(|sources| prepared(sources, request, clock, known)).map_err(covered)?;
        portal.warnings = covered(portal.warnings);
        Ok(portal)
    }

    /// Every route with the reason it exists, sorted.
    pub fn lines(&self) -> impl Iterator<Item = Line> + '_ {
        self.plan.outputs.iter().map(|planned| Line {
            route: planned.route.to_string(),
            reason: plan::reason(&self.site, &self.plan, planned),
        })
    }

    /// The portal that the same sources, as they are on disk now, make on another day.
    ///
    /// # Errors
    /// As `prepare`.
    fn on(&self, day: Date) -> Result<Portal, Diagnostics> {
        prepare(&Request { as_of: Some(day), ..self.request.clone() }, &Quiet)
    }

    /// What is private in the bytes of a planned output, as findings.
    fn leaks(&self, planned: &plan::Planned, bytes: &[u8]) -> Diagnostics {
        let found = self.gate.leaks(planned.route.as_str(), None, bytes);
        let mut diags = Diagnostics::new();
        report(self, found.into_iter().map(|leak| (planned.clone(), leak)).collect(), &mut diags);
        diags
    }

    /// Whether this address is planned.
    fn makes(&self, route: &str) -> bool {
        self.plan.makes(route)
    }

    /// The same portal with a site of which nothing is planned otherwise.
    fn showing(&self, site: site::Site) -> Portal {
        Portal {
            site,
            gate: Arc::clone(&self.gate),
            plan: Arc::clone(&self.plan),
            theme: Arc::clone(&self.theme),
            request: self.request.clone(),
            warnings: self.warnings.clone(),
            times: Vec::new(),
            shared: self.shared.next(),
        }
    }

    fn scene(&self) -> view::Scene<'_> {
        view::Scene { site: &self.site, plan: &self.plan, theme: &self.theme }
    }

    /// What is planned at a route.
    fn planned(&self, route: &route::Route) -> Option<&plan::Planned> {
        let at = self.plan.outputs.binary_search_by(|planned| planned.route.cmp(route)).ok()?;
        Some(&self.plan.outputs[at])
    }

    /// Makes the output of a route, if one is planned there.
    fn output(&self, route: &route::Route) -> Option<Result<render::Output, render::Failure>> {
        let renderer = render::Renderer::new(self.scene(), &self.shared);
        self.planned(route).map(|planned| self.shared.output(route, || renderer.render(planned)))
    }

    /// What may be published of whom, what fields are masked, what is let pass.
    #[must_use]
    pub fn privacy(&self) -> Vec<Text> {
        gate::overview(&self.site, &self.gate)
    }

    /// The day the portal is built for.
    #[must_use]
    pub fn as_of(&self) -> Date {
        self.site.as_of
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.site.settings
    }

    /// Public records.
    #[must_use]
    pub fn records(&self) -> usize {
        self.site.entries.len()
    }

    /// HTML pages.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.plan.outputs.iter().filter(|output| output.route.as_str().ends_with(".html")).count()
    }

    /// Rows and files that are not public: register, reason, how many.
    pub fn absent(&self) -> impl Iterator<Item = (&Text, Absent, usize)> {
        self.site
            .absent
            .iter()
            .map(|((register, reason), count)| (&self.site.registers.get(*register).definition.title, *reason, *count))
    }
}

/// A CSV with the column titles of a register and nothing else, for editors to fill in.
///
/// # Errors
/// A site that cannot be read, or a name that is no register.
pub fn blank_sheet(root: &Path, register: &str) -> Result<Vec<u8>, Diagnostics> {
    let sources = read::read(root)?;
    let registers = registers(&sources)?;
    let Some(id) = registers.find(register) else {
        let mut diags = Diagnostics::new();
        let names: Vec<&str> = registers.list.iter().map(|register| register.definition.name.as_str()).collect();
        diags.unknown_register(diag::Place::File { path: "content".into() }, register, names.into_iter());
        return Err(diags);
    };
    let register = registers.get(id);
    // What is not for the public has no place in a sheet that will be published.
    let labels: Vec<&str> =
        register.open.iter().map(|field| register.field(*field).definition.label.zh.as_str()).collect();
    let rows: [[&str; 0]; 0] = [];
    Ok(format::csv::csv(&labels, rows))
}

/// Compares a table with what its register holds; nothing is written.
///
/// # Errors
/// A file, site or register that cannot be read. Refused rows are in the report.
pub fn import(request: &Import) -> Result<Imported, Diagnostics> {
    import::import(request, registers)
}

/// A first mapping for a table that does not fit its register.
///
/// # Errors
/// A file, site or register that cannot be read.
pub fn suggest_mapping(request: &Import) -> Result<String, Diagnostics> {
    import::suggest(request, registers)
}

/// Nobody watches.
struct Quiet;

impl Observer for Quiet {
    fn begin(&self, _: Verb, _: usize) {}
    fn advance(&self) {}
}

struct Clock<'a> {
    observer: &'a dyn Observer,
    times: Vec<(Verb, Duration)>,
}

impl Clock<'_> {
    /// For whom nobody waits.
    fn unwatched() -> Clock<'static> {
        Clock { observer: &Quiet, times: Vec::new() }
    }

    fn time<T>(&mut self, verb: Verb, work: impl FnOnce() -> T) -> T {
        self.observer.begin(verb, 0);
        let started = Instant::now();
        let value = work();
        self.times.push((verb, started.elapsed()));
        value
    }
}
