//! Who is acting, and what their role lets them do.

use crate::base::ids::{CategoryId, MemberId, SessionId};
use crate::base::locale::Locale;
use crate::base::time::UtcTime;

/// What an account may do on the whole site. Each role may do what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Not signed in.
    Visitor,
    /// Reads and writes.
    Member,
    /// Publishes under a visible badge, with a public profile.
    Expert,
    /// Pins, features, closes, removes; suspends members.
    Moderator,
    /// Sees member data and runs campaigns.
    Operator,
    /// Owns the house.
    Administrator,
}

impl Role {
    /// The roles an account can have, weakest first.
    pub const OF_ACCOUNTS: [Self; 5] =
        [Self::Member, Self::Expert, Self::Moderator, Self::Operator, Self::Administrator];

    /// The number in the database.
    pub fn code(self) -> i16 {
        match self {
            Self::Visitor => 0,
            Self::Member => 1,
            Self::Expert => 2,
            Self::Moderator => 3,
            Self::Operator => 4,
            Self::Administrator => 5,
        }
    }

    /// The role of a stored number; an unknown one is the weakest account.
    pub fn from_code(code: i16) -> Self {
        match code {
            0 => Self::Visitor,
            2 => Self::Expert,
            3 => Self::Moderator,
            4 => Self::Operator,
            5 => Self::Administrator,
            _ => Self::Member,
        }
    }

    /// The name on the command line, in the API and in locale keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Member => "member",
            Self::Expert => "expert",
            Self::Moderator => "moderator",
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
    }

    /// The account role of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::OF_ACCOUNTS.into_iter().find(|r| r.name() == name)
    }
}

/// How the actor proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A browser session.
    Session(SessionId),
    /// An API token with its scopes.
    Token(Vec<String>),
    /// A command on the server's own machine, or an import.
    House,
}

/// A signed-in member, as every use-case needs to know them.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub id: MemberId,
    /// The id shown outside.
    pub public_id: String,
    /// The name in addresses and mentions.
    pub handle: String,
    /// The name shown.
    pub display_name: String,
    /// What they may do everywhere.
    pub role: Role,
    /// Categories that they moderate whatever their role.
    pub moderates: Vec<CategoryId>,
    /// Set while the account is suspended: until when.
    pub suspended_until: Option<UtcTime>,
    /// Why, while it is.
    pub suspended_reason: Option<String>,
    /// How they proved it.
    pub credential: Credential,
    /// Their language, if they chose one.
    pub locale: Option<Locale>,
    /// Their theme, if they chose one.
    pub theme: Option<String>,
    /// Key of their picture, when they have one.
    pub avatar: Option<String>,
}

impl SignedIn {
    /// This member as an actor, for rules that also know visitors.
    pub fn actor(&self) -> Actor {
        Actor::Member(Box::new(self.clone()))
    }
}

/// Whoever sends a request.
#[derive(Debug, Clone)]
pub enum Actor {
    /// Nobody we know.
    Visitor,
    /// A member.
    Member(Box<SignedIn>),
}

impl Actor {
    /// The member, if there is one.
    pub fn member(&self) -> Option<&SignedIn> {
        match self {
            Self::Visitor => None,
            Self::Member(m) => Some(m),
        }
    }

    /// The member's id, if there is one.
    pub fn id(&self) -> Option<MemberId> {
        self.member().map(|m| m.id)
    }

    /// The role on the whole site.
    pub fn role(&self) -> Role {
        self.member().map_or(Role::Visitor, |m| m.role)
    }

    /// True for moderators of the whole site and above.
    pub fn is_staff(&self) -> bool {
        self.role() >= Role::Moderator
    }

    /// True when they may pin, close and remove in `category`.
    pub fn moderates(&self, category: CategoryId) -> bool {
        self.is_staff() || self.member().is_some_and(|m| m.moderates.contains(&category))
    }
}
