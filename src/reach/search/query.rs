//! What a reader typed into the search box, taken apart.
//!
//! There is no wrong query: whatever is not an operator is searched as words. Names stay text here; whoever runs
//! the query knows which category a slug means.

use crate::base::time::UtcTime;

/// Longest text looked at, in characters.
pub const MAX_CHARS: usize = 2_000;
/// Longest text looked at by [`ParsedQuery::plain`], in characters.
const MAX_PLAIN: usize = 2_000;
/// Further operators are searched as words.
const MAX_OPERATORS: usize = 8;

/// A query taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParsedQuery {
    /// Words and phrases in the order typed.
    pub clauses: Vec<Clause>,
    /// `in:title`: look at titles only.
    pub in_title: bool,
    /// `@handle`, `author:handle` or `author:"Whole Name"`.
    pub author: Option<String>,
    /// `category:name`: the name or the address of a category.
    pub category: Option<String>,
    /// `tag:name`, each must be there.
    pub tags: Vec<String>,
    /// `is:mark`, each must hold.
    pub marks: Vec<Mark>,
    /// `before:date`: written before this day began, UTC.
    pub before: Option<UtcTime>,
    /// `after:date`: written on this day or later, UTC.
    pub after: Option<UtcTime>,
    /// `has:thing`, each must be in the post.
    pub has: Vec<Has>,
    /// `min:likes=n` or `likes:n`: the post has at least so many likes.
    pub min_likes: Option<u64>,
    /// What must not hold: operators behind a minus.
    pub not: Refused,
    /// The operators taken, as typed.
    pub operators: Vec<String>,
    /// What looks like an operator and is none: searched as words.
    pub unread: Vec<String>,
    /// It was longer than [`MAX_CHARS`], and its end was not read.
    pub cut: bool,
}

/// Operators behind a minus.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refused {
    /// Not by this author.
    pub author: Option<String>,
    /// In none of these categories.
    pub categories: Vec<String>,
    /// Without these tags.
    pub tags: Vec<String>,
    /// None of these marks holds.
    pub marks: Vec<Mark>,
    /// None of these is in the post.
    pub has: Vec<Has>,
}

/// A word or a phrase to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// As typed, without quotes and sign.
    pub text: String,
    /// Stood in quotes: must be found exactly so.
    pub exact: bool,
    /// Stood behind a minus: must not be found.
    pub negated: bool,
    /// Stood behind `OR`: this or the clause before it must be found.
    pub or: bool,
}

/// What a thread can be, as asked for by `is:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u64)]
pub enum Mark {
    /// A question with an accepted answer, or an idea that was done.
    Solved = 1,
    /// A question without one.
    Unsolved = 2,
    /// Asks something.
    Question = 3,
    /// Held at the top.
    Pinned = 4,
    /// Marked by staff as lasting.
    Featured = 5,
    /// Takes no more replies.
    Closed = 6,
    /// Proposes something.
    Idea = 7,
    /// Long-form content.
    Article = 8,
    /// News from the house.
    Announcement = 9,
}

/// What a post can contain besides words, as asked for by `has:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Has {
    /// A picture.
    Image = 0,
    /// Code.
    Code = 1,
    /// A link to another site or page.
    Link = 2,
}

impl Has {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Image, Self::Code, Self::Link];

    /// The word behind the operator.
    pub fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Code => "code",
            Self::Link => "link",
        }
    }

    /// Its bit in a set.
    pub fn bit(self) -> u64 {
        1 << self as u8
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|has| has.name() == name)
    }
}

impl Mark {
    /// What the form offers.
    pub const OFFERED: [Self; 6] =
        [Self::Question, Self::Solved, Self::Unsolved, Self::Pinned, Self::Featured, Self::Closed];

    /// The word behind the operator.
    pub fn name(self) -> &'static str {
        match self {
            Self::Solved => "solved",
            Self::Unsolved => "unsolved",
            Self::Question => "question",
            Self::Pinned => "pinned",
            Self::Featured => "featured",
            Self::Closed => "closed",
            Self::Idea => "idea",
            Self::Article => "article",
            Self::Announcement => "announcement",
        }
    }

    /// Its bit in a set.
    pub fn bit(self) -> u64 {
        1 << self as u64
    }

    fn parse(name: &str) -> Option<Self> {
        let all = [Self::Idea, Self::Article, Self::Announcement];
        Self::OFFERED.into_iter().chain(all).find(|mark| mark.name() == name)
    }
}

impl ParsedQuery {
    /// Takes the text of the search box apart; what is longer than [`MAX_CHARS`] is cut off.
    pub fn parse(text: &str) -> Self {
        let cut = text.chars().nth(MAX_CHARS).is_some();
        let text: String = text.chars().take(MAX_CHARS).collect();
        let mut query = Self { cut, ..Self::default() };
        let mut operators = 0;
        let (mut or, mut not) = (false, false);
        let raws = split(&text);
        for (nth, raw) in raws.iter().enumerate() {
            let between = nth > 0 && nth + 1 < raws.len() && !raw.exact && !raw.negated;
            let raw = Clause { negated: raw.negated || std::mem::take(&mut not), ..raw.clone() };
            if between && raw.text == "OR" && query.clauses.last().is_some_and(|c| !c.negated) {
                or = true;
            } else if between && raw.text == "OR" {
                query.unread.push(raw.text);
            } else if between && raw.text == "AND" {
                // Everything typed must be found anyway.
            } else if nth + 1 < raws.len() && !raw.exact && !raw.negated && raw.text == "NOT" {
                not = true;
            } else if !raw.exact && operators < MAX_OPERATORS && query.operator(&raw.text, raw.negated) {
                operators += 1;
                // Only words have alternatives.
                if std::mem::take(&mut or) {
                    query.unread.push("OR".into());
                }
                query.operators.push(if raw.negated { format!("-{}", raw.text) } else { raw.text });
            } else if raw.text.chars().any(|ch| !ch.is_whitespace()) {
                if looks_like_operator(&raw) {
                    query.unread.push(if raw.negated { format!("-{}", raw.text) } else { raw.text.clone() });
                }
                let or = std::mem::take(&mut or) && !raw.negated;
                // An operator that there is not: its words, rather than a code that nobody wrote.
                let text = if is_unknown_operator(&raw) {
                    raw.text.replacen([':', '：'], " ", 1)
                } else {
                    raw.text
                };
                query.clauses.push(Clause { or, text, ..raw });
            }
        }
        query
    }

    /// Exclusions with nothing to exclude from are words: who pastes `-lGL` looks for it.
    #[must_use]
    pub fn with_something_to_find(mut self) -> Self {
        if !self.has_filter() && self.clauses.iter().all(|clause| clause.negated) {
            for clause in &mut self.clauses {
                clause.negated = false;
                self.unread.push(format!("-{}", clause.text));
            }
        }
        self
    }

    /// A text to find similar ones for: no operators, no quotes.
    pub fn plain(text: &str) -> Self {
        let text: String = text.chars().take(MAX_PLAIN).collect();
        Self { clauses: vec![Clause { text, exact: false, negated: false, or: false }], ..Self::default() }
    }

    /// A text to find exactly as it stands: [`Self::plain`] in quotes.
    pub fn exact(text: &str) -> Self {
        let mut query = Self::plain(text);
        for clause in &mut query.clauses {
            clause.exact = true;
        }
        query
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty() && !self.has_filter()
    }

    /// The words outside quotes that must be found, as one text.
    pub fn words(&self) -> String {
        let words = self.groups().into_iter().filter_map(|group| match group {
            [only] if !only.exact && !only.negated => Some(only.text.as_str()),
            _ => None,
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// The clauses, those joined by `OR` together.
    pub fn groups(&self) -> Vec<&[Clause]> {
        self.clauses.chunk_by(|_, next| next.or).collect()
    }

    /// Whether it asks of single posts, besides words: of their author, their time, what is in them.
    pub fn asks_of_posts(&self) -> bool {
        self.author.is_some()
            || self.before.is_some()
            || self.after.is_some()
            || !self.has.is_empty()
            || self.min_likes.is_some()
            || self.not.author.is_some()
            || !self.not.has.is_empty()
    }

    /// Everything that must be found, quoted or not, as one text.
    pub fn wanted(&self) -> String {
        let wanted = self.clauses.iter().filter(|clause| !clause.negated);
        wanted.map(|clause| clause.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn has_filter(&self) -> bool {
        self.asks_of_posts()
            || self.category.is_some()
            || !self.tags.is_empty()
            || !self.marks.is_empty()
            || self.not != Refused::default()
    }

    /// Takes `word` as an operator, or as one that must not hold; false when it is a word after all.
    fn operator(&mut self, word: &str, negated: bool) -> bool {
        if let Some(handle) = word.strip_prefix(['@', '＠']) {
            return is_handle(handle) && fill(self.author_of(negated), handle);
        }
        let Some((name, value)) = word.split_once([':', '：']) else { return false };
        let value =
            quoted(value).filter(|(_, after)| after.is_empty()).map_or(value, |(inside, _)| inside).trim();
        if value.is_empty() {
            return false;
        }
        match name.to_ascii_lowercase().as_str() {
            "author" => {
                let name = value.trim_start_matches(['@', '＠']);
                !name.is_empty() && fill(self.author_of(negated), name)
            }
            "category" if negated => keep(&mut self.not.categories, Some(value.to_owned())),
            "category" => fill(&mut self.category, value),
            "tag" => keep(if negated { &mut self.not.tags } else { &mut self.tags }, Some(value.to_owned())),
            "is" => keep(
                if negated { &mut self.not.marks } else { &mut self.marks },
                Mark::parse(&value.to_ascii_lowercase()),
            ),
            "has" => keep(
                if negated { &mut self.not.has } else { &mut self.has },
                Has::parse(&value.to_ascii_lowercase()),
            ),
            _ if negated => false,
            "in" if value.eq_ignore_ascii_case("title") => {
                self.in_title = true;
                true
            }
            "min" | "likes" => {
                let number =
                    value.strip_prefix("likes=").or_else(|| value.strip_prefix("likes:")).unwrap_or(value);
                number.parse::<u64>().is_ok_and(|least| fill(&mut self.min_likes, least))
            }
            "before" => day(value).is_some_and(|at| fill(&mut self.before, at)),
            "after" => day(value).is_some_and(|at| fill(&mut self.after, at)),
            _ => false,
        }
    }

    fn author_of(&mut self, negated: bool) -> &mut Option<String> {
        if negated { &mut self.not.author } else { &mut self.author }
    }
}

/// Names before a colon that operators have.
const NAMES: [&str; 10] = ["in", "author", "category", "tag", "is", "has", "min", "likes", "before", "after"];

/// Whether somebody most likely meant an operator.
fn looks_like_operator(clause: &Clause) -> bool {
    let open_quote = clause.text.starts_with(['"', '“', '「', '『']) && clause.text.chars().count() > 1;
    let name = clause.text.split_once([':', '：']).map(|(name, _)| name.to_ascii_lowercase());
    let known = name.is_some_and(|name| NAMES.contains(&name.as_str()));
    !clause.exact && (open_quote || known || is_unknown_operator(clause))
}

/// Whether it is written as an operator that there is not (`title:pump`); an address, a path, a time or a name in a
/// program (`https://…`, `C:\…`, `10:30`, `std::vec`) is not.
fn is_unknown_operator(clause: &Clause) -> bool {
    let Some((name, value)) = clause.text.split_once([':', '：']) else { return false };
    let shaped = (2..=12).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphabetic());
    let known = NAMES.contains(&name.to_ascii_lowercase().as_str());
    !clause.exact && shaped && !known && value.starts_with(|ch: char| ch.is_alphanumeric() || ch == '"')
}

/// Adds what there is.
fn keep<T>(all: &mut Vec<T>, one: Option<T>) -> bool {
    let there = one.is_some();
    all.extend(one);
    there
}

/// Sets `place` unless something is there already.
fn fill<T>(place: &mut Option<T>, value: impl Into<T>) -> bool {
    let empty = place.is_none();
    if empty {
        *place = Some(value.into());
    }
    empty
}

fn is_handle(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|ch| ch.is_alphanumeric() || matches!(ch, '_' | '-' | '.'))
}

/// The start of a day, a month or a year written `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, UTC.
fn day(text: &str) -> Option<UtcTime> {
    let rest = match text.len() {
        10 => "",
        7 => "-01",
        4 => "-01-01",
        _ => return None,
    };
    UtcTime::parse(&format!("{text}{rest}T00:00:00Z"))
}

/// Cuts at white space and around quotes. A quote opens only at the start of a word and needs its counterpart.
fn split(text: &str) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let signed = rest
            .strip_prefix(['-', '－', '−'])
            .filter(|after| after.starts_with(|ch: char| !ch.is_whitespace()));
        let (negated, body) = signed.map_or((false, rest), |after| (true, after));
        if let Some((phrase, after)) = quoted(body) {
            clauses.push(Clause { text: phrase.to_owned(), exact: true, negated, or: false });
            rest = after.trim_start();
            continue;
        }
        let end = value_end(body).unwrap_or_else(|| body.find(char::is_whitespace).unwrap_or(body.len()));
        let (word, after) = body.split_at(end);
        clauses.push(Clause { text: word.to_owned(), exact: false, negated, or: false });
        rest = after.trim_start();
    }
    clauses
}

/// Where an operator ends whose value is in quotes (`category:"Two words"`).
fn value_end(text: &str) -> Option<usize> {
    let (name, value) = text.split_once([':', '：'])?;
    let known = NAMES.contains(&name.to_ascii_lowercase().as_str());
    let (_, after) = quoted(value).filter(|_| known)?;
    Some(text.len() - after.len())
}

/// A phrase in straight, curly or corner quotes at the start of `text`, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let open = text.chars().next()?;
    let close: &[char] = match open {
        '"' | '“' | '”' | '＂' => &['"', '“', '”', '＂'],
        '「' => &['」'],
        '『' => &['』'],
        _ => return None,
    };
    let body = text.get(open.len_utf8()..)?;
    let (phrase, after) = body.split_at(body.find(close)?);
    let mut after = after.chars();
    after.next();
    Some((phrase, after.as_str()))
}

#[cfg(test)]
mod tests;
