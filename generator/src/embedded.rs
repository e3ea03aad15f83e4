//! What ships inside the binary: the default theme, register definitions, code lists, rule packs, and the
//! module with which a browser searches.

use std::sync::{Arc, LazyLock};

use include_dir::{Dir, include_dir};

use sha2::{Digest, Sha256};

use crate::source::{ByPath, Source, hex};

static THEME: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../themes/portal");
static REGISTERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/registers");
static RULES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/rules");

/// The default theme under the paths it has in a site.
pub(crate) fn theme_files() -> ByPath {
    let mut files = ByPath::new();
    each_file(&THEME, &mut |source| {
        let path: Arc<str> = Arc::from(format!("themes/portal/{}", source.path));
        files.insert(path.clone(), source.renamed(path));
    });
    files
}

/// Built-in register definitions, `<name>.toml`.
pub(crate) fn registers() -> Vec<Source> {
    all(&REGISTERS)
}

/// Built-in rule packs and, below `codes/`, code lists.
pub(crate) fn rules() -> Vec<Source> {
    all(&RULES)
}

/// The search client as browsers get it.
pub(crate) struct SearchClient {
    name: String,
    text: String,
}

/// How text is folded; see `search::fold`.
pub(crate) const FOLDS: &str = include_str!("../search/fold.txt");

/// Where the client has the part of the table that every search needs.
const CHARACTERS: &str = "\"@CHARACTERS@\"";

static CLIENT: LazyLock<SearchClient> = LazyLock::new(|| {
    let characters = FOLDS.split("[han]\n").next().expect("a split has a first part");
    let characters: String =
        characters.lines().filter(|line| !line.starts_with(['#', '['])).collect::<Vec<_>>().join("\n");
    let characters = serde_json::to_string(characters.trim()).expect("a text can always be written");
    let text = include_str!("../search/client.js").replacen(CHARACTERS, &characters, 1);
    let text = without_comments(&text);
    let name = format!("search/client-{}.js", &hex(&Sha256::digest(text.as_bytes()))[..12]);
    SearchClient { name, text }
});

pub(crate) fn search_client() -> &'static SearchClient {
    &CLIENT
}

impl SearchClient {
    /// Its route, which holds a hash of its text.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// A script without the lines that are only comment, and without indentation. A comment after code stays:
/// telling it from the inside of a string would take a parser. So the client may not have a string of several
/// lines.
fn without_comments(script: &str) -> String {
    let mut kept = String::with_capacity(script.len());
    let mut inside = false;
    for line in script.lines().map(str::trim) {
        inside |= line.starts_with("/*");
        if !inside && !line.is_empty() && !line.starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
        inside &= !line.ends_with("*/");
    }
    kept
}

fn all(dir: &Dir<'_>) -> Vec<Source> {
    let mut sources = Vec::new();
    each_file(dir, &mut |source| {
        if source.extension() == "toml" {
            sources.push(source);
        }
    });
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn each_file(dir: &Dir<'_>, visit: &mut dyn FnMut(Source)) {
    for file in dir.files() {
        let path = file.path().to_str().expect("embedded names are ASCII");
        visit(Source::new(Arc::from(path), file.contents()));
    }
    for inner in dir.dirs() {
        each_file(inner, visit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_holds_its_table() {
        let text = search_client().text();
        assert!(!text.contains("@CHARACTERS@"));
        assert!(text.contains("drop \\\""));
    }

    #[test]
    fn comment_lines_go_and_code_stays() {
        for (script, expected) in [
            ("// a\nlet b = 1; // c\n\n  // d\n  b();\n", "let b = 1; // c\nb();\n"),
            ("/** a\n * b\n */\nc('//d');\n", "c('//d');\n"),
            ("/* one line */\na();\n", "a();\n"),
            ("a('/*');\nb();", "a('/*');\nb();\n"),
        ] {
            assert_eq!(without_comments(script), expected, "{script}");
        }
    }
}
