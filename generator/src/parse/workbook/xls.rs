//! XLS: the records of the old binary format that hide rows and columns (MS-XLS 2.4), and how large
//! the sheets are before the reader makes room for them.

use std::io::{Cursor, Read};

use super::{Fault, Layout};
use crate::parse::LIMITS;

const END: u16 = 0x000A;
const PASSWORD: u16 = 0x002F;
const COLUMNS: u16 = 0x007D;
const SHEET: u16 = 0x0085;
const ROW: u16 = 0x0208;
/// Records of cells that hold something: formula, several numbers, text, number, truth, number.
const CELLS: [u16; 7] = [0x0006, 0x00BD, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E];

/// The layout of every sheet in the order of the workbook; none where the container cannot be read.
pub(super) fn layouts(bytes: &[u8]) -> Result<Vec<Layout>, Fault> {
    let Some(stream) = stream(bytes) else { return Ok(Vec::new()) };
    let mut sheets = Vec::new();
    for (kind, body) in records(&stream, 0) {
        match kind {
            PASSWORD => return Err(Fault::Password),
            SHEET => sheets.extend(body.first_chunk::<4>().map(|at| u32::from_le_bytes(*at) as usize)),
            END => break,
            _ => {}
        }
    }
    let mut room = 0_usize;
    let mut layouts = Vec::with_capacity(sheets.len());
    for at in sheets {
        let (layout, cells) = layout(&stream, at);
        room = room.saturating_add(cells);
        if room > LIMITS.dense {
            return Err(Fault::too_many_cells());
        }
        layouts.push(layout);
    }
    Ok(layouts)
}

fn stream(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let named = |name: &str| name.eq_ignore_ascii_case("Workbook") || name.eq_ignore_ascii_case("Book");
    let path = file.walk().find(|entry| entry.is_stream() && named(entry.name()))?.path().to_owned();
    let mut content = Vec::new();
    let stream = file.open_stream(path).ok()?;
    stream.take(bytes.len() as u64).read_to_end(&mut content).ok()?;
    Some(content)
}

/// The layout of one sheet, and how many cells the area holds that its cells span.
fn layout(stream: &[u8], at: usize) -> (Layout, usize) {
    let mut layout = Layout::default();
    let mut span: Option<(u16, u16, u16, u16)> = None;
    for (kind, body) in records(stream, at) {
        let number = |at: usize| body.get(at..at + 2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]));
        match kind {
            END => break,
            ROW if number(12).is_some_and(|flags| flags & 0x20 != 0) => {
                layout.hidden_rows.extend(number(0).map(|row| u32::from(row) + 1));
            }
            COLUMNS if number(8).is_some_and(|flags| flags & 1 != 0) => {
                if let (Some(first), Some(last)) = (number(0), number(2)) {
                    layout.hidden_columns.extend(usize::from(first)..=usize::from(last.min(255)));
                }
            }
            kind if CELLS.contains(&kind) => {
                if let (Some(row), Some(column)) = (number(0), number(2)) {
                    let (top, bottom, left, right) = span.unwrap_or((row, row, column, column));
                    span = Some((top.min(row), bottom.max(row), left.min(column), right.max(column)));
                }
            }
            _ => {}
        }
    }
    let room =
        span.map_or(0, |(top, bottom, left, right)| (usize::from(bottom - top) + 1) * (usize::from(right - left) + 1));
    (layout, room)
}

/// The records from a position on: kind, length, body.
fn records(stream: &[u8], at: usize) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = stream.get(at..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (head, after) = rest.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let (body, after) = after.split_at_checked(length)?;
        rest = after;
        Some((u16::from_le_bytes([head[0], head[1]]), body))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_hide_rows_and_columns() {
        let record = |kind: u16, words: &[u16]| -> Vec<u8> {
            let length = u16::try_from(words.len() * 2).expect("short");
            [kind, length].iter().chain(words).flat_map(|word| word.to_le_bytes()).collect()
        };
        let stream = [
            record(0x0809, &[0x0600, 0x0010]),
            record(COLUMNS, &[1, 2, 0, 0, 1]),
            record(COLUMNS, &[4, 4, 0, 0, 0]),
            record(ROW, &[3, 0, 2, 0, 0, 0, 0x20]),
            record(ROW, &[4, 0, 2, 0, 0, 0, 0]),
            record(0x0203, &[3, 1, 0, 0, 0, 0, 0]),
            record(0x0203, &[5, 4, 0, 0, 0, 0, 0]),
            record(END, &[]),
            record(ROW, &[9, 0, 2, 0, 0, 0, 0x20]),
        ]
        .concat();
        let (layout, room) = layout(&stream, 0);
        assert_eq!((layout.hidden_rows, layout.hidden_columns, room), (vec![4], vec![1, 2], 3 * 4));
    }
}
