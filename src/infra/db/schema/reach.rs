//! Of search and what it knows.

diesel::table! {
    related_threads (thread_id) {
        thread_id -> BigInt,
        related -> Text,
        made_at -> BigInt,
    }
}

diesel::table! {
    search_synonyms (id) {
        id -> BigInt,
        terms -> Text,
        means -> Text,
        two_way -> Bool,
        folded -> Text,
        changed_at -> BigInt,
        changed_by -> BigInt,
    }
}

diesel::table! {
    search_words (id) {
        id -> BigInt,
        word -> Text,
        folded -> Text,
        added_at -> BigInt,
        added_by -> BigInt,
    }
}

diesel::table! {
    search_queries (id) {
        id -> BigInt,
        public_id -> Text,
        at -> BigInt,
        folded -> Text,
        shown -> Text,
        locale -> Text,
        total -> BigInt,
        complete -> BigInt,
        period -> BigInt,
        asker -> BigInt,
        clicked -> Nullable<SmallInt>,
    }
}

diesel::table! {
    post_fingerprints (post_id) {
        post_id -> BigInt,
        thread_id -> BigInt,
        hash -> BigInt,
        band_a -> Integer,
        band_b -> Integer,
        band_c -> Integer,
        band_d -> Integer,
    }
}

diesel::table! {
    duplicate_suspects (id) {
        id -> BigInt,
        post_id -> BigInt,
        of_post_id -> BigInt,
        distance -> SmallInt,
        at -> BigInt,
        state -> SmallInt,
    }
}
