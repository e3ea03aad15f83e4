//! The catalogue of public information: index number, name, content and date of every record.

use std::collections::BTreeMap;

use crate::inputs::site;
use crate::support::{self, gongkai};

#[test]
fn what_is_planned_was_made_before_and_what_nobody_dated_is_said() {
    let root = site();
    let root = root.path();
    let table = "活动名称,活动类别,开始时间,地点,发布日期\n\
                 甲会,宣传咨询,2025-07-20 09:00,一号楼,2025-06-10\n\
                 乙会,宣传咨询,2025-05-08 09:00,二号楼,\n\
                 丙会,宣传咨询,2025-08-01 09:00,,\n";
    support::write(&root.join("content/event/t.csv"), table);
    let ran = gongkai(root, &["--lang", "zh", "build"]).expect(0);
    assert!(ran.err.contains("“丙会”没有生成日期"), "{}", ran.err);
    let catalogue: serde_json::Value =
        serde_json::from_str(&support::text(&root.join("public/catalogue/index.json"))).expect("JSON");
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().expect("a text").to_owned();
    let rows: BTreeMap<String, (String, String)> = catalogue["records"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| (text(row, "title"), (text(row, "date"), text(row, "summary"))))
        .collect();
    let row = |date: &str, summary: &str| (date.to_owned(), summary.to_owned());
    assert_eq!(rows["甲会"], row("2025-06-10", "活动日历。活动类别：宣传咨询；地点：一号楼"));
    assert_eq!(rows["乙会"], row("2025-05-08", "活动日历。活动类别：宣传咨询；地点：二号楼"));
    assert_eq!(rows["丙会"].0, "");
    assert!(support::text(&root.join("public/event/index.html")).contains("更新日期 2025年6月10日"));
    let pages = support::tree(&root.join("public/event"));
    let announced = pages.values().filter(|page| String::from_utf8_lossy(page).contains("content=\"2025-08-01"));
    assert_eq!(announced.count(), 0, "a page says that it was published on a day to come");

    support::write(&root.join("portal.toml"), "[site]\nname = \"样例\"\nas_of = \"2025-06-30\"\ncatalogue = false\n");
    let ran = gongkai(root, &["--lang", "zh", "build"]).expect(0);
    assert!(!ran.err.contains("生成日期"), "{}", ran.err);
}
