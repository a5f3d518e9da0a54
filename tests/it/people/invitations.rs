//! Invitations under pressure: as many uses as they have, never one more.

use std::sync::Barrier;

use hearth::base::actor::Role;
use hearth::people::accounts::Error;
use hearth::people::accounts::invitations::{self, Wanted};

use crate::content::stage::Stage;
use crate::on_both;

on_both! {
    fn of_many_at_once_as_many_come_in_as_were_invited(db) {
        let stage = Stage::new(db);
        let root = stage.with_role("rootie", Role::Administrator);
        let ada = stage.member("ada");
        let refused = stage.write(move |c, house| invitations::make(c, house, &ada, &Wanted::parse(Role::Expert, "2", "7", "")?));
        assert!(matches!(refused, Err(Error::Forbidden)));
        let (_, token) = stage.write(move |c, house| invitations::make(c, house, &root, &Wanted::parse(Role::Expert, "2", "7", "")?)).unwrap();
        let members: Vec<_> = ["m1", "m2", "m3", "m4", "m5"].iter().map(|m| stage.member(m)).collect();
        let barrier = Barrier::new(members.len());
        let done: Vec<_> = std::thread::scope(|s| {
            let (stage, barrier, token) = (&stage, &barrier, &token);
            let running: Vec<_> = members.iter().map(|member| s.spawn(move || {
                barrier.wait();
                let (member, token) = (member.clone(), token.clone());
                stage.write(move |c, house| invitations::accept(c, house, &member, &token))
            })).collect();
            running.into_iter().map(|r| r.join().unwrap()).collect()
        });
        assert_eq!(done.iter().filter(|d| matches!(d, Ok(Role::Expert))).count(), 2, "{done:?}");
        assert_eq!(done.iter().filter(|d| matches!(d, Err(Error::InvitationUsed))).count(), 3, "{done:?}");
        assert_eq!(stage.count("members WHERE role = 2"), 2);
        assert_eq!(stage.count("one_time_links WHERE used = 2 AND uses = 2"), 1);
    }
}
