//! The typed value of a field.

use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::CodeId;
use crate::literal::{Moment, PartialDate};
use crate::rules::document_number;

/// Position of a record in the site; what a reference holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EntryId(pub(crate) u32);

/// A place on the map, in degrees.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Position {
    pub(crate) longitude: Decimal,
    pub(crate) latitude: Decimal,
}

/// One value; texts are shared with the cells they came from. A field that takes several holds several values in a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(Arc<str>),
    Markdown(Arc<str>),
    Date(PartialDate),
    /// 长期: valid without an end.
    OpenEnd,
    Datetime(Moment),
    /// In yuan, exact.
    Money(Decimal),
    Integer(i64),
    Decimal(Decimal),
    /// In per cent: 49.67 is 49.67 %.
    Percentage(Decimal),
    Boolean(bool),
    /// Also districts and sectors.
    Code(CodeId),
    CreditCode(Arc<str>),
    DocumentNumber(Arc<str>),
    Url(Arc<str>),
    Phone(Arc<str>),
    /// Boxed, because a value is as large as its largest kind and few are positions.
    Coordinates(Box<Position>),
    /// Path of the file in the site.
    Attachment(Arc<str>),
    /// A reference as written, until `check` finds what it points to.
    Unresolved(Arc<str>),
    Reference(EntryId),
}

impl Value {
    /// Whether two values say the same: one document number may be spelled in several ways.
    pub(crate) fn says_the_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::DocumentNumber(one), Value::DocumentNumber(two)) => {
                one == two || document_number::fold(one) == document_number::fold(two)
            }
            (one, two) => one == two,
        }
    }

    /// The day a value stands for, for sorting, facets and rules.
    pub(crate) fn day(&self) -> Option<Date> {
        match self {
            Value::Date(date) => Some(date.date),
            Value::Datetime(moment) => Some(moment.date),
            _ => None,
        }
    }

    /// The value as a number; money in yuan.
    pub(crate) fn number(&self) -> Option<Decimal> {
        match self {
            Value::Integer(number) => Some(Decimal::from(*number)),
            Value::Money(number) | Value::Decimal(number) | Value::Percentage(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text)
            | Value::Markdown(text)
            | Value::CreditCode(text)
            | Value::DocumentNumber(text)
            | Value::Url(text)
            | Value::Phone(text)
            | Value::Attachment(text)
            | Value::Unresolved(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn code(&self) -> Option<CodeId> {
        match self {
            Value::Code(code) => Some(*code),
            _ => None,
        }
    }
}
