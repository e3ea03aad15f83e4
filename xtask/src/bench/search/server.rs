//! A web server for the bench: folders under paths, compressed as a CDN does it, on a line of a given delay and
//! speed, with a log of what went over the wire. Connections stay open, and opening one costs nothing.

mod http1;
mod http2;

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::range;

/// How browser and server talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Protocol {
    /// One connection of HTTP/2 and brotli, as content delivery networks have them
    Http2,
    /// Six connections of HTTP/1.1 and gzip, as a plain web server has them
    Http1,
}

impl Protocol {
    pub(super) fn name(self) -> &'static str {
        match self {
            Protocol::Http2 => "HTTP/2 with brotli",
            Protocol::Http1 => "HTTP/1.1 with gzip",
        }
    }

    /// As what a text goes over the wire.
    fn pack(self, text: &[u8]) -> (&'static str, Vec<u8>) {
        match self {
            Protocol::Http2 => ("br", brotli(text)),
            Protocol::Http1 => ("gzip", gzip(text)),
        }
    }
}

/// What lies between browser and server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// Between the last byte of a request and the first of its answer; packing it, which a CDN has done before, is within.
    pub(super) delay: Duration,
    /// Of all connections together; none: as fast as the machine.
    pub(super) bytes_per_second: Option<u32>,
}

impl Line {
    pub(super) const FREE: Line = Line { delay: Duration::ZERO, bytes_per_second: None };
    /// 1.6 Mbit/s and 150 ms, what is called "slow 4G".
    pub(super) const SLOW: Line = Line { delay: Duration::from_millis(150), bytes_per_second: Some(200_000) };
}

/// One answer.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) path: String,
    pub(super) status: u16,
    /// Bytes of status line and headers.
    pub(super) head: u64,
    /// Bytes of the content, as they went over the wire.
    pub(super) body: u64,
}

/// Lives as long as the process.
pub(super) struct Server {
    /// `https://127.0.0.1:PORT/`
    pub(super) root: String,
    shared: Arc<Shared>,
}

struct Shared {
    protocol: Protocol,
    /// Path prefixes, longest first, and their folders.
    mounts: Vec<(String, PathBuf)>,
    /// Contents that are no files.
    pages: HashMap<String, String>,
    state: Mutex<State>,
}

struct State {
    line: Line,
    /// When the line is free for the next bytes.
    free: Instant,
    log: Vec<Sent>,
}

impl Server {
    pub(super) fn start(
        mut mounts: Vec<(String, PathBuf)>,
        pages: HashMap<String, String>,
        protocol: Protocol,
    ) -> io::Result<Server> {
        mounts.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let state = Mutex::new(State { line: Line::FREE, free: Instant::now(), log: Vec::new() });
        let shared = Arc::new(Shared { protocol, mounts, pages, state });
        let root = match protocol {
            Protocol::Http2 => {
                http2::serve(listener, Arc::clone(&shared))?;
                format!("https://{address}/")
            }
            Protocol::Http1 => {
                http1::serve(listener, Arc::clone(&shared));
                format!("http://{address}/")
            }
        };
        Ok(Server { root, shared })
    }

    pub(super) fn set_line(&self, line: Line) {
        self.shared.state().line = line;
    }

    /// What was sent since the last call.
    pub(super) fn take_log(&self) -> Vec<Sent> {
        std::mem::take(&mut self.shared.state().log)
    }
}

/// What is to be sent.
struct Answer {
    status: u16,
    kind: &'static str,
    encoding: Option<&'static str>,
    /// Which part of a file the bytes are.
    part: Option<String>,
    bytes: Vec<u8>,
}

/// Every answer may be kept.
const CACHED: &str = "public, max-age=3600";
/// Contents are sent in pieces, so that answers share the line.
const PIECE: usize = 1400;

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no answer panics while it holds the state")
    }

    /// What is sent for a path, or for a part of it; a text is sent whole and compressed.
    fn answer(&self, path: &str, range: Option<&str>) -> Answer {
        let Some((kind, mut bytes)) = self.read(path) else {
            let bytes = b"not here".to_vec();
            return Answer { status: 404, kind: "text/plain", encoding: None, part: None, bytes };
        };
        if is_text(kind) {
            let (encoding, bytes) = self.protocol.pack(&bytes);
            return Answer { status: 200, kind, encoding: Some(encoding), part: None, bytes };
        }
        let Some((part, of)) = range.and_then(|range| range::part(range, bytes.len())) else {
            return Answer { status: 200, kind, encoding: None, part: None, bytes };
        };
        bytes.truncate(part.end);
        Answer { status: 206, kind, encoding: None, part: Some(of), bytes: bytes.split_off(part.start) }
    }

    fn note(&self, path: &str, answer: &Answer, head: usize) {
        let (path, status) = (path.to_owned(), answer.status);
        self.state().log.push(Sent { path, status, head: head as u64, body: answer.bytes.len() as u64 });
    }

    /// When the line will have carried so many more bytes.
    fn carried(&self, length: usize, bytes_per_second: u32) -> Instant {
        let length = u32::try_from(length).expect("a piece is small");
        let mut state = self.state();
        let start = state.free.max(Instant::now());
        state.free = start + Duration::from_secs(1) * length / bytes_per_second;
        state.free
    }

    fn read(&self, path: &str) -> Option<(&'static str, Vec<u8>)> {
        if let Some(page) = self.pages.get(path) {
            return Some(("text/html; charset=utf-8", page.clone().into_bytes()));
        }
        let (inside, folder) =
            self.mounts.iter().find_map(|(prefix, folder)| Some((path.strip_prefix(prefix.as_str())?, folder)))?;
        if inside.split('/').any(|part| part == "..") {
            return None;
        }
        Some((kind(inside), fs::read(folder.join(decoded(inside))).ok()?))
    }
}

/// `%E5%AE%89` becomes `安`.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

/// What hosts compress on their own.
fn is_text(kind: &str) -> bool {
    kind.starts_with("text/") || kind.ends_with("json") || kind.ends_with("svg+xml")
}

/// At the level that servers use.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let level = libdeflater::CompressionLvl::new(6).expect("a level there is");
    let mut compressor = libdeflater::Compressor::new(level);
    let mut packed = vec![0; compressor.gzip_compress_bound(bytes.len())];
    let length = compressor.gzip_compress(bytes, &mut packed).expect("the room is enough for any content");
    packed.truncate(length);
    packed
}

/// At a level that is fast enough to be used at each request.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut packed = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 22);
    packed.write_all(bytes).expect("memory takes it");
    packed.into_inner()
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::TcpStream;

    use super::super::laws::unpacked;
    use super::*;

    fn get(root: &str, path: &str) -> (String, Vec<u8>) {
        ask(root, path, "")
    }

    fn ask(root: &str, path: &str, field: &str) -> (String, Vec<u8>) {
        let host = root.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(host).expect("the server listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n{field}\r\n").expect("the server reads");
        stream.shutdown(std::net::Shutdown::Write).expect("the connection is open");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("the server answers");
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("headers end") + 4;
        (String::from_utf8_lossy(&bytes[..end]).into_owned(), bytes[end..].to_vec())
    }

    #[test]
    fn files_are_compressed_by_kind_and_every_byte_is_counted() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let text = "安全".repeat(500);
        fs::write(folder.path().join("甲.json"), &text).expect("it can be written");
        fs::write(folder.path().join("a.bin"), &text).expect("it can be written");
        let mounts = vec![("/x/".to_owned(), folder.path().to_owned())];
        let server = Server::start(mounts, HashMap::new(), Protocol::Http1).expect("a port is free");
        let (head, body) = get(&server.root, "/x/%E7%94%B2.json");
        assert!(head.contains("gzip") && unpacked(&body).expect("it is gzip") == text.as_bytes(), "{head}");
        let (head, body) = get(&server.root, "/x/a.bin");
        assert!(!head.contains("gzip") && body == text.as_bytes());
        let (part, third) = ask(&server.root, "/x/a.bin", "Range: bytes=3-5\r\n");
        assert!(
            part.starts_with("HTTP/1.1 206")
                && part.contains("Content-Range: bytes 3-5/3000")
                && third == "全".as_bytes()
        );
        assert!(get(&server.root, "/x/../a.bin").0.starts_with("HTTP/1.1 404"));
        let log = server.take_log();
        assert_eq!(log.len(), 4);
        assert_eq!((log[1].head, log[1].body), (head.len() as u64, body.len() as u64));
    }

    #[test]
    fn a_slow_line_is_slow() {
        let pages =
            HashMap::from([("/a".to_owned(), (0..40_000).map(|n| char::from(33 + (n * n % 89) as u8)).collect())]);
        let server = Server::start(Vec::new(), pages, Protocol::Http1).expect("a port is free");
        server.set_line(Line::SLOW);
        let started = Instant::now();
        let (head, body) = get(&server.root, "/a");
        let least = Duration::from_millis(150 + (head.len() + body.len()) as u64 / 200);
        assert!(started.elapsed() >= least - Duration::from_millis(5), "{:?} of {least:?}", started.elapsed());
    }
}
