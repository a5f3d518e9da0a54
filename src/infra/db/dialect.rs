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

/// Bytes that the database takes, as it reckons itself.
pub fn stored_bytes(conn: &mut Conn) -> QueryResult<i64> {
    let sql = match conn {
        Conn::Pg(_) => "SELECT pg_database_size(current_database()) AS n",
        Conn::Sqlite(_) => "SELECT page_count * page_size AS n FROM pragma_page_count(), pragma_page_size()",
    };
    diesel::sql_query(sql).get_result::<Count>(conn).map(|row| row.n)
}

/// The highest id that `table` ever gave, also to rows that are gone; 0 when it never gave one.
pub fn last_id(conn: &mut Conn, table: &'static str) -> QueryResult<i64> {
    let sql = match conn {
        Conn::Pg(_) => format!(
            "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence('{table}', 'id')::regclass), 0) AS n"
        ),
        Conn::Sqlite(_) => {
            format!("SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = '{table}'), 0) AS n")
        }
    };
    diesel::sql_query(sql).get_result::<Count>(conn).map(|row| row.n)
}

/// Makes sure that the database by itself gives no id of `table` up to `id` any more, before rows with ids of
/// another community are added.
pub fn reserve_ids(conn: &mut Conn, table: &'static str, id: i64) -> QueryResult<()> {
    let sql = match conn {
        Conn::Pg(_) => format!(
            "SELECT setval(seq, $1) FROM (SELECT pg_get_serial_sequence('{table}', 'id')::regclass AS seq) AS s \
             WHERE COALESCE(pg_sequence_last_value(seq), 0) < $1"
        ),
        Conn::Sqlite(_) => {
            // AUTOINCREMENT takes its number from here; the table of counts has no unique name to rely on.
            let present = last_id(conn, table)? > 0;
            if present {
                format!("UPDATE sqlite_sequence SET seq = MAX(seq, $1) WHERE name = '{table}'")
            } else {
                format!("INSERT INTO sqlite_sequence (name, seq) VALUES ('{table}', $1)")
            }
        }
    };
    diesel::sql_query(sql).bind::<BigInt, _>(id).execute(conn).map(drop)
}

/// ` FOR UPDATE` where rows can be locked one by one; empty on SQLite, whose writes are serial.
pub fn for_update(conn: &Conn) -> &'static str {
    match conn {
        Conn::Pg(_) => " FOR UPDATE",
        Conn::Sqlite(_) => "",
    }
}
