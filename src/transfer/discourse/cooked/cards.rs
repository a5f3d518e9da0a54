//! Previews of other pages (`aside.onebox`): the link with the page's title, and the code that stands in them.

use std::rc::Rc;

use htmd::Node;

use super::Tally;
use super::dom::{attribute, find, has_class, line, select, tag};
use super::handlers::{Forum, block, code_block, label};

/// A preview → a link with the page's title; of a file, its lines; of several files, each with its name.
pub(super) fn card(forum: &Forum, node: &Rc<Node>) -> String {
    Tally::add(&forum.tally.cards);
    let with_address =
        |n: &Node| tag(n) == "a" && attribute(n, "href").is_some_and(|href| href.starts_with("http"));
    let heading = find(node, &|n| matches!(tag(n), "h3" | "h4") && !line_of(n).is_empty());
    let href = attribute(node, "data-onebox-src")
        .or_else(|| {
            find(node, &|n| has_class(n, "source"))
                .and_then(|s| find(&s, &with_address))
                .and_then(|a| attribute(&a, "href"))
        })
        .or_else(|| find(node, &with_address).and_then(|a| attribute(&a, "href")));
    let title = heading.map(|heading| line(&heading)).unwrap_or_default();
    let mut out = match href {
        Some(href) => block(&forum.link(&href, &label(&title), &title)),
        None => block(&label(&title)),
    };
    for part in select(node, &|n| tag(n) == "h5" || (tag(n) == "pre" && has_code(n))) {
        let name = line(&part);
        match tag(&part) {
            "pre" => out.push_str(&code_block(&part)),
            _ if !name.is_empty() => out.push_str(&block(&format!("**{}**", label(&name)))),
            _ => {}
        }
    }
    out
}

/// The text of an issue stands in a `pre` too, but is no code.
fn has_code(node: &Node) -> bool {
    node.children.borrow().iter().any(|child| tag(child) == "code" && !line(child).is_empty())
}

fn line_of(node: &Node) -> String {
    node.children.borrow().iter().map(line).collect::<String>().trim().to_owned()
}
