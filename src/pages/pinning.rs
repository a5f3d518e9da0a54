//! What a thread's page shows moderators of its pins.

use crate::content::curation::{self, Scope};
use crate::web::shell::Shell;

/// What the form of a pin holds when the page is shown again.
#[derive(Debug, Default)]
pub struct PinBox {
    /// Where.
    pub scope: String,
    /// The date typed.
    pub until: String,
    /// The place typed.
    pub position: String,
    /// The field at fault, and why.
    pub error: Option<(String, String)>,
}

impl PinBox {
    pub(super) fn error_of(&self, field: &str) -> Option<&String> {
        self.error.as_ref().filter(|(f, _)| f == field).map(|(_, m)| m)
    }
}

/// A pin as it is shown, with what takes it off.
pub(super) struct PinLine {
    pub(super) words: String,
    pub(super) scope: &'static str,
    /// The reader may take it off.
    pub(super) theirs: bool,
}

/// Where a pin holds, and until when; pins of the whole site are for the site's staff.
pub(super) fn pin_line(shell: &Shell, pin: &curation::Pin, staff: bool) -> PinLine {
    let scope = if pin.category_id.is_some() { Scope::Category } else { Scope::Site };
    let (key, name) = match scope {
        Scope::Category => ("pin-category", "category"),
        Scope::Site => ("pin-site", "site"),
    };
    let place = shell.t(key);
    let words = match pin.until {
        // The end of a day is the beginning of the next.
        Some(until) => shell.t2("pin-line-until", "place", place, "date", shell.date(until.plus(-1))),
        None => shell.t1("pin-line", "place", place),
    };
    PinLine { words, scope: name, theirs: staff || scope == Scope::Category }
}
