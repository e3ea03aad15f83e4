//! The preview: an editor sees the page the moment it is saved. Renders each route when it is asked for, from
//! the portal in memory, and never writes into the site.
//!
//! ```text
//! files -> watch -> keeper -> desk (last good portal, problems, generation)
//!                               |
//! client -> front (limits) -> back (tiny_http) -> respond -> client
//! ```
//!
//! What a page is, is decided by the same verbs as for a build; what the preview adds is one script.

mod address;
mod back;
mod built;
mod crowd;
mod desk;
mod facts;
mod front;
mod head;
mod hosts;
mod keeper;
mod masked;
mod own;
mod page;
mod range;
mod reply;
mod respond;
mod rules;
mod scratch;
mod search;
mod upcoming;
mod watch;

use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use jiff::civil::Date;

use crate::diag::Diagnostics;
use crate::text::Language;
use crate::{Portal, Request, config, read};
use back::{Answer, Back};
use built::Built;
use crowd::Crowd;
use desk::Desk;
use front::Front;
use hosts::Hosts;
use keeper::Keeper;
use respond::Responder;
use scratch::Scratch;
use search::Searched;
use watch::Watch;

/// What the caller of a preview decides.
pub struct Serve {
    pub request: Request,
    /// Today in Beijing; asked again while the preview runs.
    pub today: fn() -> Date,
    /// Name or address to listen at.
    pub host: String,
    /// The port; none: the first free one from `FIRST_PORT` on.
    pub port: Option<u16>,
    pub watching: Watching,
    /// A folder for temporary files.
    pub scratch: PathBuf,
    /// Of what the preview itself says.
    pub language: Language,
}

/// How changes are found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watching {
    /// The system tells; where it cannot, files are compared.
    Told,
    /// Files are compared again and again: slower, but it works on network drives.
    Polled,
}

/// The port that is tried first, and how many after it.
pub const FIRST_PORT: u16 = 8000;
const PORTS: u16 = 100;

/// What a preview says while it runs.
pub enum Told<'a> {
    /// It can be asked: the address of the portal, and whether others than this machine reach it.
    Listening { address: String, opened: bool },
    /// A good portal is on show, and how long it took to make.
    Showing { generation: u64, portal: &'a Portal, took: Duration },
    /// The sources are not a portal; the last good one stays.
    Problems(&'a Diagnostics),
    /// Changes may go unseen, and why.
    NotWatched(&'a str),
    /// Files are compared again and again, and why, if it was not asked for.
    Polling(&'a str),
}

/// Runs a preview until the program ends.
///
/// # Errors
/// A port or folder that cannot be used. Errors of the site are shown, not returned.
pub fn serve(serve: &Serve, tell: &(dyn Fn(Told<'_>) + Sync)) -> Result<(), Diagnostics> {
    let root = std::fs::canonicalize(&serve.request.root).map_err(|error| cannot_serve(&error))?;
    let scratch = Scratch::make(&serve.scratch).map_err(|error| cannot_serve(&error))?;
    let (wakes, woken) = mpsc::channel();
    let desk = Arc::new(Desk::default());
    let responder = Responder {
        desk: desk.clone(),
        wakes: wakes.clone(),
        searched: Searched::new(scratch.path().to_owned()),
        root: root.clone(),
        language: serve.language,
        opened: !hosts::is_loopback(&serve.host),
    };
    open(serve, &scratch, Arc::new(move |request| responder.answer(request)), tell)?;
    let watch = match serve.watching {
        Watching::Told => Watch::start(&root, wakes.clone()).map_err(|error| error.to_string()),
        Watching::Polled => Err(String::new()),
    };
    if let Err(why) = &watch {
        tell(Told::Polling(why));
    }
    Keeper { serve, root: &root, desk: &desk, watch: watch.ok(), tell }.keep(&woken);
    Ok(())
}

/// Serves what was built in `out`, as a content network would, until the program ends.
///
/// # Errors
/// A port or folder that cannot be used, settings that cannot be read, a folder that no build wrote.
pub fn serve_built(serve: &Serve, out: &Path, tell: &(dyn Fn(Told<'_>) + Sync)) -> Result<(), Diagnostics> {
    if !out.join("index.html").is_file() {
        let mut diags = Diagnostics::new();
        diags.nothing_built(&out.display().to_string());
        return Err(diags);
    }
    let settings = read::optional(&serve.request.root.join("portal.toml"), "portal.toml")?;
    let base = config::settings(settings.as_ref())?.site.base_path;
    let built = Built { folder: out.to_owned(), base: serve.request.base_path.clone().unwrap_or(base) };
    let scratch = Scratch::make(&serve.scratch).map_err(|error| cannot_serve(&error))?;
    let front = open(serve, &scratch, Arc::new(move |request| built.answer(request)), tell)?;
    // It ends only with the program.
    front.join().map_err(|_| cannot_serve(&std::io::Error::other("the listener ended")))
}

/// Listens, and answers from now on.
fn open(
    serve: &Serve,
    scratch: &Scratch,
    answer: Arc<Answer>,
    tell: &(dyn Fn(Told<'_>) + Sync),
) -> Result<thread::JoinHandle<()>, Diagnostics> {
    let listener = listen(&serve.host, serve.port)?;
    let at = listener.local_addr().map_err(|error| cannot_serve(&error))?;
    let back = Back::start(scratch.path(), answer).map_err(|error| cannot_serve(&error))?;
    let opened = !hosts::is_loopback(&serve.host);
    let hosts = if opened { Hosts::opened(&serve.host) } else { Hosts::loopback() };
    let front = Arc::new(Front { hosts, back, crowd: Crowd::new(), listens: respond::listens });
    let running = thread::Builder::new().spawn(move || front::run(&front, &listener));
    tell(Told::Listening { address: format!("http://{}/", shown(&serve.host, at)), opened });
    running.map_err(|error| cannot_serve(&error))
}

/// Listens at a port, or the first free one.
fn listen(host: &str, port: Option<u16>) -> Result<TcpListener, Diagnostics> {
    let ports = match port {
        Some(port) => port..=port,
        None => FIRST_PORT..=FIRST_PORT + PORTS,
    };
    let mut refused = None;
    for port in ports {
        let bound = addresses(host, port).and_then(|addresses| TcpListener::bind(&*addresses));
        match bound {
            Ok(listener) => return Ok(listener),
            Err(error) => refused = Some(error),
        }
    }
    Err(cannot_serve(&refused.expect("at least one port was tried")))
}

fn addresses(host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    Ok((bare, port).to_socket_addrs()?.collect())
}

/// The address as a person writes it.
fn shown(host: &str, at: SocketAddr) -> String {
    match (at.ip().is_unspecified(), at) {
        (true, _) => format!("127.0.0.1:{}", at.port()),
        (false, SocketAddr::V6(_)) => at.to_string(),
        (false, SocketAddr::V4(_)) => format!("{host}:{}", at.port()),
    }
}

fn cannot_serve(error: &std::io::Error) -> Diagnostics {
    let mut diags = Diagnostics::new();
    diags.cannot_serve(&error.to_string());
    diags
}
