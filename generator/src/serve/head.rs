//! The first lines of a request become a `Head`, or the reason why it is refused. Pure.
//!
//! What stands behind takes what it is given, so nothing passes here that could be read in two ways: one
//! spelling of each line end, one `Host`, no body, no unknown method. Only the fields that some answer
//! depends on go on.

use super::hosts::Hosts;

/// Longest head, in bytes.
pub(crate) const LONGEST_HEAD: usize = 16 * 1024;
/// Longest address in it.
const LONGEST_TARGET: usize = 4 * 1024;
/// Most header fields.
const MOST_FIELDS: usize = 64;

/// Fields that answers depend on, in lower case. No others are handed on.
const HEEDED: [&str; 6] = ["accept-encoding", "if-none-match", "if-range", "range", "sec-fetch-site", MARK];

/// The field that a request which changes something must carry: a page of another site cannot send it.
pub(crate) const MARK: &str = "x-gongkai-preview";

/// A request that may be answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) method: Method,
    /// Path and query, as they were sent: begins with `/`, printable ASCII.
    pub(crate) target: String,
    fields: Vec<(&'static str, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Head,
    Post,
}

/// Why a request is refused: the status and a sentence. Where a person may have sent it, it is in both languages;
/// the others only a program sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) why: &'static str,
}

const fn bad(why: &'static str) -> Refusal {
    Refusal { status: 400, why }
}

pub(crate) const TOO_LONG: Refusal =
    Refusal { status: 431, why: "请求太长。The head of the request is too long." };
pub(crate) const TOO_SLOW: Refusal = Refusal { status: 408, why: "请求太慢。The request took too long." };

/// Where the head ends in what was read so far: the number of bytes up to and with the empty line.
pub(crate) fn end(bytes: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, b"\r\n\r\n").map(|at| at + 4)
}

/// Reads a whole head, the empty line included.
///
/// # Errors
/// The refusal to be sent.
pub(crate) fn parse(bytes: &[u8], hosts: &Hosts) -> Result<Head, Refusal> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii()).ok_or(bad("not ASCII"))?;
    let lines = text.strip_suffix("\r\n\r\n").ok_or(bad("no end"))?;
    if lines.bytes().any(|byte| byte == 0) || lines.replace("\r\n", "").contains(['\r', '\n']) {
        return Err(bad("a line that does not end as it should"));
    }
    let mut lines = lines.split("\r\n");
    let (method, target) = request_line(lines.next().unwrap_or_default())?;
    let mut host = None;
    let mut fields = Vec::new();
    for (count, line) in lines.enumerate() {
        if count == MOST_FIELDS {
            return Err(TOO_LONG);
        }
        let (name, value) = field(line)?;
        match name.as_str() {
            "host" if host.replace(value).is_some() => return Err(bad("two hosts")),
            "content-length" if value != "0" => return Err(bad("a body is not wanted")),
            "transfer-encoding" | "upgrade" | "expect" => return Err(bad("a body or upgrade is not wanted")),
            _ => {}
        }
        if let Some(heeded) = HEEDED.iter().find(|heeded| **heeded == name) {
            fields.push((*heeded, value.to_owned()));
        }
    }
    match host {
        None => Err(bad("no host")),
        Some(host) if !hosts.admit(host) => Err(Refusal {
            status: 421,
            why: "预览不能用这个名字访问。The preview is not reached under this name.",
        }),
        Some(_) => Ok(Head { method, target, fields }),
    }
}

fn request_line(line: &str) -> Result<(Method, String), Refusal> {
    let mut words = line.split(' ');
    let (Some(method), Some(target), Some(version), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(bad("not a request"));
    };
    let is_word = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !is_word || !version.starts_with("HTTP/") {
        return Err(bad("not a request"));
    }
    if !matches!(version, "HTTP/1.1" | "HTTP/1.0") {
        return Err(Refusal { status: 505, why: "only HTTP/1.1 is spoken here" });
    }
    if target.len() > LONGEST_TARGET {
        return Err(Refusal { status: 414, why: "the address is too long" });
    }
    if !target.starts_with('/') || target.starts_with("//") || !target.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(bad("not an address of this server"));
    }
    let method = match method {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        _ => return Err(Refusal { status: 405, why: "only GET, HEAD and POST are understood" }),
    };
    Ok((method, target.to_owned()))
}

/// Name in lower case and value. A line that goes on from the one before is refused, as HTTP asks.
fn field(line: &str) -> Result<(String, &str), Refusal> {
    let (name, value) = line.split_once(':').ok_or(bad("a header without a colon"))?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(bad("a header without a proper name"));
    }
    let value = value.trim_matches([' ', '\t']);
    if value.bytes().any(|byte| byte != b'\t' && byte.is_ascii_control()) {
        return Err(bad("a control character in a header"));
    }
    Ok((name.to_ascii_lowercase(), value))
}

impl Head {
    /// The request as it is handed on: the same meaning, one spelling, and no second request after it.
    pub(crate) fn written(&self) -> Vec<u8> {
        let method = match self.method {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
        };
        let mut text = format!("{method} {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", self.target);
        for (name, value) in &self.fields {
            text.extend([name, ": ", value, "\r\n"]);
        }
        text.push_str("\r\n");
        text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(request: &str) -> u16 {
        parse(request.as_bytes(), &Hosts::loopback()).map_or_else(|refusal| refusal.status, |_| 200)
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for (request, expected) in [
            ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200),
            ("GET /a?b=%E5 HTTP/1.0\r\nHost: 127.0.0.1:80\r\nX: y\r\n\r\n", 200),
            ("POST /__preview/day HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", 200),
            ("GET / HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
            ("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
            ("GET //evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
            ("GET /\u{5904} HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
            ("GET / HTTP/1.1\nHost: localhost\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: localhost\r\nA: b\rc\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\r\n", 400),
            ("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
            ("DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
            ("GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
            ("GET / HTTP/1.1 \r\nHost: localhost\r\n\r\n", 400),
            ("GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
            ("\r\n\r\n", 400),
            ("\x16\x03\x01 / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        ] {
            assert_eq!(status(request), expected, "{request:?}");
        }
        let many: String = (0..=MOST_FIELDS).map(|at| format!("X-{at}: y\r\n")).collect();
        assert_eq!(status(&format!("GET / HTTP/1.1\r\nHost: localhost\r\n{many}\r\n")), 431);
        let long = "a".repeat(LONGEST_TARGET);
        assert_eq!(status(&format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n")), 414);
    }

    #[test]
    fn only_what_is_heeded_goes_on() {
        let request = "GET /a HTTP/1.0\r\nHost: localhost\r\nCookie: secret\r\nRange:  bytes=0-1 \r\n\r\n";
        let head = parse(request.as_bytes(), &Hosts::loopback()).expect("it is well-formed");
        let written = String::from_utf8(head.written()).expect("a head is ASCII");
        assert_eq!(written, "GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nrange: bytes=0-1\r\n\r\n");
        assert_eq!(end(written.as_bytes()), Some(written.len()));
    }
}
