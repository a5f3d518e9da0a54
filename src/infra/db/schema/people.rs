//! Of members, their sessions and keys.

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
