//! The bytes of a text file become text: by its byte-order mark, a declared name, or what fits.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8};

/// Text and, where it is not UTF-8, the name of its encoding.
#[derive(Debug)]
pub(crate) struct Decoded<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) encoding: Option<&'static str>,
}

/// Why bytes are no text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotText {
    /// Nobody knows an encoding of this name.
    UnknownName,
    /// Line of the first bytes that do not fit.
    Line(usize),
}

/// Decodes by the declared encoding if there is one.
///
/// # Errors
/// A name that is no encoding, or bytes that fit none.
pub(crate) fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Result<Decoded<'a>, NotText> {
    if let Some(name) = declared {
        let encoding = Encoding::for_label(name.trim().as_bytes()).ok_or(NotText::UnknownName)?;
        return strictly(bytes, if encoding == GBK { GB18030 } else { encoding });
    }
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return strictly(bytes, encoding);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Decoded { text: Cow::Borrowed(text), encoding: None }),
        Err(_) => guessed(bytes),
    }
}

/// GB18030 unless the bytes are Big5: those two look alike, and a detector errs on short texts.
fn guessed(bytes: &[u8]) -> Result<Decoded<'_>, NotText> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let found = detector.guess(None, Utf8Detection::Deny);
    let first = if found == BIG5 || looks_like_big5(bytes) { BIG5 } else { GB18030 };
    let second = if first == BIG5 { GB18030 } else { BIG5 };
    let good = |decoded: &Decoded<'_>| !decoded.text.chars().any(is_private_use);
    let tried = strictly(bytes, first).ok().filter(good);
    if let Some(decoded) = tried.or_else(|| strictly(bytes, second).ok().filter(good)) {
        return Ok(decoded);
    }
    // The encoding that reaches further is the likelier one.
    Err(NotText::Line(line_of_first_error(bytes, UTF_8).max(line_of_first_error(bytes, GB18030))))
}

fn strictly<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Result<Decoded<'a>, NotText> {
    let (text, used, broken) = encoding.decode(bytes);
    if broken {
        return Err(NotText::Line(line_of_first_error(bytes, used)));
    }
    Ok(Decoded { text, encoding: (used != UTF_8).then(|| used.name()) })
}

/// Big5 has its second byte below 0x80 in two characters of five, simplified text in GBK hardly ever.
fn looks_like_big5(bytes: &[u8]) -> bool {
    let (mut pairs, mut low, mut at) = (0_usize, 0_usize, 0);
    while at + 1 < bytes.len() {
        if bytes[at] < 0x81 {
            at += 1;
            continue;
        }
        pairs += 1;
        low += usize::from((0x40..0x7F).contains(&bytes[at + 1]));
        at += 2;
    }
    low * 6 > pairs
}

fn is_private_use(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
}

/// Decodes line by line; a line is short, so the first bad one is near the fault.
fn line_of_first_error(bytes: &[u8], encoding: &'static Encoding) -> usize {
    let bad = |line: &[u8]| encoding.decode_without_bom_handling(line).1;
    1 + bytes.split(|byte| *byte == b'\n').position(bad).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], declared: Option<&str>) -> String {
        match decode(bytes, declared) {
            Ok(Decoded { text, encoding }) => format!("{}:{text}", encoding.unwrap_or("-")),
            Err(NotText::Line(line)) => format!("line {line}"),
            Err(NotText::UnknownName) => "unknown".to_owned(),
        }
    }

    #[test]
    fn encodings_are_found() {
        let gbk = |text: &str| GB18030.encode(text).0.into_owned();
        let big5 = |text: &str| BIG5.encode(text).0.into_owned();
        let wide =
            |text: &str| [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let simplified = "行政相对人名称,罚款金额\n甲建材有限公司,5\n";
        let traditional = "主管機關,公告日期,處分字號,違反法規內容\n台北市,20150305,府勞職字第1號,未設置護欄\n";
        let cases: [(Vec<u8>, Option<&str>, String); 9] = [
            (simplified.into(), None, format!("-:{simplified}")),
            (format!("\u{FEFF}{simplified}").into(), None, format!("-:{simplified}")),
            (gbk(simplified), None, format!("gb18030:{simplified}")),
            (gbk("姓名\n李𠮷镕\n"), None, "gb18030:姓名\n李𠮷镕\n".to_owned()),
            (big5(traditional), None, format!("Big5:{traditional}")),
            (big5(traditional), Some("big5"), format!("Big5:{traditional}")),
            (wide(simplified), None, format!("UTF-16LE:{simplified}")),
            (b"a,b\n1,\xFF\xFF\n".to_vec(), None, "line 2".to_owned()),
            (simplified.into(), Some("klingon"), "unknown".to_owned()),
        ];
        for (bytes, declared, expected) in cases {
            assert!(read(&bytes, declared).eq_ignore_ascii_case(&expected), "{}", read(&bytes, declared));
        }
    }
}
