//! `embed`: raw vectors, with memory that does not grow with the input.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, Result};
use ndarray::Array2;
use samesay::model::{Prompt, Text};
use samesay::report::counted;
use samesay::source::Decoding;

use super::Outcome;
use super::args::{EmbedArgs, Format};
use super::config::{Config, UsageError, no_such};
use super::output::{Existing, WholeFile};

/// Lines that are embedded at a time.
const LINES: usize = 4096;
/// Where the encoding is found out.
const HEAD: u64 = 8192;
/// A line longer than this is cut off where it is read: no window holds as much.
const MAX_LINE: u64 = 1 << 20;

/// `samesay embed`
pub fn embed(config: &Config, args: EmbedArgs) -> Result<Outcome> {
    let format = format(config, &args)?;
    if args.output.as_deref().is_some_and(|output| same_file(output, &args.path)) {
        return Err(
            UsageError(format!("-o {}: is also the input and would be overwritten", args.path.display())).into()
        );
    }
    let mut input = open(&args.path)?;
    let embedder = match &args.prompt {
        Some(name) => config.embedder_with_prompt(name)?,
        None => config.embedder()?,
    };
    let mut out = Sink::new(format, args.output.as_deref(), args.force, embedder.model().dim())?;
    let shown = args.path.display().to_string();
    let place = args.output.as_ref().map_or("stdout".to_owned(), |output| output.display().to_string());
    let mut cut = 0;
    loop {
        let texts = if args.lines {
            next_lines(&mut input).with_context(|| shown.clone())?
        } else {
            whole(&mut input).with_context(|| shown.clone())?
        };
        if !texts.is_empty() {
            let texts: Vec<Text> = texts.iter().map(|text| Text { text, sentences: &[] }).collect();
            let embedded = embedder.embed_with_sentences(&texts, Prompt::None, &|_| {})?;
            cut += embedded.cut;
            out.write(&embedded.texts).context(place.clone())?;
        }
        if !args.lines || texts.len() < LINES {
            break;
        }
    }
    out.finish().context(place)?;
    input.get_ref().note().iter().for_each(|note| config.warn(&format!("{shown}: {note}")));
    if cut > 0 {
        let is = if cut == 1 { "is" } else { "are" };
        let window = embedder.model().settings().window;
        config.warn(&format!(
            "{shown}: {} {is} longer than the model's {window} tokens; the rest is not part of the vectors",
            counted(cut, "text")
        ));
    }
    Ok(Outcome::Found)
}

fn same_file(a: &Path, b: &Path) -> bool {
    a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b))
}

fn format(config: &Config, args: &EmbedArgs) -> Result<VectorFormat> {
    let npy_ending = args
        .output
        .as_ref()
        .is_some_and(|path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("npy")));
    match config.format {
        Format::Npy => Ok(VectorFormat::Npy),
        Format::Jsonl => Ok(VectorFormat::Jsonl),
        Format::Text if npy_ending => Ok(VectorFormat::Npy),
        Format::Text => Ok(VectorFormat::Jsonl),
        Format::Json | Format::Csv | Format::Parquet => Err(no_such(config.format, "jsonl or npy")),
    }
}

/// The input as text, in whatever encoding it is.
fn open(path: &Path) -> Result<BufReader<Decoding<Box<dyn Read>>>> {
    let shown = || path.display().to_string();
    let mut input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let file = File::open(path).and_then(|file| {
            if file.metadata()?.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(file) }
        });
        Box::new(file.with_context(shown)?)
    };
    let mut head = Vec::new();
    input.by_ref().take(HEAD).read_to_end(&mut head).with_context(shown)?;
    Ok(BufReader::new(Decoding::new(head, input).with_context(shown)?))
}

/// The whole input as one text.
fn whole(input: &mut impl BufRead) -> io::Result<Vec<String>> {
    let mut bytes = Vec::new();
    input.take(MAX_LINE).read_to_end(&mut bytes)?;
    Ok(vec![String::from_utf8_lossy(&bytes).into_owned()])
}

/// The next lines, without their ends.
fn next_lines(input: &mut impl BufRead) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    let mut bytes = Vec::new();
    while lines.len() < LINES {
        bytes.clear();
        if Read::take(&mut *input, MAX_LINE).read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        if !bytes.ends_with(b"\n") && bytes.len() as u64 == MAX_LINE {
            skip_line(input)?;
        }
        let text = String::from_utf8_lossy(&bytes);
        lines.push(text.trim_end_matches(['\n', '\r']).to_owned());
    }
    Ok(lines)
}

/// Reads up to and with the next line feed, keeping nothing.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |at| at + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

/// How vectors are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum VectorFormat {
    Jsonl,
    Npy,
}

/// Where vectors go. A npy file says in its head how many rows it holds: to a file the head is written again at the
/// end, to stdout and to pipes the rows wait in a temporary file.
enum Sink {
    Jsonl { out: BufWriter<Box<dyn Write>>, whole: Option<WholeFile> },
    Npy { rows: BufWriter<File>, count: usize, dim: usize, whole: Option<WholeFile> },
}

impl Sink {
    fn new(format: VectorFormat, output: Option<&Path>, force: bool, dim: usize) -> Result<Self> {
        let create = |path: &Path| -> Result<WholeFile> {
            let existing = existing(path, format, force)?;
            WholeFile::create(path, existing).with_context(|| path.display().to_string())
        };
        let mut whole = output.map(create).transpose()?;
        match format {
            VectorFormat::Jsonl => {
                let out: Box<dyn Write> = match &mut whole {
                    Some(whole) => Box::new(whole.file().try_clone()?),
                    None => Box::new(io::stdout().lock()),
                };
                Ok(Self::Jsonl { out: BufWriter::new(out), whole })
            }
            VectorFormat::Npy => {
                let file = match &mut whole {
                    Some(whole @ WholeFile::Beside { .. }) => whole.file().try_clone()?,
                    Some(WholeFile::InPlace(_)) | None => tempfile::tempfile().context("a temporary file")?,
                };
                let mut rows = BufWriter::new(file);
                rows.write_all(&npy_head(0, dim))?;
                Ok(Self::Npy { rows, count: 0, dim, whole })
            }
        }
    }

    fn write(&mut self, vectors: &Array2<f32>) -> Result<()> {
        match self {
            Self::Jsonl { out, .. } => {
                for row in vectors.rows() {
                    serde_json::to_writer(&mut *out, &row.to_vec()).map_err(io::Error::from)?;
                    out.write_all(b"\n")?;
                }
            }
            Self::Npy { rows, count, .. } => {
                *count += vectors.nrows();
                for value in vectors {
                    rows.write_all(&value.to_le_bytes())?;
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<()> {
        let whole = match self {
            Self::Jsonl { mut out, whole } => {
                out.flush()?;
                whole
            }
            Self::Npy { rows, count, dim, mut whole } => {
                let mut file = rows.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.seek(SeekFrom::Start(0))?;
                file.write_all(&npy_head(count, dim))?;
                file.seek(SeekFrom::Start(0))?;
                match &mut whole {
                    // The rows are there already.
                    Some(WholeFile::Beside { .. }) => {}
                    Some(WholeFile::InPlace(pipe)) => drop(io::copy(&mut file, pipe)?),
                    None => drop(io::copy(&mut file, &mut io::stdout().lock())?),
                }
                whole
            }
        };
        whole.map_or(Ok(()), |whole| Ok(whole.finish()?))
    }
}

/// What becomes of what is there already: vectors in the same format are replaced, and empty files; anything else there
/// is an error.
fn existing(path: &Path, format: VectorFormat, force: bool) -> Result<Existing> {
    let shown = || path.display().to_string();
    if path.is_dir() {
        return Err(UsageError(format!("-o {}: is a folder; name a file", shown())).into());
    }
    if !path.exists() {
        return Ok(Existing::Refuse);
    }
    let mut head = Vec::new();
    if path.is_file() {
        File::open(path).and_then(|file| file.take(6).read_to_end(&mut head)).with_context(shown)?;
    }
    let ours = match (format, &head[..]) {
        (_, []) => true,
        (VectorFormat::Npy, head) => head == b"\x93NUMPY",
        (VectorFormat::Jsonl, head) => head[0] == b'[' && matches!(head.get(1), Some(b'-' | b'0'..=b'9')),
    };
    if ours || force {
        Ok(Existing::Replace)
    } else {
        let what = "exists and does not contain vectors in this format; name another file, or use --force";
        Err(UsageError(format!("-o {}: {what}", shown())).into())
    }
}

/// The head of a version 1.0 npy file of `[rows, dim]` f32 (`NumPy`'s documentation, "NPY format"): always 128 bytes, so
/// that it can be written again when the number of rows is known.
fn npy_head(rows: usize, dim: usize) -> Vec<u8> {
    const LENGTH: usize = 128;
    let dictionary = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {dim}), }}");
    let mut head = b"\x93NUMPY\x01\x00".to_vec();
    head.extend(((LENGTH - 10) as u16).to_le_bytes());
    head.extend(dictionary.bytes());
    head.resize(LENGTH - 1, b' ');
    head.push(b'\n');
    head
}
