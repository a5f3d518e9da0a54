//! Tree → HTML. Everything an author wrote is escaped here; [`super::sanitize`] checks the result once
//! more against the allow list.

use std::collections::HashMap;
use std::fmt::Write as _;

use url::Url;

use super::RenderContext;
use super::limits::MAX_QUOTE_DEPTH;
use super::links::{self, Target};
use super::tree::{Align, Attribution, Document, Fold, Inline, Node, text_of};

/// What links that members write carry: no endorsement, no way back into our page.
pub(super) const LINK_REL: &str = "ugc nofollow noopener";

/// Writes a whole post.
pub(super) fn html(document: &Document, context: &RenderContext<'_>) -> String {
    let mut writer = Writer {
        context,
        site: Url::parse(context.base_url).ok(),
        key: context.post_key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect(),
        notes: document.notes.iter().map(|(label, nodes)| (label.as_str(), nodes.as_slice())).collect(),
        numbers: HashMap::new(),
        cited: Vec::new(),
        quotes: 0,
        in_link: false,
        item: String::new(),
        shift: shift(&document.blocks, context.topmost),
        out: String::new(),
    };
    writer.blocks(&document.blocks);
    writer.footnotes();
    writer.out
}

struct Writer<'a> {
    context: &'a RenderContext<'a>,
    site: Option<Url>,
    key: String,
    notes: HashMap<&'a str, &'a [Node]>,
    numbers: HashMap<&'a str, usize>,
    cited: Vec<&'a str>,
    quotes: usize,
    in_link: bool,
    /// The words of the list item being written, for the name of its box.
    item: String,
    /// Levels that headings move down by; up where it is negative.
    shift: i16,
    out: String,
}

/// The page's own title is h1 and its sections are h2, so headings move down by two; or the highest one of the text
/// to `topmost`.
fn shift(blocks: &[Node], topmost: Option<u8>) -> i16 {
    let levels = blocks.iter().filter_map(|node| match node {
        Node::Heading(level, _) => Some(i16::from(*level)),
        _ => None,
    });
    match (topmost, levels.min()) {
        (Some(topmost), Some(highest)) => i16::from(topmost) - highest,
        _ => 2,
    }
}

/// Characters in the name of a box.
const TASK_NAME: usize = 150;

/// The first words of a list item, without the lists and blocks in it.
fn own_words(item: &[Node]) -> String {
    let inline = match item.iter().find(|node| !matches!(node, Node::Break)) {
        Some(Node::Paragraph(inner)) => inner.as_slice(),
        _ => item,
    };
    let block = |node: &Node| {
        matches!(
            node,
            Node::Paragraph(_) | Node::List(..) | Node::Quote(..) | Node::CodeBlock(..) | Node::Fold(..)
        )
    };
    let end = inline.iter().position(block).unwrap_or(inline.len());
    if !inline.iter().any(|node| matches!(node, Node::Task(_))) {
        return String::new();
    }
    let words = text_of(inline.get(..end).unwrap_or_default());
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(TASK_NAME).collect()
}

/// Escapes text for HTML, attribute values included.
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

impl<'a> Writer<'a> {
    fn blocks(&mut self, nodes: &'a [Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn element(&mut self, open: &str, nodes: &'a [Node], close: &str) {
        self.out.push_str(open);
        self.blocks(nodes);
        self.out.push_str(close);
    }

    fn text(&mut self, text: &str) {
        escape(text, &mut self.out);
    }

    fn node(&mut self, node: &'a Node) {
        match node {
            Node::Paragraph(inner) => self.element("<p>", inner, "</p>\n"),
            Node::Heading(level, inner) => {
                let level = (i16::from(*level) + self.shift).clamp(2, 6);
                self.element(&format!("<h{level}>"), inner, &format!("</h{level}>\n"));
            }
            Node::Quote(by, inner) => self.quote(by.as_ref(), inner),
            Node::List(start, items) => self.list(*start, items),
            Node::CodeBlock(language, code) => self.code_block(language, code),
            Node::Table(align, rows) => self.table(align, rows),
            Node::Rule => self.out.push_str("<hr>\n"),
            Node::Fold(fold, inner) => self.fold(fold, inner),
            Node::Text(text) => self.text(text),
            Node::Code(code) => {
                self.out.push_str("<code>");
                self.text(code);
                self.out.push_str("</code>");
            }
            Node::Styled(kind, inner) => {
                let (open, close) = tags(*kind);
                self.element(open, inner, close);
            }
            Node::Link(dest, inner) => self.link(dest, inner),
            Node::Image(dest, alt) => self.image(dest, alt),
            Node::Break => self.out.push_str("<br>\n"),
            Node::Mention(handle) => self.mention(handle),
            Node::Task(done) => self.task(*done),
            Node::FootnoteRef(label) => self.footnote_ref(label),
            Node::Raw(run) => self.text(&run.text),
            Node::Item(inner) | Node::Cell(inner) => self.blocks(inner),
            Node::Row(_) | Node::Open(_) | Node::Close(_) | Node::FoldOpen(_) | Node::FoldClose(_) => {}
        }
    }

    fn quote(&mut self, by: Option<&'a Attribution>, inner: &'a [Node]) {
        self.quotes += 1;
        match self.quotes.cmp(&(MAX_QUOTE_DEPTH + 1)) {
            std::cmp::Ordering::Less => {
                self.out.push_str("<blockquote>\n");
                self.quote_body(by, inner);
                self.out.push_str("</blockquote>\n");
            }
            std::cmp::Ordering::Equal => {
                self.out.push_str("<details class=\"earlier\"><summary>");
                self.text(self.context.labels.earlier);
                self.out.push_str("</summary>\n");
                self.quote_body(by, inner);
                self.out.push_str("</details>\n");
            }
            std::cmp::Ordering::Greater => self.quote_body(by, inner),
        }
        self.quotes -= 1;
    }

    fn quote_body(&mut self, by: Option<&'a Attribution>, inner: &'a [Node]) {
        if let Some(by) = by {
            self.out.push_str("<p class=\"quote-by\"><cite>");
            match by.url.as_deref().and_then(|url| links::target(url, self.site.as_ref())) {
                Some(target) => self.anchor(&target, "", &by.who, |writer| writer.text(&by.who)),
                None => self.text(&by.who),
            }
            self.out.push_str("</cite></p>\n");
        }
        self.blocks(inner);
    }

    fn list(&mut self, start: Option<u64>, items: &'a [Vec<Node>]) {
        let tag = if start.is_some() { "ol" } else { "ul" };
        match start {
            Some(n) if n != 1 => {
                let _ = writeln!(self.out, "<ol start=\"{n}\">");
            }
            _ => {
                let _ = writeln!(self.out, "<{tag}>");
            }
        }
        for item in items {
            self.item = own_words(item);
            self.element("<li>", item, "</li>\n");
        }
        let _ = writeln!(self.out, "</{tag}>");
    }

    /// A box to tick, named by the words of its item: so it is read in the language of the post.
    fn task(&mut self, done: bool) {
        self.out.push_str("<input type=\"checkbox\" disabled=\"\"");
        if done {
            self.out.push_str(" checked=\"\"");
        }
        let name = std::mem::take(&mut self.item);
        self.out.push_str(" aria-label=\"");
        self.text(if name.is_empty() { "…" } else { &name });
        self.out.push_str("\"> ");
    }

    fn code_block(&mut self, language: &str, code: &str) {
        if language.is_empty() {
            self.out.push_str("<pre><code>");
        } else {
            let _ = write!(self.out, "<pre><code class=\"language-{language}\">");
        }
        self.text(code);
        self.out.push_str("</code></pre>\n");
    }

    fn table(&mut self, align: &[Align], rows: &'a [Vec<Vec<Node>>]) {
        self.out.push_str("<table>\n");
        for (i, row) in rows.iter().enumerate() {
            let tag = if i == 0 { "th" } else { "td" };
            self.out.push_str(match i {
                0 => "<thead><tr>",
                1 => "<tbody><tr>",
                _ => "<tr>",
            });
            for (column, cell) in row.iter().enumerate() {
                let class = match align.get(column) {
                    Some(Align::Center) => " class=\"center\"",
                    Some(Align::Right) => " class=\"right\"",
                    _ => "",
                };
                self.element(&format!("<{tag}{class}>"), cell, &format!("</{tag}>"));
            }
            self.out.push_str(if i == 0 { "</tr></thead>\n" } else { "</tr>\n" });
        }
        self.out.push_str(if rows.len() > 1 { "</tbody></table>\n" } else { "</table>\n" });
    }

    fn fold(&mut self, fold: &Fold, inner: &'a [Node]) {
        let (open, title) = match fold {
            Fold::Spoiler => ("<details class=\"spoiler\"><summary>", self.context.labels.spoiler),
            Fold::Details(title) if title.is_empty() => ("<details><summary>", self.context.labels.details),
            Fold::Details(title) => ("<details><summary>", title.as_str()),
        };
        self.out.push_str(open);
        self.text(title);
        self.out.push_str("</summary>\n");
        self.blocks(inner);
        self.out.push_str("</details>\n");
    }

    /// Writes an anchor, or only its content inside another anchor. `shown` is its text, to compare.
    fn anchor(&mut self, target: &Target, class: &str, shown: &str, content: impl FnOnce(&mut Self)) {
        if self.in_link {
            return content(self);
        }
        let (href, rel, host) = match target {
            Target::Internal(href) => (href, None, None),
            Target::External { href, host } => (href, Some(LINK_REL), Some(host)),
            Target::Mail(href) => (href, Some(LINK_REL), None),
        };
        self.out.push_str("<a");
        self.out.push_str(class);
        self.out.push_str(" href=\"");
        self.text(href);
        self.out.push('"');
        if let Some(rel) = rel {
            let _ = write!(self.out, " rel=\"{rel}\"");
        }
        self.out.push('>');
        self.in_link = true;
        content(self);
        self.in_link = false;
        if let Some(host) = host.filter(|host| links::disguises(shown, host)) {
            self.out.push_str(" <span class=\"link-host\">(");
            self.text(host);
            self.out.push_str(")</span>");
        }
        self.out.push_str("</a>");
    }

    fn link(&mut self, dest: &str, inner: &'a [Node]) {
        match links::target(dest, self.site.as_ref()) {
            Some(target) => {
                let shown = text_of(inner);
                let empty = shown.trim().is_empty() && !inner.iter().any(|n| matches!(n, Node::Image(..)));
                self.anchor(&target, "", &shown, |writer| {
                    // A link without text could not be seen, only stepped on.
                    if empty { writer.text(dest) } else { writer.blocks(inner) }
                });
            }
            None => self.blocks(inner),
        }
    }

    /// Pictures of the site's own are shown; those elsewhere become links, since loading them would
    /// tell a stranger who reads what.
    fn image(&mut self, dest: &str, alt: &str) {
        let (alt, size) = sized(alt);
        let Some(target) = links::target(dest, self.site.as_ref()) else { return self.text(alt) };
        let moved = match (&target, self.context.rehosted) {
            (Target::External { href, .. }, Some(rehosted)) => rehosted(href),
            _ => None,
        };
        let target = moved.and_then(|path| links::target(&path, self.site.as_ref())).unwrap_or(target);
        match &target {
            Target::Internal(href) if links::is_upload(href) => {
                self.out.push_str("<img src=\"");
                self.text(href);
                self.out.push_str("\" alt=\"");
                self.text(alt);
                self.out.push('"');
                if let Some((width, height)) = size {
                    let _ = write!(self.out, " width=\"{width}\" height=\"{height}\"");
                }
                self.out.push_str(" loading=\"lazy\">");
            }
            Target::Internal(_) | Target::Mail(_) => {
                let caption = if alt.is_empty() { dest } else { alt };
                self.anchor(&target, "", caption, |writer| writer.text(caption));
            }
            Target::External { href, host } => {
                let name = href.rsplit('/').next().unwrap_or_default();
                let name = name.split(['?', '#']).next().unwrap_or_default();
                let caption = match (alt.trim().is_empty(), name.is_empty()) {
                    (false, _) => alt.trim(),
                    (true, false) => name,
                    (true, true) => self.context.labels.image,
                };
                let caption = format!("🖼 {caption} ({host})");
                self.anchor(&target, " class=\"remote-image\"", "", |writer| writer.text(&caption));
            }
        }
    }

    fn mention(&mut self, handle: &str) {
        match (self.context.mention)(handle) {
            Some(canonical) if !self.in_link => {
                let mut path = String::new();
                for piece in url::form_urlencoded::byte_serialize(canonical.as_bytes()) {
                    path.push_str(piece);
                }
                let _ = write!(self.out, "<a class=\"mention\" href=\"/u/{path}\">@");
                self.text(&canonical);
                self.out.push_str("</a>");
            }
            _ => {
                self.out.push('@');
                self.text(handle);
            }
        }
    }

    fn footnote_ref(&mut self, label: &'a str) {
        if !self.notes.contains_key(label) {
            self.out.push_str("[^");
            self.text(label);
            return self.out.push(']');
        }
        let next = self.cited.len() + 1;
        let number = *self.numbers.entry(label).or_insert(next);
        let id = if number == next {
            self.cited.push(label);
            format!(" id=\"u-{}-ref-{number}\"", self.key)
        } else {
            String::new()
        };
        let _ = write!(
            self.out,
            "<sup class=\"note-ref\"><a{id} href=\"#u-{}-note-{number}\">{number}</a></sup>",
            self.key
        );
    }

    fn footnotes(&mut self) {
        if self.cited.is_empty() {
            return;
        }
        self.out.push_str("<section class=\"notes\"><ol>\n");
        let mut index = 0;
        // A note may cite another, which then joins the list.
        while let Some(label) = self.cited.get(index).copied() {
            index += 1;
            let _ = write!(self.out, "<li id=\"u-{}-note-{index}\">", self.key);
            let nodes = self.notes.get(label).copied().unwrap_or_default();
            self.blocks(nodes);
            let _ = writeln!(self.out, "<a href=\"#u-{}-ref-{index}\">↩</a></li>", self.key);
        }
        self.out.push_str("</ol></section>\n");
    }
}

fn tags(kind: Inline) -> (&'static str, &'static str) {
    match kind {
        Inline::Emphasis => ("<em>", "</em>"),
        Inline::Strong => ("<strong>", "</strong>"),
        Inline::Strike => ("<del>", "</del>"),
        // Focusable, so that it opens by keyboard and touch without a script.
        Inline::Spoiler => ("<span class=\"spoiler\" tabindex=\"0\">", "</span>"),
        Inline::Key => ("<kbd>", "</kbd>"),
        Inline::Sub => ("<sub>", "</sub>"),
        Inline::Sup => ("<sup>", "</sup>"),
        Inline::Underline => ("<u>", "</u>"),
    }
}

/// Takes a size in pixels off an alternative text: `a chart|690x388`.
pub(super) fn sized(alt: &str) -> (&str, Option<(u32, u32)>) {
    let size = alt.rsplit_once('|').and_then(|(text, size)| {
        let (width, height) = size.trim().split_once('x')?;
        let (width, height) = (width.parse::<u32>().ok()?, height.parse::<u32>().ok()?);
        ((1..=10_000).contains(&width) && (1..=10_000).contains(&height)).then_some((text, (width, height)))
    });
    match size {
        Some((text, size)) => (text, Some(size)),
        None => (alt, None),
    }
}
