//! A row's results as a table: on the terminal and as Markdown.

use std::fmt::Write as _;

use crate::clients::Client;
use crate::measure::{Answer, Numbers};
use crate::rows::{Row, What};
use crate::work::Work;

/// A row that was measured.
pub struct Measured {
    pub row: Row,
    pub answers: Vec<(Client, Answer)>,
}

/// One demand on a row, and how it went.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub met: bool,
    pub text: String,
}

const HEADS: [&str; 7] = [
    "client",
    "result",
    "× wstalk",
    "× raw",
    "CPU",
    "resident",
    "remark",
];

impl Measured {
    pub fn numbers(&self, client: Client) -> Option<&Numbers> {
        let found = self.answers.iter().find(|(other, _)| *other == client);
        found.and_then(|(_, answer)| answer.as_ref().ok())
    }

    /// The other client with the least cost.
    pub fn best_other(&self) -> Option<(Client, Numbers)> {
        let good = self.answers.iter().filter(|(client, _)| client.is_other());
        let good = good.filter_map(|(client, answer)| Some((*client, *answer.as_ref().ok()?)));
        good.min_by(|a, b| a.1.cost.total_cmp(&b.1.cost))
    }

    /// The demands of this row.
    pub fn verdicts(&self) -> Vec<Verdict> {
        let Some(own) = self.numbers(Client::Wstalk) else {
            let text = "wstalk failed".to_owned();
            return vec![Verdict { met: false, text }];
        };
        let due = &self.row.due;
        let mut all = Vec::new();
        if let (Some(times), Some((best, other))) = (due.ahead, self.best_other()) {
            let ratio = other.cost / own.cost;
            let text = format!(
                "{ratio:.2} times the best other ({}), due {times}",
                best.name()
            );
            all.push(Verdict {
                met: ratio > times,
                text,
            });
        }
        all.extend(self.at_most("raw", due.raw, Client::Raw, own));
        all.extend(self.at_most("the minimal program", due.minimal, Client::Minimal, own));
        if let Some(most) = due.resident {
            let text = format!("{:.1} MiB resident, due under {most}", own.resident);
            all.push(Verdict {
                met: own.resident < most,
                text,
            });
        }
        if due.least_cpu {
            let others = self.answers.iter().filter(|(client, _)| client.is_other());
            let others = others.filter_map(|(_, answer)| Some(answer.as_ref().ok()?.cpu));
            let least = others.fold(f64::INFINITY, f64::min);
            let text = format!(
                "{:.2} times the CPU of the thriftiest other",
                own.cpu / least
            );
            all.push(Verdict {
                met: own.cpu < least,
                text,
            });
        }
        all.extend(self.of_itself(own));
        all
    }

    fn at_most(
        &self,
        name: &str,
        most: Option<f64>,
        client: Client,
        own: &Numbers,
    ) -> Vec<Verdict> {
        let (Some(most), Some(floor)) = (most, self.numbers(client)) else {
            return Vec::new();
        };
        let verdict = |what: &str, ratio: f64| Verdict {
            met: ratio <= most,
            text: format!("{what}{ratio:.2} times {name}, due {most}"),
        };
        let mut all = vec![verdict("", own.cost / floor.cost)];
        if floor.second > 0.0 {
            all.push(verdict("p99 ", own.second / floor.second));
        }
        all
    }

    fn of_itself(&self, own: &Numbers) -> Vec<Verdict> {
        match self.row.what {
            What::Idle => vec![Verdict {
                met: own.cost == 0.0 && own.cpu == 0.0,
                text: format!("{} wake-ups, due none", own.cost),
            }],
            What::Size => vec![
                Verdict {
                    met: own.cost < 8e6,
                    text: format!("{:.2} MB, due under 8", own.cost / 1e6),
                },
                Verdict {
                    met: own.second < 120.0,
                    text: format!("{} packages, due under 120", own.second),
                },
            ],
            _ => Vec::new(),
        }
    }

    /// The cells of each client.
    fn cells(&self) -> Vec<[String; 7]> {
        let ratio = |numbers: &Numbers, to: Client| match self.numbers(to) {
            Some(base) if base.cost > 0.0 => format!("{:.2}", numbers.cost / base.cost),
            _ => "–".to_owned(),
        };
        let cells = |(client, answer): &(Client, Answer)| {
            let name = client.name().to_owned();
            let blank = || "–".to_owned();
            match answer {
                Err(reason) => {
                    let word = if reason.starts_with("left out") {
                        ""
                    } else {
                        "FAILED: "
                    };
                    let remark = format!("{word}{}", reason.replace('|', "/"));
                    [name, blank(), blank(), blank(), blank(), blank(), remark]
                }
                Ok(numbers) => [
                    name,
                    result(&self.row.what, numbers),
                    ratio(numbers, Client::Wstalk),
                    ratio(numbers, Client::Raw),
                    time(numbers.cpu),
                    if numbers.resident > 0.0 {
                        format!("{:.1} MiB", numbers.resident)
                    } else {
                        blank()
                    },
                    if numbers.part < 1.0 {
                        format!("{:.1} % of the work", numbers.part * 100.0)
                    } else {
                        String::new()
                    },
                ],
            }
        };
        self.answers.iter().map(cells).collect()
    }

    /// For a terminal.
    pub fn text(&self) -> String {
        let rows = [vec![HEADS.map(str::to_owned)], self.cells()].concat();
        let width = |column: usize| {
            let lengths = rows.iter().map(|row| row[column].chars().count());
            lengths.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..HEADS.len()).map(width).collect();
        let mut text = format!("\n{}: {}\n", self.row.name, self.row.title);
        for row in &rows {
            let cells = row.iter().zip(&widths);
            let cells: Vec<_> = cells
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            text = text + "  " + cells.join("  ").trim_end() + "\n";
        }
        for Verdict { met, text: words } in self.verdicts() {
            text = text + if met { "  met:    " } else { "  MISSED: " } + &words + "\n";
        }
        text
    }

    /// For docs/performance.md.
    pub fn markdown(&self) -> String {
        let mut text = format!("### {}\n\n", self.row.title);
        _ = writeln!(text, "| {} |", HEADS.join(" | "));
        _ = writeln!(text, "|{}", "---|".repeat(HEADS.len()));
        for row in self.cells() {
            _ = writeln!(text, "| {} |", row.join(" | "));
        }
        text.push('\n');
        for Verdict { met, text: words } in self.verdicts() {
            _ = writeln!(
                text,
                "- {} {words}",
                if met { "met:" } else { "**missed:**" }
            );
        }
        text
    }
}

/// A client's figure in the row's own unit.
fn result(what: &What, numbers: &Numbers) -> String {
    match what {
        What::Move(work) => rate(work, numbers.cost),
        What::Trips => format!("p50 {}, p99 {}", time(numbers.cost), time(numbers.second)),
        What::Once { .. } => time(numbers.cost),
        What::SlowReader | What::DeafServer => format!("{:.1} MiB", numbers.cost),
        What::Idle => format!("{} wake-ups", numbers.cost),
        What::Size if numbers.second > 0.0 => {
            format!("{:.2} MB, {} packages", numbers.cost / 1e6, numbers.second)
        }
        What::Size => format!("{:.2} MB", numbers.cost / 1e6),
    }
}

fn rate(work: &Work, seconds: f64) -> String {
    if work.size < 1024 {
        format!("{:.3} M/s", work.count as f64 / seconds / 1e6)
    } else {
        format!("{:.2} GB/s", work.bytes() as f64 / seconds / 1e9)
    }
}

fn time(seconds: f64) -> String {
    match seconds {
        long if long >= 1.0 => format!("{long:.2} s"),
        medium if medium >= 1e-3 => format!("{:.1} ms", medium * 1e3),
        short => format!("{:.1} µs", short * 1e6),
    }
}
