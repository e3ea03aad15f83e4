//! Addresses in Markdown: which are allowed, which are followed inside the site, and how they are written as HTML.
//! Turns link and image targets into tags and into references to check. Knows routes only through `Context::resolve`.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{LinkType, Tag};

use super::chars::{escape_address, escape_attribute};
use super::emphasis::strip;
use super::heading::cited_id;
use super::{Context, Reference};

/// What an address is, decided by its scheme alone.
#[derive(Debug, PartialEq)]
pub(super) enum Target<'a> {
    External,
    /// `mailto:` and `tel:`.
    Contact,
    Fragment(&'a str),
    /// The path, still percent-encoded, and what follows it from `?` or `#`.
    Relative(&'a str, &'a str),
    Forbidden,
}

pub(super) fn classify(address: &str) -> Target<'_> {
    let address = address.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if address.starts_with("//") {
        return Target::External;
    }
    let end = address.find(['?', '#']).unwrap_or(address.len());
    let (path, suffix) = address.split_at(end);
    if let Some(scheme) = scheme(path) {
        return match scheme.as_str() {
            "http" | "https" => Target::External,
            "mailto" | "tel" => Target::Contact,
            _ => Target::Forbidden,
        };
    }
    match suffix.strip_prefix('#') {
        Some(fragment) if path.is_empty() => Target::Fragment(fragment),
        _ if path.is_empty() => Target::Forbidden,
        _ => Target::Relative(path, suffix),
    }
}

/// Writes `<a …>`, or nothing when the target is forbidden or unknown. `rest` holds further attributes, ready to write.
pub(super) fn open_link(address: &str, rest: &str, context: &Context<'_>, out: &mut String) -> bool {
    let address = address.trim();
    match classify(address) {
        Target::External => {
            out.push_str("<a class=\"external\" href=\"");
            escape_address(address, out);
            out.push_str("\" rel=\"noopener noreferrer\"");
        }
        Target::Contact => {
            out.push_str("<a href=\"");
            escape_address(address, out);
            out.push('"');
        }
        Target::Fragment(fragment) => {
            out.push_str("<a href=\"#");
            write_fragment(fragment, out);
            out.push('"');
        }
        Target::Relative(path, suffix) => {
            let Some(route) = (context.resolve)(&decode(path)) else {
                return false;
            };
            out.push_str("<a href=\"");
            escape_address(context.root, out);
            escape_address(&route, out);
            write_suffix(suffix, out);
            out.push('"');
        }
        Target::Forbidden => return false,
    }
    out.push_str(rest);
    out.push('>');
    true
}

/// Writes `<img …>`, or nothing when the target is forbidden or unknown. `rest` holds alt and other attributes.
pub(super) fn write_image(address: &str, rest: &str, context: &Context<'_>, out: &mut String) -> bool {
    let address = address.trim();
    match classify(address) {
        Target::External => {
            out.push_str("<img src=\"");
            escape_address(address, out);
        }
        Target::Relative(path, _) => {
            let Some(route) = (context.resolve)(&decode(path)) else {
                return false;
            };
            out.push_str("<img src=\"");
            escape_address(context.root, out);
            escape_address(&route, out);
        }
        Target::Contact | Target::Fragment(_) | Target::Forbidden => return false,
    }
    out.push('"');
    out.push_str(rest);
    out.push_str(" loading=\"lazy\" decoding=\"async\">");
    true
}

/// A ` title="…"` attribute, or nothing.
pub(super) fn title_attribute(title: &str) -> String {
    let mut attribute = String::new();
    if !title.is_empty() {
        attribute.push_str(" title=\"");
        escape_attribute(title, &mut attribute);
        attribute.push('"');
    }
    attribute
}

/// The reference that a Markdown element makes, if it is a link or an image.
pub(super) fn tag_reference(source: &str, range: Range<usize>, tag: &Tag<'_>) -> Option<Reference> {
    match tag {
        // <a@example.cn> has no scheme, but is no place in the site.
        Tag::Link { link_type: LinkType::Email, .. } => None,
        Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => reference(source, range, &strip(dest_url)),
        _ => None,
    }
}

/// The reference that a Markdown link or image makes, if it leads to a place in the site.
pub(super) fn reference(source: &str, range: Range<usize>, address: &str) -> Option<Reference> {
    let Target::Relative(path, _) = classify(address) else {
        return None;
    };
    let target = decode(path).into_owned();
    // The caret of a diagnostic belongs under the target; a reference-style link names it elsewhere.
    let place = source.get(range.clone()).and_then(|link| link.rfind(address));
    let range = place.map_or(range.clone(), |at| range.start + at..range.start + at + address.len());
    Some(Reference { target, range })
}

/// The references that a piece of raw HTML makes; `start` is its place in the source.
pub(super) fn raw_references(html: &str, start: usize, references: &mut Vec<Reference>) {
    if html.starts_with("<!--") {
        return;
    }
    for (at, _) in html.match_indices('=') {
        let name =
            html[..at].trim_end().rsplit(|c: char| c.is_ascii_whitespace() || matches!(c, '"' | '\'' | '/')).next();
        if !name.is_some_and(|name| name.eq_ignore_ascii_case("href") || name.eq_ignore_ascii_case("src")) {
            continue;
        }
        let rest = html[at + 1..].trim_start();
        let value = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => rest[1..].split(quote).next().unwrap_or_default(),
            _ => rest.split(|c: char| c.is_ascii_whitespace() || c == '>').next().unwrap_or_default(),
        };
        if let Target::Relative(path, _) = classify(&value.replace("&amp;", "&")) {
            let quoted = usize::from(rest.starts_with(['"', '\'']));
            let offset = start + html.len() - rest.len() + quoted;
            references.push(Reference { target: decode(path).into_owned(), range: offset..offset + value.len() });
        }
    }
}

fn write_suffix(suffix: &str, out: &mut String) {
    match suffix.split_once('#') {
        Some((query, fragment)) => {
            escape_address(query, out);
            out.push('#');
            write_fragment(fragment, out);
        }
        None => escape_address(suffix, out),
    }
}

/// `#三（八）` is how people cite; `#s3-8` is what the heading is called.
fn write_fragment(fragment: &str, out: &mut String) {
    match cited_id(&decode(fragment)) {
        Some(id) => out.push_str(&id),
        None => escape_address(fragment, out),
    }
}

/// The scheme in small letters. Browsers ignore control characters and spaces in it, so they do not hide it here.
fn scheme(path: &str) -> Option<String> {
    let (head, _) = path.split_once(':')?;
    let scheme: String = head.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let wellformed = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    wellformed.then(|| scheme.to_ascii_lowercase())
}

fn decode(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair =
            bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%').and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).map_or(Cow::Borrowed(path), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        fn check(address: &str, expected: Target<'_>) {
            assert_eq!(classify(address), expected, "{address}");
        }
        check("https://example.cn/a", Target::External);
        check("HTTP://example.cn", Target::External);
        check("//example.cn", Target::External);
        check("mailto:a@example.cn", Target::Contact);
        check("tel:12350", Target::Contact);
        check("javascript:alert(1)", Target::Forbidden);
        check(" java\nscript:alert(1)", Target::Forbidden);
        check("\u{1}javascript:x", Target::Forbidden);
        check("data:text/html,x", Target::Forbidden);
        check("vbscript:x", Target::Forbidden);
        check("", Target::Forbidden);
        check("?a=1", Target::Forbidden);
        check("#s1", Target::Fragment("s1"));
        check("a.md", Target::Relative("a.md", ""));
        check("../b/a.md?x=1#s1", Target::Relative("../b/a.md", "?x=1#s1"));
        check("附件：说明.pdf", Target::Relative("附件：说明.pdf", ""));
        check("a?b=c:d", Target::Relative("a", "?b=c:d"));
    }

    #[test]
    fn raw_html_is_searched_for_targets() {
        fn check(html: &str, expected: &[(&str, &str)]) {
            let mut found = Vec::new();
            raw_references(html, 0, &mut found);
            let found: Vec<(&str, &str)> = found.iter().map(|r| (r.target.as_str(), &html[r.range.clone()])).collect();
            assert_eq!(found, expected, "{html}");
        }
        check("<a href=\"a.md\">", &[("a.md", "a.md")]);
        check("<img alt='x' SRC = 'b%20c.png'>", &[("b c.png", "b%20c.png")]);
        check("<a href=d.md>e</a>", &[("d.md", "d.md")]);
        check("<a href=\"https://x.cn\" title=\"y\">", &[]);
        check("<a data-href=\"d.md\" href=>", &[]);
        check("=", &[]);
    }

    #[test]
    fn percent_encoding_is_undone_when_it_is_text() {
        fn check(input: &str, expected: &str) {
            assert_eq!(decode(input), expected);
        }
        check("a b", "a b");
        check("%E5%AE%89", "安");
        check("100%", "100%");
        check("%zz%4", "%zz%4");
        check("%FF", "%FF");
        check("%安全", "%安全");
    }
}
