//! Reading one file into its sources.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use super::decode::Decoding;
use super::format::{self, Format, Reader};
use super::rows::{self, Columns, Rows};
use super::{Content, Parsed, Source, isolate, markdown, own, plain, reading, transcript};
use crate::base::{Hashing, Key};
use crate::lang::shortened;

/// Largest size of a document, in bytes.
const MAX_BYTES: u64 = 256 << 20;
/// Largest size of a file of rows, in bytes; larger ones would not fit into memory once read.
const MAX_ROWS: u64 = 16 << 30;

/// Why a file could not be read. The caller adds the path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The operating system reported an error.
    #[error("{}", advised(.0))]
    Io(#[from] io::Error),
    /// The file contains NUL bytes, so it is not text.
    #[error("is a binary file, not a document that samesay reads ({})", endings())]
    Binary,
    /// The file is larger than the limit for documents.
    #[error("is larger than {}; split it, or exclude it", size(*.most))]
    TooLarge {
        /// Largest size of a file of its format, in bytes.
        most: u64,
    },
    /// The file is not what its name or its first bytes indicate.
    #[error("cannot be read as {format}: {}", bounded(reason))]
    Malformed {
        /// The format's name.
        format: &'static str,
        /// What is wrong with the file.
        reason: String,
    },
    /// The reader of its format needed more memory or time than a document may take.
    #[error(
        "the reader of {format} was stopped: {reason}; a store remembers this until the file changes or the store is \
         rebuilt"
    )]
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
    /// The reader of its format, a separate process, could not be started.
    #[error("the reader of {format} could not be started: {}", advised(.error))]
    NotStarted {
        /// The format's name.
        format: &'static str,
        /// The error of the operating system.
        error: io::Error,
    },
    /// Less memory is left than reading the file takes.
    #[error("needs about {needed} MiB of memory, more than is left; split it, or allow more memory (ulimit -v)")]
    NoMemory {
        /// Memory needed, in MiB.
        needed: usize,
    },
    /// A store has it in a form that is of no use here, and the file has changed since.
    #[error(
        "was indexed by another version or with other settings, and the file has since changed or gone; index it again"
    )]
    Outdated,
}

/// The operating system's error, and what to do if the limit of open files was reached.
fn advised(error: &io::Error) -> String {
    #[cfg(unix)]
    if error.raw_os_error() == Some(rustix::io::Errno::MFILE.raw_os_error()) {
        return format!("{error}; the limit of open files is too low: raise it (ulimit -n)");
    }
    error.to_string()
}

/// Longer messages quote a document at length.
const MAX_MESSAGE: usize = 400;

/// Shortens a message that quotes a document to a length that can be shown.
pub(super) fn bounded(message: &str) -> String {
    shortened(message, MAX_MESSAGE)
}

/// A document may have this many lines or paragraphs, however short they are.
const MAX_SHORT_PARTS: usize = 200_000;
/// With more of them, their mean length in bytes is at least this: each part takes memory of its own.
const LEAST_PART: usize = 12;

/// Refuses a text that is cut into huge numbers of very short lines or paragraphs.
///
/// # Errors
/// When the text of `bytes` bytes is such a text.
pub(super) fn check_parts(format: &'static str, parts: usize, bytes: usize) -> Result<(), ReadError> {
    if parts > MAX_SHORT_PARTS && bytes / parts < LEAST_PART {
        let reason = format!(
            "it has {parts} lines or paragraphs of {} bytes on average, so it is not running text; exclude it",
            bytes / parts
        );
        return Err(ReadError::Malformed { format, reason });
    }
    Ok(())
}

/// Refuses text that is cut into too many lines, and text for which there is not enough memory.
///
/// # Errors
/// When the text is refused.
pub(super) fn check_text(format: &'static str, text: &str) -> Result<(), ReadError> {
    let lines = text.bytes().filter(|byte| matches!(byte, b'\n' | b'\r' | 0x0c)).count();
    check_parts(format, lines, text.len())?;
    let needed = BYTES_PER_BYTE * text.len() + BYTES_PER_LINE * lines;
    // Mapped memory takes no space until it is written to; mapping fails where the memory could not be given.
    if needed > UNASKED && memmap2::MmapMut::map_anon(needed).is_err() {
        return Err(ReadError::NoMemory { needed: needed >> 20 });
    }
    Ok(())
}

/// Approximate memory for reading a text and splitting it into passages: per byte of text, and per line.
const BYTES_PER_BYTE: usize = 8;
const BYTES_PER_LINE: usize = 256;
/// Less memory than this is always assumed to be free.
const UNASKED: usize = 16 << 20;

impl ReadError {
    /// Whether the same bytes always give the same error, so that they need not be read again. A reader that ran out of
    /// memory or computing time would do so again; one that could not be started, or had to wait, may succeed.
    pub(crate) fn is_lasting(&self) -> bool {
        match self {
            Self::Binary | Self::Malformed { .. } | Self::TooLarge { .. } | Self::Exhausted { .. } => true,
            Self::Io(_) | Self::Stopped { .. } | Self::NotStarted { .. } | Self::NoMemory { .. } | Self::Outdated => {
                false
            }
        }
    }
}

/// What a file contains.
#[derive(Debug, Default)]
pub struct Documents {
    /// The sources, in the order of the file.
    pub sources: Vec<Source>,
    /// What could not be read, each with its line.
    pub problems: Vec<String>,
    /// Remarks on how it was read.
    pub notes: Vec<String>,
    /// Whether some of it could not be read for a temporary reason.
    pub passing: bool,
}

/// Reads the file at `path`, which is called `name`; the format follows from its first bytes and the ending of its
/// name. `columns` are the columns of tables. Also returns the key of what was read, which is the file's
/// [`content_key`] unless the file has changed since.
///
/// # Errors
/// When it cannot be opened or read, is a document larger than 256 MiB, or is not of its format.
pub fn read_file(path: &Path, name: &Path, columns: &Columns) -> Result<(Documents, Key), ReadError> {
    let mut file = Hashing::new(CONTENT, open(path)?);
    let documents = read(&mut file, name, columns)?;
    Ok((documents, file.finish()?))
}

/// Returns the key of a file's bytes.
///
/// # Errors
/// When it cannot be opened or read, or is larger than the limit for its format.
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
/// The same as for [`read_file`].
pub fn read_bytes(bytes: &[u8], path: &Path, columns: &Columns) -> Result<Documents, ReadError> {
    read(bytes, path, columns)
}

/// Reads all bytes of `from`, such as stdin or a pipe.
///
/// # Errors
/// When it cannot be read, or is larger than the limit for documents.
pub fn all_bytes(from: impl Read) -> Result<Vec<u8>, ReadError> {
    whole(Vec::new(), from)
}

/// The domain of keys of file contents.
const CONTENT: &str = "file";

fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() { Err(io::Error::from(io::ErrorKind::IsADirectory)) } else { Ok(file) }
}

/// Returns the name of the format that a path's ending stands for; empty if it stands for none.
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
            let mut parsed = isolate::parse(format, parse, &whole(head, from)?)?;
            if let Content::Blocks(blocks) = &mut parsed.content {
                transcript::mark_blocks(blocks);
            }
            let notes: Vec<String> = parsed.note.clone().into_iter().chain(format::note(format, path)).collect();
            let parsed = Parsed { note: (!notes.is_empty()).then(|| notes.join("; ")), ..parsed };
            let problems = parsed.missing.clone().into_iter().collect();
            Ok(Documents { sources: vec![source(&shown, parsed)], problems, ..Documents::default() })
        }
        Reader::Workbook(parse) => {
            let workbook = isolate::parse(format, parse, &whole(head, from)?)?;
            rows::of_workbook(format.name, &shown, workbook, columns)
        }
        Reader::Rows(Rows::Json | Rows::Jsonl) if own::are_vectors(&head) => {
            Ok(Documents { notes: vec![own::VECTORS.to_owned()], ..Documents::default() })
        }
        Reader::Rows(rows) => rows::read(rows, &shown, head, from, columns),
        Reader::Mailbox => rows::mailbox::read(&shown, head.chain(from)),
        Reader::Unsupported(advice) => {
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

/// Makes a source from text in memory: Markdown if the ending of `path` says so, else plain text.
pub fn read_str(path: &str, text: &str) -> Source {
    let parsed = match format::by_ending(Path::new(path)) {
        Some(Format { name: "Markdown", .. }) => markdown::parse_text(text),
        _ => plain::parse_text(text),
    };
    source(path, parsed)
}

/// Returns the endings of all formats, for messages.
pub fn endings() -> String {
    let read = format::FORMATS.iter().filter(|format| format.is_read());
    let all = read.flat_map(|format| format.endings).map(|ending| format!(".{ending}"));
    all.collect::<Vec<_>>().join(" ")
}
