//! Uploaded pictures: a member's avatar, the site's logo and icon. They are decoded within limits and encoded anew before they
//! are kept; what they may show is public, so their addresses, which cannot be guessed, are open to everybody.

mod error;
mod picture;
mod store;

use std::sync::LazyLock;

use tokio::sync::Semaphore;

use crate::base::ids::MemberId;
use crate::base::time::{DAY, UtcTime};
use crate::infra::db::{Conn, Db};
use crate::infra::house::House;

pub use error::Error;
pub use picture::{BYTES, Made};
pub use store::File;

/// Uploads of one member in 24 hours at most.
const A_DAY: i64 = 50;

/// Pictures decoded at the same time: each may take a quarter of a gigabyte for a moment.
static DECODING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(2));

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The site's logo.
    Logo,
    /// A member's picture.
    Avatar,
    /// The site's icon, where that is not made of the logo.
    Icon,
}

impl Purpose {
    fn code(self) -> i16 {
        match self {
            Self::Logo => 0,
            Self::Avatar => 1,
            Self::Icon => 2,
        }
    }
}

/// Decodes an uploaded file and makes what is kept of it, off the async threads and few at a time.
pub async fn make(purpose: Purpose, bytes: impl AsRef<[u8]> + Send + 'static) -> Result<Vec<Made>, Error> {
    if bytes.as_ref().is_empty() {
        return Err(Error::Missing);
    }
    let _turn = DECODING.acquire().await;
    let work = move || match purpose {
        Purpose::Logo => picture::logo(bytes.as_ref()),
        Purpose::Avatar => picture::avatar(bytes.as_ref()),
        Purpose::Icon => picture::icon(bytes.as_ref()),
    };
    // A decoder that panics on a crafted file has refused it.
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Unreadable))
}

/// The logo `key`, which is older than plates, on one; none when it has one or needs none.
pub async fn plated(db: &Db, key: &str) -> Result<Option<Vec<Made>>, Error> {
    let key = key.to_owned();
    let found = db
        .read(move |conn| Ok::<_, Error>((file(conn, &key, "logo")?, file(conn, &key, "icon-512")?)))
        .await?;
    let (Some(logo), Some(icon)) = found else { return Ok(None) };
    let _turn = DECODING.acquire().await;
    let work = move || {
        let made = picture::lacks_plate(&logo.bytes).then(|| picture::with_plate(&logo.bytes, &icon.bytes));
        made.transpose()
    };
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Unreadable))
}

/// True while the logo `key` can hardly be seen on one of the themes.
pub fn lacks_plate(conn: &mut Conn, key: &str) -> Result<bool, Error> {
    Ok(file(conn, key, "logo")?.is_some_and(|logo| picture::lacks_plate(&logo.bytes)))
}

/// Keeps what was made; answers the key it is found by.
pub fn keep(
    conn: &mut Conn,
    house: &House,
    member: MemberId,
    purpose: Purpose,
    made: &[Made],
) -> Result<String, Error> {
    let now = house.clock.now();
    if store::since(conn, member, UtcTime(now.0 - DAY))? >= A_DAY {
        return Err(Error::TooMany { limit: A_DAY });
    }
    let key = house.random.public_id();
    store::insert(conn, &key, member, purpose.code(), made, now)?;
    Ok(key)
}

/// The picture called `variant` of the upload `key`.
pub fn file(conn: &mut Conn, key: &str, variant: &str) -> Result<Option<File>, Error> {
    Ok(store::file(conn, key, variant)?)
}

/// True while the upload `key` is kept.
pub fn stands(conn: &mut Conn, key: &str) -> Result<bool, Error> {
    Ok(store::exists(conn, key)?)
}

/// Throws an upload away.
pub fn forget(conn: &mut Conn, key: &str) -> Result<(), Error> {
    store::delete(conn, key)?;
    Ok(())
}
