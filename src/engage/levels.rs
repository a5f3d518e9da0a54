//! The steps of growth, with a name in each language. Without rows in the database the defaults here hold.

use diesel::prelude::*;

use crate::base::fault::{Fault, Kind};
use crate::base::locale::Locale;
use crate::infra::db::schema::levels;
use crate::infra::db::{Conn, DbError};
use crate::room_error;

/// Levels at the most.
pub const MOST: usize = 12;
/// Characters of a name at the most.
pub const NAME: usize = 24;
/// The highest growth that a level can ask for.
pub const HIGHEST: i64 = 1_000_000_000;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = levels)]
pub struct Level {
    /// Its number, from 1.
    pub number: i16,
    /// The growth that reaches it.
    pub threshold: i64,
    /// Its name in English.
    pub name_en: String,
    /// Its name in simplified Chinese.
    pub name_zh_cn: String,
    /// Its name in traditional Chinese.
    pub name_zh_tw: String,
}

impl Level {
    /// Its name in `locale`.
    pub fn name(&self, locale: Locale) -> &str {
        match locale {
            Locale::En => &self.name_en,
            Locale::ZhCn => &self.name_zh_cn,
            Locale::ZhTw => &self.name_zh_tw,
        }
    }
}

/// Why levels are refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// None at all, or more than [`MOST`].
    #[error("there are 1 to {MOST} levels")]
    Count,
    /// The first level asks for growth.
    #[error("the first level begins at 0")]
    First,
    /// A level asks for no more than the one before, or for more than [`HIGHEST`].
    #[error("level {0} asks for more growth than the one before")]
    Order(i16),
    /// A level lacks a name in a language, or has one that is too long.
    #[error("level {0} needs a name of 1 to {NAME} characters in each language")]
    Name(i16),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}
room_error!(Error);

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Db(e) => e.kind(),
            _ => Kind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Count => "level_count",
            Self::First => "level_first",
            Self::Order(_) => "level_order",
            Self::Name(_) => "level_name",
            Self::Db(e) => e.code(),
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            Self::Db(_) => None,
            Self::Name(_) => Some("name"),
            _ => Some("threshold"),
        }
    }
    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Order(n) => vec![("n", n.to_string())],
            Self::Name(n) => vec![("n", n.to_string()), ("limit", NAME.to_string())],
            _ => vec![("most", MOST.to_string())],
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// True for what a level may be called.
pub fn is_name(text: &str) -> bool {
    let name = one_line(text);
    !name.is_empty() && name.chars().count() <= NAME && !name.chars().any(char::is_control)
}

/// All levels, lowest first; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder(Vec<Level>);

/// Where somebody stands on the ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<'l> {
    /// The level reached.
    pub level: &'l Level,
    /// The level after it, if there is one.
    pub next: Option<&'l Level>,
    /// Growth that the next level still asks for.
    pub missing: i64,
    /// How much of the way to the next level is done, 0 to 10; 10 on the last.
    pub step: u8,
}

/// Defaults: threshold and names.
const DEFAULTS: [(i64, &str, &str, &str); 6] = [
    (0, "Newcomer", "新来者", "新朋友"),
    (30, "Participant", "参与者", "參與者"),
    (150, "Contributor", "贡献者", "貢獻者"),
    (600, "Regular", "常客", "常客"),
    (2_000, "Specialist", "行家", "行家"),
    (6_000, "Pillar", "中坚", "中堅"),
];

impl Default for Ladder {
    fn default() -> Self {
        let level = |(number, (threshold, en, cn, tw)): (i16, (i64, &str, &str, &str))| Level {
            number,
            threshold,
            name_en: en.into(),
            name_zh_cn: cn.into(),
            name_zh_tw: tw.into(),
        };
        Self((1..).zip(DEFAULTS).map(level).collect())
    }
}

impl Ladder {
    /// Checks `levels` and numbers them from 1 in the order given.
    pub fn parse(levels: Vec<Level>) -> Result<Self, Error> {
        if levels.is_empty() || levels.len() > MOST {
            return Err(Error::Count);
        }
        let mut before: Option<i64> = None;
        let mut checked = Vec::with_capacity(levels.len());
        for (number, level) in (1..).zip(levels) {
            match before {
                None if level.threshold != 0 => return Err(Error::First),
                Some(lower) if level.threshold <= lower || level.threshold > HIGHEST => {
                    return Err(Error::Order(number));
                }
                _ => before = Some(level.threshold),
            }
            let names = [one_line(&level.name_en), one_line(&level.name_zh_cn), one_line(&level.name_zh_tw)];
            if !names.iter().all(|name| is_name(name)) {
                return Err(Error::Name(number));
            }
            let [name_en, name_zh_cn, name_zh_tw] = names;
            checked.push(Level { number, threshold: level.threshold, name_en, name_zh_cn, name_zh_tw });
        }
        Ok(Self(checked))
    }

    /// The levels, lowest first.
    pub fn levels(&self) -> &[Level] {
        &self.0
    }

    /// The number of the level that `growth` reaches.
    pub fn reached(&self, growth: i64) -> i16 {
        self.0.iter().rev().find(|l| l.threshold <= growth).map_or(1, |l| l.number)
    }

    /// The level of a stored number; the highest there is for one beyond.
    pub fn level(&self, number: i16) -> Option<&Level> {
        self.0.iter().rev().find(|l| l.number <= number)
    }

    /// Where `growth` stands.
    pub fn place(&self, growth: i64) -> Option<Place<'_>> {
        let number = self.reached(growth);
        let level = self.level(number)?;
        let next = self.0.iter().find(|l| l.number > number);
        let (missing, step) = match next {
            Some(next) => {
                let (done, way) = ((growth - level.threshold).max(0), next.threshold - level.threshold);
                (next.threshold - growth, u8::try_from(done * 10 / way.max(1)).unwrap_or(10))
            }
            None => (0, 10),
        };
        Some(Place { level, next, missing, step })
    }
}

/// The levels that hold.
pub fn load(conn: &mut Conn) -> QueryResult<Ladder> {
    let rows: Vec<Level> = levels::table.order(levels::number.asc()).select(Level::as_select()).load(conn)?;
    Ok(if rows.is_empty() { Ladder::default() } else { Ladder(rows) })
}

/// Stores the ladder. Members' levels follow by `rebuild points`, which the caller asks for.
pub fn save(conn: &mut Conn, ladder: &Ladder) -> Result<(), Error> {
    diesel::delete(levels::table).execute(conn)?;
    for level in ladder.levels() {
        diesel::insert_into(levels::table).values(level).execute(conn)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_reaches_a_level_at_its_threshold() {
        let ladder = Ladder::default();
        assert_eq!([-5, 0, 29, 30, 149, 150, i64::MAX].map(|g| ladder.reached(g)), [1, 1, 1, 2, 2, 3, 6]);
        let place = ladder.place(90).unwrap();
        assert_eq!((place.level.number, place.missing, place.step), (2, 60, 5));
        let top = ladder.place(10_000).unwrap();
        assert_eq!((top.level.number, top.next, top.step), (6, None, 10));
        assert_eq!(ladder.level(9).unwrap().number, 6, "a level that is no more");
    }

    #[test]
    fn a_ladder_begins_at_nothing_and_rises() {
        let level = |threshold, name: &str| Level {
            number: 0,
            threshold,
            name_en: name.into(),
            name_zh_cn: "级".into(),
            name_zh_tw: "級".into(),
        };
        let ladder = Ladder::parse(vec![level(0, " a  b "), level(10, "c")]).unwrap();
        assert_eq!(ladder.levels()[0].name_en, "a b");
        assert_eq!(ladder.levels()[1].number, 2);
        assert!(matches!(Ladder::parse(Vec::new()), Err(Error::Count)));
        assert!(matches!(Ladder::parse(vec![level(1, "a")]), Err(Error::First)));
        assert!(matches!(Ladder::parse(vec![level(0, "a"), level(0, "b")]), Err(Error::Order(2))));
        assert!(matches!(Ladder::parse(vec![level(0, " ")]), Err(Error::Name(1))));
        assert!(Ladder::parse(Ladder::default().0).is_ok());
    }
}
