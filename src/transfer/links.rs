//! Links inside the old forum. A reader cannot know where a thread will live here, so it leaves
//! placeholders, `foreign:/t/12/3`, as destinations; once all threads have their new addresses
//! [`rewrite_links`] puts those in. The renderer makes no link of a placeholder left behind.

use std::fmt::Write as _;

/// How a placeholder begins.
pub const MARK: &str = "foreign:/t/";

/// A post, or a whole thread, of the old forum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ForeignLink {
    /// Id of the thread in the source.
    pub topic: i64,
    /// Number of the post in it.
    pub post_number: Option<i64>,
}

impl ForeignLink {
    /// The destination to write in Markdown until the new address is known.
    pub fn placeholder(self) -> String {
        format!("foreign:{}", self.old_path())
    }

    /// The path both Discourse and our redirects understand.
    fn old_path(self) -> String {
        match self.post_number {
            Some(number) => format!("/t/{}/{number}", self.topic),
            None => format!("/t/{}", self.topic),
        }
    }

    /// Reads the path of a thread: `/t/slug/12/3`, `/t/slug/12`, `/t/12/3`, `/t/12`.
    pub fn from_path(path: &str) -> Option<Self> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let mut pieces = path.strip_prefix("/t/")?.split('/').filter(|piece| !piece.is_empty());
        let first = pieces.next()?;
        let topic = match first.parse() {
            Ok(id) => id,
            Err(_) => pieces.next()?.parse().ok()?,
        };
        let post_number = pieces.next().and_then(|number| number.parse().ok());
        Some(Self { topic, post_number })
    }
}

/// Replaces placeholders in Markdown by what `new_address` gives, which may be a path or a whole
/// address; where it gives `None` the old path stays, for redirects to resolve.
pub fn rewrite_links(md: &str, new_address: &dyn Fn(ForeignLink) -> Option<String>) -> String {
    let mut out = String::with_capacity(md.len());
    let mut rest = md;
    while let Some(at) = rest.find(MARK) {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        let after = found.get("foreign:".len()..).unwrap_or_default();
        let length = after.bytes().skip(3).take_while(|b| b.is_ascii_digit() || *b == b'/').count() + 3;
        let (path, tail) = after.split_at(length);
        rest = tail;
        let bracket = before.ends_with('<') && tail.starts_with('>');
        let Some(link) = ForeignLink::from_path(path).filter(|_| bracket || before.ends_with("](")) else {
            out.push_str("foreign:");
            out.push_str(path);
            continue;
        };
        let address = new_address(link).unwrap_or_else(|| link.old_path());
        if bracket && address.starts_with('/') {
            // An address in angle brackets needs a scheme.
            out.pop();
            let _ = write!(out, "[{address}]({address})");
            rest = tail.get(1..).unwrap_or_default();
        } else {
            out.push_str(&address);
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_address(link: ForeignLink) -> Option<String> {
        (link.topic == 12).then(|| format!("/t/new/7#p{}", link.post_number.unwrap_or(1)))
    }

    #[test]
    fn placeholders_become_new_addresses() {
        let link = ForeignLink { topic: 12, post_number: Some(3) };
        let md = format!("[a]({}) <{}> [b](foreign:/t/99/2)", link.placeholder(), link.placeholder());
        assert_eq!(
            rewrite_links(&md, &new_address),
            "[a](/t/new/7#p3) [/t/new/7#p3](/t/new/7#p3) [b](/t/99/2)"
        );
        let whole = |_: ForeignLink| Some("https://forum.example/t/7".to_owned());
        assert_eq!(rewrite_links("<foreign:/t/12>", &whole), "<https://forum.example/t/7>");
    }

    #[test]
    fn only_destinations_are_touched() {
        for md in [
            "`foreign:/t/12`",
            "foreign:/t/12/3 as text",
            "[a](foreign:/t/x)",
            "](foreign:/t/",
            "foreign:/t/中",
        ] {
            assert_eq!(rewrite_links(md, &new_address), md);
        }
    }

    #[test]
    fn thread_paths_are_understood() {
        let of = |path| ForeignLink::from_path(path).map(|link| (link.topic, link.post_number));
        assert_eq!(of("/t/some-slug/12/3?u=x"), Some((12, Some(3))));
        assert_eq!(of("/t/some-slug/12"), Some((12, None)));
        assert_eq!(of("/t/12/3"), Some((12, Some(3))));
        assert_eq!(of("/t/12"), Some((12, None)));
        assert_eq!(of("/t/slug"), None);
        assert_eq!(of("/u/12"), None);
    }
}
