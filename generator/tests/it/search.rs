//! The search index: what is public is found exactly, what is not is nowhere, and only what changed is made
//! anew.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::support;

const SITE: &str = r#"
-- portal.toml --
[site]
name = "样例"
theme = "bare"
as_of = "2025-06-30"
catalogue = false

[[synonym]]
words = ["应急管理局", "安监局"]
-- content/news/spring.md --
+++
title = "春季检查"
published_on = 2025-03-05
district = "金水区"
+++

第一段说安全。

生产在第二段。**應急**管理局查了三家，依照第十二条。
-- content/news/old.md --
+++
title = "旧闻"
published_on = 2023-03-05
+++

市安监局发布安全生产提示。
-- content/news/later.md --
+++
title = "预告"
published_on = 2025-07-05
+++

将来的秘密。
-- content/news/draft.md --
+++
title = "草稿"
published_on = 2025-03-01
draft = true
+++

未定的秘密。
-- content/penalty/2025.csv --
行政相对人名称,行政相对人类别,统一社会信用代码,行政处罚决定书文号,违法行为类型,处罚类别,处罚决定日期,处罚机关,县区,备注,撤回日期,撤回理由
甲建材有限公司,法人及非法人组织,91419900MA9T000188,豫应急罚〔2025〕1号,未设置安全警示标志,罚款,2025-05-02,市应急管理局,金水区,,,
乙机械有限公司,法人及非法人组织,91419900MA9T000263,豫应急罚〔2025〕2号,违规动火,罚款,2025-05-03,市应急管理局,中原区,,2025-06-01,复议撤销
"#;

struct Portal(TempDir);

impl Portal {
    fn new() -> Portal {
        let root = support::scratch();
        support::unpack(SITE, root.path());
        support::add_bare_theme(root.path());
        let portal = Portal(root);
        portal.build();
        portal
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn build(&self) {
        support::gongkai(self.path(), &["build", "--lang", "en"]).expect(0);
    }

    fn partitions(&self) -> Vec<String> {
        support::names(&self.path().join("search-index/parts"))
    }

    fn answer(&self, arguments: &[&str]) -> serde_json::Value {
        let ran = support::gongkai(self.path(), &[&["search", "--json"], arguments].concat()).expect(0);
        serde_json::from_str(&ran.out).expect("an answer is JSON")
    }

    /// Titles of the records and dossiers that are found; those that only come near begin with `~`.
    fn found(&self, arguments: &[&str]) -> Vec<String> {
        let answer = self.answer(arguments);
        let mark = if answer["loose"] == true { "~" } else { "" };
        let results = answer["results"].as_array().expect("results are a list");
        let columns = |one: &&serde_json::Value| one["url"].as_str().is_some_and(|url| !url.ends_with("/index.html"));
        results
            .iter()
            .filter(columns)
            .map(|one| format!("{mark}{}", one["title"].as_str().unwrap_or_default()))
            .collect()
    }
}

#[test]
fn a_phrase_is_found_exactly_where_it_stands() {
    let portal = Portal::new();
    for (arguments, expected) in [
        (vec!["查了三家"], vec!["春季检查"]),
        (vec!["了三"], vec!["春季检查"]),
        (vec!["闻"], vec!["旧闻"]),
        // Traditional characters, spaces and title marks make no difference.
        (vec!["市應急 管理"], vec!["甲建材有限公司：未设置安全警示标志"]),
        (vec!["豫应急罚[2025]1号"], vec!["甲建材有限公司：未设置安全警示标志"]),
        (vec!["ma9t0001"], vec!["甲建材有限公司", "甲建材有限公司：未设置安全警示标志"]),
        // Not across paragraphs.
        (vec!["安全生产"], vec!["旧闻"]),
        (vec!["安全 生产 -提示"], vec!["春季检查"]),
        (vec!["第12条"], vec!["春季检查"]),
        (vec!["安全", "--district", "410105"], vec!["甲建材有限公司：未设置安全警示标志", "春季检查"]),
        (vec!["安全", "--register", "penalty"], vec!["甲建材有限公司：未设置安全警示标志"]),
        (vec!["安全", "--to", "2024-12-31"], vec!["旧闻"]),
        (vec!["公司:建材"], vec!["甲建材有限公司", "甲建材有限公司：未设置安全警示标志"]),
        (vec!["标题:旧"], vec!["旧闻"]),
    ] {
        let mut found = portal.found(&arguments);
        let mut expected = expected;
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected, "{arguments:?}");
    }
}

#[test]
fn the_whole_title_or_number_comes_first_and_synonyms_are_named() {
    let portal = Portal::new();
    assert_eq!(portal.found(&["甲建材有限公司"])[0], "甲建材有限公司");
    let answer = portal.answer(&["市安监局"]);
    assert_eq!(answer["also"], serde_json::json!(["市应急管理局"]));
    assert_eq!(answer["total"], 2);
    assert_eq!(answer["facets"]["register"], serde_json::json!({ "news": 1, "penalty": 1 }));
    assert_eq!(portal.found(&["旧闻提示"])[0], "~旧闻");
}

#[test]
fn what_is_not_public_is_in_no_file_of_the_index() {
    let portal = Portal::new();
    for words in ["将来的秘密", "未定的秘密", "乙机械", "违规动火"] {
        assert!(portal.found(&[words]).iter().all(|title| title.starts_with('~')), "{words}");
        for (name, bytes) in support::tree(&portal.path().join("search-index")) {
            let found = bytes.windows(words.len()).any(|window| window == words.as_bytes());
            assert!(!found, "{words} stands in {name}");
        }
    }
}

#[test]
fn only_partitions_whose_documents_changed_are_made_anew() {
    let portal = Portal::new();
    let before = portal.partitions();
    assert_eq!(
        before.iter().map(|name| name.rsplit_once('-').expect("label and hash").0).collect::<Vec<_>>(),
        ["2023", "2025-03", "2025-05", "undated"]
    );
    portal.build();
    assert_eq!(portal.partitions(), before, "nothing changed");
    let page = portal.path().join("content/news/spring.md");
    fs::write(&page, support::text(&page).replace("三家", "四家")).expect("the page can be written");
    portal.build();
    let after = portal.partitions();
    let changed: Vec<&String> = after.iter().filter(|name| !before.contains(name)).collect();
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert!(changed[0].starts_with("2025-03-"));
    assert!(portal.found(&["查了三家"])[0].starts_with('~'));
    assert_eq!(portal.found(&["查了四家"]), ["春季检查"]);
}

#[test]
fn what_a_killed_build_left_is_removed_and_a_missing_partition_is_made() {
    let portal = Portal::new();
    let parts = portal.path().join("search-index/parts");
    let before = portal.partitions();
    fs::create_dir(parts.join(".making-2023-0123")).expect("a folder can be made");
    fs::write(parts.join(".making-2023-0123/half"), "x").expect("a file can be written");
    fs::remove_dir_all(parts.join(&before[0])).expect("a partition can be removed");
    portal.build();
    assert_eq!(portal.partitions(), before);
    assert_eq!(portal.found(&["安监局发布"]), ["旧闻"]);
}

#[test]
fn without_an_index_the_search_says_what_to_do() {
    let root = support::scratch();
    support::unpack(SITE, root.path());
    let ran = support::gongkai(root.path(), &["--lang", "en", "search", "安全"]).expect(1);
    assert!(ran.err.contains("run `gongkai build` first"), "{}", ran.err);
}
