//! What stands above a text: `护照号码` says what a short number below is.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::words::{Look, WORDS};

/// The title of a column or field, with the telling words in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Title {
    /// In lower case.
    pub(super) text: String,
    pub(super) words: Vec<(&'static str, Look)>,
}

impl Title {
    pub(crate) fn new(text: &str) -> Title {
        let words =
            if may_tell(text) { telling().filter(|(word, _)| text.contains(word)).collect() } else { Vec::new() };
        Title { text: text.to_lowercase(), words }
    }

    /// Whether it says what stands below it.
    pub(crate) fn tells(&self) -> bool {
        !self.words.is_empty()
    }
}

/// Words that mean the same wherever they stand: those of one character are also part of others.
pub(super) fn telling() -> impl Iterator<Item = (&'static str, Look)> {
    WORDS.into_iter().filter(|(word, _)| word.len() > 3)
}

/// Whether a telling word stands in a text.
pub(super) fn may_tell(text: &str) -> bool {
    static TELLING: LazyLock<AhoCorasick> = LazyLock::new(|| automaton(telling().map(|(word, _)| word)));
    TELLING.is_match(text)
}

pub(super) fn automaton(words: impl Iterator<Item = &'static str>) -> AhoCorasick {
    AhoCorasick::new(words).expect("some words make an automaton")
}
