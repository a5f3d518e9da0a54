//! Categories over the API.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::threads::answer;
use super::views::CategoryView;
use crate::base::actor::Role;
use crate::content::categories::Error;
use crate::content::categories::service::{self, Draft};
use crate::content::categories::store::Columns;
use crate::web::api::{Answered, BadField, Body, Caller, List, json};
use crate::web::error::HttpFault;
use crate::web::idempotency::once;
use crate::web::{AppError, Web};

/// The categories the caller may read.
#[utoipa::path(get, path = "/api/v1/categories", tag = "categories",
    responses((status = 200, body = List<CategoryView>)))]
pub async fn list(web: Data<Web>, caller: Caller) -> Answered {
    let actor = caller.actor.clone();
    let readable = web.house.db.read(move |c| Ok::<_, AppError>(service::readable(c, &actor)?)).await?;
    let items = readable.categories().iter().map(|c| CategoryView::new(c, &readable)).collect();
    Ok(json(200, &List::<CategoryView> { items, next_cursor: None, total: None }))
}

/// A new category.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCategory {
    /// Name in its address.
    pub slug: String,
    /// Name shown.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// public or private.
    #[serde(default)]
    pub visibility: Option<String>,
    /// Usernames let in while private.
    #[serde(default)]
    pub members: Vec<String>,
    /// Roles let in while private.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Usernames of its moderators.
    #[serde(default)]
    pub moderators: Vec<String>,
    /// `#rrggbb`.
    pub colour: Option<String>,
    /// Slug of the category above.
    pub parent: Option<String>,
    /// Order among siblings.
    pub position: Option<i32>,
    /// The weakest role that may open threads.
    pub post_role: Option<String>,
}

fn draft(wanted: &NewCategory, parent: Option<crate::base::ids::CategoryId>) -> Result<Draft, AppError> {
    let private = match wanted.visibility.as_deref() {
        None | Some("public") => false,
        Some("private") => true,
        Some(_) => return Err(BadField::unknown("visibility").into()),
    };
    let role = |name: &str, field| Role::parse(name).ok_or_else(|| BadField::unknown(field));
    Ok(Draft {
        columns: Columns {
            parent,
            slug: wanted.slug.clone(),
            name: wanted.name.trim().to_owned(),
            description: wanted.description.trim().to_owned(),
            colour: wanted.colour.clone().unwrap_or_else(|| "#2f6f6b".into()),
            position: wanted.position.unwrap_or(0),
            private,
            post_role: wanted
                .post_role
                .as_deref()
                .map(|r| role(r, "post_role"))
                .transpose()?
                .unwrap_or(Role::Member),
        },
        members: wanted.members.clone(),
        roles: wanted.roles.iter().map(|r| role(r, "roles")).collect::<Result<_, _>>()?,
        moderators: wanted.moderators.clone(),
    })
}

/// Makes a category. Administrators only.
#[utoipa::path(post, path = "/api/v1/admin/categories", tag = "categories", request_body = NewCategory,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = CategoryView), (status = 403), (status = 409), (status = 422)))]
pub async fn create(web: Data<Web>, caller: Caller, body: Body<NewCategory>) -> Answered {
    let member = caller.member("admin")?.clone();
    if member.role < Role::Administrator {
        return Err(HttpFault::Forbidden.into());
    }
    let (house, actor, wanted) = (web.house.clone(), caller.actor.clone(), body.read()?);
    let key = caller.key("POST /admin/categories", &wanted);
    let done = web
        .house
        .db
        .write(move |conn| {
            once(conn, key.as_ref(), house.clock.now(), |conn| {
                let readable = service::readable(conn, &actor)?;
                let parent = match wanted.parent.as_deref() {
                    Some(slug) => Some(readable.by_slug(slug).ok_or(Error::ParentInvalid)?.id),
                    None => None,
                };
                let id = service::save(conn, &house, &member, None, &draft(&wanted, parent)?)?;
                let readable = service::readable(conn, &actor)?;
                let category = readable.get(id).ok_or(HttpFault::Absent)?;
                let view = CategoryView::new(category, &readable);
                let text = serde_json::to_string(&view).unwrap_or_default();
                Ok((view, 201, text))
            })
        })
        .await?;
    Ok(answer(201, done))
}
