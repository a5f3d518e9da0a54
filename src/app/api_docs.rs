//! `/api/docs`: the API's description for people, drawn from the OpenAPI document, so that the two cannot differ.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use serde_json::Value;
use utoipa::OpenApi;

use super::openapi::ApiDocument;
use crate::web::cache::{self, Keep};
use crate::web::head::Head;
use crate::web::shell::Shell;
use crate::web::{AppError, Page, Web};

/// A field of a body or an answer.
struct Field {
    name: String,
    kind: String,
    required: bool,
    about: String,
}

/// Something given beside the body.
struct Parameter {
    name: String,
    place: String,
    kind: String,
    required: bool,
    about: String,
}

/// One call.
struct Call {
    anchor: String,
    method: String,
    path: String,
    summary: String,
    parameters: Vec<Parameter>,
    body: Vec<Field>,
    answer: Option<(String, Vec<Field>)>,
    refusals: Vec<String>,
}

/// The calls about one noun.
struct Group {
    name: String,
    calls: Vec<Call>,
}

#[derive(Template)]
#[template(path = "pages/api.html")]
struct ApiPage {
    shell: Shell,
    head: Head,
    groups: Vec<Group>,
    base: String,
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The type of a schema in words: `string`, `integer`, `list of string`, the name of another schema.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return name.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(options) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
        let kinds: Vec<String> = options.iter().map(kind).filter(|k| k != "null").collect();
        return kinds.join(" or ");
    }
    let named = match schema.get("type") {
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).filter(|n| *n != "null").collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    };
    match schema.get("items") {
        Some(items) if named == "array" => format!("list of {}", kind(items)),
        _ => named,
    }
}

/// The fields of a schema, by name.
fn fields(document: &Value, schema: &Value) -> Vec<Field> {
    let schema = match schema.get("$ref").and_then(Value::as_str) {
        Some(path) => document.pointer(path.trim_start_matches('#')).unwrap_or(schema),
        None => schema,
    };
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|all| all.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let properties = schema.get("properties").and_then(Value::as_object);
    properties
        .into_iter()
        .flatten()
        .map(|(name, property)| Field {
            kind: kind(property),
            required: required.contains(&name.as_str()),
            about: text(property, "description").to_owned(),
            name: name.clone(),
        })
        .collect()
}

fn schema_of(part: &Value) -> Option<&Value> {
    part.pointer("/content/application~1json/schema")
}

fn call(document: &Value, method: &str, path: &str, operation: &Value) -> Call {
    let parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let responses = operation.get("responses").and_then(Value::as_object);
    let good = responses.and_then(|all| all.iter().find(|(status, _)| status.starts_with('2')));
    Call {
        anchor: format!("{method}{}", path.replace(['/', '{', '}'], "-")),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(operation, "summary").to_owned(),
        parameters: parameters
            .map(|p| Parameter {
                name: text(p, "name").to_owned(),
                place: text(p, "in").to_owned(),
                kind: p.get("schema").map(kind).unwrap_or_default(),
                required: p.get("required").and_then(Value::as_bool).unwrap_or(false),
                about: text(p, "description").to_owned(),
            })
            .collect(),
        body: operation
            .get("requestBody")
            .and_then(schema_of)
            .map(|schema| fields(document, schema))
            .unwrap_or_default(),
        answer: good.map(|(status, answer)| {
            (status.clone(), schema_of(answer).map(|schema| fields(document, schema)).unwrap_or_default())
        }),
        refusals: responses
            .map(|all| all.keys().filter(|status| !status.starts_with('2')).cloned().collect())
            .unwrap_or_default(),
    }
}

/// All calls by noun, in the order of their addresses.
fn groups(document: &Value) -> Vec<Group> {
    let mut by_noun: BTreeMap<String, Vec<Call>> = BTreeMap::new();
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let noun = operation.pointer("/tags/0").and_then(Value::as_str).unwrap_or("other");
            by_noun.entry(noun.to_owned()).or_default().push(call(document, method, path, operation));
        }
    }
    by_noun.into_iter().map(|(name, calls)| Group { name, calls }).collect()
}

/// `GET /api/docs`. The description is in English, as the API is.
pub async fn page(web: Data<Web>, page: Page) -> Result<HttpResponse, AppError> {
    let document = serde_json::to_value(ApiDocument::openapi()).unwrap_or_default();
    let shell = page.shell.clone();
    let template = ApiPage {
        head: Head::new(&shell, "API", &shell.t1("api-about", "site", &shell.site), "/api/docs"),
        groups: groups(&document),
        base: format!("{}/api/v1", shell.base_url),
        shell,
    };
    page.kept(&web, &template, Keep::of(Vec::new(), cache::THREAD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_described_with_its_fields() {
        let document = serde_json::to_value(ApiDocument::openapi()).unwrap();
        let groups = groups(&document);
        let calls: Vec<&Call> = groups.iter().flat_map(|g| &g.calls).collect();
        let paths = document["paths"].as_object().unwrap();
        assert_eq!(calls.len(), paths.values().map(|p| p.as_object().unwrap().len()).sum::<usize>());
        assert!(calls.iter().all(|c| !c.summary.is_empty() && c.answer.is_some()));
        let open = calls.iter().find(|c| c.method == "POST" && c.path == "/api/v1/threads").unwrap();
        let title = open.body.iter().find(|f| f.name == "title").unwrap();
        assert!(title.required && title.kind == "string");
        let tags = open.body.iter().find(|f| f.name == "tags").unwrap();
        assert_eq!(tags.kind, "list of string");
        assert!(open.answer.as_ref().is_some_and(|(status, fields)| status == "201" && !fields.is_empty()));
    }
}
