//! Turns a description of the downloads into a Data Package descriptor (Frictionless Data, `datapackage.json`).
//! It must not know registers: names, types and rules are given.
//!
//! The descriptor follows Data Package v2 (`$schema`, resource `type: table`) and keeps the `profile` of v1,
//! so that readers of either version accept it. Package: `name title description homepage version created
//! keywords licenses sources resources`. Resource: `name path title description format mediatype encoding
//! schema licenses sources`. Table Schema: `fields primaryKey missingValues`; field: `name title
//! type format description constraints{required unique maxLength pattern enum} trueValues falseValues`.

use serde::Serialize;

const PACKAGE_PROFILE: &str = "https://datapackage.org/profiles/2.0/datapackage.json";
const RESOURCE_PROFILE: &str = "https://datapackage.org/profiles/2.0/dataresource.json";

/// The whole package. Empty parts are left out of the file.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Package {
    /// Lower-case letters, digits and `-._/`, as v1 asks for every name.
    pub(crate) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    /// Absolute address of the page about the data.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) homepage: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) version: String,
    /// RFC 3339 (`Moment::rfc3339` of the date of the build).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) created: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) keywords: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) licenses: Vec<License>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sources: Vec<Source>,
    pub(crate) resources: Vec<Resource>,
}

/// One file of the package.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resource {
    pub(crate) name: String,
    /// Relative to the descriptor, without `..`, or absolute.
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) schema: Schema,
    pub(crate) licenses: Vec<License>,
    pub(crate) sources: Vec<Source>,
}

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Schema {
    pub(crate) fields: Vec<Field>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) primary_key: Vec<String>,
    /// Spellings of "no value"; the empty string when nothing else is said.
    pub(crate) missing_values: Vec<String>,
}

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Field {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) title: String,
    #[serde(rename = "type")]
    pub(crate) kind: FieldType,
    /// Such as `uri` or `email` of a string.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) format: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    /// How the file spells true and false, for a boolean that is not `true` and `false`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) true_values: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) false_values: Vec<String>,
    #[serde(skip_serializing_if = "Constraints::is_empty")]
    pub(crate) constraints: Constraints,
}

/// The field types of Table Schema that a disclosure table needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FieldType {
    #[default]
    String,
    Integer,
    Number,
    Boolean,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Constraints {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) required: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unique: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_length: Option<u32>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) pattern: String,
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub(crate) one_of: Vec<String>,
}

impl Constraints {
    fn is_empty(&self) -> bool {
        *self == Constraints::default()
    }
}

/// A licence has a name of the Open Definition (`CC-BY-4.0`) or an address.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct License {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) path: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) title: String,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Source {
    pub(crate) title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) path: String,
}

/// The text of `datapackage.json`.
pub(crate) fn datapackage(package: &Package) -> Vec<u8> {
    #[derive(Serialize)]
    struct Descriptor<'a> {
        #[serde(rename = "$schema")]
        schema: &'static str,
        #[serde(flatten)]
        package: &'a Package,
    }
    let descriptor = Descriptor { schema: PACKAGE_PROFILE, package };
    let mut out = serde_json::to_vec_pretty(&descriptor).expect("strings and lists always serialise");
    out.push(b'\n');
    out
}

/// Resources are CSV files of [`super::csv`], so format, media type and encoding are not for the caller.
impl Serialize for Resource {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("$schema", RESOURCE_PROFILE)?;
        map.serialize_entry("profile", "tabular-data-resource")?;
        map.serialize_entry("type", "table")?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("path", &self.path)?;
        for (key, value) in [("title", &self.title), ("description", &self.description)] {
            if !value.is_empty() {
                map.serialize_entry(key, value)?;
            }
        }
        map.serialize_entry("format", "csv")?;
        map.serialize_entry("mediatype", "text/csv")?;
        map.serialize_entry("encoding", "utf-8")?;
        if !self.licenses.is_empty() {
            map.serialize_entry("licenses", &self.licenses)?;
        }
        if !self.sources.is_empty() {
            map.serialize_entry("sources", &self.sources)?;
        }
        map.serialize_entry("schema", &self.schema)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn package() -> Package {
        let field = Field {
            name: "decision_no".into(),
            title: "文书号".into(),
            constraints: Constraints { required: true, max_length: Some(50), ..Constraints::default() },
            ..Field::default()
        };
        let kind = Field {
            name: "open".into(),
            kind: FieldType::Boolean,
            true_values: vec!["是".into()],
            false_values: vec!["否".into()],
            ..Field::default()
        };
        let resource = Resource {
            name: "penalty".into(),
            path: "penalty.csv".into(),
            title: "行政处罚".into(),
            schema: Schema {
                fields: vec![field, kind],
                primary_key: vec!["decision_no".into()],
                missing_values: vec![String::new()],
            },
            ..Resource::default()
        };
        Package { name: "open-data".into(), resources: vec![resource], ..Package::default() }
    }

    #[test]
    fn reads_back() {
        let value: Value = serde_json::from_slice(&datapackage(&package())).expect("JSON");
        assert_eq!(
            value,
            json!({
                "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
                "name": "open-data",
                "resources": [{
                    "$schema": "https://datapackage.org/profiles/2.0/dataresource.json",
                    "profile": "tabular-data-resource",
                    "type": "table",
                    "name": "penalty",
                    "path": "penalty.csv",
                    "title": "行政处罚",
                    "format": "csv",
                    "mediatype": "text/csv",
                    "encoding": "utf-8",
                    "schema": {
                        "fields": [
                            {
                                "name": "decision_no", "title": "文书号", "type": "string",
                                "constraints": { "required": true, "maxLength": 50 }
                            },
                            { "name": "open", "type": "boolean", "trueValues": ["是"], "falseValues": ["否"] }
                        ],
                        "primaryKey": ["decision_no"],
                        "missingValues": [""]
                    }
                }]
            })
        );
    }

    #[test]
    fn constraints() {
        fn check(constraints: Constraints, expected: Value) {
            assert_eq!(serde_json::to_value(constraints).expect("JSON"), expected);
        }
        check(Constraints::default(), json!({}));
        check(
            Constraints { unique: true, one_of: vec!["a".into()], pattern: "^a$".into(), ..Constraints::default() },
            json!({ "unique": true, "pattern": "^a$", "enum": ["a"] }),
        );
    }
}
