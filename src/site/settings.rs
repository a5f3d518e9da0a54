//! Settings that administrators change, and secrets that all nodes share.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::prelude::*;

use crate::base::fault::{Fault, Kind};
use crate::base::locale::Locale;
use crate::base::time::{UtcTime, Zone};
use crate::infra::activity::{self, NewActivity, Verb};
use crate::infra::clock::Clock;
use crate::infra::db::memory::remembered;
use crate::infra::db::schema::{secrets, settings};
use crate::infra::db::{Conn, DbError};
use crate::infra::random::Random;
use crate::site::meanwhile::{self, Rows, Shown};
use crate::{on, room_error};

/// The site's settings, complete with defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The site's name.
    pub name: String,
    /// The line below it.
    pub tagline: String,
    /// What the site is about, for search engines.
    pub description: String,
    /// The language of readers who chose none.
    pub locale: Locale,
    /// A notice on every page; empty for none.
    pub notice: String,
    /// Half-life of heat in hours.
    pub half_life_hours: i64,
    /// Whether newcomers may sign up by themselves.
    pub open: bool,
    /// The IANA name of the zone whose days the site counts by.
    pub time_zone: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "Hearth".into(),
            tagline: String::new(),
            description: String::new(),
            locale: Locale::En,
            notice: String::new(),
            half_life_hours: 96,
            open: true,
            time_zone: "UTC".into(),
        }
    }
}

/// Why a setting is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name is empty.
    #[error("the site needs a name")]
    NameMissing,
    /// A text is longer than its limit.
    #[error("{field} is longer than {limit} characters")]
    TooLong {
        /// The field at fault.
        field: &'static str,
        /// Characters allowed.
        limit: usize,
    },
    /// The half-life is not between six hours and a year.
    #[error("the half-life must be between 6 and 8,760 hours")]
    HalfLife,
    /// No zone has that name.
    #[error("no time zone has that name")]
    TimeZone,
    /// Somebody else changed it since the form was shown.
    #[error("{0:?} was changed meanwhile")]
    Meanwhile(Rows),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
room_error!(Error);

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Db(e) => e.kind(),
            _ => Kind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::NameMissing => "site_name_missing",
            Self::TooLong { .. } => "text_too_long",
            Self::HalfLife => "half_life",
            Self::TimeZone => "time_zone",
            Self::Meanwhile(rows) if meanwhile::is_told(rows) => "changed_meanwhile_to",
            Self::Meanwhile(_) => "changed_meanwhile",
            Self::Db(e) => e.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            Self::NameMissing => Some("name"),
            Self::TooLong { field, .. } => Some(field),
            Self::Meanwhile(rows) => rows.first().map(|(name, _)| *name),
            Self::HalfLife => Some("half_life_hours"),
            Self::TimeZone => Some("time_zone"),
            Self::Db(_) => None,
        }
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLong { limit, .. } => vec![("limit", limit.to_string())],
            Self::Meanwhile(rows) => {
                rows.iter().take(1).map(|(_, value)| ("value", meanwhile::in_words(value))).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Settings {
    /// Everything that is wrong, in the order of the form.
    pub fn wrong(&self) -> Vec<Error> {
        let texts = [
            ("name", &self.name, 60),
            ("tagline", &self.tagline, 120),
            ("description", &self.description, 300),
            ("notice", &self.notice, 500),
        ];
        let mut wrong: Vec<Error> = texts
            .into_iter()
            .filter(|(_, text, limit)| text.chars().count() > *limit)
            .map(|(field, _, limit)| Error::TooLong { field, limit })
            .collect();
        if self.name.trim().is_empty() {
            wrong.insert(0, Error::NameMissing);
        }
        if !(6..=8_760).contains(&self.half_life_hours) {
            wrong.push(Error::HalfLife);
        }
        if Zone::parse(&self.time_zone).is_none() {
            wrong.push(Error::TimeZone);
        }
        wrong
    }

    /// Refuses what is wrong.
    pub fn check(&self) -> Result<(), Error> {
        self.wrong().into_iter().next().map_or(Ok(()), Err)
    }

    /// The zone whose days the site counts by; UTC where a newer release knows one that this does not.
    pub fn zone(&self) -> Zone {
        Zone::parse(&self.time_zone).unwrap_or_default()
    }

    /// The values as they are stored, by name.
    pub fn rows(&self) -> Rows {
        vec![
            ("name", self.name.trim().to_owned()),
            ("tagline", self.tagline.trim().to_owned()),
            ("description", self.description.trim().to_owned()),
            ("locale", self.locale.code().to_owned()),
            ("notice", self.notice.trim().to_owned()),
            ("half_life_hours", self.half_life_hours.to_string()),
            ("open", self.open.to_string()),
            ("time_zone", self.zone().name().to_owned()),
        ]
    }

    /// Those of stored values; a default for each that is not there.
    fn of(rows: &HashMap<String, String>) -> Self {
        let default = Self::default();
        let text = |name: &str, otherwise: String| rows.get(name).cloned().unwrap_or(otherwise);
        Self {
            name: text("name", default.name),
            tagline: text("tagline", default.tagline),
            description: text("description", default.description),
            locale: rows.get("locale").and_then(|l| Locale::parse(l)).unwrap_or(default.locale),
            notice: text("notice", default.notice),
            half_life_hours: rows
                .get("half_life_hours")
                .and_then(|h| h.parse().ok())
                .unwrap_or(default.half_life_hours),
            open: rows.get("open").map_or(default.open, |o| o == "true"),
            time_zone: text("time_zone", default.time_zone),
        }
    }

    /// Those to store when a form that showed `shown` wants `self` and `stored` is what there is now.
    ///
    /// # Errors
    /// [`Error::Meanwhile`].
    pub fn merged(&self, shown: &Shown, stored: &Self) -> Result<Self, Error> {
        let rows = shown.merge(self.rows(), &stored.rows()).map_err(Error::Meanwhile)?;
        Ok(Self::of(&rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
    }
}

/// [`load`] for showing: from memory where that is known to hold ([`crate::infra::db::memory`]).
pub fn recall(conn: &mut Conn) -> QueryResult<Arc<Settings>> {
    remembered(conn, load)
}

/// All settings.
pub fn load(conn: &mut Conn) -> QueryResult<Settings> {
    let rows: HashMap<String, String> = settings::table
        .select((settings::name, settings::value))
        .load::<(String, String)>(conn)?
        .into_iter()
        .collect();
    Ok(Settings::of(&rows))
}

/// Stores all settings and says so in the log.
pub fn save(conn: &mut Conn, clock: &Clock, wanted: &Settings) -> Result<(), Error> {
    wanted.check()?;
    let now = clock.now();
    for (name, value) in wanted.rows() {
        put(conn, name, &value, now)?;
    }
    activity::record(conn, clock, &NewActivity::new(Verb::SiteChanged, now))?;
    Ok(())
}

/// Values of the settings whose names begin with `prefix`, by the rest of their name.
pub fn with_prefix(conn: &mut Conn, prefix: &str) -> QueryResult<Vec<(String, String)>> {
    let rows: Vec<(String, String)> = settings::table
        .filter(settings::name.like(format!("{prefix}%")))
        .select((settings::name, settings::value))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(prefix)?.to_owned(), value)))
        .collect())
}

/// Stores one setting of the room that owns `prefix`.
pub fn put_under(conn: &mut Conn, prefix: &str, name: &str, value: &str, now: UtcTime) -> QueryResult<()> {
    put(conn, &[prefix, name].concat(), value, now).map(drop)
}

/// How far the periodic work called `name` has come: a number that it wrote with [`mark`].
pub fn marked(conn: &mut Conn, name: &str) -> QueryResult<Option<i64>> {
    let value: Option<String> =
        settings::table.find(format!("mark.{name}")).select(settings::value).get_result(conn).optional()?;
    Ok(value.and_then(|v| v.parse().ok()))
}

/// Notes how far the periodic work called `name` has come.
pub fn mark(conn: &mut Conn, name: &str, at: i64, now: UtcTime) -> QueryResult<()> {
    put(conn, &format!("mark.{name}"), &at.to_string(), now).map(drop)
}

fn put(conn: &mut Conn, name: &str, value: &str, now: UtcTime) -> QueryResult<usize> {
    on!(conn, |c| diesel::insert_into(settings::table)
        .values((settings::name.eq(name), settings::value.eq(value), settings::updated_at.eq(now.0)))
        .on_conflict(settings::name)
        .do_update()
        .set((settings::value.eq(value), settings::updated_at.eq(now.0)))
        .execute(c))
}

/// The 256-bit secret `name`, made at first use and the same on every node.
pub fn secret(conn: &mut Conn, random: &Random, name: &str) -> QueryResult<[u8; 32]> {
    let fresh = random.bytes::<32>().to_vec();
    on!(conn, |c| diesel::insert_into(secrets::table)
        .values((secrets::name.eq(name), secrets::value.eq(&fresh)))
        .on_conflict(secrets::name)
        .do_nothing()
        .execute(c))?;
    let kept: Vec<u8> = secrets::table.find(name).select(secrets::value).get_result(conn)?;
    kept.try_into().map_err(|_| diesel::result::Error::NotFound)
}

/// Throws away the secrets of [`secret`] whose names begin with `prefix`, but for those named in `keep`.
pub fn forget_secrets(conn: &mut Conn, prefix: &str, keep: &[String]) -> QueryResult<usize> {
    diesel::delete(
        secrets::table.filter(secrets::name.like(format!("{prefix}%"))).filter(secrets::name.ne_all(keep)),
    )
    .execute(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_limits() {
        assert!(Settings::default().check().is_ok());
        let all = Settings { name: " ".into(), time_zone: "Beijing".into(), ..Settings::default() }.wrong();
        assert!(matches!(all[..], [Error::NameMissing, Error::TimeZone]), "all at once");
        let long = Settings { name: "x".repeat(61), ..Settings::default() };
        assert!(matches!(long.check(), Err(Error::TooLong { field: "name", .. })));
        assert!(matches!(
            Settings { name: " ".into(), ..Settings::default() }.check(),
            Err(Error::NameMissing)
        ));
        assert!(matches!(
            Settings { half_life_hours: 0, ..Settings::default() }.check(),
            Err(Error::HalfLife)
        ));
        assert!(matches!(
            Settings { time_zone: "Beijing".into(), ..Settings::default() }.check(),
            Err(Error::TimeZone)
        ));
    }
}
