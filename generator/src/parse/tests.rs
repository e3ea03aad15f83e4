//! The table readers against what others make of the same files, and against damage.

use std::path::{Path, PathBuf};

use super::table::{At, Raw, Row};
use super::{Mapping, delimited, workbook};
use crate::diag::Diagnostics;
use crate::source::Source;

/// The shared data for measures: beside the repository, or where `GONGKAI_SHARED` says.
fn shared(path: &str) -> Option<PathBuf> {
    let named = std::env::var_os("GONGKAI_SHARED").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"));
    let found = folder.join("data").join(path);
    if !found.exists() {
        eprintln!("note: {path} of the shared data is not there, what needs it is not tested");
    }
    found.exists().then_some(found)
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn words(diags: &Diagnostics) -> String {
    diags.iter().map(|finding| finding.message.en.clone()).collect::<Vec<_>>().join("; ")
}

/// Rows and columns of the area that the cells span.
fn size(rows: &[Row]) -> (u64, u64) {
    let number = |row: &Row| match row.at {
        At::Row(number) => u64::from(number),
        At::Grid { .. } | At::Range { .. } => unreachable!("a grid's rows have numbers"),
    };
    let columns = rows.iter().flat_map(|row| row.cells.iter().map(|cell| cell.column as u64));
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return (0, 0) };
    let (least, most) = columns.fold((u64::MAX, 0), |(least, most), column| (least.min(column), most.max(column)));
    (number(last) - number(first) + 1, most - least + 1)
}

/// Workbooks with cells that hold blanks or empty texts: those are no cells here, so the area is smaller.
const WITH_BLANKS: [&str; 6] = [
    "empty-string.xls",
    "empty_shared_string.xlsx",
    "encoded_entities.xlsx",
    "issue343.xls",
    "issue446.xlsx",
    "xls_formula_columns_beyond_z.xls",
];

#[test]
fn odd_workbooks_have_the_sheets_and_sizes_that_others_find() {
    let Some(list) = shared("spreadsheets/calamine-expected.jsonl") else { return };
    let folder = list.parent().and_then(Path::parent).expect("it lies in the data");
    let text = String::from_utf8(read(&list)).expect("text");
    let (mut problems, mut opened, mut refused, mut slowest) = (Vec::new(), 0, 0, std::time::Duration::ZERO);
    for line in text.lines() {
        let expected: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let name = expected["file"].as_str().expect("a name");
        let source = Source::new(name.into(), &read(&folder.join(name)));
        let started = std::time::Instant::now();
        let found = workbook::book(&source, workbook::Wanted::All);
        slowest = slowest.max(started.elapsed());
        match (found, expected["sheets"].as_array()) {
            (Err(_), None) => refused += 1,
            (Ok(_), None) => problems.push(format!("{name}: read, but others refuse it")),
            (Err(diags), Some(_)) => problems.push(format!("{name}: refused: {}", words(&diags))),
            (Ok(book), Some(sheets)) => {
                opened += 1;
                let ours: Vec<(&str, (u64, u64))> = book
                    .grids
                    .iter()
                    .map(|grid| (grid.sheet.as_deref().unwrap_or_default(), size(&grid.rows)))
                    .collect();
                let theirs: Vec<(&str, (u64, u64))> = sheets
                    .iter()
                    .map(|sheet| {
                        let number = |at: usize| sheet[at].as_u64().unwrap_or_default();
                        (
                            sheet[0].as_str().expect("a name"),
                            if sheet[1] == "ERR" { (0, 0) } else { (number(1), number(2)) },
                        )
                    })
                    .collect();
                let blank = WITH_BLANKS.iter().any(|known| name.ends_with(known));
                let names =
                    |list: &[(&str, (u64, u64))]| list.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>();
                let within = ours.iter().zip(&theirs).all(|((_, a), (_, b))| a.0 <= b.0 && a.1 <= b.1);
                if ours != theirs && !(blank && within && names(&ours) == names(&theirs)) {
                    problems.push(format!("{name}:\n  ours   {ours:?}\n  theirs {theirs:?}"));
                }
            }
        }
    }
    eprintln!("note: {opened} workbooks read, {refused} refused, the slowest in {slowest:?}");
    assert!(problems.is_empty(), "{}\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn the_spectrum_of_separated_values_reads_whole() {
    let Some(folder) = shared("spreadsheets/csv-spectrum") else { return };
    let mut count = 0;
    for entry in std::fs::read_dir(folder.join("csvs")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let json = read(&folder.join(format!("json/{name}.json")));
        let bytes = read(&path);
        // Version control has taken the carriage returns out of some of the files, not out of the answers.
        let json = String::from_utf8(json).expect("text");
        let json = if bytes.contains(&b'\r') { json } else { json.replace("\\r\\n", "\\n") };
        let expected: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        let source = Source::new("a.csv".into(), &bytes);
        let book = delimited::book(&source, None).unwrap_or_else(|diags| panic!("{name}: {}", words(&diags)));
        let rows = &book.grids[0].rows;
        let text = |row: &Row, column: usize| {
            let cell = row.cells.iter().find(|cell| cell.column == column);
            cell.map_or_else(String::new, |cell| cell.raw.text().into_owned())
        };
        let head: Vec<String> = rows[0].cells.iter().map(|cell| cell.raw.text().into_owned()).collect();
        let object = |row: &Row| -> serde_json::Value {
            head.iter()
                .enumerate()
                .map(|(at, title)| (title.clone(), serde_json::Value::from(text(row, at))))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        let found: serde_json::Value = rows[1..].iter().map(object).collect::<Vec<_>>().into();
        assert_eq!(found, expected, "{name}");
        count += 1;
    }
    assert_eq!(count, 11, "files");
}

/// Small numbers in a fixed order.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits fit") % sides.max(1)
    }
}

/// How long this thread has worked: on a busy machine it waits much longer. Elsewhere than on Linux, the time.
fn worked() -> std::time::Duration {
    static BEGAN: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = counted.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| BEGAN.elapsed(), std::time::Duration::from_nanos)
}

fn seeds() -> Vec<(String, Vec<u8>)> {
    let table = "标题,金额（万元）,日期\r\n\"甲\n乙\",5,2023-03-03\r\n丙;丁,\t,#######\r\n";
    let mut seeds = vec![
        ("a.csv".to_owned(), table.as_bytes().to_vec()),
        ("b.csv".to_owned(), encoding_rs::GBK.encode(table).0.into_owned()),
        ("c.csv".to_owned(), [0xFF, 0xFE].into_iter().chain(table.encode_utf16().flat_map(u16::to_le_bytes)).collect()),
    ];
    let mut made = rust_xlsxwriter::Workbook::new();
    let sheet = made.add_worksheet();
    for (row, line) in (0_u32..).zip(table.lines()) {
        for (column, cell) in (0_u16..).zip(line.split(',')) {
            sheet.write_string(row, column, cell).expect("a cell");
        }
        sheet.write_number(row, 9, 42797.75).expect("a cell");
    }
    seeds.push(("d.xlsx".to_owned(), made.save_to_buffer().expect("a workbook")));
    if let Some(folder) = shared("spreadsheets/calamine/tests") {
        let mut names: Vec<PathBuf> =
            std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
        names.sort();
        let small = |path: &&PathBuf| path.is_file() && path.metadata().is_ok_and(|data| data.len() < 60_000);
        for path in names.iter().filter(small) {
            seeds.push((path.file_name().expect("a name").to_string_lossy().into_owned(), read(path)));
        }
    }
    seeds
}

fn damage(bytes: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.roll(12) {
        let length = bytes.len();
        match dice.roll(5) {
            _ if length == 0 => bytes.push(0),
            0 => bytes.truncate(dice.roll(length)),
            1 => {
                let at = dice.roll(length);
                bytes[at] ^= 1 << dice.roll(8);
            }
            2 => {
                let at = dice.roll(length);
                bytes[at] = [0, 1, 0x7F, 0x80, 0xFF][dice.roll(5)];
            }
            3 => {
                let (at, from) = (dice.roll(length), dice.roll(length));
                let part: Vec<u8> = bytes[from..(from + dice.roll(40)).min(length)].to_vec();
                bytes.splice(at..at, part);
            }
            _ => {
                let at = dice.roll(length);
                bytes.drain(at..(at + dice.roll(20)).min(length));
            }
        }
    }
}

/// A damaged file is read or refused, never the end of the program, never slow. In a package the parts are
/// damaged too, by a package whose parts are stored as they are.
#[test]
fn damaged_tables_are_answered() {
    let seeds = seeds();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let started = std::time::Instant::now();
    let (mut tried, mut refused) = (0_u64, 0_u64);
    while started.elapsed() < crate::text::trial(2) {
        let (name, seed) = &seeds[dice.roll(seeds.len())];
        let mut bytes =
            if dice.roll(3) > 0 { repacked(seed, &mut dice).unwrap_or_else(|| seed.clone()) } else { seed.clone() };
        if bytes == *seed || dice.roll(4) == 0 {
            damage(&mut bytes, &mut dice);
        }
        let source = Source::new(name.as_str().into(), &bytes);
        let before = worked();
        let found = super::book(&source, &Mapping::default());
        let took = worked().saturating_sub(before);
        if took.as_secs() >= 10 {
            let kept = std::env::temp_dir().join(format!("gongkai-slow-{name}"));
            std::fs::write(&kept, &bytes).expect("the temporary folder can be written");
            panic!("{took:?} of work, kept in {}", kept.display());
        }
        tried += 1;
        refused += u64::from(found.is_err());
        for row in found.iter().flat_map(|book| &book.grids).flat_map(|grid| &grid.rows) {
            assert!(row.cells.is_sorted_by(|a, b| a.column < b.column), "{name}: cells in order");
            assert!(row.cells.iter().all(|cell| !matches!(&cell.raw, Raw::Text(text) if text.trim().is_empty())));
        }
    }
    eprintln!("note: {tried} damaged files, {refused} refused, none crashed");
}

/// The same package with one part damaged.
fn repacked(seed: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
    use std::io::{Cursor, Read, Write};
    let mut archive = zip::ZipArchive::new(Cursor::new(seed)).ok()?;
    let chosen = dice.roll(archive.len());
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).ok()?;
        let name = part.name().ok()?.into_owned();
        let mut content = Vec::new();
        part.by_ref().take(1 << 20).read_to_end(&mut content).ok()?;
        if at == chosen {
            damage(&mut content, dice);
        }
        writer.start_file(name, options).ok()?;
        writer.write_all(&content).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}
