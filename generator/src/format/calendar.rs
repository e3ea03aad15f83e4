//! Turns all-day events into an iCalendar file (RFC 5545; `NAME`, `DESCRIPTION` and `URL` of the calendar
//! from RFC 7986, and `X-WR-CALNAME` for readers that know only that). It must not know campaigns.
//!
//! Event properties: `UID DTSTAMP DTSTART DTEND SUMMARY DESCRIPTION LOCATION URL CATEGORIES TRANSP`.
//! All-day dates carry no zone: the day of the event is the day on the reader's wall.

use jiff::civil::Date;

use super::address;
use super::moment::{Moment, basic_date};

pub(crate) struct Calendar<'a> {
    pub(crate) name: &'a str,
    /// May be empty.
    pub(crate) description: &'a str,
    /// Absolute address of the calendar page; may be empty.
    pub(crate) url: &'a str,
    /// The date of the build (as_of): DTSTAMP of every event, so the clock is never asked.
    pub(crate) stamp: Moment,
    pub(crate) events: Vec<Event<'a>>,
}

pub(crate) struct Event<'a> {
    /// Globally unique and lasting, such as `campaign-2026-06@example.gov.cn`.
    pub(crate) uid: &'a str,
    pub(crate) from: Date,
    /// The last day, which is part of the event.
    pub(crate) to: Date,
    pub(crate) summary: &'a str,
    /// May be empty, as the three below.
    pub(crate) description: &'a str,
    /// Absolute address of the page.
    pub(crate) url: &'a str,
    pub(crate) location: &'a str,
    pub(crate) categories: Vec<&'a str>,
}

/// The calendar file.
pub(crate) fn calendar(calendar: &Calendar<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    line(&mut out, "BEGIN", "VCALENDAR");
    line(&mut out, "VERSION", "2.0");
    line(&mut out, "PRODID", "-//gongkai//calendar//ZH");
    line(&mut out, "CALSCALE", "GREGORIAN");
    text_line(&mut out, "NAME", calendar.name);
    text_line(&mut out, "X-WR-CALNAME", calendar.name);
    text_line(&mut out, "DESCRIPTION", calendar.description);
    address_line(&mut out, calendar.url);
    let stamp = calendar.stamp.ics_utc();
    for event in &calendar.events {
        write_event(&mut out, event, &stamp);
    }
    if calendar.events.is_empty() {
        zone(&mut out);
    }
    line(&mut out, "END", "VCALENDAR");
    out
}

fn write_event(out: &mut Vec<u8>, event: &Event<'_>, stamp: &str) {
    line(out, "BEGIN", "VEVENT");
    text_line(out, "UID", event.uid);
    line(out, "DTSTAMP", stamp);
    line(out, "DTSTART;VALUE=DATE", &basic_date(event.from));
    line(out, "DTEND;VALUE=DATE", &basic_date(day_after(event)));
    text_line(out, "SUMMARY", event.summary);
    text_line(out, "DESCRIPTION", event.description);
    text_line(out, "LOCATION", event.location);
    address_line(out, event.url);
    if !event.categories.is_empty() {
        // The commas between categories are syntax, those inside one are text.
        let escaped: Vec<_> = event.categories.iter().map(|category| escaped(category)).collect();
        line(out, "CATEGORIES", &escaped.join(","));
    }
    // A public event must not mark its reader's day as busy.
    line(out, "TRANSP", "TRANSPARENT");
    line(out, "END", "VEVENT");
}

/// DTEND is exclusive and must be later than DTSTART, so an end before the start counts as one day.
fn day_after(event: &Event<'_>) -> Date {
    event.to.max(event.from).tomorrow().unwrap_or(Date::MAX)
}

/// RFC 5545 wants at least one component; in an empty calendar the zone of Beijing is it.
fn zone(out: &mut Vec<u8>) {
    line(out, "BEGIN", "VTIMEZONE");
    line(out, "TZID", "Asia/Shanghai");
    line(out, "BEGIN", "STANDARD");
    line(out, "DTSTART", "19920101T000000");
    line(out, "TZOFFSETFROM", "+0800");
    line(out, "TZOFFSETTO", "+0800");
    line(out, "END", "STANDARD");
    line(out, "END", "VTIMEZONE");
}

fn text_line(out: &mut Vec<u8>, name: &str, value: &str) {
    if !value.is_empty() {
        line(out, name, &escaped(value));
    }
}

fn address_line(out: &mut Vec<u8>, url: &str) {
    if !url.is_empty() {
        line(out, "URL", &address::ascii(url));
    }
}

/// TEXT values: backslash, semicolon, comma and line breaks are escaped, other control characters dropped.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => out.push_str("\\n"),
            c if c.is_ascii_control() && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}

/// Most octets on a line, without the line break.
const LINE: usize = 75;

/// Writes `name:value` folded to lines of 75 octets. A fold never cuts a UTF-8 sequence.
fn line(out: &mut Vec<u8>, name: &str, value: &str) {
    let mut width = 0;
    for part in [name, ":", value] {
        for c in part.chars() {
            let size = c.len_utf8();
            if width + size > LINE {
                out.extend_from_slice(b"\r\n ");
                width = 1;
            }
            let mut buffer = [0; 4];
            out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
            width += size;
        }
    }
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn sample(events: Vec<Event<'_>>) -> String {
        let bytes = calendar(&Calendar {
            name: "安全生产日历",
            description: "",
            url: "https://example.gov.cn/calendar/index.html",
            stamp: Moment::day(date(2026, 3, 1)),
            events,
        });
        String::from_utf8(bytes).expect("folds keep UTF-8 whole")
    }

    fn event<'a>(from: Date, to: Date, description: &'a str) -> Event<'a> {
        Event {
            uid: "month-2026@example.gov.cn",
            from,
            to,
            summary: "安全生产月；咨询日,宣传",
            description,
            url: "https://example.gov.cn/calendar/月.html",
            location: "",
            categories: vec!["活动", "a,b"],
        }
    }

    /// Undoes folding, as a reader would.
    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn whole_file() {
        let text = sample(vec![event(date(2026, 6, 1), date(2026, 6, 30), "第一行\r\n第二行\\;\u{7}")]);
        assert_eq!(
            unfolded(&text),
            [
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//gongkai//calendar//ZH",
                "CALSCALE:GREGORIAN",
                "NAME:安全生产日历",
                "X-WR-CALNAME:安全生产日历",
                "URL:https://example.gov.cn/calendar/index.html",
                "BEGIN:VEVENT",
                "UID:month-2026@example.gov.cn",
                "DTSTAMP:20260228T160000Z",
                "DTSTART;VALUE=DATE:20260601",
                "DTEND;VALUE=DATE:20260701",
                "SUMMARY:安全生产月；咨询日\\,宣传",
                "DESCRIPTION:第一行\\n第二行\\\\\\;",
                "URL:https://example.gov.cn/calendar/%E6%9C%88.html",
                "CATEGORIES:活动,a\\,b",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
                "END:VCALENDAR",
            ]
        );
    }

    #[test]
    fn last_day_is_exclusive() {
        fn check(from: Date, to: Date, expected: &str) {
            let lines = unfolded(&sample(vec![event(from, to, "")]));
            assert!(lines.contains(&format!("DTEND;VALUE=DATE:{expected}")), "{lines:?}");
        }
        check(date(2026, 6, 16), date(2026, 6, 16), "20260617");
        check(date(2026, 12, 30), date(2026, 12, 31), "20270101");
        check(date(2026, 6, 16), date(2026, 6, 1), "20260617");
    }

    #[test]
    fn folding() {
        fn check(value: &str, lines: usize) {
            let mut out = Vec::new();
            line(&mut out, "DESCRIPTION", value);
            let text = String::from_utf8(out).expect("folds keep UTF-8 whole");
            assert!(text.split("\r\n").all(|l| l.len() <= LINE), "{text}");
            assert_eq!(unfolded(&text), [format!("DESCRIPTION:{value}")]);
            assert_eq!(text.matches("\r\n").count(), lines, "{text}");
        }
        check("", 1);
        check(&"a".repeat(63), 1);
        check(&"a".repeat(64), 2);
        check(&"安".repeat(21), 1);
        check(&"安".repeat(22), 2);
        check(&"𠀀".repeat(100), 6);
    }

    #[test]
    fn empty_calendar_has_a_component() {
        assert!(sample(vec![]).contains("BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\n"));
    }
}
