//! Text of any encoding: UTF-8, UTF-16, GB18030. Markup is taken apart; old binary documents give the
//! strings that lie in them.

use std::io::Read;

use super::{Budget, Extracted, Refused, What};

/// Text as it stands; for HTML and XML what shows, and comments and attributes apart. None for bytes
/// that are no text.
pub(super) fn extract(name: &str, bytes: &[u8]) -> Option<Extracted> {
    let text = decode(bytes)?;
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    if matches!(extension.as_str(), "html" | "htm" | "xhtml" | "svg" | "xml" | "kml" | "gpx") {
        return Some(markup(&text));
    }
    Some(Extracted { text, hidden: Vec::new() })
}

/// The text that bytes hold, or none when they are no text.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return Some(encoding.decode(bytes).0.into_owned());
    }
    // A few control characters are no harm; a zero byte is the mark of a binary file.
    if bytes.contains(&0) {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.to_owned()),
        Err(_) => {
            let (text, _, broken) = encoding_rs::GB18030.decode(bytes);
            (!broken).then(|| text.into_owned())
        }
    }
}

/// Unpacks gzip, within the budget.
pub(super) fn gunzip(bytes: &[u8], budget: &mut Budget) -> Result<Vec<u8>, Refused> {
    let mut unpacked = Vec::new();
    let limit = budget.bytes as u64 + 1;
    flate2::read::MultiGzDecoder::new(bytes)
        .take(limit)
        .read_to_end(&mut unpacked)
        .map_err(|error| Refused::Damaged(error.to_string()))?;
    budget.take(unpacked.len())?;
    Ok(unpacked)
}

/// Tags that end a line of text.
const BLOCKS: [&str; 22] = [
    "p", "div", "tr", "li", "br", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "table", "ul", "ol", "dt",
    "dd", "text", "title", "desc", "option",
];

fn markup(text: &str) -> Extracted {
    let mut found = Extracted::default();
    let mut attributes = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        found.text.push_str(&entities(&rest[..at]));
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            let end = comment.find("-->").unwrap_or(comment.len());
            found.add(What::Comment, "", &comment[..end]);
            rest = comment[end..].strip_prefix("-->").unwrap_or_default();
            continue;
        }
        let end = rest.find('>').map_or(rest.len(), |end| end + 1);
        let (tag, after) = rest.split_at(end);
        let name: String = tag.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect();
        if matches!(name.as_str(), "td" | "th") {
            found.text.push('\t');
        } else if BLOCKS.contains(&name.as_str()) {
            found.text.push('\n');
        }
        // Values of attributes stand in quotes.
        for value in tag.split('"').skip(1).step_by(2).filter(|value| !value.trim().is_empty()) {
            attributes.push_str(&entities(value));
            attributes.push('\n');
        }
        rest = after;
    }
    found.text.push_str(&entities(rest));
    found.add(What::Leftover, "", &attributes);
    found
}

/// Replaces character references.
fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.char_indices().take(12).find(|(_, c)| *c == ';').map(|(end, _)| end);
        match end.and_then(|end| Some((quick_xml::escape::unescape(&rest[..=end]).ok()?, end))) {
            Some((c, end)) => {
                out.push_str(&c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Shortest run of characters in a binary file that counts as words.
const SHORTEST: usize = 4;

/// Documents of old office programs hold their text as UTF-16 or bytes of the system's encoding, in
/// pieces. All runs of characters are given, in order; more than what shows, never less.
pub(super) fn strings(bytes: &[u8]) -> Result<Extracted, Refused> {
    // An encrypted package has this stream.
    let mark: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(mark.len()).any(|window| window == mark) {
        return Err(Refused::Encrypted);
    }
    let mut found = Extracted::default();
    for shift in [0, 1] {
        let wide = bytes[shift.min(bytes.len())..].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let chars = char::decode_utf16(wide).map(|c| c.unwrap_or('\0'));
        collect(chars, &mut found.text);
    }
    let mut narrow = String::new();
    collect(bytes.iter().map(|byte| char::from(*byte)).map(|c| if c.is_ascii() { c } else { '\0' }), &mut narrow);
    found.add(What::Leftover, "", &narrow);
    Ok(found)
}

fn collect(chars: impl Iterator<Item = char>, into: &mut String) {
    let mut run = String::new();
    let mut length = 0;
    for c in chars.chain(['\0']) {
        let word = c.is_ascii_graphic()
            || c == ' '
            || matches!(c, '\u{3000}'..='\u{303F}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}');
        if word {
            run.push(c);
            length += 1;
            continue;
        }
        if length >= SHORTEST {
            into.push_str(&run);
            into.push('\n');
        }
        run.clear();
        length = 0;
    }
}
