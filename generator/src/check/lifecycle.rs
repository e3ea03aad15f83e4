//! Which records are public on the day of the build, until when, and what of them may be seen.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::diag::Diagnostics;
use crate::register::{FieldId, Mask, Register, Retention, Value, Visibility};
use crate::rules::privacy::PartyName;
use crate::rules::{deadline, mask, publicity};
use crate::site::{Absent, StubKind, Until};

use super::identity::place;
use super::records::first;
use super::{Context, Draft, Fate};

/// Status words that end a record's publicity, whatever its period.
const ENDED: [&str; 2] = ["expired", "repaired"];

/// Three years on the list of serious violators (应急管理部令第11号).
const DISCREDIT_MONTHS: i32 = 36;

/// Decides the fate of every draft, then hides what hangs on a hidden parent.
pub(super) fn decide(context: &Context<'_>, drafts: &mut [Draft], diags: &mut Diagnostics) {
    let decide = |mut told: Told, draft: &mut Draft| {
        draft.until = last_day(context, draft);
        draft.unfinished = first(&draft.values, context.registers.envelope.draft) == Some(&Value::Boolean(true));
        draft.fate = fate(context, draft, &mut told.diags);
        draft.deadline = meter(context, draft, &mut told.uncovered);
        told
    };
    let public = drafts.par_iter_mut().filter(|draft| draft.fate == Fate::Public);
    let told = public.fold(Told::default, decide).reduce(Told::default, Told::and);
    diags.extend(told.diags);
    for year in told.uncovered {
        diags.year_without_holidays(year);
    }
    let hidden: Vec<bool> = drafts.iter().map(|draft| draft.fate != Fate::Public).collect();
    for draft in drafts.iter_mut().filter(|draft| draft.fate == Fate::Public) {
        let parent = context.registers.get(draft.register).parent.and_then(|field| first(&draft.values, field));
        if let Some(Value::Reference(parent)) = parent
            && hidden[parent.0 as usize]
        {
            draft.fate = Fate::Absent(Absent::ParentAbsent);
        }
    }
}

/// What comes up while fates are decided.
#[derive(Default)]
struct Told {
    diags: Diagnostics,
    /// Years whose holidays are needed and not known.
    uncovered: BTreeSet<i16>,
}

impl Told {
    fn and(mut self, other: Told) -> Told {
        self.diags.extend(other.diags);
        self.uncovered.extend(other.uncovered);
        self
    }
}

fn fate(context: &Context<'_>, draft: &Draft, diags: &mut Diagnostics) -> Fate {
    let envelope = &context.registers.envelope;
    let get = |field: FieldId| first(&draft.values, field);
    if draft.unfinished && !context.with_drafts {
        return Fate::Absent(Absent::Draft);
    }
    if openness(context, &draft.values) == Some("closed") {
        return Fate::Absent(Absent::Withheld);
    }
    if let Some(on) = get(envelope.withdrawn_on).and_then(Value::day) {
        let Some(reason) = get(envelope.withdrawn_reason).and_then(Value::text) else {
            diags.withdrawn_without_reason(place(context, draft));
            return Fate::Public;
        };
        if on <= context.as_of {
            return Fate::Stub(StubKind::Withdrawn { on, reason: reason.to_owned() });
        }
    }
    if get(envelope.published_on).and_then(Value::day).is_some_and(|day| day > context.as_of) {
        return Fate::Absent(Absent::Scheduled);
    }
    if draft.until.is_some_and(|(day, _)| day < context.as_of) || ended(context, draft) {
        return Fate::Stub(StubKind::Expired);
    }
    Fate::Public
}

/// Whether and how a record is public (公开属性), by the id of its code.
fn openness<'a>(context: &Context<'a>, values: &[(FieldId, Value)]) -> Option<&'a str> {
    let code = first(values, context.registers.envelope.openness).and_then(Value::code)?;
    Some(context.registers.codes.get(code).id.as_str())
}

/// Whether only the catalogue may name a record, and its content is given on request (依申请公开).
pub(super) fn on_request_only(context: &Context<'_>, values: &[(FieldId, Value)]) -> bool {
    openness(context, values) == Some("on-request")
}

/// Leaves of a record what the catalogue says of it: index number, title, summary, date, issuer.
pub(super) fn keep_catalogue_entry(context: &Context<'_>, draft: &mut Draft) {
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
    Arc::make_mut(&mut draft.values).retain(|(field, _)| kept.contains(field));
    draft.body = None;
}

fn ended(context: &Context<'_>, draft: &Draft) -> bool {
    let register = context.registers.get(draft.register);
    let removes = matches!(register.definition.retention, Retention::PublicityPeriod | Retention::DiscreditPeriod);
    let status = register.status.and_then(|field| first(&draft.values, field)).and_then(Value::code);
    let removed = register.field_named("removed_on").and_then(|field| first(&draft.values, field)).and_then(Value::day);
    removes
        && (status.is_some_and(|code| ENDED.contains(&context.registers.codes.get(code).id.as_str()))
            || removed.is_some_and(|day| day <= context.as_of))
}

/// The last public day: the earliest of the record's own end and its retention rule's.
fn last_day(context: &Context<'_>, draft: &Draft) -> Option<(Date, Until)> {
    let register = context.registers.get(draft.register);
    let named = |name: &str| register.field_named(name).and_then(|field| first(&draft.values, field));
    let envelope = &context.registers.envelope;
    let ends = [envelope.expire_at, envelope.withdrawn_on].into_iter();
    let own = ends.filter_map(|field| first(&draft.values, field).and_then(Value::day)).min();
    let own = own.and_then(|day| day.yesterday().ok()).map(|day| (day, Until::Own));
    let dated = register.date.and_then(|field| first(&draft.values, field)).and_then(Value::day);
    let by_rule = match register.definition.retention {
        Retention::PublicityPeriod => {
            let severity =
                named("severity").and_then(Value::code).map(|code| context.registers.codes.get(code).id.as_str());
            let period = dated.and_then(|day| {
                context.registers.packs.publicity.period(severity.unwrap_or("general"), day, context.as_of)
            });
            let written = named("publicity_until").and_then(Value::day);
            let computed = period.map(|period| period.ends_on);
            written.into_iter().chain(computed).min().map(|day| (day, Until::Publicity))
        }
        Retention::DiscreditPeriod => {
            let written = named("listed_until").and_then(Value::day);
            let computed = dated.map(|day| publicity::add_months(day, DISCREDIT_MONTHS));
            written.into_iter().chain(computed).min().map(|day| (day, Until::Discredit))
        }
        Retention::Permanent | Retention::UntilValidTo | Retention::None => None,
    };
    own.into_iter().chain(by_rule).min_by_key(|(day, _)| *day)
}

/// How the record stands against its statutory deadline.
fn meter(context: &Context<'_>, draft: &Draft, uncovered: &mut BTreeSet<i16>) -> Option<(Date, deadline::Verdict)> {
    let register = context.registers.get(draft.register);
    let rule = register.definition.deadline.as_ref()?;
    let day = |name: &str| first(&draft.values, register.field_named(name)?).and_then(Value::day);
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
pub(super) fn hide_private(register: &Register, names: PartyName, values: &mut Vec<(FieldId, Value)>) {
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
