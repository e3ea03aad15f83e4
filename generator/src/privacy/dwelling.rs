//! Home addresses: what follows `住址` or `住`, down to the house. A street alone may stand.

use super::fold::{self, Window, digit};
use super::trigger::Scan;
use super::{Finding, Kind};

/// After `住址`, `户籍所在地` and the like.
pub(super) fn after_word(scan: &mut Scan<'_>, end: usize) {
    let window = Window::after(scan.text, end, 60);
    let lead = window.chars.iter().take_while(|c| ":为是于在地址(（".contains(**c)).count();
    address(scan, &window, lead);
}

/// `张某，男，住某市某路1号`: the verb begins its clause, and a place follows.
pub(super) fn after_verb(scan: &mut Scan<'_>, start: usize, end: usize) {
    // Compounds come first: 住宅, 住房, 住建局 … are no addresses.
    let next = scan.text[end..].chars().next();
    if next.is_none_or(|c| "宅房建户院宿民店持所址进入满不宿".contains(c)) {
        return;
    }
    let before = fold::last_before(scan.text, start, 12);
    if before.is_some_and(|c| !"，,。；;、(（:\"'".contains(c)) {
        return;
    }
    let window = Window::after(scan.text, end, 60);
    let lead = window.chars.iter().take_while(|c| ":为是于在(（".contains(**c)).count();
    address(scan, &window, lead);
}

fn address(scan: &mut Scan<'_>, window: &Window, from: usize) {
    let ends = |c: &char| "，,。；;!？?)）(（\"'|<>{}".contains(*c);
    let length = window.chars[from..].iter().take_while(|c| !ends(c)).count();
    let chars = &window.chars[from..from + length];
    let Some(house) = house_number(chars) else { return };
    let places = chars[..house].iter().any(|c| "省市区县镇乡村路街道巷弄园苑庄城".contains(*c));
    if !places || chars.contains(&'某') && !chars.iter().any(|c| c.is_ascii_digit()) {
        return;
    }
    let (start, end) = window.bytes(from, from + length);
    scan.found.push(Finding { kind: Kind::Address, start, end, text: chars.iter().collect() });
}

/// Where a house, stairs or flat is numbered: a digit before 号, 室, 栋 …
fn house_number(chars: &[char]) -> Option<usize> {
    chars.windows(2).position(|pair| {
        let counted = digit(pair[0]).is_some() || matches!(pair[0], '十' | '百') || pair[0].is_ascii_alphabetic();
        counted && "号室栋幢楼单组弄户".contains(pair[1])
    })
}
