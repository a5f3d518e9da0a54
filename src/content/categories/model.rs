//! What a category is, and what of the tree an actor may read.

use std::collections::HashSet;
use std::sync::Arc;

use diesel::prelude::*;

use crate::base::actor::{Actor, Role};
use crate::base::ids::CategoryId;
use crate::infra::db::schema::categories;

/// One category.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = categories)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// The category it lies below.
    pub parent_id: Option<CategoryId>,
    /// The name in its address.
    pub slug: String,
    /// The name shown.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// `#rrggbb`.
    pub colour: String,
    /// Order among its siblings.
    pub position: i32,
    /// Only for named roles and members.
    pub private: bool,
    /// The weakest role that may open threads, as stored.
    pub post_role: i16,
    /// Listed threads filed directly in it.
    pub threads: i64,
}

impl Category {
    /// True when `actor` may open threads here (given that they may read it).
    pub fn may_open(&self, actor: &Actor) -> bool {
        actor.member().is_some()
            && (actor.role() >= Role::from_code(self.post_role) || actor.moderates(self.id))
    }
}

/// Who is let into a private category.
#[derive(Debug, Clone, Default)]
pub struct Admission {
    /// Private categories that the actor was named for.
    pub by_name: HashSet<CategoryId>,
    /// Private categories whose named roles include the actor's.
    pub by_role: HashSet<CategoryId>,
}

/// The categories an actor may read: the category half of `visible_to`. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Readable {
    categories: Arc<[Category]>,
    ids: Arc<HashSet<CategoryId>>,
    total: usize,
}

impl Readable {
    /// Decides for `actor` over the whole tree, given in tree order (parents first).
    pub fn new(all: &[Category], actor: &Actor, admitted: &Admission) -> Self {
        let total = all.len();
        let mut ids = HashSet::new();
        for category in all {
            let open = !category.private
                || actor.role() == Role::Administrator
                || actor.member().is_some_and(|m| m.moderates.contains(&category.id))
                || admitted.by_name.contains(&category.id)
                || admitted.by_role.contains(&category.id);
            // What lies below a closed door is closed.
            let reachable = category.parent_id.is_none_or(|p| ids.contains(&p));
            if open && reachable {
                ids.insert(category.id);
            }
        }
        let categories = all.iter().filter(|c| ids.contains(&c.id)).cloned().collect();
        Self { categories, ids: Arc::new(ids), total }
    }

    /// True when the actor may read `id`.
    pub fn has(&self, id: CategoryId) -> bool {
        self.ids.contains(&id)
    }

    /// True when nothing is hidden from the actor.
    pub fn everything(&self) -> bool {
        self.ids.len() == self.total
    }

    /// The readable categories in tree order.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// One readable category.
    pub fn get(&self, id: CategoryId) -> Option<&Category> {
        self.categories.iter().find(|c| c.id == id)
    }

    /// A readable category by its address.
    pub fn by_slug(&self, slug: &str) -> Option<&Category> {
        self.categories.iter().find(|c| c.slug == slug)
    }

    /// `id` and the readable categories below it; nothing when `id` itself is not readable.
    pub fn with_children(&self, id: CategoryId) -> Vec<CategoryId> {
        if !self.has(id) {
            return Vec::new();
        }
        let mut found = vec![id];
        for category in self.categories.iter() {
            if category.parent_id.is_some_and(|p| found.contains(&p)) {
                found.push(category.id);
            }
        }
        found
    }

    /// `id` and what stands above it, from the top down; nothing when it is not readable.
    pub fn path(&self, id: CategoryId) -> Vec<&Category> {
        path(&self.categories, id)
    }

    /// The readable categories right below `id`, in tree order.
    pub fn children(&self, id: CategoryId) -> impl Iterator<Item = &Category> {
        self.categories.iter().filter(move |c| c.parent_id == Some(id))
    }

    /// All readable ids, ascending.
    pub fn ids(&self) -> Vec<CategoryId> {
        let mut ids: Vec<_> = self.ids.iter().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// The readable ids of private categories, ascending: what the restricted index may show.
    pub fn private_ids(&self) -> Vec<CategoryId> {
        let mut ids: Vec<_> =
            self.categories.iter().filter(|c| self.is_restricted(c.id)).map(|c| c.id).collect();
        ids.sort_unstable();
        ids
    }

    /// True when `id`, or a category above it, is private.
    pub fn is_restricted(&self, id: CategoryId) -> bool {
        self.path(id).iter().any(|c| c.private)
    }
}

/// The most storeys that a tree of categories has.
pub const DEPTH: usize = 4;

/// `id` and what stands above it among `all`, from the top down.
pub fn path(all: &[Category], id: CategoryId) -> Vec<&Category> {
    let mut up = Vec::new();
    let mut next = Some(id);
    while let Some(category) = next.and_then(|n| all.iter().find(|c| c.id == n)) {
        if up.len() == DEPTH {
            break;
        }
        up.push(category);
        next = category.parent_id;
    }
    up.reverse();
    up
}

/// How many storeys `id` and what lies below it take.
pub fn height(all: &[Category], id: CategoryId) -> usize {
    let below = all.iter().filter(|c| path(all, c.id).iter().any(|above| above.id == id));
    let own = path(all, id).len();
    below.map(|c| path(all, c.id).len() + 1 - own).max().unwrap_or(0)
}

fn below(parent: Option<CategoryId>, sorted: &[Category], ordered: &mut Vec<Category>, depth: usize) {
    if depth == DEPTH {
        return;
    }
    for category in sorted.iter().filter(|c| c.parent_id == parent) {
        ordered.push(category.clone());
        below(Some(category.id), sorted, ordered, depth + 1);
    }
}

/// Parents before children, siblings by position, then name.
pub fn tree_order(all: Vec<Category>) -> Vec<Category> {
    let mut sorted = all;
    sorted.sort_by(|a, b| (a.position, &a.name, a.id).cmp(&(b.position, &b.name, b.id)));
    let mut ordered: Vec<Category> = Vec::with_capacity(sorted.len());
    below(None, &sorted, &mut ordered, 0);
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(id: i64, parent: Option<i64>, private: bool) -> Category {
        Category {
            id: CategoryId(id),
            parent_id: parent.map(CategoryId),
            slug: format!("c{id}"),
            name: format!("C{id}"),
            description: String::new(),
            colour: "#000000".into(),
            position: i32::try_from(10 - id).unwrap(),
            private,
            post_role: 1,
            threads: 0,
        }
    }

    #[test]
    fn below_a_closed_door_all_is_closed() {
        let all =
            tree_order(vec![category(1, None, true), category(2, Some(1), false), category(3, None, false)]);
        let visitor = Readable::new(&all, &Actor::Visitor, &Admission::default());
        assert!(visitor.has(CategoryId(3)) && !visitor.has(CategoryId(1)) && !visitor.has(CategoryId(2)));
        assert!(!visitor.everything());
        let named = Admission { by_name: HashSet::from([CategoryId(1)]), ..Admission::default() };
        let member = Readable::new(&all, &Actor::Visitor, &named);
        assert!(member.everything());
        assert!(member.is_restricted(CategoryId(2)), "a public child of a private parent is restricted");
        assert_eq!(member.private_ids(), [CategoryId(1), CategoryId(2)]);
    }

    #[test]
    fn paths_and_heights_follow_the_tree() {
        let all = tree_order(vec![
            category(1, None, false),
            category(2, Some(1), false),
            category(3, Some(2), false),
            category(4, None, false),
        ]);
        let ids = |id| path(&all, CategoryId(id)).iter().map(|c| c.id.0).collect::<Vec<_>>();
        assert_eq!(ids(3), [1, 2, 3]);
        assert_eq!(ids(9), [0; 0]);
        let heights: Vec<_> = (1..=4).map(|id| height(&all, CategoryId(id))).collect();
        assert_eq!(heights, [3, 2, 1, 1]);
        let visitor = Readable::new(&all, &Actor::Visitor, &Admission::default());
        assert_eq!(visitor.with_children(CategoryId(1)), [CategoryId(1), CategoryId(2), CategoryId(3)]);
    }

    #[test]
    fn the_tree_is_ordered_by_position() {
        let order: Vec<i64> =
            tree_order(vec![category(1, None, false), category(2, Some(1), false), category(3, None, false)])
                .iter()
                .map(|c| c.id.0)
                .collect();
        assert_eq!(order, [3, 1, 2]);
    }
}
