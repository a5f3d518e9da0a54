//! One newtype per kind of row, so that a thread's id cannot be passed for a post's.
//!
//! All are 64-bit integers in both databases. They are never reused.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow,
            serde::Serialize, serde::Deserialize,
        )]
        #[diesel(sql_type = BigInt)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl<DB: Backend> FromSql<BigInt, DB> for $name
        where
            i64: FromSql<BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                i64::from_sql(bytes).map(Self)
            }
        }

        impl<DB: Backend> ToSql<BigInt, DB> for $name
        where
            i64: ToSql<BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(
    /// A person with an account. Never shown outside; the public id is a random string.
    MemberId
);
id!(
    /// A place where threads are filed.
    CategoryId
);
id!(
    /// A discussion.
    ThreadId
);
id!(
    /// One message in a thread.
    PostId
);
id!(
    /// What a thread is about.
    TagId
);
id!(
    /// A page that administrators wrote.
    PageId
);
id!(
    /// Words that the search takes for the same.
    SynonymId
);
id!(
    /// A word that the search was taught.
    WordId
);
id!(
    /// Two posts that look the same.
    SuspectId
);
id!(
    /// One session of a signed-in member.
    SessionId
);
