//! Limits that guard accounts: counted in the database, for all nodes together.

use hearth::base::actor::Role;
use hearth::base::time::SECOND;
use hearth::infra::db::DbError;
use hearth::people::accounts::links;
use hearth::web::limits::{self, Guarded, LOGIN_ACCOUNT, LimitError, RESET, SIGN_UP};

use crate::content::stage::{Stage, house};
use crate::on_both;
use crate::support::app::{App, Caller, off};
use crate::support::databases::TestDb;

fn guard(stage: &Stage, limit: Guarded, key: &str) -> Result<(), u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match runtime.block_on(limits::guard(&stage.house, true, limit, key)) {
        Ok(()) => Ok(()),
        Err(LimitError::TooMany(refused)) => Err(refused.seconds),
        Err(other) => panic!("{other}"),
    }
}

on_both! {
    fn so_many_and_no_more_until_the_window_ends(db) {
        let stage = Stage::new(db);
        for limit in [SIGN_UP, LOGIN_ACCOUNT, RESET] {
            for _ in 0..limit.hits {
                guard(&stage, limit, "10.0.0.0/24").unwrap();
            }
            let seconds = guard(&stage, limit, "10.0.0.0/24").unwrap_err();
            assert!((1..=limit.window as u64).contains(&seconds));
            // Others are not held up by it, nor by another limit.
            guard(&stage, limit, "10.0.1.0/24").unwrap();
            // Trying on does not make the wait longer.
            assert_eq!(guard(&stage, limit, "10.0.0.0/24"), Err(seconds));
            stage.advance((seconds as i64 - 1) * SECOND);
            assert!(guard(&stage, limit, "10.0.0.0/24").is_err());
            stage.advance(SECOND);
            guard(&stage, limit, "10.0.0.0/24").unwrap();
        }
    }
}

on_both! {
    fn requests_at_once_are_all_counted(db) {
        let stage = Stage::new(db);
        // Two nodes on one database.
        let second = Stage { house: house(db) };
        let nodes = [&stage, &second];
        let passed: usize = std::thread::scope(|s| {
            let running: Vec<_> = (0..8)
                .map(|k| s.spawn(move || (0..4).filter(|_| guard(nodes[k % 2], LOGIN_ACCOUNT, "ada").is_ok()).count()))
                .collect();
            running.into_iter().map(|r| r.join().unwrap()).sum()
        });
        assert_eq!(passed as i64, LOGIN_ACCOUNT.hits);
        assert_eq!(stage.number("SELECT hits AS n FROM request_limits"), 32);
    }
}

on_both! {
    fn what_is_over_is_forgotten(db) {
        let stage = Stage::new(db);
        for limit in [SIGN_UP, LOGIN_ACCOUNT] {
            guard(&stage, limit, "ada").unwrap();
        }
        let forget = || {
            stage
                .write(|c, house| limits::forget(c, house.clock.now().0 / SECOND).map_err(DbError::from))
                .unwrap()
        };
        assert_eq!(forget(), 0);
        stage.advance(2 * SIGN_UP.window * SECOND);
        assert_eq!(forget(), 2);
        assert_eq!(stage.count("request_limits"), 0);
    }
}

#[actix_web::test]
async fn only_wrong_passwords_count() {
    let app = App::on(TestDb::sqlite(), |web| web.rate_limits = true);
    let form = app.get("/signup", &Caller::visitor()).await;
    let guest = Caller::visitor().with_cookies(form.cookies());
    let good = "correct horse battery";
    let made = [("username", "ada"), ("email", "a@mail.test"), ("password", good)];
    let ada = guest.clone().with_cookies(app.post("/signup", &guest, &made).await.cookies());
    let login = async |password: &str| {
        app.post("/login", &guest, &[("login", "ada"), ("password", password)]).await.status
    };
    for _ in 0..40 {
        assert_eq!(login(good).await, 303);
    }
    for _ in 0..LOGIN_ACCOUNT.hits {
        assert_eq!(login("not this one").await, 401);
    }
    assert_eq!(login(good).await, 429, "after so many guesses also the right one waits");
    let change = async |current: &str, new: &str| {
        app.post("/settings/password", &ada, &[("current", current), ("password", new)]).await.status
    };
    for _ in 0..12 {
        assert_eq!(change(good, "short").await, 422);
    }
    assert_eq!(change(good, "another horse battery").await, 303);
}

#[actix_web::test]
async fn a_password_that_will_not_do_costs_no_use_of_the_link() {
    let app = App::on(TestDb::sqlite(), |web| web.rate_limits = true);
    app.member("ada", Role::Member);
    let house = app.node.house.clone();
    let token = off(move || {
        let db = house.db.clone();
        db.write_now(move |c| links::issue_password(c, &house, None, "ada")).unwrap()
    });
    let form = app.get(&format!("/password?token={token}"), &Caller::visitor()).await;
    let guest = Caller::visitor().with_cookies(form.cookies());
    let set = async |password: &str| {
        app.post("/password", &guest, &[("token", &token), ("password", password)]).await.status
    };
    for _ in 0..5 {
        assert_eq!(set("short").await, 422);
    }
    assert_eq!(set("correct horse battery").await, 303);
}
