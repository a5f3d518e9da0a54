//! The old forum's own addresses: which links stay inside it.

use std::collections::BTreeSet;

use crate::transfer::links::ForeignLink;

/// The hosts the forum answered on; the first is where files are fetched from.
#[derive(Debug, Clone, Default)]
pub(super) struct OldSite {
    /// `https://forum.example`, without a slash at the end.
    pub base: Option<String>,
    pub hosts: BTreeSet<String>,
}

/// A link of the old forum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OldLink {
    Thread(ForeignLink),
    /// The handle.
    Member(String),
    /// Anything else, as a whole address, or nothing where the forum's address is not known.
    Other(Option<String>),
}

impl OldSite {
    pub fn new(base: Option<&str>) -> Self {
        let mut site = Self::default();
        if let Some(base) = base {
            site.learn(base);
        }
        site
    }

    /// Takes in an address known to be the forum's.
    pub fn learn(&mut self, address: &str) {
        let Some((scheme, rest)) = address.split_once("://") else { return };
        let host = rest.split('/').next().unwrap_or_default();
        if !host.is_empty() && self.hosts.insert(host.to_ascii_lowercase()) && self.base.is_none() {
            self.base = Some(format!("{scheme}://{host}"));
        }
    }

    /// Judges where `href` leads.
    pub fn link(&self, href: &str) -> OldLink {
        let href = href.trim();
        let path = match href.split_once("://") {
            Some((_, rest)) => {
                let end = rest.find('/').unwrap_or(rest.len());
                let (host, path) = rest.split_at(end);
                if !self.hosts.contains(&host.to_ascii_lowercase()) {
                    return OldLink::Other(Some(href.to_owned()));
                }
                path
            }
            None if href.starts_with("//") => return OldLink::Other(Some(format!("https:{href}"))),
            None => href,
        };
        if let Some(link) = ForeignLink::from_path(path) {
            return OldLink::Thread(link);
        }
        if let Some(handle) = path.strip_prefix("/u/").or_else(|| path.strip_prefix("/users/")) {
            let handle = handle.split(['/', '?', '#']).next().unwrap_or_default();
            if !handle.is_empty() {
                return OldLink::Member(handle.to_owned());
            }
        }
        if path.starts_with('/') {
            return OldLink::Other(self.base.as_ref().map(|base| format!("{base}{path}")));
        }
        OldLink::Other(Some(href.to_owned()))
    }

    /// The whole address of a file of the forum or elsewhere.
    pub fn file(&self, src: &str) -> Option<String> {
        match self.link(src) {
            OldLink::Other(address) => address,
            OldLink::Thread(_) | OldLink::Member(_) => None,
        }
    }
}
