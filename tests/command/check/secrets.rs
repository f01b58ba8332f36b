//! Variables, and those of them that nobody may see.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::super::support::Server;
use super::{check, echo};

const SECRET: &str = "s3cr\"t-välue";
const TEXT: &str = "connect {{base}}/?token=x\n  header X-Key: {{key}}\n> {\"key\":\"{{key}}\"}\n< {\"key\":\"{{key}}\"}\n> say {{key}} and {{other}}\n< other\n";

#[test]
fn a_secret_is_masked_wherever_it_would_be_seen() {
    let server = Server::accept(echo);
    let run = check(&[("a.wst", TEXT), ("key", SECRET)]).args([
        "-v",
        "--url",
        server.url(),
        "--secret",
        "key=@key",
        "--variable",
        "other=plain",
        "--record-on-fail",
        "rec",
        "--report-junit",
        "r.xml",
        "--report-tap",
        "-",
        "--report-json",
        "r.json",
        "a.wst",
    ]);
    let output = run.run().code(1);
    let read = |name: &str| fs::read_to_string(output.home().join(name)).expect("a file");
    let all = [
        output.stderr_seen().to_owned(),
        String::from_utf8_lossy(output.stdout_seen()).into_owned(),
        read("r.xml"),
        read("r.json"),
        read("rec/a.jsonl"),
    ];
    for text in &all {
        assert!(!text.contains("s3cr") && !text.contains("välue"), "{text}");
        assert!(text.contains("***") && text.contains("plain"), "{text}");
    }
    let mode = fs::metadata(output.home().join("rec/a.jsonl"))
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    server.finish();
}

#[test]
fn show_secrets_shows_them() {
    let server = Server::accept(echo);
    let run = check(&[("a.wst", TEXT)]).args([
        "--url",
        server.url(),
        "--show-secrets",
        "--secret",
        "key=s3cretvalue",
        "--variable",
        "other=plain",
        "a.wst",
    ]);
    let output = run.run().code(1);
    assert!(output.stderr_seen().contains("s3cretvalue"));
    server.finish();
}

#[test]
fn a_secret_comes_from_the_environment_by_its_name() {
    let server = Server::accept(echo);
    let text = "connect {{base}}\n> {{KEY}}\n< fromtheenv\n";
    let run = check(&[("a.wst", text)]).args(["--url", server.url(), "--secret", "KEY", "a.wst"]);
    run.env("KEY", "fromtheenv").run().code(0);
    server.finish();
    let run = check(&[("a.wst", text)]).args(["--url", "ws://x", "--secret", "KEY", "a.wst"]);
    run.run().code(2).stderr("wstalk: error: --secret KEY: the environment has no variable KEY\nhint: --secret NAME=@FILE reads it from a file\n");
}

#[test]
fn variables_come_from_files_and_the_command_line_wins() {
    let server = Server::accept(echo);
    let text = "connect {{base}}\n> {{a}} {{b}}\n< 1 3\n> {\"n\":{{a}},\"s\":{{c}}}\n< {\"n\":1,\"s\":\"x y\"}\n";
    let vars = "# variables\na=1\nb=2\n\nc=x y\n";
    let run = check(&[("a.wst", text), ("vars", vars)]).args([
        "--url",
        server.url(),
        "--variables-file",
        "vars",
        "--variable",
        "b=3",
        "a.wst",
    ]);
    run.run().code(0);
    server.finish();
}

#[test]
fn what_is_no_variable_is_told() {
    for (options, code, expected) in [
        (["--variable", "a"], 2, "--variable: there is no `=` in it"),
        (
            ["--variable", "1a=x"],
            2,
            "--variable: `1a` is not a name for a variable",
        ),
        (
            ["--secret", "s3cr t=x"],
            2,
            "--secret: what stands before the `=` is not a name for a variable",
        ),
        (
            ["--secret", "a=xyz"],
            2,
            "--secret a: a secret of less than 4 bytes cannot be masked",
        ),
        (["--variables-file", "nowhere"], 26, "cannot read nowhere"),
    ] {
        let run = check(&[("a.wst", "connect ws://x\n")])
            .args(options)
            .arg("a.wst");
        let output = run.run().code(code);
        assert!(
            output.stderr_seen().contains(expected),
            "{}",
            output.stderr_seen()
        );
    }
}

#[test]
fn recordings_are_kept_of_what_fails_and_never_overwrite() {
    let server = Server::accept_many(3, echo);
    let files = [
        ("good.wst", "connect {{base}}\n> a\n< a\n"),
        ("bad.wst", "connect {{base}}\n> a\n< b\n"),
    ];
    let run = check(&files).args([
        "--url",
        server.url(),
        "--record-on-fail",
        "rec",
        "good.wst",
        "bad.wst",
        "bad.wst",
    ]);
    let output = run.run().code(1);
    let mut names: Vec<String> = fs::read_dir(output.home().join("rec"))
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(names, ["bad-2.jsonl", "bad.jsonl"]);
    assert!(
        output.stderr_seen().contains("rec/bad.jsonl"),
        "{}",
        output.stderr_seen()
    );
    let recording = fs::read_to_string(output.home().join("rec/bad.jsonl")).expect("a recording");
    assert!(
        recording.contains("\"event\":\"open\"")
            && recording.contains("\"event\":\"end\",\"exit\":1"),
        "{recording}"
    );
    server.finish();
}
