//! The preview in a real browser: what an editor sees when something is saved, broken, mended or asked for.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::Findings;
use super::chromium::Browser;
use crate::shell;

/// One thing that must work, and its name in findings.
type Case = (&'static str, fn(&mut Editor<'_>) -> io::Result<()>);

const CASES: [Case; 7] = [
    ("saving", saving),
    ("other pages", other_pages),
    ("errors", errors),
    ("style sheet", style_sheet),
    ("bar", bar),
    ("any day", any_day),
    ("search", search),
];

/// The page that is edited, and the file it comes from.
const PAGE: &str = "news/2025-03-construction-restart.html";
const FILE: &str = "content/news/2025-03-construction-restart.md";
const SHEET: &str = "themes/portal/static/portal.css";

/// The parts of the preview, for expressions in the page.
const BAR: &str = "document.querySelector('gongkai-preview').shadowRoot.querySelector('.bar')";
const OVERLAY: &str = "document.querySelector('gongkai-preview').shadowRoot.querySelector('.overlay')";
/// The page listens for changes.
const LISTENING: &str = "document.querySelector('gongkai-preview')?.dataset.generation > 0";

/// An editor with a copy of the demonstration, a preview of it and a browser.
struct Editor<'a> {
    browser: &'a mut Browser,
    site: PathBuf,
    /// Address of the portal in the preview.
    root: String,
    name: &'static str,
    findings: Findings,
}

/// The program at work; ended with the value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already is what we want.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Tries everything on a copy of the demonstration.
pub(super) fn test(browser: &mut Browser, base: &str) -> io::Result<Findings> {
    let folder = TempDir::new()?;
    let site = folder.path().to_owned();
    for name in ["content", "themes"] {
        shell::copy_tree(&shell::root().join(name), &site.join(name))?;
    }
    fs::copy(shell::root().join("portal.toml"), site.join("portal.toml"))?;
    let (_running, at) = start(&site)?;
    let mut findings = Findings::new();
    for (name, case) in CASES {
        browser.forget_everything()?;
        browser.set_width(super::WIDTHS[0])?;
        let root = format!("{}{base}", at.trim_end_matches('/'));
        let mut editor = Editor { browser, site: site.clone(), root, name, findings: Findings::new() };
        match case(&mut editor) {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => editor.expect(false, || error.to_string()),
            other => other?,
        }
        findings.append(&mut editor.findings);
    }
    Ok(findings)
}

fn start(site: &Path) -> io::Result<(Running, String)> {
    let mut command = Command::new(shell::built_gongkai()?);
    command.arg("--root").arg(site).args(["--lang", "zh", "serve", "--port", "0"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut said = BufReader::new(child.stdout.take().expect("it is piped"));
    let running = Running(child);
    let mut line = String::new();
    said.read_line(&mut line)?;
    // Keep reading, so that the program never waits for a full pipe.
    thread::spawn(move || io::copy(&mut said, &mut io::sink()));
    let at = line.find("http://").map(|at| line[at..].trim().to_owned());
    at.map(|at| (running, at)).ok_or_else(|| io::Error::other(format!("the preview said {line:?}")))
}

impl Editor<'_> {
    fn expect(&mut self, good: bool, what: impl FnOnce() -> String) {
        if !good {
            self.findings.push(format!("preview, {}: {}", self.name, what()));
        }
    }

    /// Opens a page and waits until it listens for changes.
    fn open(&mut self, path: &str) -> io::Result<()> {
        self.browser.open(&format!("{}{path}", self.root))?;
        self.browser.until(LISTENING)
    }

    fn edit(&self, file: &str, change: impl FnOnce(&str) -> String) -> io::Result<()> {
        let path = self.site.join(file);
        let text = fs::read_to_string(&path)?;
        fs::write(path, change(&text))
    }

    fn run(&mut self, expression: &str) -> io::Result<Value> {
        self.browser.evaluate(expression)
    }

    /// Marks the page, so that it is seen whether it was loaded again.
    fn mark(&mut self) -> io::Result<()> {
        self.run("void (window.marked = true)").map(drop)
    }

    fn is_marked(&mut self) -> io::Result<bool> {
        Ok(self.run("window.marked === true")? == json!(true))
    }
}

/// What is saved is seen, and the page stays where it was scrolled to. Also says how long it took.
fn saving(editor: &mut Editor<'_>) -> io::Result<()> {
    editor.open(PAGE)?;
    editor.run("window.scrollTo({ top: 200, behavior: 'instant' })")?;
    let before = editor.run("window.scrollY")?;
    let started = Instant::now();
    editor.edit(FILE, |text| format!("{text}\n刚刚保存的一句。\n"))?;
    editor.browser.until(
        "document.readyState === 'complete' && document.querySelector('main').innerText.includes('刚刚保存的一句')",
    )?;
    // Two frames later it is on the screen.
    editor.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")?;
    println!("preview: from saving to the screen {:.0} ms", started.elapsed().as_secs_f64() * 1000.0);
    editor.browser.until(LISTENING)?;
    let after = editor.run("window.scrollY")?;
    editor.expect(before == after && after != json!(0), || {
        format!("scrolled to {before}, after loading again to {after}")
    });
    Ok(())
}

/// A page that a change does not concern is not loaded again.
fn other_pages(editor: &mut Editor<'_>) -> io::Result<()> {
    editor.open("about/accessibility.html")?;
    editor.mark()?;
    let before = editor.run("Number(document.querySelector('gongkai-preview').dataset.generation)")?;
    editor.edit(FILE, |text| format!("{text}\n与别的页面无关。\n"))?;
    editor.browser.until(&format!("document.querySelector('gongkai-preview').dataset.generation > {before}"))?;
    let same = editor.is_marked()?;
    editor.expect(same, || "it was loaded again".to_owned());
    Ok(())
}

/// An error lies over the page, says where, can be copied, and goes when it is mended.
fn errors(editor: &mut Editor<'_>) -> io::Result<()> {
    editor.open(PAGE)?;
    editor.mark()?;
    let mut whole = String::new();
    editor.edit(FILE, |text| {
        whole = text.to_owned();
        text.replacen("title = ", "titel = ", 1)
    })?;
    editor.browser.until(&format!("!{OVERLAY}.hidden"))?;
    let said = editor.run(&format!("{OVERLAY}.innerText"))?;
    let said = said.as_str().unwrap_or_default().to_owned();
    for words in ["titel", "content/news/2025-03-construction-restart.md:2:1", "title", "复制位置"] {
        editor.expect(said.contains(words), || format!("no {words} in {said:?}"));
    }
    let same = editor.is_marked()?;
    let text = editor.run("document.querySelector('main').innerText.length")?;
    editor.expect(same && text.as_u64() > Some(50), || "the last good page is gone".to_owned());
    editor.edit(FILE, |_| whole)?;
    editor.browser.until(&format!("{OVERLAY}.hidden"))
}

/// A style sheet is exchanged, and the page is not loaded again.
fn style_sheet(editor: &mut Editor<'_>) -> io::Result<()> {
    editor.open(PAGE)?;
    editor.mark()?;
    editor.edit(SHEET, |text| format!("{text}\nbody {{ outline: 3px solid rgb(1, 2, 3); }}\n"))?;
    editor.browser.until("getComputedStyle(document.body).outlineColor === 'rgb(1, 2, 3)'")?;
    editor.browser.until("document.querySelectorAll('link[rel=stylesheet]').length === 1")?;
    let same = editor.is_marked()?;
    editor.expect(same, || "the page was loaded again".to_owned());
    Ok(())
}

/// The bar says where the page comes from; its switches work.
fn bar(editor: &mut Editor<'_>) -> io::Result<()> {
    editor.open(PAGE)?;
    editor.browser.until(&format!("{BAR}.querySelector('summary') !== null"))?;
    editor.run(&format!("{BAR}.querySelector('summary').click()"))?;
    let said = editor.run(&format!("{BAR}.innerText"))?;
    let said = said.as_str().unwrap_or_default().to_owned();
    for words in [FILE, "公开日期", "检查", "390"] {
        editor.expect(said.contains(words), || format!("no {words} in {said:?}"));
    }
    editor.run(&format!("(() => {{ const choice = {BAR}.querySelector('select[name=scheme]'); choice.value = 'dark'; choice.dispatchEvent(new Event('change')); }})()"))?;
    let light = "getComputedStyle(document.body).backgroundColor";
    let dark = editor.run(light)?;
    editor.run(&format!("(() => {{ const choice = {BAR}.querySelector('select[name=scheme]'); choice.value = 'light'; choice.dispatchEvent(new Event('change')); }})()"))?;
    let bright = editor.run(light)?;
    editor.expect(dark != bright, || format!("light and dark are both {dark}"));
    editor.run(&format!("{BAR}.querySelector('button[name=large]').click()"))?;
    let large = editor.run("document.documentElement.classList.contains('large')")?;
    editor.expect(large == json!(true), || "large print has no effect".to_owned());
    editor.run(&format!("{BAR}.querySelector('a[href*=\"width=390\"]').click()"))?;
    editor.browser.until("document.querySelector('iframe')?.contentDocument?.querySelector('main h1') != null")?;
    let width = editor.run("document.querySelector('iframe').clientWidth")?;
    editor.expect(width == json!(390), || format!("the frame is {width} px wide"));
    Ok(())
}

/// A page that is to come is there on its day.
fn any_day(editor: &mut Editor<'_>) -> io::Result<()> {
    let later = "content/news/later.md";
    fs::write(
        editor.site.join(later),
        "+++\ntitle = \"以后才公开\"\npublished_on = 2026-12-01\n+++\n\n到时候再看。\n",
    )?;
    editor.open("news/later.html")?;
    let show = |day: &str| {
        format!(
            "(() => {{ const field = {BAR}.querySelector('input[name=as_of]'); field.value = '{day}'; field.dispatchEvent(new Event('change')); }})()"
        )
    };
    editor.browser.until(&format!("{BAR}.querySelector('input[name=as_of]') !== null"))?;
    let early = editor.run("document.querySelector('main').innerText.includes('到时候再看')")?;
    editor.expect(early == json!(false), || "it is there before its day".to_owned());
    editor.run(&show("2026-12-02"))?;
    editor.browser.until("document.querySelector('main').innerText.includes('到时候再看')")?;
    editor.browser.until(&format!("{BAR}.innerText.includes('2026-12-02')"))?;
    editor.run(&format!(
        "[...{BAR}.querySelectorAll('button')].find((button) => button.textContent === '回到站点的日期').click()"
    ))?;
    editor.browser.until("!document.querySelector('main').innerText.includes('到时候再看')")?;
    editor.browser.open(&format!(
        "{}/__preview/upcoming",
        editor.root.split_inclusive('/').take(3).collect::<String>().trim_end_matches('/')
    ))?;
    editor.browser.until("document.body.innerText.includes('以后才公开')")
}

/// What was just written is found.
fn search(editor: &mut Editor<'_>) -> io::Result<()> {
    editor.edit(FILE, |text| format!("{text}\n麒麟翡翠琥珀。\n"))?;
    editor.browser.open(&format!("{}search/index.html#q=%E9%BA%92%E9%BA%9F%E7%BF%A1%E7%BF%A0", editor.root))?;
    let title = "[...document.querySelectorAll('.results h3')].map((title) => title.textContent).join('|')";
    editor.browser.until(&format!("{title} !== ''"))?;
    let found = editor.run(title)?;
    editor.expect(found.as_str().is_some_and(|titles| titles.contains("节后复工")), || format!("found {found}"));
    Ok(())
}
