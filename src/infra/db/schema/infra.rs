//! Of the machines, the site as a whole and what was brought from elsewhere.

diesel::table! {
    schema_info (id) {
        id -> BigInt,
        min_compatible -> BigInt,
    }
}

diesel::table! {
    activities (id) {
        id -> BigInt,
        seq -> Nullable<BigInt>,
        verb -> Text,
        actor_id -> Nullable<BigInt>,
        member_id -> Nullable<BigInt>,
        thread_id -> Nullable<BigInt>,
        post_id -> Nullable<BigInt>,
        category_id -> Nullable<BigInt>,
        origin -> SmallInt,
        occurred_at -> BigInt,
        recorded_at -> BigInt,
        payload -> Text,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        epoch -> BigInt,
        holder -> Text,
        expires_at -> BigInt,
        cursor -> BigInt,
    }
}

diesel::table! {
    jobs (id) {
        id -> BigInt,
        kind -> Text,
        args -> Text,
        state -> SmallInt,
        done -> BigInt,
        total -> BigInt,
        message -> Text,
        created_at -> BigInt,
        started_at -> Nullable<BigInt>,
        finished_at -> Nullable<BigInt>,
        node -> Nullable<Text>,
    }
}

diesel::table! {
    settings (name) {
        name -> Text,
        value -> Text,
        updated_at -> BigInt,
    }
}

diesel::table! {
    secrets (name) {
        name -> Text,
        value -> Binary,
    }
}

diesel::table! {
    audit_entries (id) {
        id -> BigInt,
        actor_id -> Nullable<BigInt>,
        action -> Text,
        subject -> Text,
        detail -> Text,
        recorded_at -> BigInt,
    }
}

diesel::table! {
    request_limits (bucket, slot) {
        bucket -> Text,
        slot -> BigInt,
        hits -> BigInt,
    }
}

diesel::table! {
    idempotent_answers (member_id, route, request_key) {
        member_id -> BigInt,
        route -> Text,
        request_key -> Text,
        request_hash -> Binary,
        status -> SmallInt,
        answer -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    import_map (source, kind, foreign_id) {
        source -> Text,
        kind -> SmallInt,
        foreign_id -> Text,
        local_id -> BigInt,
    }
}

diesel::table! {
    former_addresses (path) {
        path -> Text,
        kind -> SmallInt,
        local_id -> BigInt,
    }
}
