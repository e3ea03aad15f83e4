//! The search page in a real browser: what a visitor types, presses and chooses, and what is shown for it.

mod faults;
mod hostile;
mod visit;

use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::chromium::Browser;
use super::{Findings, axe, trouble};
use visit::{Visitor, texts};

/// One thing that must work, and its name in findings.
type Case = (&'static str, fn(&mut Visitor<'_>) -> io::Result<()>);

const CASES: [Case; 18] = [
    ("typing", typing),
    ("keyboard", keyboard),
    ("document number", document_number),
    ("spellings", spellings),
    ("company", company),
    ("back button", back_button),
    ("facet", facet),
    ("dates", dates),
    ("order", order),
    ("pages", pages),
    ("address", address),
    ("words from outside", words_from_outside),
    ("nothing found", nothing_found),
    ("near results", near_results),
    ("several words", several_words),
    ("one field", one_field),
    ("recent searches", recent_searches),
    ("without script", without_script),
];

/// Something that stands in many records of the demonstration, and is found exactly at once.
const WORD: &str = "电梯";

/// Tries everything from a web server that sends the portal's own headers.
pub(super) fn test(browser: &mut Browser, root: &str, portal: &Path, axe: Option<&str>) -> io::Result<Findings> {
    browser.set_width(super::WIDTHS[0])?;
    let mut findings = Findings::new();
    for (name, case) in CASES.iter().chain(&hostile::CASES) {
        let mut visitor = Visitor::new(browser, root, name);
        findings.extend(watched(&mut visitor, *case)?);
    }
    for (name, case) in faults::CASES {
        findings.extend(faults::run(browser, portal, name, case)?);
    }
    if let Some(script) = axe {
        findings.extend(accessible(browser, root, script)?);
    }
    Ok(findings)
}

/// Runs a case. What never came is a finding, and so is every exception, error and request that leaves the site.
fn watched(visitor: &mut Visitor<'_>, case: fn(&mut Visitor<'_>) -> io::Result<()>) -> io::Result<Findings> {
    // What the page before still asks for is not this case's.
    visitor.browser.open("about:blank")?;
    visitor.browser.forget_events();
    match case(visitor) {
        Err(error) if error.kind() == io::ErrorKind::TimedOut => visitor.expect(false, || error.to_string()),
        other => other?,
    }
    let origin = visitor.root.split_inclusive('/').take(3).collect::<String>();
    let troubles: Vec<String> = visitor.browser.all_events().filter_map(|event| trouble(event, &origin)).collect();
    for trouble in troubles {
        visitor.expect(false, || trouble);
    }
    Ok(std::mem::take(&mut visitor.findings))
}

/// On the home page: words bring suggestions, Enter brings results, and no request says what was typed.
fn typing(visitor: &mut Visitor<'_>) -> io::Result<()> {
    visitor.open("index.html")?;
    visitor.enter_box()?;
    visitor.write(WORD)?;
    let hints = visitor.hints_of(WORD)?;
    visitor.expect(hints.iter().all(|hint| hint.contains(WORD)), || format!("suggestions {hints:?}"));
    visitor.press("Enter")?;
    visitor.browser.until("location.pathname.endsWith('/search/index.html')")?;
    let seen = visitor.see()?;
    visitor.expect(seen["total"].as_u64() > Some(10), || format!("{WORD}: {}", seen["count"]));
    visitor.expect(seen["query"] == json!(WORD), || format!("the box says {}", seen["query"]));
    for (at, marks) in seen["marks"].as_array().into_iter().flatten().enumerate() {
        let marks = texts(marks);
        let good = !marks.is_empty() && marks.iter().all(|mark| mark == WORD);
        visitor.expect(good, || format!("result {at} marks {marks:?}"));
    }
    private(visitor, WORD)
}

/// No address that was asked for holds the words, and no request tells the page it came from with them.
fn private(visitor: &mut Visitor<'_>, words: &str) -> io::Result<()> {
    let encoded = visit::encoded(&[("q", words)]);
    let encoded = encoded.trim_start_matches("q=");
    let said = |request: &Value| format!("{} {}", request["url"], request["headers"]);
    let requests: Vec<String> = visitor.browser.all_events().map(|event| said(&event.params["request"])).collect();
    for said in requests.iter().filter(|said| said.contains(words) || said.contains(encoded)) {
        visitor.expect(false, || format!("a request tells what was typed: {said}"));
    }
    visitor.expect(requests.len() > 5, || "no request was seen".to_owned());
    Ok(())
}

/// Arrows, Escape, Enter and the slash key, as WAI-ARIA describes a combobox.
fn keyboard(visitor: &mut Visitor<'_>) -> io::Result<()> {
    visitor.open("penalty/index.html")?;
    visitor.press("/")?;
    let focus = visitor.run("document.activeElement.name")?;
    visitor.expect(focus == json!("q"), || format!("/ goes to {focus}"));
    visitor.write(WORD)?;
    visitor.hints_of(WORD)?;
    let state = "(() => { const box = document.activeElement;
        return [box.role ?? box.getAttribute('role'), box.ariaExpanded, box.getAttribute('aria-activedescendant'),
            document.querySelectorAll('[role=option][aria-selected=true]').length,
            document.getElementById(box.getAttribute('aria-activedescendant'))?.ariaSelected ?? '']; })()";
    let before = visitor.run(state)?;
    visitor.expect(before == json!(["combobox", "true", "", 0, ""]), || format!("before the arrow: {before}"));
    visitor.press("ArrowDown")?;
    let first = visitor.run(state)?;
    visitor.expect(first[3] == json!(1) && first[4] == json!("true"), || format!("after the arrow: {first}"));
    visitor.press("ArrowUp")?;
    let none = visitor.run(state)?;
    visitor.expect(none[3] == json!(0) && none[2] == json!(""), || format!("above the first: {none}"));
    visitor.press("Escape")?;
    let closed = visitor.run(state)?;
    visitor.expect(closed[1] == json!("false"), || format!("after Escape: {closed}"));
    let text = visitor.run("document.activeElement.value")?;
    visitor.expect(text == json!(WORD), || format!("Escape leaves {text}"));
    visitor.press("/")?;
    visitor.write("/")?;
    let text = visitor.run("document.activeElement.value")?;
    visitor.expect(text.as_str().is_some_and(|text| text.contains('/')), || format!("no slash can be typed: {text}"));
    visitor.enter_box()?;
    visitor.write(WORD)?;
    visitor.hints_of(WORD)?;
    visitor.press("ArrowDown")?;
    let target = visitor.run("document.querySelector('[role=option][aria-selected=true]').dataset.url")?;
    visitor.press("Enter")?;
    let arrived = format!("location.pathname.endsWith({target}) && document.readyState === 'complete'");
    visitor.browser.until(&arrived)
}

/// A number is found whatever brackets it is typed with, and suggested.
fn document_number(visitor: &mut Visitor<'_>) -> io::Result<()> {
    let typed = "(郑经)应急罚[2026]2号";
    let seen = visitor.search(&[("q", typed)])?;
    let first = seen["texts"][0].as_str().unwrap_or_default().to_owned();
    visitor.expect(first.contains("（郑经）应急罚〔2026〕2号"), || format!("{typed} finds first: {first}"));
    visitor.expect(seen["loose"] == json!(false), || "the number is not found exactly".to_owned());
    visitor.enter_box()?;
    visitor.write("应急罚〔2026")?;
    let hints = visitor.hints_of("应急罚〔2026")?;
    visitor.expect(hints.iter().any(|hint| hint.contains("应急罚〔2026〕")), || format!("suggestions {hints:?}"));
    Ok(())
}

/// Several ways of writing one thing lead to its page.
fn spellings(visitor: &mut Visitor<'_>) -> io::Result<()> {
    for typed in ["11·9", "11•9", "11.9", "119 消防"] {
        let seen = visitor.search(&[("q", typed)])?;
        let urls = texts(&seen["urls"]);
        let found = urls.iter().any(|url| url.contains("fire-day"));
        visitor.expect(found, || format!("{typed} finds {urls:?}"));
    }
    Ok(())
}

/// A company's name leads to its dossier before anything else.
fn company(visitor: &mut Visitor<'_>) -> io::Result<()> {
    let seen = visitor.search(&[("q", "郑州骥楹农牧有限公司")])?;
    visitor.expect(seen["kinds"][0] == json!("result-company"), || format!("first comes {}", seen["kinds"][0]));
    visitor.expect(seen["urls"][0] == json!("../org/91419900MA049ADD6M.html"), || format!("it is {}", seen["urls"][0]));
    visitor.enter_box()?;
    visitor.write("骥楹农牧")?;
    let hints = visitor.hints()?;
    visitor.expect(hints.iter().any(|hint| hint.contains("企业档案")), || format!("suggestions {hints:?}"));
    Ok(())
}

fn back_button(visitor: &mut Visitor<'_>) -> io::Result<()> {
    let first = visitor.search(&[("q", WORD)])?;
    visitor.enter_box()?;
    visitor.write("粉尘")?;
    visitor.press("Enter")?;
    let second = visitor.see()?;
    visitor.expect(second["titles"] != first["titles"], || "another query shows the same".to_owned());
    visitor.run("history.back()")?;
    let again = visitor.see()?;
    for part in ["query", "titles", "count"] {
        visitor.expect(again[part] == first[part], || format!("after going back: {part} is {}", again[part]));
    }
    visitor.run("history.forward()")?;
    let forward = visitor.see()?;
    visitor.expect(forward["titles"] == second["titles"], || format!("going forward shows {}", forward["titles"]));
    Ok(())
}

/// A value of a facet has as many results as its count says, and can be taken back.
fn facet(visitor: &mut Visitor<'_>) -> io::Result<()> {
    let whole = visitor.search(&[("q", WORD)])?;
    visitor.browser.until("!!document.querySelector('.search-facets input')")?;
    let chosen = visitor.run(
        "(() => { const input = document.querySelector('.search-facets input[name=register]'); const label = input.closest('label');
            const said = [label.querySelector('span').textContent, Number(label.querySelector('small').textContent)];
            input.click(); return said; })()",
    )?;
    let seen = visitor.see()?;
    visitor.expect(seen["total"] == chosen[1], || format!("{chosen} results, but {}", seen["count"]));
    let labels = texts(&seen["labels"]);
    visitor.expect(labels.iter().all(|label| Some(label.as_str()) == chosen[0].as_str()), || {
        format!("{chosen}: {labels:?}")
    });
    visitor.run("document.querySelector('.search-chosen a').click()")?;
    let again = visitor.see()?;
    visitor.expect(again["total"] == whole["total"], || format!("taken back: {}", again["count"]));
    Ok(())
}

fn dates(visitor: &mut Visitor<'_>) -> io::Result<()> {
    visitor.search(&[("q", WORD)])?;
    visitor.run(
        "(() => { const form = document.querySelector('.search-filters form');
            form.from.value = '2025-01-01'; form.to.value = '2025-06-30';
            form.to.dispatchEvent(new Event('change', { bubbles: true })); return null; })()",
    )?;
    let seen = visitor.see()?;
    let dates = texts(&seen["dates"]);
    let within = |date: &String| ("2025-01-01"..="2025-06-30").contains(&date.as_str());
    visitor.expect(!dates.is_empty() && dates.iter().all(within), || format!("dates {dates:?}"));
    Ok(())
}

fn order(visitor: &mut Visitor<'_>) -> io::Result<()> {
    visitor.search(&[("q", WORD)])?;
    visitor.run(
        "(() => { const select = document.querySelector('.search-sort select'); select.value = 'date';
            select.dispatchEvent(new Event('change', { bubbles: true })); return null; })()",
    )?;
    let seen = visitor.see()?;
    let dates = texts(&seen["dates"]);
    visitor.expect(dates.len() > 5 && dates.is_sorted_by(|a, b| a >= b), || format!("newest first: {dates:?}"));
    Ok(())
}

fn pages(visitor: &mut Visitor<'_>) -> io::Result<()> {
    let first = visitor.search(&[("q", WORD)])?;
    visitor.run("document.querySelector('.pager > a:last-child').click()")?;
    let second = visitor.see()?;
    visitor.expect(second["page"] == json!("2"), || format!("the page is {}", second["page"]));
    visitor.expect(second["focus"] == json!("found"), || format!("the focus is on “{}”", second["focus"]));
    let seen = [texts(&first["urls"]), texts(&second["urls"])];
    let repeated = seen[1].iter().filter(|url| seen[0].contains(url)).count();
    visitor.expect(!seen[1].is_empty() && repeated == 0, || format!("page two repeats {repeated} results"));
    visitor.run("history.back()")?;
    let back = visitor.see()?;
    visitor.expect(back["titles"] == first["titles"], || "going back does not lead to page one".to_owned());
    Ok(())
}

/// Whatever is shown can be linked to.
fn address(visitor: &mut Visitor<'_>) -> io::Result<()> {
    let state = [("q", WORD), ("sector", "special-equipment"), ("from", "2024-02-01"), ("sort", "date"), ("page", "2")];
    let seen = visitor.search(&state)?;
    visitor.expect(seen["page"] == json!("2"), || format!("the page is {}", seen["page"]));
    let controls = visitor.run(
        "[document.querySelector('.search-sort select').value, document.querySelector('[name=from]').value,
            document.querySelectorAll('.search-chosen li').length]",
    )?;
    visitor.expect(controls == json!(["date", "2024-02-01", 3]), || format!("the controls say {controls}"));
    Ok(())
}

/// `?q=`, as other sites and the browser's own search box write it: found, and no longer in the address.
fn words_from_outside(visitor: &mut Visitor<'_>) -> io::Result<()> {
    visitor.open(&format!("search/index.html?{}", visit::encoded(&[("q", WORD)])))?;
    let seen = visitor.see()?;
    visitor.expect(seen["total"].as_u64() > Some(0), || format!("found {}", seen["count"]));
    visitor.expect(seen["search"] == json!(""), || format!("the address keeps {}", seen["search"]));
    Ok(())
}

fn nothing_found(visitor: &mut Visitor<'_>) -> io::Result<()> {
    let seen = visitor.search(&[("q", "qxzvwk")])?;
    visitor.expect(seen["none"] == json!(true) && seen["browse"] == json!(true), || format!("{seen}"));
    let links = visitor.run("document.querySelectorAll('.search-browse a').length")?;
    visitor.expect(links.as_u64() > Some(20), || format!("{links} links to browse"));
    let start = visitor.search(&[])?;
    visitor
        .expect(start["browse"] == json!(true) && start["none"] == json!(false), || format!("without words: {start}"));
    Ok(())
}

fn near_results(visitor: &mut Visitor<'_>) -> io::Result<()> {
    let seen = visitor.search(&[("q", "电梯粉尘爆炸考核办法")])?;
    visitor.expect(seen["loose"] == json!(true), || {
        format!("it is not said that results only come near: {}", seen["count"])
    });
    visitor.expect(!texts(&seen["titles"]).is_empty(), || "nothing comes near".to_owned());
    Ok(())
}

/// All words must stand there; one with a minus must not; quotation marks keep a space.
fn several_words(visitor: &mut Visitor<'_>) -> io::Result<()> {
    let all = visitor.total(WORD)?;
    let both = visitor.total(&format!("{WORD} 检验"))?;
    let without = visitor.total(&format!("{WORD} -检验"))?;
    visitor.expect(both > 0 && without > 0 && all == both + without, || format!("{all} = {both} + {without}"));
    let [joined, quoted, apart] = [visitor.total("安全检")?, visitor.total("\"安全 检\"")?, visitor.total("安全 检")?];
    visitor.expect(joined > 0 && joined == quoted && apart > joined, || {
        format!("{joined}, quoted {quoted}, apart {apart}")
    });
    Ok(())
}

fn one_field(visitor: &mut Visitor<'_>) -> io::Result<()> {
    for (word, names) in [("应急罚", ["文号", "Number"]), ("经开", ["公司", "company"]), ("经开", ["标题", "TITLE"])]
    {
        let everywhere = visitor.total(word)?;
        let totals =
            [visitor.total(&format!("{}:{word}", names[0]))?, visitor.total(&format!("{}：{word}", names[1]))?];
        let narrowed = totals[0] > 0 && totals[0] == totals[1] && totals[0] <= everywhere;
        visitor.expect(narrowed, || format!("{names:?} {word}: {totals:?} of {everywhere}"));
    }
    let titled = visitor.search(&[("q", &format!("标题:{WORD}"))])?;
    let titles = texts(&titled["titles"]);
    visitor.expect(!titles.is_empty() && titles.iter().all(|title| title.contains(WORD)), || format!("{titles:?}"));
    Ok(())
}

/// What was searched for stays in this browser until it is cleared.
fn recent_searches(visitor: &mut Visitor<'_>) -> io::Result<()> {
    visitor.search(&[("q", WORD)])?;
    visitor.open("index.html")?;
    visitor.enter_box()?;
    let hints = visitor.hints()?;
    visitor.expect(hints.first().is_some_and(|hint| hint == WORD), || format!("recent: {hints:?}"));
    visitor.run(
        "[...document.querySelectorAll('.hints-recent button')].find((clear) => clear.checkVisibility()).click()",
    )?;
    let kept = visitor.run("localStorage.getItem('portal-searches')")?;
    visitor.expect(kept == json!("[]"), || format!("still kept: {kept}"));
    Ok(())
}

/// Without script the page offers its lists, and the form comes back to it.
fn without_script(visitor: &mut Visitor<'_>) -> io::Result<()> {
    visitor.browser.call("Emulation.setScriptExecutionDisabled", &json!({ "value": true }))?;
    visitor.open("search/index.html?q=x")?;
    let seen = visitor.run(
        "[document.querySelector('.search-browse').checkVisibility(), document.querySelector('.search-grid').checkVisibility(),
            document.querySelectorAll('.search-browse a').length > 20, document.querySelector('noscript').textContent.length > 10,
            document.querySelector('#q').form.action.endsWith('/search/index.html')]",
    )?;
    visitor.browser.call("Emulation.setScriptExecutionDisabled", &json!({ "value": false }))?;
    visitor.expect(seen == json!([true, false, true, true, true]), || format!("{seen}"));
    Ok(())
}

/// Results, filters and suggestions can be used by everybody, in both colour schemes.
fn accessible(browser: &mut Browser, root: &str, script: &str) -> io::Result<Findings> {
    let mut findings = Findings::new();
    for scheme in ["light", "dark"] {
        browser.set_scheme(scheme)?;
        let mut visitor = Visitor::new(browser, root, "accessibility");
        visitor.search(&[("q", WORD), ("from", "2025-01-01")])?;
        visitor.browser.until("!!document.querySelector('.search-facets input')")?;
        visitor.enter_box()?;
        visitor.write("安全")?;
        visitor.hints()?;
        visitor.press("ArrowDown")?;
        let found: Vec<String> = axe::findings(visitor.browser, script)?;
        findings.extend(found.into_iter().map(|line| format!("search, {scheme}: {line}")));
    }
    browser.set_scheme("light")?;
    Ok(findings)
}

/// What a page shows, as a value that two visits can be compared by.
fn answer(seen: &Value) -> [&Value; 3] {
    [&seen["count"], &seen["titles"], &seen["urls"]]
}
