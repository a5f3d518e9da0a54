//! Roles and suspensions: who decides about whom, and that somebody is always left to decide.

use std::sync::Barrier;

use hearth::base::actor::{Role, SignedIn};
use hearth::base::time::DAY;
use hearth::people::accounts::standing::{self, Suspension};
use hearth::people::accounts::{Error, Member, store};

use crate::content::stage::Stage;
use crate::on_both;

fn set_role(stage: &Stage, by: Option<&SignedIn>, who: &SignedIn, role: Role) -> Result<Member, Error> {
    let (by, handle) = (by.cloned(), who.handle.clone());
    stage.write(move |c, house| standing::set_role(c, house, by.as_ref(), &handle, role))
}

fn suspend(stage: &Stage, by: &SignedIn, who: &SignedIn) -> Result<Member, Error> {
    let (by, handle) = (by.clone(), who.handle.clone());
    stage.write(move |c, house| {
        let wanted = Suspension { until: house.clock.now().plus(DAY), reason: "spam".into() };
        standing::suspend(c, house, &by, &handle, &wanted)
    })
}

on_both! {
    fn the_last_administrator_stays(db) {
        let stage = Stage::new(db);
        let (ada, bea) = (stage.with_role("ada", Role::Administrator), stage.with_role("bea", Role::Administrator));
        let member = stage.member("cyd");
        assert!(matches!(set_role(&stage, Some(&member), &member, Role::Administrator), Err(Error::Forbidden)));
        set_role(&stage, Some(&ada), &bea, Role::Member).unwrap();
        for by in [Some(&ada), None] {
            assert!(matches!(set_role(&stage, by, &ada, Role::Operator), Err(Error::LastAdministrator)));
        }
        set_role(&stage, Some(&ada), &ada, Role::Administrator).unwrap();
        set_role(&stage, None, &member, Role::Administrator).unwrap();
        set_role(&stage, Some(&member), &ada, Role::Member).unwrap_err();
        let cyd = stage.signed_in(member.id);
        set_role(&stage, Some(&cyd), &ada, Role::Member).unwrap();
        assert_eq!(stage.read(|c| store::administrators(c, stage.house.clock.now())), [cyd.id]);
    }
}

on_both! {
    fn two_demotions_do_not_cross(db) {
        let stage = Stage::new(db);
        let both = [stage.with_role("ada", Role::Administrator), stage.with_role("bea", Role::Administrator)];
        let barrier = Barrier::new(2);
        let done: Vec<_> = std::thread::scope(|s| {
            let (stage, barrier, both) = (&stage, &barrier, &both);
            let running: Vec<_> = (0..2).map(|k| s.spawn(move || {
                barrier.wait();
                set_role(stage, Some(&both[k]), &both[1 - k], Role::Member)
            })).collect();
            running.into_iter().map(|r| r.join().unwrap()).collect()
        });
        assert_eq!(done.iter().filter(|d| d.is_ok()).count(), 1);
        assert_eq!(done.iter().filter(|d| matches!(d, Err(Error::LastAdministrator))).count(), 1);
        assert_eq!(stage.count("members WHERE role = 5"), 1);
    }
}

on_both! {
    fn a_suspension_that_is_over_does_not_hide_an_administrator(db) {
        let stage = Stage::new(db);
        let (ada, bea) = (stage.with_role("ada", Role::Administrator), stage.member("bea"));
        suspend(&stage, &ada, &bea).unwrap();
        set_role(&stage, Some(&ada), &bea, Role::Administrator).unwrap();
        let acting = || stage.read(|c| store::administrators(c, stage.house.clock.now()));
        assert_eq!(acting(), [ada.id], "suspended, she cannot act");
        assert!(matches!(set_role(&stage, None, &ada, Role::Member), Err(Error::LastAdministrator)));
        stage.advance(DAY);
        assert_eq!(acting(), [ada.id, bea.id]);
        set_role(&stage, None, &ada, Role::Member).unwrap();
        assert!(matches!(set_role(&stage, None, &bea, Role::Member), Err(Error::LastAdministrator)));
    }
}

on_both! {
    fn nobody_suspends_their_equals_or_betters(db) {
        let stage = Stage::new(db);
        let people: Vec<SignedIn> = [
            ("member1", Role::Member),
            ("expert1", Role::Expert),
            ("mod1", Role::Moderator),
            ("ops1", Role::Operator),
            ("root1", Role::Administrator),
        ]
        .into_iter()
        .map(|(name, role)| stage.with_role(name, role))
        .collect();
        for by in &people {
            for who in &people {
                let allowed = by.role >= Role::Moderator && by.role > who.role;
                let done = suspend(&stage, by, who);
                assert_eq!(done.is_ok(), allowed, "{} suspends {}", by.handle, who.handle);
                if allowed {
                    assert!(stage.signed_in(who.id).suspended_until.is_some());
                    let (by, handle) = (by.clone(), who.handle.clone());
                    stage.write(move |c, house| standing::unsuspend(c, house, &by, &handle)).unwrap();
                    assert!(stage.signed_in(who.id).suspended_until.is_none());
                } else {
                    assert!(matches!(done, Err(Error::Forbidden)));
                }
            }
        }
    }
}

on_both! {
    fn the_suspended_decide_nothing_about_others(db) {
        let stage = Stage::new(db);
        let (admin, member) = (stage.with_role("root1", Role::Administrator), stage.member("member1"));
        let moderator = stage.with_role("mod1", Role::Moderator);
        suspend(&stage, &admin, &moderator).unwrap();
        let moderator = stage.signed_in(moderator.id);
        assert!(matches!(suspend(&stage, &moderator, &member), Err(Error::Suspended)));
        let (by, handle) = (moderator.clone(), member.handle.clone());
        let freed = stage.write(move |c, house| standing::unsuspend(c, house, &by, &handle));
        assert!(matches!(freed, Err(Error::Suspended)));
        stage.advance(DAY);
        suspend(&stage, &stage.signed_in(moderator.id), &member).unwrap();
        assert_eq!(stage.count("audit_entries WHERE action = 'member.suspended'"), 2);
    }
}
