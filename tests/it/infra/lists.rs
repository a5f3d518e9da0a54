//! Rows by a list of values, of any length.

use diesel::prelude::*;
use hearth::infra::db::DbError;
use hearth::infra::db::among::OneOf as _;
use hearth::infra::db::schema::settings;

use crate::on_both;

on_both! {
    fn a_list_of_any_length_finds_what_it_names_and_an_empty_one_nothing(db) {
        let rows = (0..700).map(|n| format!("('list.{n:03}', '{n}', 0)")).collect::<Vec<_>>().join(", ");
        db.write_now(move |c| {
            let sql = format!("INSERT INTO settings (name, value, updated_at) VALUES {rows}");
            diesel::connection::SimpleConnection::batch_execute(c, &sql).map_err(DbError::from)
        })
        .unwrap();
        for count in [0, 1, 2, 3, 5, 8, 17, 511, 513, 700, 3, 0] {
            let names = (0..count).map(|n| format!("list.{n:03}"));
            let mut found: Vec<String> = db
                .read_now(|c| {
                    let named = settings::table.filter(settings::name.among(names.clone()));
                    named.select(settings::value).load(c).map_err(DbError::from)
                })
                .unwrap();
            found.sort_by_key(|value| value.parse::<u32>().unwrap());
            assert_eq!(found, (0..count).map(|n| n.to_string()).collect::<Vec<_>>());
        }
    }
}
