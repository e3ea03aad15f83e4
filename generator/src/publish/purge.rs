//! Addresses whose copies a content network must throw away, in the forms that the common ones take. Pure.

use std::collections::BTreeSet;

use serde_json::json;

use crate::config::PurgeForm;

/// Every address under which a path may have been asked for: the home page of a folder has two.
fn addresses(root: &str, paths: &BTreeSet<&str>) -> Vec<String> {
    let mut found = Vec::new();
    for path in paths {
        found.push(format!("{root}{path}"));
        if *path == "index.html" {
            found.push(root.to_owned());
        } else if let Some(folder) = path.strip_suffix("/index.html") {
            found.push(format!("{root}{folder}/"));
        }
    }
    found
}

/// The list as a provider takes it. `root` is the portal's address, ending in `/`.
pub(super) fn list(form: PurgeForm, root: &str, paths: &BTreeSet<&str>) -> String {
    let urls = addresses(root, paths);
    match form {
        PurgeForm::Lines => lines(&urls),
        // At most thirty addresses a request: a line each.
        PurgeForm::Cloudflare => urls.chunks(30).map(|some| format!("{}\n", json!({ "files": some }))).collect(),
        PurgeForm::Cloudfront => {
            let below_host = root.split_once("://").map_or(root, |(_, rest)| rest);
            let base = below_host.find('/').map_or("/", |at| &below_host[at..]);
            let items = addresses(base, paths);
            format!("{}\n", json!({ "Paths": { "Quantity": items.len(), "Items": items } }))
        }
        PurgeForm::Aliyun => format!("{}\n", json!({ "ObjectType": "File", "ObjectPath": urls.join("\n") })),
        PurgeForm::Tencent => format!("{}\n", json!({ "Urls": urls })),
        PurgeForm::Huawei => format!("{}\n", json!({ "refresh_task": { "type": "file", "urls": urls } })),
    }
}

fn lines(urls: &[String]) -> String {
    urls.iter().map(|url| format!("{url}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let paths = BTreeSet::from(["a.html", "b/index.html", "index.html"]);
        let check = |form, expected: &str| assert_eq!(list(form, "https://h.example/p/", &paths), expected);
        check(
            PurgeForm::Lines,
            "https://h.example/p/a.html\nhttps://h.example/p/b/index.html\nhttps://h.example/p/b/\n\
             https://h.example/p/index.html\nhttps://h.example/p/\n",
        );
        check(
            PurgeForm::Cloudfront,
            "{\"Paths\":{\"Quantity\":5,\"Items\":[\"/p/a.html\",\"/p/b/index.html\",\"/p/b/\",\"/p/index.html\",\"/p/\"]}}\n",
        );
        assert!(
            list(PurgeForm::Tencent, "https://h.example/p/", &paths)
                .starts_with("{\"Urls\":[\"https://h.example/p/a.html\"")
        );
        assert!(list(PurgeForm::Huawei, "", &paths).contains("\"type\":\"file\""));
        assert!(list(PurgeForm::Aliyun, "/", &paths).contains("/a.html\\n/b/index.html"));
        let many: Vec<String> = (0..31).map(|at| format!("{at}.html")).collect();
        let many = many.iter().map(String::as_str).collect();
        assert_eq!(list(PurgeForm::Cloudflare, "/", &many).lines().count(), 2);
    }
}
