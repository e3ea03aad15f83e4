//! ODT, ODS, ODP: paragraphs and cells; annotations, tracked changes, hidden rows and properties apart.

use super::package::Members;
use super::xml::{self, Step, attribute};
use super::{Extracted, Refused, What};

/// Reads the members that hold words.
///
/// # Errors
/// A package with a password, XML that is not well-formed.
pub(super) fn read(members: &Members, found: &mut Extracted) -> Result<(), Refused> {
    if let Some(manifest) = members.get("META-INF/manifest.xml") {
        let mut encrypted = false;
        xml::walk(manifest, &mut |step| encrypted |= matches!(step, Step::Open("encryption-data", _)))?;
        if encrypted {
            return Err(Refused::Encrypted);
        }
    }
    for name in ["content.xml", "styles.xml"] {
        let Some(member) = members.get(name) else { continue };
        let mut text = Text::default();
        xml::walk(member, &mut |step| text.step(&step))?;
        found.text.push_str(&text.shown);
        found.add(What::Comment, name, &text.comment);
        found.add(What::Revision, name, &text.revision);
        found.add(What::Hidden, name, &text.hidden);
    }
    if let Some(member) = members.get("meta.xml") {
        for (property, value) in xml::properties(member)? {
            found.add(What::Property, &property, &value);
        }
    }
    Ok(())
}

/// What is read, and inside which elements: each counts how deep.
#[derive(Default)]
struct Text {
    shown: String,
    comment: String,
    revision: String,
    hidden: String,
    paragraph: usize,
    in_comment: usize,
    in_revision: usize,
    in_hidden: usize,
    /// Hidden elements by name, closed in the order they were opened.
    hidden_names: Vec<String>,
}

impl Text {
    fn step(&mut self, step: &Step<'_>) {
        match step {
            Step::Open(name, attributes) => {
                let collapsed = matches!(attribute(attributes, "visibility"), Some("collapse" | "filter"))
                    || attribute(attributes, "display") == Some("none") && !name.contains("propert");
                if collapsed && !matches!(*name, "table-column") || matches!(*name, "hidden-text" | "hidden-paragraph")
                {
                    self.in_hidden += 1;
                    self.hidden_names.push((*name).to_owned());
                } else if self.hidden_names.last().is_some_and(|last| last == name) {
                    // The same element inside itself, shown or not: count it too.
                    self.in_hidden += 1;
                    self.hidden_names.push((*name).to_owned());
                }
                match *name {
                    "annotation" => self.in_comment += 1,
                    "tracked-changes" => self.in_revision += 1,
                    "p" | "h" => self.paragraph += 1,
                    "s" => {
                        let count = attribute(attributes, "c").and_then(|count| count.parse().ok()).unwrap_or(1_usize);
                        (0..count.min(200)).for_each(|_| self.write(" "));
                    }
                    "tab" => self.write("\t"),
                    "line-break" => self.write("\n"),
                    "creator" | "date" => self.paragraph += usize::from(self.in_comment + self.in_revision > 0),
                    _ => {}
                }
            }
            Step::Close(name) => {
                match *name {
                    "p" | "h" => {
                        self.write("\n");
                        self.paragraph = self.paragraph.saturating_sub(1);
                    }
                    "annotation" => self.in_comment = self.in_comment.saturating_sub(1),
                    "tracked-changes" => self.in_revision = self.in_revision.saturating_sub(1),
                    "creator" | "date" if self.in_comment + self.in_revision > 0 => {
                        self.write("\n");
                        self.paragraph = self.paragraph.saturating_sub(1);
                    }
                    "table-cell" => {
                        let target = self.target();
                        while target.ends_with('\n') {
                            target.pop();
                        }
                        target.push('\t');
                    }
                    "table-row" => self.target().push('\n'),
                    _ => {}
                }
                if self.hidden_names.last().is_some_and(|last| last == name) {
                    self.hidden_names.pop();
                    self.in_hidden = self.in_hidden.saturating_sub(1);
                }
            }
            Step::Text(text) => self.write(text),
        }
    }

    fn write(&mut self, text: &str) {
        if self.paragraph > 0 {
            self.target().push_str(text);
        }
    }

    fn target(&mut self) -> &mut String {
        if self.in_comment > 0 {
            &mut self.comment
        } else if self.in_revision > 0 {
            &mut self.revision
        } else if self.in_hidden > 0 {
            &mut self.hidden
        } else {
            &mut self.shown
        }
    }
}
