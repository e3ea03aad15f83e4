//! Records as open data: rows, JSON, the data dictionary, the data package.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Scene;
use super::page::{Kind, Page, page};
use super::values::date_iso;
use crate::format::{datapackage, json_ld};
use crate::plan::Listing;
use crate::register::{CodeList, Field, FieldId, FieldKind, Register, Value, Visibility, display};
use crate::route::Route;
use crate::site::Record;
use crate::text::Language;

/// Column heads of a listing's CSV: labels, with the unit an amount is given in.
pub(crate) fn record_titles(scene: Scene<'_>, register: &Register) -> Vec<String> {
    let label = |field: &FieldId| {
        let definition = &register.field(*field).definition;
        let label = definition.label.pick(scene.language());
        match (definition.kind, scene.chinese()) {
            (FieldKind::Money, true) => format!("{label}（元）"),
            (FieldKind::Money, _) => format!("{label} (yuan)"),
            _ => label.to_owned(),
        }
    };
    let own = &register.open;
    let fixed = [scene.say("记录", "record"), scene.say("网址", "address")].map(str::to_owned);
    fixed.iter().take(1).cloned().chain(own.iter().map(label)).chain(fixed.iter().skip(1).cloned()).collect()
}

/// How many cells a row of CSV has: the title of the record and its address stand around its fields.
pub(crate) fn record_width(fields: &[FieldId]) -> usize {
    fields.len() + 2
}

/// One record as a row of CSV.
pub(crate) fn record_row(scene: Scene<'_>, record: &Record, write: &mut dyn FnMut(&str)) {
    let register = scene.site.register_of(record);
    write(&record.title);
    let mut joined = String::new();
    for field in &register.open {
        joined.clear();
        for value in record.values(*field) {
            if !joined.is_empty() {
                joined.push('、');
            }
            joined.push_str(&plain(scene, register.field(*field), value));
        }
        write(&joined);
    }
    let url = scene.url_of(record);
    let absolute = scene.absolute(&url);
    write(if absolute.is_empty() { &url } else { &absolute });
}

/// The words of a value as a program or a spreadsheet wants them: ISO dates, bare numbers.
fn plain(scene: Scene<'_>, field: &Field, value: &Value) -> String {
    match value {
        Value::Date(date) => display::iso_date(*date),
        Value::Datetime(moment) => moment.to_the_minute(),
        Value::Money(number) | Value::Decimal(number) | Value::Percentage(number) => number.normalize().to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Reference(target) => scene.site.entry(*target).title.clone(),
        Value::Attachment(path) => scene.site.assets.get(path).map(|(_, route)| route.to_string()).unwrap_or_default(),
        _ => display::words(value, field.definition.unit.as_deref(), &scene.site.registers.codes, scene.language()),
    }
}

/// A value in JSON: numbers as exact text, codes with their id and label, references with their address.
struct ValueJson<'a> {
    scene: Scene<'a>,
    field: &'a Field,
    value: &'a Value,
}

impl Serialize for ValueJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Integer(number) => serializer.serialize_i64(*number),
            Value::Boolean(yes) => serializer.serialize_bool(*yes),
            Value::Text(text) | Value::Markdown(text) => serializer.serialize_str(text),
            Value::Code(code) => {
                let listed = self.scene.site.registers.codes.get(*code);
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("id", &listed.id)?;
                map.serialize_entry("label", listed.label(self.scene.language()))?;
                map.end()
            }
            Value::Reference(target) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("title", &self.scene.site.entry(*target).title)?;
                map.serialize_entry("url", &self.scene.url(*target))?;
                map.end()
            }
            _ => serializer.serialize_str(&plain(self.scene, self.field, self.value)),
        }
    }
}

/// Whether the rows of a record say nothing but what it holds itself, and nothing of a record that it names or of the
/// place of a file.
pub(crate) fn stands_alone(scene: Scene<'_>, record: &Record) -> bool {
    let elsewhere = |value: &Value| matches!(value, Value::Reference(_) | Value::Attachment(_));
    scene.site.register_of(record).definition.pages && !record.values.iter().any(|(_, value)| elsewhere(value))
}

/// The fields of a record: one value each, or a list where the register allows several.
struct FieldsJson<'a> {
    scene: Scene<'a>,
    record: &'a Record,
}

impl Serialize for FieldsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let register = self.scene.site.register_of(self.record);
        let mut map = serializer.serialize_map(None)?;
        for field in register.open.iter().copied() {
            let definition = register.field(field);
            let value = |value| ValueJson { scene: self.scene, field: definition, value };
            let mut values = self.record.values(field).map(value).peekable();
            if definition.definition.multiple && values.peek().is_some() {
                map.serialize_entry(&definition.definition.name, &values.collect::<Vec<_>>())?;
            } else if let Some(value) = values.next() {
                map.serialize_entry(&definition.definition.name, &value)?;
            }
        }
        map.end()
    }
}

/// A record in JSON without its text, written straight from the site.
pub(crate) struct RecordJson<'a> {
    pub(crate) scene: Scene<'a>,
    pub(crate) record: &'a Record,
    pub(crate) extent: Extent,
}

/// How much of a record is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// In a file of its own.
    Whole,
    /// Among the records of a listing, without the summary.
    Listed,
}

impl Serialize for RecordJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (scene, record) = (self.scene, self.record);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("title", &record.title)?;
        map.serialize_entry("register", &scene.site.register_of(record).definition.name)?;
        map.serialize_entry("url", &scene.url_of(record))?;
        if record.date.is_some() {
            map.serialize_entry("date", &date_iso(record.date))?;
        }
        if self.extent == Extent::Whole && !record.summary.is_empty() {
            map.serialize_entry("summary", &record.summary)?;
        }
        if let Some((day, _)) = record.until {
            map.serialize_entry("public_until", &day.to_string())?;
        }
        map.serialize_entry("fields", &FieldsJson { scene, record })?;
        map.end()
    }
}

/// A listing as a schema.org dataset with its downloads.
pub(super) fn dataset(scene: Scene<'_>, listing: &Listing, page: &Page<'_>) -> json_ld::Node {
    let column = scene.site.column(listing.column);
    let download = |extension: &str| scene.absolute(&format!("{}/index.{extension}", listing.folder));
    let (csv, json) = (download("csv"), download("json"));
    let keywords: Vec<&str> = column.keywords.iter().map(String::as_str).collect();
    json_ld::dataset(&json_ld::Dataset {
        name: &page.heading,
        description: &column.description,
        url: &page.canonical,
        creator: &scene.site.settings.site.organizer,
        keywords,
        distribution: vec![
            json_ld::Distribution { url: &csv, format: "text/csv", name: "CSV" },
            json_ld::Distribution { url: &json, format: "application/json", name: "JSON" },
        ],
        ..json_ld::Dataset::default()
    })
}

#[derive(Debug, serde::Serialize)]
pub(crate) struct DictionaryView<'a> {
    registers: Vec<RegisterEntry<'a>>,
    lists: Vec<ListEntry<'a>>,
    package: &'static str,
}

#[derive(Debug, serde::Serialize)]
struct RegisterEntry<'a> {
    name: &'a str,
    title: &'a str,
    description: &'a str,
    basis: &'a [String],
    url: String,
    csv: String,
    json: String,
    count: usize,
    key: String,
    retention: &'static str,
    fields: Vec<FieldEntry<'a>>,
}

#[derive(Debug, serde::Serialize)]
struct FieldEntry<'a> {
    name: &'a str,
    label: &'a str,
    code: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    required: bool,
    visibility: &'static str,
    help: &'a str,
    codes: &'a str,
}

#[derive(Debug, serde::Serialize)]
struct ListEntry<'a> {
    name: &'a str,
    title: &'a str,
    source: &'a str,
    codes: Vec<CodeEntry<'a>>,
}

#[derive(Debug, serde::Serialize)]
struct CodeEntry<'a> {
    id: &'a str,
    zh: &'a str,
    en: &'a str,
    aliases: &'a [String],
    note: &'a str,
}

/// The data dictionary: every register that holds records, every code list it uses.
pub(crate) fn dictionary<'a>(scene: Scene<'a>, route: &Route) -> (Page<'a>, DictionaryView<'a>) {
    let mut used = BTreeMap::new();
    let mut registers = Vec::new();
    for id in scene.site.registers.ids() {
        let register = scene.site.registers.get(id);
        let Some(column) = scene.site.column_of(id).filter(|_| register.definition.open_data) else { continue };
        let fields = &register.open;
        for field in fields {
            if let Some(list) = register.field(*field).codes {
                used.insert(list, scene.site.registers.codes.list(list));
            }
        }
        registers.push(register_entry(
            scene,
            register,
            &scene.site.column(column).path,
            scene.site.records(id).count(),
            fields,
        ));
    }
    let lists = used.into_values().map(|list| list_entry(scene, list)).collect();
    let heading = scene.say("开放数据与数据字典", "Open data and data dictionary");
    (
        page(scene, Kind::Service, heading, route).describing(scene.say(
            "每份名单都可以下载 CSV 和 JSON；这里说明每个字段的含义、来源和代码。",
            "Every list as CSV and JSON; what each field means and where it comes from.",
        )),
        DictionaryView { registers, lists, package: "datapackage.json" },
    )
}

fn register_entry<'a>(
    scene: Scene<'a>,
    register: &'a Register,
    path: &str,
    count: usize,
    fields: &[FieldId],
) -> RegisterEntry<'a> {
    let definition = &register.definition;
    RegisterEntry {
        name: &definition.name,
        title: definition.title.pick(scene.language()),
        description: definition.description.pick(scene.language()),
        basis: &definition.basis,
        url: format!("{path}/index.html"),
        csv: format!("{path}/index.csv"),
        json: format!("{path}/index.json"),
        count,
        key: register
            .key
            .iter()
            .map(|field| register.field(*field).definition.label.pick(scene.language()))
            .collect::<Vec<_>>()
            .join(" + "),
        retention: retention(scene, definition.retention),
        fields: fields.iter().map(|field| field_entry(scene, register.field(*field))).collect(),
    }
}

fn retention(scene: Scene<'_>, rule: crate::register::Retention) -> &'static str {
    use crate::register::Retention;
    let (zh, en) = match rule {
        Retention::Permanent => ("长期公开", "public for good"),
        Retention::PublicityPeriod => ("公示期满自动撤下", "taken down when the publicity period ends"),
        Retention::DiscreditPeriod => ("列入满三年或移出后撤下", "taken down after three years or on removal"),
        Retention::UntilValidTo => ("标明有效期，长期公开", "shown with its validity, public for good"),
        Retention::None => ("按各条记录的下线日期", "as each record says"),
    };
    if scene.language() == Language::English { en } else { zh }
}

fn field_entry<'a>(scene: Scene<'a>, field: &'a Field) -> FieldEntry<'a> {
    let definition = &field.definition;
    let (zh, en) = match definition.visibility {
        Visibility::Public => ("公开", "public"),
        Visibility::Masked => ("脱敏后公开", "masked"),
        Visibility::Internal => ("不公开", "internal"),
    };
    FieldEntry {
        name: &definition.name,
        label: definition.label.pick(scene.language()),
        code: definition.code.as_deref().unwrap_or_default(),
        kind: kind_word(scene, definition.kind),
        required: definition.required,
        visibility: if scene.language() == Language::English { en } else { zh },
        help: definition.help.pick(scene.language()),
        codes: field.codes.map_or("", |list| &scene.site.registers.codes.list(list).name),
    }
}

fn kind_word(scene: Scene<'_>, kind: FieldKind) -> &'static str {
    let (zh, en) = match kind {
        FieldKind::Text => ("文字", "text"),
        FieldKind::Markdown => ("文字（Markdown）", "Markdown"),
        FieldKind::Date => ("日期", "date"),
        FieldKind::Datetime => ("时间", "date and time"),
        FieldKind::Money => ("金额（元）", "amount in yuan"),
        FieldKind::Integer => ("整数", "integer"),
        FieldKind::Decimal => ("小数", "decimal"),
        FieldKind::Percentage => ("百分数", "per cent"),
        FieldKind::Boolean => ("是否", "yes or no"),
        FieldKind::Code => ("代码", "code"),
        FieldKind::District => ("县区代码", "district"),
        FieldKind::Sector => ("行业代码", "sector"),
        FieldKind::CreditCode => ("统一社会信用代码", "unified social credit code"),
        FieldKind::DocumentNumber => ("文号", "document number"),
        FieldKind::Url => ("网址", "address"),
        FieldKind::Phone => ("公开电话", "public telephone"),
        FieldKind::Coordinates => ("经纬度", "longitude, latitude"),
        FieldKind::Attachment => ("附件", "attachment"),
        FieldKind::Reference => ("指向另一条记录", "reference"),
        FieldKind::Counter => ("自动计数", "count"),
    };
    if scene.language() == Language::English { en } else { zh }
}

fn list_entry<'a>(scene: Scene<'a>, list: &'a CodeList) -> ListEntry<'a> {
    let code = |code: &'a crate::register::Code| CodeEntry {
        id: &code.id,
        zh: &code.zh,
        en: &code.en,
        aliases: &code.aliases,
        note: code.note.pick(scene.language()),
    };
    ListEntry {
        name: &list.name,
        title: list.title.pick(scene.language()),
        source: &list.source,
        codes: list.code.iter().map(code).collect(),
    }
}

/// The Frictionless descriptor of every listing's CSV.
pub(crate) fn package(scene: Scene<'_>) -> datapackage::Package {
    let settings = &scene.site.settings.site;
    let mut resources = Vec::new();
    for id in scene.site.registers.ids() {
        let register = scene.site.registers.get(id);
        let Some(column) = scene.site.column_of(id).filter(|_| register.definition.open_data) else { continue };
        resources.push(resource(scene, register, &scene.site.column(column).path));
    }
    datapackage::Package {
        name: "gongkai".to_owned(),
        title: settings.name.clone(),
        description: settings.description.clone(),
        homepage: settings_root(scene),
        created: format!("{}T00:00:00+08:00", scene.site.as_of),
        sources: vec![datapackage::Source { title: settings.organizer.clone(), path: settings_root(scene) }],
        resources,
        ..datapackage::Package::default()
    }
}

fn settings_root(scene: Scene<'_>) -> String {
    scene.site.settings.absolute_root()
}

fn resource(scene: Scene<'_>, register: &Register, path: &str) -> datapackage::Resource {
    let text = |name: &str| datapackage::Field {
        name: name.to_owned(),
        title: name.to_owned(),
        kind: datapackage::FieldType::String,
        ..datapackage::Field::default()
    };
    let titles = record_titles(scene, register);
    let described = &register.open;
    let fields =
        titles.iter().enumerate().map(|(at, title)| match at.checked_sub(1).and_then(|at| described.get(at)) {
            None => text(title),
            Some(field) => package_field(scene, title, register.field(*field)),
        });
    datapackage::Resource {
        name: register.definition.name.clone(),
        path: format!("{path}/index.csv"),
        title: register.definition.title.pick(scene.language()).to_owned(),
        description: register.definition.description.pick(scene.language()).to_owned(),
        schema: datapackage::Schema {
            fields: fields.collect(),
            primary_key: Vec::new(),
            missing_values: vec![String::new()],
        },
        ..datapackage::Resource::default()
    }
}

fn package_field(scene: Scene<'_>, title: &str, field: &Field) -> datapackage::Field {
    use datapackage::FieldType;
    let definition = &field.definition;
    // A field of several values is one text in CSV, whatever the type of each.
    let kind = match definition.kind {
        _ if definition.multiple => FieldType::String,
        FieldKind::Integer => FieldType::Integer,
        FieldKind::Money | FieldKind::Decimal | FieldKind::Percentage => FieldType::Number,
        FieldKind::Boolean => FieldType::Boolean,
        _ => FieldType::String,
    };
    datapackage::Field {
        name: title.to_owned(),
        title: definition.name.clone(),
        kind,
        true_values: truth(scene, kind, "是", "yes"),
        false_values: truth(scene, kind, "否", "no"),
        description: definition.help.pick(scene.language()).to_owned(),
        constraints: datapackage::Constraints { required: definition.required, ..datapackage::Constraints::default() },
        ..datapackage::Field::default()
    }
}

/// How a yes or no is spelled in the CSV.
fn truth(scene: Scene<'_>, kind: datapackage::FieldType, zh: &str, en: &str) -> Vec<String> {
    let spelled = kind == datapackage::FieldType::Boolean;
    if spelled { vec![scene.say(zh, en).to_owned()] } else { Vec::new() }
}
