//! `hearth serve`.

use std::net::TcpListener;

use clap::Args;

use super::Failed;
use super::config::Settled;
use crate::app::{Node, server};
use crate::infra::db::DbError;
use crate::infra::lock::DataDirLock;
use crate::pages::access::needs_first;
use crate::people::accounts::links::{self, Purpose};
use crate::transfer::demo;

/// Options of `serve`.
#[derive(Debug, Default, Args)]
pub struct ServeArgs {
    /// Fills an empty database with a small community and prints logins.
    #[arg(long)]
    demo: bool,
}

/// Migrates, opens and serves until SIGTERM.
pub fn run(settled: &Settled, args: &ServeArgs) -> Result<(), Failed> {
    let _lock = DataDirLock::acquire(&settled.data_dir)?;
    let listener =
        TcpListener::bind(settled.bind).map_err(|e| format!("cannot listen on {}: {e}", settled.bind))?;
    let figures = match settled.metrics_bind {
        Some(at) => Some(TcpListener::bind(at).map_err(|e| format!("cannot listen on {at}: {e}"))?),
        None => None,
    };
    if !settled.web.https() {
        tracing::warn!("the site is served over plain http: cookies are not marked secure");
    }
    let node = Node::start(settled.node_options()?)?;
    if args.demo {
        fill_demo(&node)?;
    }
    first_link(&node)?;
    tracing::info!(address = settled.web.base_url, "Hearth is running");
    println!("Hearth is running at {}", settled.web.base_url);
    actix_web::rt::System::new().block_on(server::serve(node, listener, figures))?;
    Ok(())
}

/// Until an administrator exists, each start prints a link to make the first one.
fn first_link(node: &Node) -> Result<(), Failed> {
    let now = node.house.clock.now();
    if !node.house.db.write_now(move |c| needs_first(c, now))? {
        return Ok(());
    }
    let house = node.house.clone();
    let token =
        node.house.db.write_now(move |c| links::issue(c, &house, Purpose::FirstAdministrator, None, None))?;
    println!(
        "\nNobody administers this site yet. This link makes the first administrator; it is good for 24 hours:"
    );
    println!("  {}/first-administrator?token={token}\n", node.web.config.base_url);
    Ok(())
}

fn fill_demo(node: &Node) -> Result<(), Failed> {
    let empty =
        node.house.db.read_now(|c| crate::people::accounts::store::count(c).map_err(DbError::from))? == 0;
    if !empty {
        println!("--demo: the database already holds a community; nothing was added.");
        return Ok(());
    }
    println!("The demo community is being written; this takes a few seconds.");
    let logins = demo::fill(&node.house)?;
    node.settle()?;
    println!("\nLogins of the demo, with passwords made for this database alone:");
    for login in logins {
        println!("  {:<14} {:<14} {}", login.role.name(), login.handle, login.password);
    }
    println!();
    Ok(())
}
