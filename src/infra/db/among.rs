//! `column IN (…)` as a statement that stays prepared. Diesel's own `eq_any` writes a list of every length there is and
//! so has each prepared anew, which for a few rows costs more than finding them.

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping, is_aggregate,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, SingleValue, SqlType};
use diesel::{QueryResult, QuerySource};

/// Lists are filled up to powers of two, so that few statements differ; longer ones to a multiple of this.
const LONGEST: usize = 512;

/// A column that holds one of some values.
#[derive(Debug, Clone)]
pub struct Among<C, T> {
    column: C,
    values: Vec<T>,
}

/// [`Self::among`] for columns.
pub trait OneOf: Expression + Sized {
    /// Whether the column holds one of `values`; false without any.
    fn among<T: Clone>(self, values: impl IntoIterator<Item = T>) -> Among<Self, T> {
        let mut values: Vec<T> = values.into_iter().collect();
        if let Some(last) = values.last().cloned() {
            let count = values.len();
            let full =
                if count > LONGEST { count.next_multiple_of(LONGEST) } else { count.next_power_of_two() };
            values.resize(full, last);
        }
        Among { column: self, values }
    }
}

impl<C: Expression> OneOf for C {}

impl<C, T, DB> QueryFragment<DB> for Among<C, T>
where
    C: Expression + QueryFragment<DB>,
    C::SqlType: SqlType + SingleValue,
    T: ToSql<C::SqlType, DB>,
    DB: Backend + HasSqlType<C::SqlType>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let Some((first, others)) = self.values.split_first() else {
            out.push_sql("1 = 0");
            return Ok(());
        };
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (");
        out.push_bind_param::<C::SqlType, T>(first)?;
        for value in others {
            out.push_sql(", ");
            out.push_bind_param::<C::SqlType, T>(value)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

/// The length of the list is no part of the type: statements are told apart by their text.
impl<C, T> QueryId for Among<C, T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, T> Expression for Among<C, T>
where
    C: Expression,
    C::SqlType: TypedExpressionType,
{
    type SqlType = Bool;
}

impl<C: Expression, T, S> AppearsOnTable<S> for Among<C, T> where C: AppearsOnTable<S> {}
impl<C, T, S: QuerySource> SelectableExpression<S> for Among<C, T> where C: SelectableExpression<S> {}
impl<C, T> ValidGrouping<()> for Among<C, T> {
    type IsAggregate = is_aggregate::No;
}
