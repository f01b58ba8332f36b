//! The soak's command line.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// More than the cores of any machine that this runs on.
const MOST_JOBS: u64 = 256;

#[derive(Clone, Debug)]
pub struct Options {
    pub time: Duration,
    pub seed: u64,
    pub jobs: u64,
    /// Plays this round only, again and again.
    pub round: Option<u64>,
    pub keep_going: bool,
}

impl Options {
    /// Reads `--minutes N`, `--seed N`, `--jobs N`, `--round N`, `--keep-going`.
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            time: Duration::from_secs(60),
            seed: seed_of_the_day(),
            jobs: 2,
            round: None,
            keep_going: false,
        };
        while let Some(word) = words.next() {
            let mut number = || -> Result<f64, String> {
                let value = words.next().unwrap_or_default();
                let number = value.parse().ok().filter(|number| *number >= 0.0);
                number.ok_or_else(|| format!("{word} takes a number, not {value:?}"))
            };
            match word.as_str() {
                "--minutes" => {
                    let time = Duration::try_from_secs_f64(number()? * 60.0);
                    options.time = time.map_err(|error| error.to_string())?;
                }
                "--seed" => options.seed = number()? as u64,
                "--jobs" => options.jobs = (number()? as u64).clamp(1, MOST_JOBS),
                "--round" => options.round = Some(number()? as u64),
                "--keep-going" => options.keep_going = true,
                _ => {
                    return Err(format!(
                        "{word:?} is none of --minutes, --seed, --jobs, --round, --keep-going"
                    ));
                }
            }
        }
        Ok(options)
    }
}

/// A new one each time, small enough to be typed again.
fn seed_of_the_day() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(1, |time| u64::from(time.subsec_nanos()))
}
