//! Reading and readying the parsed HTML.

use std::rc::Rc;

use htmd::Node;
use markup5ever_rcdom::NodeData;

/// The name of an element, empty for anything else.
pub(super) fn tag(node: &Node) -> &str {
    match &node.data {
        NodeData::Element { name, .. } => &name.local,
        _ => "",
    }
}

/// The value of an attribute, when it is there.
pub(super) fn attribute(node: &Node, name: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else { return None };
    attrs
        .borrow()
        .iter()
        .find(|attribute| &*attribute.name.local == name)
        .map(|attribute| attribute.value.to_string())
}

/// Whether the element has this class.
pub(super) fn has_class(node: &Node, class: &str) -> bool {
    attribute(node, "class").is_some_and(|classes| classes.split_whitespace().any(|c| c == class))
}

/// The text in a node, as it stands.
pub(super) fn text(node: &Rc<Node>) -> String {
    let mut out = String::new();
    let mut todo = vec![Rc::clone(node)];
    while let Some(node) = todo.pop() {
        if let NodeData::Text { contents } = &node.data {
            out.push_str(&contents.borrow());
        }
        todo.extend(node.children.borrow().iter().rev().cloned());
    }
    out
}

/// The text in a node on one line.
pub(super) fn line(node: &Rc<Node>) -> String {
    text(node).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first element below `node`, in document order, for which `wanted` holds.
pub(super) fn find(node: &Rc<Node>, wanted: &dyn Fn(&Node) -> bool) -> Option<Rc<Node>> {
    let mut todo: Vec<_> = node.children.borrow().iter().rev().cloned().collect();
    while let Some(node) = todo.pop() {
        if wanted(&node) {
            return Some(node);
        }
        todo.extend(node.children.borrow().iter().rev().cloned());
    }
    None
}

/// All elements below `node`, in document order, for which `wanted` holds.
pub(super) fn select(node: &Rc<Node>, wanted: &dyn Fn(&Node) -> bool) -> Vec<Rc<Node>> {
    let mut found = Vec::new();
    let mut todo: Vec<_> = node.children.borrow().iter().rev().cloned().collect();
    while let Some(node) = todo.pop() {
        if wanted(&node) {
            found.push(Rc::clone(&node));
        }
        todo.extend(node.children.borrow().iter().rev().cloned());
    }
    found
}

/// How deeply elements are nested.
pub(super) fn depth(root: &Rc<Node>) -> usize {
    let mut deepest = 0;
    let mut todo = vec![(Rc::clone(root), 0)];
    while let Some((node, depth)) = todo.pop() {
        deepest = deepest.max(depth);
        todo.extend(node.children.borrow().iter().map(|child| (Rc::clone(child), depth + 1)));
    }
    deepest
}

/// Takes a deep tree apart, so that dropping it does not recurse.
pub(super) fn dismantle(root: &Rc<Node>) {
    let mut todo = vec![Rc::clone(root)];
    while let Some(node) = todo.pop() {
        todo.append(&mut node.children.borrow_mut());
    }
}

/// Readies text for the converter, which judges a text only by its first characters: begins each line
/// without spaces, so that `- x` after a break is seen and escaped, and undoes lines of dashes, which
/// would make a heading of the line above.
pub(super) fn ready(root: &Rc<Node>) {
    let mut todo = vec![Rc::clone(root)];
    while let Some(node) = todo.pop() {
        if matches!(tag(&node), "pre" | "code" | "script" | "style") {
            continue;
        }
        let children = node.children.borrow();
        let mut after_break = true;
        for child in children.iter() {
            if let NodeData::Text { contents } = &child.data {
                let mut contents = contents.borrow_mut();
                if after_break && contents.starts_with([' ', '\n', '\t']) {
                    *contents = contents.trim_start_matches([' ', '\n', '\t']).into();
                }
                let bare = contents.trim();
                if bare.len() > 1 && (bare.bytes().all(|b| b == b'-') || bare.bytes().all(|b| b == b'=')) {
                    *contents = "———".into();
                }
                after_break = after_break && contents.is_empty();
            } else {
                after_break = tag(child) == "br";
            }
        }
        todo.extend(children.iter().cloned());
    }
}
