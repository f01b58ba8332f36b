//! The connections of an engine: opening, open, and over.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;
use std::{io, thread};

use rustix::fd::AsFd;

use super::session::{Limits, Session};
use super::{Driver, End, Moment, Observer, OpeningObserver, Pollable, Waker, Watching};
use crate::error::{Action, Error};
use crate::open::{self, Accept, Opened, Plan, Progress};
use crate::ws::{Onlookers, Writer};

/// Clients whose opening handshake is under way, at most.
const MAX_OPENING: usize = 64;
/// What threads that open connections may be ahead of the engine, in reports; and
/// what it takes in before it looks at anything else.
const MAX_ARRIVALS: usize = 64;
/// Clients served at once, at most.
const MAX_CLIENTS: usize = 1024;

/// One connection of an engine, for as long as the engine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(u64);

/// What is asked how to answer the client that comes in as this peer, once for each, in
/// the order in which they come: whatever opens a connection counts.
pub type Policy = Box<dyn FnMut(PeerId) -> Accept>;

/// Every connection of an engine, and the way to more.
pub struct Peers {
    pub(super) sessions: Vec<Session>,
    listener: Option<(TcpListener, Policy)>,
    /// The system let nobody in: wait until someone has gone.
    crowded: bool,
    limits: Limits,
    observers: Vec<Rc<RefCell<dyn Observer>>>,
    /// Of one connection.
    next_observer: Option<Rc<RefCell<dyn Observer>>>,
    own_observers: Vec<(PeerId, Rc<RefCell<dyn Observer>>)>,
    /// Who watches connections being opened.
    opening_observer: Option<Box<dyn OpeningObserver>>,
    next_id: u64,
    opening: usize,
    arrivals: Receiver<(PeerId, Arrival)>,
    /// Those for which there was no thread.
    unborn: Vec<(PeerId, Arrival)>,
    /// Those that nobody waits for any more.
    unwanted: Vec<PeerId>,
    sender: SyncSender<(PeerId, Arrival)>,
    waker: Waker,
}

/// What comes from a thread that opens a connection.
enum Arrival {
    Step(Box<Progress>),
    Done(Box<Result<Opened, Error>>),
}

impl Peers {
    pub(super) fn new(waker: Waker) -> Self {
        let (sender, arrivals) = sync_channel(MAX_ARRIVALS);
        Peers {
            sessions: Vec::new(),
            listener: None,
            crowded: false,
            limits: Limits::default(),
            observers: Vec::new(),
            next_observer: None,
            own_observers: Vec::new(),
            opening_observer: None,
            next_id: 0,
            opening: 0,
            arrivals,
            unborn: Vec::new(),
            unwanted: Vec::new(),
            sender,
            waker,
        }
    }

    /// Sets limits for every connection that opens from now on.
    pub fn limit(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Lets an observer see every connection that opens from now on.
    pub fn observe(&mut self, observer: Rc<RefCell<dyn Observer>>) {
        self.observers.push(observer);
    }

    /// Lets an observer of the next connection see it, and none of those before.
    pub fn observe_next(&mut self, observer: Rc<RefCell<dyn Observer>>) {
        self.next_observer = Some(observer);
    }

    /// Lets an observer see how connections are opened.
    pub fn observe_opening(&mut self, observer: Box<dyn OpeningObserver>) {
        self.opening_observer = Some(observer);
    }

    /// Begins to open a connection; the driver hears how it went.
    pub fn open(&mut self, plan: Plan) -> PeerId {
        let least = self.opening_observer.as_ref().map(|watch| watch.least());
        self.arrive(move |report| {
            open::open(&plan, &mut |progress| {
                if least.is_some_and(|least| progress.weight() >= least) {
                    report.send(Arrival::Step(Box::new(progress)));
                }
            })
        })
    }

    /// Gives up a connection that is being opened: the driver hears no more of it.
    pub fn give_up(&mut self, peer: PeerId) {
        self.unwanted.push(peer);
        self.opening = self.opening.saturating_sub(1);
    }

    /// Lets clients in from now on, each as `policy` says. Those that it turns away end
    /// as [`End::NotOpened`].
    ///
    /// # Errors
    /// When the listener cannot be made non-blocking.
    pub fn listen(&mut self, listener: TcpListener, policy: Policy) -> io::Result<()> {
        listener.set_nonblocking(true)?;
        self.listener = Some((listener, policy));
        Ok(())
    }

    /// Lets nobody in any more, and waits for nobody whose opening handshake has not
    /// come to its end: one that does all the same is told to the driver.
    pub fn stop_listening(&mut self) {
        self.listener = None;
        self.opening = 0;
    }

    /// What to say on an open connection; nothing once it is over.
    pub fn writer(&mut self, peer: PeerId) -> Option<&mut Writer> {
        let session = self
            .sessions
            .iter_mut()
            .find(|session| session.id == peer)?;
        Some(session.writer_mut())
    }

    /// The same, to look at.
    pub fn look(&self, peer: PeerId) -> Option<&Writer> {
        let session = self.sessions.iter().find(|session| session.id == peer)?;
        Some(session.writer())
    }

    /// Everyone that takes messages: whose connection is open and is not being closed.
    pub fn audience(&self) -> impl Iterator<Item = (PeerId, &Writer)> {
        let listens = |session: &&Session| !session.is_leaving();
        let listening = self.sessions.iter().filter(listens);
        listening.map(|session| (session.id, session.writer()))
    }

    /// The same, to say something to.
    pub fn audience_mut(&mut self) -> impl Iterator<Item = (PeerId, &mut Writer)> {
        let listens = |session: &&mut Session| !session.is_leaving();
        let listening = self.sessions.iter_mut().filter(listens);
        listening.map(|session| (session.id, session.writer_mut()))
    }

    /// Ends every open connection from our side: with a closing handshake,
    /// unless connections are to be dropped ([`Limits::drops`]).
    pub fn close_all(&mut self, payload: &[u8]) {
        for session in &mut self.sessions {
            session.leave(payload);
        }
    }

    /// Drops a connection without a closing handshake.
    pub fn cut(&mut self, peer: PeerId) {
        for session in self
            .sessions
            .iter_mut()
            .filter(|session| session.id == peer)
        {
            session.cut();
        }
    }

    /// Drops every connection without a closing handshake, and those that are
    /// being opened.
    pub fn cut_all(&mut self) {
        for session in &mut self.sessions {
            session.cut();
        }
        self.opening = 0;
    }

    /// Whether no connection is open or being opened.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.opening == 0
    }

    pub(super) fn waker(&self) -> &Waker {
        &self.waker
    }

    /// Takes in what was opened meanwhile.
    pub(super) fn take_arrivals(&mut self, driver: &mut impl Driver) {
        for _ in 0..MAX_ARRIVALS {
            let Some((id, arrival)) = self.next_arrival() else {
                return;
            };
            if let Some(at) = self.unwanted.iter().position(|peer| *peer == id) {
                if matches!(arrival, Arrival::Done(_)) {
                    self.unwanted.swap_remove(at);
                }
                continue;
            }
            let result = match arrival {
                Arrival::Done(result) => *result,
                Arrival::Step(step) => {
                    if let Some(observer) = &mut self.opening_observer {
                        observer.step(id, &step);
                    }
                    continue;
                }
            };
            self.opening = self.opening.saturating_sub(1);
            match result {
                Ok(opened) => self.enter(id, opened, driver),
                Err(error) => {
                    let end = End::NotOpened(error);
                    self.tell(id, &end);
                    driver.ended(id, end);
                }
            }
        }
        // There may be more, and whoever reports so much is not the only one.
        self.waker.wake();
    }

    fn next_arrival(&mut self) -> Option<(PeerId, Arrival)> {
        let unborn = self.unborn.pop();
        unborn.or_else(|| self.arrivals.try_recv().ok())
    }

    fn enter(&mut self, id: PeerId, opened: Opened, driver: &mut impl Driver) {
        let handshake = opened.handshake.clone();
        let now = Instant::now();
        let mut session = Session::new(id, opened, &self.limits, now);
        let observers: Vec<_> = self.observers_of(id).cloned().collect();
        if !observers.is_empty() {
            let mut onlookers = Onlookers::default();
            for observer in observers {
                let watching = {
                    let mut observer = observer.borrow_mut();
                    observer.opened(id, now, &handshake);
                    observer.watching(id)
                };
                match watching {
                    Watching::Myself => onlookers.add(observer.clone()),
                    Watching::Another(watch) => onlookers.add(watch),
                    Watching::Nobody => {}
                }
            }
            session.set_onlookers(&onlookers);
        }
        driver.opened(id, &handshake, session.writer_mut());
        self.sessions.push(session);
    }

    fn tell(&self, id: PeerId, end: &End) {
        for observer in self.observers_of(id) {
            observer.borrow_mut().ended(id, end);
        }
    }

    /// Who observes a connection.
    fn observers_of(&self, id: PeerId) -> impl Iterator<Item = &Rc<RefCell<dyn Observer>>> {
        let own = self.own_observers.iter();
        let own = own.filter(move |(peer, _)| *peer == id);
        self.observers
            .iter()
            .chain(own.map(|(_, observer)| observer))
    }

    /// Where to wait for clients, while there is room for them.
    pub(super) fn door(&self) -> Option<Pollable<'_>> {
        let empty = self.sessions.is_empty() && self.opening == 0;
        let room = self.opening < MAX_OPENING
            && self.sessions.len() < MAX_CLIENTS
            && (empty || !self.crowded);
        let (listener, _) = self.listener.as_ref().filter(|_| room)?;
        Some(listener.as_fd())
    }

    /// Lets one waiting client in.
    pub(super) fn admit(&mut self) {
        let Some((listener, policy)) = &mut self.listener else {
            return;
        };
        match listener.accept() {
            Ok((tcp, address)) => {
                let policy = policy(PeerId(self.next_id));
                self.arrive(move |_| open::accept(tcp, address, &policy));
            }
            // A client that has gone again.
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            // No descriptor left, most likely.
            Err(_) => self.crowded = true,
        }
    }

    pub(super) fn read(&mut self, driver: &mut impl Driver, at: Instant) {
        for session in &mut self.sessions {
            session.read(driver, at);
        }
    }

    pub(super) fn flush(&mut self, now: Instant) {
        for session in &mut self.sessions {
            session.flush(now);
        }
    }

    /// Tells the driver of the connections that are over; true if there were any.
    pub(super) fn reap(&mut self, driver: &mut impl Driver, moment: &Moment) -> bool {
        let mut over = Vec::new();
        self.sessions.retain_mut(|session| {
            session.check_time(moment, driver);
            let ended = session.take_end();
            let stays = ended.is_none();
            over.extend(ended.map(|ended| (session.id, End::Over(ended))));
            stays
        });
        let any = !over.is_empty();
        self.crowded &= !any;
        for (id, end) in over {
            self.tell(id, &end);
            driver.ended(id, end);
        }
        any
    }

    /// Runs an opening handshake on a thread of its own, which always reports: a panic
    /// ends the program.
    fn arrive(
        &mut self,
        open: impl FnOnce(&Report) -> Result<Opened, Error> + Send + 'static,
    ) -> PeerId {
        let id = PeerId(self.next_id);
        self.next_id += 1;
        self.opening += 1;
        let own = self.next_observer.take();
        self.own_observers
            .extend(own.map(|observer| (id, observer)));
        let report = Report {
            id,
            sender: self.sender.clone(),
            waker: self.waker.clone(),
        };
        let own = report.clone();
        let run = move || {
            let opened = open(&own);
            own.send(Arrival::Done(Box::new(opened)));
        };
        if let Err(cause) = thread::Builder::new().spawn(run) {
            let failed = Arrival::Done(Box::new(Err(no_thread(cause))));
            self.unborn.push((id, failed));
            self.waker.wake();
        }
        id
    }
}

/// The way back from a thread that opens a connection.
#[derive(Clone)]
struct Report {
    id: PeerId,
    sender: SyncSender<(PeerId, Arrival)>,
    waker: Waker,
}

impl Report {
    fn send(&self, arrival: Arrival) {
        // The engine may have ended meanwhile: then nobody wants it.
        let _ = self.sender.send((self.id, arrival));
        self.waker.wake();
    }
}

fn no_thread(cause: io::Error) -> Error {
    Error::Io {
        action: Action::Read,
        medium: "from the network: no thread does it".into(),
        cause,
    }
}
