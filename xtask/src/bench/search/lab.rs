//! A search engine in real Chromium: a query is asked in a browser that has never seen the site, and again on the
//! same page; what goes over the wire is counted by the server, what waits for what is read from the page's own clock.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::queries::Query;
use super::server::{Line, Sent, Server};
use crate::browser::chromium::Browser;

/// The engine under test: how it is loaded and asked, as JavaScript. The page has a function `ask(query)` that gives
/// `{ urls, total, exact, scores, excerpts }`, and loads the engine when it is first called.
pub(super) trait Engine {
    /// Path of the page that has the function.
    fn page(&self) -> &str;
    /// The query, as `ask` wants it.
    fn question(&self, query: &Query) -> Value;
}

/// What one query cost.
#[derive(Clone, Debug, Default)]
pub(super) struct Cost {
    pub(super) body: u64,
    pub(super) head: u64,
    pub(super) requests: usize,
    pub(super) trips: usize,
    pub(super) milliseconds: f64,
    pub(super) sent: Vec<Sent>,
}

/// What was found.
#[derive(Clone, Debug)]
pub(super) struct Answer(pub(super) Value);

impl Answer {
    pub(super) fn urls(&self) -> Vec<&str> {
        self.0["urls"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    pub(super) fn scores(&self) -> Vec<f64> {
        self.0["scores"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
    }

    pub(super) fn total(&self) -> usize {
        usize::try_from(self.0["total"].as_u64().unwrap_or(0)).expect("a portal's pages can be counted")
    }

    /// Whether these are matches, not merely similar pages.
    pub(super) fn is_exact(&self) -> bool {
        self.0["exact"] == json!(true)
    }

    pub(super) fn excerpts(&self) -> usize {
        usize::try_from(self.0["excerpts"].as_u64().unwrap_or(0)).expect("few are shown")
    }
}

pub(super) struct Lab {
    browser: Browser,
    pub(super) server: Server,
}

impl Lab {
    pub(super) fn open(mounts: Vec<(String, PathBuf)>, pages: HashMap<String, String>) -> io::Result<Lab> {
        Ok(Lab { browser: Browser::start()?, server: Server::start(mounts, pages)? })
    }

    /// A page of the engine in a browser with an empty cache. Loading the page itself is not counted.
    pub(super) fn fresh(&mut self, engine: &dyn Engine) -> io::Result<()> {
        self.server.set_line(Line::FREE);
        self.browser.forget_everything()?;
        self.browser.open(&format!("{}{}", self.server.root, engine.page()))?;
        self.server.take_log();
        Ok(())
    }

    /// Asks on the page that is open.
    pub(super) fn ask(&mut self, engine: &dyn Engine, query: &Query, line: Line) -> io::Result<(Answer, Cost)> {
        self.ask_raw(&engine.question(query), line)
    }

    pub(super) fn ask_raw(&mut self, question: &Value, line: Line) -> io::Result<(Answer, Cost)> {
        self.server.take_log();
        self.server.set_line(line);
        let answer = self.browser.evaluate(&format!("timed({question})"));
        self.server.set_line(Line::FREE);
        let answer = answer.map_err(|error| io::Error::other(format!("{question}: {error}")))?;
        let sent = self.server.take_log();
        if let Some(gone) = sent.iter().find(|sent| sent.status != 200) {
            return Err(io::Error::other(format!("{question}: {} is not there", gone.path)));
        }
        let cost = Cost {
            body: sent.iter().map(|sent| sent.body).sum(),
            head: sent.iter().map(|sent| sent.head).sum(),
            requests: sent.len(),
            trips: trips(&spans(&answer["spans"])),
            milliseconds: answer["milliseconds"].as_f64().unwrap_or(f64::NAN),
            sent,
        };
        Ok((Answer(answer), cost))
    }
}

/// The script of every page: measures one call of `ask`. Requests are known by the page's own timing, which says when
/// each was wanted and when it was there.
pub(super) fn page(ask: &str) -> String {
    format!(
        r#"<!DOCTYPE html>
<html lang="zh-CN">
<head><meta charset="utf-8"><link rel="icon" href="data:,"><title>bench</title></head>
<body>
<script>
performance.setResourceTimingBufferSize(100000);
async function timed(query) {{
  performance.clearResourceTimings();
  const started = performance.now();
  const answer = await ask(query);
  const milliseconds = performance.now() - started;
  await new Promise(done => setTimeout(done));
  const spans = performance.getEntriesByType("resource").map(entry => [entry.startTime, entry.responseEnd]);
  return {{ ...answer, milliseconds, spans }};
}}
{ask}
</script>
</body>
</html>
"#
    )
}

fn spans(list: &Value) -> Vec<(f64, f64)> {
    let number = |value: &Value| value.as_f64().unwrap_or(0.0);
    list.as_array().into_iter().flatten().map(|span| (number(&span[0]), number(&span[1]))).collect()
}

/// The longest chain of requests of which each was wanted after the one before had ended.
fn trips(spans: &[(f64, f64)]) -> usize {
    let mut spans = spans.to_vec();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut depths: Vec<usize> = Vec::with_capacity(spans.len());
    for (at, (start, _)) in spans.iter().enumerate() {
        let before = spans[..at].iter().zip(&depths).filter(|((_, end), _)| end <= start).map(|(_, depth)| *depth);
        depths.push(1 + before.max().unwrap_or(0));
    }
    depths.into_iter().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trips_are_the_longest_chain() {
        for (spans, expected) in [
            (&[][..], 0),
            (&[(0.0, 10.0), (1.0, 12.0)], 1),
            (&[(0.0, 10.0), (1.0, 12.0), (10.0, 20.0), (13.0, 22.0)], 2),
            (&[(30.0, 40.0), (0.0, 10.0), (11.0, 29.0)], 3),
        ] {
            assert_eq!(trips(spans), expected, "{spans:?}");
        }
    }
}
