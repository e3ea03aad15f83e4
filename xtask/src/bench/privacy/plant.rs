//! Private numbers that belong to nobody, and the ways people and programs write them.

use super::super::random::Random;
use super::files::Format;
use super::is_plain;

/// What stands in a document and must be found.
#[derive(Clone, Debug)]
pub(super) struct Plant {
    /// As `gongkai` calls it.
    pub(super) kind: &'static str,
    pub(super) disguise: &'static str,
    /// A sentence with the disguised number in it.
    pub(super) text: String,
}

const KINDS: [&str; 13] = [
    "identity",
    "mobile",
    "landline",
    "bank",
    "identity",
    "mobile",
    "plate",
    "passport",
    "travel-permit",
    "mail",
    "address",
    "name",
    "minor",
];

pub(super) fn plant(random: &mut Random, number: usize, format: Format) -> Plant {
    // A PDF made here has Latin letters only, so only numbers that need no words.
    let kinds: &[&'static str] = if format == Format::Pdf { &["identity", "mobile", "bank"] } else { &KINDS };
    let kind = kinds[(number + usize::try_from(random.below(2)).unwrap_or(0)) % kinds.len()];
    let (before, value, after) = match kind {
        "identity" => identity(random),
        "mobile" => (pick(random, &["电话", "", "联系：", "其手机为"]), mobile(random), "。"),
        "landline" => (pick(random, &["电话", "", "家中电话："]), landline(random), "。"),
        "bank" => (pick(random, &["卡号", "汇入", ""]), card(random), "。"),
        "plate" => ("驾驶", plate(random), "行驶。"),
        "passport" => (
            pick(random, &["护照号码", "持护照", "护照："]),
            format!("{}{}", letter(random, "EGD"), digits(random, 8)),
            "。",
        ),
        "travel-permit" => ("港澳居民来往内地通行证号", format!("{}{}", letter(random, "HM"), digits(random, 8)), "。"),
        "mail" => ("邮箱", format!("{}@{}", word(random), pick(random, &["qq.com", "163.com", "126.com"])), "。"),
        "address" => ("，住", address(random), "。"),
        "name" => (pick(random, &["死者", "伤者", "证人"]), name(random), "，"),
        _ => ("未成年人", name(random), "，"),
    };
    let (disguise, shown) = disguise(random, kind, &value, format);
    let (before, after) = if format == Format::Pdf { ("no. ", " .") } else { (before, after) };
    Plant { kind, disguise, text: format!("{before}{shown}{after}") }
}

fn pick(random: &mut Random, of: &[&'static str]) -> &'static str {
    random.pick(of)
}

fn digits(random: &mut Random, count: usize) -> String {
    (0..count).map(|_| char::from(b'0' + u8::try_from(random.below(10)).unwrap_or(0))).collect()
}

fn letter(random: &mut Random, of: &str) -> char {
    let letters: Vec<char> = of.chars().collect();
    random.pick(&letters)
}

fn word(random: &mut Random) -> String {
    (0..8).map(|_| char::from(b'a' + u8::try_from(random.below(26)).unwrap_or(0))).collect()
}

fn identity(random: &mut Random) -> (&'static str, String, &'static str) {
    let region = random.pick(&["410105", "410102", "110101", "320106", "440306", "510107", "650102"]);
    let (year, month, day) = (1950 + random.below(60), 1 + random.below(12), 1 + random.below(28));
    let order = digits(random, 3);
    if random.below(4) == 0 {
        let year = 30 + random.below(65);
        return ("身份证号", format!("{region}{year:02}{month:02}{day:02}{order}"), "。");
    }
    let seventeen = format!("{region}{year}{month:02}{day:02}{order}");
    // ISO 7064, MOD 11-2: the sum of the digits times powers of two, counted from the right.
    let mut sum = 0;
    for digit in seventeen.bytes() {
        sum = (sum + u32::from(digit - b'0')) * 2 % 11;
    }
    let check = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][usize::try_from(sum).unwrap_or(0)];
    (pick(random, &["身份证号", "张某某，", "", "公民身份号码为"]), format!("{seventeen}{check}"), "。")
}

fn mobile(random: &mut Random) -> String {
    let head = random
        .pick(&["130", "135", "138", "139", "147", "150", "158", "166", "173", "177", "185", "188", "191", "199"]);
    format!("{head}{}", digits(random, 8))
}

fn landline(random: &mut Random) -> String {
    let area = random.pick(&["0371", "010", "021", "0379", "0755"]);
    let first = random.pick(&["6", "5", "8", "3"]);
    format!("{area}-{first}{}", digits(random, 7))
}

/// Sixteen or nineteen digits; the last makes the sum of Luhn come out.
fn card(random: &mut Random) -> String {
    let head = random.pick(&["622202", "621700", "622848", "623058", "625912"]);
    let length = random.pick(&[15_usize, 18]);
    let body = format!("{head}{}", digits(random, length - 6));
    for last in '0'..='9' {
        let whole: Vec<u32> = body.chars().chain([last]).filter_map(|c| c.to_digit(10)).collect();
        let mut sum = 0;
        for (at, digit) in whole.iter().rev().enumerate() {
            let twice = if at % 2 == 1 { digit * 2 } else { *digit };
            sum += twice / 10 + twice % 10;
        }
        if sum % 10 == 0 {
            return format!("{body}{last}");
        }
    }
    unreachable!("one of ten digits makes the sum come out")
}

fn plate(random: &mut Random) -> String {
    let province = random.pick(&["豫", "京", "沪", "粤", "苏", "鲁"]);
    let office = letter(random, "ABCDEFG");
    match random.below(3) {
        0 => format!("{province}{office}D{}", digits(random, 5)),
        1 => format!("{province}{office}{}{}", letter(random, "ABCKLM"), digits(random, 4)),
        _ => format!("{province}{office}{}", digits(random, 5)),
    }
}

fn address(random: &mut Random) -> String {
    let road = random.pick(&["花园路", "纬五路", "紫荆山路", "嵩山南路"]);
    format!(
        "河南省郑州市金水区{road}{}号{}号楼{}室",
        1 + random.below(99),
        1 + random.below(20),
        101 + random.below(900)
    )
}

fn name(random: &mut Random) -> String {
    let surname = random.pick(&["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "欧阳", "郭"]);
    let given =
        random.pick(&["伟", "芳", "秀英", "建国", "小军", "志强", "丽华", "海燕", "玉兰", "文博", "梓涵", "国栋"]);
    format!("{surname}{given}")
}

/// Ways to write a value so that it looks the same, or nearly, to an eye.
fn disguise(random: &mut Random, kind: &str, value: &str, format: Format) -> (&'static str, String) {
    let numeric = matches!(kind, "identity" | "mobile" | "bank");
    if !value.is_ascii() && kind != "plate" || kind == "mail" || kind == "landline" {
        let split = |mark: &str| value.chars().map(String::from).collect::<Vec<_>>().join(mark);
        return match (kind, random.below(3)) {
            ("landline", 0) => ("brackets", format!("（{}", value.replacen('-', "）", 1))),
            ("landline", 1) => ("full-width", wide(value)),
            ("mail", 0) => ("full-width", value.replace('@', "＠")),
            ("name" | "minor" | "address", 0) => ("zero-width", split("\u{200B}")),
            _ => ("none", value.to_owned()),
        };
    }
    let cut = 3 + usize::try_from(random.below(4)).unwrap_or(0);
    let (head, tail) = value.char_indices().nth(cut).map_or((value, ""), |(at, _)| value.split_at(at));
    if format == Format::Pdf {
        return match random.below(3) {
            0 => ("grouped", grouped(value, kind, " ")),
            1 => ("halved", format!("{head} {tail}")),
            _ => ("none", value.to_owned()),
        };
    }
    match random.below(if is_plain(format) { 9 } else { 12 }) {
        0 | 1 => ("none", value.to_owned()),
        2 => ("full-width", wide(value)),
        3 if numeric => ("spaced", value.chars().map(String::from).collect::<Vec<_>>().join(" ")),
        4 if numeric => ("grouped", grouped(value, kind, random.pick(&[" ", "-", "\u{3000}", "\u{A0}"]))),
        5 => ("zero-width", value.chars().map(String::from).collect::<Vec<_>>().join("\u{200B}")),
        6 if numeric => ("line break", format!("{head}\n{tail}")),
        7 if numeric => ("Chinese numerals", chinese(value)),
        8 => ("soft hyphen", format!("{head}\u{AD}{tail}")),
        9 => ("markup", format!("{head}<b>{}</b>{}", &tail[..1], &tail[1..])),
        10 => (
            "references",
            value
                .chars()
                .map(|c| if c.is_ascii_digit() { format!("&#{};", u32::from(c)) } else { c.to_string() })
                .collect(),
        ),
        11 => ("comment", format!("{head}<!-- x -->{tail}")),
        _ => ("none", value.to_owned()),
    }
}

fn wide(value: &str) -> String {
    let widen = |c: char| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c) } else { c };
    value.chars().map(widen).collect()
}

fn chinese(value: &str) -> String {
    const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    value.chars().map(|c| c.to_digit(10).map_or(c, |digit| DIGITS[digit as usize])).collect()
}

fn grouped(value: &str, kind: &str, mark: &str) -> String {
    let sizes: &[usize] = match kind {
        "mobile" => &[3, 4, 4],
        "identity" if value.len() == 18 => &[6, 8, 4],
        "identity" => &[6, 6, 3],
        _ => &[4, 4, 4, 4, 3],
    };
    let mut rest = value;
    let mut parts = Vec::new();
    for size in sizes {
        let (part, after) = rest.split_at((*size).min(rest.len()));
        parts.push(part);
        rest = after;
    }
    parts.retain(|part| !part.is_empty());
    parts.join(mark)
}
