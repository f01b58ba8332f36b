//! What the pages on CI say (docs/ci.md): their YAML is what its readers want, and
//! their commands do what they are there for.

use std::fs;
use std::path::Path;

use super::support::{echo_server, program};

/// As much of YAML as the pages need.
#[derive(Debug, Clone, PartialEq)]
enum Yaml {
    Text(String),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    /// Reads a block; every line must be a part of what it says.
    fn read(text: &str) -> Yaml {
        assert!(!text.contains('\t'), "{text}");
        let lines = text.lines();
        let lines: Vec<&str> = lines.filter(|line| !line.trim().starts_with('#')).collect();
        let mut rest = &lines[..];
        let yaml = Yaml::node(&mut rest, 0);
        assert!(rest.is_empty(), "left: {rest:?}");
        yaml
    }

    /// The lines that are indented so far.
    fn node(rest: &mut &[&str], indent: usize) -> Yaml {
        let first = rest.first().copied().unwrap_or_default().trim_start();
        match first.starts_with("- ") {
            true => Yaml::list(rest, indent),
            false => Yaml::map(rest, indent),
        }
    }

    fn list(rest: &mut &[&str], indent: usize) -> Yaml {
        let mut items = Vec::new();
        while let Some(line) = next(rest, indent).and_then(|line| line.strip_prefix("- ")) {
            // What stands behind the mark is indented by two more.
            let is_map = line.split_once(": ").is_some_and(|(name, _)| is_name(name));
            if is_map {
                let whole = format!("{:1$}{line}", "", indent + 2);
                let lines: Vec<&str> = std::iter::once(&*whole)
                    .chain(rest[1..].iter().copied())
                    .collect();
                let mut inner = &lines[..];
                items.push(Yaml::map(&mut inner, indent + 2));
                *rest = &rest[rest.len() - inner.len()..];
            } else {
                *rest = &rest[1..];
                items.push(Yaml::value(line, rest, indent));
            }
        }
        Yaml::List(items)
    }

    fn map(rest: &mut &[&str], indent: usize) -> Yaml {
        let mut members: Vec<(String, Yaml)> = Vec::new();
        while let Some(line) = next(rest, indent).filter(|line| !line.starts_with("- ")) {
            let (name, value) = line.split_once(':').expect("a member");
            assert!(is_name(name), "{line}");
            assert!(
                members.iter().all(|(known, _)| known != name),
                "{name} twice"
            );
            *rest = &rest[1..];
            let value = Yaml::value(value.trim_start(), rest, indent);
            members.push((name.to_owned(), value));
        }
        assert!(!members.is_empty(), "{rest:?}");
        Yaml::Map(members)
    }

    fn value(text: &str, rest: &mut &[&str], indent: usize) -> Yaml {
        if text.is_empty() {
            return Yaml::node(rest, indent + 2);
        }
        if text == "|" {
            return Yaml::Text(literal(rest, indent + 2));
        }
        if let Some(items) = text.strip_prefix('[') {
            let items = items
                .strip_suffix(']')
                .expect("the end of a list")
                .split(", ");
            return Yaml::List(items.map(|item| Yaml::Text(item.into())).collect());
        }
        // What would mean something else if it stood there as it is.
        assert!(
            !text.starts_with(['&', '*', '!', '>', '%', '@', '`', '"', '\'', '{', '#']),
            "{text}"
        );
        assert!(!text.contains(": ") && !text.contains(" #"), "{text}");
        Yaml::Text(text.to_owned())
    }

    #[track_caller]
    fn at(&self, path: &str) -> &Yaml {
        path.split('/').fold(self, |yaml, name| match yaml {
            Yaml::Map(members) => {
                let found = members.iter().find(|(known, _)| known == name);
                &found.unwrap_or_else(|| panic!("no {name} of {path}")).1
            }
            other => panic!("no {name} in {other:?}"),
        })
    }

    fn has(&self, name: &str) -> bool {
        matches!(self, Yaml::Map(members) if members.iter().any(|(known, _)| known == name))
    }

    #[track_caller]
    fn text(&self) -> &str {
        match self {
            Yaml::Text(text) => text,
            other => panic!("no text: {other:?}"),
        }
    }

    #[track_caller]
    fn items(&self) -> &[Yaml] {
        match self {
            Yaml::List(items) => items,
            other => panic!("no list: {other:?}"),
        }
    }
}

/// The next line, if it is indented just so far.
fn next<'a>(rest: &[&'a str], indent: usize) -> Option<&'a str> {
    let line = rest.first()?;
    let text = line.trim_start();
    (line.len() - text.len() == indent).then_some(text)
}

fn is_name(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// A text of several lines.
fn literal(rest: &mut &[&str], indent: usize) -> String {
    let mut text = String::new();
    while let Some(line) = rest
        .first()
        .filter(|line| line.len() - line.trim_start().len() >= indent)
    {
        text += &line[indent..];
        text.push('\n');
        *rest = &rest[1..];
    }
    text
}

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci.md");
    fs::read_to_string(path).expect("docs/ci.md")
}

/// The blocks of this language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let blocks = page.split(&fence).skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().expect("an end").to_owned());
    blocks.collect()
}

fn workflow() -> Yaml {
    Yaml::read(&blocks(&page(), "yaml")[0])
}

fn pipeline() -> Yaml {
    Yaml::read(&blocks(&page(), "yaml")[1])
}

/// What the pages let a shell run: the commands with `wstalk` in them, and the rest.
fn commands() -> Vec<String> {
    let (workflow, pipeline) = (workflow(), pipeline());
    let steps = workflow.at("jobs/checks/steps").items().iter();
    let steps = steps.filter(|step| step.has("run"));
    let github = steps.map(|step| step.at("run").text().to_owned());
    let gitlab = pipeline.at("checks/script").items().iter();
    github
        .chain(gitlab.map(|line| line.text().to_owned()))
        .collect()
}

#[test]
fn the_workflow_has_what_its_reader_wants() {
    let workflow = workflow();
    assert!(workflow.at("on").items().len() == 2 && workflow.has("permissions"));
    let job = workflow.at("jobs/checks");
    assert_eq!(job.at("runs-on").text(), "ubuntu-latest");
    let mut uses = Vec::new();
    for step in job.at("steps").items() {
        assert!(step.has("uses") != step.has("run"), "{step:?}");
        if step.has("uses") {
            let (action, version) = step.at("uses").text().split_once('@').expect("a version");
            assert!(version.starts_with('v'), "{version}");
            uses.push(action.to_owned());
        }
    }
    let expected = [
        "actions/checkout",
        "mikepenz/action-junit-report",
        "actions/upload-artifact",
    ];
    assert_eq!(uses, expected);
    let shown = job.at("steps").items().iter();
    let mut shown = shown.filter(|step| step.has("if"));
    let step = shown.next().expect("a step that shows the report");
    assert_eq!(step.at("with/report_paths").text(), "reports/wstalk.xml");
}

#[test]
fn the_pipeline_has_what_its_reader_wants() {
    let pipeline = pipeline();
    let job = pipeline.at("checks");
    let service = &job.at("services").items()[0];
    assert_eq!(service.at("alias").text(), "server");
    assert!(
        job.at("script").items()[0]
            .text()
            .contains(" ws://server:8080 ")
    );
    assert_eq!(job.at("artifacts/when").text(), "always");
    assert_eq!(
        job.at("artifacts/reports/junit").text(),
        "reports/wstalk.xml"
    );
    assert_eq!(
        job.at("artifacts/paths").items(),
        [Yaml::Text("reports/".into())]
    );
}

#[test]
fn the_commands_of_the_pages_pass_against_a_server_and_leave_a_report() {
    let wst = blocks(&page(), "wst");
    let checks = commands().into_iter();
    let checks: Vec<String> = checks.filter(|line| line.starts_with("wstalk ")).collect();
    assert_eq!(checks.len(), 2);
    for check in checks {
        let server = echo_server();
        let url = server.url().trim_end_matches('/').to_owned();
        let line = check
            .replace("ws://127.0.0.1:8080", &url)
            .replace("ws://server:8080", &url);
        assert!(line != check, "{check}");
        let shell = program("/bin/sh").args(["-c", &line]);
        let folder = Path::new(env!("CARGO_BIN_EXE_wstalk"))
            .parent()
            .expect("a folder");
        let path = format!("{}:/usr/bin:/bin", folder.display());
        fs::create_dir(shell.home().join("checks")).expect("a folder");
        fs::write(shell.home().join("checks/hello.wst"), &wst[0]).expect("a file");
        let output = shell.env("PATH", path).env("TOKEN", "hunter2").run();
        assert!(!output.stderr_seen().contains("hunter2"));
        let report = fs::read_to_string(output.home().join("reports/wstalk.xml"));
        let report = report.expect("a report");
        assert!(report.contains(" name=\"checks/hello.wst\" "), "{report}");
        let last = "1 file: 1 passed, 0 failed, 0 not run (";
        output.stdout("").stderr_contains(last).code(0);
        server.finish();
    }
}
