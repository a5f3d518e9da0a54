//! `hearth migrate`.

use clap::Args;

use super::Failed;
use super::config::Settled;
use crate::infra::db::{Db, migrate};
use crate::infra::lock::DataDirLock;

/// Options of `migrate`.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// Only lists what is pending; exit 1 when there is something.
    #[arg(long)]
    check: bool,
}

/// Applies or lists pending migrations.
pub fn run(settled: &Settled, args: &MigrateArgs) -> Result<(), Failed> {
    let _lock =
        if settled.database.is_sqlite() { Some(DataDirLock::acquire(&settled.data_dir)?) } else { None };
    let db = Db::open(&settled.db_options())?;
    if args.check {
        let pending = migrate::pending(&db)?;
        for name in &pending {
            println!("pending {name}");
        }
        return if pending.is_empty() {
            println!("nothing is pending");
            Ok(())
        } else {
            Err(format!("{} pending", pending.len()).into())
        };
    }
    let applied = migrate::run(&db)?;
    for name in &applied {
        println!("applied {name}");
    }
    if applied.is_empty() {
        println!("nothing was pending");
    }
    Ok(())
}
