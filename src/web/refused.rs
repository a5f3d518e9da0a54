//! A form that comes back: its page drawn again with everything typed, why it was refused, and at which field. A
//! page holds a [`Refused`], prints its words and marks the field; handlers make one of the error and draw.

use actix_web::http::StatusCode;

use crate::base::fault::Fault;
use crate::web::error::{AppError, message, status};
use crate::web::page::Page;

/// Whether the form of a page was refused, and why: everything that is wrong at once. By default it was not.
#[derive(Debug, Clone, Default)]
pub struct Refused(Vec<Why>);

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

    /// By all of `errors`, each a matter of a field. One that is not is an answer of its own.
    pub fn by_all<E: Into<AppError>>(
        page: &Page,
        errors: impl IntoIterator<Item = E>,
    ) -> Result<Self, AppError> {
        let mut all = Self::default();
        for error in errors {
            all.0.extend(Self::by(page, error)?.0);
        }
        Ok(all)
    }

    /// By `error`, which names no field but is told beside `field`.
    pub fn beside(page: &Page, error: &AppError, field: &str) -> Self {
        Self::at_field(page, &*error.0, field.to_owned())
    }

    /// For a reason in words of the page's own, about the form as a whole.
    pub fn saying(words: String, status: StatusCode) -> Self {
        Self(vec![Why { field: String::new(), words, status }])
    }

    fn at_field(page: &Page, error: &dyn Fault, field: String) -> Self {
        let words = message(page.shell.locale, error);
        Self(vec![Why { field, words, status: status(error.kind()) }])
    }

    /// What `read` gave; or nothing, and why that is refused is told beside `field`.
    ///
    /// # Errors
    /// What is no matter of a field is an answer of its own.
    pub fn heed<T>(
        &mut self,
        page: &Page,
        field: &str,
        read: Result<T, impl Into<AppError>>,
    ) -> Result<Option<T>, AppError> {
        let error: AppError = match read {
            Ok(value) => return Ok(Some(value)),
            Err(error) => error.into(),
        };
        if error.0.field().is_none() {
            return Err(error);
        }
        self.0.extend(Self::at_field(page, &*error.0, field.to_owned()).0);
        Ok(None)
    }

    /// True when it was.
    pub fn is_refused(&self) -> bool {
        !self.0.is_empty()
    }

    /// The status of the page.
    pub fn status(&self) -> StatusCode {
        self.0.first().map_or(StatusCode::OK, |why| why.status)
    }

    /// Why, in words.
    pub fn words(&self) -> Option<&str> {
        self.0.first().map(|why| why.words.as_str())
    }

    /// Why, in words, when that is no matter of one field.
    pub fn as_a_whole(&self) -> Option<&str> {
        self.at("")
    }

    /// What is wrong with `field`.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|why| why.field == field).map(|why| why.words.as_str())
    }

    /// True when something is wrong with `field`.
    pub fn is_at(&self, field: &str) -> bool {
        self.at(field).is_some()
    }
}
