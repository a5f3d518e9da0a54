//! How much one text may hold. The only table of such numbers; forms and the API quote it.
//!
//! Counts are refused before a text is stored ([`super::check`]). Depths are never refused: what is
//! nested deeper is shown flat, so that rendering stays bounded for texts that came from elsewhere.

/// Characters (Unicode scalar values) in one post.
pub const MAX_CHARS: usize = 32_000;
/// Links in one post, typed as Markdown or bare.
pub const MAX_LINKS: usize = 20;
/// Different members mentioned in one post.
pub const MAX_MENTIONS: usize = 10;
/// Images in one post.
pub const MAX_IMAGES: usize = 20;
/// Quotes inside quotes that are shown; the next level is folded, deeper ones are shown flat in it.
pub const MAX_QUOTE_DEPTH: usize = 3;
/// Lists and quotes inside each other; deeper ones are shown flat.
pub const MAX_BLOCK_DEPTH: usize = 12;
/// Emphasis, links and spoilers inside each other; deeper ones are shown flat.
pub const MAX_INLINE_DEPTH: usize = 8;
/// Folded sections (spoilers, details) inside each other at one level; deeper ones stay text.
pub const MAX_FOLD_DEPTH: usize = 3;
/// Characters in a handle that a mention can name.
pub const MAX_HANDLE_CHARS: usize = 40;

/// What a text holds, counted the way the limits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Unicode scalar values of the source.
    pub chars: usize,
    /// Links, bare ones included; the author line of a quote is none while it stays on the site.
    pub links: usize,
    /// Different handles mentioned outside code, links and quotes.
    pub mentions: usize,
    /// Images, whether shown or turned into links.
    pub images: usize,
}

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MarkupError {
    /// More than [`MAX_CHARS`].
    #[error("the text has {0} characters, at most {MAX_CHARS} are allowed")]
    TooLong(usize),
    /// More than [`MAX_LINKS`].
    #[error("the text has {0} links, at most {MAX_LINKS} are allowed")]
    TooManyLinks(usize),
    /// More than [`MAX_MENTIONS`].
    #[error("the text mentions {0} members, at most {MAX_MENTIONS} are allowed")]
    TooManyMentions(usize),
    /// More than [`MAX_IMAGES`].
    #[error("the text has {0} images, at most {MAX_IMAGES} are allowed")]
    TooManyImages(usize),
}

impl MarkupError {
    /// A code that never changes, for the API and for locale keys.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong(_) => "text_too_long",
            Self::TooManyLinks(_) => "links_too_many",
            Self::TooManyMentions(_) => "mentions_too_many",
            Self::TooManyImages(_) => "images_too_many",
        }
    }

    /// How many there are, and how many there may be.
    pub fn counts(&self) -> (usize, usize) {
        match *self {
            Self::TooLong(n) => (n, MAX_CHARS),
            Self::TooManyLinks(n) => (n, MAX_LINKS),
            Self::TooManyMentions(n) => (n, MAX_MENTIONS),
            Self::TooManyImages(n) => (n, MAX_IMAGES),
        }
    }
}

impl Stats {
    /// Compares with the table.
    pub(super) fn within_limits(self) -> Result<Self, MarkupError> {
        if self.chars > MAX_CHARS {
            return Err(MarkupError::TooLong(self.chars));
        }
        if self.links > MAX_LINKS {
            return Err(MarkupError::TooManyLinks(self.links));
        }
        if self.mentions > MAX_MENTIONS {
            return Err(MarkupError::TooManyMentions(self.mentions));
        }
        if self.images > MAX_IMAGES {
            return Err(MarkupError::TooManyImages(self.images));
        }
        Ok(self)
    }
}
