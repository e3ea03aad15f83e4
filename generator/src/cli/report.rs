//! The closing summary.

use std::fmt::Write;
use std::path::Path;

use gongkai::{Absent, Portal, Written};

use super::Console;
use super::bars::name;

/// Why something is not public, in words.
pub(super) fn reason(console: Console, absent: Absent) -> &'static str {
    let (zh, en) = match absent {
        Absent::Draft => ("草稿", "draft"),
        Absent::Scheduled => ("未到发布时间", "not yet due"),
        Absent::Expired => ("公示期满", "period ended"),
        Absent::Withdrawn => ("已撤回", "withdrawn"),
        Absent::Withheld => ("不予公开", "withheld"),
        Absent::ParentAbsent => ("所属记录未公开", "its parent is not public"),
        Absent::Repeated => ("与另一行完全相同", "same as another row"),
        Absent::EmptyRow => ("空行", "empty row"),
        Absent::Heading => ("表头上方的说明行", "line above the head"),
        Absent::RepeatedHead => ("重复的表头", "repeated head"),
        Absent::Total => ("合计行", "row of totals"),
        Absent::Footer => ("表尾说明", "footer"),
        Absent::HiddenRow => ("表格里的隐藏行", "hidden row of a sheet"),
        Absent::Hidden => ("隐藏文件", "hidden file"),
        Absent::Temporary => ("临时文件", "temporary file"),
    };
    console.say(zh, en)
}

/// What was built, what was left out and why, and how long it took.
pub(super) fn summary(console: Console, portal: &Portal, written: &Written, out: &Path) -> String {
    let mut text = String::new();
    let chinese = console.chinese();
    let mut line = |zh: String, en: String| {
        writeln!(text, "{}", if chinese { zh } else { en }).expect("writing to memory cannot fail")
    };
    line(
        format!("{} 条记录，{} 个页面，截至 {}", portal.records(), portal.pages(), portal.as_of()),
        format!("{} records, {} pages, as of {}", portal.records(), portal.pages(), portal.as_of()),
    );
    line(
        format!(
            "{} 个文件，{}：新写 {}，未变 {}，移除 {}",
            written.outputs,
            size(written.bytes),
            written.written,
            written.unchanged,
            written.removed
        ),
        format!(
            "{} files, {}: {} written, {} unchanged, {} removed",
            written.outputs,
            size(written.bytes),
            written.written,
            written.unchanged,
            written.removed
        ),
    );
    for (register, why, count) in portal.absent() {
        let why = reason(console, why);
        line(
            format!("未公开 {count} 条 {}：{why}", register.zh),
            format!("not public: {count} of {}: {why}", register.pick(console.language)),
        );
    }
    if portal.warnings.warnings() > 0 {
        let count = portal.warnings.warnings();
        line(format!("{count} 处提醒"), format!("{count} warnings"));
    }
    let times: Vec<String> = portal
        .times
        .iter()
        .map(|(verb, time)| format!("{} {:.2}s", name(console, *verb), time.as_secs_f64()))
        .collect();
    let total: f64 = portal.times.iter().map(|(_, time)| time.as_secs_f64()).sum();
    line(
        format!("{}，共 {total:.2}s → {}", times.join("，"), out.display()),
        format!("{}, {total:.2}s in all → {}", times.join(", "), out.display()),
    );
    text
}

pub(super) fn size(bytes: u64) -> String {
    const KB: f64 = 1024.0;
    #[expect(clippy::cast_precision_loss, reason = "a size for people needs two digits")]
    let bytes = bytes as f64;
    if bytes < KB * KB { format!("{:.0} KB", bytes / KB) } else { format!("{:.1} MB", bytes / KB / KB) }
}
