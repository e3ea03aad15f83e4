//! ODS: what is hidden and merged, and how large a sheet becomes when its repeated cells are written out.

use std::io::{BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::package::{attribute, part};
use super::{Fault, Layout};
use crate::parse::LIMITS;
use crate::parse::grid::Area;

/// The layout of every sheet in the order of the workbook.
pub(super) fn layouts(bytes: &[u8]) -> Result<Vec<Layout>, Fault> {
    let mut sheets = Sheets::default();
    part(bytes, "content.xml", |input| sheets.read(input))?;
    Ok(sheets.done)
}

#[derive(Default)]
struct Sheets {
    done: Vec<Layout>,
    sheet: Option<Sheet>,
    /// Cells of all sheets together when written out.
    room: usize,
}

/// One sheet on the way; rows and columns count from 0.
#[derive(Default)]
struct Sheet {
    layout: Layout,
    row: usize,
    /// Of the row at hand: how often it stands there, whether it is hidden, its width so far.
    repeated: usize,
    hidden: bool,
    column: usize,
    last_used: usize,
    column_of_head: usize,
    widest: usize,
    rows_used: usize,
}

impl Sheets {
    fn read(&mut self, input: &mut dyn Read) -> Result<(), Fault> {
        let mut reader = Reader::from_reader(BufReader::new(input));
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer)? {
                Event::Eof => return Ok(()),
                Event::Start(tag) => self.open(&tag),
                Event::Empty(tag) => {
                    self.open(&tag);
                    self.close(tag.local_name().as_ref())?;
                }
                Event::End(tag) => self.close(tag.local_name().as_ref())?,
                _ => {}
            }
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>) {
        let count = |key: &str| attribute(tag, key).and_then(|text| text.parse::<usize>().ok()).unwrap_or(1);
        let unseen = || attribute(tag, "visibility").is_some_and(|word| word != "visible");
        let name = tag.local_name();
        let name = name.as_ref();
        if name == "table" && self.sheet.is_none() {
            self.sheet =
                Some(Sheet { layout: Layout { merged: Some(Vec::new()), ..Layout::default() }, ..Sheet::default() });
        }
        let Some(sheet) = &mut self.sheet else { return };
        match name {
            "table-column" => {
                let after = sheet.column_of_head.saturating_add(count("number-columns-repeated"));
                if unseen() {
                    sheet.layout.hidden_columns.extend(sheet.column_of_head..after.min(LIMITS.columns));
                }
                sheet.column_of_head = after;
            }
            "table-row" => {
                sheet.repeated = count("number-rows-repeated");
                sheet.hidden = unseen();
                (sheet.column, sheet.last_used) = (0, 0);
            }
            "table-cell" | "covered-table-cell" => {
                let used = attribute(tag, "value-type").is_some();
                let (down, right) = (count("number-rows-spanned"), count("number-columns-spanned"));
                if down > 1 || right > 1 {
                    let rows = (line(sheet.row), line(sheet.row.saturating_add(down - 1)));
                    let columns = (sheet.column, sheet.column.saturating_add(right - 1));
                    sheet.layout.merged.get_or_insert_default().push(Area { rows, columns });
                }
                sheet.column = sheet.column.saturating_add(count("number-columns-repeated"));
                if used {
                    sheet.last_used = sheet.column;
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) -> Result<(), Fault> {
        let Some(sheet) = &mut self.sheet else { return Ok(()) };
        match name {
            "table-row" => {
                let after = sheet.row.saturating_add(sheet.repeated);
                if sheet.last_used > 0 {
                    if sheet.hidden {
                        sheet.layout.hidden_rows.extend((sheet.row..after.min(LIMITS.rows as usize)).map(line));
                    }
                    sheet.widest = sheet.widest.max(sheet.last_used);
                    sheet.rows_used = after;
                }
                sheet.row = after;
                if self.room.saturating_add(sheet.rows_used.saturating_mul(sheet.widest)) > LIMITS.dense {
                    return Err(Fault::too_many_cells());
                }
            }
            "table" => {
                self.room += sheet.rows_used.saturating_mul(sheet.widest);
                self.done.extend(self.sheet.take().map(|sheet| sheet.layout));
            }
            _ => {}
        }
        Ok(())
    }
}

fn line(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX).saturating_add(1)
}
