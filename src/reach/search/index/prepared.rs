//! How terms that are ready reach the engine: written into one text and read from it again where it indexes. Its own
//! way of passing tokens goes through JSON, which took a third of all indexing.

use std::fmt::Write;

use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};

/// The name under which fields of prepared terms ask for [`analyzer`].
pub(super) const NAME: &str = "prepared";
/// Stands behind every term and every position; no term contains it.
const END: char = '\u{1F}';

/// Terms with their positions, as one text.
#[derive(Debug, Default)]
pub(super) struct Prepared(String);

impl Prepared {
    /// Adds a term at `position`.
    pub fn push(&mut self, term: &str, position: usize) {
        debug_assert!(!term.contains(END), "{term:?}");
        self.0.push_str(term);
        // Writing into a string does not fail.
        let _ = write!(self.0, "{END}{position}{END}");
    }

    /// As the engine takes it.
    pub fn into_text(self) -> String {
        self.0
    }
}

/// What reads the terms again.
pub(super) fn analyzer() -> TextAnalyzer {
    TextAnalyzer::from(Reader::default())
}

#[derive(Clone, Default)]
struct Reader {
    token: Token,
}

struct Terms<'t> {
    rest: std::str::Split<'t, char>,
    token: &'t mut Token,
}

impl Tokenizer for Reader {
    type TokenStream<'t> = Terms<'t>;

    fn token_stream<'t>(&'t mut self, text: &'t str) -> Terms<'t> {
        self.token.reset();
        Terms { rest: text.split(END), token: &mut self.token }
    }
}

impl TokenStream for Terms<'_> {
    fn advance(&mut self) -> bool {
        let (Some(term), Some(position)) = (self.rest.next(), self.rest.next()) else { return false };
        self.token.text.clear();
        self.token.text.push_str(term);
        self.token.position = position.parse().unwrap_or(0);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn terms_come_out_as_they_went_in(terms in prop::collection::vec(("[^\u{1F}]{0,6}", 0_usize..5_000), 0..12)) {
            let mut prepared = Prepared::default();
            for (term, position) in &terms {
                prepared.push(term, *position);
            }
            let (mut analyzer, text) = (analyzer(), prepared.into_text());
            let mut read = Vec::new();
            analyzer.token_stream(&text).process(&mut |token| read.push((token.text.clone(), token.position)));
            prop_assert_eq!(read, terms);
        }
    }
}
