//! Turns a series of decimals into the geometry of an SVG chart (SVG 2: `rect`, `polyline`, `circle`, `text`
//! and a `viewBox` of `0 0 width height`), for a template that only places what it is given. It must not know
//! registers, colours or fonts; it reckons with text of 14 units, a Chinese character being one em wide.
//!
//! Values stay decimals where they are shown; places are rounded to a tenth of a unit, so the same series
//! gives the same bytes. The axis always shows zero: a shortened axis makes small changes look large.
//! A missing value leaves a gap and is never drawn as zero. Between two periods a reader can think a third; between
//! two names none, so each of them is written, and the picture grows where it must.

mod axis;
mod words;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use axis::Axis;
use words::{EM, description, shortened, shown, text_width};

#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) title: String,
    /// Shown at the axis; may be empty.
    pub(crate) unit: String,
    pub(crate) kind: Kind,
    /// In the order of the axis, oldest first.
    pub(crate) points: Vec<(String, Option<Decimal>)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    #[default]
    Bar,
    Line,
}

/// What a template sees. `bars` is empty for a line, and `points`, `segments` and `dots` for bars.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Chart {
    pub(crate) title: String,
    /// The values in words, for `<desc>`; without words of any language.
    pub(crate) desc: String,
    pub(crate) unit: String,
    pub(crate) kind: Kind,
    /// Whether the labels are periods, the newest at the right; otherwise names.
    pub(crate) periods: bool,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) bars: Vec<Bar>,
    /// The whole line, for one `<polyline>`; empty when a value is missing, as it would bridge the gap.
    pub(crate) points: String,
    /// The line in unbroken runs of two or more points: one `<polyline>` each.
    pub(crate) segments: Vec<String>,
    pub(crate) dots: Vec<Dot>,
    /// Lines across the plot from `left` to `right`; the labels end left of `left`.
    pub(crate) ticks: Vec<Tick>,
    /// Centred on `x`, thinned so that they do not touch.
    pub(crate) x_labels: Vec<XLabel>,
    pub(crate) left: f64,
    pub(crate) right: f64,
    /// Where zero is: the line on which bars stand.
    pub(crate) base: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Bar {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) w: f64,
    pub(crate) h: f64,
    pub(crate) label: String,
    pub(crate) value: String,
    /// Where the value is written, centred: above a bar, below a negative one.
    pub(crate) lx: f64,
    pub(crate) ly: f64,
    /// False when values written over all bars would touch; the title of the bar still has it.
    pub(crate) shown: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Dot {
    pub(crate) x: f64,
    pub(crate) y: f64,
    /// Where the value is written, centred: above the dot, or below where the line turns upwards.
    pub(crate) ly: f64,
    pub(crate) label: String,
    pub(crate) value: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Tick {
    pub(crate) y: f64,
    pub(crate) label: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct XLabel {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) text: String,
}

pub(crate) const WIDTH: f64 = 640.0;
pub(crate) const HEIGHT: f64 = 320.0;
/// Room for the unit and the values over the tallest bars, and for the labels below.
const TOP: f64 = 40.0;
const BOTTOM: f64 = 280.0;
const MARGIN: f64 = 16.0;
/// Between two rows of labels.
const LINE: f64 = EM + 4.0;
/// Between texts, and what is left of it beside a label that was moved.
const GAP: f64 = 8.0;
const LEAST_GAP: f64 = 3.0;
/// From a dot to the foot of its value.
const ABOVE: f64 = 11.0;
const BELOW: f64 = EM + 8.0;

/// The geometry of one series. An empty series, or one without any value, has no ticks and no marks.
pub(crate) fn chart(series: &Series) -> Chart {
    let values: Vec<Decimal> = series.points.iter().filter_map(|(_, value)| *value).collect();
    let axis = Axis::over(&values);
    let longest_tick = axis.ticks.iter().map(|(_, label)| text_width(label)).fold(0.0, f64::max);
    let left = round(longest_tick + 2.0 * GAP);
    let labels = Labels::of(&series.points);
    let right = left + labels.least_slot() * count(series.points.len());
    let right = round(right.max(WIDTH - MARGIN));
    let plot = Plot { left, right, count: series.points.len(), axis: &axis };
    let (x_labels, rows) = plot.labels(&labels);
    let mut chart = Chart {
        title: series.title.clone(),
        desc: description(series),
        unit: series.unit.clone(),
        kind: series.kind,
        periods: labels.periods,
        width: right + MARGIN,
        height: HEIGHT + count(rows - 1) * LINE,
        bars: Vec::new(),
        points: String::new(),
        segments: Vec::new(),
        dots: Vec::new(),
        ticks: axis.ticks.iter().map(|(at, label)| Tick { y: plot.y(*at), label: label.clone() }).collect(),
        x_labels,
        left,
        right,
        base: plot.y(0.0),
    };
    match series.kind {
        Kind::Bar => chart.bars = plot.bars(&series.points),
        Kind::Line => {
            chart.dots = plot.dots(&series.points);
            chart.segments = plot.segments(&series.points);
            if chart.dots.len() == series.points.len() {
                chart.points = chart.segments.concat();
            }
        }
    }
    chart
}

/// What is written below the axis.
struct Labels {
    texts: Vec<String>,
    widest: f64,
    periods: bool,
}

impl Labels {
    fn of(points: &[(String, Option<Decimal>)]) -> Labels {
        let texts: Vec<String> = points.iter().map(|(label, _)| shortened(label)).collect();
        let widest = texts.iter().map(|text| text_width(text)).fold(0.0, f64::max);
        let periods = texts.iter().all(|text| text.contains(|c: char| c.is_ascii_digit()));
        Labels { texts, widest, periods }
    }

    /// Names stand in two rows where one is too narrow.
    fn least_slot(&self) -> f64 {
        if self.periods { 0.0 } else { (self.widest + GAP) / 2.0 }
    }
}

/// The part of the picture between the axes, cut into one slot for each point.
struct Plot<'a> {
    left: f64,
    right: f64,
    count: usize,
    axis: &'a Axis,
}

impl Plot<'_> {
    fn slot(&self) -> f64 {
        (self.right - self.left) / count(self.count.max(1))
    }

    /// The middle of a slot.
    fn x(&self, at: usize) -> f64 {
        self.left + (count(at) + 0.5) * self.slot()
    }

    fn y(&self, value: f64) -> f64 {
        round(BOTTOM - (value - self.axis.low) / (self.axis.high - self.axis.low) * (BOTTOM - TOP))
    }

    fn bars(&self, points: &[(String, Option<Decimal>)]) -> Vec<Bar> {
        let width = round((self.slot() * 0.7).min(64.0));
        let base = self.y(0.0);
        let widest = points.iter().filter_map(|(_, v)| *v).map(|v| text_width(&shown(v))).fold(0.0, f64::max);
        let mut bars = Vec::with_capacity(points.len());
        for (at, (label, value)) in points.iter().enumerate() {
            let Some(value) = *value else { continue };
            let y = self.y(number(value));
            let below = value < Decimal::ZERO;
            bars.push(Bar {
                x: round(self.x(at) - width / 2.0),
                y: y.min(base),
                w: width,
                h: round((y - base).abs()),
                label: label.clone(),
                value: shown(value),
                lx: round(self.x(at)),
                ly: round(if below { y + EM } else { y - 5.0 }),
                shown: widest + 4.0 <= self.slot(),
            });
        }
        bars
    }

    fn dots(&self, points: &[(String, Option<Decimal>)]) -> Vec<Dot> {
        let beside = |at: Option<usize>| at.and_then(|at| points.get(at)?.1);
        let marks = points.iter().enumerate().filter_map(|(at, (label, value))| {
            let value = (*value)?;
            let (x, y) = (round(self.x(at)), self.y(number(value)));
            let around = [beside(at.checked_sub(1)), beside(Some(at + 1))];
            let turns = around.iter().all(|other| other.is_some_and(|other| other > value));
            let ly = round(if turns && y + BELOW < BOTTOM { y + BELOW } else { y - ABOVE });
            Some(Dot { x, y, ly, label: label.clone(), value: shown(value) })
        });
        marks.collect()
    }

    /// A run ends where a value is missing. A lone point has no line; its dot shows it.
    fn segments(&self, points: &[(String, Option<Decimal>)]) -> Vec<String> {
        let mut out = Vec::new();
        let mut run = Vec::new();
        let values = points.iter().map(|(_, value)| *value).chain([None]);
        for (at, value) in values.enumerate() {
            if let Some(value) = value {
                run.push(format!("{},{}", round(self.x(at)), self.y(number(value))));
                continue;
            }
            if run.len() > 1 {
                out.push(run.join(" "));
            }
            run.clear();
        }
        out
    }

    /// Every n-th period counted from the newest, n being the least that keeps them apart; names all, in one row or two.
    /// A label at an edge is moved inwards, and left out if it then touches its neighbour. Gives the number of rows too.
    fn labels(&self, labels: &Labels) -> (Vec<XLabel>, usize) {
        let apart = (1..).find(|n| count(*n) * self.slot() >= labels.widest + GAP).expect("a slot has a width");
        let (every, rows) = if labels.periods { (apart, 1) } else { (1, apart.min(2)) };
        let end = self.right + MARGIN;
        let mut free = [end + LEAST_GAP; 2];
        let mut out = Vec::new();
        for (nth, (at, text)) in labels.texts.iter().enumerate().rev().step_by(every).enumerate() {
            let row = nth % rows;
            let half = text_width(text) / 2.0;
            let x = self.x(at).min(end - half).max(half);
            if x + half + LEAST_GAP <= free[row] {
                free[row] = x - half;
                out.push(XLabel { x: round(x), y: BOTTOM + EM + 6.0 + count(row) * LINE, text: text.clone() });
            }
        }
        out.reverse();
        (out, rows)
    }
}

fn number(value: Decimal) -> f64 {
    value.to_f64().expect("every Decimal is below 2^96")
}

/// Small counts as floats.
fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).expect("a chart has fewer than 2^32 points"))
}

/// To a tenth, and never minus zero.
fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0 + 0.0
}

#[cfg(test)]
mod tests;
