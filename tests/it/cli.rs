//! The binary itself: starting, refusing, commands beside a server, draining, and dying without losing anything.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::postgres;

/// One running server.
struct Server {
    child: Child,
    address: String,
    said: Vec<String>,
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn hearth(dir: &Path, database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hearth"));
    command.env_remove("DATABASE_URL").arg("--data-dir").arg(dir).arg("--database-url").arg(database);
    command
}

fn run(dir: &Path, database: &str, args: &[&str]) -> Output {
    hearth(dir, database).args(args).output().expect("the command runs")
}

fn text(out: &Output) -> String {
    String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr)
}

impl Server {
    fn start(dir: &Path, database: &str) -> Self {
        let address = free_address();
        let mut child = hearth(dir, database)
            .args(["--bind", &address, "--log", "warn", "--rate-limits", "off", "serve"])
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the server starts");
        let mut said = Vec::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for line in lines.by_ref() {
            let line = line.unwrap();
            let ready = line.starts_with("Hearth is running");
            said.push(line);
            if ready {
                break;
            }
        }
        Self { child, address, said }
    }

    /// One request over a connection of its own; (status, body).
    fn call(&self, method: &str, path: &str, token: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).expect("the server listens");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        let body = answer.split_once("\r\n\r\n").map(|(_, b)| b.to_owned()).unwrap_or_default();
        (status, body)
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(name).arg(self.child.id().to_string()).status();
        assert!(sent.is_ok_and(|s| s.success()));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until `done` holds, asking less often than limits allow; fails after twenty seconds.
fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} never came");
        std::thread::park_timeout(Duration::from_millis(700));
    }
}

fn a_life(database: &str) {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mut server = Server::start(dir, database);
    assert!(server.said.iter().any(|l| l.contains("/first-administrator?token=")), "{:?}", server.said);
    let second = run(dir, database, &["--bind", "127.0.0.1:1", "serve"]);
    assert!(!second.status.success());
    assert!(text(&second).contains("another process"), "{}", text(&second));
    let made = run(
        dir,
        database,
        &["member", "create", "--username", "rootie", "--email", "r@mail.test", "--role", "administrator"],
    );
    assert!(made.status.success() && text(&made).contains("/password?token="), "{}", text(&made));
    let token = run(dir, database, &["token", "create", "--member", "rootie", "--expires", "1d"]);
    let token = String::from_utf8_lossy(&token.stdout).trim().to_owned();
    let (status, body) =
        server.call("POST", "/api/v1/admin/categories", &token, r#"{"slug":"general","name":"General"}"#);
    assert_eq!(status, 201, "{body}");
    let (status, body) = server.call(
        "POST",
        "/api/v1/threads",
        &token,
        r#"{"category":"general","title":"Durable","body":"zirconium"}"#,
    );
    assert_eq!(status, 201, "{body}");
    let begun = Instant::now();
    eventually("the new thread in the search", || {
        server.call("GET", "/api/v1/search?q=zirconium", &token, "").1.contains("\"total\":1")
    });
    println!("found after {:?}", begun.elapsed());
    let check = run(dir, database, &["migrate", "--check"]);
    assert_eq!(check.status.code(), Some(0), "beside a server: {}", text(&check));
    // What was answered is on disk: the process dies at once, and the next one has it.
    let (status, _) = server.call("POST", "/api/v1/threads/1/posts", &token, r#"{"body":"molybdenum"}"#);
    assert_eq!(status, 201);
    server.signal("-KILL");
    server.child.wait().unwrap();
    let mut server = Server::start(dir, database);
    let (_, posts) = server.call("GET", "/api/v1/threads/1/posts", &token, "");
    assert!(posts.contains("molybdenum"), "{posts}");
    eventually("the search result", || {
        server.call("GET", "/api/v1/search?q=molybdenum", &token, "").1.contains("\"total\":1")
    });
    eventually("readiness", || server.call("GET", "/readyz", &token, "").0 == 200);
    eventually("a whole look beside the server", || {
        let beside = run(dir, database, &["doctor"]);
        assert!(beside.status.success(), "{}", text(&beside));
        !text(&beside).contains("skipped")
    });
    server.signal("-TERM");
    let begun = Instant::now();
    assert!(server.child.wait().unwrap().success(), "a drained server ends well");
    assert!(begun.elapsed() < Duration::from_secs(25));
    let doctor = run(dir, database, &["doctor"]);
    assert!(doctor.status.success() && text(&doctor).contains("sound"), "{}", text(&doctor));
    for command in [&["rebuild", "heat"][..], &["rebuild", "points"], &["reindex"], &["migrate", "--check"]] {
        let out = run(dir, database, command);
        assert!(out.status.success(), "{command:?}: {}", text(&out));
    }
    assert!(run(dir, database, &["doctor"]).status.success());
}

#[test]
fn a_server_lives_dies_and_lives_on_sqlite() {
    a_life("sqlite");
}

#[test]
fn a_server_lives_dies_and_lives_on_postgres() {
    a_life(&postgres::empty());
}

#[test]
fn a_wrong_configuration_is_named_and_refused() {
    let dir = tempfile::tempdir().unwrap();
    let out = run(dir.path(), "sqlite", &["--bind", "0.0.0.0:1", "serve"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out).contains("HEARTH_BASE_URL"), "{}", text(&out));
    let out = run(dir.path(), "mysql://root@localhost/forum", &["serve"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out).contains("mysql is no database"), "{}", text(&out));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn doctor_finds_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    assert!(run(dir.path(), "sqlite", &["migrate"]).status.success());
    let db = dir.path().join("hearth.db");
    let broken = "INSERT INTO categories (slug, name, description, colour, position, private, post_role, threads, created_at) \
                  VALUES ('x', 'x', '', '#000000', 0, 0, 1, 5, 0)";
    let mut conn =
        <diesel::SqliteConnection as diesel::Connection>::establish(&db.to_string_lossy()).unwrap();
    diesel::connection::SimpleConnection::batch_execute(&mut conn, broken).unwrap();
    let out = run(dir.path(), "sqlite", &["doctor"]);
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out).contains("categories whose number of threads is wrong: 1"), "{}", text(&out));
}

#[test]
fn looking_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let absent = dir.path().join("data");
    let check = run(&absent, "sqlite", &["migrate", "--check"]);
    assert_eq!(check.status.code(), Some(1), "{}", text(&check));
    assert!(text(&check).contains("there is no database at"), "{}", text(&check));
    let doctor = run(&absent, "sqlite", &["doctor"]);
    assert_eq!(doctor.status.code(), Some(1));
    assert!(text(&doctor).contains("there is no database at"), "{}", text(&doctor));
    assert!(!absent.exists());
    let unreachable = run(&absent, "postgres://127.0.0.1:1/none", &["migrate", "--check"]);
    assert_eq!(unreachable.status.code(), Some(2), "{}", text(&unreachable));
    assert!(run(&absent, "sqlite", &["migrate"]).status.success());
    assert_eq!(run(&absent, "sqlite", &["migrate", "--check"]).status.code(), Some(0));
    // Half of the migrations are not there yet.
    let db = absent.join("hearth.db");
    let mut conn =
        <diesel::SqliteConnection as diesel::Connection>::establish(&db.to_string_lossy()).unwrap();
    let undo = "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT MAX(version) FROM __diesel_schema_migrations)";
    diesel::connection::SimpleConnection::batch_execute(&mut conn, undo).unwrap();
    assert_eq!(run(&absent, "sqlite", &["migrate", "--check"]).status.code(), Some(1));
}

#[test]
fn a_dry_run_says_would_and_links_use_the_base_url() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("source");
    std::fs::create_dir(&source).unwrap();
    std::fs::write(source.join("1.json"), "[]").unwrap();
    assert!(run(dir.path(), "sqlite", &["migrate"]).status.success());
    let dry = run(dir.path(), "sqlite", &["import", "discourse", &source.to_string_lossy(), "--dry-run"]);
    let said = text(&dry);
    assert!(said.contains("would be taken in: 0 categories") && said.contains("would be kept"), "{said}");
    assert!(!said.contains(", :") && !said.contains('\u{1b}'), "{said}");
    // What nobody says who may read it becomes private, and the report says so; a limit is named too.
    let topic = |id: u32| {
        let post = serde_json::json!({
            "id": id, "post_number": 1, "user_id": 3, "username": "mei", "created_at": "2024-01-01T00:00:00Z", "raw": "Words.",
        });
        serde_json::json!({ "id": id, "title": format!("Thread {id}"), "category_id": 5, "post_stream": { "posts": [post], "stream": [id] } })
    };
    for id in [8, 9] {
        std::fs::write(source.join(format!("{id}.json")), topic(id).to_string()).unwrap();
    }
    let one = source.join("8.json");
    let said = text(&run(dir.path(), "sqlite", &["import", "discourse", &one.to_string_lossy()]));
    assert!(said.contains("attention: 1 threads are in the private category “Unknown category”"), "{said}");
    assert!(!said.contains("--limit"), "{said}");
    for _ in 0..2 {
        let said = text(&run(
            dir.path(),
            "sqlite",
            &["import", "discourse", &source.to_string_lossy(), "--limit", "1"],
        ));
        let wanted = "0 threads, 0 posts, 0 likes; 1 threads were here already";
        assert!(said.contains(wanted) && said.contains("stopped at --limit"), "{said}");
    }
    let base = ["--base-url", "https://forum.example"];
    let made = [&base[..], &["member", "create", "--username", "rootie", "--email", "r@mail.test"]].concat();
    assert!(text(&run(dir.path(), "sqlite", &made)).contains("https://forum.example/password?token="));
}
