//! Which records are public on the day of the build, until when, and what of them may be seen.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::diag::{Diagnostics, Place};
use crate::register::{FieldId, Mask, Register, Retention, Value, Visibility};
use crate::rules::privacy::PartyName;
use crate::rules::{deadline, mask, publicity};
use crate::site::{Absent, Record, StubKind, Until};

use super::records::first;
use super::{Context, Fate, Placed, Said, Values, Written};

/// Status words that end a record's publicity, whatever its period.
const ENDED: [&str; 2] = ["expired", "repaired"];

/// Three years on the list of serious violators (应急管理部令第11号).
const DISCREDIT_MONTHS: i32 = 36;

/// What becomes of a record, as far as it depends on no other.
pub(super) struct Life {
    pub(super) fate: Fate,
    /// Its author is not done with it.
    pub(super) unfinished: bool,
    pub(super) until: Option<(Date, Until)>,
    pub(super) deadline: Option<(Date, deadline::Verdict)>,
}

/// What comes up while records are made.
#[derive(Default)]
pub(super) struct Told {
    pub(super) diags: Diagnostics,
    /// Years whose holidays are needed and not known.
    pub(super) uncovered: BTreeSet<i16>,
}

impl Told {
    pub(super) fn is_empty(&self) -> bool {
        self.diags.is_empty() && self.uncovered.is_empty()
    }

    pub(super) fn and(mut self, other: Told) -> Told {
        self.diags.extend(other.diags);
        self.uncovered.extend(other.uncovered);
        self
    }
}

/// Decides the fate of one record.
pub(super) fn of_one(context: &Context<'_>, said: Said<'_>, place: &dyn Fn() -> Place, told: &mut Told) -> Life {
    let until = last_day(context, said);
    let unfinished = said.first(context.registers.envelope.draft) == Some(&Value::Boolean(true));
    let fate = if unfinished && !context.with_drafts {
        Fate::Absent(Absent::Draft)
    } else {
        fate(context, said, until, place, &mut told.diags)
    };
    Life { fate, unfinished, until, deadline: meter(context, said, &mut told.uncovered) }
}

/// Hides what hangs on a hidden parent.
pub(super) fn follow_parents(context: &Context<'_>, drafts: &mut [Placed<'_>], referring: &[usize]) {
    let hangs_on_hidden = |draft: &Placed<'_>| {
        let said = draft.said(context.registers);
        let parent = said.register.parent.and_then(|field| said.first(field));
        matches!(parent, Some(Value::Reference(parent)) if !drafts[parent.0 as usize].is_public())
    };
    let hidden = referring.iter().filter(|at| drafts[**at].is_public() && hangs_on_hidden(&drafts[**at]));
    for at in hidden.copied().collect::<Vec<_>>() {
        drafts[at].fate = Fate::Absent(Absent::ParentAbsent);
    }
}

fn fate(
    context: &Context<'_>,
    said: Said<'_>,
    until: Option<(Date, Until)>,
    place: &dyn Fn() -> Place,
    diags: &mut Diagnostics,
) -> Fate {
    let envelope = &context.registers.envelope;
    if openness(context, said.values) == Some("closed") {
        return Fate::Absent(Absent::Withheld);
    }
    if let Some(on) = said.day(envelope.withdrawn_on) {
        let Some(reason) = said.first(envelope.withdrawn_reason).and_then(Value::text) else {
            diags.withdrawn_without_reason(place());
            return Fate::Public;
        };
        if on <= context.as_of {
            return Fate::Stub(StubKind::Withdrawn { on, reason: reason.to_owned() });
        }
    }
    if said.day(envelope.published_on).is_some_and(|day| day > context.as_of) {
        return Fate::Absent(Absent::Scheduled);
    }
    if until.is_some_and(|(day, _)| day < context.as_of) || ended(context, said) {
        return Fate::Stub(StubKind::Expired);
    }
    Fate::Public
}

/// Whether and how a record is public (公开属性), by the id of its code.
fn openness<'a>(context: &Context<'a>, values: &[(FieldId, Value)]) -> Option<&'a str> {
    let code = first(values, context.registers.envelope.openness).and_then(Value::code)?;
    Some(context.registers.codes.get(code).id.as_str())
}

/// Leaves of a record what anyone may read: private values go, and of what is given on request (依申请公开) all but
/// what the catalogue says of it. Returns what it said before, if that was not the same.
pub(super) fn conceal(context: &Context<'_>, record: &mut Record) -> Option<Box<Written>> {
    let register = context.registers.get(record.register);
    let is_private = holds_private(register, &record.values);
    let on_request = openness(context, &record.values) == Some("on-request");
    if !is_private && !on_request {
        return None;
    }
    let written = Box::new(Written { values: record.values.clone(), body: record.body.clone() });
    if is_private {
        hide_private(register, context.registers.packs.privacy.party_name, &mut record.values);
    }
    if on_request {
        keep_catalogue_entry(context, record);
    }
    Some(written)
}

/// Leaves of a record what the catalogue says of it: index number, title, summary, date, issuer.
fn keep_catalogue_entry(context: &Context<'_>, record: &mut Record) {
    let envelope = &context.registers.envelope;
    let kept = [
        envelope.id,
        envelope.title,
        envelope.summary,
        envelope.date,
        envelope.published_on,
        envelope.issuer,
        envelope.index_no,
        envelope.openness,
        envelope.district,
        envelope.sector,
    ];
    record.values.retain(|(field, _)| kept.contains(field));
    record.body = None;
}

fn ended(context: &Context<'_>, said: Said<'_>) -> bool {
    let removes = matches!(said.register.definition.retention, Retention::PublicityPeriod | Retention::DiscreditPeriod);
    let status = said.register.status.and_then(|field| said.first(field)).and_then(Value::code);
    let removed = said.named("removed_on").and_then(Value::day);
    removes
        && (status.is_some_and(|code| ENDED.contains(&context.registers.codes.get(code).id.as_str()))
            || removed.is_some_and(|day| day <= context.as_of))
}

/// The last public day: the earliest of the record's own end and its retention rule's.
fn last_day(context: &Context<'_>, said: Said<'_>) -> Option<(Date, Until)> {
    let envelope = &context.registers.envelope;
    let own = [envelope.expire_at, envelope.withdrawn_on].into_iter().filter_map(|field| said.day(field)).min();
    let own = own.and_then(|day| day.yesterday().ok()).map(|day| (day, Until::Own));
    let dated = said.register.date.and_then(|field| said.day(field));
    let by_rule = match said.register.definition.retention {
        Retention::PublicityPeriod => {
            let severity =
                said.named("severity").and_then(Value::code).map(|code| context.registers.codes.get(code).id.as_str());
            let period = dated.and_then(|day| {
                context.registers.packs.publicity.period(severity.unwrap_or("general"), day, context.as_of)
            });
            let written = said.named("publicity_until").and_then(Value::day);
            let computed = period.map(|period| period.ends_on);
            written.into_iter().chain(computed).min().map(|day| (day, Until::Publicity))
        }
        Retention::DiscreditPeriod => {
            let written = said.named("listed_until").and_then(Value::day);
            let computed = dated.map(|day| publicity::add_months(day, DISCREDIT_MONTHS));
            written.into_iter().chain(computed).min().map(|day| (day, Until::Discredit))
        }
        Retention::Permanent | Retention::UntilValidTo | Retention::None => None,
    };
    own.into_iter().chain(by_rule).min_by_key(|(day, _)| *day)
}

/// How the record stands against its statutory deadline.
fn meter(context: &Context<'_>, said: Said<'_>, uncovered: &mut BTreeSet<i16>) -> Option<(Date, deadline::Verdict)> {
    let rule = said.register.definition.deadline.as_ref()?;
    let day = |name: &str| said.named(name).and_then(Value::day);
    let packs = &context.registers.packs;
    let due = packs.deadlines.due(&rule.rule, day(&rule.from)?, &packs.working_days)?;
    // A notice that is still to come can be added; what was counted without one long ago is settled.
    if !due.covered && due.date.year() >= context.as_of.year() {
        uncovered.insert(due.date.year());
    }
    let verdict =
        packs.deadlines.verdict(&rule.rule, &due, day(&rule.from)?, day(&rule.to), context.as_of, &packs.working_days);
    Some((due.date, verdict))
}

/// Whether something among the values is not for everybody as it was written.
pub(super) fn holds_private(register: &Register, values: &[(FieldId, Value)]) -> bool {
    values.iter().any(|(field, _)| register.field(*field).definition.visibility != Visibility::Public)
}

/// Drops internal values and masks masked ones. After this a record holds only what anyone may read.
fn hide_private(register: &Register, names: PartyName, values: &mut Values) {
    let fields: Vec<FieldId> = values.iter().map(|(field, _)| *field).collect();
    let masks: Vec<Option<Mask>> = fields.iter().map(|field| mask_of(register, names, values, *field)).collect();
    for ((_, value), mask) in values.iter_mut().zip(&masks) {
        if let Some(mask) = mask {
            *value = masked(value, *mask);
        }
    }
    values.retain(|(field, _)| register.field(*field).definition.visibility != Visibility::Internal);
}

/// The values of one field as anyone may read them; used where titles are made.
pub(super) fn public_values(
    register: &Register,
    names: PartyName,
    values: &[(FieldId, Value)],
    field: FieldId,
) -> Vec<Value> {
    if register.field(field).definition.visibility == Visibility::Internal {
        return Vec::new();
    }
    let mask = mask_of(register, names, values, field);
    let own = values.iter().filter(|(id, _)| *id == field).map(|(_, value)| value);
    own.map(|value| mask.map_or_else(|| value.clone(), |mask| masked(value, mask))).collect()
}

fn mask_of(register: &Register, names: PartyName, values: &[(FieldId, Value)], field: FieldId) -> Option<Mask> {
    let field = register.field(field);
    if field.definition.visibility != Visibility::Masked {
        return None;
    }
    // A condition names the party of a decision; the office may have decided to name it in full.
    if names == PartyName::Full && field.mask_if.is_some() && field.definition.mask == Some(Mask::PersonName) {
        return None;
    }
    let applies = field.mask_if.is_none_or(|(on, code)| match first(values, on).and_then(Value::code) {
        Some(written) => written == code,
        // Who is not said to be an organisation, and has no organisation's code, may be a person.
        None => !values.iter().any(|(_, value)| matches!(value, Value::CreditCode(_))),
    });
    applies.then(|| field.definition.mask.unwrap_or(Mask::Middle))
}

fn masked(value: &Value, by: Mask) -> Value {
    let text = value.text().unwrap_or_default();
    let masked = match by {
        Mask::PersonName => mask::person_name(text),
        Mask::AddressStreet => mask::address_to_street(text),
        Mask::Middle => mask::middle(text),
    };
    Value::Text(masked.into())
}
