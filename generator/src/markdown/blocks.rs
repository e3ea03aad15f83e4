//! The elements of a text: what the writer does where one begins and ends, and which paragraph is a heading.

use std::mem;
use std::ops::Range;

use pulldown_cmark::{Alignment, HeadingLevel, Tag, TagEnd};

use super::chars::escape_attribute;
use super::heading::promoted_rank;
use super::writer::{OpenHeading, Writer};

impl<'a> Writer<'a> {
    pub(super) fn start(&mut self, tag: Tag<'a>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => self.start_paragraph(range),
            Tag::Heading { level, id, .. } => {
                let id = id.map(|id| self.clean(&id).into_owned()).filter(|id| !id.is_empty());
                self.start_heading(heading_rank(level), id);
            }
            Tag::BlockQuote(_) => self.start_container("<blockquote>\n"),
            Tag::List(None) => self.start_container("<ul>\n"),
            Tag::List(Some(1)) => self.start_container("<ol>\n"),
            Tag::List(Some(first)) => self.start_container(&format!("<ol start=\"{first}\">\n")),
            Tag::Item => self.start_block("<li>"),
            Tag::CodeBlock(_) => {
                self.quiet += 1;
                self.start_block("<pre tabindex=\"0\"><code>");
                self.fresh = false;
            }
            Tag::FootnoteDefinition(label) => {
                self.nesting += 1;
                let label = self.clean(&label).into_owned();
                self.suspended.push((label, mem::take(&mut self.out)));
            }
            Tag::Table(alignments) => self.start_table(alignments),
            Tag::TableHead => {
                (self.column, self.in_head) = (0, true);
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => self.start_cell(),
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str(if self.is_single_tilde(&range) { "~" } else { "<del>" }),
            Tag::Link { link_type, dest_url, title, .. } => self.start_link(link_type, &dest_url, &title, range),
            Tag::Image { dest_url, title, .. } => self.start_image(&dest_url, &title, range),
            Tag::HtmlBlock => self.start_block(""),
            // Not among OPTIONS.
            Tag::MetadataBlock(_) | Tag::Superscript | Tag::Subscript => {}
            Tag::DefinitionList | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => {}
        }
    }

    pub(super) fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Paragraph | TagEnd::Heading(_) => match self.heading.take() {
                Some(heading) => self.end_heading(heading),
                None => self.out.push_str("</p>\n"),
            },
            TagEnd::BlockQuote(_) => self.end_container("</blockquote>\n"),
            TagEnd::List(true) => self.end_container("</ol>\n"),
            TagEnd::List(false) => self.end_container("</ul>\n"),
            TagEnd::Item => self.out.push_str("</li>\n"),
            TagEnd::CodeBlock => {
                self.quiet -= 1;
                self.out.push_str("</code></pre>\n");
            }
            TagEnd::FootnoteDefinition => {
                self.nesting -= 1;
                let (label, before) = self.suspended.pop().expect("a note ends after it began");
                let body = mem::replace(&mut self.out, before);
                self.notes.define(&label, &body);
            }
            TagEnd::Table => self.end_container("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.in_head = false;
                self.out.push_str("</tr></thead>\n<tbody>\n");
            }
            TagEnd::TableRow => self.out.push_str("</tr>\n"),
            TagEnd::TableCell => self.out.push_str(if self.in_head { "</th>" } else { "</td>" }),
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Strikethrough => self.out.push_str(if self.is_single_tilde(&range) { "~" } else { "</del>" }),
            TagEnd::Link => {
                self.quiet -= 1;
                if self.anchors.pop() == Some(true) {
                    self.out.push_str("</a>");
                }
            }
            TagEnd::HtmlBlock => self.last = None,
            TagEnd::Image | TagEnd::MetadataBlock(_) | TagEnd::Superscript | TagEnd::Subscript => {}
            TagEnd::DefinitionList | TagEnd::DefinitionListTitle | TagEnd::DefinitionListDefinition => {}
        }
    }

    fn start_block(&mut self, tag: &str) {
        self.out.push_str(tag);
        self.last = None;
        self.fresh = true;
        self.annotator.start_block();
    }

    fn start_container(&mut self, tag: &str) {
        // A tight list inside an item follows text, not a tag.
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.nesting += 1;
        self.start_block(tag);
    }

    fn end_container(&mut self, tag: &str) {
        self.nesting -= 1;
        self.out.push_str(tag);
        self.last = None;
    }

    fn start_paragraph(&mut self, range: Range<usize>) {
        let rank = if self.nesting == 0 { promoted_rank(&self.prepared.text[range]) } else { None };
        match rank {
            Some(rank) => self.start_heading(rank, None),
            None => self.start_block("<p>"),
        }
    }

    fn start_heading(&mut self, rank: u8, id: Option<String>) {
        self.start_block("");
        self.quiet += 1;
        self.heading = Some(OpenHeading { start: self.out.len(), rank, id, text: String::new() });
    }

    fn end_heading(&mut self, heading: OpenHeading) {
        self.quiet -= 1;
        let content = self.out.split_off(heading.start);
        let added = self.outline.add(heading.rank, heading.id, &heading.text);
        let level = char::from(b'0' + added.level);
        self.out.extend(["<h", level.encode_utf8(&mut [0; 4]), " id=\""]);
        escape_attribute(&added.id, &mut self.out);
        self.out.extend(["\">", content.trim(), "</h", level.encode_utf8(&mut [0; 4]), ">\n"]);
    }

    fn start_table(&mut self, alignments: Vec<Alignment>) {
        self.tables += 1;
        self.alignments = alignments;
        let mut tag = table_opening(self.tables);
        if let Some(heading) = self.outline.headings.last() {
            // Several regions of a page need several names.
            tag.push('：');
            escape_attribute(&heading.text, &mut tag);
        }
        tag.push_str("\"><table>\n");
        self.start_container(&tag);
    }

    fn start_cell(&mut self) {
        self.start_block(if self.in_head { "<th scope=\"col\"" } else { "<td" });
        self.out.push_str(match self.alignments.get(self.column) {
            // A class, because a strict content security policy forbids the style attribute.
            Some(Alignment::Left) => " class=\"align-left\">",
            Some(Alignment::Center) => " class=\"align-center\">",
            Some(Alignment::Right) => " class=\"align-right\">",
            Some(Alignment::None) | None => ">",
        });
        self.column += 1;
    }
}

/// The box a wide table scrolls in, up to its name.
pub(super) fn table_opening(number: usize) -> String {
    format!("<div class=\"table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"表格 {number}")
}

fn heading_rank(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 10,
        HeadingLevel::H2 => 20,
        HeadingLevel::H3 => 30,
        HeadingLevel::H4 => 40,
        HeadingLevel::H5 => 50,
        HeadingLevel::H6 => 60,
    }
}
