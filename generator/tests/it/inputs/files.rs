//! Files as offices hold them: separated values, workbooks, OpenDocument, old encodings.

use std::io::{Cursor, Read, Write};

use rust_xlsxwriter::{Workbook, Worksheet};

pub(super) const HEAD: &str = "行政相对人名称,行政处罚决定书文号,处罚类别,罚款金额（万元）,处罚决定日期,处罚机关";
pub(super) const ROW: &str = "甲建材有限公司,（郑）应急罚〔2023〕12号,罚款,5,2023-03-03,样例局";

pub(super) fn csv(lines: &[&str]) -> Vec<u8> {
    (lines.join("\n") + "\n").into_bytes()
}

/// The usual head and one row with another value in one column.
pub(super) fn with(column: usize, value: &str) -> Vec<u8> {
    let mut cells: Vec<&str> = ROW.split(',').collect();
    cells[column] = value;
    csv(&[HEAD, &cells.join(",")])
}

pub(super) fn book(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet());
    workbook.save_to_buffer().expect("a workbook")
}

pub(super) fn line(sheet: &mut Worksheet, row: u32, text: &str) {
    for (column, cell) in (0_u16..).zip(text.split(',')) {
        if !cell.is_empty() {
            sheet.write_string(row, column, cell).expect("a cell");
        }
    }
}

/// A package of named parts, as workbooks are.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(bytes).expect("a part");
    }
    zip.finish().expect("a package").into_inner()
}

/// A workbook with one text in one of its parts replaced.
pub(super) fn patched(book: Vec<u8>, part: &str, old: &str, new: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).expect("a package");
    let mut parts = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("a part");
        let (name, mut bytes) = (file.name().expect("a name").into_owned(), Vec::new());
        file.read_to_end(&mut bytes).expect("a part");
        if name == part {
            let text = String::from_utf8(bytes).expect("XML is text");
            assert!(text.contains(old), "{text}");
            bytes = text.replace(old, new).into_bytes();
        }
        parts.push((name, bytes));
    }
    package(&parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

/// An OpenDocument sheet with a hidden column, a hidden row and a hidden sheet.
pub(super) fn open_document() -> Vec<u8> {
    let row = |cells: &str, hidden: bool| {
        let cells: String = cells
            .split(',')
            .map(|cell| {
                format!("<table:table-cell office:value-type=\"string\"><text:p>{cell}</text:p></table:table-cell>")
            })
            .collect();
        let hidden = if hidden { " table:visibility=\"collapse\"" } else { "" };
        format!("<table:table-row{hidden}>{cells}</table:table-row>")
    };
    let rows = [
        row(&format!("{HEAD},备注"), false),
        row(&format!("{ROW},密"), false),
        row(&format!("{},密", ROW.replace("12号", "13号")), true),
    ]
    .concat();
    let secret = row("不公开", false);
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.2\">\
         <office:automatic-styles><style:style style:name=\"hidden\" style:family=\"table\">\
         <style:table-properties table:display=\"false\"/></style:style></office:automatic-styles>\
         <office:body><office:spreadsheet><table:table table:name=\"一月\">\
         <table:table-column table:number-columns-repeated=\"6\"/>\
         <table:table-column table:visibility=\"collapse\"/>{rows}</table:table>\
         <table:table table:name=\"底稿\" table:style-name=\"hidden\">{secret}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    let manifest = format!(
        "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\">\
         <manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{kind}\"/></manifest:manifest>"
    );
    package(&[
        ("mimetype", kind.as_bytes()),
        ("META-INF/manifest.xml", manifest.as_bytes()),
        ("content.xml", content.as_bytes()),
    ])
}

pub(super) fn encoded(encoding: &'static encoding_rs::Encoding, text: &str) -> Vec<u8> {
    encoding.encode(text).0.into_owned()
}

pub(super) fn wide(text: &str) -> Vec<u8> {
    [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}
