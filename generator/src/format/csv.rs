//! Turns rows of cells into CSV (RFC 4180: CRLF, quotes doubled) in UTF-8 with a byte order mark, which
//! office programs need to read Chinese. It must not know fields: cells are finished text.
//!
//! A cell that a spreadsheet would run as a formula gets a leading apostrophe (OWASP "CSV Injection").

/// Opens the file as UTF-8 in Excel and WPS.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The whole table at once. Every row has as many cells as the header.
pub(crate) fn csv<R>(header: &[&str], rows: R) -> Vec<u8>
where
    R: IntoIterator,
    R::Item: IntoIterator<Item: AsRef<str>>,
{
    let mut writer = CsvWriter::new(header);
    for row in rows {
        writer.row(row);
    }
    writer.finish()
}

/// Writes a table row by row, or cell by cell, without holding the rows.
pub(crate) struct CsvWriter {
    out: Vec<u8>,
    width: usize,
    /// Cells written on the row that is open, and where that row starts.
    cells: usize,
    start: usize,
}

impl CsvWriter {
    pub(crate) fn new(header: &[&str]) -> CsvWriter {
        let out = BYTE_ORDER_MARK.to_vec();
        let mut writer = CsvWriter { start: out.len(), out, width: header.len(), cells: 0 };
        writer.row(header);
        writer
    }

    /// Writes rows without a head below others of the same width, if there are any.
    pub(crate) fn below(width: usize, out: Vec<u8>) -> CsvWriter {
        CsvWriter { start: out.len(), out, width, cells: 0 }
    }

    /// Writes one row.
    pub(crate) fn row<I>(&mut self, cells: I)
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        for cell in cells {
            self.cell(cell.as_ref());
        }
        self.end_row();
    }

    /// Writes one cell of the open row.
    pub(crate) fn cell(&mut self, value: &str) {
        if self.cells > 0 {
            self.out.push(b',');
        }
        self.cells += 1;
        let apostrophe = is_formula(value);
        if needs_quotes(value) {
            self.out.push(b'"');
            self.apostrophe(apostrophe);
            for (at, part) in value.split('"').enumerate() {
                if at > 0 {
                    self.out.extend_from_slice(b"\"\"");
                }
                self.out.extend_from_slice(part.as_bytes());
            }
            self.out.push(b'"');
        } else {
            self.apostrophe(apostrophe);
            self.out.extend_from_slice(value.as_bytes());
        }
    }

    /// Ends the open row. A short row is filled with empty cells, as RFC 4180 wants rows of one width.
    pub(crate) fn end_row(&mut self) {
        debug_assert!(self.cells <= self.width, "a row has no more cells than the header");
        // An empty line would be no row to many readers, so a single empty cell is quoted.
        if self.width == 1 && self.out.len() == self.start {
            self.out.extend_from_slice(b"\"\"");
            self.cells = 1;
        }
        while self.cells < self.width {
            self.cell("");
        }
        self.out.extend_from_slice(b"\r\n");
        (self.cells, self.start) = (0, self.out.len());
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.out
    }

    fn apostrophe(&mut self, wanted: bool) {
        if wanted {
            self.out.push(b'\'');
        }
    }
}

fn needs_quotes(value: &str) -> bool {
    value.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n'))
        // Some readers trim bare cells.
        || value.starts_with([' ', '\t'])
        || value.ends_with([' ', '\t'])
}

/// True when a spreadsheet could run the cell. Line feed and the full-width signs are on OWASP's list too.
fn is_formula(value: &str) -> bool {
    value.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) && !is_plain_number(value)
}

/// A sign, digits, and digits after one point: `-3.5`, `+12`. Nothing else is safe to leave alone.
fn is_plain_number(value: &str) -> bool {
    let unsigned = value.strip_prefix(['+', '-']).unwrap_or(value);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    [whole, fraction].iter().all(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> &str {
        std::str::from_utf8(bytes).expect("CSV is UTF-8").strip_prefix('\u{FEFF}').expect("mark")
    }

    #[test]
    fn rows_made_apart_are_one_table() {
        let mut writer = CsvWriter::new(&["a", "b"]);
        writer.row(["1", "2"]);
        let mut below = CsvWriter::below(2, Vec::new());
        below.row(["3"]);
        let parts = [writer.finish(), below.finish()];
        assert_eq!(parts.concat(), csv(&["a", "b"], [["1", "2"], ["3", ""]]));
    }

    #[test]
    fn cells() {
        fn check(cell: &str, expected: &str) {
            assert_eq!(text(&csv(&["a", "b"], [[cell, "x"]])), format!("a,b\r\n{expected},x\r\n"), "{cell:?}");
        }
        check("某公司", "某公司");
        check("", "");
        check("a,b", "\"a,b\"");
        check("他说\"停\"", "\"他说\"\"停\"\"\"");
        check("一\r\n二", "\"一\r\n二\"");
        check(" a", "\" a\"");
        check("=1+1", "'=1+1");
        check("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
        check("+86 371 1234", "'+86 371 1234");
        check("@a", "'@a");
        check("-", "'-");
        check("-3.5", "-3.5");
        check("+12", "+12");
        check("-3.", "'-3.");
        check("-.5", "'-.5");
        check("-1-1", "'-1-1");
        check("-3.5.1", "'-3.5.1");
        check("\t=1", "\"'\t=1\"");
        check("\r=1", "\"'\r=1\"");
        check("\n=1", "\"'\n=1\"");
        check("＝1+1", "'＝1+1");
        check("——", "——");
        check("410105199001011234", "410105199001011234");
        check("a=b", "a=b");
    }

    #[test]
    fn rows() {
        fn check(header: &[&str], rows: &[&[&str]], expected: &str) {
            assert_eq!(text(&csv(header, rows.iter().copied())), expected);
        }
        check(&["a", "b"], &[], "a,b\r\n");
        check(&["a", "b"], &[&["1"], &[]], "a,b\r\n1,\r\n,\r\n");
        check(&["a"], &[&[""], &["1"], &[]], "a\r\n\"\"\r\n1\r\n\"\"\r\n");
        check(&["=a"], &[], "'=a\r\n");
        check(&["忿"], &[&["忿"]], "忿\r\n忿\r\n");
    }

    #[test]
    fn reads_back() {
        let rows = [["一\n\"二\"", "a,b", ""], ["", " ", "x"], ["，", "\"", "\"\""]];
        let bytes = csv(&["甲", "乙", "丙"], rows);
        let mut reader = ::csv::Reader::from_reader(text(&bytes).as_bytes());
        assert_eq!(reader.headers().expect("header"), vec!["甲", "乙", "丙"]);
        let read: Vec<_> = reader.records().map(|row| row.expect("row")).collect();
        assert_eq!(read.len(), rows.len());
        for (got, expected) in read.iter().zip(rows) {
            assert_eq!(got.iter().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn cell_by_cell_equals_row_by_row() {
        let mut writer = CsvWriter::new(&["a", "b"]);
        writer.cell("1");
        writer.cell("2");
        writer.end_row();
        assert_eq!(writer.finish(), csv(&["a", "b"], [["1", "2"]]));
    }
}
