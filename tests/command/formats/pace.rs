//! Of `--pace`: a recording is sent in its own time.

use super::super::support::echo_server;
use super::{Ear, Said, abreast, binary, closing, talk, text};

fn sent(ms: f64, data: &str) -> String {
    format!(
        "{{\"v\":1,\"ms\":{ms},\"event\":\"message\",\"direction\":\"sent\",\"n\":1,\"type\":\"text\",\"bytes\":1,\"data\":\"{data}\"}}\n"
    )
}

const OPEN: &str = "{\"v\":1,\"ms\":5000.5,\"event\":\"open\"}\n";

fn recording() -> String {
    [
        "{\"v\":1,\"ms\":1.0,\"event\":\"unknown\",\"later\":[]}\n".to_owned(),
        OPEN.to_owned(),
        sent(5001.0, "a"),
        "{\"v\":1,\"ms\":5100.0,\"event\":\"message\",\"direction\":\"received\",\"n\":1,\"type\":\"text\",\"bytes\":1,\"data\":\"no\"}\n".to_owned(),
        sent(5400.25, "b"),
        "{\"v\":1,\"ms\":5400.5,\"event\":\"ping\",\"direction\":\"sent\",\"data\":\"k\"}\n".to_owned(),
        "{\"v\":1,\"ms\":5500,\"event\":\"pong\",\"direction\":\"sent\",\"data\":\"no\"}\n".to_owned(),
        "{\"v\":1,\"ms\":6000,\"event\":\"message\",\"direction\":\"sent\",\"n\":3,\"type\":\"binary\",\"bytes\":1,\"base64\":\"/w==\"}\n".to_owned(),
        "{\"v\":1,\"ms\":9000,\"event\":\"close\",\"direction\":\"sent\",\"code\":4000,\"reason\":\"no\",\"clean\":null}\n".to_owned(),
        "{\"v\":1,\"ms\":9001,\"event\":\"end\",\"exit\":69,\"error\":null,\"sent\":3,\"received\":1}\n".to_owned(),
    ]
    .concat()
}

fn expected() -> [Said; 5] {
    [
        text("a"),
        text("b"),
        Said::Ping(b"k".to_vec()),
        binary([255]),
        closing(),
    ]
}

/// What a server hears of it, and when.
#[track_caller]
fn heard(stdin: &str, options: &[&str]) -> (Vec<Said>, Vec<u128>) {
    let ear = Ear::default();
    let server = ear.server();
    let output = talk(&server).args(options).arg("-E").stdin(stdin).run();
    output.stderr("").code(0);
    server.finish();
    (ear.said(), ear.times())
}

#[test]
fn a_recording_keeps_its_times_or_goes_out_at_once() {
    let cases: [(&[&str], bool); 4] = [
        (&["--input", "json", "--pace"], true),
        (&["--json", "--pace"], true),
        (&["--input", "json"], false),
        (&["--json"], false),
    ];
    abreast(&cases, |(options, paced)| {
        let (said, times) = heard(&recording(), options);
        assert_eq!(said, expected(), "{options:?}");
        let at = times.iter().map(|ms| ms / 100).collect::<Vec<_>>();
        if *paced {
            assert!((3..30).contains(&at[1]), "{options:?}: {times:?}");
            assert!((9..40).contains(&at[3]), "{options:?}: {times:?}");
            // The end of the recording is not waited for.
            assert!(at[4] < 40, "{options:?}: {times:?}");
        } else {
            assert!(at[4] < 9, "{options:?}: {times:?}");
        }
    });
}

#[test]
fn times_count_from_the_open_of_the_recording_or_from_its_first_message() {
    let late = [OPEN.to_owned(), sent(5500.5, "a"), sent(5501.0, "b")].concat();
    let bare = [sent(77_000.0, "a"), sent(77_400.0, "b")].concat();
    let (said, times) = heard(&late, &["--input", "json", "--pace"]);
    assert_eq!(said, [text("a"), text("b"), closing()]);
    assert!((500..3000).contains(&times[0]), "{times:?}");
    assert!(times[1] - times[0] < 450, "{times:?}");

    let (said, times) = heard(&bare, &["--input", "json", "--pace"]);
    assert_eq!(said, [text("a"), text("b"), closing()]);
    assert!((400..3000).contains(&times[1]), "{times:?}");
}

#[test]
fn times_that_go_back_or_are_missing_hold_nothing_up() {
    let back = [
        sent(100.0, "a"),
        sent(50.0, "b"),
        sent(0.0, "c"),
        "{\"event\":\"message\",\"direction\":\"sent\",\"type\":\"text\",\"data\":\"d\"}\n"
            .to_owned(),
        "{\"text\":\"e\"}\n".to_owned(),
    ];
    let (said, times) = heard(&back.concat(), &["--input", "json", "--pace"]);
    let all = ["a", "b", "c", "d", "e"].map(text);
    assert_eq!(said[..5], all);
    assert!(times[4] < 800, "{times:?}");
}

#[test]
fn waits_stand_between_messages_at_their_times() {
    let lines = [
        sent(0.0, "a"),
        "{\"wait_ms\":300}\n".to_owned(),
        sent(10.0, "b"),
        sent(600.0, "c"),
    ];
    let (said, times) = heard(&lines.concat(), &["--input", "json", "--pace"]);
    assert_eq!(said, [text("a"), text("b"), text("c"), closing()]);
    assert!((300..3000).contains(&times[1]), "{times:?}");
    assert!((600..3000).contains(&times[2]), "{times:?}");
}

#[test]
fn a_recording_of_a_run_is_sent_in_the_time_of_that_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("recording");
    let server = echo_server();
    let output = talk(&server)
        .args(["--input", "notation", "-E", "--output", "raw", "--record"])
        .arg(&path)
        .stdin("a\n/wait 400ms\nb\n/wait 300ms\n/ping\n")
        .run();
    output.stderr("").code(0);
    let again = std::fs::read_to_string(&path).expect("a recording");
    let (said, times) = heard(&again, &["--input", "json", "--pace"]);
    assert_eq!(
        said,
        [text("a"), text("b"), Said::Ping(Vec::new()), closing()]
    );
    assert!((400..3000).contains(&times[1]), "{times:?}");
    assert!((700..4000).contains(&times[2]), "{times:?}");
}
