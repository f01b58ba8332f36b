//! The options that set what transcripts leave open.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::headings::CHECKING;

/// Variables of transcripts, and the files that they may read.
#[derive(Args, Clone)]
pub struct VariableArgs {
    /// Set what {{NAME}} stands for in a transcript
    #[arg(long, value_name = "NAME=VALUE", help_heading = CHECKING)]
    pub variable: Vec<String>,

    /// The same, masked wherever it would be seen
    ///
    /// `NAME` alone is taken from the environment, `NAME=@FILE` from the first line of a
    /// file, off the process list.
    #[arg(long, value_name = "NAME[=VALUE]", help_heading = CHECKING)]
    pub secret: Vec<String>,

    /// Set variables from a file of lines NAME=VALUE
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = CHECKING)]
    pub variables_file: Vec<PathBuf>,

    /// The folder that /file may read
    ///
    /// Instead of the transcript's own.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, hide_short_help = true, help_heading = CHECKING)]
    pub file_root: Option<PathBuf>,
}
