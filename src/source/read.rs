//! Reading one file into its sources.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use super::decode::Decoding;
use super::format::{self, Format, Reader};
use super::rows::{self, Columns};
use super::{Parsed, Source, isolate, markdown, own, plain, reading};
use crate::base::{Hashing, Key};
use crate::lang::shortened;

/// Documents larger than this are none that a person wrote.
const MAX_BYTES: u64 = 256 << 20;
/// Files of rows larger than this would not fit into memory once they are read.
const MAX_ROWS: u64 = 16 << 30;

/// Why a file could not be read. The path is the caller's to name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The operating system refused.
    #[error("{}", advised(.0))]
    Io(#[from] io::Error),
    /// The file holds NUL bytes, so no text.
    #[error("is a binary file, not a document that samesay reads ({})", endings())]
    Binary,
    /// The file is larger than any document.
    #[error("is larger than {}; split it, or exclude it", size(*.most))]
    TooLarge {
        /// The most bytes that a file of its format may have.
        most: u64,
    },
    /// The file is not what its name or its first bytes promise.
    #[error("cannot be read as {format}: {}", bounded(reason))]
    Malformed {
        /// The format's name.
        format: &'static str,
        /// What is wrong with the file.
        reason: String,
    },
    /// The reader of its format needed more memory or time than a document may take.
    #[error("the reader of {format} was stopped: {reason}")]
    Exhausted {
        /// The format's name.
        format: &'static str,
        /// Which limit it reached.
        reason: String,
    },
    /// The reader of its format failed on it.
    #[error("the reader of {format} was stopped: {}", bounded(reason))]
    Stopped {
        /// The format's name.
        format: &'static str,
        /// What stopped it.
        reason: String,
    },
    /// The reader of its format, a process of its own, could not be started.
    #[error("the reader of {format} could not be started: {}", advised(.error))]
    NotStarted {
        /// The format's name.
        format: &'static str,
        /// What the operating system said.
        error: io::Error,
    },
    /// There is less memory left than reading it takes.
    #[error("needs about {needed} MiB of memory, more than is left; split it, or allow more memory (ulimit -v)")]
    NoMemory {
        /// In MiB.
        needed: usize,
    },
    /// A store holds it in a form that is of no use here, and the file is not what it was.
    #[error(
        "is in the store as another version of samesay, or other settings, split it, and the file has changed or is gone; index it again"
    )]
    Outdated,
}

/// What the operating system said, and what to do where the limit of open files was reached.
fn advised(error: &io::Error) -> String {
    #[cfg(unix)]
    if error.raw_os_error() == Some(rustix::io::Errno::MFILE.raw_os_error()) {
        return format!("{error}; the limit of open files is too low: raise it (ulimit -n)");
    }
    error.to_string()
}

/// Longer messages quote a document at length.
const MAX_MESSAGE: usize = 400;

/// A message that quotes what somebody wrote, of a length that can be shown.
pub(super) fn bounded(message: &str) -> String {
    shortened(message, MAX_MESSAGE)
}

/// A document may have so many lines or paragraphs, however short they are.
const MAX_SHORT_PARTS: usize = 200_000;
/// With more of them, each has so many bytes in the mean: a part takes memory of its own.
const LEAST_PART: usize = 12;

/// Refuses what is cut into millions of lines or paragraphs of hardly a word.
///
/// # Errors
/// When the text, of so many bytes, is.
pub(super) fn check_parts(format: &'static str, parts: usize, bytes: usize) -> Result<(), ReadError> {
    if parts > MAX_SHORT_PARTS && bytes / parts < LEAST_PART {
        let reason = format!(
            "it has {parts} lines or paragraphs of {} bytes in the mean, which is no running text; exclude it",
            bytes / parts
        );
        return Err(ReadError::Malformed { format, reason });
    }
    Ok(())
}

/// Refuses text that is cut into more lines than it may be, and text for which there is no memory.
///
/// # Errors
/// When it is such a text.
pub(super) fn check_text(format: &'static str, text: &str) -> Result<(), ReadError> {
    let lines = text.bytes().filter(|byte| matches!(byte, b'\n' | b'\r' | 0x0c)).count();
    check_parts(format, lines, text.len())?;
    let needed = BYTES_A_BYTE * text.len() + BYTES_A_LINE * lines;
    // Nothing is written to what is mapped, so that this takes no memory; it fails where it could not be given.
    if needed > UNASKED && memmap2::MmapMut::map_anon(needed).is_err() {
        return Err(ReadError::NoMemory { needed: needed >> 20 });
    }
    Ok(())
}

/// About what reading a text and splitting it into passages takes: for its bytes, and for each of its lines.
const BYTES_A_BYTE: usize = 8;
const BYTES_A_LINE: usize = 256;
/// Less memory than this is always taken to be there.
const UNASKED: usize = 16 << 20;

impl ReadError {
    /// Whether the same bytes give the same error always, so that they need not be read again. A reader that ran out of
    /// its memory or computing time does so again; one that could not be started, or had to wait, may be luckier.
    pub(crate) fn is_lasting(&self) -> bool {
        match self {
            Self::Binary | Self::Malformed { .. } | Self::TooLarge { .. } | Self::Exhausted { .. } => true,
            Self::Io(_) | Self::Stopped { .. } | Self::NotStarted { .. } | Self::NoMemory { .. } | Self::Outdated => {
                false
            }
        }
    }
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Documents {
    /// In the order of the file.
    pub sources: Vec<Source>,
    /// What could not be read of it, each with its line.
    pub problems: Vec<String>,
    /// What should be known of how it was read.
    pub notes: Vec<String>,
    /// Whether some of it could not be read for a reason that may pass.
    pub passing: bool,
}

/// Reads the file at `path`, which is called `name`; the format follows from its first bytes and the ending of its
/// name. `columns` are those of tables. Gives also the key of what was read, which is the file's [`content_key`] if
/// nobody wrote to it since.
///
/// # Errors
/// When it cannot be opened or read, is larger than 256 MiB, or is not of its format.
pub fn read_file(path: &Path, name: &Path, columns: &Columns) -> Result<(Documents, Key), ReadError> {
    let mut file = Hashing::new(CONTENT, open(path)?);
    let documents = read(&mut file, name, columns)?;
    Ok((documents, file.finish()?))
}

/// The key of a file's bytes.
///
/// # Errors
/// When it cannot be opened or read, or is larger than any document of its format.
pub fn content_key(path: &Path) -> Result<Key, ReadError> {
    let mut file = open(path)?;
    let length = file.metadata()?.len();
    if length > MAX_BYTES {
        let mut head = Vec::new();
        file.by_ref().take(format::HEAD as u64).read_to_end(&mut head)?;
        // Rows are read one by one.
        let most = match format::of(path, &head).reader {
            Reader::Rows(_) | Reader::Mailbox => MAX_ROWS,
            _ => MAX_BYTES,
        };
        if length > most {
            return Err(ReadError::TooLarge { most });
        }
        Decoding::new(head, io::empty())?;
        file.rewind()?;
    }
    Ok(Key::of_stream(CONTENT, file)?)
}

/// Reads documents from bytes, such as those of stdin.
///
/// # Errors
/// As [`read_file`].
pub fn read_bytes(bytes: &[u8], path: &Path, columns: &Columns) -> Result<Documents, ReadError> {
    read(bytes, path, columns)
}

/// All that `from` gives, such as stdin or a pipe.
///
/// # Errors
/// When it cannot be read, or is larger than any document.
pub fn all_bytes(from: impl Read) -> Result<Vec<u8>, ReadError> {
    whole(Vec::new(), from)
}

/// What keys of files' bytes are called.
const CONTENT: &str = "file";

fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() { Err(io::Error::from(io::ErrorKind::IsADirectory)) } else { Ok(file) }
}

/// The name of the format that a path's ending stands for; empty where it stands for none.
pub fn format_by_ending(path: &Path) -> &'static str {
    format::by_ending(path).map_or("", |format| format.name)
}

fn read(from: impl Read, path: &Path, columns: &Columns) -> Result<Documents, ReadError> {
    let mut documents = reading::during(path, || read_as_it_is(from, path, columns))?;
    let of_sources = documents.sources.iter_mut().filter_map(|source| source.note.as_mut());
    let all = documents.problems.iter_mut().chain(&mut documents.notes).chain(of_sources);
    all.for_each(|said| *said = bounded(said));
    Ok(documents)
}

fn read_as_it_is(mut from: impl Read, path: &Path, columns: &Columns) -> Result<Documents, ReadError> {
    let mut head = Vec::new();
    from.by_ref().take(format::HEAD as u64).read_to_end(&mut head)?;
    if own::is_output(&head) {
        return Ok(Documents { notes: vec![own::NO_SOURCE.to_owned()], ..Documents::default() });
    }
    let format = format::of(path, &head);
    let shown = path.display().to_string();
    match format.reader {
        Reader::Document(parse) => {
            let parsed = isolate::parse(format, parse, &whole(head, from)?)?;
            let notes: Vec<String> = parsed.note.clone().into_iter().chain(format::note(format, path)).collect();
            let parsed = Parsed { note: (!notes.is_empty()).then(|| notes.join("; ")), ..parsed };
            let problems = parsed.missing.clone().into_iter().collect();
            Ok(Documents { sources: vec![source(&shown, parsed)], problems, ..Documents::default() })
        }
        Reader::Workbook(parse) => {
            let workbook = isolate::parse(format, parse, &whole(head, from)?)?;
            rows::of_workbook(format.name, &shown, workbook, columns)
        }
        Reader::Rows(rows) => rows::read(rows, &shown, head, from, columns),
        Reader::Mailbox => rows::mailbox::read(&shown, head.chain(from)),
        Reader::Nobody(advice) => {
            Err(ReadError::Malformed { format: format.name, reason: format!("unsupported format; {advice}") })
        }
    }
}

fn size(bytes: u64) -> String {
    if bytes >= 1 << 30 { format!("{} GiB", bytes >> 30) } else { format!("{} MiB", bytes >> 20) }
}

fn whole(mut head: Vec<u8>, from: impl Read) -> Result<Vec<u8>, ReadError> {
    from.take(MAX_BYTES + 1 - head.len() as u64).read_to_end(&mut head)?;
    if head.len() as u64 > MAX_BYTES {
        return Err(ReadError::TooLarge { most: MAX_BYTES });
    }
    Ok(head)
}

fn source(path: &str, parsed: Parsed) -> Source {
    let Parsed { metadata, content, note, .. } = parsed;
    Source { id: path.to_owned(), path: path.to_owned(), metadata, content, note }
}

/// Makes a source of text that is already in memory: Markdown where `path` ends so, else plain text.
pub fn read_str(path: &str, text: &str) -> Source {
    let parsed = match format::by_ending(Path::new(path)) {
        Some(Format { name: "Markdown", .. }) => markdown::parse_text(text),
        _ => plain::parse_text(text),
    };
    source(path, parsed)
}

/// The endings of all formats, for messages.
pub fn endings() -> String {
    let read = format::FORMATS.iter().filter(|format| format.is_read());
    let all = read.flat_map(|format| format.endings).map(|ending| format!(".{ending}"));
    all.collect::<Vec<_>>().join(" ")
}
