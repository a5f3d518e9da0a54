//! What the two databases do not share. `on!` type-checks its body once for each connection, so everything
//! that both dialects of diesel support (`on_conflict`, batch inserts, `union`) works inside it.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::Conn;
use crate::base::time::UtcTime;

/// Runs the same diesel expression on whichever database this connection is.
#[macro_export]
macro_rules! on {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::infra::db::Conn::Pg($c) => $body,
            $crate::infra::db::Conn::Sqlite($c) => $body,
        }
    };
}

#[derive(QueryableByName)]
struct At {
    #[diesel(sql_type = BigInt)]
    at: i64,
}

/// One integer column named `n`, for raw counting queries.
#[derive(QueryableByName, Debug)]
pub struct Count {
    /// The number.
    #[diesel(sql_type = BigInt)]
    pub n: i64,
}

/// The database's own clock, which all nodes share. Leases use it, never a node's clock.
pub fn database_now(conn: &mut Conn) -> QueryResult<UtcTime> {
    let sql = match conn {
        Conn::Pg(_) => "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT AS at",
        Conn::Sqlite(_) => "SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER) AS at",
    };
    diesel::sql_query(sql).get_result::<At>(conn).map(|row| UtcTime(row.at))
}

/// ` FOR UPDATE` where rows can be locked one by one; empty on SQLite, whose writes are serial.
pub fn for_update(conn: &Conn) -> &'static str {
    match conn {
        Conn::Pg(_) => " FOR UPDATE",
        Conn::Sqlite(_) => "",
    }
}
