//! Of options that are wrong: exit 2, a reason, a cure, and no connection.

use super::super::support::{Server, wstalk};
use super::talk;

/// A usage error says what is wrong and connects to nobody.
#[track_caller]
fn refused(options: &[&str], named: &[&str]) {
    let server = Server::untouched();
    let output = talk(&server).args(options).run();
    let stderr = output.stderr_seen();
    assert_eq!(output.stdout_seen(), b"", "{options:?}");
    assert_eq!(output.exit_code(), Some(2), "{options:?}: {stderr}");
    for part in named {
        assert!(
            stderr.contains(part),
            "{options:?}: no {part:?} in:\n{stderr}"
        );
    }
    server.finish();
}

#[test]
fn options_that_mean_something_else_elsewhere_are_explained() {
    for (options, named) in [
        (
            &["-n"][..],
            &[
                "wstalk: error: -n means different things in other clients\n",
                "-k",
                "hint: ",
            ][..],
        ),
        (
            &["--protocol", "13"],
            &[
                "wstalk: error: --protocol means different things in other clients\n",
                "-s",
                "hint: ",
            ],
        ),
        (
            &["--protocol=chat"],
            &["wstalk: error: --protocol ", "--subprotocol"],
        ),
    ] {
        refused(options, named);
    }
}

#[test]
fn an_unknown_option_is_an_error_that_names_it() {
    for option in ["--frobnicate", "--expectation=x", "--proxy"] {
        refused(&[option], &[option.split('=').next().unwrap_or_default()]);
    }
}

#[test]
fn what_the_option_parser_refuses_reads_as_every_other_error() {
    for options in [
        &["--frobnicate"][..],
        &["-N", "0"],
        &["-1", "-N", "2"],
        &["-m"],
        &["--color", "pink"],
        &["--max-message-size", "x"],
    ] {
        refused(options, &["wstalk: error: "]);
    }
    wstalk().run().stderr_contains("wstalk: error: ").code(2);
}

#[test]
fn values_that_are_none_are_refused_with_their_option() {
    let cases: [(&[&str], &str); 12] = [
        (&["--linger", "soon"], "--linger"),
        (&["--linger", "-2"], "--linger"),
        (&["--linger", ""], "--linger"),
        (&["--linger=1e3"], "--linger"),
        (&["--max-time", "0"], "--max-time"),
        (&["-m", "-1"], "--max-time"),
        (&["-N", "0"], "--count"),
        (&["-N", "-1"], "--count"),
        (&["-N", "many"], "--count"),
        (&["--max-message-size", "12x"], "--max-message-size"),
        (&["--output", "pretty"], "--output"),
        (&["--close-timeout", "x"], "--close-timeout"),
    ];
    for (options, named) in cases {
        refused(options, &[named]);
    }
}

#[test]
fn options_that_cannot_work_together_are_refused() {
    let cases: [&[&str]; 9] = [
        &["--echo", "-x", "hello"],
        &["--echo", "-b"],
        &["--echo", "-1"],
        &["--echo", "-N", "2"],
        &["--echo", "--linger", "2"],
        &["--echo", "-E"],
        &["-E", "--linger", "2"],
        &["-1", "-N", "2"],
        &["--color", "always", "--no-color"],
    ];
    for options in cases {
        refused(options, &[]);
    }
}

#[test]
fn an_echo_takes_no_option_that_it_would_ignore() {
    refused(&["--echo", "--close-code", "4000"], &["--close-code"]);
    refused(&["--echo", "--close-reason", "x"], &["--close-reason"]);
}

#[test]
fn no_url_is_an_error_and_help_is_none() {
    wstalk().run().stdout("").stderr_contains("URL").code(2);
    for option in ["-h", "--help"] {
        let output = wstalk().arg(option).run();
        let help = String::from_utf8(output.stdout_seen().to_vec()).expect("UTF-8");
        assert!(help.contains("--linger"), "{option}: {help}");
        output.stderr("").code(0);
    }
}
