//! Markdown of editors to safe HTML for pages, text for summaries and references for checking.
//! `prepare` (emphasis) -> parser -> `writer` -> only with raw HTML `sanitize`. Pure: what a relative link means
//! and which documents exist comes in through `Context`; this module must not know registers, files or templates.

mod annotate;
mod blocks;
mod chars;
mod emphasis;
mod heading;
mod inline;
mod links;
mod notes;
mod numeral;
mod plain;
mod sanitize;
mod url;
mod writer;

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser};

pub(crate) use links::Links;
pub(crate) use plain::{blocks, plain_text};

/// What a text is rendered for.
pub(crate) struct Context<'a> {
    pub(crate) links: &'a Links,
    /// From the page to the top of the site: "", "../", …
    pub(crate) root: &'a str,
    /// Route of the page, which titles and terms do not link to.
    pub(crate) own_route: &'a str,
    /// Relative target, decoded and without `?` and `#`, to a route of the site. Unknown targets lose their link.
    pub(crate) resolve: &'a dyn Fn(&str) -> Option<String>,
    /// Level of the heading the text stands under; 0 counts as 1.
    pub(crate) heading_base: u8,
}

#[derive(Debug, PartialEq)]
pub(crate) struct Rendered {
    pub(crate) html: String,
    pub(crate) toc: Vec<Heading>,
    /// Titles in 《》, without the brackets, that no document of the site has; each once.
    pub(crate) citations: Vec<String>,
    pub(crate) references: Vec<Reference>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heading {
    pub(crate) id: String,
    pub(crate) text: String,
    /// 2 to 6.
    pub(crate) level: u8,
}

/// A link or image that leads to a place in the site.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reference {
    /// As `Context::resolve` is asked for it.
    pub(crate) target: String,
    /// Bytes of the target in the source, or of the whole link when the target is named elsewhere.
    pub(crate) range: Range<usize>,
}

const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES);

pub(crate) fn render(source: &str, context: &Context<'_>) -> Rendered {
    let prepared = emphasis::prepare(source);
    // Raw HTML is rare and costs a second pass, so it is not looked for but met.
    match writer::write(source, &prepared, context, writer::RawHtml::Refused) {
        Some(written) => written.rendered,
        None => {
            let written = writer::write(source, &prepared, context, writer::RawHtml::Kept);
            let writer::Written { mut rendered, tables } = written.expect("only refused raw HTML stops the writer");
            rendered.html = sanitize::clean(&rendered.html, context, tables);
            rendered
        }
    }
}

/// The references of `render`, without rendering.
pub(crate) fn references(source: &str) -> Vec<Reference> {
    let mut references = Vec::new();
    if !chars::may_link(source) && !chars::has_mark(source) {
        return references;
    }
    let prepared = emphasis::prepare(source);
    for (event, range) in Parser::new_ext(&prepared.text, OPTIONS).into_offset_iter() {
        let range = prepared.source_range(range);
        match event {
            Event::Start(tag) => references.extend(url::tag_reference(source, range, &tag)),
            Event::Html(html) | Event::InlineHtml(html) => {
                url::raw_references(&emphasis::strip(&html), range.start, &mut references);
            }
            _ => {}
        }
    }
    references
}

#[cfg(test)]
mod tests;
