//! Between columns and the model's types.

use biseo_model::phone::PhoneNumber;
use jiff::Timestamp;
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};

use crate::StoreError;

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Self::Sqlite(row)
    }
}

impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self::Postgres(row)
    }
}

/// What both databases read alike.
pub(crate) trait Cell: Type<Sqlite> + Type<Postgres>
where
    Self: for<'r> Decode<'r, Sqlite> + for<'r> Decode<'r, Postgres>,
{
}

impl Cell for String {}
impl Cell for i64 {}
impl<T: Cell> Cell for Option<T> {}

impl Row {
    /// A column by its name.
    pub(crate) fn try_get<T: Cell>(&self, column: &str) -> Result<T, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }
}

pub(crate) fn corrupt(column: &str, why: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(format!("column {column}: {why}"))
}

/// A TEXT column turned into a checked type.
pub(crate) fn parsed<T>(row: &Row, column: &str) -> Result<T, StoreError>
where
    T: TryFrom<String>,
    T::Error: std::fmt::Display,
{
    T::try_from(row.try_get(column)?).map_err(|e| corrupt(column, e))
}

/// The same for a column that may be NULL.
pub(crate) fn parsed_opt<T>(row: &Row, column: &str) -> Result<Option<T>, StoreError>
where
    T: TryFrom<String>,
    T::Error: std::fmt::Display,
{
    let text: Option<String> = row.try_get(column)?;
    text.map(|t| T::try_from(t).map_err(|e| corrupt(column, e)))
        .transpose()
}

/// A civil date or time, which jiff reads from text.
pub(crate) fn civil<T>(row: &Row, column: &str) -> Result<T, StoreError>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let text: String = row.try_get(column)?;
    text.parse().map_err(|e| corrupt(column, e))
}

/// The same for a column that may be NULL.
pub(crate) fn civil_opt<T>(row: &Row, column: &str) -> Result<Option<T>, StoreError>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let text: Option<String> = row.try_get(column)?;
    text.map(|t| t.parse().map_err(|e| corrupt(column, e)))
        .transpose()
}

/// An instant kept as milliseconds since 1970 UTC.
pub(crate) fn instant(row: &Row, column: &str) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(row.try_get(column)?).map_err(|e| corrupt(column, e))
}

/// The same for a column that may be NULL.
pub(crate) fn instant_opt(row: &Row, column: &str) -> Result<Option<Timestamp>, StoreError> {
    let ms: Option<i64> = row.try_get(column)?;
    ms.map(|ms| Timestamp::from_millisecond(ms).map_err(|e| corrupt(column, e)))
        .transpose()
}

/// A count that must fit in 32 bits.
pub(crate) fn count(row: &Row, column: &str) -> Result<u32, StoreError> {
    let n: i64 = row.try_get(column)?;
    u32::try_from(n).map_err(|e| corrupt(column, e))
}

/// A unit-like enum by its serde name.
pub(crate) fn word<T: serde::de::DeserializeOwned>(column: &str, text: String) -> Result<T, StoreError> {
    serde_json::from_value(Value::String(text)).map_err(|e| corrupt(column, e))
}

/// The serde name of a unit-like enum.
pub(crate) fn name_of<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(Value::String(s)) => Ok(s),
        other => Err(StoreError::Database(format!("not a word: {other:?}"))),
    }
}

/// JSON kept as text.
pub(crate) fn json<T: serde::de::DeserializeOwned>(row: &Row, column: &str) -> Result<T, StoreError> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|e| corrupt(column, e))
}

/// A value as JSON text.
pub(crate) fn text<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Database(e.to_string()))
}

/// The digits of a number that may be absent.
pub(crate) fn digits(number: &Option<PhoneNumber>) -> Option<&str> {
    number.as_ref().map(PhoneNumber::as_str)
}
