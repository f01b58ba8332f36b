//! The options that set what transcripts leave open.

use std::path::PathBuf;

use clap::Args;

use super::headings::CHECKING;

/// Variables of transcripts, and the files that they may read.
#[derive(Args, Clone)]
pub struct VariableArgs {
    /// Set a variable: {{NAME}} in a transcript stands for VALUE; repeatable
    #[arg(long, value_name = "NAME=VALUE", help_heading = CHECKING)]
    pub variable: Vec<String>,

    /// Set a variable that is masked wherever it would be seen: NAME (of the environment), NAME=@FILE, NAME=VALUE
    #[arg(long, value_name = "NAME[=VALUE]", help_heading = CHECKING)]
    pub secret: Vec<String>,

    /// Set variables from a file of lines NAME=VALUE; repeatable
    #[arg(long, value_name = "FILE", help_heading = CHECKING)]
    pub variables_file: Vec<PathBuf>,

    /// Where /file of a transcript may read, instead of the transcript's folder
    #[arg(long, value_name = "DIR", help_heading = CHECKING)]
    pub file_root: Option<PathBuf>,
}
