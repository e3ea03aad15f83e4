//! A headless Chromium and its DevTools protocol: commands with answers, and the events in between.

use std::io::{self, BufRead, BufReader};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

/// Names under which Chromium is installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// No step of a test takes longer, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program, from `CHROME` or the search path.
pub(crate) fn found() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROME") {
        return Some(PathBuf::from(named));
    }
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    NAMES.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file()))
}

/// A running browser with one tab.
pub(crate) struct Browser {
    child: Child,
    socket: WebSocket<TcpStream>,
    session: String,
    /// The profile within the browser that `forget_everything` made last.
    context: Option<String>,
    last: u64,
    events: Vec<Event>,
    /// Events from before the last `open`.
    past: Vec<Event>,
    // Removed when the browser is gone.
    _profile: TempDir,
}

/// Something that happened in the page.
pub(crate) struct Event {
    pub(crate) method: String,
    pub(crate) params: Value,
}

impl Browser {
    pub(crate) fn start() -> io::Result<Browser> {
        let program = found().ok_or_else(|| io::Error::other("there is no Chromium; set CHROME to its path"))?;
        let profile = tempfile::tempdir()?;
        let mut child = Command::new(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"])
            .args([
                "--no-first-run",
                "--disable-extensions",
                "--disable-background-networking",
                // The bench's server has a certificate of its own making.
                "--ignore-certificate-errors",
                "--remote-debugging-port=0",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let address = address(&mut child)?;
        let host = address.trim_start_matches("ws://").split('/').next().unwrap_or_default();
        let stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (socket, _) = tungstenite::client(address.as_str(), stream).map_err(io::Error::other)?;
        let mut browser = Browser {
            child,
            socket,
            session: String::new(),
            context: None,
            last: 0,
            events: Vec::new(),
            past: Vec::new(),
            _profile: profile,
        };
        browser.new_tab(&json!({ "url": "about:blank" }))?;
        Ok(browser)
    }

    fn new_tab(&mut self, options: &Value) -> io::Result<()> {
        self.session.clear();
        let target = self.call("Target.createTarget", options)?;
        let session =
            self.call("Target.attachToTarget", &json!({ "targetId": target["targetId"], "flatten": true }))?;
        self.session = session["sessionId"].as_str().unwrap_or_default().to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), &json!({}))?;
        }
        Ok(())
    }

    /// Goes on in a tab of a new profile: no cache, no storage, nothing of what was opened before.
    pub(crate) fn forget_everything(&mut self) -> io::Result<()> {
        self.session.clear();
        if let Some(old) = self.context.take() {
            self.call("Target.disposeBrowserContext", &json!({ "browserContextId": old }))?;
        }
        let context = self.call("Target.createBrowserContext", &json!({}))?["browserContextId"].clone();
        self.context = context.as_str().map(str::to_owned);
        self.new_tab(&json!({ "url": "about:blank", "browserContextId": context }))?;
        self.forget_events();
        Ok(())
    }

    /// Sends a command and waits for its answer.
    pub(crate) fn call(&mut self, method: &str, params: &Value) -> io::Result<Value> {
        self.last += 1;
        let mut command = json!({ "id": self.last, "method": method, "params": params });
        if !self.session.is_empty() {
            command["sessionId"] = json!(self.session);
        }
        self.socket.send(Message::text(command.to_string())).map_err(io::Error::other)?;
        loop {
            let message = self.receive()?;
            if message["id"] != json!(self.last) {
                continue;
            }
            if let Some(error) = message.get("error") {
                return Err(io::Error::other(format!("{method}: {error}")));
            }
            return Ok(message["result"].clone());
        }
    }

    /// One message; events are kept as well.
    fn receive(&mut self) -> io::Result<Value> {
        loop {
            let message = self.socket.read().map_err(silence)?;
            let Message::Text(text) = message else { continue };
            let message: Value = serde_json::from_str(&text)?;
            if let Some(method) = message["method"].as_str() {
                self.events.push(Event { method: method.to_owned(), params: message["params"].clone() });
            }
            return Ok(message);
        }
    }

    /// Opens an address and waits until it is loaded; what happened meanwhile is in `take_events`.
    pub(crate) fn open(&mut self, url: &str) -> io::Result<()> {
        // An address that differs only behind the `#` would not be loaded again.
        if url.contains('#') {
            self.open("about:blank")?;
        }
        self.past.append(&mut self.events);
        let answer = self.call("Page.navigate", &json!({ "url": url }))?;
        if let Some(why) = answer["errorText"].as_str() {
            return Err(io::Error::other(format!("{url}: {why}")));
        }
        self.wait_for("Page.loadEventFired")
    }

    pub(super) fn wait_for(&mut self, method: &str) -> io::Result<()> {
        let started = Instant::now();
        while !self.events.iter().any(|event| event.method == method) {
            if started.elapsed() > PATIENCE {
                return Err(io::Error::new(io::ErrorKind::TimedOut, format!("no {method}")));
            }
            self.receive()?;
        }
        Ok(())
    }

    /// The events since the last `open`.
    pub(super) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Forgets what has happened.
    pub(super) fn forget_events(&mut self) {
        self.past.clear();
        self.events.clear();
    }

    /// Everything since `forget_events`, over all pages.
    pub(super) fn all_events(&self) -> impl Iterator<Item = &Event> {
        self.past.iter().chain(&self.events)
    }

    /// Waits until an expression is true; a page on its way to another one is asked again.
    pub(super) fn until(&mut self, expression: &str) -> io::Result<()> {
        let started = Instant::now();
        while self.evaluate(&format!("Boolean({expression})")).ok() != Some(json!(true)) {
            if started.elapsed() > PATIENCE {
                return Err(io::Error::new(io::ErrorKind::TimedOut, format!("never true: {expression}")));
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        Ok(())
    }

    /// The value of an expression in the page; promises are awaited.
    pub(crate) fn evaluate(&mut self, expression: &str) -> io::Result<Value> {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", &params)?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(io::Error::other(format!("in the page: {}", details["exception"]["description"]))),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    pub(super) fn set_width(&mut self, width: u32) -> io::Result<()> {
        let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.call("Emulation.setDeviceMetricsOverride", &metrics).map(drop)
    }

    /// `light` or `dark`.
    pub(super) fn set_scheme(&mut self, scheme: &str) -> io::Result<()> {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", &features).map(drop)
    }
}

/// A browser that says nothing for too long is late, not broken.
fn silence(error: tungstenite::Error) -> io::Error {
    match error {
        tungstenite::Error::Io(error)
            if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
        {
            io::Error::new(io::ErrorKind::TimedOut, "the browser does not answer")
        }
        error => io::Error::other(error),
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A browser that is already gone is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the browser listens; it says so once it is up.
fn address(child: &mut Child) -> io::Result<String> {
    let stderr = child.stderr.take().expect("stderr is piped");
    let mut lines = BufReader::new(stderr).lines();
    let mut said = String::new();
    for line in lines.by_ref() {
        let line = line?;
        if let Some(address) = line.strip_prefix("DevTools listening on ") {
            // Keep reading, so that the browser never waits for a full pipe.
            std::thread::spawn(move || lines.for_each(drop));
            return Ok(address.trim().to_owned());
        }
        said.push_str(&line);
        said.push('\n');
    }
    Err(io::Error::other(format!("Chromium did not start:\n{said}")))
}
