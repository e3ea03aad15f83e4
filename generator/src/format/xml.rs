//! Turns element names, attributes and text into well-formed XML 1.0 (Fifth Edition).
//! It must not know any vocabulary: feeds and sitemaps bring their own names.

use std::borrow::Cow;

use super::escape::{Bytes, escape};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

/// Attributes of one element, in the order in which they are written.
pub(crate) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// Writes one document. Names are constants of the program, so only values are escaped.
pub(crate) struct XmlWriter {
    out: String,
    open: Vec<&'static str>,
}

impl XmlWriter {
    pub(crate) fn new() -> XmlWriter {
        XmlWriter { out: String::from(DECLARATION), open: Vec::new() }
    }

    /// Opens an element that holds other elements.
    pub(crate) fn open(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.start(name, attributes);
        self.out.push_str(">\n");
        self.open.push(name);
    }

    /// Closes the innermost open element.
    pub(crate) fn close(&mut self) {
        let name = self.open.pop().expect("every close has its open in the same function");
        self.indent();
        self.end(name);
    }

    /// Writes an element that holds text only.
    pub(crate) fn element(&mut self, name: &'static str, attributes: Attributes<'_>, content: &str) {
        self.start(name, attributes);
        self.out.push('>');
        text(&mut self.out, content);
        self.end(name);
    }

    /// Writes an element without content.
    pub(crate) fn empty(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.start(name, attributes);
        self.out.push_str("/>\n");
    }

    /// The bytes written so far, to decide where a document must be split.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    /// Closes what is still open and returns the document.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        while !self.open.is_empty() {
            self.close();
        }
        self.out.into_bytes()
    }

    fn start(&mut self, name: &str, attributes: Attributes<'_>) {
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attributes {
            self.out.push(' ');
            self.out.push_str(key);
            self.out.push_str("=\"");
            attribute(&mut self.out, value);
            self.out.push('"');
        }
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }

    fn indent(&mut self) {
        for _ in &self.open {
            self.out.push_str("  ");
        }
    }
}

/// What may have to be replaced: U+FFFE and U+FFFF begin with EF.
const ESCAPED: Bytes = Bytes::of(b"&<>\"\xEF").and_controls();

/// Appends character data.
pub(crate) fn text(out: &mut String, value: &str) {
    let replacement = |c: char| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        // `]]>` may not stand in text, so every `>` is escaped.
        '>' => Some("&gt;"),
        // A parser would turn a bare carriage return into a line feed.
        '\r' => Some("&#13;"),
        c if forbidden(c) => Some(""),
        _ => None,
    };
    escape(out, value, &ESCAPED, |c| replacement(c).map(Cow::Borrowed));
}

/// Appends an attribute value, to stand between double quotes.
pub(crate) fn attribute(out: &mut String, value: &str) {
    let replacement = |c: char| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        // A parser would turn these three into spaces.
        '\t' => Some("&#9;"),
        '\n' => Some("&#10;"),
        '\r' => Some("&#13;"),
        c if forbidden(c) => Some(""),
        _ => None,
    };
    escape(out, value, &ESCAPED, |c| replacement(c).map(Cow::Borrowed));
}

/// True for what is no `Char` of XML 1.0. Surrogates cannot occur in a Rust string.
fn forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping() {
        fn check(input: &str, in_text: &str, in_attribute: &str) {
            let (mut a, mut b) = (String::new(), String::new());
            text(&mut a, input);
            attribute(&mut b, input);
            assert_eq!((a.as_str(), b.as_str()), (in_text, in_attribute), "{input:?}");
        }
        check("安全生产", "安全生产", "安全生产");
        check("a<b>&\"c'", "a&lt;b&gt;&amp;\"c'", "a&lt;b&gt;&amp;&quot;c'");
        check("]]>", "]]&gt;", "]]&gt;");
        check("a\tb\nc\rd", "a\tb\nc&#13;d", "a&#9;b&#10;c&#13;d");
        check("\0a\u{8}\u{B}\u{C}\u{1F}b\u{FFFE}\u{FFFF}", "ab", "ab");
        check("𠀀\u{FDD0}", "𠀀\u{FDD0}", "𠀀\u{FDD0}");
        check("", "", "");
    }

    #[test]
    fn document() {
        let mut xml = XmlWriter::new();
        xml.open("a", &[("k", "\"")]);
        xml.open("b", &[]);
        xml.element("c", &[], "<");
        xml.empty("d", &[("x", "1"), ("y", "2")]);
        assert_eq!(
            String::from_utf8(xml.finish()).expect("a String was written"),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<a k=\"&quot;\">\n  <b>\n    <c>&lt;</c>\n    \
             <d x=\"1\" y=\"2\"/>\n  </b>\n</a>\n"
        );
    }
}
