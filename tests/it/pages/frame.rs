//! What stands around every page.

use hearth::base::actor::Role;

use crate::app_on_both;

app_on_both! {
    async fn the_rail_does_not_repeat_the_tabs(app) {
        app.category("general", None, &[]);
        let ada = app.member("ada", Role::Member);
        for path in ["/", "/latest", "/top", "/following"] {
            let page = app.get(path, &ada).await;
            assert_eq!(page.texts(".rail a"), ["Home", "Tags", "general"], "{path}");
            assert_eq!(page.texts(".rail [aria-current]"), ["Home"], "{path}");
            assert!(page.texts(".tabs a").len() >= 7 && page.texts(".tabs [aria-current]").len() == 1, "{path}");
        }
        assert_eq!(app.get("/tags", &ada).await.texts(".rail [aria-current]"), ["Tags"]);
    }
}
