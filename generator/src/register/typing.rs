//! What stands in a cell becomes typed values, by the definition of its field.

use std::borrow::Cow;
use std::sync::Arc;

use super::definition::FieldKind;
use super::{CodeList, CodeLists, Field, Position, Value, fold};
use crate::literal::{self, MoneyUnit, OpenDate, Refusal};
use crate::parse::{Raw, Reading, Shape};
use crate::rules::{credit_code, document_number};
use crate::text::{self, Text};

/// Longest text of one cell, in characters, where the definition sets none.
const LONGEST_TEXT: usize = 20_000;

/// How many spellings a message offers.
const SUGGESTIONS: usize = 3;

/// What typing needs to know beside the field.
pub(crate) struct Typing<'a> {
    pub(crate) codes: &'a CodeLists,
    /// The site path of an attachment named in this file, if there is such a file.
    pub(crate) attachment: &'a dyn Fn(&str) -> Option<String>,
    /// What sheet and mapping say of the column.
    pub(crate) reading: &'a Reading,
}

/// Why a cell has no value, or what is doubtful about the one it has.
#[derive(Debug)]
pub(crate) enum Doubt {
    Refused(Refusal),
    /// Accepted, but a person should look.
    Accepted(Refusal),
    /// Accepted; worth knowing.
    Noted(Refusal),
}

/// Types one cell. Null words (`/`, `无`, `暂无` …) give no value.
pub(crate) fn typed(field: &Field, raw: &Raw, typing: &Typing<'_>, doubts: &mut Vec<Doubt>) -> Vec<Value> {
    let mut values = Vec::with_capacity(1);
    match raw {
        Raw::List(items) => {
            for item in items {
                add(field, item, None, typing, &mut values, doubts);
            }
        }
        Raw::Text(text) => match &typing.reading.split {
            Some(between) if !between.is_empty() => {
                for part in text.split(between.as_str()) {
                    add(field, part, Some(text), typing, &mut values, doubts);
                }
            }
            _ if field.definition.multiple && splits(field.definition.kind) => {
                for part in literal::split_list(text) {
                    add(field, part, Some(text), typing, &mut values, doubts);
                }
            }
            _ => add(field, text, Some(text), typing, &mut values, doubts),
        },
        Raw::Number { value, shape, from_1904 } => match number(field.definition.kind, *value, *shape, *from_1904) {
            Ok(text) => add(field, &text, None, typing, &mut values, doubts),
            Err(refusal) => doubts.push(Doubt::Refused(refusal)),
        },
    }
    if values.len() > 1 && !field.definition.multiple {
        doubts.push(Doubt::Refused(Refusal::new(
            Text::new(
                format!("“{}”只能填一个值", field.definition.label.zh),
                format!("`{}` takes one value", field.definition.name),
            ),
            Text::new(
                "只留一个值，或在登记表定义里写 multiple = true",
                "keep one value, or write multiple = true in the definition",
            ),
        )));
    }
    values
}

/// A spreadsheet's number as the text that a person would have typed into a column of this kind.
fn number(kind: FieldKind, value: f64, shape: Shape, from_1904: bool) -> Result<Cow<'static, str>, Refusal> {
    let dated = matches!(kind, FieldKind::Date | FieldKind::Datetime);
    let counted = matches!(kind, FieldKind::Money | FieldKind::Integer | FieldKind::Decimal);
    // A number of five digits in a column of days is a day whose format was lost; 20170303 says itself.
    if shape == Shape::Day && !counted || dated && shape != Shape::PerCent && (10_000.0..100_000.0).contains(&value) {
        return literal::serial_day(value, from_1904).map(Cow::Owned);
    }
    if shape == Shape::PerCent {
        return Ok(Cow::Owned(format!("{}%", literal::number_text(value * 100.0))));
    }
    if kind == FieldKind::Percentage && shape == Shape::Unknown && value.abs() <= 1.0 && value != 0.0 {
        return Err(share_or_per_cent(value));
    }
    if literal::lost_digits(value) && !counted && kind != FieldKind::CreditCode {
        return Err(literal::digits_lost());
    }
    Ok(Cow::Owned(if literal::lost_digits(value) { format!("{value:E}") } else { literal::number_text(value) }))
}

fn share_or_per_cent(value: f64) -> Refusal {
    Refusal::new(
        Text::new(
            format!("分不清 {value} 是百分之几，还是按百分比格式显示的数"),
            format!("{value} may be that many per cent or a share shown as per cent"),
        ),
        Text::new(
            "请把该列设为文本，写成 49.67%；或另存为 .xlsx",
            "format the column as text and write 49.67%, or save it as .xlsx",
        ),
    )
}

/// Whether a cell of several values is cut at 、 and ；: prose is not.
fn splits(kind: FieldKind) -> bool {
    !matches!(kind, FieldKind::Markdown | FieldKind::Coordinates | FieldKind::Counter)
}

/// The text of a value: that of its cell, shared, where both are the same.
fn kept(text: &str, cell: Option<&Arc<str>>) -> Arc<str> {
    cell.filter(|cell| ***cell == *text).map_or_else(|| text.into(), Arc::clone)
}

/// Types one of the texts of a cell.
fn add(
    field: &Field,
    text: &str,
    cell: Option<&Arc<str>>,
    typing: &Typing<'_>,
    values: &mut Vec<Value>,
    doubts: &mut Vec<Doubt>,
) {
    let prose = matches!(field.definition.kind, FieldKind::Text | FieldKind::Markdown);
    // Prose is kept as it is written, and may be long.
    let written = if prose { Cow::Borrowed(text) } else { literal::normalise(text) };
    // 无 answers a yes-or-no question, 无数据 may be a word of a list; anywhere else they say nothing.
    let answers = field.definition.kind == FieldKind::Boolean
        || field.codes.is_some_and(|list| typing.codes.find(list, &written).is_some());
    if written.is_empty() || (!answers && literal::is_null_word(&written)) {
        return;
    }
    let longest = field.definition.max.unwrap_or(LONGEST_TEXT);
    let length = text.chars().count();
    if length > longest {
        doubts.push(Doubt::Refused(Refusal::new(
            Text::new(
                format!("内容有 {length} 个字，最多 {longest} 个"),
                format!("{length} characters, at most {longest}"),
            ),
            Text::new("缩短内容，长文请写成 Markdown 正文", "shorten it; long text belongs in a Markdown body"),
        )));
        return;
    }
    if prose {
        let tidied = literal::tidy(text);
        let text = kept(without_guard(tidied.trim()), cell);
        doubts.extend(rare_characters(&text));
        values.push(if field.definition.kind == FieldKind::Markdown {
            Value::Markdown(text)
        } else {
            Value::Text(text)
        });
        return;
    }
    match scalar(field, &written, cell, typing, doubts) {
        Ok(Some(value)) => values.push(value),
        Ok(None) => {}
        Err(refusal) => doubts.push(Doubt::Refused(refusal)),
    }
}

/// Characters that fonts may lack: 𠮷 and the like, and those that only one machine has given a shape.
fn rare_characters(text: &str) -> Option<Doubt> {
    if text.bytes().all(|byte| byte < 0xEE) {
        return None;
    }
    let of = |range: fn(char) -> bool| text.chars().filter(|c| range(*c)).collect::<String>();
    let own = of(|c| matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}'));
    if !own.is_empty() {
        let message = Text::new(
            "含有造字区的字，别人的机器上显示不出来",
            "holds characters of a private-use area, which other machines cannot show",
        );
        return Some(Doubt::Accepted(Refusal::new(
            message,
            Text::new("换成标准汉字，或用拼音加注", "write standard characters, or spell them"),
        )));
    }
    let rare = of(|c| matches!(c, '\u{20000}'..='\u{3FFFF}'));
    (!rare.is_empty()).then(|| {
        let message = Text::new(format!("含有生僻字：{rare}"), format!("holds rare characters: {rare}"));
        let help =
            Text::new("有的字体没有这些字，发布后请看一眼", "some fonts lack them: look at the page once it is public");
        Doubt::Noted(Refusal::new(message, help))
    })
}

/// The year that a document number must have: a number that can come again next year names no decision.
fn without_year(field: &Field, number: &str) -> Option<Doubt> {
    let mut runs = number.split(|c: char| !c.is_ascii_digit());
    // Long runs of digits begin with the year in their own way.
    let dated = runs.any(|run| run.len() >= 6 || (run.len() == 4 && ("1949".."2100").contains(&run)));
    (field.definition.required && !dated).then(|| {
        Doubt::Accepted(Refusal::new(
            Text::new(format!("文号“{number}”没有年份"), format!("the document number `{number}` has no year")),
            Text::new("照决定书写全，如 应急罚〔2023〕12号", "write it in full, such as 应急罚〔2023〕12号"),
        ))
    })
}

/// An apostrophe before a formula sign was put there to keep a spreadsheet from running it.
fn without_guard(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@'])).unwrap_or(text)
}

fn scalar(
    field: &Field,
    text: &str,
    cell: Option<&Arc<str>>,
    typing: &Typing<'_>,
    doubts: &mut Vec<Doubt>,
) -> Result<Option<Value>, Refusal> {
    Ok(Some(match field.definition.kind {
        FieldKind::Text | FieldKind::Markdown | FieldKind::Counter => Value::Text(kept(text, cell)),
        FieldKind::Date => match typing.reading.date_format.as_deref().and_then(|form| literal::date_as(text, form)) {
            Some(date) => Value::Date(date),
            None => match literal::open_date(text)? {
                OpenDate::Date(date) => Value::Date(date),
                OpenDate::Open => Value::OpenEnd,
            },
        },
        FieldKind::Datetime => Value::Datetime(literal::datetime(text)?),
        FieldKind::Money => {
            let unit = typing.reading.unit.as_deref().or(field.definition.unit.as_deref());
            Value::Money(literal::money(text, MoneyUnit::named(unit))?)
        }
        FieldKind::Integer => Value::Integer(literal::integer(without_unit(field, text))?),
        FieldKind::Decimal => Value::Decimal(literal::decimal(without_unit(field, text))?),
        FieldKind::Percentage => Value::Percentage(literal::percentage(text)?),
        FieldKind::Boolean => Value::Boolean(literal::boolean(text)?),
        FieldKind::Code | FieldKind::District | FieldKind::Sector => {
            let id = field.codes.expect("a field of codes has a list, checked when definitions are loaded");
            let list = typing.codes.list(id);
            match typing.codes.find(id, text) {
                Some(code) => Value::Code(code),
                None if list.no_values.iter().any(|word| fold(word) == fold(text)) => {
                    doubts.push(Doubt::Accepted(no_value(list, text)));
                    return Ok(None);
                }
                None => return Err(unknown_code(id, text, typing)),
            }
        }
        FieldKind::CreditCode => return credit(text, doubts),
        FieldKind::DocumentNumber => {
            let number = document_number::display(text);
            doubts.extend(without_year(field, &number));
            Value::DocumentNumber(kept(&number, cell))
        }
        FieldKind::Url => Value::Url(literal::url(text)?.into()),
        FieldKind::Phone => Value::Phone(literal::phone(text)?.into()),
        FieldKind::Coordinates => {
            let (longitude, latitude) = literal::coordinates(text)?;
            Value::Coordinates(Box::new(Position { longitude, latitude }))
        }
        FieldKind::Attachment => Value::Attachment((typing.attachment)(text).ok_or_else(|| no_such_file(text))?.into()),
        FieldKind::Reference => Value::Unresolved(kept(text, cell)),
    }))
}

fn no_value(list: &CodeList, text: &str) -> Refusal {
    Refusal::new(
        Text::new(
            format!("“{text}”不是“{}”的一种，没有读入", list.title.zh),
            format!("`{text}` is none of the list `{}` and was not read", list.name),
        ),
        Text::new(
            "写进内容或结果一栏，这一列只填规定的种类",
            "write it under content or result; this column takes the listed kinds only",
        ),
    )
}

/// `12人` in a column of 人 is twelve.
fn without_unit<'a>(field: &Field, text: &'a str) -> &'a str {
    field.definition.unit.as_deref().map_or(text, |unit| literal::without_unit(text, unit))
}

fn no_such_file(text: &str) -> Refusal {
    Refusal::new(
        Text::new(format!("找不到文件“{text}”"), format!("no file `{text}`")),
        Text::new(
            "把文件放在同一文件夹或 content/_assets/ 下，并写对文件名",
            "put the file beside this one or below content/_assets/",
        ),
    )
}

/// The words nearest to one that a list does not have. A longer word that starts with a known one
/// (`工贸（冶金）`) is refused unless it is an alias: the list says what is meant, not a guess.
fn unknown_code(list: u16, text: &str, typing: &Typing<'_>) -> Refusal {
    let known = typing.codes.list(list);
    let words = known.code.iter().flat_map(|code| std::iter::once(&code.zh).chain(&code.aliases)).map(String::as_str);
    // Several spellings may mean one code: offer three codes, not three spellings.
    let mut nearest: Vec<&str> = Vec::new();
    for word in text::nearest(text, words, known.code.len() * 4) {
        let meant = typing.codes.find(list, word).map(|code| typing.codes.get(code).zh.as_str());
        if let Some(meant) = meant.filter(|meant| !nearest.contains(meant)) {
            nearest.push(meant);
        }
    }
    let ids: Vec<&str> = known.code.iter().map(|code| code.zh.as_str()).take(12).collect();
    nearest.extend(ids.iter().filter(|id| !nearest.contains(*id)).copied().collect::<Vec<_>>());
    nearest.truncate(SUGGESTIONS);
    Refusal::new(
        Text::new(
            format!("“{}”里没有“{text}”", known.title.zh),
            format!("`{text}` is not in the list `{}`", known.name),
        ),
        Text::new(
            format!("是不是：{}？可填的值：{} …", nearest.join("、"), ids.join("、")),
            format!("did you mean {}? Values: {} …", nearest.join(", "), ids.join(", ")),
        ),
    )
}

fn credit(text: &str, doubts: &mut Vec<Doubt>) -> Result<Option<Value>, Refusal> {
    use credit_code::CodeReading;
    match credit_code::parse(text) {
        CodeReading::Valid(code) => Ok(Some(Value::CreditCode(code.into()))),
        CodeReading::Unknown => Ok(None),
        CodeReading::Refused(refusal) => Err(refusal),
        CodeReading::ChecksumFails { code, expected, .. } => {
            doubts.push(Doubt::Accepted(Refusal::new(
                Text::new(
                    format!("统一社会信用代码 {code} 的校验位应为 {expected}"),
                    format!("the check character of {code} should be {expected}"),
                ),
                Text::new(
                    "核对代码；早期试点代码确实如此的，可以保留",
                    "check the code; early pilot codes may stay as they are",
                ),
            )));
            Ok(Some(Value::CreditCode(code.into())))
        }
    }
}
