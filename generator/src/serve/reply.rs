//! An answer as a value, and how tiny_http sends it.

use std::io::Write;

use tiny_http::{Header, Request, Response};

/// What is sent, but for a stream of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Media type.
    pub(crate) kind: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Headers that a file asks for.
    pub(crate) further: Vec<(String, String)>,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    pub(crate) fn new(status: u16, kind: &'static str, bytes: impl Into<Vec<u8>>) -> Reply {
        Reply { status, kind, headers: Vec::new(), further: Vec::new(), bytes: bytes.into() }
    }

    pub(crate) fn json(value: &serde_json::Value) -> Reply {
        Reply::new(200, kind("x.json"), value.to_string()).with("Cache-Control", "no-store")
    }

    pub(crate) fn refused(status: u16, why: &str) -> Reply {
        Reply::new(status, kind("x.txt"), format!("{why}\n"))
    }

    pub(crate) fn moved(to: &str) -> Reply {
        Reply::new(302, kind("x.txt"), "").with("Location", to)
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }
}

/// Sends an answer. A reader that is gone needs none.
pub(crate) fn send(request: Request, reply: Reply) {
    let mut response = Response::from_data(reply.bytes).with_status_code(reply.status);
    // Known in advance whatever its size: what arrives can be compared with what was promised.
    response = response.with_chunked_threshold(usize::MAX);
    response.add_header(header("Content-Type", reply.kind));
    for (name, value) in &reply.headers {
        response.add_header(header(name, value));
    }
    // What a person wrote and no header can hold is left out.
    for written in
        reply.further.iter().filter_map(|(name, value)| Header::from_bytes(name.as_str(), value.as_str()).ok())
    {
        response.add_header(written);
    }
    let _ = request.respond(response);
}

/// Begins a stream of changes, which `next` writes until it has no more or the reader is gone.
pub(crate) fn stream(request: Request, mut next: impl FnMut() -> Option<String>) {
    let mut writer = request.into_writer();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\
        X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n";
    let mut said = Some(head.to_owned());
    while let Some(text) = said {
        if writer.write_all(text.as_bytes()).and_then(|()| writer.flush()).is_err() {
            return;
        }
        said = next();
    }
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("headers of the preview are ASCII")
}

/// The value of a request's field.
pub(crate) fn field<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    let own = |header: &&Header| header.field.as_str().as_str().eq_ignore_ascii_case(name);
    request.headers().iter().find(own).map(|header| header.value.as_str())
}

/// Media type by the ending of a name.
pub(crate) fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "jsonl" => "application/jsonl",
        "geojson" => "application/geo+json",
        "webmanifest" => "application/manifest+json",
        "xml" => "application/xml",
        "txt" | "md" | "toml" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" | "jpe" | "jfif" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "doc" | "wps" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls" | "et" => "application/vnd.ms-excel",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "odt" => "application/vnd.oasis.opendocument.text",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}
