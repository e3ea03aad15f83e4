//! Full-text search: the portal's documents become a tantivy index, and the index becomes static files
//! that a browser searches without a server.
//!
//! A page matches a phrase when the folded phrase stands in its folded text, nothing else: no dictionary
//! and no guessing. `fold` says what is the same, `grams` what is indexed.

mod answer;
mod documents;
mod excerpt;
mod export;
mod find;
mod fold;
mod grams;
mod index;
mod places;
mod publish;
mod query;
mod record;
mod schema;
mod segment;
mod texts;

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::diag::Diagnostics;
use crate::render::Output;
use crate::view::Scene;
pub use answer::{Answer, Ask, Entry, Finder};
use index::{Partition, Trouble};

/// What an index was made of, kept in `search-index/` for whoever searches it. Written last.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct State {
    /// Of `schema::VERSION`; a state of another version cannot be read.
    version: u32,
    pub(crate) partitions: Vec<Partition>,
    /// Groups of names that mean the same.
    pub(crate) synonyms: Vec<Vec<String>>,
    /// Title of each register by its name.
    pub(crate) registers: BTreeMap<String, String>,
}

const STATE: &str = "state.json";

/// Folder of the index in a site.
const HOME: &str = "search-index";

/// Brings the `search-index/` below a folder up to date with the portal, and gives what of it is published: all
/// files below `search/` but the page and the browser's program. `root` is the site's folder, where attachments
/// lie; `tick` is called once a partition.
///
/// # Errors
/// Another build at work, or files that cannot be written.
pub(crate) fn build(
    scene: Scene<'_>,
    root: &Path,
    below: &Path,
    tick: &(dyn Fn() + Sync),
) -> Result<Vec<Output>, Diagnostics> {
    let home = below.join(HOME);
    make(scene, root, &home, tick).map_err(|trouble| trouble.report(&home))
}

fn make(scene: Scene<'_>, root: &Path, home: &Path, tick: &(dyn Fn() + Sync)) -> Result<Vec<Output>, Trouble> {
    let _lock = index::lock(home)?;
    let partitions = index::build(scene, root, home, tick)?;
    let registers = scene.site.registers.ids().map(|id| {
        let definition = &scene.site.registers.get(id).definition;
        (definition.name.clone(), definition.title.pick(scene.language()).to_owned())
    });
    let state = State {
        version: schema::VERSION,
        synonyms: scene.site.settings.synonym.iter().map(|group| group.words.clone()).collect(),
        registers: registers.collect(),
        partitions,
    };
    let text = serde_json::to_string(&state).expect("a state holds only texts and numbers");
    index::replace(&home.join(STATE), &text)?;
    index::sweep(home, &state.partitions)?;
    publish::publish(scene, home, &state)
}

/// Whether a file of the index is made of pieces of texts, of three characters at most, of bits, of values of facets, or
/// of names and numbers with those of documents. Nothing can be read in it that is not on a page and in a record, but its
/// lines look like telephone numbers now and then.
pub(crate) fn is_in_pieces(route: &str) -> bool {
    let below = route.strip_prefix(crate::plan::SEARCH_DATA).unwrap_or_default();
    matches!(below.split('/').collect::<Vec<_>>()[..], [_, kind, _] if export::is_in_pieces(kind))
}

/// Opens the index of a site for queries.
///
/// # Errors
/// No index, or one that cannot be read.
pub(crate) fn open(root: &Path) -> Result<Finder, Diagnostics> {
    let home = root.join(HOME);
    match Finder::open(&home) {
        Ok(Some(finder)) => Ok(finder),
        Ok(None) => {
            let mut diags = Diagnostics::new();
            diags.no_search_index(&home.display().to_string());
            Err(diags)
        }
        Err(trouble) => Err(trouble.report(&home)),
    }
}

impl Trouble {
    fn report(self, home: &Path) -> Diagnostics {
        let mut diags = Diagnostics::new();
        match self {
            Trouble::Busy => diags.output_is_busy(&home.display().to_string()),
            Trouble::Io(path, error) => diags.cannot_write(&path.display().to_string(), &error.to_string()),
            Trouble::Tantivy(path, error) => diags.cannot_write(&path.display().to_string(), &error.to_string()),
        }
        diags
    }
}

/// The parts of a document that count differently. Each is two fields of the tantivy index: pairs with
/// positions, and the grams of other lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Field {
    /// Everything, the other fields too.
    Text,
    Title,
    /// Names of parties.
    Name,
    /// Document numbers, credit codes, index numbers.
    Code,
}

impl Field {
    pub(crate) const ALL: [Field; 4] = [Field::Text, Field::Title, Field::Name, Field::Code];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Field::Text => "text",
            Field::Title => "title",
            Field::Name => "name",
            Field::Code => "code",
        }
    }

    /// How much a match in this field counts.
    pub(crate) fn weight(self) -> f32 {
        match self {
            Field::Text => 1.0,
            Field::Title => 4.0,
            Field::Name | Field::Code => 3.0,
        }
    }

    /// Whether a short field counts more than a long one. Only for titles, which are short: for other
    /// fields the lengths of all documents would have to be known to a browser.
    pub(crate) fn has_norms(self) -> bool {
        self == Field::Title
    }
}

/// What an exact title, name or number is worth: more than any sum of grams.
pub(crate) const EXACT: f32 = 50.0;
/// What a page counts for leading to others: a company's dossier, a column, a district, a sector.
pub(crate) const GUIDE_BONUS: f32 = 1.0;
