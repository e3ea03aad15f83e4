//! Documents become partitions in memory, for tests.

use serde_json::json;
use tantivy::directory::RamDirectory;
use tantivy::{Index, SingleSegmentIndexWriter, TantivyDocument};

use crate::search::Field;
use crate::search::fold::fold;
use crate::search::grams::Kind;
use crate::search::schema::{Columns, schema, tokenizers};

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
    pub(crate) twin: bool,
}

impl Sample {
    pub(crate) fn text(&self) -> String {
        let named = self.names.iter().chain(&self.codes).map(String::as_str);
        [self.title.as_str()].into_iter().chain(named).chain([self.body.as_str()]).collect::<Vec<_>>().join("\n")
    }
}

/// A partition of the documents, which are in order.
pub(crate) fn partition(documents: &[Sample]) -> Index {
    let (schema, columns) = schema();
    let index = Index::builder().schema(schema).tokenizers(tokenizers());
    let writer = index.single_segment_index_writer(RamDirectory::create(), 64 << 20);
    let mut writer: SingleSegmentIndexWriter = writer.expect("a budget that is enough");
    for document in documents {
        writer.add_document(row(document, &columns)).expect("memory takes it");
    }
    writer.finalize().expect("memory takes it")
}

fn row(document: &Sample, columns: &Columns) -> TantivyDocument {
    let mut row = TantivyDocument::new();
    let fields = [document.text(), document.title.clone(), document.names.join("\n"), document.codes.join("\n")];
    for (field, text) in Field::ALL.into_iter().zip(fields) {
        let folded = fold(&text);
        row.add_text(columns.of(field, Kind::Pair), &folded);
        row.add_text(columns.of(field, Kind::Other), &folded);
    }
    let mut exact: Vec<String> =
        [&document.title].into_iter().chain(&document.names).chain(&document.codes).map(|text| fold(text)).collect();
    exact.sort();
    exact.dedup();
    exact.iter().for_each(|text| row.add_text(columns.exact, text));
    document.facets.iter().for_each(|facet| row.add_text(columns.facet, facet));
    if let Some(day) = &document.day {
        let date: jiff::civil::Date = day.parse().expect("a day");
        row.add_i64(columns.day, i64::from((date - jiff::civil::date(1970, 1, 1)).get_days()));
    }
    let unseen = |texts: &[String]| -> Vec<String> {
        texts.iter().filter(|text| !document.title.contains(text.as_str())).cloned().collect()
    };
    let mut card = json!({ "t": document.title, "u": document.route, "k": "record" });
    let mut put = |name: &str, value: serde_json::Value| card[name] = value;
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
    if document.body.chars().count() <= 160 {
        put("x", json!(document.body));
    }
    if document.twin {
        put("w", json!(1));
    }
    row.add_bytes(columns.card, &serde_json::to_vec(&card).expect("a card is plain"));
    row.add_text(columns.plain, document.text());
    row
}
