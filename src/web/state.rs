//! What every request finds: configuration, secrets, and the two sources that higher rooms wire in.

use std::sync::Arc;

use actix_web::HttpRequest;
use ipnet::IpNet;

use crate::base::actor::Actor;
use crate::base::locale::Locale;
use crate::infra::db::{Conn, DbError};
use crate::infra::house::House;
use crate::web::limits::SoftLimits;
use crate::web::shell::{Shell, ShellRequest};

/// Finds out who sends a request. Implemented by `people::sessions`.
pub trait ActorSource: Send + Sync {
    /// The actor behind a session cookie or a bearer token. An unknown credential is a visitor.
    fn actor(&self, conn: &mut Conn, credential: &Presented) -> Result<Actor, DbError>;
}

/// Gives pages their frame: brand, menu, category rail. Implemented by `pages`.
pub trait ShellSource: Send + Sync {
    /// The frame for `actor`.
    fn shell(&self, conn: &mut Conn, actor: &Actor, request: ShellRequest) -> Result<Shell, DbError>;
}

/// What a request shows of its sender.
#[derive(Debug, Clone)]
pub enum Presented {
    /// Nothing.
    Nothing,
    /// The session cookie's value.
    Session(String),
    /// A bearer token.
    Bearer(String),
}

/// Settings of the HTTP side, fixed at start.
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// The site's own address without a trailing slash: the only source of absolute URLs.
    pub base_url: String,
    /// True when bound to a loopback address: its aliases are then accepted as hosts.
    pub loopback: bool,
    /// Whose forwarded address counts.
    pub trusted_proxies: Vec<IpNet>,
    /// False switches every time-based limit off.
    pub rate_limits: bool,
    /// The default language, until the settings say otherwise.
    pub locale: Locale,
}

impl WebConfig {
    /// True when the site is served over TLS.
    pub fn https(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// Host and port of the base URL.
    pub fn host(&self) -> &str {
        self.base_url.split("://").nth(1).unwrap_or_default().split('/').next().unwrap_or_default()
    }

    /// The name of the session cookie.
    pub fn session_cookie(&self) -> &'static str {
        if self.https() { "__Host-sid" } else { "sid" }
    }

    /// The name of the cookie that protects the forms of people without a session.
    pub fn guest_cookie(&self) -> &'static str {
        if self.https() { "__Host-guest" } else { "guest" }
    }
}

/// Shared by all workers.
pub struct Web {
    /// The injected outside world.
    pub house: House,
    /// Settings of the HTTP side.
    pub config: WebConfig,
    /// Signs CSRF tokens and salts view fingerprints; kept in the database, the same on every node.
    pub key: [u8; 32],
    /// Who sends a request.
    pub actors: Arc<dyn ActorSource>,
    /// The frame of pages.
    pub shells: Arc<dyn ShellSource>,
    /// Limits that count on this node only.
    pub soft: SoftLimits,
    /// The name of this node.
    pub node: std::sync::Arc<str>,
    /// Where this node keeps its files.
    pub files: std::path::PathBuf,
}

/// The address that sent the request: the peer, or what a trusted proxy says of it.
pub fn client_address(req: &HttpRequest, config: &WebConfig) -> Option<std::net::IpAddr> {
    let peer = req.peer_addr()?.ip();
    if !config.trusted_proxies.iter().any(|net| net.contains(&peer)) {
        return Some(peer);
    }
    let lines = req.headers().get_all("x-forwarded-for").filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    // From the right: the first address that is not one of our own proxies. What stands left of something that
    // is no address was not written by a proxy of ours.
    hops.iter()
        .rev()
        .map_while(|part| part.trim().parse::<std::net::IpAddr>().ok())
        .find(|ip| !config.trusted_proxies.iter().any(|net| net.contains(ip)))
        .or(Some(peer))
}

/// The network an address belongs to for limits: /24 or /64.
pub fn address_prefix(ip: std::net::IpAddr) -> String {
    match ip.to_canonical() {
        std::net::IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        std::net::IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
        let of = |peer: &str, lines: &[&str]| {
            let config = WebConfig {
                base_url: "http://forum.test".into(),
                loopback: false,
                trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
                rate_limits: false,
                locale: Locale::En,
            };
            let mut request = actix_web::test::TestRequest::default()
                .peer_addr(std::net::SocketAddr::new(peer.parse().unwrap(), 1));
            for line in lines {
                request = request.append_header(("x-forwarded-for", *line));
            }
            client_address(&request.to_http_request(), &config).unwrap().to_string()
        };
        assert_eq!(of("192.0.2.1", &["198.51.100.7"]), "192.0.2.1", "anybody can write the header");
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(of("10.0.0.1", &["203.0.113.5, 198.51.100.7, 10.0.0.9"]), "198.51.100.7");
        assert_eq!(of("10.0.0.1", &["203.0.113.5", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(of("10.0.0.1", &["203.0.113.5, unknown"]), "10.0.0.1");
    }

    #[test]
    fn prefixes_group_neighbours() {
        let of = |text: &str| address_prefix(text.parse().unwrap());
        assert_eq!(of("10.1.2.3"), of("10.1.2.200"));
        assert_eq!(of("::ffff:10.1.2.3"), of("10.1.2.3"));
        assert_ne!(of("10.1.2.3"), of("10.1.3.3"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
    }
}
