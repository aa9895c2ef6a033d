//! The report of `sources` as text: a heat map of how much of each source is said in each other source, and the pairs
//! that have most in common.

use std::collections::HashMap;
use std::fmt::{self, Write};

use anstyle::{Color, RgbColor, Style};

use super::{
    FAINT, PLACE, SCORE, Screen, TITLE, counted_once, foot, hanging, indented, independent, printable, probable, rules,
    shortened, verdict, visible_width,
};
use crate::report::{MatchRef, Names, SourcePair, SourcesReport, Verdict, WordingsRef, counted};

/// Maximum number of sources in a map.
const MAPPED: usize = 40;
/// Maximum number of pairs that are described, and of matches of each.
pub const PAIRS: usize = 10;
const MATCHES: usize = 2;
/// Columns of a row's name: least and most.
const NAME: (usize, usize) = (12, 36);
/// Columns of a row's number.
const ORDINAL: usize = 5;

/// The report of `sources` as text.
///
/// # Errors
/// When a value cannot be formatted.
pub fn sources(report: &SourcesReport, look: Screen) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let have = report.pairs.len();
    let n = independent(report.counts.sources, &report.independent);
    let cut = match report.min_probability {
        Some(cut) => format!("probability of {:.2} or more", cut.0),
        None => format!("cosine of {:.2} or more", report.min_score.0),
    };
    let head =
        format!("{TITLE}{n}{TITLE:#}, {} with something in common  {FAINT}({cut}){FAINT:#}", counted(have, "pair"));
    hanging(&mut out, &head, "", look)?;
    counted_once(&mut out, &report.independent, look)?;
    let names = Names::new(report.sources.iter().map(|total| &total.source));
    if let Some(cell) = Cell::that_fits(report.sources.len(), look) {
        writeln!(out)?;
        map(&mut out, report, &names, cell, look)?;
    }
    report.pairs.iter().take(PAIRS).try_for_each(|shared| pair(&mut out, shared, &names, look))?;
    if have > PAIRS {
        writeln!(out, "\n{FAINT}and {} more (--format json lists all){FAINT:#}", counted(have - PAIRS, "pair"))?;
    }
    rules(&mut out, report.rules.as_ref(), look)?;
    foot(&mut out, report.counts, &report.reading, Some(report.calibration), &report.computed, look)?;
    Ok(out)
}

/// How a cell is drawn.
#[derive(Clone, Copy)]
enum Cell {
    /// Four columns: percent.
    Number,
    /// One or two columns: a block, fuller for a larger share.
    Block(usize),
}

impl Cell {
    /// The widest cell that leaves room for the names; `None` if no cell does.
    fn that_fits(sources: usize, look: Screen) -> Option<Self> {
        let room = look.width.saturating_sub(NAME.0 + ORDINAL);
        let cells = [Self::Number, Self::Block(2), Self::Block(1)].into_iter();
        cells.filter(|_| (2..=MAPPED).contains(&sources)).find(|cell| cell.columns() * sources <= room)
    }

    fn columns(self) -> usize {
        match self {
            Self::Number => 4,
            Self::Block(columns) => columns,
        }
    }
}

fn map(out: &mut String, report: &SourcesReport, names: &Names, cell: Cell, look: Screen) -> fmt::Result {
    let n = report.sources.len();
    let columns = cell.columns();
    let name = look.width.saturating_sub(ORDINAL + columns * n).clamp(NAME.0, NAME.1);
    let said: HashMap<(&str, &str), f32> = report
        .pairs
        .iter()
        .flat_map(|pair| {
            [((pair.a.as_str(), pair.b.as_str()), pair.a_in_b.0), ((pair.b.as_str(), pair.a.as_str()), pair.b_in_a.0)]
        })
        .collect();
    let key = match cell {
        Cell::Number => "How much of the row's source has a match in the column's source, in percent",
        Cell::Block(_) => {
            "How much of the row's source has a match in the column's source: ░ less than 25%, ▒ 50%, ▓ 75%, █ more"
        }
    };
    hanging(out, &format!("{FAINT}{key}{FAINT:#}"), "", look)?;
    let gap = " ".repeat(name + ORDINAL);
    if matches!(cell, Cell::Block(_)) && n > 9 {
        let tens = |column: usize| if column.is_multiple_of(10) { (column / 10).to_string() } else { String::new() };
        writeln!(
            out,
            "{gap}{}",
            (1..=n).map(|column| format!("{:>columns$}", tens(column))).collect::<String>().trim_end()
        )?;
    }
    let number = |column: usize| match cell {
        Cell::Number => format!("{column:>columns$}"),
        Cell::Block(_) => format!("{:>columns$}", column % 10),
    };
    writeln!(out, "{gap}{}", (1..=n).map(number).collect::<String>())?;
    let labels = names.short_apart(report.sources.iter().map(|source| source.source.source.as_str()), name);
    for ((row, source), label) in report.sources.iter().enumerate().zip(labels) {
        let id = source.source.source.as_str();
        let gap = " ".repeat(name.saturating_sub(visible_width(&label)));
        write!(out, "{:>3}. {PLACE}{label}{PLACE:#}{gap}", row + 1)?;
        for other in &report.sources {
            let share = said.get(&(id, other.source.source.as_str())).copied();
            let drawn = if other.source.source == id {
                format!("{:>columns$}", "–")
            } else {
                drawn(share.unwrap_or(0.0), cell, look)
            };
            write!(out, "{drawn}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Draws a share, 0 to 1, as a cell.
fn drawn(share: f32, cell: Cell, look: Screen) -> String {
    let percent = (100.0 * share).round() as usize;
    let columns = cell.columns();
    let text = match (cell, percent) {
        (_, 0) => format!("{:>columns$}", "·"),
        (Cell::Number, percent) => format!("{:>columns$}", percent.min(100)),
        (Cell::Block(columns), percent) => ["░", "▒", "▓", "█"][(percent / 25).min(3)].repeat(columns),
    };
    if !look.color || percent == 0 {
        return text;
    }
    // From pale to deep orange; dark letters are readable on all shades.
    let fade = |from: u8, to: u8| (f32::from(from) + share.clamp(0.0, 1.0) * (f32::from(to) - f32::from(from))) as u8;
    let shade = RgbColor(fade(255, 230), fade(240, 110), fade(220, 20));
    let style = match cell {
        Cell::Number => Style::new().fg_color(Some(Color::Rgb(RgbColor(0, 0, 0)))).bg_color(Some(Color::Rgb(shade))),
        Cell::Block(_) => Style::new().fg_color(Some(Color::Rgb(shade))),
    };
    format!("{style}{text}{style:#}")
}

fn surest(wordings: &[WordingsRef]) -> Option<&WordingsRef> {
    wordings.iter().max_by(|x, y| x.probability.0.total_cmp(&y.probability.0))
}

fn pair(out: &mut String, shared: &SourcePair, names: &Names, look: Screen) -> fmt::Result {
    writeln!(out)?;
    let head = format!(
        "{TITLE}{}{TITLE:#} and {TITLE}{}{TITLE:#}  {SCORE}{:.0}% and {:.0}%{SCORE:#}  {FAINT}{} of passages, {} \
            probably the same{FAINT:#}",
        printable(&names.quoted(&shared.a)),
        printable(&names.quoted(&shared.b)),
        100.0 * shared.a_in_b.0,
        100.0 * shared.b_in_a.0,
        counted(shared.shared, "matching pair"),
        counted(shared.sentences, "sentence"),
    );
    hanging(out, &head, "", look)?;
    let told = |found: &&Verdict| {
        matches!(found.degree, "copy" | "lightly revised") && found.is_founded() && found.is_likely()
    };
    if let Some(found) = shared.verdict.as_ref().filter(told) {
        let [a, b] = [&shared.a, &shared.b].map(|id| printable(&names.quoted(id)));
        hanging(out, &verdict(found, &shared.a, [&a, &b]), "    ", look)?;
    }
    // For each pair of passages, the sentences that most probably say the same.
    let mut best: Vec<(&MatchRef, &WordingsRef)> =
        shared.matches.iter().filter_map(|found| Some((found, surest(&found.wordings)?))).collect();
    best.sort_by(|(x, x_said), (y, y_said)| {
        y_said.probability.0.total_cmp(&x_said.probability.0).then(y.score.0.total_cmp(&x.score.0))
    });
    let more = shared.shared - best.len().min(MATCHES);
    for (MatchRef { a, b, score, relation, .. }, said) in best.into_iter().take(MATCHES) {
        let relation = relation.relation.unwrap_or_default();
        let numbers = probable(*score, said.probability);
        let head = format!(
            "{PLACE}{}{PLACE:#}  {PLACE}{}{PLACE:#}  {SCORE}{numbers}{SCORE:#}  {relation}",
            a.short_place(),
            b.short_place()
        );
        hanging(out, &head, "    ", look)?;
        indented(out, &printable(&shortened(&said.a, 160)), "      ", look)?;
        if relation != "verbatim" {
            indented(out, &printable(&shortened(&said.b, 160)), "      ", look)?;
        }
    }
    if more > 0 {
        writeln!(out, "    {FAINT}and {} (--format json lists all){FAINT:#}", counted(more, "more pair"))?;
    }
    Ok(())
}
