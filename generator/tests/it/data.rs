//! Measures on the data of real offices, where it is there: monthly lists that come, change and go,
//! and decisions with line breaks in their numbers. What is expected is computed here in another way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use gongkai::{Import, Imported};
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use crate::support;

fn site(register: &str, definition: &str) -> tempfile::TempDir {
    let root = support::scratch();
    support::write(&root.path().join("portal.toml"), "[site]\nname = \"样例\"\nas_of = \"2025-06-30\"\n");
    support::write(&root.path().join("content/_index.md"), "+++\ntitle = \"首页\"\n+++\n");
    support::write(&root.path().join(format!("content/{register}/_register.toml")), definition);
    root
}

fn request(root: &Path, file: &Path, into: &str, withdraw: Option<&str>) -> Import {
    Import {
        root: root.to_owned(),
        file: file.to_owned(),
        into: into.to_owned(),
        sheet: None,
        name: Some("list".to_owned()),
        withdraw: withdraw.map(str::to_owned),
        today: Date::constant(2025, 6, 30),
    }
}

fn import(root: &Path, file: &Path, into: &str, withdraw: Option<&str>) -> Imported {
    let report = gongkai::import(&request(root, file, into, withdraw))
        .unwrap_or_else(|diags| panic!("{}: {diags:?}", file.display()));
    let sum = report.taken() + report.refused + report.left_out();
    assert_eq!(report.rows_in, sum, "{}: every row is counted once", file.display());
    if let Some(csv) = &report.csv {
        support::write(&root.join(&report.target), csv.concat());
    }
    report
}

const COMPANY: &str = r#"
name = "company"
title = "违反劳动法令企业"
key = ["bureau", "name", "published"]
list = ["name"]
[[field]]
name = "bureau"
label = "管轄"
required = true
[[field]]
name = "updated"
label = "最終更新日"
[[field]]
name = "name"
label = "企業・事業場名称"
required = true
[[field]]
name = "place"
label = "所在地"
[[field]]
name = "published"
label = "公表日"
required = true
[[field]]
name = "articles"
label = "違反法条"
[[field]]
name = "facts"
label = "事案概要"
[[field]]
name = "further"
label = "その他参考事項"
"#;

/// A list of one month by another way: lines cut at tabs, quotes only where the field begins with one.
fn month(path: &Path) -> BTreeMap<String, Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').from_path(path).expect("a list");
    let rows = reader.records().map(|record| {
        let cells: Vec<String> = record.expect("a row").iter().map(plain).collect();
        (fold(&format!("{} · {} · {}", cells[0], cells[2], cells[4])), cells)
    });
    rows.collect()
}

/// A cell as it is compared: trimmed, without invisible characters; a dash alone says nothing.
fn plain(cell: &str) -> String {
    let visible = cell.replace(['\u{3000}', '\u{A0}', '\t'], " ").replace('\u{FEFF}', "");
    let text = visible.trim();
    if text.chars().all(|c| "-－―—/".contains(c)) { String::new() } else { text.to_owned() }
}

/// Names as one record keeps them while its spelling changes: width, spaces, case, dashes and brackets aside.
fn folded<'a>(names: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    names.map(|name| fold(name)).collect()
}

fn fold(name: &str) -> String {
    let plain = name.nfkc().collect::<String>().to_lowercase();
    let kept = plain.chars().filter(|c| !c.is_whitespace() && !"“”\"‘’'".contains(*c));
    kept.map(|c| match c {
        '-' | '_' | '–' | '—' | '−' | '‐' => '-',
        '[' | '〔' | '【' | '〖' => '(',
        ']' | '〕' | '】' | '〗' => ')',
        '・' | '•' | '‧' | '∙' => '·',
        other => other,
    })
    .collect()
}

/// Takes the withdrawal of these records out of the table, as an editor does whose list has them again.
fn bring_back(table: &Path, names: &BTreeSet<String>) {
    let mut reader = csv::Reader::from_path(table).expect("a table");
    let head = reader.headers().expect("a head").clone();
    let at =
        |title: &str| head.iter().position(|known| known.trim_start_matches('\u{FEFF}') == title).expect("a column");
    let key = ["管轄", "企業・事業場名称", "公表日"].map(at);
    let withdrawal = ["撤回日期", "撤回理由"].map(at);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&head).expect("memory");
    for record in reader.records().map(|record| record.expect("a row")) {
        let back = names.contains(&key.map(|at| record[at].to_owned()).join(" · "));
        let cells =
            record.iter().enumerate().map(|(at, cell)| if back && withdrawal.contains(&at) { "" } else { cell });
        writer.write_record(cells).expect("memory");
    }
    support::write(table, writer.into_inner().expect("memory"));
}

#[test]
fn monthly_lists_give_what_appeared_changed_and_disappeared() {
    let Some(folder) = support::shared("enforcement/jp-mhlw") else { return };
    let mut files: Vec<PathBuf> = Vec::new();
    for month in support::names(&folder.join("history")) {
        let inside = folder.join("history").join(&month);
        files.extend(support::names(&inside).into_iter().map(|name| inside.join(name)));
    }
    files.extend(
        support::names(&folder).into_iter().filter(|name| name.ends_with(".tsv")).map(|name| folder.join(name)),
    );
    assert_eq!(files.len(), 27, "the months");
    let root = site("company", COMPANY);
    let table = root.path().join("content/company/list.csv");
    let mut before = BTreeMap::new();
    let (mut came, mut changed, mut went, mut rows) = (0, 0, 0, 0);
    for file in &files {
        let name = file.file_name().expect("a file").to_string_lossy().into_owned();
        let now = month(file);
        let report = import(root.path(), file, "company", Some("不再掲載"));
        rows += report.rows_in;
        let expected_new: BTreeSet<String> = now.keys().filter(|key| !before.contains_key(*key)).cloned().collect();
        let expected_gone: BTreeSet<String> = before.keys().filter(|key| !now.contains_key(*key)).cloned().collect();
        let expected_changed: BTreeSet<String> = now
            .iter()
            .filter(|(key, cells)| before.get(*key).is_some_and(|old| old != *cells))
            .map(|(key, _)| key.clone())
            .collect();
        let held: BTreeSet<String> = report.held.iter().cloned().collect();
        let new = folded(report.new.iter().chain(&held));
        assert_eq!(new, expected_new, "{name}: appeared");
        assert_eq!(folded(report.missing.iter().map(|left| &left.name)), expected_gone, "{name}: disappeared");
        assert_eq!(folded(report.changed.iter().map(|row| &row.name)), expected_changed, "{name}: changed");
        if !held.is_empty() {
            bring_back(&table, &held);
            // The record is brought up to date once it is public again.
            import(root.path(), file, "company", None);
        }
        let again = import(root.path(), file, "company", None);
        assert!(
            again.csv.is_none() && again.unchanged == report.rows_in - report.left_out(),
            "{name}: the same file twice"
        );
        came += new.len();
        changed += expected_changed.len();
        went += expected_gone.len();
        before = now;
    }
    support::tell(&format!(
        "27 months, {rows} rows: {came} appeared, {changed} changed, {went} disappeared, none lost"
    ));
}

const DECISION: &str = r#"
name = "decision"
title = "违反职安法令"
key = ["authority", "number", "party", "decided_on", "articles", "facts", "announced_on"]
list = ["party", "number"]
date = "decided_on"
[[field]]
name = "authority"
label = "主管機關"
required = true
[[field]]
name = "announced_on"
label = "公告日期"
type = "date"
[[field]]
name = "decided_on"
label = "處分日期"
type = "date"
[[field]]
name = "number"
label = "處分字號"
type = "document-number"
required = true
[[field]]
name = "party"
label = "事業單位名稱或負責人"
required = true
[[field]]
name = "articles"
label = "違法法規法條"
[[field]]
name = "facts"
label = "違反法規內容"
[[field]]
name = "remark"
label = "備註說明"
"#;

#[test]
fn decision_numbers_are_rejoined_and_nothing_is_lost() {
    let Some(folder) = support::shared("enforcement/tw-osh") else { return };
    for name in support::names(&folder).into_iter().filter(|name| name.ends_with(".csv")) {
        let root = site("decision", DECISION);
        let mut reader = csv::Reader::from_path(folder.join(&name)).expect("a table");
        let numbers: Vec<String> = reader.records().map(|record| record.expect("a row")[3].to_owned()).collect();
        let broken = numbers.iter().filter(|number| number.contains('\n')).count();
        let report = import(root.path(), &folder.join(&name), "decision", None);
        let refused: Vec<String> = report
            .findings
            .iter()
            .filter(|finding| finding.severity == gongkai::diag::Severity::Error)
            .map(|finding| format!("{:?} {}", finding.place, finding.message.zh))
            .collect();
        assert_eq!(report.refused, 0, "{name}: {refused:#?}");
        assert_eq!(report.rows_in, numbers.len(), "{name}: rows in");
        let mut table = csv::Reader::from_path(root.path().join(&report.target)).expect("it was written");
        let written: BTreeSet<String> =
            table.records().flat_map(|row| row.expect("a row").iter().map(str::to_owned).collect::<Vec<_>>()).collect();
        let joined = numbers.iter().map(|number| number.split_whitespace().collect::<String>());
        let mut lost: Vec<String> = joined.filter(|number| !written.contains(number)).collect();
        // Brackets around a year are written in the standard way, so those numbers look different.
        lost.retain(|number| !number.contains(['(', '（', '[']));
        support::assert_none("numbers that are not in the table", &lost);
        support::tell(&format!(
            "{name}: {} rows in = {} taken + {} refused + {} skipped; {broken} numbers rejoined",
            report.rows_in,
            report.taken(),
            report.refused,
            report.left_out()
        ));
    }
}

/// Every workbook is read or refused with words, in bounded time.
#[test]
fn odd_workbooks_end_with_a_message_in_time() {
    let Some(folder) = support::shared("spreadsheets/calamine/tests") else { return };
    let root = site("decision", DECISION);
    let (mut count, mut slowest) = (0, std::time::Duration::ZERO);
    let mut problems = Vec::new();
    for name in support::names(&folder) {
        let file = folder.join(&name);
        if !file.is_file() || !["xls", "xlsx", "xlsm", "xlsb", "ods"].iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        let started = std::time::Instant::now();
        let shown = file.to_string_lossy().into_owned();
        let ran = support::gongkai(root.path(), &["--lang", "en", "import", &shown, "--into", "decision", "--dry-run"]);
        let took = started.elapsed();
        slowest = slowest.max(took);
        count += 1;
        if !matches!(ran.code, Some(0 | 1)) || took.as_secs() >= 10 || ran.err.contains("panicked") {
            problems.push(format!("{name}: {:?} after {took:?}\n{}", ran.code, ran.err));
        }
        if ran.code == Some(1) && !ran.err.contains("help") {
            problems.push(format!("{name}: refused without a remedy\n{}", ran.err));
        }
    }
    support::assert_none("odd workbooks", &problems);
    support::tell(&format!("{count} workbooks, the slowest took {slowest:?}"));
}
