//! Records of one register as rows, and as sections on pages that join registers.

use super::Scene;
use super::shapes::{Section, Table, TableColumn, TableRow};
use crate::register::{FieldId, ListingStyle, RegisterId};
use crate::route::Route;
use crate::site::{Column, ColumnId, EntryId};

/// Records of one register shown on a joined page before it links to the whole listing.
const SECTION_ROWS: usize = 10;

impl<'a> Scene<'a> {
    /// The register's listed fields as a table. `without` leaves out the field that is the same in all rows.
    pub(super) fn table(
        self,
        register: RegisterId,
        caption: &'a str,
        ids: &[EntryId],
        without: Option<FieldId>,
        on: &Route,
    ) -> Table<'a> {
        let definition = self.site.registers.get(register);
        let fields: Vec<FieldId> = definition.list.iter().copied().filter(|field| Some(*field) != without).collect();
        let columns = fields.iter().map(|field| {
            let field = &definition.field(*field).definition;
            TableColumn { name: &field.name, label: field.label.pick(self.language()), kind: field.kind }
        });
        let rows = ids.iter().map(|id| {
            let entry = self.site.entry(*id);
            TableRow {
                url: if definition.definition.pages { entry.route.to_string() } else { String::new() },
                cells: fields.iter().map(|field| self.field(entry, *field, on)).collect(),
                status: self.status(entry),
            }
        });
        Table { caption, columns: columns.collect(), rows: rows.collect(), total: ids.len() }
    }

    /// One column's part of a joined page; `url` leads to the whole list, `without` leaves out a field
    /// that is the same in all rows.
    pub(super) fn section(
        self,
        column: ColumnId,
        ids: &[EntryId],
        url: String,
        without: Option<FieldId>,
        on: &Route,
    ) -> Section<'a> {
        let Column { title, register, .. } = self.site.column(column);
        let definition = self.site.registers.get(*register);
        let shown = &ids[..ids.len().min(SECTION_ROWS)];
        let tabular = definition.definition.listing == ListingStyle::Table && !definition.list.is_empty();
        Section {
            title,
            url,
            count: ids.len(),
            listing: if tabular { ListingStyle::Table } else { ListingStyle::Articles },
            table: tabular.then(|| self.table(*register, title, shown, without, on)),
            cards: if tabular { Vec::new() } else { shown.iter().map(|id| self.card(*id)).collect() },
        }
    }

    /// The title of the register's first column, as editors named it, or of the register.
    pub(super) fn register_title(self, register: RegisterId) -> &'a str {
        match self.site.column_of(register) {
            Some(column) => &self.site.column(column).title,
            None => self.site.registers.get(register).definition.title.pick(self.language()),
        }
    }

    /// Records of several columns, column by column in the order of the navigation.
    pub(super) fn by_column(self, ids: &[EntryId]) -> Vec<(ColumnId, Vec<EntryId>)> {
        let mut groups: Vec<(ColumnId, Vec<EntryId>)> = Vec::new();
        for id in ids {
            let column = self.site.entry(*id).column;
            match groups.iter_mut().find(|(known, _)| *known == column) {
                Some((_, list)) => list.push(*id),
                None => groups.push((column, vec![*id])),
            }
        }
        groups.sort_by_key(|(id, _)| {
            let column = self.site.column(*id);
            (super::site::group_rank(&column.group), column.order, *id)
        });
        groups
    }
}
