//! The browser's engine as it is published: the table of folded characters put in, comments and needless
//! white space left out, the address made from its content.

use std::collections::HashMap;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::FOLDS;
use crate::source::hex;

const SOURCE: &str = include_str!("../../search/client.js");
/// Where the source has the part of the table that every search needs.
const CHARACTERS: &str = "\"@CHARACTERS@\"";

/// The search client as browsers get it.
pub(crate) struct SearchClient {
    name: String,
    text: String,
}

static CLIENT: LazyLock<SearchClient> = LazyLock::new(|| {
    let table = FOLDS.split_once("[characters]\n").expect("the table has this part").1;
    let characters = table.split("\n[").next().expect("a split has a first part").trim();
    let literal = serde_json::to_string(characters).expect("a text can always be written");
    let text = shortened(&SOURCE.replacen(CHARACTERS, &literal, 1));
    let name = format!("search/client-{}.js", &hex(&Sha256::digest(text.as_bytes()))[..12]);
    SearchClient { name, text }
});

pub(crate) fn search_client() -> &'static SearchClient {
    &CLIENT
}

impl SearchClient {
    /// Its route, which holds a hash of its text.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// Leaves out lines of comment and the white space at both ends of lines and around marks, and writes the numbers
/// that have a name where they are used. Strings, templates and regular expressions stay as they are; the client
/// holds no comment behind code, no template of several lines and no name of a number within one.
fn shortened(script: &str) -> String {
    let numbers: HashMap<&str, &str> = script.lines().filter_map(named_number).collect();
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//") && named_number(line).is_none();
    let mut out = String::with_capacity(script.len());
    for line in script.lines().map(str::trim).filter(is_code) {
        if !out.is_empty() && needs_break(&out, line) {
            out.push('\n');
        }
        shorten(line, &numbers, &mut out);
    }
    out + "\n"
}

/// `const FEW = 16;` is the number 16 by the name of `FEW`.
fn named_number(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix("const ")?.strip_suffix(';')?.split_once(" = ")?;
    let is_name = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    (is_name && is_number).then_some((name, value))
}

/// Between two lines a break may end a statement, unless a mark on one side shows that it goes on.
fn needs_break(before: &str, line: &str) -> bool {
    let goes_on = before.ends_with(['{', '(', '[', ',', ';', ':', '?', '=', '>', '&', '|', '+']);
    !goes_on && !line.starts_with(['}', ')', ']', '.', '?', ':', ',', '&', '|', '='])
}

fn shorten(line: &str, numbers: &HashMap<&str, &str>, out: &mut String) {
    let chars: Vec<char> = line.chars().collect();
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '#');
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let end = match c {
            '"' | '\'' | '`' => literal(&chars, at, c),
            '/' if starts_expression(out) => literal(&chars, at, '/'),
            _ if c.is_ascii_uppercase() && !out.ends_with(|before| is_word(before) || before == '.') => {
                let word: String = chars[at..].iter().copied().take_while(|c| is_word(*c)).collect();
                if let Some(value) = numbers.get(word.as_str()) {
                    out.push_str(value);
                    at += word.len();
                    continue;
                }
                at + 1
            }
            _ => at + 1,
        };
        let (before, after) = (out.chars().next_back(), chars.get(at + 1).copied());
        let apart = |one: Option<char>, other: Option<char>| match (one, other) {
            (Some(one), Some(other)) => is_word(one) && is_word(other) || one == other && matches!(one, '+' | '-'),
            _ => false,
        };
        if c != ' ' || apart(before, after) {
            out.extend(&chars[at..end]);
        }
        at = end;
    }
}

/// Whether a slash here begins a regular expression: nothing that could be divided stands before it.
fn starts_expression(out: &str) -> bool {
    let before = out.trim_end();
    before.ends_with(['(', ',', '=', ':', '[', '!', '&', '|', '?', '{', '}', ';', '>', '\n'])
        || before.ends_with("return")
}

/// The end of a string, a template or a regular expression.
fn literal(chars: &[char], start: usize, quote: char) -> usize {
    let mut at = start + 1;
    let mut in_class = false;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 1,
            '[' if quote == '/' => in_class = true,
            ']' if quote == '/' => in_class = false,
            c if c == quote && !in_class => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_comments_go_and_texts_stay() {
        for (script, expected) in [
            ("// a\nlet a = 1;\n\n  // b\n  let b = a + +a;\n", "let a=1;let b=a+ +a;\n"),
            ("const a = \"x  // y\";", "const a=\"x  // y\";\n"),
            ("a = b / c / d;", "a=b/c/d;\n"),
            ("a = /[/ ]  \\/ /u.test(b)", "a=/[/ ]  \\/ /u.test(b)\n"),
            ("f(`a  ${b + c}  d`)", "f(`a  ${b + c}  d`)\n"),
            (
                "class A {\n  get x() {\n    return 1;\n  }\n\n  y() {}\n}\nf()",
                "class A{get x(){return 1;}\ny(){}}\nf()\n",
            ),
            ("a\n  .b()\n  ? c\n  : d", "a.b()?c:d\n"),
            (
                "const FEW = 16;\nif (a > FEW) return a.FEW + FEWER + \"FEW\" + FEW;",
                "if(a>16)return a.FEW+FEWER+\"FEW\"+16;\n",
            ),
        ] {
            assert_eq!(shortened(script), expected, "{script}");
        }
    }

    #[test]
    fn the_client_is_small_and_has_its_table() {
        let client = search_client().text();
        assert!(!client.contains(CHARACTERS) && !client.contains("\n//"));
        assert!(client.contains('〔'));
        let mut compressor = libdeflater::Compressor::new(libdeflater::CompressionLvl::best());
        let mut packed = vec![0; compressor.gzip_compress_bound(client.len())];
        let size = compressor.gzip_compress(client.as_bytes(), &mut packed).expect("the bound is enough");
        assert!(size <= 12 << 10, "{size} bytes");
    }
}
