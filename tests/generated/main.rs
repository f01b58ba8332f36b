//! The pages made from the command line's description: completions and the manual. Each
//! is compared with the file that is kept, and written anew by
//! `WSTALK_REFRESH=1 cargo test --test generated`.

mod manual;

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use clap_complete::aot;
use wstalk::cli::{Cli, Extent};

const REFRESH: &str = "WSTALK_REFRESH=1 cargo test --test generated";

/// The file that is kept is what is made now; the program prints the same.
fn assert_current(path: &str, made: &str, words: &[&str]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if env::var_os("WSTALK_REFRESH").is_some() {
        fs::write(&file, made).expect("the page can be written");
        return;
    }
    let kept = fs::read_to_string(&file).expect("the page can be read");
    let differs = kept
        .lines()
        .zip(made.lines())
        .find(|(kept, made)| kept != made);
    assert!(
        kept == made,
        "{path} is not what the options say (first difference: {differs:?}); refresh it with\n  {REFRESH}"
    );
    let output = Command::new(env!("CARGO_BIN_EXE_wstalk"))
        .args(words)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{words:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), made, "{words:?}");
}

fn completions(shell: aot::Shell) -> String {
    let mut made = Vec::new();
    aot::generate(shell, &mut Cli::dressed(Extent::Whole), "wstalk", &mut made);
    String::from_utf8(made).expect("completions are text")
}

#[test]
fn the_completions_for_bash_are_current() {
    let made = completions(aot::Shell::Bash);
    assert_current("completions/wstalk.bash", &made, &["completions", "bash"]);
}

#[test]
fn the_completions_for_zsh_are_current() {
    let made = completions(aot::Shell::Zsh);
    assert_current("completions/_wstalk", &made, &["completions", "zsh"]);
}

#[test]
fn the_completions_for_fish_are_current() {
    let made = completions(aot::Shell::Fish);
    assert_current("completions/wstalk.fish", &made, &["completions", "fish"]);
}

#[test]
fn the_completions_for_powershell_are_current() {
    let made = completions(aot::Shell::PowerShell);
    assert_current(
        "completions/_wstalk.ps1",
        &made,
        &["completions", "powershell"],
    );
}

#[test]
fn the_completions_for_elvish_are_current() {
    let made = completions(aot::Shell::Elvish);
    assert_current("completions/wstalk.elv", &made, &["completions", "elvish"]);
}

#[test]
fn the_manual_is_current() {
    assert_current("docs/wstalk.1", &manual::made(), &["man"]);
}
