//! What a record is called, dated and summarised by, from the definition of its register.

use std::sync::Arc;

use jiff::civil::Date;

use crate::literal::PartialDate;
use crate::markdown;
use crate::register::{FieldId, FieldKind, Register, Registers, Value, display};
use crate::site::Record;
use crate::source::Slice;

use super::records::first;
use super::{Context, Placed, Said};

/// Longest summary taken from a body, in characters.
const LONGEST_SUMMARY: usize = 90;

/// Writes the titles that name other records once more, now that those are known.
pub(super) fn rewrite(context: &Context<'_>, drafts: &mut [Placed<'_>], referring: &[usize]) {
    let mentions: Vec<bool> = context.registers.list.iter().map(mentions_reference).collect();
    if !mentions.contains(&true) {
        return;
    }
    // What is not public is not named by what is.
    let title_of = |target: usize| {
        let named = &drafts[target];
        if named.is_public() { named.record.title.clone() } else { String::new() }
    };
    let naming = referring.iter().copied().filter(|at| mentions[usize::from(drafts[*at].record.register.0)]);
    let titles = naming.map(|at| (at, title(context, drafts[at].said(context.registers), &title_of)));
    for (at, title) in titles.collect::<Vec<_>>() {
        Arc::make_mut(&mut drafts[at].record).title = title;
    }
}

/// The title of a record that names no other in it.
pub(super) fn own(context: &Context<'_>, said: Said<'_>) -> Option<String> {
    (!mentions_reference(said.register)).then(|| title(context, said, &|_| String::new()))
}

fn mentions_reference(register: &Register) -> bool {
    let Some(template) = &register.definition.record_title else { return false };
    register.fields.iter().any(|field| {
        field.definition.kind == FieldKind::Reference && template.contains(&format!("{{{}}}", field.definition.name))
    })
}

/// What a title is made from: one record, and what the records it names are called.
struct Naming<'a> {
    context: &'a Context<'a>,
    said: Said<'a>,
    title_of: &'a dyn Fn(usize) -> String,
}

/// The title of a record; `title_of` tells what the records are called that it names.
pub(super) fn title(context: &Context<'_>, said: Said<'_>, title_of: &dyn Fn(usize) -> String) -> String {
    let naming = Naming { context, said, title_of };
    let title_field = context.registers.envelope.title;
    let own = said.first(title_field).map(|value| naming.words(title_field, value));
    let built = said.register.definition.record_title.as_deref().map(|template| naming.fill(template));
    let listed = || said.register.list.iter().flat_map(|field| naming.texts(*field)).find(|text| !text.is_empty());
    let chosen = match (built, own) {
        (Some(built), _) if !built.trim().is_empty() => built,
        (_, Some(own)) => own,
        _ => listed().or_else(|| headline(said)).unwrap_or_default(),
    };
    chosen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a page without a title is called: its first heading, or the name of its file.
fn headline(said: Said<'_>) -> Option<String> {
    let first = said.body.and_then(|body| first_heading(body.as_str()));
    let file = || said.name.map(|name| name.rsplit('/').next().unwrap_or(name).to_owned());
    first.filter(|heading| !heading.is_empty()).map(str::to_owned).or_else(file)
}

/// The first heading of a text.
pub(super) fn first_heading(text: &str) -> Option<&str> {
    text.lines().find(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim())
}

/// The beginning of a text, as its summary.
pub(super) fn beginning(body: &Slice) -> String {
    markdown::plain_text(body.as_str(), LONGEST_SUMMARY)
}

impl Naming<'_> {
    fn words(&self, field: FieldId, value: &Value) -> String {
        let unit = self.said.register.field(field).definition.unit.as_deref();
        match value {
            Value::Reference(target) => (self.title_of)(target.0 as usize),
            _ => display::words(value, unit, &self.context.registers.codes, self.context.settings.language()),
        }
    }

    /// The words of every public value of a field.
    fn texts(&self, field: FieldId) -> Vec<String> {
        let values = super::lifecycle::public_values(
            self.said.register,
            self.context.registers.packs.privacy.party_name,
            self.said.values,
            field,
        );
        values.iter().map(|value| self.words(field, value)).collect()
    }

    /// Fills `{field}`; a part in `[…]` goes when a field in it is empty.
    fn fill(&self, template: &str) -> String {
        let mut out = String::new();
        let mut rest = template;
        while let Some(open) = rest.find('[') {
            let Some(close) = rest[open..].find(']') else { break };
            out.push_str(&self.fill_part(&rest[..open]).0);
            let (part, complete) = self.fill_part(&rest[open + 1..open + close]);
            if complete {
                out.push_str(&part);
            }
            rest = &rest[open + close + 1..];
        }
        out.push_str(&self.fill_part(rest).0);
        out.trim_matches(['：', '，', '、', ' ']).to_owned()
    }

    /// The part with its fields filled, and whether all of them say something.
    fn fill_part(&self, part: &str) -> (String, bool) {
        let mut out = String::new();
        let mut complete = true;
        let mut rest = part;
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}') else { break };
            out.push_str(&rest[..open]);
            let name = &rest[open + 1..open + close];
            let text =
                self.said.register.field_named(name).map(|field| self.texts(field).join("、")).unwrap_or_default();
            complete &= !text.is_empty();
            out.push_str(&text);
            rest = &rest[open + close + 1..];
        }
        out.push_str(rest);
        (out, complete)
    }
}

/// What a record says in short: its own summary, or else the beginning of its body.
pub(super) fn summary(registers: &Registers, record: &Record) -> String {
    let own = own_summary(registers, registers.get(record.register), &record.values);
    own.or_else(|| record.body.as_ref().map(beginning)).unwrap_or_default()
}

/// The record's own summary, or the field its register names.
pub(super) fn own_summary(registers: &Registers, register: &Register, values: &[(FieldId, Value)]) -> Option<String> {
    let fields = [Some(registers.envelope.summary), register.summary];
    for field in fields.into_iter().flatten() {
        match first(values, field) {
            Some(Value::Markdown(text)) => return Some(markdown::plain_text(text, LONGEST_SUMMARY * 2)),
            Some(value) => return Some(value.text().unwrap_or_default().to_owned()),
            None => {}
        }
    }
    None
}

/// The date a record is sorted and filed under.
pub(super) fn date(context: &Context<'_>, record: &Record) -> Option<PartialDate> {
    let envelope = &context.registers.envelope;
    let fields = [context.registers.get(record.register).date, Some(envelope.date), Some(envelope.published_on)];
    fields.into_iter().flatten().find_map(|field| match record.value(field)? {
        Value::Date(date) => Some(*date),
        Value::Datetime(moment) => Some(PartialDate::day(moment.date)),
        _ => None,
    })
}

/// When a record was made, as far as its own date and its publication tell (see `Record::formed`).
pub(super) fn formed(own: Option<PartialDate>, published: Option<Date>, as_of: Date) -> Option<PartialDate> {
    let known = published.unwrap_or(as_of);
    own.filter(|own| own.date <= known).or(published.map(PartialDate::day))
}
