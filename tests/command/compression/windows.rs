//! What the client's windows may hold: their size, and whether a message may
//! refer to those before it.

use super::super::support::{Server, frame::opcode};
use super::codec::{Came, Inflater};
use super::{abreast, assert_ended, close, compressing, noise, talk};

/// Text that repeats itself just within and far beyond a window of `bits`.
fn repeating(bits: u8) -> Vec<u8> {
    let window = 1 << bits;
    let near = noise(window - 300, 1);
    let far = noise(window + 300, 2);
    [&near[..], &near, &far, &far].concat()
}

/// Sends `texts` as lines to a server that agreed to `parameters`; the server
/// inflates each with this window, and hands on the lengths of the payloads.
#[track_caller]
fn sends(parameters: &str, bits: u8, takeover: bool, texts: &[Vec<u8>]) -> Vec<usize> {
    let (lengths, seen) = std::sync::mpsc::channel();
    let expected = texts.to_vec();
    let server = compressing(parameters, move |conn| {
        let mut inflater = Inflater::new(bits, takeover);
        for text in &expected {
            let came = Came::read(conn);
            assert_eq!((came.opcode, came.compressed), (opcode::TEXT, true));
            assert!(came.plain(&mut inflater) == *text, "another text");
            lengths.send(came.payload.len()).expect("a test that waits");
        }
        close(conn);
    });
    let stdin = texts.join(&b'\n');
    let output = talk(&server).args(["--linger", "-1"]).stdin(stdin).run();
    assert_ended(parameters, &output, "", "", 0);
    server.finish();
    seen.try_iter().collect()
}

#[test]
fn no_message_refers_further_back_than_its_window() {
    let sizes: Vec<u8> = (9..=15).collect();
    abreast(&sizes, |&bits| {
        let texts = [
            repeating(bits.min(14)),
            repeating(9),
            repeating(bits.min(14)),
        ];
        for (parameters, takeover) in [("", true), ("; client_no_context_takeover", false)] {
            let parameters = format!("; client_max_window_bits={bits}{parameters}");
            let lengths = sends(&parameters, bits, takeover, &texts);
            assert_eq!(lengths.len(), texts.len());
        }
    });
}

#[test]
fn a_window_is_used_as_far_as_it_goes() {
    // What lies 3,000 bytes back is within 2^12, and not within 2^11.
    let text = vec![[noise(3000, 5), noise(3000, 5)].concat()];
    let small = sends("; client_max_window_bits=11", 11, true, &text)[0];
    let large = sends("; client_max_window_bits=15", 15, true, &text)[0];
    assert!(large + 1000 < small, "{large} bytes, and {small}");
}

#[test]
fn with_a_window_of_eight_bits_nothing_is_compressed() {
    for parameters in ["", "; client_no_context_takeover"] {
        let parameters = format!("; client_max_window_bits=8{parameters}");
        let server = compressing(&parameters, |conn| {
            for length in [200, 256, 5000, 2_500_000] {
                let came = Came::read(conn);
                assert!(!came.compressed, "{length}");
                assert!(came.payload == vec![b'x'; length], "{length}");
            }
            close(conn);
        });
        let texts = [200, 256, 5000, 2_500_000].map(|length| "x".repeat(length));
        let command = talk(&server).args(["--linger", "-1"]);
        let output = command.stdin(texts.join("\n")).run();
        assert_ended(&parameters, &output, "", "", 0);
        server.finish();
    }
}

#[test]
fn with_takeover_an_equal_message_is_smaller_the_second_time() {
    let texts = vec![noise(2000, 4); 3];
    let lengths = sends("", 15, true, &texts);
    assert!(lengths[0] > 800, "{lengths:?}");
    assert!(lengths[1] < 400 && lengths[2] < 400, "{lengths:?}");
}

#[test]
fn without_takeover_each_message_inflates_alone() {
    let texts = vec![noise(2000, 4); 3];
    let lengths = sends("; client_no_context_takeover", 15, false, &texts);
    assert_eq!(lengths, [lengths[0]; 3], "equal messages, equal payloads");
    assert!(lengths[0] > 800, "{lengths:?}");
}

#[test]
fn what_the_server_renounces_does_not_bind_the_client() {
    let texts = vec![noise(2000, 4); 2];
    let parameters = "; server_no_context_takeover; server_max_window_bits=9";
    let lengths = sends(parameters, 15, true, &texts);
    assert!(lengths[1] < 400, "{lengths:?}");
}

#[test]
fn messages_that_went_out_plain_are_not_in_the_window() {
    let (text, small) = (noise(300, 9), noise(255, 8));
    let expected = [text.clone(), small.clone(), text.clone(), small.clone()];
    let stdin = expected.join(&b'\n');
    let server: Server = compressing("", move |conn| {
        let mut inflater = Inflater::new(15, true);
        for text in &expected {
            let came = Came::read(conn);
            assert_eq!(came.compressed, text.len() >= 256);
            assert_eq!(&came.plain(&mut inflater), text);
        }
        close(conn);
    });
    let output = talk(&server).args(["--linger", "-1"]).stdin(stdin).run();
    assert_ended("plain between", &output, "", "", 0);
    server.finish();
}
