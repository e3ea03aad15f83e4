//! Turns written telephone numbers and web addresses into checked ones.
//! It must not look anything up; a personal mobile number is refused, not masked.

use super::{Refusal, normalise, shown};
use crate::text::Text;

/// A public telephone number: a short hotline, a landline with area code and perhaps an extension,
/// or a 400/800 number. Written as 0371-67170000, 0371-67170000-802, 400-123-4567, 12350.
pub(crate) fn phone(text: &str) -> Result<String, Refusal> {
    let text = normalise(text);
    let cleaned = text.replace(['‐', '‑', '–', '—', '−'], "-");
    let without_country = cleaned.strip_prefix("+86").or_else(|| cleaned.strip_prefix("0086"));
    let (main, extension) = split_extension(without_country.unwrap_or(&cleaned).trim_start_matches(['-', ' ']));
    let allowed = |part: &str| part.chars().all(|c| c.is_ascii_digit() || " -().".contains(c));
    let digits: String = main.chars().filter(char::is_ascii_digit).collect();
    let digits = match without_country {
        Some(_) if !digits.starts_with(['0', '1', '4', '8']) => format!("0{digits}"),
        _ => digits,
    };
    if is_mobile(&digits) {
        return Err(mobile());
    }
    let number = written(&digits).filter(|_| allowed(main)).ok_or_else(|| not_a_phone(&text, &digits))?;
    match extension {
        Some(extension) if (1..=6).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_digit()) => {
            Ok(format!("{number}-{extension}"))
        }
        Some(_) => Err(not_a_phone(&text, &digits)),
        None => Ok(number),
    }
}

/// An absolute http or https address with a host.
pub(crate) fn url(text: &str) -> Result<String, Refusal> {
    let text = normalise(text);
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(no_scheme(&text));
    };
    let scheme = scheme.to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https") {
        return Err(not_a_url(&text, "不是 http 或 https 网址", "is not an http or https address"));
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
    if authority.contains('@') {
        return Err(not_a_url(&text, "中含有用户名", "carries a user name"));
    }
    let port_valid = port.parse::<u16>().is_ok_and(|port| port > 0);
    if !is_host(host) || !port_valid {
        return Err(not_a_url(&text, "没有有效的域名", "has no valid host"));
    }
    if path.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"`{}|\\^".contains(c)) {
        return Err(not_a_url(&text, "中有网址不允许的字符", "holds characters that an address may not have"));
    }
    Ok(format!("{scheme}://{}{path}", authority.to_lowercase()))
}

fn split_extension(text: &str) -> (&str, Option<&str>) {
    for mark in ["转分机", "分机", "转", "ext.", "ext", "#"] {
        if let Some((main, extension)) = text.split_once(mark) {
            return (main, Some(extension.trim_matches([' ', '-', ':', ')', '('])));
        }
    }
    // 0371-67170000-802: a third group after a complete landline number.
    if let Some((main, extension)) = text.rsplit_once('-') {
        let count = main.bytes().filter(u8::is_ascii_digit).count();
        if main.starts_with(['0', '(']) && (10..=12).contains(&count) && main.contains(['-', ')', ' ']) {
            return (main, Some(extension.trim()));
        }
    }
    (text, None)
}

fn written(digits: &str) -> Option<String> {
    match digits.len() {
        3..=5 if digits.starts_with(['1', '9']) => Some(digits.to_owned()),
        10 if digits.starts_with("400") || digits.starts_with("800") => {
            Some(format!("{}-{}-{}", &digits[..3], &digits[3..6], &digits[6..]))
        }
        10..=12 if digits.starts_with('0') => {
            // 010 and 02x are the only area codes of three digits.
            let area = if digits.starts_with("010") || digits.starts_with("02") { 3 } else { 4 };
            let (area, local) = digits.split_at(area);
            let plausible = (7..=8).contains(&local.len()) && !local.starts_with(['0', '1']) && !area.starts_with("00");
            plausible.then(|| format!("{area}-{local}"))
        }
        _ => None,
    }
}

fn is_mobile(digits: &str) -> bool {
    let number = digits.strip_prefix('0').unwrap_or(digits);
    let number = number.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(number);
    number.len() == 11 && number.starts_with('1') && matches!(number.as_bytes()[1], b'3'..=b'9')
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    host.contains('.') && host.split('.').all(label)
}

fn mobile() -> Refusal {
    // The number itself is left out: the message is printed, logged and shown in the preview.
    Refusal::new(
        Text::new(
            "这是手机号码，属于个人信息，不能公开",
            "this is a mobile number: personal data that may not be published",
        ),
        Text::new(
            "请填办公电话或热线，如 0371-67170000 或 12350",
            "write an office number or hotline, such as 0371-67170000 or 12350",
        ),
    )
}

fn not_a_phone(text: &str, digits: &str) -> Refusal {
    let value = shown(text);
    let help = match digits.len() {
        7 | 8 => Text::new("请加上区号，如 0371-67170000", "add the area code, such as 0371-67170000"),
        13.. => Text::new(
            "一处只填一个号码；多个号码用“、”分开，并确认该字段允许多个值",
            "write one number; separate several with 、 where the field takes several values",
        ),
        _ => Text::new(
            "请写成 0371-67170000、0371-67170000-802、400-123-4567 或 12350",
            "write 0371-67170000, 0371-67170000-802, 400-123-4567 or 12350",
        ),
    };
    Refusal::new(Text::new(format!("“{value}”不是电话号码"), format!("`{value}` is not a telephone number")), help)
}

fn no_scheme(text: &str) -> Refusal {
    let host = text.split('/').next().unwrap_or_default();
    let refusal = not_a_url(text, "不是完整的网址", "is not a complete address");
    if is_host(host) && text.is_ascii() {
        let value = shown(text);
        return Refusal {
            help: Text::new(format!("是否应为 https://{value}"), format!("did you mean https://{value}")),
            ..refusal
        };
    }
    refusal
}

fn not_a_url(text: &str, zh: &str, en: &str) -> Refusal {
    let value = shown(text);
    Refusal::new(
        Text::new(format!("“{value}”{zh}"), format!("`{value}` {en}")),
        Text::new("请写成 https://www.example.gov.cn/…", "write https://www.example.gov.cn/…"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephones() {
        let check = |input: &str, expected: &str| assert_eq!(phone(input).unwrap_or_default(), expected, "{input}");
        check("12350", "12350");
        check("119", "119");
        check("0371-67170000", "0371-67170000");
        check("037167170000", "0371-67170000");
        check("（0371）6717 0000", "0371-67170000");
        check("0371—67170000", "0371-67170000");
        check("0371-67170000转802", "0371-67170000-802");
        check("0371-67170000-802", "0371-67170000-802");
        check("+86 371 6717 0000", "0371-67170000");
        check("+86-0371-67170000", "0371-67170000");
        check("010-12345678", "");
        check("010-66660000", "010-66660000");
        check("400-123-4567", "400-123-4567");
        check("4001234567", "400-123-4567");
        check("8008101234", "800-810-1234");
        for wrong in ["67170000", "12", "0371-6717", "办公室", "", "0371-67170000/67170001", "0371-67170000转办公室"]
        {
            check(wrong, "");
        }
    }

    #[test]
    fn mobile_numbers_are_private() {
        for input in [
            "13812345678",
            "138-1234-5678",
            "138 1234 5678",
            "+86 13812345678",
            "013812345678",
            "１３８１２３４５６７８",
            "008613812345678",
        ] {
            let refusal = phone(input).expect_err("refused");
            assert!(refusal.message.en.contains("mobile"), "{input}");
            assert!(!format!("{refusal:?}").contains("1381"), "{input}");
        }
        assert!(phone("67170000").expect_err("refused").help.zh.contains("区号"));
    }

    #[test]
    fn addresses() {
        let check = |input: &str, expected: &str| assert_eq!(url(input).unwrap_or_default(), expected, "{input}");
        check("https://www.example.gov.cn/a?b=c#d", "https://www.example.gov.cn/a?b=c#d");
        check("HTTP://Www.Example.gov.cn", "http://www.example.gov.cn");
        check("https：//www.example.gov.cn:8443/安全", "https://www.example.gov.cn:8443/安全");
        for wrong in [
            "www.example.gov.cn",
            "ftp://a.cn/",
            "javascript:alert(1)",
            "javascript://a.cn/",
            "https://",
            "https:///a",
            "https://a",
            "https://user@a.cn/",
            "https://a.cn/ b",
            "https://a.cn:99999/",
            "https://a..cn",
            "https://a.cn/<b>",
            "",
        ] {
            check(wrong, "");
        }
        assert_eq!(url("www.example.gov.cn").expect_err("refused").help.en, "did you mean https://www.example.gov.cn");
    }
}
