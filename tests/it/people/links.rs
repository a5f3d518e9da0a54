//! One-time links: good for one use, for a day, for whom they were made.

use std::sync::Barrier;

use hearth::base::actor::Role;
use hearth::people::accounts::handle::Handle;
use hearth::people::accounts::links::{self, GOOD_FOR, Purpose};
use hearth::people::accounts::model::Email;
use hearth::people::accounts::{Error, store};

use crate::content::stage::Stage;
use crate::on_both;

fn issue(stage: &Stage, handle: &'static str) -> String {
    stage.write(move |c, house| links::issue_password(c, house, None, handle)).unwrap()
}

fn set(stage: &Stage, token: &str, hash: &'static str) -> Result<hearth::base::ids::MemberId, Error> {
    let token = token.to_owned();
    stage.write(move |c, house| links::use_password_link(c, house, &token, hash))
}

on_both! {
    fn a_link_sets_one_password_once(db) {
        let stage = Stage::new(db);
        let ada = stage.member("ada");
        stage.member("bea");
        let token = issue(&stage, "ada");
        assert_eq!(stage.count("one_time_links WHERE used_at IS NULL"), 1);
        assert!(set(&stage, "something else", "x").is_err());
        let barrier = Barrier::new(4);
        let used: Vec<_> = std::thread::scope(|s| {
            let (stage, barrier, token) = (&stage, &barrier, &token);
            let running: Vec<_> = (0..4).map(|_| s.spawn(move || {
                barrier.wait();
                set(stage, token, "hash")
            })).collect();
            running.into_iter().map(|r| r.join().unwrap()).collect()
        });
        assert_eq!(used.iter().filter(|u| matches!(u, Ok(id) if *id == ada.id)).count(), 1);
        assert_eq!(used.iter().filter(|u| matches!(u, Err(Error::LinkInvalid))).count(), 3);
        assert_eq!(stage.read(|c| store::password_hash(c, ada.id)).as_deref(), Some("hash"));
    }
}

on_both! {
    fn a_link_ends_with_its_day_and_with_the_next_one(db) {
        let stage = Stage::new(db);
        stage.member("ada");
        stage.member("bea");
        let (first, other) = (issue(&stage, "ada"), issue(&stage, "bea"));
        let second = issue(&stage, "ada");
        assert!(matches!(set(&stage, &first, "x"), Err(Error::LinkInvalid)), "there is a newer one");
        stage.advance(GOOD_FOR - 1);
        set(&stage, &second, "x").unwrap();
        stage.advance(1);
        assert!(matches!(set(&stage, &other, "x"), Err(Error::LinkInvalid)));
    }
}

on_both! {
    fn links_are_issued_by_administrators_and_serve_their_purpose_only(db) {
        let stage = Stage::new(db);
        let operator = stage.with_role("ops1", Role::Operator);
        stage.member("ada");
        let refused = stage.write(move |c, house| links::issue_password(c, house, Some(&operator), "ada"));
        assert!(matches!(refused, Err(Error::Forbidden)));
        let nobody = stage.write(|c, house| links::issue_password(c, house, None, "nobody"));
        assert!(matches!(nobody, Err(Error::Absent)));
        let first = stage.write(|c, house| links::issue(c, house, Purpose::FirstAdministrator, None, None)).unwrap();
        assert!(matches!(set(&stage, &first, "x"), Err(Error::LinkInvalid)));
    }
}

on_both! {
    fn the_first_link_makes_one_administrator(db) {
        let stage = Stage::new(db);
        let issue = || stage.write(|c, house| links::issue(c, house, Purpose::FirstAdministrator, None, None)).unwrap();
        let make = |token: &str, name: &'static str| {
            let token = token.to_owned();
            stage.write(move |c, house| {
                let (handle, email) = (Handle::parse(name)?, Email::parse("root@example.com")?);
                links::use_first_link(c, house, &token, &handle, &email, "hash")
            })
        };
        let token = issue();
        // A refusal does not use the link up.
        assert!(matches!(make(&token, "a"), Err(Error::HandleInvalid)));
        let id = make(&token, "ada").unwrap();
        assert_eq!(stage.signed_in(id).role, Role::Administrator);
        assert!(make(&token, "bea").is_err());
        let late = issue();
        assert!(matches!(make(&late, "bea"), Err(Error::LinkInvalid)), "there is one");
        assert_eq!(stage.count("members"), 1);
    }
}
