//! Turns a written day and time into a moment in Beijing time.
//! It must not know the machine's time zone: an offset is converted only when it is written.

use jiff::ToSpan;
use jiff::civil::{Date, Time};

use super::date::{Precision, not_a_date, on_calendar, written};
use super::{Refusal, normalise, shown};
use crate::text::Text;

const BEIJING_MINUTES: i32 = 8 * 60;

/// A day, with the time of day in Beijing where one was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Moment {
    pub date: Date,
    pub time: Option<Time>,
}

/// A time as written; 24:00 is allowed and means the end of the day.
pub(super) struct Clock {
    hour: i32,
    minute: i32,
    offset_minutes: Option<i32>,
}

pub(crate) fn datetime(text: &str) -> Result<Moment, Refusal> {
    let text = normalise(text);
    let (day, time) = split_time(&text);
    let day = on_calendar(written(day)?, &text)?;
    if day.precision != Precision::Day {
        return Err(not_exact(&text));
    }
    let Some(time) = time else {
        return Ok(Moment { date: day.date, time: None });
    };
    let clock = clock(time).ok_or_else(|| not_a_date(&text))?;
    let shift = clock.offset_minutes.map_or(0, |offset| BEIJING_MINUTES - offset);
    let minutes = i64::from(clock.hour * 60 + clock.minute + shift);
    let moment = day.date.at(0, 0, 0, 0).checked_add(minutes.minutes()).map_err(|_| not_a_date(&text))?;
    Ok(Moment { date: moment.date(), time: Some(moment.time()) })
}

/// The day and, where there is one, the time: after 日, a `T` or a space.
pub(super) fn split_time(text: &str) -> (&str, Option<&str>) {
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return (text, None);
    }
    let after_day = text.find(['日', '号']).map(|at| at + '日'.len_utf8());
    let after_letter = text.find(['T', 't']).map(|at| at + 1);
    let after_space = text.match_indices(char::is_whitespace).map(|(at, _)| at).find(|at| {
        let rest = text[*at..].trim_start();
        rest.contains([':', '时', '点']) && text[..*at].chars().filter(char::is_ascii_digit).count() >= 6
    });
    let Some(at) = after_day.or(after_letter).or(after_space) else {
        return (text, None);
    };
    let time = text[at..].trim();
    (text[..at].trim_end_matches(['T', 't']), Some(time).filter(|time| !time.is_empty()))
}

/// 08:30, 8:30:15.250, 8时30分, 下午3点, each with an optional offset such as +08:00 or Z.
pub(super) fn clock(text: &str) -> Option<Clock> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (time, offset_minutes) = split_offset(&compact)?;
    let (afternoon, time) = half_of_day(time);
    let (hour, minute) = if time.contains([':']) { colons(time)? } else { characters(time)? };
    let hour = if afternoon && hour < 12 { hour + 12 } else { hour };
    let end_of_day = hour == 24 && minute == 0;
    ((0..24).contains(&hour) || end_of_day).then_some(Clock { hour, minute, offset_minutes })
}

fn half_of_day(time: &str) -> (bool, &str) {
    for (word, afternoon) in [("上午", false), ("凌晨", false), ("下午", true), ("晚上", true)] {
        if let Some(rest) = time.strip_prefix(word) {
            return (afternoon, rest);
        }
    }
    (false, time)
}

fn split_offset(time: &str) -> Option<(&str, Option<i32>)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, Some(0)));
    }
    let Some(at) = time.find(['+', '-', '−']) else {
        return Some((time, None));
    };
    let (sign, digits) = if let Some(digits) = time[at..].strip_prefix('+') {
        (1, digits)
    } else {
        (-1, time[at..].trim_start_matches(['-', '−']))
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = match digits.len() {
        2 => (two(&digits)?, 0),
        4 if digits.is_ascii() => (two(&digits[..2])?, two(&digits[2..])?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some((&time[..at], Some(sign * (hours * 60 + minutes))))
}

fn colons(time: &str) -> Option<(i32, i32)> {
    let mut parts = time.split(':');
    let (hour, minute) = (two(parts.next()?)?, two(parts.next()?)?);
    if let Some(second) = parts.next() {
        let (whole, fraction) = second.split_once('.').unwrap_or((second, "0"));
        sixty(two(whole)?)?;
        fraction.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
    }
    parts.next().is_none().then_some((hour, sixty(minute)?))
}

/// 8时, 8时30分, 8点30分15秒.
fn characters(time: &str) -> Option<(i32, i32)> {
    let (hour, rest) = time.split_once(['时', '点'])?;
    let rest = rest.trim_end_matches('整');
    let (minute, second) = rest.split_once('分').unwrap_or((rest, ""));
    if let Some(second) = Some(second).filter(|second| !second.is_empty()) {
        sixty(two(second.strip_suffix('秒')?)?)?;
    }
    let minute = if minute.is_empty() { 0 } else { two(minute)? };
    Some((two(hour)?, sixty(minute)?))
}

fn two(digits: &str) -> Option<i32> {
    let well_formed = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    well_formed.then(|| digits.parse().expect("one or two digits"))
}

fn sixty(value: i32) -> Option<i32> {
    (value < 60).then_some(value)
}

fn not_exact(text: &str) -> Refusal {
    let value = shown(text);
    Refusal::new(
        Text::new(format!("“{value}”没有写到日"), format!("`{value}` does not name a day")),
        Text::new("请写成 2026-03-01 08:30 或 2026-03-01", "write YYYY-MM-DD HH:MM or YYYY-MM-DD"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let check = |input: &str, expected: &str| {
            let read = match datetime(input) {
                Ok(Moment { date, time: Some(time) }) => format!("{date} {time}"),
                Ok(Moment { date, time: None }) => date.to_string(),
                Err(_) => "refused".to_owned(),
            };
            assert_eq!(read, expected, "{input}");
        };
        for input in [
            "2026-03-01 08:30",
            "2026-03-01T08:30",
            "2026-03-01T08:30:59",
            "2026-03-01T08:30:00.250+08:00",
            "2026-03-01 08:30:00 +0800",
            "2026年3月1日8时30分",
            "2026年3月1日 08:30",
            "2026年3月1日上午8时30分",
            "2026年3月1日8点30分15秒",
            "2026-03-01T00:30:00Z",
            "2026-02-28T19:30-05:00",
            "2026/3/1 8:30",
            "2026-03-01　08：30",
        ] {
            check(input, "2026-03-01 08:30:00");
        }
        check("2026-03-01", "2026-03-01");
        check("2026 年 3 月 1 日", "2026-03-01");
        check("2026年3月1日下午3时", "2026-03-01 15:00:00");
        check("2026-06-30 24:00", "2026-07-01 00:00:00");
        check("2026年6月30日24时整", "2026-07-01 00:00:00");
        check("2026-03-01T23:30:00Z", "2026-03-02 07:30:00");
        for input in [
            "2026-03",
            "2026-03-01 25:00",
            "2026-03-01 08:60",
            "2026-03-01 24:01",
            "2026-03-01 8",
            "08:30",
            "2026-03-01T08:30+99:00",
            "2026年3月1日左右",
        ] {
            check(input, "refused");
        }
    }
}
