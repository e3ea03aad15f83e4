//! XLSB: cells by the streaming reader, and the records that hide and merge (MS-XLSB 2.1.4).

use calamine::Xlsb;

use super::cells::{Collector, Shared, raw};
use super::package::{part, relationships, text};
use super::{Bytes, Fault, Layout};
use crate::parse::grid::Area;
use crate::parse::table::Shape;

const ROW: u32 = 0;
const COLUMNS: u32 = 60;
const SHEET: u32 = 156;
const MERGED: u32 = 176;

pub(super) fn cells(workbook: &mut Xlsb<Bytes<'_>>, name: &str) -> Result<Collector, Fault> {
    let from_1904 = workbook.has_1904_epoch();
    let mut collector = Collector::default();
    let mut shared = Shared::new();
    let mut reader = workbook.worksheet_cells_reader(name)?;
    while let Some(cell) = reader.next_cell()? {
        let (row, column) = cell.get_position();
        if let Some(raw) = raw(cell.get_value(), &mut shared, Shape::Unknown, from_1904) {
            collector.push(row, column, raw)?;
        }
    }
    Ok(collector)
}

/// The part of every sheet, in the order of the workbook.
pub(super) fn sheet_parts(bytes: &[u8]) -> Result<Vec<String>, Fault> {
    let related = text(bytes, "xl/_rels/workbook.bin.rels")?.unwrap_or_default();
    let related = relationships(&related, "xl");
    let mut parts = Vec::new();
    records(bytes, "xl/workbook.bin", |kind, body| {
        if kind == SHEET {
            let id = wide(body.get(8..).unwrap_or_default());
            let path = related.iter().find(|(known, _)| *known == id).map(|(_, path)| path.clone());
            parts.push(path.unwrap_or_default());
        }
    })?;
    Ok(parts)
}

/// What is hidden and merged in a sheet.
pub(super) fn layout(bytes: &[u8], name: &str) -> Result<Layout, Fault> {
    let mut layout = Layout { merged: Some(Vec::new()), ..Layout::default() };
    let found = records(bytes, name, |kind, body| record(kind, body, &mut layout))?;
    Ok(if found { layout } else { Layout::unknown() })
}

fn record(kind: u32, body: &[u8], layout: &mut Layout) {
    let number =
        |at: usize| body.get(at..at + 4).map(|bytes| u32::from_le_bytes(bytes.try_into().expect("four bytes")));
    match kind {
        // Bit 4 of the second byte of flags: no height.
        ROW if body.get(11).is_some_and(|flags| flags & 0x10 != 0) => {
            layout.hidden_rows.extend(number(0).map(|row| row.saturating_add(1)));
        }
        COLUMNS if body.get(16).is_some_and(|flags| flags & 1 != 0) => {
            if let (Some(first), Some(last)) = (number(0), number(4)) {
                let last = (last as usize).min(crate::parse::LIMITS.columns);
                layout.hidden_columns.extend(first as usize..=last);
            }
        }
        MERGED => {
            if let (Some(top), Some(bottom), Some(left), Some(right)) = (number(0), number(4), number(8), number(12)) {
                let rows = (top.saturating_add(1), bottom.saturating_add(1));
                layout.merged.get_or_insert_default().push(Area { rows, columns: (left as usize, right as usize) });
            }
        }
        _ => {}
    }
}

/// Hands over every record of a part: kind and length in groups of seven bits, then the body.
fn records(bytes: &[u8], name: &str, mut visit: impl FnMut(u32, &[u8])) -> Result<bool, Fault> {
    let mut content = Vec::new();
    let found = part(bytes, name, |input| {
        std::io::Read::read_to_end(input, &mut content)?;
        Ok(())
    })?;
    let mut rest = content.as_slice();
    while let (Some(kind), Some(length)) = (grouped(&mut rest, 2), grouped(&mut rest, 4)) {
        let Some((body, after)) = rest.split_at_checked(length as usize) else { break };
        visit(kind, body);
        rest = after;
    }
    Ok(found.is_some())
}

fn grouped(rest: &mut &[u8], most: usize) -> Option<u32> {
    let mut value = 0;
    for at in 0..most {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        // The kind keeps its eighth bits, but those read here are below 128 or of two bytes.
        value |= u32::from(byte & 0x7F) << (7 * at);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(value)
}

/// A counted string in UTF-16.
fn wide(bytes: &[u8]) -> String {
    let Some((count, text)) = bytes.split_first_chunk::<4>() else { return String::new() };
    let units = text.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    String::from_utf16_lossy(&units.take(u32::from_le_bytes(*count) as usize).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_hide_and_merge() {
        let mut layout = Layout::default();
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
        let row = |number: u32, flags: u8| [words(&[number, 0]), vec![0, 0, 0, flags, 0]].concat();
        record(ROW, &row(4, 0x10), &mut layout);
        record(ROW, &row(5, 0x07), &mut layout);
        record(COLUMNS, &[words(&[1, 2, 0, 0]), vec![1, 0]].concat(), &mut layout);
        record(COLUMNS, &[words(&[6, 6, 0, 0]), vec![2, 0]].concat(), &mut layout);
        record(MERGED, &words(&[2, 4, 0, 1]), &mut layout);
        record(MERGED, &[1, 2], &mut layout);
        assert_eq!((layout.hidden_rows, layout.hidden_columns), (vec![5], vec![1, 2]));
        assert_eq!(layout.merged, Some(vec![Area { rows: (3, 5), columns: (0, 1) }]));
        assert_eq!(grouped(&mut &[0x9C, 0x01][..], 2), Some(156));
    }
}
