//! Polls: a list of the options, each with its votes where the data counts them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;

use htmd::Node;
use htmd::element_handler::Handlers;
use markup5ever_rcdom::NodeData;

use super::super::shapes::Poll;
use super::Tally;
use super::dom::{attribute, find, has_class, line, select, tag};
use super::handlers::{Forum, block, inner, label};

/// The post's HTML with the polls that it only has beside it.
pub(super) fn complete<'a>(cooked: &'a str, polls: &[Poll]) -> Cow<'a, str> {
    let mut whole = Cow::Borrowed(cooked);
    for poll in polls {
        let mut known = poll.options.iter().filter_map(|option| option.id.as_deref());
        if poll.options.is_empty() || known.any(|id| cooked.contains(&format!("\"{id}\""))) {
            continue;
        }
        let text = whole.to_mut();
        let title = poll.title.as_deref().unwrap_or_default();
        let _ = write!(text, "<div class=\"poll\"><div class=\"poll-title\">{title}</div><ul>");
        for option in &poll.options {
            let id = option.id.as_deref().unwrap_or_default().replace(['"', '<', '>', '&'], "");
            let html = option.html.as_deref().unwrap_or_default();
            let _ = write!(text, "<li data-poll-option-id=\"{id}\">{html}</li>");
        }
        text.push_str("</ul></div>");
    }
    whole
}

/// Writes the votes behind the options.
pub(super) fn count(tree: &Rc<Node>, polls: &[Poll]) {
    if polls.is_empty() {
        return;
    }
    for item in select(tree, &|n| attribute(n, "data-poll-option-id").is_some()) {
        let id = attribute(&item, "data-poll-option-id");
        let option = polls.iter().flat_map(|poll| &poll.options).find(|option| option.id == id);
        if let Some(votes) = option.and_then(|option| option.votes) {
            let contents = RefCell::new(format!(" — {votes}").into());
            item.children.borrow_mut().push(Node::new(NodeData::Text { contents }));
        }
    }
}

/// A poll → its title and a list of its options.
pub(super) fn poll(forum: &Forum, handlers: &dyn Handlers, node: &Rc<Node>) -> String {
    Tally::add(&forum.tally.polls);
    let title = find(node, &|n| has_class(n, "poll-title")).map(|title| line(&title)).unwrap_or_default();
    let mut out = if title.is_empty() { String::new() } else { format!("📊 **{}**\n\n", label(&title)) };
    for option in select(node, &|n| tag(n) == "li") {
        let words = inner(handlers, &option).split_whitespace().collect::<Vec<_>>().join(" ");
        if !words.is_empty() {
            let _ = writeln!(out, "- {words}");
        }
    }
    block(&out)
}
