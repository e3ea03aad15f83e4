//! What an import would do: every row of the file counted once, changes field by field.

use crate::diag::{Diagnostics, Place};
use crate::site::Absent;
use crate::text::Text;

/// The outcome of an import. Rows in are rows taken, refused and skipped.
#[derive(Debug, Default)]
pub struct Imported {
    /// Path of the table in the site.
    pub target: String,
    /// Rows of the sheet that hold or could hold a record, the head left out.
    pub rows_in: usize,
    /// Records that were not there before, by what they are known by.
    pub new: Vec<String>,
    pub changed: Vec<Changed>,
    pub unchanged: usize,
    /// Withdrawn before and in the file again: they stay withdrawn.
    pub held: Vec<String>,
    /// Rows with an error, or in conflict with another table.
    pub refused: usize,
    /// Rows that are no record, with their numbers.
    pub skipped: Vec<(Absent, Vec<u32>)>,
    /// Records of the table that the file no longer has. They stay public until they are withdrawn.
    pub missing: Vec<Left>,
    /// Whether the missing ones are withdrawn by this import.
    pub withdrawn: bool,
    /// Columns that are not for the public and were left out.
    pub dropped: Vec<Text>,
    pub findings: Diagnostics,
    /// The new table in pieces, to be written one after another; none when nothing changes or something was refused.
    pub csv: Option<Vec<Vec<u8>>>,
}

/// A record whose fields have other values than before.
#[derive(Debug)]
pub struct Changed {
    pub name: String,
    pub changes: Vec<Change>,
}

#[derive(Debug)]
pub struct Change {
    pub field: Text,
    pub old: String,
    pub new: String,
}

/// A record that is missing, and where it stands.
#[derive(Debug)]
pub struct Left {
    pub name: String,
    pub place: Place,
}

impl Imported {
    /// New, changed, unchanged and held rows together.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.new.len() + self.changed.len() + self.unchanged + self.held.len()
    }

    /// Rows that are no record.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.skipped.iter().map(|(_, rows)| rows.len()).sum()
    }
}
