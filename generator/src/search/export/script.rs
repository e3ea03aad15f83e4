//! The browser's engine as it is published: the table of folded characters put in, comments and needless
//! white space left out.

use crate::search::fold;

const CLIENT: &str = include_str!("../../../search/client.js");
const MARK: &str = "\"@CHARACTERS@\"";

/// The module's text.
pub(crate) fn client() -> String {
    let characters = section("[characters]\n");
    let literal = serde_json::to_string(characters).expect("a text has a JSON form");
    shortened(&CLIENT.replacen(MARK, &literal, 1))
}

/// The table of variant characters, a file of its own that few texts need.
pub(crate) fn variants() -> &'static str {
    section("[han]\n")
}

fn section(name: &str) -> &'static str {
    let after = fold::TABLE.split_once(name).expect("the table has both sections").1;
    after.split("\n[").next().expect("a split has a first part").trim()
}

/// Leaves out lines of comment and the white space at both ends of lines and around marks. Strings, templates
/// and regular expressions stay as they are; the client holds no comment behind code and no template of
/// several lines.
fn shortened(script: &str) -> String {
    let mut out = String::with_capacity(script.len());
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
        if !out.is_empty() && needs_break(&out, line) {
            out.push('\n');
        }
        shorten(line, &mut out);
    }
    out + "\n"
}

/// Between two lines a break may end a statement, unless a mark on one side shows that it goes on.
fn needs_break(before: &str, line: &str) -> bool {
    let goes_on = before.ends_with(['{', '(', '[', ',', ';', ':', '?', '=', '>', '&', '|', '+']);
    !goes_on && !line.starts_with(['}', ')', ']', '.', '?', ':', ',', '&', '|', '='])
}

fn shorten(line: &str, out: &mut String) {
    let chars: Vec<char> = line.chars().collect();
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '#');
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let end = match c {
            '"' | '\'' | '`' => literal(&chars, at, c),
            '/' if starts_expression(out) => literal(&chars, at, '/'),
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
        ] {
            assert_eq!(shortened(script), expected, "{script}");
        }
    }

    #[test]
    fn the_client_is_small_and_has_its_table() {
        let client = client();
        assert!(!client.contains(MARK) && !client.contains("\n//"));
        assert!(client.contains("〔"));
        let size = super::super::files::gzip(client.as_bytes()).len();
        assert!(size <= 12 << 10, "{size} bytes");
        assert!(variants().lines().all(|line| line.contains(' ')));
    }
}
