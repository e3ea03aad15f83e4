//! Turns written counts, measures and percentages into exact numbers.
//! It must not round, and never reads a number out of a sentence.

use rust_decimal::Decimal;

use super::{Refusal, normalise, numeral, shown};
use crate::text::Text;

/// A count, such as 12, 1,234, 三十二 or -5.
pub(crate) fn integer(text: &str) -> Result<i64, Refusal> {
    let value = decimal(text)?;
    if !value.fract().is_zero() {
        return Err(Refusal::new(
            Text::new(format!("“{}”不是整数", shown(text)), format!("`{}` is not a whole number", shown(text))),
            Text::new("请填整数，如 12", "write a whole number, such as 12"),
        ));
    }
    i64::try_from(value.trunc()).map_err(|_| not_a_number(text))
}

/// A measure, such as 12.5.
pub(crate) fn decimal(text: &str) -> Result<Decimal, Refusal> {
    let plain = compact(text);
    if is_scientific(&plain) {
        return Err(scientific(text));
    }
    signed(&plain).ok_or_else(|| not_a_number(text))
}

/// The number in front of its field's own unit: 12 for 12人 in a field counted in 人. Another unit
/// stays and is refused with the number: 12人 in a field of 起 stands in the wrong column.
pub(crate) fn without_unit<'a>(text: &'a str, unit: &str) -> &'a str {
    let text = text.trim();
    text.strip_suffix(unit.trim()).unwrap_or(text).trim_end()
}

/// Per cent: "49.67%" and "49.67" are both 49.67. A bare number is never taken for a fraction,
/// so 0.85 is less than one per cent; guessing would turn 85 per cent and 0.85 per cent around.
pub(crate) fn percentage(text: &str) -> Result<Decimal, Refusal> {
    let plain = compact(text);
    if is_scientific(&plain) {
        return Err(scientific(text));
    }
    let value = match plain.strip_prefix("百分之") {
        Some(rest) => numeral::number(rest),
        None => signed(plain.strip_suffix('%').unwrap_or(&plain)),
    };
    value.ok_or_else(|| {
        Refusal::new(
            Text::new(format!("“{}”不是百分比", shown(text)), format!("`{}` is not a percentage", shown(text))),
            Text::new("请写成 49.67%（只写数字也按百分数计）", "write 49.67% (a bare number is read as per cent)"),
        )
    })
}

/// 9.14101E+17: what a spreadsheet leaves of a long number; the lost digits cannot be recovered.
pub(crate) fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    digits(&mantissa.replacen('.', "", 1)) && digits(exponent.trim_start_matches(['+', '-']))
}

fn signed(text: &str) -> Option<Decimal> {
    match text.strip_prefix(['-', '−']) {
        Some(rest) => numeral::number(rest).map(|value| -value),
        None => numeral::number(text.strip_prefix('+').unwrap_or(text)),
    }
}

fn compact(text: &str) -> String {
    normalise(text).split_whitespace().collect()
}

fn scientific(text: &str) -> Refusal {
    Refusal::new(
        Text::new(
            format!("“{}”是科学计数法，原来的数字已不完整", shown(text)),
            format!("`{}` is in scientific notation and has lost digits", shown(text)),
        ),
        Text::new(
            "请把该列设为文本或数值格式后重新填写",
            "format the column as text or plain number and enter the value again",
        ),
    )
}

fn not_a_number(text: &str) -> Refusal {
    Refusal::new(
        Text::new(format!("“{}”不是数字", shown(text)), format!("`{}` is not a number", shown(text))),
        Text::new("请只填数字，如 12.5", "write the number alone, such as 12.5"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        let check = |input: &str, expected| assert_eq!(integer(input).ok(), expected, "{input}");
        check("12", Some(12));
        check(" １２ ", Some(12));
        check("1,234", Some(1234));
        check("3.0", Some(3));
        check("三十二", Some(32));
        check("-5", Some(-5));
        check("12人", None);
        check(without_unit("12人", "人"), Some(12));
        check(without_unit("3 起", "起"), Some(3));
        check(without_unit("12人", "起"), None);
        check(without_unit("12", ""), Some(12));
        check("3.5", None);
        check("", None);
        check("若干", None);
        check("1.2E+05", None);
        check("99999999999999999999", None);
    }

    #[test]
    fn measures_and_percentages() {
        let text = |value: Result<Decimal, Refusal>| value.map_or("refused".to_owned(), |value| value.to_string());
        let check = |input: &str, measure: &str, percent: &str| {
            assert_eq!((text(decimal(input)), text(percentage(input))), (measure.into(), percent.into()), "{input}");
        };
        check("49.67%", "refused", "49.67");
        check("49.67％", "refused", "49.67");
        check("百分之三十", "refused", "30");
        check("百分之四十九点六七", "refused", "49.67");
        check("0.85", "0.85", "0.85");
        check("−12.5", "-12.5", "-12.5");
        check("1,200.5", "1200.5", "1200.5");
        check("3个百分点", "refused", "refused");
        check("1,20", "refused", "refused");
        check("约5", "refused", "refused");
        check("", "refused", "refused");
        assert!(percentage("9.1E+17").expect_err("digits are lost").message.en.contains("scientific"));
    }
}
