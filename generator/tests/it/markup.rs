//! Reads HTML that was made by a machine: tags and attributes, strictly, without guessing.

use std::collections::BTreeSet;

/// An opening tag.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// The text up to the next tag.
    pub(crate) text: String,
}

/// A page as the list of its opening tags, and what is wrong with its nesting.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) tags: Vec<Tag>,
    pub(crate) faults: Vec<String>,
}

/// Elements without an end.
const VOID: [&str; 12] = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"];

impl Tag {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Page {
    pub(crate) fn parse(html: &str) -> Page {
        let mut page = Page::default();
        let mut open: Vec<String> = Vec::new();
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            if let Some(tag) = page.tags.last_mut() {
                tag.text.push_str(&unescape(&rest[..at]));
            }
            rest = &rest[at..];
            rest = match rest.as_bytes().get(1) {
                Some(b'!') => after(rest, if rest.starts_with("<!--") { "-->" } else { ">" }),
                Some(b'/') => page.close(&mut open, rest),
                _ => page.open(&mut open, rest),
            };
        }
        if !open.is_empty() {
            page.faults.push(format!("never closed: {open:?}"));
        }
        page
    }

    fn close<'h>(&mut self, open: &mut Vec<String>, html: &'h str) -> &'h str {
        let rest = after(html, ">");
        let name = html[2..html.len() - rest.len() - 1].trim().to_ascii_lowercase();
        // HTML lets a few ends be left out; ours writes them all.
        match open.pop() {
            Some(known) if known == name => {}
            known => self.faults.push(format!("</{name}> closes {known:?}")),
        }
        if let Some(tag) = self.tags.last_mut() {
            tag.text.push(' ');
        }
        rest
    }

    fn open<'h>(&mut self, open: &mut Vec<String>, html: &'h str) -> &'h str {
        let end = html[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '-').map_or(html.len(), |at| at + 1);
        let name = html[1..end].to_ascii_lowercase();
        if name.is_empty() {
            self.faults.push(format!("a bare < before {:?}", html.chars().take(20).collect::<String>()));
            return &html[1..];
        }
        let (attributes, self_closing, rest) = attributes(&html[end..]);
        let mut seen = BTreeSet::new();
        for (attribute, _) in &attributes {
            if !seen.insert(attribute.clone()) {
                self.faults.push(format!("<{name}> has {attribute} twice"));
            }
        }
        self.tags.push(Tag { name: name.clone(), attributes, text: String::new() });
        if matches!(name.as_str(), "script" | "style") {
            let end = format!("</{name}>");
            let text = rest.split(end.as_str()).next().unwrap_or_default();
            if let Some(tag) = self.tags.last_mut() {
                tag.text.push_str(text);
            }
            return after(rest, &end);
        }
        if !VOID.contains(&name.as_str()) && !self_closing {
            open.push(name);
        }
        rest
    }

    pub(crate) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Tag> {
        self.tags.iter().filter(move |tag| tag.name == name)
    }

    /// Every `id`, and those that stand twice as faults.
    pub(crate) fn ids(&self) -> (BTreeSet<&str>, Vec<&str>) {
        let mut ids = BTreeSet::new();
        let twice = self.tags.iter().filter_map(|tag| tag.get("id")).filter(|id| !ids.insert(*id)).collect();
        (ids, twice)
    }

    /// The content of `<meta name="…">`.
    pub(crate) fn meta(&self, name: &str) -> Option<&str> {
        self.named("meta").find(|tag| tag.get("name") == Some(name)).and_then(|tag| tag.get("content"))
    }
}

fn after<'h>(html: &'h str, mark: &str) -> &'h str {
    html.find(mark).map_or("", |at| &html[at + mark.len()..])
}

/// Attributes up to the `>`, whether it is `/>`, and what follows.
fn attributes(html: &str) -> (Vec<(String, String)>, bool, &str) {
    let mut found = Vec::new();
    let mut rest = html.trim_start();
    loop {
        if let Some(after) = rest.strip_prefix("/>") {
            return (found, true, after);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (found, false, after);
        }
        let end = rest.find(|c: char| c.is_whitespace() || "=>/".contains(c)).unwrap_or(rest.len());
        if rest.is_empty() || end == 0 {
            return (found, false, rest.get(1..).unwrap_or_default());
        }
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| "\"'".contains(*c));
            let (text, left) = match quote {
                Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                None => after.split_at(after.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(after.len())),
            };
            value = unescape(text);
            rest = left.trim_start();
        }
        found.push((name, value));
    }
}

/// The entities that our own templates write.
pub(crate) fn unescape(text: &str) -> String {
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2F;", "/"),
        ("&amp;", "&"),
    ];
    pairs.into_iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

#[test]
fn tags_attributes_and_faults_are_seen() {
    let page = Page::parse("<!DOCTYPE html><p class=\"a &amp; b\" hidden>x<br>y</p><svg><path d='1'/></svg>");
    assert_eq!(page.tags[0].get("class"), Some("a & b"));
    assert_eq!(page.tags[0].get("hidden"), Some(""));
    assert_eq!(page.tags[1].text, "y ");
    assert!(page.faults.is_empty(), "{:?}", page.faults);
    assert!(!Page::parse("<p><b>x</p>").faults.is_empty());
}
