//! What offices publish every day and no gate may stop: numbers of decisions, codes, sums, coordinates,
//! dates, hotlines, masked persons.

use super::super::random::Random;
use super::files::Format;

pub(super) fn sentence(random: &mut Random, format: Format) -> String {
    let year = 2019 + random.below(8);
    let (month, day) = (1 + random.below(12), 1 + random.below(28));
    let number = random.below(10_000);
    let large = 100_000 + random.below(90_000_000);
    if format == Format::Pdf {
        return match random.below(5) {
            0 => format!(
                "{year}-{month:02}-{day:02} {:02}:{:02}:{:02}",
                random.below(24),
                random.below(60),
                random.below(60)
            ),
            1 => format!("113.{:06}, 34.{:06}", random.below(1_000_000), random.below(1_000_000)),
            2 => format!("{large}.{:02}", random.below(100)),
            3 => format!("41010{}{year}{month:02}{number:05}", random.below(9)),
            _ => "Tel 12350 400-123-4567".to_owned(),
        };
    }
    match random.below(16) {
        0 => format!("郑应急罚〔{year}〕{number}号。"),
        1 => format!("统一社会信用代码91410105MA4{}{}。", base31(random, 6), digits(random, 1)),
        2 => format!("罚款{large}元，滞纳金{number}.{:02}元。", random.below(100)),
        3 => format!("坐标113.{:06}，34.{:06}。", random.below(1_000_000), random.below(1_000_000)),
        4 => format!("{year}年{month}月{day}日至{}-{month:02}-{day:02}。", year + 1),
        5 => "投诉请拨12350、12345或119，客服400-123-4567、95598。".to_owned(),
        6 => format!("索引号00000000X/{year}-{number:05}。"),
        7 => format!("许可编号（豫）WH安许证字〔{year}〕{number:05}。"),
        8 => format!("文件哈希{}。", hex(random, 40)),
        9 => format!("工商注册号4101000000{:05}。", random.below(100_000)),
        10 => format!("订单{year}{month:02}{day:02}{:06}。", random.below(1_000_000)),
        11 => format!("死者张某某、伤者李某，{}岁。", 20 + random.below(50)),
        12 => format!("住所：郑州市金水区花园路{}号。", 1 + random.below(200)),
        13 => format!(
            "产量{}.{:03}万吨，同比增长{}.{}%。",
            random.below(10_000),
            random.below(1000),
            random.below(30),
            random.below(10)
        ),
        14 => "邮箱office@example.gov.cn，未成年人保护、尘肺病防治知识。".to_owned(),
        _ => format!("豫应急〔{year}〕{number}号，豫ICP备{:08}号。", random.below(100_000_000)),
    }
}

fn digits(random: &mut Random, count: usize) -> String {
    (0..count).map(|_| random.below(10).to_string()).collect()
}

fn base31(random: &mut Random, count: usize) -> String {
    let alphabet: Vec<char> = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().collect();
    (0..count).map(|_| random.pick(&alphabet)).collect()
}

fn hex(random: &mut Random, count: usize) -> String {
    (0..count).map(|_| format!("{:x}", random.below(16))).collect()
}
