//! The report of `compare` as text: in two columns if there is room.

use std::fmt::{self, Write};
use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::{
    FAINT, MARKS, MATCH, PLACE, SCORE, Screen, TITLE, WARNING, difference, foot, hanging, heading, miss, printable,
    probable, rules, verdict, visible_width, wrap,
};
use crate::compare::shared;
use crate::report::text::sentence_in;
use crate::report::{Aligned, CompareReport, PassageRef, WordingsRef, counted};

/// Columns below which the two sources are shown one below the other.
const SIDE_BY_SIDE: usize = 72;

/// The report of `compare` as text.
///
/// # Errors
/// When a value cannot be formatted.
pub fn compare(report: &CompareReport, look: Screen) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let both = report.aligned.iter().filter(|row| row.a.is_some() && row.b.is_some()).count();
    let only = |a: bool| report.aligned.iter().filter(|row| row.a.is_some() == a && row.b.is_some() != a).count();
    let disagreements: usize = report.aligned.iter().map(|row| row.may_disagree.len()).sum();
    for (letter, source) in ["A", "B"].iter().zip(&report.sources) {
        hanging(&mut out, &format!("{TITLE}{letter}{TITLE:#}  {}", heading(source)), "", look)?;
    }
    let may = if disagreements > 0 {
        format!(", {} where they may disagree", counted(disagreements, "place"))
    } else {
        String::new()
    };
    let matching = match report.shared {
        all if all == both => counted(both, "pair"),
        all => format!("{} of passages, {both} side by side", counted(all, "matching pair")),
    };
    let head = format!(
        "{} of A has a match in B, {} of B in A: {matching}{may}; {} without a match in A, {} in B",
        share(report.a_in_b.0),
        share(report.b_in_a.0),
        counted(only(true), "passage"),
        only(false)
    );
    hanging(&mut out, &head, "", look)?;
    hanging(&mut out, &verdict(&report.verdict, &report.a, ["A", "B"]), "", look)?;
    report.aligned.iter().try_for_each(|row| aligned(&mut out, row, look))?;
    rules(&mut out, report.rules.as_ref(), look)?;
    foot(&mut out, report.counts, &report.reading, Some(report.calibration), &report.computed, look)?;
    Ok(out)
}

fn share(part: f32) -> String {
    format!("{SCORE}{:.0}%{SCORE:#}", 100.0 * part)
}

fn aligned(out: &mut String, row: &Aligned, look: Screen) -> fmt::Result {
    writeln!(out)?;
    match (&row.a, &row.b) {
        (Some(a), Some(b)) => {
            let relation = row.relation.relation.unwrap_or_default();
            let probability = row.wordings.iter().map(|said| said.probability).max_by(|x, y| x.0.total_cmp(&y.0));
            let numbers =
                row.score.zip(probability).map_or(String::new(), |(score, probability)| probable(score, probability));
            hanging(out, &format!("{TITLE}{relation}{TITLE:#}  {SCORE}{numbers}{SCORE:#}{}", common(row)), "", look)?;
            for found in &row.may_disagree {
                hanging(
                    out,
                    &format!("{WARNING}may disagree{WARNING:#}, {}", difference(found, "in A", "in B")),
                    "",
                    look,
                )?;
            }
            // Words that two passages share by chance mean nothing.
            let (in_a, in_b) = if relation == "near-copy" { shared(&a.text, &b.text) } else { said(row, a, b) };
            columns(out, &cell(a, &in_a, look), &cell(b, &in_b, look), look)
        }
        (Some(a), None) => {
            hanging(out, &format!("{TITLE}only in A{TITLE:#}{}", miss(row.nearest.as_ref())), "", look)?;
            columns(out, &cell(a, &[], look), "", look)
        }
        (None, Some(b)) => {
            hanging(out, &format!("{TITLE}only in B{TITLE:#}{}", miss(row.nearest.as_ref())), "", look)?;
            columns(out, "", &cell(b, &[], look), look)
        }
        (None, None) => Ok(()),
    }
}

/// The sentences of two passages that say the same in other words, except where a sentence is the whole passage.
fn said(row: &Aligned, a: &PassageRef, b: &PassageRef) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    if row.relation.relation == Some("verbatim") {
        return (Vec::new(), Vec::new());
    }
    let places = |text: &str, sentence: fn(&WordingsRef) -> &str| {
        let mut found: Vec<Range<usize>> =
            row.wordings.iter().filter_map(|wordings| sentence_in(text, sentence(wordings))).collect();
        found.sort_by_key(|range| range.start);
        found.dedup();
        found.retain(|range| range.len() < text.len());
        found
    };
    (places(&a.text, |wordings| &wordings.a), places(&b.text, |wordings| &wordings.b))
}

/// How many words a copy has in common.
fn common(row: &Aligned) -> String {
    match (row.relation.relation, row.relation.containment, row.relation.longest_run) {
        (Some("near-copy"), Some(containment), Some(run)) => {
            format!("  {FAINT}{:.0}% of the shorter one's words match, {run} in a row{FAINT:#}", 100.0 * containment.0)
        }
        _ => String::new(),
    }
}

/// A passage under its place, with the words that both have highlighted.
fn cell(passage: &PassageRef, shared: &[Range<usize>], look: Screen) -> String {
    format!("{PLACE}{}{PLACE:#}\n{}", passage.short_place(), picked(&passage.text, shared, look))
}

/// A text with some of its words highlighted.
fn picked(text: &str, ranges: &[Range<usize>], look: Screen) -> String {
    let mut out = String::new();
    let mut done = 0;
    for range in ranges {
        out.push_str(&printable(&text[done..range.start]));
        let words = printable(&text[range.clone()]);
        out.push_str(&if look.color {
            super::styled(&words, MATCH, look)
        } else {
            format!("{}{words}{}", MARKS.0, MARKS.1)
        });
        done = range.end;
    }
    out + &printable(&text[done..])
}

/// Sets two texts side by side, or one below the other.
fn columns(out: &mut String, left: &str, right: &str, look: Screen) -> fmt::Result {
    if look.width < SIDE_BY_SIDE {
        return [left, right].iter().filter(|text| !text.is_empty()).try_for_each(|text| {
            lines(text, look.width.saturating_sub(2).max(20)).iter().try_for_each(|line| writeln!(out, "  {line}"))
        });
    }
    let width = (look.width - 3) / 2;
    let (left, right) = (lines(left, width), lines(right, width));
    for at in 0..left.len().max(right.len()) {
        let line = |lines: &[String]| lines.get(at).cloned().unwrap_or_default();
        let (left, right) = (line(&left), line(&right));
        let gap = " ".repeat(width.saturating_sub(visible_width(&left)));
        writeln!(out, "{}", format!("{left}{gap} │ {right}").trim_end())?;
    }
    Ok(())
}

fn lines(text: &str, width: usize) -> Vec<String> {
    text.lines().flat_map(|line| wrap(line, width)).flat_map(|line| broken(&line, width)).collect()
}

/// Breaks a line that a long word makes too long.
fn broken(line: &str, width: usize) -> Vec<String> {
    if visible_width(line) <= width || line.contains('\u{1b}') {
        return vec![line.to_owned()];
    }
    let mut pieces = vec![String::new()];
    let (mut used, mut characters) = (0, 0);
    for c in line.chars() {
        let columns = c.width().unwrap_or(0);
        // Marks that take no columns would make an endless piece.
        if used + columns > width || characters >= 8 * width {
            pieces.push(String::new());
            (used, characters) = (0, 0);
        }
        (used, characters) = (used + columns, characters + 1);
        pieces.last_mut().expect("there is a piece from the start").push(c);
    }
    pieces
}
