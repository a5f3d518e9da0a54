//! Signing up: over the API, sent more than once; in the form, everything that is wrong at once.

use serde_json::json;

use hearth::base::actor::Role;

use crate::app_on_both;
use crate::support::app::Caller;

const KEY: [(&str, &str); 1] = [("idempotency-key", "5b0c2f")];

app_on_both! {
    async fn a_sign_up_sent_again_makes_no_second_account(app) {
        let nobody = Caller::visitor();
        let body = |name: &str, password: &str| json!({ "username": name, "email": format!("{name}@mail.test"), "password": password });
        let good = "correct horse battery";
        let send = |body: serde_json::Value| app.api_with("POST", "/auth/signup", &nobody, Some(body), &KEY);
        let first = send(body("mira", good)).await;
        assert_eq!(first.status, 201, "{}", first.body);
        let again = send(body("mira", good)).await;
        assert_eq!((again.status, &again.json()["id"]), (first.status, &first.json()["id"]));
        assert_ne!(again.json()["token"], first.json()["token"], "no token is kept to be repeated");
        for answer in [&first, &again] {
            let token = answer.json()["token"].as_str().unwrap().to_owned();
            let me = app.api("GET", "/me", &Caller::visitor().with_token(&token), None).await;
            assert_eq!(me.json()["username"], "mira");
        }
        for other in [body("other", good), body("mira", "another good secret")] {
            let answer = send(other).await;
            assert_eq!((answer.status.as_u16(), answer.json()["error"]["code"].as_str()), (422, Some("idempotency_key_reused")));
        }
        let without = app.api("POST", "/auth/signup", &nobody, Some(body("mira", good))).await;
        assert_eq!(without.status, 409, "without a key it is another request");
        let refused = app.api_with("POST", "/auth/signup", &nobody, Some(body("x", "short")), &[("idempotency-key", "k2")]).await;
        assert_eq!(refused.status, 422);
        let mended = app.api_with("POST", "/auth/signup", &nobody, Some(body("bo", good)), &[("idempotency-key", "k2")]).await;
        assert_eq!(mended.status, 201, "what was refused has used up nothing");
    }
}

app_on_both! {
    async fn the_form_names_everything_that_is_wrong_at_once(app) {
        app.member("ada", Role::Member);
        let form = app.get("/signup", &Caller::visitor()).await;
        let guest = Caller::visitor().with_cookies(form.cookies());
        let send = async |fields: [&str; 3]| {
            let [name, email, password] = fields;
            app.post("/signup", &guest, &[("username", name), ("email", email), ("password", password)]).await.texts(".field-error").len()
        };
        assert_eq!(send(["a b/c", "nowhere", "short"]).await, 3);
        assert_eq!(send(["ADA", "new@mail.test", "short"]).await, 2, "a taken name beside a short password");
        assert_eq!(send(["ada", "new@mail.test", "password1234"]).await, 2, "and beside one that is soon guessed");
        assert_eq!(send(["bo", "ada@mail.test", "short"]).await, 1, "an address is not told of");
    }
}
