//! Pages of lists: sizes, the pager, and the opaque cursors of the API.

use data_encoding::BASE64URL_NOPAD;

use crate::web::error::HttpFault;
use crate::web::urls;

/// Posts on a thread's page.
pub const POSTS: i64 = 20;
/// Threads on a list's page.
pub const THREADS: i64 = 30;
/// Pages of a list in HTML; older threads are reached through the month archives.
pub const LAST_LIST_PAGE: i64 = 50;
/// Items that one answer of the API holds at the most.
pub const API_LIMIT: i64 = 100;

/// What `?page=` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A page of the list.
    Page(i64),
    /// `page=1` or a number written oddly: answer with a permanent redirect to this page.
    Redirect(i64),
}

/// Reads `?page=`. Not a number, or below 1: absent.
pub fn asked(value: Option<&str>) -> Result<Asked, HttpFault> {
    let Some(text) = value else { return Ok(Asked::Page(1)) };
    let page: i64 = text.parse().map_err(|_| HttpFault::Absent)?;
    if page < 1 {
        return Err(HttpFault::Absent);
    }
    if page == 1 || page.to_string() != text { Ok(Asked::Redirect(page)) } else { Ok(Asked::Page(page)) }
}

/// One place in the pager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagerLink {
    /// The page, 1-based.
    pub page: i64,
    /// Its address.
    pub url: String,
    /// True for the page shown.
    pub current: bool,
    /// True when pages are left out before it.
    pub gap: bool,
}

/// The pager below a list or thread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pager {
    /// Numbered links, with the first, the last, neighbours and far jumps.
    pub links: Vec<PagerLink>,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

impl Pager {
    /// The pager of page `current` of `last` at `path`. Jumps by powers keep any page a few clicks away.
    pub fn new(path: &str, current: i64, last: i64) -> Self {
        Self::among(path, current, &(1..=last).collect::<Vec<_>>())
    }

    /// The pager of page `current` where only `pages`, ascending, have anything on them.
    pub fn among(path: &str, current: i64, pages: &[i64]) -> Self {
        let mut pages = pages.to_vec();
        if let Err(place) = pages.binary_search(&current) {
            pages.insert(place, current);
        }
        if pages.len() <= 1 {
            return Self::default();
        }
        let here = pages.binary_search(&current).unwrap_or_default();
        let mut shown = vec![0, pages.len() - 1, here];
        for distance in [1, 2, 10, 100, 1_000] {
            shown.extend(here.checked_sub(distance));
            shown.push(here + distance);
        }
        shown.sort_unstable();
        shown.dedup();
        let mut expected = 0;
        let links = shown
            .into_iter()
            .filter_map(|place| pages.get(place).map(|page| (place, *page)))
            .map(|(place, page)| {
                let gap = place > expected;
                expected = place + 1;
                PagerLink { page, url: urls::paged(path, page), current: page == current, gap }
            })
            .collect();
        let at = |place: Option<usize>| place.and_then(|p| pages.get(p)).map(|p| urls::paged(path, *p));
        Self { links, previous: at(here.checked_sub(1)), next: at(Some(here + 1)) }
    }
}

/// Packs the keys of the last row into an opaque cursor.
pub fn cursor(keys: &[String]) -> String {
    BASE64URL_NOPAD.encode(keys.join("~").as_bytes())
}

/// The keys of a cursor; `None` when it is not one of ours with `n` keys.
pub fn cursor_keys(text: &str, n: usize) -> Option<Vec<String>> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    let keys: Vec<String> = String::from_utf8(bytes).ok()?.split('~').map(str::to_owned).collect();
    (keys.len() == n).then_some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_one_has_no_parameter() {
        assert_eq!(asked(None), Ok(Asked::Page(1)));
        assert_eq!(asked(Some("1")), Ok(Asked::Redirect(1)));
        assert_eq!(asked(Some("02")), Ok(Asked::Redirect(2)));
        assert_eq!(asked(Some("2")), Ok(Asked::Page(2)));
        for bad in ["0", "-3", "x", "", "99999999999999999999"] {
            assert_eq!(asked(Some(bad)), Err(HttpFault::Absent), "{bad}");
        }
    }

    #[test]
    fn any_page_is_a_few_clicks_away() {
        let pager = Pager::new("/latest", 25, 50);
        let pages: Vec<i64> = pager.links.iter().map(|l| l.page).collect();
        assert_eq!(pages, [1, 15, 23, 24, 25, 26, 27, 35, 50]);
        assert_eq!(pager.links[0].url, "/latest");
        assert!(pager.links[1].gap && !pager.links[3].gap);
        assert_eq!(Pager::new("/x", 1, 1), Pager::default());
        assert_eq!(
            (pager.previous.as_deref(), pager.next.as_deref()),
            (Some("/latest?page=24"), Some("/latest?page=26"))
        );
    }

    #[test]
    fn nothing_leads_to_pages_that_are_empty() {
        let pager = Pager::among("/t/1/x", 1, &[1, 3]);
        let pages: Vec<(i64, bool)> = pager.links.iter().map(|l| (l.page, l.gap)).collect();
        assert_eq!(pages, [(1, false), (3, false)]);
        assert_eq!((pager.previous, pager.next.as_deref()), (None, Some("/t/1/x?page=3")));
        let empty = Pager::among("/t/1/x", 2, &[1, 3]);
        assert_eq!(
            empty.links.iter().map(|l| l.page).collect::<Vec<_>>(),
            [1, 2, 3],
            "the page shown is named"
        );
    }

    #[test]
    fn cursors_go_there_and_back() {
        let keys = vec!["-1.5".to_owned(), "7".to_owned()];
        assert_eq!(cursor_keys(&cursor(&keys), 2), Some(keys.clone()));
        assert_eq!(cursor_keys(&cursor(&keys), 3), None);
        assert_eq!(cursor_keys("%%%", 2), None);
    }
}
