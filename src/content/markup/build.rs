//! Events of the Markdown parser → tree. Bounds the depth on the way: what is nested deeper than the
//! limits loses its container, not its text.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Parser, Tag, TagEnd};

use super::beside_han::plain;
use super::inline::{self, Allowed};
use super::limits::{MAX_BLOCK_DEPTH, MAX_INLINE_DEPTH};
use super::tree::{Document, Inline, Node, Run, text_of};
use super::{folds, links, quotes, source};

/// Parses a post.
pub(super) fn document(md: &str) -> Document {
    let text = source::prepare(md);
    let mut builder = Builder { text: &text, frames: vec![Frame::new(None)], ..Builder::default() };
    for (event, range) in Parser::new_ext(&text, source::dialect()).into_offset_iter() {
        builder.event(event, range.start);
    }
    while builder.frames.len() > 1 {
        builder.close();
    }
    let blocks = builder.frames.pop().map(|frame| folds::pair(frame.children)).unwrap_or_default();
    Document { blocks, notes: builder.notes }
}

struct Frame<'a> {
    tag: Option<Tag<'a>>,
    children: Vec<Node>,
}

impl<'a> Frame<'a> {
    fn new(tag: Option<Tag<'a>>) -> Self {
        Self { tag, children: Vec::new() }
    }
}

#[derive(Default)]
struct Builder<'a> {
    text: &'a str,
    frames: Vec<Frame<'a>>,
    /// For each open tag, whether it has a frame: one nested too deeply has none.
    kept: Vec<bool>,
    notes: Vec<(String, Vec<Node>)>,
    blocks: usize,
    inlines: usize,
    links: usize,
    quotes: usize,
}

impl<'a> Builder<'a> {
    fn event(&mut self, event: Event<'a>, start: usize) {
        match event {
            Event::Start(tag) => self.open(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.run(&plain(text), start),
            Event::Code(code) => self.push(Node::Code(plain(code).into_string())),
            Event::Html(html) => self.html_block(&plain(html)),
            Event::InlineHtml(html) => {
                if let Some(node) = inline::html_piece(&plain(html)) {
                    self.inline_html(node);
                }
            }
            Event::SoftBreak | Event::HardBreak => self.push(Node::Break),
            Event::Rule => self.push(Node::Rule),
            Event::TaskListMarker(done) => self.push(Node::Task(done)),
            Event::FootnoteReference(label) => self.push(Node::FootnoteRef(plain(label).into_string())),
            Event::InlineMath(math) | Event::DisplayMath(math) => {
                self.push(Node::Code(plain(math).into_string()));
            }
        }
    }

    fn open(&mut self, tag: Tag<'a>) {
        let kept = match tag {
            Tag::BlockQuote(_) | Tag::List(_) => {
                self.blocks += 1;
                self.blocks <= MAX_BLOCK_DEPTH
            }
            Tag::Item => self.blocks <= MAX_BLOCK_DEPTH,
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. } => {
                self.inlines += 1;
                self.inlines <= MAX_INLINE_DEPTH
            }
            _ => true,
        };
        self.links += usize::from(matches!(tag, Tag::Link { .. } | Tag::Image { .. }));
        self.quotes += usize::from(matches!(tag, Tag::BlockQuote(_)));
        self.kept.push(kept);
        if kept {
            self.frames.push(Frame::new(Some(tag)));
        }
    }

    fn end(&mut self, end: TagEnd) {
        if self.kept.pop().unwrap_or(true) {
            self.close();
        } else if matches!(end, TagEnd::Item) {
            self.push(Node::Break);
        }
        match end {
            TagEnd::BlockQuote(_) => {
                self.blocks = self.blocks.saturating_sub(1);
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::List(_) => self.blocks = self.blocks.saturating_sub(1),
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.inlines = self.inlines.saturating_sub(1);
            }
            TagEnd::Link | TagEnd::Image => {
                self.inlines = self.inlines.saturating_sub(1);
                self.links = self.links.saturating_sub(1);
            }
            _ => {}
        }
    }

    fn push(&mut self, node: Node) {
        if let Some(frame) = self.frames.last_mut() {
            frame.children.push(node);
        }
    }

    /// Text that is not syntax any more; joined to the run before it, as the parser cuts text up.
    fn run(&mut self, text: &str, start: usize) {
        let verbatim = matches!(
            self.frames.last().and_then(|f| f.tag.as_ref()),
            Some(Tag::CodeBlock(_) | Tag::HtmlBlock)
        );
        if verbatim {
            return self.html_block(text);
        }
        // An escape leaves its backslash just before the text, an entity its name at the start.
        let escaped = start.checked_sub(1).and_then(|i| self.text.as_bytes().get(i)) == Some(&b'\\');
        let entity = self.text.as_bytes().get(start) == Some(&b'&') && !text.starts_with('&');
        if let Some(Node::Raw(run)) = self.frames.last_mut().and_then(|frame| frame.children.last_mut()) {
            if escaped || entity {
                run.literal.push(run.text.len());
            }
            run.text.push_str(text);
        } else {
            let literal = if escaped || entity { vec![0] } else { Vec::new() };
            self.push(Node::Raw(Run { text: text.to_owned(), literal }));
        }
    }

    fn inline_html(&mut self, node: Node) {
        match node {
            Node::Raw(run) => self.run(&run.text, 0),
            other => self.push(other),
        }
    }

    fn html_block(&mut self, text: &str) {
        if let Some(Node::Text(last)) = self.frames.last_mut().and_then(|frame| frame.children.last_mut()) {
            last.push_str(text);
        } else {
            self.push(Node::Text(text.to_owned()));
        }
    }

    fn close(&mut self) {
        let Some(Frame { tag, children }) = self.frames.pop() else { return };
        let Some(tag) = tag else { return };
        let allowed = Allowed { links: self.links == 0, mentions: self.links == 0 && self.quotes == 0 };
        if matches!(tag, Tag::Paragraph) {
            return self.close_paragraph(children, allowed);
        }
        let children = inline::finish(children, allowed);
        if let Some(node) = self.node(tag, children) {
            self.push(node);
        }
    }

    fn close_paragraph(&mut self, children: Vec<Node>, allowed: Allowed) {
        match folds::split_lines(children) {
            Err(children) => self.push(Node::Paragraph(inline::finish(children, allowed))),
            Ok(lines) => {
                for mut line in lines {
                    match line.pop() {
                        Some(mark @ (Node::FoldOpen(_) | Node::FoldClose(_))) => self.push(mark),
                        Some(last) => {
                            line.push(last);
                            self.push(Node::Paragraph(inline::finish(line, allowed)));
                        }
                        None => {}
                    }
                }
            }
        }
    }

    fn node(&mut self, tag: Tag<'a>, mut children: Vec<Node>) -> Option<Node> {
        Some(match tag {
            Tag::Heading { level, .. } => Node::Heading(level as u8, children),
            Tag::BlockQuote(_) => {
                let by = quotes::take_attribution(&mut children);
                Node::Quote(by, folds::pair(children))
            }
            Tag::CodeBlock(kind) => Node::CodeBlock(language(&kind), text_of(&children)),
            Tag::HtmlBlock => Node::Paragraph(html_lines(&text_of(&children))?),
            Tag::List(start) => Node::List(start, children.into_iter().filter_map(into_item).collect()),
            Tag::Item => Node::Item(folds::pair(children)),
            Tag::FootnoteDefinition(label) => {
                self.notes.push((plain(label).into_string(), folds::pair(children)));
                return None;
            }
            Tag::Table(align) => Node::Table(align, children.into_iter().filter_map(into_row).collect()),
            Tag::TableHead | Tag::TableRow => Node::Row(children.into_iter().filter_map(into_cell).collect()),
            Tag::TableCell => Node::Cell(children),
            Tag::Emphasis => Node::Styled(Inline::Emphasis, children),
            Tag::Strong => Node::Styled(Inline::Strong, children),
            Tag::Strikethrough => Node::Styled(Inline::Strike, children),
            Tag::Link { link_type: LinkType::Email, dest_url, .. } => {
                Node::Link(format!("mailto:{}", plain(dest_url)), children)
            }
            // `vector<std::string>` is code typed as prose, not an address of scheme "std".
            Tag::Link { link_type: LinkType::Autolink, dest_url, .. } if !links::is_address(&dest_url) => {
                Node::Text(format!("<{}>", plain(dest_url)))
            }
            Tag::Link { dest_url, .. } => Node::Link(plain(dest_url).into_string(), children),
            Tag::Image { dest_url, .. } => Node::Image(plain(dest_url).into_string(), text_of(&children)),
            // The dialect has none of the others.
            _ => Node::Paragraph(children),
        })
    }
}

/// The language named by a code fence, when it is a plain name.
fn language(kind: &CodeBlockKind<'_>) -> String {
    let CodeBlockKind::Fenced(info) = kind else { return String::new() };
    let name = info.split([' ', ',', '{']).next().unwrap_or_default().to_ascii_lowercase();
    if is_language(&name) { name } else { String::new() }
}

/// Whether `name` may stand in `class="language-…"`.
pub(super) fn is_language(name: &str) -> bool {
    (1..=30).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+#._-".contains(&b))
}

/// A block of raw HTML, shown as it was typed; nothing when it is only a comment.
fn html_lines(html: &str) -> Option<Vec<Node>> {
    let html = html.trim();
    if html.is_empty() || (html.starts_with("<!--") && html.ends_with("-->")) {
        return None;
    }
    let mut nodes = Vec::new();
    for line in html.lines() {
        if !nodes.is_empty() {
            nodes.push(Node::Break);
        }
        nodes.push(Node::Text(line.to_owned()));
    }
    Some(nodes)
}

fn into_item(node: Node) -> Option<Vec<Node>> {
    match node {
        Node::Item(nodes) => Some(nodes),
        Node::Break => None,
        other => Some(vec![other]),
    }
}

fn into_row(node: Node) -> Option<Vec<Vec<Node>>> {
    if let Node::Row(cells) = node { Some(cells) } else { None }
}

fn into_cell(node: Node) -> Option<Vec<Node>> {
    if let Node::Cell(nodes) = node { Some(nodes) } else { None }
}
