//! One input with what is expected of it, and the import that meets it.

use std::path::Path;

use crate::support::{self, Ran, gongkai};

/// What is expected of an input: the exit code, words of what is said, words of the table.
pub(super) struct Case {
    id: &'static str,
    file: &'static str,
    bytes: Vec<u8>,
    mapping: &'static str,
    arguments: &'static [&'static str],
    code: i32,
    says: &'static [&'static str],
    writes: &'static [&'static str],
    omits: &'static str,
}

pub(super) fn case(id: &'static str, file: &'static str, bytes: impl Into<Vec<u8>>) -> Case {
    Case { id, file, bytes: bytes.into(), mapping: "", arguments: &[], code: 0, says: &[], writes: &[], omits: "" }
}

impl Case {
    pub(super) fn says(self, says: &'static [&'static str]) -> Case {
        Case { says, ..self }
    }

    pub(super) fn writes(self, writes: &'static [&'static str]) -> Case {
        Case { writes, ..self }
    }

    /// Words that are not said.
    pub(super) fn omits(self, omits: &'static str) -> Case {
        Case { omits, ..self }
    }

    pub(super) fn refused(self) -> Case {
        Case { code: 1, ..self }
    }

    pub(super) fn mapped(self, mapping: &'static str) -> Case {
        Case { mapping, ..self }
    }

    pub(super) fn with(self, arguments: &'static [&'static str]) -> Case {
        Case { arguments, ..self }
    }
}

pub(crate) fn site() -> tempfile::TempDir {
    let root = support::scratch();
    support::write(&root.path().join("portal.toml"), "[site]\nname = \"样例\"\nas_of = \"2025-06-30\"\n");
    support::write(&root.path().join("content/_index.md"), "+++\ntitle = \"首页\"\n+++\n");
    root
}

pub(super) fn run(root: &Path, case: &Case) -> Ran {
    let file = root.join("in").join(case.file);
    support::write(&file, &case.bytes);
    if !case.mapping.is_empty() {
        support::write(&root.join("in").join(format!("{}.map.toml", case.file)), case.mapping);
    }
    let file = file.to_string_lossy().into_owned();
    let mut arguments = vec!["--lang", "zh", "import", &file, "--into", "penalty"];
    if !case.arguments.contains(&"--name") {
        arguments.extend(["--name", "t"]);
    }
    gongkai(root, &[&arguments[..], case.arguments].concat())
}

pub(super) fn check(cases: Vec<Case>) {
    let mut problems = Vec::new();
    for case in cases {
        let root = site();
        let ran = run(root.path(), &case);
        let said = format!("{}\n{}", ran.out, ran.err);
        if ran.code != Some(case.code) {
            problems.push(format!("{} {}: exit {:?}, expected {}\n{said}", case.id, case.file, ran.code, case.code));
            continue;
        }
        for words in case.says.iter().filter(|words| !said.contains(**words)) {
            problems.push(format!("{} {}: does not say {words}\n{said}", case.id, case.file));
        }
        if !case.omits.is_empty() && said.contains(case.omits) {
            problems.push(format!("{} {}: says {}\n{said}", case.id, case.file, case.omits));
        }
        let table = root.path().join("content/penalty/t.csv");
        let table = if table.exists() { support::text(&table) } else { String::new() };
        if case.code != 0 && !table.is_empty() {
            problems.push(format!("{} {}: refused, and written:\n{table}", case.id, case.file));
        }
        for words in case.writes.iter().filter(|words| !table.contains(**words)) {
            problems.push(format!("{} {}: does not write {words}\n{table}\n{said}", case.id, case.file));
        }
    }
    support::assert_none("messy inputs", &problems);
}
