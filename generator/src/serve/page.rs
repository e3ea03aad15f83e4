//! A page as the preview sends it: the bytes of the build and one script before `</head>`. And its print, by
//! which a browser knows whether the page it shows has changed.

use memchr::memmem;
use xxhash_rust::xxh3::xxh3_128;

use crate::theme::Theme;

/// Address of the script of the preview.
pub(crate) const SCRIPT: &str = "/__preview/preview.js";

/// What a browser is told of the page it gets.
pub(crate) struct Mark<'a> {
    pub(crate) generation: u64,
    pub(crate) route: &'a str,
    /// Empty: any page that is there is another one.
    pub(crate) print: &'a str,
    pub(crate) language: &'a str,
}

/// The page with the script of the preview in it, which is all that is added.
pub(crate) fn marked(html: &[u8], mark: &Mark<'_>) -> Vec<u8> {
    let script = format!(
        "<script src=\"{SCRIPT}\" defer data-generation=\"{}\" data-route=\"{}\" data-print=\"{}\" data-lang=\"{}\"></script>",
        mark.generation, mark.route, mark.print, mark.language
    );
    let at = memmem::find(html, b"</head>").unwrap_or(html.len());
    [&html[..at], script.as_bytes(), &html[at..]].concat()
}

/// A hash of a page that does not change when only style sheets do: their addresses hold the hash of their
/// content, and a browser can exchange them without loading the page again.
pub(crate) fn print(html: &[u8], theme: &Theme) -> String {
    let mut page = html.to_vec();
    for sheet in sheets(theme) {
        page = without(&page, sheet.as_bytes());
    }
    format!("{:032x}", xxh3_128(&page))
}

/// Addresses of the theme's style sheets.
pub(crate) fn sheets(theme: &Theme) -> impl Iterator<Item = &str> {
    theme.files.iter().map(|file| file.route.as_str()).filter(|route| route.ends_with(".css"))
}

/// A text without a part of it, wherever that stands.
fn without(text: &[u8], part: &[u8]) -> Vec<u8> {
    let mut rest = Vec::with_capacity(text.len());
    let mut from = 0;
    for at in memmem::find_iter(text, part) {
        rest.extend_from_slice(&text[from..at]);
        from = at + part.len();
    }
    rest.extend_from_slice(&text[from..]);
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_all_that_is_added() {
        let mark = Mark { generation: 3, route: "a.html", print: "p", language: "zh-CN" };
        for html in ["<head><title>x</title></head><body>y</body>", "no head at all", ""] {
            let marked = String::from_utf8(marked(html.as_bytes(), &mark)).expect("it is text");
            let start = marked.find("<script src=\"/__preview/").expect("the script is there");
            let end = start + marked[start..].find("</script>").expect("it ends") + "</script>".len();
            assert_eq!([&marked[..start], &marked[end..]].concat(), html);
        }
    }

    #[test]
    fn parts_are_taken_out() {
        assert_eq!(without(b"a-css b css-", b"css"), b"a- b -");
        assert_eq!(without(b"abc", b"x"), b"abc");
    }
}
