//! Points in time: microseconds since 1970-01-01 UTC, in both databases a BIGINT.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;

/// Microseconds in one second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in one hour.
pub const HOUR: i64 = 3_600 * SECOND;
/// Microseconds in one day.
pub const DAY: i64 = 24 * HOUR;

/// A point in time, microseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub struct UtcTime(pub i64);

impl UtcTime {
    /// Parses RFC 3339, or `None` when `text` is not that.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|at| Self(at.as_microsecond()))
    }

    /// The same point as RFC 3339 with whole seconds and `Z`.
    pub fn rfc3339(self) -> String {
        self.calendar().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The same point in the HTTP date format (RFC 9110, section 5.6.7).
    pub fn http_date(self) -> String {
        self.calendar().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    /// Parses the HTTP date format, or `None` when `text` is not that.
    pub fn parse_http(text: &str) -> Option<Self> {
        let parser = jiff::fmt::rfc2822::DateTimeParser::new();
        parser.parse_timestamp(text).ok().map(|at| Self(at.as_microsecond()))
    }

    /// Broken down into UTC calendar fields; times outside jiff's range are clamped.
    pub fn calendar(self) -> jiff::Zoned {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC)
    }

    /// Days since 1970-01-01, UTC.
    pub fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// This point moved by `micros`, saturating.
    #[must_use]
    pub fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Microseconds since `earlier`, negative when this is before it.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A time zone of the IANA database, which is compiled in, so that all nodes of one release agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(jiff::tz::TimeZone);

impl Default for Zone {
    fn default() -> Self {
        Self(jiff::tz::TimeZone::UTC)
    }
}

impl Zone {
    /// The zone called `name`, such as `Asia/Shanghai`, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        jiff::tz::TimeZoneDatabase::bundled().get(name.trim()).ok().map(Self)
    }

    /// Its name as the database writes it.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The names of all zones.
    pub fn names() -> Vec<String> {
        jiff::tz::TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect()
    }

    /// `at` broken down into this zone's calendar and clock.
    pub fn calendar(&self, at: UtcTime) -> jiff::Zoned {
        at.calendar().with_time_zone(self.0.clone())
    }

    /// The last microsecond of the day that `text` (`2026-11-20`) names in this zone, or `None` when it names none.
    pub fn end_of_day(&self, text: &str) -> Option<UtcTime> {
        let next = text.trim().parse::<jiff::civil::Date>().ok()?.tomorrow().ok()?;
        let midnight = next.to_zoned(self.0.clone()).ok()?;
        Some(UtcTime(midnight.timestamp().as_microsecond()).plus(-1))
    }

    /// The beginning of the day of `at`.
    pub fn start_of_day(&self, at: UtcTime) -> UtcTime {
        let start = self.calendar(at).start_of_day();
        start.map_or(at, |start| UtcTime(start.timestamp().as_microsecond()))
    }

    /// Days of this zone's calendar between 1970-01-01 and `at`.
    pub fn day(&self, at: UtcTime) -> i64 {
        let moment = jiff::Timestamp::from_microsecond(at.0).unwrap_or_default();
        let ahead = i64::from(self.0.to_offset(moment).seconds());
        at.plus(ahead.saturating_mul(SECOND)).day()
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for UtcTime
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(bytes).map(Self)
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for UtcTime
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl serde::Serialize for UtcTime {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.rfc3339())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_goes_there_and_back() {
        let at = UtcTime::parse("2024-02-29T23:59:59.250Z").unwrap();
        assert_eq!(at.rfc3339(), "2024-02-29T23:59:59Z");
        assert_eq!(at.http_date(), "Thu, 29 Feb 2024 23:59:59 GMT");
        assert_eq!(UtcTime::parse("yesterday"), None);
        assert_eq!(UtcTime::parse_http(&at.http_date()), Some(at.plus(-250_000)));
        assert_eq!(UtcTime::parse_http("yesterday"), None);
    }

    #[test]
    fn days_before_the_epoch_round_down() {
        assert_eq!(UtcTime(-1).day(), -1);
        assert_eq!(UtcTime(DAY).day(), 1);
    }

    #[test]
    fn a_day_begins_where_its_zone_says() {
        let at = |text| UtcTime::parse(text).unwrap();
        let shanghai = Zone::parse("asia/shanghai").unwrap();
        assert_eq!(shanghai.name(), "Asia/Shanghai");
        let noon = at("2026-11-20T12:00:00Z").day();
        assert_eq!(shanghai.day(at("2026-11-20T15:59:59Z")), noon);
        assert_eq!(shanghai.day(at("2026-11-20T16:00:00Z")), noon + 1);
        // In summer the day of New York begins an hour earlier by UTC.
        let new_york = Zone::parse("America/New_York").unwrap();
        assert_eq!(new_york.day(at("2026-11-20T04:30:00Z")), noon - 1);
        assert_eq!(new_york.day(at("2026-07-02T04:30:00Z")), at("2026-07-02T00:00:00Z").day());
        assert_eq!(Zone::default().day(at("2026-11-20T23:59:59Z")), noon);
        // The day on which the clocks go forward there ends after 23 hours.
        let short = new_york.end_of_day("2026-03-08").unwrap();
        assert_eq!(short.plus(1).rfc3339(), "2026-03-09T04:00:00Z");
        assert_eq!(shanghai.calendar(short.plus(1)).hour(), 12);
        assert_eq!(shanghai.end_of_day("next week"), None);
        assert!(Zone::parse("Mars/Olympus").is_none() && Zone::parse("").is_none());
        assert!(Zone::names().iter().any(|n| n == "Asia/Taipei"));
    }
}
