//! Recognises citizen identity numbers (GB 11643, 18 digits, and the old 15) so that they can be
//! blocked. It must not keep, mask or print one.

use jiff::civil::Date;

use crate::literal::normalise;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS: [u8; 11] = *b"10X98765432";

/// Whether the whole text is an identity number. The old form has no check digit, so a 15-digit
/// register number can look like one; ask only where register numbers are not expected.
pub(crate) fn is_citizen_id(text: &str) -> bool {
    let text: String = normalise(text).split_whitespace().collect::<String>().to_ascii_uppercase();
    let digits = text.strip_suffix('X').unwrap_or(&text);
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    match text.len() {
        18 => {
            is_province(&text[..2]) && is_birthday(&text[6..14]) && check_character(&text[..17]) == text.as_bytes()[17]
        }
        15 if digits.len() == 15 => is_province(&text[..2]) && is_birthday(&format!("19{}", &text[6..12])),
        _ => false,
    }
}

/// Whether eighteen characters have the province and birthday of an identity number, whatever their check
/// character: a mistyped number says as much about a person.
pub(crate) fn is_plausible(text: &str) -> bool {
    let digits = text.strip_suffix(['X', 'x']).unwrap_or(text);
    text.len() == 18
        && digits.len() >= 17
        && digits.bytes().all(|b| b.is_ascii_digit())
        && is_province(&text[..2])
        && is_birthday(&text[6..14])
}

fn check_character(seventeen: &str) -> u8 {
    let sum: u32 = seventeen.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECK_CHARACTERS[sum as usize % 11]
}

/// The first two digits: a province, or 9x in the numbers of foreign permanent residents.
pub(super) fn is_province(digits: &str) -> bool {
    matches!(digits.parse(), Ok(11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 90..=99))
}

fn is_birthday(digits: &str) -> bool {
    let number = |range: std::ops::Range<usize>| digits[range].parse::<i16>().expect("only digits come here");
    // Nobody alive was born before 1905, and register numbers often hold such “years”.
    (1905..2100).contains(&number(0..4)) && Date::new(number(0..4), number(4..6) as i8, number(6..8) as i8).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_numbers() {
        let check = |input, expected| assert_eq!(is_citizen_id(input), expected, "{input}");
        check("11010519491231002X", true);
        check("11010519491231002x", true);
        check("１１０１０５１９４９１２３１００２Ｘ", true);
        check("110105 19491231 002X", true);
        check("110105491231002", true);
        check("110105194912310021", false);
        check("11010519490231002X", false);
        check("99010519491231002X", false);
        check("110105491331002", false);
        check("11010549123100X", false);
        check("410100000012345", false);
        check("9144030071526726XG", false);
        check("91330100799655058B", false);
        check("110105", false);
        check("", false);
        check("一一〇一〇五一九四九一二三一〇〇二", false);
    }
}
