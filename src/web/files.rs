//! Forms that may bring files, read into memory within limits. A file that is too large is dropped and everything else
//! that was typed still arrives.

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use crate::web::error::{AppError, HttpFault};
use crate::web::forms::{FORM_LIMIT, RawForm};
use crate::web::page::Page;
use crate::web::state::Web;

/// Bytes of a file that are kept.
const FILE_LIMIT: usize = 2 * 1024 * 1024;
/// Files of a form at the most.
const FILES: usize = 2;
/// Bytes of such a form at the most. What is more of a file than is kept is read all the same, up to here, for the sake of
/// the fields behind it.
const LIMIT: u64 = 16 * 1024 * 1024;

/// A file that somebody chose.
#[derive(Debug, Clone)]
pub enum Chosen {
    /// Its bytes.
    File(Bytes),
    /// More bytes than are kept.
    Large,
}

/// The fields of a form and the files beside them, not yet trusted.
#[derive(Debug, Clone, Default)]
pub struct FileForm {
    /// The fields.
    pub form: RawForm,
    files: Vec<(String, Chosen)>,
}

impl FromRequest for FileForm {
    type Error = AppError;
    type Future = std::pin::Pin<Box<dyn std::future::Future<Output = Result<Self, AppError>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !req.content_type().eq_ignore_ascii_case("multipart/form-data") {
            let form = RawForm::from_request(req, payload);
            return Box::pin(async move { Ok(Self { form: form.await?, files: Vec::new() }) });
        }
        let said = req.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
        let (request, parts) = (req.clone(), Multipart::new(req.headers(), payload.take()));
        Box::pin(async move {
            if said.is_some_and(|bytes| bytes > LIMIT) {
                return Err(HttpFault::TooLarge.into());
            }
            let (fields, files) = read(parts).await?;
            let Some(web) = request.app_data::<Data<Web>>() else { return Err(HttpFault::Absent.into()) };
            let form = RawForm::beside(fields, &request, &web.config);
            // Should nobody be signed in, what was typed is offered again.
            request.extensions_mut().insert(form.clone());
            Ok(Self { form, files })
        })
    }
}

type Parts = (Vec<(String, String)>, Vec<(String, Chosen)>);

async fn read(mut parts: Multipart) -> Result<Parts, AppError> {
    let (mut fields, mut files, mut room) = (Vec::new(), Vec::new(), FORM_LIMIT);
    let mut length = 0;
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_| HttpFault::Malformed)?;
        let name = part.name().unwrap_or_default().to_owned();
        if part.content_disposition().is_some_and(|about| about.get_filename().is_some()) {
            let keeps = if files.len() < FILES { FILE_LIMIT } else { 0 };
            let (bytes, all) = file(&mut part, keeps, LIMIT - length).await?;
            length += all;
            match bytes {
                // A field in which nothing was chosen.
                Some(bytes) if bytes.is_empty() => {}
                Some(bytes) => files.push((name, Chosen::File(bytes))),
                None => files.push((name, Chosen::Large)),
            }
            continue;
        }
        let value =
            part.bytes(room).await.map_err(|_| HttpFault::TooLarge)?.map_err(|_| HttpFault::Malformed)?;
        room -= value.len();
        let value = String::from_utf8(value.to_vec()).map_err(|_| HttpFault::Malformed)?;
        fields.push((name, value));
    }
    Ok((fields, files))
}

/// A file's bytes when they are at most `keeps`, and how many there are: at most `limit`, or the form is refused.
async fn file(part: &mut Field, keeps: usize, limit: u64) -> Result<(Option<Bytes>, u64), AppError> {
    let (mut kept, mut all) = (Some(Vec::new()), 0);
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_| HttpFault::Malformed)?;
        all += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if all > limit {
            return Err(HttpFault::TooLarge.into());
        }
        kept = kept.filter(|kept| kept.len() + chunk.len() <= keeps);
        if let Some(kept) = &mut kept {
            kept.extend_from_slice(&chunk);
        }
    }
    Ok((kept.map(Bytes::from), all))
}

impl FileForm {
    /// Checks origin and token, then reads the fields into `T`.
    pub fn accept<T: DeserializeOwned>(&self, web: &Web, page: &Page) -> Result<T, AppError> {
        self.form.accept(web, page)
    }

    /// The file that was chosen in the field `name`.
    pub fn file(&self, name: &str) -> Option<&Chosen> {
        self.files.iter().find(|(of, _)| of == name).map(|(_, chosen)| chosen)
    }
}
