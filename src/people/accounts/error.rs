//! What can go wrong with an account.

use crate::base::fault::{Fault, Kind};
use crate::base::time::{DAY, SECOND};
use crate::infra::db::DbError;
use crate::room_error;

/// A refusal of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The handle is too short, too long or has characters that handles cannot have.
    #[error("a handle has 2 to 20 letters, digits, dots, dashes or underscores")]
    HandleInvalid,
    /// The handle mixes scripts that can be mistaken for each other.
    #[error("a handle may not mix look-alike scripts")]
    HandleMixed,
    /// The handle, or one that looks like it, is taken or reserved.
    #[error("this handle is taken")]
    HandleTaken,
    /// The handle was changed not long ago.
    #[error("a handle can be changed again in {days} days")]
    HandleRecent {
        /// Days until it may be changed again.
        days: i64,
    },
    /// The display name is empty or longer than 40 characters.
    #[error("a name has 1 to 40 characters")]
    NameInvalid,
    /// The display name has characters that nobody sees, where nothing needs them.
    #[error("a name has no control or direction characters")]
    NameHidden,
    /// Not an e-mail address.
    #[error("this is not an e-mail address")]
    EmailInvalid,
    /// The address belongs to another confirmed account.
    #[error("this e-mail address is in use")]
    EmailTaken,
    /// Shorter than twelve characters or longer than 128 bytes.
    #[error("a password has 12 characters or more, at most 128 bytes")]
    PasswordLength {
        /// Which of them: `least` or `most`.
        limit: &'static str,
    },
    /// One that is guessed first.
    #[error("this password is among the first to be guessed")]
    PasswordCommon,
    /// The current password given is not right.
    #[error("the current password is not right")]
    PasswordWrong,
    /// Unknown name or wrong password; which one is not said.
    #[error("name or password is not right")]
    CredentialsWrong,
    /// The link is unknown, used or expired.
    #[error("this link is not valid any more")]
    LinkInvalid,
    /// The invitation was used as often as it may be.
    #[error("this invitation has been used up")]
    InvitationUsed,
    /// The invitation's time is over.
    #[error("this invitation has expired")]
    InvitationExpired,
    /// The invitation was taken back, or whoever made it may not invite any more.
    #[error("this invitation was taken back")]
    InvitationRevoked,
    /// The member has the role already, or a higher one.
    #[error("the account has this role, or a higher one")]
    InvitationIdle,
    /// The number of uses is no number from 1 to the limit.
    #[error("an invitation works 1 to {most} times")]
    InvitationUses {
        /// Uses at most.
        most: i32,
    },
    /// An invitation for administrators is for one.
    #[error("an invitation for an administrator works once")]
    InvitationOnce,
    /// The number of days is no number from 1 to the limit.
    #[error("an invitation lasts 1 to {most} days")]
    InvitationDays {
        /// Days at most.
        most: i64,
    },
    /// The note is too long.
    #[error("a note has at most {limit} characters")]
    InvitationNote {
        /// Characters allowed.
        limit: usize,
    },
    /// So many are open that no more are made.
    #[error("{limit} invitations are open")]
    InvitationsTooMany {
        /// Open invitations at most.
        limit: i64,
    },
    /// Nobody of that name.
    #[error("no such member")]
    Absent,
    /// The role does not allow it.
    #[error("not allowed")]
    Forbidden,
    /// The account is suspended.
    #[error("the account is suspended")]
    Suspended,
    /// The reason for a suspension is missing or too long.
    #[error("a suspension needs a reason of 1 to 500 characters")]
    ReasonInvalid,
    /// The end of a suspension lies in the past or too far ahead.
    #[error("a suspension ends between tomorrow and ten years from now")]
    UntilInvalid,
    /// The bio is longer than 1,000 characters.
    #[error("a bio has at most 1,000 characters")]
    BioTooLong,
    /// Sign-up is closed.
    #[error("sign-up is closed")]
    Closed,
    /// The last administrator cannot be demoted or suspended.
    #[error("the last administrator must stay")]
    LastAdministrator,
    /// The passwords of too many people are being checked right now.
    #[error("too many sign-ins at once")]
    Crowded,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
room_error!(Error);

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Db(e) => e.kind(),
            Self::Absent => Kind::Absent,
            Self::Forbidden | Self::Closed | Self::Suspended => Kind::Forbidden,
            Self::CredentialsWrong => Kind::Unauthenticated,
            Self::HandleTaken | Self::EmailTaken | Self::LastAdministrator | Self::InvitationIdle => {
                Kind::Conflict
            }
            Self::InvitationUsed | Self::InvitationExpired | Self::InvitationRevoked => Kind::Gone,
            Self::HandleRecent { .. } => Kind::TooMany,
            Self::Crowded => Kind::Busy,
            _ => Kind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::HandleInvalid => "handle_invalid",
            Self::HandleMixed => "handle_mixed",
            Self::HandleTaken => "handle_taken",
            Self::HandleRecent { .. } => "handle_recent",
            Self::NameInvalid => "name_invalid",
            Self::NameHidden => "name_hidden",
            Self::EmailInvalid => "email_invalid",
            Self::EmailTaken => "email_taken",
            Self::PasswordLength { .. } => "password_length",
            Self::PasswordCommon => "password_common",
            Self::PasswordWrong => "password_wrong",
            Self::CredentialsWrong => "credentials_wrong",
            Self::LinkInvalid => "link_invalid",
            Self::InvitationUsed => "invitation_used",
            Self::InvitationExpired => "invitation_expired",
            Self::InvitationRevoked => "invitation_revoked",
            Self::InvitationIdle => "invitation_idle",
            Self::InvitationUses { .. } => "invitation_uses",
            Self::InvitationOnce => "invitation_once",
            Self::InvitationDays { .. } => "invitation_days",
            Self::InvitationNote { .. } => "invitation_note",
            Self::InvitationsTooMany { .. } => "invitations_too_many",
            Self::Absent => "not_found",
            Self::Forbidden => "forbidden",
            Self::Suspended => "suspended",
            Self::ReasonInvalid => "reason_invalid",
            Self::UntilInvalid => "until_invalid",
            Self::BioTooLong => "bio_too_long",
            Self::Closed => "sign_up_closed",
            Self::LastAdministrator => "last_administrator",
            Self::Crowded => "busy",
            Self::Db(e) => e.code(),
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::HandleInvalid | Self::HandleMixed | Self::HandleTaken | Self::HandleRecent { .. } => {
                Some("username")
            }
            Self::NameInvalid | Self::NameHidden => Some("display_name"),
            Self::EmailInvalid | Self::EmailTaken => Some("email"),
            Self::PasswordLength { .. } | Self::PasswordCommon => Some("password"),
            Self::PasswordWrong => Some("current"),
            Self::ReasonInvalid => Some("reason"),
            Self::UntilInvalid => Some("until"),
            Self::BioTooLong => Some("bio"),
            Self::InvitationUses { .. } | Self::InvitationOnce | Self::InvitationsTooMany { .. } => {
                Some("uses")
            }
            Self::InvitationDays { .. } => Some("days"),
            Self::InvitationNote { .. } => Some("note"),
            _ => None,
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::PasswordLength { limit } => vec![("limit", (*limit).to_owned())],
            Self::HandleRecent { days } => vec![("days", days.to_string())],
            Self::InvitationUses { most } => vec![("most", most.to_string())],
            Self::InvitationDays { most } => vec![("most", most.to_string())],
            Self::InvitationNote { limit } => vec![("limit", limit.to_string())],
            Self::InvitationsTooMany { limit } => vec![("limit", limit.to_string())],
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::HandleRecent { days } => u64::try_from(days * DAY / SECOND).ok(),
            Self::Crowded => Some(2),
            Self::Db(e) => e.retry_after(),
            _ => None,
        }
    }
}
