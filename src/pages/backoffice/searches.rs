//! What is searched for, in the back office: how searching goes, top queries, the list of gaps, positions.

use std::fmt::Write as _;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::base::time::{DAY, UtcTime};
use crate::infra::i18n;
use crate::reach::search_log::report::{self, Kind, Line, Summary};
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Web, urls};

/// Days that can be looked back.
pub const DAYS: [i64; 3] = [7, 30, 90];
/// Queries of each list on the page, and in a file.
const SHOWN: i64 = 30;
const FILED: i64 = 5_000;

struct QueryView {
    shown: String,
    searches: String,
    nothing: String,
    clicked: String,
    /// What came of it the last time, in words.
    came: String,
    compose: String,
}

struct PositionView {
    name: String,
    rate: String,
    step: i64,
}

#[derive(Template)]
#[template(path = "backoffice/searches.html")]
struct SearchesPage {
    shell: Shell,
    days: i64,
    /// Days, words, whether it is this.
    spans: Vec<(i64, String, bool)>,
    tiles: Vec<(String, String)>,
    top: Vec<QueryView>,
    gap: Vec<QueryView>,
    positions: Vec<PositionView>,
}

/// `?days=&kind=`.
#[derive(Debug, Deserialize)]
pub struct SpanQuery {
    days: Option<String>,
    #[serde(default)]
    kind: String,
}

/// The days asked for; 30 when they are none of those offered.
fn days(query: &SpanQuery) -> i64 {
    let asked = query.days.as_deref().and_then(|d| d.parse().ok());
    asked.filter(|d| DAYS.contains(d)).unwrap_or(30)
}

/// The beginning of the last `days` days.
pub fn since(now: UtcTime, days: i64) -> UtcTime {
    now.plus(-days * DAY)
}

fn share(part: i64, of: i64) -> i64 {
    if of > 0 { (part * 100 + of / 2) / of } else { 0 }
}

fn view(shell: &Shell, line: Line) -> QueryView {
    let came = match line.last {
        (0, _) => shell.t("search-log-came-nothing"),
        (_, 0) => shell.t("search-log-came-part"),
        (total, _) => shell.t1("search-log-came-unopened", "n", i18n::number(total)),
    };
    QueryView {
        compose: format!("/compose?title={}", urls::component(&line.shown)),
        searches: i18n::number(line.searches),
        nothing: i18n::number(line.nothing),
        clicked: i18n::number(line.clicked),
        shown: line.shown,
        came,
    }
}

/// The ten first positions, each with a bar that is full where most was opened.
fn positions(shell: &Shell, counted: &[(i64, i64)]) -> Vec<PositionView> {
    let rate = |(shown, clicks): (i64, i64)| if shown > 0 { clicks * 1_000 / shown } else { 0 };
    let most = counted.iter().copied().map(rate).max().unwrap_or(0);
    if most == 0 {
        return Vec::new();
    }
    let numbered = counted.iter().zip(1_i64..).filter(|((shown, _), _)| *shown > 0);
    numbered
        .map(|(&(shown, clicks), n)| PositionView {
            name: shell.t1("search-log-position", "n", n),
            rate: i18n::format(
                shell.locale,
                "search-log-rate",
                &[
                    ("opened", &i18n::number(clicks)),
                    ("shown", &i18n::number(shown)),
                    ("share", &share(clicks, shown).to_string()),
                ],
            ),
            step: (rate((shown, clicks)) * 10 + most - 1) / most,
        })
        .collect()
}

fn tiles(shell: &Shell, summary: &Summary) -> Vec<(String, String)> {
    let part = |n: i64| format!("{}%", share(n, summary.searches));
    vec![
        (shell.t("search-log-searches"), i18n::number(summary.searches)),
        (shell.t("search-log-nothing"), part(summary.empty)),
        (shell.t("search-log-opened"), part(summary.clicked)),
    ]
}

/// `GET /admin/search`.
pub async fn show(web: Data<Web>, page: Page, query: Query<SpanQuery>) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Operator)?;
    let days = days(&query);
    let from = since(page.shell.now, days);
    let (summary, top, gap, counted) = web
        .house
        .db
        .read(move |c| {
            let (top, gap) =
                (report::queries(c, Kind::Top, from, SHOWN)?, report::queries(c, Kind::Gap, from, SHOWN)?);
            Ok::<_, AppError>((report::summary(c, from)?, top, gap, report::positions(c, from)?))
        })
        .await?;
    let shell = page.shell.clone();
    let views = |lines: Vec<Line>| lines.into_iter().map(|l| view(&shell, l)).collect();
    let template = SearchesPage {
        spans: DAYS.map(|d| (d, shell.t1("search-log-days", "n", d), d == days)).to_vec(),
        tiles: tiles(&shell, &summary),
        top: views(top),
        gap: views(gap),
        positions: positions(&shell, &counted),
        days,
        shell: shell.clone(),
    };
    page.ok(&web, &template)
}

/// One field of a line: in quotes, and never a formula to a program that opens it.
fn field(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

fn csv(shell: &Shell, lines: &[Line]) -> String {
    let heads =
        ["query", "times", "nothing", "opened"].map(|head| field(&shell.t(&format!("search-log-{head}"))));
    // The mark at the beginning tells table programs that this is UTF-8.
    let mut text = format!("\u{feff}{}\r\n", heads.join(","));
    for line in lines {
        let numbers = format!("{},{},{}", line.searches, line.nothing, line.clicked);
        let _ = write!(text, "{},{numbers}\r\n", field(&line.shown));
    }
    text
}

/// `GET /admin/search/queries.csv`.
pub async fn file(web: Data<Web>, page: Page, query: Query<SpanQuery>) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Operator)?;
    let (kind, days) = (Kind::parse(&query.kind).unwrap_or(Kind::Top), days(&query));
    let from = since(page.shell.now, days);
    let lines = web.house.db.read(move |c| Ok::<_, AppError>(report::queries(c, kind, from, FILED)?)).await?;
    let name = format!("attachment; filename=\"search-{}-{days}.csv\"", kind.name());
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", name))
        .insert_header(("Cache-Control", "private, no-store"))
        .body(csv(&page.shell, &lines)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_a_formula_or_ends_early() {
        assert_eq!(field("=1+1"), "\"'=1+1\"");
        assert_eq!(field("@SUM(A1)"), "\"'@SUM(A1)\"");
        assert_eq!(field("say \"a\",\nb"), "\"say \"\"a\"\",\nb\"");
    }

    #[test]
    fn shares_are_rounded() {
        assert_eq!((share(1, 3), share(2, 3), share(0, 0), share(5, 5)), (33, 67, 0, 100));
    }
}
