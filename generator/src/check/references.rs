//! References find their records: by address, key, title or document number, in one register or in all.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diag::Diagnostics;
use crate::register::{FieldId, FieldKind, RegisterId, Value, fold};
use crate::rules::document_number;
use crate::site::EntryId;
use crate::text;

use super::identity::{canonical, place};
use super::records::first;
use super::{Context, Draft};

/// How many records a message about a broken reference offers.
const SUGGESTIONS: usize = 3;

/// Replaces every unresolved reference; each that finds nothing is an error with the nearest names.
pub(super) fn resolve(context: &Context<'_>, drafts: &mut [Draft], diags: &mut Diagnostics) {
    let wanting: Vec<usize> = (0..drafts.len()).filter(|at| has_reference(&drafts[*at])).collect();
    if wanting.is_empty() {
        return;
    }
    let index = Index::new(context, drafts);
    for at in wanting {
        let found: Vec<(usize, Option<EntryId>)> = drafts[at]
            .values
            .iter()
            .enumerate()
            .filter_map(|(position, (field, value))| match value {
                Value::Unresolved(name) => Some((position, index.find(context, &drafts[at], *field, name))),
                _ => None,
            })
            .collect();
        for (position, target) in found {
            let (field, value) = &mut Arc::make_mut(&mut drafts[at].values)[position];
            match target {
                Some(target) => *value = Value::Reference(target),
                None => {
                    let (field, name) = (*field, value.text().unwrap_or_default().to_owned());
                    broken(context, drafts, at, field, &name, diags);
                }
            }
        }
    }
}

fn has_reference(draft: &Draft) -> bool {
    draft.values.iter().any(|(_, value)| matches!(value, Value::Unresolved(_)))
}

fn broken(context: &Context<'_>, drafts: &[Draft], at: usize, field: FieldId, name: &str, diags: &mut Diagnostics) {
    let draft = &drafts[at];
    let register = context.registers.get(draft.register);
    let target = register.field(field).target;
    let names =
        drafts.iter().filter(|other| target.is_none_or(|id| other.register == id)).map(|other| other.title.as_str());
    let nearest = text::nearest(name, names, SUGGESTIONS);
    let file = &context.parsed.files[draft.origin.file as usize];
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
    fn new(context: &Context<'_>, drafts: &[Draft]) -> Index {
        let mut index = Index { names: HashMap::new(), anywhere: HashMap::new() };
        let document = context.registers.envelope.doc_no;
        for (at, draft) in drafts.iter().enumerate() {
            let at = u32::try_from(at).expect("a site has fewer than 2^32 records");
            let register = context.registers.get(draft.register);
            let own_name = draft.name.as_deref().map(|name| name.rsplit('/').next().unwrap_or(name).to_owned());
            let id = first(&draft.values, context.registers.envelope.id).and_then(Value::text).map(str::to_owned);
            let key = register.key.iter().filter_map(|field| first(&draft.values, *field));
            let numbers =
                register.ids().filter(|field| register.field(*field).definition.kind == FieldKind::DocumentNumber);
            let numbers = numbers.filter_map(|field| first(&draft.values, field));
            let spellings = own_name.into_iter().chain(id).map(|name| fold(&name));
            let spellings =
                spellings.chain([fold(&draft.title)]).chain(key.map(canonical)).chain(numbers.map(canonical));
            let spellings = spellings.chain(first(&draft.values, document).map(canonical));
            for name in spellings.filter(|name| !name.is_empty()) {
                index.anywhere.entry(name.clone()).or_insert(at);
                index.names.entry((draft.register, name)).or_insert(at);
            }
        }
        index
    }

    fn find(&self, context: &Context<'_>, draft: &Draft, field: FieldId, name: &str) -> Option<EntryId> {
        let target = context.registers.get(draft.register).field(field).target;
        let get = |spelling: String| match target {
            Some(register) => self.names.get(&(register, spelling)),
            None => self.anywhere.get(&spelling),
        };
        let bare = name.trim().trim_start_matches('《').trim_end_matches('》');
        get(fold(bare)).or_else(|| get(document_number::fold(bare))).map(|at| EntryId(*at))
    }
}
