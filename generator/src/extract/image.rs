//! What an image says about its maker: EXIF, GPS, XMP, IPTC, comments, text chunks.

use super::segments::{Format, Role, Segment, segments};
use super::{Extracted, What, plain};

/// The metadata of an image; none for files that are no image.
pub(super) fn metadata(bytes: &[u8]) -> Option<Extracted> {
    let mut found = Extracted::default();
    let Some((format, segments)) = segments(bytes) else {
        // TIFF and HEIF are read by the library, which knows their containers.
        return is_other_image(bytes).then(|| {
            let mut reader = exif::Reader::new();
            let read = reader.continue_on_error(true).read_from_container(&mut std::io::Cursor::new(bytes));
            fields(read, &mut found);
            // XMP lies in the file as text, wherever that is.
            found.add(What::Metadata, "XMP", &xmp(bytes));
            found
        });
    };
    for segment in &segments {
        let payload = &bytes[segment.payload.clone()];
        match segment.role {
            Role::Picture => {}
            Role::Exif => {
                let tiff = payload.strip_prefix(b"Exif\0\0").unwrap_or(payload);
                let mut reader = exif::Reader::new();
                fields(reader.continue_on_error(true).read_raw(tiff.to_vec()), &mut found);
            }
            Role::Text => text(format, segment, payload, &mut found),
            // Vendors' notes, thumbnails and appended films are searched for words.
            Role::Other => {
                if let Ok(inner) = plain::strings(payload) {
                    let words: Vec<String> = inner.hidden.into_iter().map(|part| part.text).collect();
                    found.add(What::Leftover, &segment.name, &words.join("\n"));
                    found.add(What::Leftover, &segment.name, &xmp(payload));
                }
            }
        }
    }
    Some(found)
}

fn is_other_image(bytes: &[u8]) -> bool {
    let tiff = bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*");
    let brand = bytes.get(8..12).unwrap_or_default();
    let heif = bytes.get(4..8) == Some(b"ftyp") && [&b"heic"[..], b"heix", b"mif1", b"msf1", b"avif"].contains(&brand);
    tiff || heif
}

fn fields(read: Result<exif::Exif, exif::Error>, found: &mut Extracted) {
    let Ok(read) = read.or_else(|error| error.distill_partial_result(|_| {})) else { return };
    for field in read.fields() {
        let name = field.tag.to_string();
        let text = match &field.value {
            exif::Value::Ascii(lines) => lines.iter().map(|line| words(line)).collect::<Vec<_>>().join("\n"),
            // Windows writes its own fields (XPAuthor, XPComment) as UTF-16 in bytes.
            exif::Value::Byte(bytes) if (0x9C9B..=0x9C9F).contains(&field.tag.number()) => utf16(bytes),
            exif::Value::Undefined(bytes, _) if field.tag == exif::Tag::UserComment => {
                words(bytes.get(8..).unwrap_or_default())
            }
            _ => String::new(),
        };
        if matches!(field.tag, exif::Tag::GPSLatitude | exif::Tag::GPSLongitude) {
            found.add(What::Location, &name, &field.display_value().to_string());
        }
        found.add(What::Metadata, &name, &text);
    }
}

fn words(bytes: &[u8]) -> String {
    plain::decode(bytes.split(|byte| *byte == 0).next().unwrap_or_default()).unwrap_or_else(|| utf16(bytes))
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned()
}

fn text(format: Format, segment: &Segment, payload: &[u8], found: &mut Extracted) {
    let name = segment.name.as_str();
    let said = match (format, name) {
        (Format::Jpeg, "APP13") => iptc(payload),
        (Format::Png, "tEXt") => latin(payload),
        (Format::Png, "zTXt" | "iTXt") => chunk(name, payload),
        (Format::Gif, _) => String::from_utf8_lossy(&joined(payload)).into_owned(),
        _ => plain::decode(payload).unwrap_or_else(|| String::from_utf8_lossy(payload).into_owned()),
    };
    let is_xmp = said.contains("<x:xmpmeta") || said.contains("<rdf:RDF");
    let said = if is_xmp { super::xml::everything(xmp(payload).as_bytes()).unwrap_or(said) } else { said };
    found.add(What::Metadata, if is_xmp { "XMP" } else { name }, &said);
}

/// Keyword and text, which may be UTF-8 though the format says Latin-1.
fn latin(payload: &[u8]) -> String {
    let text = payload.split(|byte| *byte == 0).map(|part| match std::str::from_utf8(part) {
        Ok(text) => text.to_owned(),
        Err(_) => plain::decode(part).unwrap_or_default(),
    });
    text.collect::<Vec<_>>().join(": ")
}

/// Most bytes that a text chunk unpacks to.
const MOST_TEXT: u64 = 16 * 1024 * 1024;

/// `zTXt`: keyword, 0, method, compressed. `iTXt`: keyword, 0, flag, method, language, 0, translated, 0, text.
fn chunk(name: &str, payload: &[u8]) -> String {
    use std::io::Read;
    let Some(end) = payload.iter().position(|byte| *byte == 0) else { return String::new() };
    let keyword = String::from_utf8_lossy(&payload[..end]);
    let rest = &payload[end + 1..];
    let (compressed, content) = if name == "zTXt" {
        (true, rest.get(1..).unwrap_or_default())
    } else {
        let mut parts = rest.get(2..).unwrap_or_default().splitn(3, |byte| *byte == 0);
        (rest.first() == Some(&1), parts.nth(2).unwrap_or_default())
    };
    let mut text = Vec::new();
    if compressed {
        // What cannot be unpacked further has been read as far as it goes.
        let _ = flate2::read::ZlibDecoder::new(content).take(MOST_TEXT).read_to_end(&mut text);
    } else {
        text.extend_from_slice(content);
    }
    format!("{keyword}: {}", String::from_utf8_lossy(&text))
}

/// Blocks of a GIF, each led by its length.
fn joined(payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = payload;
    while let Some((length, after)) = rest.split_first() {
        let length = usize::from(*length).min(after.len());
        out.extend_from_slice(&after[..length]);
        rest = &after[length..];
    }
    out
}

/// Datasets of IPTC: 0x1C, record, number, two bytes of length, value.
fn iptc(payload: &[u8]) -> String {
    let mut lines = Vec::new();
    let mut at = 0;
    while let Some(found) = payload[at..].windows(2).position(|mark| mark == [0x1C, 2]) {
        at += found;
        let Some([high, low]) = payload.get(at + 3..at + 5) else { break };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some(value) = payload.get(at + 5..at + 5 + length) else { break };
        lines.push(words(value));
        at += 5 + length;
    }
    lines.join("\n")
}

/// The XMP packet in some bytes, or nothing.
fn xmp(bytes: &[u8]) -> String {
    let find = |mark: &[u8]| bytes.windows(mark.len()).position(|window| window == mark);
    match (find(b"<x:xmpmeta"), find(b"</x:xmpmeta>")) {
        (Some(start), Some(end)) if start < end => String::from_utf8_lossy(&bytes[start..end + 12]).into_owned(),
        _ => String::new(),
    }
}
