//! What cannot be taken for a slip: without scripts, which ask by themselves, a button that removes something leads to a
//! small page that asks first.

use actix_web::HttpResponse;
use askama::Template;

use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Web};

/// The field of a form that was asked about.
const SURE: &str = "sure";

/// What is asked.
pub(super) struct Question {
    /// In words.
    pub(super) words: String,
    /// What the button says that does it.
    pub(super) button: String,
    /// Where to go on otherwise.
    pub(super) back: String,
}

impl Question {
    /// In the words of `words` and `button` of the catalogue.
    pub(super) fn of(shell: &Shell, words: &str, button: &str, back: impl Into<String>) -> Self {
        Self { words: shell.t(words), button: shell.t(button), back: back.into() }
    }
}

#[derive(Template)]
#[template(path = "pages/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    question: Question,
    action: String,
    fields: Vec<(String, String)>,
}

/// True for a form of ours that nobody was asked about yet.
pub(super) fn is_unsure(web: &Web, page: &Page, raw: &RawForm) -> Result<bool, AppError> {
    raw.verify(web, page)?;
    Ok(raw.get(SURE).is_none())
}

/// The page that asks; its form is the one that was sent.
pub(super) fn ask(
    web: &Web,
    page: &Page,
    raw: &RawForm,
    question: Question,
) -> Result<HttpResponse, AppError> {
    let template = ConfirmPage {
        shell: page.shell.clone(),
        question,
        action: page.shell.path.clone(),
        fields: raw.kept(),
    };
    page.ok(web, &template)
}
