//! The files of a theme become compiled templates, hashed static files, a string table and settings.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use tera::Tera;

use crate::config::Settings;
use crate::diag::{Diagnostics, Place};
use crate::route::Route;
use crate::source::{Source, Sources};

/// The theme that is always there; other themes take from it what they do not have themselves.
const BASE: &str = "portal";

/// A theme, ready to render with.
pub(crate) struct Theme {
    pub(crate) tera: Tera,
    /// The file each template comes from, for messages.
    templates: BTreeMap<String, Source>,
    /// Static files under names that carry a hash of their content.
    pub(crate) files: Vec<ThemeFile>,
    /// Name in templates (`portal_css`) and route of each static file.
    pub(crate) assets: BTreeMap<String, String>,
    pub(crate) strings: toml::Table,
    pub(crate) settings: toml::Table,
}

#[derive(Debug)]
pub(crate) struct ThemeFile {
    pub(crate) route: Route,
    pub(crate) bytes: std::sync::Arc<[u8]>,
}

/// Loads the theme that the settings name, over the base theme.
///
/// # Errors
/// An unknown theme, and every template or table that is not well-formed.
pub(crate) fn load(sources: &Sources, settings: &Settings) -> Result<Theme, Diagnostics> {
    let mut diags = Diagnostics::new();
    let name = settings.site.theme.as_str();
    let files = layered(&sources.themes, name);
    if !sources.themes.iter().any(|source| source.path.starts_with(&format!("themes/{name}/"))) {
        diags.unknown_theme(name);
        return Err(diags);
    }
    let manifest = table(files.get("theme.toml").copied(), &mut diags);
    let mut options = manifest.get("settings").and_then(toml::Value::as_table).cloned().unwrap_or_default();
    options.extend(settings.theme.clone());
    let strings = table(files.get(&format!("i18n/{}.toml", settings.language().tag())).copied(), &mut diags);
    let tera = templates(&files, &mut diags);
    let named = files
        .iter()
        .filter_map(|(name, source)| Some((name.strip_prefix("templates/")?.to_owned(), (*source).clone())));
    let templates = named.collect();
    let (files, assets) = static_files(&files);
    if diags.errors() > 0 {
        Err(diags)
    } else {
        Ok(Theme { tera, templates, files, assets, strings, settings: options })
    }
}

/// Files by their name inside the theme, the named theme's over the base theme's.
fn layered<'a>(themes: &'a [Source], name: &str) -> BTreeMap<String, &'a Source> {
    let mut files = BTreeMap::new();
    for layer in [BASE, name] {
        let prefix = format!("themes/{layer}/");
        for source in themes {
            if let Some(inside) = source.path.strip_prefix(prefix.as_str()) {
                files.insert(inside.to_owned(), source);
            }
        }
    }
    files
}

fn table(source: Option<&Source>, diags: &mut Diagnostics) -> toml::Table {
    let Some(source) = source else { return toml::Table::new() };
    match source
        .text()
        .map_err(|_| "not UTF-8".to_owned())
        .and_then(|text| text.parse().map_err(|error: toml::de::Error| error.to_string()))
    {
        Ok(table) => table,
        Err(why) => {
            diags.bad_template(Place::file(&source.path), &why);
            toml::Table::new()
        }
    }
}

fn templates(files: &BTreeMap<String, &Source>, diags: &mut Diagnostics) -> Tera {
    let mut tera = Tera::new();
    let mut texts: Vec<(&str, &str)> = Vec::new();
    for (name, source) in files {
        let Some(name) = name.strip_prefix("templates/") else { continue };
        match source.text() {
            Ok(text) => texts.push((name, text)),
            Err(_) => diags.bad_template(Place::file(&source.path), "not UTF-8"),
        }
    }
    if let Err(error) = tera.add_raw_templates(texts) {
        let (file, line, why) = describe(&error);
        let file = file.unwrap_or_else(|| "templates".to_owned());
        let source = files.get(&format!("templates/{file}")).copied();
        diags.bad_template(template_place(source, &file, line), &why);
    }
    tera
}

/// Where a template error stands, if Tera says so, and its sentence.
pub(crate) fn describe(error: &tera::Error) -> (Option<String>, usize, String) {
    use tera::ErrorKind;
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            (Some(report.filename().to_owned()), report.span().start_line, report.message().to_owned())
        }
        _ => (None, 0, error.to_string()),
    }
}

impl Theme {
    /// The line of a template.
    pub(crate) fn place(&self, template: &str, line: usize) -> Place {
        template_place(self.templates.get(template), template, line)
    }
}

fn template_place(source: Option<&Source>, template: &str, line: usize) -> Place {
    match source.map(|source| (source, source.text())) {
        Some((source, Ok(text))) => {
            let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
            Place::range(&source.path, text, start, start)
        }
        _ => Place::file(&template.into()),
    }
}

fn static_files(files: &BTreeMap<String, &Source>) -> (Vec<ThemeFile>, BTreeMap<String, String>) {
    let mut found = Vec::new();
    let mut assets = BTreeMap::new();
    for (name, source) in files {
        let Some(name) = name.strip_prefix("static/") else { continue };
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let digest = crate::source::hex(&Sha256::digest(source.bytes()));
        let Some(route) = Route::parse(&format!("assets/{stem}-{}.{extension}", &digest[..12])) else { continue };
        let key: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        assets.insert(key, route.to_string());
        found.push(ThemeFile { route, bytes: source.bytes().into() });
    }
    (found, assets)
}
