//! What of a page a browser can read in its JSON twin: which fields, and whether the text is there word for word.
//! What is not there stands beside it in the document's card, so that a search has to read no page.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::register::{FieldDefinition, FieldId, FieldKind, Register, SearchWeight};
use crate::view::Scene;

/// What is searched and not in the twin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Beside {
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) names: Vec<String>,
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) codes: Vec<String>,
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) rest: Vec<String>,
}

/// Up to how many bytes may stand beside a twin.
const MOST: usize = 600;

impl Beside {
    pub(crate) fn is_empty(&self) -> bool {
        self == &Beside::default()
    }

    /// More of it would cost readers of other documents more than a page costs the readers of this one.
    pub(crate) fn is_short(&self) -> bool {
        [&self.names, &self.codes, &self.rest].into_iter().flatten().map(String::len).sum::<usize>() <= MOST
    }
}

/// The fields of each register that a browser finds in a twin as they are searched, and as what: 0 as text, 2 as
/// names, 3 as codes, 4 as Markdown.
pub(crate) fn told(scene: Scene<'_>) -> BTreeMap<String, BTreeMap<String, u8>> {
    let registers = &scene.site.registers;
    let with_twins = registers.ids().filter(|id| {
        let definition = &registers.get(*id).definition;
        scene.site.settings.site.twins && definition.pages && scene.site.records(*id).next().is_some()
    });
    let fields = |register: &Register| {
        let open = register.open.iter().filter(|field| tells(register, **field));
        open.map(|field| &register.field(*field).definition).map(|field| (field.name.clone(), part(field))).collect()
    };
    with_twins.map(|id| registers.get(id)).map(|one| (one.definition.name.clone(), fields(one))).collect()
}

fn part(definition: &FieldDefinition) -> u8 {
    match (definition.search, definition.kind) {
        (SearchWeight::Name, _) => 2,
        (SearchWeight::Code, _) => 3,
        (_, FieldKind::Markdown) => 4,
        _ => 0,
    }
}

/// Whether a twin gives a field in the words that are searched. Days, sums and numbers are written for programs there.
pub(crate) fn tells(register: &Register, field: FieldId) -> bool {
    let definition = &register.field(field).definition;
    let in_words = matches!(
        definition.kind,
        FieldKind::Text
            | FieldKind::Markdown
            | FieldKind::Code
            | FieldKind::District
            | FieldKind::Sector
            | FieldKind::CreditCode
            | FieldKind::DocumentNumber
            | FieldKind::Url
            | FieldKind::Phone
            | FieldKind::Reference
    );
    in_words && definition.search != SearchWeight::None && register.open.contains(&field)
}

/// Whether the browser, which knows little of Markdown, reads the same blocks in a source as stand on the page.
pub(crate) fn is_plain(source: &str, blocks: &str) -> bool {
    let bare = |text: &str| -> String { text.chars().filter(|c| *c == '\n' || !c.is_whitespace()).collect() };
    as_read(source).is_some_and(|read| bare(&read) == bare(blocks.trim_end()))
}

/// Paragraphs and headings without any other markup, a line each; nothing where there is some.
fn as_read(source: &str) -> Option<String> {
    let mut blocks = Vec::new();
    for block in source.trim().replace("\r\n", "\n").split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        let text = block.trim_start_matches('#');
        let is_heading = text.len() < block.len();
        if is_heading && (block.len() - text.len() > 6 || !text.starts_with(' ') || text.contains('\n')) {
            return None;
        }
        let is_marked = |line: &str| {
            let first = line.trim_start();
            let after_number = first.trim_start_matches(|c: char| c.is_ascii_digit());
            first.starts_with(['-', '+', '='])
                || after_number.len() < first.len() && after_number.starts_with(['.', ')'])
                || line.starts_with(['\t'])
                || line.starts_with("    ")
                || line.ends_with("  ")
        };
        if text.contains(MARKS) || text.lines().any(is_marked) {
            return None;
        }
        blocks.push(text.replace('\n', " "));
    }
    Some(blocks.join("\n"))
}

/// What has a meaning in Markdown, or may have one.
const MARKS: [char; 18] = ['*', '_', '~', '`', '[', ']', '<', '>', '\\', '|', '&', '!', '#', '^', '{', '}', '$', '\t'];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown;

    #[test]
    fn plain_sources_are_told_from_marked_ones() {
        for (source, expected) in [
            ("第一条 为了安全。\n\n第二条 生产。", true),
            ("## 概况\n\n一行，\n下一行。\n", true),
            ("", true),
            ("**重**点", false),
            ("- 甲\n- 乙", false),
            ("1. 甲", false),
            ("## 概况\n直接接着", false),
            ("见[附件](a.pdf)", false),
            ("甲&amp;乙", false),
            ("| 甲 | 乙 |\n|---|---|", false),
            ("    代码", true),
        ] {
            assert_eq!(is_plain(source, &markdown::blocks(source)), expected, "{source}");
        }
    }
}
