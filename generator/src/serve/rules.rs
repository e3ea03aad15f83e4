//! What a folder asks of its host: the lines of `_headers` and `_redirects`, as Cloudflare Pages and Netlify read
//! them, and what they mean for a path. Pure.

/// The rules of one folder.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    headers: Vec<HeaderRule>,
    redirects: Vec<Redirect>,
}

#[derive(Debug)]
struct HeaderRule {
    pattern: String,
    headers: Vec<(String, String)>,
}

#[derive(Debug)]
struct Redirect {
    from: String,
    to: String,
    status: u16,
}

impl Rules {
    /// Reads both files; a line that cannot be understood does nothing, as at the hosts.
    pub(crate) fn read(headers: &str, redirects: &str) -> Rules {
        Rules { headers: header_rules(headers), redirects: redirects.lines().filter_map(redirect).collect() }
    }

    /// Every header for a path. Values of one name from several rules are joined, as the hosts do it.
    pub(crate) fn headers(&self, path: &str) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        let matching = self.headers.iter().filter(|rule| splat(&rule.pattern, path).is_some());
        for (name, value) in matching.flat_map(|rule| &rule.headers) {
            match found.iter_mut().find(|(own, _)| own.eq_ignore_ascii_case(name)) {
                Some((_, known)) => known.extend([", ", value]),
                None => found.push((name.clone(), value.clone())),
            }
        }
        found
    }

    /// Where a path leads instead, and the status; 200 means that the other path is shown in its place.
    pub(crate) fn redirect(&self, path: &str) -> Option<(String, u16)> {
        self.redirects.iter().find_map(|rule| {
            let rest = splat(&rule.from, path)?;
            Some((rule.to.replace(":splat", rest), rule.status))
        })
    }
}

fn header_rules(text: &str) -> Vec<HeaderRule> {
    let mut rules: Vec<HeaderRule> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        match (line.starts_with([' ', '\t']), rules.last_mut()) {
            (true, Some(rule)) => {
                if let Some((name, value)) = line.trim().split_once(':') {
                    rule.headers.push((name.trim().to_owned(), value.trim().to_owned()));
                }
            }
            _ => rules.push(HeaderRule { pattern: line.trim().to_owned(), headers: Vec::new() }),
        }
    }
    rules
}

fn redirect(line: &str) -> Option<Redirect> {
    let mut words = line.split_whitespace();
    let (from, to) = (words.next()?, words.next()?);
    let status = words.next().map_or(Some(302), |code| code.trim_end_matches('!').parse().ok())?;
    let is_known = matches!(status, 200 | 301 | 302 | 303 | 307 | 308);
    (is_known && from.starts_with('/')).then(|| Redirect { from: from.to_owned(), to: to.to_owned(), status })
}

/// What a `*` in the pattern stands for; nothing if the pattern is not of this path.
fn splat<'p>(pattern: &str, path: &'p str) -> Option<&'p str> {
    match pattern.split_once('*') {
        Some((start, end)) => path.strip_prefix(start)?.strip_suffix(end),
        None => (pattern == path).then_some(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_several_rules_are_joined() {
        let rules = Rules::read("# x\n/p/*\n  X: 1\n\n/p/*.html\n  x: 2\n  Y: 3:4\n", "");
        let pairs = |path: &str| rules.headers(path).iter().map(|(a, b)| format!("{a}={b}")).collect::<Vec<_>>();
        assert_eq!(pairs("/p/a.html"), ["X=1, 2", "Y=3:4"]);
        assert_eq!(pairs("/p/a.css"), ["X=1"]);
        assert!(pairs("/q").is_empty());
    }

    #[test]
    fn redirects_take_the_first_that_fits() {
        let rules = Rules::read("", "/old /new 301\n/d/* /e/:splat\n/x /y 200!\nbad\n/z /w 999\n");
        for (path, expected) in [
            ("/old", Some(("/new", 301))),
            ("/d/a/b", Some(("/e/a/b", 302))),
            ("/x", Some(("/y", 200))),
            ("/z", None),
            ("/other", None),
        ] {
            let found = rules.redirect(path);
            assert_eq!(found.as_ref().map(|(to, status)| (to.as_str(), *status)), expected, "{path}");
        }
    }
}
