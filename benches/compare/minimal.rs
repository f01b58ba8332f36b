//! A minimal program on the same primitives: tungstenite's blocking WebSocket
//! on TCP or native-tls, lines to messages and messages to stdout, and nothing
//! else: no checks, no time limits, no bounds. It is the floor for starting up.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::rc::Rc;
use std::thread;

use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{Error, Message, WebSocket};

use crate::helper::Target;
use crate::raw::standard;
use crate::wire::Wire;
use crate::work::{Kind, Way};

const BUFFER: usize = 128 * 1024;

/// Plays one way of a conversation, or both.
pub fn run(way: Way, kind: Kind, target: &Target) -> io::Result<()> {
    let socket = dial(target)?;
    match way {
        Way::Up => send(socket),
        Way::Down => receive(socket, kind),
        Way::Echo => {
            let tcp = socket.get_ref().wire.tcp().try_clone()?;
            let receiving = thread::spawn(move || {
                let wire = Flushing::new(Wire::Plain(tcp))?;
                receive(
                    WebSocket::from_raw_socket(wire, Role::Client, Some(config())),
                    kind,
                )
            });
            send(socket)?;
            receiving.join().map_err(|_| io::Error::other("panicked"))?
        }
    }
}

/// One line there, one message back, and the closing handshake.
pub fn once(target: &Target) -> io::Result<()> {
    let mut socket = dial(target)?;
    let line = io::stdin().lines().next().transpose()?.unwrap_or_default();
    socket.send(Message::text(line)).map_err(io::Error::other)?;
    if let Message::Text(text) = socket.read().map_err(io::Error::other)? {
        io::stdout().write_all(format!("{text}\n").as_bytes())?;
    }
    socket.close(None).map_err(io::Error::other)?;
    while socket.read().is_ok() {}
    Ok(())
}

fn dial(target: &Target) -> io::Result<WebSocket<Flushing>> {
    let url = format!("ws://localhost/job/{}", target.job);
    let wire = Flushing::new(target.dial()?)?;
    let opened = tungstenite::client::client_with_config(url, wire, Some(config()));
    let (socket, _) = opened.map_err(|error| io::Error::other(error.to_string()))?;
    Ok(socket)
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(BUFFER)
        .max_message_size(None)
        .max_frame_size(None)
}

/// A message for each line, flushed whenever no further line is there.
fn send(mut socket: WebSocket<Flushing>) -> io::Result<()> {
    let mut stdin = BufReader::with_capacity(BUFFER, standard()?.0);
    let mut line = String::new();
    while stdin.read_line(&mut line)? > 0 {
        if line.ends_with('\n') {
            line.pop();
        }
        let message = Message::text(std::mem::take(&mut line));
        socket.write(message).map_err(io::Error::other)?;
        if stdin.buffer().is_empty() {
            socket.flush().map_err(io::Error::other)?;
        }
    }
    socket.close(None).map_err(io::Error::other)?;
    socket.flush().map_err(io::Error::other)
}

/// Writes every message.
fn receive(mut socket: WebSocket<Flushing>, kind: Kind) -> io::Result<()> {
    let out = Rc::clone(&socket.get_ref().out);
    loop {
        let message = match socket.read() {
            Ok(message) => message,
            Err(Error::ConnectionClosed | Error::AlreadyClosed) => break,
            Err(error) => return Err(io::Error::other(error.to_string())),
        };
        if message.is_text() || message.is_binary() {
            let mut out = out.borrow_mut();
            out.write_all(&message.into_data())?;
            if kind == Kind::Line {
                out.write_all(b"\n")?;
            }
        }
    }
    out.borrow_mut().flush()
}

/// A connection that flushes stdout before each read, which may wait.
struct Flushing {
    wire: Wire,
    out: Rc<RefCell<BufWriter<File>>>,
}

impl Flushing {
    fn new(wire: Wire) -> io::Result<Self> {
        let out = BufWriter::with_capacity(BUFFER, standard()?.1);
        let out = Rc::new(RefCell::new(out));
        Ok(Self { wire, out })
    }
}

impl Read for Flushing {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.out.borrow_mut().flush()?;
        self.wire.read(into)
    }
}

impl Write for Flushing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wire.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wire.flush()
    }
}
