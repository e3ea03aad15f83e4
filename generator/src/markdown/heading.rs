//! Headings of one page: turns their text and rank into a level, a stable id and an entry of the table of contents.
//! Official documents are cited by number ("三（八）"), so a numbered heading is called by its numbers: `s3-8`.
//! Knows nothing of HTML or of the parser.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::Heading;
use super::chars::{MARK, short_hash};
use super::numeral::{self, Number};

/// Longest paragraph, in characters, that can be a heading without Markdown.
const LONGEST_PROMOTED: usize = 40;

/// The headings seen so far and what the next one depends on.
pub(super) struct Outline {
    pub(super) headings: Vec<Heading>,
    /// Open headings: rank in the source and level in the page.
    open: Vec<(u8, u8)>,
    base: u8,
    numbering: Numbering,
    /// Ids given, with how often each was asked for.
    ids: HashMap<String, u32>,
}

#[derive(Default)]
struct Numbering {
    /// "c1-" below 第一章, empty outside chapters.
    chapter: String,
    /// The same with 第一节.
    scope: String,
    steps: [u32; 4],
}

impl Outline {
    pub(super) fn new(base: u8) -> Outline {
        // The page itself has the h1, so nothing in the text is one.
        Outline {
            headings: Vec::new(),
            open: Vec::new(),
            base: base.max(1),
            numbering: Numbering::default(),
            ids: HashMap::new(),
        }
    }

    /// Adds a heading. Levels follow the nesting of ranks, so that a page never skips one.
    pub(super) fn add(&mut self, rank: u8, explicit: Option<String>, text: &str) -> &Heading {
        while self.open.last().is_some_and(|&(above, _)| above >= rank) {
            self.open.pop();
        }
        let level = self.open.last().map_or(self.base, |&(_, level)| level).saturating_add(1).min(6);
        self.open.push((rank, level));
        let text = text.trim();
        let number = numeral::read(text).map(|(number, _)| self.numbering.id(&number));
        let id = match (explicit, number) {
            (Some(id), _) => self.unique(id, "-"),
            // Two hyphens: the second 一、 of a page is not 一（二）.
            (None, Some(id)) => self.unique(id, "--"),
            (None, None) => self.unique(slug(text), "-"),
        };
        self.headings.push(Heading { id, text: text.to_owned(), level });
        self.headings.last().expect("a heading was just pushed")
    }

    fn unique(&mut self, id: String, separator: &str) -> String {
        let mut uses = self.ids.get(&id).copied().unwrap_or(0);
        let mut candidate = id.clone();
        while self.ids.contains_key(&candidate) {
            uses += 1;
            candidate = format!("{id}{separator}{uses}");
        }
        self.ids.insert(candidate.clone(), 1);
        self.ids.insert(id, uses.max(1));
        candidate
    }
}

impl Numbering {
    fn id(&mut self, number: &Number) -> String {
        match number {
            Number::Part(n) => {
                *self = Numbering::default();
                format!("p{n}")
            }
            Number::Chapter(n) => {
                *self = Numbering { chapter: format!("c{n}-"), scope: format!("c{n}-"), steps: [0; 4] };
                format!("c{n}")
            }
            Number::Division(n) => {
                let id = format!("{}j{n}", self.chapter);
                self.scope = format!("{id}-");
                self.steps = [0; 4];
                id
            }
            Number::Article(n) => format!("a{n}"),
            Number::Section(2, n) if self.steps[..2] == [0; 2] => {
                self.steps = [0, 0, *n, 0];
                format!("{}n{n}", self.scope)
            }
            Number::Section(step, n) => {
                self.steps[*step] = *n;
                self.steps[step + 1..].fill(0);
                format!("{}s{}", self.scope, joined(&self.steps[..=*step]))
            }
            Number::Decimal(steps) => format!("{}n{}", self.scope, joined(steps)),
        }
    }
}

/// The rank of a paragraph that is a numbered heading in all but Markdown, as text pasted from Word is.
pub(super) fn promoted_rank(paragraph: &str) -> Option<u8> {
    // Most paragraphs are longer: decide that before reading characters.
    if paragraph.len() > LONGEST_PROMOTED * 4 + 16 {
        return None;
    }
    let line = paragraph.trim();
    let bare = line.trim_start_matches(['*', '_', MARK]).trim_end_matches(['*', '_', MARK]);
    let (number, rest) = numeral::read(bare)?;
    let rank = match number {
        Number::Part(_) => 16,
        Number::Chapter(_) => 17,
        Number::Division(_) => 18,
        Number::Section(0, _) => 20,
        Number::Section(1, _) => 30,
        Number::Section(..) | Number::Article(_) | Number::Decimal(_) => return None,
    };
    let is_title = !rest.is_empty()
        && !line.contains(['\n', '\r', '。'])
        && !bare.ends_with(['；', ';', '，', ',', '、'])
        && bare.chars().count() <= LONGEST_PROMOTED;
    is_title.then_some(rank)
}

/// The id that a citation such as 三（八） or 第二章 names.
pub(super) fn cited_id(citation: &str) -> Option<String> {
    if let Some((number @ (Number::Chapter(_) | Number::Article(_) | Number::Part(_)), "")) = numeral::read(citation) {
        return Some(Numbering::default().id(&number));
    }
    let (first, mut rest) = numeral::chinese(citation)?;
    let mut steps = vec![first];
    rest = rest.strip_prefix('、').unwrap_or(rest);
    while !rest.is_empty() {
        let (step, n, after) = match numeral::bracketed(rest) {
            Some((Number::Section(step, n), after)) => (step, n, after),
            _ => numeral::arabic(rest).map(|(n, after)| (2, n, after))?,
        };
        if step < steps.len() {
            return None;
        }
        steps.resize(step, 0);
        steps.push(n);
        rest = after.trim_start_matches(['.', '．']);
    }
    Some(format!("s{}", joined(&steps)))
}

fn joined(steps: &[u32]) -> String {
    steps.iter().map(u32::to_string).collect::<Vec<_>>().join("-")
}

/// The words of an ASCII heading, or `h` and a short hash of any other.
fn slug(text: &str) -> String {
    let normal: String = text.nfkc().collect::<String>().to_lowercase();
    if normal.chars().any(|c| !c.is_ascii() && c.is_alphanumeric()) {
        return format!("h{}", short_hash(&normal));
    }
    let words: Vec<&str> = normal.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut slug = words.join("-");
    slug.truncate(48);
    if slug.starts_with(|c: char| c.is_ascii_alphabetic()) { slug } else { format!("h{}", short_hash(&normal)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_the_numbering() {
        fn check(headings: &[&str], expected: &[&str]) {
            let mut outline = Outline::new(1);
            let ids: Vec<String> = headings.iter().map(|text| outline.add(10, None, text).id.clone()).collect();
            assert_eq!(ids, expected);
        }
        check(&["一、现状", "（一）进展", "(二)形势", "二、目标", "（一）思想"], &["s1", "s1-1", "s1-2", "s2", "s2-1"]);
        check(
            &["三、任务", "（三）保障", "1. 煤矿", "12．消防", "（1）井下"],
            &["s3", "s3-3", "s3-3-1", "s3-3-12", "s3-3-12-1"],
        );
        check(&["一、甲", "1. 乙", "（一）丙"], &["s1", "s1-0-1", "s1-1"]);
        check(
            &["第一章 总则", "一、甲", "第二章 分则", "第一节 乙", "一、甲", "第五条"],
            &["c1", "c1-s1", "c2", "c2-j1", "c2-j1-s1", "a5"],
        );
        check(&["一、甲", "（二）乙", "一、丙", "一、丁"], &["s1", "s1-2", "s1--2", "s1--3"]);
        check(
            &["1. Scope", "1.2 Terms", "Scope of Work", "Scope of work", "2"],
            &["n1", "n1-2", "scope-of-work", "scope-of-work-2", "hst34pm"],
        );
    }

    #[test]
    fn chinese_slugs_are_stable_and_fold_width() {
        let id = |text: &str| Outline::new(1).add(10, None, text).id.clone();
        assert_eq!(id("附件"), id(" 附件 "));
        assert_eq!(id("附件（1）"), id("附件(1)"));
        assert_ne!(id("附件"), id("附表"));
        assert_eq!(id("附件").len(), 7);
    }

    #[test]
    fn levels_never_skip() {
        fn check(base: u8, ranks: &[u8], expected: &[u8]) {
            let mut outline = Outline::new(base);
            let levels: Vec<u8> = ranks.iter().map(|&rank| outline.add(rank, None, "x").level).collect();
            assert_eq!(levels, expected, "{ranks:?}");
        }
        check(1, &[10, 20, 30, 20, 10], &[2, 3, 4, 3, 2]);
        check(1, &[20, 40, 20, 30], &[2, 3, 2, 3]);
        check(0, &[20, 30], &[2, 3]);
        check(2, &[10, 20], &[3, 4]);
        check(4, &[10, 20, 30, 40], &[5, 6, 6, 6]);
    }

    #[test]
    fn short_numbered_paragraphs_are_headings() {
        fn check(paragraph: &str, expected: Option<u8>) {
            assert_eq!(promoted_rank(paragraph), expected, "{paragraph}");
        }
        check("一、指导思想", Some(20));
        check("　　（一）规划目标\n", Some(30));
        check("**二、主要任务**", Some(20));
        check("第一章 总则", Some(17));
        check("（一）建立责任制；", None);
        check("一、坚持预防为主。", None);
        check("一、坚持预防为主\n以下各项", None);
        check("一、", None);
        check("1. 煤矿", None);
        check("第五条 本市", None);
        check("一般情况", None);
        check(&format!("一、{}", "安".repeat(38)), Some(20));
        check(&format!("一、{}", "安".repeat(39)), None);
    }

    #[test]
    fn citations_name_ids() {
        fn check(citation: &str, expected: Option<&str>) {
            assert_eq!(cited_id(citation).as_deref(), expected, "{citation}");
        }
        check("三（八）", Some("s3-8"));
        check("三(八)5", Some("s3-8-5"));
        check("三、（三）12．（1）", Some("s3-3-12-1"));
        check("四", Some("s4"));
        check("四2", Some("s4-0-2"));
        check("第二章", Some("c2"));
        check("第二章 总则", None);
        check("三（八）（九）", None);
        check("s3-8", None);
        check("附件", None);
        check("", None);
    }
}
