//! From a path and a text to the nodes that are selected.
//!
//! Recursion follows the nesting of the path's filters, which is bounded, and never
//! that of the text.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::rc::Rc;

use regex_lite::Regex;

use super::condition::{self, Comparison, Condition, Expression, Operand};
use super::regexp::{self, Extent};
use super::{Path, Query, Reach, Segment, Selector, Slice, Start, TooMany, Work};
use crate::json::node::{compare, is_container, name_content, same, size, text_of};
use crate::json::value::Others;
use crate::json::walk::{elements, members, value};

/// What a regular expression from the text costs beside its length, as bytes.
const COMPILING: usize = 16 << 10;

/// The nodes that a path selects.
pub(super) fn run<'t>(path: &Path, text: &'t str) -> Result<Vec<&'t str>, TooMany> {
    let mut search = Search {
        root: value(text),
        known: vec![None; path.roots],
        last: None,
        work: Work::of(text.len()),
    };
    let root = search.root;
    search.segments(&path.query.segments, root)
}

struct Search<'t> {
    root: &'t str,
    /// What the queries selected that begin at the root, by their number.
    known: Vec<Option<Rc<[&'t str]>>>,
    /// The last expression that came from the text.
    last: Option<Compiled>,
    work: Work,
}

/// An expression; `None` if it is none.
struct Compiled {
    source: String,
    extent: Extent,
    regex: Option<Regex>,
}

impl<'t> Search<'t> {
    /// What a query selects; one that begins at the root is searched once.
    fn query(&mut self, query: &Query, current: &'t str) -> Result<Rc<[&'t str]>, TooMany> {
        let Start::Root(number) = query.start else {
            return self.segments(&query.segments, current).map(Rc::from);
        };
        if let Some(Some(known)) = self.known.get(number) {
            return Ok(Rc::clone(known));
        }
        let found: Rc<[&str]> = self.segments(&query.segments, self.root)?.into();
        if let Some(known) = self.known.get_mut(number) {
            *known = Some(Rc::clone(&found));
        }
        Ok(found)
    }

    /// Each segment selects from what the one before has selected.
    fn segments(&mut self, segments: &[Segment], start: &'t str) -> Result<Vec<&'t str>, TooMany> {
        let mut nodes = vec![start];
        for segment in segments {
            let mut selected = Vec::new();
            for node in nodes {
                match segment.reach {
                    Reach::Children => self.select(&segment.selectors, node, &mut selected)?,
                    Reach::Descendants => self.descend(&segment.selectors, node, &mut selected)?,
                }
            }
            nodes = selected;
        }
        Ok(nodes)
    }

    /// Selects from a node and all below it, each before those that it holds.
    fn descend(
        &mut self,
        selectors: &[Selector],
        node: &'t str,
        selected: &mut Vec<&'t str>,
    ) -> Result<(), TooMany> {
        let mut waiting = vec![node];
        while let Some(node) = waiting.pop() {
            self.select(selectors, node, selected)?;
            let children = self.children(node)?;
            waiting.extend(
                children
                    .into_iter()
                    .rev()
                    .filter(|child| is_container(child)),
            );
        }
        Ok(())
    }

    /// Each selector in its turn, so that a node may be selected twice.
    fn select(
        &mut self,
        selectors: &[Selector],
        node: &'t str,
        selected: &mut Vec<&'t str>,
    ) -> Result<(), TooMany> {
        for selector in selectors {
            match selector {
                Selector::Name(name) => selected.extend(self.member(node, name)?),
                Selector::Wildcard => selected.extend(self.children(node)?),
                Selector::Index(index) => selected.extend(self.element(node, *index)?),
                Selector::Slice(slice) => self.slice(node, *slice, selected)?,
                Selector::Filter(condition) => self.filter(node, condition, selected)?,
            }
        }
        Ok(())
    }

    /// The member that counts of those with a name.
    fn member(&mut self, node: &'t str, name: &str) -> Result<Option<&'t str>, TooMany> {
        if !node.starts_with('{') {
            return Ok(None);
        }
        self.work.visit()?;
        self.work.walk(node.len())?;
        let named = members(node).filter(|(literal, _)| *name_content(literal) == *name.as_bytes());
        Ok(named.last().map(|(_, value)| value))
    }

    /// All elements, or all members that count.
    fn children(&mut self, node: &'t str) -> Result<Vec<&'t str>, TooMany> {
        if !is_container(node) {
            return Ok(Vec::new());
        }
        self.work.walk(node.len())?;
        if node.starts_with('[') {
            return elements(node)
                .map(|child| self.work.visit().map(|()| child))
                .collect();
        }
        let counted = members(node).map(|member| self.work.visit().map(|()| member));
        let mut kept: Vec<_> = counted.collect::<Result<_, _>>()?;
        let mut names = BTreeSet::new();
        kept.reverse();
        kept.retain(|(literal, _)| names.insert(name_content(literal)));
        Ok(kept.into_iter().rev().map(|(_, value)| value).collect())
    }

    /// A negative index counts from the end.
    fn element(&mut self, node: &'t str, index: i64) -> Result<Option<&'t str>, TooMany> {
        if !node.starts_with('[') {
            return Ok(None);
        }
        self.work.visit()?;
        self.work.walk(node.len())?;
        let index = match index {
            0.. => index,
            _ => index + self.count(node)?,
        };
        let index = usize::try_from(index).ok();
        Ok(index.and_then(|index| elements(node).nth(index)))
    }

    fn count(&mut self, array: &str) -> Result<i64, TooMany> {
        self.work.walk(array.len())?;
        Ok(i64::try_from(elements(array).count()).unwrap_or(i64::MAX))
    }

    /// RFC 9535 section 2.3.4.2.
    fn slice(
        &mut self,
        node: &'t str,
        slice: Slice,
        selected: &mut Vec<&'t str>,
    ) -> Result<(), TooMany> {
        if !node.starts_with('[') || slice.step == 0 {
            return Ok(());
        }
        let count = self.count(node)?;
        self.work.walk(node.len())?;
        let (lower, upper) = slice.bounds(count);
        let begin = selected.len();
        for (index, element) in (0..upper).zip(elements(node)) {
            if index >= lower && slice.steps_on(index, lower, upper) {
                self.work.visit()?;
                selected.push(element);
            }
        }
        if slice.step < 0 {
            selected[begin..].reverse();
        }
        Ok(())
    }

    /// RFC 9535 section 2.3.5: elements, or values of members.
    fn filter(
        &mut self,
        node: &'t str,
        condition: &Condition,
        selected: &mut Vec<&'t str>,
    ) -> Result<(), TooMany> {
        for child in self.children(node)? {
            if self.holds(condition, child)? {
                selected.push(child);
            }
        }
        Ok(())
    }

    /// Conditions are looked at from the left, and no further than is needed.
    fn holds(&mut self, condition: &Condition, node: &'t str) -> Result<bool, TooMany> {
        match condition {
            Condition::Any(conditions) => {
                for condition in conditions {
                    if self.holds(condition, node)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Condition::All(conditions) => {
                for condition in conditions {
                    if !self.holds(condition, node)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Condition::Not(condition) => Ok(!self.holds(condition, node)?),
            Condition::Exists(query) => Ok(!self.query(query, node)?.is_empty()),
            Condition::Compares(left, comparison, right) => {
                let left = self.operand(left, node)?;
                let right = self.operand(right, node)?;
                self.compares(left.as_deref(), *comparison, right.as_deref())
            }
            Condition::Matches(search) => self.matches(search, node),
        }
    }

    /// The value of an operand, as JSON writes it; nothing where there is none.
    fn operand<'v>(
        &mut self,
        operand: &'v Operand,
        node: &'t str,
    ) -> Result<Option<Cow<'v, str>>, TooMany>
    where
        't: 'v,
    {
        let number = |number: usize| Some(Cow::Owned(number.to_string()));
        Ok(match operand {
            Operand::Literal(literal) => Some(Cow::Borrowed(literal.as_str())),
            Operand::Node(query) | Operand::Value(query) => match *self.query(query, node)? {
                [one] => Some(Cow::Borrowed(one)),
                _ => None,
            },
            Operand::Count(query) => number(self.query(query, node)?.len()),
            Operand::Length(of) => match self.operand(of, node)? {
                Some(value) => {
                    self.work.walk(value.len())?;
                    size(&value).and_then(number)
                }
                None => None,
            },
        })
    }

    /// RFC 9535 section 2.3.5.2.2.
    fn compares(
        &mut self,
        left: Option<&str>,
        comparison: Comparison,
        right: Option<&str>,
    ) -> Result<bool, TooMany> {
        Ok(match comparison {
            Comparison::Equal => self.equal(left, right)?,
            Comparison::NotEqual => !self.equal(left, right)?,
            Comparison::Less => self.less(left, right)?,
            Comparison::Greater => self.less(right, left)?,
            Comparison::LessOrEqual => self.less(left, right)? || self.equal(left, right)?,
            Comparison::GreaterOrEqual => self.less(right, left)? || self.equal(left, right)?,
        })
    }

    fn equal(&mut self, left: Option<&str>, right: Option<&str>) -> Result<bool, TooMany> {
        match (left, right) {
            (Some(left), Some(right)) => same(left, right, Others::Refused, &mut self.work),
            (left, right) => Ok(left == right),
        }
    }

    fn less(&mut self, left: Option<&str>, right: Option<&str>) -> Result<bool, TooMany> {
        let (Some(left), Some(right)) = (left, right) else {
            return Ok(false);
        };
        self.work.walk(left.len() + right.len())?;
        Ok(compare(left, right) == Some(Ordering::Less))
    }

    /// RFC 9535 sections 2.4.6 and 2.4.7.
    fn matches(&mut self, search: &condition::Search, node: &'t str) -> Result<bool, TooMany> {
        let Some(text) = self.string(&search.text, node)? else {
            return Ok(false);
        };
        match &search.expression {
            Expression::Known(regex, weight) => {
                self.work.walk(text.len().saturating_mul(*weight))?;
                Ok(regex.is_match(&text))
            }
            Expression::Found(operand) => {
                let Some(source) = self.string(operand, node)? else {
                    return Ok(false);
                };
                let weight = regexp::weight_in_a_text(&source);
                self.work.walk(text.len().saturating_mul(weight))?;
                let regex = self.compile(&source, search.extent)?;
                Ok(regex.is_some_and(|regex| regex.is_match(&text)))
            }
        }
    }

    /// What an operand says that has to be a string.
    fn string(&mut self, operand: &Operand, node: &'t str) -> Result<Option<String>, TooMany> {
        let value = self.operand(operand, node)?;
        let string = value.filter(|value| value.starts_with('"'));
        Ok(string.map(|string| text_of(&string).into_owned()))
    }

    /// An expression of the text: it is mostly the same for one node after the other.
    fn compile(&mut self, source: &str, extent: Extent) -> Result<Option<&Regex>, TooMany> {
        let is_known = |last: &Compiled| last.source == source && last.extent == extent;
        if !self.last.as_ref().is_some_and(is_known) {
            self.work.walk(COMPILING + source.len())?;
            self.last = Some(Compiled {
                source: source.to_owned(),
                extent,
                regex: regexp::compile(source, extent, regexp::IN_A_TEXT).ok(),
            });
        }
        Ok(self.last.as_ref().and_then(|last| last.regex.as_ref()))
    }
}

impl Slice {
    /// The first index that may be selected, and that after the last.
    fn bounds(self, count: i64) -> (i64, i64) {
        let normal = |index: i64| if index < 0 { count + index } else { index };
        if self.step > 0 {
            let start = normal(self.start.unwrap_or(0));
            let end = normal(self.end.unwrap_or(count));
            return (start.clamp(0, count), end.clamp(0, count));
        }
        let start = self.start.map_or(count - 1, normal).clamp(-1, count - 1);
        let end = self.end.map_or(-1, normal).clamp(-1, count - 1);
        (end + 1, start + 1)
    }

    fn steps_on(self, index: i64, lower: i64, upper: i64) -> bool {
        match self.step {
            1.. => (index - lower) % self.step == 0,
            step => (upper - 1 - index) % step == 0,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn found<'t>(path: &str, text: &'t str) -> Result<Vec<&'t str>, TooMany> {
        Path::parse(path).unwrap().select(text)
    }

    fn select<'t>(path: &str, text: &'t str) -> Vec<&'t str> {
        found(path, text).unwrap()
    }

    #[test]
    fn of_a_member_that_is_there_twice_the_last_counts() {
        let text = r#"{"a":1,"b":2,"\u0061":{"a":3,"a":4}}"#;
        let table: &[(&str, &[&str])] = &[
            ("$.a.a", &["4"]),
            ("$.*", &["2", r#"{"a":3,"a":4}"#]),
            ("$..a", &[r#"{"a":3,"a":4}"#, "4"]),
            ("$[?length(@) == 1].a", &["4"]),
        ];
        for (path, nodes) in table {
            assert_eq!(select(path, text), *nodes, "{path}");
        }
    }

    #[test]
    fn what_is_selected_is_told_as_it_is_written() {
        let text = " { \"a\" : [ 1.50e+2 , {\n} ] } ";
        let table: &[(&str, &[&str])] = &[
            ("$.a", &["[ 1.50e+2 , {\n} ]"]),
            ("$.a.*", &["1.50e+2", "{\n}"]),
            ("$", &[text.trim()]),
        ];
        for (path, nodes) in table {
            assert_eq!(select(path, text), *nodes, "{path}");
        }
    }

    #[test]
    fn a_text_of_any_depth_takes_no_stack() {
        let nested = |levels: usize, inner: &str| {
            format!("{}{inner}{}", "[".repeat(levels), "]".repeat(levels))
        };
        assert_eq!(select("$..[0]", &nested(5_000, "")).len(), 4_999);
        let deep = nested(100_000, "");
        assert_eq!(select("$[0]", &deep).len(), 1);
        assert_eq!(select("$[?@ == $[0]]", &deep).len(), 1);
        let equal = format!("[{},{}]", nested(2_000, ""), nested(2_000, " "));
        assert_eq!(select("$[?@ == $[0]]", &equal).len(), 2);
        let deeper = format!("[{deep},{}]", nested(100_000, " "));
        assert_eq!(found("$[?@ == $[0]]", &deeper), Err(TooMany));
    }

    #[test]
    fn a_search_without_an_end_in_sight_is_given_up() {
        let array = |element: &str| format!("[{}{element}]", format!("{element},").repeat(99));
        let many = array(&array("0"));
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        let endless = format!("${}", "[0,0]".repeat(60));
        for (path, text, ends) in [
            ("$[*,*,*][*,*,*]", &many, true),
            ("$[?count($..*) > count(@.*)][*]", &many, true),
            ("$[*][?$[?@[?@]]]", &many, true),
            (endless.as_str(), &nested(61), false),
            ("$..[?@..*]", &nested(1_500), false),
        ] {
            assert_eq!(found(path, text).is_ok(), ends, "{path}");
        }
    }

    #[test]
    fn expressions_from_the_text_are_bounded_and_none_is_no_error() {
        let text = r#"["a{60000}{60000}","(","a","\\p{L}",1,null]"#;
        assert_eq!(select("$[?match('a', @)]", text), ["\"a\""]);
        let many = (0..30_000)
            .map(|number| format!("\"a{number}\""))
            .collect::<Vec<_>>()
            .join(",");
        assert_eq!(
            found("$[?match('a', @)]", &format!("[{many}]")),
            Err(TooMany)
        );
    }
}
