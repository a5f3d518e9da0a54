//! Of what members write and how it is filed.

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
