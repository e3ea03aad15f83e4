//! Turns written sums into exact yuan and yuan into readable sums.
//! It must not know fields or limits of fines, and refuses what is not a sum in renminbi.

use rust_decimal::Decimal;

use super::number::is_scientific;
use super::{Refusal, normalise, numeral, shown};
use crate::text::Text;

/// The unit of a column, which counts for bare numbers only: 5万元 says its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MoneyUnit {
    Yuan,
    WanYuan,
    YiYuan,
}

impl MoneyUnit {
    /// The unit a definition gives for bare numbers; yuan where it gives none.
    pub(crate) fn named(unit: Option<&str>) -> Self {
        unit.and_then(Self::from_name).unwrap_or(Self::Yuan)
    }

    /// The unit as a definition or a sheet writes it: 元, 万元, 单位：亿元.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match normalise(name).trim_start_matches("单位:").trim() {
            "元" => Some(Self::Yuan),
            "万元" | "万" => Some(Self::WanYuan),
            "亿元" | "亿" => Some(Self::YiYuan),
            _ => None,
        }
    }

    fn in_yuan(self) -> Decimal {
        Decimal::from(match self {
            Self::Yuan => 1,
            Self::WanYuan => 10_000,
            Self::YiYuan => 100_000_000,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Yuan => "元",
            Self::WanYuan => "万元",
            Self::YiYuan => "亿元",
        }
    }
}

pub(crate) fn money(text: &str, unit_of_column: MoneyUnit) -> Result<Decimal, Refusal> {
    let plain: String = normalise(text).split_whitespace().collect();
    let plain = plain.replace("(万元)", "万元").replace("(元)", "元").replace("(亿元)", "亿元");
    if plain.starts_with(['-', '−', '('])
        || plain.starts_with("负")
        || plain.starts_with("¥-")
        || plain.starts_with("￥-")
    {
        return Err(refusal(text, "是负数", "is negative", unit_of_column));
    }
    let foreign = ["美元", "欧元", "港元", "港币", "日元", "英镑", "$", "€", "£", "USD", "HKD", "EUR"];
    if foreign.iter().any(|name| plain.contains(name)) {
        return Err(refusal(text, "不是人民币金额", "is not a sum in renminbi", unit_of_column));
    }
    if is_scientific(&plain) {
        return Err(refusal(text, "是科学计数法", "is in scientific notation", unit_of_column));
    }
    sum(without_marks(&plain), unit_of_column)
        .map(|value| value.normalize())
        .ok_or_else(|| refusal(text, "不是金额", "is not a sum of money", unit_of_column))
}

/// 5万元, 3200元, 1.2亿元 — exact, in the unit that reads best; in English with thousands separators.
pub(crate) fn format_money(yuan: Decimal) -> Text {
    let yuan = yuan.normalize();
    let in_yi = (yuan / MoneyUnit::YiYuan.in_yuan()).normalize();
    let in_wan = (yuan / MoneyUnit::WanYuan.in_yuan()).normalize();
    let zh = if yuan.abs() >= MoneyUnit::YiYuan.in_yuan() && in_yi.scale() <= 4 {
        format!("{in_yi}亿元")
    } else if yuan.abs() >= MoneyUnit::WanYuan.in_yuan() {
        format!("{in_wan}万元")
    } else {
        format!("{yuan}元")
    };
    Text::new(zh, format!("CNY {}", grouped(yuan)))
}

fn without_marks(text: &str) -> &str {
    let mut text = text;
    for prefix in ["人民币", "RMB", "CNY", "¥", "￥", ":"] {
        text = text.strip_prefix(prefix).unwrap_or(text);
    }
    for suffix in ["人民币", "整", "正"] {
        text = text.strip_suffix(suffix).unwrap_or(text);
    }
    text
}

fn sum(text: &str, unit_of_column: MoneyUnit) -> Option<Decimal> {
    match text.split_once(['元', '圆']) {
        Some((main, "")) => numeral::number(main),
        Some((main, coins)) => {
            let main = numeral::number(main).filter(|main| main.fract().is_zero())?;
            main.checked_add(jiao_and_fen(coins)?)
        }
        None if text.contains(['角', '分']) => jiao_and_fen(text),
        // 5万 is a sum in itself, in whatever column it stands.
        None if text.contains(['万', '萬', '亿', '億']) => numeral::number(text),
        None => numeral::number(text)?.checked_mul(unit_of_column.in_yuan()),
    }
}

fn jiao_and_fen(text: &str) -> Option<Decimal> {
    let text = text.trim_start_matches('零');
    let (jiao, fen) = match text.split_once('角') {
        Some((jiao, fen)) => (coin(jiao)?, fen.trim_start_matches('零')),
        None => (0, text),
    };
    let fen = match fen {
        "" => 0,
        fen => coin(fen.strip_suffix('分')?)?,
    };
    Some(Decimal::new(i64::from(jiao * 10 + fen), 2))
}

fn coin(text: &str) -> Option<u32> {
    let mut chars = text.chars();
    let digit = numeral::digit(chars.next()?)?;
    chars.next().is_none().then_some(digit)
}

fn grouped(value: Decimal) -> String {
    let text = value.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    let digits = whole.trim_start_matches('-');
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    let sign = if value.is_sign_negative() && !value.is_zero() { "-" } else { "" };
    let fraction = match fraction.len() {
        0 => String::new(),
        1 => format!(".{fraction}0"),
        _ => format!(".{fraction}"),
    };
    format!("{sign}{out}{fraction}")
}

fn refusal(text: &str, zh: &str, en: &str, unit: MoneyUnit) -> Refusal {
    let value = shown(text);
    let name = unit.name();
    Refusal::new(
        Text::new(format!("“{value}”{zh}"), format!("`{value}` {en}")),
        Text::new(
            format!("请写成 5万元 或 50000元；只写数字时单位为{name}"),
            format!("write 5万元 or 50000元; a bare number is counted in {name}"),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums() {
        let check = |input: &str, unit, expected: &str| {
            let read = money(input, unit).map_or("refused".to_owned(), |value| value.to_string());
            assert_eq!(read, expected, "{input}");
        };
        use MoneyUnit::{WanYuan, YiYuan, Yuan};
        for (input, unit) in [
            ("5", WanYuan),
            ("5.0 ", WanYuan),
            ("伍", WanYuan),
            ("50000", Yuan),
            ("50,000", Yuan),
            ("0.0005", YiYuan),
            ("5万", Yuan),
            ("5万元", WanYuan),
            ("5(万元)", Yuan),
            ("50000元", WanYuan),
            ("伍万元整", WanYuan),
            ("伍万圆整", Yuan),
            ("￥50,000.00", Yuan),
            ("¥50,000.00元", WanYuan),
            ("人民币伍万元整", WanYuan),
            ("５万元", Yuan),
            ("5 万 元", Yuan),
            ("五万元", Yuan),
        ] {
            check(input, unit, "50000");
        }
        check("0", WanYuan, "0");
        check("叁仟贰佰元", WanYuan, "3200");
        check("壹拾万零伍拾元伍角", Yuan, "100050.5");
        check("叁元零伍分", Yuan, "3.05");
        check("3元5角2分", Yuan, "3.52");
        check("伍角", WanYuan, "0.5");
        check("1.2亿元", Yuan, "120000000");
        check("5千元", WanYuan, "5000");
        check("三百万元", Yuan, "3000000");
        check("1.234567", WanYuan, "12345.67");
        for input in [
            "-5",
            "－5万元",
            "负5元",
            "(500)",
            "￥-5",
            "5美元",
            "$5",
            "罚款5万元",
            "5万元以下",
            "约5万",
            "5,0000",
            "三万五",
            "1.2E+05",
            "",
            "元",
            "无",
            "3.5元5角",
            "5元5",
            "99999999999999999999999999999",
        ] {
            check(input, Yuan, "refused");
        }
    }

    #[test]
    fn readable_sums() {
        let check = |yuan: &str, zh: &str, en: &str| {
            assert_eq!(format_money(yuan.parse().expect("a sum")), Text::new(zh, en));
        };
        check("50000.00", "5万元", "CNY 50,000");
        check("12345.67", "1.234567万元", "CNY 12,345.67");
        check("3200", "3200元", "CNY 3,200");
        check("100050.5", "10.00505万元", "CNY 100,050.50");
        check("0", "0元", "CNY 0");
        check("120000000", "1.2亿元", "CNY 120,000,000");
        check("123456789.01", "12345.678901万元", "CNY 123,456,789.01");
        check("-50000", "-5万元", "CNY -50,000");
    }

    #[test]
    fn units() {
        let check = |name, expected| assert_eq!(MoneyUnit::from_name(name), expected);
        check("万元", Some(MoneyUnit::WanYuan));
        check("单位：亿元", Some(MoneyUnit::YiYuan));
        check("元", Some(MoneyUnit::Yuan));
        check("吨", None);
        assert_eq!(MoneyUnit::named(Some("万元")), MoneyUnit::WanYuan);
        assert_eq!(MoneyUnit::named(None), MoneyUnit::Yuan);
    }
}
