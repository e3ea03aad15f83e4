//! Random edits while a client reads: pages, tables, templates and settings come, change, move, break, are mended
//! and go. After each the preview shows what a clean build would write, and told whoever looked at a page that
//! became another.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::preview::{Listener, PATIENCE, Preview, without_script};
use crate::corpus;
use crate::support::{self, Dice, Tree};

/// Edits of an ordinary run; `GONGKAI_EDITS` asks for more.
const EDITS: usize = 40;
/// Every page is compared this often, a few of them every time.
const ALL_PAGES_EVERY: usize = 20;

const THEME: &str = "themes/portal";

/// A site that is edited, and the same site built afresh beside it.
struct Edited {
    root: PathBuf,
    dice: Dice,
    next: usize,
    /// What was broken, and how it was.
    broken: Option<(PathBuf, Vec<u8>)>,
}

#[test]
fn random_edits_end_as_a_clean_build() {
    let edits = std::env::var("GONGKAI_EDITS").ok().and_then(|text| text.parse().ok()).unwrap_or(EDITS);
    let seed = std::env::var("GONGKAI_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let site = support::scratch();
    let root = site.path().join("site");
    corpus::write(&root, &corpus::files(12, 8));
    support::copy(&support::repository().join(THEME), &root.join(THEME));
    let mut preview = Preview::start(&root, &[]);
    let mut edited = Edited { root: root.clone(), dice: Dice::new(seed), next: 100, broken: None };
    let mut readers: Vec<Reader> = ["index.html", "news/index.html", "news/p0.html", "penalty/index.html"]
        .map(|route| Reader::open(&preview, route))
        .into();
    let clean = site.path().join("clean");
    let mut good = 0;
    for at in 0..edits {
        let did = edited.edit();
        let Ok(built) = built(&root, &clean) else {
            wait(&did, || readers[0].state(&preview)["errors"].as_u64() > Some(0));
            continue;
        };
        good += 1;
        wait(&did, || readers.iter_mut().all(|reader| reader.shows(&preview, &built)));
        let problems = preview.json("problems", "route=index.html");
        assert_eq!(problems["problems"], serde_json::json!([]), "after {did}");
        if at % ALL_PAGES_EVERY == 0 {
            preview.settles_to(&built, &did);
        }
    }
    edited.mend();
    let built = built(&root, &clean).unwrap_or_else(|said| panic!("a mended site is good, but\n{said}"));
    preview.settles_to(&built, "the last edit");
    assert!(preview.is_alive());
    assert!(good * 2 > edits, "only {good} of {edits} states were good");
}

/// What a clean build writes, or says of a site with errors.
fn built(root: &Path, out: &Path) -> Result<Tree, String> {
    let _ = fs::remove_dir_all(out);
    let out = out.to_str().expect("a temporary folder has a plain name");
    let ran = support::gongkai(root, &["build", "--out", out]);
    if ran.code == Some(0) { Ok(support::tree(Path::new(out))) } else { Err(ran.said()) }
}

fn wait(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "never settled after {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A browser that shows one page, and loads it again only when it is told to.
struct Reader {
    route: &'static str,
    listener: Listener,
    print: String,
    page: Vec<u8>,
    state: serde_json::Value,
}

impl Reader {
    fn open(preview: &Preview, route: &'static str) -> Reader {
        let answer = preview.route(route);
        let listener = preview.listen(route);
        let state = listener.next();
        Reader { route, listener, print: answer.mark("print"), page: answer.body, state }
    }

    /// What it was told last.
    fn state(&mut self, preview: &Preview) -> &serde_json::Value {
        if let Some(state) = self.listener.latest() {
            // Another print: the page is loaded again, as the script of the preview does. Other style sheets are
            // exchanged, for which this reader takes the page anew.
            let other = state["print"].as_str().is_some_and(|print| print != self.print)
                || state["sheets"] != self.state["sheets"];
            if other {
                let answer = preview.route(self.route);
                (self.print, self.page) = (answer.mark("print"), answer.body);
            }
            self.state = state;
        }
        &self.state
    }

    /// Whether what it shows is what a build would write.
    fn shows(&mut self, preview: &Preview, built: &Tree) -> bool {
        self.state(preview);
        let expected = built.get(self.route).unwrap_or(&built["404.html"]);
        without_script(&self.page) == *expected
    }
}

impl Edited {
    /// Makes one change and says what it was.
    fn edit(&mut self) -> String {
        if self.broken.is_some() && self.dice.roll(2) == 0 {
            self.mend();
            return "mending".to_owned();
        }
        match self.dice.roll(14) {
            0 | 1 => self.create(),
            2..=4 => self.change(),
            5 | 6 => self.reword(),
            7 => self.rename(),
            8 => self.delete(),
            9 => self.break_one(),
            10 => self.rows(),
            11 => self.template(),
            12 => self.settings(),
            _ => self.folder(),
        }
    }

    fn create(&mut self) -> String {
        self.next += 1;
        let column = ["news", "about", "guide"][self.dice.roll(3)];
        let file = self.root.join(format!("content/{column}/n{}.md", self.next));
        support::write(&file, corpus::page(self.next, &mut self.dice));
        format!("making {}", file.display())
    }

    fn change(&mut self) -> String {
        let file = self.page();
        let more = match self.dice.roll(6) {
            0 => format!("# {}", corpus::sentence(&mut self.dice, 2)),
            1 => "见[另一页](../about/p1.md)和[没有的](nothing.md)。".to_owned(),
            2 => "《春季检查》".to_owned(),
            _ => corpus::sentence(&mut self.dice, 5),
        };
        let text = format!("{}\n{more}\n", support::text(&file));
        if self.dice.roll(2) == 0 {
            support::write(&file, text);
        } else {
            let beside = file.with_extension("part~");
            support::write(&beside, text);
            fs::rename(&beside, &file).expect("it was just written");
        }
        format!("changing {}", file.display())
    }

    /// Other words in the front matter: a title that others may cite or that another page has, a source, a summary.
    fn reword(&mut self) -> String {
        let file = self.page();
        let old = support::text(&file);
        let words = corpus::sentence(&mut self.dice, 1);
        let text = match self.dice.roll(4) {
            0 => old.replacen("title = \"", "title = \"春季检查", 1),
            1 => old.replacen("title = \"", &format!("title = \"{}", words.trim_end_matches('。')), 1),
            2 if !old.contains("summary = ") => old.replacen("\n+++\n", &format!("\nsummary = \"{words}\"\n+++\n"), 1),
            _ if !old.contains("source = ") => old.replacen("\n+++\n", "\nsource = \"某报\"\n+++\n", 1),
            _ => old.replacen("source = \"", "source = \"又", 1),
        };
        support::write(&file, text);
        format!("rewording {}", file.display())
    }

    fn rename(&mut self) -> String {
        self.next += 1;
        let file = self.page();
        let to = file.with_file_name(format!("r{}.md", self.next));
        fs::rename(&file, &to).expect("it is there");
        format!("renaming {} to {}", file.display(), to.display())
    }

    fn delete(&mut self) -> String {
        let file = self.page();
        fs::remove_file(&file).expect("it is there");
        self.create();
        format!("deleting {}", file.display())
    }

    fn break_one(&mut self) -> String {
        if self.broken.is_some() {
            return self.change();
        }
        let files = [
            self.page(),
            self.root.join("content/penalty/0.csv"),
            self.root.join("portal.toml"),
            self.root.join(THEME).join("templates/base.html"),
        ];
        let file = files[self.dice.roll(files.len())].clone();
        let whole = support::read(&file);
        let text = String::from_utf8(whole.clone()).expect("sources are UTF-8");
        let broken =
            text.replacen("title = ", "titel = ", 1).replacen("2025-0", "2025-3", 1).replacen("[site]", "[sit", 1);
        support::write(&file, broken.replacen("{% block", "{% blok", 1));
        let did = format!("breaking {}", file.display());
        self.broken = Some((file, whole));
        did
    }

    fn mend(&mut self) {
        if let Some((file, whole)) = self.broken.take() {
            support::write(&file, whole);
        }
    }

    fn rows(&mut self) -> String {
        self.next += 1;
        let file = self.root.join("content/penalty/0.csv");
        let text = support::text(&file);
        let mut lines: Vec<&str> = text.lines().collect();
        if lines.len() > 6 && self.dice.roll(3) == 0 {
            lines.remove(1 + self.dice.roll(lines.len() - 1));
        }
        let row = corpus::row(self.next, &mut self.dice);
        support::write(&file, format!("{}\n{row}", lines.join("\n")));
        "rows".to_owned()
    }

    fn template(&mut self) -> String {
        self.next += 1;
        let name = ["templates/base.html", "templates/frame/footer.html", "static/portal.css", "i18n/zh-CN.toml"]
            [self.dice.roll(4)];
        let file = self.root.join(THEME).join(name);
        let comment = match name.rsplit('.').next() {
            Some("html") => format!("<!-- {} -->", self.next),
            Some("css") => format!("/* {} */\n", self.next),
            _ => format!("x{} = \"x\"\n", self.next),
        };
        support::write(&file, support::text(&file) + &comment);
        format!("template {name}")
    }

    fn settings(&mut self) -> String {
        self.next += 1;
        let file = self.root.join("portal.toml");
        let name = format!("样例{}", self.next);
        let lines: Vec<String> = support::text(&file)
            .lines()
            .map(|line| if line.starts_with("name = ") { format!("name = \"{name}\"") } else { line.to_owned() })
            .collect();
        support::write(&file, lines.join("\n") + "\n");
        "settings".to_owned()
    }

    /// A folder goes away and comes back.
    fn folder(&mut self) -> String {
        let name = ["news", "about", "guide"][self.dice.roll(3)];
        let (folder, away) = (self.root.join("content").join(name), self.root.join("away"));
        fs::rename(&folder, &away).expect("it is there");
        thread::sleep(Duration::from_millis(self.dice.roll(40) as u64));
        fs::rename(&away, &folder).expect("it was just moved");
        format!("moving {name} away and back")
    }

    /// One of the pages that are not broken.
    fn page(&mut self) -> PathBuf {
        let broken = self.broken.as_ref().map(|(file, _)| file.clone());
        let content = self.root.join("content");
        let pages =
            support::tree(&content).into_keys().filter(|name| name.ends_with(".md") && !name.ends_with("_index.md"));
        let pages: Vec<PathBuf> =
            pages.map(|name| content.join(name)).filter(|file| Some(file) != broken.as_ref()).collect();
        assert!(!pages.is_empty(), "a site keeps some pages");
        pages[self.dice.roll(pages.len())].clone()
    }
}
