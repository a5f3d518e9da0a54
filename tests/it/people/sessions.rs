//! Sessions and tokens: how long they live, and how they end.

use hearth::base::actor::{Actor, Credential};
use hearth::base::ids::MemberId;
use hearth::base::time::{DAY, HOUR, UtcTime};
use hearth::infra::db::DbError;
use hearth::people::sessions::store::{self, ABSOLUTE, IDLE};
use hearth::people::sessions::{Sessions, tokens};
use hearth::web::state::{ActorSource, Presented};

use crate::content::stage::Stage;
use crate::on_both;

fn open(stage: &Stage, who: MemberId) -> String {
    stage
        .write(move |c, house| store::open(c, house, who, "Firefox", "10.0.0.0/16").map_err(DbError::from))
        .unwrap()
}

fn alive(stage: &Stage, token: &str) -> bool {
    let now = stage.house.clock.now();
    stage.read(|c| store::find(c, token, now)).is_some()
}

fn actor(stage: &Stage, shown: &Presented) -> Actor {
    let sessions = Sessions::new(stage.house.clone());
    stage.house.db.read_now(|c| sessions.actor(c, shown)).unwrap()
}

on_both! {
    fn a_session_ends_when_it_is_not_used(db) {
        let stage = Stage::new(db);
        let ada = stage.member("ada");
        let token = open(&stage, ada.id);
        assert_eq!(stage.count("sessions WHERE address = '10.0.0.0/16'"), 1);
        stage.advance(IDLE - 1);
        assert!(alive(&stage, &token));
        assert_eq!(actor(&stage, &Presented::Session(token.clone())).id(), Some(ada.id));
        stage.advance(1);
        assert!(!alive(&stage, &token));
        assert!(actor(&stage, &Presented::Session(token.clone())).member().is_none());
        assert!(actor(&stage, &Presented::Session("made up".into())).member().is_none());
        assert!(actor(&stage, &Presented::Nothing).member().is_none());
    }
}

on_both! {
    fn a_session_in_use_ends_all_the_same(db) {
        let stage = Stage::new(db);
        let ada = stage.member("ada");
        let token = open(&stage, ada.id);
        let start = stage.house.clock.now();
        // Used every week; each use moves the end of idleness, and not the other.
        loop {
            let now = stage.house.clock.now();
            let Some(session) = stage.read(|c| store::find(c, &token, now)) else { break };
            stage.write(move |c, _| store::touch(c, session.id, now).map_err(DbError::from)).unwrap();
            stage.advance(7 * DAY);
        }
        let lived = stage.house.clock.now().since(start);
        assert!((ABSOLUTE..ABSOLUTE + 7 * DAY).contains(&lived));
        let now = stage.house.clock.now();
        assert_eq!(stage.write(move |c, _| store::forget(c, now).map_err(DbError::from)).unwrap(), 1);
        assert_eq!(stage.count("sessions"), 0);
    }
}

on_both! {
    fn sessions_are_listed_and_ended_by_their_owner(db) {
        let stage = Stage::new(db);
        let (ada, bea) = (stage.member("ada"), stage.member("bea"));
        let old = open(&stage, ada.id);
        stage.advance(HOUR);
        let (new, third, others) = (open(&stage, ada.id), open(&stage, ada.id), open(&stage, bea.id));
        let now = stage.house.clock.now();
        let listed = stage.read(|c| store::list(c, ada.id, now));
        assert_eq!(listed.len(), 3);
        assert!(listed[0].seen_at >= listed[2].seen_at);
        let first = stage.read(|c| store::find(c, &old, now)).unwrap().id;
        let close = |who: MemberId| stage.write(move |c, _| store::close(c, who, first).map_err(DbError::from)).unwrap();
        assert!(!close(bea.id), "not hers");
        assert!(alive(&stage, &old));
        assert!(close(ada.id));
        assert!(!alive(&stage, &old));
        let keep = stage.read(|c| store::find(c, &new, now)).unwrap().id;
        let who = ada.id;
        stage.write(move |c, _| store::close_all(c, who, Some(keep)).map_err(DbError::from)).unwrap();
        assert!(alive(&stage, &new) && !alive(&stage, &third) && alive(&stage, &others));
    }
}

on_both! {
    fn secrets_are_not_in_the_database(db) {
        let stage = Stage::new(db);
        let ada = stage.member("ada");
        let session = open(&stage, ada.id);
        let token = create(&stage, ada.id, None);
        for (table, secret) in [("sessions", session), ("api_tokens", token)] {
            let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
            let column = if db.url().is_sqlite() { "LOWER(HEX(token_hash))" } else { "ENCODE(token_hash, 'hex')" };
            let hash = hex(&store::hash(&secret));
            assert_eq!(stage.count(&format!("{table} WHERE {column} = '{hash}'")), 1);
            assert_eq!(stage.count(&format!("{table} WHERE {column} LIKE '%{}%'", hex(secret.as_bytes()))), 0);
        }
    }
}

fn create(stage: &Stage, who: MemberId, expires: Option<UtcTime>) -> String {
    stage
        .write(move |c, house| {
            tokens::create(c, house, who, "ci", "read,write", expires).map_err(DbError::from)
        })
        .unwrap()
}

on_both! {
    fn a_token_ends_at_its_time_or_when_revoked(db) {
        let stage = Stage::new(db);
        let (ada, bea) = (stage.member("ada"), stage.member("bea"));
        let end = stage.house.clock.now().plus(HOUR);
        let (short, long) = (create(&stage, ada.id, Some(end)), create(&stage, ada.id, None));
        let shows = |token: &str| actor(&stage, &Presented::Bearer(token.to_owned()));
        let scopes = Credential::Token(vec!["read".into(), "write".into()]);
        assert_eq!(shows(&short).member().unwrap().credential, scopes);
        stage.advance(HOUR - 1);
        assert!(shows(&short).member().is_some());
        stage.advance(1);
        assert!(shows(&short).member().is_none() && shows(&long).member().is_some());
        assert!(actor(&stage, &Presented::Session(long.clone())).member().is_none(), "a token is no session");
        let id = stage.read(|c| tokens::list(c, ada.id))[0].id;
        let revoke = |who: MemberId| stage.write(move |c, _| tokens::revoke(c, who, id).map_err(DbError::from)).unwrap();
        assert!(!revoke(bea.id) && shows(&long).member().is_some());
        assert!(revoke(ada.id) && shows(&long).member().is_none());
        let (shown, all) = (create(&stage, ada.id, None), create(&stage, ada.id, None));
        let token = shown.clone();
        stage.write(move |c, _| tokens::revoke_shown(c, &token).map_err(DbError::from)).unwrap();
        assert!(shows(&shown).member().is_none() && shows(&all).member().is_some());
        let who = ada.id;
        stage.write(move |c, _| tokens::revoke_all(c, who).map_err(DbError::from)).unwrap();
        assert_eq!(stage.count("api_tokens"), 0);
    }
}
