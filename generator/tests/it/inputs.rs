//! The thirty-six messy inputs that offices hold, each with what becomes of it: the words of the report,
//! of the findings, and of the table that is written. Real workbooks, made here.

mod case;
mod files;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use crate::support::{self, gongkai};
pub(crate) use case::site;
use case::{case, check, run};
use files::{HEAD, ROW, book, csv, encoded, line, open_document, patched, wide, with};

#[test]
fn encodings_and_separators() {
    let text = format!("{HEAD}\n{ROW}\n");
    let tabs = text.replace(',', "\t");
    let traditional =
        "party_name,decision_no,decided_on,authority\n某營造公司,府勞職字第10338637100號,2014-12-31,樣例局\n";
    let quoted = "行政相对人名称;文号;违法事实;处罚决定日期;处罚机关\n".replace(";文号;", ";行政处罚决定书文号;")
        + "甲公司;罚〔2023〕1号;\"第一行\n他说\"\"停产\"\"；再查\";2023-03-03;样例局\n";
    check(vec![
        case("I-01", "gbk.csv", encoded(encoding_rs::GBK, &text))
            .says(&["gb18030", "新增 1"])
            .writes(&["甲建材有限公司"]),
        case("I-02", "bom.csv", format!("\u{FEFF}{text}")).says(&["新增 1"]).writes(&["样例局"]),
        case("I-02", "unicode.txt", wide(&tabs)).says(&["UTF-16LE", "新增 1"]).writes(&["样例局"]),
        case("I-02", "big5.csv", encoded(encoding_rs::BIG5, traditional))
            .says(&["Big5", "新增 1"])
            .writes(&["某營造公司"]),
        case("I-02", "named.csv", encoded(encoding_rs::BIG5, traditional))
            .mapped("encoding = \"big5\"")
            .says(&["Big5", "新增 1"]),
        case("I-03", "neither.csv", [text.as_bytes(), b"\xFF\xFF,x\n"].concat())
            .refused()
            .says(&["第 3 行附近不是 UTF-8，也不是 GBK"]),
        case("I-04", "tabs.csv", tabs.clone()).says(&["新增 1"]),
        case("I-04", "semicolon.csv", quoted).says(&["新增 1"]).writes(&["\"第一行\n他说\"\"停产\"\"；再查\""]),
        case("I-04", "wide-comma.csv", text.replace(',', "，")).says(&["新增 1"]),
    ]);
}

#[test]
fn heads() {
    let titled = csv(&[
        "某局行政处罚信息公示表",
        "填报单位：某局,,填报日期：2023-04-01",
        "单位：元",
        &HEAD.replace("（万元）", ""),
        &ROW.replace(",5,", ",50000,"),
    ]);
    let two_levels = book(|sheet| {
        let format = Format::new();
        for (column, title) in [(0, "行政相对人名称"), (1, "行政处罚决定书文号"), (4, "处罚决定日期"), (5, "处罚机关")]
        {
            sheet.merge_range(0, column, 1, column, title, &format).expect("merged");
        }
        sheet.merge_range(0, 2, 0, 3, "罚款", &format).expect("merged");
        line(sheet, 1, ",,金额,种类");
        line(sheet, 2, "甲公司,罚〔2023〕1号,3万元,罚款,2023-03-03,样例局");
    });
    let ambiguous = book(|sheet| {
        line(sheet, 0, "行政相对人名称,行政处罚决定书文号,处罚决定日期,罚款");
        sheet.merge_range(0, 3, 0, 4, "罚款", &Format::new()).expect("merged");
        line(sheet, 1, ",,,处罚机关,备注");
        line(sheet, 2, "甲公司,罚〔2023〕1号,2023-03-03,样例局,无");
    });
    let variants = csv(&[
        "*行政相对人名称（必填）,行政相对人代码-1（统一社会信用代码）,处罚决定书文号,\"处罚 决定\n日期\",处罚机关,窗口评价",
        "甲公司,91330100799655058B,罚〔2023〕1号,2023-03-03,样例局,好",
    ]
    .map(|line| line.replace("\"处罚 决定\n日期\"", "处罚 决定日期"))
    .each_ref()
    .map(String::as_str));
    check(vec![
        case("I-05", "titled.csv", titled).says(&["读入 4 行 = 采用 1 + 拒绝 0 + 略过 3"]).writes(&["50000元"]),
        case("I-06", "two-levels.xlsx", two_levels).says(&["新增 1"]).writes(&["30000元"]),
        case("I-06", "ambiguous.xlsx", ambiguous).refused().says(&["两级表头“罚款”下的“处罚机关”说不清", "!D2"]),
        case("I-07", "variants.csv", variants)
            .says(&["不认识的列“窗口评价”", "F1", "新增 1"])
            .writes(&["91330100799655058B"]),
    ]);
}

#[test]
fn rows_that_are_merged_hidden_or_no_records() {
    let merged = || {
        book(|sheet| {
            line(sheet, 0, HEAD);
            line(sheet, 1, ROW);
            line(sheet, 2, &ROW.replace("12号", "13号").replace("甲建材有限公司", ""));
            sheet.merge_range(1, 0, 2, 0, "甲建材有限公司", &Format::new()).expect("merged");
        })
    };
    let footers = csv(&[
        HEAD,
        ROW,
        "合计,,,5",
        HEAD,
        &ROW.replace("12号", "13号"),
        ",,,,",
        "填表人：某人,,电话：0371-00000000",
        "表格说明",
        "一、按月填报",
    ]);
    let hidden = || {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet().set_name("一月").expect("a name");
        line(sheet, 0, &format!("{HEAD},备注"));
        line(sheet, 1, &format!("{ROW},密"));
        line(sheet, 2, &ROW.replace("12号", "13号"));
        sheet.set_column_hidden(6).expect("hidden");
        sheet.set_row_hidden(2).expect("hidden");
        let secret = workbook.add_worksheet().set_name("底稿").expect("a name");
        line(secret, 0, "不公开");
        secret.set_hidden(true);
        workbook.save_to_buffer().expect("a workbook")
    };
    let months = || {
        let mut workbook = Workbook::new();
        for (name, number) in [("一月", "12号"), ("二月", "13号")] {
            let sheet = workbook.add_worksheet().set_name(name).expect("a name");
            line(sheet, 0, HEAD);
            line(sheet, 1, &ROW.replace("12号", number));
        }
        workbook.save_to_buffer().expect("a workbook")
    };
    check(vec![
        case("I-08", "merged.xlsx", merged())
            .mapped("fill_down = [\"行政相对人名称\"]")
            .says(&["1 个空单元格按上一行填写", "新增 2"]),
        case("I-08", "undeclared.xlsx", merged()).refused().says(&[
            "合并单元格只算第一行",
            "“行政相对人名称”不能为空",
            "!A3",
        ]),
        case("I-09", "footers.csv", footers).says(&[
            "略过 1 行（合计行）：第 3 行",
            "表尾说明）：第 7、8、9 行",
            "重复的表头）：第 4 行",
            "新增 2",
        ]),
        case("I-10", "empty.csv", csv(&[HEAD, ",,,,,", ROW])).says(&["空行", "新增 1"]),
        case("I-11", "hidden.xlsx", hidden()).says(&["隐藏的列（G）没有读入", "隐藏的行（第 3 行）", "底稿", "新增 1"]),
        case("I-11", "hidden.ods", open_document()).says(&[
            "隐藏的列（G）没有读入",
            "隐藏的行（第 3 行）",
            "底稿",
            "新增 1",
        ]),
        case("I-11", "months.xlsx", months()).refused().says(&["2 张有内容的工作表：一月、二月", "--sheet"]),
        case("I-11", "months.xlsx", months()).with(&["--sheet", "二月"]).writes(&["13号"]),
        case("I-11", "months.xlsx", months())
            .with(&["--sheet", "三月"])
            .refused()
            .says(&["没有名为“三月”的工作表", "一月、二月"]),
    ]);
}

#[test]
fn dates() {
    let good = |value, written| case("I-12", "date.csv", with(4, value)).writes(written);
    let bad = |id, value, says| case(id, "date.csv", with(4, value)).refused().says(says);
    let serial = |value: f64, style: &str| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        line(sheet, 0, HEAD);
        line(sheet, 1, &ROW.replace("2023-03-03", ""));
        sheet.write_number_with_format(1, 4, value, &Format::new().set_num_format(style)).expect("a cell");
        workbook.save_to_buffer().expect("a workbook")
    };
    let written = book(|sheet| {
        line(sheet, 0, HEAD);
        line(sheet, 1, &ROW.replace("2023-03-03", ""));
        let day = ExcelDateTime::from_ymd(2017, 3, 3).expect("a day");
        sheet.write_datetime_with_format(1, 4, &day, &Format::new().set_num_format("yyyy/m/d")).expect("a cell");
    });
    check(vec![
        good("2017年3月3日", &["2017-03-03"]),
        good("2017/3/3", &["2017-03-03"]),
        good("2017.03.03", &["2017-03-03"]),
        good("20170303", &["2017-03-03"]),
        good("2017年3月", &["2017-03,"]),
        case("I-12", "notation.csv", with(4, "03/04/2017"))
            .mapped("date_format = \"%d/%m/%Y\"")
            .writes(&["2017-04-03"]),
        case("I-13", "serial.xlsx", serial(42797.0, "General")).writes(&["2017-03-03"]),
        // The same day in a workbook that counts from 1904.
        case(
            "I-13",
            "mac.xlsx",
            patched(serial(41335.0, "yyyy-mm-dd"), "xl/workbook.xml", "<workbookPr ", "<workbookPr date1904=\"1\" "),
        )
        .writes(&["2017-03-03"]),
        case("I-13", "noon.xlsx", serial(42797.75, "yyyy-mm-dd")).writes(&["2017-03-03"]),
        case("I-13", "date.xlsx", written).writes(&["2017-03-03"]),
        case("I-13", "leap.xlsx", serial(60.0, "yyyy-mm-dd")).refused().says(&["日期不存在", "!E2"]),
        case(
            "I-13",
            "text.xlsx",
            book(|sheet| {
                line(sheet, 0, &format!("{HEAD},备注"));
                line(sheet, 1, ROW);
                sheet.write_number(1, 6, 42797.0).expect("a cell");
            }),
        )
        .writes(&["42797"]),
        good("二〇一七年三月三日", &["2017-03-03"]),
        good("2017年3月3号", &["2017-03-03"]),
        bad("I-14", "17年3月3日", &["世纪不明", "E2"]),
        bad("I-15", "2022-09-31", &["日期不存在", "· E2"]),
        bad("I-15", "#######", &["#", "E2"]),
        bad("I-16", "2999-03-03", &["不在 1900—2100 之间"]),
        bad("I-16", "2099-03-03", &["晚于", "no-future-date"]),
        case("I-16", "order.csv", csv(&[&format!("{HEAD},发布日期"), &format!("{ROW},2023-01-01")])).refused().says(&[
            "早于",
            "2023年1月1日",
            "2023年3月3日",
        ]),
        case("I-17", "open.csv", csv(&[&format!("{HEAD},处罚有效期"), &format!("{ROW},2099-12-31")])).writes(&["长期"]),
    ]);
}

#[test]
fn money_and_nothing() {
    // Eight fines of 5 万元 and one of 600.
    let median = |checked: &str| {
        let fines = (1..=9).map(|at| {
            let row = ROW.replace("12号", &format!("{at}号"));
            if at == 9 { format!("{},{checked}", row.replace(",5,", ",600,")) } else { format!("{row},") }
        });
        let lines: Vec<String> = std::iter::once(format!("{HEAD},已核对")).chain(fines).collect();
        csv(&lines.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let money = |value, written| case("I-18", "money.csv", with(3, value)).writes(written);
    check(vec![
        money("5", &["50000元"]),
        money("5万", &["50000元"]),
        money("50000元", &["50000元"]),
        money("伍万元整", &["50000元"]),
        money("5.0 ", &["50000元"]),
        case(
            "I-18",
            "yuan.csv",
            csv(&[&HEAD.replace("罚款金额（万元）", "罚款（元）"), &ROW.replace(",5,", ",50000,")]),
        )
        .writes(&[",50000元"]),
        case("I-19", "wan.csv", with(3, "50000")).refused().says(&["可能把“元”填进了“万元”列", "fine-plausible", "D2"]),
        case("I-19", "median.csv", median("")).says(&["中位数 50000 元的一百倍以上", "D10", "新增 9"]),
        case("I-19", "checked.csv", median("600")).says(&["新增 9"]).omits("中位数"),
        case("I-20", "null.csv", with(3, "/")).writes(&["罚款,,2023-03-03"]),
        case("I-20", "null.csv", with(3, "— —")).writes(&["罚款,,2023-03-03"]),
        case("I-20", "zero.csv", with(3, "0")).writes(&["罚款,0元,2023-03-03"]),
    ]);
}

#[test]
fn codes_names_and_numbers() {
    let coded = |value: &str| csv(&[&format!("{HEAD},统一社会信用代码"), &format!("{ROW},{value}")]);
    let code = |id, value: &str| case(id, "code.csv", coded(value));
    let scientific = book(|sheet| {
        line(sheet, 0, &format!("{HEAD},统一社会信用代码"));
        line(sheet, 1, ROW);
        sheet.write_number(1, 6, 914_101_051_990_010_113.0).expect("a cell");
    });
    let place = |value: &str| csv(&[&format!("{HEAD},县区,行业领域"), &format!("{ROW},{value}")]);
    check(vec![
        code("I-21", "'91330100799655058b\t").writes(&["91330100799655058B"]),
        code("I-21", "９１３３０１００ 799655058B").writes(&["91330100799655058B"]),
        code("I-22", "9.14101E+17").refused().says(&["被 Excel 截断", "G2"]),
        case("I-22", "scientific.xlsx", scientific).refused().says(&["被 Excel 截断", "!G2"]),
        code("I-23", "9133O100799655058B").refused().says(&["91330100799655058B"]),
        code("I-23", "91350100M0001TGQXM").says(&["校验位应为", "新增 1"]),
        case(
            "I-23",
            "ack.csv",
            csv(&[&format!("{HEAD},统一社会信用代码,已核对"), &format!("{ROW},91350100M0001TGQXM,91350100M0001TGQXM")]),
        )
        .writes(&["已核对"]),
        code("I-23", "00000000000000000X").says(&["新增 1"]),
        case(
            "I-24",
            "old.csv",
            csv(&[&format!("{HEAD},组织机构代码,工商注册号"), &format!("{ROW},71526726-X,410100000000001")]),
        )
        .says(&["没有统一社会信用代码", "新增 1"])
        .writes(&["71526726-X", "410100000000001"]),
        case(
            "I-25",
            "names.csv",
            csv(&[
                &format!("{HEAD},统一社会信用代码"),
                &format!("{ROW},91330100799655058B"),
                &format!("{},91330100799655058B", ROW.replace("有限公司", "有限责任公司").replace("12号", "13号")),
            ]),
        )
        .says(&["新增 2"]),
        case("I-26", "brackets.csv", csv(&[HEAD, ROW, &ROW.replace("〔2023〕12号", "﹝2023﹞ 第12号")]))
            .says(&["与另一行完全相同）：第 3 行", "新增 1"]),
        case("I-26", "year.csv", with(1, "应急罚12号")).says(&["没有年份", "B2"]),
        case("I-27", "twice.csv", csv(&[HEAD, ROW, &ROW.replace(",5,", ",6,")]))
            .refused()
            .says(&["内容不同：罚款金额", "读入 2 行 = 采用 1 + 拒绝 1 + 略过 0"]),
        case("I-31", "kinds.csv", with(2, "罚款、没收违法所得")).writes(&["罚款；没收违法所得"]),
        case("I-31", "order.csv", with(2, "责令改正")).says(&["责令改正"]),
        case("I-32", "place.csv", place("管城区,危化")).writes(&["管城回族区"]),
        case("I-32", "place.csv", place("金水去,工贸")).refused().says(&["金水区", "G2"]),
        case("I-33", "sector.csv", place("市本级,消防")).writes(&["消防"]),
    ]);
}

#[test]
fn odd_characters_and_formulas() {
    let note = |value: &str| csv(&[&format!("{HEAD},备注"), &format!("{ROW},{value}")]);
    let long = "长".repeat(30_000);
    check(vec![
        case("I-34", "rare.csv", note("李\u{20BB7}镕\u{200B}爲\u{A0}門"))
            .says(&["生僻字", "𠮷"])
            .writes(&["李𠮷镕爲 門"]),
        case("I-34", "private.csv", note("某\u{E123}村")).says(&["造字"]),
        case("I-35", "formula.csv", note("\"=HYPERLINK(\"\"http://x\"\")\"")).writes(&["'=HYPERLINK"]),
        case("I-35", "script.csv", note("<script>alert(1)</script>")).writes(&["<script>"]),
        case("I-35", "long.csv", note(&long)).refused().says(&["内容有 30000 个字", "G2"]),
        case(
            "I-35",
            "unsaved.xlsx",
            book(|sheet| {
                line(sheet, 0, HEAD);
                line(sheet, 1, &ROW.replace(",5,", ",,"));
                sheet.write_formula(1, 3, Formula::new("=1/0").set_result("#DIV/0!")).expect("a cell");
            }),
        )
        .refused()
        .says(&["#DIV/0!"]),
    ]);
}

/// Files that cannot be tables say what they are and what to do.
#[test]
fn files_that_are_no_tables() {
    let good = || {
        book(|sheet| {
            line(sheet, 0, HEAD);
            line(sheet, 1, ROW);
        })
    };
    let old = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 600]].concat();
    let encrypted: Vec<u8> =
        old.iter().copied().chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let half = good()[..good().len() / 2].to_vec();
    check(vec![
        case("I-36", "empty.xlsx", Vec::new()).refused().says(&["0 字节"]),
        case("I-36", "empty.csv", Vec::new()).refused().says(&["表格是空的"]),
        case("I-36", "locked.xlsx", encrypted).refused().says(&["密码"]),
        case("I-36", "renamed.xlsx", old.clone()).refused().says(&["内容是 .xls，扩展名却是 .xlsx"]),
        case("I-36", "sheet.et", old).refused().says(&["WPS", "另存为 .xlsx"]),
        case("I-36", "half.xlsx", half).refused().says(&["残缺"]),
        case("I-36", "page.xls", b"<html><table><tr><td>x</td></tr></table></html>".to_vec()).refused().says(&["网页"]),
        case("I-36", "macro.xlsm", good()).says(&["新增 1"]),
    ]);
}

/// The privacy gate has its own tests: I-28 (a person's row), I-29 (numbers inside text), I-30 (names in
/// reports). Here only this: an import leaves columns for the office alone out, and says so.
#[test]
fn columns_for_the_office_stay_there() {
    check(vec![
        case("I-28", "person.csv", csv(&[&format!("{HEAD},身份证号,联系电话"), &format!("{ROW},无,/")]))
            .says(&["不公开的列没有写入：证件号码", "不公开的列没有写入：联系电话"])
            .writes(&["甲建材有限公司"]),
    ]);
}

/// A workbook in a register's folder is a table; one that a text names is an attachment, whole and unread.
#[test]
fn build_reads_spreadsheets_and_leaves_attachments_alone() {
    let root = site();
    let write = |path: &str, bytes: Vec<u8>| support::write(&root.path().join(path), bytes);
    let table = |number: &str, party: &str| {
        book(|sheet| {
            line(sheet, 0, "某局行政处罚信息公示表");
            line(sheet, 1, &format!("{HEAD},发布日期"));
            line(sheet, 2, &format!("{},2023-03-05", ROW.replace("12号", number).replace("甲建材", party)));
            line(sheet, 3, "合计,,,5");
        })
    };
    let gbk = format!("{HEAD},发布日期\n{},2023-03-05\n", ROW.replace("12号", "15号").replace("甲建材", "丁建材"));
    write("content/penalty/2025.XLSX", table("12号", "甲建材"));
    write("content/penalty/gbk.csv", encoded(encoding_rs::GBK, &gbk));
    write("content/penalty/lines.jsonl", "{\"party_name\": \"戊公司\", \"decision_no\": \"罚〔2025〕9号\", \"decided_on\": \"2025-03-03\", \"authority\": \"样例局\", \"party_kind\": \"法人及非法人组织\"}\n".into());
    write("content/penalty/~$2025.xlsx", b"lock".to_vec());
    write("content/penalty/decision/index.md", "+++\nparty_name = \"己公司\"\nparty_kind = \"法人及非法人组织\"\ndecision_no = \"罚〔2025〕10号\"\ndecided_on = \"2025-03-03\"\nauthority = \"样例局\"\nattachments = [\"附表.xlsx\"]\n+++\n".into());
    write("content/penalty/decision/附表.xlsx", table("13号", "乙建材"));
    write("content/news/_index.md", "+++\ntitle = \"动态\"\n+++\n".into());
    write("content/news/a.md", "+++\ntitle = \"甲\"\npublished_on = 2025-03-03\n+++\n[名单](名单.xlsx)\n".into());
    write("content/news/名单.xlsx", table("14号", "丙建材"));
    write("content/news/unnamed.xlsx", b"not even a workbook".to_vec());
    let ran = gongkai(root.path(), &["--lang", "zh", "build"]).expect(0);
    let said = format!("{}\n{}", ran.out, ran.err);
    for words in ["gb18030", "合计行", "表头上方的说明行", "临时文件"] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    let public = support::tree(&root.path().join("public"));
    let list = String::from_utf8(public["penalty/index.csv"].clone()).expect("text");
    assert!(list.contains("应急罚〔2023〕12号") && list.contains("应急罚〔2023〕15号"), "{list}");
    assert!(!list.contains("应急罚〔2023〕13号") && !list.contains("应急罚〔2023〕14号"), "{list}");
    let attached = public.keys().filter(|name| name.starts_with("files/") && name.ends_with(".xlsx")).count();
    assert_eq!(attached, 2, "the list that the news links to and the sheet of a decision\n{said}");
}

/// A mapping says what a sheet does not; one that leads nowhere is refused or pointed out.
#[test]
fn mappings_say_what_a_sheet_does_not() {
    let odd = || csv(&["单位全称,案卷,罚没,办结,底账", "甲公司,罚〔2023〕1号,罚款+警告,03/04/2023,内部"]);
    let good = "columns = { \"单位全称\" = \"party_name\", \"案卷\" = \"决定书文号\", \"罚没\" = \"kinds\", \"办结\" = \"decided_on\", \"底账\" = \"\" }\nconstants = { authority = \"样例局\" }\ndate_format = \"%d/%m/%Y\"\nsplit = { kinds = \"+\" }\n";
    check(vec![
        case("mapping", "odd.csv", odd()).mapped(good).says(&["新增 1"]).writes(&[
            "罚款；警告",
            "2023-04-03",
            "样例局",
        ]),
        case("mapping", "odd.csv", odd())
            .mapped("columns = { \"单位全称\" = \"party_nam\" }")
            .refused()
            .says(&["不认识的字段“party_nam”", "party_name"]),
        case("mapping", "odd.csv", odd()).mapped("colums = {}").refused().says(&["映射文件有误", "odd.csv.map.toml"]),
        case("mapping", "odd.csv", odd()).with(&["--suggest-mapping"]).says(&[
            "[columns]",
            "\"单位全称\" = \"",
            "header_row = 1",
        ]),
        case(
            "mapping",
            "acknowledged.csv",
            csv(&[&format!("{HEAD},统一社会信用代码"), &format!("{ROW},91350100M0001TGQXM")]),
        )
        .mapped("acknowledged = [\"91350100M0001TGQXM\"]")
        .says(&["新增 1"])
        .writes(&["已核对", "样例局,91350100M0001TGQXM"]),
    ]);
}

/// Once more the same, then corrected, then with a row less: nothing happens in silence.
#[test]
fn an_import_is_compared_with_what_is_there() {
    let root = site();
    let import = |text: &str, more: &'static [&'static str]| {
        run(root.path(), &case("import", "t.csv", text.as_bytes().to_vec()).with(more))
    };
    let two = format!("{HEAD}\n{ROW}\n{}\n", ROW.replace("12号", "13号"));
    let ran = import(&two, &["--dry-run"]).expect(0);
    assert!(ran.out.contains("试运行") && !root.path().join("content/penalty/t.csv").exists(), "{}", ran.out);
    let ran = import(&two, &[]).expect(0);
    assert!(ran.out.contains("新增 2，变更 0") && ran.out.contains("已写入"), "{}", ran.out);
    let before = support::tree(root.path());
    let ran = import(&two, &[]).expect(0);
    assert!(ran.out.contains("新增 0，变更 0，未变 2") && !ran.out.contains("已写入"), "{}", ran.out);
    assert_eq!(support::differences(&before, &support::tree(root.path())), Vec::<String>::new());
    let corrected = two.replacen(",5,", ",6,", 1);
    let ran = import(&corrected, &[]).expect(0);
    assert!(ran.out.contains("变更 1") && ran.out.contains("罚款金额：50000元 → 60000元"), "{}", ran.out);
    let one = format!("{HEAD}\n{}\n", ROW.replace("12号", "13号"));
    let ran = import(&one, &[]).expect(0);
    assert!(
        ran.out.contains("本次缺少 1") && ran.out.contains("撤回日期") && !ran.out.contains("已写入"),
        "{}",
        ran.out
    );
    let ran = import(&one, &["--withdraw", "决定被撤销"]).expect(0);
    assert!(ran.out.contains("撤回：样例局 · （郑）应急罚〔2023〕12号"), "{}", ran.out);
    assert!(support::text(&root.path().join("content/penalty/t.csv")).contains("决定被撤销"));
    let ran = import(&two, &[]).expect(0);
    assert!(ran.out.contains("撤回后再现 1") && ran.out.contains("仍按撤回处理"), "{}", ran.out);
    let ran = import(&one, &["--name", "other"]).expect(0);
    assert!(ran.out.contains("→ content/penalty/other.csv") && ran.out.contains("未变 1"), "{}", ran.out);
    let ran = import(&one.replace(",5,", ",7,"), &["--name", "other"]).expect(1);
    assert!(ran.err.contains("已在登记表的另一个文件里") && ran.err.contains("content/penalty/t.csv"), "{}", ran.err);
}
