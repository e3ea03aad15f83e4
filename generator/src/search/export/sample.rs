//! Documents become partitions in memory, for tests.

use tantivy::Index;
use tantivy::directory::RamDirectory;

use crate::search::documents::{Document, Kind};
use crate::search::index::row;
use crate::search::segment::Writer;

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
    fn document(&self) -> Document {
        let facet = |facet: &String| facet.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        Document {
            kind: Kind::Record,
            route: self.route.clone(),
            title: self.title.clone(),
            names: self.names.clone(),
            codes: self.codes.clone(),
            rest: self.body.clone(),
            day: self.day.as_ref().map(|day| day.parse().expect("a day")),
            facets: self.facets.iter().map(|text| facet(text).expect("a name and a value")).collect(),
            districts: Vec::new(),
            attachments: Vec::new(),
        }
    }
}

/// A partition of the documents, which are in order.
pub(crate) fn partition(documents: &[Sample]) -> Index {
    let mut writer = Writer::create(RamDirectory::create()).expect("memory takes it");
    for document in documents {
        writer.add(row(&document.document(), "")).expect("memory takes it");
    }
    writer.finish().expect("memory takes it")
}
