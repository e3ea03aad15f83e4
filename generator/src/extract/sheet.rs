//! XLSX: the cells of each sheet as lines with tabs; hidden rows, columns and sheets apart, and strings
//! that no cell shows any more.

use std::collections::{BTreeMap, BTreeSet};

use super::package::Members;
use super::xml::{self, Step, attribute, is_on};
use super::{Extracted, Refused, What};

/// Reads the sheets of a workbook; does nothing in other documents.
///
/// # Errors
/// XML that is not well-formed.
pub(super) fn read(members: &Members, found: &mut Extracted) -> Result<(), Refused> {
    let Some(workbook) = members.get("xl/workbook.xml") else { return Ok(()) };
    let strings = match members.get("xl/sharedStrings.xml") {
        Some(member) => shared(member)?,
        None => Vec::new(),
    };
    let hidden_sheets = hidden_sheets(workbook, members.get("xl/_rels/workbook.xml.rels"))?;
    let mut used = BTreeSet::new();
    for (name, member) in
        members.iter().filter(|(name, _)| name.starts_with("xl/worksheets/") && name.ends_with(".xml"))
    {
        let mut sheet = Sheet::new(&strings);
        xml::walk(member, &mut |step| sheet.step(&step))?;
        used.append(&mut sheet.used);
        if hidden_sheets.contains(name.as_str()) {
            found.add(What::Hidden, name, &sheet.shown);
        } else {
            found.text.push_str(&sheet.shown);
        }
        found.add(What::Hidden, name, &sheet.hidden);
    }
    found.add(What::Leftover, "xl/workbook.xml", &names(workbook)?);
    let unused = strings.iter().enumerate().filter(|(at, _)| !used.contains(at));
    let unused: Vec<&str> = unused.map(|(_, text)| text.as_str()).collect();
    found.add(What::Leftover, "xl/sharedStrings.xml", &unused.join("\n"));
    Ok(())
}

fn shared(member: &[u8]) -> Result<Vec<String>, Refused> {
    let mut strings = Vec::new();
    let mut current = String::new();
    let mut shows = false;
    xml::walk(member, &mut |step| match step {
        Step::Open("si", _) => current.clear(),
        Step::Close("si") => strings.push(std::mem::take(&mut current)),
        Step::Open("t", _) => shows = true,
        Step::Close("t") => shows = false,
        Step::Text(text) if shows => current.push_str(text),
        _ => {}
    })?;
    Ok(strings)
}

/// Names of sheets and defined names, for they show or can be read.
fn names(workbook: &[u8]) -> Result<String, Refused> {
    let mut all = String::new();
    xml::walk(workbook, &mut |step| {
        if let Step::Open("sheet" | "definedName", attributes) = step {
            all.push_str(attribute(attributes, "name").unwrap_or_default());
            all.push('\n');
        }
    })?;
    Ok(all)
}

/// Members of the sheets that are hidden.
fn hidden_sheets(workbook: &[u8], relations: Option<&Vec<u8>>) -> Result<BTreeSet<String>, Refused> {
    let mut targets = BTreeMap::new();
    if let Some(relations) = relations {
        xml::walk(relations, &mut |step| {
            if let Step::Open("Relationship", attributes) = step
                && let (Some(id), Some(target)) = (attribute(attributes, "Id"), attribute(attributes, "Target"))
            {
                let target = target.trim_start_matches("/xl/");
                targets.insert(id.to_owned(), format!("xl/{target}"));
            }
        })?;
    }
    let mut hidden = BTreeSet::new();
    xml::walk(workbook, &mut |step| {
        if let Step::Open("sheet", attributes) = step
            && attribute(attributes, "state").is_some_and(|state| state != "visible")
            && let Some(target) = attribute(attributes, "id").and_then(|id| targets.get(id))
        {
            hidden.insert(target.clone());
        }
    })?;
    Ok(hidden)
}

struct Sheet<'a> {
    strings: &'a [String],
    shown: String,
    hidden: String,
    used: BTreeSet<usize>,
    hidden_columns: Vec<(u32, u32)>,
    hidden_row: bool,
    /// The cell that is read: whether its column is hidden, its type, its text.
    hidden_cell: bool,
    kind: String,
    value: String,
    reads: bool,
    column: u32,
}

impl Sheet<'_> {
    fn new(strings: &[String]) -> Sheet<'_> {
        Sheet {
            strings,
            shown: String::new(),
            hidden: String::new(),
            used: BTreeSet::new(),
            hidden_columns: Vec::new(),
            hidden_row: false,
            hidden_cell: false,
            kind: String::new(),
            value: String::new(),
            reads: false,
            column: 0,
        }
    }

    fn step(&mut self, step: &Step<'_>) {
        match step {
            Step::Open("col", attributes) if is_on(attributes, "hidden") => {
                let number = |name| attribute(attributes, name).and_then(|text| text.parse().ok()).unwrap_or(0);
                self.hidden_columns.push((number("min"), number("max")));
            }
            Step::Open("row", attributes) => {
                self.hidden_row = is_on(attributes, "hidden");
                self.column = 0;
            }
            Step::Open("c", attributes) => {
                self.column = attribute(attributes, "r").and_then(column_number).unwrap_or(self.column + 1);
                self.hidden_cell = self.hidden_columns.iter().any(|(from, to)| (*from..=*to).contains(&self.column));
                attribute(attributes, "t").unwrap_or("n").clone_into(&mut self.kind);
                self.value.clear();
            }
            Step::Open("v" | "t", _) => self.reads = true,
            Step::Close("v" | "t") => self.reads = false,
            Step::Open("oddHeader" | "oddFooter" | "firstHeader" | "firstFooter", _) => {
                self.kind.clear();
                self.value.clear();
                self.reads = true;
            }
            Step::Close("oddHeader" | "oddFooter" | "firstHeader" | "firstFooter") => {
                self.reads = false;
                self.shown.push_str(&self.value);
                self.shown.push('\n');
            }
            Step::Text(text) if self.reads => self.value.push_str(text),
            Step::Close("c") => self.cell(),
            Step::Close("row") => {
                let target = if self.hidden_row { &mut self.hidden } else { &mut self.shown };
                target.push('\n');
                if self.hidden_row {
                    return;
                }
                if !self.hidden.is_empty() && !self.hidden.ends_with('\n') {
                    self.hidden.push('\n');
                }
            }
            _ => {}
        }
    }

    fn cell(&mut self) {
        let shared = (self.kind == "s").then(|| self.value.trim().parse::<usize>().ok()).flatten();
        let text = match shared {
            Some(at) => {
                self.used.insert(at);
                self.strings.get(at).map_or("", String::as_str)
            }
            None => self.value.as_str(),
        };
        let target = if self.hidden_row || self.hidden_cell { &mut self.hidden } else { &mut self.shown };
        // A line break in a cell must not look like the end of a row.
        target.extend(text.chars().map(|c| if c == '\n' { ' ' } else { c }));
        target.push('\t');
    }
}

/// The column of a reference: `C7` is 3.
fn column_number(reference: &str) -> Option<u32> {
    let letters = reference.bytes().take_while(u8::is_ascii_uppercase);
    let number = letters.take(4).fold(0_u32, |sum, letter| sum * 26 + u32::from(letter - b'A') + 1);
    (number > 0).then_some(number)
}
