//! A table from an office becomes rows of a register's own CSV, compared with what is already there.
//!
//! Nothing is written here: the caller gets the bytes and a report in which every row is counted once.

mod merge;
mod report;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use crate::check::{Ground, Taken, intake};
use crate::diag::{Diagnostics, Place};
use crate::parse::{self, MAPPING_ENDING, Mapping, ParsedFile, Role};
use crate::register::{Register, RegisterId, Registers};
use crate::site::Assets;
use crate::source::{Source, Sources, stem};
use crate::{config, grid, read};

pub use report::{Change, Changed, Imported, Left};

/// What to import, and where to.
#[derive(Clone, Debug)]
pub struct Import {
    /// The site's folder.
    pub root: PathBuf,
    /// The file to read; it need not lie in the site.
    pub file: PathBuf,
    /// Name of the register.
    pub into: String,
    pub sheet: Option<String>,
    /// Name of the table in the register's folder; otherwise that of the file.
    pub name: Option<String>,
    /// Withdraws the rows that are missing, for this reason.
    pub withdraw: Option<String>,
    /// The day on which it is done.
    pub today: Date,
}

/// Compares a file with its register.
///
/// # Errors
/// A file that cannot be read, and a site or a register that cannot be. Rows that are refused are in the
/// report, with their findings.
pub(crate) fn import(
    request: &Import,
    registers: impl Fn(&Sources) -> Result<Registers, Diagnostics>,
) -> Result<Imported, Diagnostics> {
    let mut sources = read::read(&request.root)?;
    let settings = config::settings(sources.settings.as_ref())?;
    let registers = registers(&sources)?;
    let register = find(&registers, &request.into)?;
    let (file, mut diags) = incoming(request, registers.get(register))?;
    let name = request.name.clone().unwrap_or_else(|| stem(&file.source.path).to_owned());
    let target = format!("content/{}/{name}.csv", request.into);
    let assets = Assets::new(std::mem::take(&mut sources.assets));
    let ground = Ground { settings: &settings, registers: &registers, assets: &assets, as_of: request.today };
    let present = present(&sources, &ground, register, &target)?;
    let (taken, found) = intake(&ground, register, Arc::new(file));
    diags.extend(found);
    Ok(merge::merge(request, &ground, register, taken, present, target, diags))
}

/// A first mapping for a file, as the text of its `.map.toml`.
///
/// # Errors
/// A file that cannot be read, or a name that is no register.
pub(crate) fn suggest(
    request: &Import,
    registers: impl Fn(&Sources) -> Result<Registers, Diagnostics>,
) -> Result<String, Diagnostics> {
    let sources = read::read(&request.root)?;
    let registers = registers(&sources)?;
    let register = find(&registers, &request.into)?;
    let (source, mapping) = source(request)?;
    let book = parse::book(&source, &mapping)?;
    Ok(grid::suggest(&source, &book, &mapping, registers.get(register)))
}

fn find(registers: &Registers, name: &str) -> Result<RegisterId, Diagnostics> {
    registers.find(name).ok_or_else(|| {
        let mut diags = Diagnostics::new();
        let names = registers.list.iter().map(|register| register.definition.name.as_str());
        diags.unknown_register(Place::File { path: "content".into() }, name, names);
        diags
    })
}

/// The file and the mapping beside it.
fn source(request: &Import) -> Result<(Source, Mapping), Diagnostics> {
    let shown = request.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut beside = request.file.as_os_str().to_owned();
    beside.push(MAPPING_ENDING);
    let mapping = read::optional(Path::new(&beside), &format!("{shown}{MAPPING_ENDING}"))?;
    let mut mapping = mapping.as_ref().map(parse::mapping).transpose()?.unwrap_or_default();
    if request.sheet.is_some() {
        mapping.sheet.clone_from(&request.sheet);
    }
    Ok((read::file(&request.file, &shown)?, mapping))
}

fn incoming(request: &Import, register: &Register) -> Result<(ParsedFile, Diagnostics), Diagnostics> {
    let (source, mapping) = source(request)?;
    if parse::holds_records(&source) {
        return Ok((parse::records(&source)?, Diagnostics::new()));
    }
    let book = parse::book(&source, &mapping)?;
    let (table, notes) = grid::table(&source, book, &mapping, register)?;
    Ok((ParsedFile { source, table, body: None }, notes))
}

/// What the register's folder holds already.
struct Present {
    /// The table to add to, if it is there.
    target: Option<Taken>,
    others: Vec<Taken>,
}

fn present(sources: &Sources, ground: &Ground<'_>, register: RegisterId, target: &str) -> Result<Present, Diagnostics> {
    let folder = format!("content/{}/", ground.registers.get(register).definition.name);
    let below = |source: &&Source| source.path.starts_with(&folder) && stem(&source.path) != "_index";
    let of_register = Sources {
        content: Arc::new(sources.content.iter().filter(below).cloned().collect()),
        workbooks: sources.workbooks.iter().filter(below).cloned().collect(),
        ..Sources::default()
    };
    let parsed = parse::parse(&of_register, &mut parse::Files::forgetful())?;
    let mut files = parsed.files;
    for book in parsed.books.into_iter().filter(|book| book.role != Role::Attachment) {
        let (table, _) =
            grid::table(&book.source, Arc::unwrap_or_clone(book.book?), &book.mapping, ground.registers.get(register))?;
        files.push(Arc::new(ParsedFile { source: book.source, table, body: None }));
    }
    let mut present = Present { target: None, others: Vec::new() };
    for file in files {
        let whole = file.table.skipped.iter().all(|(_, reason)| *reason == parse::Skip::Empty);
        let (taken, mut diags) = intake(ground, register, file);
        if &*taken.file.source.path == target {
            let unread = diags.iter().any(|finding| finding.code == "unknown-title");
            if unread || !whole {
                diags.not_a_table_of_ours(Place::file(&taken.file.source.path));
            }
            if diags.errors() > 0 {
                return Err(diags);
            }
            present.target = Some(taken);
        } else {
            present.others.push(taken);
        }
    }
    Ok(present)
}
