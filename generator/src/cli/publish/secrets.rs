//! Passwords and keys from the environment. Pure: the variables are given.

use std::collections::BTreeMap;

use gongkai::publish::Secrets;

/// Passwords and keys stand in variables of these names: `GONGKAI_WEBDAV_PASSWORD` for the target `webdav`.
const PREFIX: &str = "GONGKAI_";

/// `GONGKAI_PASSWORD` for any target, `GONGKAI_<TARGET>_PASSWORD` for one.
pub(super) fn secrets(target: &str, variables: impl Iterator<Item = (String, String)>) -> Secrets {
    const KNOWN: [&str; 12] = [
        "access_key_id",
        "secret_access_key",
        "session_token",
        "access_key_secret",
        "security_token",
        "secret_id",
        "secret_key",
        "account_key",
        "sas_token",
        "username",
        "password",
        "token",
    ];
    const TELLING: [&str; 5] = ["SECRET", "PASSWORD", "TOKEN", "ACCESS_KEY", "ACCOUNT_KEY"];
    let own = format!("{PREFIX}{}_", target.to_uppercase().replace('-', "_"));
    let mut found: BTreeMap<String, (bool, String)> = BTreeMap::new();
    let mut hidden = Vec::new();
    for (name, value) in variables {
        if TELLING.iter().any(|word| name.contains(word)) {
            hidden.push(value.clone());
        }
        let (specific, key) = match (name.strip_prefix(&own), name.strip_prefix(PREFIX)) {
            (Some(key), _) if !target.is_empty() => (true, key.to_lowercase()),
            (_, Some(key)) => (false, key.to_lowercase()),
            _ => continue,
        };
        let known = KNOWN.contains(&key.as_str());
        if known && (specific || !found.get(&key).is_some_and(|(specific, _)| *specific)) {
            found.insert(key, (specific, value));
        }
    }
    Secrets::new(found.into_iter().map(|(key, (_, value))| (key, value)).collect(), hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_a_target_go_before_general_ones() {
        let variables = [
            ("GONGKAI_PASSWORD", "general"),
            ("GONGKAI_MY_DAV_PASSWORD", "own"),
            ("GONGKAI_MY_DAV_ROOT", "/elsewhere"),
            ("HOME", "/root"),
        ];
        let variables = || variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let hidden = vec!["general".to_owned(), "own".to_owned()];
        let expected =
            |value: &str| Secrets::new(BTreeMap::from([("password".to_owned(), value.to_owned())]), hidden.clone());
        assert!(secrets("my-dav", variables()) == expected("own"));
        assert!(secrets("other", variables()) == expected("general"));
    }
}
