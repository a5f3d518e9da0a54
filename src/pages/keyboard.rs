//! `/keyboard`: the keys, as a page; the script shows the same list in a dialog.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use crate::web::cache::{Dep, Keep, THREAD};
use crate::web::head::Head;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Web};

/// Keys, and what they do.
type Key = (&'static [&'static str], &'static str);

/// Keys in groups, as `static/js` has them.
const KEYS: [(&str, &[Key]); 3] = [
    (
        "keys-reading",
        &[
            (&["j"], "key-next"),
            (&["k"], "key-previous"),
            (&["o"], "key-open"),
            (&["l"], "key-like"),
            (&["r"], "key-reply"),
            (&["q"], "key-quote"),
        ],
    ),
    (
        "keys-going",
        &[
            (&["g", "h"], "key-home"),
            (&["g", "l"], "key-latest"),
            (&["/"], "key-search"),
            (&["c"], "key-compose"),
            (&["?"], "key-help"),
            (&["Esc"], "key-close"),
        ],
    ),
    (
        "keys-writing",
        &[
            (&["Ctrl", "Enter"], "key-send"),
            (&["Ctrl", "B"], "tool-bold"),
            (&["Ctrl", "I"], "tool-italic"),
            (&["Ctrl", "K"], "tool-link"),
            (&["Ctrl", "E"], "tool-code"),
        ],
    ),
];

#[derive(Template)]
#[template(path = "pages/keyboard.html")]
struct KeyboardPage {
    shell: Shell,
    head: Head,
    groups: &'static [(&'static str, &'static [Key])],
}

/// `GET /keyboard`.
pub async fn show(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    let shell = page.shell.clone();
    let about = shell.t1("keyboard-about", "site", &shell.site);
    let head = Head::new(&shell, &shell.t("keyboard"), &about, "/keyboard").indexed(false);
    page.kept(&web, &KeyboardPage { shell, head, groups: &KEYS }, Keep::of(vec![Dep::Site], THREAD))
}
