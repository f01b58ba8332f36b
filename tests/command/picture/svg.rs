//! A terminal's screen as an SVG: rows of text on a background of its own, so that it
//! reads the same on a light page and on a dark one.

use std::fmt::Write;

use vt100::{Cell, Color, Screen};

/// The size of a character and of the frame, in pixels.
const WIDTH: f64 = 8.4;
const HEIGHT: u32 = 19;
const FRAME: u32 = 16;

const BACKGROUND: &str = "#16181d";
const TEXT: &str = "#d7dae0";

/// The sixteen colours, each with a contrast of 4.5 and more on the background.
const COLOURS: [&str; 16] = [
    "#7f8794", "#ff7b72", "#7ee787", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#d7dae0",
    "#9aa4b2", "#ffa198", "#a5f3b0", "#f2cc60", "#a5d6ff", "#e2c5ff", "#8be9f0", "#ffffff",
];

/// How a character looks.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Look {
    colour: String,
    dim: bool,
    bold: bool,
}

/// The picture of a screen below a line of its own; `tidy` makes of each row's text
/// what is to be shown.
pub(super) fn picture(first: &str, screen: &Screen, tidy: impl Fn(&str) -> String) -> String {
    let (rows, columns) = screen.size();
    let mut lines: Vec<Vec<(Look, String)>> = vec![vec![(plain(), first.to_owned())]];
    lines.extend((0..rows.get()).map(|row| runs(screen, row)));
    while lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    let height = HEIGHT * u32::try_from(lines.len()).expect("few rows") + 2 * FRAME;
    let width = (f64::from(columns.get()) * WIDTH).ceil() as u32 + 2 * FRAME;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"A session with wstalk in a terminal\">\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n\
         <g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"14\" fill=\"{TEXT}\">\n"
    );
    let mut y = FRAME + 14;
    for line in lines {
        write_line(&mut svg, y, &line, &tidy);
        y += HEIGHT;
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

fn write_line(svg: &mut String, y: u32, line: &[(Look, String)], tidy: impl Fn(&str) -> String) {
    if line.is_empty() {
        return;
    }
    let _ = write!(svg, "<text x=\"{FRAME}\" y=\"{y}\" xml:space=\"preserve\">");
    for (look, text) in line {
        let text = escaped(&tidy(text));
        let mut marks = String::new();
        if look.colour != TEXT {
            let _ = write!(marks, " fill=\"{}\"", look.colour);
        }
        if look.dim {
            marks.push_str(" fill-opacity=\"0.72\"");
        }
        if look.bold {
            marks.push_str(" font-weight=\"bold\"");
        }
        let _ = match marks.is_empty() {
            true => write!(svg, "{text}"),
            false => write!(svg, "<tspan{marks}>{text}</tspan>"),
        };
    }
    svg.push_str("</text>\n");
}

/// The characters of a row that look alike, together; without blanks at its end.
fn runs(screen: &Screen, row: u16) -> Vec<(Look, String)> {
    let (_, columns) = screen.size();
    let cells = (0..columns.get()).filter_map(|column| screen.cell(row, column));
    let mut runs: Vec<(Look, String)> = Vec::new();
    for cell in cells.filter(|cell| !cell.is_wide_continuation()) {
        let text = if cell.has_contents() {
            cell.contents()
        } else {
            " "
        };
        let look = look(cell);
        match runs.last_mut().filter(|(last, _)| *last == look) {
            Some((_, run)) => run.push_str(text),
            None => runs.push((look, text.to_owned())),
        }
    }
    while let Some((_, run)) = runs.last_mut() {
        run.truncate(run.trim_end().len());
        if !run.is_empty() {
            break;
        }
        runs.pop();
    }
    runs
}

fn look(cell: &Cell) -> Look {
    let colour = match cell.fgcolor() {
        Color::Default => TEXT.to_owned(),
        Color::Idx(number) => match COLOURS.get(usize::from(number)) {
            Some(colour) => (*colour).to_owned(),
            None => TEXT.to_owned(),
        },
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
    };
    Look {
        colour,
        dim: cell.dim(),
        bold: cell.bold(),
    }
}

fn plain() -> Look {
    Look {
        colour: TEXT.to_owned(),
        dim: false,
        bold: false,
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;")
}
