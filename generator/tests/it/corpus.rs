//! A portal of any size, the same one every time: pages in three columns and rows in two registers.

use std::path::Path;

use crate::support::{self, Dice};

/// Words that sentences are made of.
const WORDS: [&str; 16] = [
    "隐患", "排查", "粉尘", "企业", "整改", "通道", "检查", "培训", "演练", "燃气", "电梯", "工地", "人员", "设备",
    "制度", "复查",
];

const DISTRICTS: [&str; 5] = ["金水区", "二七区", "中原区", "巩义市", "新密市"];
const SECTORS: [&str; 3] = ["工贸行业", "建筑施工", "消防（火灾）"];

/// The files of a portal, in order of their paths.
pub(crate) fn files(pages: usize, rows: usize) -> Vec<(String, String)> {
    let mut dice = Dice::new(7);
    let mut files = vec![
        ("portal.toml".to_owned(), portal("样例平台")),
        ("content/_index.md".to_owned(), "+++\ntitle = \"首页\"\n+++\n\n说明。\n".to_owned()),
        ("content/about/_index.md".to_owned(), "+++\ntitle = \"关于\"\n+++\n".to_owned()),
        ("content/guide/_index.md".to_owned(), "+++\ntitle = \"指南\"\n+++\n\n怎样办事。\n".to_owned()),
    ];
    for number in 0..pages {
        let column = ["news", "about", "guide"][number % 3];
        files.push((format!("content/{column}/p{number}.md"), page(number, &mut dice)));
    }
    for (at, first) in (0..rows).step_by(100).enumerate() {
        let last = (first + 100).min(rows);
        files.push((format!("content/penalty/{at}.csv"), sheet(first..last, &mut dice)));
    }
    files
}

/// Writes the files of a portal.
pub(crate) fn write(root: &Path, files: &[(String, String)]) {
    for (path, text) in files {
        support::write(&root.join(path), text);
    }
}

/// The settings, with this name in them: it stands on every page.
pub(crate) fn portal(name: &str) -> String {
    format!(
        "[site]\nname = \"{name}\"\nurl = \"https://www.example.gov.cn\"\nbase_path = \"/aq/\"\nas_of = \"2025-06-30\"\nindex_no_pattern = \"X/{{year}}-{{id}}\"\n\n[home]\nlatest = [\"news\", \"penalty\"]\nfigures = [\"penalty\"]\n"
    )
}

pub(crate) fn sentence(dice: &mut Dice, words: usize) -> String {
    let words: Vec<&str> = (0..words).map(|_| WORDS[dice.roll(WORDS.len())]).collect();
    format!("{}。", words.join(""))
}

pub(crate) fn page(number: usize, dice: &mut Dice) -> String {
    let (month, day) = (1 + dice.roll(6), 1 + dice.roll(28));
    let district = DISTRICTS[dice.roll(DISTRICTS.len())];
    let sector = SECTORS[dice.roll(SECTORS.len())];
    let title = sentence(dice, 4);
    let body: Vec<String> = (0..6).map(|part| format!("## {part} 节\n\n{}\n", sentence(dice, 40))).collect();
    format!(
        "+++\ntitle = \"{title}（{number}）\"\npublished_on = 2025-{month:02}-{day:02}\ndistricts = [\"{district}\"]\nsectors = [\"{sector}\"]\n+++\n\n{}",
        body.join("\n")
    )
}

const HEAD: &str = "标识,行政相对人名称,行政处罚决定书文号,违法行为类型,处罚类别,处罚决定日期,处罚机关,县区,行业领域,撤回日期,撤回理由\n";

fn sheet(numbers: std::ops::Range<usize>, dice: &mut Dice) -> String {
    let rows: Vec<String> = numbers.map(|number| row(number, dice)).collect();
    format!("{HEAD}{}", rows.concat())
}

/// One penalty, a line of its sheet.
pub(crate) fn row(number: usize, dice: &mut Dice) -> String {
    let (month, day) = (1 + dice.roll(6), 1 + dice.roll(28));
    let district = DISTRICTS[dice.roll(DISTRICTS.len())];
    let sector = SECTORS[dice.roll(SECTORS.len())];
    format!(
        "r{number},第{number}号公司,（样）应急罚〔2025〕{number}号,{},罚款,2025-{month:02}-{day:02},样例局,{district},{sector},,\n",
        sentence(dice, 3)
    )
}
