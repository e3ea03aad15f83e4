//! XLSX and XLSM: cells by the streaming reader, and what the sheet's XML says beside them.
//!
//! The XML is looked through as bytes, tag by tag, because a second reading must cost little.

use std::io::Read;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver};
use std::{mem, thread};

use calamine::{Cell, DataRef, Xlsx, XlsxError};
use memchr::memchr;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::cells::{Collector, Shared, raw};
use super::package::{attribute, part, relationships, text};
use super::{Bytes, Fault, Layout};
use crate::parse::grid::Area;
use crate::parse::table::Shape;

/// Cells as they are read, each with how it shows numbers.
type Batch<'a> = Vec<(Cell<DataRef<'a>>, Shape)>;

/// Cells that go to the collecting thread at once.
const AT_ONCE: usize = 4096;

/// Batches that may wait for it: a thread that gets no processor must not fill the memory.
const WAITING: usize = 16;

/// The cells of a sheet; a chart has none. They are collected on a thread of their own while the next are read.
pub(super) fn cells(workbook: &mut Xlsx<Bytes<'_>>, name: &str) -> Result<Collector, Fault> {
    let from_1904 = workbook.has_1904_epoch();
    let mut reader = match workbook.worksheet_cells_reader(name) {
        Ok(reader) => reader,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(Collector::default()),
        Err(other) => return Err(other.into()),
    };
    let per_cent: Vec<bool> = reader
        .styles()
        .iter()
        .map(|style| style.number_format.as_ref().is_some_and(|format| format.format_code.contains('%')))
        .collect();
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    thread::scope(|scope| {
        let collecting = scope.spawn(move || collect(receiver, from_1904));
        let mut batch: Batch<'_> = Vec::with_capacity(AT_ONCE);
        while let Some((cell, style)) = reader.next_cell_with_style_id()? {
            let shape = if per_cent.get(style).copied().unwrap_or(false) { Shape::PerCent } else { Shape::Plain };
            batch.push((cell, shape));
            if batch.len() == AT_ONCE && sender.send(mem::replace(&mut batch, Vec::with_capacity(AT_ONCE))).is_err() {
                break;
            }
        }
        // A collector that listens no more has had enough, and says why.
        let _ = sender.send(batch);
        drop(sender);
        collecting.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

fn collect(batches: Receiver<Batch<'_>>, from_1904: bool) -> Result<Collector, Fault> {
    let (mut collector, mut shared) = (Collector::default(), Shared::new());
    for (cell, shape) in batches.into_iter().flatten() {
        let (row, column) = cell.get_position();
        if let Some(raw) = raw(cell.get_value(), &mut shared, shape, from_1904) {
            collector.push(row, column, raw)?;
        }
    }
    Ok(collector)
}

/// The part of every sheet, in the order of the workbook.
pub(super) fn sheet_parts(bytes: &[u8]) -> Result<Vec<String>, Fault> {
    let top = relationships(&text(bytes, "_rels/.rels")?.unwrap_or_default(), "");
    let main = top.into_iter().map(|(_, path)| path).find(|path| path.to_ascii_lowercase().ends_with("workbook.xml"));
    let main = main.unwrap_or_else(|| "xl/workbook.xml".to_owned());
    let (folder, file) = main.rsplit_once('/').unwrap_or(("", &main));
    let related = text(bytes, &format!("{folder}/_rels/{file}.rels"))?.unwrap_or_default();
    let related = relationships(&related, folder);
    let workbook = text(bytes, &main)?.unwrap_or_default();
    let mut reader = Reader::from_str(&workbook);
    let mut parts = Vec::new();
    loop {
        match reader.read_event()? {
            Event::Eof => return Ok(parts),
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "sheet" => {
                let id = attribute(&tag, "id").unwrap_or_default();
                let path = related.iter().find(|(known, _)| *known == id).map(|(_, path)| path.clone());
                parts.push(path.unwrap_or_default());
            }
            _ => {}
        }
    }
}

/// What is hidden, merged or unsaved in a sheet.
pub(super) fn layout(bytes: &[u8], name: &str) -> Result<Layout, Fault> {
    let mut sheet = Sheet { layout: Layout { merged: Some(Vec::new()), ..Layout::default() }, ..Sheet::default() };
    let found = part(bytes, name, |input| tags(input, &mut |tag| sheet.tag(tag)))?;
    Ok(if found.is_some() { sheet.layout } else { Layout::unknown() })
}

/// The state while the tags of a sheet go by.
#[derive(Default)]
struct Sheet {
    layout: Layout,
    row: u32,
    cell: Vec<u8>,
    formula: bool,
    value: bool,
}

impl Sheet {
    fn tag(&mut self, tag: &[u8]) {
        match local_name(tag) {
            b"row" => {
                self.row = number(get(tag, b"r")).unwrap_or(self.row + 1);
                if is_hidden(tag, b"ht") {
                    self.layout.hidden_rows.push(self.row);
                }
            }
            b"c" => {
                self.cell.clear();
                self.cell.extend_from_slice(tag);
                (self.formula, self.value) = (false, false);
            }
            b"f" => self.formula = true,
            b"v" | b"is" => self.value = true,
            b"/c" if self.formula && !self.value => {
                if let Some(at) = get(&self.cell, b"r").and_then(position) {
                    self.layout.unsaved.push(at);
                }
            }
            b"col" if is_hidden(tag, b"width") => {
                let end = |key| number(get(tag, key)).map_or(0, |number| number as usize);
                let (first, last) = (end(b"min"), end(b"max").min(crate::parse::LIMITS.columns));
                self.layout.hidden_columns.extend((first..=last).filter_map(|column| column.checked_sub(1)));
            }
            b"mergeCell" => {
                let area = get(tag, b"ref").and_then(area);
                self.layout.merged.get_or_insert_default().extend(area);
            }
            _ => {}
        }
    }
}

fn is_hidden(tag: &[u8], size: &[u8]) -> bool {
    matches!(get(tag, b"hidden"), Some(b"1" | b"true")) || matches!(get(tag, size), Some(b"0"))
}

/// Hands over what stands between every `<` and its `>`.
fn tags(input: &mut dyn Read, visit: &mut impl FnMut(&[u8])) -> Result<(), Fault> {
    const BLOCK: usize = 256 * 1024;
    let mut buffer = vec![0_u8; BLOCK];
    let mut held = 0;
    loop {
        if held == buffer.len() {
            return Err(Fault::Damaged("a tag without an end".to_owned()));
        }
        let read = input.read(&mut buffer[held..])?;
        if read == 0 {
            return Ok(());
        }
        let filled = held + read;
        let mut at = 0;
        let rest = loop {
            let Some(open) = memchr(b'<', &buffer[at..filled]) else { break filled };
            let open = at + open;
            let Some(close) = memchr(b'>', &buffer[open..filled]) else { break open };
            visit(&buffer[open + 1..open + close]);
            at = open + close + 1;
        };
        buffer.copy_within(rest..filled, 0);
        held = filled - rest;
    }
}

/// The name of a tag without its prefix; `/c` for an end.
fn local_name(tag: &[u8]) -> &[u8] {
    let end = tag.iter().position(|byte| byte.is_ascii_whitespace() || (*byte == b'/')).filter(|at| *at > 0);
    let name = match tag.first() {
        Some(b'/') => return if tag == b"/c" || tag.ends_with(b":c") { b"/c" } else { b"" },
        _ => &tag[..end.unwrap_or(tag.len())],
    };
    name.iter().position(|byte| *byte == b':').map_or(name, |colon| &name[colon + 1..])
}

/// The value of an attribute, as written.
fn get<'t>(tag: &'t [u8], key: &[u8]) -> Option<&'t [u8]> {
    let mut at = 0;
    while let Some(equals) = memchr(b'=', &tag[at..]).map(|offset| at + offset) {
        let quote = *tag.get(equals + 1)?;
        let end = equals + 2 + memchr(quote, tag.get(equals + 2..)?)?;
        let name = tag[at..equals].rsplit(u8::is_ascii_whitespace).find(|part| !part.is_empty())?;
        if name == key {
            return Some(&tag[equals + 2..end]);
        }
        at = end + 1;
    }
    None
}

fn number(text: Option<&[u8]>) -> Option<u32> {
    std::str::from_utf8(text?).ok()?.parse().ok()
}

/// `C4`: row 4, column 2 from 0.
fn position(reference: &[u8]) -> Option<(u32, usize)> {
    let letters = reference.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let column = reference[..letters]
        .iter()
        .try_fold(0_usize, |column, letter| column.checked_mul(26)?.checked_add(usize::from(letter - b'A') + 1))?;
    Some((number(Some(&reference[letters..]))?, column.checked_sub(1)?))
}

fn area(reference: &[u8]) -> Option<Area> {
    let colon = memchr(b':', reference)?;
    let (first, last) = (position(&reference[..colon])?, position(&reference[colon + 1..])?);
    Some(Area { rows: (first.0, last.0), columns: (first.1, last.1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_says_what_is_hidden_merged_and_unsaved() {
        let xml = br#"<x:worksheet><cols><col min="2" max="3" hidden="1" width="9"/><col min="5" max="5" width="0"/></cols>
            <sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row hidden="true"/>
            <x:row r="4" ht="15"><c r="C4"><f>SUM(A1)</f></c><c r="D4"><f>1</f><v>1</v></c><c r="E4"/></x:row></sheetData>
            <mergeCells count="1"><mergeCell ref="A4:B6"/></mergeCells></x:worksheet>"#;
        let mut sheet = Sheet::default();
        tags(&mut &xml[..], &mut |tag| sheet.tag(tag)).expect("whole tags");
        assert_eq!(sheet.layout.hidden_columns, [1, 2, 4]);
        assert_eq!(sheet.layout.hidden_rows, [2]);
        assert_eq!(sheet.layout.unsaved, [(4, 2)]);
        assert_eq!(sheet.layout.merged, Some(vec![Area { rows: (4, 6), columns: (0, 1) }]));
    }
}
