//! Which rows below the head are records, and which are totals, footers, repeated heads.

use rayon::prelude::*;

use crate::parse::{Row, Skip};
use crate::register::fold;

use super::head::Head;
use super::number;

/// Words that head a row of sums.
const TOTALS: [&str; 9] = ["合计", "总计", "小计", "共计", "本页合计", "本页小计", "total", "subtotal", "sum"];

/// Words that begin what stands below a form.
const FOOTERS: [&str; 22] = [
    "填表人",
    "填报人",
    "制表人",
    "制表",
    "审核人",
    "审批人",
    "复核人",
    "经办人",
    "负责人",
    "联系人",
    "联系电话",
    "填报单位",
    "填表单位",
    "填报日期",
    "填表日期",
    "制表日期",
    "报送日期",
    "备注",
    "注",
    "说明",
    "数据来源",
    "资料来源",
];

/// Headings after which only prose follows.
const NOTES: [&str; 4] = ["填表说明", "表格说明", "填报说明", "指标解释"];

/// Most cells a row of a footer fills.
const FOOTER_CELLS: usize = 4;

/// The records of the rows below the head, and the rows that are none.
pub(super) fn records(head: &Head, rows: Vec<Row>) -> (Vec<Row>, Vec<(u32, Skip)>) {
    let wide = head.titles.len() > FOOTER_CELLS;
    let notes = rows.par_iter().position_first(|row| begins_with(row, &NOTES)).unwrap_or(rows.len());
    let reason = |(at, row): (usize, &Row)| {
        if is_head(head, row) || (at == 0 && counts_columns(row)) {
            Some(Skip::RepeatedHead)
        } else if is_total(row) {
            Some(Skip::Total)
        } else if is_sparse(head, row) && (at >= notes || is_footer(row, wide)) {
            Some(Skip::Footer)
        } else {
            None
        }
    };
    let reasons: Vec<Option<Skip>> = rows.par_iter().enumerate().map(reason).collect();
    let mut records = Vec::with_capacity(rows.len());
    let mut set_aside = Vec::new();
    for (row, reason) in rows.into_iter().zip(reasons) {
        match reason {
            Some(reason) => set_aside.push((number(&row), reason)),
            None => records.push(row),
        }
    }
    (records, set_aside)
}

/// Whether the row repeats a row of the head, as on every page of a printed list.
fn is_head(head: &Head, row: &Row) -> bool {
    head.levels.iter().any(|level| {
        let same = |cell: &crate::parse::Cell| {
            level.iter().any(|(column, text)| *column == cell.column && *text == fold(&cell.raw.text()))
        };
        let Some(first) = row.cells.first() else { return false };
        row.cells.len() >= 2 && row.cells.len() * 4 >= level.len() * 3 && same(first) && row.cells.iter().all(same)
    })
}

/// `1 2 3 4` below the head of a form counts its columns.
fn counts_columns(row: &Row) -> bool {
    row.cells.len() >= 3
        && row.cells.iter().enumerate().all(|(at, cell)| cell.raw.text().trim() == (at + 1).to_string())
}

fn is_total(row: &Row) -> bool {
    let words = row.cells.iter().take(2).filter_map(|cell| cell.raw.words());
    // Every word has one of these, or is foreign.
    let may_be = |c: char| c == '计' || !matches!(c, '0'..='9' | '\u{4E00}'..='\u{9FFF}');
    words.into_iter().any(|text| {
        text.chars().any(may_be) && text.chars().count() <= 12 && {
            let folded = fold(text);
            TOTALS.contains(&folded.trim_end_matches([':', '：']))
        }
    })
}

/// Whether a row fills so few of the columns that it is hardly a record.
fn is_sparse(head: &Head, row: &Row) -> bool {
    row.cells.len() <= FOOTER_CELLS.min(head.titles.len()) && row.cells.len() * 2 <= head.titles.len().max(2)
}

/// A footer's word ends with a colon; without one it must stand alone in a wide table.
fn is_footer(row: &Row, wide: bool) -> bool {
    let Some(text) = row.cells.first().and_then(|cell| cell.raw.words()) else { return false };
    let text: String = text.trim().chars().filter(|c| !c.is_whitespace()).collect();
    FOOTERS.iter().any(|word| {
        let rest =
            text.strip_prefix(word).map(|rest| rest.trim_start_matches(['（', '签', '字', '章', '）', '1', '一']));
        rest.is_some_and(|rest| rest.starts_with(['：', ':']) || (rest.is_empty() && wide && row.cells.len() == 1))
    })
}

fn begins_with(row: &Row, words: &[&str]) -> bool {
    row.cells
        .first()
        .and_then(|cell| cell.raw.words())
        .is_some_and(|text| words.iter().any(|word| text.trim().starts_with(word)))
}
