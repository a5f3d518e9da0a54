//! Names and addresses: who may have which, also when two ask at once.

use std::sync::Barrier;

use hearth::base::actor::Role;
use hearth::base::ids::MemberId;

use hearth::people::accounts::password::{Password, PasswordPool, hash_now};
use hearth::people::accounts::service::{self, SignUp};
use hearth::people::accounts::{Error, links, standing, store};

use crate::content::stage::Stage;
use crate::on_both;

const PASSWORD: &str = "correct horse battery";

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn sign_up(stage: &Stage, handle: &str, email: &str) -> Result<MemberId, Error> {
    let wanted = SignUp::parse(handle, email, PASSWORD).map_err(|mut wrong| wrong.remove(0))?;
    runtime().block_on(service::sign_up(&stage.house, &PasswordPool::default(), wanted, None))
}

fn log_in(stage: &Stage, name: &str, password: &str) -> Result<MemberId, Error> {
    runtime().block_on(service::authenticate(&stage.house, &PasswordPool::default(), name, password))
}

on_both! {
    fn a_handle_and_whatever_looks_like_it_is_given_once(db) {
        let stage = Stage::new(db);
        sign_up(&stage, "bob1", "bob@example.com").unwrap();
        sign_up(&stage, "发展", "fa@example.com").unwrap();
        stage.member("third");
        for taken in ["bob1", "BOB1", "bobl", "Ｂｏｂ１", "發展", "@bob1"] {
            assert!(matches!(sign_up(&stage, taken, "x@example.com"), Err(Error::HandleTaken)), "{taken}");
        }
        for odd in ["a", "a b", "аdmin2", "admin"] {
            assert!(sign_up(&stage, odd, "x@example.com").is_err(), "{odd}");
        }
        assert_eq!(stage.count("members"), 3);
        // Found under any way of writing it.
        for name in ["BOB1", "Ｂｏｂ１", "@bob1"] {
            assert!(stage.read(|c| store::by_handle(c, name)).is_some(), "{name}");
        }
        assert!(stage.read(|c| store::by_handle(c, "bobl")).is_none(), "taken, but not the same name");
    }
}

on_both! {
    fn of_many_who_want_a_handle_at_once_one_gets_it(db) {
        let stage = Stage::new(db);
        let barrier = Barrier::new(6);
        let spellings = ["bob1", "BOB1", "bobl", "Bob1", "Ｂｏｂ１", "@bob1"];
        let hash = hash_now(&Password::given(PASSWORD)).unwrap();
        let given: Vec<_> = std::thread::scope(|s| {
            let (stage, barrier, hash) = (&stage, &barrier, &hash);
            let running: Vec<_> = spellings.into_iter()
                .map(|name| s.spawn(move || {
                    barrier.wait();
                    let hash = hash.clone();
                    stage.write(move |c, house| {
                        let at = house.clock.now();
                        service::create_by_house(c, house, name, None, Role::Member, Some(&hash), at)
                    })
                }))
                .collect();
            running.into_iter().map(|r| r.join().unwrap()).collect()
        });
        assert_eq!(given.iter().filter(|g| g.is_ok()).count(), 1);
        assert!(given.iter().filter_map(|g| g.as_ref().err()).all(|e| matches!(e, Error::HandleTaken)));
        assert_eq!((stage.count("members"), stage.count("activities")), (1, 1));
    }
}

on_both! {
    fn an_address_identifies_only_once_confirmed(db) {
        let stage = Stage::new(db);
        let admin = stage.with_role("root1", Role::Administrator);
        let ada = sign_up(&stage, "ada", "Shared@Example.com").unwrap();
        sign_up(&stage, "eve", "shared@example.com").unwrap();
        // Neither signs in with it, nor gets a link by it.
        assert!(matches!(log_in(&stage, "shared@example.com", PASSWORD), Err(Error::CredentialsWrong)));
        assert_eq!(log_in(&stage, "ADA", PASSWORD).unwrap(), ada);
        let link = |name: &'static str| {
            let by = admin.clone();
            stage.write(move |c, house| links::issue_password(c, house, Some(&by), name))
        };
        assert!(matches!(link("shared@example.com"), Err(Error::Absent)));
        stage.sql(&format!("UPDATE members SET email_confirmed = TRUE WHERE id = {ada}"));
        assert_eq!(log_in(&stage, "SHARED@example.com", PASSWORD).unwrap(), ada);
        // Confirmed, it is nobody else's, in any case.
        stage.sql("UPDATE members SET imported = TRUE WHERE handle = 'eve'");
        let by = admin.clone();
        let second = stage.write(move |c, house| standing::claim(c, house, &by, "eve", "SHARED@EXAMPLE.COM"));
        assert!(matches!(second, Err(Error::EmailTaken)));
        let second = stage.write(|c, house| {
            let at = house.clock.now();
            service::create_by_house(c, house, "mal", Some("shared@example.com"), Role::Member, None, at)
        });
        assert!(matches!(second, Err(Error::EmailTaken)));
        // As unconfirmed it may still be written by others.
        sign_up(&stage, "zoe", "shared@example.com").unwrap();
        assert_eq!(log_in(&stage, "shared@example.com", PASSWORD).unwrap(), ada);
    }
}

on_both! {
    fn what_is_wrong_with_a_login_is_not_said(db) {
        let stage = Stage::new(db);
        sign_up(&stage, "ada", "ada@example.com").unwrap();
        stage.member("locked");
        for (name, password) in [("ada", "wrong"), ("nobody", PASSWORD), ("locked", ""), ("", ""), ("a@b", "x")] {
            assert!(matches!(log_in(&stage, name, password), Err(Error::CredentialsWrong)), "{name}");
        }
        let long = format!("{PASSWORD}{}", "x".repeat(200));
        assert!(log_in(&stage, "ada", &long).is_err());
    }
}

on_both! {
    fn a_closed_door_lets_nobody_sign_up(db) {
        let stage = Stage::new(db);
        stage
            .write(|c, house| {
                let closed = hearth::site::settings::Settings { open: false, ..Default::default() };
                hearth::site::settings::save(c, &house.clock, &closed)
            })
            .unwrap();
        assert!(matches!(sign_up(&stage, "ada", "ada@example.com"), Err(Error::Closed)));
        assert_eq!(stage.count("members"), 0);
    }
}

on_both! {
    fn an_imported_member_comes_to_life_by_a_claim(db) {
        let stage = Stage::new(db);
        let admin = stage.with_role("root1", Role::Administrator);
        let moderator = stage.with_role("mod1", Role::Moderator);
        let member = stage.member("imported1");
        stage.sql(&format!("UPDATE members SET imported = TRUE WHERE id = {}", member.id));
        let claim = |by: &hearth::base::actor::SignedIn, email: &'static str| {
            let by = by.clone();
            stage.write(move |c, house| standing::claim(c, house, &by, "imported1", email))
        };
        assert!(matches!(claim(&moderator, "i@example.com"), Err(Error::Forbidden)));
        assert!(matches!(claim(&admin, "no address"), Err(Error::EmailInvalid)));
        claim(&admin, "i@example.com").unwrap();
        let by = admin.clone();
        let token = stage.write(move |c, house| links::issue_password(c, house, Some(&by), "imported1")).unwrap();
        let hash = hash_now(&Password::given(PASSWORD)).unwrap();
        stage.write(move |c, house| links::use_password_link(c, house, &token, &hash)).unwrap();
        assert_eq!(log_in(&stage, "i@example.com", PASSWORD).unwrap(), member.id);
        assert_eq!(stage.count("members WHERE imported"), 0);
    }
}
