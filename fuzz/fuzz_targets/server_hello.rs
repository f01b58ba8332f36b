//! A server's side of a TLS handshake, as far as it is in the clear.
//!
//! Proves that reading it never panics; that handshake messages mean the same
//! however they are cut into records; that what was found in the beginning of a
//! stream is not lost by what follows; and that nothing is read behind the first
//! encrypted record.
//!
//! The first byte of the input is the length of the records, the rest the stream.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wstalk::net::server_hello;

const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

fuzz_target!(|bytes: &[u8]| {
    let Some((length, stream)) = bytes.split_first() else {
        return;
    };
    let whole = server_hello(stream);
    assert_eq!(whole.is_tls.is_none(), stream.is_empty());
    if let Some(cipher) = whole.cipher {
        assert!(!cipher.to_string().is_empty());
    }
    grows(stream);
    same_in_records(usize::from(*length).max(1), stream);
});

/// What is found stays, but for what a later hello says otherwise.
fn grows(stream: &[u8]) {
    let half = server_hello(&stream[..stream.len() / 2]);
    let whole = server_hello(stream);
    assert!(whole.cipher.is_some() || half.cipher.is_none());
    assert!(whole.asks_for_certificate || !half.asks_for_certificate);
    assert!(whole.alert.is_some() || half.alert.is_none());
}

fn same_in_records(length: usize, messages: &[u8]) {
    let messages = &messages[..messages.len().min(usize::from(u16::MAX))];
    let one = record(HANDSHAKE, messages);
    let pieces = messages.chunks(length);
    let mut several: Vec<u8> = pieces.flat_map(|piece| record(HANDSHAKE, piece)).collect();
    several.extend(record(HANDSHAKE, b""));
    assert_eq!(server_hello(&one), server_hello(&several));
    several.extend(record(APPLICATION_DATA, messages));
    several.extend_from_slice(&one);
    assert_eq!(server_hello(&one), server_hello(&several));
}

fn record(kind: u8, fragment: &[u8]) -> Vec<u8> {
    let length = u16::try_from(fragment.len()).expect("short enough");
    let mut record = vec![kind, 3, 3];
    record.extend(length.to_be_bytes());
    record.extend_from_slice(fragment);
    record
}
