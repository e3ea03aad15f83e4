//! Mail addresses of persons. An office's mailbox is named after its work, not after a person.

use super::fold::Window;
use super::trigger::Scan;
use super::{Finding, Kind};

/// Providers at which people, not offices, have mailboxes.
const PRIVATE: [&str; 24] = [
    "qq.com",
    "163.com",
    "126.com",
    "139.com",
    "189.cn",
    "sina.com",
    "sina.cn",
    "sohu.com",
    "yeah.net",
    "foxmail.com",
    "gmail.com",
    "hotmail.com",
    "outlook.com",
    "live.com",
    "live.cn",
    "msn.com",
    "yahoo.com",
    "yahoo.com.cn",
    "icloud.com",
    "me.com",
    "aliyun.com",
    "wo.cn",
    "tom.com",
    "21cn.com",
];

/// What mailboxes of offices are called.
const OFFICES: [&str; 34] = [
    "info",
    "office",
    "contact",
    "service",
    "support",
    "admin",
    "webmaster",
    "postmaster",
    "master",
    "news",
    "press",
    "media",
    "help",
    "mail",
    "email",
    "public",
    "feedback",
    "jubao",
    "tousu",
    "xinxi",
    "bangong",
    "bgs",
    "yjj",
    "ajj",
    "yingji",
    "anjian",
    "safety",
    "noreply",
    "no-reply",
    "notice",
    "portal",
    "web",
    "hr",
    "zhaopin",
];

/// Looks around an `@`, from `start` to `end`.
pub(super) fn around(scan: &mut Scan<'_>, start: usize, end: usize) {
    let before = scan.text.as_bytes()[..start].last().copied().unwrap_or(b'{');
    if before.is_ascii() && !(before.is_ascii_alphanumeric() || b"._%+-> ;\n\r".contains(&before)) {
        return;
    }
    let local = Window::before(scan.text, start, 96);
    let word = |c: &char| c.is_ascii_alphanumeric() || "._%+-".contains(*c);
    let length = local.chars.iter().rev().take_while(|c| word(c)).count();
    let domain = Window::after(scan.text, end, 80);
    let reach = domain.chars.iter().take_while(|c| c.is_ascii_alphanumeric() || ".-".contains(**c)).count();
    let host: String = domain.chars[..reach].iter().collect::<String>().to_ascii_lowercase();
    let host = host.trim_end_matches(['.', '-']);
    if length == 0 || !is_host(host) {
        return;
    }
    let from = local.chars.len() - length;
    let name: String = local.chars[from..].iter().collect();
    let name = name.trim_start_matches(['.', '-']);
    let address = format!("{name}@{host}");
    if name.is_empty() || scan.known.mail(&address) || is_office(&name.to_ascii_lowercase(), host) {
        return;
    }
    let (_, to) = domain.bytes(0, host.len());
    scan.found.push(Finding { kind: Kind::Mail, start: local.starts[from], end: to, text: address });
}

fn is_host(host: &str) -> bool {
    let top = host.rsplit('.').next().unwrap_or_default();
    host.contains('.')
        && top.len() >= 2
        && top.bytes().all(|byte| byte.is_ascii_alphabetic())
        && host.split('.').all(|label| !label.is_empty() && !label.starts_with('-'))
}

fn is_office(name: &str, host: &str) -> bool {
    if PRIVATE.contains(&host) {
        return false;
    }
    let word = name.split(['.', '_', '-', '+']).next().unwrap_or(name);
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    host.ends_with("gov.cn") || host.starts_with("example.") && name == "name" || OFFICES.contains(&word)
}
