//! Identity numbers of 18 and 15 digits, passports, and travel permits of Hong Kong, Macao and Taiwan.

use super::fold::Window;
use super::number::{Gap, Number};
use super::trigger::{Context, Scan};
use super::words::{PAPERS, REGISTERS};
use super::{Finding, Kind};
use crate::rules::{citizen_id, credit_code};

/// With more letters and digits beside it, a number is part of a hash.
const MOST_BESIDE: usize = 7;

pub(super) fn in_number(number: &Number, context: &mut Context<'_>, found: &mut Vec<Finding>) {
    let groups = number.groups.len();
    for from in 0..groups {
        let mut length = 0;
        for to in from + 1..=groups {
            if to - from > 1 && matches!(number.gaps[to - 2], Gap::Dot) {
                break;
            }
            length += number.groups[to - 1].to - number.groups[to - 1].from;
            let private = match length {
                15 => is_old(number, from, to, context),
                18 => is_new(number, from, to, context),
                19.. => break,
                _ => false,
            };
            if private {
                let (start, end) = (number.groups[from].start, number.groups[to - 1].end);
                let text = String::from_utf8_lossy(number.joined(from, to)).into_owned();
                found.push(Finding { kind: Kind::Identity, start, end, text });
            }
        }
    }
}

fn is_new(number: &Number, from: usize, to: usize, context: &mut Context<'_>) -> bool {
    let digits = String::from_utf8_lossy(number.joined(from, to)).into_owned();
    if !citizen_id::is_plausible(&digits) || is_in_hash(number, from, to, context) {
        return false;
    }
    if citizen_id::is_citizen_id(&digits) {
        return !credit_code::is_whole(&digits) || context.has(&PAPERS);
    }
    // A mistyped number says as much.
    context.has(&PAPERS)
}

/// The old form has no check digit, and numbers of company registers look alike.
fn is_old(number: &Number, from: usize, to: usize, context: &mut Context<'_>) -> bool {
    let digits = String::from_utf8_lossy(number.joined(from, to)).into_owned();
    let joined = |gap| matches!(gap, Some(Gap::Hyphen | Gap::Dot));
    if !citizen_id::is_citizen_id(&digits)
        || joined(number.gap_before(from))
        || joined(number.gap_after(to))
        || is_in_hash(number, from, to, context)
    {
        return false;
    }
    let lettered = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    let bare = !(from == 0 && lettered(context.char_before()) || to == number.groups.len() && lettered(number.after));
    context.has(&PAPERS) || bare && !context.excused(&REGISTERS)
}

fn is_in_hash(number: &Number, from: usize, to: usize, context: &Context<'_>) -> bool {
    from + 1 == to && context.beside(number.groups[from].start, number.groups[from].end) > MOST_BESIDE
}

/// `护照号码：E12345678` and the like: the number stands soon after the word.
pub(super) fn passport(scan: &mut Scan<'_>, end: usize) {
    let is_passport = |word: &str| {
        let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
        let digits = &word[letters..];
        digits.bytes().all(|byte| byte.is_ascii_digit())
            && matches!((letters, digits.len()), (1, 7..=9) | (2, 6..=7) | (0, 8..=9))
    };
    papers(scan, end, Kind::Passport, &is_passport);
}

/// `H` or `M` and 8 or 10 digits; 8 digits, or 10 and a letter, for people from Taiwan.
pub(super) fn permit(scan: &mut Scan<'_>, word: &str, end: usize) {
    let before = Window::before(scan.text, end, 60).text();
    let taiwan = word == "台胞证" || before.contains('台') || scan.title.text.contains('台');
    let is_permit = |word: &str| {
        let digits = word.trim_start_matches(['H', 'M', 'C', 'W']).trim_end_matches(|c: char| c.is_ascii_uppercase());
        let numeric = digits.bytes().all(|byte| byte.is_ascii_digit());
        let lettered = word.starts_with(['H', 'M', 'C', 'W']);
        numeric && matches!(digits.len(), 8 | 10) && (lettered || taiwan)
    };
    papers(scan, end, Kind::Permit, &is_permit);
}

/// How many characters may stand between the word and the number: `（号码为`.
const NEAR: usize = 16;

fn papers(scan: &mut Scan<'_>, end: usize, kind: Kind, is: &dyn Fn(&str) -> bool) {
    let window = Window::after(scan.text, end, 40);
    let word = |c: &char| c.is_ascii_alphanumeric();
    let mut at = 0;
    while let Some(skip) = window.chars[at..].iter().position(word) {
        let from = at + skip;
        if from > NEAR || window.chars[..from].contains(&'。') {
            return;
        }
        let run = window.chars[from..].iter().take_while(|c| word(c)).count();
        // A space ends a word, unless the number goes on in pieces.
        let stops = (1..run).filter(|length| window.spaced[from + length]).chain([run]);
        for length in stops.collect::<Vec<_>>().into_iter().rev() {
            let text: String = window.chars[from..from + length].iter().collect::<String>().to_ascii_uppercase();
            if is(&text) {
                let (start, end) = window.bytes(from, from + length);
                scan.found.push(Finding { kind, start, end, text });
                return;
            }
        }
        at = from + run;
    }
}
