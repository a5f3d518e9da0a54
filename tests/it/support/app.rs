//! The real app in a box: every middleware and route, over HTTP messages, on a database of its own, with a
//! clock that stands still. `settle` drains the log.

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{self, TestRequest};
use hearth::app::{Node, NodeOptions, server};
use hearth::base::actor::{Actor, Credential, Role, SignedIn};
use hearth::base::locale::Locale;
use hearth::base::time::UtcTime;
use hearth::content::categories::service::{self as categories, Draft};
use hearth::content::categories::store::Columns;
use hearth::infra::clock::Clock;
use hearth::infra::db::{DbError, DbOptions};
use hearth::infra::random::Random;
use hearth::people::accounts::service::create_by_house;
use hearth::people::sessions::{self, source::signed_in, tokens};
use hearth::web::AppError;
use hearth::web::state::WebConfig;

use super::databases::TestDb;

/// Where the test's clock starts.
pub const NOW: &str = "2026-11-20T10:00:00Z";

/// Opens the figures.
pub const METRICS: &str = "the token of the figures";

/// The app and everything it stands on.
pub struct App {
    /// The node.
    pub node: Node,
    pub db: TestDb,
}

/// Somebody who sends requests.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Handle; empty for a visitor.
    pub handle: String,
    session: Option<String>,
    token: Option<String>,
    cookies: Vec<(String, String)>,
}

/// Runs blocking work off the async thread of a test.
pub fn off<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|s| s.spawn(work).join()).expect("the work ends")
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Body as text.
    pub body: String,
    /// Body as it was sent.
    pub bytes: Vec<u8>,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Answer {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
            .unwrap_or_else(|| panic!("{} without Location: {}", self.status, self.body))
    }

    /// The value of the form field `name` in the body.
    pub fn field(&self, name: &str) -> String {
        let page = scraper::Html::parse_document(&self.body);
        let selector = scraper::Selector::parse(&format!("[name=\"{name}\"]")).unwrap();
        let element =
            page.select(&selector).next().unwrap_or_else(|| panic!("no field {name} in {}", self.body));
        element.value().attr("value").map_or_else(|| element.text().collect(), str::to_owned)
    }

    /// The text of every element that `css` selects.
    pub fn texts(&self, css: &str) -> Vec<String> {
        let page = scraper::Html::parse_document(&self.body);
        let selector = scraper::Selector::parse(css).unwrap();
        page.select(&selector).map(|e| e.text().collect::<String>().trim().to_owned()).collect()
    }

    /// The cookies it sets.
    pub fn cookies(&self) -> Vec<(String, String)> {
        self.headers
            .iter()
            .filter(|(n, _)| n == SET_COOKIE.as_str())
            .filter_map(|(_, v)| v.split(';').next()?.split_once('='))
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect()
    }
}

impl App {
    /// On SQLite.
    pub fn sqlite() -> Self {
        Self::on(TestDb::sqlite(), |_| {})
    }

    /// On PostgreSQL.
    pub fn postgres() -> Self {
        Self::on(TestDb::postgres(), |_| {})
    }

    /// On `db`, with other settings of the HTTP side.
    pub fn on(db: TestDb, change: impl FnOnce(&mut WebConfig)) -> Self {
        let mut web = WebConfig {
            base_url: "http://forum.test".into(),
            loopback: false,
            trusted_proxies: Vec::new(),
            rate_limits: false,
            locale: Locale::En,
        };
        change(&mut web);
        let options = NodeOptions {
            clock: Clock::manual(UtcTime::parse(NOW).unwrap()),
            random: Random::system(),
            index_memory: 15_000_000,
            metrics_token: Some(METRICS.into()),
            ..NodeOptions::new(DbOptions::new(db.url().clone()), db.dir().join("search"), web)
        };
        let _ = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_test_writer().try_init();
        let node = off(|| Node::assemble((*db).clone(), options)).expect("the node assembles");
        Self { node, db }
    }

    /// Moves the clock.
    pub fn pass(&self, micros: i64) {
        self.node.house.clock.advance(micros);
    }

    /// Lets every reader of the log catch up.
    pub fn settle(&self) {
        off(|| self.node.settle()).expect("the readers catch up");
    }

    /// Makes an account with a session and a token.
    pub fn member(&self, handle: &str, role: Role) -> Caller {
        let house = self.node.house.clone();
        let name = handle.to_owned();
        let (session, token) = off(|| {
            self.db.write_now(move |c| {
                let now = house.clock.now();
                let id =
                    create_by_house(c, &house, &name, Some(&format!("{name}@mail.test")), role, None, now)?;
                let session = sessions::store::open(c, &house, id, "a browser", "10.0.0.0/24")?;
                let token = tokens::create(c, &house, id, "test", "all", None)?;
                Ok::<_, AppError>((session, token))
            })
        })
        .expect("the member is made");
        Caller { handle: handle.into(), session: Some(session), token: Some(token), cookies: Vec::new() }
    }

    /// The caller as use-cases know them.
    pub fn signed_in(&self, caller: &Caller) -> SignedIn {
        let (name, now) = (caller.handle.clone(), self.node.house.clock.now());
        let actor = self
            .db
            .read_now(move |c| {
                let member =
                    hearth::people::accounts::store::by_handle(c, &name)?.expect("the member exists");
                signed_in(c, member.id, Credential::House, now)
            })
            .expect("the member is read");
        match actor {
            Actor::Member(member) => *member,
            Actor::Visitor => panic!("no such member"),
        }
    }

    /// Makes a category; `members` makes it private to them.
    pub fn category(&self, slug: &str, members: Option<&[&str]>, moderators: &[&str]) {
        let admin = self.ensure_admin();
        let own = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let draft = Draft {
            columns: Columns {
                parent: None,
                slug: slug.into(),
                name: slug.into(),
                description: String::new(),
                colour: "#2f6f6b".into(),
                position: 0,
                private: members.is_some(),
                post_role: Role::Member,
            },
            members: own(members.unwrap_or_default()),
            roles: Vec::new(),
            moderators: own(moderators),
        };
        let house = self.node.house.clone();
        off(|| {
            self.db.write_now(move |c| Ok::<_, AppError>(categories::save(c, &house, &admin, None, &draft)?))
        })
        .expect("the category is made");
    }

    fn ensure_admin(&self) -> SignedIn {
        let known = self
            .db
            .read_now(|c| hearth::people::accounts::store::by_handle(c, "house.admin").map_err(DbError::from))
            .expect("members are read");
        let caller = if known.is_some() {
            Caller { handle: "house.admin".into(), ..Caller::default() }
        } else {
            self.member("house.admin", Role::Administrator)
        };
        self.signed_in(&caller)
    }

    /// Sends one request through the whole app.
    pub async fn send(&self, request: TestRequest) -> Answer {
        let service = test::init_service(server::app(self.node.clone())).await;
        let response = service.call(request.to_request()).await.expect("the app answers");
        read(response).await
    }

    fn request(&self, method: Method, path: &str, caller: &Caller) -> TestRequest {
        let mut request = TestRequest::default()
            .method(method)
            .uri(path)
            .insert_header((HOST, self.node.web.config.host()))
            .peer_addr("10.1.2.3:5000".parse().unwrap());
        let mut cookies = caller.cookies.clone();
        if let Some(session) = &caller.session {
            cookies.push(("sid".into(), session.clone()));
        }
        if !cookies.is_empty() {
            let line: Vec<String> = cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            request = request.insert_header((COOKIE, line.join("; ")));
        }
        request
    }

    /// A page.
    pub async fn get(&self, path: &str, caller: &Caller) -> Answer {
        self.send(self.request(Method::GET, path, caller)).await
    }

    /// A page asked for with another method or further headers.
    pub async fn ask(&self, method: &str, path: &str, caller: &Caller, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.request(method.parse().unwrap(), path, caller);
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        self.send(request).await
    }

    /// Changes rows behind the back of the house: no activity tells of it.
    pub fn sql(&self, sql: &str) {
        let sql = sql.to_owned();
        off(|| {
            self.db.write_now(move |c| {
                diesel::connection::SimpleConnection::batch_execute(c, &sql).map_err(DbError::from)
            })
        })
        .expect("the statement runs");
    }

    /// A form with a good token.
    pub async fn post(&self, path: &str, caller: &Caller, fields: &[(&str, &str)]) -> Answer {
        let csrf = caller.csrf(&self.node);
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post_raw(path, caller, &all).await
    }

    /// A form exactly as given.
    pub async fn post_raw(&self, path: &str, caller: &Caller, fields: &[(&str, &str)]) -> Answer {
        let body = serde_html_form::to_string(fields).unwrap();
        let request = self
            .request(Method::POST, path, caller)
            .insert_header((CONTENT_TYPE, "application/x-www-form-urlencoded"))
            .set_payload(body);
        self.send(request).await
    }

    /// A form with a good token and a file called `file`.
    pub async fn upload(&self, path: &str, caller: &Caller, file: &[u8], fields: &[(&str, &str)]) -> Answer {
        self.upload_as("file", path, caller, file, fields).await
    }

    /// A form with a good token and a file in the field `name`.
    pub async fn upload_as(
        &self,
        name: &str,
        path: &str,
        caller: &Caller,
        file: &[u8],
        fields: &[(&str, &str)],
    ) -> Answer {
        let csrf = caller.csrf(&self.node);
        let mut body = Vec::new();
        // The file first, as it stands in the forms: what comes behind it is read whatever it is.
        let of =
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"../a.svg\"\r\n");
        body.extend(of.into_bytes());
        body.extend(b"Content-Type: image/svg+xml\r\n\r\n");
        body.extend(file);
        body.extend(b"\r\n");
        for (name, value) in fields.iter().chain([&("csrf", csrf.as_str())]) {
            let part =
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        body.extend(b"--edge--\r\n");
        let request = self
            .request(Method::POST, path, caller)
            .insert_header((CONTENT_TYPE, "multipart/form-data; boundary=edge"))
            .set_payload(body);
        self.send(request).await
    }

    /// An API call with the caller's token.
    pub async fn api(
        &self,
        method: &str,
        path: &str,
        caller: &Caller,
        body: Option<serde_json::Value>,
    ) -> Answer {
        self.api_with(method, path, caller, body, &[]).await
    }

    /// An API call with further headers.
    pub async fn api_with(
        &self,
        method: &str,
        path: &str,
        caller: &Caller,
        body: Option<serde_json::Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let method: Method = method.parse().unwrap();
        let bare = Caller { session: None, ..caller.clone() };
        let mut request = self.request(method, &format!("/api/v1{path}"), &bare);
        if let Some(token) = &caller.token {
            request = request.insert_header(("authorization", format!("Bearer {token}")));
        }
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        if let Some(body) = body {
            request = request.insert_header((CONTENT_TYPE, "application/json")).set_payload(body.to_string());
        }
        self.send(request).await
    }
}

impl Caller {
    /// Somebody who is not signed in.
    pub fn visitor() -> Self {
        Self::default()
    }

    /// With these cookies from now on, also a session.
    pub fn with_cookies(mut self, cookies: Vec<(String, String)>) -> Self {
        for (name, value) in cookies {
            if name == "sid" {
                self.session = Some(value);
            } else {
                self.cookies.retain(|(n, _)| *n != name);
                self.cookies.push((name, value));
            }
        }
        self
    }

    /// With this token from now on.
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    fn csrf(&self, node: &Node) -> String {
        let guest = self.cookies.iter().find(|(n, _)| n == "guest").map(|(_, v)| v);
        match self.session.as_ref().or(guest) {
            Some(binding) => hearth::web::forms::token(&node.web.key, binding, [1; 32]),
            None => String::new(),
        }
    }
}

async fn read<B: MessageBody>(response: ServiceResponse<B>) -> Answer {
    let status = response.status();
    let headers = response
        .headers()
        .iter()
        .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
        .collect();
    let body = actix_web::body::to_bytes(response.into_body()).await.ok().unwrap_or_default();
    Answer { status, body: String::from_utf8_lossy(&body).into_owned(), bytes: body.to_vec(), headers }
}
