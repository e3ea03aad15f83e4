//! A ZIP package: an office document, an OpenDocument, an OFD, or an archive of files.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::{Budget, Extracted, Refused, What, deeper, office, opendocument, xml};

/// The unpacked members of a package by name.
pub(super) type Members = BTreeMap<String, Vec<u8>>;

/// More members than any office document has.
const MOST_MEMBERS: usize = 20_000;

pub(super) fn extract(bytes: &[u8], budget: &mut Budget) -> Result<Extracted, Refused> {
    let members = unpack(bytes, budget)?;
    let mut found = Extracted::default();
    if members.contains_key("[Content_Types].xml") {
        office::read(&members, &mut found)?;
    } else if members.contains_key("content.xml") {
        opendocument::read(&members, &mut found)?;
    } else {
        other(&members, &mut found, budget)?;
        return Ok(found);
    }
    // Images and documents that lie inside the document.
    for (name, member) in members.iter().filter(|(name, _)| is_file_inside(name)) {
        if let Ok(inner) = deeper(name, member, budget) {
            found.absorb(name, inner);
        }
    }
    Ok(found)
}

fn unpack(bytes: &[u8], budget: &mut Budget) -> Result<Members, Refused> {
    let damaged = |error: zip::result::ZipError| Refused::Damaged(error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MOST_MEMBERS {
        return Err(Refused::TooLarge);
    }
    let mut members = Members::new();
    for at in 0..archive.len() {
        let file = match archive.by_index(at) {
            Ok(file) => file,
            Err(zip::result::ZipError::UnsupportedArchive(_)) => return Err(Refused::Encrypted),
            Err(error) => return Err(damaged(error)),
        };
        if file.encrypted() {
            return Err(Refused::Encrypted);
        }
        if !file.is_file() {
            continue;
        }
        let name = file.name().map_err(damaged)?.into_owned();
        let mut content = Vec::new();
        let limit = budget.bytes as u64 + 1;
        file.take(limit).read_to_end(&mut content).map_err(|error| Refused::Damaged(error.to_string()))?;
        budget.take(content.len())?;
        members.insert(name, content);
    }
    Ok(members)
}

fn is_file_inside(name: &str) -> bool {
    ["media/", "embeddings/", "Pictures/", "Thumbnails/"].iter().any(|folder| name.contains(folder))
}

/// An archive or an OFD: every file in it, and the text of XML. The names of the files are seen by
/// everyone who opens it.
fn other(members: &Members, found: &mut Extracted, budget: &mut Budget) -> Result<(), Refused> {
    let is_ofd = members.contains_key("OFD.xml");
    for (name, content) in members {
        if is_ofd && name.ends_with(".xml") {
            let text = xml::everything(content)?;
            if name.ends_with("Content.xml") {
                found.text.push_str(&text);
            } else {
                found.add(What::Property, name, &text);
            }
            continue;
        }
        if !is_ofd {
            found.text.push_str(name);
            found.text.push('\n');
        }
        match deeper(name, content, budget) {
            Ok(inner) => found.absorb(name, inner),
            Err(Refused::Unknown(_)) => {}
            Err(refused) => return Err(refused),
        }
    }
    Ok(())
}
