//! The frame of every page: brand, menu, rail, language, the reader.

use crate::base::actor::{Actor, Role};
use crate::base::ids::PostId;
use crate::base::locale::Locale;
use crate::base::time::{DAY, UtcTime, Zone};
use crate::infra::i18n;
use crate::web::filters::When;
use crate::web::told::Told;
use crate::web::urls;

/// What the frame depends on besides the actor.
#[derive(Debug, Clone)]
pub struct ShellRequest {
    /// Language of a cookie, if there is one.
    pub locale: Option<Locale>,
    /// The language that the browser asks for, on a page that may follow it for who chose none.
    pub browser: Option<Locale>,
    /// Theme of a cookie, if there is one.
    pub theme: Option<String>,
    /// The notice that the reader has put away, by its key.
    pub put_away: Option<String>,
    /// The path asked for.
    pub path: String,
    /// Path and query asked for.
    pub target: String,
    /// The page answers a form, and may hold what was typed.
    pub answers: bool,
    /// The site's own address.
    pub base_url: String,
    /// What the reader's last form did.
    pub told: Option<Told>,
    /// Token for forms; empty for readers without a session.
    pub csrf: String,
    /// One-time number for forms that create something.
    pub nonce: String,
    /// Now.
    pub now: UtcTime,
}

/// A category in the rail.
#[derive(Debug, Clone)]
pub struct RailCategory {
    /// Its name.
    pub name: String,
    /// The language of its name, where it is known.
    pub lang: Option<&'static str>,
    /// Its address.
    pub url: String,
    /// Class of its colour mark.
    pub mark: String,
    /// How far down the tree it stands: 1 at the top.
    pub storey: usize,
    /// True when it is not for everybody.
    pub private: bool,
}

/// A link of the owner's, in the menu or the footer.
#[derive(Debug, Clone)]
pub struct ShellLink {
    /// What it says.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

/// The site's notice: words and links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Runs of words, and where each leads when it is a link.
    pub pieces: Vec<(String, Option<String>)>,
    /// Its language, where that is known.
    pub lang: Option<&'static str>,
    /// Follows from what it says: another notice has another.
    pub key: String,
}

/// The reader, as the frame shows them.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Name in addresses.
    pub handle: String,
    /// Name shown.
    pub name: String,
    /// First character of the name, where there is no picture.
    pub initial: String,
    /// Key of their picture.
    pub avatar: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Set while suspended: until when and why, in words.
    pub suspended: Option<String>,
    /// True when they moderate anything.
    pub moderates: bool,
}

/// Everything `layout/base.html` prints.
#[derive(Debug, Clone)]
pub struct Shell {
    /// Language of the page.
    pub locale: Locale,
    /// Dates and times are told by the clock of this zone.
    pub zone: Zone,
    /// `light`, `dark` or nothing for the system's.
    pub theme: Option<String>,
    /// The site's name.
    pub site: String,
    /// The site's line below its name.
    pub tagline: String,
    /// What the site is about, for search engines.
    pub about: String,
    /// A notice on every page, if there is one that the reader has not put away.
    pub notice: Option<Notice>,
    /// What the reader's last form did, for this page to tell.
    pub told: Option<Told>,
    /// The reader, when signed in.
    pub reader: Option<Reader>,
    /// The rail.
    pub categories: Vec<RailCategory>,
    /// Token for forms.
    pub csrf: String,
    /// One-time number for forms that create something.
    pub nonce: String,
    /// The path asked for.
    pub path: String,
    /// Path and query asked for.
    pub target: String,
    /// The page answers a form, and may hold what was typed.
    pub answers: bool,
    /// The site's own address.
    pub base_url: String,
    /// Version of the generated colours in `/theme.css`.
    pub theme_version: String,
    /// Colours of the browser's own bars, light and dark.
    pub theme_colour: (String, String),
    /// Key of the logo, when there is one.
    pub logo: Option<String>,
    /// Key of the upload that icons are of, when there is one.
    pub icons: Option<String>,
    /// The brand's colour (`#rrggbb`), in which the icon is drawn when there is none.
    pub colour: String,
    /// The owner's links in the menu.
    pub menu: Vec<ShellLink>,
    /// The owner's links in the footer.
    pub links: Vec<ShellLink>,
    /// Now.
    pub now: UtcTime,
}

impl Shell {
    /// What the reader's last form did to the page as a whole.
    pub fn told(&self) -> Option<String> {
        self.told.as_ref().filter(|told| told.at.is_none())?.words(self)
    }

    /// Whether a post was removed: that is told where it stood, and not inside the post before it.
    pub fn told_removed(&self) -> bool {
        self.told.as_ref().is_some_and(|told| told.is_of("post-removed"))
    }

    /// The number of what the form removed, for who can bring that back by the button beside the words.
    pub fn told_back(&self, what: &str) -> Option<i64> {
        self.told.as_ref().filter(|told| told.is_of(what))?.back
    }

    /// What it did, where that is told beside `post`.
    pub fn told_at(&self, post: &PostId) -> Option<String> {
        self.told.as_ref().filter(|told| told.at == Some(post.0))?.words(self)
    }

    /// True for the lists of the whole site, which have each other as tabs.
    pub fn is_at_list(&self) -> bool {
        ["/", "/latest", "/new", "/top", "/unanswered", "/featured", "/following"]
            .contains(&self.path.as_str())
    }

    /// A message.
    pub fn t(&self, key: &str) -> String {
        i18n::text(self.locale, key)
    }

    /// A message with one argument.
    pub fn t1(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        i18n::format(self.locale, key, &[(name, &value.to_string())])
    }

    /// A message with two arguments.
    pub fn t2(
        &self,
        key: &str,
        a: &str,
        va: impl std::fmt::Display,
        b: &str,
        vb: impl std::fmt::Display,
    ) -> String {
        i18n::format(self.locale, key, &[(a, &va.to_string()), (b, &vb.to_string())])
    }

    /// What stands between two sentences.
    pub fn gap(&self) -> &'static str {
        match self.locale {
            Locale::En => " ",
            _ => "",
        }
    }

    /// A message about `n` things.
    pub fn n(&self, key: &str, n: impl std::borrow::Borrow<i64>) -> String {
        i18n::count(self.locale, key, *n.borrow())
    }

    /// A date, by the site's clock.
    pub fn date(&self, at: UtcTime) -> String {
        i18n::date(self.locale, &self.zone, at)
    }

    /// A point in time ready to print, by the site's clock.
    pub fn when(&self, at: UtcTime) -> When {
        When::new(self.locale, &self.zone, at)
    }

    /// The same, with the time of day where it is recent and the date alone would tell little.
    pub fn moment(&self, at: UtcTime) -> When {
        const RECENT: i64 = 30 * DAY;
        let mut when = self.when(at);
        if at.plus(RECENT) > self.now {
            when.short.clone_from(&when.full);
        }
        when
    }

    /// A number as written.
    pub fn num(&self, n: impl std::borrow::Borrow<i64>) -> String {
        i18n::number(*n.borrow())
    }

    /// The value of `<html lang>`.
    pub fn lang(&self) -> &'static str {
        self.locale.lang()
    }

    /// The hashed address of a static file.
    pub fn asset(&self, name: &str) -> String {
        crate::web::assets::url(name)
    }

    /// The address of the icon `name`, such as `icon-180.png`, of a site without a logo.
    pub fn icon(&self, name: &str) -> String {
        urls::icon(&self.colour, name)
    }

    /// An absolute address.
    pub fn absolute(&self, path: impl AsRef<str>) -> String {
        format!("{}{}", self.base_url, path.as_ref())
    }

    /// True when the page shown is at `path`.
    pub fn is_at(&self, path: &str) -> bool {
        self.path == path
    }

    /// True on pages about the reader: the profile, points and settings, which the dock has one entry for.
    pub fn is_own(&self) -> bool {
        let Some(reader) = &self.reader else { return false };
        let profile = urls::member(&reader.handle);
        let path = self.path.as_str();
        path == "/points"
            || path.starts_with("/settings")
            || path == profile
            || path.strip_prefix("/u/") == Some(&reader.handle)
    }

    /// True while the reader may write nothing.
    pub fn is_suspended(&self) -> bool {
        self.reader.as_ref().is_some_and(|r| r.suspended.is_some())
    }

    /// True for moderators and above.
    pub fn is_staff(&self) -> bool {
        self.reader.as_ref().is_some_and(|r| r.role >= Role::Moderator)
    }

    /// True for operators and above.
    pub fn is_operator(&self) -> bool {
        self.reader.as_ref().is_some_and(|r| r.role >= Role::Operator)
    }

    /// True for administrators.
    pub fn is_admin(&self) -> bool {
        self.reader.as_ref().is_some_and(|r| r.role == Role::Administrator)
    }

    /// The languages, with the code of each.
    pub fn locales(&self) -> [Locale; 3] {
        Locale::ALL
    }

    /// The login address that comes back to this page.
    pub fn login_url(&self) -> String {
        if self.target == "/" || self.path.starts_with("/login") || self.path.starts_with("/signup") {
            "/login".into()
        } else {
            format!("/login?next={}", urls::component(&self.target))
        }
    }
}

/// The reader's part of the frame.
pub fn reader(actor: &Actor, locale: Locale, zone: &Zone, now: UtcTime) -> Option<Reader> {
    let member = actor.member()?;
    Some(Reader {
        handle: member.handle.clone(),
        name: member.display_name.clone(),
        initial: initial(&member.display_name),
        avatar: member.avatar.clone(),
        role: member.role,
        suspended: member.suspended_until.filter(|until| *until > now).map(|until| {
            let (date, reason) = (i18n::date(locale, zone, until), member.suspended_reason.as_deref());
            i18n::format(locale, "suspended-you", &[("date", &date), ("reason", reason.unwrap_or("—"))])
        }),
        moderates: member.role >= Role::Moderator || !member.moderates.is_empty(),
    })
}

/// The first character of a name, upper case, for its avatar.
pub fn initial(name: &str) -> String {
    use unicode_segmentation::UnicodeSegmentation;
    name.graphemes(true).next().unwrap_or("?").to_uppercase()
}
