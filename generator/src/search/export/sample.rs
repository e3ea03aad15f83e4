//! Documents become partitions in memory, for tests.

use serde_json::{Value, json};
use tantivy::Index;
use tantivy::directory::RamDirectory;

use crate::search::fold::fold;
use crate::search::index::days;
use crate::search::segment::{Row, Writer};

/// A document as `documents` would make it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    pub(crate) route: String,
    pub(crate) title: String,
    pub(crate) names: Vec<String>,
    pub(crate) codes: Vec<String>,
    pub(crate) body: String,
    pub(crate) day: Option<String>,
    pub(crate) facets: Vec<String>,
}

impl Sample {
    pub(crate) fn text(&self) -> String {
        let named = self.names.iter().chain(&self.codes).map(String::as_str);
        [self.title.as_str()].into_iter().chain(named).chain([self.body.as_str()]).collect::<Vec<_>>().join("\n")
    }
}

/// A partition of the documents, which are in order.
pub(crate) fn partition(documents: &[Sample]) -> Index {
    let mut writer = Writer::create(RamDirectory::create()).expect("memory takes it");
    for document in documents {
        writer.add(row(document)).expect("memory takes it");
    }
    writer.finish().expect("memory takes it")
}

pub(crate) fn row(document: &Sample) -> Row {
    let mut exact: Vec<String> =
        [&document.title].into_iter().chain(&document.names).chain(&document.codes).map(|text| fold(text)).collect();
    exact.sort();
    exact.dedup();
    Row {
        folded: [document.text(), document.title.clone(), document.names.join("\n"), document.codes.join("\n")]
            .map(|text| fold(&text)),
        exact,
        facets: document.facets.clone(),
        day: document.day.as_ref().map(|day| days(day.parse().expect("a day"))),
        card: serde_json::to_vec(&card(document)).expect("a card is plain"),
        attached: String::new(),
    }
}

fn card(document: &Sample) -> Value {
    let unseen = |texts: &[String]| -> Vec<String> {
        texts.iter().filter(|text| !document.title.contains(text.as_str())).cloned().collect()
    };
    let mut card = json!({ "t": document.title, "u": document.route, "k": "record" });
    let mut put = |name: &str, value: Value| card[name] = value;
    if let Some(day) = &document.day {
        put("d", json!(day));
    }
    if let Some(register) = document.facets.iter().find_map(|facet| facet.strip_prefix("register=")) {
        put("r", json!(register));
    }
    for (name, texts) in [("n", &document.names), ("c", &document.codes)] {
        let texts = unseen(texts);
        if !texts.is_empty() {
            put(name, json!(texts));
        }
    }
    put("x", json!(document.body));
    card
}
