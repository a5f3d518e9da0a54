//! Configuration: a command-line option, else its environment variable `HEARTH_…`, else the key in
//! `hearth.toml`, else the default. Parsed once at start; a mistake refuses to start and is named.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use ipnet::IpNet;
use serde::Deserialize;

use crate::app::NodeOptions;
use crate::base::locale::Locale;
use crate::infra::clock::Clock;
use crate::infra::db::{DatabaseUrl, Db, DbOptions};
use crate::infra::house::House;
use crate::infra::lock::identity;
use crate::infra::random::Random;
use crate::web::state::WebConfig;

use super::Failed;

/// Options that every command takes.
#[derive(Debug, Clone, Default, Args)]
pub struct Options {
    /// Address to listen on [default: 127.0.0.1:8080].
    #[arg(long, env = "HEARTH_BIND", global = true, value_name = "ADDR")]
    bind: Option<String>,
    /// Where data lives [default: ./data].
    #[arg(long, env = "HEARTH_DATA_DIR", global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// `sqlite` (a file in the data directory) or postgres://… [default: sqlite].
    #[arg(long, env = "HEARTH_DATABASE_URL", global = true, value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// The site's own address; needed unless bound to loopback.
    #[arg(long, env = "HEARTH_BASE_URL", global = true, value_name = "URL")]
    base_url: Option<String>,
    /// Networks whose forwarded address counts, comma-separated.
    #[arg(long, env = "HEARTH_TRUSTED_PROXIES", global = true, value_name = "CIDR,…")]
    trusted_proxies: Option<String>,
    /// `off` switches every limit in time off, for measuring; loopback only [default: on].
    #[arg(long, env = "HEARTH_RATE_LIMITS", global = true, value_name = "on|off")]
    rate_limits: Option<String>,
    /// Address of a listener of its own for `/metrics`; keep it from the world.
    #[arg(long, env = "HEARTH_METRICS_BIND", global = true, value_name = "ADDR")]
    metrics_bind: Option<String>,
    /// Opens `/metrics` on the site's own address to whoever sends it as a bearer token.
    #[arg(long, env = "HEARTH_METRICS_TOKEN", global = true, value_name = "TOKEN", hide_env_values = true)]
    metrics_token: Option<String>,
    /// `text` or `json` [default: text].
    #[arg(long, env = "HEARTH_LOG_FORMAT", global = true, value_name = "FORMAT")]
    log_format: Option<String>,
    /// What is logged, as tracing directives [default: info].
    #[arg(long, env = "HEARTH_LOG", global = true, value_name = "DIRECTIVES")]
    log: Option<String>,
    /// The configuration file [default: ./hearth.toml if it exists].
    #[arg(long, env = "HEARTH_CONFIG", global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The keys of `hearth.toml`; an unknown key is a mistake.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    bind: Option<String>,
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    base_url: Option<String>,
    trusted_proxies: Option<String>,
    rate_limits: Option<String>,
    metrics_bind: Option<String>,
    metrics_token: Option<String>,
    log_format: Option<String>,
    log: Option<String>,
}

/// What is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read or parsed.
    #[error("{0}: {1}")]
    File(String, String),
    /// A value is wrong.
    #[error("{name}: {problem}")]
    Value {
        /// The option.
        name: &'static str,
        /// What is wrong.
        problem: String,
    },
}

/// The configuration in force.
#[derive(Debug, Clone)]
pub struct Settled {
    /// Address to listen on.
    pub bind: SocketAddr,
    /// Where data lives.
    pub data_dir: PathBuf,
    /// The database.
    pub database: DatabaseUrl,
    /// Settings of the HTTP side.
    pub web: WebConfig,
    /// Listener of its own for the figures.
    pub metrics_bind: Option<SocketAddr>,
    metrics_token: Option<String>,
    log_json: bool,
    log: Option<String>,
}

fn read(options: &Options) -> Result<File, ConfigError> {
    let path = match &options.config {
        Some(path) => path.clone(),
        None if Path::new("hearth.toml").exists() => PathBuf::from("hearth.toml"),
        None => return Ok(File::default()),
    };
    let problem = |e: &dyn std::fmt::Display| ConfigError::File(path.display().to_string(), e.to_string());
    let text = std::fs::read_to_string(&path).map_err(|e| problem(&e))?;
    toml::from_str(&text).map_err(|e| problem(&e))
}

impl Settled {
    /// Merges and checks.
    pub fn new(options: &Options) -> Result<Self, ConfigError> {
        let file = read(options)?;
        let value = |name, problem: String| ConfigError::Value { name, problem };
        let pick = |a: &Option<String>, b: Option<String>| a.clone().or(b);
        let text = pick(&options.bind, file.bind).unwrap_or_else(|| "127.0.0.1:8080".into());
        let bind: SocketAddr =
            text.parse().map_err(|_| value("--bind (HEARTH_BIND)", format!("{text} is not ADDRESS:PORT")))?;
        let loopback = bind.ip().is_loopback();
        let base_url = match pick(&options.base_url, file.base_url) {
            Some(url) => check_base(&url).map_err(|p| value("--base-url (HEARTH_BASE_URL)", p))?,
            None if loopback => format!("http://{bind}"),
            None => {
                let problem = format!("is needed when bound to {bind}, which is not a loopback address");
                return Err(value("--base-url (HEARTH_BASE_URL)", problem));
            }
        };
        let mut trusted_proxies = Vec::new();
        let proxies = pick(&options.trusted_proxies, file.trusted_proxies).unwrap_or_default();
        for part in proxies.split(',').map(str::trim).filter(|p| !p.is_empty()) {
            let net: IpNet = part.parse().map_err(|_| {
                value(
                    "--trusted-proxies (HEARTH_TRUSTED_PROXIES)",
                    format!("{part} is not a network like 10.0.0.0/8"),
                )
            })?;
            trusted_proxies.push(net);
        }
        let rate_limits = match pick(&options.rate_limits, file.rate_limits).as_deref() {
            None | Some("on") => true,
            Some("off") if loopback => false,
            Some("off") => {
                return Err(value(
                    "--rate-limits (HEARTH_RATE_LIMITS)",
                    "off needs a loopback address".into(),
                ));
            }
            Some(other) => {
                return Err(value(
                    "--rate-limits (HEARTH_RATE_LIMITS)",
                    format!("{other} is neither on nor off"),
                ));
            }
        };
        let log_json = match pick(&options.log_format, file.log_format).as_deref() {
            None | Some("text") => false,
            Some("json") => true,
            Some(other) => {
                return Err(value(
                    "--log-format (HEARTH_LOG_FORMAT)",
                    format!("{other} is neither text nor json"),
                ));
            }
        };
        let metrics_bind = match pick(&options.metrics_bind, file.metrics_bind) {
            None => None,
            Some(at) => Some(at.parse().map_err(|_| {
                value("--metrics-bind (HEARTH_METRICS_BIND)", format!("{at} is not ADDRESS:PORT"))
            })?),
        };
        let metrics_token = pick(&options.metrics_token, file.metrics_token);
        if metrics_token.as_ref().is_some_and(|t| t.len() < 16) {
            let problem = "needs at least 16 characters".into();
            return Err(value("--metrics-token (HEARTH_METRICS_TOKEN)", problem));
        }
        let data_dir = options.data_dir.clone().or(file.data_dir).unwrap_or_else(|| PathBuf::from("data"));
        let database = pick(&options.database_url, file.database_url).unwrap_or_default();
        Ok(Self {
            database: database_at(&database, &data_dir)?,
            web: WebConfig { base_url, loopback, trusted_proxies, rate_limits, locale: Locale::default() },
            log: pick(&options.log, file.log),
            bind,
            data_dir,
            metrics_bind,
            metrics_token,
            log_json,
        })
    }

    /// Starts the structured log on standard error. Commands are quiet but for warnings.
    pub fn start_log(&self, serving: bool) {
        let default = if serving { "info,tantivy=warn" } else { "warn" };
        let filter = tracing_subscriber::EnvFilter::try_new(self.log.as_deref().unwrap_or(default))
            .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
        let log = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr);
        if self.log_json {
            log.json().init();
        } else {
            log.init();
        }
    }

    /// The database's options for a server.
    pub fn db_options(&self) -> DbOptions {
        DbOptions::new(self.database.clone())
    }

    /// Where the search index lives.
    pub fn index_dir(&self) -> PathBuf {
        self.data_dir.join("search")
    }

    /// Options of a node.
    pub fn node_options(&self) -> Result<NodeOptions, Failed> {
        let options = NodeOptions::new(self.db_options(), self.index_dir(), self.web.clone());
        let name = identity(&self.data_dir, &options.random)?;
        Ok(NodeOptions { name, metrics_token: self.metrics_token.clone(), ..options })
    }

    /// The house for a command that runs beside a server: it waits longer for the database, and never migrates.
    pub fn house(&self) -> Result<House, Failed> {
        if let Some(path) = self.database.missing() {
            let path = path.display();
            return Err(format!(
                "there is no database at {path}: start the server once, or run `hearth migrate`"
            )
            .into());
        }
        let db = Db::open(&DbOptions { readers: 2, writers: 2, busy_ms: 60_000, ..self.db_options() })?;
        let pending = crate::infra::db::migrate::pending(&db)?;
        if !pending.is_empty() {
            return Err("the database is not migrated: run `hearth migrate` or start the server once".into());
        }
        Ok(House {
            db,
            clock: Clock::System,
            random: Random::system(),
            base_url: self.web.base_url.as_str().into(),
        })
    }
}

fn database_at(text: &str, data_dir: &Path) -> Result<DatabaseUrl, ConfigError> {
    DatabaseUrl::parse(text, data_dir).map_err(|scheme| ConfigError::Value {
        name: "--database-url (HEARTH_DATABASE_URL)",
        problem: format!("{scheme} is no database that this understands: postgres:// or sqlite"),
    })
}

/// Scheme and host, no path, no trailing slash.
fn check_base(url: &str) -> Result<String, String> {
    let url = url.trim_end_matches('/');
    let Some((scheme, host)) = url.split_once("://") else { return Err(format!("{url} has no scheme")) };
    let plain = !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']);
    if !matches!(scheme, "http" | "https") || !plain {
        return Err(format!("{url} is not like https://forum.example"));
    }
    Ok(format!("{scheme}://{}", host.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(change: impl FnOnce(&mut Options)) -> Result<Settled, ConfigError> {
        let mut options = Options::default();
        change(&mut options);
        Settled::new(&options)
    }

    #[test]
    fn loopback_needs_no_base_url_and_others_do() {
        assert_eq!(settle(|_| {}).unwrap().web.base_url, "http://127.0.0.1:8080");
        let error = settle(|o| o.bind = Some("0.0.0.0:80".into())).unwrap_err();
        assert!(error.to_string().contains("--base-url"), "{error}");
        let given = settle(|o| {
            o.bind = Some("0.0.0.0:80".into());
            o.base_url = Some("https://Forum.Example/".into());
        });
        assert_eq!(given.unwrap().web.base_url, "https://forum.example");
    }

    #[test]
    fn mistakes_are_named() {
        for (change, name) in [
            ((|o: &mut Options| o.bind = Some("x".into())) as fn(&mut Options), "HEARTH_BIND"),
            (|o| o.base_url = Some("forum.example".into()), "HEARTH_BASE_URL"),
            (|o| o.trusted_proxies = Some("10.0.0.0/99".into()), "HEARTH_TRUSTED_PROXIES"),
            (|o| o.rate_limits = Some("maybe".into()), "HEARTH_RATE_LIMITS"),
            (|o| o.log_format = Some("xml".into()), "HEARTH_LOG_FORMAT"),
            (|o| o.database_url = Some("mysql://root@db/forum".into()), "mysql"),
        ] {
            let error = settle(change).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
        let exposed = settle(|o| {
            o.bind = Some("0.0.0.0:80".into());
            o.base_url = Some("https://a.example".into());
            o.rate_limits = Some("off".into());
        });
        assert!(exposed.is_err(), "limits cannot be off towards the network");
    }
}
