//! The zip package around XLSX, XLSB and ODS: what it claims is weighed before anything is unpacked.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::{Bytes, Fault};
use crate::parse::LIMITS;

/// Refuses packages whose parts together would unpack to more than is read, or that have a password.
/// A part that turns out larger than it claims is refused by the unpacker.
pub(super) fn check(bytes: &[u8]) -> Result<(), Fault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    let mut unpacked = 0_u64;
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at)?;
        if part.encrypted() {
            return Err(Fault::Password);
        }
        unpacked = unpacked.saturating_add(part.size());
        if unpacked > LIMITS.unpacked {
            return Err(Fault::TooLarge(format!("{} MiB unpacked", LIMITS.unpacked >> 20)));
        }
    }
    Ok(())
}

/// A part by its name, case aside, as some programs write it.
pub(super) fn part<T>(
    bytes: &[u8],
    name: &str,
    read: impl FnOnce(&mut dyn Read) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    let mut archive: ZipArchive<Bytes<'_>> = ZipArchive::new(Cursor::new(bytes))?;
    let known = archive.file_names().flatten().find(|known| known.replace('\\', "/").eq_ignore_ascii_case(name));
    let Some(known) = known.map(std::borrow::Cow::into_owned) else { return Ok(None) };
    let mut part = archive.by_name(&known)?;
    read(&mut part).map(Some)
}

/// A small part as text.
pub(super) fn text(bytes: &[u8], name: &str) -> Result<Option<String>, Fault> {
    let mut content = Vec::new();
    let read = part(bytes, name, |part| Ok(part.take(LIMITS.unpacked).read_to_end(&mut content)?))?;
    Ok(read.map(|_| String::from_utf8_lossy(&content).into_owned()))
}

/// The parts that a relationships file names, by their identifiers, relative to `folder`.
pub(super) fn relationships(xml: &str, folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut reader = quick_xml::Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Empty(tag) | quick_xml::events::Event::Start(tag) => {
                let get = |key: &str| attribute(&tag, key);
                if let (Some(id), Some(target)) = (get("Id"), get("Target")) {
                    let target = target.replace('\\', "/");
                    let path = match target.strip_prefix('/') {
                        Some(absolute) => absolute.to_owned(),
                        None => joined(folder, &target),
                    };
                    found.push((id, path));
                }
            }
            _ => {}
        }
    }
    found
}

/// An attribute by its local name, its entities resolved.
pub(super) fn attribute(tag: &quick_xml::events::BytesStart<'_>, local: &str) -> Option<String> {
    let mut all = tag.attributes().flatten();
    let found = all.find(|attribute| attribute.key.local_name().as_ref() == local)?;
    let raw: &str = found.value.as_ref();
    Some(quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), std::borrow::Cow::into_owned))
}

fn joined(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}
