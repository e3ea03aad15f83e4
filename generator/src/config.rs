//! `portal.toml` becomes `Settings`. Pure: the text is given, nothing is looked up.

mod target;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::diag::{Diagnostics, Place};
use crate::source::Source;
use crate::text::Language;

pub use target::{Encoding, HostKey, Layout, Location, Provider, PurgeForm, Service, Target};

/// The settings of a site, with the command line's overrides applied by `main`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    pub site: SiteSettings,
    pub hotline: Vec<Hotline>,
    pub link: Vec<ExternalLink>,
    pub home: HomeSettings,
    pub counter: Vec<Counter>,
    pub synonym: Vec<Synonym>,
    /// Places to publish to, by name.
    pub target: BTreeMap<String, Target>,
    /// Handed to the theme over its own defaults.
    pub theme: toml::Table,
}

/// `[site]`: who publishes, where, and in which language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SiteSettings {
    pub name: String,
    pub short_name: String,
    pub slogan: String,
    pub description: String,
    /// Origin of the host site, without a path; empty: no absolute address is written anywhere.
    pub url: String,
    /// Path below the host site, from `/` to `/`.
    pub base_path: String,
    pub language: String,
    /// Pins the day of the portal; otherwise `main` supplies today's date in Beijing.
    pub as_of: Option<String>,
    pub theme: String,
    pub organizer: String,
    pub undertaker: String,
    pub contact: String,
    pub address: String,
    /// 网站标识码, ten characters.
    pub id_code: String,
    pub icp: String,
    pub police_record: String,
    pub error_report_url: String,
    /// A notice that stands on every page of a demonstration.
    pub demo: String,
    /// How an index number (索引号) is made for records that have none.
    pub index_no_pattern: String,
    /// Address of a map, with `{lon}` and `{lat}`; empty: a `geo:` address.
    pub map_url: String,
    pub org_code: String,
    pub per_page: usize,
    /// How many records a feed holds.
    pub feed_length: usize,
    /// Whether records get a JSON twin beside their page.
    pub twins: bool,
    /// Whether the catalogue of public information (信息公开目录) is made.
    pub catalogue: bool,
    /// Whether the portal can be searched: a page, a box on every page, and the index.
    pub search: bool,
    /// Whether images are published without what they say about their maker.
    pub clean_images: bool,
}

impl Default for SiteSettings {
    fn default() -> SiteSettings {
        SiteSettings {
            name: "信息公开平台".to_owned(),
            short_name: String::new(),
            slogan: String::new(),
            description: String::new(),
            url: String::new(),
            base_path: "/".to_owned(),
            language: "zh-CN".to_owned(),
            as_of: None,
            theme: "portal".to_owned(),
            organizer: String::new(),
            undertaker: String::new(),
            contact: String::new(),
            address: String::new(),
            id_code: String::new(),
            icp: String::new(),
            police_record: String::new(),
            error_report_url: String::new(),
            demo: String::new(),
            index_no_pattern: String::new(),
            map_url: String::new(),
            org_code: String::new(),
            per_page: 20,
            feed_length: 30,
            twins: true,
            catalogue: true,
            search: true,
            clean_images: true,
        }
    }
}

#[derive(Clone, Debug, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Hotline {
    pub number: String,
    pub name: String,
}

#[derive(Clone, Debug, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalLink {
    pub title: String,
    pub href: String,
}

/// `[home]`: which registers the home page shows, by name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HomeSettings {
    pub latest: Vec<String>,
    pub figures: Vec<String>,
}

/// A number counted from a register, beside the number it should reach.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    pub label: String,
    pub register: String,
    /// Field name and code word; all must hold.
    #[serde(rename = "where", default)]
    pub conditions: BTreeMap<String, String>,
    pub goal: u32,
}

/// Names that mean the same to a search, such as a retired name of an authority.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Synonym {
    pub words: Vec<String>,
}

impl Settings {
    #[must_use]
    pub fn language(&self) -> Language {
        Language::of_tag(&self.site.language)
    }

    /// The address that routes are appended to, ending in `/`; empty when no origin is set.
    #[must_use]
    pub fn absolute_root(&self) -> String {
        if self.site.url.is_empty() {
            return String::new();
        }
        [self.site.url.trim_end_matches('/'), &self.site.base_path].concat()
    }

    /// The pinned day, if there is one.
    ///
    /// # Errors
    /// A date that is not `YYYY-MM-DD`.
    pub fn pinned_day(&self) -> Result<Option<Date>, String> {
        let parsed = self
            .site
            .as_of
            .as_deref()
            .map(|day| day.parse::<Date>().map_err(|error| format!("as_of = \"{day}\": {error}")));
        parsed.transpose()
    }
}

/// Reads `portal.toml`; a site without one gets the defaults.
///
/// # Errors
/// Text that is not TOML, unknown keys, a base path that does not start and end with `/`.
pub(crate) fn settings(source: Option<&Source>) -> Result<Settings, Diagnostics> {
    let mut diags = Diagnostics::new();
    let Some(source) = source else { return Ok(Settings::default()) };
    let Ok(text) = source.text().map_err(|line| diags.not_utf8(Place::file(&source.path), line)) else {
        return Err(diags);
    };
    match toml::from_str::<Settings>(text) {
        Ok(settings) => {
            let problem = base_path_problem(&settings.site.base_path).or(settings.pinned_day().err());
            if let Some(problem) = problem {
                diags.bad_setting(Place::file(&source.path), &problem);
                return Err(diags);
            }
            for (name, target) in &settings.target {
                if let Some(problem) = target.problem() {
                    diags.bad_target(Place::file(&source.path), name, &problem);
                }
            }
            if diags.errors() > 0 { Err(diags) } else { Ok(settings) }
        }
        Err(error) => {
            let place = match error.span() {
                Some(span) => Place::range(&source.path, text, span.start, span.end),
                None => Place::file(&source.path),
            };
            diags.bad_setting(place, error.message());
            Err(diags)
        }
    }
}

/// What is wrong with a base path, if anything.
#[must_use]
pub fn base_path_problem(path: &str) -> Option<String> {
    let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte));
    let whole = path.starts_with('/') && path.ends_with('/') && !path.contains("//") && !path.contains("..");
    (!(plain && whole)).then(|| format!("base_path `{path}` must look like `/` or `/aqsc/`"))
}
