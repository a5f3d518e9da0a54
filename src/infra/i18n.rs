//! One Fluent catalogue for everything a person reads. User text never passes through it as a pattern.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::base::locale::Locale;
use crate::base::time::{UtcTime, Zone};

const EN: &str = include_str!("../../templates/locales/en.ftl");
const ZH_CN: &str = include_str!("../../templates/locales/zh-CN.ftl");
const ZH_TW: &str = include_str!("../../templates/locales/zh-TW.ftl");

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 3]> =
    LazyLock::new(|| [bundle(Locale::En, EN), bundle(Locale::ZhCn, ZH_CN), bundle(Locale::ZhTw, ZH_TW)]);

fn bundle(locale: Locale, text: &str) -> FluentBundle<FluentResource> {
    let id = locale.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    bundle.set_use_isolating(false);
    // A resource with a slip still gives the messages that parsed; a guard test holds that there is no slip.
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(partial, _)| partial);
    bundle.add_resource_overriding(resource);
    bundle
}

fn of(locale: Locale) -> &'static FluentBundle<FluentResource> {
    let [en, cn, tw] = &*BUNDLES;
    match locale {
        Locale::En => en,
        Locale::ZhCn => cn,
        Locale::ZhTw => tw,
    }
}

/// True when `locale` has the message `key`.
pub fn has(locale: Locale, key: &str) -> bool {
    of(locale).get_message(key).is_some_and(|m| m.value().is_some())
}

/// The message `key` in `locale`; the key itself when it is missing everywhere.
pub fn text(locale: Locale, key: &str) -> String {
    format(locale, key, &[])
}

/// The message `key` with `args`. An argument that is an integer also selects plural forms.
pub fn format(locale: Locale, key: &str, args: &[(&str, &str)]) -> String {
    let mut fluent = FluentArgs::new();
    for (name, value) in args {
        fluent.set(Cow::Borrowed(*name), FluentValue::String(Cow::Borrowed(*value)));
    }
    lookup(locale, key, &fluent)
}

/// The message `key` about `n` things: `$n` selects the plural form, `$shown` is the number as written.
pub fn count(locale: Locale, key: &str, n: i64) -> String {
    let mut args = FluentArgs::new();
    args.set("n", FluentValue::from(n));
    args.set("shown", FluentValue::from(number(n)));
    lookup(locale, key, &args)
}

fn lookup(locale: Locale, key: &str, args: &FluentArgs<'_>) -> String {
    for candidate in [locale, Locale::En] {
        let bundle = of(candidate);
        if let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) {
            let mut errors = Vec::new();
            return bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        }
    }
    key.to_owned()
}

/// `12345` as `12,345`, the same in the three languages.
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if n < 0 { format!("-{out}") } else { out }
}

/// A number of bytes as people read it, the same in the three languages: `812 B`, `12.4 MB`, `252 GB`.
pub fn bytes(n: u64) -> String {
    let mut unit = "B";
    let mut tenths = n.saturating_mul(10);
    for larger in ["kB", "MB", "GB", "TB"] {
        if tenths < 10_000 {
            break;
        }
        (tenths, unit) = (tenths / 1_000, larger);
    }
    let (whole, tenth) = (tenths / 10, tenths % 10);
    if unit == "B" || whole >= 100 { format!("{whole} {unit}") } else { format!("{whole}.{tenth} {unit}") }
}

/// The day of `at` in `zone` without its year: `21 Nov`, `11月21日`.
pub fn day(locale: Locale, zone: &Zone, at: UtcTime) -> String {
    let c = zone.calendar(at);
    match locale {
        Locale::En => c.strftime("%-d %b").to_string(),
        Locale::ZhCn | Locale::ZhTw => format!("{}月{}日", c.month(), c.day()),
    }
}

/// The date of `at` in `zone` as people of `locale` write it: `21 Nov 2026`, `2026年11月21日`.
pub fn date(locale: Locale, zone: &Zone, at: UtcTime) -> String {
    let c = zone.calendar(at);
    match locale {
        Locale::En => c.strftime("%-d %b %Y").to_string(),
        Locale::ZhCn | Locale::ZhTw => format!("{}年{}月{}日", c.year(), c.month(), c.day()),
    }
}

/// Date and time of `at` in `zone` with its distance from UTC, for titles and tables.
pub fn date_time(locale: Locale, zone: &Zone, at: UtcTime) -> String {
    let c = zone.calendar(at);
    let ahead = if c.offset().is_zero() { String::new() } else { c.strftime("%:z").to_string() };
    format!("{} {} UTC{ahead}", date(locale, zone, at), c.strftime("%H:%M"))
}

/// The month of `at`: `November 2026`, `2026年11月`.
pub fn month(locale: Locale, year: i16, month: i8) -> String {
    match locale {
        Locale::En => jiff::civil::Date::new(year, month, 1)
            .map_or_else(|_| format!("{year}-{month:02}"), |d| d.strftime("%B %Y").to_string()),
        Locale::ZhCn | Locale::ZhTw => format!("{year}年{month}月"),
    }
}

/// The sources of the catalogue, for the guard that compares them.
pub fn sources() -> [(Locale, &'static str); 3] {
    [(Locale::En, EN), (Locale::ZhCn, ZH_CN), (Locale::ZhTw, ZH_TW)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(number(-1_000), "-1,000");
    }

    #[test]
    fn bytes_are_read_at_a_glance() {
        let of = |n| bytes(n);
        assert_eq!([of(0), of(812), of(1_000), of(12_449_000)], ["0 B", "812 B", "1.0 kB", "12.4 MB"]);
        assert_eq!([of(252_600_000_000), of(u64::MAX / 10)], ["252 GB", "1844674 TB"]);
    }

    #[test]
    fn dates_follow_the_language() {
        let at = UtcTime::parse("2026-11-01T08:05:00Z").unwrap();
        let utc = Zone::default();
        assert_eq!(date(Locale::En, &utc, at), "1 Nov 2026");
        assert_eq!(date(Locale::ZhCn, &utc, at), "2026年11月1日");
        assert_eq!(date_time(Locale::En, &utc, at), "1 Nov 2026 08:05 UTC");
        let west = Zone::parse("Pacific/Honolulu").unwrap();
        assert_eq!(date_time(Locale::En, &west, at), "31 Oct 2026 22:05 UTC-10:00");
        assert_eq!(month(Locale::En, 2026, 2), "February 2026");
        assert_eq!(
            (day(Locale::En, &utc, at).as_str(), day(Locale::ZhTw, &west, at).as_str()),
            ("1 Nov", "10月31日")
        );
    }

    #[test]
    fn plurals_follow_the_language() {
        assert_eq!(count(Locale::En, "replies-count", 1), "1 reply");
        assert_eq!(count(Locale::En, "replies-count", 1200), "1,200 replies");
        assert_eq!(count(Locale::ZhCn, "replies-count", 1), "1 条回复");
    }
}
