//! The results as a picture: for each row, how many times raw TCP's (or TLS's)
//! time every client takes, as bars on a logarithmic scale.
//!
//! Self-contained SVG. Its colours are readable on light and dark grounds.

use std::fmt::Write as _;

use crate::clients::Client;
use crate::rows::What;
use crate::table::Measured;

const LEFT: f64 = 250.0;
const WIDTH: f64 = 430.0;
const BAR: f64 = 11.0;
const GAP: f64 = 12.0;
const TOP: f64 = 34.0;

/// Bars of wstalk, the minimal program and the best other client.
pub fn svg(all: &[Measured]) -> String {
    let rows: Vec<_> = all.iter().filter(|row| is_drawn(row)).map(bars).collect();
    let most = rows.iter().flat_map(|(_, bars)| bars).map(|bar| bar.ratio);
    let decades = most.fold(10.0, f64::max).log10().ceil();
    let mut body = String::new();
    let mut at = TOP;
    for (title, bars) in &rows {
        text(&mut body, LEFT - 8.0, at + BAR, "end", title);
        for bar in bars {
            let length = (bar.ratio.log10().max(0.0) / decades * WIDTH).max(2.0);
            _ = writeln!(
                body,
                "<rect x=\"{LEFT}\" y=\"{at:.0}\" width=\"{length:.0}\" height=\"{}\" fill=\"{}\"/>",
                BAR - 2.0,
                bar.colour
            );
            let label = format!("{:.1} {}", bar.ratio, bar.name);
            text(
                &mut body,
                LEFT + length + 5.0,
                at + BAR - 2.5,
                "start",
                &label,
            );
            at += BAR;
        }
        at += GAP;
    }
    let head = "time, as a multiple of raw TCP or TLS on the same machine (shorter is better, logarithmic)";
    let mut whole = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 {:.0}\" \
         font-family=\"sans-serif\" font-size=\"11\" fill=\"#7a7f87\">\n",
        at + 4.0
    );
    text(&mut whole, 8.0, 18.0, "start", head);
    whole + &body + "</svg>\n"
}

struct Bar {
    name: String,
    ratio: f64,
    colour: &'static str,
}

fn is_drawn(row: &Measured) -> bool {
    matches!(row.row.what, What::Move(_) | What::Trips) && row.numbers(Client::Raw).is_some()
}

fn bars(row: &Measured) -> (&'static str, Vec<Bar>) {
    let raw = row.numbers(Client::Raw).map_or(1.0, |numbers| numbers.cost);
    let mut bars = Vec::new();
    for (client, colour) in [(Client::Wstalk, "#2f9e6e"), (Client::Minimal, "#8a93a3")] {
        if let Some(numbers) = row.numbers(client) {
            let name = client.name().to_owned();
            bars.push(Bar {
                name,
                ratio: numbers.cost / raw,
                colour,
            });
        }
    }
    if let Some((client, numbers)) = row.best_other() {
        let name = client.name().to_owned();
        bars.push(Bar {
            name,
            ratio: numbers.cost / raw,
            colour: "#d9822b",
        });
    }
    (row.row.title, bars)
}

fn text(into: &mut String, x: f64, y: f64, anchor: &str, words: &str) {
    _ = writeln!(
        into,
        "<text x=\"{x:.0}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>"
    );
}
