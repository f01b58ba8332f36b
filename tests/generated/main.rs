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
    aot::generate(shell, &mut offered(), "wstalk", &mut made);
    String::from_utf8(made).expect("completions are text")
}

/// What shells offer: nothing that help does not list. Nor the URL, which they cannot know:
/// they would take a command's name for it.
fn offered() -> clap::Command {
    let whole = Cli::dressed(Extent::Whole);
    let options = shown(&whole).filter(|arg| !arg.is_positional());
    let below = whole.get_subcommands().map(|below| {
        let about = below.get_about().cloned().unwrap_or_default();
        bare(below.get_name().to_owned())
            .about(about)
            .args(shown(below))
    });
    bare("wstalk".into())
        .version(env!("CARGO_PKG_VERSION"))
        .args(options)
        .subcommands(below)
}

fn bare(name: String) -> clap::Command {
    clap::Command::new(&*name.leak())
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
}

fn shown(command: &clap::Command) -> impl Iterator<Item = clap::Arg> {
    let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
    shown.cloned().map(|arg| {
        // zsh takes a colon for the end of the name.
        let name = arg.get_value_names().and_then(|names| names.first());
        match name.filter(|name| name.contains(':')) {
            Some(name) => {
                let name = name.replace(": ", "-").replace(':', "-");
                arg.value_name(&*name.leak())
            }
            None => arg,
        }
    })
}

/// The same for fish, mended: what it asks for the command's name fails while the value of
/// an option is being typed, and then it offers nothing; and it knows of no values without
/// an option.
fn completions_for_fish() -> String {
    let made = completions(aot::Shell::Fish);
    let asked = "argparse -s (__fish_wstalk_global_optspecs) -- $cmd 2>/dev/null\n";
    assert_eq!(
        made.matches(asked).count(),
        1,
        "fish is asked in another way now"
    );
    let again = asked.replace("$cmd", "$cmd ''");
    let mut made = made.replace(asked, &format!("{asked}    or {again}"));
    for below in offered().get_subcommands() {
        let values = below
            .get_positionals()
            .flat_map(clap::Arg::get_possible_values);
        let values: Vec<String> = values.map(|value| value.get_name().to_owned()).collect();
        if !values.is_empty() {
            let (name, values) = (below.get_name(), values.join(" "));
            made += &format!(
                "complete -c wstalk -n \"__fish_wstalk_using_subcommand {name}\" -f -a \"{values}\"\n"
            );
        }
    }
    made
}

/// The same for bash, mended: it parts `--input=n` at the sign, and then what stands before
/// the value is no option.
fn completions_for_bash() -> String {
    let made = completions(aot::Shell::Bash);
    let before = "    prev=\"$3\"\n";
    assert_eq!(
        made.matches(before).count(),
        1,
        "bash is told in another way now"
    );
    let mended = format!(
        "{before}    [[ \"$cur\" == \"=\" ]] && cur=\"\"\n    \
         [[ \"$prev\" == \"=\" ]] && prev=\"${{COMP_WORDS[COMP_CWORD-2]}}\"\n"
    );
    made.replace(before, &mended)
}

#[test]
fn the_completions_for_bash_are_current() {
    let made = completions_for_bash();
    assert_current("completions/wstalk.bash", &made, &["completions", "bash"]);
}

#[test]
fn the_completions_for_zsh_are_current() {
    let made = completions(aot::Shell::Zsh);
    assert_current("completions/_wstalk", &made, &["completions", "zsh"]);
}

#[test]
fn the_completions_for_fish_are_current() {
    let made = completions_for_fish();
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
