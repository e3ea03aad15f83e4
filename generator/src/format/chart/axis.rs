//! Turns values into an axis: round ticks a 1, 2 or 5 apart (times a power of ten) around zero and all
//! values. It must not know where the axis stands in the picture.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// About how many steps an axis has.
const STEPS: f64 = 5.0;

#[derive(Debug, PartialEq)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    /// Value and label, ascending; empty when there are no values.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Axis {
    pub(super) fn over(values: &[Decimal]) -> Axis {
        if values.is_empty() {
            return Axis { low: 0.0, high: 1.0, ticks: Vec::new() };
        }
        let number = |value: Decimal| value.to_f64().expect("every Decimal is below 2^96");
        let least = number(values.iter().copied().fold(Decimal::ZERO, Decimal::min));
        let most = number(values.iter().copied().fold(Decimal::ZERO, Decimal::max));
        // Half an accident is no tick: whole values have whole steps.
        let whole = values.iter().all(|value| value.fract().is_zero());
        let range = if most > least { most - least } else { 1.0 };
        let step = Step::for_range(range, whole);
        let bottom = step.below(least);
        // With nothing but zeros the axis still needs a height.
        let top = step.above(most).max(bottom + 1);
        Axis {
            low: step.value(bottom),
            high: step.value(top),
            ticks: (bottom..=top).map(|n| (step.value(n), step.label(n))).collect(),
        }
    }
}

/// `digit` × 10^`power`, kept apart so that labels are exact.
#[derive(Clone, Copy)]
struct Step {
    digit: i64,
    power: i32,
}

impl Step {
    fn for_range(range: f64, whole: bool) -> Step {
        let wanted = range / STEPS;
        // A Decimal has 28 places and 29 digits, so this range holds every possible step.
        let powers = if whole { 0..=30 } else { -30..=30 };
        powers
            .flat_map(|power| [1, 2, 5].map(|digit| Step { digit, power }))
            .find(|step| step.value(1) >= wanted * (1.0 - 1e-9))
            .expect("10^30 is more than any Decimal")
    }

    fn value(self, n: i64) -> f64 {
        let digits = float(n * self.digit);
        // Dividing by a power of ten is exact where multiplying by its inverse is not: 3 × 0.1 ≠ 0.3.
        if self.power < 0 { digits / 10f64.powi(-self.power) } else { digits * 10f64.powi(self.power) }
    }

    /// The last step at or below a value that is zero or less.
    fn below(self, value: f64) -> i64 {
        (0..).map(|n| -n).find(|n| self.value(*n) <= value).expect("some multiple is low enough")
    }

    /// The first step at or above a value that is zero or more.
    fn above(self, value: f64) -> i64 {
        (0..).find(|n| self.value(*n) >= value).expect("some multiple is high enough")
    }

    fn label(self, n: i64) -> String {
        let digits = (n * self.digit).abs().to_string();
        let sign = if n < 0 { "-" } else { "" };
        if n == 0 {
            return "0".to_owned();
        }
        match usize::try_from(self.power) {
            Ok(zeros) => format!("{sign}{digits}{}", "0".repeat(zeros)),
            Err(_) => {
                let places = self.power.unsigned_abs() as usize;
                let padded = format!("{digits:0>width$}", width = places + 1);
                let (whole, fraction) = padded.split_at(padded.len() - places);
                let fraction = fraction.trim_end_matches('0');
                let point = if fraction.is_empty() { "" } else { "." };
                format!("{sign}{whole}{point}{fraction}")
            }
        }
    }
}

/// Ticks are few and small multiples of one digit.
fn float(n: i64) -> f64 {
    f64::from(i32::try_from(n).expect("an axis has few ticks"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks() {
        fn check(values: &[&str], expected: &[&str]) {
            let values: Vec<Decimal> = values.iter().map(|v| v.parse().expect("a decimal")).collect();
            let axis = Axis::over(&values);
            let labels: Vec<_> = axis.ticks.iter().map(|(_, label)| label.as_str()).collect();
            assert_eq!(labels, expected, "{values:?}");
            for ((value, label), _) in axis.ticks.iter().zip(expected) {
                assert_eq!(*value, label.parse::<f64>().expect("a label is a number"));
            }
        }
        check(&[], &[]);
        check(&["0"], &["0", "1"]);
        check(&["1"], &["0", "1"]);
        check(&["3"], &["0", "1", "2", "3"]);
        check(&["7", "12"], &["0", "5", "10", "15"]);
        check(&["100"], &["0", "20", "40", "60", "80", "100"]);
        check(&["0.7"], &["0", "0.2", "0.4", "0.6", "0.8"]);
        check(&["0.3", "0.5"], &["0", "0.1", "0.2", "0.3", "0.4", "0.5"]);
        check(&["4.5"], &["0", "1", "2", "3", "4", "5"]);
        check(&["-3", "4"], &["-4", "-2", "0", "2", "4"]);
        check(&["-12.5"], &["-15", "-10", "-5", "0"]);
        check(&["12600000"], &["0", "5000000", "10000000", "15000000"]);
        check(&["0.00000123"], &["0", "0.0000005", "0.000001", "0.0000015"]);
        check(
            &["79228162514264337593543950335"],
            &[
                "0",
                "20000000000000000000000000000",
                "40000000000000000000000000000",
                "60000000000000000000000000000",
                "80000000000000000000000000000",
            ],
        );
    }
}
