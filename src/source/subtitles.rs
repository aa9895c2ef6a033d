//! Subtitles (`SubRip`, `WebVTT`): what is said, in sentences across cues, with the second at which it begins.

use std::collections::HashSet;

use super::decode::decode_text;
use super::pdf::ends_sentence;
use super::read::check_text;
use super::transcript::is_name;
use super::{Block, BlockKind, Content, LocatedText, Metadata, Parsed, Place, ReadError, plain};
use crate::lang::english::sentence;
use crate::lang::english::speech::is_sound;
use crate::lang::one_line;

/// A pause of this many milliseconds begins a new passage.
const PAUSE: u64 = 4000;
/// A passage ends after this many sentences, or after this many words in a text without punctuation.
const SENTENCES: usize = 5;
const UNPUNCTUATED_WORDS: usize = 80;
/// A text is punctuated if at least one sentence ends per this many words.
const WORDS_PER_STOP: usize = 60;

/// Minimum number of cues that begin with a name in a file that names its speakers so.
const CALLS: usize = 3;

/// Anything longer is not a tag.
const MAX_TAG: usize = 200;

const SOUND: &str = "sound description";

/// Reads subtitles; a file without cues is read as plain text.
///
/// # Errors
/// When it is not text.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let (text, note) = decode_text(bytes)?;
    check_text("subtitles", &text)?;
    let lines = plain::lines(&text);
    let lines: Vec<&str> = lines.iter().map(|line| line.raw.as_str()).collect();
    let (cues, mut blocks) = cues(&lines);
    if cues.is_empty() {
        return Ok(Parsed { note, ..plain::parse_text(&text) });
    }
    let mut joiner = Joiner::new(&cues);
    for (at, cue) in cues.iter().enumerate() {
        joiner.cue(cue, at.checked_sub(1).map(|before| &cues[before]));
    }
    blocks.extend(joiner.finish());
    let language = lines.iter().take(10).find_map(|line| line.strip_prefix("Language:"));
    let metadata = Metadata { language: language.map(|tag| tag.trim().to_owned()), ..Metadata::default() };
    Ok(Parsed { metadata, content: Content::Blocks(blocks), note, missing: None })
}

/// Whether a file with this beginning can only be subtitles.
pub fn begins(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let timed = std::str::from_utf8(second).is_ok_and(|line| timing(line).is_some());
    first.starts_with(b"WEBVTT") || timed && !first.is_empty() && first.iter().all(u8::is_ascii_digit)
}

/// What is shown at one time.
struct Cue {
    /// In milliseconds.
    start: u64,
    end: u64,
    /// The line of the file, 1-based.
    line: usize,
    texts: Vec<String>,
}

impl Cue {
    fn place(&self) -> Place {
        Place { time: u32::try_from(self.start / 1000).ok(), ..Place::line(self.line) }
    }
}

/// Returns the cues, and what else the file contains: comments and styles.
fn cues(lines: &[&str]) -> (Vec<Cue>, Vec<Block>) {
    let mut cues: Vec<Cue> = Vec::new();
    let mut rest = Vec::new();
    let mut comment = false;
    for (at, line) in lines.iter().enumerate() {
        if let Some((start, end)) = timing(line) {
            comment = false;
            cues.push(Cue { start, end, line: at + 1, texts: Vec::new() });
        } else if lines.get(at + 1).is_some_and(|next| timing(next).is_some()) && is_identifier(lines, at) {
            comment = false;
        } else if is_block(lines, at) || comment && !line.trim().is_empty() {
            comment = true;
            rest.push(Block { kind: BlockKind::NotProse, text: LocatedText::new(line, Place::line(at + 1)) });
        } else if let Some(cue) = cues.last_mut().filter(|_| !line.trim().is_empty()) {
            cue.texts.push((*line).to_owned());
        } else {
            comment = false;
        }
    }
    (cues, rest)
}

/// Whether a line is the number or name of a cue, which is alone above the times.
fn is_identifier(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim();
    line.bytes().all(|byte| byte.is_ascii_digit()) || at == 0 || lines[at - 1].trim().is_empty()
}

/// Whether a line is the first of a comment, a style or a region in `WebVTT`.
fn is_block(lines: &[&str], at: usize) -> bool {
    let first = lines[at].split_whitespace().next().unwrap_or("");
    let after_blank = at == 0 || lines[at - 1].trim().is_empty();
    after_blank
        && matches!(first, "NOTE" | "STYLE" | "REGION")
        && lines[0].trim_start_matches('\u{feff}').starts_with("WEBVTT")
}

/// Parses `00:00:04,120 --> 00:00:07,900`, ignoring what follows it.
fn timing(line: &str) -> Option<(u64, u64)> {
    let (start, end) = line.split_once("-->")?;
    Some((time(start.trim())?, time(end.split_whitespace().next()?)?))
}

/// Parses `00:01:02,345` or `01:02.345` to milliseconds.
fn time(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let parts: Vec<u64> = whole.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let seconds = match parts[..] {
        [minutes, seconds] => minutes.checked_mul(60)?.checked_add(seconds)?,
        [hours, minutes, seconds] => {
            hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(seconds)?
        }
        _ => return None,
    };
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    seconds.checked_mul(1000)?.checked_add(millis.parse().ok()?)
}

/// A line of a cue without its marks, and its speaker.
struct Utterance {
    speaker: Option<String>,
    text: String,
    sounds: Vec<String>,
}

/// Joins cues into passages.
struct Joiner {
    /// Whether each cue repeats the last line of the previous one.
    rolling: bool,
    punctuated: bool,
    /// The names with a colon before what their owners say.
    callers: HashSet<String>,
    blocks: Vec<Block>,
    open: LocatedText,
    /// Number of sentences and words in `open`.
    sentences: usize,
    words: usize,
    speaker: Option<String>,
    /// The lines shown by the last cues.
    shown: Vec<String>,
    /// Sound descriptions that appeared within `open`.
    sounds: Vec<Block>,
}

impl Joiner {
    fn new(cues: &[Cue]) -> Self {
        let repeats = cues.windows(2).filter(|pair| repeats(&pair[0], &pair[1])).count();
        let (stops, words) = cues.iter().flat_map(|cue| &cue.texts).fold((0, 0), |(stops, words), text| {
            let here = text.split_whitespace();
            (stops + here.clone().filter(|word| ends_sentence(word)).count(), words + here.count())
        });
        Self {
            rolling: repeats >= 2 && repeats * 3 >= cues.len(),
            punctuated: stops * WORDS_PER_STOP >= words,
            callers: callers(cues),
            blocks: Vec::new(),
            open: LocatedText::default(),
            sentences: 0,
            words: 0,
            speaker: None,
            shown: Vec::new(),
            sounds: Vec::new(),
        }
    }

    fn cue(&mut self, cue: &Cue, before: Option<&Cue>) {
        let texts = self.new_texts(cue, before);
        let pause = before.map_or(0, |before| cue.start.saturating_sub(before.end));
        let mut first = true;
        for utterance in utterances(&texts, &self.callers) {
            for sound in &utterance.sounds {
                let text = LocatedText::new(sound, cue.place());
                self.sounds.push(Block { kind: BlockKind::Furniture(SOUND), text });
            }
            if utterance.text.is_empty() {
                continue;
            }
            let other = utterance.speaker.is_some() && utterance.speaker != self.speaker;
            for (at, piece) in pieces(&utterance.text).into_iter().enumerate() {
                if other && at == 0 || self.ends_before(piece, if first { pause } else { 0 }) {
                    self.flush();
                }
                if at == 0 && utterance.speaker.is_some() {
                    self.speaker.clone_from(&utterance.speaker);
                }
                self.push(piece, cue.place());
                first = false;
            }
        }
    }

    /// Returns the lines of a cue that the previous one did not show.
    fn new_texts(&mut self, cue: &Cue, before: Option<&Cue>) -> Vec<String> {
        let bare: Vec<String> = cue.texts.iter().map(|text| without_marks(text)).collect();
        let same = before.is_some_and(|before| before.start == cue.start && before.texts == cue.texts);
        let keep = match () {
            () if same => bare.len(),
            () if self.rolling => (0..=bare.len().min(self.shown.len()))
                .rev()
                .find(|count| self.shown.ends_with(&bare[..*count]))
                .unwrap_or(0),
            () => 0,
        };
        self.shown.extend(bare.iter().skip(keep).filter(|text| !text.is_empty()).cloned());
        let old = self.shown.len().saturating_sub(4);
        self.shown.drain(..old);
        cue.texts[keep..].to_vec()
    }

    /// Whether the open text ends before this piece.
    fn ends_before(&self, piece: &str, pause: u64) -> bool {
        let text = self.open.as_str();
        let abbreviated = || {
            let last = text.rsplit(' ').next().unwrap_or("").trim_end_matches('.').to_lowercase();
            sentence::TITLES.contains(&last.as_str())
        };
        if ends_sentence(text) && !abbreviated() {
            return pause >= PAUSE || self.sentences >= SENTENCES;
        }
        // Signs and titles do not end in a full stop; nor does any sentence of a text without punctuation.
        let capital = piece.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(char::is_uppercase);
        pause >= PAUSE && (capital || !self.punctuated) && !text.ends_with([',', '-'])
            || !self.punctuated && self.words >= UNPUNCTUATED_WORDS
    }

    fn push(&mut self, piece: &str, place: Place) {
        self.open.space();
        self.open.push(piece, place);
        self.sentences += usize::from(ends_sentence(piece));
        self.words += piece.split_whitespace().count();
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.open);
        (self.sentences, self.words) = (0, 0);
        if !text.is_empty() {
            let speaker = LocatedText::new(self.speaker.as_deref().unwrap_or(""), text.place());
            self.blocks.push(Block { kind: BlockKind::Speaker, text: speaker });
            self.blocks.push(Block { kind: BlockKind::Speech, text });
        }
        self.blocks.append(&mut self.sounds);
    }

    fn finish(mut self) -> Vec<Block> {
        self.flush();
        self.blocks
    }
}

/// Whether a cue begins with the last line of the previous one.
fn repeats(before: &Cue, cue: &Cue) -> bool {
    let close = cue.start <= before.end + 500;
    let (last, first) = (before.texts.last(), cue.texts.first());
    close && last.zip(first).is_some_and(|(last, first)| without_marks(last) == without_marks(first))
}

/// Joins the lines of a cue into utterances: a dash, an arrow or a name begins a new one.
fn utterances(texts: &[String], callers: &HashSet<String>) -> Vec<Utterance> {
    let mut all: Vec<Utterance> = Vec::new();
    for raw in texts {
        let (speaker, text) = speaker_of(raw, callers);
        let begins = speaker.is_some() || text.starts_with(['-', '–', '—', '‐', '>']);
        let text = text.trim_start_matches(['-', '–', '—', '‐', '>', ' ']);
        match all.last_mut().filter(|_| !begins) {
            Some(last) => {
                last.text.push(' ');
                last.text.push_str(text);
            }
            None => all.push(Utterance { speaker, text: text.to_owned(), sounds: Vec::new() }),
        }
    }
    all.into_iter().map(without_sounds).collect()
}

/// Returns the names before a colon at the beginnings of cues, if most cues have one, as transcripts of meetings do.
fn callers(cues: &[Cue]) -> HashSet<String> {
    let name = |text: &String| {
        let text = without_marks(text);
        text.split_once(": ").map(|(name, _)| name).filter(|name| is_name(name)).map(str::to_owned)
    };
    let named: Vec<String> = cues.iter().filter_map(|cue| cue.texts.first().and_then(name)).collect();
    if named.len() >= CALLS && named.len() * 2 >= cues.len() { named.into_iter().collect() } else { HashSet::new() }
}

/// Returns the speaker of a line, from a `WebVTT` tag or a name with a colon, in capitals or among the callers, and the
/// line without marks.
fn speaker_of(raw: &str, callers: &HashSet<String>) -> (Option<String>, String) {
    let text = without_marks(raw);
    let tagged = raw.find("<v").and_then(|at| {
        let tag = raw[at + 2..].split('>').next()?;
        let name = tag.trim_start_matches(|c: char| !c.is_whitespace()).trim();
        (!name.is_empty()).then(|| name.to_owned())
    });
    let bare = text.trim_start_matches(['-', '–', '>', ' ']);
    let named = bare.split_once(": ").or_else(|| bare.strip_suffix(':').map(|name| (name, "")));
    match (tagged, named) {
        (Some(name), _) => (Some(name), text),
        (None, Some((name, rest))) if is_name_in_capitals(name) || callers.contains(name) => {
            (Some(name.to_owned()), rest.to_owned())
        }
        _ => (None, text),
    }
}

fn is_name_in_capitals(name: &str) -> bool {
    name.split_whitespace().count() <= 4
        && name.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && !name.contains(char::is_lowercase)
        && !name.contains(['.', '!', '?', '[', '('])
        || name.strip_prefix("Speaker ").is_some_and(|number| number.parse::<u32>().is_ok())
}

/// Returns a line without tags, style codes and escapes.
fn without_marks(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['<', '{']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let tag = rest[1..].starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '\\'));
        let close = if rest.starts_with('<') { b'>' } else { b'}' };
        let coded = rest.starts_with('<') || rest.starts_with("{\\") || rest.get(2..3) == Some(":");
        // Anything that is never closed is not a tag.
        let closed = || rest.bytes().take(MAX_TAG).position(|byte| byte == close);
        let Some(end) = (tag && coded).then(closed).flatten() else {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
            continue;
        };
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    let plain =
        [("\\N", " "), ("\\n", " "), ("\\h", " "), ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&lrm;", "")];
    let plain = plain
        .iter()
        .fold(out, |text, (code, plain)| if text.contains(code) { text.replace(code, plain) } else { text });
    one_line(&plain.replace("&amp;", "&"))
}

/// Takes sound descriptions in brackets out of what is said.
fn without_sounds(mut utterance: Utterance) -> Utterance {
    let mut text = String::new();
    let mut rest = utterance.text.as_str();
    while let Some(at) = rest.find(['[', '(', '【', '（']) {
        let open = rest[at..].chars().next().unwrap_or('[');
        let close = match open {
            '[' => ']',
            '(' => ')',
            '【' => '】',
            _ => '）',
        };
        let Some(end) = rest[at..].find(close) else { break };
        let inside = &rest[at + open.len_utf8()..at + end];
        let alone = text.trim().is_empty()
            && rest[..at].trim().is_empty()
            && rest[at + end + close.len_utf8()..].trim().is_empty();
        let length = end + close.len_utf8();
        if open == '['
            || open == '【'
            || alone
            || is_sound(inside)
            || !inside.contains(char::is_lowercase) && inside.len() > 4
        {
            text.push_str(&rest[..at]);
            utterance.sounds.push(rest[at..at + length].to_owned());
        } else {
            text.push_str(&rest[..at + length]);
        }
        rest = &rest[at + length..];
    }
    text.push_str(rest);
    let spoken = text.split_whitespace().filter(|word| !matches!(*word, "♪" | "♫" | "♪♪" | "#"));
    let spoken = spoken.collect::<Vec<_>>().join(" ");
    utterance.text = if spoken.contains(char::is_alphanumeric) { spoken } else { String::new() };
    utterance.text = utterance.text.trim_start_matches(['-', '–', ':', ' ']).to_owned();
    utterance
}

/// Splits what is said after the sentences that end in it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(' ') {
        let next = text[at + 1..].trim_start_matches(|c: char| !c.is_alphanumeric() && !c.is_whitespace());
        if ends_sentence(&text[start..at]) && !next.starts_with(char::is_lowercase) {
            pieces.push(&text[start..at]);
            start = at + 1;
        }
    }
    pieces.push(&text[start..]);
    pieces
}
