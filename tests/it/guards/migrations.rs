//! Migration twins: the same names in both dialects, up-down-up leaves the same schema, and both dialects make
//! what `infra/db/schema` says.

use std::collections::{BTreeMap, BTreeSet};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use hearth::infra::db::{Conn, DatabaseUrl, Db, DbOptions, migrate};

use super::files::sources;
use crate::support::postgres;

type Tables = BTreeMap<String, Vec<(String, String)>>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    column_type: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

#[derive(QueryableByName, Debug, PartialEq, Eq)]
struct Object {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

fn columns(conn: &mut Conn) -> Tables {
    let sql = match conn {
        Conn::Pg(_) => {
            "SELECT table_name::TEXT, column_name::TEXT, data_type::TEXT AS column_type, is_nullable = 'YES' AS nullable \
             FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
        }
        Conn::Sqlite(_) => {
            "SELECT m.name AS table_name, c.name AS column_name, c.type AS column_type, c.\"notnull\" = 0 AS nullable \
             FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' \
             ORDER BY m.name, c.cid"
        }
    };
    let mut tables = Tables::new();
    for c in diesel::sql_query(sql).load::<Column>(conn).unwrap() {
        if c.table_name.starts_with("__diesel") {
            continue;
        }
        let plain = match c.column_type.to_ascii_lowercase().as_str() {
            "bigint" => "BigInt",
            "smallint" => "SmallInt",
            "integer" if matches!(conn, Conn::Sqlite(_)) && c.column_name == "id" => "BigInt",
            "integer" => "Integer",
            "text" => "Text",
            "boolean" => "Bool",
            "double precision" => "Double",
            "blob" | "bytea" => "Binary",
            other => panic!("{}.{}: no portable type {other}", c.table_name, c.column_name),
        };
        let typed = if c.nullable { format!("Nullable<{plain}>") } else { plain.to_owned() };
        tables.entry(c.table_name).or_default().push((c.column_name, typed));
    }
    tables
}

fn objects(conn: &mut Conn) -> Vec<Object> {
    let sql = match conn {
        Conn::Pg(_) => {
            "SELECT indexname::TEXT AS name, indexdef AS definition FROM pg_indexes WHERE schemaname = 'public' \
             UNION ALL SELECT trigger_name::TEXT, action_statement::TEXT FROM information_schema.triggers ORDER BY 1, 2"
        }
        Conn::Sqlite(_) => {
            "SELECT name, COALESCE(sql, '') AS definition FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY 1, 2"
        }
    };
    diesel::sql_query(sql).load(conn).unwrap()
}

/// What `infra/db/schema` declares.
fn declared() -> Tables {
    let text = super::files::schema();
    let mut tables = Tables::new();
    for block in text.split("diesel::table! {").skip(1) {
        let block = &block[..block.find("\n}").unwrap()];
        let name = block.trim_start().split(' ').next().unwrap().to_owned();
        let cols = block
            .lines()
            .filter_map(|l| l.trim().trim_end_matches(',').split_once(" -> "))
            .map(|(c, t)| (c.to_owned(), t.to_owned()))
            .collect();
        tables.insert(name, cols);
    }
    tables
}

fn indexes(conn: &mut Conn) -> BTreeSet<String> {
    objects(conn)
        .into_iter()
        .map(|o| o.name)
        .filter(|n| !n.ends_with("_pkey") && !n.starts_with("__"))
        .collect()
}

fn empty_sqlite(dir: &tempfile::TempDir) -> Conn {
    let db = Db::open(&DbOptions::new(DatabaseUrl::Sqlite(dir.path().join("x.db")))).unwrap();
    db.dedicated().unwrap()
}

fn empty_postgres() -> Conn {
    Conn::Pg(PgConnection::establish(&postgres::empty()).unwrap())
}

fn up_down_up(conn: &mut Conn) {
    migrate::up(conn).unwrap();
    let first = objects(conn);
    migrate::down(conn).unwrap();
    assert!(columns(conn).is_empty(), "down leaves tables behind");
    migrate::up(conn).unwrap();
    assert_eq!(first, objects(conn));
    assert_eq!(columns(conn), declared());
}

#[test]
fn up_down_up_leaves_the_declared_schema_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    up_down_up(&mut empty_sqlite(&dir));
}

#[test]
fn up_down_up_leaves_the_declared_schema_on_postgres() {
    up_down_up(&mut empty_postgres());
}

#[test]
fn both_dialects_have_the_same_migrations_and_indexes() {
    let names = |dir: &str| -> BTreeSet<String> {
        sources(dir, &[".sql"])
            .iter()
            .map(|p| {
                p.iter().rev().take(2).map(|n| n.to_string_lossy().into_owned()).collect::<Vec<_>>().join("<")
            })
            .collect()
    };
    assert_eq!(names("migrations/sqlite"), names("migrations/postgres"));
    let dir = tempfile::tempdir().unwrap();
    let (mut sqlite, mut pg) = (empty_sqlite(&dir), empty_postgres());
    migrate::up(&mut sqlite).unwrap();
    migrate::up(&mut pg).unwrap();
    let tables: BTreeSet<String> = declared().into_keys().collect();
    let of = |conn: &mut Conn| -> BTreeSet<String> {
        indexes(conn).into_iter().filter(|n| !tables.contains(n) && !n.starts_with("audit_entries")).collect()
    };
    assert_eq!(of(&mut sqlite), of(&mut pg));
}

#[test]
fn a_database_of_a_newer_release_is_refused() {
    let db = crate::support::databases::TestDb::sqlite();
    let mut conn = db.dedicated().unwrap();
    conn.batch_execute("UPDATE schema_info SET min_compatible = 1000000").unwrap();
    assert!(matches!(migrate::run(&db), Err(migrate::MigrateError::TooNew { needed: 1_000_000 })));
}

#[test]
fn audit_entries_cannot_be_changed_or_removed() {
    let dir = tempfile::tempdir().unwrap();
    for mut conn in [empty_sqlite(&dir), empty_postgres()] {
        migrate::up(&mut conn).unwrap();
        conn.batch_execute(
            "INSERT INTO audit_entries (action, subject, detail, recorded_at) VALUES ('a', 'b', 'c', 1)",
        )
        .unwrap();
        assert!(conn.batch_execute("UPDATE audit_entries SET action = 'x'").is_err());
        assert!(conn.batch_execute("DELETE FROM audit_entries").is_err());
    }
}
