//! The formats of stdin and stdout, the events, and recordings.

mod back;
mod bad;
mod closings;
mod disk;
mod events;
mod failures;
mod fragments;
mod input;
mod modes;
mod not_text;
mod output;
mod pace;
mod pressure;
mod record;
mod steps;

use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::support::frame::opcode;
use super::support::{self, Command, Conn, Server, wstalk};

/// Runs that go on at the same time.
const ABREAST: usize = 6;

/// What a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<u16>, String),
    /// A message whose end did not come, with as many bytes as did.
    Cut(usize),
}

fn text(text: &str) -> Said {
    Said::Text(text.to_owned())
}

fn binary(bytes: impl AsRef<[u8]>) -> Said {
    Said::Binary(bytes.as_ref().to_owned())
}

/// Our Close where nothing else was asked for.
fn closing() -> Said {
    Said::Close(Some(1000), String::new())
}

/// Hears everything that a client says until its Close.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    /// Before the client could know that it is connected.
    began: Option<Instant>,
    said: Vec<(Instant, Said)>,
    /// The payload's length of each data frame, and whether it was the last of
    /// its message.
    fragments: Vec<(usize, bool)>,
}

impl Ear {
    /// A server that listens, and answers the Close.
    fn server(&self) -> Server {
        let ear = self.clone();
        Server::accept(move |conn| {
            ear.0.lock().expect("a sound lock").began = Some(Instant::now());
            conn.upgrade();
            ear.listen(conn);
        })
    }

    /// Listens until the Close; behind it nothing may come.
    #[track_caller]
    fn listen(&self, conn: &mut Conn<'_>) {
        let payload = self.listen_until_close(conn);
        conn.frame(opcode::CLOSE, payload).shutdown_write();
        conn.expect_eof();
    }

    /// Listens until the Close, whose payload it returns.
    #[track_caller]
    fn listen_until_close(&self, conn: &mut Conn<'_>) -> Vec<u8> {
        let mut open: Option<(u8, Vec<u8>)> = None;
        loop {
            let frame = conn.read_frame();
            match frame.opcode {
                opcode::PING => self.note(Said::Ping(frame.payload)),
                opcode::PONG => self.note(Said::Pong(frame.payload)),
                opcode::CLOSE => {
                    if let Some((_, bytes)) = open {
                        self.note(Said::Cut(bytes.len()));
                    }
                    self.note(close(&frame.payload));
                    return frame.payload;
                }
                kind => {
                    assert_eq!(kind == opcode::CONTINUATION, open.is_some(), "{frame:?}");
                    let length = (frame.payload.len(), frame.fin);
                    self.0.lock().expect("a sound lock").fragments.push(length);
                    let (kind, mut bytes) = open.take().unwrap_or((kind, Vec::new()));
                    bytes.extend_from_slice(&frame.payload);
                    match (frame.fin, kind) {
                        (false, kind) => open = Some((kind, bytes)),
                        (true, opcode::TEXT) => {
                            let text = String::from_utf8(bytes).expect("text in UTF-8");
                            self.note(Said::Text(text));
                        }
                        (true, _) => self.note(Said::Binary(bytes)),
                    }
                }
            }
        }
    }

    fn note(&self, said: Said) {
        let mut heard = self.0.lock().expect("a sound lock");
        heard.said.push((Instant::now(), said));
    }

    /// What was heard, of a server that has finished.
    fn said(&self) -> Vec<Said> {
        let heard = self.0.lock().expect("a sound lock");
        heard.said.iter().map(|(_, said)| said.clone()).collect()
    }

    /// When it was heard, in milliseconds since before the connection was open: so
    /// that no wait looks shorter than it was, however late anybody looks.
    fn times(&self) -> Vec<u128> {
        let heard = self.0.lock().expect("a sound lock");
        let began = heard.began.expect("a connection");
        let since = |at: &Instant| at.duration_since(began).as_millis();
        heard.said.iter().map(|(at, _)| since(at)).collect()
    }

    fn fragments(&self) -> Vec<(usize, bool)> {
        self.0.lock().expect("a sound lock").fragments.clone()
    }
}

fn close(payload: &[u8]) -> Said {
    let (code, reason) = payload.split_at(payload.len().min(2));
    let code = code.try_into().ok().map(u16::from_be_bytes);
    let reason = String::from_utf8(reason.to_vec()).expect("a reason in UTF-8");
    Said::Close(code, reason)
}

/// A conversation with this server through pipes.
fn talk(server: &Server) -> Command {
    wstalk().arg(server.url())
}

/// Says these messages, closes with 1000, and waits for the answer.
fn says(conn: &mut Conn<'_>, messages: &[Said]) {
    for said in messages {
        match said {
            Said::Text(text) => conn.text(text),
            Said::Binary(bytes) => conn.binary(bytes),
            Said::Ping(data) => conn.ping(data),
            Said::Pong(data) => conn.pong(data),
            Said::Close(..) | Said::Cut(_) => panic!("no message: {said:?}"),
        };
    }
    conn.close(1000, "");
    while conn.read_frame().opcode != opcode::CLOSE {}
    conn.finish();
}

/// Runs all of them, a few at a time.
fn abreast<T: Sync>(cases: &[T], run: impl Fn(&T) + Sync) {
    support::abreast(ABREAST, cases, run);
}

/// A generator (xorshift) that starts anew for every test.
fn numbers(seed: u64) -> impl Iterator<Item = usize> {
    let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize
    })
}
