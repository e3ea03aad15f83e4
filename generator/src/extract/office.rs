//! DOCX and PPTX: runs joined to paragraphs, headers and footers, and what does not show. Workbooks are
//! read by `sheet`.

use super::package::Members;
use super::xml::{self, Step, attribute};
use super::{Extracted, Refused, What, sheet};

/// Reads every member of the package that holds words.
///
/// # Errors
/// XML that is not well-formed.
pub(super) fn read(members: &Members, found: &mut Extracted) -> Result<(), Refused> {
    sheet::read(members, found)?;
    for (name, member) in members {
        match kind(name) {
            Kind::Body => paragraphs(name, member, found)?,
            Kind::Comments => found.add(What::Comment, name, &xml::everything(member)?),
            Kind::Notes => found.add(What::Notes, name, &xml::everything(member)?),
            Kind::Properties => {
                for (property, value) in xml::properties(member)? {
                    found.add(What::Property, &property, &value);
                }
            }
            Kind::Relations => found.add(What::Leftover, name, &targets(member)?),
            Kind::Leftover => found.add(What::Leftover, name, &xml::everything(member)?),
            Kind::None => {}
        }
    }
    Ok(())
}

enum Kind {
    Body,
    Comments,
    Notes,
    Properties,
    Relations,
    Leftover,
    None,
}

fn kind(name: &str) -> Kind {
    let file = name.rsplit('/').next().unwrap_or(name);
    let in_folder = |folder: &str| name.contains(folder);
    if name.ends_with(".rels") {
        return Kind::Relations;
    }
    if !name.ends_with(".xml") {
        return Kind::None;
    }
    if in_folder("docProps/") {
        return Kind::Properties;
    }
    if file.to_ascii_lowercase().contains("comment") || in_folder("persons/") || file == "people.xml" {
        return Kind::Comments;
    }
    if in_folder("notesSlides/") {
        return Kind::Notes;
    }
    let body = ["header", "footer", "footnotes", "endnotes", "slide", "diagram", "data", "drawing"];
    let stem = file.trim_end_matches(".xml").trim_end_matches(|c: char| c.is_ascii_digit());
    let layout = in_folder("slideMasters/") || in_folder("slideLayouts/");
    if !layout && !in_folder("customXml/") && (body.contains(&stem) || file == "document.xml") {
        return Kind::Body;
    }
    let leftover = ["pivotCache/", "externalLinks/", "customXml/", "queryTables/", "slideMasters/", "charts/"];
    if leftover.iter().any(|folder| in_folder(folder)) || matches!(file, "commentAuthors.xml" | "connections.xml") {
        return Kind::Leftover;
    }
    Kind::None
}

/// Links that lead out of the document: `mailto:` and the like.
fn targets(member: &[u8]) -> Result<String, Refused> {
    let mut all = String::new();
    xml::walk(member, &mut |step| {
        if let Step::Open("Relationship", attributes) = step
            && attribute(attributes, "TargetMode") == Some("External")
        {
            all.push_str(attribute(attributes, "Target").unwrap_or_default());
            all.push('\n');
        }
    })?;
    Ok(all)
}

/// What a run of characters is, while a paragraph is read.
#[derive(Default)]
struct Runs {
    text: String,
    hidden: String,
    revision: String,
    /// Elements whose text shows: `t`. Others hold field codes and numbers.
    shows: bool,
    deleted: usize,
    vanished: bool,
    instruction: bool,
}

fn paragraphs(name: &str, member: &[u8], found: &mut Extracted) -> Result<(), Refused> {
    let mut runs = Runs::default();
    let mut hidden_slide = false;
    xml::walk(member, &mut |step| match step {
        Step::Open("sld", attributes) => hidden_slide = attribute(attributes, "show") == Some("0"),
        Step::Open(tag, attributes) => runs.open(tag, attributes),
        Step::Close(tag) => runs.close(tag),
        Step::Text(text) => runs.write(text),
    })?;
    if hidden_slide {
        found.add(What::Hidden, name, &runs.text);
    } else if !runs.text.trim().is_empty() {
        found.text.push_str(runs.text.trim_end_matches('\n'));
        found.text.push('\n');
    }
    found.add(What::Hidden, name, &runs.hidden);
    found.add(What::Revision, name, &runs.revision);
    Ok(())
}

impl Runs {
    fn open(&mut self, tag: &str, attributes: &[(String, String)]) {
        match tag {
            "t" => self.shows = true,
            "delText" | "delInstrText" => {
                self.shows = true;
                self.deleted += 1;
            }
            "instrText" => self.instruction = true,
            "del" | "moveFrom" => {
                self.deleted += 1;
                self.author(attributes);
            }
            "ins" | "moveTo" | "rPrChange" | "pPrChange" => self.author(attributes),
            "r" => self.vanished = false,
            "vanish" | "webHidden" => self.vanished = !matches!(attribute(attributes, "val"), Some("0" | "false")),
            "tab" => self.put('\t'),
            "br" | "cr" => self.put('\n'),
            "docPr" | "cNvPr" => {
                for name in ["descr", "title"] {
                    if let Some(words) = attribute(attributes, name) {
                        self.hidden.push_str(words);
                        self.hidden.push('\n');
                    }
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, tag: &str) {
        match tag {
            "t" => self.shows = false,
            "delText" | "delInstrText" => {
                self.shows = false;
                self.deleted = self.deleted.saturating_sub(1);
            }
            "del" | "moveFrom" => {
                self.deleted = self.deleted.saturating_sub(1);
                self.revision.push('\n');
            }
            "instrText" => {
                self.instruction = false;
                self.hidden.push('\n');
            }
            "r" => self.vanished = false,
            // A row of a table is a line, its cells are separated by tabs.
            "tc" => {
                while self.text.ends_with('\n') {
                    self.text.pop();
                }
                self.text.push('\t');
            }
            "p" | "tr" => self.text.push('\n'),
            _ => {}
        }
    }

    fn author(&mut self, attributes: &[(String, String)]) {
        if let Some(author) = attribute(attributes, "author") {
            self.revision.push_str(author);
            self.revision.push('\n');
        }
    }

    fn put(&mut self, c: char) {
        let target = self.target();
        target.push(c);
    }

    fn write(&mut self, text: &str) {
        if self.shows || self.instruction {
            self.target().push_str(text);
        }
    }

    fn target(&mut self) -> &mut String {
        if self.deleted > 0 {
            &mut self.revision
        } else if self.vanished || self.instruction {
            &mut self.hidden
        } else {
            &mut self.text
        }
    }
}
