//! Which module may know which: the picture of `ARCHITECTURE.md` as a table that cannot go stale.
//!
//! An arrow that is not in the table fails, and so does an arrow of the table that is no longer there.
//! A new arrow belongs into the table in the same commit, with the reason for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::support;

/// Module and the modules it imports. Lowest first: a module imports only from lines above its own,
/// but for the pairs in `BACKWARDS`.
const ARROWS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("literal", &["text"]),
    ("rules", &["literal", "text"]),
    ("privacy", &["rules", "text"]),
    ("diag", &["text"]),
    ("source", &[]),
    ("embedded", &["source"]),
    // What was made of a text, by the text.
    ("memo", &["source"]),
    ("extract", &[]),
    // What stayed of the texts is told as in what is remembered of them.
    ("read", &["diag", "embedded", "extract", "memo", "source"]),
    ("config", &["diag", "source", "text"]),
    ("format", &["literal"]),
    ("route", &[]),
    // What a file is instead of a table is said in both languages.
    ("parse", &["diag", "memo", "source", "text"]),
    ("register", &["diag", "format", "literal", "parse", "rules", "source", "text"]),
    ("grid", &["diag", "literal", "parse", "register", "rules", "source", "text"]),
    ("markdown", &[]),
    ("site", &["config", "diag", "literal", "markdown", "parse", "register", "route", "rules", "source", "text"]),
    (
        "check",
        &[
            "config", "diag", "grid", "literal", "markdown", "memo", "parse", "register", "route", "rules", "site",
            "source", "text",
        ],
    ),
    // What a person brings in by hand: reads the site as a build does, and writes nothing.
    (
        "import",
        &[
            "check", "config", "diag", "format", "grid", "literal", "parse", "read", "register", "rules", "site",
            "source", "text",
        ],
    ),
    ("theme", &["config", "diag", "route", "source"]),
    (
        "plan",
        &["diag", "embedded", "format", "markdown", "memo", "register", "route", "site", "source", "text", "theme"],
    ),
    (
        "view",
        &[
            "config", "embedded", "format", "literal", "markdown", "plan", "register", "route", "rules", "site",
            "source", "text", "theme",
        ],
    ),
    ("render", &["diag", "embedded", "format", "memo", "plan", "register", "route", "site", "text", "theme", "view"]),
    (
        "search",
        &[
            "diag", "embedded", "extract", "format", "markdown", "plan", "register", "render", "route", "site",
            "source", "view",
        ],
    ),
    ("gate", &["config", "diag", "extract", "memo", "parse", "privacy", "register", "rules", "site", "source", "text"]),
    // As many outputs at once as of anything else.
    ("emit", &["diag", "extract", "gate", "memo", "plan", "render", "route", "source"]),
    // What verbs remember from one portal of a preview to the next.
    ("known", &["check", "diag", "gate", "parse", "plan", "register", "render", "source", "theme"]),
    // The text of one page is exchanged in a portal that is there.
    ("retext", &["check", "diag", "markdown", "parse", "source"]),
    ("memory", &["diag", "known", "read", "retext"]),
    // The second way out: what a build would write is sent to a browser instead.
    (
        "serve",
        &[
            "config", "diag", "embedded", "emit", "format", "grid", "parse", "plan", "read", "register", "render",
            "route", "rules", "search", "site", "source", "text", "theme",
        ],
    ),
    // Only `public/` and the target: what is published is what was built, so no stage before `emit` is known.
    ("publish", &["config", "diag", "emit", "format", "read", "source", "text"]),
];

/// Arrows against the order. Each is a debt: it should go, and none may come.
const BACKWARDS: &[(&str, &str, &str)] = &[];

/// What only some modules may do, and which.
const DOORS: &[(&str, &[&str])] = &[
    ("std::fs", &["read", "search", "emit", "publish", "serve", "cli", "main"]),
    ("fs::", &["read", "search", "emit", "publish", "serve", "cli", "main"]),
    ("File::", &["read", "search", "emit", "publish", "serve", "cli", "main"]),
    ("WalkDir", &["read", "emit", "publish"]),
    ("std::env", &["cli", "main"]),
    ("env::var", &["cli", "main"]),
    ("Timestamp::now", &["cli", "main"]),
    ("Zoned::now", &["cli", "main"]),
    ("SystemTime::now", &["cli", "main"]),
    ("TimeZone::system", &["cli", "main"]),
    ("std::net", &["serve", "cli", "main"]),
    ("std::process", &["cli", "main"]),
    ("println!", &["cli", "main"]),
    ("std::io::stdout", &["cli", "main"]),
    ("thread_rng", &[]),
    ("rand::", &[]),
    // Time for the summary is measured between the verbs and goes nowhere else; a preview waits for its clients
    // so long and no longer.
    ("Instant::now", &["lib", "serve", "cli", "main"]),
];

/// The top-level modules: the text of each, tests and comments left out.
fn modules() -> BTreeMap<String, Vec<(String, String)>> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = support::tree(&source);
    let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).expect("sources are UTF-8");
    let tests: BTreeSet<String> = files.iter().flat_map(|(name, bytes)| test_files(name, &text(bytes))).collect();
    let mut modules: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (name, bytes) in &files {
        let Some(path) = name.strip_suffix(".rs").filter(|_| !tests.contains(name)) else { continue };
        let module = path.split('/').next().unwrap_or(path).to_owned();
        modules.entry(module).or_default().push((name.clone(), code(&text(bytes))));
    }
    modules
}

/// Files that a file says are for tests only.
fn test_files(name: &str, text: &str) -> Vec<String> {
    let folder = name.trim_end_matches(".rs");
    let marked = text.split("#[cfg(test)]\nmod ").skip(1);
    marked.filter_map(|rest| rest.split_once(';')).map(|(module, _)| format!("{folder}/{module}.rs")).collect()
}

/// The code of a file: no comments, no `#[cfg(test)]` module, which stands at the end of its file.
fn code(text: &str) -> String {
    let body = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    let lines = body.lines().map(|line| line.split("//").next().unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules that `crate::…` names, in `use` groups too: `use crate::{a, b::c}`.
fn imports(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, mark) in text.match_indices("crate::") {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &text[at + mark.len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group_heads(group)),
            None => found.extend(word(rest)),
        }
    }
    found
}

fn word(text: &str) -> Option<String> {
    let word: String =
        text.trim_start().chars().take_while(|c| c.is_ascii_lowercase() || *c == '_' || c.is_ascii_digit()).collect();
    (!word.is_empty()).then_some(word)
}

/// The first word of every item of a `use` group.
fn group_heads(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut heads = Vec::new();
    let mut start = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if !c.is_whitespace() && start => {
                heads.extend(word(&group[at..]));
                start = false;
            }
            _ => {}
        }
    }
    heads
}

#[test]
fn imports_are_found_however_they_are_written() {
    for (text, expected) in [
        ("use crate::diag::Place;", vec!["diag"]),
        ("use crate::{text::Text, rules::{a, b}, site};", vec!["rules", "site", "text"]),
        ("fn f(x: &crate::text::Text) { crate::emit::hex(x) }", vec!["emit", "text"]),
        ("pub(crate) fn f() {}", vec![]),
        ("use other_crate::diag;", vec![]),
    ] {
        assert_eq!(imports(text).into_iter().collect::<Vec<_>>(), expected, "{text}");
    }
}

#[test]
fn modules_import_what_the_table_allows() {
    let doors = ["main", "cli", "lib"];
    let mut present: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, files) in modules().into_iter().filter(|(module, _)| !doors.contains(&module.as_str())) {
        let found = files.iter().flat_map(|(_, text)| imports(text)).filter(|other| *other != module).collect();
        present.insert(module, found);
    }
    let allowed: BTreeMap<String, BTreeSet<String>> = ARROWS
        .iter()
        .map(|(module, others)| ((*module).to_owned(), others.iter().map(|other| (*other).to_owned()).collect()))
        .collect();
    let mut problems = Vec::new();
    for module in present.keys().chain(allowed.keys()).collect::<BTreeSet<_>>() {
        let (Some(found), Some(wanted)) = (present.get(module), allowed.get(module)) else {
            problems.push(format!("`{module}` is in the table or in the sources, not in both"));
            continue;
        };
        problems.extend(found.difference(wanted).map(|other| format!("new arrow: {module} -> {other}")));
        problems.extend(
            wanted.difference(found).map(|other| format!("arrow gone, take it out of the table: {module} -> {other}")),
        );
    }
    support::assert_none("arrows between modules", &problems);
}

#[test]
fn arrows_point_one_way_but_for_the_named_ones() {
    let place =
        |name: &str| ARROWS.iter().position(|(module, _)| *module == name).expect("every module is in the table");
    let mut against = BTreeSet::new();
    for (module, others) in ARROWS {
        for other in others.iter().filter(|other| place(other) > place(module)) {
            against.insert((*module, *other));
        }
    }
    let named: BTreeSet<(&str, &str)> = BACKWARDS.iter().map(|(from, to, _)| (*from, *to)).collect();
    assert_eq!(against, named, "arrows against the order, and those that are named");
}

/// The absences that the architecture is about.
#[test]
fn what_must_not_be_known_is_not_known() {
    let has = |from: &str, to: &str| ARROWS.iter().any(|(module, others)| *module == from && others.contains(&to));
    for (from, to) in [
        ("parse", "site"),
        ("parse", "register"),
        ("parse", "check"),
        ("render", "read"),
        ("render", "emit"),
        ("render", "parse"),
        ("render", "check"),
        ("view", "parse"),
        ("view", "check"),
        ("view", "render"),
        ("view", "read"),
        ("view", "emit"),
        ("plan", "parse"),
        ("plan", "render"),
        ("plan", "emit"),
        ("check", "plan"),
        ("check", "view"),
        ("check", "theme"),
        ("emit", "site"),
        ("emit", "view"),
        ("emit", "register"),
        ("source", "read"),
        ("grid", "check"),
        ("check", "import"),
        ("check", "read"),
        ("import", "emit"),
        ("publish", "site"),
        ("publish", "plan"),
        ("publish", "check"),
        ("publish", "parse"),
        ("publish", "render"),
    ] {
        assert!(!has(from, to), "{from} -> {to}");
    }
    for (module, others) in ARROWS {
        for door in ["cli", "main", "serve", "publish"] {
            assert!(!others.contains(&door), "{module} -> {door}");
        }
    }
}

/// The clock, the environment and the disk are reached through few doors.
#[test]
fn files_clock_and_environment_are_reached_through_the_doors() {
    let mut problems = Vec::new();
    for (module, files) in modules() {
        for (name, text) in files {
            for (mark, doors) in DOORS.iter().filter(|(_, doors)| !doors.contains(&module.as_str())) {
                if calls(&text, mark) {
                    problems.push(format!("{name}: {mark} belongs to {doors:?}"));
                }
            }
        }
    }
    support::assert_none("doors", &problems);
}

/// Whether the mark stands as words of its own: `fs::` is no part of `refs::`.
fn calls(text: &str, mark: &str) -> bool {
    text.match_indices(mark)
        .any(|(at, _)| !text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_'))
}

/// Registers whose names are also words of other things: of templates, schemas and column groups, and
/// `page`, the register of columns that have none of their own.
const WORDS: [&str; 8] = ["accident", "asset", "news", "page", "place", "target", "term", "warning"];

/// No stage names a register: a new one is data alone.
#[test]
fn no_code_names_a_register() {
    let registers = Path::new(env!("CARGO_MANIFEST_DIR")).join("registers");
    let names = support::names(&registers);
    let names: Vec<&str> = names
        .iter()
        .filter_map(|name| name.strip_suffix(".toml"))
        .filter(|name| !name.starts_with('_') && !WORDS.contains(name))
        .collect();
    let mut problems = Vec::new();
    for (module, files) in modules() {
        // `init` and `new` make files for people to begin with.
        if module == "cli" {
            continue;
        }
        for (file, text) in files {
            for name in names.iter().filter(|name| text.contains(&format!("\"{name}\""))) {
                problems.push(format!("{file} names the register `{name}`"));
            }
        }
    }
    support::assert_none("registers named in code", &problems);
}

/// Every file says first what it is for, and none grows beyond reading.
#[test]
fn files_open_with_their_purpose_and_stay_readable() {
    const LONGEST: usize = 600;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut problems = Vec::new();
    for name in support::tree(&source).into_keys().filter(|name| name.ends_with(".rs")) {
        let text = fs::read_to_string(source.join(&name)).expect("it was just listed");
        if !text.starts_with("//!") {
            problems.push(format!("{name} does not open with its purpose"));
        }
        if text.lines().count() > LONGEST {
            problems.push(format!("{name} has {} lines", text.lines().count()));
        }
    }
    support::assert_none("files", &problems);
}
