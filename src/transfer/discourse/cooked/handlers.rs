//! One function for each thing Discourse adds to HTML.

use std::rc::Rc;
use std::sync::Arc;

use htmd::element_handler::{HandlerResult, Handlers};
use htmd::{Element, HtmlToMarkdownBuilder, Node};

use super::super::emoji;
use super::super::site::{OldLink, OldSite};
use super::dom::{attribute, find, has_class, line, select, tag, text};
use super::{Tally, cards, polls};
use crate::transfer::links::ForeignLink;

type Answer = Option<HandlerResult>;

/// What every handler may need.
#[derive(Clone)]
pub(super) struct Forum {
    pub site: Arc<OldSite>,
    pub tally: Arc<Tally>,
}

/// Adds the handlers.
pub(super) fn register(
    builder: HtmlToMarkdownBuilder,
    site: &Arc<OldSite>,
    tally: &Arc<Tally>,
) -> HtmlToMarkdownBuilder {
    let forum = Forum { site: Arc::clone(site), tally: Arc::clone(tally) };
    let on = |run: fn(&Forum, &dyn Handlers, Element) -> Answer| {
        let forum = forum.clone();
        move |handlers: &dyn Handlers, element: Element| run(&forum, handlers, element)
    };
    builder
        .skip_tags(vec![
            "script", "style", "svg", "input", "button", "noscript", "template", "form", "select", "source",
            "track",
        ])
        .add_handler(vec!["a"], on(anchor))
        .add_handler(vec!["img"], on(image))
        .add_handler(vec!["aside"], on(aside))
        .add_handler(vec!["div"], on(division))
        .add_handler(vec!["span"], |handlers: &dyn Handlers, element: Element| {
            Some(span(handlers, element.node).into())
        })
        .add_handler(vec!["pre"], |_: &dyn Handlers, element: Element| Some(code_block(element.node).into()))
        .add_handler(vec!["details"], |handlers: &dyn Handlers, element: Element| {
            Some(details(handlers, element.node).into())
        })
        .add_handler(vec!["iframe", "video", "audio"], on(player))
        .add_handler(vec!["td", "th"], |handlers: &dyn Handlers, element: Element| {
            Some(cell(handlers, &element).into())
        })
        .add_handler(vec!["u", "ins", "kbd", "sub", "sup"], |handlers: &dyn Handlers, element: Element| {
            let tag = if element.tag == "ins" { "u" } else { element.tag };
            Some(wrapped(&inner(handlers, element.node), &format!("<{tag}>"), &format!("</{tag}>")).into())
        })
        .add_handler(vec!["s", "strike", "del"], |handlers: &dyn Handlers, element: Element| {
            Some(wrapped(&inner(handlers, element.node), "~~", "~~").into())
        })
}

pub(super) fn inner(handlers: &dyn Handlers, node: &Rc<Node>) -> String {
    handlers.walk_children(node).content
}

/// Puts marks around words, spaces left outside, where Markdown can express it: not across blocks.
fn wrapped(content: &str, open: &str, close: &str) -> String {
    let words = content.trim();
    if words.is_empty() || words.contains("\n\n") {
        return content.to_owned();
    }
    let lead = content.get(..content.len() - content.trim_start().len()).unwrap_or_default();
    let trail = content.get(content.trim_end().len()..).unwrap_or_default();
    format!("{lead}{open}{words}{close}{trail}")
}

pub(super) fn block(content: &str) -> String {
    format!("\n\n{}\n\n", content.trim_matches('\n'))
}

/// An address as it may stand between parentheses.
fn destination(url: &str) -> String {
    url.trim()
        .replace(' ', "%20")
        .replace('(', "%28")
        .replace(')', "%29")
        .replace('<', "%3C")
        .replace('>', "%3E")
        .replace('\\', "%5C")
        .replace(['\n', '\r', '\t'], "")
}

/// Text as it may stand between brackets.
pub(super) fn label(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '[' | ']' | '*' | '_' | '`' | '<') {
            out.push('\\');
        }
        out.push(if c == '\n' { ' ' } else { c });
    }
    out
}

impl Forum {
    /// Where a link leads from here on: a placeholder, a member's page, or an address.
    fn resolve(&self, href: &str) -> Option<String> {
        match self.site.link(href) {
            OldLink::Thread(link) => {
                Tally::add(&self.tally.internal_links);
                Some(link.placeholder())
            }
            OldLink::Member(handle) => Some(format!("/u/{handle}")),
            OldLink::Other(address) => address,
        }
    }

    /// A link to `href` that reads `shown` (Markdown), or only the words where it leads nowhere.
    pub(super) fn link(&self, href: &str, shown: &str, plain: &str) -> String {
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some(url) = self.resolve(href) else { return shown };
        let url = url.trim();
        if url.is_empty() {
            return shown;
        }
        let bare =
            plain.is_empty() || plain == href || href.trim_end_matches('/') == plain.trim_end_matches('/');
        if bare && url.contains(':') && !url.contains([' ', '<', '>', '\n']) {
            format!("<{url}>")
        } else {
            format!("[{shown}]({})", destination(url))
        }
    }
}

fn anchor(forum: &Forum, handlers: &dyn Handlers, element: Element) -> Answer {
    let node = element.node;
    if has_class(node, "mention") {
        return Some(line(node).into());
    }
    if has_class(node, "hashtag") || has_class(node, "hashtag-cooked") || has_class(node, "mention-group") {
        return Some(label(&line(node)).into());
    }
    if has_class(node, "badge-wrapper") {
        return None;
    }
    if has_class(node, "lightbox") {
        return Some(lightbox(forum, node).into());
    }
    let content = inner(handlers, node);
    let Some(href) = attribute(node, "href").filter(|href| !href.starts_with('#')) else {
        return Some(content.into());
    };
    let plain = line(node);
    // Two slashes before a word of prose or code: a guess of Discourse's, not the author's link.
    if href.starts_with("//") && plain == href {
        return Some(content.into());
    }
    if plain.is_empty() && find(node, &|n| tag(n) == "img").is_none() {
        return None;
    }
    if plain.is_empty() {
        // A picture that links: both survive, one after the other, when the picture becomes a link.
        return Some(format!("[{}]({})", content.trim(), destination(&forum.resolve(&href)?)).into());
    }
    let lead = if content.starts_with(char::is_whitespace) { " " } else { "" };
    let trail = if content.ends_with(char::is_whitespace) { " " } else { "" };
    Some(format!("{lead}{}{trail}", forum.link(&href, &content, &plain)).into())
}

fn picture(forum: &Forum, src: &str, alt: &str, node: &Rc<Node>) -> String {
    let Some(address) = forum.site.file(src) else { return label(alt) };
    Tally::add(&forum.tally.images);
    let size = match (attribute(node, "width"), attribute(node, "height")) {
        (Some(width), Some(height)) if width.parse::<u32>().is_ok() && height.parse::<u32>().is_ok() => {
            format!("|{width}x{height}")
        }
        _ => String::new(),
    };
    format!("![{}{size}]({})", label(alt), destination(&address))
}

fn lightbox(forum: &Forum, node: &Rc<Node>) -> String {
    let Some(img) = find(node, &|n| tag(n) == "img") else { return String::new() };
    let src = attribute(node, "href").or_else(|| attribute(&img, "src")).unwrap_or_default();
    let alt = attribute(node, "title")
        .filter(|title| !title.is_empty())
        .or_else(|| attribute(&img, "alt"))
        .unwrap_or_default();
    picture(forum, &src, &alt, &img)
}

fn image(forum: &Forum, _: &dyn Handlers, element: Element) -> Answer {
    let node = element.node;
    if has_class(node, "avatar") || has_class(node, "site-icon") {
        return None;
    }
    if has_class(node, "emoji") {
        let code = attribute(node, "alt").or_else(|| attribute(node, "title")).unwrap_or_default();
        return Some(label(&emoji::by_code(&code)).into());
    }
    let src = attribute(node, "src").filter(|src| !src.is_empty() && !src.starts_with("data:"))?;
    Some(picture(forum, &src, &attribute(node, "alt").unwrap_or_default(), node).into())
}

fn aside(forum: &Forum, handlers: &dyn Handlers, element: Element) -> Answer {
    let node = element.node;
    if has_class(node, "quote") {
        return Some(quote(forum, handlers, node).into());
    }
    if has_class(node, "onebox") {
        return Some(cards::card(forum, node).into());
    }
    handlers.fallback(element)
}

fn quote(forum: &Forum, handlers: &dyn Handlers, node: &Rc<Node>) -> String {
    let id = |name| attribute(node, name).and_then(|id| id.parse::<i64>().ok());
    let handle = attribute(node, "data-username").filter(|handle| !handle.is_empty());
    let title = find(node, &|n| has_class(n, "title"));
    let titled =
        title.as_ref().and_then(|title| find(title, &|n| tag(n) == "a" && !has_class(n, "badge-wrapper")));
    let handle = handle.or_else(|| title.filter(|_| titled.is_none()).and_then(|title| quoted(&title)));
    let who = handle.as_ref().map(|handle| format!("@{handle}")).or_else(|| titled.map(|a| line(&a)));
    let first = match (who.filter(|who| !who.is_empty()), id("data-topic")) {
        (Some(who), Some(topic)) => {
            Tally::add(&forum.tally.internal_links);
            let link = ForeignLink { topic, post_number: id("data-post") };
            format!("> [{}]({}):\n", label(&who), link.placeholder())
        }
        (Some(who), None) => format!("> **{}**:\n", label(&who)),
        (None, _) => String::new(),
    };
    let body = find(node, &|n| tag(n) == "blockquote").map(|body| inner(handlers, &body)).unwrap_or_default();
    let mut out = first;
    for line in body.trim().lines() {
        out.push_str(if line.is_empty() { ">" } else { "> " });
        out.push_str(line);
        out.push('\n');
    }
    block(&out)
}

/// Who is quoted, in posts from before quotes carried the name as an attribute: the title says `name:`, and the
/// picture's address has the name too, in lower case.
fn quoted(title: &Rc<Node>) -> Option<String> {
    let shown = line(title);
    let shown = shown.trim().trim_end_matches([':', '：']).trim_end();
    let picture = find(title, &|n| has_class(n, "avatar")).and_then(|img| attribute(&img, "src"));
    let named = picture.as_deref().and_then(pictured);
    match named {
        // A name shown in place of the handle is of no use for finding the member.
        Some(name) if name.to_lowercase() != shown.to_lowercase() => Some(name),
        _ => Some(shown.to_owned()).filter(|name| !name.is_empty() && !name.contains(char::is_whitespace)),
    }
}

/// The handle in the address of an avatar: `/user_avatar/{host}/{handle}/{size}/…`, `/letter_avatar/{handle}/…`.
fn pictured(src: &str) -> Option<String> {
    let after = |mark: &str| src.split_once(mark).map(|(_, rest)| rest);
    let rest = match after("/user_avatar/") {
        Some(rest) => rest.split_once('/')?.1,
        None => after("/letter_avatar/")?,
    };
    let (handle, _) = rest.split_once('/')?;
    let handle = percent_encoding::percent_decode_str(handle).decode_utf8().ok()?;
    Some(handle.into_owned()).filter(|handle| !handle.is_empty())
}

fn division(forum: &Forum, handlers: &dyn Handlers, element: Element) -> Answer {
    let node = element.node;
    if has_class(node, "lightbox-wrapper") {
        let link = find(node, &|n| has_class(n, "lightbox"));
        return Some(block(&link.map(|link| lightbox(forum, &link)).unwrap_or_default()).into());
    }
    if has_class(node, "quote-controls") || has_class(node, "meta") {
        return None;
    }
    if has_class(node, "spoiler") || has_class(node, "spoiled") {
        let content = inner(handlers, node);
        return Some(block(&format!("[spoiler]\n{}\n[/spoiler]", content.trim_matches('\n'))).into());
    }
    if has_class(node, "poll") {
        return Some(polls::poll(forum, handlers, node).into());
    }
    if let Some(id) = attribute(node, "data-youtube-id")
        .or_else(|| has_class(node, "youtube-onebox").then(|| attribute(node, "data-video-id")).flatten())
    {
        Tally::add(&forum.tally.embeds);
        let title = attribute(node, "data-youtube-title").or_else(|| attribute(node, "data-video-title"));
        return Some(
            block(&video_link(forum, &format!("https://www.youtube.com/watch?v={id}"), title)).into(),
        );
    }
    handlers.fallback(element)
}

fn video_link(forum: &Forum, url: &str, title: Option<String>) -> String {
    let title = title.unwrap_or_default();
    forum.link(url, &label(title.trim()), title.trim())
}

fn span(handlers: &dyn Handlers, node: &Rc<Node>) -> String {
    let content = inner(handlers, node);
    let classes = attribute(node, "class").unwrap_or_default();
    for class in classes.split_whitespace() {
        let (open, close) = match class {
            "spoiler" | "spoiled" => return inline_spoiler(&content),
            "bbcode-b" => ("**", "**"),
            "bbcode-i" => ("*", "*"),
            "bbcode-s" => ("~~", "~~"),
            "bbcode-u" => ("<u>", "</u>"),
            _ => continue,
        };
        return wrapped(&content, open, close);
    }
    content
}

fn inline_spoiler(content: &str) -> String {
    let words = content.trim();
    if words.is_empty() {
        String::new()
    } else if words.contains("\n\n") || words.contains("```") {
        block(&format!("[spoiler]\n{words}\n[/spoiler]"))
    } else if words.contains('|') {
        wrapped(content, "[spoiler]", "[/spoiler]")
    } else {
        wrapped(content, "||", "||")
    }
}

fn details(handlers: &dyn Handlers, node: &Rc<Node>) -> String {
    let summary = find(node, &|n| tag(n) == "summary");
    let title = summary.as_ref().map(line).unwrap_or_default().replace(['"', '[', ']'], "'");
    if let Some(summary) = &summary {
        node.children.borrow_mut().retain(|child| !Rc::ptr_eq(child, summary));
    }
    let content = inner(handlers, node);
    block(&format!("[details=\"{title}\"]\n\n{}\n\n[/details]", content.trim_matches('\n')))
}

fn player(forum: &Forum, _: &dyn Handlers, element: Element) -> Answer {
    let node = element.node;
    let source = find(node, &|n| tag(n) == "source");
    let src = attribute(node, "src").or_else(|| source.and_then(|source| attribute(&source, "src")))?;
    let src = if src.starts_with("//") { format!("https:{src}") } else { src };
    let address = forum.site.file(&src)?;
    Tally::add(&forum.tally.embeds);
    let url = match address.split_once("youtube.com/embed/") {
        Some((_, id)) => {
            let id = id.split(['?', '/', '&']).next().unwrap_or_default();
            format!("https://www.youtube.com/watch?v={id}")
        }
        None => address,
    };
    Some(block(&video_link(forum, &url, attribute(node, "title"))).into())
}

pub(super) fn code_block(node: &Rc<Node>) -> String {
    let code = find(node, &|n| tag(n) == "code");
    let classes = code.as_ref().and_then(|code| attribute(code, "class")).unwrap_or_default();
    let language = classes
        .split_whitespace()
        .map(|class| class.trim_start_matches("lang-").trim_start_matches("language-"))
        .find(|name| !matches!(*name, "auto" | "nohighlight" | "plaintext" | "text" | "hljs"))
        .unwrap_or_default();
    // Previews of a file have each of its lines as an item of a list.
    let lines = select(node, &|n| tag(n) == "li");
    let text = if lines.is_empty() {
        text(code.as_ref().unwrap_or(node))
    } else {
        let lines: Vec<String> = lines.iter().map(text).collect();
        lines.iter().map(|line| line.trim_end_matches('\n')).collect::<Vec<_>>().join("\n")
    };
    let longest = text.lines().map(|line| line.trim_start().bytes().take_while(|&b| b == b'`').count()).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    format!("\n\n{fence}{language}\n{}\n{fence}\n\n", text.trim_end_matches('\n'))
}

fn cell(handlers: &dyn Handlers, element: &Element) -> String {
    let content = inner(handlers, element.node);
    content.trim().lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("<br>")
}
