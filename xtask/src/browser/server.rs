//! A small web server for one folder below a path, with the response headers of the portal's `_headers`.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use crate::range;

const FOUND: &str = "200 OK";

/// A folder as a host would serve it. Lives as long as the process.
pub(super) struct Server {
    /// `http://127.0.0.1:PORT/aqsc/`
    pub(super) root: String,
}

struct Site {
    folder: PathBuf,
    base: String,
    rules: Vec<Rule>,
}

/// Headers for addresses that match a pattern such as `/aqsc/assets/*`.
struct Rule {
    pattern: String,
    headers: Vec<String>,
}

impl Server {
    /// Serves `folder` below `base`, from `/` to `/`.
    pub(super) fn start(folder: &Path, base: &str) -> io::Result<Server> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let root = format!("http://{}{base}", listener.local_addr()?);
        let rules = rules(&fs::read_to_string(folder.join("_headers")).unwrap_or_default());
        let site = Arc::new(Site { folder: folder.to_owned(), base: base.to_owned(), rules });
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let site = Arc::clone(&site);
                // A reader that hangs up early is no failure of the server.
                thread::spawn(move || drop(site.answer(stream)));
            }
        });
        Ok(Server { root })
    }
}

fn rules(text: &str) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        match (line.starts_with(' '), rules.last_mut()) {
            (true, Some(rule)) => rule.headers.push(line.trim().to_owned()),
            _ => rules.push(Rule { pattern: line.trim().to_owned(), headers: Vec::new() }),
        }
    }
    rules
}

impl Rule {
    fn matches(&self, path: &str) -> bool {
        match self.pattern.split_once('*') {
            Some((start, end)) => {
                path.len() >= start.len() + end.len() && path.starts_with(start) && path.ends_with(end)
            }
            None => path == self.pattern,
        }
    }
}

impl Site {
    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut request = String::new();
        reader.read_line(&mut request)?;
        let mut range = None;
        for line in reader.lines() {
            let line = line?;
            if line.is_empty() {
                break;
            }
            range = range.or(range::field(&line).map(str::to_owned));
        }
        let address = request.split(' ').nth(1).unwrap_or_default();
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let (mut status, mut bytes, kind) = match self.read(path) {
            Some((bytes, kind)) => (FOUND, bytes, kind),
            None => (
                "404 Not Found",
                fs::read(self.folder.join("404.html")).unwrap_or_default(),
                "text/html; charset=utf-8",
            ),
        };
        let headers = self.rules.iter().filter(|rule| rule.matches(path)).flat_map(|rule| &rule.headers);
        let mut headers: String = headers.map(|header| format!("{header}\r\n")).collect();
        let found = range.filter(|_| status == FOUND);
        if let Some((part, of)) = found.and_then(|range| range::part(&range, bytes.len())) {
            status = "206 Partial Content";
            bytes = bytes[part].to_vec();
            headers += &format!("Content-Range: {of}\r\n");
        }
        let length = bytes.len();
        write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"
        )?;
        stream.write_all(&bytes)
    }

    fn read(&self, path: &str) -> Option<(Vec<u8>, &'static str)> {
        let inside = path.strip_prefix(&self.base)?;
        if inside.split('/').any(|part| part == "..") {
            return None;
        }
        let inside =
            if inside.is_empty() || inside.ends_with('/') { format!("{inside}index.html") } else { inside.to_owned() };
        let bytes = fs::read(self.folder.join(&inside)).ok()?;
        Some((bytes, kind(&inside)))
    }
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "xml" => "application/xml",
        "csv" => "text/csv; charset=utf-8",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_match_by_prefix_and_suffix() {
        let rules = rules("/aqsc/*\n  X: 1\n/aqsc/*.html\n  Y: 2\n/aqsc/\n  Z: 3\n");
        let matching = |path: &str| -> Vec<&str> {
            rules
                .iter()
                .filter(|rule| rule.matches(path))
                .flat_map(|rule| rule.headers.iter().map(String::as_str))
                .collect()
        };
        assert_eq!(matching("/aqsc/"), ["X: 1", "Z: 3"]);
        assert_eq!(matching("/aqsc/a.html"), ["X: 1", "Y: 2"]);
        assert_eq!(matching("/other/"), [""; 0]);
    }
}
