//! `/healthz`: the event loop answers. `/readyz`: the node can read, write and search. Neither tells versions
//! or paths.

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::infra::db::DbError;
use crate::reach::search::Search;
use crate::reach::search::index::Standing;
use crate::web::Web;

/// `GET /healthz`.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok")
}

/// `GET /readyz`.
pub async fn ready(web: Data<Web>, search: Data<Search>) -> HttpResponse {
    let read = web.house.db.read(|c| crate::infra::activity::head(c).map(drop).map_err(DbError::from)).await;
    let write =
        web.house.db.write(|c| crate::infra::activity::head(c).map(drop).map_err(DbError::from)).await;
    let wrong = match (read, write, search.index.standing()) {
        (Err(_), _, _) => Some("cannot read"),
        (_, Err(_), _) => Some("cannot write"),
        (_, _, Standing::Empty) => Some("cannot search yet"),
        _ => None,
    };
    match wrong {
        None => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ready"),
        Some(what) => HttpResponse::ServiceUnavailable()
            .insert_header(("Retry-After", "5"))
            .insert_header(("x-hearth-page", "1"))
            .content_type("text/plain; charset=utf-8")
            .body(what),
    }
}
