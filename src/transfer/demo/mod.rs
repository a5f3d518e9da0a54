//! The community of `serve --demo`: customers and staff of a maker of sensors, in English and Chinese, invented
//! from end to end. `script` reads the texts, `stage` lays them out in time, and the ordinary services
//! play them in order under a clock of the demo's own, so that heat, counters and log are as if it had
//! happened. All of it is one transaction: it is there or it is not.

mod script;
mod stage;

use std::collections::{BTreeMap, HashMap};

use crate::base::actor::{Credential, Role, SignedIn};
use crate::base::ids::{CategoryId, MemberId, PostId, ThreadId};
use crate::base::time::{DAY, UtcTime};
use crate::content::categories::{self, service::Draft, store::Columns};
use crate::content::posts::service::{OpenThread, Reply};
use crate::content::posts::{self, Body, Prepared};
use crate::content::tags::TagNames;
use crate::content::threads::{self, ThreadKind, Title};
use crate::content::{curation, reactions};
use crate::infra::clock::Clock;
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;
use crate::people::accounts::{self, password, service::ProfileChange};
use crate::room_error;
use crate::site::settings::{self, Settings};

use script::{Person, Scene};
use stage::{Deed, Event};

/// An account of the demo that one can sign in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Its handle.
    pub handle: String,
    /// Its role.
    pub role: Role,
    /// Its password, made by chance.
    pub password: String,
}

/// Why the demo was not laid down.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody lives here.
    #[error("the demo needs an empty database")]
    Occupied,
    /// The script names somebody or something that it does not have.
    #[error("the demo's script is wrong: {0}")]
    Script(String),
    /// An account was refused.
    #[error("an account of the demo was refused")]
    Account(#[from] accounts::Error),
    /// A category was refused.
    #[error("a category of the demo was refused")]
    Category(#[from] categories::Error),
    /// A thread was refused.
    #[error("a thread of the demo was refused")]
    Thread(#[from] threads::Error),
    /// A post was refused.
    #[error("a post of the demo was refused")]
    Post(#[from] posts::Error),
    /// A like was refused.
    #[error("a like of the demo was refused")]
    Like(#[from] reactions::Error),
    /// A pin was refused.
    #[error("a pin of the demo was refused")]
    Pin(#[from] curation::Error),
    /// The site's settings were refused.
    #[error("the demo's settings were refused")]
    Settings(#[from] settings::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
room_error!(Error);

/// Lays the demo down as of now; the same now gives the same community, but for ids and passwords that are made
/// by chance. Returns the accounts to sign in to. Blocks.
pub fn fill(house: &House) -> Result<Vec<Login>, Error> {
    let mut logins = Vec::new();
    let mut hashes = HashMap::new();
    for person in script::people().iter().filter(|p| p.login) {
        let password = house.random.public_id();
        hashes.insert(person.handle, password::hash_now(&password::Password::given(&password))?);
        logins.push(Login { handle: person.handle.to_owned(), role: person.role, password });
    }
    let cx = house.clone();
    house.db.write_now(move |conn| play(conn, &cx, &hashes))?;
    Ok(logins)
}

fn play(conn: &mut Conn, house: &House, hashes: &HashMap<&'static str, String>) -> Result<(), Error> {
    if accounts::store::count(conn)? > 0 || !categories::store::all(conn)?.is_empty() {
        return Err(Error::Occupied);
    }
    let now = house.clock.now();
    let scenes = script::scenes();
    let people = script::people();
    let mut show = Show {
        house,
        scenes: &scenes,
        people: HashMap::new(),
        categories: HashMap::new(),
        threads: HashMap::new(),
    };
    let begin = scenes.iter().map(|s| s.age).max().unwrap_or_default();
    for (place, person) in people.iter().enumerate() {
        // Staff were there first; the others came one by one in the months before.
        let joined = now.plus(-begin - DAY * (200 - 6 * place as i64));
        show.join(conn, person, hashes.get(person.handle).map(String::as_str), joined)?;
    }
    settings::save(conn, &house.clock, &site())?;
    show.file(conn, now.plus(-begin - DAY))?;
    for event in stage::events(&scenes, &people, now) {
        show.act(conn, &event)?;
    }
    Ok(())
}

/// What the demo's company calls its community.
fn site() -> Settings {
    Settings {
        name: "Brightfold Community".into(),
        tagline: "Sensors, gateways and the people who wire them · 传感器与自动化社区".into(),
        description: "Questions and answers about choosing, mounting and connecting Brightfold sensors. 传感器选型、安装与系统集成的问答社区。".into(),
        ..Settings::default()
    }
}

struct Show<'a> {
    house: &'a House,
    scenes: &'a [Scene],
    people: HashMap<&'static str, SignedIn>,
    categories: HashMap<&'static str, CategoryId>,
    /// Thread and posts of each scene that was opened.
    threads: HashMap<usize, (ThreadId, Vec<PostId>)>,
}

/// slug, name, description, colour, weakest role that opens threads, roles let in (private when any).
type Shelf = (&'static str, &'static str, &'static str, &'static str, Role, &'static [Role]);

const SHELVES: [Shelf; 7] = [
    (
        "news",
        "News · 公告",
        "Releases, notices and events from Brightfold. 产品发布、通知与活动。",
        "#b4541a",
        Role::Moderator,
        &[],
    ),
    (
        "sensors",
        "Sensors",
        "Choosing, mounting and wiring inductive, optical and temperature sensors.",
        "#1f6f8b",
        Role::Member,
        &[],
    ),
    (
        "systems",
        "IO-Link & gateways",
        "Masters, gateways, PLC integration and data on its way to the cloud.",
        "#4a5fc1",
        Role::Member,
        &[],
    ),
    (
        "传感器",
        "传感器选型与安装",
        "接近、光电、激光测距与温度传感器的选型、安装与接线。",
        "#2f855a",
        Role::Member,
        &[],
    ),
    (
        "系统集成",
        "系统集成与网关",
        "IO-Link 主站、边缘网关、PLC 通讯与数据上云。",
        "#7a4fa3",
        Role::Member,
        &[],
    ),
    (
        "lounge",
        "Workshop talk · 茶水间",
        "Shop-floor stories, tools and careers. 车间故事、工具与职业。",
        "#8a6d1f",
        Role::Member,
        &[],
    ),
    (
        "partners",
        "Partners & staff",
        "Price lists, roadmaps and field notices for partners and staff.",
        "#57606a",
        Role::Expert,
        &[Role::Expert, Role::Moderator, Role::Operator],
    ),
];

impl Show<'_> {
    /// The house with its clock at `at`.
    fn at(&self, at: UtcTime) -> House {
        House { clock: Clock::manual(at), ..self.house.clone() }
    }

    fn who(&self, handle: &str) -> Result<SignedIn, Error> {
        self.people.get(handle).cloned().ok_or_else(|| Error::Script(handle.to_owned()))
    }

    fn join(
        &mut self,
        conn: &mut Conn,
        person: &Person,
        hash: Option<&str>,
        at: UtcTime,
    ) -> Result<(), Error> {
        let cx = self.at(at);
        let id = accounts::service::create_by_house(conn, &cx, person.handle, None, person.role, hash, at)?;
        let found =
            accounts::store::find(conn, id)?.ok_or_else(|| Error::Script(person.handle.to_owned()))?;
        let member = signed_in(id, &found.public_id, person);
        let profile = ProfileChange {
            display_name: person.name.to_owned(),
            bio: person.bio.to_owned(),
            public: person.role >= Role::Expert,
        };
        accounts::service::change_profile(conn, &cx, &member, &profile)?;
        self.people.insert(person.handle, member);
        Ok(())
    }

    fn file(&mut self, conn: &mut Conn, at: UtcTime) -> Result<(), Error> {
        let cx = self.at(at);
        let admin = self.who(stage::ADMINISTRATOR)?;
        for (position, (slug, name, description, colour, post_role, roles)) in (0..).zip(SHELVES) {
            let columns = Columns {
                parent: None,
                slug: slug.into(),
                name: name.into(),
                description: description.into(),
                colour: colour.into(),
                position,
                private: !roles.is_empty(),
                post_role,
            };
            let draft = Draft { columns, members: Vec::new(), roles: roles.to_vec(), moderators: Vec::new() };
            let id = categories::service::save(conn, &cx, &admin, None, &draft)?;
            self.categories.insert(slug, id);
        }
        Ok(())
    }

    fn act(&mut self, conn: &mut Conn, event: &Event) -> Result<(), Error> {
        let cx = self.at(event.at);
        let wrong = || Error::Script(format!("scene {}", event.scene));
        let scene = self.scenes.get(event.scene).ok_or_else(wrong)?;
        let actor = self.who(event.actor)?;
        if event.deed == Deed::Open {
            return self.open(conn, &cx, event, scene, &actor);
        }
        let (thread, posts) = self.threads.get(&event.scene).cloned().ok_or_else(wrong)?;
        let post = |line: usize| posts.get(line).copied().ok_or_else(wrong);
        match event.deed {
            Deed::Open => {}
            Deed::Reply(line) => {
                let text = text(conn, &cx, scene, line)?;
                let replied = posts::service::reply(conn, &cx, &actor, &Reply { thread, to: None, text })?;
                if let Some((_, posts)) = self.threads.get_mut(&event.scene) {
                    posts.push(replied.post);
                }
            }
            Deed::Like(line) => drop(reactions::set(conn, &cx, &actor, post(line)?, true)?),
            Deed::Accept(line) => {
                posts::answers::accept(conn, &cx, &actor, thread, Some(post(line)?))?;
            }
            Deed::View(viewers) => {
                threads::views::write(conn, &BTreeMap::from([((thread, event.at.day()), viewers)]))?;
            }
            Deed::Feature => drop(threads::service::set_featured(conn, &cx, &actor, thread, true)?),
            Deed::Close => drop(threads::service::set_closed(conn, &cx, &actor, thread, true)?),
            Deed::Pin(scope) => {
                let wanted = curation::Wanted { scope, until: None, position: 0 };
                curation::pin(conn, &cx, &actor, thread, wanted)?;
            }
        }
        Ok(())
    }

    fn open(
        &mut self,
        conn: &mut Conn,
        cx: &House,
        event: &Event,
        scene: &Scene,
        actor: &SignedIn,
    ) -> Result<(), Error> {
        let wanted = OpenThread {
            category: *self
                .categories
                .get(scene.category)
                .ok_or_else(|| Error::Script(scene.category.into()))?,
            kind: ThreadKind::parse(scene.kind)?,
            title: Title::parse(scene.title)?,
            tags: TagNames::parse_line(scene.tags).map_err(threads::Error::from)?,
            text: text(conn, cx, scene, 0)?,
        };
        let opened = posts::service::open(conn, cx, actor, &wanted)?;
        self.threads.insert(event.scene, (opened.thread, vec![opened.post]));
        Ok(())
    }
}

fn text(conn: &mut Conn, cx: &House, scene: &Scene, line: usize) -> Result<Prepared, Error> {
    let said = scene.lines.get(line).ok_or_else(|| Error::Script(scene.title.to_owned()))?;
    Ok(Prepared::new(conn, cx, &Body::parse(said.text.trim())?)?)
}

fn signed_in(id: MemberId, public_id: &str, person: &Person) -> SignedIn {
    SignedIn {
        id,
        public_id: public_id.to_owned(),
        handle: person.handle.to_owned(),
        display_name: person.name.to_owned(),
        role: person.role,
        moderates: Vec::new(),
        suspended_until: None,
        suspended_reason: None,
        credential: Credential::House,
        locale: None,
        theme: None,
        avatar: None,
    }
}
