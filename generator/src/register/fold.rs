//! The folded form of a name, for matching column heads, code words and titles. Never displayed.

use unicode_normalization::UnicodeNormalization;

/// Width, case, spaces, and the kinds of brackets, dashes and middle dots stop to matter.
pub(crate) fn fold(name: &str) -> String {
    if name.is_ascii() {
        return name.bytes().filter(|byte| !byte.is_ascii_whitespace()).filter_map(fold_ascii).collect();
    }
    name.nfkc()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c))
        .flat_map(char::to_lowercase)
        .filter_map(fold_char)
        .collect()
}

fn fold_ascii(byte: u8) -> Option<char> {
    fold_char(char::from(byte.to_ascii_lowercase()))
}

fn fold_char(c: char) -> Option<char> {
    match c {
        '〔' | '[' | '【' | '﹝' | '〖' | '(' => Some('('),
        '〕' | ']' | '】' | '﹞' | '〗' | ')' => Some(')'),
        '-' | '_' | '–' | '—' | '−' | '‐' => Some('_'),
        '·' | '・' | '•' | '‧' | '∙' => Some('·'),
        '“' | '”' | '"' | '‘' | '’' | '\'' => None,
        other => Some(other),
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}')
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn spellings_of_one_name_are_one() {
        for (left, right) in [
            ("行政相对人代码_1(统一社会信用代码)", "行政相对人代码-1（统一社会信用代码）"),
            ("处罚 决定\n日期", "处罚决定日期"),
            ("ＡＢＣ", "abc"),
            ("“11·21”火灾", "11・21火灾"),
            ("郑政办〔2017〕22号", "郑政办[2017]２２号"),
        ] {
            assert_eq!(fold(left), fold(right), "{left} / {right}");
        }
    }
}
