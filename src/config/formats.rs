//! How stdin becomes messages, and messages become stdout.

use super::usage;
use crate::cli::{ExchangeArgs, InputFormat, OutputFormat};
use crate::error::Error;
use crate::message::Kind;
use crate::pipe::{Delimiter, Format, Language, Reading};

/// What options say of both.
#[derive(Clone, Copy)]
pub(super) struct Formats {
    binary: bool,
    zero: bool,
    json: bool,
    input: Option<InputFormat>,
    output: Option<OutputFormat>,
    paced: bool,
}

impl Formats {
    /// Those of these options; `paced` keeps the times of a recording.
    pub(super) fn of(args: &ExchangeArgs, paced: bool) -> Self {
        Formats {
            binary: args.binary,
            zero: args.zero,
            json: args.json,
            input: args.input,
            output: args.output,
            paced,
        }
    }

    /// Whether any of them is given.
    pub(super) fn is_any(&self) -> bool {
        let any = self.input.is_some() || self.output.is_some();
        any || self.binary || self.zero || self.json
    }

    /// Whether all that happens is told as events.
    pub(super) fn has_events(&self) -> bool {
        self.json || self.output == Some(OutputFormat::Json)
    }

    /// How stdin is cut, if it is. Messages that are made of lines of a language have at
    /// most `limit` bytes, others `length`.
    ///
    /// # Errors
    /// `Usage` for what cannot work together.
    pub(super) fn reading(&self, limit: u64, length: u64) -> Result<Reading, Error> {
        let input = match self.input {
            _ if self.json => InputFormat::Json,
            _ if self.zero => InputFormat::Nul,
            format => format.unwrap_or(InputFormat::Lines),
        };
        let speaks = matches!(input, InputFormat::Notation | InputFormat::Json);
        if self.binary && speaks {
            return Err(usage(
                "--binary: in this --input each line says itself what it sends",
                "leave --binary out, and write /binary or /base64, or {\"base64\":\"…\"} in JSON",
            ));
        }
        let kind = if self.binary {
            Kind::Binary
        } else {
            Kind::Text
        };
        let delimited = |delimiter| Reading::Delimited {
            kind,
            delimiter,
            limit: length,
        };
        let steps = |language| Reading::Steps { language, limit };
        Ok(match input {
            InputFormat::Lines => delimited(Delimiter::LineFeed),
            InputFormat::Nul => delimited(Delimiter::Nul),
            InputFormat::Whole => delimited(Delimiter::End),
            InputFormat::Chunks => Reading::Chunks(kind),
            InputFormat::Notation => steps(Language::Notation),
            InputFormat::Json => steps(Language::Json { paced: self.paced }),
        })
    }

    /// How messages are written, where they are written as `usual` unless told otherwise.
    pub(super) fn format(&self, usual: Format) -> Format {
        match self.output {
            _ if self.zero => Format::Lines(0),
            _ if self.json => Format::Events,
            Some(OutputFormat::Lines) => Format::Lines(b'\n'),
            Some(OutputFormat::Nul) => Format::Lines(0),
            Some(OutputFormat::Raw) => Format::Raw,
            Some(OutputFormat::Notation) => Format::Notation,
            Some(OutputFormat::Json) => Format::Events,
            None => usual,
        }
    }
}
