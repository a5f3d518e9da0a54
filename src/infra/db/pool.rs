//! A bounded pool of connections (r2d2), the same for both databases.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{self, ManageConnection};

use super::connect::{self, Access};
use super::{Conn, DatabaseUrl, DbError};

pub(super) struct Manager {
    url: DatabaseUrl,
    access: Access,
    busy_ms: u32,
}

/// r2d2 wants an error that implements `std::error::Error`; [`DbError`] is one.
impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = DbError;

    fn connect(&self) -> Result<Conn, DbError> {
        connect::open(&self.url, self.access, self.busy_ms)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), DbError> {
        conn.batch_execute("SELECT 1").map_err(DbError::from)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        use diesel::connection::{Connection, TransactionManager};
        std::thread::panicking()
            || <Conn as Connection>::TransactionManager::is_broken_transaction_manager(conn)
    }
}

pub(super) type Pool = r2d2::Pool<Manager>;

pub(super) fn build(url: &DatabaseUrl, access: Access, size: u32, busy_ms: u32) -> Result<Pool, DbError> {
    r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(Duration::from_secs(5))
        .test_on_check_out(!url.is_sqlite())
        .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
        .build(Manager { url: url.clone(), access, busy_ms })
        .map_err(|e| DbError::Unavailable(e.to_string()))
}

pub(super) fn get(pool: &Pool) -> Result<r2d2::PooledConnection<Manager>, DbError> {
    pool.get().map_err(|e| DbError::Unavailable(e.to_string()))
}
