//! The address in a request becomes what is asked for: a route of the portal, something of the preview's own,
//! or another address. Pure; opens nothing, so a path that leaves the portal leads nowhere.

use crate::route::Route;

/// What a request is for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A file below the portal's root, or the page of a folder.
    Route(Route),
    /// The preview's own: what stands behind `/__preview/`, and the query.
    Own(String, Query),
    /// Another address to be asked for instead.
    Elsewhere(String),
    /// Below the portal's root, but no address it could have.
    Nothing,
    /// Not an address of this server.
    Outside,
}

/// Names and values behind the `?`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<(String, String)>);

/// Begins the addresses of the preview itself. No portal has such a route by accident.
pub(crate) const OWN: &str = "/__preview/";

/// Longest value in a query: the address of a page.
const LONGEST_VALUE: usize = 2048;

/// Reads the target of a request. `base` is the path of the portal below the server, from `/` to `/`;
/// `is_folder` says whether pages stand below a route.
pub(crate) fn wanted(target: &str, base: &str, is_folder: &dyn Fn(&str) -> bool) -> Wanted {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if let Some(own) = path.strip_prefix(OWN) {
        return Wanted::Own(own.to_owned(), Query::read(query));
    }
    let Some(inside) = path.strip_prefix(base) else {
        let to_base = path == "/" || base.trim_end_matches('/') == path;
        return if to_base { Wanted::Elsewhere(base.to_owned()) } else { Wanted::Outside };
    };
    // A route needs no escapes; an address with some is read once, and what comes out must be a route.
    let Some(inside) = unescaped(inside) else { return Wanted::Nothing };
    if inside.is_empty() {
        return Wanted::Route(Route::new(INDEX));
    }
    let name = match inside.strip_suffix('/') {
        Some(folder) => format!("{folder}/{INDEX}"),
        None => inside,
    };
    match Route::parse(&name) {
        None => Wanted::Nothing,
        Some(route) if is_folder(route.as_str()) => Wanted::Elsewhere(format!("{base}{route}/")),
        Some(route) => Wanted::Route(route),
    }
}

const INDEX: &str = "index.html";

impl Query {
    fn read(query: &str) -> Query {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let read = pairs.filter_map(|(name, value)| Some((unescaped(name)?, unescaped(value)?)));
        Query(read.filter(|(_, value)| value.len() <= LONGEST_VALUE).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// The text without its percent signs; nothing if one is no escape, or what comes out is no text.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_leads_out() {
        let folder = |route: &str| route == "penalty";
        let route = |name: &str| Wanted::Route(Route::new(name));
        for (target, expected) in [
            ("/p/", route("index.html")),
            ("/p/a.html?x=1", route("a.html")),
            ("/p/penalty/", route("penalty/index.html")),
            ("/p/penalty", Wanted::Elsewhere("/p/penalty/".to_owned())),
            ("/p/%61.html", route("a.html")),
            ("/", Wanted::Elsewhere("/p/".to_owned())),
            ("/p", Wanted::Elsewhere("/p/".to_owned())),
            ("/q/", Wanted::Outside),
            ("/px", Wanted::Outside),
            ("/p/../secret", Wanted::Nothing),
            ("/p/a/../../secret", Wanted::Nothing),
            ("/p/%2e%2e/secret", Wanted::Nothing),
            ("/p/%2E%2E%2Fsecret", Wanted::Nothing),
            ("/p/..%5csecret", Wanted::Nothing),
            ("/p/%252e%252e/secret", Wanted::Nothing),
            ("/p/..;/secret", Wanted::Nothing),
            ("/p//etc/passwd", Wanted::Nothing),
            ("/p/%2fetc/passwd", Wanted::Nothing),
            ("/p/./a.html", Wanted::Nothing),
            ("/p/a.html%00.png", Wanted::Nothing),
            ("/p/%c0%ae%c0%ae/secret", Wanted::Nothing),
            ("/p/C:%5cboot.ini", Wanted::Nothing),
            ("/p/%", Wanted::Nothing),
            ("/p/%zz", Wanted::Nothing),
            ("/p/\\..\\secret", Wanted::Nothing),
        ] {
            assert_eq!(wanted(target, "/p/", &folder), expected, "{target}");
        }
    }

    #[test]
    fn queries_are_read_once() {
        let Wanted::Own(name, query) = wanted("/__preview/page?route=a%2Fb.html&as_of=2026-01-01&x", "/", &|_| false)
        else {
            panic!("it is the preview's own")
        };
        assert_eq!((name.as_str(), query.get("route"), query.get("x")), ("page", Some("a/b.html"), None));
        assert_eq!(query.get("as_of"), Some("2026-01-01"));
    }
}
