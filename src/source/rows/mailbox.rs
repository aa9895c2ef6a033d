//! Mailboxes (RFC 4155): consecutive messages, each below a line that begins with `From `.

use std::io::{BufRead, Read};

use super::{Ids, MAX_PROBLEMS, MAX_ROW, buffered, short_id};
use crate::source::format::MAIL;
use crate::source::{Block, Content, Documents, LocatedText, Parsed, Place, ReadError, Source, isolate, mail};

/// Reads a mailbox, message by message.
pub fn read(path: &str, from: impl Read) -> Result<Documents, ReadError> {
    let mut from = buffered(from);
    let mut collector =
        Collector { path, ids: Ids::default(), documents: Documents::default(), messages: 0, failed: 0 };
    let mut message = Message { first: 1, bytes: Vec::new() };
    let (mut line, mut number, mut after_blank) = (Vec::new(), 0, true);
    while from.by_ref().take(MAX_ROW as u64).read_until(b'\n', &mut line)? > 0 {
        number += 1;
        if after_blank && mail::is_envelope(&String::from_utf8_lossy(&line[..line.len().min(200)])) {
            collector.take(std::mem::replace(&mut message, Message { first: number + 1, bytes: Vec::new() }));
        } else if message.bytes.len() <= MAX_ROW {
            message.bytes.extend_from_slice(unescaped(&line));
        }
        after_blank = line.trim_ascii().is_empty();
        line.clear();
    }
    collector.take(message);
    collector.finish()
}

/// A message's bytes, and the line of the file at which they begin.
struct Message {
    first: usize,
    bytes: Vec<u8>,
}

/// Returns a line without the mark that distinguishes it from the beginning of a message.
fn unescaped(line: &[u8]) -> &[u8] {
    let bare = line.iter().position(|byte| *byte != b'>').unwrap_or(0);
    if bare > 0 && line[bare..].starts_with(b"From ") { &line[1..] } else { line }
}

/// Makes sources from messages.
struct Collector<'a> {
    path: &'a str,
    ids: Ids,
    documents: Documents,
    messages: usize,
    failed: usize,
}

impl Collector<'_> {
    fn take(&mut self, message: Message) {
        if message.bytes.trim_ascii().is_empty() {
            return;
        }
        self.messages += 1;
        let parsed = if message.bytes.len() > MAX_ROW {
            Err(ReadError::Malformed { format: "e-mail", reason: format!("it is longer than {} MiB", MAX_ROW >> 20) })
        } else {
            isolate::parse(&MAIL, mail::parse, &message.bytes)
        };
        match parsed {
            Ok(parsed) => self.push(&message, parsed),
            Err(error) => {
                self.documents.passing |= !error.is_lasting();
                self.problem(message.first, &format!("the message {error}"));
            }
        }
    }

    fn push(&mut self, message: &Message, Parsed { metadata, content, note, missing }: Parsed) {
        let id = match message_id(&message.bytes) {
            Some(id) => format!("{}:{}", self.path, short_id(&id)),
            None => format!("{}#{}", self.path, self.messages),
        };
        let (id, path) = (self.ids.unique(id), self.path.to_owned());
        let content = placed(content, message.first);
        self.documents.sources.push(Source { id, path, metadata, content, note });
        if let Some(missing) = missing {
            self.problem(message.first, &format!("the message {missing}"));
        }
    }

    fn problem(&mut self, line: usize, what: &str) {
        self.failed += 1;
        if self.failed <= MAX_PROBLEMS {
            self.documents.problems.push(format!("line {line}: {what}"));
        }
    }

    fn finish(mut self) -> Result<Documents, ReadError> {
        if self.messages == 0 {
            return Err(ReadError::Malformed { format: "mailbox", reason: "it has no messages".to_owned() });
        }
        if self.failed > MAX_PROBLEMS {
            let more = self.failed - MAX_PROBLEMS;
            self.documents.problems.push(format!("{more} more could not be read completely"));
        }
        Ok(self.documents)
    }
}

/// Returns the message's id from its header.
fn message_id(bytes: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"message-id:";
    let header = bytes.split(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii().is_empty());
    let named = |line: &&[u8]| line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME));
    let line = header.take(1000).find(named)?;
    let value = String::from_utf8_lossy(line[NAME.len()..].trim_ascii()).into_owned();
    let id = value.trim_matches(['<', '>']);
    (!id.is_empty() && id.len() <= 200 && !id.contains(char::is_whitespace)).then(|| id.to_owned())
}

/// Returns a message's text, with its lines counted from `first`.
fn placed(content: Content, first: usize) -> Content {
    match content {
        Content::Lines(mut lines) => {
            for line in &mut lines {
                line.place.line = Some(line.place.line.map_or(first, |line| line + first - 1));
            }
            Content::Lines(lines)
        }
        Content::Blocks(blocks) => {
            let place = |block: Block| {
                let (text, _) = block.text.into_parts();
                Block { kind: block.kind, text: LocatedText::from_parts(text, vec![(0, Place::line(first))]) }
            };
            Content::Blocks(blocks.into_iter().map(place).collect())
        }
    }
}
