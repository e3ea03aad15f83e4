//! The corpus as a site of gongkai.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;

use super::corpus::{self, Page};
use super::words::SECTIONS;

/// Where the text of a page starts to be edited for the rebuild measure.
pub(super) fn page_file(site: &Path, page: &Page) -> std::path::PathBuf {
    site.join("content").join(SECTIONS[page.section].0).join(format!("{}.md", page.name))
}

/// Writes the site with its first `count` pages.
pub(super) fn write_site(site: &Path, count: usize) -> io::Result<()> {
    let content = site.join("content");
    fs::create_dir_all(&content)?;
    fs::write(site.join("portal.toml"), SETTINGS)?;
    fs::write(content.join("_register.toml"), REGISTER)?;
    fs::write(content.join("_index.md"), "+++\ntitle = \"测试站点\"\n+++\n")?;
    for (order, (folder, title, description)) in SECTIONS.iter().enumerate() {
        fs::create_dir_all(content.join(folder))?;
        let index = format!(
            "+++\ntitle = \"{title}\"\ndescription = \"{description}\"\nregister = \"bulletin\"\norder = {order}\ngroup = \"{}\"\n+++\n",
            GROUPS[order]
        );
        fs::write(content.join(folder).join("_index.md"), index)?;
    }
    for at in 0..count {
        let page = corpus::page(at);
        fs::write(page_file(site, &page), markdown(&page))?;
    }
    Ok(())
}

/// Navigation group of each section, so that the header has an entry for each.
const GROUPS: [&str; 6] = ["news", "disclosure", "enforcement", "accident", "service", "culture"];

fn markdown(page: &Page) -> String {
    let mut text = String::from("+++\n");
    let mut line =
        |key: &str, value: &str| writeln!(text, "{key} = \"{value}\"").expect("writing to memory cannot fail");
    line("title", &page.title);
    line("summary", &page.summary);
    line("date", &page.date);
    line("published_on", &format!("{} {}", page.date, page.time));
    line("source", page.source);
    line("district", page.district.1);
    line("sector", page.sector.1);
    let keywords: Vec<String> = page.keywords.iter().map(|word| format!("\"{word}\"")).collect();
    text += &format!("keywords = [{}]\n+++\n\n{}", keywords.join(", "), page.body);
    text
}

const SETTINGS: &str = r#"[site]
name = "安全生产信息公开平台"
slogan = "看得见的监管，记得住的安全"
description = "测速用的站点：六个栏目，两种分类，一样的文字。"
url = "https://www.example.gov.cn"
base_path = "/aqsc/"
language = "zh-CN"
as_of = "2026-11-20"
organizer = "某市应急管理局"
undertaker = "某市安全生产信息中心"
contact = "0371-0000-1234"
address = "某市某区演示路1号"
id_code = "4101000000"
icp = "某ICP备00000000号"
per_page = 20
catalogue = false
search = false

[[hotline]]
number = "12350"
name = "安全生产举报投诉"

[[hotline]]
number = "119"
name = "火警与应急救援"

[[link]]
title = "中国政府网"
href = "https://www.gov.cn/"

[home]
latest = ["bulletin"]
figures = ["bulletin"]
"#;

const REGISTER: &str = r#"name = "bulletin"
title = { zh = "信息", en = "Bulletins" }
description = { zh = "工作信息。", en = "Bulletins." }
column_type = "工作动态"
group = "news"
key = ["id"]
date = "published_on"
list = ["title", "source", "published_on"]
facets = ["district", "sector"]
listing = "articles"
record = "article"
schema_org = "NewsArticle"
"#;
