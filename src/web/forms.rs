//! Forms: reading them, and proving that they were shown by us to the one who sends them.
//!
//! Every POST of a page needs a same-origin `Sec-Fetch-Site` or `Origin` (when the browser sends one) and a
//! token bound to the session, or to a short-lived guest cookie on the pages for signing in and up.

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::base::fault::{Fault, Kind};
use crate::base::ids::MemberId;
use crate::web::error::{AppError, HttpFault};
use crate::web::page::{Page, cookie};
use crate::web::state::{Web, WebConfig};

/// Bytes of a form at the most: a post of 32,000 Han characters takes nine bytes for each, percent-encoded.
pub const FORM_LIMIT: usize = 512 * 1024;

/// Bytes of a token, and of the pad it is written with.
const TOKEN: usize = 32;

fn plain_token(key: &[u8; 32], binding: &str) -> Option<[u8; TOKEN]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(b"form:");
    mac.update(binding.as_bytes());
    Some(mac.finalize().into_bytes().into())
}

/// The token of the forms shown to whoever holds `binding` (a session token or the guest secret), written with
/// `pad`: different on every page, so that the length of a compressed page tells nothing about it.
pub fn token(key: &[u8; 32], binding: &str, pad: [u8; TOKEN]) -> String {
    let Some(plain) = plain_token(key, binding) else { return String::new() };
    let hidden = plain.iter().zip(&pad).map(|(a, b)| a ^ b);
    BASE64URL_NOPAD.encode(&pad.iter().copied().chain(hidden).collect::<Vec<u8>>())
}

/// True when `given` is a token of `binding`.
fn is_token(key: &[u8; 32], binding: &str, given: &str) -> bool {
    let Ok(bytes) = BASE64URL_NOPAD.decode(given.as_bytes()) else { return false };
    let Some((pad, hidden)) = bytes.split_at_checked(TOKEN) else { return false };
    let shown: Vec<u8> = hidden.iter().zip(pad).map(|(a, b)| a ^ b).collect();
    plain_token(key, binding).is_some_and(|plain| plain[..].ct_eq(&shown).into())
}

/// Between the token of a form and the sign of the member it was shown to.
const SIGN_AFTER: char = '.';

/// The sign of a member: says whose form it was, also when the session is over.
pub fn sign(key: &[u8; 32], member: MemberId) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(b"writer:");
    mac.update(&member.0.to_be_bytes());
    BASE64URL_NOPAD.encode(&mac.finalize().into_bytes())
}

/// `token` with the sign of the member it is for.
pub fn signed(key: &[u8; 32], token: &str, member: MemberId) -> String {
    format!("{token}{SIGN_AFTER}{}", sign(key, member))
}

/// True when `given` is the sign of `member`.
pub fn is_sign(key: &[u8; 32], member: MemberId, given: &str) -> bool {
    let own = sign(key, member);
    !own.is_empty() && own.as_bytes().ct_eq(given.as_bytes()).into()
}

/// The fields of a submitted form, not yet trusted.
#[derive(Debug, Clone, Default)]
pub struct RawForm {
    fields: Vec<(String, String)>,
    cross_site: bool,
}

impl FromRequest for RawForm {
    type Error = AppError;
    type Future = std::pin::Pin<Box<dyn std::future::Future<Output = Result<Self, AppError>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Bytes::from_request(req, payload);
        let request = req.clone();
        let cross_site = req.app_data::<Data<Web>>().is_none_or(|web| cross_site(req, &web.config));
        Box::pin(async move {
            let body = body.await.map_err(|_| HttpFault::TooLarge)?;
            let fields: Vec<(String, String)> =
                serde_html_form::from_bytes(&body).map_err(|_| HttpFault::Malformed)?;
            let form = Self { fields: without_nul(fields), cross_site };
            // Should nobody be signed in, what was typed is offered again.
            request.extensions_mut().insert(form.clone());
            Ok(form)
        })
    }
}

/// Nobody types a NUL and PostgreSQL stores none; what was pasted with one keeps the rest.
fn without_nul(mut fields: Vec<(String, String)>) -> Vec<(String, String)> {
    for (name, value) in &mut fields {
        name.retain(|c| c != '\0');
        value.retain(|c| c != '\0');
    }
    fields
}

/// True when the browser says that another site sent this.
pub fn cross_site(req: &HttpRequest, config: &WebConfig) -> bool {
    let header = |name: &str| req.headers().get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    match header("origin") {
        Some(origin) => {
            let host = origin.split("://").nth(1).unwrap_or_default();
            host != config.host() && Some(host) != header("host")
        }
        None => false,
    }
}

impl RawForm {
    /// The fields that came beside a file.
    pub fn beside(fields: Vec<(String, String)>, req: &HttpRequest, config: &WebConfig) -> Self {
        Self { fields: without_nul(fields), cross_site: cross_site(req, config) }
    }

    /// The fields of a form that was kept while its writer signed in.
    pub fn of(fields: Vec<(String, String)>) -> Self {
        Self { fields, cross_site: false }
    }

    /// The first value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The fields other than token and nonce, for a form that comes back after signing in.
    pub fn kept(&self) -> Vec<(String, String)> {
        self.fields.iter().filter(|(n, _)| n != "csrf" && n != "nonce").cloned().collect()
    }

    /// True when the browser says that another site sent this.
    pub fn is_cross_site(&self) -> bool {
        self.cross_site
    }

    /// The sign of the member to whom the form was shown; to be compared with [`is_sign`].
    pub fn writer(&self) -> Option<&str> {
        self.get("csrf")?.split_once(SIGN_AFTER).map(|(_, sign)| sign).filter(|sign| sign.len() <= 64)
    }

    /// Checks origin and token.
    pub fn verify(&self, web: &Web, page: &Page) -> Result<(), AppError> {
        let given = self.get("csrf").unwrap_or_default();
        let given = given.split_once(SIGN_AFTER).map_or(given, |(token, _)| token);
        let same = is_token(&web.key, &page.binding, given);
        if page.binding.is_empty() || self.cross_site || !same {
            return Err(HttpFault::StaleForm.into());
        }
        Ok(())
    }

    /// Checks origin and token, then reads the fields into `T`.
    pub fn accept<T: DeserializeOwned>(&self, web: &Web, page: &Page) -> Result<T, AppError> {
        self.verify(web, page)?;
        self.parse()
    }

    /// Reads the fields into `T` without checking anything.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, AppError> {
        let text = serde_html_form::to_string(&self.fields).map_err(|_| HttpFault::Malformed)?;
        serde_html_form::from_str(&text).map_err(|_| HttpFault::Malformed.into())
    }

    /// The one-time number of the form, if it carries one.
    pub fn nonce(&self) -> Option<&str> {
        self.get("nonce").filter(|n| !n.is_empty() && n.len() <= 100)
    }

    /// A fingerprint of what was typed, for telling a repeated request from another one with the same key.
    pub fn fingerprint(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        for (name, value) in self.kept() {
            hash.update(name.as_bytes());
            hash.update([0]);
            hash.update(value.as_bytes());
            hash.update([0]);
        }
        hash.finalize().to_vec()
    }
}

/// The cookie that tells scripts which forms were taken: their one-time numbers, the last first.
const TAKEN: &str = "taken";
/// Numbers in it at the most: forms of several tabs that no page has looked after yet.
const TAKEN_MOST: usize = 8;
/// Seconds that it lives.
const TAKEN_KEPT: i64 = 86_400;

/// Tells the browser that a form was taken, by the form's own number. Whatever page comes next, in whatever tab, may
/// then let go of the text that it keeps for that form, and of no other.
pub async fn tell_taken<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let mut response = next.call(req).await?;
    if response.status() != StatusCode::SEE_OTHER {
        return Ok(response);
    }
    let request = response.request().clone();
    let number = request.extensions().get::<RawForm>().and_then(|form| form.nonce().map(str::to_owned));
    let plain = |number: &str| number.bytes().all(|b| b.is_ascii_alphanumeric());
    if let (Some(number), Some(web)) = (number.filter(|n| plain(n)), request.app_data::<Data<Web>>()) {
        let before = request.cookie(TAKEN).map(|c| c.value().to_owned()).unwrap_or_default();
        let others = before.split('.').filter(|n| !n.is_empty() && plain(n) && *n != number);
        let all: Vec<&str> = std::iter::once(number.as_str()).chain(others).take(TAKEN_MOST).collect();
        let mut told = cookie(web, TAKEN, all.join("."), Some(TAKEN_KEPT));
        told.set_http_only(false);
        response.response_mut().add_cookie(&told)?;
    }
    Ok(response)
}

/// The cookie of a reader who put the site's notice away, by the notice's key. Nobody has it unasked.
pub const NOTICE: &str = "notice";

/// True for what can be the key of a notice.
pub fn is_notice(key: &str) -> bool {
    key.len() == 10 && key.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The notice that the reader has put away.
pub fn put_away(req: &HttpRequest) -> Option<String> {
    req.cookie(NOTICE).map(|c| c.value().to_owned()).filter(|key| is_notice(key))
}

/// A field of a form holds none of the choices that were offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is none of the choices")]
pub struct NotAChoice(pub &'static str);

impl Fault for NotAChoice {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }
    fn code(&self) -> &'static str {
        "choice_unknown"
    }
    fn field(&self) -> Option<&str> {
        Some(self.0)
    }
}

/// A local address to go on to: `/path`, never another host (`//`, `/\`), never a control character.
pub fn local_path(next: Option<&str>) -> &str {
    match next {
        Some(path)
            if path.starts_with('/')
                && !path.starts_with("//")
                && !path.contains('\\')
                && !path.chars().any(char::is_control) =>
        {
            path
        }
        _ => "/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_paths_are_followed() {
        assert_eq!(local_path(Some("/t/1/x?page=2")), "/t/1/x?page=2");
        for bad in ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\nb", "javascript:x"]
        {
            assert_eq!(local_path(Some(bad)), "/", "{bad}");
        }
    }

    #[test]
    fn a_sign_belongs_to_one_member() {
        let sign = sign(&[1; 32], MemberId(7));
        assert!(is_sign(&[1; 32], MemberId(7), &sign));
        assert!(!is_sign(&[1; 32], MemberId(8), &sign) && !is_sign(&[2; 32], MemberId(7), &sign));
        assert!(!is_sign(&[1; 32], MemberId(7), ""));
    }

    #[test]
    fn a_token_belongs_to_one_binding() {
        let (one, other) = (token(&[1; 32], "a", [7; 32]), token(&[1; 32], "a", [8; 32]));
        assert_ne!(one, other, "written differently each time");
        assert!(is_token(&[1; 32], "a", &one) && is_token(&[1; 32], "a", &other));
        assert!(!is_token(&[1; 32], "b", &one) && !is_token(&[2; 32], "a", &one));
        assert!(!is_token(&[1; 32], "a", "") && !is_token(&[1; 32], "a", one.get(..40).unwrap()));
    }
}
