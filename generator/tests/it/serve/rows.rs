//! A workbook that is edited while it is shown. What was made of the rows that say what they said is used again, so
//! whatever was edited, a preview that has seen all of it must show and say what one does that has seen nothing.

use std::fs;

use rust_xlsxwriter::Workbook;

use super::preview::{PATIENCE, Preview};
use super::site;
use crate::support;

const TABLE: &str = "content/penalty/rows.xlsx";
const PAGE: &str = "content/news/p0.md";
const HEAD: [&str; 9] = [
    "行政相对人名称",
    "行政处罚决定书文号",
    "违法行为类型",
    "罚款（元）",
    "处罚类别",
    "处罚决定日期",
    "处罚机关",
    "县区",
    "行业领域",
];

/// A row of the workbook: name, number, sum, day.
type Line<'l> = (&'l str, &'l str, &'l str, &'l str);

const A: Line<'_> = ("甲公司", "应急罚〔2025〕1号", "10000", "2025-03-01");
const B: Line<'_> = ("乙公司", "应急罚〔2025〕2号", "20000", "2025-03-02");
const C: Line<'_> = ("丙公司", "应急罚〔2025〕3号", "30000", "2025-03-03");
const OTHER: Line<'_> = ("另一家公司", "应急罚〔2025〕4号", "40000", "2025-03-04");
/// Its number says no year, which is worth a warning.
const DOUBTFUL: Line<'_> = ("某公司", "应急罚5号", "50000", "2025-03-05");
const WRONG: Line<'_> = ("误公司", "应急罚〔2025〕6号", "60000", "2025年13月");

fn workbook(head: &[&str], lines: &[Line<'_>]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, title) in (0_u16..).zip(head) {
        sheet.write_string(0, column, *title).expect("a cell");
    }
    for (row, (name, number, sum, day)) in (1..).zip(lines) {
        let cell = |title: &str| match title {
            "行政相对人名称" => *name,
            "行政处罚决定书文号" => *number,
            "违法行为类型" => "未设警示标志",
            "罚款（元）" => *sum,
            "处罚类别" => "罚款",
            "处罚决定日期" => *day,
            "处罚机关" => "样例局",
            "县区" => "金水区",
            "附件" => "list.xlsx",
            _ => "工贸行业",
        };
        for (column, title) in (0_u16..).zip(head) {
            sheet.write_string(row, column, cell(title)).expect("a cell");
        }
    }
    workbook.save_to_buffer().expect("a workbook")
}

#[test]
fn rows_are_used_again_where_they_say_the_same() {
    let site = site();
    let root = site.path();
    let mut swapped = HEAD;
    swapped.swap(0, 7);
    let twice = [A, B, C, A, B, C];
    let numbers: Vec<String> = (10..40).map(|number| format!("应急罚〔2025〕{number}号")).collect();
    let long: Vec<Line<'_>> = numbers.iter().map(|number| ("丁公司", number.as_str(), "1000", "2025-04-01")).collect();
    let outlier = [&long[..], &[("戊公司", "应急罚〔2025〕7号", "99000000", "2025-04-02"), WRONG]].concat();
    let shifted = [&[A], &outlier[..]].concat();
    let states: [(&str, &[&str], &[Line<'_>]); 17] = [
        ("a table", &HEAD, &[A, B, C]),
        ("a row above", &HEAD, &[OTHER, A, B, C]),
        ("another name", &HEAD, &[OTHER, A, ("乙乙公司", B.1, B.2, B.3), C]),
        ("a doubtful row", &HEAD, &[OTHER, A, B, DOUBTFUL, C]),
        ("rows above a doubtful one go", &HEAD, &[B, DOUBTFUL, C]),
        ("a wrong row", &HEAD, &[B, DOUBTFUL, C, WRONG]),
        ("a row comes before a wrong one", &HEAD, &[A, B, DOUBTFUL, C, WRONG]),
        ("rows before a wrong one go", &HEAD, &[DOUBTFUL, WRONG, C]),
        ("the wrong row is mended", &HEAD, &[DOUBTFUL, C]),
        ("another order", &HEAD, &[C, B, A, DOUBTFUL]),
        ("equal rows", &HEAD, &twice),
        ("one key, two sayings", &HEAD, &[A, B, ("不同公司", A.1, A.2, A.3)]),
        ("other columns", &swapped, &[A, B, C]),
        ("a sum that stands out", &HEAD, &outlier),
        ("and moves", &HEAD, &shifted),
        ("and is one of few", &HEAD, &shifted[28..]),
        ("and is left", &HEAD, &shifted[..32]),
    ];
    let preview = Preview::start(root, &[]);
    let problems = |preview: &Preview| preview.json("problems", "route=index.html")["problems"].clone();
    for (what, head, lines) in states {
        let before = preview.generation();
        support::write(&root.join(TABLE), workbook(head, lines));
        let started = std::time::Instant::now();
        while preview.generation() == before {
            assert!(started.elapsed() < PATIENCE, "nothing was seen of {what}");
        }
        let fresh = Preview::start(root, &[]);
        assert_eq!(problems(&preview), problems(&fresh), "after {what}");
        let out = root.join("clean");
        let built = support::gongkai(root, &["build", "--out", out.to_str().expect("a plain name")]);
        let is_good = problems(&preview).as_array().is_some_and(Vec::is_empty);
        assert_eq!(built.code == Some(0), is_good, "after {what}: {}", built.said());
        if is_good {
            preview.settles_to(&support::tree(&out), what);
        }
        let _ = fs::remove_dir_all(&out);
    }
}

/// Data files are asked for one after the other, as a program would that keeps them up to date.
#[test]
fn tables_follow_their_rows_and_what_those_name() {
    let site = site();
    let root = site.path();
    let policy = |title: &str| {
        let text = format!(
            "+++\ntitle = \"{title}\"\ndoc_no = \"试安委办〔2025〕1号\"\ndate = 2025-05-01\nissuer = \"样例局\"\n+++\n\n正文。\n"
        );
        support::write(&root.join("content/policy/p.md"), text);
    };
    let interpretation = |name: &str, title: &str| {
        let text = format!(
            "+++\ntitle = \"{title}\"\npublished_on = 2025-05-02\npolicy = \"试安委办〔2025〕1号\"\n+++\n\n解读。\n"
        );
        support::write(&root.join("content/interpretation").join(name), text);
    };
    let column = |register: &str, title: &str| {
        let text = format!("+++\ntitle = \"{title}\"\nregister = \"{register}\"\n+++\n");
        support::write(&root.join("content").join(register).join("_index.md"), text);
    };
    column("policy", "政策文件");
    column("interpretation", "政策解读");
    policy("试用办法");
    interpretation("a.md", "解读一");
    interpretation("b.md", "解读二");
    let preview = Preview::start(root, &[]);
    let tables = ["interpretation/index.csv", "interpretation/index.json", "policy/index.csv", "policy/index.json"];
    let edits: [(&str, &dyn Fn()); 7] = [
        ("nothing", &|| {}),
        ("another title of what rows name", &|| policy("试用规定")),
        ("another title", &|| interpretation("a.md", "解读其一")),
        ("a row more", &|| interpretation("c.md", "解读三")),
        ("a row less", &|| fs::remove_file(root.join("content/interpretation/b.md")).expect("it is there")),
        ("another address", &|| {
            let settings = root.join("portal.toml");
            support::write(&settings, support::text(&settings).replace("example", "beispiel"));
        }),
        ("another language", &|| {
            let settings = root.join("portal.toml");
            support::write(&settings, support::text(&settings).replace("[site]", "[site]\nlanguage = \"en\""));
        }),
    ];
    for (what, edit) in edits {
        edit();
        let out = root.join("clean");
        support::gongkai(root, &["build", "--out", out.to_str().expect("a plain name")]).expect(0);
        let started = std::time::Instant::now();
        for table in tables {
            let wanted = support::read(&out.join(table));
            while preview.route(table).body != wanted {
                assert!(started.elapsed() < PATIENCE, "{table} after {what}");
            }
        }
        let _ = fs::remove_dir_all(&out);
    }
}

/// A spreadsheet that a text begins to name is a file that rows may name too.
#[test]
fn a_row_may_name_what_a_text_has_made_an_attachment() {
    let site = site();
    let root = site.path();
    let mut with_file = HEAD.to_vec();
    with_file[8] = "附件";
    support::write(&root.join("content/penalty/list.xlsx"), workbook(&HEAD, &[OTHER]));
    let text = String::from_utf8(support::read(&root.join(PAGE))).expect("a page is text");
    let preview = Preview::start(root, &[]);
    support::write(&root.join(TABLE), workbook(&with_file, &[A]));
    let listener = preview.listen("index.html");
    listener.until(|state| state["errors"].as_u64() > Some(0));
    support::write(&root.join(PAGE), format!("{text}\n[名单](../penalty/list.xlsx)\n"));
    listener.until(|state| state["errors"] == 0);
    support::write(&root.join(PAGE), text);
    listener.until(|state| state["errors"].as_u64() > Some(0));
}
