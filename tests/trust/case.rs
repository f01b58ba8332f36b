//! A case: a scene, what is other than it should be, and what has to be told of it.

use std::fs;

use super::healthy::Scene;
use super::server::{Change, Left, Stage};
use super::support::{Output, wstalk};
use super::told;

/// How long the server's Close may take after the client's.
const CLOSE_TIMEOUT: &str = "1";

#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What the server does, as a sentence.
    pub name: &'static str,
    pub scene: &'static Scene,
    pub change: Change,
    pub due: Due,
}

/// What has to be told.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    pub code: i32,
    /// As [`told`](super::told) reads it; empty where nothing fails.
    pub told: &'static str,
    /// How the client of the scene's first side left; the others close with 1000, or are
    /// refused.
    pub left: &'static str,
}

/// What a case came to.
#[derive(Clone, Debug)]
pub struct Found {
    pub code: i32,
    pub told: String,
    pub left: Left,
}

pub const fn case(name: &'static str, scene: &'static Scene, change: Change, due: Due) -> Case {
    Case {
        name,
        scene,
        change,
        due,
    }
}

/// Legal, however odd.
pub const fn passes() -> Due {
    Due {
        code: 0,
        told: "",
        left: "1000",
    }
}

/// An expectation is not met, and the connection ends with a proper Close.
pub const fn fails(told: &'static str) -> Due {
    Due {
        code: 1,
        told,
        left: "1000",
    }
}

impl Due {
    pub const fn code(mut self, code: i32) -> Self {
        self.code = code;
        self
    }

    pub const fn left(mut self, left: &'static str) -> Self {
        self.left = left;
        self
    }
}

impl Case {
    /// Plays the transcript against the server.
    pub fn run(&self) -> Found {
        let stage = Stage::new(self.scene.sides, self.change);
        let command = wstalk();
        let file = command.home().join(self.scene.name);
        fs::write(&file, self.scene.text).expect("a transcript to play");
        let output = command
            .args(["check", "--close-timeout", CLOSE_TIMEOUT, "--url"])
            .arg(stage.url())
            .arg(self.scene.name)
            .run();
        let authority = stage.authority();
        Found {
            code: output.exit_code().unwrap_or(-1),
            told: told(&output, self.scene, &authority),
            left: stage.finish(),
        }
    }

    /// What is other than it has to be, a line each.
    pub fn judge(&self, found: &Found) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut hold = |what: &str, due: &str, found: &str| {
            if due != found {
                wrong.push(format!("{what}, due:\n{due}\nfound:\n{found}"));
            }
        };
        let code = found.code.to_string();
        hold("exit code", &self.due.code.to_string(), &code);
        hold("told", self.due.told, &found.told);
        for (index, side) in self.scene.sides.iter().enumerate() {
            let found = found
                .left
                .get(side.path)
                .map_or("never came", String::as_str);
            let due = match (index, found) {
                (0, _) => self.due.left,
                (_, "refused") => "refused",
                _ => "1000",
            };
            hold(&format!("how the client of {} left", side.path), due, found);
        }
        wrong
    }
}

/// What is told of a failure; nothing if the file passed. Panics if the rest of stderr is
/// not as it always is.
fn told(output: &Output, scene: &Scene, authority: &str) -> String {
    let text = output.stderr_seen().replace(authority, "HOST");
    let lines: Vec<&str> = text.lines().collect();
    let (verdict, rest) = lines.split_first().expect("a verdict");
    let (summary, block) = rest.split_last().expect("a summary");
    let passed = verdict.starts_with(&format!("ok   {} (", scene.name));
    let counts = match passed {
        true => "1 file: 1 passed, 0 failed",
        false => "1 file: 0 passed, 1 failed",
    };
    assert!(summary.starts_with(counts), "{text}");
    if passed {
        assert!(block.is_empty(), "{text}");
        return String::new();
    }
    let failed = format!("FAIL {} (", scene.name);
    assert!(verdict.starts_with(&failed), "{text}");
    told::read(block, scene)
}
