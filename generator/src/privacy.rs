//! Text becomes findings: identity numbers, telephones, bank cards, plates, addresses, mail addresses, names
//! and health of persons, however they are written.
//!
//! One pass over the bytes stops only where a digit, an `@` or the first character of a telling word stands;
//! detectors read on from there. Must not know what the text is part of, nor whether a finding is allowed.

mod bank;
mod dwelling;
mod fold;
mod identity;
mod mail;
mod number;
mod person;
mod phone;
mod plate;
mod seeds;
mod table;
mod title;
mod trigger;
mod words;

use std::collections::HashSet;

use crate::text::Text;
pub(crate) use table::{may_tell, table};
pub(crate) use title::Title;

/// Raised whenever a detector learns something: what was found clean before is looked at again.
pub(crate) const VERSION: u32 = 5;

/// What kind of private thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Identity,
    Permit,
    Passport,
    Mobile,
    Landline,
    BankCard,
    Plate,
    Address,
    Mail,
    Health,
    Minor,
    Name,
    /// Where a photograph was taken.
    Location,
}

/// A stretch of a text that nobody may publish.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) kind: Kind,
    /// Bytes of the text that was searched.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// What stands there as the eye sees it. Never shown whole.
    pub(crate) text: String,
}

/// Numbers and addresses that are public by declaration: hotlines, contacts of offices.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    phones: HashSet<String>,
    mails: HashSet<String>,
}

impl Known {
    /// Adds every telephone number and mail address that stands in a declaration.
    pub(crate) fn add(&mut self, declared: &str) {
        let digits: String = fold::plain(declared).chars().filter(char::is_ascii_digit).collect();
        if !digits.is_empty() {
            self.phones.insert(digits);
        }
        if declared.contains('@') {
            self.mails.insert(fold::plain(declared).trim().to_ascii_lowercase());
        }
    }

    /// Whether a number is declared, with or without its extension.
    fn phone(&self, digits: &str) -> bool {
        self.phones.contains(digits)
            || (digits.len() >= 10 && self.phones.iter().any(|known| known.starts_with(digits)))
    }

    fn mail(&self, address: &str) -> bool {
        self.mails.contains(&address.to_ascii_lowercase())
    }
}

impl Kind {
    /// The name in `_privacy.toml` and in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Identity => "identity",
            Kind::Permit => "travel-permit",
            Kind::Passport => "passport",
            Kind::Mobile => "mobile",
            Kind::Landline => "landline",
            Kind::BankCard => "bank",
            Kind::Plate => "plate",
            Kind::Address => "address",
            Kind::Mail => "mail",
            Kind::Health => "health",
            Kind::Minor => "minor",
            Kind::Name => "name",
            Kind::Location => "location",
        }
    }

    pub(crate) const ALL: [Kind; 13] = [
        Kind::Identity,
        Kind::Permit,
        Kind::Passport,
        Kind::Mobile,
        Kind::Landline,
        Kind::BankCard,
        Kind::Plate,
        Kind::Address,
        Kind::Mail,
        Kind::Health,
        Kind::Minor,
        Kind::Name,
        Kind::Location,
    ];

    pub(crate) fn label(self) -> Text {
        let (zh, en) = match self {
            Kind::Identity => ("居民身份证号码", "an identity number"),
            Kind::Permit => ("出入境通行证号码", "a travel permit number"),
            Kind::Passport => ("护照号码", "a passport number"),
            Kind::Mobile => ("手机号码", "a mobile number"),
            Kind::Landline => ("未登记的固定电话", "a telephone number that is not declared public"),
            Kind::BankCard => ("银行卡号或账号", "a bank card or account number"),
            Kind::Plate => ("机动车号牌", "a vehicle plate"),
            Kind::Address => ("个人住址", "a person's home address"),
            Kind::Mail => ("个人电子邮箱", "a person's e-mail address"),
            Kind::Health => ("与姓名并列的健康信息", "a person's health beside the name"),
            Kind::Minor => ("未成年人姓名", "the name of a minor"),
            Kind::Name => ("当事人以外自然人的姓名", "the name of a person other than the party"),
            Kind::Location => ("拍摄地点坐标", "where a photograph was taken"),
        };
        Text::new(zh, en)
    }
}

/// Everything private in a text, in order.
pub(crate) fn scan(text: &str, known: &Known) -> Vec<Finding> {
    under(&Title::default(), text, known)
}

/// Everything private in a cell under a title.
pub(crate) fn under(title: &Title, text: &str, known: &Known) -> Vec<Finding> {
    let mut found = trigger::scan(title, text, known);
    if found.is_empty() {
        return found;
    }
    found.sort();
    found.dedup();
    // A number inside a longer finding is the same finding.
    let mut kept: Vec<Finding> = Vec::with_capacity(found.len());
    for finding in found {
        let inside = |other: &Finding| other.start <= finding.start && finding.end <= other.end;
        if !kept.iter().any(inside) {
            kept.retain(|other| !(finding.start <= other.start && other.end <= finding.end));
            kept.push(finding);
        }
    }
    kept.sort_by_key(|finding| finding.start);
    kept
}

/// A text with everything private in it covered, character by character: for messages.
pub(crate) fn covered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for finding in scan(text, &Known::default()) {
        out.push_str(&text[at..finding.start]);
        out.extend(text[finding.start..finding.end].chars().map(|_| '*'));
        at = finding.end;
    }
    out.push_str(&text[at..]);
    out
}

/// A name with all but its first character covered.
pub(crate) fn hidden_name(name: &str) -> String {
    let length = name.chars().count();
    name.chars().take(1).collect::<String>() + &"*".repeat(length.saturating_sub(1).min(12))
}

impl Finding {
    /// What stands there, with the middle hidden.
    pub(crate) fn preview(&self) -> String {
        match self.kind {
            Kind::Name | Kind::Minor | Kind::Health | Kind::Address => hidden_name(&self.text),
            _ => crate::rules::mask::middle(&self.text),
        }
    }
}

#[cfg(test)]
mod tests;
