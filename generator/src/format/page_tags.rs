//! Turns the page tags of government sites (国办发〔2017〕47号) into elements of a page's head.
//! It must not know which tags a page has or what stands in them.

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
        escape(&mut out, content);
        out.push_str("\">");
    }
    out
}

fn escape(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
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
