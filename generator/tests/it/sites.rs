//! Fixture sites: `in/` becomes `out/`, or is refused with the words of `errors.txt`.
//!
//! A missing file, an extra file and a different byte all fail. `UPDATE=1` writes what came out instead;
//! read the difference before committing it. Beside `in/` may stand `args` (more arguments for `build`)
//! and `absent.txt` (words of the input that no output may contain, a line each).

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::support::{self, Ran, Tree};

/// Fixtures that must exist: the measures of the generator name them.
const WANTED: &[&str] = &[
    "addresses",
    "bad-alias",
    "bad-alias-below-file",
    "bad-attachment",
    "bad-broken-link-strict",
    "bad-broken-reference",
    "bad-computed-differs",
    "bad-date",
    "bad-definition",
    "bad-definition-type",
    "bad-duplicate-key",
    "bad-duplicate-route",
    "bad-folder-name",
    "bad-huge-cell",
    "bad-invalid-utf8",
    "bad-json",
    "bad-link-out-of-tree",
    "bad-many-errors",
    "bad-missing-value",
    "bad-private-address",
    "bad-private-attachments",
    "bad-private-declaration",
    "bad-private-image",
    "bad-private-settings",
    "bad-private-stale",
    "bad-private-text",
    "bad-setting",
    "bad-sheet",
    "bad-template-error",
    "bad-template-syntax",
    "bad-toml",
    "bad-unclosed-front-matter",
    "bad-unknown-district",
    "bad-unknown-field",
    "bad-unknown-setting",
    "bad-unknown-theme",
    "bad-withdrawn-without-reason",
    "english",
    "front-matter",
    "lifecycle",
    "markdown",
    "minimal",
    "own-register",
    "private",
    "tables",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites")
}

fn fixtures() -> Vec<String> {
    support::names(&folder()).into_iter().filter(|name| folder().join(name).join("in").is_dir()).collect()
}

fn blessing() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

/// A fixture copied to a folder of its own, with the files that version control would not keep.
struct Staged {
    root: TempDir,
    name: String,
}

impl Staged {
    fn new(name: &str) -> Staged {
        let root = support::scratch();
        support::copy(&folder().join(name).join("in"), root.path());
        support::add_bare_theme(root.path());
        match name {
            "bad-link-out-of-tree" => links_out_of_tree(root.path()),
            "bad-huge-cell" => huge_cell(root.path()),
            _ => {}
        }
        Staged { root, name: name.to_owned() }
    }

    fn build(&self) -> Ran {
        self.run(&["build", "--lang", "zh"])
    }

    fn run(&self, command: &[&str]) -> Ran {
        let more = fs::read_to_string(self.expected("args")).unwrap_or_default();
        let arguments: Vec<&str> = command.iter().copied().chain(more.split_whitespace()).collect();
        support::gongkai(self.root.path(), &arguments)
    }

    fn expected(&self, file: &str) -> PathBuf {
        folder().join(&self.name).join(file)
    }
}

#[cfg(unix)]
fn links_out_of_tree(root: &Path) {
    use std::os::unix::fs::symlink;
    let links = [
        ("/etc/hostname", "content/news/host.md"),
        ("../../portal.toml", "content/news/settings.toml"),
        ("/etc", "content/news/folder"),
        ("nowhere.md", "content/news/dangling.md"),
        // This one stays inside, and is as good as the file.
        ("a.md", "content/news/inside.txt"),
        ("/etc/hostname", "themes/bare/static/host.txt"),
    ];
    for (target, name) in links {
        let path = root.join(name);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("the folder can be made");
        symlink(target, path).expect("links can be made");
    }
}

#[cfg(not(unix))]
fn links_out_of_tree(_: &Path) {
    support::tell("links are not tried on this system");
}

/// A cell of 3 MB, as left by a word processor's document pasted into a sheet.
fn huge_cell(root: &Path) {
    let cell = "长".repeat(1024 * 1024);
    let text = format!(
        "行政相对人名称,行政处罚决定书文号,违法行为类型,违法事实,处罚决定日期,处罚机关\n甲公司,罚〔2025〕1号,超载,{cell},2025-01-02,样例局\n{cell},罚〔2025〕2号,超载,短,2025-01-03,样例局\n"
    );
    support::write(&root.join("content/penalty/2025.csv"), text);
}

#[test]
fn every_wanted_fixture_exists() {
    let present = fixtures();
    let missing: Vec<&&str> = WANTED.iter().filter(|name| !present.iter().any(|known| known == **name)).collect();
    assert!(missing.is_empty(), "no fixture site {missing:?}");
}

#[test]
fn good_sites_give_exactly_their_output() {
    let good = fixtures().into_iter().filter(|name| !name.starts_with("bad-"));
    let problems: Vec<String> = good.flat_map(|name| check_good(&name)).collect();
    support::assert_none("fixture sites (UPDATE=1 writes what came out)", &problems);
}

fn check_good(name: &str) -> Vec<String> {
    let site = Staged::new(name);
    let ran = site.build();
    if ran.code != Some(0) {
        return vec![format!("{name}: exit {:?}\n{}", ran.code, ran.err)];
    }
    let public = support::tree(&site.root.path().join("public"));
    support::assert_manifest(&public);
    let mut problems = leaks(&site, &public);
    problems.extend(root_absolute_links(&public));
    let made = without_noise(public);
    let expected = site.expected("out");
    if blessing() {
        // A folder that is not there is as good as an empty one.
        let _ = fs::remove_dir_all(&expected);
        for (path, bytes) in &made {
            support::write(&expected.join(path), bytes);
        }
    }
    problems.extend(support::differences(&support::tree(&expected), &made));
    problems.into_iter().map(|problem| format!("{name}: {problem}")).collect()
}

/// The output without the manifest, which was compared with the files already, without the static files that
/// every site takes over from the base theme, and without the data of the search, which has tests of its own.
fn without_noise(public: Tree) -> Tree {
    let base = support::tree(&support::repository().join("themes/portal/static"));
    let of_theme =
        |name: &str, bytes: &Vec<u8>| name.starts_with("assets/") && base.values().any(|known| known == bytes);
    let of_search = |name: &str| name.starts_with("search/") && name != "search/index.html";
    let shown = |name: &str, bytes: &Vec<u8>| name != support::MANIFEST && !of_theme(name, bytes) && !of_search(name);
    public.into_iter().filter(|(name, bytes)| shown(name, bytes)).collect()
}

/// Words of `absent.txt` that stand in an output after all. Each must stand in the input, or the list
/// would prove nothing.
fn leaks(site: &Staged, public: &Tree) -> Vec<String> {
    let words = fs::read_to_string(site.expected("absent.txt")).unwrap_or_default();
    let input = support::tree(&site.expected("in"));
    let holds = |bytes: &[u8], word: &str| String::from_utf8_lossy(bytes).contains(word);
    let mut problems = Vec::new();
    for word in words.lines().filter(|word| !word.is_empty()) {
        if !input.values().any(|bytes| holds(bytes, word)) {
            problems.push(format!("absent.txt: “{word}” does not stand in the input"));
        }
        let leaking = public.iter().filter(|(path, bytes)| path.contains(word) || holds(bytes, word));
        problems.extend(leaking.map(|(path, _)| format!("leak: “{word}” stands in {path}")));
    }
    problems
}

/// A portal lies below another site, so that `/…` leads out of it. Only the page for addresses that do
/// not exist has to know where it lies; it is shown at any depth.
pub(crate) fn root_absolute_links(public: &Tree) -> Vec<String> {
    let pages = public.iter().filter(|(path, _)| path.ends_with(".html") && *path != "404.html");
    let marks = ["href=\"/", "src=\"/", "url=/", "action=\"/"];
    pages
        .filter_map(|(path, bytes)| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let mark = marks.iter().find(|mark| text.contains(**mark))?;
            Some(format!("root-absolute link ({mark}) in {path}"))
        })
        .collect()
}

#[test]
fn bad_sites_are_refused_with_place_and_remedy_and_nothing_is_written() {
    let bad = fixtures().into_iter().filter(|name| name.starts_with("bad-"));
    let problems: Vec<String> = bad.flat_map(|name| check_bad(&name)).collect();
    support::assert_none("fixture sites (UPDATE=1 writes what came out)", &problems);
}

fn check_bad(name: &str) -> Vec<String> {
    let site = Staged::new(name);
    let before = support::tree(site.root.path());
    let ran = site.build();
    let mut problems = Vec::new();
    if ran.code != Some(1) {
        problems.push(format!("exit {:?}, expected 1\n{}", ran.code, ran.out));
    }
    if !ran.out.is_empty() {
        problems.push(format!("a refused build says nothing on standard output, but: {}", ran.out));
    }
    let after = support::tree(site.root.path());
    problems.extend(support::differences(&before, &after).into_iter().map(|line| format!("written: {line}")));
    let expected = site.expected("errors.txt");
    if blessing() {
        support::write(&expected, ran.said());
    }
    let expected = fs::read_to_string(expected).unwrap_or_default();
    if expected != ran.said() {
        problems.push(format!("errors.txt says:\n{expected}\nthe build says:\n{}", ran.said()));
    }
    problems.into_iter().map(|problem| format!("{name}: {problem}")).collect()
}

/// Whatever is refused says where it stands and what to do: checked over all fixtures, not one by one.
#[test]
fn every_error_has_a_place_and_a_remedy() {
    let mut problems = Vec::new();
    for name in fixtures().into_iter().filter(|name| name.starts_with("bad-")) {
        let site = Staged::new(&name);
        let ran = site.run(&["check", "--format", "json"]).expect(1);
        let found: serde_json::Value = serde_json::from_str(&ran.out).expect("`check --format json` writes JSON");
        for item in found["diagnostics"].as_array().expect("a list of findings") {
            let said = item["message"]["zh"].as_str().unwrap_or_default();
            for (what, missing) in [
                ("place", item["place"]["path"].as_str().is_none_or(str::is_empty)),
                ("Chinese remedy", item["help"]["zh"].as_str().is_none_or(str::is_empty)),
                ("English remedy", item["help"]["en"].as_str().is_none_or(str::is_empty)),
                ("English sentence", item["message"]["en"].as_str().is_none_or(str::is_empty)),
            ] {
                if missing {
                    problems.push(format!("{name}: no {what}: {said}"));
                }
            }
        }
    }
    support::assert_none("errors without place or remedy", &problems);
}
