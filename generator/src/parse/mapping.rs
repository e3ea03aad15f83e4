//! `<file>.map.toml` beside a table: what the table itself does not say.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diag::{Diagnostics, Place};
use crate::source::Source;

/// Ending of the files that map a table, after the table's whole name.
pub(crate) const ENDING: &str = ".map.toml";

/// A mapping as written. Columns are named by their titles, fields by name or any known title.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Mapping {
    /// The sheet to read.
    pub(crate) sheet: Option<String>,
    /// Name of the encoding, such as `gb18030` or `big5`; it wins over what is found.
    pub(crate) encoding: Option<String>,
    /// Number of the row with the titles, from 1.
    pub(crate) header_row: Option<u32>,
    /// Title of a column and the field it is; an empty field leaves the column out.
    pub(crate) columns: BTreeMap<String, String>,
    /// Field and the value of every row that has none.
    pub(crate) constants: BTreeMap<String, String>,
    /// Unit of bare sums of money: `元`, `万元`, `亿元`.
    pub(crate) unit: Option<String>,
    /// How dates are written, such as `%d/%m/%Y`.
    pub(crate) date_format: Option<String>,
    /// Field and what stands between its several values.
    pub(crate) split: BTreeMap<String, String>,
    /// Fields whose empty cells take the value above.
    pub(crate) fill_down: Vec<String>,
    /// Values that were checked and may stay though they look wrong.
    pub(crate) acknowledged: Vec<String>,
}

/// Reads a mapping.
///
/// # Errors
/// Text that is not TOML, unknown keys and values of the wrong kind.
pub(crate) fn mapping(source: &Source) -> Result<Mapping, Diagnostics> {
    let mut diags = Diagnostics::new();
    let text = match source.text() {
        Ok(text) => text,
        Err(line) => {
            diags.not_utf8(Place::file(&source.path), line);
            return Err(diags);
        }
    };
    toml::from_str(text).map_err(|error| {
        let place = match error.span() {
            Some(span) => Place::range(&source.path, text, span.start, span.end),
            None => Place::file(&source.path),
        };
        diags.bad_mapping(place, error.message());
        diags
    })
}
