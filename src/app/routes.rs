//! The one table of addresses: method, path, who may call it, handler. The guard `role_matrix` walks it as
//! every kind of reader.

use actix_web::http::Method;
use actix_web::{FromRequest, Handler, Responder, Route, web};

use super::{api_docs, health, metrics, openapi};
use crate::base::actor::Role;
use crate::pages::api::{
    auth, categories as api_categories, ledger as api_ledger, posts as api_posts, search as api_search,
    searches as api_searches, threads as api_threads, vocabulary as api_vocabulary,
};
use crate::pages::backoffice::{
    audit, branding, categories, custom_pages, dashboard, duplicates, invitations, ledger as member_ledger,
    members, overview, points as point_rules, search_try, searches, start, style, vocabulary,
};
use crate::pages::{
    access, archive, compose, composing, custom_page, directory, fresh, heat, home, installed, keyboard,
    moderation, moving, pictures, points, post, searching, settings, shell, signup, thread,
};
use crate::reach::search::web as search;
use crate::reach::search_log::web as search_log;
use crate::reach::{feeds, sitemaps};
use crate::transfer::web as transfer;
use crate::web::assets;

/// Who may call an address at all. What exactly they may do there is the service's to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever is signed in.
    Member,
    /// This role and above.
    Staff(Role),
}

/// One address.
pub struct Entry {
    /// Method.
    pub method: Method,
    /// Path pattern.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    route: Route,
}

fn entry<F, A>(method: Method, path: &'static str, access: Access, handler: F) -> Entry
where
    F: Handler<A>,
    A: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    Entry { route: web::method(method.clone()).to(handler), method, path, access }
}

macro_rules! table {
    ($($method:ident $path:literal $access:expr => $handler:expr;)+) => {
        vec![$(entry(Method::$method, $path, $access, $handler)),+]
    };
}

/// Pages.
fn pages() -> Vec<Entry> {
    use Access::{Member, Public, Staff};
    let moderator = Staff(Role::Moderator);
    table![
        GET "/" Public => home::hot;
        GET "/latest" Public => home::latest;
        GET "/new" Public => home::new;
        GET "/top" Public => home::top;
        GET "/unanswered" Public => home::unanswered;
        GET "/featured" Public => home::featured;
        GET "/following" Member => home::following;
        GET "/api/docs" Public => api_docs::page;
        GET "/categories" Public => directory::all_categories;
        GET "/tags" Public => directory::all_tags;
        GET "/tag/{slug}" Public => home::tag;
        GET "/keyboard" Public => keyboard::show;
        GET "/offline" Public => installed::offline;
        GET "/archive" Public => archive::site;
        GET "/archive/{month}" Public => archive::site_month;
        GET "/c/{slug}" Public => transfer::category_front;
        GET "/c/{slug}/feed.xml" Public => feeds::category;
        GET "/c/{slug}/archive" Public => archive::of_category;
        GET "/c/{slug}/{month}" Public => transfer::category;
        GET "/t/{id}" Public => thread::by_id;
        GET "/t/{id}/feed.xml" Public => feeds::thread;
        GET "/t/{id}/{slug}" Public => transfer::thread;
        GET "/t/{slug}/{id}/{number}" Public => transfer::post;
        GET "/p/{id}" Public => post::permalink;
        GET "/u/{handle}" Public => transfer::member;
        GET "/u/{handle}/feed.xml" Public => feeds::member;
        GET "/pages/{slug}" Public => custom_page::show;
        GET "/search" Public => search::page;
        GET "/search/suggest" Public => searching::suggest;
        GET "/search/similar" Public => searching::similar;
        POST "/search/click" Public => search_log::click;
        GET "/login" Public => access::login_form;
        POST "/login" Public => access::login;
        GET "/signup" Public => signup::form;
        POST "/signup" Public => signup::submit;
        POST "/invitation" Member => signup::accept;
        POST "/logout" Member => access::logout;
        GET "/first-administrator" Public => access::first_form;
        POST "/first-administrator" Public => access::first_submit;
        GET "/password" Public => access::password_form;
        POST "/password" Public => access::password_submit;
        POST "/locale" Public => access::switch;
        POST "/theme" Public => access::switch;
        POST "/notice" Public => access::switch;
        GET "/compose" Member => compose::form;
        POST "/compose" Member => compose::submit;
        POST "/preview" Member => composing::preview;
        GET "/complete" Member => composing::complete;
        POST "/thread/{id}/reply" Member => compose::reply;
        GET "/thread/{id}/edit" Member => compose::thread_form;
        POST "/thread/{id}/edit" Member => compose::save_thread;
        GET "/thread/{id}/heat" Member => heat::show;
        POST "/thread/{id}/pin" Member => moderation::pin;
        POST "/thread/{id}/unpin" Member => moderation::unpin;
        GET "/thread/{id}/move" Member => moving::form;
        POST "/thread/{id}/move" Member => moving::submit;
        POST "/thread/{id}/{what}" Member => moderation::thread;
        POST "/pin/{id}/dismiss" Member => moderation::dismiss;
        GET "/post/{id}/edit" Member => post::edit_form;
        POST "/post/{id}/edit" Member => post::save_edit;
        GET "/post/{id}/history" Member => post::history;
        POST "/post/{id}/delete" Member => moderation::delete_post;
        POST "/post/{id}/restore" Member => moderation::restore_post;
        POST "/post/{id}/{what:like|unlike}" Member => moderation::like;
        POST "/post/{id}/{what:accept|unaccept}" Member => moderation::accept;
        POST "/u/{handle}/suspend" moderator => moderation::suspend;
        POST "/u/{handle}/{what}" moderator => moderation::member;
        GET "/u/{handle}/{what}" Public => transfer::member_tab;
        GET "/points" Member => points::show;
        GET "/settings" Member => settings::show;
        POST "/settings/profile" Member => settings::profile;
        POST "/settings/handle" Member => settings::handle;
        POST "/settings/password" Member => settings::password;
        POST "/settings/sessions/close-others" Member => settings::close_others;
        POST "/settings/sessions/{id}/close" Member => settings::close_session;
        POST "/settings/tokens" Member => settings::create_token;
        POST "/settings/tokens/{id}/revoke" Member => settings::revoke_token;
    ]
}

/// The back office.
fn office() -> Vec<Entry> {
    use Access::Staff;
    let (moderator, operator, admin) =
        (Staff(Role::Moderator), Staff(Role::Operator), Staff(Role::Administrator));
    table![
        GET "/admin" operator => dashboard::show;
        GET "/admin/members" operator => members::list;
        GET "/admin/members/{handle}" operator => members::show;
        GET "/admin/members/{handle}/points" operator => member_ledger::show;
        POST "/admin/members/{handle}/points" operator => member_ledger::correct;
        POST "/admin/members/{handle}/role" admin => members::set_role;
        POST "/admin/members/{handle}/handle" admin => members::set_handle;
        POST "/admin/members/{handle}/claim" admin => members::claim;
        POST "/admin/members/{handle}/password-link" admin => members::password_link;
        GET "/admin/start" admin => start::overview;
        POST "/admin/start" admin => start::put_away;
        GET "/admin/start/{step}" admin => start::show;
        POST "/admin/start/{step}" admin => start::save;
        POST "/admin/start/{step}/skip" admin => start::skip;
        POST "/admin/start/{step}/undo" admin => start::undo;
        GET "/admin/invitations" admin => invitations::list;
        POST "/admin/invitations" admin => invitations::create;
        POST "/admin/invitations/{id}/revoke" admin => invitations::revoke;
        GET "/admin/categories" admin => categories::list;
        POST "/admin/categories" admin => categories::create;
        GET "/admin/categories/new" admin => categories::blank;
        GET "/admin/categories/{id}" admin => categories::show;
        POST "/admin/categories/{id}" admin => categories::update;
        POST "/admin/categories/{id}/delete" admin => categories::remove;
        GET "/admin/pages" admin => custom_pages::list;
        POST "/admin/pages" admin => custom_pages::create;
        GET "/admin/pages/new" admin => custom_pages::blank;
        GET "/admin/pages/{id}" admin => custom_pages::show;
        POST "/admin/pages/{id}" admin => custom_pages::update;
        POST "/admin/pages/{id}/remove" admin => custom_pages::remove;
        POST "/admin/pages/{id}/restore" admin => custom_pages::restore;
        GET "/admin/settings" admin => overview::settings_form;
        POST "/admin/settings" admin => overview::save_settings;
        GET "/admin/duplicates" moderator => duplicates::show;
        POST "/admin/duplicates" moderator => duplicates::dismiss;
        GET "/admin/search" operator => searches::show;
        GET "/admin/search/queries.csv" operator => searches::file;
        GET "/admin/search/try" operator => search_try::show;
        GET "/admin/search/words" operator => vocabulary::show;
        POST "/admin/search/words" operator => vocabulary::add_words;
        POST "/admin/search/words/remove" operator => vocabulary::remove_word;
        POST "/admin/search/synonyms" operator => vocabulary::save_group;
        POST "/admin/search/synonyms/remove" operator => vocabulary::remove_group;
        GET "/admin/style" operator => style::show;
        GET "/admin/branding" admin => branding::show;
        POST "/admin/branding" admin => branding::save;
        GET "/admin/points" admin => point_rules::show;
        POST "/admin/points" admin => point_rules::save;
        GET "/admin/jobs" admin => overview::jobs_page;
        POST "/admin/jobs" admin => overview::ask_job;
        GET "/admin/audit" admin => audit::show;
    ]
}

/// The JSON API.
fn api() -> Vec<Entry> {
    use Access::{Member, Public, Staff};
    table![
        GET "/api/v1/openapi.json" Public => openapi::document;
        POST "/api/v1/auth/signup" Public => auth::signup;
        POST "/api/v1/auth/login" Public => auth::login;
        POST "/api/v1/auth/logout" Member => auth::logout;
        GET "/api/v1/me" Member => auth::me;
        PATCH "/api/v1/me" Member => auth::change_me;
        GET "/api/v1/members" Member => auth::complete;
        GET "/api/v1/members/{username}" Public => auth::member;
        GET "/api/v1/categories" Public => api_categories::list;
        POST "/api/v1/admin/categories" Staff(Role::Administrator) => api_categories::create;
        GET "/api/v1/threads" Public => api_threads::list;
        POST "/api/v1/threads" Member => api_threads::create;
        GET "/api/v1/threads/{id}" Public => api_threads::show;
        PATCH "/api/v1/threads/{id}" Member => api_threads::change;
        DELETE "/api/v1/threads/{id}" Member => api_threads::delete;
        PUT "/api/v1/threads/{id}/pin" Member => api_threads::pin;
        DELETE "/api/v1/threads/{id}/pin" Member => api_threads::unpin;
        PUT "/api/v1/threads/{id}/feature" Member => api_threads::feature;
        DELETE "/api/v1/threads/{id}/feature" Member => api_threads::unfeature;
        PUT "/api/v1/threads/{id}/close" Member => api_threads::close;
        DELETE "/api/v1/threads/{id}/close" Member => api_threads::reopen;
        PUT "/api/v1/threads/{id}/accepted" Member => api_threads::accept;
        DELETE "/api/v1/threads/{id}/accepted" Member => api_threads::unaccept;
        GET "/api/v1/threads/{id}/posts" Public => api_posts::list;
        POST "/api/v1/threads/{id}/posts" Member => api_posts::create;
        GET "/api/v1/posts/{id}" Public => api_posts::show;
        PUT "/api/v1/posts/{id}" Member => api_posts::change;
        DELETE "/api/v1/posts/{id}" Member => api_posts::delete;
        GET "/api/v1/posts/{id}/revisions" Member => api_posts::revisions;
        PUT "/api/v1/posts/{id}/reaction" Member => api_posts::like;
        DELETE "/api/v1/posts/{id}/reaction" Member => api_posts::unlike;
        GET "/api/v1/ledger" Member => api_ledger::list;
        POST "/api/v1/admin/points" Staff(Role::Operator) => api_ledger::adjust;
        POST "/api/v1/admin/ledger/{entry_id}/revoke" Staff(Role::Operator) => api_ledger::revoke;
        GET "/api/v1/admin/ledger/audit" Staff(Role::Operator) => api_ledger::audit;
        GET "/api/v1/admin/search/queries" Staff(Role::Operator) => api_searches::queries;
        GET "/api/v1/admin/search/synonyms" Staff(Role::Operator) => api_vocabulary::synonyms;
        POST "/api/v1/admin/search/synonyms" Staff(Role::Operator) => api_vocabulary::add_synonym;
        DELETE "/api/v1/admin/search/synonyms/{id}" Staff(Role::Operator) => api_vocabulary::remove_synonym;
        GET "/api/v1/admin/search/words" Staff(Role::Operator) => api_vocabulary::words;
        POST "/api/v1/admin/search/words" Staff(Role::Operator) => api_vocabulary::add_words;
        DELETE "/api/v1/admin/search/words/{id}" Staff(Role::Operator) => api_vocabulary::remove_word;
        GET "/api/v1/search" Public => api_search::search;
        GET "/api/v1/search/suggest" Public => api_search::suggest;
        GET "/api/v1/search/similar" Public => api_search::similar;
        GET "/api/v1/threads/{id}/related" Public => api_search::related;
    ]
}

/// What is neither page nor API.
fn machines() -> Vec<Entry> {
    use Access::Public;
    table![
        GET "/metrics" Public => metrics::guarded;
        GET "/robots.txt" Public => sitemaps::robots;
        GET "/sitemap.xml" Public => sitemaps::index;
        GET "/sitemap/{name}.xml" Public => sitemaps::part;
        GET "/feed.xml" Public => feeds::site;
        GET "/tag/{slug}/feed.xml" Public => feeds::tag;
        GET "/fresh/thread/{id}" Public => fresh::thread;
        GET "/fresh/list/{sort}" Public => fresh::list;
        GET "/manifest.webmanifest" Public => installed::manifest;
        GET "/icons/{colour}/{name}" Public => installed::icon;
        GET "/service-worker.js" Public => installed::worker;
        GET "/opensearch.xml" Public => search::description;
        GET "/favicon.ico" Public => installed::favicon;
        GET "/healthz" Public => health::alive;
        GET "/readyz" Public => health::ready;
        GET "/uploads/{name}" Public => pictures::serve;
        GET "/theme.{version}.css" Public => shell::theme;
        GET "/assets/{name:.+}" Public => assets::serve;
    ]
}

/// The whole table.
pub fn table() -> Vec<Entry> {
    let mut all = pages();
    all.extend(office());
    all.extend(api());
    all.extend(machines());
    all
}

/// Registers the table. Entries that share a path become one resource, so that a wrong method is 405.
pub fn configure(config: &mut web::ServiceConfig) {
    let mut resources: Vec<(&'static str, Vec<(Method, Route)>)> = Vec::new();
    for entry in table() {
        match resources.iter_mut().find(|(path, _)| *path == entry.path) {
            Some((_, routes)) => routes.push((entry.method, entry.route)),
            None => resources.push((entry.path, vec![(entry.method, entry.route)])),
        }
    }
    for (path, routes) in resources {
        let resource = routes.into_iter().fold(web::resource(path), |r, (_, route)| r.route(route));
        config.service(resource);
    }
    config.default_service(web::to(transfer::elsewhere));
}
