//! The rules of the house that a compiler does not hold: imports run downwards,
//! outside crates stay in their rooms, files stay small.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file below `src`, by its path there, without its tests.
fn sources() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    collect(&root(), &mut files);
    assert!(files.len() > 30, "only {} source files found", files.len());
    files
}

fn collect(folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("src can be read") {
        let path = entry.expect("src can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a source file can be read");
            let product = text
                .split("#[cfg(test)]\nmod tests")
                .next()
                .unwrap_or_default();
            let product = product
                .split("#[cfg(test)]\n#[allow")
                .next()
                .unwrap_or_default();
            let name = path.strip_prefix(root()).expect("a path below src");
            files.insert(name.display().to_string(), product.to_owned());
        }
    }
}

/// The groups of modules in `lib.rs`, highest first.
fn ranks() -> BTreeMap<String, usize> {
    let lib = fs::read_to_string(root().join("lib.rs")).expect("lib.rs can be read");
    let mut ranks = BTreeMap::new();
    let mut rank = 0;
    for line in lib.lines() {
        match line.strip_prefix("pub mod ") {
            Some(name) => _ = ranks.insert(name.trim_end_matches(';').to_owned(), rank),
            None => rank += 1,
        }
    }
    ranks
}

fn module_of(file: &str) -> &str {
    let first = file.split('/').next().unwrap_or(file);
    first.strip_suffix(".rs").unwrap_or(first)
}

#[test]
fn modules_import_from_their_own_group_or_from_below() {
    let ranks = ranks();
    for (file, text) in sources() {
        let module = module_of(&file);
        let Some(own) = ranks.get(module) else {
            assert!(
                module == "lib" || module == "main",
                "{file} is not in lib.rs"
            );
            continue;
        };
        for import in text.split("crate::").skip(1) {
            let name: String = import
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            let Some(other) = ranks.get(&name) else {
                continue;
            };
            assert!(
                name == module || other >= own,
                "{file} imports upwards: crate::{name}"
            );
        }
    }
}

#[test]
fn each_outside_crate_is_used_in_its_rooms_alone() {
    let rooms = [
        ("clap", &["cli/"][..]),
        ("rustyline", &["prompt/"]),
        ("native_tls", &["net/tls/", "net/stream.rs"]),
        ("openssl", &["net/tls/keys.rs", "net/tls/acceptor.rs"]),
        ("openssl_probe", &["net/trust.rs"]),
        ("x509_cert", &["net/tls/certificate.rs"]),
        ("colored", &["render/style.rs"]),
        ("unicode_width", &["visible.rs"]),
        ("tz", &["time_of_day.rs"]),
        ("humantime", &["render/date.rs", "transcript/write.rs"]),
        (
            "rustix",
            &["engine/", "net/", "terminal/", "prompt/history/"],
        ),
        ("nix", &["engine/signals/"]),
        ("signal_hook", &["engine/signals/"]),
        ("ctrlc", &["engine/signals/"]),
        ("winapi_util", &["terminal/"]),
        ("terminal_size", &["terminal/"]),
        ("httparse", &["http/head.rs"]),
        ("url", &["target/"]),
        ("percent_encoding", &["secret.rs", "target/"]),
        ("serde_json", &["json/"]),
        ("serde", &["json/"]),
        ("regex_lite", &["pattern/", "json/path/"]),
        ("rand", &["ws/mask.rs", "reconnect/", "report/file.rs"]),
        ("tungstenite", &["ws/", "open/"]),
        ("flate2", &["ws/deflate.rs", "generate.rs"]),
    ];
    for (file, text) in sources() {
        for (name, allowed) in rooms {
            let used = text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
            let prefix = format!("{name}::");
            let used = used.filter(|word| word.starts_with(&prefix)).count();
            let at_home = allowed.iter().any(|room| file.starts_with(room));
            assert!(used == 0 || at_home, "{file} uses {name}");
        }
    }
}

#[test]
fn one_file_alone_is_unsafe() {
    for (file, text) in sources() {
        assert!(
            file == "net/trust.rs" || !text.contains("unsafe "),
            "{file}"
        );
    }
}

#[test]
fn the_protocol_knows_no_sockets_no_threads_and_no_clock() {
    for (file, text) in sources() {
        if !(file.starts_with("ws/") || file.starts_with("http/")) {
            continue;
        }
        for word in ["std::net", "std::thread", "std::time", "std::os", "std::fs"] {
            assert!(!text.contains(word), "{file} names {word}");
        }
    }
}

#[test]
fn pure_modules_do_no_input_or_output() {
    let pure = [
        "render/",
        "notation/",
        "target/",
        "json/",
        "pattern/",
        "diff/",
        "transcript/",
        "masker/",
        "report/mod.rs",
        "report/human.rs",
        "report/progress.rs",
        "report/junit.rs",
        "report/tap.rs",
        "report/json.rs",
        "visible.rs",
        "event_input.rs",
        "message.rs",
        "config/curl/",
        "pipe/ending.rs",
        "prompt/complete/",
        "prompt/inputrc.rs",
        "prompt/history/text.rs",
        "hint/",
        "net/proxy/",
        "net/overrides.rs",
        "net/road.rs",
        "net/tls/hello.rs",
        "net/tls/pem.rs",
        "net/tls/file_kind.rs",
        "net/tls/certificate.rs",
    ];
    for (file, text) in sources() {
        if !pure.iter().any(|room| file.starts_with(room)) {
            continue;
        }
        for word in [
            "std::fs",
            "std::env",
            "std::thread",
            "stdout()",
            "stderr()",
            "Instant::now",
        ] {
            assert!(!text.contains(word), "{file} names {word}");
        }
    }
}

#[test]
fn options_that_may_hold_a_secret_have_no_debug() {
    for (file, text) in sources() {
        for line in text.lines().filter(|_| file.starts_with("cli/")) {
            let derives = line.starts_with("#[derive(") && line.contains("Debug");
            assert!(!derives || line.contains("ValueEnum"), "{file}: {line}");
        }
    }
}

#[test]
fn only_the_console_writes_to_stderr() {
    for (file, text) in sources() {
        assert!(
            file == "console.rs" || !text.contains("stderr().write"),
            "{file}"
        );
    }
}

#[test]
fn every_file_begins_with_its_contract() {
    for (file, text) in sources() {
        assert!(text.starts_with("//!"), "{file} has no head");
    }
}

#[test]
fn no_file_is_two_things() {
    for (file, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 450, "{file} has {lines} lines before its tests");
    }
}
