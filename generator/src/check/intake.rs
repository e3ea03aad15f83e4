//! One table typed by itself, for `import`: every row with its key, whether it is public or not.
//!
//! What only the whole site can tell — references, addresses, periods — is left to the next build.

use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::config::Settings;
use crate::diag::{Diagnostics, Place};
use crate::parse::{At, Parsed, ParsedFile};
use crate::register::{FieldId, RegisterId, Registers, Value};
use crate::site::Assets;

use super::records::{self, TypedRow};
use super::{Context, Said, identity};

/// A row of a table.
pub(crate) struct Intake {
    pub(crate) at: At,
    /// What the record is known by; the same for every spelling.
    pub(crate) key: String,
    pub(crate) values: Vec<(FieldId, Value)>,
    /// Whether every cell was understood and every rule kept.
    pub(crate) sound: bool,
}

/// A table with its typed rows.
pub(crate) struct Taken {
    pub(crate) file: Arc<ParsedFile>,
    pub(crate) rows: Vec<Intake>,
    /// Fields that have a column.
    pub(crate) fields: Vec<FieldId>,
}

/// What typing a table by itself needs to know of the site.
pub(crate) struct Ground<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) registers: &'a Registers,
    pub(crate) assets: &'a Assets,
    pub(crate) as_of: Date,
}

/// Types the rows of one table.
pub(crate) fn intake(ground: &Ground<'_>, register: RegisterId, file: Arc<ParsedFile>) -> (Taken, Diagnostics) {
    let parsed = Parsed { files: vec![file], books: Vec::new(), stray: Vec::new() };
    let context = Context {
        settings: ground.settings,
        registers: ground.registers,
        parsed: &parsed,
        assets: ground.assets,
        as_of: ground.as_of,
        with_drafts: false,
    };
    let definition = ground.registers.get(register);
    let (rows, diags) = records::rows(&context, &parsed.files[0], register);
    let rows = rows.into_par_iter().map(|TypedRow { at, values, sound, .. }| {
        let said = Said { register: definition, name: None, values: &values, body: None };
        Intake { at, key: identity::key(&context, said), values, sound }
    });
    let rows = rows.collect();
    let columns = parsed.files[0].table.columns.iter();
    let mut fields: Vec<FieldId> = columns.filter_map(|column| definition.field_titled(column.known_as())).collect();
    fields.sort_unstable();
    fields.dedup();
    let mut file = parsed.files.into_iter().next().expect("one file was put in");
    // The values say all of it, and what comes next can use the memory.
    if let Some(file) = Arc::get_mut(&mut file) {
        std::mem::take(&mut file.table.rows).into_par_iter().for_each(drop);
    }
    (Taken { file, rows, fields }, diags)
}

impl Taken {
    pub(crate) fn place(&self, row: &Intake) -> Place {
        self.file.place(row.at)
    }
}
