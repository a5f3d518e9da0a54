//! How far the first hour has come: what was settled on the way, and what the site shows by itself.

use std::collections::HashMap;

use diesel::QueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::content::categories;
use crate::infra::clock::Clock;
use crate::infra::db::Conn;
use crate::people::accounts::invitations;
use crate::site::branding;
use crate::site::settings::{self, Settings};

/// Prefix of the marks among the settings.
const PREFIX: &str = "start.";
/// The mark of a list that was put away.
const AWAY: &str = "away";

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The site's language and time zone.
    Language,
    /// Its name and the line below.
    Name,
    /// Its colour and logo.
    Look,
    /// The first categories.
    Categories,
    /// A link for the first members.
    Invitation,
}

impl Step {
    /// All, in order. The language comes first, so that the rest is read in it.
    pub const ALL: [Self; 5] = [Self::Language, Self::Name, Self::Look, Self::Categories, Self::Invitation];

    /// The name in addresses, settings and locale keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Name => "name",
            Self::Look => "look",
            Self::Categories => "categories",
            Self::Invitation => "invitation",
        }
    }

    /// The step of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }

    /// Its page.
    pub fn url(self) -> String {
        format!("{}/{}", super::PATH, self.name())
    }

    /// Its place in the row, from 0.
    pub fn place(self) -> usize {
        Self::ALL.iter().position(|s| *s == self).unwrap_or(0)
    }

    /// The one before it.
    pub fn before(self) -> Option<Self> {
        self.place().checked_sub(1).and_then(|n| Self::ALL.get(n).copied())
    }

    /// The one after it.
    pub fn after(self) -> Option<Self> {
        Self::ALL.get(self.place() + 1).copied()
    }
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing was decided yet.
    Open,
    /// Left out on purpose.
    Skipped,
    /// Done, here or elsewhere in the back office.
    Done,
}

impl State {
    /// The name in classes and locale keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Skipped => "skipped",
            Self::Done => "done",
        }
    }
}

/// What is kept of a settled step: nothing but a skip, or how the site was before it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Kept {
    before: Option<Value>,
}

/// How far it has come.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    kept: HashMap<String, Kept>,
    /// Steps that the site shows to be done, whoever did them.
    shown: Vec<&'static str>,
    away: bool,
    fresh: bool,
}

impl Progress {
    /// Where `step` stands.
    pub fn state(&self, step: Step) -> State {
        let done = self.can_undo(step) || self.shown.contains(&step.name());
        match (done, self.kept.contains_key(step.name())) {
            (true, _) => State::Done,
            (false, true) => State::Skipped,
            (false, false) => State::Open,
        }
    }

    /// True when the step was done here and can be taken back.
    pub fn can_undo(&self, step: Step) -> bool {
        self.kept.get(step.name()).is_some_and(|kept| kept.before.is_some())
    }

    /// How many steps are done or skipped.
    pub fn settled(&self) -> usize {
        Step::ALL.iter().filter(|s| self.state(**s) != State::Open).count()
    }

    /// The first step that is open.
    pub fn next(&self) -> Option<Step> {
        Step::ALL.into_iter().find(|s| self.state(*s) == State::Open)
    }

    /// True when somebody put the list away.
    pub fn away(&self) -> bool {
        self.away
    }

    /// True while the dashboard leads here: something is open on a site that began here or has nowhere to write.
    pub fn is_wanted(&self) -> bool {
        !self.away && self.next().is_some() && (self.fresh || !self.kept.is_empty())
    }
}

/// Reads how far it has come.
pub fn load(conn: &mut Conn) -> QueryResult<Progress> {
    let (set, usual) = (settings::load(conn)?, Settings::default());
    let brand = branding::service::load(conn)?;
    let fresh = categories::store::all(conn)?.is_empty();
    let facts = [
        (Step::Language, set.locale != usual.locale),
        (Step::Name, set.name != usual.name),
        (Step::Look, brand.colour != branding::DEFAULT_COLOUR || brand.logo.is_some()),
        (Step::Categories, !fresh),
        (Step::Invitation, invitations::any(conn)?),
    ];
    let rows = settings::with_prefix(conn, PREFIX)?;
    let away = rows.iter().any(|(name, value)| name == AWAY && !value.is_empty());
    let kept = rows.into_iter().filter_map(|(name, value)| Some((name, serde_json::from_str(&value).ok()?)));
    Ok(Progress {
        kept: kept.collect(),
        shown: facts.into_iter().filter(|(_, done)| *done).map(|(step, _)| step.name()).collect(),
        away,
        fresh,
    })
}

fn keep(conn: &mut Conn, clock: &Clock, step: Step, kept: Option<&Kept>) -> QueryResult<()> {
    let text = kept.and_then(|k| serde_json::to_string(k).ok()).unwrap_or_default();
    settings::put_under(conn, PREFIX, step.name(), &text, clock.now())
}

/// How the site was before `step` was done here.
pub fn before(conn: &mut Conn, step: Step) -> QueryResult<Option<Value>> {
    Ok(load(conn)?.kept.remove(step.name()).and_then(|kept| kept.before))
}

/// Notes that `step` was done on a site that was as `before` says. Done again it still leads back to the first.
pub fn done(conn: &mut Conn, clock: &Clock, step: Step, before: Value) -> QueryResult<()> {
    if load(conn)?.can_undo(step) { Ok(()) } else { put(conn, clock, step, before) }
}

/// Notes what `step` did, whatever was noted.
pub fn put(conn: &mut Conn, clock: &Clock, step: Step, before: Value) -> QueryResult<()> {
    keep(conn, clock, step, Some(&Kept { before: Some(before) }))
}

/// Notes that `step` was left out.
pub fn skip(conn: &mut Conn, clock: &Clock, step: Step) -> QueryResult<()> {
    if load(conn)?.can_undo(step) { Ok(()) } else { keep(conn, clock, step, Some(&Kept::default())) }
}

/// Notes that `step` was undone, but for `left`.
pub fn undone(conn: &mut Conn, clock: &Clock, step: Step, left: Option<Value>) -> QueryResult<()> {
    let kept = left.map(|left| Kept { before: Some(left) });
    keep(conn, clock, step, kept.as_ref())
}

/// Puts the list away, or back.
pub fn put_away(conn: &mut Conn, clock: &Clock, away: bool) -> QueryResult<()> {
    settings::put_under(conn, PREFIX, AWAY, if away { "1" } else { "" }, clock.now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_on_and_back() {
        assert_eq!(Step::Language.before(), None);
        assert_eq!(Step::Invitation.after(), None);
        for step in Step::ALL {
            assert_eq!(Step::parse(step.name()), Some(step));
            assert!(step.after().is_none_or(|next| next.before() == Some(step)));
        }
    }

    #[test]
    fn a_step_is_open_until_it_is_done_or_left_out() {
        let mut progress = Progress { fresh: true, ..Progress::default() };
        assert!(progress.is_wanted() && progress.next() == Some(Step::Language));
        progress.kept.insert("language".into(), Kept::default());
        assert_eq!(progress.state(Step::Language), State::Skipped);
        progress.shown.push("language");
        assert!(progress.state(Step::Language) == State::Done && !progress.can_undo(Step::Language));
        progress.kept.insert("name".into(), Kept { before: Some(Value::Null) });
        assert_eq!((progress.settled(), progress.next()), (2, Some(Step::Look)));
        let grown = Progress::default();
        assert!(!grown.is_wanted(), "a site that grew without it is left alone");
    }
}
