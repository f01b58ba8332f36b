//! The server that every client talks to: a thread for each connection,
//! blocking, with large buffers, and fast enough that no client waits for it.
//!
//! A connection names its job in the first line: `GET /job/N HTTP/1.1` begins
//! an opening handshake, `RAW /job/N` the same bytes without WebSocket. It
//! agrees to no extension. What a client did is told to who gave the job.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use openssl::ssl::SslAcceptor;
use tungstenite::handshake::derive_accept_key;

use crate::roles;
use crate::wire::{Wire, acceptor};
use crate::work::Stream;

/// A client that says nothing for so long has gone.
const PATIENCE: Duration = Duration::from_secs(90);

/// What the server does with a connection.
#[derive(Debug)]
pub enum Role {
    /// Sends every message back.
    Echo,
    /// Counts, and tells when so many messages (bytes without WebSocket) came.
    Sink { messages: u64, bytes: u64 },
    /// Sends this, which ends with a Close frame, and waits for the client's.
    Flood(Stream),
    /// Reads nothing.
    Deaf,
}

/// What a server tells of a connection.
#[derive(Clone, Copy, Debug)]
pub enum Seen {
    /// The opening handshake is over.
    Open,
    /// All that was expected came, at this moment.
    All(Instant),
    Ended {
        messages: u64,
        bytes: u64,
    },
}

/// What one connection is to do.
pub struct Job {
    pub role: Role,
    pub tell: Box<dyn Fn(Seen) + Send + Sync>,
    /// Set when nobody waits for it any longer.
    pub over: AtomicBool,
}

type Jobs = Arc<Mutex<HashMap<u64, Arc<Job>>>>;

/// The listeners, with and without TLS.
pub struct Server {
    pub plain: u16,
    pub tls: u16,
    jobs: Jobs,
    next: AtomicU64,
}

impl Server {
    /// Listens on two free ports of loopback; `ca` becomes the file to trust.
    pub fn start(ca: &Path) -> Self {
        let jobs = Jobs::default();
        let acceptor = Arc::new(acceptor(ca));
        Self {
            plain: listen(&jobs, None),
            tls: listen(&jobs, Some(&acceptor)),
            jobs,
            next: AtomicU64::new(1),
        }
    }

    /// Takes a job; its number is in the path.
    pub fn take(&self, role: Role, tell: Sender<Seen>) -> (u64, Arc<Job>) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let job = Arc::new(Job {
            role,
            // Who gave the job may have given up on it.
            tell: Box::new(move |seen| _ = tell.send(seen)),
            over: AtomicBool::new(false),
        });
        self.lock().insert(number, Arc::clone(&job));
        (number, job)
    }

    pub fn forget(&self, number: u64) {
        if let Some(job) = self.lock().remove(&number) {
            job.over.store(true, Ordering::Relaxed);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn listen(jobs: &Jobs, acceptor: Option<&Arc<SslAcceptor>>) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    let port = listener.local_addr().expect("a listener has a port").port();
    let (jobs, acceptor) = (Arc::clone(jobs), acceptor.cloned());
    thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            let (jobs, acceptor) = (Arc::clone(&jobs), acceptor.clone());
            // What a client breaks, it answers for: its own check fails.
            thread::spawn(move || _ = serve(tcp, acceptor.as_deref(), &jobs));
        }
    });
    port
}

fn serve(tcp: TcpStream, acceptor: Option<&SslAcceptor>, jobs: &Jobs) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    tcp.set_read_timeout(Some(PATIENCE))?;
    tcp.set_write_timeout(Some(PATIENCE))?;
    let mut wire = match acceptor {
        None => Wire::Plain(tcp),
        Some(acceptor) => {
            let tls = acceptor.accept(tcp).map_err(io::Error::other)?;
            Wire::Served(Box::new(tls))
        }
    };
    let (head, rest) = read_head(&mut wire)?;
    let jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let job = number(&head).and_then(|number| jobs.get(&number));
    let job = job.ok_or_else(|| io::Error::other("no such job"))?;
    let framed = head.starts_with("GET ");
    if framed {
        let key = field(&head, "sec-websocket-key").unwrap_or_default();
        let accept = derive_accept_key(key.as_bytes());
        write!(
            wire,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
        )?;
    }
    (job.tell)(Seen::Open);
    roles::play(&mut wire, job, framed, rest)
}

/// The head as text, and what came behind it.
fn read_head(wire: &mut Wire) -> io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let raw = bytes.starts_with(b"RAW ");
        let end: &[u8] = if raw { b"\n" } else { b"\r\n\r\n" };
        if let Some(at) = memchr::memmem::find(&bytes, end) {
            let rest = bytes.split_off(at + end.len());
            return Ok((String::from_utf8_lossy(&bytes).into_owned(), rest));
        }
        match wire.read(&mut chunk)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}

fn number(head: &str) -> Option<u64> {
    let path = head.split_ascii_whitespace().nth(1)?;
    path.strip_prefix("/job/")?.parse().ok()
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
