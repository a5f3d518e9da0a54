//! A post as a small tree: what the writer, the counters and the plain-text reader walk.
//!
//! The tree is built by [`super::build`], which bounds its depth; recursion over it is therefore safe.

/// What a folded section is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fold {
    /// `[spoiler]`: hidden until the reader asks.
    Spoiler,
    /// `[details="title"]`: put away because it is long.
    Details(String),
}

/// Plain inline elements an author may type as HTML, without attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inline {
    Emphasis,
    Strong,
    Strike,
    Spoiler,
    Key,
    Sub,
    Sup,
    Underline,
}

/// Text with the byte offsets that were escaped or written as an entity: those are never syntax.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub text: String,
    pub literal: Vec<usize>,
}

/// Who is quoted: the text of the link or name in the first line, and where it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribution {
    pub who: String,
    pub url: Option<String>,
}

/// Where the cells of a column lean.
pub(super) type Align = pulldown_cmark::Alignment;

/// One piece of a post.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Paragraph(Vec<Node>),
    /// Level as written, 1 to 6.
    Heading(u8, Vec<Node>),
    Quote(Option<Attribution>, Vec<Node>),
    /// First number of an ordered list, and the items.
    List(Option<u64>, Vec<Vec<Node>>),
    CodeBlock(String, String),
    Table(Vec<Align>, Vec<Vec<Vec<Node>>>),
    Rule,
    Fold(Fold, Vec<Node>),
    Text(String),
    Code(String),
    Styled(Inline, Vec<Node>),
    Link(String, Vec<Node>),
    /// Address and alternative text.
    Image(String, String),
    Break,
    Mention(String),
    Task(bool),
    FootnoteRef(String),
    // Only while building.
    Raw(Run),
    Open(Inline),
    Close(Inline),
    FoldOpen(Fold),
    FoldClose(Fold),
    Cell(Vec<Node>),
    Row(Vec<Vec<Node>>),
    Item(Vec<Node>),
}

/// A parsed post.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub blocks: Vec<Node>,
    /// Footnotes by label, in the order of definition.
    pub notes: Vec<(String, Vec<Node>)>,
}

/// The visible text of inline nodes.
pub(super) fn text_of(nodes: &[Node]) -> String {
    let mut out = String::new();
    push_text(nodes, &mut out);
    out
}

fn push_text(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) | Node::Code(text) | Node::Image(_, text) => out.push_str(text),
            Node::Raw(run) => out.push_str(&run.text),
            Node::Mention(handle) => {
                out.push('@');
                out.push_str(handle);
            }
            Node::Break => out.push(' '),
            Node::Styled(_, inner) | Node::Link(_, inner) => push_text(inner, out),
            _ => {}
        }
    }
}
