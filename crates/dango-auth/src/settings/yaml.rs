//! A YAML document as a tree that knows its lines.

use std::collections::BTreeMap;
use std::rc::Rc;

use granit_parser::{Event, Options, Parser, ScalarStyle, Span};

/// Nesting deeper than this is refused.
const DEPTH_LIMIT: usize = 64;

/// A node and the line it starts on, counted from 1.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) content: Content,
}

/// What a node holds. Scalars stay as written; entries keep their order and their duplicates.
#[derive(Debug)]
pub(super) enum Content {
    Scalar { text: String, quoted: bool },
    List(Vec<Rc<Node>>),
    Mapping(Vec<Entry>),
}

/// A key with its line and its value; a key that is not a scalar has no name.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: Option<String>,
    pub(super) line: usize,
    pub(super) value: Rc<Node>,
}

impl Node {
    /// Whether the node is the plain scalar that YAML reads as null.
    pub(super) fn is_nothing(&self) -> bool {
        let Content::Scalar {
            text,
            quoted: false,
        } = &self.content
        else {
            return false;
        };
        matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}

/// Text that is not YAML.
#[derive(Debug)]
pub(super) struct SyntaxError {
    pub(super) line: usize,
    pub(super) message: String,
}

/// Reads the first document of `text`; an empty text has none.
pub(super) fn parse(text: &str) -> Result<Option<Rc<Node>>, SyntaxError> {
    let mut options = Options::default();
    options.emit_comments = false;
    Tree {
        events: Parser::new_from_str_with_options(text, options),
        anchors: BTreeMap::new(),
    }
    .document()
}

/// An unquoted value at the top of a document that is a mapping; nothing in a text that is not YAML.
/// Of several the last one counts.
pub(crate) fn plain_value(text: &str, name: &str) -> Option<String> {
    let root = parse(text).ok()??;
    let Content::Mapping(entries) = &root.content else {
        return None;
    };
    let named = |entry: &&Entry| entry.name.as_deref() == Some(name);
    match &entries.iter().rev().find(named)?.value.content {
        Content::Scalar {
            text,
            quoted: false,
        } => Some(text.clone()),
        _ => None,
    }
}

struct Tree<E> {
    events: E,
    anchors: BTreeMap<usize, Rc<Node>>,
}

impl<'a, E> Tree<E>
where
    E: Iterator<Item = Result<(Event<'a>, Span), granit_parser::ScanError>>,
{
    fn document(mut self) -> Result<Option<Rc<Node>>, SyntaxError> {
        let mut root = None;
        loop {
            let Some((event, span)) = self.event()? else {
                return Ok(root);
            };
            match event {
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                Event::StreamEnd => return Ok(root),
                // Everything is read to the end, so that a later document that is broken is refused too.
                node => {
                    let node = self.node(&node, &span, 0)?;
                    root.get_or_insert(node);
                }
            }
        }
    }

    fn event(&mut self) -> Result<Option<(Event<'a>, Span)>, SyntaxError> {
        let refused = |error: granit_parser::ScanError| SyntaxError {
            line: error.marker().line(),
            message: error.info(),
        };
        self.events.next().transpose().map_err(refused)
    }

    fn next(&mut self, opened: usize) -> Result<(Event<'a>, Span), SyntaxError> {
        let message = || "the document ends too early".to_owned();
        self.event()?.ok_or_else(|| SyntaxError {
            line: opened,
            message: message(),
        })
    }

    fn node(
        &mut self,
        event: &Event<'a>,
        span: &Span,
        depth: usize,
    ) -> Result<Rc<Node>, SyntaxError> {
        let line = span.start.line();
        let refused = |message: &str| {
            Err(SyntaxError {
                line,
                message: message.to_owned(),
            })
        };
        if depth > DEPTH_LIMIT {
            return refused("nested too deeply");
        }
        let anchor = event.anchor_id();
        let content = match event {
            Event::Scalar(..) => scalar(event),
            Event::SequenceStart(..) => Content::List(self.items(line, depth)?),
            Event::MappingStart(..) => Content::Mapping(self.entries(line, depth)?),
            Event::Alias(id) => {
                return match self.anchors.get(id) {
                    Some(node) => Ok(Rc::clone(node)),
                    None => refused("an alias refers to the value it stands in"),
                };
            }
            _ => return refused("not a value"),
        };
        let node = Rc::new(Node { line, content });
        if let Some(id) = anchor {
            self.anchors.insert(id, Rc::clone(&node));
        }
        Ok(node)
    }

    fn items(&mut self, opened: usize, depth: usize) -> Result<Vec<Rc<Node>>, SyntaxError> {
        let mut items = Vec::new();
        loop {
            match self.next(opened)? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(&event, &span, depth + 1)?),
            }
        }
    }

    fn entries(&mut self, opened: usize, depth: usize) -> Result<Vec<Entry>, SyntaxError> {
        let mut entries = Vec::new();
        loop {
            let (event, span) = self.next(opened)?;
            if matches!(event, Event::MappingEnd) {
                return Ok(entries);
            }
            let line = span.start.line();
            let key = self.node(&event, &span, depth + 1)?;
            let name = match &key.content {
                Content::Scalar { text, .. } => Some(text.clone()),
                Content::List(_) | Content::Mapping(_) => None,
            };
            let (event, span) = self.next(line)?;
            let value = self.node(&event, &span, depth + 1)?;
            entries.push(Entry { name, line, value });
        }
    }
}

fn scalar(event: &Event<'_>) -> Content {
    let (text, style) = event.scalar().unwrap_or(("", ScalarStyle::Plain));
    let tagged = event
        .tag()
        .is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
    Content::Scalar {
        text: text.to_owned(),
        quoted: tagged || style != ScalarStyle::Plain,
    }
}
