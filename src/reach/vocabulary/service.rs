//! Teaching the search, and what it was taught.

use std::sync::Arc;

use diesel::QueryResult;

use super::Error;
use super::model::{GROUPS, Synonym, Vocabulary, WORDS, Wanted, Word};
use super::store;
use crate::base::actor::{Role, SignedIn};
use crate::base::ids::{MemberId, SynonymId, WordId};
use crate::infra::activity::{self, NewActivity, Verb};
use crate::infra::db::memory::remembered;
use crate::infra::db::{Conn, unique_violation};
use crate::infra::house::House;
use crate::site::audit;

/// Characters of the words told to the audit log at most.
const TOLD: usize = 500;

/// [`load`] for searching: from memory where that is known to hold ([`crate::infra::db::memory`]).
pub fn recall(conn: &mut Conn) -> QueryResult<Arc<Vocabulary>> {
    remembered(conn, load)
}

/// What the search was taught.
pub fn load(conn: &mut Conn) -> QueryResult<Vocabulary> {
    let synonyms = store::groups(conn)?;
    Ok(Vocabulary { synonyms, words: store::all_words(conn)?.into_iter().map(|w| w.word).collect() })
}

/// The groups and the words with their ids, for whoever teaches.
pub fn listed(conn: &mut Conn) -> QueryResult<(Vec<Synonym>, Vec<Word>)> {
    Ok((store::groups(conn)?, store::all_words(conn)?))
}

fn may_teach(actor: &SignedIn) -> Result<(), Error> {
    if actor.role < Role::Operator || actor.suspended_until.is_some() {
        return Err(Error::Forbidden);
    }
    Ok(())
}

fn told(
    conn: &mut Conn,
    house: &House,
    by: MemberId,
    action: &str,
    subject: &str,
    detail: &str,
) -> Result<(), Error> {
    audit::note(conn, &house.clock, Some(by), action, subject, detail)?;
    let activity = NewActivity::new(Verb::VocabularyChanged, house.clock.now()).by(by);
    activity::record(conn, &house.clock, &activity)?;
    Ok(())
}

fn known(error: diesel::result::Error) -> Error {
    match unique_violation(&error) {
        Some(_) => Error::GroupKnown,
        None => Error::from(error),
    }
}

/// Adds a group.
pub fn add_group(conn: &mut Conn, house: &House, actor: &SignedIn, new: &Wanted) -> Result<Synonym, Error> {
    may_teach(actor)?;
    if store::count_groups(conn)? >= GROUPS {
        return Err(Error::GroupsFull { limit: GROUPS });
    }
    let id = store::insert(conn, new, actor.id, house.clock.now()).map_err(known)?;
    told(conn, house, actor.id, "synonyms.added", &format!("synonyms:{id}"), &new.to_string())?;
    Ok(new.synonym(id))
}

/// Puts another group in the place of `id`.
pub fn change_group(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    id: SynonymId,
    new: &Wanted,
) -> Result<(), Error> {
    may_teach(actor)?;
    let before = store::find(conn, id)?.ok_or(Error::Absent)?;
    if before == new.synonym(id) {
        return Ok(());
    }
    store::update(conn, id, new, actor.id, house.clock.now()).map_err(known)?;
    told(conn, house, actor.id, "synonyms.changed", &format!("synonyms:{id}"), &format!("{before} → {new}"))
}

/// Takes a group away.
pub fn remove_group(conn: &mut Conn, house: &House, actor: &SignedIn, id: SynonymId) -> Result<(), Error> {
    may_teach(actor)?;
    let before = store::find(conn, id)?.ok_or(Error::Absent)?;
    if store::delete(conn, id)? == 0 {
        return Err(Error::Absent);
    }
    told(conn, house, actor.id, "synonyms.removed", &format!("synonyms:{id}"), &before.to_string())
}

/// Adds the words of [`super::parse_words`] that are not there yet, and tells which those were.
pub fn add_words(
    conn: &mut Conn,
    house: &House,
    actor: &SignedIn,
    words: &[String],
) -> Result<Vec<Word>, Error> {
    may_teach(actor)?;
    let mut added = Vec::new();
    for word in words {
        if let Some(id) = store::add_word(conn, word, actor.id, house.clock.now())? {
            added.push(Word { id, word: word.clone() });
        }
    }
    if added.is_empty() {
        return Err(Error::WordsKnown);
    }
    if store::count_words(conn)? > WORDS {
        return Err(Error::WordsFull { limit: WORDS });
    }
    let names: Vec<&str> = added.iter().map(|w| w.word.as_str()).collect();
    let detail: String = names.join(", ").chars().take(TOLD).collect();
    told(conn, house, actor.id, "words.added", "words", &detail)?;
    Ok(added)
}

/// Takes a word away.
pub fn remove_word(conn: &mut Conn, house: &House, actor: &SignedIn, id: WordId) -> Result<(), Error> {
    may_teach(actor)?;
    let word = store::find_word(conn, id)?.ok_or(Error::Absent)?;
    if store::delete_word(conn, id)? == 0 {
        return Err(Error::Absent);
    }
    told(conn, house, actor.id, "words.removed", "words", &word)
}
