//! Compresses the pages that the program carries: completions and the manual.

use std::error::Error;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::DeflateEncoder;

const PAGES: [&str; 6] = [
    "completions/wstalk.bash",
    "completions/_wstalk",
    "completions/wstalk.fish",
    "completions/_wstalk.ps1",
    "completions/wstalk.elv",
    "docs/wstalk.1",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    for page in PAGES {
        println!("cargo::rerun-if-changed={page}");
        let text = fs::read(page).map_err(|error| format!("{page}: {error}"))?;
        let name = Path::new(page).file_name().ok_or("a page has a name")?;
        let file = File::create(Path::new(&folder).join(name))?;
        let mut encoder = DeflateEncoder::new(file, Compression::best());
        encoder.write_all(&text)?;
        encoder.finish()?;
    }
    Ok(())
}
