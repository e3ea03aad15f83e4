//! The one pass over the bytes: stops where something may begin, and asks the detectors.

use super::fold::{Window, plain, step};
use super::number::{Number, digits_at, short, shortest};
use super::seeds::{SEEDS, Seed, Seeds, code_point, is_look_alike, next_telling};
use super::words::Look;
use super::{Finding, Known, Title, bank, dwelling, fold, identity, mail, person, phone, plate};

pub(super) fn scan(title: &Title, text: &str, known: &Known) -> Vec<Finding> {
    let mut scan = Scan::new(title, text, known);
    scan.run();
    if scan.look_alikes {
        // Seldom: such text is read again as the eye sees it. Places are then those of the whole.
        let plain = plain(text);
        let mut again = Scan::new(title, &plain, known);
        again.run();
        scan.found.extend(again.found.into_iter().map(|finding| Finding { start: 0, end: text.len(), ..finding }));
    }
    scan.found
}

pub(super) struct Scan<'a> {
    /// What stands above the text, in a table.
    pub(super) title: &'a Title,
    pub(super) text: &'a str,
    pub(super) known: &'a Known,
    seeds: &'a Seeds,
    pub(super) number: Number,
    pub(super) found: Vec<Finding>,
    /// Whether there are characters that only look like others.
    look_alikes: bool,
}

impl<'a> Scan<'a> {
    fn new(title: &'a Title, text: &'a str, known: &'a Known) -> Scan<'a> {
        let (number, found) = (Number::default(), Vec::new());
        Scan { title, text, known, seeds: &SEEDS, number, found, look_alikes: false }
    }

    /// A title is a telling word before everything in its cell.
    fn heed_title(&mut self) {
        for (word, look) in &self.title.words {
            self.look(*look, word, 0, 0);
        }
    }

    fn run(&mut self) {
        self.heed_title();
        let bytes = self.text.as_bytes();
        let mut at = next_telling(bytes, 0);
        while at < bytes.len() {
            // By its first byte: characters of two and four bytes are worth a look where forms of digits are.
            let next = match bytes[at] {
                0xE2..=0xEF => self.characters(at),
                b'0'..=b'9' => self.digits(at),
                b'@' => {
                    mail::around(self, at, at + 1);
                    at + 1
                }
                0xC2 | 0xD9 | 0xDB => self.character(at, 2),
                0xF0 => self.character(at, 4),
                _ => at + 1,
            };
            at = next_telling(bytes, next);
        }
    }

    /// A run of characters of three bytes, up to the first seed. Gives where to go on.
    fn characters(&mut self, from: usize) -> usize {
        let at = self.seeds.next_seed(self.text.as_bytes(), from);
        match self.text.as_bytes().get(at) {
            Some(0xE2..=0xEF) => self.character(at, 3),
            _ => at,
        }
    }

    /// A character beyond ASCII. Gives where to go on.
    fn character(&mut self, at: usize, length: usize) -> usize {
        let code = code_point(&self.text.as_bytes()[at..], length);
        self.look_alikes |= is_look_alike(code);
        self.seed(self.seeds.of(code), at, at + length)
    }

    /// A run of ASCII digits, perhaps inside a character reference. Gives where to go on.
    fn digits(&mut self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let run = digits_at(&bytes[at..]);
        let start = reference_start(bytes, at);
        if start == at {
            // Most numbers end with their first run, and most others before they are long.
            if run < shortest(bytes[at]) && !self.seeds.number_goes_on(&bytes[at + run..]) {
                return at + run;
            }
            if let Some(length) = short(&bytes[at..], run, |rest| self.seeds.number_goes_on(rest)) {
                return at + length;
            }
        }
        let end = self.read_number(start);
        if end == start {
            // Not the number of a digit: an escaped character of another kind.
            if matches!(step(self.text, start), Some((fold::Step::Char('@'), _))) {
                let after = step(self.text, start).map_or(start, |(_, next)| next);
                mail::around(self, start, after);
            }
            return at + run;
        }
        end.max(at + run)
    }

    fn seed(&mut self, seed: Seed, at: usize, next: usize) -> usize {
        match seed {
            Seed::Digit if self.seeds.number_goes_on(&self.text.as_bytes()[next..]) => {
                return self.read_number(at).max(next);
            }
            Seed::At => mail::around(self, at, next),
            Seed::Word(group) => {
                if let Some((word, look)) = self.seeds.word(group, &self.text[at..]) {
                    self.look(look, word, at, at + word.len());
                }
            }
            Seed::Digit | Seed::LookAlike | Seed::Nothing => {}
        }
        next
    }

    fn look(&mut self, look: Look, word: &str, start: usize, end: usize) {
        match look {
            Look::Telephone => phone::after_word(self, end),
            Look::Passport => identity::passport(self, end),
            Look::Permit => identity::permit(self, word, end),
            Look::Account => bank::account(self, end),
            Look::Dwelling => dwelling::after_word(self, end),
            Look::Lives => dwelling::after_verb(self, start, end),
            Look::Role => person::after_role(self, end),
            Look::Health => person::beside_health(self, start, end),
            Look::Age => person::before_age(self, start, end),
            Look::Minor => person::beside_minor(self, start, end),
            Look::Province => plate::at(self, start),
        }
    }

    /// Reads a number and shows it to the detectors. Gives where its last digit ends.
    fn read_number(&mut self, at: usize) -> usize {
        let mut number = std::mem::take(&mut self.number);
        let end = number.read(self.text, at);
        if number.digits.first().is_some_and(|first| number.digits.len() >= shortest(*first)) {
            let mut context = Context { title: &self.title.text, text: self.text, at, read: None };
            identity::in_number(&number, &mut context, &mut self.found);
            phone::in_number(&number, &mut context, self.known, &mut self.found);
            bank::in_number(&number, &mut context, &mut self.found);
        }
        // What stands inside a tag that a number goes across is looked at too.
        let end = if number.has_attributes { number.groups[0].end } else { end };
        self.number = number;
        end
    }
}

/// The words before a number, read when they are asked for.
pub(super) struct Context<'a> {
    title: &'a str,
    text: &'a str,
    at: usize,
    read: Option<String>,
}

impl Context<'_> {
    /// Whether one of the words stands before the number, or in its title.
    pub(super) fn has(&mut self, words: &[&str]) -> bool {
        let before = self.before();
        words.iter().any(|word| before.contains(word)) || words.iter().any(|word| self.title.contains(word))
    }

    /// Whether one of the words stands before the number in the same sentence, or in its title: a word that
    /// makes it another number says nothing of the next sentence or string.
    pub(super) fn excused(&mut self, words: &[&str]) -> bool {
        let before = self.before();
        let ends = before.rfind(['。', '；', '\n']).max(before.rfind("\",\""));
        let sentence = &before[ends.unwrap_or(0)..];
        words.iter().any(|word| sentence.contains(word)) || words.iter().any(|word| self.title.contains(word))
    }

    fn before(&mut self) -> &str {
        self.read.get_or_insert_with(|| Window::before(self.text, self.at, 72).text().to_lowercase())
    }

    /// The character before the number, as the eye sees it.
    pub(super) fn char_before(&self) -> Option<char> {
        fold::char_before(self.text, self.at)
    }

    /// How many letters and digits stand around a stretch without a gap.
    pub(super) fn beside(&self, start: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        let word = |byte: &&u8| byte.is_ascii_alphanumeric();
        let before = bytes[..start].iter().rev().take(64).take_while(word).count();
        before + bytes[end..].iter().take(64).take_while(word).count()
    }

    /// Whether a letter or digit follows without a gap.
    pub(super) fn follows(&self, end: usize) -> bool {
        self.text.as_bytes().get(end).is_some_and(u8::is_ascii_alphanumeric)
    }

    /// Whether a stretch of digits stands behind the point of a number: `0.13812345678`, not `No. 13812345678`.
    pub(super) fn is_fraction(&self, start: usize) -> bool {
        let before = &self.text.as_bytes()[..start];
        before.strip_suffix(b".").and_then(<[u8]>::last).is_some_and(u8::is_ascii_digit)
    }

    /// The letters directly before a stretch.
    pub(super) fn letters_before(&self, start: usize) -> String {
        let bytes = self.text.as_bytes();
        let letters = bytes[..start].iter().rev().take(12).take_while(|byte| byte.is_ascii_alphabetic());
        letters.map(|byte| char::from(byte.to_ascii_lowercase())).collect::<Vec<_>>().into_iter().rev().collect()
    }
}

/// Where the character reference or escape begins that this digit stands in, or the digit itself.
fn reference_start(bytes: &[u8], at: usize) -> usize {
    if !at
        .checked_sub(1)
        .is_some_and(|before| matches!(bytes[before], b'#' | b'x' | b'X' | b'u' | b'a'..=b'f' | b'A'..=b'F'))
    {
        return at;
    }
    let from = at.saturating_sub(7);
    let before = &bytes[from..at];
    if !before.iter().any(|byte| matches!(byte, b'&' | b'\\')) {
        return at;
    }
    for mark in [&b"&#"[..], b"\\u"] {
        if let Some(found) = before.windows(2).rposition(|window| window == mark) {
            let between = &before[found + 2..];
            if between.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'X')) {
                return from + found;
            }
        }
    }
    at
}
