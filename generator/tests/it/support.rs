//! What the tests share: folders as values, sites made for one test, the program as a function.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;
use walkdir::WalkDir;

/// Name of the list of files that a build keeps in its output folder.
pub(crate) const MANIFEST: &str = ".gongkai-manifest";

/// Every file of a folder, by its path with `/`.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

/// The repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the repository").to_owned()
}

/// A new folder that goes away with the value.
pub(crate) fn scratch() -> TempDir {
    tempfile::Builder::new().prefix("gongkai-it-").tempdir().expect("the system has a temporary folder")
}

/// Reads a whole folder; one that is not there is empty. Links count as files.
pub(crate) fn tree(folder: &Path) -> Tree {
    let entries = WalkDir::new(folder).into_iter().filter_map(Result::ok).filter(|entry| !entry.file_type().is_dir());
    let files = entries.map(|entry| {
        let name = entry.path().strip_prefix(folder).expect("the walk starts there");
        let bytes = if entry.file_type().is_symlink() { b"link".to_vec() } else { read(entry.path()) };
        (name.to_string_lossy().into_owned(), bytes)
    });
    files.collect()
}

pub(crate) fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn text(path: &Path) -> String {
    String::from_utf8(read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Writes a file, making its folders.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("folders can be made");
    fs::write(path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// Copies the files of a folder over another one.
pub(crate) fn copy(from: &Path, to: &Path) {
    for (name, bytes) in tree(from) {
        write(&to.join(name), bytes);
    }
}

/// Names directly in a folder, sorted, those with a dot included.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// What differs between two folders, a line each; empty when they are the same, byte for byte.
pub(crate) fn differences(expected: &Tree, actual: &Tree) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, bytes) in expected {
        match actual.get(name) {
            None => lines.push(format!("missing: {name}")),
            Some(other) if other != bytes => lines.push(format!("differs: {name}\n{}", first_difference(bytes, other))),
            Some(_) => {}
        }
    }
    lines.extend(actual.keys().filter(|name| !expected.contains_key(*name)).map(|name| format!("extra:   {name}")));
    lines
}

/// The first line in which two texts differ.
fn first_difference(expected: &[u8], actual: &[u8]) -> String {
    let (expected, actual) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(actual));
    let (mut left, mut right) = (expected.lines(), actual.lines());
    for number in 1.. {
        match (left.next(), right.next()) {
            (None, None) => break,
            (a, b) if a != b => {
                return format!("  line {number}\n  - {}\n  + {}", a.unwrap_or("(end)"), b.unwrap_or("(end)"));
            }
            _ => {}
        }
    }
    "  the ends of lines or of the file differ".to_owned()
}

/// Fails with at most `most` lines, so that a broken build does not print thousands.
pub(crate) fn assert_none(what: &str, lines: &[String]) {
    const MOST: usize = 40;
    let shown = lines.iter().take(MOST).cloned().collect::<Vec<_>>().join("\n");
    assert!(lines.is_empty(), "{what}: {} in all\n{shown}", lines.len());
}

/// The program's answer.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program with nothing of the machine's locale in its environment.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongkai"));
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "TZ", "NO_COLOR"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs the program on the site in `root` to its end.
pub(crate) fn gongkai(root: &Path, arguments: &[&str]) -> Ran {
    run(program().arg("--root").arg(root).args(arguments))
}

pub(crate) fn run(command: &mut Command) -> Ran {
    let output = command.output().expect("the program starts");
    let words = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
    Ran { code: output.status.code(), out: words(output.stdout), err: words(output.stderr) }
}

impl Ran {
    /// What was said on standard error, without the lines that name the verb at work.
    pub(crate) fn said(&self) -> String {
        self.err.split_inclusive('\n').filter(|line| !line.trim_end().ends_with(" …")).collect()
    }

    /// The answer, if the program ended with this code.
    pub(crate) fn expect(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "exit code\n{}\n{}", self.out, self.err);
        self
    }
}

/// Files written in one string: a line `-- path --` begins each.
pub(crate) fn unpack(files: &str, root: &Path) {
    for (path, text) in split_files(files) {
        write(&root.join(path), text);
    }
}

fn split_files(files: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in files.split_inclusive('\n') {
        let name = line.trim_end().strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --"));
        match (name, found.last_mut()) {
            (Some(name), _) => found.push((name.to_owned(), String::new())),
            (None, Some((_, text))) => text.push_str(line),
            (None, None) => {}
        }
    }
    found
}

/// The small theme of the fixture sites, put where a site looks for it.
pub(crate) fn add_bare_theme(root: &Path) {
    let themes = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites/_themes");
    for (name, bytes) in tree(&themes) {
        let target = root.join("themes").join(name);
        if !target.exists() {
            write(&target, bytes);
        }
    }
}

/// The manifest says of every file beside it what is true of it, and names no other.
pub(crate) fn assert_manifest(public: &Tree) {
    let manifest = public.get(MANIFEST).expect("a build leaves a manifest");
    let manifest = String::from_utf8(manifest.clone()).expect("a manifest is text");
    let listed: Vec<&str> = manifest.lines().skip(1).collect();
    let mut sorted = listed.clone();
    sorted.sort_by_key(|line| line.rsplit(' ').next());
    assert_eq!(listed, sorted, "the manifest is sorted by route");
    let made = public.iter().filter(|(name, _)| *name != MANIFEST && *name != ".gitkeep");
    let true_lines: Vec<String> =
        made.map(|(name, bytes)| format!("{} {} {name}", hash(name, bytes), bytes.len())).collect();
    assert_eq!(listed, true_lines, "the manifest is true");
}

/// Files that are passed on are known by their SHA-256, rendered ones are told apart by XXH3.
fn hash(name: &str, bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let search_data = ["search/archive-", "search/year-", "search/recent-", "search/text/"];
    if name.starts_with("files/") || search_data.iter().any(|folder| name.starts_with(folder)) {
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    } else {
        format!("{:032x}", xxhash_rust::xxh3::xxh3_128(bytes))
    }
}

/// Says something that is seen even when the test passes: `print!` would be kept from the terminal.
pub(crate) fn tell(message: &str) {
    // A closed terminal is no reason to fail a test.
    let _ = writeln!(std::io::stderr(), "note: {message}");
}

/// Small numbers in a fixed order: the same seed gives the same edits on every machine.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits fit") % sides
    }
}

/// The shared data for measures: beside the repository, or where `GONGKAI_SHARED` says. Not everyone has it.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let named = std::env::var_os("GONGKAI_SHARED").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| repository().parent().expect("the repository lies somewhere").join("shared"));
    let found = folder.join("data").join(path);
    if found.exists() {
        return Some(found);
    }
    tell(&format!("{path} of the shared data is not there, what needs it is not tested"));
    None
}
