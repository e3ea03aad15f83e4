//! The TOML of a register definition, as written. Turned into a `Register` by the parent module.

use serde::Deserialize;

use crate::text::Text;

/// One definition file; see `generator/registers/README.md` for every key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) title: Text,
    #[serde(default)]
    pub(crate) description: Text,
    #[serde(default)]
    pub(crate) basis: Vec<String>,
    #[serde(default = "default_column_type")]
    pub(crate) column_type: String,
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    #[serde(default)]
    pub(crate) group: String,
    #[serde(default)]
    pub(crate) order: i64,
    #[serde(default)]
    pub(crate) key: Vec<String>,
    pub(crate) record_title: Option<String>,
    pub(crate) slug: Option<String>,
    pub(crate) date: Option<String>,
    #[serde(default)]
    pub(crate) sort: Vec<String>,
    pub(crate) summary: Option<String>,
    #[serde(default)]
    pub(crate) list: Vec<String>,
    #[serde(default)]
    pub(crate) facets: Vec<String>,
    #[serde(default = "yes")]
    pub(crate) pages: bool,
    pub(crate) parent: Option<String>,
    pub(crate) dossier: Option<DossierKey>,
    pub(crate) status: Option<String>,
    #[serde(default)]
    pub(crate) retention: Retention,
    pub(crate) deadline: Option<DeadlineRule>,
    #[serde(default)]
    pub(crate) checks: Vec<String>,
    #[serde(default)]
    pub(crate) nil_return: bool,
    #[serde(default)]
    pub(crate) listing: ListingStyle,
    #[serde(default = "default_record_template")]
    pub(crate) record: String,
    #[serde(default = "default_schema_org")]
    pub(crate) schema_org: String,
    pub(crate) calendar: Option<Span>,
    pub(crate) chart: Option<ChartKey>,
    #[serde(default = "yes")]
    pub(crate) open_data: bool,
    /// Whether `《title》` anywhere in the portal links to a record of this register.
    #[serde(default)]
    pub(crate) citable: bool,
    /// Field with further titles under which a record is cited, such as a short form.
    pub(crate) also_cited_as: Option<String>,
    pub(crate) glossary: Option<GlossaryKey>,
    /// The steps a record goes through, in order, drawn as a timeline on its page.
    #[serde(default)]
    pub(crate) timeline: Vec<Step>,
    /// Whether records in force stand on every page, as warnings do.
    pub(crate) banner: Option<Banner>,
    /// Whether the record that runs now, or next, is announced on the home page.
    #[serde(default)]
    pub(crate) teaser: bool,
    /// What a record says of a company, for finding contradictions in its dossier.
    pub(crate) standing: Option<Standing>,
    /// Fields with the days of the year (`MM-DD`) between which it happens every year.
    pub(crate) yearly: Option<Span>,
    /// Days after which a column without news counts as stale; none: never.
    pub(crate) stale_after_days: Option<i64>,
    #[serde(default)]
    pub(crate) field: Vec<FieldDefinition>,
}

/// The fields that join a record to a company dossier.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DossierKey {
    /// Field with the unified social credit code.
    pub(crate) code: String,
    /// Field with the name as spelled in the record.
    pub(crate) name: String,
    /// Field whose newest value is the company's grade.
    pub(crate) grade: Option<String>,
}

/// Fields that say whether a record is in force, and how grave it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Banner {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) lifted: String,
    pub(crate) level: String,
    /// Code ids of levels that turn the home page into its emergency form.
    #[serde(default)]
    pub(crate) emergency: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Standing {
    Honour,
    Offence,
}

/// A statutory deadline: from one date field to another, by a named rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeadlineRule {
    pub(crate) from: String,
    #[serde(default = "default_deadline_to")]
    pub(crate) to: String,
    pub(crate) rule: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Span {
    pub(crate) from: String,
    pub(crate) to: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChartKey {
    pub(crate) x: String,
    pub(crate) y: String,
    #[serde(default)]
    pub(crate) kind: crate::format::chart::Kind,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GlossaryKey {
    pub(crate) term: String,
    pub(crate) aliases: Option<String>,
    pub(crate) explanation: String,
}

/// One step of a timeline: done on a date, or due by a rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) date: String,
    pub(crate) label: Text,
    /// Field whose text stands beside the step.
    pub(crate) text: Option<String>,
    pub(crate) due: Option<Due>,
    /// A step that need not come, such as a revocation: drawn only when it has.
    #[serde(default)]
    pub(crate) optional: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Due {
    pub(crate) from: String,
    pub(crate) rule: String,
}

/// How long a record stays public.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Retention {
    /// For ever; nothing removes it but a withdrawal with a reason.
    #[default]
    Permanent,
    /// By severity and decision date, from the rule pack in force.
    PublicityPeriod,
    /// Three years from listing (应急管理部令第11号), or until removal.
    DiscreditPeriod,
    /// Shown with its validity; never removed.
    UntilValidTo,
    /// No rule: the record's own `expire_at` alone.
    None,
}

/// How a listing shows its records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ListingStyle {
    #[default]
    Table,
    Cards,
    Articles,
    Board,
    Glossary,
    Gallery,
    Directory,
}

/// One field of a register, or of the envelope that all registers share.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldDefinition {
    pub(crate) name: String,
    pub(crate) label: Text,
    #[serde(default)]
    pub(crate) headers: Vec<String>,
    pub(crate) code: Option<String>,
    #[serde(default, rename = "type")]
    pub(crate) kind: FieldKind,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) multiple: bool,
    #[serde(default)]
    pub(crate) visibility: Visibility,
    pub(crate) mask: Option<Mask>,
    pub(crate) mask_if: Option<String>,
    pub(crate) codes: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) register: Option<String>,
    #[serde(default)]
    pub(crate) search: SearchWeight,
    pub(crate) max: Option<usize>,
    /// Whether an empty cell of a table takes the value above, as where cells were merged.
    #[serde(default)]
    pub(crate) fill_down: bool,
    pub(crate) compute: Option<String>,
    #[serde(default)]
    pub(crate) compute_from: Vec<String>,
    #[serde(default)]
    pub(crate) group: Text,
    /// Whether the record's page shows it; what only tells a machine something is in the data files alone.
    #[serde(default = "yes")]
    pub(crate) on_page: bool,
    #[serde(default)]
    pub(crate) help: Text,
}

/// The type of a field's values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FieldKind {
    #[default]
    Text,
    Markdown,
    Date,
    Datetime,
    Money,
    Integer,
    Decimal,
    Percentage,
    Boolean,
    Code,
    District,
    Sector,
    CreditCode,
    DocumentNumber,
    Url,
    Phone,
    Coordinates,
    Attachment,
    Reference,
    /// A count of another register's records, written `register:field=code,field=code`.
    Counter,
}

/// Who may see a field. `masked` values are masked and `internal` ones dropped before `Site` exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Visibility {
    #[default]
    Public,
    Masked,
    Internal,
}

/// How a masked value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mask {
    PersonName,
    AddressStreet,
    Middle,
}

/// How much a field counts in search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SearchWeight {
    Title,
    Name,
    Code,
    #[default]
    Body,
    None,
}

fn yes() -> bool {
    true
}

fn default_column_type() -> String {
    "数据发布".to_owned()
}

fn default_record_template() -> String {
    "record".to_owned()
}

fn default_schema_org() -> String {
    "Dataset".to_owned()
}

fn default_deadline_to() -> String {
    "published_on".to_owned()
}
