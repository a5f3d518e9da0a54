//! Rules, caps and levels in the back office.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use crate::base::actor::Role;
use crate::base::ids::MemberId;
use crate::base::locale::Locale;
use crate::engage::levels::{self, Ladder, Level};
use crate::engage::rules::{self, Kind, Rule, Rules};
use crate::infra::db::Conn;
use crate::infra::house::House;
use crate::infra::jobs;
use crate::site::audit;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web};

/// One rule, as typed.
#[derive(Debug, Clone)]
struct RuleRow {
    kind: Kind,
    points: String,
    cap: String,
}

/// One level, as typed.
#[derive(Debug, Clone, Default)]
struct LevelRow {
    number: i16,
    threshold: String,
    /// In the order of [`Locale::ALL`].
    names: [String; 3],
}

impl LevelRow {
    fn is_empty(&self) -> bool {
        self.threshold.trim().is_empty() && self.names.iter().all(|n| n.trim().is_empty())
    }
}

fn threshold_field(number: i16) -> String {
    format!("threshold-{number}")
}

fn name_field(number: i16, locale: Locale) -> String {
    format!("name-{number}-{}", locale.code())
}

/// Everything the form holds.
#[derive(Debug, Clone)]
struct Form {
    rules: Vec<RuleRow>,
    levels: Vec<LevelRow>,
}

impl Form {
    fn stored(rules: &Rules, ladder: &Ladder) -> Self {
        let row = |kind: Kind| {
            let rule = rules.of(kind);
            let cap = rule.per_day.map(|c| c.to_string()).unwrap_or_default();
            RuleRow { kind, points: rule.points.to_string(), cap }
        };
        let level = |l: &Level| LevelRow {
            number: l.number,
            threshold: l.threshold.to_string(),
            names: Locale::ALL.map(|locale| l.name(locale).to_owned()),
        };
        Self {
            rules: Kind::RULED.into_iter().map(row).collect(),
            levels: ladder.levels().iter().map(level).collect(),
        }
        .with_room()
    }

    fn typed(raw: &RawForm) -> Self {
        let get = |name: String| raw.get(&name).unwrap_or_default().to_owned();
        let row = |kind: Kind| RuleRow {
            kind,
            points: get(format!("points-{}", kind.name())),
            cap: get(format!("cap-{}", kind.name())),
        };
        let most = i16::try_from(levels::MOST).unwrap_or(i16::MAX);
        let level = |number: i16| LevelRow {
            number,
            threshold: get(format!("threshold-{number}")),
            names: Locale::ALL.map(|l| get(format!("name-{number}-{}", l.code()))),
        };
        Self {
            rules: Kind::RULED.into_iter().map(row).collect(),
            levels: (1..=most).map(level).filter(|l| !l.is_empty()).collect(),
        }
    }

    /// With an empty row for one level more.
    fn with_room(mut self) -> Self {
        let number = i16::try_from(self.levels.len()).unwrap_or(0) + 1;
        if self.levels.len() < levels::MOST {
            self.levels.push(LevelRow { number, ..LevelRow::default() });
        }
        self
    }

    fn rules(&self) -> Result<Rules, rules::Error> {
        let mut wanted = Rules::default();
        for row in &self.rules {
            let points = row.points.trim().parse().map_err(|_| rules::Error::Points(row.kind))?;
            let per_day = match row.cap.trim() {
                "" => None,
                cap => Some(cap.parse().map_err(|_| rules::Error::Cap(row.kind))?),
            };
            wanted = wanted.with(row.kind, Rule { points, per_day });
        }
        wanted.check()?;
        Ok(wanted)
    }

    /// The one field that `error` is about.
    fn field_of(&self, error: &levels::Error) -> Option<String> {
        let row = |number: &i16| self.levels.iter().find(|row| row.number == *number);
        match error {
            levels::Error::First => self.levels.first().map(|row| threshold_field(row.number)),
            levels::Error::Order(n) => row(n).map(|row| threshold_field(row.number)),
            levels::Error::Name(n) => row(n).and_then(|row| {
                let names = Locale::ALL.into_iter().zip(&row.names);
                let (locale, _) = names.into_iter().find(|(_, name)| !levels::is_name(name))?;
                Some(name_field(row.number, locale))
            }),
            levels::Error::Count | levels::Error::Db(_) => None,
        }
    }

    fn ladder(&self) -> Result<Ladder, levels::Error> {
        let level = |row: &LevelRow| {
            let [name_en, name_zh_cn, name_zh_tw] = row.names.clone();
            let threshold = row.threshold.trim().parse();
            let threshold = threshold.map_err(|_| levels::Error::Order(row.number))?;
            Ok(Level { number: row.number, threshold, name_en, name_zh_cn, name_zh_tw })
        };
        Ladder::parse(self.levels.iter().map(level).collect::<Result<_, levels::Error>>()?)
    }
}

struct RuleView {
    /// What is done for it.
    what: String,
    points: String,
    cap: String,
    capped: bool,
    points_field: String,
    cap_field: String,
}

struct LevelView {
    number: i16,
    threshold: String,
    /// Of the threshold.
    field: String,
    /// Code, language, name and field.
    names: Vec<(&'static str, &'static str, String, String)>,
}

#[derive(Template)]
#[template(path = "backoffice/points.html")]
struct PointsPage {
    shell: Shell,
    rules: Vec<RuleView>,
    levels: Vec<LevelView>,
    refused: Refused,
    saved: bool,
}

fn draw(web: &Web, page: &Page, form: Form, refused: Refused, saved: bool) -> Result<HttpResponse, AppError> {
    let shell = page.shell.clone();
    let rule = |row: RuleRow| {
        let name = row.kind.name();
        RuleView {
            what: shell.t(&format!("points-reason-{name}")),
            points: row.points,
            cap: row.cap,
            capped: row.kind.capped(),
            points_field: format!("points-{name}"),
            cap_field: format!("cap-{name}"),
        }
    };
    let level = |row: LevelRow| LevelView {
        number: row.number,
        threshold: row.threshold,
        field: threshold_field(row.number),
        names: Locale::ALL
            .into_iter()
            .zip(row.names)
            .map(|(l, n)| (l.code(), l.name(), n, name_field(row.number, l)))
            .collect(),
    };
    let template = PointsPage {
        rules: form.rules.into_iter().map(rule).collect(),
        levels: form.levels.into_iter().map(level).collect(),
        refused,
        saved,
        shell,
    };
    page.answer(web, template.refused.status(), &template)
}

/// `GET /admin/points`.
pub async fn show(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let form = web
        .house
        .db
        .read(|conn| Ok::<_, AppError>(Form::stored(&rules::load(conn)?, &levels::load(conn)?)))
        .await?;
    let saved = page.shell.target.ends_with("?saved");
    draw(&web, &page, form, Refused::default(), saved)
}

/// What changed, for the audit log: `reply 2/20 → 3/20`.
fn difference(before: &Rules, after: &Rules) -> String {
    let written = |rule: Rule| {
        let cap = rule.per_day.map_or_else(|| "-".to_owned(), |c| c.to_string());
        format!("{}/{cap}", rule.points)
    };
    let changed: Vec<String> = Kind::RULED
        .into_iter()
        .filter(|kind| before.of(*kind) != after.of(*kind))
        .map(|kind| format!("{} {} → {}", kind.name(), written(before.of(kind)), written(after.of(kind))))
        .collect();
    changed.join(", ")
}

fn keep(
    conn: &mut Conn,
    house: &House,
    actor: MemberId,
    rules: &Rules,
    ladder: &Ladder,
) -> Result<(), AppError> {
    let (former, steps) = (rules::load(conn)?, levels::load(conn)?);
    if former != *rules {
        rules::save(conn, rules)?;
        audit::note(conn, &house.clock, Some(actor), "points.rules", "site", &difference(&former, rules))?;
    }
    if steps != *ladder {
        levels::save(conn, ladder)?;
        let detail: Vec<String> =
            ladder.levels().iter().map(|l| format!("{} {}", l.threshold, l.name_en)).collect();
        audit::note(conn, &house.clock, Some(actor), "points.levels", "site", &detail.join(", "))?;
        jobs::ask(conn, "rebuild_points", &serde_json::Value::Null, None, house.clock.now())?;
    }
    Ok(())
}

/// `POST /admin/points`. Other levels ask for a rebuild of points as a job.
pub async fn save(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Administrator)?.id;
    raw.verify(&web, &page)?;
    let form = Form::typed(&raw);
    let (rules, ladder) = match (form.rules(), form.ladder()) {
        (Ok(rules), Ok(ladder)) => (rules, ladder),
        (Err(e), _) => return draw(&web, &page, form.with_room(), Refused::by(&page, e)?, false),
        (_, Err(e)) => {
            let refused = match form.field_of(&e) {
                Some(field) => Refused::beside(&page, &e.into(), &field),
                None => Refused::by(&page, e)?,
            };
            return draw(&web, &page, form.with_room(), refused, false);
        }
    };
    let house = web.house.clone();
    web.house.db.write(move |conn| keep(conn, &house, actor, &rules, &ladder)).await?;
    Ok(see_other("/admin/points?saved"))
}
