//! The tables as diesel sees them: one description for both databases. The guard `migration_twins` compares
//! it with what the migrations of either dialect really make.
#![expect(missing_docs, reason = "columns are documented where their room gives them types")]

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
    related_threads (thread_id) {
        thread_id -> BigInt,
        related -> Text,
        made_at -> BigInt,
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
    members (id) {
        id -> BigInt,
        public_id -> Text,
        handle -> Text,
        handle_key -> Text,
        handle_fold -> Text,
        display_name -> Text,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        email_confirmed -> Bool,
        role -> SmallInt,
        password_hash -> Nullable<Text>,
        bio -> Text,
        locale -> Nullable<Text>,
        theme -> Nullable<Text>,
        profile_public -> Bool,
        suspended_until -> Nullable<BigInt>,
        suspended_reason -> Nullable<Text>,
        imported -> Bool,
        created_at -> BigInt,
        last_seen_at -> Nullable<BigInt>,
        level -> SmallInt,
        handle_changed_at -> Nullable<BigInt>,
        avatar -> Nullable<Text>,
    }
}

diesel::table! {
    former_handles (handle_fold) {
        handle_fold -> Text,
        handle_key -> Text,
        member_id -> BigInt,
        changed_at -> BigInt,
    }
}

diesel::table! {
    member_names (name, member_id) {
        name -> Text,
        member_id -> BigInt,
    }
}

diesel::table! {
    category_moderators (member_id, category_id) {
        member_id -> BigInt,
        category_id -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        token_hash -> Binary,
        member_id -> BigInt,
        created_at -> BigInt,
        seen_at -> BigInt,
        expires_at -> BigInt,
        agent -> Text,
        address -> Text,
    }
}

diesel::table! {
    api_tokens (id) {
        id -> BigInt,
        token_hash -> Binary,
        member_id -> BigInt,
        name -> Text,
        scopes -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        seen_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    one_time_links (id) {
        id -> BigInt,
        token_hash -> Binary,
        purpose -> SmallInt,
        member_id -> Nullable<BigInt>,
        issued_by -> Nullable<BigInt>,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
        role -> Nullable<SmallInt>,
        uses -> Integer,
        used -> Integer,
        note -> Text,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    member_counters (member_id) {
        member_id -> BigInt,
        threads -> BigInt,
        posts -> BigInt,
        likes_given -> BigInt,
        likes_received -> BigInt,
        answers_accepted -> BigInt,
    }
}

diesel::table! {
    categories (id) {
        id -> BigInt,
        parent_id -> Nullable<BigInt>,
        slug -> Text,
        name -> Text,
        description -> Text,
        colour -> Text,
        position -> Integer,
        private -> Bool,
        post_role -> SmallInt,
        threads -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    former_category_slugs (slug) {
        slug -> Text,
        category_id -> BigInt,
    }
}

diesel::table! {
    category_members (category_id, member_id) {
        category_id -> BigInt,
        member_id -> BigInt,
    }
}

diesel::table! {
    category_roles (category_id, role) {
        category_id -> BigInt,
        role -> SmallInt,
    }
}

diesel::table! {
    tags (id) {
        id -> BigInt,
        slug -> Text,
        name -> Text,
        threads -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    threads (id) {
        id -> BigInt,
        category_id -> BigInt,
        author_id -> BigInt,
        kind -> SmallInt,
        title -> Text,
        slug -> Text,
        lang -> Text,
        state -> SmallInt,
        was_public -> Bool,
        closed -> Bool,
        unanswered -> Bool,
        created_at -> BigInt,
        changed_at -> BigInt,
        last_post_at -> BigInt,
        last_poster_id -> BigInt,
        next_number -> Integer,
        posts -> BigInt,
        likes -> BigInt,
        views -> BigInt,
        heat -> Double,
        accepted_post_id -> Nullable<BigInt>,
        featured_at -> Nullable<BigInt>,
        deleted_by -> Nullable<BigInt>,
        deleted_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}

diesel::table! {
    thread_tags (thread_id, tag_id) {
        thread_id -> BigInt,
        tag_id -> BigInt,
    }
}

diesel::table! {
    engagements (id) {
        id -> BigInt,
        thread_id -> BigInt,
        kind -> SmallInt,
        source_id -> BigInt,
        member_id -> Nullable<BigInt>,
        day -> BigInt,
        at -> BigInt,
        factor -> Double,
    }
}

diesel::table! {
    thread_scores (period, thread_id) {
        period -> SmallInt,
        thread_id -> BigInt,
        category_id -> BigInt,
        score -> Double,
    }
}

diesel::table! {
    posts (id) {
        id -> BigInt,
        thread_id -> BigInt,
        number -> Integer,
        author_id -> BigInt,
        body -> Text,
        html -> Text,
        renderer -> Integer,
        lang -> Text,
        state -> SmallInt,
        was_public -> Bool,
        reply_to -> Nullable<BigInt>,
        likes -> BigInt,
        anonymous_likes -> BigInt,
        revisions -> Integer,
        created_at -> BigInt,
        edited_at -> Nullable<BigInt>,
        edited_by -> Nullable<BigInt>,
        deleted_at -> Nullable<BigInt>,
        deleted_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    revisions (id) {
        id -> BigInt,
        post_id -> BigInt,
        number -> Integer,
        title -> Nullable<Text>,
        body -> Text,
        written_by -> BigInt,
        written_at -> BigInt,
    }
}

diesel::table! {
    reactions (post_id, member_id, kind) {
        post_id -> BigInt,
        member_id -> BigInt,
        kind -> SmallInt,
        active -> Bool,
        generation -> Integer,
        reacted_at -> BigInt,
    }
}

diesel::table! {
    read_positions (member_id, thread_id) {
        member_id -> BigInt,
        thread_id -> BigInt,
        number -> Integer,
        read_at -> BigInt,
    }
}

diesel::table! {
    follows (member_id, thread_id) {
        member_id -> BigInt,
        thread_id -> BigInt,
        followed_at -> BigInt,
    }
}

diesel::table! {
    pins (id) {
        id -> BigInt,
        thread_id -> BigInt,
        category_id -> Nullable<BigInt>,
        position -> Integer,
        until -> Nullable<BigInt>,
        pinned_by -> BigInt,
        pinned_at -> BigInt,
    }
}

diesel::table! {
    pin_dismissals (member_id, pin_id) {
        pin_id -> BigInt,
        member_id -> BigInt,
    }
}

diesel::table! {
    removals (id) {
        id -> BigInt,
        member_id -> BigInt,
        removed_by -> BigInt,
        removed_at -> BigInt,
        undone_at -> Nullable<BigInt>,
        thread_ids -> Text,
        post_ids -> Text,
        answers -> Text,
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

diesel::table! {
    ledger (id) {
        id -> BigInt,
        account -> BigInt,
        kind -> SmallInt,
        subject -> BigInt,
        giver -> BigInt,
        generation -> BigInt,
        delta -> BigInt,
        reverses -> Nullable<BigInt>,
        balances -> Nullable<BigInt>,
        reason -> Text,
        post_id -> Nullable<BigInt>,
        occurred_at -> BigInt,
        recorded_at -> BigInt,
    }
}

diesel::table! {
    point_accounts (member_id) {
        member_id -> BigInt,
        balance -> BigInt,
        growth -> BigInt,
        debt -> BigInt,
    }
}

diesel::table! {
    point_sources (kind, subject, giver) {
        kind -> SmallInt,
        subject -> BigInt,
        giver -> BigInt,
        account -> BigInt,
        thread_id -> BigInt,
        day -> BigInt,
        holds -> BigInt,
        standing -> Bool,
        amount -> BigInt,
        generation -> BigInt,
        entry_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    point_days (account, kind, day) {
        account -> BigInt,
        kind -> SmallInt,
        day -> BigInt,
        used -> BigInt,
    }
}

diesel::table! {
    point_rules (kind) {
        kind -> SmallInt,
        points -> BigInt,
        per_day -> Nullable<BigInt>,
    }
}

diesel::table! {
    levels (number) {
        number -> SmallInt,
        threshold -> BigInt,
        name_en -> Text,
        name_zh_cn -> Text,
        name_zh_tw -> Text,
    }
}

diesel::joinable!(posts -> threads (thread_id));
diesel::joinable!(sessions -> members (member_id));
diesel::joinable!(api_tokens -> members (member_id));
diesel::joinable!(thread_tags -> tags (tag_id));

diesel::table! {
    uploads (id) {
        id -> BigInt,
        key -> Text,
        member_id -> BigInt,
        purpose -> SmallInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    upload_files (upload_id, variant) {
        upload_id -> BigInt,
        variant -> Text,
        content_type -> Text,
        width -> Integer,
        height -> Integer,
        bytes -> Binary,
    }
}

diesel::joinable!(upload_files -> uploads (upload_id));

diesel::table! {
    custom_pages (id) {
        id -> BigInt,
        slug -> Text,
        title -> Text,
        description -> Text,
        body -> Text,
        html -> Text,
        renderer -> Integer,
        lang -> Text,
        state -> SmallInt,
        was_public -> Bool,
        revision -> Integer,
        published_at -> Nullable<BigInt>,
        changed_at -> BigInt,
        changed_by -> BigInt,
    }
}

diesel::table! {
    former_page_slugs (slug) {
        slug -> Text,
        page_id -> BigInt,
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

diesel::allow_tables_to_appear_in_same_query!(
    schema_info,
    activities,
    leases,
    jobs,
    settings,
    secrets,
    uploads,
    upload_files,
    custom_pages,
    former_page_slugs,
    audit_entries,
    request_limits,
    idempotent_answers,
    members,
    former_handles,
    member_names,
    category_moderators,
    sessions,
    api_tokens,
    one_time_links,
    member_counters,
    categories,
    former_category_slugs,
    category_members,
    category_roles,
    tags,
    threads,
    thread_tags,
    engagements,
    thread_scores,
    posts,
    revisions,
    reactions,
    read_positions,
    follows,
    pins,
    pin_dismissals,
    removals,
    import_map,
    former_addresses,
    ledger,
    point_accounts,
    point_sources,
    point_days,
    point_rules,
    levels,
    related_threads,
    search_synonyms,
    search_words,
    search_queries,
    post_fingerprints,
    duplicate_suspects,
);
