//! A frame as `-vv` shows it: one line with everything that its header says.

use std::fmt::Write;
use std::time::Duration;

use crate::message::{Kind, close_code, close_reason};
use crate::ws::{Direction, FrameSeen, Stage, opcode};

use super::escape_bytes;

/// How much of a payload is shown, in bytes.
const TEXT: usize = 64;
const BINARY: usize = 16;

/// Where a data frame stands in its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// What the message is.
    pub kind: Kind,
    /// Counted from 1.
    pub number: u64,
}

/// `frame < 12.3 ms: text, FIN, RSV1, 7 bytes (5 plain), "Hello"`
///
/// `age` is that of the connection.
pub fn frame(frame: &FrameSeen<'_>, age: Duration, fragment: Option<Fragment>) -> String {
    let way = match frame.direction {
        Direction::Received => '<',
        Direction::Sent => '>',
    };
    let age = age.as_secs_f64() * 1000.0;
    let mut text = format!("frame {way} {age:.1} ms: {}", name(frame.opcode));
    if frame.fin {
        text.push_str(", FIN");
    }
    for (bit, name) in [(4, "RSV1"), (2, "RSV2"), (1, "RSV3")] {
        if frame.rsv & bit != 0 {
            let _ = write!(text, ", {name}");
        }
    }
    if let Some([a, b, c, d]) = frame.mask {
        let _ = write!(text, ", mask {a:02x}{b:02x}{c:02x}{d:02x}");
    }
    let plural = if frame.length == 1 { "" } else { "s" };
    let _ = write!(text, ", {} byte{plural}", frame.length);
    if frame.plain != frame.length && frame.stage == Stage::Whole {
        let _ = write!(text, " ({} plain)", frame.plain);
    }
    // A message of one frame has no fragments.
    if let Some(part) = fragment.filter(|part| part.number > 1 || !frame.fin) {
        let _ = write!(text, ", fragment {}", part.number);
    }
    let kind = fragment.map(|part| part.kind);
    if let Some(payload) = payload(frame, kind) {
        let _ = write!(text, ", {payload}");
    }
    match frame.stage {
        Stage::Arriving => text.push_str(" (arriving)"),
        Stage::Broken => text.push_str(" (breaks the protocol)"),
        Stage::Whole => {}
    }
    text
}

fn name(opcode: u8) -> String {
    match opcode {
        opcode::CONTINUATION => "continuation".into(),
        opcode::TEXT => "text".into(),
        opcode::BINARY => "binary".into(),
        opcode::CLOSE => "close".into(),
        opcode::PING => "ping".into(),
        opcode::PONG => "pong".into(),
        reserved => format!("opcode {reserved:#x}"),
    }
}

/// The beginning of a payload, escaped; nothing if it is empty.
fn payload(frame: &FrameSeen<'_>, kind: Option<Kind>) -> Option<String> {
    let bytes = frame.payload;
    if bytes.is_empty() {
        return None;
    }
    if let (opcode::CLOSE, Some(code)) = (frame.opcode, close_code(bytes)) {
        let reason = close_reason(bytes);
        return Some(match reason {
            [] => code.to_string(),
            reason => format!("{code} \"{}\"", escape_bytes(reason)),
        });
    }
    let text = match kind {
        Some(kind) => kind == Kind::Text,
        None => std::str::from_utf8(bytes).is_ok(),
    };
    Some(match text {
        true => quoted(bytes, frame.plain),
        false => hex(bytes, frame.plain),
    })
}

/// As text, without a character that the cut went through.
fn quoted(bytes: &[u8], whole: u64) -> String {
    let cut = &bytes[..bytes.len().min(TEXT)];
    let shown = match std::str::from_utf8(cut) {
        Err(error) if error.error_len().is_none() => &cut[..error.valid_up_to()],
        _ => cut,
    };
    let more = if whole > shown.len() as u64 {
        "…"
    } else {
        ""
    };
    format!("\"{}\"{more}", escape_bytes(shown))
}

fn hex(bytes: &[u8], whole: u64) -> String {
    let shown = &bytes[..bytes.len().min(BINARY)];
    let digits: Vec<String> = shown.iter().map(|byte| format!("{byte:02x}")).collect();
    let more = if whole > shown.len() as u64 {
        " …"
    } else {
        ""
    };
    format!("{}{more}", digits.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(seen: &FrameSeen<'_>, kind: Option<Kind>, number: u64) -> String {
        let fragment = kind.map(|kind| Fragment { kind, number });
        frame(seen, Duration::from_micros(12_345), fragment)
    }

    #[test]
    fn a_frame_is_one_line_with_what_its_header_says() {
        let text = Some(Kind::Text);
        assert_eq!(
            line(&FrameSeen::sample(1, b"Hel\x1b"), text, 1),
            "frame < 12.3 ms: text, FIN, 4 bytes, \"Hel\\u001b\""
        );
        let compressed = FrameSeen {
            direction: Direction::Sent,
            rsv: 4,
            mask: Some([0x37, 0xfa, 0x21, 0x3d]),
            length: 3,
            ..FrameSeen::sample(1, b"Hello")
        };
        assert_eq!(
            line(&compressed, text, 1),
            "frame > 12.3 ms: text, FIN, RSV1, mask 37fa213d, 3 bytes (5 plain), \"Hello\""
        );
        let first = FrameSeen {
            fin: false,
            ..FrameSeen::sample(2, b"\x00\xff")
        };
        assert_eq!(
            line(&first, Some(Kind::Binary), 1),
            "frame < 12.3 ms: binary, 2 bytes, fragment 1, 00 ff"
        );
        assert_eq!(
            line(&FrameSeen::sample(0, b""), text, 3),
            "frame < 12.3 ms: continuation, FIN, 0 bytes, fragment 3"
        );
    }

    #[test]
    fn control_frames_show_their_data_and_a_close_its_code() {
        assert_eq!(
            line(&FrameSeen::sample(9, b"k"), None, 1),
            "frame < 12.3 ms: ping, FIN, 1 byte, \"k\""
        );
        assert_eq!(
            line(&FrameSeen::sample(10, b"\xff"), None, 1),
            "frame < 12.3 ms: pong, FIN, 1 byte, ff"
        );
        assert_eq!(
            line(&FrameSeen::sample(8, b"\x03\xe8bye\x07"), None, 1),
            "frame < 12.3 ms: close, FIN, 6 bytes, 1000 \"bye\\u0007\""
        );
    }

    #[test]
    fn what_is_broken_or_not_whole_says_so() {
        let broken = FrameSeen {
            stage: Stage::Broken,
            rsv: 3,
            length: 1 << 63,
            plain: 0,
            ..FrameSeen::sample(0xb, b"")
        };
        assert_eq!(
            line(&broken, None, 1),
            "frame < 12.3 ms: opcode 0xb, FIN, RSV2, RSV3, 9223372036854775808 bytes (breaks the protocol)"
        );
        let arriving = FrameSeen {
            stage: Stage::Arriving,
            length: 1000,
            ..FrameSeen::sample(1, b"so far")
        };
        assert_eq!(
            line(&arriving, Some(Kind::Text), 1),
            "frame < 12.3 ms: text, FIN, 1000 bytes, \"so far\" (arriving)"
        );
    }

    #[test]
    fn long_payloads_are_cut_between_characters() {
        let long = format!("{}é and more", "x".repeat(63));
        let text = line(&FrameSeen::sample(1, long.as_bytes()), Some(Kind::Text), 1);
        assert!(
            text.ends_with(&format!("\"{}\"…", "x".repeat(63))),
            "{text}"
        );
        let text = line(&FrameSeen::sample(2, &[7; 17]), Some(Kind::Binary), 1);
        assert!(text.ends_with("07 07 …"), "{text}");
    }
}
