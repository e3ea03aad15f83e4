//! On copies of the portal: files of the search that are missing, cut short or of another day bring a clear message
//! and another try, never wrong results and never an endless wait. And the engine's own tests, in the page.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::super::Findings;
use super::super::chromium::Browser;
use super::super::server::Server;
use super::visit::{Visitor, texts};
use super::{WORD, answer};
use crate::shell;

/// What is done to the search files, and what must come of it.
type Fault = fn(&mut Visitor<'_>, &Path) -> io::Result<()>;

pub(super) const CASES: [(&str, Fault); 7] = [
    ("engine", engine),
    ("missing files", missing),
    ("cut files", cut),
    ("no connection", offline),
    ("old root, new files", newer_files),
    ("new root, old files", older_files),
    ("no client", no_client),
];

/// Runs one case on a copy of the portal.
pub(super) fn run(browser: &mut Browser, portal: &Path, name: &'static str, fault: Fault) -> io::Result<Findings> {
    let copy = tempfile::tempdir()?;
    copy_folder(portal, copy.path())?;
    let server = Server::start(copy.path(), "/")?;
    browser.call("Network.setCacheDisabled", &json!({ "cacheDisabled": true }))?;
    let mut visitor = Visitor::new(browser, &server.root, name);
    match fault(&mut visitor, &copy.path().join("search")) {
        Err(error) if error.kind() == io::ErrorKind::TimedOut => visitor.expect(false, || error.to_string()),
        other => other?,
    }
    let findings = std::mem::take(&mut visitor.findings);
    browser.call("Network.setCacheDisabled", &json!({ "cacheDisabled": false }))?;
    Ok(findings)
}

/// Folders of the index; another holds the texts of attached files.
fn tiers(search: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(search)? {
        let path = entry?.path();
        if path.join("g").is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn each_file(folder: &Path, work: &mut dyn FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { each_file(&path, work)? } else { work(&path)? }
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().expect("an entry of a folder has a name"));
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// Sees a message with one of these reasons, mends the files, presses the button, sees the right answer.
fn fails_and_recovers(
    visitor: &mut Visitor<'_>,
    reasons: &[&str],
    mend: &mut dyn FnMut(&mut Visitor<'_>) -> io::Result<()>,
    right: &serde_json::Value,
) -> io::Result<()> {
    let seen = visitor.search(&[("q", WORD)])?;
    let why = seen["why"][0].as_str().unwrap_or_default().to_owned();
    visitor
        .expect(seen["failed"] == json!(true) && reasons.contains(&why.as_str()), || format!("no message, but {seen}"));
    visitor.expect(seen["titles"] == json!([]), || format!("results all the same: {}", seen["titles"]));
    mend(visitor)?;
    visitor.run("document.querySelector('[data-say=failed] button').click()")?;
    let again = visitor.see()?;
    visitor.expect(answer(&again) == answer(right), || format!("after another try: {again}"));
    Ok(())
}

fn missing(visitor: &mut Visitor<'_>, search: &Path) -> io::Result<()> {
    let right = visitor.search(&[("q", WORD)])?;
    let tiers = tiers(search)?;
    let aside = |tier: &Path| tier.join("g-aside");
    for tier in &tiers {
        fs::rename(tier.join("g"), aside(tier))?;
    }
    let mut mend = |_: &mut Visitor<'_>| tiers.iter().try_for_each(|tier| fs::rename(aside(tier), tier.join("g")));
    fails_and_recovers(visitor, &["stale", "damaged"], &mut mend, &right)
}

fn cut(visitor: &mut Visitor<'_>, search: &Path) -> io::Result<()> {
    let right = visitor.search(&[("q", WORD)])?;
    let mut whole: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for tier in tiers(search)? {
        each_file(&tier.join("g"), &mut |file| {
            let bytes = fs::read(file)?;
            fs::write(file, &bytes[..bytes.len() / 2])?;
            whole.push((file.to_owned(), bytes));
            Ok(())
        })?;
    }
    let mut mend = |_: &mut Visitor<'_>| whole.iter().try_for_each(|(file, bytes)| fs::write(file, bytes));
    fails_and_recovers(visitor, &["damaged"], &mut mend, &right)
}

/// The line is gone after the page was loaded, and comes back.
fn offline(visitor: &mut Visitor<'_>, _: &Path) -> io::Result<()> {
    let right = visitor.search(&[("q", WORD)])?;
    visitor.search(&[])?;
    let line = |visitor: &mut Visitor<'_>, there: bool| {
        let conditions = json!({ "offline": !there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        visitor.browser.call("Network.emulateNetworkConditions", &conditions).map(drop)
    };
    line(visitor, false)?;
    visitor.run(&format!("location.hash = '{}'", super::visit::encoded(&[("q", WORD)])))?;
    let seen = visitor.see()?;
    visitor.expect(seen["why"] == json!(["offline"]), || format!("no message, but {seen}"));
    line(visitor, true)?;
    visitor.run("document.querySelector('[data-say=failed] button').click()")?;
    let again = visitor.see()?;
    visitor.expect(answer(&again) == answer(&right), || format!("after another try: {again}"));
    Ok(())
}

/// The portal was published again while somebody had it open: the page asks for the new root by itself.
fn newer_files(visitor: &mut Visitor<'_>, search: &Path) -> io::Result<()> {
    let right = visitor.search(&[("q", WORD)])?;
    visitor.search(&[("q", "qxzvwk")])?;
    publish_again(search, true)?;
    visitor.run(&format!("location.hash = '{}'", super::visit::encoded(&[("q", WORD)])))?;
    let seen = visitor.see()?;
    visitor.expect(answer(&seen) == answer(&right), || format!("after a publication: {seen}"));
    Ok(())
}

/// The root arrived before its files: a message, and results once they are there.
fn older_files(visitor: &mut Visitor<'_>, search: &Path) -> io::Result<()> {
    let right = visitor.search(&[("q", WORD)])?;
    let moves = publish_again(search, false)?;
    let mut mend = |_: &mut Visitor<'_>| moves.iter().try_for_each(|(from, to)| fs::rename(from, to));
    fails_and_recovers(visitor, &["stale", "damaged"], &mut mend, &right)
}

/// Gives every tier another name in the root, and moves the folders too when asked. The moves that are left to do.
fn publish_again(search: &Path, files_too: bool) -> io::Result<Vec<(PathBuf, PathBuf)>> {
    let root = search.join("root.json");
    let mut text = fs::read_to_string(&root)?;
    let mut moves = Vec::new();
    for tier in tiers(search)? {
        let name = tier.file_name().and_then(|name| name.to_str()).expect("tiers have ASCII names");
        let (kind, hash) = name.rsplit_once('-').expect("tiers have a hash in their names");
        let other: String = hash.chars().rev().collect();
        text = text.replace(name, &format!("{kind}-{other}")).replace(&format!("\"{hash}\""), &format!("\"{other}\""));
        moves.push((tier.clone(), search.join(format!("{kind}-{other}"))));
    }
    fs::write(&root, text)?;
    if files_too {
        moves.iter().try_for_each(|(from, to)| fs::rename(from, to))?;
        moves.clear();
    }
    Ok(moves)
}

/// The module itself does not come.
fn no_client(visitor: &mut Visitor<'_>, search: &Path) -> io::Result<()> {
    let right = visitor.search(&[("q", WORD)])?;
    let client = search.join(published(search, "client-")?);
    let aside = client.with_extension("aside");
    fs::rename(&client, &aside)?;
    let mut mend = |_: &mut Visitor<'_>| fs::rename(&aside, &client);
    fails_and_recovers(visitor, &["offline"], &mut mend, &right)
}

/// The published engine folds, cuts and reads as the generator does.
fn engine(visitor: &mut Visitor<'_>, search: &Path) -> io::Result<()> {
    let source = shell::root().join("generator/search");
    for file in ["tests.js", "golden.json"] {
        fs::copy(source.join(file), search.join(file))?;
    }
    let (client, han) = (published(search, "client-")?, published(search, "han-")?);
    visitor.open("search/index.html")?;
    let names = json!({ "client": client, "golden": "golden.json", "han": han });
    let run = format!(
        "import(new URL('tests.js', document.baseURI)).then((tests) => tests.run(new URL('./', document.baseURI), {names}))"
    );
    for failure in texts(&visitor.run(&run)?) {
        visitor.expect(false, || failure);
    }
    Ok(())
}

/// The name of the file that begins with this.
fn published(search: &Path, start: &str) -> io::Result<String> {
    for entry in fs::read_dir(search)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.starts_with(start) {
            return Ok(name);
        }
    }
    Err(io::Error::other(format!("there is no {start}* among the search files")))
}
