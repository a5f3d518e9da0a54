//! Why a thread is hot, for moderators.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::base::ids::ThreadId;
use crate::base::locale::Locale;
use crate::content::categories;
use crate::content::threads;
use crate::infra::i18n;
use crate::pages::rows::authors;
use crate::web::error::HttpFault;
use crate::web::filters::When;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Web};

#[derive(Template)]
#[template(path = "pages/heat.html")]
struct HeatPage {
    shell: Shell,
    heading: String,
    url: String,
    total: String,
    half_life: String,
    reasons: Vec<(String, String, When, String, String)>,
    more: i64,
}

/// Engagements shown on the page that explains heat.
const REASONS: usize = 200;

/// A sum of heat as people read it: what has faded below a hundredth says only that.
fn number(locale: Locale, x: f64) -> String {
    if x >= 0.01 || x == 0.0 { format!("{x:.2}") } else { i18n::text(locale, "heat-faded") }
}

/// `GET /thread/{id}/heat`: why a thread is hot, for moderators.
pub async fn show(web: Data<Web>, page: Page, id: Path<i64>) -> Result<HttpResponse, AppError> {
    page.member()?;
    let (actor, now, id) = (page.actor.clone(), page.shell.now, ThreadId(*id));
    let (thread, reasons, total, names, half_life) = web
        .house
        .db
        .read(move |conn| {
            let readable = categories::service::recall(conn, &actor)?;
            let thread = threads::service::load_for(conn, &actor, &readable, id)?;
            if !actor.moderates(thread.category_id) {
                return Err(AppError::from(HttpFault::Forbidden));
            }
            let (reasons, total) = threads::service::explain_heat(conn, id, now)?;
            let people: Vec<_> = reasons.iter().filter_map(|r| r.member).collect();
            let names = authors(conn, &people, &actor)?;
            let half_life = crate::site::settings::load(conn)?.half_life_hours;
            Ok((thread, reasons, total, names, half_life))
        })
        .await?;
    let shell = page.shell.clone();
    let shown = reasons
        .iter()
        .take(REASONS)
        .map(|r| {
            let who = r
                .member
                .and_then(|m| names.get(&m))
                .map_or_else(|| shell.t("heat-anonymous"), |a| a.name.clone());
            (
                shell.t(&format!("heat-{}", r.kind.name())),
                who,
                shell.when(r.at),
                number(shell.locale, r.kind.weight() * r.factor),
                number(shell.locale, r.present),
            )
        })
        .collect();
    let template = HeatPage {
        heading: thread.title.clone(),
        url: thread.url(1),
        total: number(shell.locale, total),
        half_life: half_life.to_string(),
        more: i64::try_from(reasons.len().saturating_sub(REASONS)).unwrap_or(0),
        reasons: shown,
        shell,
    };
    page.ok(&web, &template)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_faded_is_no_number() {
        assert_eq!(number(Locale::En, 4.0), "4.00");
        assert_eq!(number(Locale::En, 0.01), "0.01");
        assert_eq!(number(Locale::En, 0.0), "0.00");
        for tiny in [9.5e-316, 0.009_9] {
            assert_eq!(number(Locale::En, tiny), "under 0.01");
            assert_eq!(number(Locale::ZhCn, tiny), "不到 0.01");
            assert_eq!(number(Locale::ZhTw, tiny), "不到 0.01");
        }
    }
}
