//! Registers as data: definitions, code lists and rule packs become what `check` types rows with.
//!
//! A register is a kind of record. Its definition is the only place that knows its fields; no stage
//! names a register.

pub(crate) mod checks;
mod codes;
mod definition;
pub(crate) mod display;
mod fold;
mod load;
mod typing;
mod value;

pub(crate) use codes::{Code, CodeId, CodeList, CodeLists};
pub(crate) use definition::{
    Definition, FieldDefinition, FieldKind, ListingStyle, Mask, Retention, SearchWeight, Standing, Visibility,
};
pub(crate) use fold::fold;
pub(crate) use load::load;
pub(crate) use typing::{Doubt, Typing, typed};
pub(crate) use value::{EntryId, Position, Value};

use std::collections::HashMap;

/// Position of a register in `Registers`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RegisterId(pub(crate) u16);

/// Position of a field in its register. The envelope's fields come first, at the same positions in
/// every register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FieldId(pub(crate) u16);

/// A field with its names resolved.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) definition: FieldDefinition,
    /// The code list of a field of codes, districts or sectors.
    pub(crate) codes: Option<u16>,
    /// The register a reference points to; none: any.
    pub(crate) target: Option<RegisterId>,
    pub(crate) mask_if: Option<(FieldId, CodeId)>,
    pub(crate) compute_from: Vec<FieldId>,
}

/// A register, ready to type rows with.
#[derive(Clone, Debug)]
pub(crate) struct Register {
    pub(crate) definition: Definition,
    pub(crate) fields: Vec<Field>,
    /// The register's own fields in the order of its definition, for pages and downloads.
    pub(crate) order: Vec<FieldId>,
    /// The fields that open data gives: the own public ones, then number, where, for whom and when.
    pub(crate) open: Vec<FieldId>,
    /// Folded column titles and the field each stands for.
    heads: HashMap<String, FieldId>,
    pub(crate) key: Vec<FieldId>,
    pub(crate) list: Vec<FieldId>,
    pub(crate) facets: Vec<Facet>,
    pub(crate) date: Option<FieldId>,
    pub(crate) status: Option<FieldId>,
    pub(crate) summary: Option<FieldId>,
    pub(crate) slug: Option<FieldId>,
    pub(crate) parent: Option<FieldId>,
    pub(crate) sort: Vec<(FieldId, Order)>,
}

/// What a listing can be narrowed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Facet {
    /// The year of the record's date.
    Year,
    Field(FieldId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Ascending,
    Descending,
}

/// All registers, code lists and rule packs of a site.
#[derive(Debug)]
pub(crate) struct Registers {
    pub(crate) list: Vec<Register>,
    by_name: HashMap<String, RegisterId>,
    pub(crate) codes: CodeLists,
    pub(crate) district: u16,
    pub(crate) sector: u16,
    pub(crate) packs: crate::rules::Packs,
    pub(crate) envelope: Envelope,
}

/// Positions of the envelope's fields that the stages read by name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope {
    pub(crate) id: FieldId,
    pub(crate) title: FieldId,
    pub(crate) summary: FieldId,
    pub(crate) plain: FieldId,
    pub(crate) date: FieldId,
    pub(crate) published_on: FieldId,
    pub(crate) expire_at: FieldId,
    pub(crate) draft: FieldId,
    pub(crate) source: FieldId,
    pub(crate) author: FieldId,
    pub(crate) issuer: FieldId,
    pub(crate) index_no: FieldId,
    pub(crate) doc_no: FieldId,
    pub(crate) openness: FieldId,
    pub(crate) district: FieldId,
    pub(crate) sector: FieldId,
    pub(crate) audience: FieldId,
    pub(crate) keywords: FieldId,
    pub(crate) attachments: FieldId,
    pub(crate) aliases: FieldId,
    pub(crate) related: FieldId,
    pub(crate) withdrawn_on: FieldId,
    pub(crate) withdrawn_reason: FieldId,
    pub(crate) correction: FieldId,
    pub(crate) acknowledged: FieldId,
}

impl Registers {
    pub(crate) fn get(&self, id: RegisterId) -> &Register {
        &self.list[id.0 as usize]
    }

    pub(crate) fn find(&self, name: &str) -> Option<RegisterId> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = RegisterId> + use<> {
        (0..u16::try_from(self.list.len()).expect("a site has fewer than 65,536 registers")).map(RegisterId)
    }
}

impl Register {
    pub(crate) fn field(&self, id: FieldId) -> &Field {
        &self.fields[id.0 as usize]
    }

    /// Every field, the envelope's first.
    pub(crate) fn ids(&self) -> impl Iterator<Item = FieldId> + use<> {
        (0..u16::try_from(self.fields.len()).expect("a register has fewer than 65,536 fields")).map(FieldId)
    }

    /// The field a column title stands for: name, label, official code or a known spelling.
    pub(crate) fn field_titled(&self, title: &str) -> Option<FieldId> {
        self.heads.get(title).or_else(|| self.heads.get(&fold(title))).copied()
    }

    pub(crate) fn field_named(&self, name: &str) -> Option<FieldId> {
        self.ids().find(|id| self.field(*id).definition.name == name)
    }

    /// Every title a column may have, for suggestions.
    pub(crate) fn titles(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().flat_map(|field| {
            let definition = &field.definition;
            [definition.name.as_str(), definition.label.zh.as_str()]
                .into_iter()
                .chain(definition.headers.iter().map(String::as_str))
        })
    }
}
