//! Passwords and keys, which no message repeats.

use std::collections::BTreeMap;

/// Passwords and keys from the environment. Cannot be printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// For the target, by what its service calls them: `password`, `access_key_id`.
    values: BTreeMap<String, String>,
    /// Others that the service may find by itself.
    hidden: Vec<String>,
}

impl Secrets {
    #[must_use]
    pub fn new(values: BTreeMap<String, String>, hidden: Vec<String>) -> Secrets {
        Secrets { values, hidden }
    }

    /// By what the service calls them.
    pub(super) fn values(&self) -> &BTreeMap<String, String> {
        &self.values
    }

    /// The words with every secret covered.
    pub(super) fn scrubbed(&self, words: &str) -> String {
        let long = self.values.values().chain(&self.hidden).filter(|secret| secret.len() >= 4);
        long.fold(words.to_owned(), |words, secret| words.replace(secret.as_str(), "***"))
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secrets(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_repeats_a_secret() {
        let own = BTreeMap::from([("password".to_owned(), "hunter2!".to_owned())]);
        let secrets = Secrets::new(own, vec!["AKIDEXAMPLE".to_owned(), "a".to_owned()]);
        assert_eq!(secrets.scrubbed("key AKIDEXAMPLE, password hunter2! wrong"), "key ***, password *** wrong");
        assert!(!format!("{secrets:?}").contains("hunter2"));
    }
}
