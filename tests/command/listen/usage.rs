//! Options that cannot work together.

use super::super::support::wstalk;

#[test]
fn options_that_cannot_work_together_say_why() {
    let cases: [(&[&str], &str); 16] = [
        (&["--echo", "-b"], "--binary: --echo answers by itself"),
        (&["--echo", "--input", "nul"], "--input: --echo"),
        (&["--echo", "--output", "lines"], "--output: --echo"),
        (&["--echo", "-0"], "-0: --echo"),
        (&["--echo", "--json"], "--json: --echo"),
        (&["--echo", "-1"], "-1: --echo"),
        (&["--echo", "--until", "x"], "--until: --echo"),
        (&["--echo", "-E"], "--exit-on-eof: --echo"),
        (&["--echo", "--timestamps"], "nothing is printed here"),
        (&["--timestamps"], "stdout carries payload"),
        (&["--history", "off"], "this is a pipe"),
        (&["-b", "--input", "json"], "each line says itself"),
        (&["--linger", "soon"], "-1 stays until a signal"),
        (&["-1", "-E"], "cannot be used with"),
        (&["--until", "/match ("], "--until"),
        (&["-v", "-q"], "cannot be used with"),
    ];
    for (options, why) in cases {
        let output = wstalk().arg("listen").args(options).run();
        let told = output.stderr_seen().to_owned();
        assert!(
            told.contains(why) && !told.contains("listening"),
            "{options:?}: {told}"
        );
        assert_eq!(output.exit_code(), Some(2), "{options:?}");
    }
}

#[test]
fn a_prompt_has_no_end_of_stdin() {
    for option in ["-E", "--linger=2"] {
        let mut terminal = wstalk().args(["listen", option]).in_terminal(24, 80);
        terminal.wait_for_text("concerns the end of stdin");
        assert_eq!(terminal.finish().code, 2, "{option}");
    }
}
