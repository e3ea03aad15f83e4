//! What nobody types by mistake: it is found or not found, and breaks nothing.

use std::io;

use serde_json::json;

use super::Case;
use super::visit::Visitor;

pub(super) const CASES: [Case; 3] = [("odd words", words), ("very long words", long), ("odd addresses", addresses)];

fn words(visitor: &mut Visitor<'_>) -> io::Result<()> {
    let cases = [
        "__proto__",
        "constructor",
        "toString -hasOwnProperty",
        "<img src=x onerror=alert(1)><script>alert(2)</script>",
        "\u{1}\u{2}\u{7f}\u{0}",
        "👩‍🚒🔥",
        "\u{202e}倒\u{feff}写",
        "\"",
        "-",
        "- - -",
        "文号:",
        "文号:\"\" 标题：",
        "%",
        "%E0%A4%A",
        "\\ \\u0041 ${q} {{ q }}",
        "𠀀𪚥",
        "\t\n\u{3000}",
    ];
    for query in cases {
        let seen = visitor.search(&[("q", query)])?;
        visitor.expect(seen["failed"] == json!(false), || format!("{query:?} fails: {}", seen["why"]));
        let made =
            visitor.run("document.querySelectorAll('.results img, .results script, .search-chosen img').length")?;
        visitor.expect(made == json!(0), || format!("{query:?} becomes part of the page"));
    }
    Ok(())
}

fn long(visitor: &mut Visitor<'_>) -> io::Result<()> {
    for query in ["安全生产".repeat(2500), "a".repeat(10_000), "安 ".repeat(5000), "\"".repeat(10_000)] {
        let seen = visitor.search(&[("q", &query)])?;
        let short: String = query.chars().take(6).collect();
        visitor.expect(seen["failed"] == json!(false), || format!("{short}… fails: {}", seen["why"]));
        let told = seen["cut"] == json!(true) || query.starts_with('"');
        visitor.expect(told, || format!("{short}… is cut without a word"));
    }
    Ok(())
}

fn addresses(visitor: &mut Visitor<'_>) -> io::Result<()> {
    let cases = [
        "q=%E0%A4%A&page=1e9",
        "q=a&page=-5",
        "q=a&page=0x10&sort=__proto__",
        "register=__proto__",
        "register=constructor&register=x&q=b",
        "from=yesterday&to=2025-99-99",
        "from=2026-01-01&to=2020-01-01&q=a",
        "__proto__=x",
        "main",
        "=&=&&=",
        "q=<b>&district=<i>",
    ];
    for state in cases {
        visitor.open(&format!("search/index.html#{state}"))?;
        let seen = visitor.see()?;
        visitor.expect(seen["failed"] == json!(false), || format!("#{state} fails: {}", seen["why"]));
        let made = visitor.run("document.querySelectorAll('main b i, .search-chosen i, .search-chosen b').length")?;
        visitor.expect(made == json!(0), || format!("#{state} becomes part of the page"));
    }
    Ok(())
}
