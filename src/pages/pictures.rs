//! Pictures that were uploaded, a member's own and the site's logo and icon: serving them, and what forms want of them.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::web::{Data, Path};

use crate::base::ids::MemberId;
use crate::content::uploads::{self, Made, Purpose};
use crate::infra::db::Conn;
use crate::infra::house::House;
use crate::site::{audit, branding};
use crate::web::error::HttpFault;
use crate::web::files::{Chosen, FileForm};
use crate::web::{AppError, Web};

/// `GET /uploads/{key}-{variant}`. What a key stands for never changes.
pub async fn serve(web: Data<Web>, name: Path<String>) -> Result<HttpResponse, AppError> {
    let (key, variant) = name.split_once('-').ok_or(HttpFault::Absent)?;
    let (key, variant) = (key.to_owned(), variant.to_owned());
    let found = web.house.db.read(move |conn| uploads::file(conn, &key, &variant)).await?;
    let file = found.ok_or(HttpFault::Absent)?;
    Ok(HttpResponse::Ok()
        .content_type(file.content_type)
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .body(file.bytes))
}

/// What a form wants of a picture.
#[derive(Debug, Clone)]
pub(super) enum Wish {
    /// Nothing: it stays.
    Keep,
    /// None from now on.
    Remove,
    /// Another, decoded and encoded anew.
    Put(Vec<Made>),
}

impl Wish {
    /// Of the file in `field`, for `purpose`, or else of a tick at `remove`.
    pub(super) async fn read(
        form: &FileForm,
        field: &str,
        remove: &str,
        purpose: Purpose,
    ) -> Result<Self, uploads::Error> {
        match form.file(field) {
            Some(Chosen::File(bytes)) => Ok(Self::Put(uploads::make(purpose, bytes.clone()).await?)),
            Some(Chosen::Large) => Err(uploads::Error::large()),
            None if form.form.get(remove).is_some() => Ok(Self::Remove),
            None => Ok(Self::Keep),
        }
    }

    /// True when a picture was brought, which has to be chosen again when its form comes back.
    pub(super) fn is_brought(&self) -> bool {
        matches!(self, Self::Put(_))
    }

    /// Keeps what was brought, forgets the upload `old`, and lets `set` put the key in its place. A picture that stays
    /// stays untouched.
    pub(super) fn grant(
        &self,
        conn: &mut Conn,
        house: &House,
        member: MemberId,
        purpose: Purpose,
        old: Option<&str>,
        set: impl FnOnce(&mut Conn, Option<&str>) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let key = match self {
            Self::Keep => return Ok(()),
            Self::Remove => None,
            Self::Put(made) => Some(uploads::keep(conn, house, member, purpose, made)?),
        };
        if let Some(old) = old {
            uploads::forget(conn, old)?;
        }
        set(conn, key.as_deref())
    }
}

/// Does as `wish` says with the site's logo. The one before goes, unless it is `spared` because it may come back.
pub(super) fn put_logo(
    conn: &mut Conn,
    house: &House,
    member: MemberId,
    wish: &Wish,
    spared: Option<&str>,
) -> Result<(), AppError> {
    let old = branding::service::load(conn)?.logo.filter(|old| Some(old.as_str()) != spared);
    wish.grant(conn, house, member, Purpose::Logo, old.as_deref(), |conn, key| {
        branding::service::set_logo(conn, &house.clock, key)?;
        audit::note(conn, &house.clock, Some(member), "site.logo", "site", "")?;
        Ok(())
    })
}
