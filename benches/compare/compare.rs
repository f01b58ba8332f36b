//! What a client wrote, held against what it had to write.

use crate::work::Stream;

/// A stream on stdout and how much of it has come.
pub struct Comparison {
    due: Stream,
    at: u64,
    /// For clients that print prompts and escapes around each message: the
    /// beginning of a line that is not over.
    decorated: Option<Vec<u8>>,
}

impl Comparison {
    pub fn new(due: Stream, decorated: bool) -> Self {
        Self {
            due,
            at: 0,
            decorated: decorated.then(Vec::new),
        }
    }

    pub fn is_done(&self) -> bool {
        self.at >= self.due.length()
    }

    /// What to say when nothing more will come.
    pub fn missing(&self) -> String {
        format!("only {} of {} bytes came out", self.at, self.due.length())
    }

    /// Takes the next bytes; an error when they are not what is due.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), String> {
        match self.decorated.take() {
            None => self.exact(bytes),
            Some(line) => {
                self.decorated = Some(self.lines(line, bytes));
                Ok(())
            }
        }
    }

    fn exact(&mut self, mut bytes: &[u8]) -> Result<(), String> {
        while !bytes.is_empty() {
            let here = self.due.from(self.at);
            let count = here.len().min(bytes.len());
            if count == 0 {
                // A line feed at the very end is a habit, not a message.
                let blank = bytes.iter().all(|byte| *byte == b'\n');
                return blank
                    .then_some(())
                    .ok_or_else(|| "more came out than is due".to_owned());
            }
            if here[..count] != bytes[..count] {
                return Err(format!(
                    "not what is due, within {count} bytes of byte {}",
                    self.at
                ));
            }
            self.at += count as u64;
            bytes = &bytes[count..];
        }
        Ok(())
    }

    /// Each message must stand at the end of a line, in order; what else is
    /// printed is passed over.
    fn lines(&mut self, mut line: Vec<u8>, bytes: &[u8]) -> Vec<u8> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            line.extend_from_slice(part);
            if !line.ends_with(b"\n") {
                break;
            }
            let here = self.due.from(self.at);
            let length = memchr::memchr(b'\n', here).map(|at| at + 1);
            // A message that is larger than a unit is known by its length.
            let (length, same) = match length {
                Some(length) => (length as u64, line.ends_with(&here[..length])),
                None => (self.due.length(), line.len() as u64 >= self.due.length()),
            };
            if !self.is_done() && same {
                self.at += length;
            }
            line.clear();
        }
        line
    }
}
