//! From a command to its driver on an engine, and from there to errors.

mod check;
mod listen;
mod mock;

use std::cell::RefCell;
use std::io::{self, ErrorKind};
use std::rc::Rc;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Instant;

use crate::cli::{Cli, Command, CurlArgs, TalkArgs};
use crate::config::{self, Talk, TalkMode};
use crate::console::{Console, Level};
use crate::context::Context;
use crate::engine::Engine;
use crate::error::{Action, Error};
use crate::generate::Page;
use crate::journal::{Journal, Record, SharedJournal};
use crate::listen::{Echo, Stop};
use crate::open::Plan;
use crate::password;
use crate::pipe::{self, Format, Pipe, Source};
use crate::prompt::{self, Outcome, Prompt, Seat};
use crate::render::Style;
use crate::run_limit::RunLimit;
use crate::secret::Secret;
use crate::stats::Stats;
use crate::target::Target;
use crate::view::{FrameView, Lines, Onlookers, OpeningView, Switch};

/// Runs the command, reports what went wrong, and returns the exit code.
pub fn run(cli: &Cli, context: &Context) -> u8 {
    if let Some(page) = page(cli) {
        return print(page);
    }
    let (display, result) = match &cli.command {
        Some(Command::Listen(args)) => (&args.display, listen::listen(args, context)),
        Some(Command::Check(args)) => (&args.display, check::check(args, context)),
        Some(Command::Demo(args)) => (&args.display, demo(args, context)),
        Some(Command::Curl(args)) => (&args.talk.display, curl(args, context)),
        _ => {
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

/// What is only printed.
fn page(cli: &Cli) -> Option<Page> {
    match cli.command {
        Some(Command::Completions { shell }) => Some(Page::Completions(shell)),
        Some(Command::Man) => Some(Page::Manual),
        _ => None,
    }
}

fn print(page: Page) -> u8 {
    match page.write(&mut io::stdout()) {
        Err(cause) if cause.kind() != ErrorKind::BrokenPipe => {
            let error = Error::Io {
                action: Action::Write,
                medium: "stdout".into(),
                cause,
            };
            report(&[error], None, &Console::new(Style::plain(), Level::Normal))
        }
        _ => 0,
    }
}

/// Tells of all errors; the exit code is that of the one that ranks first.
fn report(errors: &[Error], target: Option<&Target>, console: &Console) -> u8 {
    console.errors(errors, target);
    exit_code(errors)
}

fn exit_code(errors: &[Error]) -> u8 {
    Error::first(errors).map_or(0, Error::exit_code)
}

/// A conversation, at a prompt or in a pipe; with `--expect` a check of one.
fn talk(args: &TalkArgs, url: &str, context: &Context) -> Result<u8, Error> {
    if !args.expect.is_empty() {
        return check::expect(args, url, context);
    }
    let start = Instant::now();
    let mut engine = Engine::new().map_err(system)?;
    let limit = RunLimit::start(args.reach.max_time);
    let talk = config::talk(args, url, context, limit, &mut asking(&mut engine, limit))?;
    let journal = journal(&talk, start)?;
    let nudge = engine.heed_signals().map_err(system)?;
    engine.peers().limit(talk.limits);
    let stats: Rc<RefCell<Stats>> = Rc::default();
    let frames = Switch::new(talk.frames);
    let onlookers = watch(&mut engine, &talk, journal, &frames, &stats);
    let (console, tells) = (talk.console, talk.stats);
    let code = match talk.mode {
        TalkMode::Pipe(settings) => {
            if context.stdin_is_terminal && matches!(settings.source, Source::Stdin(_)) {
                console.notice(match cfg!(windows) {
                    true => "reading lines from the terminal, Ctrl-Z on a line of its own ends",
                    false => "reading lines from the terminal, Ctrl-D ends",
                });
            }
            converse(engine, settings, talk.plan, console, onlookers)?
        }
        TalkMode::Prompt(settings) => {
            let seat = Seat {
                nudge,
                stats: stats.clone(),
                frames,
                onlookers,
            };
            prompt(engine, settings, talk.plan, console, seat)?
        }
    };
    if tells {
        console.summary(&stats.borrow());
    }
    Ok(code)
}

/// Asks for a password that an option leaves out. Signals are heeded from the first
/// question on: while none is asked, they end the program by themselves.
fn asking(engine: &mut Engine, limit: RunLimit) -> impl FnMut(&str) -> Result<Secret, Error> {
    move |question| {
        engine.heed_signals().map_err(system)?;
        password::ask(question, limit, engine)
    }
}

/// Lets those look on that are asked for; a prompt may ask later.
fn watch(
    engine: &mut Engine,
    talk: &Talk,
    journal: Option<Rc<RefCell<Journal>>>,
    frames: &Switch,
    stats: &Rc<RefCell<Stats>>,
) -> Onlookers {
    let at_prompt = matches!(talk.mode, TalkMode::Prompt(_));
    let mut onlookers = Onlookers::default();
    if at_prompt {
        onlookers.lines = Lines::bounded();
    }
    if let Some(journal) = journal {
        onlookers.journal = SharedJournal::of(&journal);
        engine.peers().observe(journal);
    }
    for remark in &talk.remarks {
        talk.console.detail(remark);
    }
    let view = OpeningView::new(talk.console, onlookers.lines.clone());
    engine.peers().observe_opening(Box::new(view));
    if talk.frames || at_prompt {
        let view = FrameView::new(talk.console, onlookers.lines.clone(), frames.clone());
        engine.peers().observe(Rc::new(RefCell::new(view)));
    }
    if talk.stats || at_prompt {
        engine.peers().observe(stats.clone());
    }
    onlookers
}

/// What writes events down, if that is asked for.
fn journal(talk: &Talk, start: Instant) -> Result<Option<Rc<RefCell<Journal>>>, Error> {
    let prints =
        matches!(&talk.mode, TalkMode::Pipe(settings) if settings.format == Format::Events);
    if !prints && talk.record.is_none() {
        return Ok(None);
    }
    let mut journal = Journal::new(start);
    if prints {
        journal = journal.printed();
    }
    if let Some(path) = &talk.record {
        journal = journal.recorded(Record::create(path)?);
    }
    Ok(Some(Rc::new(RefCell::new(journal))))
}

/// Through the streams. Errors are told at the end: the one that ranks first decides.
fn converse(
    mut engine: Engine,
    settings: pipe::Settings,
    plan: Plan,
    console: Console,
    onlookers: Onlookers,
) -> Result<u8, Error> {
    let target = plan.target.clone();
    let journal = onlookers.journal.clone();
    engine.peers().open(plan.clone());
    let mut driver = Pipe::new(settings, plan, console, engine.waker(), onlookers)?;
    engine.run(&mut driver).map_err(system)?;
    let errors = driver.finish(|errors| journal.conclude(errors, Some(&target)));
    Ok(report(&errors, Some(&target), &console))
}

/// At the prompt, whose closing notice has told of some errors already.
fn prompt(
    mut engine: Engine,
    settings: prompt::Settings,
    plan: Plan,
    console: Console,
    seat: Seat,
) -> Result<u8, Error> {
    let target = plan.target.clone();
    let journal = seat.onlookers.journal.clone();
    engine.peers().open(plan.clone());
    let mut driver = Prompt::new(settings, plan, console, engine.waker(), seat)?;
    let ran = engine.run(&mut driver).map_err(system);
    let Outcome { mut errors, told } = driver.finish();
    ran?;
    for error in &errors {
        console.error_at_prompt(error, &target);
    }
    errors.extend(told);
    if let Some(error) = journal.conclude(&errors, Some(&target)) {
        console.error_at_prompt(&error, &target);
        errors.push(error);
    }
    Ok(exit_code(&errors))
}

/// A conversation as a curl command begins it.
fn curl(args: &CurlArgs, context: &Context) -> Result<u8, Error> {
    let copied = config::curl(&args.talk, &args.words)?;
    let talks = &copied.talk;
    let console = config::console(&talks.display, talks.exchange.verbose > 0, context);
    if let Some(text) = &copied.notice {
        console.notice(text);
    }
    if let Some(text) = &copied.detail {
        console.detail(text);
    }
    talk(talks, &copied.url, context)
}

/// A client, and an echo server on a thread beside it.
fn demo(args: &TalkArgs, context: &Context) -> Result<u8, Error> {
    let (address, accept) = config::demo(args)?;
    let (listener, url) = listen::bind(address, &accept)?;
    let (ready, started) = sync_channel(1);
    let serve = move || -> Result<(), Error> {
        let mut engine = Engine::new().map_err(system)?;
        listen::let_in(&mut engine, listener, accept)?;
        let stop = Stop::new(engine.waker());
        // Whoever wanted to stop it may have gone.
        let _ = ready.send(stop.clone());
        engine.run(&mut Echo::new(stop)).map_err(system)
    };
    let thread = thread::Builder::new().spawn(serve).map_err(system)?;
    let result = talk(args, &url, context);
    if let Ok(stop) = started.recv() {
        stop.stop();
    }
    // Its own errors have shown at the client's end.
    let _ = thread.join();
    result
}

fn system(cause: io::Error) -> Error {
    Error::of_system(cause)
}
