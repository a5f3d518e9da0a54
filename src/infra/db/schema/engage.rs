//! Of points and levels.

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
