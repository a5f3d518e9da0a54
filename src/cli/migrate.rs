//! `hearth migrate`.

use clap::Args;

use super::Failed;
use super::config::Settled;
use crate::infra::db::{Db, migrate};
use crate::infra::lock::DataDirLock;

/// Options of `migrate`.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// Only lists what is pending: exit 0 when nothing is, 1 when something is, 2 when that cannot be told.
    #[arg(long)]
    check: bool,
}

/// Applies or lists pending migrations; returns the exit code.
pub fn run(settled: &Settled, args: &MigrateArgs) -> Result<i32, Failed> {
    if args.check {
        // Looks only: beside a server, and without making anything.
        return check(settled).or_else(|error| {
            eprintln!("hearth: {error}");
            Ok(2)
        });
    }
    let _lock =
        if settled.database.is_sqlite() { Some(DataDirLock::acquire(&settled.data_dir)?) } else { None };
    let db = Db::open(&settled.db_options())?;
    let applied = migrate::run(&db)?;
    for name in &applied {
        println!("applied {name}");
    }
    if applied.is_empty() {
        println!("nothing was pending");
    }
    Ok(0)
}

fn check(settled: &Settled) -> Result<i32, Failed> {
    if let Some(path) = settled.database.missing() {
        println!("pending: everything; there is no database at {} yet", path.display());
        return Ok(1);
    }
    let pending = migrate::pending(&Db::open(&settled.db_options())?)?;
    for name in &pending {
        println!("pending {name}");
    }
    if pending.is_empty() {
        println!("nothing is pending");
    }
    Ok(i32::from(!pending.is_empty()))
}
