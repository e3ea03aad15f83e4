//! Turns the folders of hashed files into the text of a `_headers` file, in the syntax that Cloudflare Pages
//! and Netlify share. It must not know which files exist: patterns are given.
//!
//! Hosts join the values when two rules that match one path set the same header, and only one of them
//! can detach a header. So the security headers stand in one rule for all paths, and every rule that sets
//! `Cache-Control` matches paths that no other such rule matches.

/// Only files of the site itself; no inline script or style, so no hashes or nonces are needed.
/// `frame-ancestors` has no effect in a `<meta>` element, which is why the policy is a header.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";

/// For a file whose name holds the hash of its content.
pub(crate) const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// Files whose address holds the hash of their content, below the portal's root.
pub(crate) const HASHED: &[&str] = &["assets/*", "files/*"];
/// The same of a portal that can be searched.
pub(crate) const HASHED_SEARCH: &[&str] =
    &["search/archive-*", "search/year-*", "search/recent-*", "search/client-*", "search/han-*", "search/text/*"];

/// For a page: keep a copy, but ask before each use, so that a withdrawn page is gone at once.
pub(crate) const NO_CACHE: &str = "no-cache";

/// What every answer should say, whatever else a host decides.
pub(crate) const SECURITY: [(&str, &str); 3] = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
];

/// Addresses under which HTML is served: the home page and files by name. A folder address is left to the
/// hosts, whose own rule (`max-age=0, must-revalidate`) says the same: Netlify would read `/*/` as `/*`.
const PAGES: [&str; 2] = ["", "*.html"];

/// `base` is the path of the site below its host, `/` or `/portal/`. `immutable` are patterns below it that
/// match hashed files only, such as `assets/*`; `mutable` are other files to ask for each time, as pages are.
/// No two may overlap.
pub(crate) fn headers(base: &str, mutable: &[&str], immutable: &[&str]) -> String {
    with_security(base, &SECURITY, mutable, immutable)
}

/// The same with security headers of the caller's choice.
pub(crate) fn with_security(base: &str, security: &[(&str, &str)], mutable: &[&str], immutable: &[&str]) -> String {
    let mut out = String::new();
    rule(&mut out, &format!("{base}*"), security);
    for files in PAGES.iter().chain(mutable) {
        rule(&mut out, &format!("{base}{files}"), &[("Cache-Control", NO_CACHE)]);
    }
    for files in immutable {
        rule(&mut out, &format!("{base}{files}"), &[("Cache-Control", IMMUTABLE)]);
    }
    out
}

fn rule(out: &mut String, pattern: &str, headers: &[(&str, &str)]) {
    out.push_str(pattern);
    out.push('\n');
    for (name, value) in headers {
        out.extend(["  ", name, ": ", value, "\n"]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file() {
        fn check(base: &str, mutable: &[&str], immutable: &[&str], expected: &str) {
            let policy = "  X-Content-Type-Options: nosniff\n  \
                Referrer-Policy: strict-origin-when-cross-origin\n  \
                Content-Security-Policy: default-src 'self'; script-src 'self'; style-src 'self'; \
                img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; \
                frame-ancestors 'self'\n";
            assert_eq!(headers(base, mutable, immutable), expected.replace("{policy}", policy));
        }
        check(
            "/",
            &["data/now.json"],
            &["assets/*"],
            "/*\n{policy}/\n  Cache-Control: no-cache\n/*.html\n  Cache-Control: no-cache\n\
             /data/now.json\n  Cache-Control: no-cache\n\
             /assets/*\n  Cache-Control: public, max-age=31536000, immutable\n",
        );
        check(
            "/portal/",
            &[],
            &[],
            "/portal/*\n{policy}/portal/\n  Cache-Control: no-cache\n/portal/*.html\n  Cache-Control: no-cache\n",
        );
    }
}
