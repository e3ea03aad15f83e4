//! Bank cards by issuer and check digit, and account numbers after a word that says so.

use super::number::{Gap, Number};
use super::trigger::{Context, Scan};
use super::words::{BANKS, REGISTERS};
use super::{Finding, Kind, fold};

pub(super) fn in_number(number: &Number, context: &mut Context<'_>, found: &mut Vec<Finding>) {
    let groups = number.groups.len();
    for from in 0..groups {
        let mut length = 0;
        for to in from + 1..=groups {
            if to - from > 1 && matches!(number.gaps[to - 2], Gap::Dot | Gap::Bracket) {
                break;
            }
            length += number.groups[to - 1].to - number.groups[to - 1].from;
            if length > 19 {
                break;
            }
            if length >= 15 && is_card(number, from, to, context) {
                let (start, end) = (number.groups[from].start, number.groups[to - 1].end);
                let text = String::from_utf8_lossy(number.joined(from, to)).into_owned();
                found.push(Finding { kind: Kind::BankCard, start, end, text });
            }
        }
    }
}

fn is_card(number: &Number, from: usize, to: usize, context: &mut Context<'_>) -> bool {
    let digits = number.joined(from, to);
    let joined = |gap| matches!(gap, Some(Gap::Hyphen | Gap::Dot));
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if joined(number.gap_before(from))
        || joined(number.gap_after(to))
        || from == 0 && (letter(context.char_before()) || context.is_fraction(number.groups[0].start))
        || to == number.groups.len() && letter(number.after)
        || !luhn(digits)
    {
        return false;
    }
    match issuer(digits) {
        Issuer::Chinese => !context.excused(&REGISTERS) || context.has(&BANKS),
        Issuer::Abroad => context.has(&BANKS),
        Issuer::None => false,
    }
}

enum Issuer {
    Chinese,
    /// Numbers of registers begin alike, so a word must say that it is a card.
    Abroad,
    None,
}

/// By the first digits (ISO 7812) and the length that goes with them.
fn issuer(digits: &[u8]) -> Issuer {
    const OLDER: [&[u8]; 10] =
        [b"436742", b"436745", b"456351", b"601382", b"601428", b"603367", b"622", b"9558", b"95599", b"552245"];
    let length = digits.len();
    let known = digits.starts_with(b"62") || OLDER.iter().any(|prefix| digits.starts_with(prefix));
    if known && matches!(length, 16..=19) {
        return Issuer::Chinese;
    }
    let abroad = match digits {
        [b'4', ..] | [b'5', b'1'..=b'5', ..] | [b'2', b'2'..=b'7', ..] | [b'3', b'5', ..] => length == 16,
        [b'3', b'4' | b'7', ..] => length == 15,
        _ => false,
    };
    if abroad { Issuer::Abroad } else { Issuer::None }
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let value = u32::from(digit.wrapping_sub(b'0'));
            match (at % 2, value * 2) {
                (0, _) => value,
                (_, double @ 10..) => double - 9,
                (_, double) => double,
            }
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().all(u8::is_ascii_digit)
}

/// `账号：1702…`: whoever it belongs to, it is not for the public.
pub(super) fn account(scan: &mut Scan<'_>, end: usize) {
    let first = fold::after_lead(scan.text, end, 8);
    let Some(first) = first.filter(|seen| fold::digit(seen.c).is_some()) else { return };
    let mut number = std::mem::take(&mut scan.number);
    number.read(scan.text, first.start);
    if (12..=25).contains(&number.digits.len()) {
        let (start, end) = (number.groups[0].start, number.groups[number.groups.len() - 1].end);
        let text = String::from_utf8_lossy(&number.digits).into_owned();
        scan.found.push(Finding { kind: Kind::BankCard, start, end, text });
    }
    scan.number = number;
}
