//! The files of a theme become compiled templates, hashed static files, a string table and settings.

use std::borrow::Cow;
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
    let (static_files, assets) = static_files(&files);
    let tera = templates(&files, &Constants { strings: &strings, assets: &assets }, &mut diags);
    let named = files
        .iter()
        .filter_map(|(name, source)| Some((name.strip_prefix("templates/")?.to_owned(), (*source).clone())));
    let templates = named.collect();
    if diags.errors() > 0 {
        Err(diags)
    } else {
        Ok(Theme { tera, templates, files: static_files, assets, strings, settings: options })
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

/// What every page says alike: `t.…` and `asset.…` in templates.
struct Constants<'a> {
    strings: &'a toml::Table,
    assets: &'a BTreeMap<String, String>,
}

impl Constants<'_> {
    /// Writes them where a template names them, because a page has a hundred such names to look up.
    /// What needs escaping, and a template with a variable `t` of its own, is left to the lookup.
    fn written_into<'t>(&self, template: &'t str) -> Cow<'t, str> {
        const OWN: [&str; 5] = ["for t in", ", t in", "set t ", "set t=", "set_global t"];
        if OWN.iter().any(|own| template.contains(own)) {
            return Cow::Borrowed(template);
        }
        let mut parts = template.split("{{ ");
        let mut written = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let constant = part.split_once(" }}").and_then(|(name, rest)| Some((self.constant(name)?, rest)));
            match constant {
                Some((value, rest)) => written.extend([value, rest]),
                None => written.extend(["{{ ", part]),
            }
        }
        Cow::Owned(written)
    }

    fn constant(&self, name: &str) -> Option<&str> {
        let value = match name.split_once('.')? {
            ("t", name) => self.strings.get(name)?.as_str()?,
            ("asset", name) => self.assets.get(name)?,
            _ => return None,
        };
        Some(value).filter(|value| !value.contains(['&', '<', '>', '"', '\'', '{', '}', '\n']))
    }
}

fn templates(files: &BTreeMap<String, &Source>, constants: &Constants<'_>, diags: &mut Diagnostics) -> Tera {
    let mut tera = Tera::new();
    let mut texts: Vec<(&str, Cow<'_, str>)> = Vec::new();
    for (name, source) in files {
        let Some(name) = name.strip_prefix("templates/") else { continue };
        match source.text() {
            Ok(text) => texts.push((name, constants.written_into(text))),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_written_into_templates() {
        let strings = toml::toml! { a = "甲" b = "<b>" };
        let assets = BTreeMap::from([("x_css".to_owned(), "assets/x.css".to_owned())]);
        let constants = Constants { strings: &strings, assets: &assets };
        let check = |template: &str, expected: &str| assert_eq!(constants.written_into(template), expected);
        check("<p>{{ t.a }}{{ t.a }}</p>{{ r }}{{ asset.x_css }}", "<p>甲甲</p>{{ r }}assets/x.css");
        check("{{ t.b }} {{ t.c }} {{ t[\"a\"] }} {{- t.a }}", "{{ t.b }} {{ t.c }} {{ t[\"a\"] }} {{- t.a }}");
        check("{% for t in x %}{{ t.a }}{% endfor %}", "{% for t in x %}{{ t.a }}{% endfor %}");
    }
}
