//! Categories in the back office.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use crate::base::actor::Role;
use crate::base::ids::CategoryId;
use crate::content::categories::model::{DEPTH, path};
use crate::content::categories::service::{self, Draft};
use crate::content::categories::store::{self, Columns};
use crate::content::categories::{self, Category};
use crate::content::markup::slugify;
use crate::infra::db::Conn;
use crate::pages::confirming::{self, Question};
use crate::people::{accounts, roles};
use crate::web::error::HttpFault;
use crate::web::forms::NotAChoice;
use crate::web::page::see_other;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, RawForm, Refused, Web};

#[derive(Template)]
#[template(path = "backoffice/categories.html")]
struct CategoriesPage {
    shell: Shell,
    /// Each with the class of its mark and its storey in the tree.
    categories: Vec<(Category, String, usize)>,
}

/// `GET /admin/categories`.
pub async fn list(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    let all = web.house.db.read(|conn| Ok::<_, AppError>(store::all(conn)?)).await?;
    let categories =
        all.iter().map(|c| (c.clone(), crate::pages::shell::mark(c), path(&all, c.id).len())).collect();
    page.ok(&web, &CategoriesPage { shell: page.shell.clone(), categories })
}

/// What the form of a category sends.
#[derive(Debug, Clone, Default, Deserialize)]
struct Form {
    #[serde(default)]
    name: String,
    #[serde(default)]
    slug: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    colour: String,
    #[serde(default)]
    parent: String,
    #[serde(default)]
    position: String,
    #[serde(default)]
    post_role: String,
    private: Option<String>,
    #[serde(default)]
    members: String,
    #[serde(default)]
    role: Vec<String>,
    #[serde(default)]
    moderators: String,
}

#[derive(Template)]
#[template(path = "backoffice/category.html")]
struct CategoryPage {
    shell: Shell,
    id: Option<CategoryId>,
    form: Form,
    parents: Vec<(String, String)>,
    roles: Vec<(String, String)>,
    refused: Refused,
}

impl CategoryPage {
    fn lets_in(&self, role: &str) -> bool {
        self.form.role.iter().any(|r| r == role)
    }
    fn is_private(&self) -> bool {
        self.form.private.is_some()
    }
}

fn names(conn: &mut Conn, ids: &[crate::base::ids::MemberId]) -> Result<String, AppError> {
    let mut handles: Vec<String> = accounts::store::cards(conn, ids)?.into_iter().map(|c| c.handle).collect();
    handles.sort();
    Ok(handles.join(", "))
}

fn filled(conn: &mut Conn, category: &Category) -> Result<Form, AppError> {
    let (members, admitted) = store::admitted(conn, category.id)?;
    let moderators = roles::of_category(conn, category.id)?;
    Ok(Form {
        name: category.name.clone(),
        slug: category.slug.clone(),
        description: category.description.clone(),
        colour: category.colour.clone(),
        parent: category.parent_id.map(|p| p.to_string()).unwrap_or_default(),
        position: category.position.to_string(),
        post_role: Role::from_code(category.post_role).name().into(),
        private: category.private.then(|| "on".into()),
        members: names(conn, &members)?,
        role: admitted.iter().map(|r| r.name().to_owned()).collect(),
        moderators: names(conn, &moderators)?,
    })
}

async fn draw(
    web: &Web,
    page: &Page,
    id: Option<CategoryId>,
    typed: Option<Form>,
    refused: Refused,
) -> Result<HttpResponse, AppError> {
    let (all, form) = web
        .house
        .db
        .read(move |conn| {
            let all = store::all(conn)?;
            let form = match (typed, id) {
                (Some(form), _) => form,
                (None, Some(id)) => {
                    let category = all.iter().find(|c| c.id == id).ok_or(HttpFault::Absent)?.clone();
                    filled(conn, &category)?
                }
                (None, None) => Form {
                    colour: "#2f6f6b".into(),
                    post_role: "member".into(),
                    position: "0".into(),
                    ..Form::default()
                },
            };
            Ok::<_, AppError>((all, form))
        })
        .await?;
    let shell = page.shell.clone();
    let template = CategoryPage {
        parents: all
            .iter()
            .filter_map(|c| {
                let path = path(&all, c.id);
                let free = path.len() < DEPTH && !path.iter().any(|above| Some(above.id) == id);
                let name = path.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(" / ");
                free.then(|| (c.id.to_string(), name))
            })
            .collect(),
        roles: Role::OF_ACCOUNTS
            .iter()
            .map(|r| (r.name().to_owned(), shell.t(&format!("role-{}", r.name()))))
            .collect(),
        refused,
        form,
        id,
        shell,
    };
    page.answer(web, template.refused.status(), &template)
}

/// `GET /admin/categories/new`.
pub async fn blank(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    draw(&web, &page, None, None, Refused::default()).await
}

/// `GET /admin/categories/{id}`.
pub async fn show(web: Data<Web>, page: Page, id: Path<i64>) -> Result<HttpResponse, AppError> {
    page.at_least(Role::Administrator)?;
    draw(&web, &page, Some(CategoryId(*id)), None, Refused::default()).await
}

fn handles(text: &str) -> Vec<String> {
    text.split([',', '，', '、', ' ', '\n'])
        .map(|h| h.trim().trim_start_matches('@').to_owned())
        .filter(|h| !h.is_empty())
        .collect()
}

/// A place among the others: the form's own limits.
fn position(text: &str) -> Result<i32, categories::Error> {
    let number = text.trim().parse().ok().filter(|n| (-10_000..=10_000).contains(n));
    number.ok_or(categories::Error::PositionInvalid)
}

fn draft(form: &Form) -> Result<Draft, AppError> {
    let parent = match form.parent.as_str() {
        "" => None,
        id => Some(CategoryId(id.parse().map_err(|_| categories::Error::ParentInvalid)?)),
    };
    Ok(Draft {
        columns: Columns {
            parent,
            slug: match form.slug.trim() {
                "" => slugify(&form.name),
                slug => slug.to_owned(),
            },
            name: form.name.trim().to_owned(),
            description: form.description.trim().to_owned(),
            colour: form.colour.trim().to_owned(),
            position: position(&form.position)?,
            private: form.private.is_some(),
            post_role: Role::parse(&form.post_role).ok_or(NotAChoice("post_role"))?,
        },
        members: handles(&form.members),
        roles: form
            .role
            .iter()
            .map(|r| Role::parse(r).ok_or(NotAChoice("role")))
            .collect::<Result<_, _>>()?,
        moderators: handles(&form.moderators),
    })
}

async fn save(
    web: Data<Web>,
    page: Page,
    id: Option<CategoryId>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Administrator)?.clone();
    let form: Form = raw.accept(&web, &page)?;
    let done = match draft(&form) {
        Ok(draft) => {
            let house = web.house.clone();
            web.house
                .db
                .write(move |conn| Ok::<_, AppError>(service::save(conn, &house, &actor, id, &draft)?))
                .await
        }
        Err(e) => Err(e),
    };
    match done {
        Ok(_) => Ok(see_other("/admin/categories")),
        Err(e) => draw(&web, &page, id, Some(form), Refused::by(&page, e)?).await,
    }
}

/// `POST /admin/categories`.
pub async fn create(web: Data<Web>, page: Page, raw: RawForm) -> Result<HttpResponse, AppError> {
    save(web, page, None, raw).await
}

/// `POST /admin/categories/{id}`.
pub async fn update(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let id = CategoryId(*id);
    save(web, page, Some(id), raw).await
}

/// `POST /admin/categories/{id}/delete`.
pub async fn remove(
    web: Data<Web>,
    page: Page,
    id: Path<i64>,
    raw: RawForm,
) -> Result<HttpResponse, AppError> {
    let actor = page.at_least(Role::Administrator)?.clone();
    if confirming::is_unsure(&web, &page, &raw)? {
        return confirming::ask(
            &web,
            &page,
            &raw,
            Question::of(&page.shell, "delete-confirm", "category-delete", format!("/admin/categories/{id}")),
        );
    }
    let (house, id) = (web.house.clone(), CategoryId(*id));
    let done =
        web.house.db.write(move |conn| Ok::<_, AppError>(service::remove(conn, &house, &actor, id)?)).await;
    match done {
        Ok(()) => Ok(see_other("/admin/categories")),
        Err(e) if e.0.code() == "category_not_empty" => {
            draw(&web, &page, Some(id), None, Refused::beside(&page, &e, "name")).await
        }
        Err(e) => Err(e),
    }
}
