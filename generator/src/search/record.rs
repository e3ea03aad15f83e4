//! A document as it is published: what is shown of it and searched in it. The index keeps it in the bytes a reader gets,
//! so that publishing copies them.

use std::io::BufReader;

use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};

use super::documents::Document;
use super::texts;
use crate::format::gzip;

/// A packed record has a multiple of so many bytes, which makes the list of their sizes short: half a byte for each.
pub(crate) const UNIT: usize = 128;

/// What a reader gets of a document, as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    #[serde(rename = "t")]
    pub(crate) title: String,
    #[serde(rename = "u")]
    pub(crate) route: String,
    #[serde(rename = "k")]
    pub(crate) kind: String,
    /// `YYYY-MM-DD`.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub(crate) day: Option<String>,
    /// Name of the register.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(crate) register: Option<String>,
    /// Names and numbers that are not part of the title.
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) names: Vec<String>,
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) codes: Vec<String>,
    /// Names of its districts.
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) districts: Vec<String>,
    /// Everything else a reader finds on the page, one block a line.
    #[serde(rename = "x", default, skip_serializing_if = "String::is_empty")]
    pub(crate) rest: String,
    /// Addresses of the texts of attached files.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attached: Vec<String>,
}

impl Record {
    pub(crate) fn of(document: &Document) -> Record {
        let not_in_title = |list: &[String]| -> Vec<String> {
            list.iter().filter(|text| !document.title.contains(text.as_str())).cloned().collect()
        };
        Record {
            title: document.title.clone(),
            route: document.route.clone(),
            kind: document.kind.name().to_owned(),
            day: document.day.map(|day| day.to_string()),
            register: document.facets.iter().find(|(name, _)| name == "register").map(|(_, value)| value.clone()),
            names: not_in_title(&document.names),
            codes: not_in_title(&document.codes),
            districts: document.districts.clone(),
            rest: document.rest.trim_end().to_owned(),
            attached: document.attachments.iter().map(|(_, sha256)| texts::address(sha256)).collect(),
        }
    }

    /// What a reader finds on the page below its title, one block a line.
    pub(crate) fn below_title(&self) -> String {
        let named = self.names.iter().chain(&self.codes).map(String::as_str);
        named.chain([self.rest.as_str()]).collect::<Vec<_>>().join("\n")
    }

    /// Compressed for itself, on a line of its own: so one that is unpacked with others is told from them.
    pub(crate) fn packed(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).expect("a record holds only texts");
        line.push(b'\n');
        gzip::gzip_filled(&line, UNIT)
    }

    /// # Errors
    /// Bytes that are no packed record.
    pub(crate) fn unpacked(packed: &[u8]) -> serde_json::Result<Record> {
        serde_json::from_reader(BufReader::new(GzDecoder::new(packed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_can_be_read() {
        let record = Record {
            title: "关于加强安全生产的通知".to_owned(),
            rest: "一、总体要求\n".repeat(40),
            ..Record::default()
        };
        let packed = record.packed();
        assert_eq!(packed.len() % UNIT, 0);
        assert_eq!(Record::unpacked(&packed).expect("a record"), record);
        assert!(Record::unpacked(&packed[..UNIT / 2]).is_err());
    }
}
