//! Sums that stand out of their column: 元 written where 万元 is meant makes a fine ten thousand times too high.

use rayon::prelude::*;
use rust_decimal::Decimal;

use crate::register::{FieldId, FieldKind, Register, Value};

use super::records::first;

/// A sum beyond the median times this stands out.
const TIMES: i64 = 100;

/// Fewer sums have no median worth the name.
const FEWEST: usize = 8;

/// A sum that stands out, and the median of its column, in yuan.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outlier {
    /// Position of the row.
    pub(super) row: usize,
    pub(super) field: FieldId,
    pub(super) sum: Decimal,
    pub(super) median: Decimal,
}

/// All sums of one table that stand out of their columns, from the values of each row.
pub(super) fn outliers(register: &Register, rows: &[&[(FieldId, Value)]]) -> Vec<Outlier> {
    let money = register.ids().filter(|id| register.field(*id).definition.kind == FieldKind::Money);
    money.flat_map(|field| in_field(field, rows)).collect()
}

fn in_field(field: FieldId, rows: &[&[(FieldId, Value)]]) -> Vec<Outlier> {
    let sums = rows.par_iter().enumerate().filter_map(|(at, row)| match first(row, field) {
        Some(Value::Money(sum)) if !sum.is_zero() => Some((at, *sum)),
        _ => None,
    });
    let sums: Vec<(usize, Decimal)> = sums.collect();
    let Some(median) = median(sums.iter().map(|(_, sum)| *sum).collect()) else { return Vec::new() };
    let high = sums.into_iter().filter(|(_, sum)| *sum > median * Decimal::from(TIMES));
    high.map(|(row, sum)| Outlier { row, field, sum, median }).collect()
}

fn median(mut sums: Vec<Decimal>) -> Option<Decimal> {
    let middle = sums.len() / 2;
    (sums.len() >= FEWEST).then(|| *sums.select_nth_unstable(middle).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_needs_some_sums() {
        let of = |sums: &[i64]| median(sums.iter().map(|sum| Decimal::from(*sum)).collect());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[1, 2, 3, 4, 5, 6, 7]), None);
        assert_eq!(of(&[9, 2, 3, 4, 5, 6, 7, 900]), Some(Decimal::from(6)));
    }
}
