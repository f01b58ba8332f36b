//! From a command to its driver on an engine, and from there to errors.

use std::cell::RefCell;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::mpsc::sync_channel;
use std::thread;

use crate::cli::{Cli, Command, ListenArgs, TalkArgs};
use crate::config::{self, Talk, TalkMode};
use crate::console::Console;
use crate::context::Context;
use crate::echo::{Echo, Stop};
use crate::engine::{Engine, Limits, Nudge, Signals};
use crate::error::{Action, Error};
use crate::frames::{FrameLines, FrameView};
use crate::open::Accept;
use crate::pipe::{Pipe, Source};
use crate::prompt::{Prompt, Watched};
use crate::stats::Stats;
use crate::target::Target;

/// Runs the command, reports what went wrong, and returns the exit code.
pub fn run(cli: &Cli, context: &Context) -> u8 {
    let (display, result) = match &cli.command {
        Some(Command::Listen(args)) => (&args.display, listen(args, context)),
        Some(Command::Demo(args)) => (&args.display, demo(args, context)),
        None => {
            let url = cli
                .url
                .as_deref()
                .or(cli.connect.as_deref())
                .unwrap_or_default();
            (&cli.talk.display, talk(&cli.talk, url, context))
        }
    };
    let console = config::console(display, false, context);
    result.unwrap_or_else(|error| report(&[error], None, &console))
}

/// Tells of all errors; the exit code is that of the one that ranks first.
fn report(errors: &[Error], target: Option<&Target>, console: &Console) -> u8 {
    for error in errors {
        console.error(error, target);
    }
    exit_code(errors)
}

fn exit_code(errors: &[Error]) -> u8 {
    let first = errors.iter().min_by_key(|error| error.rank());
    first.map_or(0, Error::exit_code)
}

fn talk(args: &TalkArgs, url: &str, context: &Context) -> Result<u8, Error> {
    let Talk {
        plan,
        limits,
        console,
        mode,
        frames,
        stats: wants_stats,
    } = config::talk(args, url, context)?;
    let mut engine = Engine::new(limits).map_err(system)?;
    let nudge = heed_signals(&mut engine)?;
    let waker = engine.waker();
    let target = plan.target.clone();
    let stats: Rc<RefCell<Stats>> = Rc::default();
    let mut frame_lines = FrameLines::default();
    if frames {
        let view = Rc::new(RefCell::new(FrameView::new(console)));
        frame_lines = FrameLines::of(&view);
        engine.peers().observe(view);
    }
    if wants_stats || matches!(mode, TalkMode::Prompt(_)) {
        engine.peers().observe(stats.clone());
    }
    let code = match mode {
        TalkMode::Pipe(settings) => {
            if context.stdin_is_terminal && matches!(settings.source, Source::Stdin(_)) {
                console.notice("reading lines from the terminal, Ctrl-D ends");
            }
            engine.peers().open(plan.clone());
            let mut driver = Pipe::new(settings, plan, console, waker, frame_lines);
            engine.run(&mut driver).map_err(system)?;
            report(&driver.finish(), Some(&target), &console)
        }
        TalkMode::Prompt(settings) => {
            let watched = Watched {
                stats: stats.clone(),
                frames: frame_lines,
            };
            let mut driver = Prompt::new(settings, console, waker, nudge, watched)?;
            engine.peers().open(plan);
            let ran = engine.run(&mut driver).map_err(system);
            let errors = driver.finish();
            ran?;
            for error in &errors {
                console.error_at_prompt(error, &target);
            }
            exit_code(&errors)
        }
    };
    if wants_stats {
        console.summary(&stats.borrow());
    }
    Ok(code)
}

fn listen(args: &ListenArgs, context: &Context) -> Result<u8, Error> {
    let console = config::console(&args.display, false, context);
    let listen = config::listen(args)?;
    let (listener, url) = bind(listen.address)?;
    let mut engine = server(listener, listen.accept)?;
    heed_signals(&mut engine)?;
    console.announce(&format!("listening on {url}"));
    let stop = Stop::new(engine.waker());
    engine.run(&mut Echo::new(stop)).map_err(system)?;
    Ok(0)
}

/// A client, and an echo server on a thread beside it.
fn demo(args: &TalkArgs, context: &Context) -> Result<u8, Error> {
    let listen = config::demo();
    let (listener, url) = bind(listen.address)?;
    let (ready, started) = sync_channel(1);
    let thread = thread::spawn(move || -> Result<(), Error> {
        let engine = server(listener, listen.accept)?;
        let stop = Stop::new(engine.waker());
        // Whoever wanted to stop it may have gone.
        let _ = ready.send(stop.clone());
        engine.run(&mut Echo::new(stop)).map_err(system)
    });
    let result = talk(args, &url, context);
    if let Ok(stop) = started.recv() {
        stop.stop();
    }
    // Its own errors have shown at the client's end.
    let _ = thread.join();
    result
}

fn bind(address: SocketAddr) -> Result<(TcpListener, String), Error> {
    let failed = |cause| Error::Listen {
        address: address.to_string(),
        cause,
    };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, format!("ws://{address}")))
}

/// An engine that lets clients in.
fn server(listener: TcpListener, accept: Accept) -> Result<Engine, Error> {
    let mut engine = Engine::new(Limits::default()).map_err(system)?;
    engine.peers().listen(listener, accept).map_err(system)?;
    Ok(engine)
}

/// Before anything is said to anyone: a signal must not find us unprepared.
fn heed_signals(engine: &mut Engine) -> Result<Nudge, Error> {
    let signals = Signals::catch(&engine.waker()).map_err(system)?;
    let nudge = signals.nudge();
    engine.heed(signals);
    Ok(nudge)
}

fn system(cause: io::Error) -> Error {
    Error::Io {
        action: Action::Read,
        medium: "from the system".into(),
        cause,
    }
}
