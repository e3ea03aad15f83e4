//! A search engine in real Chromium: a query is asked in a browser that has never seen the site, and again on the
//! same page; what goes over the wire is counted by the server. How many round trips follow one another is counted
//! apart, with every answer held back until nothing more is asked for: what waits for what is then certain.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::queries::Query;
use super::server::{Line, Protocol, Sent, Server};
use crate::browser::chromium::Browser;

/// The engine under test: how it is loaded and asked, as JavaScript. The page has a function `ask(query)` that gives
/// `{ urls, total, exact, scores, excerpts }`, and loads the engine when it is first called.
pub(super) trait Engine {
    /// Path of the page that has the function.
    fn page(&self) -> &str;
    /// The query, as `ask` wants it.
    fn question(&self, query: &Query) -> Value;
    /// Trips for scripts before the first file is fetched.
    fn trips_before(&self) -> usize;
}

/// What one query cost.
#[derive(Clone, Debug, Default)]
pub(super) struct Cost {
    pub(super) body: u64,
    pub(super) head: u64,
    pub(super) requests: usize,
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
    pub(super) fn open(
        mounts: Vec<(String, PathBuf)>,
        pages: HashMap<String, String>,
        protocol: Protocol,
    ) -> io::Result<Lab> {
        Ok(Lab { browser: Browser::start()?, server: Server::start(mounts, pages, protocol)? })
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
        if let Some(gone) = sent.iter().find(|sent| ![200, 206].contains(&sent.status)) {
            return Err(io::Error::other(format!("{question}: {} is not there", gone.path)));
        }
        let cost = Cost {
            body: sent.iter().map(|sent| sent.body).sum(),
            head: sent.iter().map(|sent| sent.head).sum(),
            requests: sent.len(),
            milliseconds: answer["milliseconds"].as_f64().unwrap_or(f64::NAN),
            sent,
        };
        Ok((Answer(answer), cost))
    }

    /// How many round trips follow one another before ten results are there, in a browser that knows nothing.
    pub(super) fn trips(&mut self, engine: &dyn Engine, query: &Query) -> io::Result<usize> {
        self.fresh(engine)?;
        let waves = self.browser.evaluate(&format!("stepped({})", engine.question(query)))?;
        let waves = waves.as_u64().ok_or_else(|| io::Error::other(format!("{waves} is no number of trips")))?;
        Ok(engine.trips_before() + usize::try_from(waves).expect("trips are few"))
    }
}

/// The script of every page: measures one call of `ask`, or counts its waves. A wave ends when all that was asked for
/// has come and nothing new was asked for in a while; only then is any of it handed over.
pub(super) fn page(ask: &str) -> String {
    format!(
        r#"<!DOCTYPE html>
<html lang="zh-CN">
<head><meta charset="utf-8"><link rel="icon" href="data:,"><title>bench</title></head>
<body>
<script>
async function timed(query) {{
  const started = performance.now();
  const answer = await ask(query);
  return {{ ...answer, milliseconds: performance.now() - started }};
}}
async function stepped(query) {{
  const real = window.fetch;
  const held = [];
  let [waves, outstanding, idle] = [0, 0, 0];
  window.fetch = async (...request) => {{
    outstanding++;
    idle = 0;
    const response = await real(...request);
    const body = await response.arrayBuffer();
    outstanding--;
    await new Promise(go => held.push(go));
    return new Response(body, {{ status: response.status, headers: response.headers }});
  }};
  const clock = setInterval(() => {{
    if (outstanding || !held.length || ++idle < 5) return;
    waves++;
    idle = 0;
    held.splice(0).forEach(go => go());
  }}, 5);
  await ask(query);
  clearInterval(clock);
  window.fetch = real;
  return waves;
}}
{ask}
</script>
</body>
</html>
"#
    )
}
