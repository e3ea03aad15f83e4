//! Progress: a bar for each verb and each phase of a transfer on a terminal, plain lines elsewhere.

use std::sync::Mutex;
use std::time::Duration;

use gongkai::publish::Transfer;
use gongkai::text::Text;
use gongkai::{Observer, Verb};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Console;

/// The bar on the screen; a new one takes its place.
pub(super) struct Bars {
    console: Console,
    bar: Mutex<ProgressBar>,
}

impl Bars {
    pub(super) fn new(console: Console) -> Bars {
        Bars { console, bar: Mutex::new(ProgressBar::hidden()) }
    }

    /// Takes the bar off the screen.
    pub(super) fn clear(&self) {
        self.current().finish_and_clear();
    }

    fn current(&self) -> ProgressBar {
        self.bar.lock().expect("no thread panics while it holds the bar").clone()
    }

    /// Begins a bar of this shape, or prints its line where none can be drawn.
    fn show(&self, message: String, shape: &str, length: u64) -> Option<ProgressBar> {
        if !self.console.live {
            eprintln!("{message} …");
            return None;
        }
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr_with_hz(10));
        bar.set_style(ProgressStyle::with_template(shape).expect("the template is fixed"));
        bar.set_message(message);
        let mut current = self.bar.lock().expect("no thread panics while it holds the bar");
        current.finish_and_clear();
        *current = bar.clone();
        Some(bar)
    }

    fn move_on(&self, by: u64) {
        if self.console.live {
            self.current().inc(by);
        }
    }
}

impl Observer for Bars {
    fn begin(&self, verb: Verb, total: usize) {
        let shape = if total > 0 { "{msg} [{bar:30}] {pos}/{len}" } else { "{msg} {spinner}" };
        self.show(name(self.console, verb).to_owned(), shape, total as u64);
    }

    fn advance(&self) {
        self.move_on(1);
    }
}

impl Transfer for Bars {
    fn begin(&self, what: &Text, objects: usize, bytes: u64) {
        let shape = "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        let message = format!("{} {objects}", what.pick(self.console.language));
        if let Some(bar) = self.show(message, shape, bytes.max(1)) {
            // The rate goes on while one large object is on its way.
            bar.enable_steady_tick(Duration::from_millis(200));
        }
    }

    fn advance(&self, bytes: u64) {
        self.move_on(bytes);
    }
}

pub(super) fn name(console: Console, verb: Verb) -> &'static str {
    let (zh, en) = match verb {
        Verb::Read => ("读取", "read"),
        Verb::Parse => ("解析", "parse"),
        Verb::Check => ("检查", "check"),
        Verb::Plan => ("编排", "plan"),
        Verb::Index => ("索引", "index"),
        Verb::Search => ("查隐私", "search for private data"),
        Verb::Render => ("生成", "render"),
    };
    console.say(zh, en)
}
