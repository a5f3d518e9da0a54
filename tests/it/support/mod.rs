//! What the tests stand on: throw-away databases, the app in a box, actors.

pub mod databases;
pub mod postgres;

/// Writes one test for both databases. The body gets an open, migrated, empty database.
#[macro_export]
macro_rules! on_both {
    ($(#[$meta:meta])* fn $name:ident($db:ident) $body:block) => {
        $(#[$meta])*
        mod $name {
            use super::*;
            fn body($db: &$crate::support::databases::TestDb) $body
            #[test]
            fn sqlite() {
                body(&$crate::support::databases::TestDb::sqlite());
            }
            #[test]
            fn postgres() {
                body(&$crate::support::databases::TestDb::postgres());
            }
        }
    };
}
