//! A running preview and its clients: plain requests over real sockets, and a listener for changes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{self, Tree};

/// Nothing takes longer, however busy the machine is.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// The program at work on a site; ended with the value.
pub(super) struct Preview {
    child: Child,
    /// Host and port.
    pub(super) at: String,
    pub(super) base: String,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Preview {
    pub(super) fn start(root: &Path, arguments: &[&str]) -> Preview {
        let mut command = support::program();
        command.arg("--root").arg(root).args(["serve", "--port", "0"]).args(arguments);
        Preview::run(&mut command)
    }

    /// Starts a command that is a preview.
    pub(super) fn run(command: &mut Command) -> Preview {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
        let mut said = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        said.read_line(&mut line).expect("the program says where it listens");
        let at = line.split("http://").nth(1).expect("an address").trim().trim_end_matches('/').to_owned();
        // Keep reading, so that the program never waits for a full pipe.
        thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let mut preview = Preview { child, at, base: "/".to_owned() };
        let to_base = preview.get("/");
        if let Some(base) = to_base.field("location") {
            preview.base = base.to_owned();
        }
        preview
    }

    pub(super) fn get(&self, target: &str) -> Answer {
        self.ask(format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", self.at))
    }

    /// A page or file of the portal by its route.
    pub(super) fn route(&self, route: &str) -> Answer {
        self.get(&format!("{}{route}", self.base))
    }

    pub(super) fn post(&self, target: &str) -> Answer {
        self.ask(format!(
            "POST {target} HTTP/1.1\r\nHost: {}\r\nX-Gongkai-Preview: 1\r\nContent-Length: 0\r\n\r\n",
            self.at
        ))
    }

    pub(super) fn json(&self, name: &str, query: &str) -> Value {
        let answer = self.get(&format!("/__preview/{name}?{query}"));
        serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{name}: {error} in {answer:?}"))
    }

    /// Sends bytes as they are.
    pub(super) fn ask(&self, request: impl AsRef<[u8]>) -> Answer {
        let mut stream = self.connect();
        // A server that has seen enough may close before it has everything.
        let _ = stream.write_all(request.as_ref());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        Answer::read(&bytes)
    }

    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.at).expect("the preview listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket has a time-out");
        stream
    }

    /// Listens for changes of a page.
    pub(super) fn listen(&self, route: &str) -> Listener {
        let mut stream = self.connect();
        let target = format!("/__preview/changes?route={route}");
        write!(stream, "GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", self.at).expect("the preview listens");
        let (sender, states) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if let Some(state) = line.strip_prefix("data: ") {
                    let state = serde_json::from_str(state).expect("a state is JSON");
                    if sender.send(state).is_err() {
                        return;
                    }
                }
            }
        });
        Listener { states }
    }

    /// Waits until a page holds certain words.
    pub(super) fn wait_for(&self, route: &str, words: &str) -> Answer {
        let started = Instant::now();
        loop {
            let answer = self.route(route);
            if answer.text().contains(words) {
                return answer;
            }
            assert!(started.elapsed() < PATIENCE, "{route} never held {words:?}:\n{}", answer.text());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The number of the state on show.
    pub(super) fn generation(&self) -> u64 {
        self.json("problems", "route=index.html")["generation"].as_u64().expect("a state has a number")
    }

    /// What differs between the preview and a folder that a build wrote; files of the folder's own left out.
    pub(super) fn differences(&self, public: &Tree) -> Vec<String> {
        let routes = public.iter().filter(|(name, _)| !name.starts_with('.'));
        let served = routes.clone().map(|(name, _)| {
            let answer = self.route(name);
            let body = if name.ends_with(".html") { without_script(&answer.body) } else { answer.body };
            (name.clone(), body)
        });
        let built: Tree = routes.clone().map(|(name, bytes)| (name.clone(), bytes.clone())).collect();
        support::differences(&built, &served.collect())
    }

    /// Waits until every page and file is what the build wrote, search and all.
    pub(super) fn settles_to(&self, built: &Tree, after: &str) {
        let started = Instant::now();
        loop {
            let differences = self.differences(built);
            if differences.is_empty() {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "never settled after {after}: {differences:#?}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        // A preview that is gone already is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Preview {
    /// Whether the program still runs.
    pub(super) fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }
}

impl Answer {
    fn read(bytes: &[u8]) -> Answer {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Answer { status, head, body: bytes[end..].to_vec() }
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of a header.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let own = |line: &&str| line.split(':').next().is_some_and(|own| own.eq_ignore_ascii_case(name));
        self.head.lines().skip(1).find(own).map(|line| line[name.len() + 1..].trim())
    }

    /// What the page says of itself in the script of the preview.
    pub(super) fn mark(&self, name: &str) -> String {
        let text = self.text();
        let start = text.find(&format!("data-{name}=\"")).map(|at| at + name.len() + 7);
        let start = start.unwrap_or_else(|| panic!("no data-{name}"));
        text[start..].split('"').next().unwrap_or_default().to_owned()
    }
}

/// A page without what the preview adds.
pub(super) fn without_script(page: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(page.to_vec()).expect("pages are UTF-8");
    let start = text.find("<script src=\"/__preview/").expect("a page holds the script of the preview");
    let end = start + text[start..].find("</script>").expect("it ends") + "</script>".len();
    [&text[..start], &text[end..]].concat().into_bytes()
}

/// What a browser that shows a page is told.
pub(super) struct Listener {
    states: Receiver<Value>,
}

impl Listener {
    /// The next state.
    pub(super) fn next(&self) -> Value {
        self.states.recv_timeout(PATIENCE).expect("a state comes")
    }

    /// The state that came last; waits for none.
    pub(super) fn latest(&self) -> Option<Value> {
        self.states.try_iter().last()
    }

    /// Waits until a state fulfils a condition.
    pub(super) fn until(&self, holds: impl Fn(&Value) -> bool) -> Value {
        loop {
            let state = self.next();
            if holds(&state) {
                return state;
            }
        }
    }
}
