//! What a member is, and the small rules about names and addresses.

use diesel::prelude::*;

use super::Error;
use crate::base::actor::Role;
use crate::base::ids::MemberId;
use crate::base::time::UtcTime;
use crate::infra::db::schema::members;

/// A whole account, without its password. Never leaves the server as it is.
#[derive(Debug, Clone, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = members)]
pub struct Member {
    /// Internal id.
    pub id: MemberId,
    /// The id shown outside.
    pub public_id: String,
    /// The name in addresses and mentions.
    pub handle: String,
    /// The name shown.
    pub display_name: String,
    /// E-mail, for operators only.
    pub email: Option<String>,
    /// Whether the e-mail identifies the member.
    pub email_confirmed: bool,
    /// Role, as stored.
    pub role: i16,
    /// About the member, in their words.
    pub bio: String,
    /// Whether visitors may see the profile.
    pub profile_public: bool,
    /// Suspended until then.
    pub suspended_until: Option<UtcTime>,
    /// Why.
    pub suspended_reason: Option<String>,
    /// Came in with another community and has not been claimed.
    pub imported: bool,
    /// When the account was made.
    pub created_at: UtcTime,
    /// Chosen language.
    pub locale: Option<String>,
    /// Chosen theme.
    pub theme: Option<String>,
    /// The step that their growth has reached, from 1.
    pub level: i16,
    /// When the handle was last changed.
    pub handle_changed_at: Option<UtcTime>,
    /// Key of their picture, when they have one.
    pub avatar: Option<String>,
}

impl Member {
    /// The role.
    pub fn role(&self) -> Role {
        Role::from_code(self.role)
    }

    /// True when visitors and search engines may see the profile: staff, experts and who opted in.
    pub fn is_public(&self) -> bool {
        self.profile_public || self.role() >= Role::Expert
    }
}

/// What stands beside a post: the public part of a member.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = members)]
pub struct Card {
    /// Internal id.
    pub id: MemberId,
    /// The id shown outside.
    pub public_id: String,
    /// The name in addresses and mentions.
    pub handle: String,
    /// The name shown.
    pub display_name: String,
    /// Role, as stored.
    pub role: i16,
    /// Whether the member opted in to a public profile.
    pub profile_public: bool,
    /// The step that their growth has reached, from 1.
    pub level: i16,
    /// Key of their picture, when they have one.
    pub avatar: Option<String>,
}

impl Card {
    /// The role.
    pub fn role(&self) -> Role {
        Role::from_code(self.role)
    }

    /// True when visitors and search engines may see the profile.
    pub fn is_public(&self) -> bool {
        self.profile_public || self.role() >= Role::Expert
    }
}

/// True when a joiner between these two does something: in scripts whose letters join (Persian and many of India are
/// misspelt without), and a ZWJ between the parts of one emoji. Anywhere else it only makes one name look like another.
fn joins(before: char, joiner: char, after: char) -> bool {
    let joining = |c: char| {
        matches!(c, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
            && !c.is_numeric()
    };
    let emoji = |c: char| matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}');
    (joining(before) && joining(after))
        || (joiner == '\u{200d}' && (emoji(before) || before == '\u{fe0f}') && emoji(after))
}

/// A name shown beside posts: 1 to 40 characters, no control or direction characters.
pub fn display_name(text: &str) -> Result<String, Error> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let chars: Vec<char> = name.chars().collect();
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    if chars.is_empty() || chars.len() > 40 {
        return Err(Error::NameInvalid);
    }
    let needed = |at: usize, c: char| {
        let around = (at.checked_sub(1).and_then(|n| chars.get(n)), chars.get(at + 1));
        let (Some(before), Some(after)) = around else { return false };
        matches!(c, '\u{200c}' | '\u{200d}') && joins(*before, c, *after)
    };
    if chars.iter().enumerate().any(|(at, c)| hidden(*c) && !needed(at, *c)) {
        return Err(Error::NameHidden);
    }
    Ok(name)
}

/// An e-mail address as typed, and the key under which it identifies (lower case).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// As typed, trimmed.
    pub text: String,
    /// Lower case.
    pub key: String,
}

impl Email {
    /// One `@`, a local part without blanks or quotes, a host with a dot.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let plain = |c: char| {
            c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | ',' | ';' | ':' | '(' | ')' | '\\' | '@')
        };
        let (local, host) = text.split_once('@').ok_or(Error::EmailInvalid)?;
        let host_ok = host.contains('.')
            && host.split('.').all(|label| {
                !label.is_empty()
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            });
        if local.is_empty() || local.len() > 64 || !local.chars().all(plain) || !host_ok || text.len() > 254 {
            return Err(Error::EmailInvalid);
        }
        Ok(Self { text: text.to_owned(), key: text.to_lowercase() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_parsed_not_guessed() {
        assert_eq!(Email::parse(" Ada@Example.COM ").unwrap().key, "ada@example.com");
        for bad in ["", "a", "a@b", "a@@b.c", "a b@c.d", "a@b..c", "a@-b.c", "<a@b.c>", "a@b.c,d@e.f"] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_hide_nothing() {
        assert_eq!(display_name("  Lin   Jian ").unwrap(), "Lin Jian");
        assert!(display_name(" ").is_err() && display_name(&"x".repeat(41)).is_err());
        for hiding in [
            "\u{202e}evil",
            "a\u{200d}b",
            "Ada\u{200c}",
            "\u{200d}👩",
            "李\u{200c}雷",
            "👩\u{200c}👩",
            "می\u{200b}خواهم",
        ] {
            assert!(matches!(display_name(hiding), Err(Error::NameHidden)), "{hiding:?}");
        }
    }

    #[test]
    fn joiners_stay_where_a_script_or_an_emoji_needs_them() {
        for name in [
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "👩\u{200d}👩\u{200d}👧\u{200d}👦",
            "Ada 🏳\u{fe0f}\u{200d}🌈",
            "👩🏽\u{200d}💻",
        ] {
            assert_eq!(display_name(name).unwrap(), name);
        }
    }
}
