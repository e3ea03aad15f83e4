//! `cargo xtask bench import`: a workbook of many rows is made and imported, and its cells are read alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::{Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::measure::{self, Run};
use super::report::{self, Series};
use crate::shell;

/// Import by time of reading alone, and its memory.
const OF_READING: f64 = 2.0;
const PEAK_MIB: f64 = 1024.0;

const TITLES: [&str; 14] = [
    "序号",
    "行政相对人名称",
    "行政相对人类别",
    "统一社会信用代码",
    "违法行为类型",
    "违法事实",
    "处罚依据",
    "行政处罚决定书文号",
    "处罚类别",
    "罚款金额（万元）",
    "处罚决定日期",
    "处罚机关",
    "发布日期",
    "县区",
];

/// Makes the workbook, measures both in turn and compares the medians.
pub(super) fn run(rows: u32, runs: usize, dir: &Path, gongkai: Option<&Path>) -> io::Result<()> {
    let gongkai = gongkai.map_or_else(shell::built_gongkai, |path| Ok(path.to_owned()))?;
    let home = tempfile::tempdir_in(dir)?;
    fs::create_dir_all(home.path().join("content"))?;
    fs::write(home.path().join("portal.toml"), "[site]\nname = \"样例\"\nas_of = \"2026-11-01\"\n")?;
    let file = home.path().join("in.xlsx");
    let program = std::env::current_exe()?;
    measure::run(Command::new(program).args(["bench", "workbook"]).arg(&file).arg(rows.to_string()))?;
    println!("{rows} rows of {} columns, {} MiB", TITLES.len(), report::mebibytes(fs::metadata(&file)?.len()));
    let (mut alone, mut import) = (Series::default(), Series::default());
    for _ in 0..runs {
        alone.0.push(reading(&file)?);
        import.0.push(importing(&gongkai, home.path(), &file)?);
    }
    println!("{}", report::line("calamine", &alone));
    println!("{}", report::line("import", &import));
    println!("{}", report::verdict("import / calamine", report::ratio(&import, &alone), OF_READING));
    #[expect(clippy::cast_precision_loss, reason = "mebibytes are few")]
    let peak = report::mebibytes(import.peak()) as f64;
    println!("{}", report::verdict("peak memory of import, MiB", peak, PEAK_MIB));
    Ok(())
}

/// The hidden command that makes the workbook, in a process of its own: this one must stay small.
pub(super) fn make(file: &Path, rows: u32) -> io::Result<()> {
    workbook(rows, "第1号建材有限公司").save(file).map_err(io::Error::other)
}

fn reading(file: &Path) -> io::Result<Run> {
    let program = std::env::current_exe()?;
    Ok(measure::run(Command::new(program).args(["bench", "cells"]).arg(file))?.0)
}

/// The hidden command behind `reading`, in a process of its own for its memory.
pub(super) fn cells(file: &PathBuf) -> io::Result<()> {
    let mut workbook: Xlsx<_> = open_workbook(file).map_err(|error: calamine::XlsxError| io::Error::other(error))?;
    let name = workbook.sheet_names().first().cloned().unwrap_or_default();
    let range = workbook.worksheet_range(&name).map_err(io::Error::other)?;
    println!("{}", range.used_cells().count());
    Ok(())
}

fn importing(gongkai: &Path, root: &Path, file: &Path) -> io::Result<Run> {
    let mut command = Command::new(gongkai);
    command.args(["--lang", "en", "--root"]).arg(root).arg("import").arg(file).args(["--into", "penalty"]);
    let (run, said) = measure::run(&mut command)?;
    let written = root.join("content/penalty/in.csv");
    if !written.exists() {
        return Err(io::Error::other(format!("nothing was written:\n{said}")));
    }
    fs::remove_file(written)?;
    Ok(run)
}

/// Every row another penalty, as an office writes it: text, numbers, dates. `first` is the company of the first.
pub(super) fn workbook(rows: u32, first: &str) -> Workbook {
    let mut workbook = Workbook::new();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = workbook.add_worksheet();
    for (column, title) in (0_u16..).zip(TITLES) {
        sheet.write_string(0, column, title).expect("within a sheet");
    }
    for row in 1..=rows {
        let day = u8::try_from(row % 28 + 1).expect("a day");
        let cells: [(u16, String); 10] = [
            (1, if row == 1 { first.to_owned() } else { format!("第{row}号建材有限公司") }),
            (2, "法人及非法人组织".to_owned()),
            (4, "未按规定设置安全警示标志".to_owned()),
            (5, format!("{row}号车间的有限空间作业场所没有设置明显的安全警示标志，现场检查时责令改正。")),
            (6, "《中华人民共和国安全生产法》第九十九条第一项".to_owned()),
            (7, format!("（样）应急罚〔2026〕{row}号")),
            (8, "罚款、警告".to_owned()),
            (11, "样例市应急管理局".to_owned()),
            (12, format!("2026-03-{:02}", day + 3)),
            (13, "金水区".to_owned()),
        ];
        sheet.write_number(row, 0, f64::from(row)).expect("within a sheet");
        for (column, text) in cells {
            sheet.write_string(row, column, text).expect("within a sheet");
        }
        sheet.write_number(row, 9, f64::from(row % 50 + 1) / 10.0).expect("within a sheet");
        let day = ExcelDateTime::from_ymd(2026, 3, day).expect("a day");
        sheet.write_datetime_with_format(row, 10, &day, &date).expect("within a sheet");
    }
    workbook
}
