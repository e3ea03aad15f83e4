//! A few sentences become a file of each kind that a portal publishes or attaches.

use std::io::{Cursor, Write};

use super::super::random::Random;
use super::plant::Plant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Html,
    Json,
    Csv,
    Feed,
    Docx,
    Xlsx,
    Pdf,
    Png,
    Jpeg,
    Text,
}

pub(super) const FORMATS: [Format; 10] = [
    Format::Html,
    Format::Json,
    Format::Csv,
    Format::Feed,
    Format::Docx,
    Format::Xlsx,
    Format::Pdf,
    Format::Png,
    Format::Jpeg,
    Format::Text,
];

impl Format {
    pub(super) fn extension(self) -> &'static str {
        match self {
            Format::Html => "html",
            Format::Json => "json",
            Format::Csv => "csv",
            Format::Feed => "xml",
            Format::Docx => "docx",
            Format::Xlsx => "xlsx",
            Format::Pdf => "pdf",
            Format::Png => "png",
            Format::Jpeg => "jpg",
            Format::Text => "txt",
        }
    }
}

/// The file with the plant, if there is one, somewhere among the look-alikes.
pub(super) fn write(format: Format, plant: Option<&Plant>, others: &[String], random: &mut Random) -> Vec<u8> {
    let mut lines: Vec<String> = others.to_vec();
    if let Some(plant) = plant {
        let at = usize::try_from(random.below(lines.len() as u64 + 1)).unwrap_or(0);
        lines.insert(at, plant.text.clone());
    }
    // Equal files are published once, so each has a mark of its own.
    let mark = format!("样本{:x}号", random.below(u64::MAX) | 0xA000_0000_0000_0000);
    match format {
        Format::Html => page(&lines, &mark).into_bytes(),
        Format::Feed => feed(&lines, &mark).into_bytes(),
        Format::Json => serde_json::json!({ "mark": mark, "lines": lines }).to_string().into_bytes(),
        Format::Csv => table(&lines, &mark).into_bytes(),
        Format::Text => (lines.join("\n\n") + "\n\n" + &mark).into_bytes(),
        Format::Docx => document(&lines, &mark, random),
        Format::Xlsx => workbook(&lines, &mark, random),
        Format::Pdf => pdf(&lines, random),
        Format::Png => png(&lines, &mark),
        Format::Jpeg => jpeg(&lines, &mark),
    }
}

/// Disguises with markup are markup here.
fn page(lines: &[String], mark: &str) -> String {
    let body: String = lines.iter().map(|line| format!("<p>{line}</p>\n")).collect();
    format!("<!DOCTYPE html><html><head><title>{mark}</title></head><body>\n{body}</body></html>")
}

fn feed(lines: &[String], mark: &str) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let entries: String = lines
        .iter()
        .map(|line| {
            // References stay references: a feed of HTML would escape them once more.
            let text = if line.contains("&#") { line.clone() } else { escape(line) };
            format!("<entry><content type=\"html\">{text}</content></entry>\n")
        })
        .collect();
    format!("<feed><title>{mark}</title>\n{entries}</feed>")
}

fn table(lines: &[String], mark: &str) -> String {
    let cells = lines.iter().map(|line| format!("\"{}\"", line.replace('"', "\"\"")));
    format!("序号,内容\n0,{mark}\n{}", cells.enumerate().map(|(at, cell)| format!("{at},{cell}\n")).collect::<String>())
}

fn package(members: &[(&str, String)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in members {
        writer.start_file(*name, options).expect("memory takes every member");
        writer.write_all(content.as_bytes()).expect("memory takes every byte");
    }
    writer.finish().expect("memory takes the directory").into_inner()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Each paragraph is cut into runs at a place of its own; one goes into a comment, a header or a property.
fn document(lines: &[String], mark: &str, random: &mut Random) -> Vec<u8> {
    let run = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(text));
    let mut paragraphs = String::new();
    let (mut comment, mut header, mut property) = (String::new(), String::new(), mark.to_owned());
    for line in lines {
        match random.below(8) {
            0 => comment.push_str(&format!("<w:p>{}</w:p>", run(line))),
            1 => header.push_str(&format!("<w:p>{}</w:p>", run(line))),
            2 => property = format!("{property} {}", escaped(line)),
            _ => {
                let length = line.chars().count() as u64;
                let cut = usize::try_from(random.below(length.max(1))).unwrap_or(0);
                let at = line.char_indices().nth(cut).map_or(0, |(at, _)| at);
                let (head, tail) = line.split_at(at);
                paragraphs.push_str(&format!("<w:p>{}{}</w:p>", run(head), run(tail)));
            }
        }
    }
    let part = |name: &str, inner: &str| format!("<w:{name} xmlns:w=\"w\">{inner}</w:{name}>");
    package(&[
        ("[Content_Types].xml", "<Types/>".to_owned()),
        ("word/document.xml", part("document", &part("body", &paragraphs))),
        ("word/header1.xml", part("hdr", &header)),
        ("word/comments.xml", part("comments", &format!("<w:comment>{comment}</w:comment>"))),
        ("docProps/core.xml", format!("<cp:core xmlns:cp=\"c\"><cp:subject>{property}</cp:subject></cp:core>")),
    ])
}

fn workbook(lines: &[String], mark: &str, random: &mut Random) -> Vec<u8> {
    let strings: String =
        lines.iter().chain([&mark.to_owned()]).map(|line| format!("<si><t>{}</t></si>", escaped(line))).collect();
    let rows: String = (0..=lines.len())
        .map(|at| {
            let hidden = if random.below(4) == 0 { " hidden=\"1\"" } else { "" };
            format!(
                "<row r=\"{0}\"{hidden}><c r=\"A{0}\"><v>{1}</v></c><c r=\"B{0}\" t=\"s\"><v>{1}</v></c></row>",
                at + 1,
                at
            )
        })
        .collect();
    package(&[
        ("[Content_Types].xml", "<Types/>".to_owned()),
        ("xl/workbook.xml", "<workbook><sheets><sheet name=\"表\" id=\"rId1\"/></sheets></workbook>".to_owned()),
        ("xl/sharedStrings.xml", format!("<sst>{strings}</sst>")),
        ("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
    ])
}

/// A page with a line for each sentence, in a font every reader has.
fn pdf(lines: &[String], random: &mut Random) -> Vec<u8> {
    let mut content = String::from("BT /F1 12 Tf 72 800 Td 0 -30 TD\n");
    for line in lines {
        let ascii: String = line.chars().filter(char::is_ascii).collect();
        let cut = usize::try_from(random.below(ascii.len() as u64)).unwrap_or(0);
        let (head, tail) = ascii.split_at(cut);
        content.push_str(&format!("({head}) Tj ({tail}) Tj T*\n"));
    }
    content.push_str(&format!("(mark a{:x}b) Tj ET", random.below(u64::MAX) | 0xA000_0000_0000_0000));
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let start = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for offset in offsets {
        out.push_str(&format!("{offset:010} 00000 n \n"));
    }
    out.push_str(&format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1));
    out.into_bytes()
}

fn png(lines: &[String], mark: &str) -> Vec<u8> {
    let chunk = |kind: &[u8], payload: &[u8]| {
        let length = u32::try_from(payload.len()).expect("a few sentences").to_be_bytes();
        [length.as_slice(), kind, payload, &[0; 4]].concat()
    };
    let text = format!("{mark}\n\n{}", lines.join("\n\n"));
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &[0; 13]),
        chunk(b"iTXt", &[b"Description\0\0\0zh\0\0".as_slice(), text.as_bytes()].concat()),
        chunk(b"IDAT", &[0; 8]),
        chunk(b"IEND", &[]),
    ]
    .concat()
}

fn jpeg(lines: &[String], mark: &str) -> Vec<u8> {
    let segment = |marker: u8, payload: &[u8]| {
        let length = u16::try_from(payload.len() + 2).expect("a few sentences").to_be_bytes();
        [&[0xFF, marker], length.as_slice(), payload].concat()
    };
    let text = format!("{mark}\n\n{}", lines.join("\n\n"));
    [
        vec![0xFF, 0xD8],
        segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        segment(0xFE, text.as_bytes()),
        segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        vec![1, 2, 3, 0xFF, 0xD9],
    ]
    .concat()
}
