//! What is asked for becomes what is sent: a page rendered now from the portal on the desk, a file, or what
//! the preview says of itself. Writes nothing into the site.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use jiff::civil::Date;
use serde_json::{Value, json};
use tiny_http::Request;

use super::address::{self, OWN, Query, Wanted};
use super::desk::{Desk, Shown};
use super::head::MARK;
use super::page::{self, Mark};
use super::reply::{self, Reply, kind};
use super::search::Searched;
use super::watch::Wake;
use super::{facts, masked, own, upcoming};
use crate::emit;
use crate::format::headers::CONTENT_SECURITY_POLICY;
use crate::render::{Content, Failure};
use crate::route::Route;
use crate::text::Language;
use crate::{Portal, diag};

/// Everything that answers need.
pub(crate) struct Responder {
    pub(crate) desk: Arc<Desk>,
    pub(crate) wakes: Sender<Wake>,
    pub(crate) searched: Searched,
    pub(crate) root: PathBuf,
    /// Of what the preview itself says.
    pub(crate) language: Language,
    /// Whether others than this machine can ask.
    pub(crate) opened: bool,
}

/// The stream of changes.
const CHANGES: &str = "changes";
/// A stream says something at least this often, so that it is known when nobody listens any more.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Whether a target is the stream of changes.
pub(crate) fn listens(target: &str) -> bool {
    target.strip_prefix(OWN).is_some_and(|own| own.split('?').next() == Some(CHANGES))
}

/// What stands at a route now.
enum Look {
    Page {
        html: Vec<u8>,
        print: String,
        status: u16,
    },
    File(Vec<u8>),
    /// It could not be made.
    Failed(Failure),
    /// No portal has been good yet.
    Unready,
}

impl Responder {
    /// Answers one request.
    pub(crate) fn answer(&self, request: Request) {
        let shown = self.desk.now();
        let base = shown.portal.as_ref().map_or("/", |portal| &portal.settings().site.base_path).to_owned();
        let is_folder =
            |route: &str| shown.portal.as_ref().is_some_and(|portal| portal.makes(&format!("{route}/index.html")));
        let posted = *request.method() == tiny_http::Method::Post;
        match address::wanted(request.url(), &base, &is_folder) {
            Wanted::Own(name, query) => self.answer_own(request, &name, &query, &shown),
            _ if posted => reply::send(request, Reply::refused(405, "页面只能读。A page is only read.")),
            Wanted::Elsewhere(to) => reply::send(request, Reply::moved(&to)),
            Wanted::Outside => reply::send(request, Reply::refused(404, "这里什么也没有。Nothing is here.")),
            // The portal's own page for addresses that lead nowhere.
            Wanted::Nothing => {
                let reply = self.page(&shown, &Route::new("404.html"));
                reply::send(request, Reply { status: 404, ..reply });
            }
            Wanted::Route(route) => {
                let reply = self.page(&shown, &route);
                reply::send(request, reply);
            }
        }
    }

    fn page(&self, shown: &Shown, route: &Route) -> Reply {
        let reply = match self.look(shown, route) {
            Look::Page { html, print, status } => self.marked(shown, route, status, &html, &print),
            Look::File(bytes) => Reply::new(200, kind(route.as_str()), bytes),
            Look::Failed(_) | Look::Unready => self.marked(shown, route, 503, own::BLANK.as_bytes(), ""),
        };
        reply
            .with("Content-Security-Policy", CONTENT_SECURITY_POLICY)
            .with("X-Content-Type-Options", "nosniff")
            .with("Referrer-Policy", "strict-origin-when-cross-origin")
            .with("Cache-Control", "no-store")
    }

    fn marked(&self, shown: &Shown, route: &Route, status: u16, html: &[u8], print: &str) -> Reply {
        let mark = Mark { generation: shown.generation, route: route.as_str(), print, language: self.language.tag() };
        Reply::new(status, kind("x.html"), page::marked(html, &mark))
    }

    fn look(&self, shown: &Shown, route: &Route) -> Look {
        let Some(portal) = &shown.portal else { return Look::Unready };
        let (found, status) = match self.output(portal, shown, route) {
            Some(found) => (found, 200),
            None => (self.output(portal, shown, &Route::new("404.html")).unwrap_or(Ok(Vec::new())), 404),
        };
        match found {
            Err(failure) => Look::Failed(failure),
            Ok(html) if status == 404 || route.as_str().ends_with(".html") => {
                let mut print = page::print(&html, &portal.theme);
                // What the search page finds changes with every page.
                if route.as_str() == crate::plan::SEARCH_PAGE {
                    print = format!("{print}-{}", shown.generation);
                }
                Look::Page { html, print, status }
            }
            Ok(bytes) => Look::File(bytes),
        }
    }

    /// The bytes of a route, as a build would write them; nothing if it has none.
    fn output(&self, portal: &Portal, shown: &Shown, route: &Route) -> Option<Result<Vec<u8>, Failure>> {
        let (output, root) = match portal.output(route) {
            Some(output) => (output, &self.root),
            None => (self.searched.file(portal, shown.generation, route)?, &self.searched.home),
        };
        let output = match output {
            Ok(output) => output,
            Err(failure) => return Some(Err(failure)),
        };
        Some(match output.content {
            Content::Bytes(bytes) => Ok(bytes),
            Content::File { path, clean, .. } => emit::published(root, &path, clean).map_err(|error| Failure {
                place: diag::Place::File { path: path.into() },
                route: route.clone(),
                why: error.to_string(),
            }),
        })
    }

    fn answer_own(&self, request: Request, name: &str, query: &Query, shown: &Arc<Shown>) {
        // Pages of other sites may send requests here, though they cannot read the answers.
        let foreign =
            reply::field(&request, "sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"));
        if foreign {
            return reply::send(request, Reply::refused(403, "只供预览里的页面使用。Only for pages of the preview."));
        }
        let posted = *request.method() == tiny_http::Method::Post;
        let route = query.get("route").and_then(Route::parse);
        let reply = match (name, posted, route) {
            (CHANGES, false, Some(route)) => return self.tell_changes(request, &route),
            ("problems", false, Some(route)) => Reply::json(&self.problems(shown, &route)),
            ("page", false, Some(route)) => match (&shown.portal, self.look(shown, &route)) {
                (Some(portal), Look::Page { html, .. }) => Reply::json(&facts::of_page(portal, shown, &route, &html)),
                _ => Reply::json(&Value::Null),
            },
            ("upcoming.json", false, _) => Reply::json(&self.upcoming(shown)),
            (_, true, _) if reply::field(&request, MARK).is_none() => {
                Reply::refused(403, "只供预览里的页面使用。Only for pages of the preview.")
            }
            ("day", true, _) => self.day(query),
            ("masked", true, Some(route)) => self.masked(shown, &route),
            (_, false, _) => own::file(name),
            (_, true, _) => Reply::refused(405, "不能这样访问。Not like this."),
        };
        reply::send(request, reply);
    }

    /// What the next weeks bring, by making the portal of their last day from the sources as they are.
    fn upcoming(&self, shown: &Shown) -> Value {
        let Some(now) = &shown.portal else { return facts::problems(&shown.problems, shown.generation) };
        match now.on(upcoming::last_day(now.as_of())) {
            Ok(later) => upcoming::list(now, &later),
            Err(problems) => facts::problems(&problems, shown.generation),
        }
    }

    /// Shows another day, for everybody who looks at this preview.
    fn day(&self, query: &Query) -> Reply {
        let day = match query.get("as_of") {
            None | Some("") => None,
            Some(text) => match text.parse::<Date>() {
                Ok(day) => Some(day),
                Err(_) => return Reply::refused(400, "日期写作 YYYY-MM-DD。A day is written YYYY-MM-DD."),
            },
        };
        match self.wakes.send(Wake::Day(day)) {
            Ok(()) => Reply::new(202, kind("x.txt"), ""),
            Err(_) => Reply::refused(503, "预览正在结束。The preview is ending."),
        }
    }

    /// What a record's file says behind the masks, to whoever sits at this machine.
    fn masked(&self, shown: &Shown, route: &Route) -> Reply {
        if self.opened {
            return Reply::refused(403, "别的电脑能看到预览时不显示。Not while others can see the preview.");
        }
        let portal = shown.portal.as_ref();
        let found = portal.and_then(|portal| masked::of_page(portal, portal.planned(route)?));
        Reply::json(&found.unwrap_or(Value::Null))
    }

    /// What is wrong: with the sources since the last good state, and with making one page.
    fn problems(&self, shown: &Shown, route: &Route) -> Value {
        let mut diags = shown.problems.clone();
        if let Look::Failed(failure) = self.look(shown, route) {
            crate::render::report(vec![failure], &mut diags);
        }
        facts::problems(&diags, shown.generation)
    }

    /// Tells a browser of every state, beginning with the one that is there.
    fn tell_changes(&self, request: Request, route: &Route) {
        let mut told = 0;
        reply::stream(request, || {
            let Some(shown) = self.desk.after(told, HEARTBEAT) else { return Some(": still here\n\n".to_owned()) };
            told = shown.generation;
            Some(format!("id: {told}\ndata: {}\n\n", self.change(&shown, route)))
        });
    }

    /// What a browser must know to decide whether its page is still the one: its print and style sheets.
    fn change(&self, shown: &Shown, route: &Route) -> Value {
        let (print, failed) = match self.look(shown, route) {
            Look::Page { print, .. } => (Some(print), false),
            Look::Failed(_) => (None, true),
            Look::File(_) | Look::Unready => (None, false),
        };
        let sheets: Vec<&str> = shown.portal.iter().flat_map(|portal| page::sheets(&portal.theme)).collect();
        json!({
            "generation": shown.generation,
            "print": print,
            "sheets": sheets,
            "base": shown.portal.as_ref().map_or("/", |portal| &portal.settings().site.base_path),
            "errors": shown.problems.errors() + usize::from(failed),
        })
    }
}
