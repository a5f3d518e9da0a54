//! Pictures that were uploaded, a member's own and the site's logo and icon.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use crate::base::actor::Role;
use crate::base::fault::Fault;
use crate::base::ids::MemberId;
use crate::content::uploads::{self, Made, Purpose};
use crate::infra::db::Conn;
use crate::infra::house::House;
use crate::people::accounts;
use crate::site::{audit, branding};
use crate::web::error::HttpFault;
use crate::web::files::{PictureForm, Read};
use crate::web::page::see_other;
use crate::web::{AppError, Page, RawForm, Web};

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

/// Puts `made` in the place of the upload `old`, which goes; answers the new key.
fn swap(
    conn: &mut Conn,
    house: &House,
    member: MemberId,
    purpose: Purpose,
    made: Option<&[Made]>,
    old: Option<&str>,
) -> Result<Option<String>, uploads::Error> {
    let key = made.map(|made| uploads::keep(conn, house, member, purpose, made)).transpose()?;
    if let Some(old) = old {
        uploads::forget(conn, old)?;
    }
    Ok(key)
}

/// The picture that a form brings. One that is too large is a matter of that field, not of the request.
fn read(form: Read, req: &HttpRequest, web: &Web, page: &Page) -> Result<Option<Vec<u8>>, AppError> {
    let large = HttpFault::TooLarge.code();
    PictureForm::accept(form, req, web, page)
        .map(PictureForm::picture)
        .map_err(|e| if e.0.code() == large { uploads::Error::large().into() } else { e })
}

/// The picture that a form brings, decoded and encoded anew for `purpose`; none when it is to go.
async fn brought(
    purpose: Purpose,
    form: Read,
    req: &HttpRequest,
    web: &Web,
    page: &Page,
) -> Result<Option<Vec<Made>>, AppError> {
    match read(form, req, web, page)? {
        Some(bytes) => Ok(Some(uploads::make(purpose, bytes).await?)),
        None => Ok(None),
    }
}

/// `POST /settings/avatar`: a new picture, or none.
pub async fn avatar(
    web: Data<Web>,
    page: Page,
    req: HttpRequest,
    form: Read,
) -> Result<HttpResponse, AppError> {
    page.member()?;
    match take_avatar(&web, &page, &req, form).await {
        Ok(()) => Ok(super::settings::saved("picture")),
        Err(e) => super::settings::refused(&web, &page, e, super::settings::Note::default()).await,
    }
}

async fn take_avatar(web: &Web, page: &Page, req: &HttpRequest, form: Read) -> Result<(), AppError> {
    let member = page.member()?.id;
    let made = brought(Purpose::Avatar, form, req, web, page).await?;
    let house = web.house.clone();
    web.house
        .db
        .write(move |conn| {
            let old = accounts::store::find(conn, member)?.and_then(|m| m.avatar);
            let key = swap(conn, &house, member, Purpose::Avatar, made.as_deref(), old.as_deref())?;
            accounts::service::change_avatar(conn, &house, member, key.as_deref())?;
            Ok::<_, AppError>(())
        })
        .await
}

/// `POST /admin/branding/logo`: a new logo, or none.
pub async fn logo(
    web: Data<Web>,
    page: Page,
    req: HttpRequest,
    form: Read,
) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    match take_logo(&web, &page, &req, form, None).await {
        Ok(()) => Ok(see_other("/admin/branding?saved")),
        Err(e) => super::backoffice::branding::refused(&web, &page, e, "file").await,
    }
}

/// `POST /admin/branding/icon`: an icon of its own, or none: then it is made of the logo.
pub async fn icon(
    web: Data<Web>,
    page: Page,
    req: HttpRequest,
    form: Read,
) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    match take_icon(&web, &page, &req, form).await {
        Ok(()) => Ok(see_other("/admin/branding?saved")),
        Err(e) => super::backoffice::branding::refused(&web, &page, e, "icon-file").await,
    }
}

async fn take_icon(web: &Web, page: &Page, req: &HttpRequest, form: Read) -> Result<(), AppError> {
    let member = page.member()?.id;
    let made = brought(Purpose::Icon, form, req, web, page).await?;
    let house = web.house.clone();
    web.house
        .db
        .write(move |conn| {
            let old = branding::service::load(conn)?.icon;
            let key = swap(conn, &house, member, Purpose::Icon, made.as_deref(), old.as_deref())?;
            branding::service::set_icon(conn, &house.clock, key.as_deref())?;
            audit::note(conn, &house.clock, Some(member), "site.icon", "site", "")?;
            Ok::<_, AppError>(())
        })
        .await
}

/// `POST /admin/branding/plate`: the logo as it stands, on a plate.
pub async fn plate(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    let member = page.at_least(Role::Administrator)?.id;
    raw.verify(&web, &page)?;
    let stands = web.house.db.read(|conn| Ok::<_, AppError>(branding::service::load(conn)?.logo)).await?;
    if let Some(old) = stands
        && let Some(made) = uploads::plated(&web.house.db, &old).await?
    {
        let house = web.house.clone();
        web.house
            .db
            .write(move |conn| match branding::service::load(conn)?.logo {
                Some(now) if now == old => put_logo(conn, &house, member, Some(&made), Some(&old)),
                // Somebody chose another meanwhile.
                _ => Ok(()),
            })
            .await?;
    }
    Ok(see_other("/admin/branding?saved"))
}

/// The logo that a form brings, or none, in the place of the one before. That one goes, unless it is `spared` because
/// it may come back.
pub(super) async fn take_logo(
    web: &Web,
    page: &Page,
    req: &HttpRequest,
    form: Read,
    spared: Option<String>,
) -> Result<(), AppError> {
    let member = page.member()?.id;
    let made = brought(Purpose::Logo, form, req, web, page).await?;
    let house = web.house.clone();
    web.house
        .db
        .write(move |conn| {
            let old = branding::service::load(conn)?.logo.filter(|old| Some(old) != spared.as_ref());
            put_logo(conn, &house, member, made.as_deref(), old.as_deref())
        })
        .await
}

/// `made` as the site's logo, in the place of the upload `old`, which goes.
fn put_logo(
    conn: &mut Conn,
    house: &House,
    member: MemberId,
    made: Option<&[Made]>,
    old: Option<&str>,
) -> Result<(), AppError> {
    let key = swap(conn, house, member, Purpose::Logo, made, old)?;
    branding::service::set_logo(conn, &house.clock, key.as_deref())?;
    audit::note(conn, &house.clock, Some(member), "site.logo", "site", "")?;
    Ok(())
}
