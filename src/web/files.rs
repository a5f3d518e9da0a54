//! Forms with a file: `multipart/form-data`, read into memory within limits.

use actix_multipart::MultipartError;
use actix_multipart::form::{MultipartForm, MultipartFormConfig, bytes::Bytes, text::Text};
use actix_web::HttpRequest;
use actix_web::error::PayloadError;

use crate::base::fault::Fault;
use crate::web::error::{AppError, HttpFault};
use crate::web::forms::RawForm;
use crate::web::page::Page;
use crate::web::state::Web;

/// Bytes of such a form at most: a picture of 2 MiB and what stands around it.
pub const LIMIT: usize = 2 * 1024 * 1024 + 64 * 1024;

/// What became of reading one.
pub type Read = Result<MultipartForm<PictureForm>, actix_web::Error>;

/// A picture, or the wish to be rid of one.
#[derive(Debug, MultipartForm)]
pub struct PictureForm {
    csrf: Text<String>,
    remove: Option<Text<String>>,
    file: Option<Bytes>,
}

impl PictureForm {
    /// The form, when it came from a page of ours: origin and token are checked. Handlers ask after they know that
    /// the reader may send it at all.
    pub fn accept(read: Read, req: &HttpRequest, web: &Web, page: &Page) -> Result<Self, AppError> {
        let form = match read {
            Ok(form) => form.into_inner(),
            Err(e) if e.as_error::<AppError>().is_some_and(|e| e.0.code() == HttpFault::TooLarge.code()) => {
                return Err(HttpFault::TooLarge.into());
            }
            // No form of ours.
            Err(_) => return Err(HttpFault::StaleForm.into()),
        };
        let fields = vec![("csrf".to_owned(), form.csrf.0.clone())];
        RawForm::beside(fields, req, &web.config).verify(web, page)?;
        Ok(form)
    }

    /// The file; nothing when the picture is to be taken away.
    pub fn picture(self) -> Option<Vec<u8>> {
        match self.remove {
            Some(_) => None,
            None => Some(self.file.map(|file| file.data.to_vec()).unwrap_or_default()),
        }
    }
}

/// The limits, and what is said of a form that breaks them.
pub fn config() -> MultipartFormConfig {
    MultipartFormConfig::default().total_limit(LIMIT).memory_limit(LIMIT).error_handler(|error, _| {
        let fault = if overflows(&error) { HttpFault::TooLarge } else { HttpFault::Malformed };
        AppError::from(fault).into()
    })
}

fn overflows(error: &MultipartError) -> bool {
    match error {
        MultipartError::Payload(PayloadError::Overflow) => true,
        MultipartError::Field { source, .. } => source.as_error::<MultipartError>().is_some_and(overflows),
        _ => false,
    }
}
