//! Code lists: the controlled words of a field, with aliases, definitions and colours.

use std::collections::HashMap;

use serde::Deserialize;

use super::fold::fold;
use crate::text::Text;

/// One code list as written in TOML.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeList {
    pub(crate) name: String,
    pub(crate) title: Text,
    #[serde(default)]
    pub(crate) source: String,
    /// Words that offices write into such a column though they are no value of it: left out with a warning.
    #[serde(default)]
    pub(crate) no_values: Vec<String>,
    #[serde(default)]
    pub(crate) code: Vec<Code>,
}

/// One value of a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Code {
    /// ASCII name, used in URLs and data.
    pub(crate) id: String,
    pub(crate) zh: String,
    #[serde(default)]
    pub(crate) en: String,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    #[serde(default)]
    pub(crate) note: Text,
    /// `red orange yellow blue green grey`, or empty: colour stands for meaning only.
    #[serde(default)]
    pub(crate) color: String,
}

/// A value of some list, by position; the order of positions is the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CodeId {
    pub(crate) list: u16,
    pub(crate) code: u16,
}

/// All lists of a site, each with an index over its folded words.
#[derive(Clone, Debug, Default)]
pub(crate) struct CodeLists {
    lists: Vec<CodeList>,
    words: Vec<HashMap<String, u16>>,
}

impl Code {
    /// The word for a reader.
    pub(crate) fn label(&self, language: crate::text::Language) -> &str {
        if language == crate::text::Language::English && !self.en.is_empty() { &self.en } else { &self.zh }
    }
}

impl CodeLists {
    /// Adds a list, replacing one of the same name.
    pub(crate) fn add(&mut self, list: CodeList) {
        let mut words = HashMap::new();
        for (index, code) in list.code.iter().enumerate() {
            let index = u16::try_from(index).expect("a code list holds fewer than 65,536 values");
            for word in [&code.id, &code.zh, &code.en].into_iter().chain(&code.aliases) {
                words.entry(fold(word)).or_insert(index);
            }
        }
        match self.position(&list.name) {
            Some(at) => {
                self.lists[at as usize] = list;
                self.words[at as usize] = words;
            }
            None => {
                self.lists.push(list);
                self.words.push(words);
            }
        }
    }

    pub(crate) fn position(&self, name: &str) -> Option<u16> {
        let at = self.lists.iter().position(|list| list.name == name)?;
        u16::try_from(at).ok()
    }

    /// The code that a word stands for, by id, name or alias, folded.
    pub(crate) fn find(&self, list: u16, word: &str) -> Option<CodeId> {
        let words = &self.words[list as usize];
        // Most cells are written as the list has it, folded already.
        let code = words.get(word).or_else(|| words.get(&fold(word)))?;
        Some(CodeId { list, code: *code })
    }

    pub(crate) fn get(&self, id: CodeId) -> &Code {
        &self.lists[id.list as usize].code[id.code as usize]
    }

    pub(crate) fn list(&self, list: u16) -> &CodeList {
        &self.lists[list as usize]
    }

    /// All values of a list, in its order.
    pub(crate) fn ids(&self, list: u16) -> impl Iterator<Item = CodeId> + use<> {
        let count = u16::try_from(self.lists[list as usize].code.len()).expect("checked when added");
        (0..count).map(move |code| CodeId { list, code })
    }
}
