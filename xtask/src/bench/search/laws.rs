//! The laws that the pages are cut from: `laws.jsonl.gz` becomes titles and clean paragraphs. Paragraphs hold
//! nothing that Markdown reads as markup, so that what is written is what a reader sees.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Where the file lies unless `--laws` says otherwise: beside the repository.
const BESIDE: &str = "../shared/data/laws.jsonl.gz";

pub(super) struct Law {
    pub(super) title: String,
    pub(super) paragraphs: Vec<String>,
}

/// The file that was named, or the one beside the repository.
///
/// # Errors
/// There is none; the message says where it was looked for.
pub(super) fn file(named: Option<&Path>, repository: &Path) -> io::Result<PathBuf> {
    let path = named.map_or_else(|| repository.join(BESIDE), Path::to_owned);
    if path.is_file() {
        return Ok(path);
    }
    let place = if named.is_some() { path.display().to_string() } else { format!("{BESIDE} beside this repository") };
    Err(io::Error::new(
        io::ErrorKind::NotFound,
        format!("there are no laws to cut pages from: {place} is missing; name the file with --laws FILE"),
    ))
}

pub(super) fn read(path: &Path) -> io::Result<Vec<Law>> {
    let text = String::from_utf8(unpacked(&fs::read(path)?)?).map_err(io::Error::other)?;
    let laws = text.lines().filter(|line| !line.trim().is_empty()).map(law).collect::<io::Result<Vec<Law>>>()?;
    let laws: Vec<Law> = laws.into_iter().filter(|law| !law.paragraphs.is_empty() && !law.title.is_empty()).collect();
    if laws.is_empty() {
        return Err(io::Error::other(format!("{} holds no laws", path.display())));
    }
    Ok(laws)
}

/// The content of a gzip file, whose last four bytes say how long it is.
pub(super) fn unpacked(packed: &[u8]) -> io::Result<Vec<u8>> {
    let length = packed.last_chunk::<4>().ok_or_else(|| io::Error::other("not a gzip file"))?;
    let mut bytes = vec![0; u32::from_le_bytes(*length) as usize];
    let written = libdeflater::Decompressor::new().gzip_decompress(packed, &mut bytes).map_err(io::Error::other)?;
    bytes.truncate(written);
    Ok(bytes)
}

fn law(line: &str) -> io::Result<Law> {
    let law: Value = serde_json::from_str(line)?;
    let text = |key: &str| law[key].as_str().unwrap_or_default();
    Ok(Law { title: plain(text("title")), paragraphs: text("body").lines().filter_map(paragraph).collect() })
}

/// A line of Markdown as a paragraph of plain words; headings and tables are left out.
fn paragraph(line: &str) -> Option<String> {
    if line.starts_with(['#', '|', '>']) {
        return None;
    }
    let text = plain(line.trim().trim_start_matches(['-', '+', '=']));
    let text = without_list_mark(&text);
    let chinese = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    (chinese >= 8).then_some(text)
}

/// Without the characters that Markdown gives a meaning.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !"*_<>[]|~`#!\\&{}$\u{fdd0}".contains(*c)).collect::<String>().trim().to_owned()
}

/// `1. 内容` would become a list, whose numbers are not text.
fn without_list_mark(text: &str) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text[digits..].strip_prefix(['.', ')']) {
        Some(rest) if digits > 0 => format!("{}．{rest}", &text[..digits]),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_hold_no_markup() {
        for (line, expected) in [
            ("第一条 为了促进发展，制定本条例。", Some("第一条 为了促进发展，制定本条例。")),
            ("## 第一章　总则和其他各项规定", None),
            ("| 甲 | 乙 | 丙丁戊己庚辛壬癸 |", None),
            ("1. 应当制定*应急*预案并演练", Some("1． 应当制定应急预案并演练")),
            ("- 应当制定应急预案并演练", Some("应当制定应急预案并演练")),
            ("附件", None),
        ] {
            assert_eq!(paragraph(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = file(Some(Path::new("no/such.gz")), Path::new(".")).expect_err("it is not there");
        assert!(error.to_string().contains("no/such.gz") && error.to_string().contains("--laws"), "{error}");
    }
}
