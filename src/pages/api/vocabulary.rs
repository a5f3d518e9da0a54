//! What the search is taught, over the API. Operators and administrators only.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::threads::answer;
use crate::base::actor::{Role, SignedIn};
use crate::base::ids::{SynonymId, WordId};
use crate::infra::db::DbError;
use crate::reach::vocabulary::{Synonym, Wanted, Word, parse_words, service};
use crate::web::api::{Answered, Body, Caller, List, json};
use crate::web::error::HttpFault;
use crate::web::idempotency::once;
use crate::web::{AppError, Web};

/// The caller, when they are an operator or an administrator and their token may administer.
pub(super) fn operator(caller: &Caller) -> Result<SignedIn, AppError> {
    let member = caller.member("admin")?.clone();
    if member.role < Role::Operator {
        return Err(HttpFault::Forbidden.into());
    }
    Ok(member)
}

/// Terms that find each other, or of which some find others.
#[derive(Debug, Serialize, ToSchema)]
pub struct SynonymView {
    /// Number.
    pub id: i64,
    /// The terms.
    pub terms: Vec<String>,
    /// What the terms find besides themselves; empty when they find each other.
    pub means: Vec<String>,
    /// Whether each of the terms finds any other.
    pub two_way: bool,
}

impl From<Synonym> for SynonymView {
    fn from(group: Synonym) -> Self {
        Self { id: group.id.0, terms: group.from, means: group.to, two_way: group.two_way }
    }
}

/// Synonyms to teach.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSynonym {
    /// The terms; with `means` they find those too.
    pub terms: Vec<String>,
    /// Left out: the terms find each other.
    #[serde(default)]
    pub means: Vec<String>,
}

/// The synonyms.
#[utoipa::path(get, path = "/api/v1/admin/search/synonyms", tag = "search",
    responses((status = 200, body = List<SynonymView>), (status = 401), (status = 403)))]
pub async fn synonyms(web: Data<Web>, caller: Caller) -> Answered {
    operator(&caller)?;
    let (groups, _) = web.house.db.read(|c| service::listed(c).map_err(DbError::from)).await?;
    let items: Vec<SynonymView> = groups.into_iter().map(SynonymView::from).collect();
    let total = i64::try_from(items.len()).ok();
    Ok(json(200, &List { items, next_cursor: None, total }))
}

/// Teaches synonyms, from the next search on.
#[utoipa::path(post, path = "/api/v1/admin/search/synonyms", tag = "search", request_body = NewSynonym,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = SynonymView), (status = 403), (status = 409), (status = 422)))]
pub async fn add_synonym(web: Data<Web>, caller: Caller, body: Body<NewSynonym>) -> Answered {
    let (member, wanted) = (operator(&caller)?, body.read()?);
    let key = caller.key("POST /admin/search/synonyms", &wanted);
    let (house, new) = (web.house.clone(), Wanted::of(&wanted.terms, &wanted.means)?);
    let write = move |conn: &mut _| {
        once(conn, key.as_ref(), house.clock.now(), |conn| {
            let view = SynonymView::from(service::add_group(conn, &house, &member, &new)?);
            let text = serde_json::to_string(&view).unwrap_or_default();
            Ok::<_, AppError>((view, 201, text))
        })
    };
    Ok(answer(201, web.house.db.write(write).await?))
}

/// Forgets synonyms.
#[utoipa::path(delete, path = "/api/v1/admin/search/synonyms/{id}", tag = "search",
    params(("id" = i64, Path)), responses((status = 204), (status = 403), (status = 404)))]
pub async fn remove_synonym(web: Data<Web>, caller: Caller, id: Path<i64>) -> Answered {
    let (member, house, id) = (operator(&caller)?, web.house.clone(), SynonymId(*id));
    web.house.db.write(move |conn| service::remove_group(conn, &house, &member, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A word of the search's dictionary.
#[derive(Debug, Serialize, ToSchema)]
pub struct WordView {
    /// Number.
    pub id: i64,
    /// The word.
    pub word: String,
}

impl From<Word> for WordView {
    fn from(word: Word) -> Self {
        Self { id: word.id.0, word: word.word }
    }
}

/// Words to teach.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWords {
    /// The words; those that are there already are left out.
    pub words: Vec<String>,
}

/// The words of the search's dictionary.
#[utoipa::path(get, path = "/api/v1/admin/search/words", tag = "search",
    responses((status = 200, body = List<WordView>), (status = 401), (status = 403)))]
pub async fn words(web: Data<Web>, caller: Caller) -> Answered {
    operator(&caller)?;
    let (_, words) = web.house.db.read(|c| service::listed(c).map_err(DbError::from)).await?;
    let items: Vec<WordView> = words.into_iter().map(WordView::from).collect();
    let total = i64::try_from(items.len()).ok();
    Ok(json(200, &List { items, next_cursor: None, total }))
}

/// Teaches words, from the next search on. Answers with those that are new.
#[utoipa::path(post, path = "/api/v1/admin/search/words", tag = "search", request_body = NewWords,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = List<WordView>), (status = 403), (status = 409), (status = 422)))]
pub async fn add_words(web: Data<Web>, caller: Caller, body: Body<NewWords>) -> Answered {
    let (member, wanted) = (operator(&caller)?, body.read()?);
    let key = caller.key("POST /admin/search/words", &wanted);
    let (house, words) = (web.house.clone(), parse_words(&wanted.words.join("\n"))?);
    let write = move |conn: &mut _| {
        once(conn, key.as_ref(), house.clock.now(), |conn| {
            let added = service::add_words(conn, &house, &member, &words)?;
            let items: Vec<WordView> = added.into_iter().map(WordView::from).collect();
            let view = List { total: i64::try_from(items.len()).ok(), items, next_cursor: None };
            let text = serde_json::to_string(&view).unwrap_or_default();
            Ok::<_, AppError>((view, 201, text))
        })
    };
    Ok(answer(201, web.house.db.write(write).await?))
}

/// Forgets a word.
#[utoipa::path(delete, path = "/api/v1/admin/search/words/{id}", tag = "search",
    params(("id" = i64, Path)), responses((status = 204), (status = 403), (status = 404)))]
pub async fn remove_word(web: Data<Web>, caller: Caller, id: Path<i64>) -> Answered {
    let (member, house, id) = (operator(&caller)?, web.house.clone(), WordId(*id));
    web.house.db.write(move |conn| service::remove_word(conn, &house, &member, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
