//! Laws become the pages of a portal: cut to 600–2,000 characters, varied by seed so that no two are alike, and
//! given what records have: title, number, date, district, sector, now and then a company. The same position gives
//! the same page on every machine, so nothing has to be kept.

use super::super::random::Random;
use super::super::words::{DISTRICTS, SECTORS};
use super::laws::Law;
use super::names::{self, Company};
use super::vary;

/// Shortest and longest page, in characters.
const SHORTEST: u64 = 600;
const LONGEST: u64 = 2000;

/// The years that the pages are spread over; the last one ends with `LAST_MONTH`, for the portal's day is in it.
pub(super) const YEARS: std::ops::RangeInclusive<u64> = 2015..=2026;
const LAST_MONTH: u64 = 11;

pub(super) const LEVELS: [(&str, &str); 4] =
    [("major", "重大风险"), ("larger", "较大风险"), ("general", "一般风险"), ("low", "低风险")];
pub(super) const STATUSES: [(&str, &str); 3] = [("open", "未整改"), ("in-progress", "整改中"), ("done", "已整改")];

const VERBS: [&str; 6] = ["贯彻实施", "学习宣传", "执法检查", "落实", "修订征求意见", "监督检查"];
const KINDS: [&str; 6] = ["情况通报", "工作方案", "实施意见", "检查报告", "问题清单", "工作总结"];
const OFFENCES: [&str; 8] = [
    "未按规定制定应急预案",
    "未对从业人员进行安全培训",
    "特种作业人员无证上岗",
    "未设置明显的安全警示标志",
    "未如实记录隐患排查治理情况",
    "违规动火作业",
    "安全设备未定期检测",
    "擅自变更工艺流程",
];

/// How far pages may stray from the text that they are cut from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variation {
    /// Numbers, dates and names are exchanged.
    Light,
    /// Also paragraphs and clauses.
    More,
}

/// Which register a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Register {
    Bulletin,
    Decision,
}

impl Register {
    pub(super) fn name(self) -> &'static str {
        match self {
            Register::Bulletin => "bulletin",
            Register::Decision => "decision",
        }
    }
}

/// One page of the corpus; what a reader sees, in plain words.
pub(super) struct Page {
    pub(super) register: Register,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) summary: String,
    /// `YYYY-MM-DD`
    pub(super) date: String,
    pub(super) number: String,
    pub(super) company: Option<Company>,
    pub(super) district: (&'static str, &'static str),
    pub(super) sector: (&'static str, &'static str),
    pub(super) level: (&'static str, &'static str),
    pub(super) status: (&'static str, &'static str),
    pub(super) paragraphs: Vec<String>,
}

/// Where a page is cut from a law: paragraphs from `from` to before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cut {
    law: usize,
    from: usize,
    to: usize,
}

/// All pages of one size.
pub(super) struct Corpus {
    pub(super) laws: Vec<Law>,
    cuts: Vec<Cut>,
    variation: Variation,
}

impl Corpus {
    pub(super) fn new(laws: Vec<Law>, pages: usize, variation: Variation) -> Corpus {
        let cuts = cut(&laws, pages);
        Corpus { laws, cuts, variation }
    }

    pub(super) fn len(&self) -> usize {
        self.cuts.len()
    }

    pub(super) fn page(&self, at: usize) -> Page {
        let cut = self.cuts[at];
        let mut random = Random::seeded(at as u64 ^ 0x7365_6172_6368);
        let (year, month, day) = date(&mut random);
        let district = random.pick(&DISTRICTS);
        let register = if random.below(3) == 0 { Register::Decision } else { Register::Bulletin };
        // One company in five pages has several decisions.
        let company = (register == Register::Decision).then(|| names::company(random.below(self.len() as u64 / 5 + 1)));
        let law = &self.laws[cut.law];
        let kind = if register == Register::Decision { "罚" } else { "办" };
        let number = names::document_number(district.1, kind, year, at + 1);
        let offence = random.pick(&OFFENCES);
        let (title, summary) = match &company {
            Some(company) => (
                format!("{}{offence}案（{number}）", company.name()),
                format!("{}对{}作出处理，适用{}。", district.1, company.name(), law.title),
            ),
            None => {
                let (verb, what) = (random.pick(&VERBS), random.pick(&KINDS));
                let title = format!("{}{verb}《{}》{what}（{year}年第{}号）", district.1, law.title, at + 1);
                (title, format!("{}{}开展{verb}工作的{what}。", district.1, random.pick(&SECTORS).1))
            }
        };
        let mut page = Page {
            register,
            name: format!("p{at:06}"),
            title,
            summary,
            date: format!("{year}-{month:02}-{day:02}"),
            number,
            company,
            district,
            sector: random.pick(&SECTORS),
            level: random.pick(&LEVELS),
            status: random.pick(&STATUSES),
            paragraphs: Vec::new(),
        };
        page.paragraphs = self.paragraphs(cut, &page, offence, &mut random);
        page
    }

    fn paragraphs(&self, cut: Cut, page: &Page, offence: &str, random: &mut Random) -> Vec<String> {
        let law = &self.laws[cut.law];
        let mut paragraphs = Vec::with_capacity(cut.to - cut.from + 1);
        for at in cut.from..cut.to {
            let text = match self.variation {
                Variation::More if random.below(3) == 0 => self.elsewhere(&law.paragraphs[at], random),
                _ => &law.paragraphs[at],
            };
            let text = vary::names_and_numbers(text, page.district.1, random);
            paragraphs.push(match self.variation {
                Variation::Light => text,
                Variation::More => vary::clauses(&text, random),
            });
        }
        let case = self.case(page, offence, random);
        let place = random.below(paragraphs.len() as u64 + 1);
        paragraphs.insert(usize::try_from(place).expect("a position in a short list"), case);
        paragraphs
    }

    /// A paragraph of any law that is about as long.
    fn elsewhere<'a>(&'a self, like: &'a str, random: &mut Random) -> &'a str {
        let any = |random: &mut Random, count: usize| {
            usize::try_from(random.below(count as u64)).expect("a position in a list")
        };
        for _ in 0..8 {
            let law = &self.laws[any(random, self.laws.len())];
            let text = &law.paragraphs[any(random, law.paragraphs.len())];
            if text.len() <= like.len() * 3 / 2 && text.len() * 2 >= like.len() {
                return text;
            }
        }
        like
    }

    /// A sentence with a company, its code, a number, a day and a sum.
    fn case(&self, page: &Page, offence: &str, random: &mut Random) -> String {
        let other = || names::company(self.len() as u64 / 5 + 1 + page.name.len() as u64);
        let company = match &page.company {
            Some(company) => company.clone(),
            None => names::company(random.below(self.len() as u64 / 5 + 1)),
        };
        let partner = if random.below(8) == 0 { format!("，并约谈{}", other().name()) } else { String::new() };
        let (year, month, day) = date(random);
        let sum = (1 + random.below(400)) * 500;
        format!(
            "{year}年{month}月{day}日，{}（统一社会信用代码{}）因{offence}被处以罚款{sum}元{partner}，决定书文号为{}，联系电话0371-{:08}。",
            company.name(),
            company.code,
            names::document_number(
                page.district.1,
                "字",
                year,
                1 + usize::try_from(random.below(90_000)).expect("small")
            ),
            60_000_000 + random.below(9_000_000),
        )
    }
}

fn date(random: &mut Random) -> (u64, u64, u64) {
    let year = YEARS.start() + random.below(YEARS.end() - YEARS.start() + 1);
    let months = if year == *YEARS.end() { LAST_MONTH } else { 12 };
    let (month, day) = (1 + random.below(months), 1 + random.below(28));
    // The portal's day is the 20th of the last month.
    if year == *YEARS.end() && month == LAST_MONTH { (year, month, 1 + day % 19) } else { (year, month, day) }
}

/// Goes over the laws as often as needed, each time with other lengths.
fn cut(laws: &[Law], pages: usize) -> Vec<Cut> {
    let mut cuts = Vec::with_capacity(pages);
    let mut random = Random::seeded(0x0063_7574);
    while cuts.len() < pages {
        let before = cuts.len();
        for (at, law) in laws.iter().enumerate() {
            cut_law(at, law, &mut random, &mut cuts);
        }
        assert!(cuts.len() > before, "the laws are too short to cut a page from");
    }
    cuts.truncate(pages);
    cuts
}

fn cut_law(law: usize, text: &Law, random: &mut Random, cuts: &mut Vec<Cut>) {
    // Room is left for the sentence about a company.
    let room = 160;
    let (mut from, mut length) = (0, 0);
    let mut wanted = SHORTEST + random.below(LONGEST - SHORTEST - room);
    for (at, paragraph) in text.paragraphs.iter().enumerate() {
        let more = paragraph.chars().count() as u64;
        if length >= SHORTEST && length + more > LONGEST - room {
            cuts.push(Cut { law, from, to: at });
            (from, length) = (at, 0);
        }
        length += more;
        if length >= wanted && length <= LONGEST - room {
            cuts.push(Cut { law, from, to: at + 1 });
            (from, length) = (at + 1, 0);
            wanted = SHORTEST + random.below(LONGEST - SHORTEST - room);
        }
    }
    if (SHORTEST..=LONGEST - room).contains(&length) {
        cuts.push(Cut { law, from, to: text.paragraphs.len() });
    }
}

#[cfg(test)]
pub(super) fn invented_laws() -> Vec<Law> {
    let sentence = "生产经营单位应当建立健全全员安全生产责任制和安全生产规章制度，加大资金投入，2021年底前完成整改。";
    let paragraphs = (1..90).map(|n| format!("第{n}条 {}", sentence.repeat(1 + n % 4))).collect();
    vec![Law { title: "某市演示安全条例".to_owned(), paragraphs }]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn pages_have_the_promised_length_and_differ() {
        for variation in [Variation::Light, Variation::More] {
            let corpus = Corpus::new(invented_laws(), 300, variation);
            let mut seen = HashSet::new();
            for at in 0..corpus.len() {
                let page = corpus.page(at);
                let length: usize = page.paragraphs.iter().map(|text| text.chars().count()).sum();
                // Exchanged names and paragraphs are not exactly as long as those they replace.
                assert!((550..=2600).contains(&length), "page {at} has {length} characters");
                assert!(page.date.as_str() < "2026-11-20", "{}", page.date);
                assert_eq!(page.paragraphs, corpus.page(at).paragraphs);
                assert!(seen.insert(page.title) && seen.insert(page.number) && seen.insert(page.paragraphs.join("\n")));
            }
        }
    }

    #[test]
    fn cuts_do_not_cross_and_do_not_overlap_within_one_pass() {
        let laws = invented_laws();
        let mut cuts = Vec::new();
        cut_law(0, &laws[0], &mut Random::seeded(1), &mut cuts);
        assert!(cuts.windows(2).all(|pair| pair[0].to == pair[1].from), "{cuts:?}");
    }
}
