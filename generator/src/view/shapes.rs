//! The shapes that views are built of; `themes/portal/README.md` describes them for theme authors.

use std::borrow::Cow;

use serde::Serialize;

use crate::format::chart::Chart as Drawing;
use crate::register::{FieldKind, ListingStyle};

/// A word with where it leads and what it means.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Item<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Route inside the portal, or empty.
    pub(crate) url: Cow<'a, str>,
    /// Absolute address elsewhere, or empty.
    pub(crate) href: Cow<'a, str>,
    pub(crate) color: &'a str,
    pub(crate) note: &'a str,
    /// Whether `url` is a picture to show.
    pub(crate) image: bool,
}

/// A labelled value of a record; also a cell of a table.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    pub(crate) kind: FieldKind,
    pub(crate) items: Vec<Item<'a>>,
    pub(crate) html: String,
    pub(crate) help: &'a str,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct FieldGroup<'a> {
    pub(crate) title: &'a str,
    pub(crate) fields: Vec<Field<'a>>,
}

/// A record in a list of mixed or unlike records.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Card<'a> {
    pub(crate) title: &'a str,
    pub(crate) url: String,
    pub(crate) register: &'a str,
    pub(crate) register_url: String,
    pub(crate) date: String,
    pub(crate) date_iso: String,
    pub(crate) summary: &'a str,
    pub(crate) status: Option<Item<'a>>,
    pub(crate) tags: Vec<Item<'a>>,
    pub(crate) image: String,
    pub(crate) fields: Vec<Field<'a>>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct TableColumn<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    pub(crate) kind: FieldKind,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct TableRow<'a> {
    pub(crate) url: String,
    pub(crate) cells: Vec<Field<'a>>,
    pub(crate) status: Option<Item<'a>>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Table<'a> {
    pub(crate) caption: &'a str,
    pub(crate) columns: Vec<TableColumn<'a>>,
    pub(crate) rows: Vec<TableRow<'a>>,
    pub(crate) total: usize,
}

/// A chart with the table that says the same in numbers.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Chart<'a> {
    #[serde(flatten)]
    pub(crate) drawing: Drawing,
    pub(crate) table: Option<Table<'a>>,
}

/// A number to be read from afar.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Figure<'a> {
    pub(crate) label: Cow<'a, str>,
    pub(crate) value: String,
    pub(crate) unit: &'a str,
    pub(crate) note: String,
    pub(crate) url: String,
}

/// A joined list of one register.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Section<'a> {
    pub(crate) title: &'a str,
    pub(crate) url: String,
    pub(crate) count: usize,
    pub(crate) listing: ListingStyle,
    pub(crate) table: Option<Table<'a>>,
    pub(crate) cards: Vec<Card<'a>>,
}

/// A link with a count, as in lists of districts and sectors.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Link<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) url: String,
    pub(crate) count: usize,
    pub(crate) current: bool,
    pub(crate) color: &'a str,
    pub(crate) note: String,
    pub(crate) figures: Vec<Figure<'a>>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct FacetView<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    pub(crate) values: Vec<FacetLink<'a>>,
}

/// One value of a facet with the listing narrowed by it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FacetLink<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) url: &'a str,
    pub(crate) count: usize,
    pub(crate) current: bool,
    pub(crate) color: &'a str,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Pager {
    pub(crate) current: u32,
    pub(crate) total: u32,
    pub(crate) prev: String,
    pub(crate) next: String,
    pub(crate) pages: Vec<PagerLink>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct PagerLink {
    pub(crate) n: u32,
    pub(crate) url: String,
    pub(crate) current: bool,
    /// Pages are left out here; the other fields mean nothing.
    pub(crate) gap: bool,
}

/// A number counted from a register, toward a goal.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CounterView<'a> {
    pub(crate) id: &'a str,
    pub(crate) label: &'a str,
    pub(crate) value: usize,
    pub(crate) goal: u32,
    pub(crate) percent: u32,
    pub(crate) url: String,
    pub(crate) met: bool,
}

/// Something dated, on a timeline.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EventView<'a> {
    pub(crate) date: String,
    pub(crate) label: Cow<'a, str>,
    pub(crate) text: String,
    /// `done`, `now`, `late`, `todo`, or empty.
    pub(crate) state: &'static str,
    pub(crate) url: String,
}

/// A column in navigation.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ColumnLink<'a> {
    pub(crate) title: &'a str,
    pub(crate) url: String,
    pub(crate) count: usize,
    pub(crate) description: &'a str,
    pub(crate) children: Vec<ColumnLink<'a>>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct NavGroup<'a> {
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) url: String,
    pub(crate) items: Vec<ColumnLink<'a>>,
}
