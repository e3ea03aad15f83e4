//! What editors write and what readers get: one table of cases for each behaviour.

use super::*;
use crate::text::Random;

fn links() -> Links {
    let text = str::to_owned;
    Links::new(
        vec![(text("中华人民共和国安全生产法"), text("law/safety.html")), (text("本页规划"), text("plan/own.html"))],
        vec![
            (text("三同时"), text("glossary/index.html#santongshi"), text("同时设计、施工、投产")),
            (text("安全"), text("glossary/index.html#anquan"), text("没有<危险>")),
            (text("安全生产"), text("glossary/index.html#shengchan"), String::new()),
        ],
    )
}

fn resolve(target: &str) -> Option<String> {
    let known = [("a.md", "news/a.html"), ("图 1.png", "assets/图 1.png"), ("附件.pdf", "file/x.pdf")];
    known.into_iter().find_map(|(name, route)| (name == target).then(|| route.to_owned()))
}

fn rendered(source: &str) -> Rendered {
    let links = links();
    render(
        source,
        &Context { links: &links, root: "../", own_route: "plan/own.html", resolve: &resolve, heading_base: 1 },
    )
}

fn check(source: &str, expected: &str) {
    assert_eq!(rendered(source).html.trim_end(), expected, "{source}");
}

#[test]
fn text_is_escaped_and_lines_join() {
    check("", "");
    check("甲<乙&丙>\"丁\"", "<p>甲&lt;乙&amp;丙&gt;\"丁\"</p>");
    check("第一行\n第二行", "<p>第一行第二行</p>");
    check("第一行，\n　　“第二行”", "<p>第一行，“第二行”</p>");
    check("**第一行**\n*第二行*", "<p><strong>第一行</strong><em>第二行</em></p>");
    check("line\nline", "<p>line\nline</p>");
    check("中文\nabc", "<p>中文\nabc</p>");
    check("> 第一行\n> 第二行", "<blockquote>\n<p>第一行第二行</p>\n</blockquote>");
    check("第一行  \n第二行\\\n第三行", "<p>第一行<br>\n第二行<br>\n第三行</p>");
    check("安全\n生产", "<p><a class=\"term\" href=\"../glossary/index.html#shengchan\">安全生产</a></p>");
    check("　　首行缩进", "<p>首行缩进</p>");
    check("作者\u{FDD0}写的`\u{FDD0}`", "<p>作者写的``</p>");
    check("&lt;script&gt; &copy;", "<p>&lt;script&gt; ©</p>");
}

#[test]
fn emphasis_works_beside_chinese_punctuation() {
    check("请见**《新法》**第五条", "<p>请见<strong>《新法》</strong>第五条</p>");
    check("**《甲》**和**《乙》**两部", "<p><strong>《甲》</strong>和<strong>《乙》</strong>两部</p>");
    check("~~（旧）~~新", "<p><del>（旧）</del>新</p>");
    check("5~10人，20~30人", "<p>5~10人，20~30人</p>");
    check("(~甲~)", "<p>(~甲~)</p>");
    check("`**《甲》**乙`", "<p><code>**《甲》**乙</code></p>");
    check(
        "见[**《甲》**乙](a.md \"题（**甲**）\")",
        "<p>见<a href=\"../news/a.html\" title=\"题（**甲**）\"><strong>《甲》</strong>乙</a></p>",
    );
    check(r"甲\*（乙）\*丙", "<p>甲*（乙）*丙</p>");
}

#[test]
fn blocks() {
    check("- 甲\n  - 乙\n- 丙", "<ul>\n<li>甲\n<ul>\n<li>乙</li>\n</ul>\n</li>\n<li>丙</li>\n</ul>");
    check("3. 甲\n4. 乙", "<ol start=\"3\">\n<li>甲</li>\n<li>乙</li>\n</ol>");
    check(
        "- [x] 甲\n- [ ] 乙",
        "<ul>\n<li><input type=\"checkbox\" disabled checked aria-label=\"已完成\"> 甲</li>\n<li><input type=\"checkbox\" disabled aria-label=\"未完成\"> 乙</li>\n</ul>",
    );
    check("```sh\na < b\n```", "<pre tabindex=\"0\"><code>a &lt; b\n</code></pre>");
    check("甲\n\n---\n\n乙", "<p>甲</p>\n<hr>\n<p>乙</p>");
}

#[test]
fn tables_scroll_and_have_names() {
    check(
        "# 数据\n\n|年|起数|\n|:-:|--:|\n|2016|**8**\\|9|\n",
        "<h2 id=\"hz8vxzs\">数据</h2>\n<div class=\"table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"表格 1：数据\"><table>\n<thead><tr><th scope=\"col\" class=\"align-center\">年</th><th scope=\"col\" class=\"align-right\">起数</th></tr></thead>\n<tbody>\n<tr><td class=\"align-center\">2016</td><td class=\"align-right\"><strong>8</strong>|9</td></tr>\n</tbody></table></div>",
    );
    check(
        "|甲|\n|-|\n|乙<br>丙|",
        "<div class=\"table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"表格 1\"><table>\n<thead><tr><th scope=\"col\">甲</th></tr></thead>\n<tbody>\n<tr><td>乙<br>\n丙</td></tr>\n</tbody></table></div>",
    );
}

#[test]
fn headings_have_ids_levels_and_a_table_of_contents() {
    fn check(source: &str, expected: &[(u8, &str, &str)]) {
        let rendered = rendered(source);
        let toc: Vec<(u8, &str, &str)> =
            rendered.toc.iter().map(|h| (h.level, h.id.as_str(), h.text.as_str())).collect();
        assert_eq!(toc, expected, "{source}");
        for (level, id, _) in expected {
            assert!(rendered.html.contains(&format!("<h{level} id=\"{id}\">")), "{}", rendered.html);
        }
    }
    check(
        "# Overview\n\n## Aims & Means {#aims}\n\n# Overview",
        &[(2, "overview", "Overview"), (3, "aims", "Aims & Means"), (2, "overview-2", "Overview")],
    );
    check(
        "一、指导**思想**\n\n正文\n\n（一）规划目标\n\n正文。",
        &[(2, "s1", "一、指导思想"), (3, "s1-1", "（一）规划目标")],
    );
    check(
        "## 三、任务\n### （八）基层\n#### 1. 煤矿",
        &[(2, "s3", "三、任务"), (3, "s3-8", "（八）基层"), (4, "s3-8-1", "1. 煤矿")],
    );
    check("　　**四、保障**\n\n- 一、不是标题\n\n> 一、也不是", &[(2, "s4", "四、保障")]);
    check("# 关于印发规划的 通 知", &[(2, "h2zte70", "关于印发规划的 通 知")]);
    check("第一章 总则\n\n第一条 为了安全。\n\n第二章 附则", &[(2, "c1", "第一章 总则"), (2, "c2", "第二章 附则")]);
    check("# `a<b>`[c](a.md) {#x}", &[(2, "x", "a<b>c")]);
}

#[test]
fn links_are_resolved_marked_or_dropped() {
    check("[甲](a.md)", "<p><a href=\"../news/a.html\">甲</a></p>");
    check("[甲](a.md#三（八）)", "<p><a href=\"../news/a.html#s3-8\">甲</a></p>");
    check("[甲](a.md?x=1#b)", "<p><a href=\"../news/a.html?x=1#b\">甲</a></p>");
    check("[甲](#四)", "<p><a href=\"#s4\">甲</a></p>");
    check("[甲](%E9%99%84%E4%BB%B6.pdf '题\"')", "<p><a href=\"../file/x.pdf\" title=\"题&quot;\">甲</a></p>");
    check("[甲](nowhere.md)", "<p>甲</p>");
    check("[甲](javascript:alert(1)) [乙](<java script:x>) [丙](DATA:x)", "<p>甲 乙 丙</p>");
    check(
        "[甲](https://x.cn/?a=1&b=2)",
        "<p><a class=\"external\" href=\"https://x.cn/?a=1&amp;b=2\" rel=\"noopener noreferrer\">甲</a></p>",
    );
    check(
        "<https://x.cn> <a@x.cn>",
        "<p><a class=\"external\" href=\"https://x.cn\" rel=\"noopener noreferrer\">https://x.cn</a> <a href=\"mailto:a@x.cn\">a@x.cn</a></p>",
    );
    check("[12350](tel:12350)", "<p><a href=\"tel:12350\">12350</a></p>");
    check("[甲][r]\n\n[r]: a.md", "<p><a href=\"../news/a.html\">甲</a></p>");
    check(
        "![图*一*](图%201.png \"题\")",
        "<p><img src=\"../assets/%E5%9B%BE%201.png\" alt=\"图一\" title=\"题\" loading=\"lazy\" decoding=\"async\"></p>",
    );
    check("![图\"](x.png) ![乙](data:image/png;base64,x)", "<p>图\" 乙</p>");
    check(
        "[![图](图%201.png)](a.md)",
        "<p><a href=\"../news/a.html\"><img src=\"../assets/%E5%9B%BE%201.png\" alt=\"图\" loading=\"lazy\" decoding=\"async\"></a></p>",
    );
}

#[test]
fn titles_and_terms_are_linked_in_text_only() {
    let cite = "<a class=\"cite\" href=\"../law/safety.html\">";
    check("依据《安全生产法》。", &format!("<p>依据{cite}《安全生产法》</a>。</p>"));
    check("《本页规划》", "<p>《本页规划》</p>");
    check("[《安全生产法》三同时](a.md)", "<p><a href=\"../news/a.html\">《安全生产法》三同时</a></p>");
    check("`《安全生产法》三同时`", "<p><code>《安全生产法》三同时</code></p>");
    check("《**三同时**手册》", "<p>《<strong>三同时</strong>手册》</p>");
    let term = "<a class=\"term\" href=\"../glossary/index.html#santongshi\" title=\"同时设计、施工、投产\">三同时</a>";
    check("# 三同时\n\n三同时和三同时", &format!("<h2 id=\"hd7za3p\">三同时</h2>\n<p>{term}和三同时</p>"));
    check(
        "三*同*时，安全",
        "<p>三<em>同</em>时，<a class=\"term\" href=\"../glossary/index.html#anquan\" title=\"没有&lt;危险&gt;\">安全</a></p>",
    );
    assert_eq!(rendered("《甲》《乙》《甲》\n\n# 《丙》").citations, ["甲", "乙"]);
}

#[test]
fn footnotes_lead_there_and_back() {
    let html = rendered("甲[^a]乙[^b]丙[^a]\n\n[^b]: 二\n[^a]: 一\n[^c]: 三").html;
    let key = html.split("fnref-").nth(1).and_then(|rest| rest.split('-').next()).expect("the text has a note");
    let expected = "<p>甲<sup class=\"footnote-ref\"><a href=\"#fn-K-1\" id=\"fnref-K-1\">1</a></sup>乙<sup class=\"footnote-ref\"><a href=\"#fn-K-2\" id=\"fnref-K-2\">2</a></sup>丙<sup class=\"footnote-ref\"><a href=\"#fn-K-1\" id=\"fnref-K-1-2\">1</a></sup></p>\n<section class=\"footnotes\" aria-label=\"注释\">\n<ol>\n<li id=\"fn-K-1\"><p>一 <a class=\"footnote-back\" href=\"#fnref-K-1\" aria-label=\"返回正文\">↩</a> <a class=\"footnote-back\" href=\"#fnref-K-1-2\" aria-label=\"返回正文\">↩</a></p></li>\n<li id=\"fn-K-2\"><p>二 <a class=\"footnote-back\" href=\"#fnref-K-2\" aria-label=\"返回正文\">↩</a></p></li>\n<li id=\"fn-K-3\"><p>三</p></li>\n</ol>\n</section>\n";
    assert_eq!(html, expected.replace('K', key));
}

#[test]
fn raw_html_is_made_safe() {
    check("甲<script>alert(1)</script>乙", "<p>甲乙</p>");
    check("<p onclick=\"x()\" style=\"color:red\" class=\"big\">甲</p>", "<p>甲</p>");
    check("<iframe src=\"https://x.cn\">甲</iframe>", "");
    check("H<sub>2</sub>O，m<sup>2</sup>", "<p>H<sub>2</sub>O，m<sup>2</sup></p>");
    check("甲<br>乙<!-- 注 -->丙", "<p>甲<br>\n乙丙</p>");
    check(
        "甲<u>乙</u> [丙](a.md) [丁](javascript:x) [戊](no.md)",
        "<p>甲<u>乙</u> <a href=\"../news/a.html\">丙</a> 丁 戊</p>",
    );
    check("<a href=\"a.md#三（八）\" target=\"_blank\">甲</a>", "<p><a href=\"../news/a.html#s3-8\">甲</a></p>");
    check(
        "<a href=\"https://x.cn/?a&amp;b\">三同时</a>",
        "<p><a class=\"external\" href=\"https://x.cn/?a&amp;b\" rel=\"noopener noreferrer\">三同时</a></p>",
    );
    check("<a href=\"javascript:x\">甲</a><a href=\" data:x\">乙</a>", "<p>甲乙</p>");
    check(
        "<img src=\"图 1.png\" onerror=\"x\">",
        "<img src=\"../assets/%E5%9B%BE%201.png\" alt=\"\" loading=\"lazy\" decoding=\"async\">",
    );
    check("<h1>甲</h1>", "<h2>甲</h2>");
    check(
        "<table class=\"x\" border=1><tr><td colspan=2>甲</td></tr></table>",
        "<div class=\"table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"表格 1\"><table><tbody><tr><td colspan=\"2\">甲</td></tr></tbody></table></div>",
    );
    check(
        "<details open><summary>甲</summary>\n\n乙\n\n</details>",
        "<details open=\"\"><summary>甲</summary>\n<p>乙</p>\n</details>",
    );
    check("<input><svg><a href=\"javascript:x\">甲</a></svg>", "<p></p>");
    assert_eq!(rendered("|甲|\n|-|\n|<u>乙</u>|").html.matches("table-scroll").count(), 1);
    let mixed = rendered("# 甲 {#x}\n\n三同时`三同时`《安全生产法》<u>乙</u>[^1]\n\n- [x] 丙\n\n[^1]: 注").html;
    for part in [
        "<h2 id=\"x\">",
        "class=\"term\"",
        "class=\"cite\"",
        "<input",
        "class=\"footnote-ref\"",
        "class=\"footnote-back\"",
        "title=\"同时设计",
    ] {
        assert!(mixed.contains(part), "{part}: {mixed}");
    }
}

#[test]
fn references_are_found_with_their_places() {
    fn check(source: &str, expected: &[(&str, &str)]) {
        let of = |references: &[Reference]| -> Vec<(String, String)> {
            references.iter().map(|r| (r.target.clone(), source[r.range.clone()].to_owned())).collect()
        };
        let found = references(source);
        assert_eq!(found, rendered(source).references, "{source}");
        let expected: Vec<(String, String)> =
            expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(of(&found), expected, "{source}");
    }
    check("没有链接", &[]);
    check("[甲](a.md#x) ![乙](b%20c.png)", &[("a.md", "a.md#x"), ("b c.png", "b%20c.png")]);
    check("见**《法》**的[甲](甲.md)\u{FDD0}和[乙](乙.md)", &[("甲.md", "甲.md"), ("乙.md", "乙.md")]);
    check("[甲](https://x.cn) [乙](#a) <https://x.cn> <a@x.cn> [丙](tel:1)", &[]);
    check("[甲][r]\n\n[r]: a.md", &[("a.md", "[甲][r]")]);
    check("甲<a href=\"b.md\">乙</a>\n\n<img src='c.png'>", &[("b.md", "b.md"), ("c.png", "c.png")]);
    check("`[甲](a.md)`", &[]);
    check(
        "[![甲](b.png)](a.md) ![[乙](d.md)](c.png)",
        &[("a.md", "a.md"), ("b.png", "b.png"), ("c.png", "c.png"), ("d.md", "d.md")],
    );
}

#[test]
fn plain_text_is_cut_at_the_limit() {
    fn check(source: &str, limit: usize, expected: &str) {
        assert_eq!(plain_text(source, limit), expected, "{source}");
    }
    check("# 标题\n\n**《甲》**乙[丙](a.md)`丁`", 100, "标题 《甲》乙丙丁");
    check("第一行\n第二行\nabc", 100, "第一行第二行 abc");
    check("|年|起|\n|-|-|\n|1|2|", 100, "年 起 1 2");
    check("甲<u>乙</u><br>丙<!-- x -->\n\n<div title='x'>丁&nbsp;戊</div>\n\n<script>己</script>", 100, "甲乙丙 丁 戊");
    check("一二三四五", 3, "一二三");
    check("一 二 三", 2, "一");
    check("一二三", 0, "");
    check("[甲][r]\n\n乙\n\n[r]: a.md", 2, "甲");
    check("注[^1]意\n\n[^1]: 脚注", 100, "注意 脚注");
    check("5~10，(~甲~)", 100, "5~10，(~甲~)");
    check(&"甲 \r\n\r\n".repeat(200), 5, "甲 甲 甲");
    check(&"[](x)\n\n".repeat(200), 5, "");
    check(&format!("{}\n\n尾", "[](x)\n\n".repeat(200)), 5, "尾");
}

fn text(random: &mut Random, pieces: &[&str], longest: usize) -> String {
    (0..=random.below(longest)).map(|_| pieces[random.below(pieces.len())]).collect()
}

const PIECES: &[&str] = &[
    "*",
    "**",
    "_",
    "~~",
    "~",
    "`",
    "```",
    "[",
    "]",
    "(",
    ")",
    "](",
    "![",
    "<",
    ">",
    "</a>",
    "<a href=\"a.md\">",
    "<b>",
    "<!--",
    "-->",
    "<table>",
    "<td>",
    "\"",
    "'",
    "=",
    "|",
    "|-|-|\n",
    "\n",
    "\n\n",
    "\r\n",
    "  \n",
    "\\",
    "#",
    "# ",
    "## 一、",
    "（一）",
    "一、",
    "第一章",
    "1. ",
    "- ",
    "- [x] ",
    "> ",
    "[^1]",
    "[^1]: ",
    "{#x}",
    "《",
    "》",
    "安全",
    "安全生产法",
    "三同时",
    "\u{3000}",
    "\u{FDD0}",
    "&lt;",
    "&",
    "a.md",
    "http://x.cn",
    "javascript:",
    ":",
    "%E5",
    "%",
    "?",
    "a",
    " ",
    "    ",
    "\t",
    "，",
    "。",
    "“",
    "𠀀",
    "e\u{301}",
    "\u{0}",
    "<script>",
    "<svg>",
    "<br>",
    "<input>",
];

#[test]
fn no_text_makes_it_panic_or_unsafe() {
    let links = links();
    let context =
        Context { links: &links, root: "../", own_route: "plan/own.html", resolve: &resolve, heading_base: 1 };
    let mut random = Random(42);
    for _ in 0..5_000 {
        let source = text(&mut random, PIECES, 24);
        let rendered = render(&source, &context);
        let html = rendered.html.to_lowercase();
        let unsafe_parts = ["<script", "<svg", "<iframe", "href=\"javascript:", "src=\"javascript:", "\u{FDD0}"];
        assert!(unsafe_parts.iter().all(|part| !html.contains(part)), "{source:?}\n{html}");
        assert_eq!(references(&source), rendered.references, "{source:?}");
        let mut ids: Vec<&str> = rendered.toc.iter().map(|heading| heading.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), rendered.toc.len(), "{source:?}");
        let limit = random.below(30);
        assert!(plain_text(&source, limit).chars().count() <= limit, "{source:?}");
    }
}
