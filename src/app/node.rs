//! One node: everything a running Hearth consists of, wired together.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use actix_web::web::Data;

use crate::app::metrics::MetricsToken;
use crate::app::subscribers::{self, Followers};
use crate::content::threads::views::ViewBuffer;
use crate::infra::clock::Clock;
use crate::infra::db::migrate::{self, MigrateError};
use crate::infra::db::{Db, DbError, DbOptions};
use crate::infra::house::House;
use crate::infra::random::Random;
use crate::infra::telemetry;
use crate::pages::shell::Frame;
use crate::people::accounts;
use crate::people::accounts::password::PasswordPool;
use crate::people::sessions::Sessions;
use crate::reach::related::Walk;
use crate::reach::search::Search;
use crate::reach::search::analysis::Analysis;
use crate::reach::search::index::{DEFAULT_MEMORY, IndexError, SearchIndex};
use crate::reach::search_log::SearchLog;
use crate::site::settings;
use crate::web::Web;
use crate::web::cache::PageCache;
use crate::web::cache::follow::Follow;
use crate::web::limits::SoftLimits;
use crate::web::state::WebConfig;

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be reached.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The database cannot be brought up to this binary.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The search index cannot be opened.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The server cannot listen.
    #[error("cannot listen: {0}")]
    Listen(#[from] std::io::Error),
    /// The configuration is wrong.
    #[error("{0}")]
    Config(String),
}

/// What a node is built from.
pub struct NodeOptions {
    /// The node's name: that of its data directory, whose lock the process holds. What leases the last process of
    /// that name held, a new one takes over at once.
    pub name: String,
    /// The database.
    pub db: DbOptions,
    /// Where the search index lives.
    pub index_dir: PathBuf,
    /// Settings of the HTTP side.
    pub web: WebConfig,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Where chance comes from.
    pub random: Random,
    /// Bytes each index writer may use.
    pub index_memory: usize,
    /// What opens `/metrics` on the site's own listener.
    pub metrics_token: Option<String>,
}

impl NodeOptions {
    /// The defaults of a server without a name of its own.
    pub fn new(db: DbOptions, index_dir: PathBuf, web: WebConfig) -> Self {
        let random = Random::system();
        Self {
            name: random.public_id(),
            db,
            index_dir,
            web,
            clock: Clock::System,
            random,
            index_memory: DEFAULT_MEMORY,
            metrics_token: None,
        }
    }
}

/// A node. Cheap to clone.
#[derive(Clone)]
pub struct Node {
    /// Its name among the nodes of the site.
    pub name: Arc<str>,
    /// The injected outside world.
    pub house: House,
    /// What handlers share.
    pub web: Data<Web>,
    /// The bounded pool for passwords.
    pub passwords: Data<PasswordPool>,
    /// Views that wait to be written.
    pub views: Data<ViewBuffer>,
    /// Searches that wait to be written.
    pub search_log: Data<SearchLog>,
    /// The search of this node.
    pub search: Data<Search>,
    /// How far related threads were looked for.
    pub related: Arc<Walk>,
    /// Finished pages for readers without an account.
    pub pages: Data<PageCache>,
    /// Where those stand in the log.
    pub pages_follow: Arc<Mutex<Follow>>,
    /// Who may read the figures.
    pub metrics: Data<MetricsToken>,
    /// The readers of the log that run here.
    pub followers: Arc<Followers>,
}

impl Node {
    /// Opens and migrates the database, opens the index, wires the rooms.
    pub fn start(options: NodeOptions) -> Result<Self, StartError> {
        let db = Db::open(&options.db)?;
        let applied = migrate::run(&db)?;
        if !applied.is_empty() {
            tracing::info!(migrations = applied.len(), "the database was migrated");
        }
        Self::assemble(db, options)
    }

    /// [`Node::start`] on an open, migrated database.
    pub fn assemble(db: Db, options: NodeOptions) -> Result<Self, StartError> {
        if telemetry::recorder().is_none() {
            tracing::warn!("nothing records the figures of this process");
        }
        db.memory().begin(options.clock.clone());
        let house = House {
            db,
            clock: options.clock,
            random: options.random,
            base_url: options.web.base_url.as_str().into(),
        };
        let random = house.random.clone();
        let key =
            house.db.write_now(move |c| settings::secret(c, &random, "forms").map_err(DbError::from))?;
        let named = house.db.write_now(|c| accounts::store::name_all(c).map_err(DbError::from))?;
        if named > 0 {
            tracing::info!(members = named, "members can be looked for by name");
        }
        let analysis = Analysis::new();
        let index = match SearchIndex::open(&options.index_dir, &analysis, options.index_memory) {
            // The engine knows damage by many names; what is derived can always be built anew.
            Err(error @ (IndexError::Corrupt(_) | IndexError::Engine(_))) => {
                tracing::warn!(%error, "the search index cannot be opened and is built anew");
                SearchIndex::discard(&options.index_dir)?;
                SearchIndex::open(&options.index_dir, &analysis, options.index_memory)?
            }
            opened => opened?,
        };
        let web = Web {
            soft: SoftLimits::new(options.web.rate_limits),
            actors: Arc::new(Sessions::new(house.clone())),
            shells: Arc::new(Frame),
            house: house.clone(),
            config: options.web,
            node: options.name.as_str().into(),
            files: options.index_dir,
            key,
        };
        Ok(Self {
            // Whoever is a node holds the lock of its directory, so leases in its name are its own.
            followers: Arc::new(subscribers::followers(&options.name)),
            name: options.name.into(),
            web: Data::new(web),
            passwords: Data::new(PasswordPool::default()),
            views: Data::new(ViewBuffer::new(key)),
            search_log: Data::new(SearchLog::new(house.random.clone())),
            search: Data::new(Search { index: Arc::new(index), analysis }),
            related: Arc::default(),
            pages: Data::new(PageCache::default()),
            pages_follow: Arc::default(),
            metrics: Data::new(MetricsToken(options.metrics_token)),
            house,
        })
    }

    /// Lets every reader of the log catch up, now. For tests and commands.
    pub fn settle(&self) -> Result<(), StartError> {
        loop {
            let mut moved = 0;
            // All the way, so that a long backlog costs the index one catching up and not one a step.
            while self.followers.step(&self.house.db)? > 0 {
                moved += 1;
            }
            moved += subscribers::pages_step(self)?;
            moved += subscribers::index_step(&self.house.db, &self.search.index)
                .map_err(|e| StartError::Config(e.to_string()))?;
            if moved == 0 {
                return Ok(());
            }
        }
    }
}
