//! Reading and writing `search_synonyms` and `search_words`.

use diesel::prelude::*;

use super::model::{Synonym, Wanted, Word};
use crate::base::fold::fold;
use crate::base::ids::{MemberId, SynonymId, WordId};
use crate::base::time::UtcTime;
use crate::infra::db::Conn;
use crate::infra::db::schema::{search_synonyms as synonyms, search_words as words};
use crate::on;

type Row = (SynonymId, String, String, bool);

fn group((id, terms, means, two_way): Row) -> Synonym {
    let list = |json: &str| serde_json::from_str(json).unwrap_or_default();
    Synonym { id, from: list(&terms), to: list(&means), two_way }
}

fn json(terms: &[String]) -> String {
    serde_json::to_string(terms).unwrap_or_default()
}

pub(super) fn groups(conn: &mut Conn) -> QueryResult<Vec<Synonym>> {
    let rows: Vec<Row> = synonyms::table
        .order(synonyms::id.asc())
        .select((synonyms::id, synonyms::terms, synonyms::means, synonyms::two_way))
        .load(conn)?;
    Ok(rows.into_iter().map(group).collect())
}

pub(super) fn find(conn: &mut Conn, id: SynonymId) -> QueryResult<Option<Synonym>> {
    let row: Option<Row> = synonyms::table
        .find(id.0)
        .select((synonyms::id, synonyms::terms, synonyms::means, synonyms::two_way))
        .get_result(conn)
        .optional()?;
    Ok(row.map(group))
}

pub(super) fn count_groups(conn: &mut Conn) -> QueryResult<i64> {
    synonyms::table.count().get_result(conn)
}

pub(super) fn insert(conn: &mut Conn, new: &Wanted, by: MemberId, now: UtcTime) -> QueryResult<SynonymId> {
    diesel::insert_into(synonyms::table)
        .values((
            synonyms::terms.eq(json(&new.from)),
            synonyms::means.eq(json(&new.to)),
            synonyms::two_way.eq(new.two_way()),
            synonyms::folded.eq(new.folded()),
            synonyms::changed_at.eq(now),
            synonyms::changed_by.eq(by.0),
        ))
        .returning(synonyms::id)
        .get_result(conn)
}

pub(super) fn update(
    conn: &mut Conn,
    id: SynonymId,
    new: &Wanted,
    by: MemberId,
    now: UtcTime,
) -> QueryResult<()> {
    diesel::update(synonyms::table.find(id.0))
        .set((
            synonyms::terms.eq(json(&new.from)),
            synonyms::means.eq(json(&new.to)),
            synonyms::two_way.eq(new.two_way()),
            synonyms::folded.eq(new.folded()),
            synonyms::changed_at.eq(now),
            synonyms::changed_by.eq(by.0),
        ))
        .execute(conn)
        .map(drop)
}

pub(super) fn delete(conn: &mut Conn, id: SynonymId) -> QueryResult<usize> {
    diesel::delete(synonyms::table.find(id.0)).execute(conn)
}

pub(super) fn all_words(conn: &mut Conn) -> QueryResult<Vec<Word>> {
    let mut rows: Vec<(WordId, String, String)> =
        words::table.select((words::id, words::word, words::folded)).load(conn)?;
    // Here, because databases do not agree about the order of texts.
    rows.sort_by(|a, b| a.2.cmp(&b.2));
    Ok(rows.into_iter().map(|(id, word, _)| Word { id, word }).collect())
}

pub(super) fn find_word(conn: &mut Conn, id: WordId) -> QueryResult<Option<String>> {
    words::table.find(id.0).select(words::word).get_result(conn).optional()
}

pub(super) fn count_words(conn: &mut Conn) -> QueryResult<i64> {
    words::table.count().get_result(conn)
}

/// Adds `word`; nothing when it is there, in whatever spelling.
pub(super) fn add_word(
    conn: &mut Conn,
    word: &str,
    by: MemberId,
    now: UtcTime,
) -> QueryResult<Option<WordId>> {
    on!(conn, |c| diesel::insert_into(words::table)
        .values((
            words::word.eq(word),
            words::folded.eq(fold(word)),
            words::added_at.eq(now),
            words::added_by.eq(by.0),
        ))
        .on_conflict(words::folded)
        .do_nothing()
        .returning(words::id)
        .get_result(c)
        .optional())
}

pub(super) fn delete_word(conn: &mut Conn, id: WordId) -> QueryResult<usize> {
    diesel::delete(words::table.find(id.0)).execute(conn)
}
