//! A form that comes back: its page drawn again with everything typed, why it was refused, and at which field. A
//! page holds a [`Refused`], prints its words and marks the field; handlers make one of the error and draw.

use actix_web::http::StatusCode;

use crate::base::fault::Fault;
use crate::web::error::{AppError, message, status};
use crate::web::page::Page;

/// Whether the form of a page was refused, and why. By default it was not.
#[derive(Debug, Clone, Default)]
pub struct Refused(Option<Why>);

#[derive(Debug, Clone)]
struct Why {
    field: String,
    words: String,
    status: StatusCode,
}

impl Refused {
    /// By `error`, when that is a matter of a field. Any other error is an answer of its own.
    pub fn by(page: &Page, error: impl Into<AppError>) -> Result<Self, AppError> {
        let error = error.into();
        match error.0.field().map(str::to_owned) {
            Some(field) => Ok(Self::at_field(page, &*error.0, field)),
            None => Err(error),
        }
    }

    /// By `error`, which names no field but is told beside `field`.
    pub fn beside(page: &Page, error: &AppError, field: &str) -> Self {
        Self::at_field(page, &*error.0, field.to_owned())
    }

    /// For a reason in words of the page's own, about the form as a whole.
    pub fn saying(words: String, status: StatusCode) -> Self {
        Self(Some(Why { field: String::new(), words, status }))
    }

    fn at_field(page: &Page, error: &dyn Fault, field: String) -> Self {
        let words = message(page.shell.locale, error);
        Self(Some(Why { field, words, status: status(error.kind()) }))
    }

    /// The status of the page.
    pub fn status(&self) -> StatusCode {
        self.0.as_ref().map_or(StatusCode::OK, |why| why.status)
    }

    /// Why, in words.
    pub fn words(&self) -> Option<&str> {
        self.0.as_ref().map(|why| why.words.as_str())
    }

    /// Why, in words, when that is no matter of one field.
    pub fn as_a_whole(&self) -> Option<&str> {
        self.0.as_ref().filter(|why| why.field.is_empty()).map(|why| why.words.as_str())
    }

    /// What is wrong with `field`.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.0.as_ref().filter(|why| why.field == field).map(|why| why.words.as_str())
    }

    /// True when something is wrong with `field`.
    pub fn is_at(&self, field: &str) -> bool {
        self.at(field).is_some()
    }
}
