//! Turns the page tags of government sites (国办发〔2017〕47号) into elements of a page's head.
//! It must not know which tags a page has or what stands in them.

use std::borrow::Cow;

use super::escape::{Bytes, escape};

/// One `<meta>` a line. Names are constants of the program, so only contents are escaped.
pub(crate) fn page_tags<'t>(tags: impl Iterator<Item = (&'static str, &'t str)>) -> String {
    let mut out = String::with_capacity(1024);
    for (name, content) in tags {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str("<meta name=\"");
        out.push_str(name);
        out.push_str("\" content=\"");
        attribute(&mut out, content);
        out.push_str("\">");
    }
    out
}

fn attribute(out: &mut String, text: &str) {
    const ESCAPED: Bytes = Bytes::of(b"&<>\"'");
    escape(out, text, &ESCAPED, |c| {
        Some(Cow::Borrowed(match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            _ => "&#39;",
        }))
    });
}

#[cfg(test)]
mod tests {
    use super::page_tags;

    #[test]
    fn tags_stand_in_lines_and_end_nowhere_else() {
        assert_eq!(page_tags(std::iter::empty()), "");
        assert_eq!(
            page_tags([("ArticleTitle", "\"安全\"><script>'&"), ("PubDate", "2026-03-01 00:00")].into_iter()),
            "<meta name=\"ArticleTitle\" content=\"&quot;安全&quot;&gt;&lt;script&gt;&#39;&amp;\">\n\
             <meta name=\"PubDate\" content=\"2026-03-01 00:00\">"
        );
    }
}
