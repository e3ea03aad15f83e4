//! HTML that holds raw HTML of an author, made safe: an allow-list of elements without scripts, styles, handlers or frames.
//! After it every link, image and table is treated as if it came from Markdown. Only runs when raw HTML was met.

use std::collections::{HashMap, HashSet};

use ammonia::Builder;

use super::{Context, blocks, url};

/// Cleans what the writer made with raw HTML kept; `tables` is how many tables it has numbered.
pub(super) fn clean(html: &str, context: &Context<'_>, tables: usize) -> String {
    let safe = allow_list().clean(html).to_string();
    let mut rewriter = Rewriter {
        context,
        out: String::with_capacity(safe.len() + 64),
        tables,
        anchors: Vec::new(),
        wrapped: Vec::new(),
    };
    let mut rest = safe.as_str();
    while let Some(start) = rest.find('<') {
        rewriter.out.push_str(&rest[..start]);
        let end = start + tag_length(&rest[start..]);
        rewriter.tag(&rest[start..end]);
        rest = &rest[end..];
    }
    rewriter.out.push_str(rest);
    rewriter.out
}

/// Classes and roles are those the writer gives; an author cannot add others.
fn allow_list() -> Builder<'static> {
    const TAGS: &str = "p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code kbd samp var em strong b i u s del ins \
        mark small sub sup abbr cite q span div section a img figure figcaption table caption colgroup col thead tbody tfoot tr \
        th td details summary ruby rt rp input time wbr";
    const DROPPED_WHOLE: &str =
        "script style iframe object embed noscript noembed noframes template textarea select title svg math";
    let attributes: [(&str, &[&str]); 13] = [
        ("a", &["href", "title", "aria-label"]),
        ("img", &["src", "alt", "title", "width", "height"]),
        ("th", &["colspan", "rowspan", "scope", "headers", "abbr"]),
        ("td", &["colspan", "rowspan", "headers"]),
        ("col", &["span"]),
        ("colgroup", &["span"]),
        ("ol", &["start", "reversed"]),
        ("li", &["value"]),
        ("details", &["open"]),
        ("abbr", &["title"]),
        ("time", &["datetime"]),
        ("div", &["aria-label"]),
        ("section", &["aria-label"]),
    ];
    let values: [(&str, &[(&str, &str)]); 3] = [
        ("div", &[("tabindex", "0"), ("role", "region")]),
        ("pre", &[("tabindex", "0")]),
        ("input", &[("type", "checkbox")]),
    ];
    let classes: [(&str, &[&str]); 6] = [
        ("a", &["cite", "term", "footnote-back"]),
        ("div", &["table-scroll"]),
        ("th", &["align-left", "align-center", "align-right"]),
        ("td", &["align-left", "align-center", "align-right"]),
        ("sup", &["footnote-ref"]),
        ("section", &["footnotes"]),
    ];
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.split_whitespace().collect())
        .clean_content_tags(DROPPED_WHOLE.split_whitespace().collect())
        .generic_attributes(HashSet::from(["id", "lang", "dir"]))
        .tag_attributes(attributes.into_iter().map(|(tag, names)| (tag, names.iter().copied().collect())).collect())
        .add_tag_attributes("input", ["disabled", "checked", "aria-label"].iter())
        .tag_attribute_values(values.into_iter().map(|(tag, pairs)| (tag, allowed_values(pairs))).collect())
        .allowed_classes(classes.into_iter().map(|(tag, names)| (tag, names.iter().copied().collect())).collect())
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(ammonia::UrlRelative::PassThrough)
        .link_rel(None);
    builder
}

fn allowed_values(pairs: &[(&'static str, &'static str)]) -> HashMap<&'static str, HashSet<&'static str>> {
    pairs.iter().map(|&(name, value)| (name, HashSet::from([value]))).collect()
}

/// The length of the tag at the start: quoted values may hold `>`.
fn tag_length(html: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in html.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
    }
    html.len()
}

/// Reads the sanitizer's output, in which every tag is well-formed and every value in double quotes.
struct Rewriter<'a> {
    context: &'a Context<'a>,
    out: String,
    tables: usize,
    /// Open links; false when the tag was left out.
    anchors: Vec<bool>,
    /// Open tables; true when they were put into a box here.
    wrapped: Vec<bool>,
}

impl Rewriter<'_> {
    fn tag(&mut self, tag: &str) {
        let inner = tag.trim_start_matches('<').trim_end_matches('>');
        let name = inner.split(' ').next().unwrap_or_default();
        match name {
            "a" => self.open_link(tag, inner),
            "/a" => {
                if self.anchors.pop() == Some(true) {
                    self.out.push_str(tag);
                }
            }
            "img" => self.image(inner),
            // A text box is no content; the writer's are all checkboxes.
            "input" if !inner.contains("type=\"checkbox\"") => {}
            "table" => self.open_table(tag),
            "/table" => {
                self.out.push_str(tag);
                if self.wrapped.pop() == Some(true) {
                    self.out.push_str("</div>");
                }
            }
            // The page has its own h1.
            "h1" | "/h1" => self.out.push_str(&tag.replacen("h1", "h2", 1)),
            _ => self.out.push_str(tag),
        }
    }

    fn open_link(&mut self, tag: &str, inner: &str) {
        let (address, rest, class) = attributes(inner, "href");
        let opened = match address {
            // The writer's own links are complete.
            _ if class.is_some() => {
                self.out.push_str(tag);
                true
            }
            Some(address) => url::open_link(&address, &rest, self.context, &mut self.out),
            None if rest.contains(" id=") => {
                self.out.extend(["<a", &rest, ">"]);
                true
            }
            None => false,
        };
        self.anchors.push(opened);
    }

    fn image(&mut self, inner: &str) {
        let (address, mut rest, _) = attributes(inner, "src");
        if !rest.contains(" alt=") {
            rest.push_str(" alt=\"\"");
        }
        let written = address.is_some_and(|address| url::write_image(&address, &rest, self.context, &mut self.out));
        if !written {
            let alt = rest.split(" alt=\"").nth(1).and_then(|value| value.split('"').next());
            self.out.push_str(alt.unwrap_or_default());
        }
    }

    fn open_table(&mut self, tag: &str) {
        let last_tag = self.out.rsplit('<').next().unwrap_or_default();
        let stands_in_box = last_tag.starts_with("div class=\"table-scroll\"") && last_tag.ends_with('>');
        let boxed = stands_in_box || !self.wrapped.is_empty();
        if !boxed {
            self.tables += 1;
            self.out.push_str(&blocks::table_opening(self.tables));
            self.out.push_str("\">");
        }
        self.wrapped.push(!boxed);
        self.out.push_str(tag);
    }
}

/// The address attribute decoded, the other attributes as they stand but the class, and the class.
fn attributes<'t>(inner: &'t str, address: &str) -> (Option<String>, String, Option<&'t str>) {
    let (mut found, mut rest, mut class) = (None, String::new(), None);
    let mut left = inner.split_once(' ').map_or("", |(_, attributes)| attributes);
    while let Some((name, after)) = left.split_once("=\"") {
        let (value, next) = after.split_once('"').unwrap_or((after, ""));
        match name.trim() {
            name if name == address => found = Some(decode(value)),
            "class" => class = Some(value).filter(|class| !class.is_empty()),
            name => rest.extend([" ", name, "=\"", value, "\""]),
        }
        left = next;
    }
    (found, rest, class)
}

/// The entities that a serializer writes in attribute values.
fn decode(value: &str) -> String {
    value
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{A0}")
        .replace("&amp;", "&")
}
