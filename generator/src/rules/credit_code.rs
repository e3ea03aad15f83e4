//! Reads unified social credit codes (GB 32100) and organisation codes (GB 11714).
//! It must not know whether a register requires one, nor who has acknowledged a failing one.

use super::citizen_id::{is_citizen_id, is_province};
use crate::literal::{Refusal, is_scientific, normalise};
use crate::text::Text;

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CodeReading {
    Valid(String),
    /// Some codes issued early in pilot areas are legal and fail: a warning, not an error.
    ChecksumFails {
        code: String,
        expected: char,
        organisation_part_ok: bool,
    },
    /// The placeholder databases use for a missing code; never an identity.
    Unknown,
    Refused(Refusal),
}

pub(crate) fn parse(text: &str) -> CodeReading {
    let code = compact(text);
    if code.len() >= 17 && code.trim_start_matches('0').trim_start_matches('X').is_empty() {
        return CodeReading::Unknown;
    }
    // A whole code may hold an E between digits.
    if is_scientific(&code) && (code.len() != 18 || code.contains(['.', '+'])) {
        return CodeReading::Refused(cut_by_spreadsheet(&code));
    }
    if is_citizen_id(&code) {
        return CodeReading::Refused(private());
    }
    if code.chars().count() != 18 {
        return CodeReading::Refused(wrong_length(&code));
    }
    let Some(expected) = check_character(&without_last(&code)) else {
        return CodeReading::Refused(wrong_letters(&code));
    };
    if code.ends_with(expected) {
        return CodeReading::Valid(code);
    }
    if !code.bytes().all(|b| ALPHABET.contains(&b)) {
        return CodeReading::Refused(wrong_letters(&code));
    }
    // Spreadsheets keep fifteen digits of a number and fill up with zeros.
    if code.ends_with("000") && code.bytes().all(|b| b.is_ascii_digit()) {
        return CodeReading::Refused(cut_by_spreadsheet(&code));
    }
    let organisation_part_ok = is_organisation_code(&code[8..17]);
    CodeReading::ChecksumFails { code, expected, organisation_part_ok }
}

/// The check character for the first seventeen; `None` when they are not seventeen legal ones.
pub(crate) fn check_character(first_seventeen: &str) -> Option<char> {
    if first_seventeen.len() != WEIGHTS.len() {
        return None;
    }
    let sum = first_seventeen.bytes().zip(WEIGHTS).try_fold(0, |sum, (character, weight)| {
        let value = ALPHABET.iter().position(|known| *known == character)?;
        Some(sum + value * weight)
    })?;
    Some(char::from(ALPHABET[(31 - sum % 31) % 31]))
}

/// Whether a code is right in all its parts (GB 32100): authority and kind, division, organisation code, check
/// character. One in some three hundred identity numbers has the right check character by chance, next to none
/// has all of it.
pub(crate) fn is_whole(code: &str) -> bool {
    const KINDS: [(u8, &str); 12] = [
        (b'1', "1239"),
        (b'2', "19"),
        (b'3', "123459"),
        (b'4', "19"),
        (b'5', "1239"),
        (b'6', "129"),
        (b'7', "129"),
        (b'8', "19"),
        (b'9', "123"),
        (b'A', "19"),
        (b'N', "1239"),
        (b'Y', "1"),
    ];
    let [authority, kind, ..] = code.as_bytes() else { return false };
    let is_kind = KINDS.iter().any(|(known, kinds)| known == authority && kinds.as_bytes().contains(kind));
    let is_division = || code.get(2..8).is_some_and(|division| division == "100000" || is_province(&division[..2]));
    is_kind
        && is_division()
        && code.get(8..17).is_some_and(is_organisation_code)
        && check_character(&code[..17]).is_some_and(|expected| code.ends_with(expected))
}

/// The nine characters of GB 11714, with or without the hyphen: 71526726-X.
pub(crate) fn is_organisation_code(text: &str) -> bool {
    let code = compact(text);
    code.is_ascii() && code.len() == 9 && organisation_check_character(&code[..8]) == code.chars().last()
}

pub(crate) fn organisation_check_character(first_eight: &str) -> Option<char> {
    if first_eight.len() != ORGANISATION_WEIGHTS.len() {
        return None;
    }
    let sum = first_eight.chars().zip(ORGANISATION_WEIGHTS).try_fold(0, |sum, (character, weight)| {
        let legal = character.is_ascii_digit() || character.is_ascii_uppercase();
        Some(sum + character.to_digit(36).filter(|_| legal)? * weight)
    })?;
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        digit => char::from_digit(digit, 10),
    }
}

fn compact(text: &str) -> String {
    let kept = |c: &char| !c.is_whitespace() && !"-‐‑–—".contains(*c);
    let code: String = normalise(text).chars().filter(kept).collect();
    code.to_ascii_uppercase()
}

fn without_last(code: &str) -> String {
    let mut chars = code.chars();
    chars.next_back();
    chars.collect()
}

fn wrong_letters(code: &str) -> Refusal {
    let fixed: String = code.chars().map(likely).collect();
    let fits = check_character(&without_last(&fixed)).is_some_and(|expected| fixed.ends_with(expected));
    let help = if fits {
        Text::new(
            format!("是否应为 {fixed}？请核对原件"),
            format!("did you mean {fixed}? check it against the original"),
        )
    } else {
        Text::new(
            "代码只含数字和 I、O、S、V、Z 以外的大写字母，请核对原件（常见错误：O 应为 0，I 应为 1）",
            "a code holds digits and capitals other than I, O, S, V and Z; check it against the original (often O for 0 or I for 1)",
        )
    };
    Refusal::new(
        Text::new(
            format!("统一社会信用代码“{code}”含有不允许的字符"),
            format!("the credit code `{code}` holds a character that no code has"),
        ),
        help,
    )
}

/// The character a typist most likely mistook for one that does not occur in codes.
fn likely(c: char) -> char {
    match c {
        'O' => '0',
        'I' => '1',
        'S' => '5',
        'V' => 'U',
        'Z' => '2',
        _ => c,
    }
}

fn wrong_length(code: &str) -> Refusal {
    let count = code.chars().count();
    let help = if is_organisation_code(code) {
        Text::new(
            "这是组织机构代码：请填入“组织机构代码”列",
            "this is an organisation code: put it into the column for organisation codes",
        )
    } else if count == 15 && code.bytes().all(|b| b.is_ascii_digit()) {
        Text::new(
            "15 位数字是工商注册号：请填入“工商注册号”列",
            "fifteen digits are a business registration number: put it into that column",
        )
    } else {
        Text::new(
            "统一社会信用代码为 18 位，请核对原件",
            "a credit code has 18 characters; check it against the original",
        )
    };
    Refusal::new(
        Text::new(
            format!("统一社会信用代码应为 18 位，这里有 {count} 位"),
            format!("a credit code has 18 characters, and this has {count}"),
        ),
        help,
    )
}

fn cut_by_spreadsheet(code: &str) -> Refusal {
    Refusal::new(
        Text::new(format!("代码“{code}”被 Excel 截断"), format!("the code `{code}` was cut off by the spreadsheet")),
        Text::new("请把该列设为文本，再重新填写完整代码", "format the column as text and enter the whole code again"),
    )
}

fn private() -> Refusal {
    Refusal::new(
        Text::new("这是公民身份号码，不能公开", "this is a citizen identity number, which may not be published"),
        Text::new("请删除该值；自然人不填统一社会信用代码", "delete it; natural persons have no credit code"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: [&str; 5] =
        ["9144030071526726XG", "91330100799655058B", "91110108551385082Q", "91230500MA1B3N1N2M", "11420000MB15291767"];

    fn refused(input: &str) -> Refusal {
        match parse(input) {
            CodeReading::Refused(refusal) => refusal,
            other => panic!("{input} gives {other:?}"),
        }
    }

    #[test]
    fn valid_codes() {
        for code in VALID {
            assert_eq!(parse(code), CodeReading::Valid(code.to_owned()));
            assert_eq!(check_character(&code[..17]), code.chars().last());
        }
        for messy in [
            "9144030071526726xg",
            " ９１４４０３００７１５２６７２６ＸＧ\t",
            "'9144030071526726XG",
            "914403007152 6726XG",
            "91440300-71526726-XG",
        ] {
            assert_eq!(parse(messy), CodeReading::Valid(VALID[0].to_owned()), "{messy}");
        }
    }

    #[test]
    fn legal_codes_that_fail() {
        let check = |code: &str, expected| {
            let reading = CodeReading::ChecksumFails { code: code.to_owned(), expected, organisation_part_ok: true };
            assert_eq!(parse(code), reading);
        };
        check("91350100M0001TGQXM", '1');
        check("91350211M0000XUF46", 'R');
        check("91350203M0001FUE2P", 'J');
        let typo = parse("9144030071526726XA");
        assert!(matches!(typo, CodeReading::ChecksumFails { expected: 'G', .. }));
        let inner = parse("9144030071526729XG");
        assert!(matches!(inner, CodeReading::ChecksumFails { organisation_part_ok: false, .. }));
    }

    #[test]
    fn placeholders_are_unknown() {
        for code in ["00000000000000000X", "000000000000000000", "00000000000000000x"] {
            assert_eq!(parse(code), CodeReading::Unknown);
        }
    }

    #[test]
    fn refusals() {
        for code in ["9.14101E+17", "9.14101e+17", "914101051234567000"] {
            assert!(refused(code).message.zh.contains("截断"), "{code}");
        }
        assert!(refused("914403OO71526726XG").help.en.contains("9144030071526726XG"));
        assert!(refused("9I330100799655058B").help.en.contains("91330100799655058B"));
        assert!(refused("9V330100799655058B").help.en.contains("other than I"));
        assert!(refused("9133010079965505中B").message.en.contains("no code has"));
        assert!(refused("71526726-X").help.en.contains("organisation code"));
        assert!(refused("410100000012345").help.en.contains("registration"));
        assert!(refused("91440300").message.en.contains("this has 8"));
        let private = refused("11010519491231002X");
        assert!(private.message.en.contains("identity") && !format!("{private:?}").contains("1949"));
    }

    #[test]
    fn whole_codes() {
        for code in VALID {
            assert!(is_whole(code), "{code}");
        }
        // Only the last character is wrong, then the authority, the division, the organisation's own check.
        for other in ["9144030071526726XA", "4444030071526726XG", "9109030071526726XG", "91440300715267261", "91"] {
            assert!(!is_whole(other), "{other}");
        }
        let by_chance = "440306197104107549";
        assert_eq!(check_character(&by_chance[..17]), by_chance.chars().last());
        assert!(!is_whole(by_chance));
    }

    #[test]
    fn organisation_codes() {
        let check = |input, expected| assert_eq!(is_organisation_code(input), expected, "{input}");
        check("71526726-X", true);
        check("71526726X", true);
        check("M0001TGQX", true);
        check("715267261", false);
        check("7152672", false);
        check("组织机构代码证号码一", false);
    }
}
