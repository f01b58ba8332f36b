//! A server: from its options to its driver on an engine.

use std::cell::RefCell;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::time::Instant;

use super::{asking, report, system};
use crate::cli::ListenArgs;
use crate::config::{self, ListenMode};
use crate::console::{Console, Level};
use crate::context::Context;
use crate::engine::{Engine, Observer, by_name};
use crate::error::Error;
use crate::journal::{Journal, SharedJournal};
use crate::listen::{ClientView, Clients, Each, Pipe, PipeSettings, Prompt, PromptSettings};
use crate::listen::{Echo, Stop};
use crate::open::Accept;
use crate::pipe::Format;
use crate::prompt::Beside;
use crate::run_limit::RunLimit;
use crate::stats::Stats;
use crate::view::Onlookers;
use crate::view::{FrameView, Lines, Printer, Switch};

/// Serves clients until a signal comes, or what ends a pipe.
pub(super) fn listen(args: &ListenArgs, context: &Context) -> Result<u8, Error> {
    let start = Instant::now();
    let mut engine = Engine::new().map_err(system)?;
    let listen = config::listen(
        args,
        context,
        &mut asking(&mut engine, RunLimit::start(None)),
    )?;
    let (listener, url) = bind(listen.address, &listen.accept)?;
    if let Some(script) = &args.script {
        let door = (listener, url.as_str(), listen.accept);
        engine.peers().limit(listen.limits);
        return super::mock::mock(args, script, context, listen.console, engine, door);
    }
    let_in(&mut engine, listener, listen.accept)?;
    engine.peers().limit(listen.limits);
    engine.heed_signals().map_err(system)?;
    let hall = Hall {
        engine,
        console: listen.console,
        clients: Clients::default(),
        frames: Switch::new(listen.frames),
        url,
    };
    hall.console.announce(&format!("listening on {}", hall.url));
    match listen.mode {
        ListenMode::Echo => hall.echo(),
        ListenMode::Pipe(settings) => hall.pipe(settings, start),
        ListenMode::Prompt(settings) => hall.prompt(settings),
    }
}

/// A server that listens, before it has a driver.
struct Hall {
    engine: Engine,
    console: Console,
    clients: Clients,
    /// Whether frames are shown.
    frames: Switch,
    url: String,
}

impl Hall {
    /// Nobody looks on unless that is asked for: an echo is as fast as it can be.
    fn echo(mut self) -> Result<u8, Error> {
        let stop = Stop::new(self.engine.waker());
        let mut driver = Echo::new(stop);
        if self.console.level() == Level::Verbose {
            let lines = Lines::default();
            self.watch(&lines, self.frames.is_on());
            driver = driver.watched(Printer::new(lines, self.engine.waker()));
        }
        self.engine.run(&mut driver).map_err(system)?;
        Ok(0)
    }

    /// Lines to every client; with events, each client's under its number.
    fn pipe(mut self, settings: PipeSettings, start: Instant) -> Result<u8, Error> {
        let mut onlookers = Onlookers::default();
        self.watch(&onlookers.lines, self.frames.is_on());
        if settings.format == Format::Events {
            let journal = Rc::new(RefCell::new(Journal::new(start).printed()));
            onlookers.journal = SharedJournal::of(&journal);
            self.observe_each(move |number| {
                let own = journal.borrow().of_client(number);
                Rc::new(RefCell::new(own))
            });
        }
        let waker = self.engine.waker();
        let mut driver = Pipe::new(settings, self.clients, self.console, waker, onlookers)?;
        self.engine.run(&mut by_name(&mut driver)).map_err(system)?;
        Ok(report(&driver.finish(), None, &self.console))
    }

    /// A prompt to every client. What it may be asked for later is counted from the first.
    fn prompt(mut self, settings: PromptSettings) -> Result<u8, Error> {
        let lines = Lines::bounded();
        self.watch(&lines, true);
        let clients = self.clients.clone();
        self.observe_each(move |number| {
            let stats: Rc<RefCell<Stats>> = Rc::default();
            clients.count(number, &stats);
            stats
        });
        let beside = Beside {
            nudge: self.engine.heed_signals().map_err(system)?,
            frames: self.frames,
            lines,
        };
        let waker = self.engine.waker();
        let mut driver = Prompt::new(
            settings,
            &self.url,
            self.clients,
            self.console,
            waker,
            beside,
        )?;
        let ran = self.engine.run(&mut by_name(&mut driver)).map_err(system);
        let errors = driver.finish();
        ran?;
        Ok(report(&errors, None, &self.console))
    }

    /// Tells of clients, and perhaps of their frames, in `lines`.
    fn watch(&mut self, lines: &Lines, frames: bool) {
        let view = ClientView::new(self.console, lines.clone(), self.clients.clone());
        self.engine.peers().observe(Rc::new(RefCell::new(view)));
        if frames {
            let (console, lines, switch) = (self.console, lines.clone(), self.frames.clone());
            self.observe_each(move |number| {
                let view = FrameView::new(console, lines.clone(), switch.clone());
                Rc::new(RefCell::new(view.of_client(number)))
            });
        }
    }

    fn observe_each(&mut self, make: impl FnMut(u64) -> Rc<RefCell<dyn Observer>> + 'static) {
        let each = Each::new(self.clients.clone(), make);
        self.engine.peers().observe(Rc::new(RefCell::new(each)));
    }
}

/// The door of a server, and the URL that leads there.
pub(super) fn bind(address: SocketAddr, accept: &Accept) -> Result<(TcpListener, String), Error> {
    let failed = |cause| Error::Listen {
        address: address.to_string(),
        cause,
    };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let scheme = match accept.tls {
        Some(_) => "wss",
        None => "ws",
    };
    Ok((listener, format!("{scheme}://{bound}")))
}

/// Lets clients in from now on, all alike.
pub(super) fn let_in(
    engine: &mut Engine,
    listener: TcpListener,
    accept: Accept,
) -> Result<(), Error> {
    let policy = Box::new(move |_| accept.clone());
    engine.peers().listen(listener, policy).map_err(system)
}
