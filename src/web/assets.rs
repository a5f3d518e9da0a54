//! Static files, compiled in, under names that carry a hash of their content. They are sent many times and never
//! change while the process runs, so each is compressed once, as well as can be.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use actix_web::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, VARY};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use data_encoding::HEXLOWER;
use rust_embed::RustEmbed;

use crate::web::cache::encoding::{Effort, Encoding, SHORTEST, encode};
use crate::web::error::{AppError, HttpFault};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// Name → hash of its content.
static HASHES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    Files::iter()
        .filter_map(|name| {
            let file = Files::get(&name)?;
            let hash = HEXLOWER.encode(file.metadata.sha256_hash().get(..5)?);
            Some((name.into_owned(), hash))
        })
        .collect()
});

/// A file in each encoding, made when it is first asked for.
#[derive(Default)]
struct Packed {
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
}

static PACKED: LazyLock<HashMap<String, Packed>> =
    LazyLock::new(|| Files::iter().map(|name| (name.into_owned(), Packed::default())).collect());

/// The static file `name` in `encoding`, where that makes it shorter. The first call takes a while.
fn packed(name: &str, encoding: Encoding) -> Option<Bytes> {
    let cells = PACKED.get(name)?;
    let cell = match encoding {
        Encoding::Identity => return None,
        Encoding::Gzip => &cells.gzip,
        Encoding::Brotli => &cells.brotli,
    };
    let file = Files::get(name).filter(|file| file.data.len() >= SHORTEST)?;
    let whole = file.data.len();
    let made = cell.get_or_init(|| encode(&Bytes::from(file.data.into_owned()), encoding, Effort::Forever));
    (made.len() < whole).then(|| made.clone())
}

/// Compresses what pages ask for, so that no reader waits for it. Takes a second; for a thread of its own.
pub fn pack() {
    for encoding in [Encoding::Brotli, Encoding::Gzip] {
        for name in PACKED.keys() {
            packed(name, encoding);
        }
    }
}

/// A hash over all files: which build's assets these are.
pub fn build() -> String {
    use sha2::Digest;
    let mut names: Vec<_> = HASHES.iter().collect();
    names.sort();
    let mut hash = sha2::Sha256::new();
    for (name, content) in names {
        hash.update(name.as_bytes());
        hash.update(content.as_bytes());
    }
    HEXLOWER.encode(hash.finalize().get(..5).unwrap_or_default())
}

/// The address of the static file `name`, such as `css/base.css` → `/assets/css/base.1a2b3c4d5e.css`.
pub fn url(name: &str) -> String {
    match (HASHES.get(name), name.rsplit_once('.')) {
        (Some(hash), Some((stem, ending))) => format!("/assets/{stem}.{hash}.{ending}"),
        _ => format!("/assets/{name}"),
    }
}

/// The static file `name`, for addresses that carry no hash.
pub fn content(name: &str) -> Option<std::borrow::Cow<'static, [u8]>> {
    Files::get(name).map(|file| file.data)
}

/// Serves a static file. The current hash may be kept for ever; another build's name gets the current file,
/// not to be kept.
pub async fn serve(req: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, AppError> {
    let (name, hash) = split(&path);
    let file = Files::get(&name).ok_or(HttpFault::Absent)?;
    let current = HASHES.get(&name).cloned().unwrap_or_default();
    let keep = if hash == current { "public, max-age=31536000, immutable" } else { "no-store" };
    let accepted = req.headers().get(ACCEPT_ENCODING).and_then(|v| v.to_str().ok());
    let encoding = Encoding::negotiate(accepted);
    let asked = name.clone();
    let shorter = web::block(move || packed(&asked, encoding)).await.ok().flatten();
    let mut response = HttpResponse::Ok();
    response
        .content_type(mime_guess::from_path(&name).first_or_octet_stream().to_string())
        .insert_header((CACHE_CONTROL, keep))
        .insert_header((VARY, "Accept-Encoding"));
    match (shorter, encoding.name()) {
        (Some(body), Some(coding)) => Ok(response
            .insert_header((CONTENT_ENCODING, coding))
            .insert_header((ETAG, format!("\"{current}{}\"", encoding.suffix())))
            .body(body)),
        _ => Ok(response.insert_header((ETAG, format!("\"{current}\""))).body(file.data.into_owned())),
    }
}

/// `css/base.1a2b3c4d5e.css` → (`css/base.css`, `1a2b3c4d5e`).
fn split(path: &str) -> (String, String) {
    let mut parts = path.rsplitn(3, '.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(ending), Some(hash), Some(stem)) if hash.len() == 10 => {
            (format!("{stem}.{ending}"), hash.to_owned())
        }
        _ => (path.to_owned(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_carry_a_hash_and_give_it_back() {
        let url = url("css/base.css");
        let (name, hash) = split(url.trim_start_matches("/assets/"));
        assert_eq!(name, "css/base.css");
        assert_eq!(Some(&hash), HASHES.get("css/base.css"));
    }

    #[test]
    fn a_file_is_compressed_as_well_as_can_be() {
        let whole = content("css/base.css").unwrap().len();
        let (br, gz) = (
            packed("css/base.css", Encoding::Brotli).unwrap(),
            packed("css/base.css", Encoding::Gzip).unwrap(),
        );
        assert!(br.len() < gz.len() && gz.len() * 3 < whole, "{} {} {whole}", br.len(), gz.len());
        assert_eq!(packed("css/base.css", Encoding::Identity), None);
        assert_eq!(
            packed("img/card.png", Encoding::Brotli)
                .map(|b| b.len())
                .filter(|n| *n >= content("img/card.png").unwrap().len()),
            None
        );
    }
}
