//! Progress of a transfer.

use std::sync::Mutex;
use std::time::Duration;

use gongkai::publish::Transfer;
use gongkai::text::Text;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::Console;

/// A bar per phase with bytes and rate on a terminal, a plain line elsewhere.
pub(super) struct Bars {
    console: Console,
    bar: Mutex<ProgressBar>,
}

impl Bars {
    pub(super) fn new(console: Console) -> Bars {
        Bars { console, bar: Mutex::new(ProgressBar::hidden()) }
    }

    fn current(&self) -> ProgressBar {
        self.bar.lock().expect("no thread panics while it holds the bar").clone()
    }

    pub(super) fn clear(&self) {
        self.current().finish_and_clear();
    }
}

impl Transfer for Bars {
    fn begin(&self, what: &Text, objects: usize, bytes: u64) {
        let name = what.pick(self.console.language).to_owned();
        if !self.console.live {
            eprintln!("{name} {objects} …");
            return;
        }
        let bar = ProgressBar::with_draw_target(Some(bytes.max(1)), ProgressDrawTarget::stderr_with_hz(10));
        let shape = "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        bar.set_style(ProgressStyle::with_template(shape).expect("the template is fixed"));
        bar.set_message(format!("{name} {objects}"));
        bar.enable_steady_tick(Duration::from_millis(200));
        let mut current = self.bar.lock().expect("no thread panics while it holds the bar");
        current.finish_and_clear();
        *current = bar;
    }

    fn advance(&self, bytes: u64) {
        if self.console.live {
            self.current().inc(bytes);
        }
    }
}
