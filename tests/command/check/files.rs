//! `/file` in a transcript: only what is beside it.

use std::os::unix::fs::symlink;

use super::super::support::Server;
use super::{check, echo, write};

#[test]
fn a_file_beside_the_transcript_is_sent() {
    let server = Server::accept(echo);
    let files = [
        (
            "t/a.wst",
            "connect {{base}}\n> /file --text part/b.txt\n< hello\n> /file part/b.txt\n< /binary 68 65 6c 6c 6f\n",
        ),
        ("t/part/b.txt", "hello"),
    ];
    check(&files)
        .args(["--url", server.url(), "t/a.wst"])
        .run()
        .code(0);
    server.finish();
}

#[test]
fn a_file_anywhere_else_is_refused_before_anything_runs() {
    let server = Server::untouched();
    for path in [
        "../b.txt",
        "/etc/passwd",
        "link",
        "up/b.txt",
        "nowhere",
        ".",
    ] {
        let text = format!("connect {{{{base}}}}\n> /file {path}\n");
        let run = check(&[("t/a.wst", &text), ("b.txt", "secret")]);
        symlink("../b.txt", run.home().join("t/link")).expect("a link");
        symlink("..", run.home().join("t/up")).expect("a link");
        let output = run.args(["--url", server.url(), "t/a.wst"]).run().code(2);
        let told = output.stderr_seen();
        assert!(told.starts_with("wstalk: error: t/a.wst:2:1: "), "{told}");
        assert!(!told.contains("secret"), "{told}");
    }
    server.finish();
}

#[test]
fn a_name_that_a_server_gives_is_held_to_the_same_folder() {
    let server = Server::accept(echo);
    let text = "connect {{base}}\n> ../b.txt\n< ../b.txt\n  let name = text\n> /file {{name}}\n";
    let output = check(&[("t/a.wst", text), ("b.txt", "secret")])
        .args(["--url", server.url(), "t/a.wst"])
        .run()
        .code(65);
    let told = output.stderr_seen();
    assert!(
        told.contains("t/a.wst:5:1: ../b.txt: this file is not in the transcript's folder"),
        "{told}"
    );
    server.finish();
}

#[test]
fn file_root_allows_another_folder() {
    let server = Server::accept(echo);
    let run = check(&[(
        "t/a.wst",
        "connect {{base}}\n> /file --text ../b.txt\n< hello\n",
    )]);
    write(run.home(), "b.txt", "hello");
    run.args(["--url", server.url(), "--file-root", ".", "t/a.wst"])
        .run()
        .code(0);
    server.finish();
}
