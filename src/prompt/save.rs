//! `/save`: the session as a transcript, from what is kept of it or from its
//! recording.

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::Prompt;
use super::session::{Mark, Marked, Session};
use crate::error::Error;
use crate::hint::hint;
use crate::journal;
use crate::message::MessageRef;
use crate::new_file;
use crate::render;
use crate::transcript::{self, Happening, Opening};
use crate::ws::Direction;

impl Prompt {
    pub(super) fn save(&mut self, path: &Path) {
        // The recording may be read.
        self.record();
        let written = self.transcript().and_then(|text| {
            new_file::write(path, text.as_bytes())?;
            Ok(text.lines().count())
        });
        match written {
            Ok(lines) => {
                let path = path.display().to_string();
                let path = render::escape(&path);
                let lines = render::grouped(lines as u64);
                self.desk
                    .notice(&format!("saved as {path} ({lines} lines)"));
            }
            Err(error) => {
                let cure = hint(&error, None);
                self.desk.complain(&error.to_string(), cure.as_deref());
            }
        }
    }

    fn transcript(&self) -> Result<String, Error> {
        if !self.desk.session.lost_its_beginning() {
            return Ok(write(&happenings(&self.desk.session)));
        }
        let Some(path) = &self.settings.record else {
            return Err(Error::Usage {
                message: format!(
                    "the session has lost its beginning: of {} messages the last {} are kept",
                    render::grouped(self.desk.session.last()),
                    render::grouped(self.desk.session.last() + 1 - self.desk.session.first()),
                ),
                hint: "--record FILE keeps everything, and /save then reads it".into(),
            });
        };
        let openings: Vec<&Opening> = self
            .desk
            .session
            .marks()
            .iter()
            .filter_map(opening)
            .collect();
        let recording = journal::read_recording(path, self.settings.max_message, &openings)?;
        Ok(write(&recording.happenings()))
    }
}

fn write(happenings: &[(Duration, Happening<'_>)]) -> String {
    let session = transcript::Session {
        saved: SystemTime::now(),
        happenings,
    };
    transcript::write(&session)
}

fn opening(mark: &Marked) -> Option<&Opening> {
    match &mark.what {
        Mark::Opened(opening) => Some(opening),
        Mark::SentClose(_) | Mark::ReceivedClose(_) | Mark::Lost => None,
    }
}

/// What is kept of the session, in its order.
fn happenings(session: &Session) -> Vec<(Duration, Happening<'_>)> {
    let mut happenings = Vec::new();
    let mut marks = session.marks().iter().peekable();
    let beginning = session.began();
    let since = |at| beginning.map_or(Duration::ZERO, |began| at - began);
    for number in session.first()..=session.last() + 1 {
        while let Some(mark) = marks.next_if(|mark| mark.before <= number) {
            let happening = match &mark.what {
                Mark::Opened(opening) => Happening::Connected(opening),
                Mark::SentClose(payload) => Happening::Sent(MessageRef::Close(payload)),
                Mark::ReceivedClose(payload) => Happening::Received(MessageRef::Close(payload)),
                Mark::Lost => Happening::Lost,
            };
            happenings.push((since(mark.at), happening));
        }
        if let Some(entry) = session.get(number) {
            let message = MessageRef::from(&entry.message);
            let happening = match entry.direction {
                Direction::Sent => Happening::Sent(message),
                Direction::Received => Happening::Received(message),
            };
            happenings.push((since(entry.at), happening));
        }
    }
    happenings
}
