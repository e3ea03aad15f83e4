//! One table for each kind: what is found, and what only looks like it. All numbers are invented.

use super::*;
use crate::text::{Random, trial};

/// The kinds found in a text, with what stands there.
fn found(text: &str) -> String {
    let list: Vec<String> = scan(text, &Known::default())
        .into_iter()
        .map(|finding| {
            assert!(text.is_char_boundary(finding.start) && text.is_char_boundary(finding.end), "{text}");
            format!("{}:{}", finding.kind.name(), finding.text)
        })
        .collect();
    list.join(" ")
}

fn check(text: &str, expected: &str) {
    assert_eq!(found(text), expected, "{text}");
}

#[test]
fn identity_numbers() {
    let id = "identity:11010519491231002X";
    check("身份证号11010519491231002X。", id);
    check("11010519491231002x", id);
    check("１１０１０５１９４９１２３１００２Ｘ", id);
    check("110105 19491231 002X", id);
    check("1101051949\n1231002X", id);
    check("110105-19491231-002X", id);
    check("1101<b>0519</b>491231002X", id);
    check("110105&#49;949&#x31;231002X", id);
    check("11010519\u{200B}491231\u{FEFF}002X", id);
    check("110105\u{34F}19\u{61C}49\u{180E}1231\u{E0001}002X", id);
    check("1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X", id);
    check("一一〇一〇五一九四九一二三一〇〇二X", id);
    check("⼀⼀〇⼀〇五⼀九四九⼀⼆三⼀〇〇⼆X", id);
    check("{\"a\":\"\\u0031\\u003101051949\\n1231002X\"}", id);
    check("身份证号110105491231002", "identity:110105491231002");
    check("张某，110105491231002", "identity:110105491231002");
    // A number that goes on behind a tag does not hide what stands in the tag.
    check("1<a href=\"x?11010519491231002X\">2</a>", id);
    // A credit code would have the same last character, but not the rest.
    check("张某某，440306197104107549。", "identity:440306197104107549");
    check("注册号不详。张某，110105491231002", "identity:110105491231002");
    check("[\"注册号410100000012345\",\"110105491231002\"]", "identity:110105491231002");
    // A mistyped number after the word says as much.
    check("身份证号110105194912310021", "identity:110105194912310021");
    for other in [
        "110105194912310021",
        "注册号410105491231002",
        "410100000012345",
        "统一社会信用代码91410105MA46000000",
        "9144030071526726XG",
        "郑应急罚〔2025〕110105号 19491231",
        "a3f411010519491231002104bd0c9e71aa",
        "<td>110105</td><td>19491231</td><td>002X</td>",
        "113.625368, 34.746599",
    ] {
        check(other, "");
    }
}

#[test]
fn permits_and_passports() {
    check("港澳居民来往内地通行证：H12345678", "travel-permit:H12345678");
    check("通行证号码为 M 1234 5678 01", "travel-permit:M1234567801");
    check("台胞证12345678", "travel-permit:12345678");
    check("护照号码：E12345678。", "passport:E12345678");
    check("持护照（号码 EA1234567）", "passport:EA1234567");
    check("护照号Ｅ１２３４５６７８", "passport:E12345678");
    for other in ["护照办理须知", "车辆通行证 20250301", "型号H12345678", "通行证于20250101前办理"]
    {
        check(other, "");
    }
}

#[test]
fn telephones() {
    let mobile = "mobile:13800001111";
    check("电话13800001111", mobile);
    check("138_0000＿1111", mobile);
    check("138-0000-1111", mobile);
    check("138 0000 1111", mobile);
    check("138.0000.1111", mobile);
    check("13800\u{3000}001111", mobile);
    check("1380000\n1111", mobile);
    check("１３８００００１１１１", mobile);
    check("一三八零零零零一一一一", mobile);
    check("138<span>0000</span>1111", mobile);
    check("tel13800001111", mobile);
    check("+86 138 0000 1111", "mobile:8613800001111");
    check("8613800001111", "mobile:8613800001111");
    check("0371-67170000", "landline:037167170000");
    check("（0371）6717 0000", "landline:037167170000");
    check("电话：67170000", "landline:67170000");
    check("电话：037167170000", "landline:037167170000");
    check("010-66660000", "landline:01066660000");
    for other in [
        "12350",
        "400-123-4567",
        "0371-0000-1234",
        "13800-150000元",
        "2025138000011112",
        "113.13800001111",
        "130.12345678",
        "A13800001111",
        "13800001111a",
        "0371-20250012",
        "000123456789",
        "1735689600000",
        "2025-03-02 13:00:01",
        "编号：2025-13800001111-3",
        "1 380 000 111 1 22 333",
    ] {
        check(other, "");
    }
    let mut known = Known::default();
    known.add("0371-67170000");
    assert_eq!(scan("电话：0371-67170000转802，或67170000", &known), []);
}

#[test]
fn bank_cards() {
    check("6222 0212 3456 7890 128", "bank:6222021234567890128");
    check("卡号 4111111111111111", "bank:4111111111111111");
    check("开户行账号：1702020109000012345", "bank:1702020109000012345");
    for other in ["6222021234567890123", "4111111111111111", "4101002025001234", "编号6222021234567890128"] {
        check(other, "");
    }
}

#[test]
fn plates() {
    check("豫A12345", "plate:豫A12345");
    check("豫Ａ·１２３４５号车", "plate:豫A12345");
    check("驾驶豫A D12345的", "plate:豫AD12345");
    check("豫<b>A</b>12345F", "plate:豫A12345F");
    check("豫A1234警", "plate:豫A1234警");
    for other in
        ["豫ICP备12345号", "豫A123456789", "京B2-20180123", "新E20250302", "云计算", "豫应急罚〔2025〕1号", "豫A级"]
    {
        check(other, "");
    }
}

#[test]
fn mail_addresses() {
    check("邮箱zhangsan@qq.com。", "mail:zhangsan@qq.com");
    check("info@163.com", "mail:info@163.com");
    check("li.si@example.com", "mail:li.si@example.com");
    check("zhangsan＠qq.com", "mail:zhangsan@qq.com");
    check("zhangsan&#64;qq.com", "mail:zhangsan@qq.com");
    check("zhang<wbr>san@qq.com", "mail:zhangsan@qq.com");
    for other in ["office@example.com", "yjj@zhengzhou.gov.cn", "@media screen", "a @ b", "user@host", "@font-face{}"] {
        check(other, "");
    }
}

#[test]
fn dwellings() {
    check("张某，男，住河南省郑州市金水区花园路3号2号楼501室。", "address:河南省郑州市金水区花园路3号2号楼501室");
    check("家庭住址：新密市超化镇某村3组", "address:新密市超化镇某村3组");
    check("户籍所在地为金水区纬五路二十一号院，", "address:金水区纬五路二十一号院");
    for other in [
        "住所：郑州市金水区花园路3号",
        "地址：郑州市金水区花园路3号",
        "张某，住郑州市金水区花园路。",
        "住宅小区3号楼发生火情",
        "，住建局3号文",
        "居民住在三楼",
    ] {
        check(other, "");
    }
}

#[test]
fn persons() {
    check("死者张三丰，男", "name:张三丰");
    check("伤者：王小明、李四因抢救", "name:王小明 name:李四");
    check("证人欧阳小明证实", "");
    check("证人欧阳小明。", "name:欧阳小明");
    check("王小明患有尘肺病", "health:王小明");
    check("职工王小明被诊断为职业病", "health:王小明");
    check("王小明，男，16岁", "minor:王小明");
    check("未成年人王小明", "minor:王小明");
    check("十六岁的王小明", "minor:王小明");
    for other in [
        "死者张某某，男",
        "死者家属",
        "伤者于当日送医",
        "死者均为工人",
        "受害人应当",
        "防治尘肺病",
        "李某患有尘肺病",
        "王小明，男，36岁",
        "未成年人保护",
        "证人证言",
    ] {
        check(other, "");
    }
}

#[test]
fn cells_are_read_under_their_title() {
    let cells = |text: &str, delimiter| {
        let found = table(text, delimiter, &Known::default());
        let list: Vec<String> =
            found.iter().map(|cell| format!("{}{}:{}", cell.row, cell.column, cell.finding.kind.name())).collect();
        list.join(" ")
    };
    assert_eq!(cells("姓名,护照号码\n甲,E12345678\n", b','), "22:passport");
    assert_eq!(cells("说明\t\n姓名\t台胞证\n甲\t12345678", b'\t'), "32:travel-permit");
    assert_eq!(cells("甲,\"138\n00001111\"\n", b','), "12:mobile");
    assert_eq!(cells("注册号\n410105491231002\n", b','), "");
    assert_eq!(cells("死者\n王小明\n", b','), "21:name");
    assert_eq!(cells("138,0000,1111\n", b','), "");
}

#[test]
fn a_preview_never_shows_the_whole() {
    for (text, expected) in
        [("13800001111", "13*******11"), ("11010519491231002X", "110************02X"), ("死者张三丰", "张**")]
    {
        let finding = scan(text, &Known::default()).remove(0);
        assert_eq!(finding.preview(), expected);
    }
}

/// Whatever is thrown at it, it neither panics nor takes long nor finds outside the text.
#[test]
fn random_text_does_no_harm() {
    const PIECES: [&str; 40] = [
        "1",
        "3",
        "8",
        "0",
        "X",
        "<b>",
        "</b>",
        "<",
        "&#4",
        ";",
        "&",
        "\\u00",
        "31",
        "\\",
        "\n",
        "\t",
        " ",
        "\u{200B}",
        "１",
        "一",
        "〇",
        "⼀",
        "豫",
        "A",
        "@",
        "qq.com",
        "住",
        "死者",
        "张",
        "三",
        "岁",
        "患有",
        "电话",
        "护照",
        "-",
        ".",
        ")",
        "\u{1D7CF}",
        "é",
        "\u{FE0F}",
    ];
    let mut random = Random(1);
    let started = std::time::Instant::now();
    let mut tried = 0_u64;
    while started.elapsed() < trial(1) {
        let text: String = (0..30).map(|_| PIECES[random.below(PIECES.len())]).collect();
        found(&text);
        table(&text, b',', &Known::default());
        // However an identity number is cut up and dressed, it is found.
        let form = random.below(3);
        let number = "11010519491231002X".chars().map(|c| match (form, c.to_digit(10)) {
            (1, Some(digit)) => char::from_u32(0xFF10 + digit).expect("a full-width digit"),
            (2, Some(digit)) => DIGITS[digit as usize],
            _ => c,
        });
        let dressed: String =
            number.flat_map(|c| [c.to_string(), BETWEEN[random.below(BETWEEN.len())].to_owned()]).collect();
        let text = format!("甲<p>{dressed}</p>乙");
        assert_eq!(found(&text), "identity:11010519491231002X", "{text}");
        tried += 1;
    }
    eprintln!("note: {tried} texts, none crashed, every number found");
}

const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// What an eye does not see between two digits, or takes for a small gap; most gaps have nothing.
const BETWEEN: [&str; 12] = ["", "", "", "", " ", "\u{200B}", "<b>", "</b>", "&nbsp;", "&#8203;", "\u{AD}", "<wbr>"];
