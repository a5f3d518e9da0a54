//! Heat against an exact sum, and the rules that keep one person from heating a thread alone.

use std::collections::BTreeMap;

use astro_float::{BigFloat, Consts, RoundingMode};
use hearth::base::ids::{MemberId, ThreadId};
use hearth::base::time::{DAY, HOUR, UtcTime};
use hearth::content::heat::model::{EPOCH, sum};
use hearth::content::heat::{self, Engagement, FLOOR, Kind, Scale};
use hearth::content::threads::{self, Thread};
use hearth::infra::db::{Conn, DbError};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::stage::{NOW, Stage};
use crate::on_both;
use crate::support::databases::TestDb;

const BITS: usize = 256;
const ROUND: RoundingMode = RoundingMode::ToEven;
const HALF_LIVES: [i64; 3] = [12, 96, 30 * 24];
const TOLERANCE: f64 = 1e-9;

/// One step in the life of a thread.
#[derive(Debug, Clone)]
enum Step {
    /// Somebody does something, now or as a late arrival.
    Engage { kind: Kind, member: Option<u8>, source: u8, at: i64 },
    /// What was done is taken back: the n-th source that stands.
    TakeBack(prop::sample::Index),
    /// Viewers of a day.
    Views { day: i64, n: u8 },
}

/// Moments of twenty years: few enough days that people meet on them, many enough that heats lie far apart.
fn moments() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(0..20 * 365_i64, 1..12)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kinds = prop::sample::select(vec![
        Kind::Opened,
        Kind::Reply,
        Kind::Like,
        Kind::Accepted,
        Kind::Share,
        Kind::Bookmark,
    ]);
    moments().prop_flat_map(move |days| {
        let day = prop::sample::select(days);
        let hour = prop_oneof![Just(0), Just(DAY - 1), 0..DAY];
        let engage = (kinds.clone(), 0..5_u8, 0..40_u8, day.clone(), hour).prop_map(
            |(kind, member, source, day, within)| {
                // Nobody in particular likes what came in with another community.
                let member = if kind == Kind::Like && member == 0 { None } else { Some(member) };
                Step::Engage { kind, member, source, at: day * DAY + within }
            },
        );
        let step = prop_oneof![
            6 => engage,
            2 => any::<prop::sample::Index>().prop_map(Step::TakeBack),
            1 => (day, 1..200_u8).prop_map(|(day, n)| Step::Views { day, n }),
        ];
        prop::collection::vec(step, 1..80)
    })
}

/// A source: kind, source and person.
type Source = (Kind, i64, Option<i64>);

/// The rows as they should be, told apart from the room's own code.
#[derive(Debug, Default, Clone)]
struct Rows(BTreeMap<Source, (i64, f64)>);

impl Rows {
    /// What counts: everything without a name, and of each person, kind and UTC day the earliest.
    fn counted(&self) -> Vec<(Kind, i64, f64)> {
        let mut named: BTreeMap<(i64, Kind, i64), (i64, f64)> = BTreeMap::new();
        let mut all = Vec::new();
        for ((kind, _, member), (at, factor)) in &self.0 {
            let Some(member) = member else {
                all.push((*kind, *at, *factor));
                continue;
            };
            let day = at.div_euclid(DAY);
            let held = named.entry((*member, *kind, day)).or_insert((*at, *factor));
            if at < &held.0 {
                *held = (*at, *factor);
            }
        }
        all.extend(named.into_iter().map(|((_, kind, _), (at, factor))| (kind, at, factor)));
        all
    }
}

/// The weights of ARCHITECTURE's table, written down a second time.
fn weight(kind: Kind) -> f64 {
    match kind {
        Kind::Opened | Kind::Accepted => 4.0,
        Kind::Reply | Kind::Share => 2.0,
        Kind::Like | Kind::Bookmark => 1.0,
        Kind::View => 0.02,
    }
}

/// Sums in 256 bits. Terms are kept, since powers are dear.
struct Exact {
    consts: Consts,
    half_life: i64,
    terms: BTreeMap<(Kind, i64), BigFloat>,
}

impl Exact {
    fn new(hours: i64) -> Self {
        Self { consts: Consts::new().unwrap(), half_life: hours * HOUR, terms: BTreeMap::new() }
    }

    /// `weight · 2^((at − t0) / half-life)`.
    fn unit(&mut self, kind: Kind, at: i64) -> BigFloat {
        if let Some(known) = self.terms.get(&(kind, at)) {
            return known.clone();
        }
        let age = BigFloat::from_i64(at - EPOCH.0, BITS).div(
            &BigFloat::from_i64(self.half_life, BITS),
            BITS,
            ROUND,
        );
        let two = BigFloat::from_i64(2, BITS);
        let grown = two.pow(&age, BITS, ROUND, &mut self.consts);
        let unit = grown.mul(&BigFloat::from_f64(weight(kind), BITS), BITS, ROUND);
        self.terms.insert((kind, at), unit.clone());
        unit
    }

    /// The heat of these rows, to the last bit of a double; the floor for none.
    fn heat(&mut self, counted: &[(Kind, i64, f64)]) -> f64 {
        if counted.is_empty() {
            return FLOOR;
        }
        let mut total = BigFloat::from_i64(0, BITS);
        for (kind, at, factor) in counted {
            let term = self.unit(*kind, *at).mul(&BigFloat::from_f64(*factor, BITS), BITS, ROUND);
            total = total.add(&term, BITS, ROUND);
        }
        let log = total.log2(BITS, ROUND, &mut self.consts);
        format!("{log}").parse().unwrap()
    }
}

/// A thread's row without posts; the member ids are the first five accounts.
fn bare_thread(c: &mut Conn, category: i64) -> Result<Thread, DbError> {
    let id = threads::store::insert(
        c,
        &threads::store::NewThread {
            id: None,
            category: hearth::base::ids::CategoryId(category),
            author: MemberId(1),
            kind: threads::ThreadKind::Discussion,
            title: "t",
            slug: "t",
            lang: "en",
            state: threads::State::Listed,
            created_at: EPOCH,
        },
    )?;
    Ok(threads::store::lock(c, id)?.unwrap())
}

/// The author (member 0) replies at a tenth; likes without names stand for several.
fn factor(kind: Kind, member: Option<u8>, source: u8) -> f64 {
    match (kind, member) {
        (Kind::Reply, Some(0)) => 0.1,
        (Kind::Like, None) => f64::from(source) + 1.0,
        _ => 1.0,
    }
}

fn engagement(thread: ThreadId, kind: Kind, member: Option<u8>, source: u8, at: i64) -> Engagement {
    Engagement {
        thread,
        kind,
        source: i64::from(source),
        member: member.map(|m| MemberId(i64::from(m) + 1)),
        at: EPOCH.plus(at),
        factor: factor(kind, member, source),
    }
}

/// Takes one step on the tables and in the model.
fn take(
    c: &mut Conn,
    scale: Scale,
    thread: &mut Thread,
    rows: &mut Rows,
    step: &Step,
) -> Result<(), DbError> {
    match step {
        Step::Engage { kind, member, source, at } => {
            let new = engagement(thread.id, *kind, *member, *source, *at);
            threads::service::engage(c, scale, thread, &new)?;
            // The same source twice is one.
            let key = (*kind, new.source, new.member.map(|m| m.0));
            rows.0.entry(key).or_insert((new.at.0, new.factor));
        }
        Step::TakeBack(which) => {
            let standing: Vec<Source> = rows.0.keys().copied().filter(|(k, ..)| *k != Kind::View).collect();
            if !standing.is_empty() {
                take_back(c, scale, thread, rows, *which.get(&standing))?;
            }
        }
        Step::Views { day, n } => {
            let day = EPOCH.day() + day;
            threads::store::save(c, thread)?;
            threads::views::write(c, &BTreeMap::from([((thread.id, day), i64::from(*n))]))?;
            *thread = threads::store::lock(c, thread.id)?.unwrap();
            rows.0.entry((Kind::View, day, None)).or_insert((day * DAY, 0.0)).1 += f64::from(*n);
        }
    }
    Ok(())
}

fn take_back(
    c: &mut Conn,
    scale: Scale,
    thread: &mut Thread,
    rows: &mut Rows,
    source: Source,
) -> Result<(), DbError> {
    let (kind, id, member) = source;
    threads::service::disengage(c, scale, thread, kind, id, member.map(MemberId))?;
    rows.0.remove(&source);
    Ok(())
}

/// One life of a thread: any order of arrival, then everything is taken back, newest first. The error after
/// every step.
fn live(c: &mut Conn, category: i64, hours: i64, steps: &[Step]) -> Result<f64, DbError> {
    let scale = Scale::hours(hours);
    let mut exact = Exact::new(hours);
    let mut rows = Rows::default();
    let mut thread = bare_thread(c, category)?;
    let mut worst = 0.0_f64;
    for step in steps {
        take(c, scale, &mut thread, &mut rows, step)?;
        worst = worst.max((thread.heat - exact.heat(&rows.counted())).abs());
    }
    let mut left: Vec<(i64, Source)> =
        rows.0.iter().filter(|((k, ..), _)| *k != Kind::View).map(|(k, (at, _))| (*at, *k)).collect();
    left.sort_unstable();
    while let Some((_, source)) = left.pop() {
        take_back(c, scale, &mut thread, &mut rows, source)?;
        worst = worst.max((thread.heat - exact.heat(&rows.counted())).abs());
    }
    Ok(worst)
}

fn half_life(stage: &Stage, hours: i64) {
    stage
        .write(move |c, house| {
            let wanted = hearth::site::settings::Settings { half_life_hours: hours, ..Default::default() };
            hearth::site::settings::save(c, &house.clock, &wanted)
        })
        .unwrap();
}

fn peopled(db: &TestDb) -> (Stage, i64) {
    let stage = Stage::new(db);
    for name in ["ada", "bea", "cyd", "dov", "eli"] {
        stage.member(name);
    }
    let category = stage.category("talk").0;
    (stage, category)
}

fn cases(db: &TestDb, sqlite: u32, postgres: u32) -> TestRunner {
    let cases = if db.url().is_sqlite() { sqlite } else { postgres };
    TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() })
}

on_both! {
    fn it_is_the_exact_sum_whatever_happens_in_whatever_order(db) {
        let (stage, category) = peopled(db);
        for hours in HALF_LIVES {
            half_life(&stage, hours);
            cases(db, 100, 20).run(&steps(), |steps| {
                let shown = steps.clone();
                let worst = stage.write(move |c, _| live(c, category, hours, &shown)).unwrap();
                prop_assert!(worst <= TOLERANCE, "half-life {hours} h: off by {worst:e}");
                Ok(())
            }).unwrap();
        }
    }
}

on_both! {
    fn taking_back_the_newest_again_and_again_loses_no_digits(db) {
        // Each weighs a little less than half of the sum, so that all that remains is a small difference.
        let (stage, category) = peopled(db);
        for hours in HALF_LIVES {
            let steps: Vec<Step> = (0..60)
                .map(|n| Step::Engage {
                    kind: Kind::Like,
                    member: Some((n % 5) as u8),
                    source: n as u8,
                    at: 19 * 365 * DAY + n * hours * HOUR * 87 / 100,
                })
                .collect();
            let worst = stage.write(move |c, _| live(c, category, hours, &steps)).unwrap();
            assert!(worst <= TOLERANCE, "half-life {hours} h: off by {worst:e}");
        }
    }
}

on_both! {
    fn the_order_of_arrival_does_not_matter(db) {
        let (stage, category) = peopled(db);
        let both = steps().prop_flat_map(|steps| {
            // A source is one event: the same wherever it stands in the order.
            let mut seen = std::collections::HashSet::new();
            let only: Vec<Step> = steps.into_iter().filter(|s| match s {
                Step::Engage { kind, member, source, .. } => seen.insert((*kind, *member, *source)),
                Step::Views { .. } => true,
                Step::TakeBack(_) => false,
            }).collect();
            (Just(only.clone()), Just(only).prop_shuffle())
        });
        cases(db, 100, 20).run(&both, |(one, other)| {
            let found = stage.write(move |c, _| {
                let scale = threads::service::scale(c)?;
                let mut found = Vec::new();
                for order in [&one, &other] {
                    let mut thread = bare_thread(c, category)?;
                    for step in order {
                        take(c, scale, &mut thread, &mut Rows::default(), step)?;
                    }
                    let mut counted: Vec<String> = heat::store::counted(heat::store::rows(c, thread.id)?)
                        .iter()
                        .map(|r| format!("{:?} {} {} {} {}", r.member_id, r.kind, r.day, r.at.0, r.factor))
                        .collect();
                    counted.sort();
                    found.push((thread.heat, counted));
                }
                Ok::<_, DbError>(found)
            }).unwrap();
            prop_assert!((found[0].0 - found[1].0).abs() <= TOLERANCE);
            prop_assert_eq!(&found[0].1, &found[1].1);
            Ok(())
        }).unwrap();
    }
}

on_both! {
    fn a_person_counts_once_a_day_and_kind(db) {
        let stage = Stage::new(db);
        let (author, fan, other) = (stage.member("author"), stage.member("fan"), stage.member("other"));
        let talk = stage.category("talk");
        let opened = stage.open(&author, talk, "How hot");
        let id = opened.thread;
        let present = || {
            let scale = stage.read(threads::service::scale);
            scale.present(stage.thread(id).heat, NOW)
        };
        let near = |expected: f64| {
            let found = present();
            assert!((found - expected).abs() < 1e-9, "{found} instead of {expected}");
            stage.check();
        };
        near(4.0);
        let own = stage.reply(&author, id);
        near(4.2);
        stage.reply(&author, id);
        near(4.2);
        let first = stage.reply(&fan, id);
        near(6.2);
        let second = stage.reply(&fan, id);
        near(6.2);
        // The counted source goes: the next of that day counts in its place.
        stage.delete(&fan, first.post).unwrap();
        near(6.2);
        stage.delete(&fan, second.post).unwrap();
        near(4.2);
        stage.like(&fan, opened.post, true).unwrap();
        near(5.2);
        stage.like(&fan, own.post, true).unwrap();
        near(5.2);
        for _ in 0..5 {
            stage.like(&fan, opened.post, false).unwrap();
            near(5.2);
            stage.like(&fan, opened.post, true).unwrap();
            near(5.2);
        }
        stage.like(&fan, own.post, false).unwrap();
        near(5.2);
        stage.like(&fan, opened.post, false).unwrap();
        near(4.2);
        stage.like(&fan, opened.post, false).unwrap();
        near(4.2);
        stage.like(&other, opened.post, true).unwrap();
        near(5.2);
    }
}

on_both! {
    fn another_day_counts_again_and_all_of_it_decays(db) {
        let stage = Stage::new(db);
        let (author, fan) = (stage.member("author"), stage.member("fan"));
        let opened = stage.open(&author, stage.category("talk"), "Two days");
        let scale = stage.read(threads::service::scale);
        stage.reply(&fan, opened.thread);
        stage.advance(DAY);
        stage.reply(&fan, opened.thread);
        let now = stage.house.clock.now();
        let expected = 6.0 * (-0.25_f64).exp2() + 2.0;
        assert!((scale.present(stage.thread(opened.thread).heat, now) - expected).abs() < 1e-9);
        let (reasons, total) = stage.read(|c| threads::service::explain_heat(c, opened.thread, now));
        assert_eq!(reasons.len(), 3);
        assert!((total - expected).abs() < 1e-9);
        stage.check();
    }
}

on_both! {
    fn viewers_weigh_a_fiftieth_each(db) {
        let stage = Stage::new(db);
        let author = stage.member("author");
        let opened = stage.open(&author, stage.category("talk"), "Seen");
        let day = NOW.day();
        for n in [30, 20] {
            stage.write(move |c, _| threads::views::write(c, &BTreeMap::from([((opened.thread, day), n)]))).unwrap();
        }
        let scale = stage.read(threads::service::scale);
        let thread = stage.thread(opened.thread);
        let expected = 4.0 + scale.present(scale.term(Kind::View, 50.0, UtcTime(day * DAY)), NOW);
        assert!((scale.present(thread.heat, NOW) - expected).abs() < 1e-9);
        assert_eq!(thread.views, 50);
        assert_eq!(stage.count("engagements WHERE kind = 7 AND factor = 50"), 1);
        stage.check();
    }
}

on_both! {
    fn rebuilding_changes_nothing_and_follows_a_new_half_life(db) {
        let stage = Stage::new(db);
        let (author, fan) = (stage.member("author"), stage.member("fan"));
        let opened = stage.open(&author, stage.category("talk"), "Rebuilt");
        for _ in 0..4 {
            stage.advance(9 * HOUR);
            stage.reply(&fan, opened.thread);
        }
        let before = stage.thread(opened.thread).heat;
        let rebuild = || {
            stage.write(|c, _| threads::service::rebuild_heat(c, ThreadId(0), 100).map_err(DbError::from)).unwrap()
        };
        assert_eq!(rebuild(), (opened.thread, 1));
        assert!((stage.thread(opened.thread).heat - before).abs() <= TOLERANCE);
        half_life(&stage, 12);
        rebuild();
        assert!(stage.thread(opened.thread).heat > 2.0 * before);
        stage.check();
    }
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]
    #[test]
    fn the_order_of_two_threads_never_changes(
        hours in prop::sample::select(HALF_LIVES.to_vec()),
        a in prop::collection::vec((0..7_usize, 0..20 * 365 * DAY), 1..8),
        b in prop::collection::vec((0..7_usize, 0..20 * 365 * DAY), 1..8),
        later in prop::collection::vec(0..20 * 365 * DAY, 1..8),
    ) {
        let scale = Scale::hours(hours);
        let heat = |events: &[(usize, i64)]| {
            sum(events.iter().map(|(kind, at)| scale.term(Kind::ALL[*kind], 1.0, EPOCH.plus(*at))))
        };
        let (hot, cold) = if heat(&a) >= heat(&b) { (heat(&a), heat(&b)) } else { (heat(&b), heat(&a)) };
        for after in later {
            let now = EPOCH.plus(20 * 365 * DAY + after);
            let (more, less) = (scale.present(hot, now), scale.present(cold, now));
            prop_assert!(more >= less);
            // Further away than a double can hold, both are nothing.
            if hot - cold > TOLERANCE && more > f64::MIN_POSITIVE {
                prop_assert!(more > less, "{hot} {cold} at {now:?}");
            }
        }
    }
}
