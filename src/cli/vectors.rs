//! `embed`: raw vectors. The memory that it takes does not grow with the input.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ndarray::Array2;
use samesay::base::Key;
use samesay::library::space;
use samesay::library::vectors::{VectorsError, read_some_ids};
#[cfg(feature = "parquet")]
use samesay::library::vectors::{VectorsWriter, are_vectors};
use samesay::model::{Embedder, Prompt, Text};
use samesay::report::{counted, json};
use samesay::source::{Decoding, ReadError};
use serde::{Deserialize, Serialize};

use super::Outcome;
use super::args::{EmbedArgs, Format};
use super::config::{Config, UsageError, choices, no_such};
use super::given::ids_of_npy;
use super::input::InputError;
use super::io::{is_same_file, stdin, stdout};
#[cfg(not(feature = "parquet"))]
use super::output::without_parquet;
use super::output::{Existing, WholeFile, check_not_folder, is_done, named};
use super::part::Part;
use super::shard::Shard;

/// Lines that are embedded at a time.
const LINES: usize = 4096;
/// The same with --resume: an interrupted run loses no more.
const KEPT_LINES: usize = 256;
/// Bytes from which the encoding is detected.
const HEAD: u64 = 8192;
/// Most bytes of a line. Longer lines are cut, as no window contains as much.
const MAX_LINE: u64 = 1 << 20;

/// The name of a table that may contain texts.
const PARQUET: &str = "a Parquet file";

/// First bytes of files that are not plain text, with the names of their formats.
const NO_TEXT: [(&[u8], &str); 6] = [
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a zip file or an office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office file"),
    (b"{\\rtf", "an RTF file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"PAR1", PARQUET),
];

/// `samesay embed`
pub fn embed(config: &Config, args: EmbedArgs) -> Result<Outcome> {
    let args = EmbedArgs { output: named(args.output), ..args };
    let format = format(config, &args)?;
    for input in [Some(&args.path), args.ids.as_ref()].into_iter().flatten() {
        if args.output.as_deref().is_some_and(|output| is_same_file(output, input)) {
            let what = "is also the input and would be overwritten";
            return Err(UsageError(format!("-o {}: {what}", input.display())).into());
        }
    }
    if args.resume && has_finished(&args)? {
        let output = args.output.as_deref().unwrap_or(Path::new("")).display();
        config.note(&format!("{output}: is up to date (newer than {}); nothing to do", args.path.display()));
        return Ok(Outcome::Found);
    }
    let ids = args.ids.as_deref().map(|ids| Ids::read(ids, format, args.output.as_deref())).transpose()?;
    let mut input = open(&args.path)?;
    let embedder = match &args.prompt {
        Some(name) => config.embedder_with_prompt(name)?,
        None => config.embedder()?,
    };
    let dim = embedder.model().dim();
    let mut out = Sink::new(format, &args, dim)?;
    let shown = args.path.display().to_string();
    let place = args.output.as_ref().map_or("stdout".to_owned(), |output| output.display().to_string());
    let mut part = match &args.output {
        Some(output) if args.resume => Some(Part::open(output, key(&embedder, &args)?, dim)?),
        _ => None,
    };
    if let Some(kept) = part.as_ref().map(Part::kept).filter(|kept| *kept > 0) {
        config.note(&format!("{place}: resuming after {}", counted(kept, "vector")));
    }
    let most = if part.is_some() { KEPT_LINES } else { LINES };
    let (mut cut, mut embedded_texts, mut lines) = (0, 0, Lines { shard: args.shard, most, read: 0 });
    loop {
        let texts =
            if args.lines { lines.next(&mut input) } else { whole(&mut input) }.with_context(|| shown.clone())?;
        let is_last = !args.lines || texts.len() < most;
        embedded_texts += texts.len();
        let named = ids.as_ref().map(|ids| ids.of(texts.iter().map(|(number, _)| *number), &shown)).transpose()?;
        let texts = match &mut part {
            Some(part) => part.missing(texts, &embedder, &shown)?,
            None => texts,
        };
        if !texts.is_empty() {
            let parts: Vec<Text> = texts.iter().map(|(_, text)| Text { text, sentences: &[] }).collect();
            let embedded = embedder.embed_with_sentences(&parts, Prompt::None, &|_| {})?;
            cut += embedded.cut;
            match &mut part {
                Some(part) => part.add(&embedded.texts)?,
                None => {
                    let numbers = || texts.iter().map(|(number, _)| (number + 1).to_string()).collect();
                    out.write(named, numbers, &embedded.texts).with_context(|| place.clone())?;
                }
            }
        }
        if is_last {
            break;
        }
    }
    let read = if args.lines { lines.read } else { embedded_texts };
    ids.as_ref().map_or(Ok(()), |ids| ids.are_of(read, &shown))?;
    if let Some(part) = &part {
        part.is_of(&shown)?;
        for start in (0..embedded_texts).step_by(LINES) {
            let rows = start..embedded_texts.min(start + LINES);
            let numbers: Vec<usize> =
                rows.clone().map(|row| args.shard.map_or(row, |shard| shard.number(row))).collect();
            let named = ids.as_ref().map(|ids| ids.of(numbers.iter().copied(), &shown)).transpose()?;
            let numbers = || numbers.iter().map(|number| (number + 1).to_string()).collect();
            out.write(named, numbers, &part.read(rows)?).with_context(|| place.clone())?;
        }
    }
    out.finish().context(place)?;
    part.map_or(Ok(()), Part::remove)?;
    input.get_ref().note().iter().for_each(|note| config.warn(&format!("{shown}: {note}")));
    if embedded_texts == 0 {
        let why = match args.shard {
            Some(shard) if read > 0 => format!("no line is in shard {shard}"),
            _ => "is empty".to_owned(),
        };
        config.warn(&format!("{shown}: {why}, so there are no vectors"));
    }
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

/// A key of everything that decides the vectors, except the texts.
fn key(embedder: &Embedder, args: &EmbedArgs) -> Result<Key> {
    let space = space(embedder.model())?.key;
    let shard = args.shard.map_or_else(String::new, |shard| shard.to_string());
    Ok(Key::of("part", [space.as_ref(), args.prompt.as_deref().unwrap_or_default().as_bytes(), shard.as_bytes()]))
}

/// The ids in a file, one for each text by its number.
struct Ids<'a> {
    path: &'a Path,
    ids: Vec<String>,
}

impl<'a> Ids<'a> {
    fn read(path: &'a Path, format: VectorFormat, output: Option<&Path>) -> Result<Self> {
        if format == VectorFormat::Npy && output.is_none_or(|output| output.exists() && !output.is_file()) {
            let how = "name a file with -o FILE, so that they are written to FILE.ids, or write .jsonl";
            return Err(UsageError(format!("--ids {}: .npy cannot contain ids; {how}", path.display())).into());
        }
        Ok(Self { path, ids: read_some_ids(path, usize::MAX)? })
    }

    fn wrong(&self, what: String) -> VectorsError {
        VectorsError { path: self.path.to_owned(), what, source: None }
    }

    /// Ids of the texts with these numbers. `shown` is the name of the texts' file.
    fn of(&self, numbers: impl Iterator<Item = usize>, shown: &str) -> Result<Vec<String>> {
        let ids: Option<Vec<String>> = numbers.map(|number| self.ids.get(number).cloned()).collect();
        let n = self.ids.len();
        Ok(ids.ok_or_else(|| self.wrong(format!("has {}, but {shown} has more texts", counted(n, "id"))))?)
    }

    /// Checks that there is one id for each text.
    fn are_of(&self, texts: usize, shown: &str) -> Result<(), VectorsError> {
        if self.ids.len() == texts {
            return Ok(());
        }
        let what = "it should have one id per line for each text";
        Err(self.wrong(format!(
            "has {} for {} in {shown}; {what}",
            counted(self.ids.len(), "id"),
            counted(texts, "text")
        )))
    }
}

/// The format that was asked for, or else the format of the file's extension.
fn format(config: &Config, args: &EmbedArgs) -> Result<VectorFormat> {
    let output = args.output.as_deref();
    let ending = output.map(|path| path.extension().unwrap_or_default().to_string_lossy().to_lowercase());
    match (config.format, ending.as_deref()) {
        (Format::Npy, _) | (Format::Text, Some("npy")) => Ok(VectorFormat::Npy),
        (Format::Jsonl, _) | (Format::Text, None | Some("" | "jsonl" | "ndjson")) => Ok(VectorFormat::Jsonl),
        #[cfg(feature = "parquet")]
        (Format::Parquet, Some(_)) | (Format::Text, Some("parquet")) => Ok(VectorFormat::Parquet),
        #[cfg(feature = "parquet")]
        (Format::Parquet, None) => {
            Err(UsageError("--format parquet: name a file to write it to with -o FILE".to_owned()).into())
        }
        #[cfg(not(feature = "parquet"))]
        (Format::Parquet, _) | (Format::Text, Some("parquet")) => {
            let place = output.map_or("--format parquet".to_owned(), |path| format!("-o {}", path.display()));
            Err(without_parquet(&place, ".npy or .jsonl").into())
        }
        (Format::Json | Format::Csv, _) => Err(no_such(config.format, &choices(&["jsonl", "npy", "parquet"]))),
        (Format::Text, Some(_)) => {
            let shown = output.unwrap_or(Path::new("")).display();
            let how = choices(&[".jsonl", ".npy", ".parquet"]);
            Err(UsageError(format!("-o {shown}: unsupported extension; use {how}, or choose with --format")).into())
        }
    }
}

/// Opens the input as text, whatever its encoding.
fn open(path: &Path) -> Result<BufReader<Decoding<Box<dyn Read>>>> {
    let shown = || path.display().to_string();
    let mut input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(stdin())
    } else {
        let file = File::open(path).and_then(|file| {
            if file.metadata()?.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(file) }
        });
        Box::new(file.with_context(shown)?)
    };
    let mut head = Vec::new();
    input.by_ref().take(HEAD).read_to_end(&mut head).with_context(shown)?;
    if let Some((_, what)) = NO_TEXT.iter().find(|(begin, _)| head.starts_with(begin)) {
        return Err(no_text(path, what).into());
    }
    match Decoding::new(head, input) {
        Err(ReadError::Binary) => Err(no_text(path, "a binary file").into()),
        decoding => Ok(BufReader::new(decoding.with_context(shown)?)),
    }
}

fn no_text(path: &Path, what: &str) -> InputError {
    let path = path.display();
    let how = match what {
        PARQUET => "export its texts, one per line".to_owned(),
        _ => format!("for the text of a document, use `samesay passages {path} --format jsonl`"),
    };
    InputError::new(format!("{path}: is {what}; embed reads plain text; {how}"))
}

/// Reads the whole input as one text, or nothing if it is blank.
fn whole(input: &mut impl BufRead) -> io::Result<Vec<(usize, String)>> {
    let mut bytes = Vec::new();
    input.take(MAX_LINE).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(if text.trim().is_empty() { Vec::new() } else { vec![(0, text.into_owned())] })
}

/// Lines as they are read.
struct Lines {
    shard: Option<Shard>,
    /// Most lines taken at a time.
    most: usize,
    /// Number of lines read so far, in all shards.
    read: usize,
}

impl Lines {
    /// Reads the next lines of the shard, without line ends, each with its number from 0.
    fn next(&mut self, input: &mut impl BufRead) -> io::Result<Vec<(usize, String)>> {
        let mut lines = Vec::new();
        let mut bytes = Vec::new();
        while lines.len() < self.most {
            bytes.clear();
            if Read::take(&mut *input, MAX_LINE).read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
            if !bytes.ends_with(b"\n") && bytes.len() as u64 == MAX_LINE {
                skip_line(input)?;
            }
            let number = self.read;
            self.read += 1;
            if self.shard.is_none_or(|shard| shard.holds(number)) {
                let text = String::from_utf8_lossy(&bytes);
                lines.push((number, text.trim_end_matches(['\n', '\r']).to_owned()));
            }
        }
        Ok(lines)
    }
}

/// Skips everything up to and including the next line feed.
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
    #[cfg(feature = "parquet")]
    Parquet,
}

/// A vector with its id, as a line of JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedVector {
    id: String,
    vector: Vec<f32>,
}

/// Where vectors go. The header of a npy file has the number of rows: in a file, the header is written again at the
/// end; for stdout and pipes, the rows wait in a temporary file.
enum Sink {
    Jsonl {
        out: BufWriter<Box<dyn Write>>,
        whole: Option<WholeFile>,
    },
    Npy {
        rows: BufWriter<File>,
        count: usize,
        dim: usize,
        whole: Option<WholeFile>,
        /// The ids, in a file beside the vectors.
        ids: Option<(BufWriter<File>, WholeFile)>,
    },
    #[cfg(feature = "parquet")]
    Parquet {
        out: Box<VectorsWriter<File>>,
        whole: WholeFile,
    },
}

impl Sink {
    fn new(format: VectorFormat, args: &EmbedArgs, dim: usize) -> Result<Self> {
        let create = |path: &Path| -> Result<WholeFile> {
            let existing = existing(path, format, args.force)?;
            WholeFile::create(path, existing).with_context(|| path.display().to_string())
        };
        let output = args.output.as_deref();
        let mut whole = output.map(create).transpose()?;
        match format {
            VectorFormat::Jsonl => {
                let out: Box<dyn Write> = match &mut whole {
                    Some(whole) => Box::new(whole.file().try_clone()?),
                    None => Box::new(stdout()?.lock()),
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
                let ids = output.map(|output| ids_beside(output, args)).transpose()?.flatten();
                Ok(Self::Npy { rows, count: 0, dim, whole, ids })
            }
            #[cfg(feature = "parquet")]
            VectorFormat::Parquet => {
                let mut whole = whole.context("--format parquet needs a file")?;
                let out = Box::new(VectorsWriter::new(whole.file().try_clone()?)?);
                Ok(Self::Parquet { out, whole })
            }
        }
    }

    /// Writes vectors with their ids, if they have any, or with their `numbers` where the format needs ids.
    fn write(
        &mut self,
        ids: Option<Vec<String>>,
        numbers: impl Fn() -> Vec<String>,
        vectors: &Array2<f32>,
    ) -> Result<()> {
        match self {
            Self::Jsonl { out, .. } => {
                let mut ids = ids.map(Vec::into_iter);
                for row in vectors.rows() {
                    let vector = row.to_vec();
                    match ids.as_mut().and_then(Iterator::next) {
                        Some(id) => json::write(&mut *out, &NamedVector { id, vector }),
                        None => json::write(&mut *out, &vector),
                    }
                    .map_err(io::Error::from)?;
                    out.write_all(b"\n")?;
                }
            }
            Self::Npy { rows, count, ids: beside, .. } => {
                *count += vectors.nrows();
                if let (Some((out, _)), Some(ids)) = (beside, ids) {
                    ids.iter().try_for_each(|id| writeln!(out, "{id}"))?;
                }
                for value in vectors {
                    rows.write_all(&value.to_le_bytes())?;
                }
            }
            #[cfg(feature = "parquet")]
            Self::Parquet { out, .. } => out.write(&ids.unwrap_or_else(numbers), vectors.view())?,
        }
        #[cfg(not(feature = "parquet"))]
        let _ = numbers;
        Ok(())
    }

    fn finish(self) -> Result<()> {
        let whole = match self {
            Self::Jsonl { mut out, whole } => {
                out.flush()?;
                whole
            }
            Self::Npy { rows, count, dim, mut whole, ids } => {
                if let Some((mut out, whole)) = ids {
                    out.flush()?;
                    whole.finish()?;
                }
                let mut file = rows.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.seek(SeekFrom::Start(0))?;
                file.write_all(&npy_head(count, dim))?;
                file.seek(SeekFrom::Start(0))?;
                match &mut whole {
                    // The file already has the rows.
                    Some(WholeFile::Beside { .. }) => {}
                    Some(WholeFile::InPlace(pipe)) => drop(io::copy(&mut file, pipe)?),
                    None => drop(io::copy(&mut file, &mut stdout()?.lock())?),
                }
                whole
            }
            #[cfg(feature = "parquet")]
            Self::Parquet { out, whole } => {
                out.finish()?;
                Some(whole)
            }
        };
        whole.map_or(Ok(()), |whole| Ok(whole.finish()?))
    }
}

/// Whether a run that can be resumed has already finished: its output exists, and no unfinished part is beside it.
fn has_finished(args: &EmbedArgs) -> Result<bool> {
    if args.path == Path::new("-") {
        return Err(UsageError("--resume: stdin can be read only once; name a file".to_owned()).into());
    }
    let inputs: Vec<&Path> = std::iter::once(args.path.as_path()).chain(args.ids.as_deref()).collect();
    let whole = |output: &PathBuf| !Part::path(output).exists() && is_done(output, &inputs);
    Ok(!args.force && args.output.as_ref().is_some_and(whole))
}

/// The file of ids beside a `.npy`, which cannot contain them. Ids that exist belong to the vectors that exist, and are
/// replaced with them.
fn ids_beside(output: &Path, args: &EmbedArgs) -> Result<Option<(BufWriter<File>, WholeFile)>> {
    let path = ids_of_npy(output);
    let shown = path.display();
    if args.ids.is_none() {
        let how = "remove it, or give the new ids with --ids";
        return if path.exists() {
            Err(UsageError(format!("{shown}: has the ids of other vectors; {how}")).into())
        } else {
            Ok(None)
        };
    }
    if path.exists() && !output.exists() && !args.force {
        return Err(UsageError(format!("{shown}: exists; name another -o FILE, remove it, or use --force")).into());
    }
    let mut whole = WholeFile::create(&path, Existing::Replace).with_context(|| shown.to_string())?;
    Ok(Some((BufWriter::new(whole.file().try_clone()?), whole)))
}

/// What happens to an existing file: vectors that this program wrote in the same format, and empty files, are replaced;
/// anything else is an error.
fn existing(path: &Path, format: VectorFormat, force: bool) -> Result<Existing> {
    let shown = || path.display().to_string();
    check_not_folder(path)?;
    if !path.exists() {
        return Ok(Existing::Refuse);
    }
    if force || !path.is_file() || are_ours(path, format).with_context(shown)? {
        Ok(Existing::Replace)
    } else {
        let what = "exists and does not contain vectors that samesay wrote in this format";
        Err(UsageError(format!("-o {}: {what}; name another file, or use --force", shown())).into())
    }
}

/// Whether a file contains vectors that this program wrote, or nothing.
fn are_ours(path: &Path, format: VectorFormat) -> io::Result<bool> {
    let mut file = BufReader::new(File::open(path)?);
    if file.fill_buf()?.is_empty() {
        return Ok(true);
    }
    let mut begin = Vec::new();
    match format {
        VectorFormat::Npy => {
            file.take(NPY_HEAD as u64).read_to_end(&mut begin)?;
            Ok(is_npy_head(&begin))
        }
        VectorFormat::Jsonl => {
            file.take(MAX_LINE).read_until(b'\n', &mut begin)?;
            Ok(is_vector(&begin))
        }
        #[cfg(feature = "parquet")]
        VectorFormat::Parquet => {
            const TAIL: u64 = 2048;
            let length = file.get_ref().metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
            file.take(TAIL).read_to_end(&mut begin)?;
            Ok(are_vectors(&begin))
        }
    }
}

/// Whether a line of JSON is a vector as this program writes it: of length 1, or zeros.
fn is_vector(line: &[u8]) -> bool {
    let named = || serde_json::from_slice::<NamedVector>(line).map(|named| named.vector);
    let vector: Vec<f32> = serde_json::from_slice(line).or_else(|_| named()).unwrap_or_default();
    let square = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>();
    !vector.is_empty() && (square == 0.0 || (square - 1.0).abs() < 1e-3)
}

/// Bytes of a npy header. NumPy takes 128 for any two sizes, so files of this program can be recognised.
const NPY_HEAD: usize = 192;

/// The header of a version 1.0 npy file of `[rows, dim]` f32 (NumPy's documentation, "NPY format"). Its length is
/// fixed, so that it can be written again when the number of rows is known.
fn npy_head(rows: usize, dim: usize) -> Vec<u8> {
    let mut head = b"\x93NUMPY\x01\x00".to_vec();
    head.extend(((NPY_HEAD - 10) as u16).to_le_bytes());
    head.extend(format!("{NPY_SHAPE}({rows}, {dim}), }}").bytes());
    head.resize(NPY_HEAD - 1, b' ');
    head.push(b'\n');
    head
}

/// The text before the shape.
const NPY_SHAPE: &str = "{'descr': '<f4', 'fortran_order': False, 'shape': ";

/// Whether a file with this header was written by this program.
fn is_npy_head(head: &[u8]) -> bool {
    let sizes = || {
        let dictionary = std::str::from_utf8(head.get(10..)?).ok()?.strip_prefix(NPY_SHAPE)?;
        let (rows, dim) = dictionary.strip_prefix('(')?.split_once(')')?.0.split_once(", ")?;
        Some((rows.parse().ok()?, dim.parse().ok()?))
    };
    sizes().is_some_and(|(rows, dim)| head == npy_head(rows, dim))
}
