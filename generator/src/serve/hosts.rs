//! Under which names the preview may be asked for. A page of another site that has its own name point here
//! (DNS rebinding) is refused, because it asks under that name. Pure.

use std::net::{IpAddr, Ipv6Addr};

/// The names that a `Host` header may hold, whatever the port: a tunnel may change it.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    /// What `--host` was given, when others than this machine may ask.
    opened: Option<String>,
}

impl Hosts {
    /// For a server on this machine alone.
    pub(crate) fn loopback() -> Hosts {
        Hosts { opened: None }
    }

    /// For a server that listens at a name or address which others reach. A number cannot be rebound, so any is
    /// let in then.
    pub(crate) fn opened(name: &str) -> Hosts {
        Hosts { opened: Some(name.to_ascii_lowercase()) }
    }

    pub(crate) fn admit(&self, host: &str) -> bool {
        let Some(name) = name(host) else { return false };
        if name == "localhost" {
            return true;
        }
        match (address(&name), &self.opened) {
            (Some(address), None) => address.is_loopback(),
            (Some(_), Some(_)) => true,
            (None, opened) => opened.as_deref() == Some(name.as_str()),
        }
    }
}

/// Whether only this machine reaches an address; `localhost` is one.
pub(crate) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || address(host).is_some_and(|address| address.is_loopback())
}

/// The name without its port, in lower case; nothing if it is no name at all.
fn name(host: &str) -> Option<String> {
    let (name, port) = match host.rfind(']') {
        Some(end) => (&host[..=end], &host[end + 1..]),
        None => host.find(':').map_or((host, ""), |at| host.split_at(at)),
    };
    let digits = port.strip_prefix(':').unwrap_or("0");
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte));
    let is_port = !digits.is_empty() && digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_name && !name.is_empty() && is_port && (port.is_empty() || port.starts_with(':')))
        .then(|| name.to_ascii_lowercase())
}

fn address(name: &str) -> Option<IpAddr> {
    match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => name.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_admitted_unless_opened() {
        for (host, alone, opened) in [
            ("localhost", true, true),
            ("LocalHost:8000", true, true),
            ("127.0.0.1:8000", true, true),
            ("127.8.8.8", true, true),
            ("[::1]:8000", true, true),
            ("10.0.0.7:8000", false, true),
            ("[fe80::1]:80", false, true),
            ("editors.example:8000", false, true),
            ("evil.example", false, false),
            ("localhost.evil.example", false, false),
            ("127.0.0.1.evil.example", false, false),
            ("localhost:", false, false),
            ("localhost:80:80", false, false),
            ("localhost:port", false, false),
            ("[::1", false, false),
            ("[::1]8000", false, false),
            ("user@localhost", false, false),
            ("localhost,evil.example", false, false),
            ("2130706433", false, false),
            ("", false, false),
        ] {
            assert_eq!(Hosts::loopback().admit(host), alone, "{host} alone");
            assert_eq!(Hosts::opened("Editors.example").admit(host), opened, "{host} opened");
        }
    }
}
