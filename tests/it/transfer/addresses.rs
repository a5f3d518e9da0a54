//! Addresses of a former forum over HTTP: one hop to where it lives now, nothing for who may not see it.

use hearth::base::actor::Role;

use crate::app_on_both;
use crate::support::app::Caller;

app_on_both! {
    async fn old_paths_answer_with_one_hop(app) {
        app.category("seals", None, &[]);
        let ada = app.member("ada", Role::Member);
        app.category("staff", Some(&["ada"]), &[]);
        app.member("expert1", Role::Expert);
        app.sql(
            "INSERT INTO former_addresses (path, kind, local_id) SELECT '/c/12', 1, id FROM categories WHERE slug = 'seals'; \
             INSERT INTO former_addresses (path, kind, local_id) SELECT '/c/13', 1, id FROM categories WHERE slug = 'staff'; \
             INSERT INTO former_addresses (path, kind, local_id) SELECT '/u/ada.of.the.long.name', 2, id FROM members WHERE handle = 'ada'; \
             INSERT INTO former_addresses (path, kind, local_id) SELECT '/u/the_expert', 2, id FROM members WHERE handle = 'expert1'",
        );
        let visitor = Caller::visitor();
        for path in ["/c/12", "/c/pumps/12", "/c/pumps/gaskets/12", "/c/pumps/12/l/latest"] {
            let answer = app.get(path, &visitor).await;
            assert_eq!((answer.status.as_u16(), answer.location()), (301, "/c/seals"), "{path}");
        }
        for path in ["/c/13", "/c/private/13", "/c/99", "/c/none", "/u/nobody", "/u/nobody/summary"] {
            assert_eq!(app.get(path, &visitor).await.status, 404, "{path}");
        }
        assert_eq!(app.get("/c/13", &ada).await.location(), "/c/staff", "for who may read it");
        for path in ["/u/the_expert", "/u/The_Expert", "/u/the_expert/summary", "/users/the_expert", "/users/expert1", "/u/expert1/activity"] {
            let answer = app.get(path, &visitor).await;
            assert_eq!((answer.status.as_u16(), answer.location()), (301, "/u/expert1"), "{path}");
        }
        let long = "/u/ada.of.the.long.name";
        assert_eq!(app.get(long, &visitor).await.status, 404, "her profile is for members");
        assert_eq!(app.get(long, &ada).await.location(), "/u/ada");
        assert_eq!(app.get("/u/expert1", &visitor).await.status, 200);
    }
}
