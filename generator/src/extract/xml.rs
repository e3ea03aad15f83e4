//! An XML member becomes tags and text, one after the other. Entities that a document defines itself
//! are not expanded: a document may not grow while it is read.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::Refused;

/// A step through a document. Names are without their prefix.
pub(super) enum Step<'a> {
    Open(&'a str, &'a [(String, String)]),
    Close(&'a str),
    Text(&'a str),
}

/// The value of an attribute by its local name.
pub(super) fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Whether an attribute says yes, as `hidden="1"` and `hidden="true"` do.
pub(super) fn is_on(attributes: &[(String, String)], name: &str) -> bool {
    matches!(attribute(attributes, name), Some("1" | "true" | "on"))
}

/// Walks through a document.
///
/// # Errors
/// A document that is not well-formed.
pub(super) fn walk(bytes: &[u8], visit: &mut dyn FnMut(Step<'_>)) -> Result<(), Refused> {
    let text = super::plain::decode(bytes).ok_or_else(|| Refused::Damaged("XML".to_owned()))?;
    let mut reader = Reader::from_str(&text);
    reader.config_mut().check_end_names = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => open(&tag, visit),
            Ok(Event::Empty(tag)) => {
                open(&tag, visit);
                visit(Step::Close(tag.local_name().into_inner()));
            }
            Ok(Event::End(tag)) => visit(Step::Close(tag.local_name().into_inner())),
            Ok(Event::Text(text)) => visit(Step::Text(&text.xml10_content())),
            Ok(Event::CData(text)) => visit(Step::Text(&text.xml10_content())),
            Ok(Event::GeneralRef(entity)) => {
                let named = match &*entity.xml10_content() {
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "amp" => Some('&'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => None,
                };
                if let Some(c) = named.or_else(|| entity.resolve_char_ref().ok().flatten()) {
                    visit(Step::Text(c.encode_utf8(&mut [0; 4])));
                }
            }
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(Refused::Damaged(error.to_string())),
        }
    }
}

fn open(tag: &BytesStart<'_>, visit: &mut dyn FnMut(Step<'_>)) {
    let attributes: Vec<(String, String)> = tag
        .attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .map(|attribute| {
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_or_else(|_| attribute.value.to_string(), |value| value.into());
            (attribute.key.local_name().into_inner().to_owned(), value)
        })
        .collect();
    visit(Step::Open(tag.local_name().into_inner(), &attributes));
}

/// All text of a document, elements separated by line breaks, and the attributes that hold words.
pub(super) fn everything(bytes: &[u8]) -> Result<String, Refused> {
    const WORDS: [&str; 12] = [
        "author",
        "initials",
        "descr",
        "title",
        "Target",
        "name",
        "displayName",
        "userId",
        "alt",
        "v",
        "tooltip",
        "description",
    ];
    let mut all = String::new();
    walk(bytes, &mut |step| match step {
        Step::Open(_, attributes) => {
            for (_, value) in attributes.iter().filter(|(name, _)| WORDS.contains(&name.as_str())) {
                all.push_str(value);
                all.push('\n');
            }
        }
        Step::Text(text) => all.push_str(text),
        Step::Close(_) => {
            if !all.ends_with('\n') {
                all.push('\n');
            }
        }
    })?;
    Ok(all)
}

/// Properties as `name: value`, one part each.
pub(super) fn properties(bytes: &[u8]) -> Result<Vec<(String, String)>, Refused> {
    let mut found = Vec::new();
    let mut names: Vec<String> = Vec::new();
    walk(bytes, &mut |step| match step {
        Step::Open(name, attributes) => {
            // Custom properties carry their name in an attribute.
            names.push(attribute(attributes, "name").unwrap_or(name).to_owned());
        }
        Step::Close(_) => {
            names.pop();
        }
        Step::Text(text) if !text.trim().is_empty() => {
            let named =
                names.iter().rev().find(|name| !matches!(name.as_str(), "lpwstr" | "lpstr" | "i4" | "filetime"));
            found.push((named.cloned().unwrap_or_default(), text.trim().to_owned()));
        }
        Step::Text(_) => {}
    })?;
    Ok(found)
}
