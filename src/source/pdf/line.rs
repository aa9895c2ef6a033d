//! Characters to lines: what is side by side, with its spaces.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;

use unicode_normalization::char::{compose, is_combining_mark};

use super::bidi::reading_order;
use super::fraction;
use super::glyphs::{Face, Glyph};

/// A larger gap between two characters, in heights of their font, is a gutter or the edge of a cell.
const REACH: f32 = 0.95;
/// Pieces that were drawn separately are joined if their distance is at most this.
const TOUCH: f32 = 0.6;
/// Tolerance in points for lines that begin at the same edge.
const SAME_EDGE: f32 = 0.5;
/// Least number of lines at an edge, and their largest distance from each other, in heights of their font.
const EDGE_LINES: usize = 4;
const EDGE_PITCH: f32 = 2.2;
/// A page of more pieces is a drawing.
const MAX_PIECES: usize = 5_000;

/// An undivided part of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    pub x0: f32,
    pub x1: f32,
    pub baseline: f32,
    pub size: f32,
    pub text: String,
    /// The bytes of `text` that are small and raised: footnote marks, exponents.
    pub raised: Vec<Range<usize>>,
    pub face: Face,
    pub artifact: bool,
}

/// A piece of a line, far from its neighbours.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub x0: f32,
    pub x1: f32,
    pub size: f32,
    pub face: Face,
    pub text: String,
}

/// A line of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub page: usize,
    pub x0: f32,
    pub x1: f32,
    pub baseline: f32,
    pub size: f32,
    pub text: String,
    pub raised: Vec<Range<usize>>,
    pub face: Face,
    /// The text piece by piece, divided at wide gaps.
    pub cells: Vec<Cell>,
}

/// Returns the pieces of a page's lines, in drawing order; pieces of one line are not joined yet.
pub fn pieces(glyphs: &[Glyph]) -> Vec<Segment> {
    let apart = set_apart(glyphs);
    let mut open: Vec<Glyph> = Vec::new();
    let mut segments: Vec<Segment> = Vec::new();
    for glyph in glyphs {
        if !open.is_empty() && !continues(&open, glyph) {
            push(&mut segments, &mut open, apart);
        }
        open.push(*glyph);
    }
    push(&mut segments, &mut open, apart);
    segments
}

/// How far letters are set apart on most of a page, in heights of their font.
fn set_apart(glyphs: &[Glyph]) -> f32 {
    const MOST: f32 = 0.35;
    let near = |pair: &&[Glyph]| {
        pair.iter().all(|glyph| glyph.c.is_alphabetic()) && (pair[0].baseline - pair[1].baseline).abs() < 1.0
    };
    let gap = |pair: &[Glyph]| gap(&pair[0], &pair[1]) / pair[0].size.max(1.0);
    let mut gaps: Vec<f32> = glyphs.windows(2).filter(near).map(gap).collect();
    gaps.sort_by(f32::total_cmp);
    gaps.get(gaps.len() / 2).map_or(0.0, |gap| gap.clamp(0.0, MOST))
}

/// Whether a character continues where the ones before it stop. The largest of them defines their line.
fn continues(open: &[Glyph], next: &Glyph) -> bool {
    let last = open[open.len() - 1];
    let base = base(&open[open.len().saturating_sub(12)..]);
    let (size, rise) = (base.size.max(next.size), (next.baseline - base.baseline).abs());
    let small = next.size.min(base.size) < 0.85 * size;
    // Accents are drawn higher over a capital than over a small letter.
    let accent = [last.c, base.c, next.c].into_iter().any(|c| combining(c).is_some());
    let level = rise < 0.25 * size || (small || accent) && rise < 0.6 * size;
    let level = level && !is_drop(base.size, next.size, rise);
    let behind = next.x0 - last.x1;
    let before = last.x0 - next.x1;
    let near = |gap: f32| gap > if accent { -size } else { -0.6 * size } && gap < REACH * reach(last.size, next.size);
    level
        && last.artifact == next.artifact
        && (near(behind) || is_right_to_left(next.c) && near(before))
        && !is_number_apart(open, next)
}

/// Returns the height of font by which the gap between two is judged: a drop cap is no nearer to the preceding column
/// than its text is.
fn reach(a: f32, b: f32) -> f32 {
    const MOST: f32 = 1.5;
    a.max(b).min(MOST * a.min(b))
}

/// Whether one of two is a drop cap, whose foot is on another line than the other's.
fn is_drop(a: f32, b: f32, rise: f32) -> bool {
    a.min(b) < 0.45 * a.max(b) && rise > 0.2 * a.min(b) && rise > 0.08 * a.max(b)
}

/// Whether a number ends here and what follows is not part of it: it may be a line number.
fn is_number_apart(open: &[Glyph], next: &Glyph) -> bool {
    const LONGEST: usize = 8;
    if open.len() > LONGEST || next.c == ' ' || next.c.is_ascii_digit() {
        return false;
    }
    let mut visible = open.iter().filter(|glyph| glyph.c != ' ');
    let Some(last) = visible.clone().next_back() else { return false };
    // A raised number is a note mark.
    let raised = next.baseline - last.baseline > 0.1 * next.size;
    !raised && visible.all(|glyph| glyph.c.is_ascii_digit()) && next.x0 - last.x1 > 0.22 * last.size
}

fn base(glyphs: &[Glyph]) -> Glyph {
    let mut largest = glyphs[0];
    for glyph in glyphs {
        if glyph.size > largest.size * 1.02 {
            largest = *glyph;
        }
    }
    largest
}

fn push(segments: &mut Vec<Segment>, open: &mut Vec<Glyph>, apart: f32) {
    let Some(segment) = segment(open, apart) else {
        open.clear();
        return;
    };
    open.clear();
    segments.push(segment);
}

/// Letters that are set `apart`, in heights of their font, are no words.
fn segment(glyphs: &[Glyph], apart: f32) -> Option<Segment> {
    let visible = || glyphs.iter().filter(|glyph| glyph.c != ' ');
    visible().next()?;
    let (size, baseline) = usual(glyphs);
    let mut ordered: Vec<Glyph> = glyphs.to_vec();
    fraction::on_one_line(&mut ordered, size, baseline);
    keep_marks(&mut ordered);
    ordered.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let leftward = is_mostly_right_to_left(&ordered);
    if leftward {
        ordered = in_reading_order(&ordered, size);
    }
    let ordered = with_accents(ordered);
    let open = if leftward { f32::MAX } else { open_space(&ordered, size, apart) };
    let (text, raised) = spell(&ordered, size, baseline, open);
    // The number of a heading may be set otherwise than what it is called.
    let number = visible().take_while(|glyph| glyph.c.is_ascii_digit() || glyph.c == '.').count();
    let number = if number < visible().count() { number } else { 0 };
    let of_face = || visible().skip(number);
    let most = |is: fn(&Glyph) -> bool| of_face().filter(|glyph| is(glyph)).count() * 10 > of_face().count() * 9;
    Some(Segment {
        x0: visible().map(|glyph| glyph.x0).fold(f32::MAX, f32::min),
        x1: visible().map(|glyph| glyph.x1).fold(f32::MIN, f32::max),
        baseline,
        size,
        text,
        raised,
        face: Face {
            bold: most(|glyph| glyph.face.bold),
            mono: most(|glyph| glyph.face.mono),
            typed: most(|glyph| glyph.face.typed),
        },
        artifact: glyphs[0].artifact,
    })
}

/// Makes marks begin where the preceding letters do: fonts shift them, some over the next letter. Accents on Latin
/// letters may be drawn before them.
fn keep_marks(glyphs: &mut [Glyph]) {
    let is_mark = |c: char| c > '\u{36f}' && is_combining_mark(c) && !is_right_to_left(c);
    for at in 1..glyphs.len() {
        let letter = glyphs[at - 1];
        let mark = &mut glyphs[at];
        if is_mark(mark.c) && letter.c != ' ' {
            (mark.x0, mark.x1) = (letter.x0, mark.x1.max(letter.x1));
        }
    }
}

/// Returns the most frequent size of characters, and their baseline.
fn usual(glyphs: &[Glyph]) -> (f32, f32) {
    let mut sizes: Vec<f32> = glyphs.iter().filter(|glyph| glyph.c != ' ').map(|glyph| glyph.size).collect();
    sizes.sort_by(f32::total_cmp);
    let size = sizes.get(sizes.len() / 2).copied().unwrap_or(1.0);
    let baseline = glyphs
        .iter()
        .find(|glyph| glyph.c != ' ' && combining(glyph.c).is_none() && (glyph.size - size).abs() < 0.05 * size)
        .or(glyphs.first())
        .map_or(0.0, |glyph| glyph.baseline);
    (size, baseline)
}

/// Returns the text of characters in reading order, with a space where one is drawn or the gap exceeds `open`.
fn spell(glyphs: &[Glyph], size: f32, baseline: f32, open: f32) -> (String, Vec<Range<usize>>) {
    let mut text = String::new();
    let mut raised: Vec<Range<usize>> = Vec::new();
    let mut last: Option<Glyph> = None;
    for glyph in glyphs {
        let gap = last.map_or(0.0, |last| gap(&last, glyph));
        if (glyph.c == ' ' || gap > open) && !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
        last = Some(*glyph);
        if glyph.c == ' ' {
            continue;
        }
        let from = text.len();
        text.push(glyph.c);
        if glyph.size < 0.88 * size && glyph.baseline < baseline - 0.12 * size {
            match raised.last_mut().filter(|range| range.end == from) {
                Some(range) => range.end = text.len(),
                None => raised.push(from..text.len()),
            }
        }
    }
    text.truncate(text.trim_end().len());
    (text, raised)
}

fn gap(a: &Glyph, b: &Glyph) -> f32 {
    if b.x0 >= a.x0 { b.x0 - a.x1 } else { a.x0 - b.x1 }
}

/// Returns the least gap that is a space: more than kerning leaves, and more than is usual between spaced letters.
fn open_space(glyphs: &[Glyph], size: f32, apart: f32) -> f32 {
    let mut gaps: Vec<f32> = glyphs
        .windows(2)
        .filter(|pair| pair.iter().all(|glyph| glyph.c.is_alphanumeric()))
        .map(|pair| gap(&pair[0], &pair[1]))
        .collect();
    gaps.sort_by(f32::total_cmp);
    let usual = if gaps.len() >= 6 { gaps[gaps.len() / 2] } else { apart * size };
    (0.16 * size).max(usual * 1.6 + 0.05 * size)
}

/// Puts accents that are drawn over letters, before or after them, onto those letters.
fn with_accents(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    if !glyphs.iter().any(|glyph| combining(glyph.c).is_some()) {
        return glyphs;
    }
    let mut marks: Vec<Option<char>> = vec![None; glyphs.len()];
    let mut is_mark = vec![false; glyphs.len()];
    for at in 0..glyphs.len() {
        let Some(accent) = combining(glyphs[at].c) else { continue };
        let beside = [at.checked_sub(1), Some(at + 1).filter(|next| *next < glyphs.len())];
        let off = |letter: &usize| off_middle(&glyphs[at], &glyphs[*letter]);
        let over =
            beside.into_iter().flatten().filter(|letter| glyphs[*letter].c.is_alphabetic() && off(letter) < 0.25);
        if let Some(letter) = over.min_by(|a, b| off(a).total_cmp(&off(b))) {
            (marks[letter], is_mark[at]) = (Some(accent), true);
        }
    }
    let mut composed = Vec::with_capacity(glyphs.len());
    for (at, glyph) in glyphs.into_iter().enumerate().filter(|(at, _)| !is_mark[*at]) {
        let Some(accent) = marks[at] else {
            composed.push(glyph);
            continue;
        };
        let base = match glyph.c {
            'ı' => 'i',
            'ȷ' => 'j',
            c => c,
        };
        match compose(base, accent).or_else(|| crossed(base, accent)) {
            Some(c) => composed.push(Glyph { c, ..glyph }),
            None => composed.extend([Glyph { c: base, ..glyph }, Glyph { c: accent, x0: glyph.x1, ..glyph }]),
        }
    }
    composed
}

/// Returns how far the middle of an accent is from that of a letter, in heights of its font.
fn off_middle(accent: &Glyph, letter: &Glyph) -> f32 {
    (accent.x0 + accent.x1 - letter.x0 - letter.x1).abs() / 2.0 / letter.size.max(1.0)
}

/// Returns the combining form of an accent that older fonts draw over a letter.
fn combining(c: char) -> Option<char> {
    Some(match c {
        '\u{b4}' => '\u{301}',
        '`' => '\u{300}',
        '\u{a8}' => '\u{308}',
        '\u{2c6}' => '\u{302}',
        '\u{2dc}' => '\u{303}',
        '\u{2c7}' => '\u{30c}',
        '\u{b8}' => '\u{327}',
        '\u{2da}' => '\u{30a}',
        STROKE => STROKE,
        _ => return None,
    })
}

/// The stroke that is drawn through an L to make it another letter.
const STROKE: char = '\u{337}';

/// Returns a letter with a stroke through it, which Unicode does not compose.
fn crossed(letter: char, accent: char) -> Option<char> {
    match (letter, accent) {
        ('L', STROKE) => Some('Ł'),
        ('l', STROKE) => Some('ł'),
        _ => None,
    }
}

/// Whether a character belongs to a right-to-left script.
pub fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}')
}

fn is_mostly_right_to_left(glyphs: &[Glyph]) -> bool {
    let letters = glyphs.iter().filter(|glyph| glyph.c.is_alphabetic()).count();
    glyphs.iter().filter(|glyph| is_right_to_left(glyph.c)).count() * 2 > letters
}

/// Returns the glyphs of a line of a right-to-left script, and its spaces, in reading order.
fn in_reading_order(glyphs: &[Glyph], size: f32) -> Vec<Glyph> {
    let open = open_space(glyphs, size, 0.0);
    let mut spaced: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    for glyph in glyphs {
        spaced.extend(spaced.last().filter(|last| gap(last, glyph) > open).map(|last| Glyph { c: ' ', ..*last }));
        spaced.push(*glyph);
    }
    let line: Vec<char> = spaced.iter().map(|glyph| glyph.c).collect();
    reading_order(&line).into_iter().map(|(at, c)| Glyph { c, ..spaced[at] }).collect()
}

/// Compares from top to bottom, then from left to right.
pub fn by_place(a: &Segment, b: &Segment) -> Ordering {
    a.baseline.total_cmp(&b.baseline).then(a.x0.total_cmp(&b.x0))
}

/// Joins pieces of one line that were drawn at different times.
pub fn join_touching(mut segments: Vec<Segment>) -> Vec<Segment> {
    segments.sort_by(by_place);
    let begins = begins_edge(&segments);
    let mut joined: Vec<Segment> = Vec::new();
    // For each joined segment, whether an edge is at its left end.
    let mut edges: Vec<bool> = Vec::new();
    for (segment, begins) in segments.into_iter().zip(begins) {
        let touch =
            |at: &usize| touches(&joined[*at], &segment) && !begins || touches(&segment, &joined[*at]) && !edges[*at];
        // The rows around a line have few segments.
        let near = (0..joined.len()).rev().take(40).find(touch);
        match near {
            Some(at) if segment.x0 >= joined[at].x0 => append(&mut joined[at], segment),
            Some(at) => {
                let right_part = std::mem::replace(&mut joined[at], segment);
                append(&mut joined[at], right_part);
                edges[at] = begins;
            }
            None => {
                joined.push(segment);
                edges.push(begins);
            }
        }
    }
    joined
}

/// Returns which pieces begin at an edge of lines that adjoin others without a gap: those of a box that text runs
/// around, or of that text. Such pieces begin below one another, each with another beside it, and nothing crosses the
/// edge. Among words that are drawn one by one, fewer begin below one another.
fn begins_edge(pieces: &[Segment]) -> Vec<bool> {
    let mut begins = vec![false; pieces.len()];
    if pieces.len() > MAX_PIECES {
        return begins;
    }
    let mut starts: Vec<usize> = rows(pieces).into_iter().flat_map(|row| after_others(pieces, row)).collect();
    starts.sort_by(|a, b| pieces[*a].x0.total_cmp(&pieces[*b].x0));
    for group in starts.chunk_by(|a, b| pieces[*b].x0 - pieces[*a].x0 < SAME_EDGE) {
        let mut group = group.to_vec();
        group.sort_unstable();
        let near = |a: &usize, b: &usize| pieces[*b].baseline - pieces[*a].baseline < EDGE_PITCH * pieces[*a].size;
        for lines in group.chunk_by(near).filter(|lines| lines.len() >= EDGE_LINES) {
            let (first, last) = (lines[0], lines[lines.len() - 1]);
            let x = pieces[first].x0;
            let is_crossed = pieces[first..=last].iter().any(|piece| piece.x0 < x - 1.0 && piece.x1 > x + 1.0);
            if !is_crossed {
                lines.iter().for_each(|at| begins[*at] = true);
            }
        }
    }
    begins
}

/// Returns the pieces of a row that begin after another's end.
fn after_others(pieces: &[Segment], row: Range<usize>) -> Vec<usize> {
    let mut ordered: Vec<usize> = row.collect();
    ordered.sort_by(|a, b| pieces[*a].x0.total_cmp(&pieces[*b].x0));
    let behind = |pair: &&[usize]| {
        let (left, right) = (&pieces[pair[0]], &pieces[pair[1]]);
        right.x0 - left.x1 > -0.3 * right.size && !is_marker(&left.text)
    };
    ordered.windows(2).filter(behind).map(|pair| pair[1]).collect()
}

fn touches(left: &Segment, right: &Segment) -> bool {
    let size = left.size.max(right.size);
    let gap = right.x0 - left.x1;
    let rise = (left.baseline - right.baseline).abs();
    let small = left.size.min(right.size) < 0.85 * size;
    let level = rise < 0.2 * size || small && rise < 0.6 * size && gap < 0.3 * size;
    let large = left.size > 2.2 * right.size && left.text.chars().count() <= 2;
    let level = level && !large && !is_drop(left.size, right.size, rise);
    level
        && left.artifact == right.artifact
        && gap > -0.3 * size
        && gap < TOUCH * reach(left.size, right.size)
        && !is_marker(&left.text)
}

fn append(left: &mut Segment, right: Segment) {
    if is_right_to_left_text([left.text.as_str(), &right.text].into_iter()) {
        return append_leftward(left, right);
    }
    if right.x0 - left.x1 > 0.16 * left.size.min(right.size) {
        left.text.push(' ');
    }
    let shift = left.text.len();
    let lifted = right.size < 0.88 * left.size && right.baseline < left.baseline - 0.12 * left.size;
    if lifted {
        left.raised.push(shift..shift + right.text.len());
    } else if left.size < 0.88 * right.size && left.baseline < right.baseline - 0.12 * right.size {
        left.raised = std::iter::once(0..left.text.trim_end().len()).collect();
    }
    left.raised.extend(right.raised.iter().map(|range| range.start + shift..range.end + shift));
    left.text.push_str(&right.text);
    unite(left, &right);
}

/// Whether most letters of a line in parts belong to a right-to-left script.
fn is_right_to_left_text<'a>(parts: impl Iterator<Item = &'a str> + Clone) -> bool {
    let letters = || parts.clone().flat_map(str::chars).filter(|c| c.is_alphabetic());
    letters().filter(|c| is_right_to_left(*c)).count() * 2 > letters().count()
}

/// Puts the left part of a line after the right one, where it is read.
fn append_leftward(left: &mut Segment, right: Segment) {
    let space = if right.x0 - left.x1 > 0.16 * left.size.min(right.size) { " " } else { "" };
    let shift = right.text.len() + space.len();
    let moved = left.raised.iter().map(|range| range.start + shift..range.end + shift);
    left.raised = right.raised.iter().cloned().chain(moved).collect();
    left.text = [&right.text, space, &left.text].concat();
    unite(left, &right);
}

/// Combines the extent, size and face of two parts of a line.
fn unite(left: &mut Segment, right: &Segment) {
    left.x1 = left.x1.max(right.x1);
    if right.size > left.size {
        (left.size, left.baseline) = (right.size, right.baseline);
    }
    left.face = Face {
        bold: left.face.bold && right.face.bold,
        mono: left.face.mono && right.face.mono,
        typed: left.face.typed && right.face.typed,
    };
}

impl Segment {
    /// Returns the size and the text.
    pub fn sized(&self) -> (f32, &str) {
        (self.size, &self.text)
    }
}

/// Returns the most frequent size of characters.
pub fn body_size<'a>(texts: impl Iterator<Item = (f32, &'a str)>) -> f32 {
    let mut sizes: HashMap<i32, usize> = HashMap::new();
    texts.for_each(|(size, text)| *sizes.entry((size * 2.0).round() as i32).or_default() += text.len());
    sizes.into_iter().max_by_key(|(size, chars)| (*chars, *size)).map_or(10.0, |(size, _)| size as f32 / 2.0)
}

/// Returns the rows of segments that are side by side, from top to bottom, as ranges of `segments`.
pub fn rows(segments: &[Segment]) -> Vec<Range<usize>> {
    let mut rows: Vec<Range<usize>> = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        match rows.last_mut() {
            Some(row) if segment.baseline - segments[row.start].baseline < 0.4 * segment.size => row.end = at + 1,
            _ => rows.push(at..at + 1),
        }
    }
    rows
}

/// Puts the segments of one column together into lines, from top to bottom.
pub fn lines(mut segments: Vec<Segment>, page: usize) -> Vec<Line> {
    segments.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let mut lines: Vec<Vec<Segment>> = Vec::new();
    for segment in segments {
        match lines
            .last_mut()
            .filter(|line| (line[0].baseline - segment.baseline).abs() < 0.3 * line[0].size.max(segment.size))
        {
            Some(line) => line.push(segment),
            None => lines.push(vec![segment]),
        }
    }
    lines.into_iter().map(|parts| line(parts, page)).collect()
}

fn line(mut parts: Vec<Segment>, page: usize) -> Line {
    parts.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    if is_right_to_left_text(parts.iter().map(|part| part.text.as_str())) {
        parts.reverse();
    }
    let largest = parts.iter().max_by_key(|part| part.text.len()).map_or((0.0, 0.0), |part| (part.size, part.baseline));
    let mut cells: Vec<Cell> = Vec::new();
    let mut text = String::new();
    let mut raised = Vec::new();
    let mut right: Option<f32> = None;
    for part in &parts {
        let apart = right.is_none_or(|right| part.x0 - right > REACH * part.size.min(largest.0))
            && !cells.last().is_some_and(|cell| is_marker(&cell.text));
        if !text.is_empty() {
            text.push(' ');
        }
        raised.extend(part.raised.iter().map(|range| range.start + text.len()..range.end + text.len()));
        text.push_str(&part.text);
        match cells.last_mut().filter(|_| !apart) {
            Some(cell) => {
                cell.text = format!("{} {}", cell.text, part.text);
                cell.x1 = part.x1;
            }
            None => {
                let &Segment { x0, x1, size, face, .. } = part;
                cells.push(Cell { x0, x1, size, face, text: part.text.clone() });
            }
        }
        right = Some(part.x1.max(right.unwrap_or(f32::MIN)));
    }
    let is_number = |part: &Segment| part.text.starts_with(|c: char| c.is_ascii_digit()) && is_marker(&part.text);
    let number = usize::from(parts.len() > 1 && is_number(&parts[0]));
    let all = |is: fn(&Segment) -> bool| parts[number..].iter().all(is);
    Line {
        page,
        x0: parts.iter().map(|part| part.x0).fold(f32::MAX, f32::min),
        x1: right.unwrap_or(0.0),
        baseline: largest.1,
        size: largest.0,
        text,
        raised,
        face: Face {
            bold: all(|part| part.face.bold),
            mono: all(|part| part.face.mono),
            typed: all(|part| part.face.typed),
        },
        cells,
    }
}

/// Whether a text is only the mark of a list item: a bullet, `3.`, `(b)`.
pub fn is_marker(text: &str) -> bool {
    marker(&format!("{text} x")) == Some(text.len() + 1)
}

/// Returns the number of bytes of a list item's mark and the space after it.
pub fn marker(text: &str) -> Option<usize> {
    let (mark, rest) = text.split_once(' ')?;
    if rest.is_empty() {
        return None;
    }
    let bullet = matches!(
        mark,
        "•" | "·"
            | "▪"
            | "◦"
            | "‣"
            | "*"
            | "-"
            | "–"
            | "—"
            | "●"
            | "■"
            | "►"
            | "○"
            | "∗"
            | "⋄"
            | "□"
            | "➢"
            | "✓"
    );
    let inner = mark.trim_start_matches('(').trim_end_matches(['.', ')']);
    let closed = mark.ends_with(['.', ')']) && mark.len() > inner.len();
    let number = inner.len() <= 2 && inner.bytes().all(|b| b.is_ascii_digit());
    let letter = mark.ends_with(')') && inner.len() == 1 && inner.bytes().all(|b| b.is_ascii_lowercase());
    let roman = mark.ends_with(')') && inner.len() <= 4 && inner.bytes().all(|b| matches!(b, b'i' | b'v' | b'x'));
    (bullet || closed && !inner.is_empty() && (number || letter || roman)).then_some(mark.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glyph(c: char, x0: f32, x1: f32) -> Glyph {
        Glyph { c, x0, x1, baseline: 100.0, size: 10.0, face: Face::default(), artifact: false }
    }

    fn piece(text: &str, x0: f32, x1: f32, row: usize) -> Segment {
        let (baseline, raised) = (100.0 + 12.0 * row as f32, Vec::new());
        Segment { x0, x1, baseline, size: 10.0, text: text.to_owned(), raised, face: Face::default(), artifact: false }
    }

    #[test]
    fn the_number_of_a_bold_heading_need_not_be_bold() {
        let glyphs = |number: &str, name: &str| -> Vec<Glyph> {
            let chars = number.chars().map(|c| (c, false)).chain(name.chars().map(|c| (c, true)));
            let glyph = |(at, (c, bold)): (usize, (char, bool))| Glyph {
                face: Face { bold, ..Face::default() },
                ..glyph(c, 5.0 * at as f32, 5.0 * at as f32 + 5.0)
            };
            chars.enumerate().map(glyph).collect()
        };
        let is_bold = |number: &str, name: &str| segment(&glyphs(number, name), 0.0).unwrap().face.bold;
        assert!(is_bold("1. ", "Scope") && !is_bold("The ", "quay"));
    }

    #[test]
    fn letters_that_a_page_sets_apart_are_words() {
        let mut glyphs = Vec::new();
        for (row, words) in [&["harbours"][..], &["the", "quay"]].iter().enumerate() {
            let mut x = 60.0;
            for word in *words {
                for c in word.chars() {
                    glyphs.push(Glyph { baseline: 100.0 + 12.0 * row as f32, ..glyph(c, x, x + 5.0) });
                    x += 7.0;
                }
                x += 20.0;
            }
        }
        let texts: Vec<String> = pieces(&glyphs).into_iter().map(|piece| piece.text).collect();
        assert_eq!(texts, ["harbours", "the", "quay"]);
    }

    #[test]
    fn lines_of_a_box_without_a_margin_are_not_joined_to_those_beside_it() {
        let lines = |rows: std::ops::Range<usize>| {
            let mut pieces = vec![piece("a line above both", 60.0, 500.0, 0)];
            for row in rows {
                pieces.extend([piece("of the text", 60.0, 299.0, row), piece("of the box", 300.0, 500.0, row)]);
            }
            join_touching(pieces).len()
        };
        assert_eq!(lines(1..7), 13);
        // This few may begin below one another by chance.
        assert_eq!(lines(1..4), 4);
    }

    #[test]
    fn words_that_are_drawn_one_by_one_are_joined_where_some_begin_below_one_another() {
        let mut pieces = Vec::new();
        for row in 0..6 {
            let shift = if row == 2 { 3.0 } else { 0.0 };
            pieces.extend([piece("of the", 60.0, 297.0 + shift, row), piece("text", 300.0 + shift, 500.0, row)]);
        }
        assert_eq!(join_touching(pieces).len(), 6);
    }

    #[test]
    fn marks_stay_with_the_letters_that_they_were_drawn_behind() {
        let drawn = [glyph('ห', 0.0, 10.0), glyph('้', 10.0, 10.4), glyph('อ', 9.6, 19.0), glyph('ง', 19.0, 27.0)];
        assert_eq!(pieces(&drawn)[0].text, "ห้อง");
    }

    #[test]
    fn accents_are_on_their_letters_whichever_was_drawn_first() {
        let before = [glyph('n', 0.0, 5.5), glyph('a', 5.5, 10.5), glyph('\u{a8}', 9.5, 14.5), glyph('ı', 10.6, 13.4)];
        let behind = [glyph('n', 0.0, 5.5), glyph('e', 5.5, 10.0), glyph('\u{b4}', 5.4, 10.4), glyph('s', 10.0, 14.0)];
        let stroke = [glyph('L', 0.0, 6.2), glyph(STROKE, 0.4, 3.2), glyph('a', 6.2, 11.2)];
        let ring =
            [glyph('e', 0.0, 4.4), Glyph { baseline: 98.2, ..glyph('\u{2da}', 7.7, 15.2) }, glyph('A', 7.7, 15.2)];
        let over_capital = [Glyph { baseline: 97.4, ..glyph('\u{2c7}', 1.1, 6.1) }, glyph('C', 0.0, 7.2)];
        let alone = [glyph('\u{b4}', 0.0, 5.0), glyph('a', 5.0, 10.0), glyph('b', 10.0, 15.5)];
        for (glyphs, text) in [
            (&before[..], "naï"),
            (&behind, "nés"),
            (&stroke, "Ła"),
            (&ring, "e Å"),
            (&over_capital, "Č"),
            (&alone, "\u{b4}ab"),
        ] {
            assert_eq!(pieces(glyphs).iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>(), [text]);
        }
    }
}
