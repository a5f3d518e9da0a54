//! The command line: one file per command.

pub mod config;
mod doctor;
mod import;
mod member;
mod migrate;
mod rebuild;
mod search;
mod seed;
mod serve;
mod token;

use clap::{Parser, Subcommand};

use config::{Options, Settled};

/// Why a command failed; printed as it is, exit code 1.
pub type Failed = Box<dyn std::error::Error>;

/// A community forum engine.
#[derive(Debug, Parser)]
#[command(name = "hearth", version, about, args_conflicts_with_subcommands = false)]
struct Line {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the forum. With no command this is meant.
    Serve(serve::ServeArgs),
    /// Applies pending migrations.
    Migrate(migrate::MigrateArgs),
    /// Brings in another community.
    #[command(subcommand)]
    Import(import::Source),
    /// Builds the search index anew; the site stays up.
    Reindex,
    /// Recomputes what is derived; the site stays up.
    Rebuild(rebuild::RebuildArgs),
    /// Checks configuration, database, counters, index: exit 0 when sound.
    Doctor,
    /// Makes a synthetic community, for measuring.
    Seed(seed::SeedArgs),
    /// How well search finds what people mean.
    #[command(subcommand)]
    Search(search::SearchCommand),
    /// Accounts from the shell.
    #[command(subcommand)]
    Member(member::MemberCommand),
    /// API tokens from the shell.
    #[command(subcommand)]
    Token(token::TokenCommand),
}

/// Parses the command line and runs it; returns the exit code.
pub fn main() -> i32 {
    let line = Line::parse();
    let settled = match Settled::new(&line.options) {
        Ok(settled) => settled,
        Err(error) => {
            eprintln!("hearth: {error}");
            return 2;
        }
    };
    let command = line.command.unwrap_or(Command::Serve(serve::ServeArgs::default()));
    settled.start_log(matches!(command, Command::Serve(_)));
    let done = match command {
        Command::Serve(args) => serve::run(&settled, &args).map(|()| 0),
        Command::Migrate(args) => migrate::run(&settled, &args),
        Command::Import(source) => import::run(&settled, &source).map(|()| 0),
        Command::Reindex => rebuild::reindex(&settled).map(|()| 0),
        Command::Rebuild(args) => rebuild::run(&settled, &args).map(|()| 0),
        Command::Seed(args) => seed::run(&settled, &args).map(|()| 0),
        Command::Search(command) => search::run(&command).map(|()| 0),
        Command::Doctor => doctor::run(&settled),
        Command::Member(command) => member::run(&settled, &command).map(|()| 0),
        Command::Token(command) => token::run(&settled, &command).map(|()| 0),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("hearth: {error}");
            1
        }
    }
}
