//! Pictures: uploaded, encoded anew, shown wherever their owner stands, and gone when taken away.

use std::io::Cursor;

use diesel::prelude::*;
use hearth::base::actor::Role;
use hearth::infra::db::DbError;
use hearth::infra::db::schema::upload_files;
use image::{ImageFormat, Rgba, RgbaImage};

use crate::app_on_both;
use crate::support::app::{Answer, Caller, off};

fn png(side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = RgbaImage::from_fn(side, side, |x, y| {
        Rgba([u8::try_from(x % 256).unwrap(), u8::try_from(y % 256).unwrap(), 90, 255])
    });
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

/// What the form of the brand sends beside a file.
const BRAND: [(&str, &str); 2] = [("colour", "#2f6f6b"), ("family", "sans")];

fn shown(page: &Answer) -> Option<String> {
    let at = page.body.find("/uploads/")?;
    page.body[at..].split('"').next().map(str::to_owned)
}

app_on_both! {
    async fn a_picture_stands_beside_its_owners_posts_at_once(app) {
        app.category("general", None, &[]);
        let (ada, nobody) = (app.member("ada", Role::Member), Caller::visitor());
        let body = serde_json::json!({ "category": "general", "title": "A thread", "body": "Text." });
        app.api("POST", "/threads", &ada, Some(body)).await;
        app.settle();
        assert_eq!(shown(&app.get("/", &nobody).await), None);
        assert_eq!(app.upload("/settings/profile", &ada, &png(300), &[]).await.status, 303);
        let picture = shown(&app.get("/", &nobody).await).expect("the list shows it");
        let served = app.get(&picture, &nobody).await;
        assert_eq!(served.status, 200);
        assert_eq!(served.header("content-type"), Some("image/jpeg"));
        assert_eq!(served.header("content-security-policy"), Some("default-src 'none'; sandbox"));
        assert_eq!(served.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(served.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(shown(&app.get("/t/1/a-thread", &nobody).await), Some(picture.clone()));
        assert_eq!(app.upload("/settings/profile", &ada, &png(200), &[]).await.status, 303);
        assert_ne!(shown(&app.get("/", &nobody).await), Some(picture.clone()));
        assert_eq!(app.get(&picture, &nobody).await.status, 404, "the one before is thrown away");
        assert_eq!(app.upload("/settings/profile", &ada, b"", &[("remove", "yes")]).await.status, 303);
        assert_eq!(shown(&app.get("/", &nobody).await), None);
    }
}

app_on_both! {
    async fn undoing_the_look_brings_a_former_logo_back(app) {
        let root = app.member("rootie", Role::Administrator);
        let logo = async || shown(&app.get("/admin/start/look", &root).await);
        let (step, undo) = ("/admin/start/look", "/admin/start/look/undo");
        app.upload("/admin/branding", &root, &png(64), &BRAND).await;
        let former = logo().await.expect("a logo from before the step");
        for side in [80, 96] {
            assert_eq!(app.upload(step, &root, &png(side), &[]).await.status, 303);
        }
        let other = logo().await.expect("the last of the step's");
        assert_ne!(other, former);
        app.post(undo, &root, &[]).await;
        assert_eq!(logo().await, Some(former.clone()), "as it was");
        assert_eq!(app.get(&former, &Caller::visitor()).await.status, 200);
        assert_eq!(app.get(&other, &Caller::visitor()).await.status, 404, "that of the step is thrown away");
        app.upload(step, &root, b"", &[("remove", "yes")]).await;
        assert_eq!(logo().await, None);
        app.post(undo, &root, &[]).await;
        assert_eq!(logo().await, Some(former.clone()), "also after it was taken away");
        // What was chosen elsewhere after the step stays when the one from before is gone.
        app.post("/admin/start/look", &root, &[("colour", "#7c3aed")]).await;
        app.upload("/admin/branding", &root, &png(64), &BRAND).await;
        let chosen = logo().await;
        app.post(undo, &root, &[]).await;
        assert_eq!(logo().await, chosen);
        assert_eq!(app.get(&former, &Caller::visitor()).await.status, 404);
    }
}

app_on_both! {
    async fn what_is_no_picture_is_refused_in_the_form(app) {
        let ada = app.member("ada", Role::Member);
        for (file, words) in [
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(), "must be a PNG"),
            (png(40)[..60].to_vec(), "can’t be read"),
        ] {
            let answer = app.upload("/settings/profile", &ada, &file, &[]).await;
            assert_eq!(answer.status, 422);
            assert!(answer.texts("[role=alert]").iter().any(|t| t.contains(words)), "{words}: {}", answer.body);
        }
        let large = app.upload("/settings/profile", &ada, &vec![7; 3 * 1024 * 1024], &[]).await;
        assert_eq!(large.status, 422);
        assert!(large.texts("[role=alert]").iter().any(|t| t.contains("2 MB")), "{}", large.body);
        // What stands beside a file that is too large is not lost with it, and told with it.
        let fields = [("display_name", " "), ("bio", "Pumps"), ("theme", "dark")];
        let large = app.upload("/settings/profile", &ada, &vec![7; 3 * 1024 * 1024], &fields).await;
        assert_eq!((large.status.as_u16(), large.texts("textarea"), large.texts("[role=alert]").len()), (422, vec!["Pumps".to_owned()], 2));
        assert_eq!(large.texts("#theme [selected]"), ["Dark"]);
        // A good one has to be chosen again, which stands beside its field.
        let again = app.upload("/settings/profile", &ada, &png(40), &fields).await;
        assert_eq!((again.status.as_u16(), again.texts("#file ~ .field-error")), (422, vec!["Choose the image again: it wasn’t uploaded.".to_owned()]));
        assert_eq!(app.upload("/settings/profile", &ada, &vec![7; 17 * 1024 * 1024], &fields).await.status, 400);
        let forged = app.post_raw("/settings/profile", &ada, &[("csrf", "x")]).await;
        assert!(forged.status.is_client_error(), "{}", forged.status);
        for path in ["/uploads/none", "/uploads/abc-small", "/uploads/../secret", "/uploads/-"] {
            assert_eq!(app.get(path, &ada).await.status, 404, "{path}");
        }
    }
}

app_on_both! {
    async fn a_logo_stands_in_the_bar_and_gives_the_icons(app) {
        let (root, nobody) = (app.member("rootie", Role::Administrator), Caller::visitor());
        app.settle();
        assert!(app.get("/", &nobody).await.body.contains("brand-mark"));
        assert_eq!(app.upload("/admin/branding", &root, &png(400), &BRAND).await.status, 303);
        let page = app.get("/", &nobody).await;
        assert!(!page.body.contains("brand-mark") && page.body.contains(r#"class="logo""#), "{}", page.body);
        assert_eq!(page.texts(".brand"), ["Hearth"], "the name stays beside it");
        let icon = shown(&page).unwrap();
        assert!(icon.ends_with("-icon-32"), "{icon}");
        for variant in ["logo", "icon-180", "icon-192", "icon-512", "maskable-512"] {
            let path = icon.replace("icon-32", variant);
            assert_eq!(app.get(&path, &nobody).await.status, 200, "{path}");
        }
        let ada = app.member("ada", Role::Member);
        assert_eq!(app.upload("/admin/branding", &ada, &png(40), &[]).await.status, 403);
        assert_eq!(app.upload("/admin/branding", &root, b"", &[BRAND[0], BRAND[1], ("remove", "on")]).await.status, 303);
        assert!(app.get("/", &nobody).await.body.contains("brand-mark"));
    }
}

/// A logo as it was kept before there were plates: white on nothing.
fn white_on_nothing(side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = RgbaImage::from_fn(side, side, |x, _| Rgba(if x < side / 2 { [255; 4] } else { [0; 4] }));
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

app_on_both! {
    async fn a_logo_older_than_plates_gets_one_without_being_uploaded_again(app) {
        let root = app.member("rootie", Role::Administrator);
        app.upload("/admin/branding", &root, &png(64), &BRAND).await;
        let offers = "input[name=plate]";
        assert_eq!(app.get("/admin/branding", &root).await.texts(offers).len(), 0, "it can be seen");
        off(|| {
            app.db.write_now(|conn| {
                for (variant, side) in [("logo", 120), ("icon-512", 512)] {
                    diesel::update(upload_files::table.filter(upload_files::variant.eq(variant)))
                        .set((
                            upload_files::bytes.eq(white_on_nothing(side)),
                            upload_files::content_type.eq("image/png"),
                        ))
                        .execute(conn)?;
                }
                Ok::<_, DbError>(())
            })
        })
        .unwrap();
        let old = shown(&app.get("/admin/branding", &root).await).unwrap();
        assert_eq!(app.get("/admin/branding", &root).await.texts(offers).len(), 1);
        let mo = app.member("mo", Role::Moderator);
        let plate = [BRAND[0], BRAND[1], ("plate", "on")];
        assert_eq!(app.post("/admin/branding", &mo, &plate).await.status, 403);
        assert_eq!(app.post("/admin/branding", &root, &plate).await.status, 303);
        let page = app.get("/admin/branding", &root).await;
        let new = shown(&page).unwrap();
        assert_eq!((old == new, page.texts(offers).len()), (false, 0));
        let picture = image::load_from_memory(&app.get(&new, &root).await.bytes).unwrap().to_rgba8();
        let (wide, high) = picture.dimensions();
        assert_eq!((picture.get_pixel(0, 0).0[3], picture.get_pixel(wide / 2, high - 1).0), (0, [38, 42, 46, 255]));
        assert_eq!(app.get(&old, &root).await.status, 404, "the one before is thrown away");
        // A second time changes nothing.
        app.post("/admin/branding", &root, &plate).await;
        assert_eq!(shown(&app.get("/admin/branding", &root).await), Some(new));
    }
}
