//! Names of persons where a word says that they are victims, witnesses, patients or minors. A masked name
//! (张某某) is no name.

use super::fold::{self, Window, digit};
use super::trigger::Scan;
use super::{Finding, Kind};

/// Surnames that are no other common word.
const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱林何郭罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕卢蒋蔡贾丁魏薛阎余潘杜戴夏钟\
汪田范姜谭廖邹熊孟秦邱侯尹雷黎贺顾毛郝龚邵钱严覃洪武莫孔汤康易乔赖樊兰殷倪俞章鲁葛韦翟聂焦姚崔苏陆史段陶江龙万尤岳左庞耿\
牛翁柴晏卞柯管司裴祝霍梅鲍凌穆缪甘窦童欧";

/// Surnames that are also common words: a name only when nothing follows but a mark.
const DOUBTFUL: &str = "马高于任方石金白常安向文温申华应时路连车关包成齐伍施";

const COMPOUND: [&str; 10] = ["欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫", "尉迟", "慕容", "令狐", "司徒"];

/// Characters of words, not of given names.
const NOT_GIVEN: &str = "某的了是不在已均为被应其与和或及等人员者上下时后前单位工作企业公司现场情况受治送医院抢救死亡伤当日经因由对将\
未该此无各共两所各县市省区年月号发事故体部门属们个名未必须能要求行证据说称述反映认为提供查确认之间向从到";

/// What may follow a name inside a sentence.
const FOLLOWS: &str = "的在于因被系经等和与及受患确诊抢送均已当男女同为死是曾反说称述";

/// After `死者`, `证人`: one name, or several with 、 between.
pub(super) fn after_role(scan: &mut Scan<'_>, end: usize) {
    let leads = |c: char| ":为是(（\"“姓名叫、名单".contains(c);
    // Few of these words have a name beside them: look before reading on.
    let first = fold::characters(scan.text, end).find(|seen| !leads(seen.c));
    if first.is_none_or(|seen| !begins_name(seen.c)) {
        return;
    }
    let window = Window::after(scan.text, end, 60);
    let mut at = window.chars.iter().take_while(|c| leads(**c)).count();
    while let Some(length) = name(&window.chars, at) {
        push(scan, &window, at, length, Kind::Name);
        at += length;
        if !window.chars.get(at).is_some_and(|c| matches!(c, '、' | '和' | '与' | '及')) {
            break;
        }
        at += 1;
    }
}

/// `张三患有尘肺病`, `张三（尘肺病三期）`: the name stands shortly before, in the same sentence.
pub(super) fn beside_health(scan: &mut Scan<'_>, start: usize, _end: usize) {
    let window = Window::before(scan.text, start, 60);
    if let Some((at, length)) = last_name(&window, 12) {
        push(scan, &window, at, length, Kind::Health);
    }
}

/// `张三，男，16岁`, `16岁的张三`: an age below eighteen beside a name.
pub(super) fn before_age(scan: &mut Scan<'_>, start: usize, end: usize) {
    let window = Window::before(scan.text, start, 72);
    let mut chars = window.chars.as_slice();
    if chars.last() == Some(&'周') {
        chars = &chars[..chars.len() - 1];
    }
    let Some((years, digits)) = age(chars) else { return };
    if years >= 18 || years == 0 {
        return;
    }
    if let Some((at, length)) = last_name(&window, 10 + digits) {
        push(scan, &window, at, length, Kind::Minor);
        return;
    }
    let window = Window::after(scan.text, end, 8);
    let at = window.chars.iter().take_while(|c| "的,，男女学生儿童孩".contains(**c)).count();
    if let Some(length) = name(&window.chars, at) {
        push(scan, &window, at, length, Kind::Minor);
    }
}

/// `未成年人张三`, `张三（未成年）`.
pub(super) fn beside_minor(scan: &mut Scan<'_>, start: usize, end: usize) {
    let window = Window::after(scan.text, end, 12);
    let at = window.chars.iter().take_while(|c| "人工的学生男女孩员:(（".contains(**c)).count();
    if let Some(length) = name(&window.chars, at) {
        push(scan, &window, at, length, Kind::Minor);
        return;
    }
    let window = Window::before(scan.text, start, 48);
    if let Some((at, length)) = last_name(&window, 6) {
        push(scan, &window, at, length, Kind::Minor);
    }
}

/// The years before `岁`, and how many characters they take.
fn age(chars: &[char]) -> Option<(u32, usize)> {
    let tens = |c: &char| matches!(c, '十');
    let digits = chars.iter().rev().take_while(|c| digit(**c).is_some() || tens(c)).count();
    let mut years = 0;
    for c in &chars[chars.len() - digits..] {
        years = match digit(*c) {
            Some(value) if years == 10 && chars.contains(&'十') => years + u32::from(value),
            Some(value) => years * 10 + u32::from(value),
            None if years == 0 => 10,
            None => years * 10,
        };
        if years > 200 {
            return None;
        }
    }
    (digits > 0).then_some((years, digits))
}

/// The last name that begins within the last `reach` characters, at the beginning of a clause.
fn last_name(window: &Window, reach: usize) -> Option<(usize, usize)> {
    let chars = &window.chars;
    let clause = chars.iter().rposition(|c| matches!(c, '。' | '；' | ';')).map_or(0, |at| at + 1);
    let first = clause.max(chars.len().saturating_sub(reach + 3));
    (first..chars.len()).rev().find_map(|at| {
        let begins = at == 0 || !is_han(chars[at - 1]) || "工人者员长师机生民".contains(chars[at - 1]);
        let length = name(chars, at).filter(|_| begins)?;
        Some((at, length))
    })
}

/// Whether a surname begins with this character.
fn begins_name(c: char) -> bool {
    let mut compound = COMPOUND.iter().filter_map(|surname| surname.chars().next());
    SURNAMES.contains(c) || DOUBTFUL.contains(c) || compound.any(|first| first == c)
}

/// The length of the name that stands at `at`, if one does.
fn name(chars: &[char], at: usize) -> Option<usize> {
    let surname = match chars.get(at..at + 2) {
        Some([a, b]) if COMPOUND.iter().any(|known| known.chars().eq([*a, *b])) => 2,
        _ if chars.get(at).is_some_and(|c| SURNAMES.contains(*c) || DOUBTFUL.contains(*c)) => 1,
        _ => return None,
    };
    let doubtful = surname == 1 && DOUBTFUL.contains(chars[at]);
    let is_given = |c: &char| is_han(*c) && !NOT_GIVEN.contains(*c);
    for given in [2, 1] {
        let end = at + surname + given;
        let Some(own) = chars.get(at + surname..end) else { continue };
        let follows = match chars.get(end) {
            None => true,
            Some(c) if is_han(*c) => !doubtful && FOLLOWS.contains(*c),
            Some(c) => !matches!(c, '*' | '×' | '＊'),
        };
        if own.iter().all(is_given) && follows {
            return Some(surname + given);
        }
    }
    None
}

fn push(scan: &mut Scan<'_>, window: &Window, at: usize, length: usize, kind: Kind) {
    let (start, end) = window.bytes(at, at + length);
    let text = window.chars[at..at + length].iter().collect();
    scan.found.push(Finding { kind, start, end, text });
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}' | '〇')
}
