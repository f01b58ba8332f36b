//! Of frames as bytes, and of heads.

use super::super::support::{Frame, Head, LengthForm, ReceivedFrame};

#[test]
fn frames_have_the_bytes_of_rfc_6455() {
    // The examples of section 5.7, and what no legal sender writes.
    let cases = [
        (Frame::text("Hello"), b"\x81\x05Hello".to_vec()),
        (
            Frame::text("Hello").masked([0x37, 0xfa, 0x21, 0x3d]),
            b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58".to_vec(),
        ),
        (Frame::text("Hel").unfinished(), b"\x01\x03Hel".to_vec()),
        (Frame::continuation("lo"), b"\x80\x02lo".to_vec()),
        (Frame::new(9, "Hello"), b"\x89\x05Hello".to_vec()),
        (Frame::close(1000, "bye"), b"\x88\x05\x03\xe8bye".to_vec()),
        (Frame::text("").rsv(4), b"\xc1\x00".to_vec()),
        (Frame::new(11, "").rsv(3), b"\xbb\x00".to_vec()),
        (
            Frame::text("x").length_in(LengthForm::Bits16),
            b"\x81\x7e\x00\x01x".to_vec(),
        ),
        (
            Frame::binary("").claiming(1 << 63),
            b"\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00".to_vec(),
        ),
    ];
    for (frame, bytes) in cases {
        assert_eq!(frame.bytes(), bytes, "{frame:?}");
    }
}

#[test]
fn lengths_take_the_shortest_form_at_its_borders() {
    for (length, header) in [
        (125, vec![0x82, 125]),
        (126, vec![0x82, 126, 0, 126]),
        (65_535, vec![0x82, 126, 255, 255]),
        (65_536, vec![0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
    ] {
        let bytes = Frame::binary(vec![7; length]).bytes();
        assert_eq!(bytes[..header.len()], header);
        assert_eq!(bytes.len(), header.len() + length);
    }
}

#[test]
fn a_frame_is_read_back_whole_or_not_at_all() {
    for length in [0, 1, 125, 126, 65_536] {
        let sent = Frame::binary(vec![7; length])
            .rsv(2)
            .unfinished()
            .masked([1, 2, 3, 4]);
        let bytes = sent.bytes();
        let received = ReceivedFrame {
            fin: false,
            rsv: 2,
            opcode: 2,
            masked: true,
            payload: vec![7; length],
        };
        let more = [&bytes[..], b"next"].concat();
        assert_eq!(ReceivedFrame::parse(&more), Some((received, bytes.len())));
        for cut in [0, 1, 2, 5, bytes.len() - 1] {
            assert_eq!(ReceivedFrame::parse(&bytes[..cut]), None, "{length} {cut}");
        }
    }
}

#[test]
fn a_head_keeps_order_and_case_and_finds_any_case() {
    let text = "GET /a?b HTTP/1.1\r\nHost:x\r\nX-B:  1 \r\nx-b: 2\r\n\r\n";
    let head = Head::new(text.into());
    assert_eq!(head.text(), text);
    assert_eq!(head.request_line(), "GET /a?b HTTP/1.1");
    assert_eq!(head.header_lines(), ["Host:x", "X-B:  1 ", "x-b: 2"]);
    assert_eq!(head.header("HOST"), Some("x"));
    assert_eq!(head.header("x-B"), Some("1"));
    assert_eq!(head.headers("X-b"), ["1", "2"]);
    assert_eq!(head.header("absent"), None);
}

#[test]
fn an_accepting_reply_has_the_key_of_rfc_6455() {
    let text = "GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let head = Head::new(text.into());
    assert_eq!(
        head.switching(&[("Sec-WebSocket-Protocol", "chat")]),
        "HTTP/1.1 101 Switching Protocols\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
         Sec-WebSocket-Protocol: chat\r\n\r\n"
    );
}
