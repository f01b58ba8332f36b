//! The rows of the table, and what is due in each of them.

use crate::work::{Kind, Way, Work};

/// What a row does.
#[derive(Clone, Copy, Debug)]
pub enum What {
    Move(Work),
    /// One line at a time there and back.
    Trips,
    /// Start, connect, one echo, exit.
    Once {
        tls: bool,
    },
    /// Resident memory while stdout is read slowly.
    SlowReader,
    /// Resident memory while the server reads nothing.
    DeafServer,
    Idle,
    Size,
}

/// What wstalk owes: ratios of time, and memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct Due {
    /// At least so many times as fast as the best other client.
    pub ahead: Option<f64>,
    /// At most so many times the time of raw TCP or TLS.
    pub raw: Option<f64>,
    /// At most so many times the time of the minimal program.
    pub minimal: Option<f64>,
    /// Less resident memory than this, in MiB.
    pub resident: Option<f64>,
    /// Less CPU than any other client.
    pub least_cpu: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub name: &'static str,
    pub title: &'static str,
    pub what: What,
    pub due: Due,
}

/// All rows, in the order of the table.
pub fn all() -> Vec<Row> {
    [small(), bulk(), single(), rest()].concat()
}

fn moved(way: Way, tls: bool, kind: Kind, size: usize, count: u64) -> What {
    What::Move(Work {
        way,
        tls,
        kind,
        size,
        count,
    })
}

fn row(name: &'static str, title: &'static str, what: What, due: Due) -> Row {
    Row {
        name,
        title,
        what,
        due,
    }
}

fn ahead(other: f64, raw: f64) -> Due {
    Due {
        ahead: Some(other),
        raw: Some(raw),
        ..Due::default()
    }
}

fn small() -> Vec<Row> {
    let line = |way, count| moved(way, false, Kind::Line, 64, count);
    vec![
        row(
            "echo",
            "1,000,000 lines of 64 B echoed",
            line(Way::Echo, 1_000_000),
            ahead(15.0, 2.0),
        ),
        row(
            "up",
            "1,000,000 lines of 64 B sent",
            line(Way::Up, 1_000_000),
            ahead(8.0, 2.0),
        ),
        row(
            "down",
            "5,000,000 lines of 64 B received",
            line(Way::Down, 5_000_000),
            ahead(8.0, 2.0),
        ),
    ]
}

fn bulk() -> Vec<Row> {
    let up = |tls| moved(Way::Up, tls, Kind::Line, 65_536, 16_384);
    let down = |tls| moved(Way::Down, tls, Kind::Binary, 1 << 20, 2048);
    vec![
        row(
            "up-64k",
            "1 GiB sent in lines of 64 KiB",
            up(false),
            ahead(1.0, 1.3),
        ),
        row(
            "down-1m",
            "2 GiB received in messages of 1 MiB",
            down(false),
            ahead(1.0, 1.3),
        ),
        row(
            "up-64k-wss",
            "1 GiB sent in lines of 64 KiB, wss",
            up(true),
            ahead(1.0, 1.2),
        ),
        row(
            "down-1m-wss",
            "2 GiB received in messages of 1 MiB, wss",
            down(true),
            ahead(1.0, 1.2),
        ),
    ]
}

fn single() -> Vec<Row> {
    let due = Due {
        ahead: Some(1.0),
        resident: Some(24.0),
        ..Due::default()
    };
    let whole = |way, tls| moved(way, tls, Kind::Line, 256 << 20, 1);
    vec![
        row(
            "one-up",
            "one message of 256 MiB sent",
            whole(Way::Up, false),
            due,
        ),
        row(
            "one-down",
            "one message of 256 MiB received",
            whole(Way::Down, false),
            due,
        ),
        row(
            "one-up-wss",
            "one message of 256 MiB sent, wss",
            whole(Way::Up, true),
            due,
        ),
        row(
            "one-down-wss",
            "one message of 256 MiB received, wss",
            whole(Way::Down, true),
            due,
        ),
    ]
}

fn rest() -> Vec<Row> {
    let trip = Due {
        raw: Some(1.1),
        least_cpu: true,
        ..Due::default()
    };
    let plain = Due {
        minimal: Some(1.5),
        ..Due::default()
    };
    let twice = Due {
        ahead: Some(2.0),
        ..Due::default()
    };
    let bounded = Due {
        resident: Some(16.0),
        ..Due::default()
    };
    vec![
        row(
            "trip",
            "one line at a time there and back",
            What::Trips,
            trip,
        ),
        row(
            "start",
            "start, connect, one echo, exit",
            What::Once { tls: false },
            plain,
        ),
        row(
            "start-wss",
            "start, connect, one echo, exit, wss",
            What::Once { tls: true },
            twice,
        ),
        row(
            "slow-reader",
            "64 B lines received, read slowly, 3 s",
            What::SlowReader,
            bounded,
        ),
        row(
            "deaf-server",
            "64 B lines to a server that does not read, 3 s",
            What::DeafServer,
            bounded,
        ),
        row(
            "idle",
            "3 s connected, nothing happens",
            What::Idle,
            Due::default(),
        ),
        row("size", "the program itself", What::Size, Due::default()),
    ]
}
