//! Where a link may lead, and where a bare address ends.
//!
//! Addresses go through the same parser browsers follow (WHATWG), so that what is judged is what will
//! be opened. Only http, https and mailto leave the site.

use unicode_normalization::UnicodeNormalization;
use url::Url;

use super::mentions::is_cjk;
use super::source::is_deceiving;

/// A judged address, ready to stand in `href`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// On this site, starting with `/` or `#`.
    Internal(String),
    /// Elsewhere; `host` is what to show, punycode for names that are not ASCII.
    External { href: String, host: String },
    /// `mailto:`.
    Mail(String),
}

/// Judges `dest` as written by an author. `None`: no link is made of it.
pub(super) fn target(dest: &str, site: Option<&Url>) -> Option<Target> {
    let dest: String = dest.trim().chars().filter(|c| !c.is_control() && !is_deceiving(*c)).collect();
    if dest.is_empty() {
        return None;
    }
    let absolute = match Url::parse(&dest) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => return relative(&dest, site),
        Err(_) => return None,
    };
    match absolute.scheme() {
        "http" | "https" => web(absolute, site),
        "mailto" => Some(Target::Mail(absolute.into())),
        _ => None,
    }
}

/// Whether `dest` begins with a scheme that leaves the site.
pub(super) fn is_address(dest: &str) -> bool {
    let scheme = dest.split(':').next().unwrap_or_default();
    ["http", "https", "mailto"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

fn relative(dest: &str, site: Option<&Url>) -> Option<Target> {
    let fallback = Url::parse("http://this.invalid/").ok()?;
    let base = site.unwrap_or(&fallback);
    if dest.starts_with('#') {
        let joined = base.join(dest).ok()?;
        return Some(Target::Internal(format!("#{}", joined.fragment()?)));
    }
    if dest.starts_with(['/', '\\']) {
        return web(base.join(dest).ok()?, Some(base));
    }
    // "example.com/page" means the site of that name, not a page beside this one.
    let host = dest.split(['/', '?', '#']).next().unwrap_or_default();
    if looks_like_host(host) { web(Url::parse(&format!("https://{dest}")).ok()?, site) } else { None }
}

fn web(mut url: Url, site: Option<&Url>) -> Option<Target> {
    let host = url.host_str()?.to_owned();
    let ours = site.is_some_and(|site| {
        site.host_str() == Some(host.as_str()) && site.port_or_known_default() == url.port_or_known_default()
    });
    // A path of "//other.example" would lead elsewhere once the host is left out.
    if ours && !url.path().starts_with("//") {
        let mut href = url.path().to_owned();
        if let Some(query) = url.query() {
            href.push('?');
            href.push_str(query);
        }
        if let Some(fragment) = url.fragment() {
            href.push('#');
            href.push_str(fragment);
        }
        return Some(Target::Internal(href));
    }
    // "https://bank.example@evil.example/" exists only to deceive.
    if !url.username().is_empty() || url.password().is_some() {
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
    }
    Some(Target::External { href: url.into(), host })
}

/// Whether an image at this internal address is one the site itself serves.
pub(super) fn is_upload(href: &str) -> bool {
    href.strip_prefix("/uploads/").is_some_and(|rest| !rest.is_empty())
}

fn looks_like_host(text: &str) -> bool {
    let Some((rest, top)) = text.rsplit_once('.') else { return false };
    !rest.is_empty()
        && (2..=24).contains(&top.len())
        && top.chars().all(|c| c.is_ascii_alphabetic())
        && rest.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
        })
}

/// Ends of names that file names do not have; a bare `word.word` counts as an address only with these.
const FAMILIAR_ENDS: [&str; 24] = [
    "com", "net", "org", "info", "biz", "io", "app", "dev", "gov", "edu", "cn", "tw", "hk", "jp", "kr", "uk",
    "de", "fr", "ru", "eu", "us", "xyz", "top", "shop",
];

/// Whether link text reads as an address of another host than `host`.
pub(super) fn disguises(text: &str, host: &str) -> bool {
    // Fullwidth letters and other dots read like the plain ones.
    let text: String = text
        .nfkc()
        .filter(|c| !is_deceiving(*c) && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{AD}'))
        .map(|c| if c == '。' { '.' } else { c })
        .collect();
    let text = text.trim().to_lowercase();
    let (claimed, explicit) = match text.split_once("://") {
        Some((_, rest)) => (rest, true),
        None => (text.as_str(), text.starts_with("www.")),
    };
    let claimed = claimed.split(['/', '?', '#', ' ', '…']).next().unwrap_or_default();
    let claimed = claimed.rsplit('@').next().unwrap_or_default();
    let claimed = claimed.split(':').next().unwrap_or_default().trim_end_matches('.');
    if !looks_like_host(claimed) {
        return explicit && !claimed.is_empty() && !same_host(claimed, host);
    }
    let familiar = claimed.rsplit('.').next().is_some_and(|end| FAMILIAR_ENDS.contains(&end));
    (explicit || familiar) && !same_host(claimed, host)
}

fn same_host(claimed: &str, host: &str) -> bool {
    let ascii = Url::parse(&format!("http://{claimed}/"))
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| claimed.to_owned());
    ascii.trim_start_matches("www.") == host.trim_start_matches("www.")
}

/// The end of the http or https address that starts at byte `at`, or `None` when there is none.
///
/// Stops at spaces, quotes, angle brackets and CJK punctuation; leaves out closing punctuation that
/// belongs to the sentence and brackets that were opened outside. Letters that are not ASCII are
/// taken only where a path piece can begin with them, so that `https://a.example/x查看` ends at `x`.
pub(super) fn bare_url_end(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|s| rest.get(..s.len()).is_some_and(|start| start.eq_ignore_ascii_case(s)))?;
    let body = rest.get(scheme.len()..)?;
    // Judged first: a scan of the whole rest for every false start would take quadratic time.
    if !begins_with_host(body) {
        return None;
    }
    let mut kept = 0;
    let mut open = [0i32; 2];
    let mut last = ' ';
    let mut in_path = false;
    for (i, c) in body.char_indices() {
        if ends_address(c) || (!c.is_ascii() && !may_follow(last, c, in_path)) {
            break;
        }
        match c {
            '(' => open[0] += 1,
            '[' => open[1] += 1,
            ')' => open[0] -= 1,
            ']' => open[1] -= 1,
            '/' | '?' | '#' => in_path = true,
            _ => {}
        }
        if open.iter().any(|&n| n < 0) {
            break;
        }
        last = c;
        if !is_sentence_mark(c) && !matches!(c, '(' | '[') {
            kept = i + c.len_utf8();
        }
    }
    Some(at + scheme.len() + kept)
}

fn begins_with_host(body: &str) -> bool {
    let end =
        body.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))).unwrap_or(body.len());
    let host = body.get(..end).unwrap_or_default().trim_end_matches('.');
    host.starts_with(char::is_alphanumeric) && (host.contains('.') || host == "localhost")
}

fn ends_address(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '{' | '}')
        || matches!(c, '\u{2010}'..='\u{206F}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{303F}' | '\u{FF00}'..='\u{FFEF}')
}

fn may_follow(last: char, c: char, in_path: bool) -> bool {
    if !c.is_alphanumeric() {
        return false;
    }
    let continues = !last.is_ascii() && last.is_alphanumeric();
    if in_path { continues || "/=_-#".contains(last) } else { !is_cjk(c) }
}

fn is_sentence_mark(c: char) -> bool {
    matches!(c, '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '*' | '_' | '~' | '&' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(dest: &str) -> Option<Target> {
        target(dest, Url::parse("https://forum.example/").ok().as_ref())
    }

    fn bare(text: &str) -> &str {
        bare_url_end(text, 0).map_or("", |end| &text[..end])
    }

    #[test]
    fn only_web_mail_and_own_addresses_are_links() {
        assert_eq!(judged("/t/a/1?x=1#p2"), Some(Target::Internal("/t/a/1?x=1#p2".into())));
        assert_eq!(judged("https://forum.example/t/1"), Some(Target::Internal("/t/1".into())));
        assert_eq!(judged("mailto:a@b.example"), Some(Target::Mail("mailto:a@b.example".into())));
        assert_eq!(judged("#u-1"), Some(Target::Internal("#u-1".into())));
        for bad in [
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            " \u{1}javascript:x",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "foo/bar",
            "blob:https://x",
            "",
            "http://",
        ] {
            assert_eq!(judged(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_address_cannot_pretend_to_be_ours() {
        for (dest, host) in [
            ("//evil.example/x", "evil.example"),
            ("/\\evil.example/x", "evil.example"),
            ("\\\\evil.example", "evil.example"),
            ("https://forum.example//evil.example/x", "forum.example"),
            ("https://forum.example@evil.example/", "evil.example"),
            ("https://forum.example.evil.example/", "evil.example"),
            ("https://forum.example:8443/", "forum.example"),
        ] {
            let Some(Target::External { href, host: found }) = judged(dest) else { panic!("{dest}") };
            assert!(found.ends_with(host), "{dest}: {found}");
            assert!(href.starts_with("https://") && !href.contains('@'), "{dest}: {href}");
        }
    }

    #[test]
    fn a_bare_address_ends_where_a_reader_ends_it() {
        assert_eq!(bare("https://a.example/x, and"), "https://a.example/x");
        assert_eq!(bare("https://a.example/x)."), "https://a.example/x");
        assert_eq!(bare("https://a.example/x_(y)!"), "https://a.example/x_(y)");
        assert_eq!(bare("https://a.example/x，谢谢"), "https://a.example/x");
        assert_eq!(bare("https://a.example/x查看"), "https://a.example/x");
        assert_eq!(bare("https://a.example查看"), "https://a.example");
        assert_eq!(bare("https://a.example/维基 x"), "https://a.example/维基");
        assert_eq!(bare("https://a.example?q=1&b=2\">"), "https://a.example?q=1&b=2");
        assert_eq!(bare("https://"), "");
        assert_eq!(bare("https://。"), "");
        assert_eq!(bare("http://word"), "");
    }

    #[test]
    fn link_text_that_reads_as_another_host_is_noticed() {
        assert!(disguises("https://bank.example/login", "evil.example"));
        assert!(disguises("www.bank.example", "evil.example"));
        assert!(disguises("bank.com", "evil.example"));
        assert!(disguises("ｂａｎｋ．ｃｏｍ", "evil.example"));
        assert!(disguises("https://evil.example@bank.com", "evil.example"));
        assert!(!disguises("www.bank.com/x", "bank.com"));
        assert!(!disguises("Sample.cpp", "github.com"));
        assert!(!disguises("the manual", "github.com"));
    }
}
