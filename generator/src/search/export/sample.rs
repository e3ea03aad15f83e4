//! Documents become partitions in memory, for tests.

use tantivy::Index;
use tantivy::directory::RamDirectory;

use crate::search::fold::fold;
use crate::search::index::days;
use crate::search::record::Record;
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
        record: record(document).packed(),
        attached: String::new(),
    }
}

fn record(document: &Sample) -> Record {
    let unseen = |texts: &[String]| -> Vec<String> {
        texts.iter().filter(|text| !document.title.contains(text.as_str())).cloned().collect()
    };
    Record {
        title: document.title.clone(),
        route: document.route.clone(),
        kind: "record".to_owned(),
        day: document.day.clone(),
        register: document.facets.iter().find_map(|facet| facet.strip_prefix("register=")).map(str::to_owned),
        names: unseen(&document.names),
        codes: unseen(&document.codes),
        rest: document.body.clone(),
        ..Record::default()
    }
}
