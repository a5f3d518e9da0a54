//! What the tests stand on: throw-away databases, the app in a box, actors.

pub mod app;
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

/// Writes one test for both databases. The body gets the whole app.
#[macro_export]
macro_rules! app_on_both {
    ($(#[$meta:meta])* async fn $name:ident($app:ident) $body:block) => {
        $(#[$meta])*
        mod $name {
            use super::*;
            async fn body($app: &$crate::support::app::App) $body
            #[actix_web::test]
            async fn sqlite() {
                body(&$crate::support::app::App::sqlite()).await;
            }
            #[actix_web::test]
            async fn postgres() {
                body(&$crate::support::app::App::postgres()).await;
            }
        }
    };
}
