//! Turns the facts of a portal into the files that hosts read: `_headers` and `_redirects` (Netlify, Cloudflare
//! Pages), `staticwebapp.config.json` (Azure Static Web Apps) and a snippet for nginx. All say the same. It
//! must not know which files exist.
//!
//! HSTS counts for a whole host, which is why a build never says it by itself: these files are asked for.

use serde_json::json;

use super::headers::{HASHED, HASHED_SEARCH, IMMUTABLE, NO_CACHE, SECURITY, with_security};

/// Beyond `SECURITY`: only over TLS, no device, no window of another site.
const STRICT: [(&str, &str); 4] = [
    ("Strict-Transport-Security", "max-age=31536000"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("X-Frame-Options", "SAMEORIGIN"),
];

/// A portal as its host sees it.
pub(crate) struct Hosted<'a> {
    /// Path below the host, from `/` to `/`.
    pub(crate) base: &'a str,
    /// Old routes and where they lead now, relative to the base.
    pub(crate) moved: Vec<(&'a str, &'a str)>,
}

fn security() -> Vec<(&'static str, &'static str)> {
    SECURITY.into_iter().chain(STRICT).collect()
}

fn hashed() -> Vec<&'static str> {
    [HASHED, HASHED_SEARCH].concat()
}

/// `_headers`.
pub(crate) fn headers(hosted: &Hosted<'_>) -> String {
    with_security(hosted.base, &security(), &["search/root.json"], &hashed())
}

/// `_redirects`: an old address a line.
pub(crate) fn redirects(hosted: &Hosted<'_>) -> String {
    let base = hosted.base;
    hosted.moved.iter().map(|(from, to)| format!("{base}{from} {base}{to} 301\n")).collect()
}

/// `staticwebapp.config.json`.
pub(crate) fn static_web_app(hosted: &Hosted<'_>) -> String {
    let base = hosted.base;
    let cached = hashed().into_iter().map(|pattern| {
        // A star stands at the end of a segment only.
        let route = format!("{base}{}", pattern.trim_end_matches('*'));
        json!({ "route": format!("{route}*"), "headers": { "Cache-Control": IMMUTABLE } })
    });
    let moved = hosted.moved.iter().map(
        |(from, to)| json!({ "route": format!("{base}{from}"), "redirect": format!("{base}{to}"), "statusCode": 301 }),
    );
    let mut all: serde_json::Map<String, serde_json::Value> =
        security().into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    all.insert("Cache-Control".to_owned(), json!(NO_CACHE));
    let config = json!({
        "globalHeaders": all,
        "routes": moved.chain(cached).collect::<Vec<_>>(),
        "responseOverrides": { "404": { "rewrite": format!("{base}404.html") } },
    });
    serde_json::to_string_pretty(&config).expect("strings always serialise") + "\n"
}

/// A snippet for a `server` block. nginx forgets outer headers where a location adds its own, so each
/// location says them all.
pub(crate) fn nginx(hosted: &Hosted<'_>) -> String {
    let base = hosted.base;
    let block = |head: &str, cache: &str| {
        let mut lines =
            format!("location {head} {{\n    gzip_static on;\n    add_header Cache-Control \"{cache}\" always;\n");
        for (name, value) in security() {
            lines += &format!("    add_header {name} \"{value}\" always;\n");
        }
        lines + "}\n\n"
    };
    let mut out = String::from("# Include in the server block of the host. gzip_static serves stored .gz files.\n");
    out += &format!("error_page 404 {base}404.html;\n\nlocation ~ /\\. {{ return 404; }}\n\n");
    for (from, to) in &hosted.moved {
        out += &format!("location = {base}{from} {{ return 301 {base}{to}; }}\n");
    }
    if !hosted.moved.is_empty() {
        out.push('\n');
    }
    for pattern in hashed() {
        out += &block(&format!("^~ {base}{}", pattern.trim_end_matches('*')), IMMUTABLE);
    }
    out + block(base, NO_CACHE).trim_end() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosted() -> Hosted<'static> {
        Hosted { base: "/p/", moved: vec![("old.html", "news/a.html")] }
    }

    #[test]
    fn every_host_gets_every_security_header() {
        for text in [headers(&hosted()), static_web_app(&hosted()), nginx(&hosted())] {
            for (name, value) in security() {
                assert!(text.contains(name) && text.contains(value), "{name}\n{text}");
            }
            assert!(text.contains(IMMUTABLE) && text.contains(NO_CACHE), "{text}");
        }
    }

    #[test]
    fn every_host_gets_every_redirect() {
        assert_eq!(redirects(&hosted()), "/p/old.html /p/news/a.html 301\n");
        assert!(nginx(&hosted()).contains("location = /p/old.html { return 301 /p/news/a.html; }"));
        let azure: serde_json::Value = serde_json::from_str(&static_web_app(&hosted())).expect("JSON");
        assert_eq!(azure["routes"][0]["redirect"], "/p/news/a.html");
    }
}
