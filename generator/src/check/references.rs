//! References find their records: by address, key, title or document number, in one register or in all.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diag::Diagnostics;
use crate::register::{FieldId, FieldKind, Register, RegisterId, Value, fold};
use crate::rules::document_number;
use crate::site::EntryId;
use crate::text;

use super::identity::{canonical, place};
use super::{Context, Draft, Placed};

/// How many records a message about a broken reference offers.
const SUGGESTIONS: usize = 3;

/// Replaces every unresolved reference of the drafts at `referring`; each that finds nothing is an error with the
/// nearest names.
pub(super) fn resolve(context: &Context<'_>, drafts: &mut [Placed<'_>], referring: &[usize], diags: &mut Diagnostics) {
    if referring.is_empty() {
        return;
    }
    let index = Index::new(context, drafts);
    for at in referring.iter().copied() {
        let register = context.registers.get(drafts[at].record.register);
        let find = |(field, value): &mut (FieldId, Value)| {
            if let Value::Unresolved(name) = value
                && let Some(target) = index.find(register, *field, name)
            {
                *value = Value::Reference(target);
            }
            true
        };
        change_values(&mut drafts[at], find);
        for (field, value) in drafts[at].said(context.registers).values {
            if let Value::Unresolved(name) = value {
                broken(context, drafts, at, *field, name, diags);
            }
        }
    }
}

/// References get the final numbers of their records; those to records that are not public go.
pub(super) fn renumber(drafts: &mut [Placed<'_>], referring: &[usize], numbers: &[Option<EntryId>]) {
    for at in referring.iter().copied().filter(|at| numbers[*at].is_some()) {
        change_values(&mut drafts[at], |(_, value)| match value {
            Value::Reference(target) => match numbers[target.0 as usize] {
                Some(number) => {
                    *target = number;
                    true
                }
                None => false,
            },
            _ => true,
        });
    }
}

/// Changes the values of a draft, both those that anyone may read and those that were written; what `keep` refuses
/// goes.
fn change_values(draft: &mut Draft, keep: impl Fn(&mut (FieldId, Value)) -> bool) {
    Arc::make_mut(&mut draft.record).values.retain_mut(&keep);
    if let Some(written) = &mut draft.written {
        written.values.retain_mut(&keep);
    }
}

fn broken(
    context: &Context<'_>,
    drafts: &[Placed<'_>],
    at: usize,
    field: FieldId,
    name: &str,
    diags: &mut Diagnostics,
) {
    let draft = &drafts[at];
    let register = context.registers.get(draft.record.register);
    let target = register.field(field).target;
    let named = drafts.iter().filter(|other| target.is_none_or(|id| other.record.register == id));
    let nearest = text::nearest(name, named.map(|other| other.record.title.as_str()), SUGGESTIONS);
    let file = &context.parsed.files[draft.file as usize];
    let column = file.table.columns.iter().position(|column| register.field_titled(column.known_as()) == Some(field));
    let row = file.table.rows.iter().find(|row| file.is_page() || row.at == draft.at);
    let cell = row.and_then(|row| row.cells.iter().find(|cell| Some(cell.column) == column));
    let place = cell.map_or_else(|| place(context, draft), |cell| file.place(cell.at));
    let of = target.map_or("", |id| context.registers.get(id).definition.name.as_str());
    diags.broken_reference(place, &register.field(field).definition.label, name, of, &nearest);
}

/// Names of records, folded, per register.
struct Index {
    names: HashMap<(RegisterId, String), u32>,
    anywhere: HashMap<String, u32>,
}

impl Index {
    fn new(context: &Context<'_>, drafts: &[Placed<'_>]) -> Index {
        let mut index = Index { names: HashMap::new(), anywhere: HashMap::new() };
        let document = context.registers.envelope.doc_no;
        for (at, draft) in drafts.iter().enumerate() {
            let at = u32::try_from(at).expect("a site has fewer than 2^32 records");
            let said = draft.said(context.registers);
            let register = said.register;
            let own_name = said.name.map(|name| name.rsplit('/').next().unwrap_or(name).to_owned());
            let id = said.first(context.registers.envelope.id).and_then(Value::text).map(str::to_owned);
            let key = register.key.iter().filter_map(|field| said.first(*field));
            let numbers =
                register.ids().filter(|field| register.field(*field).definition.kind == FieldKind::DocumentNumber);
            let numbers = numbers.filter_map(|field| said.first(field));
            let spellings = own_name.into_iter().chain(id).map(|name| fold(&name));
            let spellings =
                spellings.chain([fold(&draft.record.title)]).chain(key.map(canonical)).chain(numbers.map(canonical));
            let spellings = spellings.chain(said.first(document).map(canonical));
            for name in spellings.filter(|name| !name.is_empty()) {
                index.anywhere.entry(name.clone()).or_insert(at);
                index.names.entry((draft.record.register, name)).or_insert(at);
            }
        }
        index
    }

    fn find(&self, register: &Register, field: FieldId, name: &str) -> Option<EntryId> {
        let target = register.field(field).target;
        let get = |spelling: String| match target {
            Some(register) => self.names.get(&(register, spelling)),
            None => self.anywhere.get(&spelling),
        };
        let bare = name.trim().trim_start_matches('《').trim_end_matches('》');
        get(fold(bare)).or_else(|| get(document_number::fold(bare))).map(|at| EntryId(*at))
    }
}
