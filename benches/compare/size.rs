//! How large the programs are: bytes without symbols, and packages.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::clients::Client;
use crate::measure::{Answer, Numbers};

/// `cost` is bytes, `second` the packages of the Linux build (0: unknown).
pub fn of(client: Client) -> Answer {
    let script = matches!(client, Client::Wscat | Client::Websockets | Client::Wsdump);
    if script {
        return Err("left out: a script, with an interpreter".to_owned());
    }
    if matches!(client, Client::Raw | Client::Minimal) {
        return Err("left out: a part of the benchmark".to_owned());
    }
    let file = client.find().ok_or("not installed")?;
    let copy = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    // Without `strip` the file counts as it is.
    let stripped = Command::new("strip")
        .arg("-o")
        .arg(copy.path())
        .arg(&file)
        .status();
    let counted = if stripped.is_ok_and(|status| status.success()) {
        copy.path()
    } else {
        &file
    };
    let bytes = fs::metadata(counted)
        .map_err(|error| error.to_string())?
        .len();
    let second = if client == Client::Wstalk {
        packages()
    } else {
        0
    };
    Ok(Numbers {
        cost: bytes as f64,
        second: second as f64,
        part: 1.0,
        ..Numbers::default()
    })
}

/// The packages that are built into the program on Linux.
fn packages() -> usize {
    let words = "tree --offline -e normal,build --target x86_64-unknown-linux-gnu --prefix none";
    let output = Command::new(env!("CARGO"))
        .args(words.split(' '))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    let Ok(output) = output else { return 0 };
    let text = String::from_utf8_lossy(&output.stdout);
    let names = text.lines().map(|line| line.trim_end_matches(" (*)"));
    let names: BTreeSet<_> = names.filter(|line| !line.is_empty()).collect();
    names.len()
}
