//! Turns labels and values of a series into the words of a chart, and estimates how wide they are. It must
//! not know where they are placed.

use rust_decimal::Decimal;

use super::Series;

/// The size of the text, in units of the picture.
pub(super) const EM: f64 = 14.0;
/// Longest label under the axis, in ems.
const LONGEST_LABEL: f64 = 10.0;

/// `2021 3, 2022 –, 2023 5 起`: every value of a short series, else the first, the least, the greatest, the last.
pub(super) fn description(series: &Series) -> String {
    const FEW: usize = 24;
    let mut keep: Vec<usize> = (0..series.points.len()).collect();
    if keep.len() > FEW {
        let known = || (0..series.points.len()).filter(|at| series.points[*at].1.is_some());
        let value = |at: &usize| series.points[*at].1;
        // On a tie the earliest stands for the least, the latest for the greatest.
        keep = [known().next(), known().min_by_key(value), known().max_by_key(value), known().next_back()]
            .into_iter()
            .flatten()
            .collect();
        keep.sort_unstable();
        keep.dedup();
    }
    let parts = keep.into_iter().map(|at| {
        let (label, value) = &series.points[at];
        format!("{label} {}", value.map_or_else(|| "–".to_owned(), shown))
    });
    let list = parts.collect::<Vec<_>>().join(", ");
    let pieces = [list.as_str(), series.unit.as_str()];
    pieces.into_iter().filter(|piece| !piece.is_empty() && !list.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A value without needless zeros.
pub(super) fn shown(value: Decimal) -> String {
    value.normalize().to_string()
}

/// An estimate: Latin letters and digits are 0.56 em wide, everything else one em.
pub(super) fn text_width(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 0.56 } else { 1.0 }).sum::<f64>() * EM
}

pub(super) fn shortened(label: &str) -> String {
    if text_width(label) <= LONGEST_LABEL * EM {
        return label.to_owned();
    }
    let mut out = String::new();
    for c in label.chars() {
        if text_width(&out) + 2.0 * EM > LONGEST_LABEL * EM {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}
