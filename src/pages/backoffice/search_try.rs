//! Why results rank as they do, and what a synonym or a word would change, before it is kept.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::base::ids::SynonymId;
use crate::content::threads::Thread;
use crate::infra::db::Conn;
use crate::reach::search::index::Why;
use crate::reach::search::service::lexicon_of;
use crate::reach::search::{Search, service};
use crate::reach::vocabulary::{self, Vocabulary, Wanted};
use crate::web::error::message;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Web};

/// Longest query and line, in characters.
const LONGEST: usize = 200;
/// Longest line of synonyms, in characters.
const LINE: usize = 1_200;

/// What is tried.
#[derive(Debug, Default, Deserialize)]
pub struct Trial {
    #[serde(default)]
    q: String,
    /// A line of synonyms that is not kept yet.
    #[serde(default)]
    line: String,
    /// A word that is not kept yet.
    #[serde(default)]
    word: String,
}

struct ShareView {
    unit: String,
    threads: String,
    terms: String,
    text: String,
    title: String,
}

struct HitView {
    title: String,
    url: String,
    score: String,
    factor: String,
    complete: bool,
    whole_title: bool,
    /// Where it stands without the change, when that is elsewhere.
    was: Option<String>,
    shares: Vec<ShareView>,
}

#[derive(Template)]
#[template(path = "backoffice/search_try.html")]
struct TryPage {
    shell: Shell,
    q: String,
    line: String,
    word: String,
    error: Option<String>,
    asked: bool,
    changed: bool,
    hits: Vec<HitView>,
    gone: Vec<(String, String)>,
}

type Explained = Vec<(Thread, Why)>;

/// `vocabulary` with what is tried.
fn with(vocabulary: &Vocabulary, synonym: Option<&Wanted>, word: &str) -> Vocabulary {
    let mut tried = vocabulary.clone();
    tried.synonyms.extend(synonym.map(|wanted| wanted.synonym(SynonymId(0))));
    if !word.is_empty() {
        tried.words.push(word.to_owned());
    }
    tried
}

fn hit(shell: &Shell, nth: usize, (thread, why): &(Thread, Why), before: &Explained) -> HitView {
    let was = before.iter().position(|(known, _)| known.id == thread.id);
    let shares = why.shares.iter().map(|share| ShareView {
        unit: share.unit.clone(),
        threads: crate::infra::i18n::number(i64::try_from(share.threads).unwrap_or(i64::MAX)),
        terms: format!("{:.1}", share.terms),
        text: format!("{:.2}", share.text),
        title: format!("{:.2}", share.title),
    });
    HitView {
        title: thread.title.clone(),
        url: thread.url(1),
        score: format!("{:.2}", why.score),
        factor: format!("{:.2}", why.factor),
        complete: why.complete,
        whole_title: why.whole_title,
        was: match was {
            Some(at) if at == nth => None,
            Some(at) => Some(shell.t1("try-was", "n", i64::try_from(at).unwrap_or(0) + 1)),
            None => Some(shell.t("try-new")),
        },
        shares: shares.collect(),
    }
}

/// `GET /admin/search/try?q=&line=&word=`.
pub async fn show(
    web: Data<Web>,
    search: Data<Search>,
    page: Page,
    trial: Query<Trial>,
) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Operator)?;
    let cut = |text: &str, longest| text.trim().chars().take(longest).collect::<String>();
    let (q, line, word) = (cut(&trial.q, LONGEST), cut(&trial.line, LINE), cut(&trial.word, LONGEST));
    let (synonym, error) = match Wanted::parse(&line) {
        _ if line.is_empty() => (None, None),
        Ok(wanted) => (Some(wanted), None),
        Err(error) => (None, Some(message(page.shell.locale, &error))),
    };
    let changed = synonym.is_some() || !word.is_empty();
    let (now, before) = if q.is_empty() {
        (Vec::new(), Vec::new())
    } else {
        let (engine, house, actor) = (search.into_inner(), web.house.clone(), page.actor.clone());
        let (text, word) = (q.clone(), word.clone());
        let ask = move |conn: &mut Conn| {
            let known: Arc<Vocabulary> = vocabulary::service::recall(conn)?;
            let tried = with(&known, synonym.as_ref(), &word);
            let now = engine.explain(conn, &house, &actor, &text, &lexicon_of(&tried))?;
            let before = engine.explain(conn, &house, &actor, &text, &lexicon_of(&known))?;
            Ok::<_, service::Error>((now, before))
        };
        web.house.db.read(ask).await?
    };
    let shell = page.shell.clone();
    let stays = |id| now.iter().any(|(thread, _)| thread.id == id);
    let template = TryPage {
        asked: !q.is_empty(),
        hits: now.iter().enumerate().map(|(nth, found)| hit(&shell, nth, found, &before)).collect(),
        gone: before
            .iter()
            .filter(|(thread, _)| !stays(thread.id))
            .map(|(thread, _)| (thread.title.clone(), thread.url(1)))
            .collect(),
        q,
        line,
        word,
        error,
        changed,
        shell,
    };
    page.ok(&web, &template)
}
