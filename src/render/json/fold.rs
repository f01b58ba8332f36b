//! JSON on a limited number of rows: what is small whole, of what is large the
//! beginning, and how much is left out.

use super::Sheet;
use super::plan::{Form, Node, plan};
use super::row::Row;
use crate::json::Token;

/// Rows that are drawn at least: one part and how many there are beside it.
const FEWEST: usize = 4;

/// Appends a container, of which the first row stands where `out` ends, on at most
/// `rows` rows, or four. Gives whether something was left out.
pub(in super::super) fn folded(text: &str, sheet: &Sheet, rows: usize, out: &mut String) -> bool {
    let root = plan(text, sheet, rows);
    let mut row = Row {
        sheet,
        out,
        is_cut: false,
    };
    row.value(&root, 0, rows.max(FEWEST), 0);
    row.is_cut
}

impl Sheet {
    /// Rows that a container with its brackets takes at least, of which not all is
    /// shown: with fewer a single row tells as much, where rows are wide.
    fn least(&self) -> usize {
        if self.columns < 60 { 4 } else { 8 }
    }
}

impl Row<'_> {
    /// A value on at most `budget` rows, whose first begins with `taken` columns.
    fn value(&mut self, node: &Node<'_>, depth: usize, budget: usize, taken: usize) {
        let room = self.sheet.columns.saturating_sub(taken + 1);
        let mut tokens = node.tokens.clone();
        let kept = !node.children.is_empty();
        match tokens.peek() {
            Some(Token::Open(_)) if node.rows == 1 => self.inline(&mut tokens),
            Some(Token::Open(_)) if depth > 0 && budget < node.rows.min(self.sheet.least()) => {
                self.brief(&mut tokens, node.count, room);
            }
            Some(Token::Open(_)) if node.form == Form::Filled => {
                let rows = if node.rows <= budget {
                    usize::MAX
                } else {
                    budget - 2
                };
                self.filled(&mut tokens, node.count, depth, rows);
            }
            Some(Token::Open(open)) if kept => {
                self.out.push_str(open);
                self.parts(node, depth + 1, budget - 2);
                self.sheet.new_row(depth, self.out);
                self.out.push(if open == "{" { '}' } else { ']' });
            }
            Some(Token::Open(_)) => self.brief(&mut tokens, node.count, room),
            Some(token) => self.scalar(token, room),
            None => {}
        }
    }

    /// The parts of a container on at most `rows` rows.
    fn parts(&mut self, node: &Node<'_>, depth: usize, rows: usize) {
        let least = self.sheet.least() - 1;
        let (shown, spare) = choose(node, rows, least);
        let grants = share(&node.children[..shown], spare, least);
        for (at, (child, grant)) in node.children.iter().zip(grants).enumerate() {
            self.sheet.new_row(depth, self.out);
            let mut taken = self.sheet.indent(depth);
            if let Some(key) = child.key {
                taken += self.key(key, self.sheet.columns - taken);
            }
            self.value(child, depth, 1 + grant, taken);
            if at + 1 < node.count {
                self.out.push(',');
            }
        }
        if shown < node.count {
            self.sheet.new_row(depth, self.out);
            let room = self.sheet.columns - self.sheet.indent(depth);
            self.more(node.count - shown, room);
        }
    }
}

/// How many parts of a container are shown on so many rows, and how many rows are left
/// for what is in them.
fn choose(node: &Node<'_>, rows: usize, least: usize) -> (usize, usize) {
    let kept = node.children.len();
    if node.count <= rows && kept == node.count {
        return (kept, rows - kept);
    }
    // The first part tells what the others are like.
    let first = node.children.first().map_or(1, |first| first.rows);
    let spare = useful(first - 1, rows / 2, least);
    let shown = rows
        .saturating_sub(1 + spare)
        .clamp(1, kept.max(1))
        .min(kept);
    (shown, rows.saturating_sub(1 + shown))
}

/// How many of so many rows are of use to what needs more than its first: all that it
/// needs, or at least so many.
fn useful(need: usize, rows: usize, least: usize) -> usize {
    match rows {
        rows if need <= rows => need,
        rows if rows < least => 0,
        rows => rows,
    }
}

/// How many rows beside their first each of these gets of so many: the small ones what
/// they need, the large ones the same, or the first of them what is of use.
fn share(nodes: &[Node<'_>], spare: usize, least: usize) -> Vec<usize> {
    let needs: Vec<usize> = nodes
        .iter()
        .map(|node| node.rows.saturating_sub(1))
        .collect();
    let mut order: Vec<usize> = (0..nodes.len()).filter(|&at| needs[at] > 0).collect();
    order.sort_unstable_by_key(|&at| (needs[at], at));
    let mut grants = vec![0; nodes.len()];
    let mut left = spare;
    let mut waiting = order.len();
    let mut large = Vec::new();
    for at in order {
        if needs[at] <= left / waiting {
            grants[at] = needs[at];
            left -= needs[at];
            waiting -= 1;
        } else {
            large.push(at);
        }
    }
    large.sort_unstable();
    for (place, at) in large.iter().enumerate() {
        let fair = left / (large.len() - place);
        let grant = useful(needs[*at], fair.max(least).min(left), least);
        grants[*at] = grant;
        left -= grant;
    }
    grants
}
