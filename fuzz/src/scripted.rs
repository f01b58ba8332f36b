//! A stream without a network: it gives what it was fed in reads of chosen
//! sizes, and takes as much as there is room for.

use std::io::{self, ErrorKind, Read, Write};

/// The sizes of the reads, one after the other and then from the beginning.
#[derive(Clone, Copy, Debug)]
pub struct Sizes<'a> {
    sizes: &'a [u8],
    scale: usize,
}

/// How much a stream takes before it blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    Endless,
    Bytes(usize),
}

/// The stream. When all was given it blocks, unless it has been ended.
pub struct Scripted<'a> {
    input: Vec<u8>,
    given: usize,
    sizes: Sizes<'a>,
    reads: usize,
    ended: bool,
    pub room: Room,
    pub output: Vec<u8>,
}

impl<'a> Sizes<'a> {
    /// As much at once as the reader has room for.
    pub const WHOLE: Sizes<'static> = Sizes {
        sizes: &[],
        scale: 1,
    };

    /// Each read is one byte longer than its number says, and longer still
    /// where that would make thousands of reads.
    pub fn new(sizes: &'a [u8], length: usize) -> Self {
        let scale = 1 + length / 4096;
        Sizes { sizes, scale }
    }

    fn nth(&self, read: usize) -> usize {
        match self.sizes {
            [] => usize::MAX,
            sizes => (1 + usize::from(sizes[read % sizes.len()])) * self.scale,
        }
    }
}

impl<'a> Scripted<'a> {
    pub fn new(input: &[u8], sizes: Sizes<'a>) -> Self {
        Scripted {
            input: input.to_vec(),
            given: 0,
            sizes,
            reads: 0,
            ended: false,
            room: Room::Endless,
            output: Vec::new(),
        }
    }

    /// More to be read, behind the rest.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.input.drain(..self.given);
        self.given = 0;
        self.input.extend_from_slice(bytes);
    }

    /// Nothing will come behind what was fed.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// What was fed and not read.
    pub fn unread(&self) -> &[u8] {
        &self.input[self.given..]
    }
}

impl Read for Scripted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        assert!(
            !into.is_empty(),
            "a read without room would look like the end"
        );
        let rest = &self.input[self.given..];
        if rest.is_empty() && !self.ended {
            return Err(ErrorKind::WouldBlock.into());
        }
        let count = rest.len().min(into.len()).min(self.sizes.nth(self.reads));
        into[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        self.reads += 1;
        Ok(count)
    }
}

impl Write for Scripted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = match &mut self.room {
            Room::Endless => bytes.len(),
            Room::Bytes(0) => return Err(ErrorKind::WouldBlock.into()),
            Room::Bytes(room) => {
                let count = bytes.len().min(*room);
                *room -= count;
                count
            }
        };
        self.output.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
