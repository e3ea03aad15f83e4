//! What may be published of whom, side by side: the policy, what each register does to its fields with an
//! example before and after, what is declared public and what a reviewer let pass.

use crate::register::{Mask, Register, Visibility};
use crate::rules::mask;
use crate::rules::privacy::{PartyName, Weight};
use crate::site::Site;
use crate::text::Text;

use super::Gate;
use crate::privacy::Kind;

/// The lines of `gongkai check --privacy`.
pub(crate) fn overview(site: &Site, gate: &Gate) -> Vec<Text> {
    let mut lines = vec![heading("可以公开什么（R-42）", "What may be published (R-42)")];
    for rule in &gate.policy.matrix {
        let row = |pick: fn(&Text) -> &str| {
            let cells = [&rule.value, &rule.organisation, &rule.business, &rule.party, &rule.third_person];
            cells.map(|cell| pick(cell).to_owned()).join(" | ")
        };
        lines.push(Text::new(format!("  {}", row(|text| &text.zh)), format!("  {}", row(english))));
    }
    lines.push(heading("登记表的字段：遮盖前 → 遮盖后", "Fields of registers: before → after"));
    for register in &site.registers.list {
        lines.extend(fields(register, gate.policy.party_name));
    }
    lines.push(heading("发现个人信息时", "When private data is found"));
    for kind in Kind::ALL {
        let (zh, en) = match gate.policy.weight(kind.name()) {
            Weight::Error => ("不生成", "nothing is written"),
            Weight::Warning => ("提醒", "a warning"),
            Weight::Off => ("不检查", "not looked for"),
        };
        let label = kind.label();
        lines.push(Text::new(
            format!("  {}（{}）：{zh}", label.zh, kind.name()),
            format!("  {} ({}): {en}", label.en, kind.name()),
        ));
    }
    lines.push(heading("审查放行", "Let pass by a reviewer"));
    if gate.allows.is_empty() {
        lines.push(Text::new("  无", "  none"));
    }
    for allow in &gate.allows {
        let line = format!("  {} | {} | {} | {} | {}", allow.file, allow.kind, allow.reason, allow.reviewer, allow.on);
        lines.push(Text::new(line.clone(), line));
    }
    lines
}

fn heading(zh: &str, en: &str) -> Text {
    Text::new(zh, en)
}

fn english(text: &Text) -> &str {
    if text.en.is_empty() { &text.zh } else { &text.en }
}

/// The fields of a register that are not simply public.
fn fields(register: &Register, names: PartyName) -> Vec<Text> {
    let own = register.order.iter().map(|id| &register.field(*id).definition);
    let private = own.filter(|field| field.visibility != Visibility::Public);
    let lines = private.map(|field| {
        let title = &register.definition.title;
        let condition = field.mask_if.as_deref().map_or(String::new(), |condition| format!(" [{condition}]"));
        let named = names == PartyName::Full && field.mask_if.is_some();
        let (before, after) = match (field.visibility, field.mask.unwrap_or(Mask::Middle)) {
            (Visibility::Internal, _) => ("……".to_owned(), Text::new("不公开", "not published")),
            (_, Mask::PersonName) if named => example("张三丰", &|name| name.to_owned()),
            (_, Mask::PersonName) => example("张三丰", &mask::person_name),
            (_, Mask::AddressStreet) => example("郑州市金水区花园路3号", &mask::address_to_street),
            (_, Mask::Middle) => example("410105199001011234", &mask::middle),
        };
        let line =
            |title: &str, label: &str, after: &str| format!("  {title} · {label}{condition}：{before} → {after}");
        Text::new(
            line(&title.zh, &field.label.zh, &after.zh),
            line(english(title), english(&field.label), english(&after)),
        )
    });
    lines.collect()
}

fn example(before: &str, mask: &dyn Fn(&str) -> String) -> (String, Text) {
    let after = mask(before);
    (before.to_owned(), Text::new(after.clone(), after))
}
