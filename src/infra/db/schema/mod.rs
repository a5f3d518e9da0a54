//! The tables as diesel sees them: one description for both databases. The guard `migration_twins` compares
//! it with what the migrations of either dialect really make. Tables stand by the wing that writes them.
#![expect(missing_docs, reason = "columns are documented where their room gives them types")]

mod content;
mod engage;
mod infra;
mod people;
mod reach;

pub use content::*;
pub use engage::*;
pub use infra::*;
pub use people::*;
pub use reach::*;

diesel::joinable!(posts -> threads (thread_id));
diesel::joinable!(sessions -> members (member_id));
diesel::joinable!(api_tokens -> members (member_id));
diesel::joinable!(thread_tags -> tags (tag_id));
diesel::joinable!(upload_files -> uploads (upload_id));

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
