//! The files of a site as values: paths, bytes and hashes. Does no I/O.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// A file, read whole. The path is relative to the site's folder, with `/`.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) path: Arc<str>,
    content: Content,
}

/// Whether a file is text is found out once, when it is read.
#[derive(Clone, Debug)]
enum Content {
    /// UTF-8, without a byte-order mark.
    Text(Arc<str>),
    Other(Arc<[u8]>),
}

/// Files by path, so that a file on disk replaces the embedded one of the same name.
pub(crate) type ByPath = BTreeMap<Arc<str>, Source>;

/// A file that is passed on as it is: an image, a PDF, an attachment.
#[derive(Clone, Debug)]
pub(crate) struct Asset {
    pub(crate) path: Arc<str>,
    pub(crate) print: Print,
    /// Of the image without its metadata, if it has some.
    pub(crate) cleaned: Option<Print>,
}

/// Size and hash of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Print {
    pub(crate) size: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub(crate) sha256: String,
}

impl Asset {
    /// The file as it is published.
    pub(crate) fn published(&self) -> &Print {
        self.cleaned.as_ref().unwrap_or(&self.print)
    }
}

/// Everything a build reads. Sorted by path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    /// `portal.toml`, if there is one.
    pub(crate) settings: Option<Source>,
    /// Texts below `content/`: pages, tables, records, definitions.
    pub(crate) content: Arc<Vec<Source>>,
    /// Spreadsheets below `content/`. They are assets too, until it is known which are tables.
    pub(crate) workbooks: Vec<Source>,
    /// All other files below `content/`.
    pub(crate) assets: Vec<Asset>,
    /// Files below `themes/`, and of the embedded theme where the site has none of that name.
    pub(crate) themes: Vec<Source>,
    /// Files left out, with the reason: hidden and temporary ones.
    pub(crate) skipped: Vec<(Arc<str>, Skipped)>,
}

/// Why a file of the content folder was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Skipped {
    /// Its name starts with a dot.
    Hidden,
    /// An editor's or office program's temporary file (`~$…`, `….tmp`, `…~`).
    Temporary,
}

/// A stretch of a source's text, kept without copying it.
#[derive(Clone, Debug)]
pub(crate) struct Slice {
    text: Arc<str>,
    range: Range<usize>,
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl Source {
    pub(crate) fn new(path: Arc<str>, bytes: &[u8]) -> Source {
        let content = match simdutf8::basic::from_utf8(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)) {
            Ok(text) => Content::Text(Arc::from(text)),
            Err(_) => Content::Other(Arc::from(bytes)),
        };
        Source { path, content }
    }

    /// The same file under another path.
    pub(crate) fn renamed(&self, path: Arc<str>) -> Source {
        Source { path, content: self.content.clone() }
    }

    /// The text; `Err` holds the number of the first line that is not UTF-8.
    pub(crate) fn text(&self) -> Result<&str, usize> {
        match &self.content {
            Content::Text(text) => Ok(text),
            Content::Other(bytes) => {
                let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
                Err(1 + bytes[..valid].iter().filter(|byte| **byte == b'\n').count())
            }
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Text(text) => text.as_bytes(),
            Content::Other(bytes) => bytes,
        }
    }

    /// Whether both are the same reading of a file, not only equal.
    pub(crate) fn is_same(&self, other: &Source) -> bool {
        let same = match (&self.content, &other.content) {
            (Content::Text(a), Content::Text(b)) => Arc::ptr_eq(a, b),
            (Content::Other(a), Content::Other(b)) => Arc::ptr_eq(a, b),
            _ => false,
        };
        same && self.path == other.path
    }

    /// Where content and path lie in memory, which tells this reading from every other that is alive.
    pub(crate) fn place(&self) -> (usize, usize) {
        (self.bytes().as_ptr().addr(), self.path.as_ptr().addr())
    }

    /// The part of the text after its first `start` bytes; none of a file that is not text.
    pub(crate) fn slice_from(&self, start: usize) -> Option<Slice> {
        match &self.content {
            Content::Text(text) => Some(Slice { text: text.clone(), range: start..text.len() }),
            Content::Other(_) => None,
        }
    }

    pub(crate) fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

impl Slice {
    pub(crate) fn as_str(&self) -> &str {
        &self.text[self.range.clone()]
    }

    /// Where the text lies in memory, which tells it from every other text that is alive.
    pub(crate) fn place(&self) -> (usize, usize) {
        (self.as_str().as_ptr().addr(), self.range.len())
    }

    /// Offset of the slice in its text.
    pub(crate) fn start(&self) -> usize {
        self.range.start
    }
}

/// The folder of a path: `content/news` of `content/news/a.md`, empty at the top.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last segment without its extension.
pub(crate) fn stem(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}
