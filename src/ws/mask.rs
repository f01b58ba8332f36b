//! Masking (RFC 6455 section 5.3): the keys, and the exclusive or.
//!
//! Keys come from a cryptographic generator in blocks, so that a message costs
//! four bytes of a block and no call. The exclusive or runs in eight-byte
//! steps, which the compiler turns into vector instructions.

use rand::Rng;

/// Bytes that are copied and masked at once: a few vector registers. Copying
/// first and masking then takes three times as long.
const BLOCK: usize = 64;
const KEYS: usize = 4096;

/// A supply of unpredictable masking keys.
pub(super) struct Keys {
    block: Vec<u8>,
    used: usize,
}

impl Keys {
    /// An empty supply: the first key fills it.
    pub(super) fn new() -> Self {
        Keys {
            block: Vec::new(),
            used: 0,
        }
    }

    pub(super) fn next(&mut self) -> [u8; 4] {
        if let Some(key) = self.block.get(self.used..).and_then(<[u8]>::first_chunk) {
            self.used += 4;
            return *key;
        }
        self.block.resize(KEYS, 0);
        rand::rng().fill_bytes(&mut self.block);
        self.used = 4;
        self.block.first_chunk().copied().unwrap_or_default()
    }
}

/// Masks or unmasks `bytes`, which begin `offset` bytes into the payload.
pub(super) fn apply(bytes: &mut [u8], key: [u8; 4], offset: u64) {
    let key = rotated(key, offset);
    let wide = widened(key);
    let (chunks, rest) = bytes.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = (u64::from_ne_bytes(*chunk) ^ wide).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
}

/// Appends `bytes`, the beginning of a payload, masked.
pub(super) fn append(out: &mut Vec<u8>, bytes: &[u8], key: [u8; 4]) {
    out.reserve(bytes.len());
    let wide = widened(key);
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    for block in blocks {
        let mut masked = *block;
        let (words, _) = masked.as_chunks_mut::<8>();
        for word in words {
            *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
        }
        out.extend_from_slice(&masked);
    }
    let from = out.len();
    out.extend_from_slice(rest);
    apply(&mut out[from..], key, 0);
}

fn rotated(key: [u8; 4], offset: u64) -> [u8; 4] {
    let mut key = key;
    key.rotate_left((offset % 4) as usize);
    key
}

fn widened(key: [u8; 4]) -> u64 {
    let narrow = u64::from(u32::from_ne_bytes(key));
    narrow << 32 | narrow
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(bytes: &[u8], key: [u8; 4], offset: usize) -> Vec<u8> {
        let key = |i: usize| key[(offset + i) % 4];
        bytes
            .iter()
            .enumerate()
            .map(|(i, byte)| byte ^ key(i))
            .collect()
    }

    proptest! {
        #[test]
        fn the_wide_steps_do_what_the_definition_says(
            bytes in proptest::collection::vec(any::<u8>(), 0..100),
            key: [u8; 4],
            offset in 0_usize..9,
        ) {
            let mut masked = bytes.clone();
            apply(&mut masked, key, offset as u64);
            prop_assert_eq!(masked, plain(&bytes, key, offset));
        }
    }

    #[test]
    fn appending_masks_across_its_steps() {
        let bytes = vec![7; 3 * BLOCK + 5];
        let key = [1, 2, 3, 4];
        let mut out = b"before".to_vec();
        append(&mut out, &bytes, key);
        assert_eq!(out[..6], *b"before");
        assert_eq!(out[6..], plain(&bytes, key, 0));
    }

    #[test]
    fn keys_do_not_repeat_within_or_across_blocks() {
        let mut keys = Keys::new();
        let drawn: std::collections::HashSet<[u8; 4]> = (0..3000).map(|_| keys.next()).collect();
        assert!(drawn.len() > 2990, "only {} different keys", drawn.len());
    }
}
