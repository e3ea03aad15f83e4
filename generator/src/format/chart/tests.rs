//! Cases of the chart geometry. They check what a reader would see: where marks stand and what is left out.

use super::*;

fn series(kind: Kind, points: &[(&str, Option<&str>)]) -> Series {
    let points =
        points.iter().map(|(label, value)| ((*label).to_owned(), value.map(|v| v.parse().expect("a decimal"))));
    Series { title: "事故起数".into(), unit: "起".into(), kind, points: points.collect() }
}

#[test]
fn bars_stand_on_zero() {
    let got =
        chart(&series(Kind::Bar, &[("2021", Some("4")), ("2022", None), ("2023", Some("-2")), ("2024", Some("0"))]));
    let seen: Vec<_> = got.bars.iter().map(|b| (b.label.as_str(), b.value.as_str(), b.y, b.h)).collect();
    // Ticks -2 0 2 4: 240 units for 6, zero at 200.
    assert_eq!(seen, [("2021", "4", 40.0, 160.0), ("2023", "-2", 200.0, 80.0), ("2024", "0", 200.0, 0.0)]);
    assert_eq!(got.base, 200.0);
    assert_eq!(got.bars.iter().map(|b| b.ly).collect::<Vec<_>>(), [35.0, 294.0, 195.0]);
    assert!(got.points.is_empty() && got.segments.is_empty() && got.dots.is_empty());
    assert_eq!(got.desc, "2021 4, 2022 –, 2023 -2, 2024 0 起");
}

#[test]
fn a_line_breaks_where_a_value_is_missing() {
    fn check(values: &[Option<&str>], points: bool, segments: &[usize], dots: usize) {
        let labelled: Vec<_> = values.iter().map(|value| ("x", *value)).collect();
        let got = chart(&series(Kind::Line, &labelled));
        let lengths: Vec<_> = got.segments.iter().map(|s| s.split(' ').count()).collect();
        assert_eq!(
            (!got.points.is_empty(), lengths.as_slice(), got.dots.len()),
            (points, segments, dots),
            "{values:?}"
        );
        assert!(got.bars.is_empty());
    }
    check(&[], false, &[], 0);
    check(&[None, None], false, &[], 0);
    check(&[Some("1")], false, &[], 1);
    check(&[Some("1"), Some("2")], true, &[2], 2);
    check(&[Some("1"), Some("2"), None, Some("3")], false, &[2], 3);
    check(&[None, Some("1"), Some("2"), None, Some("3"), Some("4.5"), Some("2")], false, &[2, 3], 5);
}

#[test]
fn labels_do_not_touch() {
    fn check(count: usize, label: fn(usize) -> String, expected: usize) {
        let points = (0..count).map(|n| (label(n), Some(Decimal::from(n)))).collect();
        let got = chart(&Series { title: String::new(), unit: String::new(), kind: Kind::Line, points });
        assert_eq!(got.x_labels.len(), expected, "{:?}", got.x_labels);
        for (at, a) in got.x_labels.iter().enumerate() {
            let half = |label: &XLabel| text_width(&label.text) / 2.0;
            let next = got.x_labels[at + 1..].iter().find(|b| b.y == a.y);
            assert!(next.is_none_or(|b| a.x + half(a) < b.x - half(b)), "{a:?} {next:?}");
            assert!(a.x - half(a) > -0.1 && a.x + half(a) < got.width + 0.1 && a.y < got.height, "{a:?}");
        }
    }
    check(0, |n| n.to_string(), 0);
    check(1, |_| "很长很长很长很长很长很长的一个名称".to_owned(), 1);
    check(5, |n| (2020 + n).to_string(), 5);
    check(12, |n| format!("2025年{}月", n + 1), 6);
    check(36, |n| format!("2025-{:02}", n % 12 + 1), 9);
    check(1000, |n| n.to_string(), 19);
    check(3, |_| "道路运输道路运输道路运输".to_owned(), 3);
    check(16, |_| "航空港区".to_owned(), 16);
    check(40, |_| "航空港区".to_owned(), 40);
}

#[test]
fn a_picture_grows_for_names_but_not_for_periods() {
    let drawn = |count: usize, label: &str| {
        let points: Vec<_> = (0..count).map(|_| (label, Some("1"))).collect();
        let got = chart(&series(Kind::Bar, &points));
        (got.periods, got.width > WIDTH, got.height > HEIGHT)
    };
    assert_eq!(drawn(5, "中牟县"), (false, false, false));
    assert_eq!(drawn(16, "航空港区"), (false, false, true));
    assert_eq!(drawn(40, "航空港区"), (false, true, true));
    assert_eq!(drawn(400, "2026-05"), (true, false, false));
}

#[test]
fn a_value_stands_below_where_the_line_turns_upwards() {
    let got = chart(&series(Kind::Line, &[("1", Some("9")), ("2", Some("4")), ("3", Some("6")), ("4", Some("5"))]));
    assert_eq!(got.dots.iter().map(|dot| dot.ly > dot.y).collect::<Vec<_>>(), [false, true, false, false]);
    let on_the_axis = chart(&series(Kind::Line, &[("1", Some("9")), ("2", Some("0")), ("3", Some("6"))]));
    assert!(on_the_axis.dots[1].ly < on_the_axis.dots[1].y);
}

#[test]
fn the_newest_is_labelled() {
    let points = (0..100).map(|n| (n.to_string(), Some(Decimal::ONE))).collect();
    let got = chart(&Series { title: String::new(), unit: String::new(), kind: Kind::Bar, points });
    assert_eq!(got.x_labels.last().expect("labels").text, "99");
    assert!(got.bars.iter().all(|bar| bar.w > 0.0));
}

#[test]
fn long_series_are_described_by_their_extremes() {
    let points = (0..30).map(|n| (format!("m{n}"), Some(Decimal::from((n * 7) % 30)))).collect();
    let got = chart(&Series { title: String::new(), unit: "人".into(), kind: Kind::Line, points });
    assert_eq!(got.desc, "m0 0, m17 29, m29 23 人");
}

#[test]
fn values_that_would_touch_are_not_written() {
    fn check(count: usize, expected: bool) {
        let points = (0..count).map(|n| (n.to_string(), Some(Decimal::from(1000 + n)))).collect();
        let got = chart(&Series { title: String::new(), unit: String::new(), kind: Kind::Bar, points });
        assert!(got.bars.iter().all(|bar| bar.shown == expected));
    }
    check(12, true);
    check(60, false);
}

#[test]
fn serialised_form() {
    let got = serde_json::to_value(chart(&series(Kind::Line, &[("a", Some("1.50")), ("b", Some("2"))]))).expect("JSON");
    assert_eq!(got["kind"], "line");
    assert_eq!(got["dots"][0]["value"], "1.5");
    assert_eq!(got["ticks"][1]["label"], "0.5");
    assert_eq!(got["points"], got["segments"][0]);
    for key in ["title", "desc", "unit", "width", "height", "bars", "x_labels", "left", "right", "base"] {
        assert!(got.get(key).is_some(), "{key}");
    }
}
