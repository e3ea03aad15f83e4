//! Parser events to HTML: the state of one text, its running text, links and images; `blocks` has the elements.
//! Decides which text may be linked. Must not know what a link means (`url`), which words are links (`links`) or what raw HTML may do (`sanitize`).

use std::borrow::Cow;
use std::mem;
use std::ops::Range;

use pulldown_cmark::{Alignment, Event, Parser};

use super::annotate::Annotator;
use super::chars::{MARK, escape, joins_lines};
use super::emphasis::{Prepared, strip};
use super::heading::Outline;
use super::notes::Notes;
use super::{Context, OPTIONS, Reference, Rendered, url};

/// Whether raw HTML may go into the output, which must then be sanitized.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum RawHtml {
    Refused,
    Kept,
}

pub(super) struct Written {
    pub(super) rendered: Rendered,
    pub(super) tables: usize,
}

/// The text as HTML; `None` when raw HTML was met and is refused.
pub(super) fn write(source: &str, prepared: &Prepared<'_>, context: &Context<'_>, raw: RawHtml) -> Option<Written> {
    let mut writer = Writer::new(source, prepared, context, raw);
    for (event, range) in Parser::new_ext(&prepared.text, OPTIONS).into_offset_iter() {
        writer.event(event, range)?;
    }
    writer.flush();
    writer.notes.finish(&mut writer.out);
    let rendered = Rendered {
        html: writer.out,
        toc: writer.outline.headings,
        citations: writer.annotator.unresolved,
        references: writer.references,
    };
    Some(Written { rendered, tables: writer.tables })
}

pub(super) struct Writer<'a> {
    pub(super) source: &'a str,
    pub(super) prepared: &'a Prepared<'a>,
    pub(super) context: &'a Context<'a>,
    pub(super) raw: RawHtml,
    pub(super) out: String,
    /// Text not yet written: neighbours are joined so that a title or term may span them.
    pub(super) text: String,
    /// The last character written, when it was text.
    pub(super) last: Option<char>,
    /// Nothing of the line's text is written yet.
    pub(super) fresh: bool,
    /// How many links, headings and pieces of code are open, in which no words are linked.
    pub(super) quiet: u32,
    /// How many lists, quotations and notes are open, in which no paragraph becomes a heading.
    pub(super) nesting: u32,
    pub(super) heading: Option<OpenHeading>,
    pub(super) image: Option<OpenImage>,
    /// Open links; false when the tag was left out.
    pub(super) anchors: Vec<bool>,
    /// Open footnotes, with the output they interrupt.
    pub(super) suspended: Vec<(String, String)>,
    pub(super) alignments: Vec<Alignment>,
    pub(super) column: usize,
    pub(super) in_head: bool,
    pub(super) tables: usize,
    pub(super) outline: Outline,
    pub(super) annotator: Annotator<'a>,
    pub(super) notes: Notes<'a>,
    pub(super) references: Vec<Reference>,
}

pub(super) struct OpenHeading {
    /// Where its content begins in the output.
    pub(super) start: usize,
    pub(super) rank: u8,
    pub(super) id: Option<String>,
    pub(super) text: String,
}

pub(super) struct OpenImage {
    pub(super) nesting: u32,
    pub(super) address: String,
    pub(super) title: String,
    pub(super) alt: String,
}

impl<'a> Writer<'a> {
    fn new(source: &'a str, prepared: &'a Prepared<'a>, context: &'a Context<'a>, raw: RawHtml) -> Writer<'a> {
        Writer {
            source,
            prepared,
            context,
            raw,
            out: String::with_capacity(source.len() + source.len() / 4 + 64),
            text: String::new(),
            last: None,
            fresh: true,
            quiet: 0,
            nesting: 0,
            heading: None,
            image: None,
            anchors: Vec::new(),
            suspended: Vec::new(),
            alignments: Vec::new(),
            column: 0,
            in_head: false,
            tables: 0,
            outline: Outline::new(context.heading_base),
            annotator: Annotator::new(context),
            notes: Notes::new(source),
            references: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'a>, range: Range<usize>) -> Option<()> {
        if self.image.is_some() {
            self.image_event(event, range);
            return Some(());
        }
        match event {
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.push(&text, &range),
            Event::SoftBreak => self.soft_break(range.end),
            Event::HardBreak => self.hard_break(),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html, range)?,
            Event::Start(tag) => {
                self.flush();
                self.start(tag, range);
            }
            Event::End(tag) => {
                self.flush();
                self.end(tag, range);
            }
            Event::Code(code) => self.code(&code),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::FootnoteReference(label) => {
                self.flush();
                self.notes.refer(&self.clean(&label), &mut self.out);
                self.last = None;
            }
            Event::TaskListMarker(done) => self.out.push_str(match done {
                true => "<input type=\"checkbox\" disabled checked aria-label=\"已完成\"> ",
                false => "<input type=\"checkbox\" disabled aria-label=\"未完成\"> ",
            }),
        }
        Some(())
    }

    /// The text without the marks of the emphasis pre-pass.
    pub(super) fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.prepared.is_marked() { strip(text) } else { Cow::Borrowed(text) }
    }

    fn push(&mut self, text: &str, range: &Range<usize>) {
        let text = if self.prepared.has_marks_in(range) { strip(text) } else { Cow::Borrowed(text) };
        // Text from Word opens a line with two wide spaces; the style sheet indents already.
        let shown = if self.fresh { text.trim_start_matches('\u{3000}') } else { &text };
        self.fresh &= shown.is_empty();
        self.text.push_str(shown);
    }

    pub(super) fn flush(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let mut text = mem::take(&mut self.text);
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(&text);
        }
        if self.quiet > 0 {
            escape(&text, &mut self.out);
        } else {
            self.annotator.write(&text, &mut self.out);
        }
        self.last = text.chars().next_back();
        text.clear();
        self.text = text;
    }

    /// A line break between two Chinese characters is layout; elsewhere it is a space.
    fn soft_break(&mut self, end: usize) {
        let before = self.text.chars().next_back().or(self.last);
        let visible = |c: &char| !matches!(c, ' ' | '\t' | '\u{3000}' | '>' | '*' | '_' | '~' | '[' | &MARK);
        let after = self.prepared.text.get(end..).and_then(|rest| rest.chars().find(visible));
        if !before.zip(after).is_some_and(|(before, after)| joins_lines(before, after)) {
            self.text.push('\n');
        }
        self.fresh = true;
    }

    pub(super) fn hard_break(&mut self) {
        self.flush();
        self.out.push_str("<br>\n");
        self.last = None;
        self.fresh = true;
    }

    fn code(&mut self, code: &str) {
        self.flush();
        let code = self.clean(code);
        self.out.push_str("<code>");
        escape(&code, &mut self.out);
        self.out.push_str("</code>");
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(&code);
        }
        self.last = None;
        self.fresh = false;
    }

    fn html(&mut self, html: &str, range: Range<usize>) -> Option<()> {
        let html = self.clean(html);
        let tag = html.trim();
        // The line break in table cells and the comment are so common that they do not count as raw HTML.
        if matches!(tag, "<br>" | "<br/>" | "<br />") {
            self.hard_break();
            return Some(());
        }
        if tag.starts_with("<!--") && tag.ends_with("-->") && tag.matches('>').count() == 1 {
            return Some(());
        }
        if self.raw == RawHtml::Refused {
            return None;
        }
        self.flush();
        url::raw_references(&html, self.prepared.source_range(range).start, &mut self.references);
        match quiet_tag(tag) {
            Some(QuietTag::Open) => self.quiet += 1,
            Some(QuietTag::Close) => self.quiet = self.quiet.saturating_sub(1).max(self.markdown_quiet()),
            None => {}
        }
        self.out.push_str(&html);
        self.last = None;
        Some(())
    }

    /// The part of `quiet` that Markdown itself opened and will close.
    fn markdown_quiet(&self) -> u32 {
        u32::try_from(self.anchors.len()).unwrap_or(u32::MAX) + u32::from(self.heading.is_some())
    }
}

enum QuietTag {
    Open,
    Close,
}

/// Whether a raw tag opens or closes an element in which no words are linked.
fn quiet_tag(tag: &str) -> Option<QuietTag> {
    let inner = tag.strip_prefix('<')?;
    let (kind, inner) = inner.strip_prefix('/').map_or((QuietTag::Open, inner), |inner| (QuietTag::Close, inner));
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let name = inner[..end].to_ascii_lowercase();
    matches!(name.as_str(), "a" | "code" | "kbd" | "pre" | "samp" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
        .then_some(kind)
}
