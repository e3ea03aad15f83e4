//! The pages that both generators are given: the same text, each in its generator's front matter.

use super::random::Random;
use super::words::{self, DISTRICTS, HEADINGS, KEYWORDS, KINDS, SECTIONS, SECTORS, SOURCES, TOPICS};

/// Shortest and longest page, in Chinese characters.
const SHORTEST: u64 = 600;
const LONGEST: u64 = 2000;

/// One page of the corpus.
pub(super) struct Page {
    /// Position in `words::SECTIONS`.
    pub(super) section: usize,
    /// File name without its extension.
    pub(super) name: String,
    pub(super) title: String,
    pub(super) summary: String,
    /// `YYYY-MM-DD`.
    pub(super) date: String,
    /// `HH:MM`.
    pub(super) time: String,
    pub(super) source: &'static str,
    pub(super) district: (&'static str, &'static str),
    pub(super) sector: (&'static str, &'static str),
    pub(super) keywords: Vec<&'static str>,
    pub(super) body: String,
}

/// The page at a position; always the same one, whatever the size of the corpus.
pub(super) fn page(at: usize) -> Page {
    let mut random = Random::seeded(at as u64);
    let district = random.pick(&DISTRICTS);
    let sector = random.pick(&SECTORS);
    let (topic, kind) = (random.pick(&TOPICS), random.pick(&KINDS));
    let (year, month, day) = (2021 + random.below(5), 1 + random.below(12), 1 + random.below(28));
    let first = random.below(KEYWORDS.len() as u64 - 3);
    let first = usize::try_from(first).expect("a position in a short list");
    let body = body(&mut random);
    Page {
        section: at % SECTIONS.len(),
        name: format!("p{at:06}"),
        title: format!("{}{}{topic}{kind}（第{}期）", district.1, sector.1, at + 1),
        summary: words::item(&mut random).to_owned() + "。",
        date: format!("{year}-{month:02}-{day:02}"),
        time: format!("{:02}:{:02}", 8 + random.below(10), random.below(60)),
        source: random.pick(&SOURCES),
        district,
        sector,
        keywords: KEYWORDS[first..first + 3].to_vec(),
        body,
    }
}

/// Paragraphs, headings and now and then a list, until the page is long enough.
fn body(random: &mut Random) -> String {
    let wanted = SHORTEST + random.below(LONGEST - SHORTEST - 100);
    let mut text = String::new();
    let mut length = 0;
    let mut headings = 0;
    while length < wanted {
        let start = text.len();
        match random.below(8) {
            // A heading always has a paragraph below it.
            0 if headings < NUMERALS.len() => {
                let opening = words::sentence(random);
                text += &format!("## {}、{}\n\n{opening}\n\n", NUMERALS[headings], random.pick(&HEADINGS));
                headings += 1;
            }
            1 => {
                for _ in 0..3 {
                    text += &format!("- {}\n", words::item(random));
                }
                text.push('\n');
            }
            _ => {
                for _ in 0..2 + random.below(2) {
                    text += &words::sentence(random);
                    if length + chinese(&text[start..]) >= wanted {
                        break;
                    }
                }
                text += "\n\n";
            }
        }
        length += chinese(&text[start..]);
    }
    text
}

const NUMERALS: [&str; 8] = ["一", "二", "三", "四", "五", "六", "七", "八"];

/// Chinese characters, punctuation left out.
fn chinese(text: &str) -> u64 {
    text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_the_promised_length_and_are_reproducible() {
        for at in 0..2000 {
            let page = page(at);
            let length = chinese(&page.body);
            assert!((SHORTEST..=LONGEST).contains(&length), "page {at} has {length} characters");
            assert_eq!(page.body, super::page(at).body);
        }
    }

    #[test]
    fn every_value_of_both_taxonomies_is_used() {
        let pages: Vec<Page> = (0..1000).map(page).collect();
        assert!(DISTRICTS.iter().all(|district| pages.iter().any(|page| page.district == *district)));
        assert!(SECTORS.iter().all(|sector| pages.iter().any(|page| page.sector == *sector)));
    }
}
