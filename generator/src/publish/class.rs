//! What kind of file a path is: in which phase it is uploaded, its media type, and how long a copy may be used.
//! Pure tables; must not know what is published already.

use crate::format::headers::{HASHED, HASHED_SEARCH, IMMUTABLE, NO_CACHE};

/// From what nothing depends on to what everything is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Its address holds the hash of its content.
    Hashed,
    /// A page or file of its own.
    Leaf,
    /// A page that lists others.
    List,
    /// Where readers and programs begin: home, feeds, sitemaps, the root of the search index.
    Pointer,
}

pub(super) fn class(path: &str) -> Class {
    let plain = plain(path);
    let name = plain.rsplit('/').next().unwrap_or(plain);
    let hashed = HASHED.iter().chain(HASHED_SEARCH).any(|pattern| plain.starts_with(pattern.trim_end_matches('*')));
    let at_top = !plain.contains('/');
    let begins = at_top || plain == "search/root.json" || ["feed.xml", "feed.json"].contains(&name);
    if hashed {
        Class::Hashed
    } else if begins {
        Class::Pointer
    } else if name.starts_with("index.") || name.starts_with("page-") {
        Class::List
    } else {
        Class::Leaf
    }
}

/// Whether readers are led on from a file: a page names others, which come before it and go after it.
pub(super) fn is_page(path: &str) -> bool {
    plain(path).ends_with(".html")
}

/// A path without the ending of a compressed copy.
fn plain(path: &str) -> &str {
    path.trim_end_matches(".gz").trim_end_matches(".br")
}

/// The media type of a file by its name; texts are UTF-8.
pub(super) fn content_type(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        _ if name == "feed.xml" => return "application/atom+xml; charset=utf-8".to_owned(),
        _ if name == "feed.json" => return "application/feed+json; charset=utf-8".to_owned(),
        Some("ics") => return "text/calendar; charset=utf-8".to_owned(),
        Some("md") => return "text/markdown; charset=utf-8".to_owned(),
        // `_headers` and the like are for hosts to read; all other files without an extension are search data.
        None if name.starts_with('_') => return "text/plain; charset=utf-8".to_owned(),
        _ => {}
    }
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    let is_text = guess.type_() == "text" || is_textual(guess.essence_str());
    if is_text { format!("{}; charset=utf-8", guess.essence_str()) } else { guess.essence_str().to_owned() }
}

fn is_textual(essence: &str) -> bool {
    ["application/json", "application/xml", "application/javascript", "image/svg+xml"].contains(&essence)
}

/// Whether compressing is worth while.
pub(super) fn compresses(content_type: &str) -> bool {
    content_type.contains("charset=")
}

/// `page_seconds` counts only where nothing expires: a copy that may be used for a while, taken shortly
/// before midnight, would outlive a record that ends then. Otherwise a copy is asked for each time.
pub(super) fn cache_control(class: Class, something_expires: bool, page_seconds: u32) -> String {
    match class {
        Class::Hashed => IMMUTABLE.to_owned(),
        _ if something_expires || page_seconds == 0 => NO_CACHE.to_owned(),
        _ => format!("public, max-age={page_seconds}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        for (path, expected) in [
            ("assets/main-0123.css", Class::Hashed),
            ("files/0123.pdf", Class::Hashed),
            ("search/year-ab/g/0", Class::Hashed),
            ("search/client-ab.js", Class::Hashed),
            ("search/root.json", Class::Pointer),
            ("search/index.html", Class::List),
            ("news/a.html", Class::Leaf),
            ("news/a.html.gz", Class::Leaf),
            ("news/index.html", Class::List),
            ("news/page-2.html", Class::List),
            ("news/feed.xml", Class::Pointer),
            ("index.html", Class::Pointer),
            ("index.html.br", Class::Pointer),
            ("sitemap-2.xml", Class::Pointer),
        ] {
            assert_eq!(class(path), expected, "{path}");
        }
    }

    #[test]
    fn media_types() {
        for (path, expected) in [
            ("a/index.html", "text/html; charset=utf-8"),
            ("a.css", "text/css; charset=utf-8"),
            ("a.js", "text/javascript; charset=utf-8"),
            ("a.json", "application/json; charset=utf-8"),
            ("feed.xml", "application/atom+xml; charset=utf-8"),
            ("a/feed.json", "application/feed+json; charset=utf-8"),
            ("a.csv", "text/csv; charset=utf-8"),
            ("a.svg", "image/svg+xml; charset=utf-8"),
            ("a.pdf", "application/pdf"),
            ("a.png", "image/png"),
            ("search/year-ab/g/0", "application/octet-stream"),
            ("_headers", "text/plain; charset=utf-8"),
            ("a.unheard-of", "application/octet-stream"),
        ] {
            assert_eq!(content_type(path), expected, "{path}");
        }
    }

    #[test]
    fn copies() {
        assert_eq!(cache_control(Class::Hashed, true, 60), IMMUTABLE);
        assert_eq!(cache_control(Class::Leaf, true, 60), NO_CACHE);
        assert_eq!(cache_control(Class::Leaf, false, 0), NO_CACHE);
        assert_eq!(cache_control(Class::Pointer, false, 60), "public, max-age=60");
    }
}
