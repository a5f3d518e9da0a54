//! The analysis in the shape that tantivy asks for.

use tantivy::tokenizer::{Token as TantivyToken, TokenStream, Tokenizer};

use super::{Analysis, Token};

/// Gives tantivy the terms of a text; offsets are bytes of the original, always between characters.
#[derive(Clone)]
pub struct MixedTokenizer {
    analysis: Analysis,
}

impl MixedTokenizer {
    /// A tokenizer that shares the dictionary of `analysis`.
    pub fn new(analysis: Analysis) -> Self {
        Self { analysis }
    }
}

impl Tokenizer for MixedTokenizer {
    type TokenStream<'a> = MixedStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> MixedStream {
        MixedStream { tokens: self.analysis.tokens(text).into_iter(), token: TantivyToken::default() }
    }
}

/// The terms of one text.
pub struct MixedStream {
    tokens: std::vec::IntoIter<Token>,
    token: TantivyToken,
}

impl TokenStream for MixedStream {
    fn advance(&mut self) -> bool {
        let Some(next) = self.tokens.next() else { return false };
        self.token = TantivyToken {
            offset_from: next.from,
            offset_to: next.to,
            position: next.position as usize,
            text: next.text,
            position_length: next.length as usize,
        };
        true
    }

    fn token(&self) -> &TantivyToken {
        &self.token
    }

    fn token_mut(&mut self) -> &mut TantivyToken {
        &mut self.token
    }
}
