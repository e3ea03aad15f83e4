//! The segments of JPEG, PNG, WebP and GIF files, in order, as ranges of their bytes. Reading metadata
//! and leaving it out both walk them, so what one sees the other removes.

use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    Webp,
    Gif,
}

/// What a segment is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Needed to show the picture.
    Picture,
    /// `Exif`, as TIFF.
    Exif,
    /// Text of any other kind: XMP, IPTC, comments, text chunks.
    Text,
    /// Thumbnails, vendors' notes, bytes after the end.
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) role: Role,
    /// Its name as the format has it: `APP1`, `tEXt`.
    pub(super) name: String,
    /// The whole segment, header included.
    pub(super) range: Range<usize>,
    pub(super) payload: Range<usize>,
}

/// The format of an image and its segments; none for other files and for images cut off or malformed
/// before the picture.
pub(super) fn segments(bytes: &[u8]) -> Option<(Format, Vec<Segment>)> {
    if bytes.starts_with(b"\xFF\xD8\xFF") {
        return Some((Format::Jpeg, jpeg(bytes)?));
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some((Format::Png, png(bytes)?));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some((Format::Webp, webp(bytes)?));
    }
    if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        return Some((Format::Gif, gif(bytes)?));
    }
    None
}

fn rest(bytes: &[u8], from: usize) -> Option<Segment> {
    let range = from..bytes.len();
    (!range.is_empty()).then(|| Segment {
        role: Role::Other,
        name: "trailer".to_owned(),
        range: range.clone(),
        payload: range,
    })
}

fn jpeg(bytes: &[u8]) -> Option<Vec<Segment>> {
    let picture = |name: &str, range: Range<usize>| Segment {
        role: Role::Picture,
        name: name.to_owned(),
        payload: range.clone(),
        range,
    };
    let mut found = vec![picture("SOI", 0..2)];
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xFF {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        match marker {
            // A fill byte.
            0xFF => {
                at += 1;
                continue;
            }
            0xD9 => {
                found.push(picture("EOI", at..at + 2));
                found.extend(rest(bytes, at + 2));
                return Some(found);
            }
            0x01 | 0xD0..=0xD8 => {
                found.push(picture("RST", at..at + 2));
                at += 2;
                continue;
            }
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]));
        let end = at + 2 + length;
        let payload = bytes.get(at + 4..end)?;
        let (role, name) = jpeg_role(marker, payload);
        found.push(Segment { role, name, range: at..end, payload: at + 4..end });
        at = end;
        if marker == 0xDA {
            // The scan: until a marker that is not a restart.
            let mut scan = at;
            while !matches!((bytes.get(scan)?, bytes.get(scan + 1)?), (0xFF, next) if !matches!(next, 0x00 | 0xD0..=0xD7 | 0xFF))
            {
                scan += 1;
            }
            found.push(picture("scan", at..scan));
            at = scan;
        }
    }
}

fn jpeg_role(marker: u8, payload: &[u8]) -> (Role, String) {
    let role = match marker {
        0xE0 if payload.starts_with(b"JFIF\0") && payload.len() == 14 => Role::Picture,
        0xE1 if payload.starts_with(b"Exif\0") => Role::Exif,
        0xE1 | 0xED | 0xFE => Role::Text,
        0xE2 if payload.starts_with(b"ICC_PROFILE\0") => Role::Picture,
        0xEE if payload.starts_with(b"Adobe") => Role::Picture,
        0xE0..=0xEF => Role::Other,
        _ => Role::Picture,
    };
    let name = match marker {
        0xE0..=0xEF => format!("APP{}", marker - 0xE0),
        0xFE => "COM".to_owned(),
        other => format!("{other:02X}"),
    };
    (role, name)
}

fn png(bytes: &[u8]) -> Option<Vec<Segment>> {
    const PICTURE: [&[u8; 4]; 20] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"pHYs",
        b"hIST", b"sPLT", b"acTL", b"fcTL", b"fdAT", b"cICP", b"mDCV", b"cLLI",
    ];
    let signature = Segment { role: Role::Picture, name: "signature".to_owned(), range: 0..8, payload: 0..8 };
    let mut found = vec![signature];
    let mut at = 8;
    loop {
        let length = u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize;
        let kind: &[u8; 4] = bytes.get(at + 4..at + 8)?.try_into().ok()?;
        let payload = at + 8..(at + 8).checked_add(length)?;
        let range = at..payload.end.checked_add(4)?;
        bytes.get(range.clone())?;
        let role = match kind {
            kind if PICTURE.contains(&kind) => Role::Picture,
            b"eXIf" => Role::Exif,
            b"tEXt" | b"zTXt" | b"iTXt" => Role::Text,
            _ => Role::Other,
        };
        at = range.end;
        found.push(Segment { role, name: String::from_utf8_lossy(kind).into_owned(), range, payload });
        if kind == b"IEND" {
            found.extend(rest(bytes, at));
            return Some(found);
        }
    }
}

fn webp(bytes: &[u8]) -> Option<Vec<Segment>> {
    const PICTURE: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
    let size = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?) as usize;
    let end = size.checked_add(8)?;
    let mut found = vec![Segment { role: Role::Picture, name: "RIFF".to_owned(), range: 0..12, payload: 8..12 }];
    let mut at = 12;
    while at + 8 <= end.min(bytes.len()) {
        let kind: &[u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        let length = u32::from_le_bytes(bytes.get(at + 4..at + 8)?.try_into().ok()?) as usize;
        let payload = at + 8..(at + 8).checked_add(length)?;
        bytes.get(payload.clone())?;
        let range = at..(payload.end + length % 2).min(bytes.len());
        let role = match kind {
            kind if PICTURE.contains(&kind) => Role::Picture,
            b"EXIF" => Role::Exif,
            b"XMP " => Role::Text,
            _ => Role::Other,
        };
        at = range.end;
        found.push(Segment { role, name: String::from_utf8_lossy(kind).trim().to_owned(), range, payload });
    }
    found.extend(rest(bytes, at));
    Some(found)
}

fn gif(bytes: &[u8]) -> Option<Vec<Segment>> {
    let table = |packed: u8| if packed & 0x80 != 0 { 3 << ((packed & 7) + 1) } else { 0 };
    let mut at = 13 + table(*bytes.get(10)?);
    bytes.get(..at)?;
    let mut found = vec![Segment { role: Role::Picture, name: "header".to_owned(), range: 0..at, payload: 0..0 }];
    loop {
        let start = at;
        let (role, name, blocks) = match *bytes.get(at)? {
            0x3B => {
                let range = at..at + 1;
                found.push(Segment { role: Role::Picture, name: "end".to_owned(), payload: range.clone(), range });
                found.extend(rest(bytes, at + 1));
                return Some(found);
            }
            0x2C => (Role::Picture, "image", at + 11 + table(*bytes.get(at + 9)?)),
            0x21 => match *bytes.get(at + 1)? {
                0xF9 => (Role::Picture, "control", at + 2),
                0xFE => (Role::Text, "comment", at + 2),
                0x01 => (Role::Text, "text", at + 2),
                0xFF if matches!(bytes.get(at + 3..at + 14), Some(b"NETSCAPE2.0" | b"ANIMEXTS1.0")) => {
                    (Role::Picture, "loop", at + 2)
                }
                _ => (Role::Text, "application", at + 2),
            },
            _ => return None,
        };
        at = blocks;
        while let length @ 1.. = usize::from(*bytes.get(at)?) {
            at += 1 + length;
        }
        at += 1;
        found.push(Segment { role, name: name.to_owned(), range: start..at, payload: blocks..at });
    }
}
