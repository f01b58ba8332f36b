//! JUnit's XML, as far as all agree on it: what is written is valid by the schema of
//! Jenkins' xUnit plugin (`junit-10.xsd`) and by that of Ant (`JUnit.xsd`).
//!
//! Both allow no `file` or `line` at a test, and Ant's no attributes at the root, so the
//! place stands where every reader shows it: at the beginning of the text.

use std::time::Duration;

use super::human::{self, Page, failure, message};
use super::xml::{push, push_attribute};
use super::{Failure, Outcome, Run, Verdict};
use crate::render::{Style, escape, rfc3339};

/// What all tests belong to.
const SUITE: &str = "wstalk check";
/// The digits of a time without a zone: `2026-01-02T03:04:05`.
const TIME: usize = 19;

/// The report of a run.
pub(super) fn report(run: &Run) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    suite(run, &mut out);
    out.push_str("    <properties/>\n");
    for (number, verdict) in run.verdicts.iter().enumerate() {
        let before = run.verdicts[..number].iter();
        let same = before.filter(|before| before.file == verdict.file).count();
        test(verdict, same, &mut out);
    }
    out.push_str("    <system-out/>\n    <system-err/>\n  </testsuite>\n</testsuites>\n");
    out
}

/// With the attributes that one schema or the other wants.
fn suite(run: &Run, out: &mut String) {
    let counts = run.counts();
    let time = rfc3339(run.began);
    out.push_str("  <testsuite");
    for (name, value) in [
        ("id", "0"),
        ("name", SUITE),
        ("package", "wstalk"),
        // What Ant's schema has for a name that nobody knows.
        ("hostname", "localhost"),
        ("timestamp", time.get(..TIME).unwrap_or_default()),
        ("tests", &run.verdicts.len().to_string()),
        ("failures", &(counts.failed - counts.errors).to_string()),
        ("errors", &counts.errors.to_string()),
        ("skipped", &counts.not_run.to_string()),
        ("time", &seconds(run.duration)),
    ] {
        push_attribute(name, value, out);
    }
    out.push_str(">\n");
}

/// A file; `same` is how many of the same name stand before it, because readers drop
/// what they take for a repetition.
fn test(verdict: &Verdict, same: usize, out: &mut String) {
    let name = match same {
        0 => human::name(&verdict.file).into_owned(),
        same => format!("{} ({})", human::name(&verdict.file), same + 1),
    };
    out.push_str("    <testcase");
    push_attribute("classname", &class(&verdict.file), out);
    push_attribute("name", &name, out);
    push_attribute("time", &seconds(verdict.duration), out);
    match &verdict.outcome {
        Outcome::Passed => return out.push_str("/>\n"),
        Outcome::NotRun(why) => {
            out.push_str(">\n      <skipped");
            push_attribute("message", &escape(why), out);
            out.push_str("/>\n");
        }
        Outcome::Failed(failure) => failed(verdict, failure, out),
    }
    out.push_str("    </testcase>\n");
}

/// What was expected in vain is a failure, all else an error.
fn failed(verdict: &Verdict, found: &Failure, out: &mut String) {
    let element = match found.is_expectation() {
        true => "failure",
        false => "error",
    };
    let page = Page {
        style: Style::plain(),
        columns: None,
    };
    out.push_str(&format!(">\n      <{element}"));
    push_attribute("message", &message(found), out);
    push_attribute("type", found.kind, out);
    out.push('>');
    push(failure(verdict, &page).trim_end(), out);
    out.push_str(&format!("</{element}>\n"));
}

/// The folders of a file, as readers nest classes: `wstalk.checks.chat`.
fn class(file: &str) -> String {
    let folders = file.rsplit_once('/').map_or("", |(folders, _)| folders);
    let names = folders.split('/');
    let names = names.filter(|name| !matches!(*name, "" | "." | ".."));
    let mut class = String::from("wstalk");
    for name in names {
        class.push('.');
        class.push_str(&escape(name).replace('.', "_"));
    }
    class
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::tests::{awkward, mixed, of, run, verdict};
    use super::*;
    use proptest::prelude::*;

    /// An element, read back as strictly as XML 1.0 wants it of what is written here.
    #[derive(Debug)]
    struct Element {
        name: String,
        attributes: Vec<(String, String)>,
        children: Vec<Element>,
        text: String,
    }

    impl Element {
        fn document(text: &str) -> Element {
            let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
            let mut rest = text.strip_prefix(declaration).expect("a declaration");
            let is_allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
            assert!(text.chars().all(is_allowed), "{text:?}");
            let root = Element::read(&mut rest);
            assert_eq!(rest, "\n");
            root
        }

        fn read(rest: &mut &str) -> Element {
            let (tag, behind) = rest.strip_prefix('<').unwrap().split_once('>').unwrap();
            *rest = behind;
            let (tag, is_empty) = match tag.strip_suffix('/') {
                Some(tag) => (tag, true),
                None => (tag, false),
            };
            let (name, mut left) = tag.split_once(' ').unwrap_or((tag, ""));
            let mut element = Element {
                name: name.into(),
                attributes: Vec::new(),
                children: Vec::new(),
                text: String::new(),
            };
            while !left.is_empty() {
                let (name, behind) = left.split_once("=\"").unwrap();
                let (value, behind) = behind.split_once('"').unwrap();
                assert!(!value.contains(['<', '\n', '\t']), "{value}");
                let is_new = element.attributes.iter().all(|(known, _)| known != name);
                assert!(is_new, "{name} twice");
                element.attributes.push((name.into(), meant(value)));
                left = behind.strip_prefix(' ').unwrap_or(behind);
            }
            if !is_empty {
                element.content(rest);
            }
            element
        }

        fn content(&mut self, rest: &mut &str) {
            let end = format!("</{}>", self.name);
            loop {
                let at = rest.find('<').expect("an end tag");
                self.text += &meant(&rest[..at]);
                *rest = &rest[at..];
                if let Some(behind) = rest.strip_prefix(&end) {
                    *rest = behind;
                    return;
                }
                self.children.push(Element::read(rest));
            }
        }

        fn attribute(&self, name: &str) -> &str {
            let found = self.attributes.iter().find(|(known, _)| known == name);
            &found.unwrap_or_else(|| panic!("no {name} in {self:?}")).1
        }
    }

    /// The text without its references, of which there are only these.
    fn meant(text: &str) -> String {
        let mut parts = text.split('&');
        let mut meant = parts.next().unwrap().to_owned();
        for part in parts {
            let (reference, behind) = part.split_once(';').expect("a reference");
            meant.push(match reference {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "#10" => '\n',
                other => panic!("&{other};"),
            });
            meant += behind;
        }
        assert!(!text.contains("]]>"), "{text}");
        meant
    }

    /// What stands in an attribute: the simple types of the schemas.
    #[derive(Clone, Copy)]
    enum Value {
        Any,
        NotEmpty,
        Int,
        Decimal,
        DateTime,
    }

    impl Value {
        fn holds(self, text: &str) -> bool {
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            match self {
                Value::Any => true,
                Value::NotEmpty => !text.trim().is_empty(),
                Value::Int => digits(text) && text.parse::<i32>().is_ok(),
                Value::Decimal => text
                    .split_once('.')
                    .is_some_and(|(whole, part)| digits(whole) && digits(part)),
                Value::DateTime => {
                    let shape: String = text
                        .chars()
                        .map(|c| if c.is_ascii_digit() { '0' } else { c })
                        .collect();
                    shape == "0000-00-00T00:00:00"
                }
            }
        }
    }

    /// What both schemas allow: of each element its attributes, all required, and its
    /// children in their order, each with how many there may be.
    type Rule = (
        &'static str,
        &'static [(&'static str, Value)],
        &'static [(&'static [&'static str], usize)],
    );

    const RULES: &[Rule] = &[
        ("testsuites", &[], &[(&["testsuite"], 1)]),
        (
            "testsuite",
            &[
                ("id", Value::Int),
                ("name", Value::NotEmpty),
                ("package", Value::Any),
                ("hostname", Value::NotEmpty),
                ("timestamp", Value::DateTime),
                ("tests", Value::Int),
                ("failures", Value::Int),
                ("errors", Value::Int),
                ("skipped", Value::Int),
                ("time", Value::Decimal),
            ],
            &[
                (&["properties"], 1),
                (&["testcase"], usize::MAX),
                (&["system-out"], 1),
                (&["system-err"], 1),
            ],
        ),
        ("properties", &[], &[]),
        ("system-out", &[], &[]),
        ("system-err", &[], &[]),
        (
            "testcase",
            &[
                ("classname", Value::Any),
                ("name", Value::Any),
                ("time", Value::Decimal),
            ],
            &[(&["skipped", "error", "failure"], 1)],
        ),
        ("skipped", &[("message", Value::Any)], &[]),
        (
            "error",
            &[("message", Value::Any), ("type", Value::Any)],
            &[],
        ),
        (
            "failure",
            &[("message", Value::Any), ("type", Value::Any)],
            &[],
        ),
    ];

    fn obeys(element: &Element) {
        let rule = RULES.iter().find(|(name, ..)| *name == element.name);
        let (_, attributes, children) = rule.unwrap_or_else(|| panic!("{element:?}"));
        let names: Vec<&str> = element.attributes.iter().map(|(name, _)| &**name).collect();
        let allowed: Vec<&str> = attributes.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, allowed);
        for (name, value) in *attributes {
            let text = element.attribute(name);
            assert!(value.holds(text), "{name}={text:?}");
        }
        let mut rest = &element.children[..];
        for (names, most) in *children {
            let same = rest
                .iter()
                .take_while(|child| names.contains(&&*child.name));
            let count = same.count();
            assert!(count <= *most, "{element:?}");
            rest = &rest[count..];
        }
        assert!(rest.is_empty(), "{element:?}");
        let has_text = matches!(&*element.name, "error" | "failure");
        assert!(has_text || element.text.trim().is_empty(), "{element:?}");
        element.children.iter().for_each(obeys);
    }

    fn checked(run: &Run) -> Element {
        let root = Element::document(&report(run));
        obeys(&root);
        root
    }

    #[test]
    fn a_report_has_a_test_for_each_file() {
        let expected = "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites>
  <testsuite id=\"0\" name=\"wstalk check\" package=\"wstalk\" hostname=\"localhost\" timestamp=\"2026-01-02T03:04:05\" tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\" time=\"5.310\">
    <properties/>
    <testcase classname=\"wstalk.checks.chat\" name=\"checks/chat/login.wst\" time=\"0.310\"/>
    <testcase classname=\"wstalk\" name=\"login.wst\" time=\"5.012\">
      <failure message=\"expected {&quot;type&quot;:&quot;welcome&quot;,&quot;id&quot;:7}, but what came differs\" type=\"expectation\">login.wst:14:3: expected {&quot;type&quot;:&quot;welcome&quot;,&quot;id&quot;:7}, but what came differs
  14 | &lt; {&quot;type&quot;:&quot;welcome&quot;,&quot;id&quot;:7}
     |   ^
  expected     {&quot;type&quot;:&quot;welcome&quot;,&quot;id&quot;:7}
  received     {&quot;type&quot;:&quot;welcome&quot;,&quot;id&quot;:8,&quot;name&quot;:&quot;&lt;b&gt;&amp;&quot;}
  differences  $.id: expected 7, received 8
  connection   closed by the server: 1008 (policy violation) &quot;quota&quot;
  the last 2 messages, and how long before:
    5.0 s  &gt; {&quot;type&quot;:&quot;hello&quot;}
   340 ms  &lt; /ping k
all that was said: failed/login.jsonl</failure>
    </testcase>
    <testcase classname=\"wstalk\" name=\"stdin\" time=\"0.002\">
      <error message=\"cannot connect to 127.0.0.1:1: connection refused\" type=\"connect\">stdin: cannot connect to 127.0.0.1:1: connection refused
hint: is the server running?</error>
    </testcase>
    <testcase classname=\"wstalk\" name=\"a #1\\.wst\" time=\"0.000\">
      <skipped message=\"interrupted\"/>
    </testcase>
    <system-out/>
    <system-err/>
  </testsuite>
</testsuites>
";
        assert_eq!(report(&mixed()), expected);
        checked(&mixed());
        checked(&run(Vec::new()));
    }

    #[test]
    fn no_file_is_taken_for_a_repetition_of_another() {
        let files = ["a.wst", "b.wst", "a.wst", "a.wst"];
        let passed = files.map(|file| verdict(file, 1, Outcome::Passed));
        let root = checked(&run(passed.to_vec()));
        let tests = root.children[0].children.iter();
        let tests = tests.filter(|child| child.name == "testcase");
        let names: Vec<&str> = tests.map(|test| test.attribute("name")).collect();
        assert_eq!(names, ["a.wst", "b.wst", "a.wst (2)", "a.wst (3)"]);
    }

    #[test]
    fn folders_are_what_readers_nest_by() {
        for (file, expected) in [
            ("login.wst", "wstalk"),
            ("-", "wstalk"),
            ("./checks/v1.2/login.wst", "wstalk.checks.v1_2"),
            ("/srv/a/../b.wst", "wstalk.srv.a"),
        ] {
            assert_eq!(class(file), expected);
        }
    }

    #[test]
    fn a_time_beyond_what_can_be_written_stands_at_the_end() {
        let mut far = run(Vec::new());
        far.began += Duration::from_secs(1 << 40);
        checked(&far);
    }

    proptest! {
        #[test]
        fn whatever_is_told_the_schemas_are_obeyed(text in awkward()) {
            let root = checked(&of(&text));
            let found = &root.children[0].children[1].children[0];
            prop_assert_eq!(&found.name, "failure");
            let first = format!("{0}:1:2: {1}\n", human::name(&text), escape(&text));
            prop_assert!(found.text.starts_with(&first));
        }
    }
}
