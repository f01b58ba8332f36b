//! Where a JSON text says something else than another one.
//!
//! Both are parts of checked texts, as they are written. The second may come from
//! anywhere: time is in proportion to its length and to the depth of the first, of
//! which no more than [`MAX_DEPTH`] levels are taken apart.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::node::{Kind, kind, name_content, same};
use super::path::Work;
use super::value::{MAX_DEPTH, Others};
use super::walk::{elements, members, value};

/// How much longer than the other an array may be whose elements are held against
/// the other's.
const MAX_LONGER: usize = 1000;

/// A step from a value to one that it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// To a member, by its name as a literal.
    Member(&'a str),
    /// To an element, counted from 0.
    Element(usize),
}

/// How what is found at a place is not what is expected there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference<'a> {
    /// It is another value.
    Other { expected: &'a str, found: &'a str },
    /// There is nothing.
    Missing(&'a str),
    /// There is something where nothing is allowed.
    Extra(&'a str),
    /// The array has another number of elements; the elements that make it so are
    /// told as well, unless there are far too many.
    Elements { expected: usize, found: usize },
}

/// Tells all places where a text says something else than expected, from the
/// beginning to the end of what is expected, then what it holds beyond that. Nothing
/// is told just where the two agree.
pub fn differences<'a>(
    expected: &'a str,
    found: &'a str,
    others: Others,
    tell: &mut dyn FnMut(&[Step<'a>], Difference<'a>),
) {
    let mut walk = Walk {
        path: Vec::new(),
        others,
        work: Work::of(expected.len().saturating_add(found.len())),
        tell,
    };
    walk.value(value(expected), value(found));
}

struct Walk<'a, 'f> {
    path: Vec<Step<'a>>,
    others: Others,
    /// What may be spent on finding out which elements are where.
    work: Work,
    tell: &'f mut dyn FnMut(&[Step<'a>], Difference<'a>),
}

impl<'a> Walk<'a, '_> {
    fn tell(&mut self, difference: Difference<'a>) {
        (self.tell)(&self.path, difference);
    }

    fn at(&mut self, step: Step<'a>, go_on: impl FnOnce(&mut Self)) {
        self.path.push(step);
        go_on(self);
        self.path.pop();
    }

    /// Deeper than [`MAX_DEPTH`] two values are the same or not: no place in them is told.
    fn value(&mut self, expected: &'a str, found: &'a str) {
        if expected == found {
            return;
        }
        let is_whole = self.path.len() > MAX_DEPTH;
        match (kind(expected), kind(found)) {
            (Kind::Object, Kind::Object) if !is_whole => self.object(expected, found),
            (Kind::Array, Kind::Array) if !is_whole => self.array(expected, found),
            _ if self.is_same(expected, found) => {}
            _ => self.tell(Difference::Other { expected, found }),
        }
    }

    /// Whether there is nothing to tell of two values, as far as can be found out.
    fn is_same(&mut self, expected: &str, found: &str) -> bool {
        same(expected, found, self.others, &mut self.work).unwrap_or(false)
    }

    /// Members by their names; of those that are double, the last counts.
    fn object(&mut self, expected: &'a str, found: &'a str) {
        let mut by_name: BTreeMap<Cow<'_, [u8]>, &str> = members(expected)
            .map(|(name, value)| (name_content(name), value))
            .collect();
        let mut came: BTreeMap<Cow<'_, [u8]>, &str> = BTreeMap::new();
        for (name, value) in members(found) {
            let key = name_content(name);
            if self.others == Others::Refused || by_name.contains_key(&key) {
                came.insert(key, value);
            }
        }
        for (name, _) in members(expected) {
            let key = name_content(name);
            // The last of those that are double has been told of at the first.
            let Some(expected) = by_name.remove(&key) else {
                continue;
            };
            match came.remove(&key) {
                Some(found) => self.at(Step::Member(name), |walk| walk.value(expected, found)),
                None => self.at(Step::Member(name), |walk| {
                    walk.tell(Difference::Missing(expected));
                }),
            }
        }
        self.extra_members(found, &came);
    }

    /// What was found and not asked for, in the order of the text.
    fn extra_members(&mut self, found: &'a str, extra: &BTreeMap<Cow<'_, [u8]>, &'a str>) {
        if extra.is_empty() {
            return;
        }
        for (name, value) in members(found) {
            let counts = extra.get(&name_content(name));
            if counts.is_some_and(|last| std::ptr::eq(*last, value)) {
                self.at(Step::Member(name), |walk| {
                    walk.tell(Difference::Extra(value));
                });
            }
        }
    }

    /// Elements by their places, where there are as many.
    fn array(&mut self, expected: &'a str, found: &'a str) {
        let counts = (elements(expected).count(), elements(found).count());
        if counts.0 == counts.1 {
            for (index, (expected, found)) in elements(expected).zip(elements(found)).enumerate() {
                self.at(Step::Element(index), |walk| walk.value(expected, found));
            }
            return;
        }
        self.tell(Difference::Elements {
            expected: counts.0,
            found: counts.1,
        });
        if counts.0.abs_diff(counts.1) <= MAX_LONGER {
            self.shifted(
                &elements(expected).collect::<Vec<_>>(),
                &elements(found).collect::<Vec<_>>(),
            );
        }
    }

    /// Elements of arrays that are not of one length: what they begin and end with
    /// alike is passed over, because elements are put in or left out in one place
    /// more often than not.
    fn shifted(&mut self, expected: &[&'a str], found: &[&'a str]) {
        let shorter = expected.len().min(found.len());
        let begin = (0..shorter)
            .take_while(|&at| self.is_same(expected[at], found[at]))
            .count();
        let end = (1..=shorter - begin)
            .take_while(|back| {
                self.is_same(expected[expected.len() - back], found[found.len() - back])
            })
            .count();
        let both = begin..shorter - end;
        for index in both.clone() {
            self.at(Step::Element(index), |walk| {
                walk.value(expected[index], found[index]);
            });
        }
        for (index, expected) in expected
            .iter()
            .enumerate()
            .take(expected.len() - end)
            .skip(both.end)
        {
            self.at(Step::Element(index), |walk| {
                walk.tell(Difference::Missing(expected));
            });
        }
        for (index, found) in found
            .iter()
            .enumerate()
            .take(found.len() - end)
            .skip(both.end)
        {
            self.at(Step::Element(index), |walk| {
                walk.tell(Difference::Extra(found));
            });
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::{Value, check};
    use super::*;
    use proptest::prelude::*;

    /// The differences in short: `.a[1]: -5`.
    fn short(expected: &str, found: &str, others: Others) -> Vec<String> {
        let mut lines = Vec::new();
        differences(expected, found, others, &mut |path, difference| {
            let path: String = path
                .iter()
                .map(|step| match step {
                    Step::Member(literal) => format!(".{}", literal.trim_matches('"')),
                    Step::Element(index) => format!("[{index}]"),
                })
                .collect();
            lines.push(match difference {
                Difference::Other { expected, found } => format!("{path}: {expected} / {found}"),
                Difference::Missing(expected) => format!("{path}: -{expected}"),
                Difference::Extra(found) => format!("{path}: +{found}"),
                Difference::Elements { expected, found } => {
                    format!("{path}: #{expected} / #{found}")
                }
            });
        });
        lines
    }

    #[test]
    fn each_place_is_told_once_and_in_order() {
        let table: [(&str, &str, &[&str]); 12] = [
            ("{}", "{}", &[]),
            ("1.0", "10e-1", &[]),
            ("1", "\"1\"", &[": 1 / \"1\""]),
            (
                r#"{"a":1,"b":[2]}"#,
                r#"{"b":2,"a":3}"#,
                &[".a: 1 / 3", ".b: [2] / 2"],
            ),
            (
                r#"{"a":1,"b":2}"#,
                r#"{"c":3,"b":2,"d":4}"#,
                &[".a: -1", ".c: +3", ".d: +4"],
            ),
            (
                r#"{"a":{"b":[0,{"c":1}]}}"#,
                r#"{"a":{"b":[0,{"c":2}]}}"#,
                &[".a.b[1].c: 1 / 2"],
            ),
            (
                r#"{"a":1}"#,
                r#"{"a":1,"a":2,"x":3,"x":4}"#,
                &[".a: 1 / 2", ".x: +4"],
            ),
            ("[1,2,3]", "[1,3]", &[": #3 / #2", "[1]: -2"]),
            ("[1,3]", "[1,2,3]", &[": #2 / #3", "[1]: +2"]),
            ("[1,2,3]", "[4,3]", &[": #3 / #2", "[0]: 1 / 4", "[1]: -2"]),
            ("[1,1]", "[1,1,1]", &[": #2 / #3", "[2]: +1"]),
            ("[]", "[[5]]", &[": #0 / #1", "[0]: +[5]"]),
        ];
        for (expected, found, lines) in table {
            assert_eq!(
                short(expected, found, Others::Refused),
                lines,
                "{expected} and {found}"
            );
        }
        let found = r#"[{"x":1},{"a":1,"b":2}]"#;
        assert_eq!(
            short(r#"[{"a":1}]"#, found, Others::Allowed),
            [": #1 / #2", "[0]: +{\"x\":1}"]
        );
    }

    #[test]
    fn far_too_many_elements_are_told_by_their_number_alone() {
        let many = format!("[{}1]", "1,".repeat(2000));
        assert_eq!(short("[1]", &many, Others::Allowed), [": #1 / #2001"]);
    }

    #[test]
    fn any_depth_takes_no_stack_and_no_time_to_speak_of() {
        let nested = |levels: usize, inner: &str| {
            format!("{}{inner}{}", "[".repeat(levels), "]".repeat(levels))
        };
        let deep = nested(100_000, "");
        assert_eq!(
            short("[[]]", &deep, Others::Allowed),
            [
                "[0]: #0 / #1",
                format!("[0][0]: +{}", nested(99_998, "")).as_str()
            ]
        );
        let one = short(&nested(500, "1"), &nested(500, "2"), Others::Refused);
        assert_eq!(one.len(), 1);
        // Of arrays of different lengths each level is looked into once.
        let wide = |inner: &str, more: &str| {
            (0..100).fold(inner.to_owned(), |inner, _| format!("[{inner}{more}]"))
        };
        assert_eq!(
            short(&wide("1", ""), &wide("2", ",3"), Others::Refused).len(),
            201
        );
    }

    proptest! {
        #[test]
        fn nothing_is_told_just_where_a_value_agrees(a in json(), b in json()) {
            let value = Value::parse(&a).unwrap();
            prop_assert!(check(&b).is_ok());
            for (others, agrees) in [(Others::Refused, value.equals(&b)), (Others::Allowed, value.is_subset_of(&b))] {
                prop_assert_eq!(short(&a, &b, others).is_empty(), agrees, "{} and {}", &a, &b);
            }
        }

        #[test]
        fn no_text_makes_it_panic(a in "[\\[\\]{}:,\"\\\\a1 ]{0,16}", b in "[\\[\\]{}:,\"\\\\a1 ]{0,16}") {
            short(&a, &b, Others::Refused);
            short(&a, &b, Others::Allowed);
        }
    }

    /// Values with few leaves, so that two of them are often alike.
    fn json() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(vec!["null", "0", "1", "\"\"", "\"a\"", "[]", "{}"]);
        leaf.prop_map(str::to_owned)
            .prop_recursive(3, 8, 3, |inner| {
                let items = prop::collection::vec(inner, 0..4);
                prop_oneof![
                    items
                        .clone()
                        .prop_map(|items| format!("[{}]", items.join(" , "))),
                    items.prop_map(|items| {
                        let named = items.iter().zip(["\"a\"", "\"b\"", "\"c\""]);
                        let named: Vec<_> =
                            named.map(|(item, name)| format!("{name}:{item}")).collect();
                        format!("{{{}}}", named.join(","))
                    }),
                ]
            })
    }
}
