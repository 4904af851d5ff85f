//! One query text for both databases: `$1` for values, TEXT and BIGINT only.

use std::borrow::Cow;

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Postgres, Sqlite};

use crate::StoreError;
use crate::pool::{On, Pool, Tx, in_time};
use crate::row::Row;

/// A value of a query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'q> {
    Text(Option<Cow<'q, str>>),
    Int(Option<i64>),
}

/// PostgreSQL keeps no NUL in a text. It is replaced for both, so that both keep the same.
fn without_nul(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        text
    }
}

impl<'q> From<Option<&'q str>> for Value<'q> {
    fn from(text: Option<&'q str>) -> Self {
        Self::Text(text.map(|t| without_nul(t.into())))
    }
}

impl From<Option<String>> for Value<'_> {
    fn from(text: Option<String>) -> Self {
        Self::Text(text.map(|t| without_nul(t.into())))
    }
}

impl<'q> From<&'q Option<String>> for Value<'q> {
    fn from(text: &'q Option<String>) -> Self {
        text.as_deref().into()
    }
}

impl<'q> From<&'q str> for Value<'q> {
    fn from(text: &'q str) -> Self {
        Some(text).into()
    }
}

impl<'q> From<&'q String> for Value<'q> {
    fn from(text: &'q String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Some(text).into()
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

/// A query with its values.
pub(crate) struct Query<'q> {
    sql: &'static str,
    values: Vec<Value<'q>>,
}

/// A query without values yet.
pub(crate) fn query<'q>(sql: &'static str) -> Query<'q> {
    Query {
        sql,
        values: Vec::new(),
    }
}

/// The query in the dress of one database.
macro_rules! bound {
    ($query:expr, $database:ty) => {{
        let mut bound = sqlx::query::<$database>($query.sql);
        for value in $query.values {
            bound = match value {
                Value::Text(text) => bound.bind(text),
                Value::Int(number) => bound.bind(number),
            };
        }
        bound
    }};
}

impl<'q> Query<'q> {
    /// Adds the next value.
    pub(crate) fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.values.push(value.into());
        self
    }

    fn sqlite(self) -> sqlx::query::Query<'q, Sqlite, SqliteArguments> {
        bound!(self, Sqlite)
    }

    fn postgres(self) -> sqlx::query::Query<'q, Postgres, PgArguments> {
        bound!(self, Postgres)
    }

    /// Runs it; gives the number of rows that it changed.
    pub(crate) async fn execute(self, on: impl Into<On<'_>>) -> Result<u64, StoreError> {
        Ok(match on.into() {
            On::Pool(Pool::Sqlite(on)) => self.sqlite().execute(on).await?.rows_affected(),
            On::Tx(Tx::Sqlite(on)) => self.sqlite().execute(&mut **on).await?.rows_affected(),
            On::Pool(Pool::Postgres(on)) => in_time(self.postgres().execute(on.ready()?))
                .await?
                .rows_affected(),
            On::Tx(Tx::Postgres(on)) => in_time(self.postgres().execute(&mut **on)).await?.rows_affected(),
        })
    }

    /// Runs it; gives all rows.
    pub(crate) async fn fetch_all(self, on: impl Into<On<'_>>) -> Result<Vec<Row>, StoreError> {
        Ok(match on.into() {
            On::Pool(Pool::Sqlite(on)) => rows(self.sqlite().fetch_all(on).await?),
            On::Tx(Tx::Sqlite(on)) => rows(self.sqlite().fetch_all(&mut **on).await?),
            On::Pool(Pool::Postgres(on)) => rows(in_time(self.postgres().fetch_all(on.ready()?)).await?),
            On::Tx(Tx::Postgres(on)) => rows(in_time(self.postgres().fetch_all(&mut **on)).await?),
        })
    }

    /// Runs it; gives what each row holds.
    pub(crate) async fn all<T>(
        self,
        on: impl Into<On<'_>>,
        read: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.fetch_all(on).await?.iter().map(read).collect()
    }

    /// Runs a query that has at most one row; gives what it holds.
    pub(crate) async fn one<T>(
        self,
        on: impl Into<On<'_>>,
        read: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.fetch_optional(on).await?.as_ref().map(read).transpose()
    }

    /// Runs a query that has at most one row.
    pub(crate) async fn fetch_optional(self, on: impl Into<On<'_>>) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch_all(on).await?.pop())
    }
}

fn rows<R: Into<Row>>(rows: Vec<R>) -> Vec<Row> {
    rows.into_iter().map(Into::into).collect()
}
