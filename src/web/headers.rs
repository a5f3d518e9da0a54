//! Headers of every answer, and the check of the host.

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::web::error::frameless;
use crate::web::state::{Web, WebConfig};

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const FIXED: [(&str, &str); 7] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    ),
    ("content-security-policy", CSP),
];

/// True when `host` is the site's own, or a loopback alias while bound to loopback.
fn known_host(host: &str, config: &WebConfig) -> bool {
    if host.eq_ignore_ascii_case(config.host()) {
        return true;
    }
    let name = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.chars().all(|c| c.is_ascii_digit()) { name } else { host });
    config.loopback && matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// Refuses unknown hosts with 421 and puts the house's headers on every answer.
pub async fn guard<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let web = req.app_data::<Data<Web>>().cloned();
    let host = req.headers().get("host").and_then(|h| h.to_str().ok()).unwrap_or_default().to_owned();
    // The style of the page that says where the site is; it tells nothing about the site.
    let exempt = matches!(req.path(), "/healthz" | "/readyz") || req.path().starts_with("/assets/css/");
    let refused = web.as_ref().is_some_and(|w| !exempt && !known_host(&host, &w.config));
    let mut response = if refused {
        let home = web.as_ref().map(|w| w.config.base_url.clone());
        let body = frameless(StatusCode::MISDIRECTED_REQUEST, "misdirected", &[], home);
        req.into_response(body).map_into_right_body()
    } else {
        next.call(req).await?.map_into_left_body()
    };
    let https = web.is_some_and(|w| w.config.https());
    let headers = response.headers_mut();
    headers.remove("x-hearth-page");
    for (name, value) in FIXED {
        // An answer may bring a stricter policy of its own.
        if !headers.contains_key(name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if https {
        headers.insert(
            HeaderName::from_static("strict-transport-security"),
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::locale::Locale;

    #[test]
    fn only_known_hosts_are_answered() {
        let mut config = WebConfig {
            base_url: "https://forum.example".into(),
            loopback: false,
            trusted_proxies: Vec::new(),
            rate_limits: true,
            locale: Locale::En,
        };
        assert!(known_host("forum.example", &config));
        assert!(known_host("Forum.Example", &config));
        assert!(!known_host("evil.example", &config));
        assert!(!known_host("localhost:8080", &config));
        config.loopback = true;
        assert!(known_host("localhost:8080", &config));
        assert!(known_host("[::1]:8080", &config));
        assert!(!known_host("localhost.evil.example", &config));
    }
}
