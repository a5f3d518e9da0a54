//! The bare forum of the content tests, with the reader of points.

use hearth::base::actor::SignedIn;
use hearth::base::ids::MemberId;
use hearth::engage::ledger::audit::{self, Audit};
use hearth::engage::ledger::service::{self, Adjustment};
use hearth::engage::ledger::{self, Account, Entry};
use hearth::engage::rules::{self, Kind, Rule, Rules};
use hearth::infra::activity::reader::Running;
use hearth::infra::activity::sequencer;
use hearth::infra::db::{Db, DbError};

use crate::content::stage::Stage;

/// Small rules, so that few acts reach the caps.
pub fn tight() -> Rules {
    let rule = |points, per_day| Rule { points, per_day };
    Rules::default()
        .with(Kind::Thread, rule(5, Some(12)))
        .with(Kind::Reply, rule(2, Some(5)))
        .with(Kind::Like, rule(1, Some(2)))
        .with(Kind::Accepted, rule(10, Some(15)))
        .with(Kind::FirstOfDay, rule(3, None))
}

pub fn set(stage: &Stage, wanted: Rules) {
    stage.write(move |c, _| rules::save(c, &wanted)).unwrap();
}

/// Lets the reader catch up.
pub fn settle(db: &Db) {
    let mut held = None;
    while sequencer::step(db, &mut held, "test").unwrap() > 0 {}
    let mut reader = Running::new(ledger::reader::READER, "test");
    while reader.step(db).unwrap() > 0 {}
}

pub fn account(stage: &Stage, member: MemberId) -> Account {
    stage.house.db.read_now(|c| service::account(c, member)).unwrap()
}

/// Balance, growth, debt.
pub fn points(stage: &Stage, member: &SignedIn) -> (i64, i64, i64) {
    let account = account(stage, member.id);
    (account.balance, account.growth, account.debt)
}

/// The entries of a member, newest first, as (kind, delta).
pub fn entries(stage: &Stage, member: &SignedIn) -> Vec<Entry> {
    let id = member.id;
    stage.read(|c| ledger::store::page(c, id, None, 1_000))
}

pub fn audit(db: &Db) -> Audit {
    db.read_now(|c| audit::run(c).map_err(DbError::from)).unwrap()
}

/// Everything adds up.
pub fn sound(db: &Db) {
    let audit = audit(db);
    assert!(audit.sound(), "{audit:?}");
}

pub fn adjust(stage: &Stage, by: &SignedIn, who: &SignedIn, delta: i64) -> Result<i64, ledger::Error> {
    let (by, handle) = (by.clone(), who.handle.clone());
    stage.write(move |c, house| {
        service::adjust(c, house, &by, &handle, &Adjustment::parse(delta, "for a reason")?).map(|(id, _)| id)
    })
}

pub fn revoke(stage: &Stage, by: &SignedIn, entry: i64) -> Result<i64, ledger::Error> {
    let by = by.clone();
    stage.write(move |c, house| service::revoke(c, house, &by, entry))
}

pub fn spend(stage: &Stage, who: &SignedIn, cost: i64, act: i64) -> Result<i64, ledger::Error> {
    let id = who.id;
    stage.write(move |c, house| service::spend(c, house, id, cost, act))
}
