//! A server on the loopback that follows a script, and fails the test if the
//! script was not met.
//!
//! Promises that a server which was not called as often as it should have been,
//! a script that panicked and one that did not end are failures: in
//! [`Server::finish`], or when the server is dropped.

use std::any::Any;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::Duration;

use rustix::event::PollFlags;

use super::conn::Conn;
use super::stream::{Stream, Tls};
use super::wait::{Ready, Wake, wait};

/// Longer than the read and the polite close that a script may be in, so that
/// theirs is the message one sees.
const SCRIPT_ENDS: Duration = Duration::from_secs(20);

#[derive(Debug)]
#[must_use = "a server that is dropped at once was not called"]
pub struct Server {
    address: SocketAddr,
    url: String,
    finished: Arc<Wake>,
    /// None once it has been asked.
    outcome: Option<Receiver<Outcome>>,
}

impl Server {
    /// Follows the script for one connection, which must come.
    pub fn accept(script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> Self {
        Self::start(Wanted::Exactly(1), None, script)
    }

    /// Follows the script of one connection behind its upgrade.
    pub fn upgraded(script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> Self {
        Self::accept(move |conn| {
            conn.upgrade();
            script(conn);
        })
    }

    /// Follows the script for each of `count` connections, which must all come
    /// and may be open at once; [`Conn::number`] tells them apart.
    pub fn accept_many(
        count: usize,
        script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self::start(Wanted::Exactly(count), None, script)
    }

    /// Follows the script for every connection; one at least must come.
    pub fn repeat(script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static) -> Self {
        Self::start(Wanted::Some, None, script)
    }

    pub fn accept_tls(
        tls: impl Into<Tls>,
        script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self::start(Wanted::Exactly(1), Some(tls.into()), script)
    }

    pub fn repeat_tls(
        tls: impl Into<Tls>,
        script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self::start(Wanted::Some, Some(tls.into()), script)
    }

    /// A TLS server that must be called, and whose handshake must fail.
    pub fn distrusted(tls: impl Into<Tls>) -> Self {
        Self::start(Wanted::Refusal, Some(tls.into()), |conn| {
            // Under TLS 1.3 a refusal may come after our side of the handshake.
            let came = conn.swallow();
            assert_eq!(came, 0, "the client trusts this server and speaks to it");
        })
    }

    /// The same at another address of this machine, with TLS if there is one.
    pub fn repeat_at(
        ip: impl Into<IpAddr>,
        tls: Option<Tls>,
        script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self::start_at(ip.into(), Wanted::Some, tls, script)
    }

    /// A server that nobody must call.
    pub fn untouched() -> Self {
        Self::start(Wanted::Exactly(0), None, |_| {})
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// `ws://127.0.0.1:PORT`, or `wss://localhost:PORT`; no path.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Waits for the scripts to end. Panics if one failed, or if the calls are
    /// not those that should have come.
    #[track_caller]
    pub fn finish(mut self) {
        self.conclude();
    }

    fn start(
        wanted: Wanted,
        tls: Option<Tls>,
        script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST.into(), wanted, tls, script)
    }

    fn start_at(
        ip: IpAddr,
        wanted: Wanted,
        tls: Option<Tls>,
        script: impl Fn(&mut Conn<'_>) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((ip, 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a listener to poll");
        let address = listener.local_addr().expect("the listener's address");
        let url = match tls {
            None => format!("ws://{address}"),
            Some(_) => format!("wss://localhost:{}", address.port()),
        };
        let finished = Arc::new(Wake::default());
        let (sender, outcome) = channel();
        let service = Service {
            wanted,
            tls,
            finished: Arc::clone(&finished),
            script: Box::new(script),
        };
        std::thread::spawn(move || drop(sender.send(service.serve(listener))));
        Self {
            address,
            url,
            finished,
            outcome: Some(outcome),
        }
    }

    #[track_caller]
    fn conclude(&mut self) {
        self.finished.set();
        let Some(outcome) = self.outcome.take() else {
            return;
        };
        match outcome.recv_timeout(SCRIPT_ENDS) {
            Ok(Ok(())) => {}
            Ok(Err(problem)) => panic!("{problem}"),
            Err(_) => panic!("the server's script did not end within {SCRIPT_ENDS:?}"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that has failed already must not wait for its server.
        if std::thread::panicking() {
            self.finished.set();
        } else {
            self.conclude();
        }
    }
}

/// What a failed script says.
type Outcome = Result<(), String>;

/// The calls that should come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wanted {
    Exactly(usize),
    Some,
    /// One, whose TLS handshake fails.
    Refusal,
}

impl Wanted {
    /// Whether one more call is awaited after `calls`.
    fn awaits(self, calls: usize) -> bool {
        match self {
            // A call to a server that nobody must call is to be seen.
            Self::Exactly(count) => calls < count.max(1),
            Self::Some => true,
            Self::Refusal => calls < 1,
        }
    }

    fn check(self, calls: usize) -> Outcome {
        match self {
            Self::Exactly(0) if calls > 0 => Err("the server was called".to_owned()),
            Self::Exactly(count) if calls != count => {
                Err(format!("the server was called {calls} times, not {count}"))
            }
            Self::Some | Self::Refusal if calls == 0 => Err("the server was not called".to_owned()),
            _ => Ok(()),
        }
    }
}

struct Service {
    wanted: Wanted,
    tls: Option<Tls>,
    finished: Arc<Wake>,
    script: Box<dyn Fn(&mut Conn<'_>) + Send + Sync>,
}

impl Service {
    /// Accepts until enough have come or the test has finished; then the port
    /// is closed, and who calls still is refused.
    fn serve(&self, listener: TcpListener) -> Outcome {
        std::thread::scope(|scope| {
            let mut scripts = Vec::new();
            while self.wanted.awaits(scripts.len()) && self.called(&listener) {
                scripts.extend(self.follow(scope, &listener, scripts.len() + 1));
            }
            drop(listener);
            let calls = scripts.len();
            for script in scripts {
                script
                    .join()
                    .unwrap_or_else(|panic| Err(message(&*panic)))?;
            }
            self.wanted.check(calls)
        })
    }

    /// Waits for a call: one that came before the test finished is not missed.
    fn called(&self, listener: &TcpListener) -> bool {
        let ready = wait(listener.as_fd(), PollFlags::IN, Some(&self.finished), None);
        ready == Ready::Descriptor
    }

    /// None if the caller had gone before it was accepted.
    fn follow<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        listener: &TcpListener,
        number: usize,
    ) -> Option<ScopedJoinHandle<'scope, Outcome>> {
        let (tcp, _) = listener.accept().ok()?;
        Some(scope.spawn(move || {
            let stream = match Stream::open(tcp, self.tls.as_ref()) {
                Ok(stream) => stream,
                Err(_) if self.wanted == Wanted::Refusal => return Ok(()),
                Err(problem) => return Err(problem),
            };
            let follow = AssertUnwindSafe(move || {
                // In here, so that a script that panics closes without waiting.
                let mut conn = Conn::new(stream, number, &self.finished);
                (self.script)(&mut conn);
            });
            catch_unwind(follow)
                .map_err(|panic| format!("the server's script: {}", message(&*panic)))
        }))
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
        (Some(text), _) => text.clone(),
        (_, Some(text)) => (*text).to_owned(),
        _ => "panicked".to_owned(),
    }
}
