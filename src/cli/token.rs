//! `hearth token …`.

use clap::Subcommand;

use super::Failed;
use super::config::Settled;
use crate::base::time::DAY;
use crate::people::accounts;
use crate::people::sessions::tokens;
use crate::web::AppError;
use crate::web::error::HttpFault;

/// API tokens from the shell.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Prints a new token, for the only time.
    Create {
        /// Handle of its owner.
        #[arg(long)]
        member: String,
        /// Comma-separated: all, read, write, moderate, admin.
        #[arg(long, default_value = "all")]
        scopes: String,
        /// Like 30d; for good without.
        #[arg(long)]
        expires: Option<String>,
    },
}

fn days(text: &str) -> Result<i64, Failed> {
    text.strip_suffix('d')
        .and_then(|n| n.parse::<i64>().ok())
        .filter(|n| (1..=3_650).contains(n))
        .ok_or_else(|| format!("--expires: {text} is not like 30d").into())
}

/// Runs it.
pub fn run(settled: &Settled, command: &TokenCommand) -> Result<(), Failed> {
    let TokenCommand::Create { member, scopes, expires } = command;
    let scopes = tokens::parse_scopes(scopes).ok_or("--scopes: unknown scope")?;
    let house = settled.house()?;
    let expires = expires.as_deref().map(days).transpose()?.map(|d| house.clock.now().plus(d * DAY));
    let (cx, name) = (house.clone(), member.clone());
    let token = house.db.write_now(move |c| {
        let owner = accounts::store::by_handle(c, &name)?.ok_or(HttpFault::Absent)?;
        Ok::<_, AppError>(tokens::create(c, &cx, owner.id, "command line", &scopes, expires)?)
    });
    match token {
        Ok(token) => {
            println!("{token}");
            Ok(())
        }
        Err(e) if e.0.code() == "not_found" => Err(format!("there is no member {member}").into()),
        Err(e) => Err(e.into()),
    }
}
