//! Markdown to text without markup, for summaries and search. Reads only as much of the source as the limit asks for.

use std::mem;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::OPTIONS;
use super::chars::{joins_lines, may_define};
use super::emphasis::{prepare, strip};

/// The whole text, one line a block.
pub(crate) fn blocks(source: &str) -> String {
    let mut text = Text { out: String::with_capacity(source.len()), left: usize::MAX, gap: Gap::None, between: '\n' };
    text.read(source);
    text.out
}

/// The first `limit_chars` characters of the text. Blocks are separated by one space.
pub(crate) fn plain_text(source: &str, limit_chars: usize) -> String {
    // Definitions of links and notes may stand at the end, so such a source is read whole.
    let mut end = if may_define(source) { source.len() } else { cut(source, limit_chars.saturating_mul(4)) };
    loop {
        let mut text = Text { out: String::new(), left: limit_chars, gap: Gap::None, between: ' ' };
        text.read(&source[..end]);
        // Markup may have taken the room of text: then read twice as far.
        if text.left == 0 || end == source.len() {
            return text.out;
        }
        end = cut(source, end.saturating_mul(2));
    }
}

/// The end of the paragraph in which this byte lies.
fn cut(source: &str, near: usize) -> usize {
    let Some(tail) = source.as_bytes().get(near..) else {
        return source.len();
    };
    // Line ends of either kind: an empty line is what lies between two of them.
    let found = tail.windows(2).position(|pair| pair == b"\n\n" || pair == b"\n\r");
    found.map_or(source.len(), |at| near + at + 1)
}

struct Text {
    out: String,
    /// How many characters may still come.
    left: usize,
    /// What is due before the next character.
    gap: Gap,
    /// What stands between two blocks.
    between: char,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Block,
}

impl Text {
    fn read(&mut self, source: &str) {
        let prepared = prepare(source);
        let mut hidden = Hidden::default();
        for (event, range) in Parser::new_ext(&prepared.text, OPTIONS).into_offset_iter() {
            if self.left == 0 {
                return;
            }
            match event {
                Event::Text(text) | Event::Code(text) if !hidden.is_open() => self.push(&strip(&text)),
                Event::SoftBreak => self.line_break(&prepared.text[range.end..]),
                Event::HardBreak | Event::Rule => self.gap = Gap::Block,
                Event::Html(html) => {
                    self.gap = Gap::Block;
                    hidden.html(&html, |text| self.push(text));
                    self.gap = Gap::Block;
                }
                Event::InlineHtml(html) => hidden.html(&html, |text| self.push(text)),
                Event::End(TagEnd::HtmlBlock) => hidden = Hidden::default(),
                Event::Start(Tag::Strikethrough) | Event::End(TagEnd::Strikethrough)
                    if !prepared.text[range.start..].starts_with("~~") =>
                {
                    self.push("~");
                }
                Event::End(TagEnd::Strikethrough) => {}
                Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link | TagEnd::Image) => {}
                Event::End(_) => self.gap = Gap::Block,
                _ => {}
            }
        }
    }

    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if self.left == 0 {
                return;
            }
            if c.is_whitespace() {
                self.gap = self.gap.max(Gap::Space);
                continue;
            }
            let gap = mem::take(&mut self.gap);
            if gap != Gap::None && !self.out.is_empty() {
                self.out.push(if gap == Gap::Block { self.between } else { ' ' });
                self.left -= 1;
                if self.left == 0 {
                    self.out.pop();
                    return;
                }
            }
            self.out.push(c);
            self.left -= 1;
        }
    }

    fn line_break(&mut self, rest: &str) {
        let after = rest.chars().find(|c| !matches!(c, ' ' | '\t' | '\u{3000}' | '>' | '*' | '_' | '~' | '['));
        let joined = self.out.chars().next_back().zip(after).is_some_and(|(before, after)| joins_lines(before, after));
        if !joined {
            self.gap = self.gap.max(Gap::Space);
        }
    }
}

/// What of raw HTML is not text: tags, comments, and the content of scripts and styles.
#[derive(Default)]
struct Hidden {
    /// The element whose content is left out.
    element: Option<&'static str>,
    in_tag: bool,
    in_comment: bool,
}

impl Hidden {
    fn is_open(&self) -> bool {
        self.element.is_some()
    }

    /// Hands over the text between the tags.
    fn html(&mut self, html: &str, mut text: impl FnMut(&str)) {
        let mut rest = html;
        while !rest.is_empty() {
            if self.in_comment || self.in_tag {
                let end = if self.in_comment { "-->" } else { ">" };
                let Some(at) = rest.find(end) else { return };
                rest = &rest[at + end.len()..];
                (self.in_comment, self.in_tag) = (false, false);
                continue;
            }
            let at = rest.find('<').unwrap_or(rest.len());
            if self.element.is_none() {
                text(
                    &rest[..at].replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"),
                );
            }
            rest = &rest[at..];
            self.in_comment = rest.starts_with("<!--");
            self.in_tag = !rest.is_empty() && !self.in_comment;
            self.enter(rest);
        }
    }

    fn enter(&mut self, tag: &str) {
        let is = |name: &str, from: usize| {
            tag.get(from..from + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
        };
        match self.element {
            Some(element) if tag.starts_with("</") && is(element, 2) => self.element = None,
            Some(_) => {}
            None => self.element = ["script", "style", "iframe"].into_iter().find(|name| is(name, 1)),
        }
    }
}
