//! The two engines as the lab loads them: gongkai's client and Pagefind's JavaScript API.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::lab::{self, Engine};
use super::queries::Query;

/// Where the lab's server has the portal and Pagefind's pages.
pub(super) const PORTAL: &str = "/portal/";
pub(super) const PLAIN: &str = "/plain/";

pub(super) const GONGKAI_PAGE: &str = "gongkai.html";
pub(super) const PAGEFIND_PAGE: &str = "pagefind.html";

/// Gongkai's client, reading what ten results need.
pub(super) struct Gongkai;

impl Engine for Gongkai {
    fn page(&self) -> &str {
        GONGKAI_PAGE
    }

    fn question(&self, query: &Query) -> Value {
        question(query, &json!({ "limit": 10 }))
    }

    /// The client comes beside the root.
    fn trips_before(&self) -> usize {
        0
    }
}

/// The question for everything that matches, without excerpts.
pub(super) fn everything(query: &Query) -> Value {
    question(query, &json!({ "limit": 1_000_000_000, "everything": true, "excerpts": false }))
}

fn question(query: &Query, options: &Value) -> Value {
    let mut options = options.clone();
    let mut filters = json!({});
    for (name, value) in &query.filters.facets {
        filters[name] = json!([value]);
    }
    options["filters"] = filters;
    if let Some((from, to)) = &query.filters.days {
        options["from"] = json!(from);
        options["to"] = json!(to);
    }
    json!({ "text": query.text(), "options": options })
}

/// The page that loads client and root together, as the portal's search page does.
pub(super) fn gongkai_page(portal: &Path) -> io::Result<String> {
    let client = client(portal)?;
    Ok(lab::page(&format!(
        r#"
let engine;
async function ask(query) {{
  if (!engine) {{
    for (const [rel, href] of [["modulepreload", "{PORTAL}search/{client}"], ["preload", "{PORTAL}search/root.json"]]) {{
      const link = Object.assign(document.createElement("link"), {{ rel, href, crossOrigin: "anonymous" }});
      if (rel === "preload") link.as = "fetch";
      document.head.append(link);
    }}
    const {{ open }} = await import("{PORTAL}search/{client}");
    engine = await open(new URL("{PORTAL}search/", location.href));
  }}
  const found = await engine.search(query.text, query.options);
  return {{
    urls: found.results.map(result => result.url),
    scores: found.results.map(result => result.score),
    excerpts: found.results.filter(result => result.excerpt?.length > 0).length,
    total: found.total,
    exact: !found.loose,
    about: found.about,
  }};
}}
"#
    )))
}

/// File name of the client in `search/`.
pub(super) fn client(portal: &Path) -> io::Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(portal.join("search"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.starts_with("client-") && name.ends_with(".js") {
            names.push(name);
        }
    }
    match names.as_slice() {
        [name] => Ok(name.clone()),
        names => Err(io::Error::other(format!("search/ must hold one client-*.js, and holds {names:?}"))),
    }
}

pub(super) struct Pagefind;

impl Pagefind {
    pub(super) fn unquoted(query: &Query) -> Option<Value> {
        Pagefind::can_be_asked(query).then(|| Pagefind.question(query))
    }

    /// The query in quotation marks, which Pagefind takes as a phrase.
    pub(super) fn quoted(query: &Query) -> Option<Value> {
        let mut question = Pagefind::unquoted(query)?;
        question["text"] = json!(format!("\"{}\"", query.text()));
        (query.terms.len() == 1).then_some(question)
    }

    /// Pagefind filters by words only: of days it can be asked for whole years.
    pub(super) fn can_be_asked(query: &Query) -> bool {
        query.filters.days.as_ref().is_none_or(|(from, _)| from.ends_with("-01-01"))
    }
}

impl Engine for Pagefind {
    fn page(&self) -> &str {
        PAGEFIND_PAGE
    }

    fn question(&self, query: &Query) -> Value {
        let mut filters = json!({});
        for (name, value) in &query.filters.facets {
            filters[name] = json!([value]);
        }
        if let Some((from, _)) = &query.filters.days {
            filters["year"] = json!([&from[..4]]);
        }
        let text = if query.terms.is_empty() { Value::Null } else { json!(query.text()) };
        json!({ "text": text, "filters": filters })
    }

    fn trips_before(&self) -> usize {
        1
    }
}

/// Without a worker, so that the page sees the requests; it spares Pagefind loading one.
pub(super) fn pagefind_page() -> String {
    lab::page(&format!(
        r#"
let engine;
async function ask(query) {{
  if (!engine) {{
    engine = await import("{PLAIN}pagefind/pagefind.js");
    await engine.options({{ noWorker: true }});
    await engine.init();
  }}
  const found = await engine.search(query.text, {{ filters: query.filters }});
  const shown = await Promise.all(found.results.slice(0, query.shown ?? 10).map(result => result.data()));
  // Of results that are not shown only Pagefind's own name is known.
  const address = data => new URL(data.raw_url ?? data.url, location.href).pathname.replace("{PLAIN}", "/").slice(1);
  return {{
    urls: query.shown === 0 ? found.results.map(result => result.id) : shown.map(address),
    scores: found.results.map(result => result.score),
    excerpts: shown.filter(data => data.excerpt.length > 0).length,
    total: found.results.length,
    exact: true,
  }};
}}
"#
    ))
}
