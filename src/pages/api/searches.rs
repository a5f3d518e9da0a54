//! What is searched for, over the API. Operators and administrators only.

use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::vocabulary::operator;
use crate::pages::backoffice::searches::{DAYS, since};
use crate::reach::search_log::report::{self, Kind, Line};
use crate::web::api::{Answered, BadField, Caller, List, ListQuery, json};
use crate::web::{AppError, Web};

/// What is asked for.
#[derive(Debug, Deserialize)]
pub struct QueriesQuery {
    days: Option<String>,
    kind: Option<String>,
    limit: Option<String>,
}

/// A query that several people asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchedView {
    /// As it was last typed; mail addresses and long numbers are masked.
    pub query: String,
    /// How often it was asked.
    pub searches: i64,
    /// How often nothing was found.
    pub nothing: i64,
    /// How often a result was opened.
    pub opened: i64,
    /// What was found the last time.
    pub last_total: i64,
    /// How much of that had everything that was asked for.
    pub last_complete: i64,
}

impl From<Line> for SearchedView {
    fn from(line: Line) -> Self {
        Self {
            query: line.shown,
            searches: line.searches,
            nothing: line.nothing,
            opened: line.clicked,
            last_total: line.last.0,
            last_complete: line.last.1,
        }
    }
}

/// What is searched for most, or in vain: only what three different people asked within one period of 30 days.
#[utoipa::path(get, path = "/api/v1/admin/search/queries", tag = "search",
    params(("days" = Option<i64>, Query, description = "7, 30 (default) or 90"),
        ("kind" = Option<String>, Query, description = "top (default), or gap: nothing found or nothing opened"),
        ("limit" = Option<i64>, Query)),
    responses((status = 200, body = List<SearchedView>), (status = 400), (status = 401), (status = 403)))]
pub async fn queries(web: Data<Web>, caller: Caller, query: Query<QueriesQuery>) -> Answered {
    operator(&caller)?;
    let limit = ListQuery { limit: query.limit.clone(), cursor: None }.limit()?;
    let days = query.days.as_deref().map_or(Some(30), |d| d.parse().ok());
    let days = days.filter(|d| DAYS.contains(d)).ok_or_else(|| BadField::parameter("days"))?;
    let kind = Kind::parse(query.kind.as_deref().unwrap_or("top"));
    let kind = kind.ok_or_else(|| BadField::parameter("kind"))?;
    let from = since(web.house.clock.now(), days);
    let lines = web.house.db.read(move |c| Ok::<_, AppError>(report::queries(c, kind, from, limit)?)).await?;
    let items: Vec<SearchedView> = lines.into_iter().map(SearchedView::from).collect();
    Ok(json(200, &List { items, next_cursor: None, total: None }))
}
