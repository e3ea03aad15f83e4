//! A reader who walks a live site: follows every link, and looks again before complaining.

use std::collections::BTreeSet;

use super::http;

/// What a reader gets at an address, if anything; none also where the server has no answer at the moment.
pub(crate) type Site<'a> = dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync + 'a;

/// A live site behind HTTP.
pub(crate) fn over_http(address: &str, base: &str) -> impl Fn(&str) -> Option<Vec<u8>> + use<> {
    let (address, base) = (address.to_owned(), base.to_owned());
    move |path| {
        let answer = http::ask("GET", &address, &format!("{base}{path}"), &[http::SIGNED]).ok()?;
        (answer.status == 200).then_some(answer.body)
    }
}

/// Walks from the home page over at most `most` pages. Gives each page that refers to something missing and,
/// asked for again, still does: a reader who comes in between sees the old page and may reload.
pub(crate) fn walk(fetch: &Site<'_>, most: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = vec!["index.html".to_owned()];
    let mut known = BTreeSet::new();
    while let Some(page) = next.pop() {
        if seen.len() >= most || !seen.insert(page.clone()) {
            continue;
        }
        let Some(bytes) = fetch(&page) else { continue };
        for target in targets(&page, &bytes) {
            if target.ends_with(".html") && !seen.contains(&target) {
                next.push(target.clone());
            }
            if known.contains(&target) || fetch(&target).is_some() {
                known.insert(target);
                continue;
            }
            let again = fetch(&page).is_some_and(|bytes| targets(&page, &bytes).contains(&target));
            if again && fetch(&target).is_none() {
                found.push(format!("{page} -> {target}"));
            }
        }
    }
    found
}

/// Every address within the site that a page refers to.
fn targets(page: &str, bytes: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(bytes);
    let marks = [" href=\"", " src=\""];
    let found = marks.iter().flat_map(|mark| text.split(mark).skip(1)).filter_map(|rest| rest.split('"').next());
    found.filter_map(|link| resolved(page, link)).collect()
}

fn resolved(page: &str, link: &str) -> Option<String> {
    let link = link.split(['#', '?']).next().unwrap_or_default();
    if link.is_empty() || link.contains(':') || link.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    Some(match link.ends_with('/') || link.ends_with("..") || link == "." {
        true if path.is_empty() => "index.html".to_owned(),
        true => format!("{path}/index.html"),
        false => path,
    })
}
