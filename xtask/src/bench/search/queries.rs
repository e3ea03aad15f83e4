//! What people type, drawn by seed from the documents: classes of queries, each with its own way of drawing.

use std::collections::BTreeSet;

use jieba_rs::Jieba;

use super::super::random::Random;
use super::super::words::{DISTRICTS, SECTORS};
use super::document::{Document, Source};
use super::pages::{LEVELS, STATUSES};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Words,
    Runs,
    Across,
    Titles,
    Numbers,
    Characters,
    Misses,
    Companies,
    Prefixes,
    FarApart,
    Filters,
    Filtered,
}

impl Class {
    pub(super) const ALL: [Class; 12] = [
        Class::Words,
        Class::Runs,
        Class::Across,
        Class::Titles,
        Class::Numbers,
        Class::Characters,
        Class::Misses,
        Class::Companies,
        Class::Prefixes,
        Class::FarApart,
        Class::Filters,
        Class::Filtered,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Class::Words => "words of 2-5 characters",
            Class::Runs => "runs of 5-10 characters",
            Class::Across => "3 across a word boundary",
            Class::Titles => "law titles",
            Class::Numbers => "numbers, dates, documents",
            Class::Characters => "single characters",
            Class::Misses => "one-term misses",
            Class::Companies => "companies in part",
            Class::Prefixes => "code prefixes",
            Class::FarApart => "two terms far apart",
            Class::Filters => "filters alone",
            Class::Filtered => "filters with text",
        }
    }
}

/// What results are narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filters {
    pub(super) facets: Vec<(&'static str, &'static str)>,
    /// First and last day, `YYYY-MM-DD`.
    pub(super) days: Option<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) class: Class,
    pub(super) terms: Vec<String>,
    pub(super) filters: Filters,
}

impl Query {
    pub(super) fn text(&self) -> String {
        self.terms.join(" ")
    }
}

/// As many different queries of each class; fewer where the documents do not hold so many.
pub(super) fn draw(source: &dyn Source, each: usize) -> Vec<Query> {
    let pen = Pen { jieba: Jieba::new(), subjects: source.subjects() };
    let mut queries = Vec::new();
    for class in Class::ALL {
        let mut random = Random::seeded(0x0071_7565_7279 ^ ((class as u64) << 48));
        let mut seen = BTreeSet::new();
        for _ in 0..each * 30 {
            if seen.len() == each {
                break;
            }
            let document = source.document(place(&mut random, source.count()));
            let Some(query) = pen.query(class, &document, &mut random) else { continue };
            if seen.insert((query.text(), format!("{:?}", query.filters))) {
                queries.push(query);
            }
        }
    }
    queries
}

struct Pen {
    jieba: Jieba,
    subjects: Vec<String>,
}

impl Pen {
    fn query(&self, class: Class, document: &Document, random: &mut Random) -> Option<Query> {
        let terms = match class {
            Class::Words => vec![self.word(document, random)?],
            Class::Runs => vec![run(sentence(document, random)?, 5 + random.below(6), random)?],
            Class::Across => vec![self.across(document, random)?],
            Class::Titles => vec![self.subjects[place(random, self.subjects.len())].clone()],
            Class::Numbers => vec![number(document, random)?],
            Class::Characters => vec![run(sentence(document, random)?, 1, random)?],
            Class::Misses => vec![miss(document, random)?],
            Class::Companies => company(document, random)?,
            Class::Prefixes => vec![prefix(document, random)?],
            Class::FarApart => far_apart(document, random)?,
            Class::Filters => Vec::new(),
            Class::Filtered => vec![self.word(document, random)?],
        };
        let filters = match class {
            Class::Filters | Class::Filtered => filters(document, random),
            _ => Filters::default(),
        };
        terms.iter().all(|term| can_be_typed(term)).then_some(Query { class, terms, filters })
    }

    fn word(&self, document: &Document, random: &mut Random) -> Option<String> {
        let sentence = sentence(document, random)?;
        let words: Vec<&str> = self.jieba.cut(sentence, true).into_iter().map(|token| token.word).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| (2..=5).contains(&word.chars().count())).collect();
        let word = words.get(place(random, words.len().max(1)))?;
        word.chars().all(is_han).then(|| (*word).to_owned())
    }

    /// Three characters of which a word ends inside.
    fn across(&self, document: &Document, random: &mut Random) -> Option<String> {
        let sentence = sentence(document, random)?;
        let words: Vec<&str> = self.jieba.cut(sentence, true).into_iter().map(|token| token.word).collect();
        let at = place(random, words.len().checked_sub(1).filter(|pairs| *pairs > 0)?);
        let (first, second): (Vec<char>, Vec<char>) = (words[at].chars().collect(), words[at + 1].chars().collect());
        if first.len() < 2 || second.len() < 2 {
            return None;
        }
        let (tail, head) = if random.below(2) == 0 { (1, 2) } else { (2, 1) };
        let text: String = first[first.len() - tail..].iter().chain(&second[..head]).collect();
        text.chars().all(is_han).then_some(text)
    }
}

fn place(random: &mut Random, count: usize) -> usize {
    usize::try_from(random.below(count as u64)).expect("a position in a list")
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// No white space and none of the signs that a query gives a meaning, and no ordinal, which has two spellings.
fn can_be_typed(term: &str) -> bool {
    !term.is_empty()
        && !term.starts_with(['-', '－', '−'])
        && !term.contains(|c: char| c.is_whitespace() || "\"“”＂:：第《》".contains(c))
}

/// A stretch of a block without punctuation.
fn sentence<'a>(document: &'a Document, random: &mut Random) -> Option<&'a str> {
    let block = document.rest.get(place(random, document.rest.len().max(1)))?;
    let parts: Vec<&str> =
        block.split(['，', '。', '、', '；', '：', ' ', '　']).filter(|part| !part.is_empty()).collect();
    parts.get(place(random, parts.len().max(1))).copied()
}

fn run(text: &str, length: u64, random: &mut Random) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let length = usize::try_from(length).expect("a small length");
    let from = place(random, (chars.len() + 1).checked_sub(length).filter(|places| *places > 0)?);
    let run: String = chars[from..from + length].iter().collect();
    run.chars().any(is_han).then_some(run)
}

/// A number with the signs that belong to it: a day, a sum, a document number, a code.
fn number(document: &Document, random: &mut Random) -> Option<String> {
    if random.below(3) == 0 {
        return document.codes.get(place(random, document.codes.len().max(1))).cloned();
    }
    let block = document.rest.get(place(random, document.rest.len().max(1)))?;
    let chars: Vec<char> = block.chars().collect();
    let digits: Vec<usize> =
        (0..chars.len()).filter(|at| chars[*at].is_ascii_digit() && (*at == 0 || !belongs(chars[at - 1]))).collect();
    let from = *digits.get(place(random, digits.len().max(1)))?;
    let number: String = chars[from..].iter().take_while(|c| belongs(**c)).take(16).collect();
    (number.chars().count() >= 2).then_some(number)
}

fn belongs(c: char) -> bool {
    c.is_ascii_alphanumeric() || "年月日元号〔〕-.%万".contains(c)
}

/// Two halves that do not stand together; whether they really never do, the truth says.
fn miss(document: &Document, random: &mut Random) -> Option<String> {
    let first = run(sentence(document, random)?, 2 + random.below(2), random)?;
    let second = run(sentence(document, random)?, 2 + random.below(2), random)?;
    let text = format!("{first}{second}");
    text.chars().all(is_han).then_some(text)
}

/// What people remember of a company: its own part, sometimes with the trade, never the form.
fn company(document: &Document, random: &mut Random) -> Option<Vec<String>> {
    let name = document.name.as_deref()?;
    let bare = ["有限责任公司", "股份有限公司", "有限公司", "厂"].iter().find_map(|form| name.strip_suffix(form))?;
    let chars: Vec<char> = bare.chars().collect();
    if chars.len() < 6 {
        return None;
    }
    let text = |from: usize, to: usize| chars[from..to].iter().collect::<String>();
    Some(match random.below(3) {
        0 => vec![bare.to_owned()],
        1 => vec![text(2, chars.len())],
        _ => vec![text(0, 2), text(2, chars.len())],
    })
}

fn prefix(document: &Document, random: &mut Random) -> Option<String> {
    let code = document.codes.get(place(random, document.codes.len().max(1)))?;
    let count = code.chars().count() as u64;
    let keep = 6 + random.below(count.checked_sub(7).filter(|more| *more > 0)?);
    Some(code.chars().take(usize::try_from(keep).expect("a small length")).collect())
}

/// A piece of the beginning and a piece of the end.
fn far_apart(document: &Document, random: &mut Random) -> Option<Vec<String>> {
    let (first, last) = (document.rest.first()?, document.rest.last()?);
    let opening = if document.rest.len() > 6 { &document.rest[5] } else { first };
    let piece = |text: &str, random: &mut Random| {
        let parts: Vec<&str> = text.split(['，', '。', '、', '；', '：', ' ']).filter(|part| part.len() > 12).collect();
        run(parts.get(place(random, parts.len().max(1)))?, 2 + random.below(3), random)
    };
    Some(vec![piece(opening, random)?, piece(last, random)?])
}

fn filters(document: &Document, random: &mut Random) -> Filters {
    let mut filters = Filters::default();
    for (name, value) in &document.facets {
        // A page's own values, so that there is something to find.
        if random.below(3) == 0 {
            filters.facets.push((name, value));
        }
    }
    let year = &document.date[..4];
    match random.below(4) {
        0 => filters.days = Some((format!("{year}-01-01"), format!("{year}-12-31"))),
        1 => filters.days = Some((format!("{year}-02-15"), format!("{year}-09-10"))),
        _ if filters.facets.is_empty() => filters.facets.push(any_facet(document, random)),
        _ => {}
    }
    filters
}

fn any_facet(document: &Document, random: &mut Random) -> (&'static str, &'static str) {
    let has = |name: &str| document.facets.iter().any(|(known, _)| *known == name);
    match random.below(3) {
        0 if has("sector") => ("sector", random.pick(&SECTORS).0),
        1 if has("level") => ("level", random.pick(&LEVELS).0),
        2 if has("status") => ("status", random.pick(&STATUSES).0),
        _ => ("district", random.pick(&DISTRICTS).0),
    }
}

#[cfg(test)]
mod tests {
    use super::super::pages::{Corpus, Variation, invented_laws};
    use super::super::truth;
    use super::*;

    #[test]
    fn queries_of_every_class_are_drawn_and_found_where_they_come_from() {
        let corpus = Corpus::new(invented_laws(), 200, Variation::Light);
        let queries = draw(&corpus, 12);
        assert_eq!(queries, draw(&corpus, 12));
        let hits = truth::hits(&corpus, &queries).expect("the patterns are few");
        for class in Class::ALL {
            let of_class: Vec<usize> = (0..queries.len()).filter(|at| queries[*at].class == class).collect();
            // There is one invented law.
            let least = if class == Class::Titles { 1 } else { 10 };
            assert!(of_class.len() >= least, "{class:?}: {}", of_class.len());
            if class != Class::Misses && class != Class::Filters && class != Class::Filtered {
                for at in of_class {
                    assert!(!hits[at].is_empty(), "{:?}", queries[at]);
                }
            }
        }
    }
}
