//! The demonstration portal in a real browser: does it look like a page, fit a phone, work anywhere, and
//! can everybody use it?

mod axe;
pub(crate) mod chromium;
mod pages;
mod preview;
mod search;
mod server;

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::shell;
use chromium::{Browser, Event};
use pages::Sample;
use server::Server;

/// A desk and a phone.
const WIDTHS: [u32; 2] = [1280, 390];

/// Screenshots end here; a longer page looks the same further down.
const LONGEST_SHOT: u64 = 6000;

/// What was wrong, one line each.
type Findings = Vec<String>;

/// Checks every sample page from a web server below `base` and straight from the disk.
pub(crate) fn test(portal: &Path, base: &str) -> io::Result<Findings> {
    let portal = fs::canonicalize(portal)?;
    let server = Server::start(&portal, base)?;
    let on_disk = format!("file://{}/", portal.display());
    let samples = pages::samples(&portal)?;
    let axe = axe::script(&shell::target_folder().join("xtask"))?;
    if axe.is_none() {
        eprintln!("npm is not installed: accessibility is not checked");
    }
    let mut browser = Browser::start()?;
    let mut findings = Findings::new();
    for root in [&server.root, &on_disk] {
        for width in WIDTHS {
            browser.set_width(width)?;
            for sample in &samples {
                findings.extend(check(&mut browser, root, sample, width)?);
            }
        }
    }
    findings.extend(follow_link(&mut browser, &server.root)?);
    findings.extend(missing_page(&mut browser, &server.root)?);
    findings.extend(search::test(&mut browser, &server.root, &portal, axe.as_deref())?);
    findings.extend(preview::test(&mut browser, base)?);
    if let Some(script) = &axe {
        for sample in &samples {
            findings.extend(accessible(&mut browser, &server.root, sample, script)?);
        }
    }
    let accessibility = if axe.is_some() { ", accessibility in both colour schemes" } else { "" };
    println!(
        "{} pages at {WIDTHS:?} px over HTTP and from disk{accessibility}: {} findings",
        samples.len(),
        findings.len()
    );
    Ok(findings)
}

/// Checks the preview alone.
pub(crate) fn preview(base: &str) -> io::Result<Findings> {
    preview::test(&mut Browser::start()?, base)
}

/// Writes a picture of each sample page at each width.
pub(crate) fn shots(portal: &Path, to: &Path) -> io::Result<()> {
    use std::io::Write;
    let portal = fs::canonicalize(portal)?;
    fs::create_dir_all(to)?;
    let server = Server::start(&portal, "/")?;
    let mut browser = Browser::start()?;
    for sample in pages::samples(&portal)? {
        for width in WIDTHS {
            browser.set_width(width)?;
            browser.open(&format!("{}{}", server.root, sample.path))?;
            browser.until(sample.ready)?;
            let height = browser.evaluate("document.documentElement.scrollHeight")?.as_u64().unwrap_or(900);
            let clip = json!({ "x": 0, "y": 0, "width": width, "height": height.min(LONGEST_SHOT), "scale": 1 });
            let options = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
            let picture = browser.call("Page.captureScreenshot", &options)?;
            let file = to.join(format!("{}-{width}.png", sample.name));
            fs::File::create(&file)?.write_all(&base64(picture["data"].as_str().unwrap_or_default()))?;
            println!("{}", file.display());
        }
    }
    Ok(())
}

/// One page at one width: style sheet, pictures, overflow, console, foreign requests.
fn check(browser: &mut Browser, root: &str, sample: &Sample, width: u32) -> io::Result<Findings> {
    let url = format!("{root}{}", sample.path);
    browser.open(&url)?;
    if root.starts_with("http") {
        browser.until(sample.ready)?;
    }
    let seen = browser.evaluate(
        "({
            styled: getComputedStyle(document.body).marginTop === '0px' && getComputedStyle(document.body).fontFamily !== '',
            heading: document.querySelectorAll('main h1').length,
            text: document.querySelector('main').innerText.length,
            wide: document.documentElement.scrollWidth,
            broken: [...document.images].filter(image => !image.complete || image.naturalWidth === 0).map(image => image.src),
        })",
    )?;
    let mut findings = Findings::new();
    let mut expect = |good: bool, what: String| {
        if !good {
            findings.push(format!("{url} at {width} px: {what}"));
        }
    };
    expect(seen["styled"] == json!(true), "the style sheet has no effect".to_owned());
    expect(seen["heading"] == json!(1), format!("{} headings of the first level in <main>", seen["heading"]));
    expect(seen["text"].as_u64() > Some(50), "hardly any text".to_owned());
    expect(seen["wide"].as_u64() <= Some(u64::from(width)), format!("content is {} px wide", seen["wide"]));
    expect(seen["broken"] == json!([]), format!("broken pictures {}", seen["broken"]));
    let origin = root.split_inclusive('/').take(3).collect::<String>();
    for event in browser.take_events() {
        if let Some(trouble) = trouble(&event, &origin) {
            expect(false, trouble);
        }
    }
    Ok(findings)
}

/// What an event says that should not happen on any page.
fn trouble(event: &Event, origin: &str) -> Option<String> {
    let params = &event.params;
    match event.method.as_str() {
        "Runtime.exceptionThrown" => {
            Some(format!("exception {}", params["exceptionDetails"]["exception"]["description"]))
        }
        "Runtime.consoleAPICalled" => {
            let kind = params["type"].as_str().unwrap_or_default();
            matches!(kind, "error" | "warning" | "assert").then(|| format!("console: {}", params["args"]))
        }
        "Log.entryAdded" => {
            let entry = &params["entry"];
            let grave = entry["level"] == json!("error") && !only_from_a_server(entry);
            grave.then(|| format!("{} {}", entry["text"], entry["url"]))
        }
        "Network.requestWillBeSent" => {
            let url = params["request"]["url"].as_str().unwrap_or_default();
            let own = url.starts_with(origin) || url.starts_with("data:");
            (!own).then(|| format!("asks another site for {url}"))
        }
        _ => None,
    }
}

/// A page opened from the disk may not fetch what it searches with. It is told to before it can know that, and
/// says so itself.
fn only_from_a_server(entry: &Value) -> bool {
    entry["url"].as_str().is_some_and(|url| url.starts_with("file:") && url.contains("/search/"))
}

/// The navigation leads to a page of the portal.
fn follow_link(browser: &mut Browser, root: &str) -> io::Result<Findings> {
    browser.set_width(WIDTHS[0])?;
    browser.open(&format!("{root}index.html"))?;
    browser.take_events();
    browser.evaluate("document.querySelector('nav.groups a').click()")?;
    browser.wait_for("Page.loadEventFired")?;
    let seen = browser.evaluate("[location.href, document.querySelector('main h1')?.innerText ?? '']")?;
    let arrived = seen[0].as_str().is_some_and(|url| url.starts_with(root) && !url.ends_with("/index.html#"));
    let good = arrived && seen[0] != json!(format!("{root}index.html")) && seen[1] != json!("");
    Ok(if good { Vec::new() } else { vec![format!("the first link of the navigation leads to {seen}")] })
}

/// The page for a wrong address, shown at any depth, still has its style.
fn missing_page(browser: &mut Browser, root: &str) -> io::Result<Findings> {
    browser.open(&format!("{root}no/such/page.html"))?;
    let title = browser.evaluate("document.querySelector('main h1')?.innerText ?? ''")?;
    Ok(if title == "" { vec!["a wrong address does not show 404.html".to_owned()] } else { Vec::new() })
}

fn accessible(browser: &mut Browser, root: &str, sample: &Sample, script: &str) -> io::Result<Findings> {
    let mut findings = Findings::new();
    for scheme in ["light", "dark"] {
        browser.set_scheme(scheme)?;
        for width in WIDTHS {
            browser.set_width(width)?;
            browser.open(&format!("{root}{}", sample.path))?;
            browser.until(sample.ready)?;
            let found = axe::findings(browser, script)?;
            findings.extend(found.into_iter().map(|what| format!("{} at {width} px, {scheme}: {what}", sample.path)));
        }
    }
    browser.set_scheme("light")?;
    Ok(findings)
}

/// Standard Base64, as the browser sends pictures.
fn base64(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut bytes, mut bits, mut held) = (Vec::with_capacity(text.len() / 4 * 3), 0_u32, 0);
    for six in text.bytes().filter_map(value) {
        bits = (bits << 6) | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).expect("eight bits"));
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_is_decoded() {
        for (text, bytes) in
            [("", &b""[..]), ("QQ==", b"A"), ("QUI=", b"AB"), ("QUJD", b"ABC"), ("/+8=", &[0xff, 0xef])]
        {
            assert_eq!(super::base64(text), bytes);
        }
    }
}
