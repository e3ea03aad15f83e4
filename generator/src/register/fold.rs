//! The folded form of a name, for matching column heads, code words and titles. Never displayed.

use unicode_normalization::UnicodeNormalization;

/// Width, case, spaces, and the kinds of brackets, dashes and middle dots stop to matter.
pub(crate) fn fold(name: &str) -> String {
    if name.is_ascii() {
        return name.bytes().filter(|byte| !byte.is_ascii_whitespace()).filter_map(fold_ascii).collect();
    }
    if let Some(folded) = fold_plain(name) {
        return folded;
    }
    name.nfkc()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c))
        .flat_map(char::to_lowercase)
        .filter_map(fold_char)
        .collect()
}

/// The fold of a name of ideographs, ASCII, its full-width forms and the brackets of titles and numbers, whose
/// compatibility forms are known without a table.
fn fold_plain(name: &str) -> Option<String> {
    let mut folded = String::with_capacity(name.len());
    for c in name.chars() {
        let plain = match c {
            '\u{4E00}'..='\u{9FFF}' | '\0'..='\x7F' => c,
            '！'..='～' => char::from_u32(c as u32 - 0xFEE0).expect("the full-width block mirrors ASCII"),
            '、' | '。' | '《' | '》' | '〈' | '〉' | '〔' | '〕' | '【' | '】' | '“' | '”' | '‘' | '’' => {
                c
            }
            _ => return None,
        };
        if !plain.is_ascii_whitespace() && plain != '\x0B' {
            folded.extend(fold_char(plain.to_ascii_lowercase()));
        }
    }
    Some(folded)
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
    use super::{fold, fold_char, fold_plain, is_invisible};
    use crate::text::Random;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn plain_names_fold_as_the_tables_say() {
        let mut random = Random(3);
        let pieces =
            ['安', '鿿', 'Ａ', '（', '～', 'q', '[', '-', ' ', '\n', '\x0B', '\x1C', '、', '》', '“', '’', '〔', '\0'];
        for _ in 0..2000 {
            let name: String = (0..8).map(|_| pieces[random.below(pieces.len())]).collect();
            let slow: String = name
                .nfkc()
                .filter(|c| !c.is_whitespace() && !is_invisible(*c))
                .flat_map(char::to_lowercase)
                .filter_map(fold_char)
                .collect();
            assert_eq!(fold_plain(&name), Some(slow), "{name:?}");
        }
    }

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
