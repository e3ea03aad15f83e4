//! The bytes of a file become the text that a reader sees and the text that nobody sees: comments,
//! revisions, hidden cells, properties, the metadata of images.
//!
//! Pure: bytes in, value out. Must not know sites, registers or routes. Time and memory are bounded,
//! whatever the bytes claim.

mod clean;
mod image;
mod office;
mod opendocument;
mod package;
mod pdf;
mod plain;
mod segments;
mod sheet;
mod xml;

pub(crate) use clean::cleaned;

/// What a file says, openly and otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extracted {
    /// What a reader sees, in reading order. Cells of a row are separated by tabs.
    pub(crate) text: String,
    pub(crate) hidden: Vec<Part>,
}

/// A piece of text that does not show when the file is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) what: What,
    /// Where it stands in the file: a member of a package, the name of a property. May be empty.
    pub(crate) at: String,
    pub(crate) text: String,
}

/// Why a piece of text does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Comment,
    Revision,
    /// Hidden characters, rows, columns, sheets, slides.
    Hidden,
    Notes,
    /// Author, title, company and the like.
    Property,
    /// EXIF, XMP, IPTC and text chunks of an image.
    Metadata,
    /// Where a photograph was taken.
    Location,
    /// Text kept in the file that no page shows.
    Leftover,
}

/// Why nothing can be said about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Encrypted,
    /// More text or members than any document has: a bomb, or a mistake.
    TooLarge,
    Damaged(String),
    /// A format that cannot be looked into, with its runs of characters, a line each: more than what shows, never
    /// less.
    Unknown(String),
}

/// Most bytes that are unpacked from one file, everything inside it included.
const MOST_BYTES: usize = 256 * 1024 * 1024;

/// How a packed file begins.
const GZIP: &[u8] = b"\x1f\x8b";

/// How deep files may lie inside files: an image in a document in an archive.
const DEEPEST: u8 = 3;

/// What is left to unpack.
pub(crate) struct Budget {
    bytes: usize,
    depth: u8,
}

impl Budget {
    fn take(&mut self, bytes: usize) -> Result<(), Refused> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Refused::TooLarge)?;
        Ok(())
    }
}

/// Extracts what the file of this name says. The bytes decide what it is; the name helps with text.
///
/// # Errors
/// A file that cannot be looked into, with the reason.
pub(crate) fn extract(name: &str, bytes: &[u8]) -> Result<Extracted, Refused> {
    inside(name, bytes, &mut Budget { bytes: MOST_BYTES, depth: DEEPEST })
}

fn inside(name: &str, bytes: &[u8], budget: &mut Budget) -> Result<Extracted, Refused> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return package::extract(bytes, budget);
    }
    // The mark of a PDF may stand a little later than at the beginning.
    if bytes[..bytes.len().min(1024)].windows(5).any(|mark| mark == b"%PDF-") {
        return pdf::extract(bytes, budget);
    }
    if bytes.starts_with(GZIP) {
        let unpacked = plain::gunzip(bytes, budget)?;
        return deeper(name.strip_suffix(".gz").unwrap_or(name), &unpacked, budget);
    }
    if let Some(found) = image::metadata(bytes) {
        return Ok(found);
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return plain::strings(bytes);
    }
    plain::extract(name, bytes).ok_or_else(|| Refused::Unknown(words(bytes)))
}

fn words(bytes: &[u8]) -> String {
    let found = plain::strings(bytes).unwrap_or_default();
    found.hidden.into_iter().fold(found.text, |all, part| all + "\n" + &part.text)
}

/// A file inside a file.
fn deeper(name: &str, bytes: &[u8], budget: &mut Budget) -> Result<Extracted, Refused> {
    if budget.depth == 0 {
        return Err(Refused::TooLarge);
    }
    budget.depth -= 1;
    let found = inside(name, bytes, budget);
    budget.depth += 1;
    found
}

impl Extracted {
    fn add(&mut self, what: What, at: &str, text: &str) {
        let text = text.trim_matches(['\0', ' ', '\n', '\r', '\t']);
        if !text.is_empty() {
            self.hidden.push(Part { what, at: at.to_owned(), text: text.to_owned() });
        }
    }

    /// Takes over what a file inside says.
    fn absorb(&mut self, at: &str, inner: Extracted) {
        if !inner.text.is_empty() {
            self.text.push_str(&inner.text);
            self.text.push('\n');
        }
        for part in inner.hidden {
            let at = if part.at.is_empty() { at.to_owned() } else { format!("{at} · {}", part.at) };
            self.hidden.push(Part { at, ..part });
        }
    }
}

#[cfg(test)]
mod tests;
