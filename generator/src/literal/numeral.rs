//! Turns written numerals into numbers: 1,234.5, 三千二百, 壹拾万零伍拾, 5万3200, 四十九点六七.
//! It must not know units of money or percentages; those stand around a numeral, not in it.

use rust_decimal::Decimal;

/// The value of a plain, grouped, Chinese or mixed numeral; `None` when it is not clearly one.
pub(super) fn number(text: &str) -> Option<Decimal> {
    match text.split_once('点') {
        Some((whole, fraction)) => composed(whole)?.checked_add(fraction_of(fraction)?),
        None => composed(text),
    }
}

/// Reads digit by digit, as years are written: 二〇一七, 2017, 二O一七.
pub(super) fn digits(text: &str) -> Option<u32> {
    if text.is_empty() || text.chars().count() > 9 {
        return None;
    }
    text.chars().try_fold(0, |value, c| {
        let digit = if matches!(c, 'O' | 'o') { 0 } else { digit(c)? };
        Some(value * 10 + digit)
    })
}

/// The day or month of a date: 3, 03, 三, 十一, 二十一, 廿一.
pub(super) fn small(text: &str) -> Option<u32> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return if text.len() <= 2 { text.parse().ok() } else { None };
    }
    let text = text.replace('廿', "二十").replace('卅', "三十");
    let text = text.strip_prefix(['零', '〇', '○']).unwrap_or(&text);
    u32::try_from(composed(text)?).ok().filter(|value| *value < 100)
}

pub(super) fn digit(c: char) -> Option<u32> {
    Some(match c {
        '0'..='9' => c as u32 - '0' as u32,
        '零' | '〇' | '○' | '◯' => 0,
        '一' | '壹' => 1,
        '二' | '贰' | '貳' | '两' => 2,
        '三' | '叁' | '參' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn unit(c: char) -> Option<i64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1000,
        '万' | '萬' => 10_000,
        '亿' | '億' => 100_000_000,
        _ => return None,
    })
}

/// What has been read so far of a numeral such as 一亿二千万零五十.
#[derive(Default)]
struct Reading {
    /// Closed by 万 or 亿.
    total: Decimal,
    /// Below the last 万 or 亿, closed by 十, 百 or 千.
    section: Decimal,
    current: Option<Decimal>,
    last_unit: Option<i64>,
    last_big: Option<i64>,
    zero: bool,
}

fn composed(text: &str) -> Option<Decimal> {
    let mut reading = Reading::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_digit() {
            let end = rest.find(|c: char| !matches!(c, '0'..='9' | '.' | ',')).unwrap_or(rest.len());
            reading.take_number(arabic(&rest[..end])?)?;
            rest = &rest[end..];
            continue;
        }
        match (digit(c), unit(c)) {
            (Some(0), _) => reading.take_zero()?,
            (Some(value), _) => reading.take_number(value.into())?,
            (_, Some(unit)) if unit < 10_000 => reading.take_small_unit(unit)?,
            (_, Some(unit)) => reading.take_big_unit(unit)?,
            _ => return None,
        }
        rest = &rest[c.len_utf8()..];
    }
    reading.finish(text)
}

impl Reading {
    fn take_number(&mut self, value: Decimal) -> Option<()> {
        self.current.replace(value).is_none().then_some(())
    }

    fn take_zero(&mut self) -> Option<()> {
        self.zero = true;
        self.current.is_none().then_some(())
    }

    fn take_small_unit(&mut self, unit: i64) -> Option<()> {
        let descending = self.last_unit.is_none_or(|last| last > unit || last >= 10_000);
        // Only ten may stand without a digit before it: 十二, 一百十.
        let count = self.current.take().or((unit == 10).then_some(Decimal::ONE))?;
        self.section = self.section.checked_add(count.checked_mul(unit.into())?)?;
        self.last_unit = Some(unit);
        self.zero = false;
        descending.then_some(())
    }

    fn take_big_unit(&mut self, unit: i64) -> Option<()> {
        let section = self.section.checked_add(self.current.take().unwrap_or_default())?;
        match self.last_big {
            // 一万亿: the larger unit multiplies what stands before it.
            Some(last) if last < unit => {
                self.total = self.total.checked_add(section)?.checked_mul(unit.into())?;
            }
            Some(last) if last == unit || section.is_zero() => return None,
            None if section.is_zero() => return None,
            _ => self.total = self.total.checked_add(section.checked_mul(unit.into())?)?,
        }
        self.section = Decimal::ZERO;
        self.last_unit = Some(unit);
        self.last_big = Some(unit);
        self.zero = false;
        Some(())
    }

    fn finish(self, text: &str) -> Option<Decimal> {
        if self.current.is_none() && self.last_unit.is_none() && !(self.zero && text.chars().count() == 1) {
            return None;
        }
        if let (Some(last), Some(current)) = (self.last_unit, self.current) {
            // 三万五 is 35000 to some readers and 30005 to others; 三万零五 and 5万3200 are clear.
            let clear = self.zero || last == 10 || current >= Decimal::from(last / 10);
            if !clear || current >= Decimal::from(last) {
                return None;
            }
        }
        self.total.checked_add(self.section)?.checked_add(self.current.unwrap_or_default())
    }
}

/// 1234.5 and 1,234.5, but not 12,34: a wrong grouping is usually a lost or added digit.
fn arabic(text: &str) -> Option<Decimal> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = whole.contains(',');
    let well_grouped = groups.all(|group| group.len() == 3) && (!grouped || (1..=3).contains(&first.len()));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !well_grouped || !plain(&whole.replace(',', "")) || !plain(fraction) {
        return None;
    }
    Decimal::from_str_exact(&text.replace(',', "")).ok()
}

fn fraction_of(text: &str) -> Option<Decimal> {
    let digits = text.chars().map(|c| digit(c).and_then(|d| char::from_digit(d, 10))).collect::<Option<String>>()?;
    Decimal::from_str_exact(&format!("0.{digits}")).ok().filter(|_| !digits.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals() {
        let check = |input: &str, expected: &str| {
            let read = number(input).map_or("none".to_owned(), |n| n.normalize().to_string());
            assert_eq!(read, expected, "{input}");
        };
        check("0", "0");
        check("零", "0");
        check("5.0", "5");
        check("50,000.00", "50000");
        check("1,234,567.89", "1234567.89");
        check("三", "3");
        check("十", "10");
        check("十二", "12");
        check("三十", "30");
        check("三千二百", "3200");
        check("叁仟贰佰", "3200");
        check("伍万", "50000");
        check("壹拾万零伍拾", "100050");
        check("三万零五", "30005");
        check("一百零五", "105");
        check("两千零二十五", "2025");
        check("1.5亿", "150000000");
        check("1亿2000万", "120000000");
        check("一亿二千万零五十", "120000050");
        check("一万亿", "1000000000000");
        check("3百万", "3000000");
        check("5万3200", "53200");
        check("5万3千", "53000");
        check("四十九点六七", "49.67");
        for wrong in [
            "",
            "三万五",
            "5万3",
            "一百五",
            "百",
            "万",
            "12,34",
            "1,2345",
            "1.2.3",
            "五五",
            "十百",
            "1,",
            ".5",
            "零零",
            "abc",
        ] {
            check(wrong, "none");
        }
    }

    #[test]
    fn years_and_days() {
        let check = |input: &str, year: Option<u32>, day: Option<u32>| {
            assert_eq!((digits(input), small(input)), (year, day), "{input}");
        };
        check("二〇一七", Some(2017), None);
        check("二○一七", Some(2017), None);
        check("二O一七", Some(2017), None);
        check("2017", Some(2017), None);
        check("03", Some(3), Some(3));
        check("三十一", None, Some(31));
        check("廿一", None, Some(21));
        check("零三", Some(3), Some(3));
    }
}
