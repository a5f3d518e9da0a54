//! The site as something to install: its manifest, the icons of a site without a logo, the service worker, and the
//! page that stands in for every other while there is no network. What is kept in a browser for that is public: the
//! scripts fetch it without the reader's cookies.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::web::{Bytes, Data, Path, Query};
use askama::Template;
use quick_cache::sync::Cache;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::base::locale::Locale;
use crate::infra::i18n;
use crate::site::branding::icon::Icon;
use crate::site::branding::{self, Colour};
use crate::site::settings;
use crate::web::cache::{Dep, Keep, THREAD};
use crate::web::error::HttpFault;
use crate::web::head::Head;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Web, assets, urls};

/// Drawn icons that a node remembers: those of one brand, and of one before it.
static DRAWN: LazyLock<Cache<(Icon, Colour), Bytes>> = LazyLock::new(|| Cache::new(16));

#[derive(Template)]
#[template(source = "{{ document|safe }}", ext = "txt")]
struct Document {
    document: String,
}

/// What of the name stands under an icon on a home screen, which has room for about a dozen characters: as many whole
/// words as fit. Only a first word that is longer is cut.
fn short(name: &str) -> String {
    const ROOM: usize = 12;
    let mut short = String::new();
    for word in name.split_whitespace() {
        let gap = usize::from(!short.is_empty());
        if short.chars().count() + gap + word.chars().count() > ROOM {
            break;
        }
        if gap == 1 {
            short.push(' ');
        }
        short.push_str(word);
    }
    let whole = short.trim_end_matches(|c: char| !c.is_alphanumeric() && !name.ends_with(c));
    if whole.is_empty() { name.trim().chars().take(ROOM).collect() } else { whole.to_owned() }
}

fn icons(logo: Option<&str>, colour: Colour) -> Value {
    let icon = |name: &str, file: &str, sizes: &str, purpose: &str| {
        let src = logo.map_or_else(|| urls::icon(colour, file), |key| urls::upload(key, name));
        json!({ "src": src, "sizes": sizes, "purpose": purpose })
    };
    json!([
        icon("icon-192", "icon-192.png", "192x192", "any"),
        icon("icon-512", "icon-512.png", "512x512", "any"),
        icon("maskable-512", "maskable-512.png", "512x512", "maskable"),
    ])
}

/// `GET /manifest.webmanifest`, after W3C's Web Application Manifest, in the site's own language.
pub async fn manifest(web: Data<Web>) -> Result<HttpResponse, AppError> {
    let (settings, dress) = web
        .house
        .db
        .read(|conn| Ok::<_, AppError>((settings::recall(conn)?, branding::service::recall(conn)?)))
        .await?;
    let locale = settings.locale;
    let shortcut = |key: &str, url: &str| json!({ "name": i18n::text(locale, key), "url": url });
    let short = short(&settings.name);
    let document = json!({
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "name": settings.name,
        "short_name": short,
        "description": if settings.description.is_empty() { &settings.tagline } else { &settings.description },
        "lang": locale.lang(),
        "dir": "ltr",
        "display": "standalone",
        "theme_color": dress.bars.0,
        "background_color": dress.bars.0,
        "icons": icons(dress.brand.icons().map(String::as_str), dress.brand.colour),
        "shortcuts": [
            shortcut("compose", "/compose"),
            shortcut("search", "/search"),
            shortcut("list-following", "/following"),
        ],
    });
    let document = Document { document: document.to_string() };
    crate::web::cache::file("application/manifest+json", &document, Keep::of(vec![Dep::Site], THREAD))
}

/// `GET /icons/{colour}/{name}`: only in the brand's present colour for keeps; other colours get that one too.
pub async fn icon(web: Data<Web>, path: Path<(String, String)>) -> Result<HttpResponse, AppError> {
    let (asked, name) = path.into_inner();
    let icon = Icon::parse(&name).ok_or(HttpFault::Absent)?;
    let dress = web.house.db.read(|conn| Ok::<_, AppError>(branding::service::recall(conn)?)).await?;
    let colour = dress.brand.colour;
    let current = urls::icon(colour, &name) == urls::icon(&asked, &name);
    let bytes = if let Some(bytes) = DRAWN.get(&(icon, colour)) {
        bytes
    } else {
        let drawn = actix_web::web::block(move || icon.draw(colour)).await.ok().flatten();
        let bytes = Bytes::from(drawn.ok_or(HttpFault::Absent)?);
        DRAWN.insert((icon, colour), bytes.clone());
        bytes
    };
    let keep = if current { "public, max-age=31536000, immutable" } else { "no-store" };
    Ok(HttpResponse::Ok()
        .content_type(icon.content_type())
        .insert_header((CACHE_CONTROL, keep))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .body(bytes))
}

/// `GET /favicon.ico`: the site's own icon, for those who ask without having read a page.
pub async fn favicon(web: Data<Web>) -> Result<HttpResponse, AppError> {
    let dress = web.house.db.read(|conn| Ok::<_, AppError>(branding::service::recall(conn)?)).await?;
    let (icons, colour) = (dress.brand.icons(), dress.brand.colour);
    let icon = icons.map_or_else(|| urls::icon(colour, "icon-180.png"), |key| urls::upload(key, "icon-32"));
    // Another icon has another address.
    Ok(HttpResponse::Found()
        .insert_header((LOCATION, icon))
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .finish())
}

/// `GET /service-worker.js`: under an address that stays, so that browsers find its next version there.
pub async fn worker() -> Result<HttpResponse, AppError> {
    let script = assets::content("js/service-worker.js").ok_or(HttpFault::Absent)?;
    Ok(HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((CACHE_CONTROL, "public, max-age=0, must-revalidate"))
        .body(script.into_owned()))
}

#[derive(Template)]
#[template(path = "pages/offline.html")]
struct OfflinePage {
    shell: Shell,
    head: Head,
}

/// `?lang=`: whoever keeps the page asks for it without cookies.
#[derive(Debug, Default, Deserialize)]
pub struct OfflineQuery {
    lang: Option<String>,
}

/// `GET /offline`: says that there is no network, and shows the threads that a browser has kept.
pub async fn offline(
    web: Data<Web>,
    mut page: Page,
    query: Query<OfflineQuery>,
) -> Result<HttpResponse, AppError> {
    if let Some(locale) = query.lang.as_deref().and_then(Locale::parse) {
        page.shell.locale = locale;
    }
    let shell = page.shell.clone();
    let head = Head::new(&shell, &shell.t("offline"), &shell.t("offline-about"), "/offline").indexed(false);
    page.kept(&web, &OfflinePage { shell, head }, Keep::of(vec![Dep::Site], THREAD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cut_between_words() {
        for (name, under) in [
            ("Hearth", "Hearth"),
            ("Brightfold Community", "Brightfold"),
            ("The Pump Room of the North", "The Pump"),
            ("Acme – the forum of all", "Acme – the"),
            ("Tools & Advice", "Tools"),
            ("工具社", "工具社"),
            ("工具社 討論區與問答與閒聊區", "工具社"),
            ("電感式接近開關使用者交流論壇", "電感式接近開關使用者交流"),
            ("Donaudampfschifffahrt", "Donaudampfsc"),
            ("Jazz!", "Jazz!"),
        ] {
            assert_eq!(short(name), under);
        }
    }
}
