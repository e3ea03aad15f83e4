//! The named rules that definitions call: `checks = ["order:a<=b"]`, `compute = "accident-level"`.
//! The two tables here are the only list of them. Knows values and fields, not files or routes.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Field, FieldId, Register, Registers, Value, display};
use crate::diag::Severity;
use crate::literal::{PartialDate, Precision};
use crate::rules::accident::{self, Casualties};
use crate::text::{Language, Text};

/// One record under examination.
pub(crate) struct Subject<'a> {
    pub(crate) register: &'a Register,
    pub(crate) values: &'a [(FieldId, Value)],
    pub(crate) registers: &'a Registers,
    pub(crate) as_of: Date,
}

/// What a rule found.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) field: Option<FieldId>,
    pub(crate) severity: Severity,
    pub(crate) message: Text,
    pub(crate) help: Text,
}

type Check = fn(&Subject<'_>, &str) -> Vec<Finding>;
type Compute = fn(&Field, &Subject<'_>, &str) -> Option<Value>;

/// Every check, by the name that definitions use; an argument follows a colon.
const CHECKS: &[(&str, Check)] = &[
    ("no-future-date", no_future_date),
    ("order", order),
    ("penalty-kinds", penalty_kinds),
    ("fine-plausible", fine_plausible),
    ("difference-percentage", difference_percentage),
    ("accident-level", lower_bound),
    ("old-code", old_code),
    ("use-scope", use_scope),
];

/// Every computation of a field.
const COMPUTATIONS: &[(&str, Compute)] = &[("accident-level", accident_level), ("due", due)];

/// Whether there is a check of this name; a definition that calls another is refused.
pub(crate) fn known_check(name: &str) -> bool {
    CHECKS.iter().any(|(known, _)| *known == split(name).0)
}

/// Whether there is a computation of this name.
pub(crate) fn known_computation(name: &str) -> bool {
    COMPUTATIONS.iter().any(|(known, _)| *known == split(name).0)
}

/// Runs one check by name.
pub(crate) fn check(name: &str, subject: &Subject<'_>) -> Vec<Finding> {
    let (name, argument) = split(name);
    let found = CHECKS.iter().find(|(known, _)| *known == name);
    found.map(|(_, check)| check(subject, argument)).unwrap_or_default()
}

/// Computes a field's value by a rule's name, if what it is made from is known.
pub(crate) fn compute(name: &str, field: &Field, subject: &Subject<'_>) -> Option<Value> {
    let (name, argument) = split(name);
    let (_, compute) = COMPUTATIONS.iter().find(|(known, _)| *known == name)?;
    compute(field, subject, argument)
}

fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or((name, ""))
}

impl Subject<'_> {
    fn value(&self, field: FieldId) -> Option<&Value> {
        let at = self.values.partition_point(|(known, _)| *known < field);
        self.values.get(at).filter(|(known, _)| *known == field).map(|(_, value)| value)
    }

    fn named(&self, name: &str) -> Option<(FieldId, &Value)> {
        let field = self.register.field_named(name)?;
        Some((field, self.value(field)?))
    }

    fn label(&self, field: FieldId) -> &Text {
        &self.register.field(field).definition.label
    }

    fn count(&self, field: Option<&FieldId>) -> Option<u32> {
        let Some(Value::Integer(number)) = self.value(*field?) else { return None };
        u32::try_from(*number).ok()
    }
}

fn day_text(day: Date) -> String {
    display::partial_date(PartialDate::day(day), Language::Chinese)
}

/// A date of something done cannot lie after the day of the build.
fn no_future_date(subject: &Subject<'_>, name: &str) -> Vec<Finding> {
    let dated = subject.named(name).and_then(|(field, value)| Some((field, value.day()?)));
    let Some((field, day)) = dated.filter(|(_, day)| *day > subject.as_of) else { return Vec::new() };
    let label = subject.label(field);
    vec![Finding {
        field: Some(field),
        severity: Severity::Error,
        message: Text::new(
            format!("“{}”是 {}，晚于 {}", label.zh, day_text(day), day_text(subject.as_of)),
            format!("`{}` is {day}, after {}", label.en, subject.as_of),
        ),
        help: Text::new(
            "核对年份；尚未发生的事情不能公布为已经发生",
            "check the year; what has not happened cannot be published",
        ),
    }]
}

/// `a<=b`: two dates in their order; either may be missing.
fn order(subject: &Subject<'_>, argument: &str) -> Vec<Finding> {
    let Some((first, second)) = argument.split_once("<=") else { return Vec::new() };
    let (Some((earlier, a)), Some((later, b))) = (subject.named(first), subject.named(second)) else {
        return Vec::new();
    };
    let (Some(from), Some(to)) = (a.day(), b.day()) else { return Vec::new() };
    // A month or a year counts as its whole length: only a later one is out of order.
    let coarse = |value: &Value| matches!(value, Value::Date(date) if date.precision != Precision::Day);
    if from <= to || ((coarse(a) || coarse(b)) && from.year() == to.year()) {
        return Vec::new();
    }
    let (left, right) = (subject.label(earlier), subject.label(later));
    vec![Finding {
        field: Some(later),
        severity: Severity::Error,
        message: Text::new(
            format!("“{}”（{}）早于“{}”（{}）", right.zh, day_text(to), left.zh, day_text(from)),
            format!("`{}` ({to}) is before `{}` ({from})", right.en, left.en),
        ),
        help: Text::new("两个日期至少有一个写错", "one of the two dates is wrong"),
    }]
}

/// 责令改正 is an order, not a penalty (《行政处罚法》第二十八条).
fn penalty_kinds(subject: &Subject<'_>, _: &str) -> Vec<Finding> {
    let Some(field) = subject.register.field_named("kinds") else { return Vec::new() };
    if subject.value(field).is_some() {
        return Vec::new();
    }
    vec![Finding {
        field: Some(field),
        severity: Severity::Warning,
        message: Text::new("没有处罚类别", "no kind of penalty"),
        help: Text::new(
            "责令改正、限期整改不是处罚种类；没有处罚的不必在此公布",
            "an order to correct is not a penalty",
        ),
    }]
}

/// Highest fine the law knows: 2,000 万元 × 5 (《安全生产法》第一百一十四条).
const HIGHEST_FINE_YUAN: i64 = 100_000_000;

/// A fine beyond the law's highest is nearly always 元 written into a column of 万元.
fn fine_plausible(subject: &Subject<'_>, _: &str) -> Vec<Finding> {
    let Some((field, Value::Money(fine))) = subject.named("fine") else { return Vec::new() };
    if *fine <= Decimal::from(HIGHEST_FINE_YUAN) {
        return Vec::new();
    }
    vec![Finding {
        field: Some(field),
        severity: Severity::Error,
        message: Text::new(
            format!("罚款 {} 元，超过法定最高额 1 亿元", fine.normalize()),
            format!("a fine of {} yuan exceeds the legal maximum", fine.normalize()),
        ),
        help: Text::new("可能把“元”填进了“万元”列", "yuan may have been written into a column of 万元"),
    }]
}

/// An older code of a company without its credit code: the record is public, but in no dossier.
fn old_code(subject: &Subject<'_>, fields: &str) -> Vec<Finding> {
    let code = subject.register.definition.dossier.as_ref().and_then(|key| subject.named(&key.code));
    let old = fields.split('|').find_map(|name| subject.named(name));
    let (None, Some((field, _))) = (code, old) else { return Vec::new() };
    vec![Finding {
        field: Some(field),
        severity: Severity::Warning,
        message: Text::new("只有旧代码，没有统一社会信用代码", "an older code, but no credit code"),
        help: Text::new(
            "补上 18 位统一社会信用代码，否则这条记录不进企业档案",
            "add the 18-character credit code; without it the record is in no company's dossier",
        ),
    }]
}

/// Records for the office's own use are not for the public.
fn use_scope(subject: &Subject<'_>, _: &str) -> Vec<Finding> {
    let Some((field, Value::Code(code))) = subject.named("use_scope") else { return Vec::new() };
    if subject.registers.codes.get(*code).id == "public" {
        return Vec::new();
    }
    vec![Finding {
        field: Some(field),
        severity: Severity::Error,
        message: Text::new("信息使用范围不是“公示”", "the scope of use is not public"),
        help: Text::new(
            "从公开目录中移走这条记录，或改正使用范围",
            "take the record out of the public folder, or correct the scope",
        ),
    }]
}

/// How far a published figure may lie from the computed one: half of the last printed digit.
const TOLERANCE: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

/// A difference and a percentage are computed again from the two figures they come from.
fn difference_percentage(subject: &Subject<'_>, _: &str) -> Vec<Finding> {
    let number = |name: &str| subject.named(name).and_then(|(_, value)| value.number());
    let (Some(before), Some(after)) = (number("before"), number("after")) else { return Vec::new() };
    let mut findings = Vec::new();
    let mut compare = |name: &str, computed: Decimal| {
        let Some((field, value)) = subject.named(name) else { return };
        let Some(written) = value.number() else { return };
        if (written.abs() - computed.abs()).abs() <= TOLERANCE {
            return;
        }
        let label = subject.label(field);
        findings.push(Finding {
            field: Some(field),
            severity: Severity::Error,
            message: Text::new(
                format!("“{}”写的是 {written}，由 {before} 和 {after} 算得 {computed}", label.zh),
                format!("`{}` says {written}; {before} and {after} give {computed}", label.en),
            ),
            help: Text::new(
                "改正数字；公布的比较数必须算得出来",
                "correct the figure; a published comparison must add up",
            ),
        });
    };
    compare("difference", after - before);
    if !before.is_zero() {
        compare("percentage", ((after - before) * Decimal::ONE_HUNDRED / before).round_dp(2));
    }
    findings
}

fn casualties(field: &Field, subject: &Subject<'_>) -> Casualties {
    let from = &field.compute_from;
    let loss = from.get(3).and_then(|id| subject.value(*id)).and_then(Value::number);
    Casualties {
        deaths: subject.count(from.first()),
        missing: subject.count(from.get(1)),
        serious_injuries: subject.count(from.get(2)),
        loss_wan: loss.map(|yuan| yuan / Decimal::from(10_000)),
    }
}

/// The level of an accident (国务院令第493号第三条), as a code of the field's list.
fn accident_level(field: &Field, subject: &Subject<'_>, _: &str) -> Option<Value> {
    let assessed = accident::level(&casualties(field, subject), &subject.registers.packs.accident)?;
    subject.registers.codes.find(field.codes?, assessed.level.id()).map(Value::Code)
}

/// A level found without knowing every figure may still rise: say so where nothing marks it provisional.
fn lower_bound(subject: &Subject<'_>, _: &str) -> Vec<Finding> {
    let computed = |field: &Field| field.definition.compute.as_deref() == Some("accident-level");
    let Some(field) = subject.register.ids().find(|id| computed(subject.register.field(*id))) else {
        return Vec::new();
    };
    let known = casualties(subject.register.field(field), subject);
    let Some(assessed) = accident::level(&known, &subject.registers.packs.accident) else { return Vec::new() };
    let marked = matches!(subject.named("provisional"), Some((_, Value::Boolean(true))));
    let closed = subject.named("approved_on").is_some();
    if !assessed.lower_bound || marked || closed {
        return Vec::new();
    }
    vec![Finding {
        field: Some(field),
        severity: Severity::Warning,
        message: Text::new(
            "伤亡或损失尚有不明，等级可能上调",
            "casualties or loss are not all known; the level may rise",
        ),
        help: Text::new("补全数字，或把“等级为初判”填为“是”", "complete the figures, or mark the level as provisional"),
    }]
}

/// A last day by a named deadline, from the first of the fields it is computed from.
fn due(field: &Field, subject: &Subject<'_>, rule: &str) -> Option<Value> {
    let from = subject.value(*field.compute_from.first()?)?.day()?;
    let packs = &subject.registers.packs;
    let due = packs.deadlines.due(rule, from, &packs.working_days)?;
    Some(Value::Date(PartialDate::day(due.date)))
}
