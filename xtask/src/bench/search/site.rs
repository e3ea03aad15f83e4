//! The corpus as files: a site of gongkai, and for Pagefind a page of plain HTML for each document.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::super::words::{DISTRICTS, SECTORS};
use super::document::{Document, Source, guide};
use super::pages::{Corpus, Page};
use super::records::{self, Records};

/// Folder, title and description of the columns of pages.
pub(super) const COLUMNS: [(&str, &str, &str); 2] =
    [("bulletin", "工作通报", "贯彻法规的安排与进展。"), ("decision", "处理决定", "对企业作出的处理决定。")];
pub(super) const RECORD_COLUMN: [(&str, &str, &str); 1] =
    [(records::REGISTER, "现场处理", "现场检查时作出的简易处理。")];

/// Rows of one table of records.
const ROWS: usize = 50_000;

/// Whether a site is built with its search index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    With,
    Without,
}

/// The pages that lead to others: columns, districts and sectors.
pub(super) fn guides(columns: &[(&str, &str, &str)]) -> Vec<Document> {
    let columns = columns.iter().map(|(path, title, text)| guide(format!("{path}/index.html"), title, text));
    let districts = DISTRICTS.iter().map(|(id, name)| guide(format!("district/{id}/index.html"), name, ""));
    let sectors = SECTORS.iter().map(|(id, name)| guide(format!("sector/{id}/index.html"), name, ""));
    columns.chain(districts).chain(sectors).collect()
}

/// Writes the site of the pages of a corpus.
pub(super) fn write_pages(site: &Path, corpus: &Corpus) -> io::Result<()> {
    let content = site.join("content");
    frame(site, &COLUMNS)?;
    for (folder, register) in [("bulletin", BULLETIN), ("decision", DECISION)] {
        fs::write(content.join(folder).join("_register.toml"), register)?;
    }
    (0..corpus.len()).try_for_each(|at| write_page(site, &corpus.page(at)))
}

pub(super) fn write_page(site: &Path, page: &Page) -> io::Result<()> {
    let folder = site.join("content").join(page.register.name());
    fs::write(folder.join(format!("{}.md", page.name)), markdown(page))
}

/// Writes the site of the short records: a theme that prints little, so that a million pages fit.
pub(super) fn write_records(site: &Path, all: &Records) -> io::Result<()> {
    frame(site, &RECORD_COLUMN)?;
    let folder = site.join("content").join(records::REGISTER);
    fs::write(folder.join("_register.toml"), TICKET)?;
    for from in (0..all.count).step_by(ROWS) {
        let mut table = "id,party_name,party_code,number,sum,decided_on,reason,district\n".to_owned();
        for at in from..all.count.min(from + ROWS) {
            let record = all.record(at);
            writeln!(
                table,
                "{},{},{},{},{}元,{},{},{}",
                record.id,
                record.company.name(),
                record.company.code,
                record.number,
                record.sum,
                record.date,
                record.reason,
                record.district.1
            )
            .expect("writing to memory cannot fail");
        }
        fs::write(folder.join(format!("{:04}.csv", from / ROWS)), table)?;
    }
    for (name, text) in MINIMAL {
        write(&site.join("themes/least").join(name), text)?;
    }
    Ok(())
}

/// Settings, code lists and columns; `settings` is written again for each way of building.
fn frame(site: &Path, columns: &[(&str, &str, &str)]) -> io::Result<()> {
    let content = site.join("content");
    write(&content.join("_index.md"), "+++\ntitle = \"测试站点\"\n+++\n")?;
    write(&content.join("_rules/privacy.toml"), PRIVACY)?;
    for (name, title, codes) in [("district", "县区", &DISTRICTS[..]), ("sector", "行业领域", &SECTORS[..])] {
        let mut list = format!("name = \"{name}\"\ntitle = {{ zh = \"{title}\" }}\nsource = \"测试\"\n");
        for (id, zh) in codes {
            write!(list, "\n[[code]]\nid = \"{id}\"\nzh = \"{zh}\"\n").expect("writing to memory cannot fail");
        }
        write(&content.join("_codes").join(format!("{name}.toml")), &list)?;
    }
    for (order, (folder, title, description)) in columns.iter().enumerate() {
        let text = format!("+++\ntitle = \"{title}\"\ndescription = \"{description}\"\norder = {order}\n+++\n");
        write(&content.join(folder).join("_index.md"), &text)?;
    }
    Ok(())
}

/// Writes `portal.toml`. The page sites use the portal's own theme.
pub(super) fn settings(site: &Path, search: Search, theme: &str) -> io::Result<()> {
    let mut text = SETTINGS.replace("{theme}", theme);
    if theme == "least" {
        text += "twins = false\nfeed_length = 1\n";
    }
    if search == Search::Without {
        text += "search = false\n";
    }
    fs::write(site.join("portal.toml"), text)
}

fn markdown(page: &Page) -> String {
    let mut text = String::from("+++\n");
    let mut line = |key: &str, value: &str| {
        writeln!(text, "{key} = \"{}\"", value.replace('"', "\\\"")).expect("writing to memory cannot fail");
    };
    line("title", &page.title);
    line("summary", &page.summary);
    line("date", &page.date);
    line("published_on", &page.date);
    line("doc_no", &page.number);
    line("district", page.district.1);
    line("sector", page.sector.1);
    line("level", page.level.1);
    line("status", page.status.1);
    if let Some(company) = &page.company {
        line("party_name", &company.name());
        line("party_code", &company.code);
    }
    text += "+++\n\n";
    text += &page.paragraphs.join("\n\n");
    text.push('\n');
    text
}

/// Writes a page of plain HTML for each document: nothing but what can be found, which is the least that Pagefind can
/// be given to read.
pub(super) fn write_plain(folder: &Path, source: &dyn Source) -> io::Result<()> {
    for at in 0..source.count() {
        let document = source.document(at);
        write(&folder.join(&document.url), &html(&document))?;
    }
    Ok(())
}

fn html(document: &Document) -> String {
    let mut text = format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body data-pagefind-body>\n<h1>{title}</h1>\n",
        title = escaped(&document.title)
    );
    for (name, value) in document.facets.iter().copied().chain([("year", &document.date[..4])]) {
        writeln!(text, "<meta data-pagefind-filter=\"{name}[content]\" content=\"{value}\">")
            .expect("writing to memory cannot fail");
    }
    for block in document.blocks().skip(1) {
        writeln!(text, "<p>{}</p>", escaped(block)).expect("writing to memory cannot fail");
    }
    text + "</body>\n</html>\n"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn write(path: &PathBuf, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().expect("a file lies in a folder"))?;
    fs::write(path, text)
}

const SETTINGS: &str = r#"[site]
name = "安全生产信息公开平台"
description = "测检索用的站点。"
url = "https://www.example.gov.cn"
base_path = "/"
language = "zh-CN"
as_of = "2026-11-20"
organizer = "某市应急管理局"
catalogue = false
per_page = 1000
theme = "{theme}"
"#;

/// Laws name diseases and minors, and the telephones of the corpus are invented: for these the gate would refuse it.
const PRIVACY: &str = r#"party_name = "full"

[weight]
landline = "off"
health = "off"
minor = "off"
"#;

const BULLETIN: &str = r#"name = "bulletin"
title = { zh = "工作通报", en = "Bulletins" }
group = "news"
key = ["doc_no"]
date = "date"
list = ["title", "date"]
facets = ["level", "status"]
listing = "articles"
record = "article"

[[field]]
name = "level"
label = { zh = "风险等级", en = "Level" }
type = "code"
codes = "risk-level"

[[field]]
name = "status"
label = { zh = "整改状态", en = "Status" }
type = "code"
codes = "rectify-status"
"#;

const DECISION: &str = r#"name = "decision"
title = { zh = "处理决定", en = "Decisions" }
group = "enforcement"
key = ["doc_no"]
date = "date"
list = ["title", "date"]
facets = ["level", "status"]
listing = "articles"
record = "article"

[[field]]
name = "party_name"
label = { zh = "当事人", en = "Party" }
search = "name"

[[field]]
name = "party_code"
label = { zh = "统一社会信用代码", en = "Credit code" }
type = "credit-code"
search = "code"

[[field]]
name = "level"
label = { zh = "风险等级", en = "Level" }
type = "code"
codes = "risk-level"

[[field]]
name = "status"
label = { zh = "整改状态", en = "Status" }
type = "code"
codes = "rectify-status"
"#;

const TICKET: &str = r#"name = "ticket"
title = { zh = "现场处理", en = "Tickets" }
group = "enforcement"
key = ["number"]
record_title = "{party_name}：{reason}"
date = "decided_on"
list = ["number"]
open_data = false

[[field]]
name = "party_name"
label = { zh = "当事人", en = "Party" }
search = "name"

[[field]]
name = "party_code"
label = { zh = "统一社会信用代码", en = "Credit code" }
type = "credit-code"
search = "code"

[[field]]
name = "number"
label = { zh = "决定书文号", en = "Number" }
type = "document-number"
search = "code"

[[field]]
name = "sum"
label = { zh = "罚款金额", en = "Fine" }
type = "money"
search = "none"

[[field]]
name = "decided_on"
label = { zh = "决定日期", en = "Decided on" }
type = "date"
search = "none"

[[field]]
name = "reason"
label = { zh = "事由", en = "Reason" }
"#;

/// The theme of the million: what a page cannot do without, and the blocks that the portal's other templates fill.
const MINIMAL: [(&str, &str); 4] = [
    ("theme.toml", "name = \"least\"\n"),
    (
        "templates/base.html",
        r#"<!DOCTYPE html><title>{{ page.title }}</title>{% block head %}{% endblock head %}
{% block body_class %}{% endblock body_class %}{% block warnings %}{% endblock warnings %}
{% block crumbs %}{% endblock crumbs %}{% block main_attrs %}{% endblock main_attrs %}{% block main %}{% endblock main %}
"#,
    ),
    (
        "templates/record.html",
        r#"{% extends "base.html" %}
{% block main %}{% block byline %}{% endblock byline %}{% block lead %}{% endblock lead %}
{% block facts_panel %}{% endblock facts_panel %}{% block before_fields %}{% endblock before_fields %}
{% block fields %}{% endblock fields %}{% block timeline %}{% endblock timeline %}{% block text %}{% endblock text %}
{% endblock main %}
"#,
    ),
    ("templates/listing.html", "{% extends \"base.html\" %}\n"),
];

#[cfg(test)]
mod tests {
    use super::super::pages::{Variation, invented_laws};
    use super::*;

    #[test]
    fn a_page_is_written_with_all_that_the_truth_counts() {
        let corpus = Corpus::new(invented_laws(), 20, Variation::Light);
        for at in 0..20 {
            let (text, document) = (markdown(&corpus.page(at)), corpus.document(at));
            assert!(document.blocks().all(|block| text.contains(block)), "{text}");
            let shown = html(&document);
            assert!(document.blocks().all(|block| shown.contains(block)), "{shown}");
        }
    }
}
