//! What of a JSON text may be drawn on so many rows, and how much it would take.
//!
//! One pass over the text. It keeps the beginnings of containers, a small multiple
//! of the rows, and of everything else the number alone.

use super::row::{fill, fitting, is_narrow, token_width};
use super::{Nested, Sheet};
use crate::json::{Token, Tokens};

/// Parts that are kept at each depth, for each row.
const BREADTH: usize = 4;

/// A value, and what is known of it.
#[derive(Debug)]
pub(super) struct Node<'a> {
    /// The literal of its name, in an object.
    pub(super) key: Option<&'a str>,
    /// From its first token on.
    pub(super) tokens: Tokens<'a>,
    /// The members or elements that it has.
    pub(super) count: usize,
    /// The first of them.
    pub(super) children: Vec<Node<'a>>,
    /// Rows that all of it takes: one if it fits there.
    pub(super) rows: usize,
    pub(super) form: Form,
    /// Of an array of scalars: the rows that they fill, and how far.
    filled: (usize, usize),
    /// Columns that it takes on one row.
    width: usize,
}

/// How the parts of a container stand where it takes more than a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As many on a row as fit.
    Filled,
    /// Each on its own.
    Below,
}

impl<'a> Node<'a> {
    fn new(key: Option<&'a str>, tokens: Tokens<'a>) -> Self {
        Node {
            key,
            tokens,
            count: 0,
            children: Vec::new(),
            rows: 0,
            form: Form::Below,
            filled: (0, 0),
            width: 0,
        }
    }
}

/// A text of which `rows` are drawn at most.
pub(super) fn plan<'a>(text: &'a str, sheet: &Sheet, rows: usize) -> Node<'a> {
    let mut planner = Planner {
        sheet,
        rows,
        open: Vec::new(),
        kept: Vec::new(),
        key: None,
        beneath: 0,
        root: Node::new(None, Tokens::new(text)),
    };
    let mut tokens = Tokens::new(text);
    loop {
        let here = tokens.clone();
        let Some(token) = tokens.next() else {
            break;
        };
        planner.token(token, here, tokens.rest().starts_with(':'));
    }
    planner.root
}

struct Planner<'a, 's> {
    sheet: &'s Sheet,
    rows: usize,
    /// The containers that we are in, and keep.
    open: Vec<Node<'a>>,
    /// How much is kept at each depth.
    kept: Vec<usize>,
    /// The name of the value that comes.
    key: Option<&'a str>,
    /// How deep we are in one that is not kept.
    beneath: usize,
    root: Node<'a>,
}

impl<'a> Planner<'a, '_> {
    fn token(&mut self, token: Token<'a>, here: Tokens<'a>, is_name: bool) {
        match token {
            Token::Open(_) if self.beneath > 0 => self.beneath += 1,
            Token::Open(_) if self.keeps() => {
                let mut node = Node::new(self.key.take(), here);
                node.width = 1;
                if token == Token::Open("[") && self.sheet.nested == Nested::Beside {
                    node.form = Form::Filled;
                }
                self.contains();
                self.open.push(node);
                return;
            }
            Token::Open(_) => {
                self.contains();
                self.beneath = 1;
            }
            Token::Close(_) if self.beneath > 1 => self.beneath -= 1,
            Token::Close(_) if self.beneath == 1 => {
                self.beneath = 0;
                self.count(1);
            }
            Token::Close(_) => return self.close(),
            _ if self.beneath > 0 || matches!(token, Token::Comma | Token::Colon) => {}
            Token::String(name) if is_name => self.key = Some(name),
            _ => return self.scalar(token, here),
        }
        let most = self.sheet.columns + 1;
        self.widen(token_width(token, most).unwrap_or(most));
    }

    /// Whether the next value is kept.
    fn keeps(&mut self) -> bool {
        let depth = self.open.len();
        let Some(parent) = self.open.last() else {
            return true;
        };
        if self.kept.len() < depth {
            self.kept.push(0);
        }
        let kept = &mut self.kept[depth - 1];
        let keeps =
            depth < self.rows && parent.children.len() < self.rows && *kept < self.rows * BREADTH;
        *kept += usize::from(keeps);
        keeps
    }

    fn scalar(&mut self, token: Token<'a>, here: Tokens<'a>) {
        let most = self.sheet.columns + 1;
        let width = token_width(token, most).unwrap_or(most);
        let mut node = Node::new(self.key.take(), here);
        node.rows = 1;
        node.width = width;
        self.widen(width);
        self.count(1);
        self.fill(width);
        if self.keeps()
            && let Some(parent) = self.open.last_mut()
        {
            parent.children.push(node);
        }
    }

    /// The container that we are in has a container in it.
    fn contains(&mut self) {
        if let Some(parent) = self.open.last_mut() {
            parent.form = Form::Below;
        }
    }

    /// A scalar more in the container that we are in.
    fn fill(&mut self, width: usize) {
        let room = self.sheet.room(self.open.len());
        if let Some(node) = self.open.last_mut() {
            if !is_narrow(width, self.sheet) {
                node.form = Form::Below;
            }
            let (rows, column) = &mut node.filled;
            if *rows == 0 || !fill(column, width, room) {
                *rows += 1;
                *column = 0;
                fill(column, width, room);
            }
        }
    }

    fn close(&mut self) {
        let Some(mut node) = self.open.pop() else {
            return;
        };
        node.width += 1;
        node.rows = match node.form {
            _ if self.fits(&node) => 1,
            Form::Filled => node.filled.0 + 2,
            Form::Below => node.rows.saturating_add(2),
        };
        self.widen(node.width);
        self.count(node.rows);
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => self.root = node,
        }
    }

    /// Whether a container that ends here fits on its row.
    fn fits(&self, node: &Node<'_>) -> bool {
        let depth = self.open.len();
        if depth == 0 || self.sheet.nested == Nested::Below {
            return node.count == 0;
        }
        let name = node.key.map_or(Some(0), |key| {
            Some(fitting(key, self.sheet.columns / 2)? + 2)
        });
        let taken = name.map(|name| self.sheet.indent(depth) + name + node.width + 1);
        taken.is_some_and(|taken| taken <= self.sheet.columns)
    }

    fn widen(&mut self, width: usize) {
        if let Some(node) = self.open.last_mut() {
            node.width = node.width.saturating_add(width);
        }
    }

    /// One more part of the container that we are in, which takes so many rows.
    fn count(&mut self, rows: usize) {
        self.key = None;
        if let Some(node) = self.open.last_mut() {
            node.count += 1;
            node.rows = node.rows.saturating_add(rows);
        }
    }
}
