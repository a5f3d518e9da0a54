//! Filters of the templates: times and JSON data blocks.

use crate::base::locale::Locale;
use crate::base::time::{UtcTime, Zone};
use crate::infra::i18n;

/// A point in time ready to print: machine form, short form, full form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// RFC 3339.
    pub machine: String,
    /// The date, as people of the language write it.
    pub short: String,
    /// Date and time.
    pub full: String,
}

impl When {
    /// `at` in `locale` and `zone`.
    pub fn new(locale: Locale, zone: &Zone, at: UtcTime) -> Self {
        Self {
            machine: at.rfc3339(),
            short: i18n::date(locale, zone, at),
            full: i18n::date_time(locale, zone, at),
        }
    }
}

/// A JSON document that may stand inside `<script type="application/ld+json">`.
pub fn json_block(value: &serde_json::Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_block_cannot_be_left() {
        let block = json_block(&serde_json::json!({ "x": "</script><b>&" }));
        assert!(!block.contains('<') && !block.contains('>') && !block.contains('&'));
        let back: serde_json::Value = serde_json::from_str(&block).unwrap();
        assert_eq!(back["x"], "</script><b>&");
    }
}
