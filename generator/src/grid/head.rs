//! Finds the head of a grid: the first row with known titles, on one level or on two.

use crate::diag::Diagnostics;
use crate::literal::MoneyUnit;
use crate::parse::{Grid, Row};
use crate::register::fold;

use super::{Sheet, number};

/// Known titles that make a row the head without further question.
const ENOUGH: usize = 3;

/// Rows that are looked at.
const LOOKED_AT: usize = 40;

/// The head of a table.
pub(super) struct Head {
    /// Positions of its first and last row among the grid's rows.
    pub(super) first: usize,
    pub(super) last: usize,
    /// Number of its first row in the sheet.
    pub(super) row: u32,
    pub(super) titles: Vec<Title>,
    /// The texts of its rows, folded, to know them again further down.
    pub(super) levels: Vec<Vec<(usize, String)>>,
}

/// One column's title.
pub(super) struct Title {
    pub(super) row: u32,
    pub(super) column: usize,
    /// As a person would say it: `罚款/金额` on two levels.
    pub(super) text: String,
    /// A title or field name that the register knows; empty for a column that is to be left out.
    pub(super) known_as: Option<String>,
    /// The unit of money that the title names.
    pub(super) unit: Option<String>,
    /// Further fields that a title on two levels may mean.
    ambiguous: bool,
}

/// The head: the row that the mapping names, the first row with enough known titles, the first row of
/// nothing but known titles, or the row with most of them.
pub(super) fn find(sheet: &Sheet<'_>, grid: &Grid) -> Option<Head> {
    if let Some(wanted) = sheet.mapping.header_row {
        let at = grid.rows.iter().position(|row| number(row) == wanted)?;
        return Some(better(sheet, grid, at));
    }
    let looked_at = grid.rows.len().min(LOOKED_AT);
    let mut best: Option<(usize, usize)> = None;
    for at in 0..looked_at {
        let single = known(&one_level(sheet, &grid.rows[at]));
        let double = two_levels(sheet, grid, at).map_or(0, |titles| known(&titles));
        // A title above a whole head is no level of it.
        let below = grid.rows.get(at + 1).map_or(0, |row| known(&one_level(sheet, row)));
        let score = if double > below { single.max(double) } else { single };
        if score >= ENOUGH || (score > 1 && score == grid.rows[at].cells.len()) {
            return Some(better(sheet, grid, at));
        }
        if score >= 2 && best.is_none_or(|(most, _)| score > most) {
            best = Some((score, at));
        }
    }
    (!grid.rows.is_empty()).then(|| better(sheet, grid, best.map_or(0, |(_, at)| at)))
}

fn better(sheet: &Sheet<'_>, grid: &Grid, at: usize) -> Head {
    let single = one_level(sheet, &grid.rows[at]);
    let double = two_levels(sheet, grid, at).filter(|titles| known(titles) >= known(&single));
    let last = at + usize::from(double.is_some());
    let folded = |row: &Row| row.cells.iter().map(|cell| (cell.column, fold(&cell.raw.text()))).collect();
    Head {
        first: at,
        last,
        row: number(&grid.rows[at]),
        titles: double.unwrap_or(single),
        levels: grid.rows[at..=last].iter().map(folded).collect(),
    }
}

fn known(titles: &[Title]) -> usize {
    titles.iter().filter(|title| title.known_as.is_some() || title.ambiguous).count()
}

fn one_level(sheet: &Sheet<'_>, row: &Row) -> Vec<Title> {
    row.cells.iter().map(|cell| sheet.title(number(row), cell.column, &[tidy(&cell.raw.text())])).collect()
}

/// The titles of a row and the one below it, if that one stands only below titles that span columns.
fn two_levels(sheet: &Sheet<'_>, grid: &Grid, at: usize) -> Option<Vec<Title>> {
    let (upper, lower) = (&grid.rows[at], grid.rows.get(at + 1)?);
    let row = number(upper);
    if number(lower) != row + 1 || upper.cells.len() < 2 {
        return None;
    }
    let own = |row: &Row, column: usize| {
        row.cells.iter().find(|cell| cell.column == column).map(|cell| tidy(&cell.raw.text()))
    };
    // Where cells can be merged, only merged ones span; elsewhere a title spans the empty cells after it.
    let start = |column: usize| match &grid.merged {
        Some(areas) => areas
            .iter()
            .find(|area| area.holds(row, column) && area.columns.1 > area.columns.0)
            .map_or(column, |area| area.columns.0),
        None => upper.cells.iter().rev().map(|cell| cell.column).find(|known| *known <= column).unwrap_or(column),
    };
    let spans = |first: usize| lower.cells.iter().filter(|cell| start(cell.column) == first).count() > 1;
    if !lower.cells.iter().all(|cell| spans(start(cell.column)) && own(upper, start(cell.column)).is_some()) {
        return None;
    }
    let mut titles = Vec::new();
    for cell in &upper.cells {
        if !spans(cell.column) {
            titles.push(sheet.title(row, cell.column, &[tidy(&cell.raw.text())]));
        }
    }
    for cell in &lower.cells {
        let parent = own(upper, start(cell.column)).expect("checked above");
        let child = tidy(&cell.raw.text());
        titles.push(sheet.title(row + 1, cell.column, &[parent, child]));
    }
    titles.sort_by_key(|title| title.column);
    Some(titles)
}

/// `单位：万元` in one of the rows above the head.
pub(super) fn unit_above(rows: &[Row]) -> Option<String> {
    let cells = rows.iter().flat_map(|row| &row.cells);
    cells.map(|cell| cell.raw.text().into_owned()).find_map(|text| {
        let (_, named) = text.rsplit_once("单位")?;
        let named = named.trim_start_matches(['：', ':', ' ', '\u{3000}']);
        let end = named.find(|c: char| !c.is_alphanumeric()).unwrap_or(named.len());
        MoneyUnit::from_name(&named[..end]).map(|_| named[..end].to_owned())
    })
}

impl Sheet<'_> {
    /// A title from its levels, with the field it leads to.
    fn title(&self, row: u32, column: usize, levels: &[String]) -> Title {
        let text = levels.join("/");
        let last = levels.last().expect("a title has a level");
        let unit = unit_in(last).or_else(|| unit_in(&text)).map(str::to_owned);
        let own = levels.len() > 1;
        let whole = self.lookup(&text).or_else(|| own.then(|| self.lookup(&levels.concat())).flatten());
        let alone = own.then(|| self.lookup(last)).flatten();
        let above = own.then(|| self.lookup(&levels[0])).flatten();
        // Alone the lower title may belong to any upper one; where both are fields nobody can tell.
        let ambiguous = whole.is_none() && alone.is_some() && above.is_some();
        let known_as = whole.or(alone.filter(|_| !ambiguous));
        Title { row, column, text, known_as, unit, ambiguous }
    }

    /// The name under which the register knows a title: mapped, as it stands, or without its ornaments.
    fn lookup(&self, title: &str) -> Option<String> {
        let folded = fold(title);
        if let Some((_, field)) = self.mapping.columns.iter().find(|(written, _)| fold(written) == folded) {
            return Some(field.clone());
        }
        let bare = bare(title);
        let spellings = [title, bare, without_unit(bare)];
        spellings.into_iter().find(|title| self.register.field_titled(title).is_some()).map(str::to_owned)
    }
}

impl Head {
    /// Titles that cannot be told, and titles of the mapping that are not there.
    pub(super) fn report(&self, sheet: &Sheet<'_>, diags: &mut Diagnostics) {
        for title in self.titles.iter().filter(|title| title.ambiguous) {
            let (parent, child) = title.text.split_once('/').unwrap_or(("", &title.text));
            diags.title_ambiguous(sheet.place(title.row, title.column), parent, child);
        }
        let texts: Vec<&str> = self.titles.iter().map(|title| title.text.as_str()).collect();
        for written in sheet.mapping.columns.keys() {
            let folded = fold(written);
            if !texts.iter().any(|text| fold(text) == folded || text.rsplit('/').any(|level| fold(level) == folded)) {
                diags.unknown_mapped_column(sheet.place(self.row, 0), written, texts.iter().copied());
            }
        }
    }
}

/// A title on one line: offices break and space out short titles to fill a cell.
fn tidy(title: &str) -> String {
    crate::literal::tidy(title).split(['\n', '\r']).map(str::trim).collect()
}

/// `*行政相对人名称（必填）` without the marks of a form.
fn bare(title: &str) -> &str {
    let title = title.trim().trim_start_matches(['*', '＊', '★', '※']);
    let marks = ["（必填）", "(必填)", "（选填）", "(选填)", "*", "＊"];
    marks.iter().fold(title, |title, mark| title.trim_end_matches(mark)).trim()
}

/// `罚款（元）` names its unit.
fn unit_in(title: &str) -> Option<&str> {
    let inside = title.trim().strip_suffix(['）', ')'])?;
    let (_, unit) = inside.rsplit_once(['（', '('])?;
    let unit = unit.trim_start_matches("单位").trim_start_matches(['：', ':']);
    MoneyUnit::from_name(unit).map(|_| unit)
}

fn without_unit(title: &str) -> &str {
    match (unit_in(title), title.rfind(['（', '('])) {
        (Some(_), Some(bracket)) => title[..bracket].trim(),
        _ => title,
    }
}
