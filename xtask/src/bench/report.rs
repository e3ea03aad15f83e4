//! Medians, spreads and ratios of runs, as text.

use std::time::Duration;

use super::measure::Run;

/// Several runs of one program on one input.
#[derive(Default)]
pub(super) struct Series(pub(super) Vec<Run>);

impl Series {
    pub(super) fn median_wall(&self) -> f64 {
        self.spread(|run| run.wall.as_secs_f64()).1
    }

    pub(super) fn median_cpu(&self) -> f64 {
        self.spread(|run| run.cpu.as_secs_f64()).1
    }

    pub(super) fn peak(&self) -> u64 {
        self.0.iter().map(|run| run.peak).max().unwrap_or(0)
    }

    /// Least, median and greatest.
    fn spread(&self, of: impl Fn(&Run) -> f64) -> (f64, f64, f64) {
        let mut values: Vec<f64> = self.0.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        let last = values.len() - 1;
        (values[0], values[last / 2], values[last])
    }
}

/// `gongkai    wall    0.620 s (0.600–0.700)   cpu    1.100 s   peak 120 MiB`; the floor has wall time only.
pub(super) fn line(name: &str, series: &Series) -> String {
    let (least, median, greatest) = series.spread(|run| run.wall.as_secs_f64());
    let rest = match series.peak() {
        0 => String::new(),
        peak => format!("   cpu {:>8.3} s   peak {} MiB", series.median_cpu(), mebibytes(peak)),
    };
    format!("  {name:<10} wall {median:>8.3} s ({least:.3}–{greatest:.3}){rest}")
}

/// A measure against its limit.
pub(super) fn verdict(name: &str, value: f64, limit: f64) -> String {
    let mark = if value <= limit { "ok" } else { "MISSED" };
    format!("  {name:<34} {value:>8.3}   limit {limit:<8} {mark}")
}

/// A measure beside what it is elsewhere, where the limits were set.
pub(super) fn known(name: &str, value: f64, elsewhere: f64) -> String {
    format!("  {name:<34} {value:>8.3}   where the limits were set {elsewhere}")
}

/// Median of the ratios of runs that followed each other, so that a busy moment counts for both.
pub(super) fn ratio(of: &Series, to: &Series) -> f64 {
    let mut ratios: Vec<f64> = of.0.iter().zip(&to.0).map(|(a, b)| seconds(a.wall) / seconds(b.wall)).collect();
    ratios.sort_by(f64::total_cmp);
    ratios[(ratios.len() - 1) / 2]
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64().max(1e-9)
}

pub(super) fn mebibytes(bytes: u64) -> u64 {
    bytes / (1024 * 1024)
}
