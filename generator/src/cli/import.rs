//! `import`: what it would do in words, and the table written in one step.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use gongkai::{Import, Imported};
use jiff::civil::Date;

use super::report::reason;
use super::{Console, exit};

#[derive(Args)]
pub(super) struct Options {
    /// Spreadsheet, CSV, TSV, JSON or JSON Lines
    file: PathBuf,
    /// Name of the register, such as penalty
    #[arg(long)]
    into: String,
    /// Sheet of a workbook; otherwise its only one
    #[arg(long)]
    sheet: Option<String>,
    /// Say what would happen and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Name of the table in content/<register>/; otherwise that of the file
    #[arg(long, value_parser = table_name)]
    name: Option<String>,
    /// Withdraw the records that the file no longer has, for this reason
    #[arg(long)]
    withdraw: Option<String>,
    /// Print a first mapping for a file that does not fit, and do nothing else
    #[arg(long)]
    suggest_mapping: bool,
}

/// Names a report lists before it only counts.
const LISTED: usize = 20;

fn table_name(name: &str) -> Result<String, String> {
    let good = !name.is_empty() && !name.starts_with(['.', '_', '~']) && !name.contains(['/', '\\']);
    if good { Ok(name.to_owned()) } else { Err("a file name without folder and ending".to_owned()) }
}

pub(super) fn import(console: Console, root: PathBuf, options: Options, today: Date) -> u8 {
    let request = Import {
        root,
        file: options.file,
        into: options.into,
        sheet: options.sheet,
        name: options.name,
        withdraw: options.withdraw,
        today,
    };
    if options.suggest_mapping {
        return match gongkai::suggest_mapping(&request) {
            Ok(text) => {
                print!("{text}");
                exit::DONE
            }
            Err(diags) => {
                console.print(&diags);
                exit::REFUSED
            }
        };
    }
    let report = match gongkai::import(&request) {
        Ok(report) => report,
        Err(diags) => {
            console.print(&diags);
            return exit::REFUSED;
        }
    };
    console.print(&report.findings);
    print!("{}", words(console, &report));
    if report.refused > 0 || report.findings.errors() > 0 {
        eprintln!("{}", console.say("有行被拒绝，什么也没有写。", "Rows were refused; nothing was written."));
        return exit::REFUSED;
    }
    let Some(csv) = &report.csv else { return exit::DONE };
    if options.dry_run {
        println!("{}", console.say("试运行，没有写入。", "A dry run: nothing was written."));
        return exit::DONE;
    }
    match replace(&request.root.join(&report.target), csv) {
        Ok(()) => {
            println!("{} {}", console.say("已写入", "written:"), report.target);
            exit::DONE
        }
        Err(error) => {
            eprintln!("{} {}: {error}", console.say("写不进去：", "could not be written:"), report.target);
            exit::NOT_WRITTEN
        }
    }
}

/// Puts the file there in one step: whoever reads it sees the old table or the new one.
fn replace(path: &Path, parts: &[Vec<u8>]) -> io::Result<()> {
    let folder = path.parent().expect("a table lies in a folder");
    fs::create_dir_all(folder)?;
    let beside = path.with_extension("csv.tmp");
    let mut file = fs::File::create(&beside)?;
    parts.iter().try_for_each(|part| file.write_all(part))?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// The report as a person reads it.
fn words(console: Console, report: &Imported) -> String {
    let mut text = String::new();
    let mut line = |zh: String, en: String| {
        writeln!(text, "{}", if console.chinese() { zh } else { en }).expect("writing to memory cannot fail");
    };
    let (taken, skipped) = (report.taken(), report.left_out());
    line(format!("→ {}", report.target), format!("→ {}", report.target));
    line(
        format!("读入 {} 行 = 采用 {taken} + 拒绝 {} + 略过 {skipped}", report.rows_in, report.refused),
        format!("{} rows in = {taken} taken + {} refused + {skipped} skipped", report.rows_in, report.refused),
    );
    line(
        format!(
            "新增 {}，变更 {}，未变 {}，撤回后再现 {}，本次缺少 {}",
            report.new.len(),
            report.changed.len(),
            report.unchanged,
            report.held.len(),
            report.missing.len()
        ),
        format!(
            "{} new, {} changed, {} unchanged, {} withdrawn before, {} missing",
            report.new.len(),
            report.changed.len(),
            report.unchanged,
            report.held.len(),
            report.missing.len()
        ),
    );
    for name in listed(&report.new) {
        line(format!("  新增：{name}"), format!("  new: {name}"));
    }
    for changed in report.changed.iter().take(LISTED) {
        line(format!("  变更：{}", changed.name), format!("  changed: {}", changed.name));
        for change in &changed.changes {
            let label = change.field.pick(console.language);
            let shown = format!("      {label}：{} → {}", blank(console, &change.old), blank(console, &change.new));
            line(shown.clone(), shown);
        }
    }
    for name in listed(&report.held) {
        line(
            format!("  已撤回，仍按撤回处理：{name}（要恢复，请删去表中的撤回日期）"),
            format!("  stays withdrawn: {name} (delete its withdrawal date to bring it back)"),
        );
    }
    for (why, rows) in &report.skipped {
        let numbers: Vec<String> = rows.iter().take(LISTED).map(u32::to_string).collect();
        let more = if rows.len() > LISTED { " …" } else { "" };
        line(
            format!("  略过 {} 行（{}）：第 {}{more} 行", rows.len(), reason(console, *why), numbers.join("、")),
            format!("  skipped {} ({}): rows {}{more}", rows.len(), reason(console, *why), numbers.join(", ")),
        );
    }
    for label in &report.dropped {
        line(
            format!("  不公开的列没有写入：{}", label.zh),
            format!("  column not for the public, left out: {}", label.pick(console.language)),
        );
    }
    for left in report.missing.iter().take(LISTED) {
        let (name, place) = (&left.name, &left.place);
        if report.withdrawn {
            line(format!("  撤回：{name}（{place}）"), format!("  withdrawn: {name} ({place})"));
        } else {
            line(format!("  这次没有：{name}（{place}）"), format!("  missing: {name} ({place})"));
        }
    }
    if !report.missing.is_empty() && !report.withdrawn {
        line(
            "缺少的记录仍然公开。确要撤回的，在表中填写“撤回日期”和“撤回理由”，或用 --withdraw \"理由\" 全部撤回。".to_owned(),
            "Missing records stay public. To withdraw them fill in 撤回日期 and 撤回理由, or all with --withdraw \"reason\"."
                .to_owned(),
        );
    }
    text
}

fn listed(names: &[String]) -> impl Iterator<Item = &String> {
    names.iter().take(LISTED)
}

fn blank(console: Console, text: &str) -> &str {
    if text.is_empty() { console.say("（空）", "(empty)") } else { text }
}
