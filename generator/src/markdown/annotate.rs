//! Plain text of one page to HTML in which titles and first uses of terms are links.
//! Knows no Markdown: the writer decides which text may be linked, `links` which words are.

use std::ops::Range;

use aho_corasick::Input;

use super::Context;
use super::chars::{escape, escape_address};
use super::links::{Term, escaped};

/// Longest title in bytes: a 《 without its 》 this near is a stray sign.
const LONGEST_TITLE: usize = 480;

/// Links the text of one page: knows what was linked before and what could not be.
pub(super) struct Annotator<'a> {
    context: &'a Context<'a>,
    /// `Context::root`, escaped.
    root: String,
    /// One bit for each concept already linked.
    used: Vec<u64>,
    /// A 《 is open whose 》 comes after other markup.
    open_title: bool,
    pub(super) unresolved: Vec<String>,
}

impl<'a> Annotator<'a> {
    pub(super) fn new(context: &'a Context<'a>) -> Annotator<'a> {
        let used = vec![0; context.links.concepts.div_ceil(64)];
        Annotator {
            context,
            root: escaped(context.root, escape_address),
            used,
            open_title: false,
            unresolved: Vec::new(),
        }
    }

    /// A title does not reach into the next block.
    pub(super) fn start_block(&mut self) {
        self.open_title = false;
    }

    /// Writes the text, escaped, with its links.
    pub(super) fn write(&mut self, text: &str, out: &mut String) {
        let links = self.context.links;
        let mut written = 0;
        let mut at = self.after_open_title(text);
        while let Some(found) = links.matcher.find(Input::new(text).span(at..text.len())) {
            let (start, end) = (found.start(), found.end());
            let link = match found.pattern().as_usize().checked_sub(1) {
                Some(term) => {
                    at = end;
                    self.first_use(&links.terms[term], text, start..end)
                }
                None => {
                    let (link, next) = self.citation(text, end);
                    at = next;
                    link
                }
            };
            if let Some(link) = link {
                escape(&text[written..start], out);
                self.write_link(&link, &text[start..at], out);
                written = at;
            }
        }
        escape(&text[written..], out);
    }

    fn write_link(&self, link: &Link<'_>, text: &str, out: &mut String) {
        match link {
            Link::Document(route) => {
                out.extend(["<a class=\"cite\" href=\"", &self.root]);
                escape_address(route, out);
            }
            Link::Term(term) => {
                out.extend(["<a class=\"term\" href=\"", &self.root, &term.address]);
                if !term.explanation.is_empty() {
                    out.extend(["\" title=\"", &term.explanation]);
                }
            }
        }
        out.push_str("\">");
        escape(text, out);
        out.push_str("</a>");
    }

    /// Where linking begins: behind the 》 of a title that began before this text.
    fn after_open_title(&mut self, text: &str) -> usize {
        if !self.open_title {
            return 0;
        }
        match text.find('》') {
            Some(close) => {
                self.open_title = false;
                close + '》'.len_utf8()
            }
            None => text.len(),
        }
    }

    /// The link of the title after a 《 that ends at `start`, if there is one, and where to read on.
    fn citation(&mut self, text: &str, start: usize) -> (Option<Link<'a>>, usize) {
        let Some(close) = closing(text, start) else {
            self.open_title = text.len() - start < LONGEST_TITLE;
            return (None, if self.open_title { text.len() } else { start });
        };
        let title = &text[start..close];
        let end = close + '》'.len_utf8();
        match self.context.links.document(title) {
            Some(route) if route == self.context.own_route => (None, end),
            Some(route) => (Some(Link::Document(route)), end),
            None => {
                let is_listed = self.unresolved.iter().any(|listed| listed == title);
                if !is_listed && !title.trim().is_empty() {
                    self.unresolved.push(title.to_owned());
                }
                // 《关于印发《…规划》的通知》: the document inside may be known although the notice is not.
                (None, if title.contains('《') { start } else { end })
            }
        }
    }

    /// The link of a term that stands here for the first time.
    fn first_use(&mut self, term: &'a Term, text: &str, range: Range<usize>) -> Option<Link<'a>> {
        let (word, bit) = (term.concept / 64, 1 << (term.concept % 64));
        if self.used[word] & bit != 0 || term.page == self.context.own_route || is_part_of_word(text, &range) {
            return None;
        }
        self.used[word] |= bit;
        Some(Link::Term(term))
    }
}

enum Link<'a> {
    Document(&'a str),
    Term(&'a Term),
}

/// Where the 》 stands that belongs to a 《 ending at `from`.
fn closing(text: &str, from: usize) -> Option<usize> {
    let mut depth = 0;
    let near = text[from..].char_indices().take_while(|&(at, _)| at < LONGEST_TITLE);
    for (at, c) in near {
        match c {
            '《' => depth += 1,
            '》' if depth == 0 => return Some(from + at),
            '》' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A Latin term must not be found inside a longer Latin word.
fn is_part_of_word(text: &str, range: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let word = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    let before = range.start > 0 && word(range.start - 1) && word(range.start);
    before || (word(range.end - 1) && word(range.end))
}

#[cfg(test)]
mod tests {
    use super::super::Links;
    use super::*;

    fn written(text: &str, own_route: &str) -> (String, Vec<String>) {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let term = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        let links = Links::new(
            vec![
                pair("中华人民共和国安全生产法", "law/a.html"),
                pair("河南省条例（试行）", "law/b.html"),
                pair("“十三五”规划", "plan/c.html"),
            ],
            vec![
                term("安全", "g.html#an", "安"),
                term("安全标准化", "g.html#bz", "标准\"化\""),
                term("达标", "g.html#bz", "标准\"化\""),
                term("GDS", "g.html#gds", ""),
                term("安", "g.html#x", ""),
            ],
        );
        let context = Context { links: &links, root: "../", own_route, resolve: &|_| None, heading_base: 1 };
        let mut annotator = Annotator::new(&context);
        let mut out = String::new();
        annotator.write(text, &mut out);
        (out, annotator.unresolved)
    }

    #[test]
    fn titles_become_links() {
        fn check(text: &str, expected: &str, unresolved: &[&str]) {
            let (out, missing) = written(text, "x.html");
            let out = out.replace("<a class=\"cite\" href=\"../", "[").replace(".html\">", "|").replace("</a>", "]");
            assert_eq!(
                (out.as_str(), missing.iter().map(String::as_str).collect::<Vec<_>>().as_slice()),
                (expected, unresolved),
                "{text}"
            );
        }
        check("见《中华人民共和国安全生产法》。", "见[law/a|《中华人民共和国安全生产法》]。", &[]);
        check("见《安全生产法》。", "见[law/a|《安全生产法》]。", &[]);
        check("《安全 生产法》", "[law/a|《安全 生产法》]", &[]);
        check("《河南省条例(试行)》", "[law/b|《河南省条例(试行)》]", &[]);
        check("《中华人民共和国河南省条例（试行）》", "[law/b|《中华人民共和国河南省条例（试行）》]", &[]);
        check("《\"十三五\"规划》", "[plan/c|《\"十三五\"规划》]", &[]);
        check("《未知法》和《未知法》<", "《未知法》和《未知法》&lt;", &["未知法"]);
        check(
            "《关于印发《“十三五”规划》的通知》",
            "《关于印发[plan/c|《“十三五”规划》]的通知》",
            &["关于印发《“十三五”规划》的通知"],
        );
        check("《没有结尾", "《没有结尾", &[]);
        check("》倒着《", "》倒着《", &[]);
        check("《》", "《》", &[]);
        check(&"《".repeat(500), &"《".repeat(500), &[]);
        assert_eq!(written("《安全生产法》", "law/a.html"), ("《安全生产法》".to_owned(), Vec::new()));
    }

    #[test]
    fn terms_become_links_once() {
        fn check(text: &str, own_route: &str, expected: &str) {
            let (out, _) = written(text, own_route);
            let out = out.replace("<a class=\"term\" href=\"../g.html#", "[").replace("\">", "|").replace("</a>", "]");
            assert_eq!(out, expected, "{text}");
        }
        check("安全与安全", "x.html", "[an\" title=\"安|安全]与安全");
        check("安全标准化，安全", "x.html", "[bz\" title=\"标准&quot;化&quot;|安全标准化]，[an\" title=\"安|安全]");
        check("安全标准化安全标准化", "x.html", "[bz\" title=\"标准&quot;化&quot;|安全标准化]安全标准化");
        check("达标和安全标准化", "x.html", "[bz\" title=\"标准&quot;化&quot;|达标]和安全标准化");
        check("《不知道的安全书》安全", "x.html", "《不知道的安全书》[an\" title=\"安|安全]");
        check("GDSX XGDS 用GDS的", "x.html", "GDSX XGDS 用[gds|GDS]的");
        check("安全", "g.html", "安全");
        check("安", "x.html", "安");
    }
}
