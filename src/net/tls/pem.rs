//! PEM (RFC 7468), read as leniently as people write it: pure.
//!
//! Any text may stand around the blocks; lines may be indented and end in any way.

use data_encoding::BASE64;

/// What stands between a BEGIN and its END.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// `CERTIFICATE`, `PRIVATE KEY` and the like.
    pub(super) label: String,
    /// The line of its BEGIN, from 1.
    pub(super) line: usize,
    /// Headers such as `Proc-Type`, of keys that are encrypted in an old way.
    pub(super) has_headers: bool,
    /// Base64 without its line breaks.
    body: String,
}

/// A BEGIN without its END.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unfinished {
    pub(super) line: usize,
}

/// All blocks of a file, in order.
pub(super) fn blocks(file: &[u8]) -> Result<Vec<Block>, Unfinished> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in file.split(|byte| *byte == b'\n').enumerate() {
        let line = String::from_utf8_lossy(line);
        let line = line.trim_start_matches('\u{feff}').trim();
        match open.take() {
            None => open = begin(line, number + 1),
            Some(block) if line == format!("-----END {}-----", block.label) => found.push(block),
            Some(mut block) => {
                block.add(line);
                open = Some(block);
            }
        }
    }
    match open {
        Some(block) => Err(Unfinished { line: block.line }),
        None => Ok(found),
    }
}

fn begin(line: &str, number: usize) -> Option<Block> {
    let label = line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
    Some(Block {
        label: label.to_owned(),
        line: number,
        has_headers: false,
        body: String::new(),
    })
}

impl Block {
    fn add(&mut self, line: &str) {
        match line.contains(':') {
            true => self.has_headers = true,
            false => self.body.push_str(line),
        }
    }

    /// What it holds, unless it is broken or has headers, which say otherwise.
    pub(super) fn der(&self) -> Option<Vec<u8>> {
        let plain = !self.has_headers && !self.body.is_empty();
        BASE64.decode(self.body.as_bytes()).ok().filter(|_| plain)
    }

    pub(super) fn is_certificate(&self) -> bool {
        matches!(&*self.label, "CERTIFICATE" | "X509 CERTIFICATE")
    }

    pub(super) fn is_private_key(&self) -> bool {
        self.label.ends_with("PRIVATE KEY")
    }
}

/// A block as libraries read it.
pub(super) fn encode(label: &str, der: &[u8]) -> Vec<u8> {
    const LINE: usize = 64;
    let body = BASE64.encode(der).into_bytes();
    let mut text = format!("-----BEGIN {label}-----\n").into_bytes();
    for line in body.chunks(LINE) {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text.extend_from_slice(format!("-----END {label}-----\n").as_bytes());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(label: &str, line: usize, body: &str) -> Block {
        Block {
            label: label.into(),
            line,
            has_headers: false,
            body: body.into(),
        }
    }

    #[test]
    fn blocks_are_found_among_other_text() {
        let file = "\u{feff}Bag Attributes\n    friendlyName: caf\u{e9}\n-----BEGIN CERTIFICATE-----\r\nAQID\r\nBA==\r\n-----END CERTIFICATE-----\r\n# a key\n  -----BEGIN PRIVATE KEY-----\n  BQY=\n  -----END PRIVATE KEY-----";
        let expected = [
            block("CERTIFICATE", 3, "AQIDBA=="),
            block("PRIVATE KEY", 8, "BQY="),
        ];
        let found = blocks(file.as_bytes()).unwrap();
        assert_eq!(found, expected);
        assert_eq!(found[0].der().unwrap(), [1, 2, 3, 4]);
        assert!(found[0].is_certificate() && found[1].is_private_key());
    }

    #[test]
    fn a_block_without_an_end_is_named_by_its_line() {
        let file = b"x\n-----BEGIN CERTIFICATE-----\nAQID\n-----END PRIVATE KEY-----\n";
        assert_eq!(blocks(file), Err(Unfinished { line: 2 }));
    }

    #[test]
    fn headers_are_no_part_of_what_a_block_holds() {
        let file = b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAQID\n-----END RSA PRIVATE KEY-----\n";
        let found = blocks(file).unwrap();
        assert!(found[0].has_headers);
        assert_eq!(found[0].der(), None);
    }

    #[test]
    fn what_is_no_base64_holds_nothing() {
        assert_eq!(block("CERTIFICATE", 1, "A*ID").der(), None);
        assert_eq!(block("CERTIFICATE", 1, "").der(), None);
    }

    #[test]
    fn what_was_encoded_is_read_back() {
        let der: Vec<u8> = (0..100).collect();
        let found = blocks(&encode("PRIVATE KEY", &der)).unwrap();
        assert_eq!(found[0].der(), Some(der));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken(bytes: Vec<u8>) {
            let file = [b"-----BEGIN X-----\n", &bytes[..], b"\n-----END X-----\n"].concat();
            let _ = blocks(&bytes);
            for block in blocks(&file).unwrap_or_default() {
                block.der();
            }
        }
    }
}
