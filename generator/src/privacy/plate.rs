//! Vehicle plates: province, letter, five or six letters and digits.

use super::fold::Window;
use super::trigger::Scan;
use super::{Finding, Kind};

/// `豫A12345`, `豫A·D12345`, `豫A1234警`, however spaced.
pub(super) fn at(scan: &mut Scan<'_>, start: usize) {
    // Most provinces are followed by another word: look before reading.
    let next = scan.text[start..].chars().nth(1);
    let is_han = |c: char| ('\u{3400}'..='\u{9FFF}').contains(&c);
    let may_go_on = |c: char| match c {
        'A'..='Z' | 'a'..='z' | '<' | '&' | '\\' | ' ' | '\n' | '\r' => true,
        c => !c.is_ascii() && !is_han(c),
    };
    if !next.is_some_and(may_go_on) {
        return;
    }
    let window = Window::after(scan.text, start, 12);
    let Some(letter) = window.chars.get(1).map(char::to_ascii_uppercase) else { return };
    if !letter.is_ascii_uppercase() || matches!(letter, 'I') {
        return;
    }
    let body = 2 + window.chars[2..].iter().take_while(|c| "·•.-・".contains(**c)).take(1).count();
    for length in [5, 6] {
        let Some(chars) = window.chars.get(body..body + length) else { return };
        let end = body + length;
        let bounded = window.chars.get(end).is_none_or(|c| !c.is_ascii_alphanumeric() || window.spaced[end]);
        let plain: Vec<char> = chars.iter().map(char::to_ascii_uppercase).collect();
        if bounded && is_body(&plain) {
            let (from, to) = window.bytes(0, end);
            let text = window.chars[..end].iter().filter(|c| !"·•.-・".contains(**c)).collect();
            scan.found.push(Finding { kind: Kind::Plate, start: from, end: to, text });
            return;
        }
    }
}

fn is_body(chars: &[char]) -> bool {
    let legal = |c: &char| c.is_ascii_digit() || c.is_ascii_uppercase() && !matches!(c, 'I' | 'O');
    let digits = |chars: &[char]| chars.iter().filter(|c| c.is_ascii_digit()).count();
    match chars {
        // 警, 学, 挂, 港, 澳 and the like end a plate of four.
        [first @ .., last] if first.len() == 4 && "警学挂港澳使领试超".contains(*last) => {
            first.iter().all(legal) && digits(first) >= 2
        }
        chars if chars.len() == 5 => chars.iter().all(legal) && digits(chars) >= 3,
        // Electric cars: a letter before or after five digits, or two letters before four.
        [first @ .., last] => {
            let front = matches!(first[0], 'A'..='H' | 'J' | 'K') && digits(&chars[2..]) == 4 && legal(&chars[1]);
            let back = matches!(last, 'A'..='H' | 'J' | 'K') && digits(first) == 5;
            front || back
        }
        [] => false,
    }
}
