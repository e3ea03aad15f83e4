//! What was built, served as a content network would: `_headers`, `_redirects`, the error page, compression,
//! validators and ranges, below the base path. Reads the output folder for each request, so a new build is seen.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tiny_http::Request;
use xxhash_rust::xxh3::xxh3_128;

use super::address::{self, Wanted};
use super::range::{self, Part};
use super::reply::{self, Reply, kind};
use super::rules::Rules;
use crate::format::gzip::gzip;
use crate::route::Route;

/// The output folder of a site.
pub(crate) struct Built {
    pub(crate) folder: PathBuf,
    /// From `/` to `/`.
    pub(crate) base: String,
}

/// Files that speak to the host; readers do not get them.
const FOR_HOSTS: [&str; 2] = ["_headers", "_redirects"];
/// Smaller files are not worth packing.
const WORTH_PACKING: usize = 1024;
/// Redirects that stand in for another page lead no further than this.
const LONGEST_CHAIN: usize = 4;

/// What a request says beside its address.
#[derive(Default)]
struct Conditions<'r> {
    packed: bool,
    none_match: Option<&'r str>,
    range: Option<&'r str>,
    if_range: Option<&'r str>,
}

impl Built {
    /// Answers one request.
    pub(crate) fn answer(&self, request: Request) {
        let conditions = Conditions {
            packed: reply::field(&request, "accept-encoding").is_some_and(takes_gzip),
            none_match: reply::field(&request, "if-none-match"),
            range: reply::field(&request, "range"),
            if_range: reply::field(&request, "if-range"),
        };
        let reply = self.reply(request.url(), &conditions);
        reply::send(request, reply);
    }

    fn reply(&self, target: &str, conditions: &Conditions<'_>) -> Reply {
        let rules = Rules::read(&self.text(FOR_HOSTS[0]), &self.text(FOR_HOSTS[1]));
        let mut path = target.split('?').next().unwrap_or_default().to_owned();
        for _ in 0..LONGEST_CHAIN {
            match rules.redirect(&path) {
                Some((to, 200)) => path = to,
                Some((to, status)) => return Reply { status, ..Reply::moved(&to) },
                None => break,
            }
        }
        let is_folder = |route: &str| self.folder.join(route).join("index.html").is_file();
        let (found, status) = match address::wanted(&path, &self.base, &is_folder) {
            Wanted::Elsewhere(to) => return Reply { status: 301, ..Reply::moved(&to) },
            Wanted::Route(route) => match self.read(&route) {
                Ok(bytes) => (Some((route, bytes)), 200),
                Err(_) => (None, 404),
            },
            Wanted::Nothing | Wanted::Outside | Wanted::Own(..) => (None, 404),
        };
        let missing = Route::new("404.html");
        let (route, bytes) = found.unwrap_or_else(|| {
            let bytes = self.read(&missing).unwrap_or_else(|_| b"not found\n".to_vec());
            (missing, bytes)
        });
        let mut reply = file(route.as_str(), status, bytes, conditions);
        reply.further.extend(rules.headers(&path));
        reply
    }

    /// A file that readers may have. Links that lead out of the folder are not followed.
    fn read(&self, route: &Route) -> io::Result<Vec<u8>> {
        let name = route.as_str();
        if FOR_HOSTS.contains(&name) || name.split('/').any(|part| part.starts_with('.')) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let file = fs::canonicalize(self.folder.join(name))?;
        if !file.starts_with(fs::canonicalize(&self.folder)?) {
            return Err(io::ErrorKind::NotFound.into());
        }
        fs::read(file)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(Path::new(&self.folder).join(name)).unwrap_or_default()
    }
}

/// A file under the conditions of a request: not again what the reader has, only a part, or packed.
fn file(name: &str, status: u16, bytes: Vec<u8>, conditions: &Conditions<'_>) -> Reply {
    let tag = format!("\"{:032x}\"", xxh3_128(&bytes));
    let is_text = is_packable(kind(name)) && bytes.len() >= WORTH_PACKING;
    let whole = |bytes: Vec<u8>| {
        let reply = Reply::new(status, kind(name), bytes).with("ETag", tag.clone()).with("Accept-Ranges", "bytes");
        if is_text { reply.with("Vary", "Accept-Encoding") } else { reply }
    };
    if status != 200 {
        return whole(bytes);
    }
    if conditions.none_match.is_some_and(|known| matches(known, &tag)) {
        return Reply { status: 304, ..whole(Vec::new()) };
    }
    let range = conditions.range.filter(|_| conditions.if_range.is_none_or(|known| known == tag));
    match range.map(|range| range::part(range, bytes.len())) {
        Some(Part::Of(range)) => {
            let of = format!("bytes {}-{}/{}", range.start, range.end - 1, bytes.len());
            Reply { status: 206, ..whole(bytes[range].to_vec()) }.with("Content-Range", of)
        }
        Some(Part::Beyond) => {
            let of = format!("bytes */{}", bytes.len());
            Reply { status: 416, ..whole(Vec::new()) }.with("Content-Range", of)
        }
        Some(Part::Whole) | None if is_text && conditions.packed => {
            whole(gzip(&bytes)).with("Content-Encoding", "gzip")
        }
        Some(Part::Whole) | None => whole(bytes),
    }
}

/// Whether a list of validators holds this one; a network may have marked it as weak.
fn matches(known: &str, tag: &str) -> bool {
    known.trim() == "*" || known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

fn takes_gzip(field: &str) -> bool {
    field.split(',').map(str::trim).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next() == Some("gzip") && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn is_packable(kind: &str) -> bool {
    kind.starts_with("text/") || matches!(kind.rsplit(['/', '+']).next(), Some("json" | "xml" | "jsonl" | "wasm"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(conditions: &Conditions<'_>) -> (u16, usize) {
        let reply = file("a.html", 200, vec![b'x'; 4000], conditions);
        (reply.status, reply.bytes.len())
    }

    #[test]
    fn conditions_decide_what_is_sent() {
        let tag = format!("\"{:032x}\"", xxh3_128(&[b'x'; 4000]));
        let weak = format!("\"other\", W/{tag}");
        let range = Some("bytes=1-2");
        assert_eq!(status(&Conditions::default()), (200, 4000));
        assert_eq!(status(&Conditions { none_match: Some(&weak), ..Conditions::default() }), (304, 0));
        assert_eq!(status(&Conditions { range, ..Conditions::default() }), (206, 2));
        assert_eq!(status(&Conditions { range, if_range: Some(&tag), ..Conditions::default() }), (206, 2));
        assert_eq!(status(&Conditions { range, if_range: Some("\"old\""), ..Conditions::default() }), (200, 4000));
        assert_eq!(status(&Conditions { range: Some("bytes=4000-"), ..Conditions::default() }), (416, 0));
        assert!(status(&Conditions { packed: true, ..Conditions::default() }).1 < 100);
    }

    #[test]
    fn gzip_is_sent_only_to_those_who_take_it() {
        for (field, takes) in [
            ("gzip", true),
            ("br, gzip;q=0.8", true),
            ("gzip;q=0", false),
            ("br", false),
            ("", false),
            ("xgzip", false),
        ] {
            assert_eq!(takes_gzip(field), takes, "{field}");
        }
    }
}
