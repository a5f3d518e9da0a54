//! The beacon: which result was opened. Links of results stay clean.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::SearchLog;
use crate::web::error::HttpFault;
use crate::web::limits::Soft;
use crate::web::state::{address_prefix, client_address};
use crate::web::{AppError, RawForm, Web};

/// `POST /search/click`: the origin is checked instead of a token, since it changes nothing for anybody.
pub async fn click(
    web: Data<Web>,
    log: Data<SearchLog>,
    req: HttpRequest,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    if raw.is_cross_site() {
        return Err(HttpFault::StaleForm.into());
    }
    let network = client_address(&req, &web.config).map_or_else(|| "unknown".into(), address_prefix);
    web.soft.check(Soft::Click, &network)?;
    let position = raw.get("position").and_then(|p| p.parse().ok());
    if let (Some(id), Some(position)) = (raw.get("search"), position) {
        log.clicked(id, position);
    }
    Ok(HttpResponse::NoContent().finish())
}
