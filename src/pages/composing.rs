//! What the editor asks while somebody writes: a preview by the renderer itself, and names that begin as typed.
//! Both are for browsers with a session; the form works without them.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};

use crate::base::fold::fold;
use crate::content::{categories, custom_pages, markup, tags};
use crate::pages::compose::{prepare, retypable};
use crate::people::accounts;
use crate::web::error::message;
use crate::web::limits::Soft;
use crate::web::urls;
use crate::web::{AppError, Page, RawForm, Web};

/// Names offered at a time.
const OFFERED: usize = 10;
/// Characters of a question at the most.
const ASKED: usize = 40;

/// The text as it would stand on a custom page: its headings right below the page's own.
async fn as_page(web: &Web, typed: &str) -> Result<String, AppError> {
    markup::check(typed).map_err(custom_pages::Error::from)?;
    let (base, typed) = (web.config.base_url.clone(), typed.to_owned());
    let html = web
        .house
        .db
        .read(move |conn| custom_pages::model::render(conn, &base, &typed).map_err(AppError::from))
        .await?;
    Ok(html.into_string())
}

/// `POST /preview`: the text as it would stand in a post, or with `as=page` on a custom page, a fragment of HTML; 422
/// with a sentence when it is refused.
pub async fn preview(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    page.member()?;
    raw.verify(&web, &page)?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CACHE_CONTROL, "no-store"));
    let typed = raw.get("body").unwrap_or_default();
    let made = match raw.get("as") {
        Some("page") => as_page(&web, typed).await,
        _ => prepare(&web, typed).await.map(|text| text.html),
    };
    match made {
        Ok(html) => Ok(answer.content_type("text/html; charset=utf-8").body(html)),
        Err(e) if retypable(&e) => Ok(answer
            .status(crate::web::error::status(e.0.kind()))
            .content_type("text/plain; charset=utf-8")
            .insert_header(("x-hearth-page", "1"))
            .body(message(page.shell.locale, &*e.0))),
        Err(e) => Err(e),
    }
}

/// What is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A member's handle, after `@`.
    Member,
    /// A tag, after `#` or in the field of tags.
    Tag,
    /// An emoji's short name, after `:`.
    Emoji,
}

/// The question.
#[derive(Debug, Deserialize)]
pub struct Question {
    kind: Kind,
    #[serde(default)]
    q: String,
}

/// A name that fits.
#[derive(Debug, Serialize, PartialEq, Eq)]
struct Offer {
    /// What is put into the text.
    value: String,
    /// What explains it.
    label: String,
    /// What stands for it in a text of many words, where that is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

impl Offer {
    fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), link: None }
    }

    /// A tag, which a post links to.
    fn tag(name: String) -> Self {
        let words: String = name
            .chars()
            .flat_map(|ch| matches!(ch, '[' | ']' | '\\').then_some('\\').into_iter().chain([ch]))
            .collect();
        let link = format!("[#{words}]({})", urls::tag(&markup::slugify(&fold(&name))));
        Self { link: Some(link), ..Self::new(name, "") }
    }
}

#[derive(Debug, Serialize)]
struct Offers {
    items: Vec<Offer>,
}

/// `GET /complete?kind=member|tag|emoji&q=`: up to ten names that begin with `q`. Members want two characters and are
/// limited in number per hour, so that nobody harvests the list.
pub async fn complete(
    web: Data<Web>,
    page: Page,
    question: Query<Question>,
) -> Result<HttpResponse, AppError> {
    let member = page.member()?.id;
    let q: String = question.q.chars().take(ASKED).collect();
    let items = match question.kind {
        Kind::Emoji => emojis(&q),
        Kind::Member => {
            web.soft.check(Soft::Profile, &member.to_string())?;
            let found =
                web.house.db.read(move |c| accounts::store::complete(c, &q).map_err(AppError::from)).await?;
            found.into_iter().map(|card| Offer::new(card.handle, card.display_name)).collect()
        }
        Kind::Tag => {
            let actor = page.actor.clone();
            web.house
                .db
                .read(move |conn| {
                    let readable = categories::service::readable(conn, &actor)?;
                    let within = (!readable.everything()).then(|| readable.ids());
                    Ok::<_, AppError>(tags::beginning(conn, &q, within.as_deref(), OFFERED)?)
                })
                .await?
                .into_iter()
                .map(Offer::tag)
                .collect()
        }
    };
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "private, max-age=60")).json(Offers { items }))
}

/// Emoji by the beginning of a short name, then by any part of it; the shortest names first.
fn emojis(q: &str) -> Vec<Offer> {
    let q = fold(q);
    if q.is_empty() {
        return Vec::new();
    }
    let named = |fits: &dyn Fn(&str) -> bool| -> Vec<Offer> {
        let fitting = |e: &'static emojis::Emoji| e.shortcodes().filter(|c| fits(c)).min_by_key(|c| c.len());
        let mut found: Vec<_> = emojis::iter().filter_map(|e| Some((e, fitting(e)?))).collect();
        found.sort_by_key(|(_, code)| code.len());
        let first = found.into_iter().take(OFFERED);
        first.map(|(e, code)| Offer::new(e.as_str(), format!(":{code}:"))).collect()
    };
    let mut found = named(&|code| code.starts_with(&q));
    for other in named(&|code| code.contains(&q)) {
        if found.len() < OFFERED && !found.iter().any(|offer| offer.value == other.value) {
            found.push(other);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_that_begin_so_come_first() {
        let found = emojis("rock");
        assert_eq!(found.first().map(|o| o.label.as_str()), Some(":rock:"), "{found:?}");
        assert!(found.iter().any(|o| o.value == "🚀"));
        let smiles: Vec<_> = emojis("smi").into_iter().map(|o| o.label).collect();
        assert_eq!(
            smiles.iter().take(3).collect::<Vec<_>>(),
            [":smile:", ":smirk:", ":smiley:"],
            "{smiles:?}"
        );
        assert!(emojis("").is_empty() && emojis("zzzzzz").is_empty());
        assert!(emojis("a").len() <= OFFERED);
    }
}
