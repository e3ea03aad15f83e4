//! What ships inside the binary: the default theme, register definitions, code lists, rule packs, the
//! module with which a browser searches, and what the preview adds to a page.

mod client;

use std::sync::Arc;

use include_dir::{Dir, include_dir};

pub(crate) use client::search_client;

use crate::source::{ByPath, Source};

static THEME: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../themes/portal");
static REGISTERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/registers");
static PREVIEW: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/preview");
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

/// A file of the preview's own.
pub(crate) fn preview_file(name: &str) -> Option<&'static [u8]> {
    PREVIEW.get_file(name).map(|file| file.contents())
}

/// How text is folded; see `search::fold`.
pub(crate) const FOLDS: &str = include_str!("../search/fold.txt");

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
