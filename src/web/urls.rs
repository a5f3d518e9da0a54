//! The addresses of things. Paths are percent-encoded, so that they can stand in headers and sitemaps.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::base::ids::{PostId, ThreadId};

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// One path segment or query value, percent-encoded.
pub fn component(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// True for calls of the JSON API: answered with JSON, and opened by tokens alone. `/api/docs` is a page.
pub fn is_api(path: &str) -> bool {
    path.starts_with("/api/v")
}

/// What all addresses of a thread begin with.
pub fn thread_root(id: ThreadId) -> String {
    format!("/t/{id}")
}

/// A thread's page; page 1 has no parameter.
pub fn thread(id: ThreadId, slug: &str, page: i64) -> String {
    paged(&format!("/t/{id}/{}", component(slug)), page)
}

/// A post's permanent address.
pub fn post(id: PostId) -> String {
    format!("/p/{id}")
}

/// A post in its thread.
pub fn post_in_thread(thread_id: ThreadId, slug: &str, number: i32, id: PostId) -> String {
    format!("{}#p{id}", thread(thread_id, slug, page_of(number)))
}

/// The page of a thread on which post `number` stands.
pub fn page_of(number: i32) -> i64 {
    (i64::from(number.max(1)) - 1) / super::paging::POSTS + 1
}

/// A category's page.
pub fn category(slug: &str) -> String {
    format!("/c/{}", component(slug))
}

/// A custom page.
pub fn custom_page(slug: &str) -> String {
    format!("/pages/{}", component(slug))
}

/// A tag's page.
pub fn tag(slug: &str) -> String {
    format!("/tag/{}", component(slug))
}

/// A member's profile.
pub fn member(handle: &str) -> String {
    format!("/u/{}", component(handle))
}

/// The feed of a member whose profile is public.
pub fn member_feed(handle: &str) -> String {
    format!("{}/feed.xml", member(handle))
}

/// `path` with `?page=N`, or without for page 1.
pub fn paged(path: &str, page: i64) -> String {
    match (page, path.contains('?')) {
        (..=1, _) => path.to_owned(),
        (_, false) => format!("{path}?page={page}"),
        (_, true) => format!("{path}&page={page}"),
    }
}

/// A picture of an upload: its key and which of its sizes.
pub fn upload(key: impl std::fmt::Display, variant: impl std::fmt::Display) -> String {
    format!("/uploads/{key}-{variant}")
}

/// The icon of a site without a logo, drawn in `colour` (`#rrggbb`).
pub fn icon(colour: impl std::fmt::Display, name: &str) -> String {
    format!("/icons/{}/{name}", colour.to_string().trim_start_matches('#'))
}

/// The page on which the form that is sent to `path` stands: what a form leads to cannot be opened.
pub fn of_form(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts[..] {
        ["preview"] => "/compose".into(),
        ["settings", ..] => "/settings".into(),
        ["thread", _, "edit" | "move"] | ["post", _, "edit"] => path.into(),
        ["thread", id, ..] => format!("/t/{id}"),
        ["post", id, ..] => format!("/p/{id}"),
        ["u", handle, ..] => format!("/u/{handle}"),
        ["admin", room @ ("members" | "start" | "categories" | "pages" | "search"), one, ..] => {
            format!("/admin/{room}/{one}")
        }
        ["admin", room, ..] => format!("/admin/{room}"),
        _ => path.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_slugs_are_encoded() {
        assert_eq!(thread(ThreadId(7), "换链条", 1), "/t/7/%E6%8D%A2%E9%93%BE%E6%9D%A1");
        assert_eq!(thread(ThreadId(7), "a-b", 2), "/t/7/a-b?page=2");
    }

    #[test]
    fn forms_stand_on_pages() {
        for (form, page) in [
            ("/thread/46/reply", "/t/46"),
            ("/thread/46/edit", "/thread/46/edit"),
            ("/post/7/delete", "/p/7"),
            ("/settings/tokens/3/revoke", "/settings"),
            ("/admin/pages/2/remove", "/admin/pages/2"),
            ("/admin/search/words/remove", "/admin/search/words"),
            ("/admin/branding", "/admin/branding"),
            ("/u/bo/suspend", "/u/bo"),
            ("/compose", "/compose"),
        ] {
            assert_eq!(of_form(form), page);
        }
    }

    #[test]
    fn the_description_of_the_api_is_a_page() {
        assert!(is_api("/api/v1/threads") && !is_api("/api/docs") && !is_api("/t/1/api"));
    }

    #[test]
    fn page_n_holds_twenty_numbers() {
        assert_eq!(page_of(1), 1);
        assert_eq!(page_of(20), 1);
        assert_eq!(page_of(21), 2);
        assert_eq!(paged("/top?period=week", 3), "/top?period=week&page=3");
    }
}
