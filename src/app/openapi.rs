//! The API's own description, put together from the handlers.

use actix_web::HttpResponse;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::pages::api::{auth, categories, ledger, posts, search, searches, threads, vocabulary};

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let parts = document.components.get_or_insert_default();
        parts.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hearth",
        version = "1",
        description = "The JSON API of a Hearth community. Errors: {\"error\":{\"code\",\"message\",\"fields\"?}}; \
            lists: {\"items\",\"next_cursor\",\"total\"?} with ?limit= (at most 100) and ?cursor=; times in RFC 3339 UTC."
    ),
    paths(
        auth::signup, auth::login, auth::logout, auth::me, auth::change_me, auth::member, auth::complete,
        categories::list, categories::create,
        threads::list, threads::create, threads::show, threads::change, threads::delete, threads::pin,
        threads::unpin, threads::feature, threads::unfeature, threads::close, threads::reopen, threads::accept,
        threads::unaccept,
        posts::list, posts::create, posts::show, posts::change, posts::delete, posts::revisions, posts::like,
        posts::unlike,
        ledger::list, ledger::adjust, ledger::revoke, ledger::audit,
        search::search, search::suggest, search::similar, search::related,
        searches::queries,
        vocabulary::synonyms, vocabulary::add_synonym, vocabulary::remove_synonym, vocabulary::words,
        vocabulary::add_words, vocabulary::remove_word,
    ),
    modifiers(&Bearer),
    security(("bearer" = []))
)]
pub struct ApiDocument;

/// `GET /api/v1/openapi.json`.
pub async fn document() -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(ApiDocument::openapi())
}
