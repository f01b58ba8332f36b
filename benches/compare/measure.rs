//! Measures a row: every client that can do it, in alternation.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use crate::clients::{self, Client, Task};
use crate::live::Live;
use crate::options::Options;
use crate::process;
use crate::rows::{Row, What};
use crate::run::{self, Outcome, World};
use crate::server::Role;
use crate::size;
use crate::work::{Kind, Stream, Way, Work, message};

/// A client whose work would take longer than this gets less of it.
const ENOUGH: f64 = 1.5;
/// The part with which it is found out how long a client takes.
const TRIAL: f64 = 0.02;
/// Starts of a client before the next one has its turn.
pub const STARTS: usize = 8;
/// Trips of a client before the next one has its turn.
const TRIPS: u64 = 100;
/// How long the rows without an end last.
const WHILE: Duration = Duration::from_secs(3);

/// What a client took for the whole work of the row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Numbers {
    /// What is compared, and less is better: seconds, bytes or a count.
    pub cost: f64,
    /// A second figure of the same kind: p99, packages.
    pub second: f64,
    /// Seconds of user and system time.
    pub cpu: f64,
    /// MiB.
    pub resident: f64,
    /// The part of the work that was done.
    pub part: f64,
}

/// Numbers, or the reason why there are none.
pub type Answer = Result<Numbers, String>;

/// A row's answers, in the order of the clients.
pub fn measure(
    world: &World,
    row: &Row,
    clients: &[Client],
    options: &Options,
) -> Vec<(Client, Answer)> {
    match row.what {
        What::Move(work) => moved(world, &work, clients, options),
        What::Once { tls } => started(world, tls, clients, options),
        What::Trips => trips(world, clients, options),
        What::SlowReader => each(clients, |client| slow_reader(world, client)),
        What::DeafServer => each(clients, |client| deaf_server(world, client)),
        What::Idle => each(clients, |client| idle(world, client)),
        What::Size => each(clients, size::of),
    }
}

/// All at the same time: nothing here depends on speed.
fn each(clients: &[Client], measure: impl Fn(Client) -> Answer + Sync) -> Vec<(Client, Answer)> {
    thread::scope(|scope| {
        let measure = &measure;
        let threads = clients
            .iter()
            .map(|client| scope.spawn(move || measure(*client)));
        let threads: Vec<_> = threads.collect();
        let answers = threads.into_iter().map(|thread| {
            let answer = thread.join();
            answer.unwrap_or_else(|_| Err("the benchmark failed".to_owned()))
        });
        clients.iter().copied().zip(answers).collect()
    })
}

/// Who takes part, with the samples so far or the reason why not.
type Field<T> = Vec<(Client, Result<T, String>)>;

fn moved(
    world: &World,
    work: &Work,
    clients: &[Client],
    options: &Options,
) -> Vec<(Client, Answer)> {
    let most = if options.quick { 0.1 } else { 1.0 };
    let trial = |client| -> Result<(Work, Vec<Outcome>), String> {
        if let Some(reason) = Client::cannot(client, Task::Move(work)) {
            return Err(format!("left out: {reason}"));
        }
        let some = work.part(TRIAL);
        let outcome = run::move_work(world, client, &some)?;
        let whole = outcome.wall.as_secs_f64() * work.bytes() as f64 / some.bytes() as f64;
        let part = if client.is_other() {
            ENOUGH / whole
        } else {
            1.0
        };
        Ok((work.part(part.min(most)), Vec::new()))
    };
    let mut field: Field<_> = clients
        .iter()
        .map(|client| (*client, trial(*client)))
        .collect();
    for _ in 0..options.rounds {
        for (client, entry) in &mut field {
            let Ok((work, samples)) = entry else { continue };
            match run::move_work(world, *client, work) {
                Ok(outcome) => samples.push(outcome),
                Err(problem) => *entry = Err(problem),
            }
        }
    }
    let settle = |entry: Result<(Work, Vec<Outcome>), String>| {
        let (done, samples) = entry?;
        let part = done.bytes() as f64 / work.bytes() as f64;
        let numbers = summary(&samples);
        Ok(Numbers {
            cost: numbers.cost / part,
            cpu: numbers.cpu / part,
            part,
            ..numbers
        })
    };
    field
        .into_iter()
        .map(|(client, entry)| (client, settle(entry)))
        .collect()
}

fn started(
    world: &World,
    tls: bool,
    clients: &[Client],
    options: &Options,
) -> Vec<(Client, Answer)> {
    let begin = |client| match Client::cannot(client, Task::Once { tls }) {
        Some(reason) => Err(format!("left out: {reason}")),
        None => run::once(world, client, tls).map(|_| Vec::new()),
    };
    let mut field: Field<Vec<Outcome>> = clients
        .iter()
        .map(|client| (*client, begin(*client)))
        .collect();
    for _ in 0..options.rounds {
        for (client, entry) in &mut field {
            for _ in 0..STARTS {
                let Ok(samples) = entry else { break };
                match run::once(world, *client, tls) {
                    Ok(outcome) => samples.push(outcome),
                    Err(problem) => *entry = Err(problem),
                }
            }
        }
    }
    let settle = |entry: Result<Vec<Outcome>, String>| entry.map(|samples| summary(&samples));
    field
        .into_iter()
        .map(|(client, entry)| (client, settle(entry)))
        .collect()
}

/// Medians of each figure.
fn summary(samples: &[Outcome]) -> Numbers {
    let of = |figure: &dyn Fn(&Outcome) -> f64| quantile(samples.iter().map(figure).collect(), 0.5);
    Numbers {
        cost: of(&|outcome| outcome.wall.as_secs_f64()),
        cpu: of(&|outcome| outcome.took.cpu.as_secs_f64()),
        resident: of(&|outcome| outcome.took.resident as f64 / 1024.0),
        part: 1.0,
        ..Numbers::default()
    }
}

fn quantile(mut values: Vec<f64>, part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len().saturating_sub(1) as f64 * part).round() as usize;
    values.get(at).copied().unwrap_or(f64::NAN)
}

/// All clients are connected at the same time, and have their turns in short
/// blocks: what disturbs one disturbs its neighbours.
fn trips(world: &World, clients: &[Client], options: &Options) -> Vec<(Client, Answer)> {
    let mut reasons = BTreeMap::new();
    let mut field = Vec::new();
    for client in clients {
        let live = match client.cannot(Task::Talk) {
            Some(reason) => Err(format!("left out: {reason}")),
            None => Live::start(world, *client, Task::Talk, Role::Echo),
        };
        match live {
            Ok(live) => field.push((live, Vec::new(), Duration::ZERO)),
            Err(problem) => _ = reasons.insert(client.name(), problem),
        }
    }
    // Interpreters take a while until they are ready.
    thread::sleep(Duration::from_millis(500));
    let blocks = if options.quick {
        10
    } else {
        15 * options.rounds
    };
    for block in 0..blocks as u64 {
        field.retain_mut(|(live, times, cpu)| match block_of(live, block, times) {
            Ok(ran) => {
                *cpu += ran;
                true
            }
            Err(problem) => {
                reasons.insert(live.client.name(), problem);
                false
            }
        });
    }
    let answer = |client: &Client| match field.iter().find(|entry| entry.0.client == *client) {
        Some((live, times, cpu)) => Ok(Numbers {
            cost: quantile(times.clone(), 0.5),
            second: quantile(times.clone(), 0.99),
            cpu: cpu.as_secs_f64() / times.len() as f64,
            resident: process::resident(live.pid()) as f64 / 1024.0,
            part: 1.0,
        }),
        None => Err(reasons.remove(client.name()).unwrap_or_default()),
    };
    let mut answer = answer;
    clients
        .iter()
        .map(|client| (*client, answer(client)))
        .collect()
}

/// The first trips of a block warm up and do not count.
fn block_of(live: &mut Live<'_>, block: u64, times: &mut Vec<f64>) -> Result<Duration, String> {
    for number in 0..5 {
        live.trip(&line(block * 1000 + 900 + number))?;
    }
    let before = process::cpu(live.pid());
    for number in 0..TRIPS {
        times.push(live.trip(&line(block * 1000 + number))?.as_secs_f64());
    }
    Ok(process::cpu(live.pid()).saturating_sub(before))
}

fn line(number: u64) -> Vec<u8> {
    [message(number, 63), b"\n".to_vec()].concat()
}

/// More than anyone can move in the time of a row.
const ENDLESS: Work = Work {
    way: Way::Down,
    tls: false,
    kind: Kind::Line,
    size: 64,
    count: 10_000_000_000,
};

fn slow_reader(world: &World, client: Client) -> Answer {
    if let Some(reason) = client.cannot(Task::Move(&ENDLESS)) {
        return Err(format!("left out: {reason}"));
    }
    let stream = match client {
        Client::Raw => ENDLESS.payload(true),
        _ => ENDLESS.frames(client.close()),
    };
    let mut live = Live::start(world, client, Task::Move(&ENDLESS), Role::Flood(stream))?;
    let until = Instant::now() + WHILE;
    let mut chunk = vec![0; 64 * 1024];
    let mut bytes = 0;
    while Instant::now() < until {
        bytes += live.read_some(&mut chunk);
        thread::sleep(Duration::from_millis(16));
    }
    if bytes == 0 {
        return Err("nothing came out".to_owned());
    }
    Ok(memory(&live))
}

fn deaf_server(world: &World, client: Client) -> Answer {
    let work = Work {
        way: Way::Up,
        ..ENDLESS
    };
    if let Some(reason) = client.cannot(Task::Move(&work)) {
        return Err(format!("left out: {reason}"));
    }
    let mut live = Live::start(world, client, Task::Move(&work), Role::Deaf)?;
    let stdin = live.take_stdin();
    let Stream { unit, .. } = work.payload(true);
    // Ends when the client has been ended.
    thread::spawn(move || {
        if let Some(mut stdin) = stdin {
            while stdin.write_all(&unit).is_ok() {}
        }
    });
    thread::sleep(WHILE);
    Ok(memory(&live))
}

fn memory(live: &Live<'_>) -> Numbers {
    let resident = process::resident(live.pid()) as f64 / 1024.0;
    Numbers {
        cost: resident,
        cpu: process::cpu(live.pid()).as_secs_f64(),
        resident,
        part: 1.0,
        ..Numbers::default()
    }
}

fn idle(world: &World, client: Client) -> Answer {
    if let Some(reason) = client.cannot(Task::Talk) {
        return Err(format!("left out: {reason}"));
    }
    let live = Live::start(world, client, Task::Talk, Role::Echo)?;
    thread::sleep(Duration::from_secs(1));
    let (switches, cpu) = (process::switches(live.pid()), process::cpu(live.pid()));
    thread::sleep(WHILE);
    Ok(Numbers {
        cost: (process::switches(live.pid()) - switches) as f64,
        cpu: (process::cpu(live.pid()) - cpu).as_secs_f64(),
        resident: process::resident(live.pid()) as f64 / 1024.0,
        part: 1.0,
        ..Numbers::default()
    })
}

/// Who is installed, as the options choose; and the names of who is not.
pub fn present(options: &Options) -> (Vec<Client>, Vec<Client>) {
    let chosen = |client: &Client| {
        let names = &options.clients;
        let named = names
            .iter()
            .any(|name| client.name().contains(name.as_str()));
        *client == Client::Wstalk || names.is_empty() || named
    };
    let chosen = clients::ALL.into_iter().filter(chosen);
    chosen.partition(|client| client.find().is_some())
}
