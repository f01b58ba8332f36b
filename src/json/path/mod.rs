//! JSONPath (RFC 9535): which nodes of a JSON text a path selects, as they are
//! written there.
//!
//! A path is understood whole, with the types of its functions, before anything is
//! searched. The text has to be checked; it is walked in place, so that numbers
//! stay decimals and any depth takes no stack. Of a member that an object has
//! twice, the last counts. Whatever the text says, a search ends: after
//! [`MAX_NODES`] nodes, and after a number of bytes in proportion to that and to the
//! length of the text.
//!
//! Regular expressions are those of I-Regexp (RFC 9485), without `\p`, and with
//! whatever else `/match` takes; `^` and `$` stand for the ends, as people expect.

mod condition;
mod parse;
mod regexp;
mod search;
mod work;

use std::fmt;

pub(super) use work::Work;
pub use work::{MAX_NODES, TooMany};

use condition::Condition;

/// A query of RFC 9535.
#[derive(Debug, Clone)]
pub struct Path {
    source: String,
    query: Query,
    /// How many queries inside of filters begin at the root.
    roots: usize,
}

/// Why a text is not a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}")]
pub struct PathError {
    /// Counted from 1, in characters.
    pub column: usize,
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

/// From where to select, and what.
#[derive(Debug, Clone)]
struct Query {
    start: Start,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// `@`.
    Current,
    /// `$`, with the query's number among those of the path, because its result is
    /// the same for each node that a filter holds.
    Root(usize),
}

/// RFC 9535 section 2.5.
#[derive(Debug, Clone)]
struct Segment {
    reach: Reach,
    selectors: Vec<Selector>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Children,
    Descendants,
}

/// RFC 9535 section 2.3.
#[derive(Debug, Clone)]
enum Selector {
    Name(String),
    Wildcard,
    Index(i64),
    Slice(Slice),
    Filter(Condition),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slice {
    start: Option<i64>,
    end: Option<i64>,
    step: i64,
}

impl Path {
    /// Understands a path that is all of the text.
    ///
    /// # Errors
    /// Whatever RFC 9535 does not allow, functions that it does not have, filters
    /// that are nested too deep, and regular expressions that we cannot search for.
    pub fn parse(text: &str) -> Result<Path, PathError> {
        parse::whole(text)
    }

    /// Understands the path that a text begins with: as much as can be one. The rest
    /// is given back as it stands, with blanks before it.
    ///
    /// # Errors
    /// As [`Path::parse`].
    pub fn split(text: &str) -> Result<(Path, &str), PathError> {
        parse::beginning(text)
    }

    /// The source of each node that is selected, in the order of RFC 9535 (members
    /// in that of the text); a node that is selected twice is there twice. The text
    /// has to be JSON, else nobody can say what is found.
    ///
    /// # Errors
    /// When the search would take too long.
    pub fn select<'t>(&self, checked_text: &'t str) -> Result<Vec<&'t str>, TooMany> {
        search::run(self, checked_text)
    }

    /// Whether it can select one node at most: it has names and indexes alone.
    pub fn is_singular(&self) -> bool {
        self.query.is_singular()
    }
}

impl fmt::Display for Path {
    /// The path as it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl Query {
    /// `singular-query`, RFC 9535 section 2.3.5.1.
    fn is_singular(&self) -> bool {
        let is_one = |segment: &Segment| {
            segment.reach == Reach::Children
                && matches!(
                    segment.selectors[..],
                    [Selector::Name(_) | Selector::Index(_)]
                )
        };
        self.segments.iter().all(is_one)
    }
}

impl PathError {
    fn with_hint(mut self, hint: impl Into<String>) -> PathError {
        self.hint = Some(hint.into());
        self
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The nodes that a path selects in a text.
    fn select<'t>(path: &str, text: &'t str) -> Vec<&'t str> {
        let parsed = Path::parse(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        parsed.select(text).unwrap()
    }

    fn assert_selects(text: &str, table: &[(&str, &[&str])]) {
        for (path, nodes) in table {
            assert_eq!(select(path, text), *nodes, "{path}");
        }
    }

    const STORE: &str = r#"{"store":{"book":[{"category":"reference","author":"Nigel Rees","title":"Sayings of the Century","price":8.95},{"category":"fiction","author":"Evelyn Waugh","title":"Sword of Honour","price":12.99},{"category":"fiction","author":"Herman Melville","title":"Moby Dick","isbn":"0-553-21311-3","price":8.99},{"category":"fiction","author":"J. R. R. Tolkien","title":"The Lord of the Rings","isbn":"0-395-19395-8","price":22.99}],"bicycle":{"color":"red","price":399}}}"#;

    #[test]
    fn the_store_of_section_1_is_searched_as_there() {
        let book = |at: usize| select("$.store.book[*]", STORE)[at];
        let authors: &[&str] = &[
            "\"Nigel Rees\"",
            "\"Evelyn Waugh\"",
            "\"Herman Melville\"",
            "\"J. R. R. Tolkien\"",
        ];
        assert_selects(
            STORE,
            &[
                ("$.store.book[*].author", authors),
                ("$..author", authors),
                ("$.store..price", &["8.95", "12.99", "8.99", "22.99", "399"]),
                ("$..book[2]", &[book(2)]),
                ("$..book[2].author", &["\"Herman Melville\""]),
                ("$..book[2].publisher", &[]),
                ("$..book[-1]", &[book(3)]),
                ("$..book[0,1]", &[book(0), book(1)]),
                ("$..book[:2]", &[book(0), book(1)]),
                ("$..book[?@.isbn]", &[book(2), book(3)]),
                ("$..book[?@.price<10]", &[book(0), book(2)]),
                (
                    "$.store.book[?@.price < 10].title",
                    &["\"Sayings of the Century\"", "\"Moby Dick\""],
                ),
            ],
        );
        assert_eq!(select("$.store.*", STORE).len(), 2);
        assert_eq!(select("$..*", STORE).len(), 27);
        assert_eq!(select("$", STORE), [STORE]);
    }

    #[test]
    fn names_and_wildcards_select_members() {
        assert_selects(
            r#"{"o":{"j j":{"k.k":3}},"'":{"@":2}}"#,
            &[
                ("$.o['j j']", &[r#"{"k.k":3}"#]),
                ("$.o['j j']['k.k']", &["3"]),
                (r#"$.o["j j"]["k.k"]"#, &["3"]),
                (r#"$["'"]["@"]"#, &["2"]),
                (r#"$['\'']['\u0040']"#, &["2"]),
                ("$ \n.o\t['j j'] [ 'k.k' ]", &["3"]),
            ],
        );
        assert_selects(
            r#"{"o":{"j":1,"k":2},"a":[5,3]}"#,
            &[
                ("$[*]", &[r#"{"j":1,"k":2}"#, "[5,3]"]),
                ("$.o[*]", &["1", "2"]),
                ("$.o[*,*]", &["1", "2", "1", "2"]),
                ("$.a[*]", &["5", "3"]),
                ("$.a.*.*", &[]),
                ("$.o[0]", &[]),
                ("$.a['0']", &[]),
            ],
        );
        assert_selects(
            r#"{"é😀":1,"_9":2}"#,
            &[
                ("$.é😀", &["1"]),
                ("$._9", &["2"]),
                (r"$['\u00e9\uD83D\ude00']", &["1"]),
            ],
        );
    }

    #[test]
    fn indexes_and_slices_select_elements() {
        assert_selects(
            r#"["a","b"]"#,
            &[
                ("$[1]", &["\"b\""]),
                ("$[-2]", &["\"a\""]),
                ("$[2]", &[]),
                ("$[-3]", &[]),
            ],
        );
        assert_selects(
            "[0,1,2,3,4,5,6]",
            &[
                ("$[1:3]", &["1", "2"]),
                ("$[5:]", &["5", "6"]),
                ("$[1:5:2]", &["1", "3"]),
                ("$[5:1:-2]", &["5", "3"]),
                ("$[::-1]", &["6", "5", "4", "3", "2", "1", "0"]),
                ("$[-2:]", &["5", "6"]),
                ("$[:-5]", &["0", "1"]),
                ("$[-100:2]", &["0", "1"]),
                ("$[100:-100:-3]", &["6", "3", "0"]),
                ("$[3:1]", &[]),
                ("$[1:3:-1]", &[]),
                ("$[::0]", &[]),
                ("$[0:9007199254740991:9007199254740991]", &["0"]),
                ("$[::-9007199254740991]", &["6"]),
                ("$[ 0 : 2 : 1 , 6]", &["0", "1", "6"]),
            ],
        );
        assert_selects("{\"a\":1}", &[("$[0:]", &[]), ("$[-1]", &[])]);
        assert_selects("[]", &[("$[0:]", &[]), ("$[::-1]", &[]), ("$[-1]", &[])]);
    }

    #[test]
    fn descendants_come_behind_what_holds_them() {
        let text = r#"{"o":{"j":1,"k":2},"a":[5,3,[{"j":4},{"k":6}]]}"#;
        assert_selects(
            text,
            &[
                ("$..j", &["1", "4"]),
                ("$..[0]", &["5", r#"{"j":4}"#]),
                ("$.o..[*,*]", &["1", "2", "1", "2"]),
                ("$.a..[0,1]", &["5", "3", r#"{"j":4}"#, r#"{"k":6}"#]),
                (
                    "$..*",
                    &[
                        r#"{"j":1,"k":2}"#,
                        r#"[5,3,[{"j":4},{"k":6}]]"#,
                        "1",
                        "2",
                        "5",
                        "3",
                        r#"[{"j":4},{"k":6}]"#,
                        r#"{"j":4}"#,
                        r#"{"k":6}"#,
                        "4",
                        "6",
                    ],
                ),
            ],
        );
        let nulls = r#"{"a":null,"b":[null],"c":[{}],"null":1}"#;
        assert_selects(
            nulls,
            &[
                ("$.a", &["null"]),
                ("$.a[0]", &[]),
                ("$.a.d", &[]),
                ("$.b[0]", &["null"]),
                ("$.b[?@]", &["null"]),
                ("$.b[?@==null]", &["null"]),
                ("$.c[?@.d==null]", &[]),
                ("$.null", &["1"]),
            ],
        );
    }

    const FILTERED: &str = r#"{"a":[3,5,1,2,4,6,{"b":"j"},{"b":"k"},{"b":{}},{"b":"kilo"}],"o":{"p":1,"q":2,"r":3,"s":5,"t":{"u":6}},"e":"f"}"#;

    #[test]
    fn filters_select_what_their_condition_holds_for() {
        assert_selects(
            FILTERED,
            &[
                ("$.a[?@.b == 'kilo']", &[r#"{"b":"kilo"}"#]),
                ("$.a[?(@.b == 'kilo')]", &[r#"{"b":"kilo"}"#]),
                ("$.a[?@>3.5]", &["5", "4", "6"]),
                (
                    "$.a[?@.b]",
                    &[
                        r#"{"b":"j"}"#,
                        r#"{"b":"k"}"#,
                        r#"{"b":{}}"#,
                        r#"{"b":"kilo"}"#,
                    ],
                ),
                (
                    "$[?@.*]",
                    &[select("$.a", FILTERED)[0], select("$.o", FILTERED)[0]],
                ),
                ("$[?@[?@.b]]", &[select("$.a", FILTERED)[0]]),
                ("$.o[?@<3, ?@<3]", &["1", "2", "1", "2"]),
                ("$.a[?@<2 || @.b == \"k\"]", &["1", r#"{"b":"k"}"#]),
                (
                    "$.a[?match(@.b, \"[jk]\")]",
                    &[r#"{"b":"j"}"#, r#"{"b":"k"}"#],
                ),
                (
                    "$.a[?search(@.b, \"[jk]\")]",
                    &[r#"{"b":"j"}"#, r#"{"b":"k"}"#, r#"{"b":"kilo"}"#],
                ),
                ("$.o[?@>1 && @<4]", &["2", "3"]),
                ("$.o[?@.u || @.x]", &[r#"{"u":6}"#]),
                ("$.a[?@.b == $.x]", &["3", "5", "1", "2", "4", "6"]),
                ("$.a[?@ == @]", &select("$.a[*]", FILTERED)),
                ("$.a[?!@.b && @ != 3 && !(@ > 2)]", &["1", "2"]),
                ("$.o[?@ > 1 || @ == 1 && @ < 1]", &["2", "3", "5"]),
                ("$.o[?length(@) == 1].u", &["6"]),
                (
                    "$.a[?length(@.b) == 4 || length(@.b) == 0]",
                    &[r#"{"b":{}}"#, r#"{"b":"kilo"}"#],
                ),
                ("$[?count(@.*) == 5].p", &["1"]),
                ("$[?value(@..u) == 6].q", &["2"]),
                ("$.a[?match(@.b, $.a[7].b)]", &[r#"{"b":"k"}"#]),
                ("$.a[?search($.e, @.b)]", &[]),
                ("$.a[?match(@.b, 1)]", &[]),
                ("$[?count($..b) > 3 && @ == 'f']", &["\"f\""]),
            ],
        );
    }

    #[test]
    fn comparisons_are_those_of_section_2_3_5() {
        let text =
            r#"{"obj":{"x":"y"},"arr":[2,3],"same":{"x":"\u0079"},"big":1e400,"big2":10e399}"#;
        for (condition, holds) in [
            ("$.absent1 == $.absent2", true),
            ("$.absent1 <= $.absent2", true),
            ("$.absent == 'g'", false),
            ("$.absent1 != $.absent2", false),
            ("$.absent != 'g'", true),
            ("1 <= 2", true),
            ("1 > 2", false),
            ("13 == '13'", false),
            ("'a' <= 'b'", true),
            ("'a' > 'b'", false),
            ("$.obj == $.arr", false),
            ("$.obj != $.arr", true),
            ("$.obj == $.obj", true),
            ("$.obj != $.obj", false),
            ("$.arr == $.arr", true),
            ("$.arr != $.arr", false),
            ("$.obj == 17", false),
            ("$.obj != 17", true),
            ("$.obj <= $.arr", false),
            ("$.obj < $.arr", false),
            ("$.obj <= $.obj", true),
            ("$.arr <= $.arr", true),
            ("1 <= $.arr", false),
            ("1 >= $.arr", false),
            ("1 > $.arr", false),
            ("1 < $.arr", false),
            ("true <= true", true),
            ("true > true", false),
            ("null >= null", true),
            ("$.obj == $.same", true),
            ("$.big == $.big2", true),
            ("$.big > 1e399", true),
            ("-0 == 0.0E5", true),
            ("10 > 9", true),
            ("-10 < -9.5", true),
            ("'' < 'a'", true),
            ("'\u{ffff}' < '😀'", true),
            ("length('é😀') == 2", true),
            ("length($.arr) == 2", true),
            ("length(7) == $.absent", true),
            ("count($.absent) == 0", true),
            ("value($.*) == $.absent", true),
            ("value($..x) == $.absent", true),
            ("value($.arr[1:]) == 3", true),
        ] {
            let found = select(&format!("$[?{condition}]"), text);
            assert_eq!(!found.is_empty(), holds, "{condition}");
        }
    }

    proptest! {
        #[test]
        fn no_path_and_no_text_make_it_panic(path in awkward_path(), text in awkward_text()) {
            match Path::parse(&path) {
                Ok(parsed) => {
                    prop_assert_eq!(parsed.to_string(), path);
                    let _ = parsed.select(&text);
                }
                Err(error) => {
                    prop_assert!(error.column >= 1);
                    prop_assert!(error.column <= path.chars().count() + 1, "{:?}: {}", path, error);
                }
            }
        }

        #[test]
        fn any_member_and_element_is_found_by_its_own_path(name in any::<String>(), value in "[0-9]{1,5}") {
            let literal = crate::json::literal_of(&name);
            let text = format!("{{\"zz\":[{{{literal}:[null,{value}]}}]}}");
            prop_assume!(crate::json::check(&text).is_ok() && name != "zz");
            prop_assert_eq!(select(&format!("$.zz[0][{literal}][1]"), &text).len(), 1);
            prop_assert_eq!(select(&format!("$..[{literal}][-1]"), &text).len(), 1);
        }
    }

    fn awkward_path() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "$", "@", ".", "..", "[", "]", "[?", "*", "'a'", "\"b\"", "a", "é", "0", "-1", ":",
            ",", "(", ")", "!", "==", "<", "&&", "||", " ", "\n", "\\", "'", "length(", "count(",
            "match(", "search(", "value(", "@.a", "$.b", "1.5e1", "true", "null", "[0]", "[::-1]",
            "[?@.a]", "\u{0}", "'(a'", "\\u00e9",
        ]);
        prop::collection::vec(pieces, 0..12).prop_map(|pieces| format!("${}", pieces.concat()))
    }

    fn awkward_text() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "1",
            "é",
            " ",
            "\"a\":",
            "\"b\":",
            "tru",
            "null",
            "[1,2]",
            "{\"a\":1}",
        ]);
        prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
    }
}
