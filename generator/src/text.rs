//! A sentence or label in the two languages of the portal. Knows nothing of what it says.

mod nearest;

pub(crate) use nearest::nearest;

use serde::Deserialize;

/// Which of the two languages a reader gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    Chinese,
    English,
}

impl Language {
    /// BCP 47 tag, as written in `<html lang>` and `portal.toml`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Language::Chinese => "zh-CN",
            Language::English => "en",
        }
    }

    /// Reads a BCP 47 tag or a POSIX locale (`zh_CN.UTF-8`, `en`, `C`); anything that is not
    /// English is Chinese, because the editors read Chinese.
    #[must_use]
    pub fn of_tag(tag: &str) -> Language {
        if tag.starts_with("en") { Language::English } else { Language::Chinese }
    }
}

/// The same words in Chinese and English.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

impl Text {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Text {
        Text { zh: zh.into(), en: en.into() }
    }

    /// The words for one reader; the other language stands in where one is empty.
    #[must_use]
    pub fn pick(&self, language: Language) -> &str {
        match language {
            Language::English if !self.en.is_empty() => &self.en,
            Language::Chinese if self.zh.is_empty() => &self.en,
            _ => &self.zh,
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            One(String),
            Both {
                zh: String,
                #[serde(default)]
                en: String,
            },
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::One(zh) => Text { zh, en: String::new() },
            Written::Both { zh, en } => Text { zh, en },
        })
    }
}

/// Why a text is not the literal it was declared to be, and what the editor can do about it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub message: Text,
    pub help: Text,
}

impl Refusal {
    pub(crate) fn new(message: Text, help: Text) -> Self {
        Self { message, help }
    }
}

#[cfg(test)]
pub(crate) use random::{Random, trial};

#[cfg(test)]
mod random;
