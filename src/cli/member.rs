//! `hearth member …`.

use std::io::Read;

use clap::Subcommand;

use super::Failed;
use super::config::Settled;
use crate::base::actor::Role;
use crate::people::accounts::password::{Password, hash_now};
use crate::people::accounts::{self, links, service, standing};

/// Accounts from the shell; these run beside a server.
#[derive(Debug, Subcommand)]
pub enum MemberCommand {
    /// Makes an account; without --password-stdin prints a one-time link for a password.
    Create {
        /// Handle.
        #[arg(long)]
        username: String,
        /// E-mail; counts as confirmed.
        #[arg(long)]
        email: String,
        /// member, expert, moderator, operator or administrator.
        #[arg(long, default_value = "member")]
        role: String,
        /// Reads the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Gives a role.
    Role {
        /// Handle.
        username: String,
        /// member, expert, moderator, operator or administrator.
        role: String,
    },
    /// Prints a one-time link, good for 24 hours, that sets a new password.
    ResetPassword {
        /// Handle.
        username: String,
    },
}

fn role(name: &str) -> Result<Role, Failed> {
    Role::parse(name).ok_or_else(|| format!("{name} is not a role").into())
}

/// Runs one of them.
pub fn run(settled: &Settled, command: &MemberCommand) -> Result<(), Failed> {
    let house = settled.house()?;
    match command {
        MemberCommand::Create { username, email, role: name, password_stdin } => {
            let role = role(name)?;
            let hash = if *password_stdin {
                let mut text = String::new();
                std::io::stdin().read_to_string(&mut text)?;
                let chosen = Password::choose(text.trim_end_matches(['\r', '\n']))?;
                chosen.judge_now(&[username.clone(), email.clone()])?;
                Some(hash_now(&chosen)?)
            } else {
                None
            };
            let (cx, username, email, hashed) =
                (house.clone(), username.clone(), email.clone(), hash.is_some());
            let name = username.clone();
            house.db.write_now(move |c| {
                let now = cx.clock.now();
                service::create_by_house(c, &cx, &username, Some(&email), role, hash.as_deref(), now)
            })?;
            println!("made @{name} ({})", role.name());
            if !hashed {
                print_link(settled, &house, &name)?;
            }
        }
        MemberCommand::Role { username, role: name } => {
            let (cx, username, role) = (house.clone(), username.clone(), role(name)?);
            let member = house
                .db
                .write_now(move |c| standing::set_role(c, &cx, None, &username, role))
                .map_err(absent)?;
            println!("@{} is now {}", member.handle, role.name());
        }
        MemberCommand::ResetPassword { username } => print_link(settled, &house, username)?,
    }
    Ok(())
}

fn absent(error: accounts::Error) -> Failed {
    match error {
        accounts::Error::Absent => "no such member".into(),
        other => other.into(),
    }
}

fn print_link(settled: &Settled, house: &crate::infra::house::House, username: &str) -> Result<(), Failed> {
    let (cx, name) = (house.clone(), username.to_owned());
    let token = house.db.write_now(move |c| links::issue_password(c, &cx, None, &name)).map_err(absent)?;
    println!("{}/password?token={token}", settled.web.base_url);
    Ok(())
}
