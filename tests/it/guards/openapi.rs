//! The API's description is a promise: its snapshot changes only on purpose, and it names every route.

use hearth::app::openapi::ApiDocument;
use hearth::app::routes;
use utoipa::OpenApi;

#[test]
fn the_document_is_what_was_promised() {
    insta::assert_snapshot!("openapi", ApiDocument::openapi().to_pretty_json().unwrap());
}

#[test]
fn every_route_of_the_api_is_described() {
    let document = serde_json::to_value(ApiDocument::openapi()).unwrap();
    for entry in
        routes::table().iter().filter(|e| e.path.starts_with("/api/v1/") && !e.path.ends_with("openapi.json"))
    {
        let method = entry.method.as_str().to_ascii_lowercase();
        assert!(
            document["paths"][entry.path][&method].is_object(),
            "{method} {} is not described",
            entry.path
        );
    }
}
