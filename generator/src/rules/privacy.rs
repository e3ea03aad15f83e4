//! How grave each kind of private data is, and whose names are masked: data that an office can change.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What a finding does to a build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Weight {
    /// Nothing is written.
    #[default]
    Error,
    Warning,
    Off,
}

/// Whether a punished person is named in full or as 张某某.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PartyName {
    Full,
    #[default]
    Masked,
}

/// The pack `privacy.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    #[serde(default)]
    pub(crate) party_name: PartyName,
    /// By kind of finding; what is not named stops the build.
    #[serde(default)]
    weight: BTreeMap<String, Weight>,
    /// What may be published of whom: a row for each kind of value, a column for each kind of person.
    #[serde(default)]
    pub(crate) matrix: Vec<Rule>,
}

/// One row of the matrix.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) value: crate::text::Text,
    pub(crate) organisation: crate::text::Text,
    pub(crate) business: crate::text::Text,
    pub(crate) party: crate::text::Text,
    pub(crate) third_person: crate::text::Text,
}

impl Policy {
    pub(crate) fn from_toml(text: &str) -> Result<Policy, toml::de::Error> {
        toml::from_str(text)
    }

    pub(crate) fn weight(&self, kind: &str) -> Weight {
        self.weight.get(kind).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_stops_the_build() {
        let policy = Policy::from_toml("party_name = \"full\"\n[weight]\nlandline = \"warning\"\nplate = \"off\"\n");
        let policy = policy.expect("a sound pack");
        assert_eq!(policy.party_name, PartyName::Full);
        for (kind, weight) in [("landline", Weight::Warning), ("plate", Weight::Off), ("identity", Weight::Error)] {
            assert_eq!(policy.weight(kind), weight, "{kind}");
        }
        assert!(Policy::from_toml("[weight]\nplate = \"maybe\"").is_err());
    }
}
