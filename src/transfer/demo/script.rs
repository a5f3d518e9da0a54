//! Reads the script of the demo: who lives there and what they say. The texts are files of this folder:
//!
//! ```text
//! %%% category | question | Title | tag, tag | author | 12d | featured, pin-site
//! The first post.
//! %% author +3 ok
//! A reply with three likes that was accepted.
//! ```

use crate::base::actor::Role;
use crate::base::time::{DAY, HOUR};

/// Somebody who lives in the demo.
#[derive(Debug, Clone)]
pub struct Person {
    /// Handle.
    pub handle: &'static str,
    /// Name shown.
    pub name: &'static str,
    /// Role.
    pub role: Role,
    /// Can sign in.
    pub login: bool,
    /// About them.
    pub bio: &'static str,
}

/// One thing said.
#[derive(Debug, Clone)]
pub struct Line {
    /// By whom.
    pub author: &'static str,
    /// How many liked it.
    pub likes: usize,
    /// It was accepted.
    pub accepted: bool,
    /// What.
    pub text: String,
}

/// One thread.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Slug of its category.
    pub category: &'static str,
    /// Name of its kind.
    pub kind: &'static str,
    /// Title.
    pub title: &'static str,
    /// Tags with commas between.
    pub tags: &'static str,
    /// How long ago it was opened, in microseconds.
    pub age: i64,
    /// What staff did with it.
    pub marks: Vec<&'static str>,
    /// What was said; the first opens it.
    pub lines: Vec<Line>,
}

const PEOPLE: &str = include_str!("people.md");
const SCENES: [&str; 4] = [
    include_str!("en_sensors.md"),
    include_str!("en_systems.md"),
    include_str!("zh_sensors.md"),
    include_str!("zh_systems.md"),
];

fn fields(line: &'static str) -> impl Iterator<Item = &'static str> {
    line.split('|').map(str::trim)
}

/// Everybody, staff first.
pub fn people() -> Vec<Person> {
    PEOPLE.lines().filter(|line| line.contains('|')).filter_map(person).collect()
}

fn person(line: &'static str) -> Option<Person> {
    let mut fields = fields(line);
    let (handle, name, role, bio) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let login = role.ends_with('*');
    Some(Person { handle, name, role: Role::parse(role.trim_end_matches('*'))?, login, bio })
}

/// All threads.
pub fn scenes() -> Vec<Scene> {
    SCENES.iter().flat_map(|text| parse(text)).collect()
}

fn parse(text: &'static str) -> Vec<Scene> {
    let mut scenes: Vec<Scene> = Vec::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("%%% ") {
            scenes.extend(scene(head));
        } else if let Some(head) = line.strip_prefix("%% ") {
            let said = scenes.last_mut().map(|scene| &mut scene.lines);
            if let (Some(lines), Some(line)) = (said, reply(head)) {
                lines.push(line);
            }
        } else if let Some(last) = scenes.last_mut().and_then(|scene| scene.lines.last_mut()) {
            last.text.push_str(line);
            last.text.push('\n');
        }
    }
    scenes
}

fn scene(head: &'static str) -> Option<Scene> {
    let mut fields = fields(head);
    let (category, kind, title, tags) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let opener = reply(fields.next()?)?;
    let age = fields.next()?;
    let (number, unit) = age.split_at_checked(age.len().checked_sub(1)?)?;
    let age = number.parse::<i64>().ok()? * if unit == "d" { DAY } else { HOUR };
    let marks = fields.next().unwrap_or_default().split(',').map(str::trim).collect();
    Some(Scene { category, kind, title, tags, age, marks, lines: vec![opener] })
}

/// `author`, then `+likes` and `ok` where they apply.
fn reply(head: &'static str) -> Option<Line> {
    let mut words = head.split_whitespace();
    let mut line = Line { author: words.next()?, likes: 0, accepted: false, text: String::new() };
    for word in words {
        match word.strip_prefix('+') {
            Some(likes) => line.likes = likes.parse().ok()?,
            None => line.accepted |= word == "ok",
        }
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_script_holds_together() {
        let people: HashSet<&str> = people().iter().map(|p| p.handle).collect();
        assert_eq!(people.len(), 30);
        let scenes = scenes();
        let heads = SCENES.iter().flat_map(|t| t.lines()).filter(|l| l.starts_with("%%")).count();
        assert_eq!(scenes.iter().map(|s| s.lines.len()).sum::<usize>(), heads, "every head was understood");
        assert!(scenes.len() >= 40 && heads >= 300, "{} threads, {heads} posts", scenes.len());
        let mut spoke = HashSet::new();
        for scene in &scenes {
            for line in &scene.lines {
                assert!(people.contains(line.author), "{} in {}", line.author, scene.title);
                assert!(!line.text.trim().is_empty(), "{} says nothing in {}", line.author, scene.title);
                assert!(line.likes < 20);
                spoke.insert(line.author);
            }
            let answers = scene.lines.iter().filter(|l| l.accepted).count();
            assert!(answers <= usize::from(scene.kind == "question"), "{}", scene.title);
        }
        let silent: Vec<_> = people.difference(&spoke).collect();
        assert!(silent.len() <= 2, "{silent:?}");
    }
}
