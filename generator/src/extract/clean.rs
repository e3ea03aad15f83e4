//! An image without what it says about its maker. Segments needed to show the picture stay, and how the
//! picture is to be turned; everything else goes, known or unknown.

use super::segments::{Format, Role, Segment, segments};

/// The image without metadata; none when there is nothing to leave out, or the file is no JPEG, PNG,
/// WebP or GIF that can be read.
pub(crate) fn cleaned(bytes: &[u8]) -> Option<Vec<u8>> {
    let (format, segments) = segments(bytes)?;
    if segments.iter().all(|segment| segment.role == Role::Picture) {
        return None;
    }
    let exif = segments.iter().find(|segment| segment.role == Role::Exif);
    let turn = exif.and_then(|segment| orientation(&bytes[segment.payload.clone()]));
    let mut out = Vec::with_capacity(bytes.len());
    for segment in segments.iter().filter(|segment| segment.role == Role::Picture) {
        let own = &bytes[segment.range.clone()];
        match (format, segment.name.as_str()) {
            (Format::Webp, "VP8X") => out.extend(flags(own, turn.is_some())),
            _ => out.extend_from_slice(own),
        }
        if let Some(turn) = turn.filter(|_| is_head(format, segment, &segments)) {
            out.extend(turned(format, turn));
        }
    }
    if format == Format::Webp {
        if let Some(turn) = turn.filter(|_| segments.iter().any(|segment| segment.name == "VP8X")) {
            out.extend(turned(format, turn));
        }
        let size = u32::try_from(out.len() - 8).ok()?;
        out[4..8].copy_from_slice(&size.to_le_bytes());
    }
    (out != bytes).then_some(out)
}

/// After which segment the turn is written: after `JFIF`, or the start; after `IHDR`.
fn is_head(format: Format, segment: &Segment, all: &[Segment]) -> bool {
    match format {
        Format::Jpeg => {
            let has_jfif = all.iter().any(|other| other.name == "APP0" && other.role == Role::Picture);
            segment.name == if has_jfif { "APP0" } else { "SOI" }
        }
        Format::Png => segment.name == "IHDR",
        Format::Webp | Format::Gif => false,
    }
}

/// The extended header without the flags for EXIF and XMP.
fn flags(segment: &[u8], keeps_exif: bool) -> Vec<u8> {
    const EXIF: u8 = 0x08;
    const XMP: u8 = 0x04;
    let mut own = segment.to_vec();
    if let Some(flags) = own.get_mut(8) {
        *flags &= !(EXIF | XMP);
        if keeps_exif {
            *flags |= EXIF;
        }
    }
    own
}

/// 2 to 8; 1 is as it stands and needs no saying.
fn orientation(payload: &[u8]) -> Option<u8> {
    let tiff = payload.strip_prefix(b"Exif\0\0").unwrap_or(payload);
    let read = exif::Reader::new().continue_on_error(true).read_raw(tiff.to_vec());
    let read = read.or_else(|error| error.distill_partial_result(|_| {})).ok()?;
    let value = read.get_field(exif::Tag::Orientation, exif::In::PRIMARY)?.value.get_uint(0)?;
    u8::try_from(value).ok().filter(|turn| (2..=8).contains(turn))
}

/// A segment that says how the picture is turned, and nothing else.
fn turned(format: Format, turn: u8) -> Vec<u8> {
    let tiff =
        [b"MM\0*".as_slice(), &[0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, turn, 0, 0, 0, 0, 0, 0]].concat();
    let length = u32::try_from(tiff.len()).expect("it has 26 bytes");
    match format {
        Format::Jpeg => {
            let length = u16::try_from(length + 8).expect("it has 34 bytes").to_be_bytes();
            [&[0xFF, 0xE1], length.as_slice(), b"Exif\0\0", &tiff].concat()
        }
        Format::Png => {
            let mut crc = flate2::Crc::new();
            crc.update(b"eXIf");
            crc.update(&tiff);
            [&length.to_be_bytes(), b"eXIf".as_slice(), &tiff, &crc.sum().to_be_bytes()].concat()
        }
        Format::Webp => [b"EXIF".as_slice(), &length.to_le_bytes(), &tiff].concat(),
        Format::Gif => Vec::new(),
    }
}
