//! The files that a target's provider reads, made from what the build knows. Pure.

use std::collections::BTreeMap;

use crate::config::Provider;
use crate::format::facts::Facts;
use crate::format::hosting::{Hosted, headers, nginx, redirects, static_web_app};

/// Name of the snippet for nginx; it belongs to the server's configuration, not to the site.
const NGINX: &str = "gongkai.nginx.conf";

/// Every file that a provider reads, by name.
pub(super) fn texts(provider: Provider, facts: &Facts) -> BTreeMap<String, String> {
    let moved = facts.moved.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    let hosted = Hosted { base: &facts.base_path, moved };
    let files = match provider {
        Provider::CloudflarePages | Provider::Netlify => {
            vec![("_headers", headers(&hosted)), ("_redirects", redirects(&hosted))]
        }
        Provider::AzureStaticWebApps => vec![("staticwebapp.config.json", static_web_app(&hosted))],
        Provider::Nginx => vec![(NGINX, nginx(&hosted))],
    };
    files.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
}

/// Those of them that lie beside the pages.
pub(super) fn files(provider: Provider, facts: &Facts) -> BTreeMap<String, Vec<u8>> {
    let all = texts(provider, facts).into_iter().filter(|(name, _)| name != NGINX);
    all.map(|(name, text)| (name, text.into_bytes())).collect()
}
