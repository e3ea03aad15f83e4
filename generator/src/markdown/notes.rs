//! Footnotes of one text: numbers them as they are referred to and writes them after it, with ways back.
//! Ids carry a hash of the text, because a page may hold several texts.

use std::collections::HashMap;
use std::fmt::Write;

use super::chars::short_hash;

pub(super) struct Notes<'a> {
    source: &'a str,
    key: String,
    order: Vec<Note>,
    numbers: HashMap<String, usize>,
}

#[derive(Default)]
struct Note {
    references: usize,
    body: String,
}

impl<'a> Notes<'a> {
    pub(super) fn new(source: &'a str) -> Notes<'a> {
        Notes { source, key: String::new(), order: Vec::new(), numbers: HashMap::new() }
    }

    /// Writes the raised number.
    pub(super) fn refer(&mut self, label: &str, out: &mut String) {
        let index = self.index(label);
        self.order[index].references += 1;
        let (key, number) = (&self.key, index + 1);
        let back = back_id(key, number, self.order[index].references);
        let tag =
            format!("<sup class=\"footnote-ref\"><a href=\"#fn-{key}-{number}\" id=\"{back}\">{number}</a></sup>");
        out.push_str(&tag);
    }

    pub(super) fn define(&mut self, label: &str, body: &str) {
        let index = self.index(label);
        self.order[index].body.push_str(body);
    }

    /// Writes all notes. One that nothing refers to is kept: text is not lost in silence.
    pub(super) fn finish(&self, out: &mut String) {
        if self.order.is_empty() {
            return;
        }
        out.push_str("<section class=\"footnotes\" aria-label=\"注释\">\n<ol>\n");
        for (i, note) in self.order.iter().enumerate() {
            let mut back = String::new();
            for reference in 1..=note.references {
                let id = back_id(&self.key, i + 1, reference);
                write!(back, " <a class=\"footnote-back\" href=\"#{id}\" aria-label=\"返回正文\">↩</a>")
                    .expect("a string takes all text");
            }
            let body = note.body.trim_end();
            let (body, end) = body.strip_suffix("</p>").map_or((body, ""), |inner| (inner, "</p>"));
            writeln!(out, "<li id=\"fn-{}-{}\">{body}{back}{end}</li>", self.key, i + 1)
                .expect("a string takes all text");
        }
        out.push_str("</ol>\n</section>\n");
    }

    fn index(&mut self, label: &str) -> usize {
        if self.key.is_empty() {
            self.key = short_hash(self.source);
        }
        if let Some(&index) = self.numbers.get(label) {
            return index;
        }
        self.order.push(Note::default());
        self.numbers.insert(label.to_owned(), self.order.len() - 1);
        self.order.len() - 1
    }
}

fn back_id(key: &str, number: usize, reference: usize) -> String {
    match reference {
        1 => format!("fnref-{key}-{number}"),
        _ => format!("fnref-{key}-{number}-{reference}"),
    }
}
