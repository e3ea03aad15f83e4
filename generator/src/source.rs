//! The files of a site as values: paths, bytes and hashes. Does no I/O.

use std::ops::Range;
use std::sync::Arc;

/// A text file, read whole. The path is relative to the site's folder, with `/`.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) path: Arc<str>,
    pub(crate) bytes: Arc<[u8]>,
}

/// A file that is passed on as it is: an image, a PDF, an attachment.
#[derive(Clone, Debug)]
pub(crate) struct Asset {
    pub(crate) path: Arc<str>,
    pub(crate) size: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub(crate) sha256: String,
}

/// Everything a build reads. Sorted by path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    /// `portal.toml`, if there is one.
    pub(crate) settings: Option<Source>,
    /// `.md .csv .json .toml` below `content/`.
    pub(crate) content: Vec<Source>,
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
    bytes: Arc<[u8]>,
    range: Range<usize>,
}

impl Source {
    /// The bytes as text; `Err` holds the offset of the first byte that is not UTF-8.
    /// A byte-order mark is not part of the text.
    pub(crate) fn text(&self) -> Result<&str, usize> {
        let bytes = self.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.bytes);
        std::str::from_utf8(bytes).map_err(|error| error.valid_up_to())
    }

    /// The part of the text after the first `start` bytes.
    pub(crate) fn slice_from(&self, start: usize) -> Slice {
        let mark = self.bytes.len() - self.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.bytes).len();
        Slice { bytes: self.bytes.clone(), range: (start + mark).min(self.bytes.len())..self.bytes.len() }
    }

    pub(crate) fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

impl Slice {
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[self.range.clone()]).expect("cut from text that was checked to be UTF-8")
    }

    /// Offset of the slice in its file, after a byte-order mark.
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
