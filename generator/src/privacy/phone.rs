//! Mobile numbers, and land lines that nobody has declared public.

use super::number::{Gap, Number};
use super::trigger::{Context, Scan};
use super::words::TELEPHONE;
use super::{Finding, Kind, Known, fold};

/// How people write a mobile number in pieces.
const SHAPES: [&[usize]; 8] =
    [&[11], &[3, 4, 4], &[3, 8], &[7, 4], &[4, 4, 3], &[3, 3, 5], &[3, 5, 3], &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]];

pub(super) fn in_number(number: &Number, context: &mut Context<'_>, known: &Known, found: &mut Vec<Finding>) {
    let groups = number.groups.len();
    for from in 0..groups {
        let mut length = 0;
        for to in from + 1..=groups {
            length += number.groups[to - 1].to - number.groups[to - 1].from;
            if length > 16 {
                break;
            }
            let digits = number.joined(from, to);
            let kind = if is_mobile(digits) && mobile_stands_alone(number, from, to, context) {
                Kind::Mobile
            } else if is_landline(number, from, to, context) {
                Kind::Landline
            } else {
                continue;
            };
            let text = String::from_utf8_lossy(digits).into_owned();
            if !known.phone(&text) {
                let (start, end) = (number.groups[from].start, number.groups[to - 1].end);
                found.push(Finding { kind, start, end, text });
            }
        }
    }
}

/// Eleven digits that begin with 13 to 19, perhaps after 86, 0086 or 0.
fn is_mobile(digits: &[u8]) -> bool {
    let rest = match digits.len() {
        11 => digits,
        12 if digits[0] == b'0' => &digits[1..],
        13 if digits.starts_with(b"86") => &digits[2..],
        15 if digits.starts_with(b"0086") => &digits[4..],
        _ => return false,
    };
    rest[0] == b'1' && matches!(rest[1], b'3'..=b'9') && rest.iter().all(u8::is_ascii_digit)
}

fn mobile_stands_alone(number: &Number, from: usize, to: usize, context: &mut Context<'_>) -> bool {
    let shape: Vec<usize> = number.shape(from, to).collect();
    let inner = &number.gaps[from..to - 1];
    let usual = SHAPES.contains(&shape.as_slice()) || prefixed(&shape);
    let joined = |gap| matches!(gap, Some(Gap::Hyphen | Gap::Dot));
    if joined(number.gap_before(from)) || joined(number.gap_after(to)) || is_decimal(number, from, context) {
        // `86-138…` was taken with its prefix; anything else is part of a longer number.
        let country = number.gap_before(from) == Some(Gap::Hyphen)
            && matches!(number.joined(from - 1, from), b"86" | b"0086")
            && !joined(number.gap_after(to));
        let extension = !joined(number.gap_before(from)) && number.gap_after(to) == Some(Gap::Hyphen);
        if !(country || (extension || !is_decimal(number, from, context)) && context.has(&TELEPHONE)) {
            return false;
        }
    }
    let written = inner.iter().any(|gap| matches!(gap, Gap::Hyphen | Gap::Dot | Gap::Bracket));
    if written {
        let dots = inner.iter().filter(|gap| **gap == Gap::Dot).count();
        return usual && dots != 1;
    }
    if shape.len() > 1 && !usual {
        // A row of figures looks the same. Pieces must be few, or all short, and nothing beside them.
        let beside = from > 0 || to < number.groups.len();
        let few = shape.len() <= 4 || shape.iter().all(|size| *size <= 2);
        if !context.has(&TELEPHONE) && (beside || !few) {
            return false;
        }
    }
    stands_between_letters(number, from, to, context)
}

/// `86 138 1234 5678`: the shape after the country.
fn prefixed(shape: &[usize]) -> bool {
    let rest = match shape.first() {
        Some(2 | 4) => &shape[1..],
        Some(5) if shape.len() == 3 => return true,
        Some(13 | 12 | 15) => return shape.len() == 1,
        _ => return false,
    };
    SHAPES.contains(&rest)
}

/// `0.13812345678` is a fraction.
fn is_decimal(number: &Number, from: usize, context: &Context<'_>) -> bool {
    from == 0 && context.is_fraction(number.groups[0].start)
}

/// Letters beside a number make it a code, but for words that say what it is.
fn stands_between_letters(number: &Number, from: usize, to: usize, context: &Context<'_>) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    let end = number.groups[to - 1].end;
    if to == number.groups.len() && letter(number.after) && context.follows(end) {
        return false;
    }
    if from == 0 && letter(context.char_before()) {
        let letters = context.letters_before(number.groups[0].start);
        let says = ["tel", "phone", "mobile", "mob", "call", "qq", "vx", "wx", "wechat", "sms", "dial"];
        return letters.is_empty() || says.iter().any(|word| letters.ends_with(word));
    }
    true
}

/// An area code and seven or eight digits, written apart; together only after a word that says so.
fn is_landline(number: &Number, from: usize, to: usize, context: &mut Context<'_>) -> bool {
    let whole = number.joined(from, to);
    let bare = whole.strip_prefix(b"0086").or_else(|| whole.strip_prefix(b"86")).unwrap_or(whole);
    let country = bare.len() < whole.len();
    let national = match bare.strip_prefix(b"0") {
        Some(national) => national,
        None if country => bare,
        None => return false,
    };
    let Some(area) = area_code(national) else { return false };
    let local = &national[area..];
    if !is_local(local) {
        return false;
    }
    let joined = |gap| matches!(gap, Some(Gap::Hyphen | Gap::Dot));
    if joined(number.gap_before(from)) && !country || number.gap_after(to) == Some(Gap::Dot) {
        return false;
    }
    let inner = &number.gaps[from..to - 1];
    if inner.contains(&Gap::Dot) {
        return false;
    }
    let first = number.groups[from].to - number.groups[from].from;
    let apart = to - from > 1 && (country || first == area + 1) && to - from <= 3;
    let year = local.starts_with(b"19") || local.starts_with(b"20");
    apart && (!year && !inner.contains(&Gap::Tag) || context.has(&TELEPHONE)) || context.has(&TELEPHONE)
}

/// How many digits of a number without its leading zero are the area.
fn area_code(national: &[u8]) -> Option<usize> {
    match national {
        [b'1', b'0', ..] | [b'2', b'0'..=b'9', ..] => Some(2),
        [b'3'..=b'9', b'1'..=b'9', _, ..] => Some(3),
        _ => None,
    }
}

/// Seven or eight digits; subscribers' numbers begin with 2 to 8.
fn is_local(digits: &[u8]) -> bool {
    matches!(digits.len(), 7 | 8) && matches!(digits[0], b'2'..=b'8') && digits.iter().all(u8::is_ascii_digit)
}

/// `电话：67170000`: a number without its area code, directly after the word.
pub(super) fn after_word(scan: &mut Scan<'_>, end: usize) {
    let first = fold::after_lead(scan.text, end, 16);
    let Some(first) = first.filter(|seen| seen.c.is_ascii_digit()) else { return };
    let mut number = std::mem::take(&mut scan.number);
    number.read(scan.text, first.start);
    let size = number.shape(0, number.groups.len().min(2)).sum::<usize>();
    let whole = number.groups.first().map_or(0, |group| group.to - group.from);
    let to = if is_local(number.joined(0, 1)) && whole == number.digits.len() { 1 } else { number.groups.len().min(2) };
    let local = number.joined(0, to).to_vec();
    let bounded = number.groups.len() == to || !matches!(number.gap_after(to), Some(Gap::Hyphen | Gap::Dot));
    if is_local(&local) && bounded && (to == 1 || size == local.len()) {
        let text = String::from_utf8_lossy(&local).into_owned();
        let declared = scan.known.phone(&text) || scan.known.phones.iter().any(|known| known.ends_with(&text));
        if !declared {
            let (start, end) = (number.groups[0].start, number.groups[to - 1].end);
            scan.found.push(Finding { kind: Kind::Landline, start, end, text });
        }
    }
    scan.number = number;
}
