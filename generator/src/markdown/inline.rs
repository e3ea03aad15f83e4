//! Links, images and deletions: what the writer does with inline elements that carry more than a tag.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType};

use super::chars::{escape, escape_attribute};
use super::emphasis::strip;
use super::url;
use super::writer::{OpenImage, RawHtml, Writer};

impl Writer<'_> {
    pub(super) fn start_link(&mut self, kind: LinkType, address: &CowStr<'_>, title: &CowStr<'_>, range: Range<usize>) {
        self.quiet += 1;
        self.fresh = false;
        let address = self.clean(address);
        let rest = url::title_attribute(&self.clean(title));
        let opened = if kind == LinkType::Email {
            url::open_link(&format!("mailto:{address}"), &rest, self.context, &mut self.out)
        } else {
            self.references.extend(url::reference(self.source, self.prepared.source_range(range), &address));
            match self.raw {
                RawHtml::Refused => url::open_link(&address, &rest, self.context, &mut self.out),
                RawHtml::Kept => {
                    self.open_raw("<a href=\"", &address, &rest);
                    true
                }
            }
        };
        self.anchors.push(opened);
    }

    /// Leaves the target as it is: the sanitizer decides on Markdown and HTML alike.
    fn open_raw(&mut self, tag: &str, address: &str, rest: &str) {
        self.out.push_str(tag);
        escape_attribute(address, &mut self.out);
        self.out.extend(["\"", rest, ">"]);
    }

    pub(super) fn start_image(&mut self, address: &CowStr<'_>, title: &CowStr<'_>, range: Range<usize>) {
        let address = self.clean(address).into_owned();
        self.references.extend(url::reference(self.source, self.prepared.source_range(range), &address));
        let title = self.clean(title).into_owned();
        self.image = Some(OpenImage { nesting: 0, address, title, alt: String::new() });
    }

    /// Inside an image everything is its alternative text.
    pub(super) fn image_event(&mut self, event: Event<'_>, range: Range<usize>) {
        let Some(image) = &mut self.image else { return };
        match event {
            Event::Text(text) | Event::Code(text) => image.alt.push_str(&strip(&text)),
            Event::SoftBreak | Event::HardBreak => image.alt.push(' '),
            Event::Start(tag) => {
                image.nesting += 1;
                let range = self.prepared.source_range(range);
                self.references.extend(url::tag_reference(self.source, range, &tag));
            }
            // No part of the page, but `references` counts it too.
            Event::Html(html) | Event::InlineHtml(html) => {
                url::raw_references(&strip(&html), self.prepared.source_range(range).start, &mut self.references);
            }
            Event::End(_) if image.nesting > 0 => image.nesting -= 1,
            Event::End(_) => self.end_image(),
            _ => {}
        }
    }

    fn end_image(&mut self) {
        let Some(image) = self.image.take() else {
            return;
        };
        let mut rest = String::from(" alt=\"");
        escape_attribute(&image.alt, &mut rest);
        rest.push('"');
        rest.push_str(&url::title_attribute(&image.title));
        if self.raw == RawHtml::Kept {
            self.open_raw("<img src=\"", &image.address, &rest);
        } else if !url::write_image(&image.address, &rest, self.context, &mut self.out) {
            escape(&image.alt, &mut self.out);
        }
        self.last = None;
        self.fresh = false;
    }

    /// A single `~` is a range (5~10) in Chinese text, never a deletion.
    pub(super) fn is_single_tilde(&self, range: &Range<usize>) -> bool {
        !self.prepared.text[range.start..].starts_with("~~")
    }
}
