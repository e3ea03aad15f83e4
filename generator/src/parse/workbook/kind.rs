//! The format of a file by its first bytes, and what to do with the ones that are not read.

use crate::text::Text;

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

const ZIP: &[u8] = b"PK\x03\x04";
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Xlsx => "xlsx",
            Kind::Xlsb => "xlsb",
            Kind::Xls => "xls",
            Kind::Ods => "ods",
        }
    }

    /// Whether a file with this ending may be of this kind.
    pub(super) fn ending_fits(self, ending: &str) -> bool {
        let ending = ending.to_ascii_lowercase();
        ending == self.name() || (self == Kind::Xlsx && ending == "xlsm")
    }
}

/// The kind of a workbook.
///
/// # Errors
/// What the file is instead.
pub(super) fn kind(bytes: &[u8]) -> Result<Kind, Text> {
    let head: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(4096).collect();
    if bytes.is_empty() {
        Err(Text::new("空文件（0 字节）", "an empty file of 0 bytes"))
    } else if bytes.starts_with(ZIP) {
        packed(bytes)
    } else if bytes.starts_with(COMPOUND) {
        compound(bytes)
    } else if head.starts_with(b"<") || head.starts_with(b"\xEF\xBB\xBF<") {
        Err(Text::new("网页或 XML 表格", "a web page or an XML table"))
    } else if std::str::from_utf8(&bytes[..bytes.len().min(512)]).is_ok() {
        Err(Text::new("纯文本", "plain text"))
    } else {
        Err(Text::new("残缺或不认识的文件", "truncated or of an unknown format"))
    }
}

/// The names of a package's parts stand in its local headers too, so a cut package can still be told.
fn packed(bytes: &[u8]) -> Result<Kind, Text> {
    let Ok(archive) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else {
        return Err(Text::new("残缺的文件（压缩包读不到末尾）", "a truncated file: the end of the package is missing"));
    };
    let has = |wanted: &str| archive.file_names().flatten().any(|name| name.eq_ignore_ascii_case(wanted));
    let ends = |ending: &str| archive.file_names().flatten().any(|name| name.ends_with(ending));
    if has("OFD.xml") {
        Err(Text::new("OFD 版式文件", "an OFD document"))
    } else if has("word/document.xml") {
        Err(Text::new("Word 文档", "a Word document"))
    } else if ends("workbook.bin") {
        Ok(Kind::Xlsb)
    } else if has("content.xml") && !ends("workbook.xml") {
        Ok(Kind::Ods)
    } else if archive.file_names().flatten().any(|name| name.to_ascii_lowercase().ends_with(".xml")) {
        Ok(Kind::Xlsx)
    } else {
        Err(Text::new("压缩包", "an archive"))
    }
}

/// Names of streams stand in the directory of a compound file as UTF-16.
fn compound(bytes: &[u8]) -> Result<Kind, Text> {
    let named = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|window| window == wide)
    };
    if named("EncryptedPackage") {
        Err(Text::new("有密码的文件", "protected with a password"))
    } else if named("WordDocument") {
        Err(Text::new("Word 文档", "a Word document"))
    } else {
        Ok(Kind::Xls)
    }
}
