//! A PostgreSQL cluster for one run of the tests: made in a temporary directory, on a Unix socket, owned by an
//! unprivileged user, gone when the test process ends, however it ends. `DATABASE_URL` names a server of
//! one's own instead (its user must be allowed to create databases).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use hearth::infra::db::{DatabaseUrl, Db, DbOptions, migrate};

struct Server {
    /// URL without a database name, ending in `/`, and what follows the name.
    base: String,
    suffix: String,
    template: String,
}

static SERVER: OnceLock<Server> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(0);

impl Server {
    fn url(&self, name: &str) -> String {
        format!("{}{name}{}", self.base, self.suffix)
    }
}

/// The URL of a new database copied from the migrated template.
pub fn fresh() -> String {
    let server = SERVER.get_or_init(start);
    let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    admin(server, &format!("CREATE DATABASE {name} TEMPLATE {}", server.template));
    server.url(&name)
}

/// The URL of a new database without any tables.
pub fn empty() -> String {
    let server = SERVER.get_or_init(start);
    let name = format!("e{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    admin(server, &format!("CREATE DATABASE {name} TEMPLATE template0"));
    server.url(&name)
}

/// Drops a database made by [`fresh`] or [`empty`].
pub fn drop_database(url: &str) {
    let Some(server) = SERVER.get() else { return };
    let name = url.trim_start_matches(&server.base).trim_end_matches(&server.suffix);
    admin(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
}

fn admin(server: &Server, sql: &str) {
    let mut conn = PgConnection::establish(&server.url("postgres")).expect("the test server answers");
    conn.batch_execute(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
}

fn start() -> Server {
    let (base, suffix) = match std::env::var("DATABASE_URL") {
        Ok(url) if url.starts_with("postgres") => split(&url),
        _ => {
            let socket = cluster();
            ("postgres://postgres@/".to_owned(), format!("?host={}", socket.display()))
        }
    };
    let template = format!("hearth_template_{}", std::process::id());
    let server = Server { base, suffix, template: template.clone() };
    admin(&server, &format!("DROP DATABASE IF EXISTS {template}"));
    admin(
        &server,
        &format!("CREATE DATABASE {template} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"),
    );
    let url = server.url(&template);
    let db = Db::open(&DbOptions::new(DatabaseUrl::Pg(url))).expect("the template opens");
    migrate::run(&db).expect("the template migrates");
    drop(db);
    admin(
        &server,
        &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{template}'"),
    );
    server
}

fn split(url: &str) -> (String, String) {
    let (path, query) = url.split_once('?').map_or((url, String::new()), |(p, q)| (p, format!("?{q}")));
    let cut = path.rfind('/').expect("DATABASE_URL has a path");
    (path[..=cut].to_owned(), query)
}

fn binaries() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| {
        panic!("PostgreSQL is missing: run `tests/check`, install it, or set DATABASE_URL to a server")
    })
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n"))
}

/// Starts the cluster; returns the directory of its socket. A shell keeps watch over our end of a pipe and
/// takes everything down when this process is gone.
fn cluster() -> PathBuf {
    let dir = tempfile::Builder::new().prefix("hearth-pg-").tempdir().expect("a temporary directory").keep();
    let bin = binaries();
    let script = format!(
        "set -e\ncd {dir}\n{bin}/initdb -D {dir}/data -A trust -U postgres -E UTF8 --locale=C --no-sync >init.log 2>&1\n\
         {bin}/pg_ctl -D {dir}/data -s -w -o \"-k {dir} -c listen_addresses='' -c fsync=off -c full_page_writes=off \
         -c synchronous_commit=off -c max_connections=400 -c shared_buffers=128MB\" -l log start\n\
         echo ready\ncat >/dev/null || true\n{bin}/pg_ctl -D {dir}/data -s -m immediate stop || true\nrm -rf {dir}\n",
        dir = dir.display(),
        bin = bin.display(),
    );
    let mut shell = if is_root() {
        own(&dir);
        let mut c = Command::new("setpriv");
        c.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh", "-c", &script]);
        c
    } else {
        let mut c = Command::new("sh");
        c.args(["-c", &script]);
        c
    };
    let mut child = shell
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("a shell for PostgreSQL");
    let mut line = String::new();
    let mut out = std::io::BufReader::new(child.stdout.take().expect("its output"));
    std::io::BufRead::read_line(&mut out, &mut line).expect("a line from PostgreSQL's shell");
    assert_eq!(line.trim(), "ready", "PostgreSQL did not start; see {}", dir.display());
    // The pipe stays open as long as this process lives.
    std::mem::forget(child);
    dir
}

fn own(dir: &Path) {
    let done = Command::new("chown").arg("postgres:postgres").arg(dir).status();
    assert!(done.is_ok_and(|s| s.success()), "cannot hand {} to the postgres user", dir.display());
}
