//! Files that are written completely or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use samesay::report::pairs::TableFormat;
use samesay::source::own::BYTE_ORDER_MARK;
use tempfile::{NamedTempFile, TempPath};

use super::args::Format;
use super::config::{UsageError, choices, no_such};

/// How pairs, and clusters of vectors, are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// For people.
    Text,
    /// One JSON object.
    Json,
    /// A table.
    Table(TableFormat),
}

impl Kind {
    /// The name of the format in options.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Table(TableFormat::Jsonl) => "jsonl",
            Self::Table(TableFormat::Csv) => "csv",
            #[cfg(feature = "parquet")]
            Self::Table(TableFormat::Parquet) => "parquet",
        }
    }
}

/// The format that was asked for, or else the format of the file's extension.
///
/// # Errors
/// When there is no such format, or not in this build.
pub fn kind(format: Format, output: Option<&Path>) -> Result<Kind> {
    let ending = output.map(|path| path.extension().unwrap_or_default().to_string_lossy().to_lowercase());
    match (format, ending.as_deref()) {
        (Format::Json, _) | (Format::Text, Some("json")) => Ok(Kind::Json),
        (Format::Jsonl, _) | (Format::Text, Some("jsonl" | "ndjson")) => Ok(Kind::Table(TableFormat::Jsonl)),
        (Format::Csv, _) | (Format::Text, Some("csv")) => Ok(Kind::Table(TableFormat::Csv)),
        (Format::Text, None | Some("txt")) => Ok(Kind::Text),
        #[cfg(feature = "parquet")]
        (Format::Parquet, Some(_)) | (Format::Text, Some("parquet")) => Ok(Kind::Table(TableFormat::Parquet)),
        #[cfg(feature = "parquet")]
        (Format::Parquet, None) => {
            Err(UsageError("--format parquet: name a file to write it to with -o FILE".to_owned()).into())
        }
        #[cfg(not(feature = "parquet"))]
        (Format::Parquet, _) | (Format::Text, Some("parquet")) => {
            let place = output.map_or("--format parquet".to_owned(), |path| format!("-o {}", path.display()));
            Err(without_parquet(&place, "csv").into())
        }
        (Format::Npy, _) => Err(no_such(format, &choices(&["text", "json", "jsonl", "csv", "parquet"]))),
        (Format::Text, Some(_)) => {
            let output = output.unwrap_or(Path::new(""));
            check_not_folder(output)?;
            let (shown, how) = (output.display(), choices(&[".jsonl", ".json", ".csv", ".parquet", ".txt"]));
            Err(UsageError(format!("-o {shown}: unsupported extension; use {how}, or choose with --format")).into())
        }
    }
}

/// What happens to an existing file: one that holds `what`, as its beginning and end show, and an empty one are
/// replaced; anything else is an error.
///
/// # Errors
/// When the file may not be replaced, or cannot be looked into.
pub fn existing(path: &Path, force: bool, what: &str, holds: impl Fn(&[u8], &[u8]) -> bool) -> Result<Existing> {
    let shown = || path.display().to_string();
    check_folder(path)?;
    if !path.exists() {
        return Ok(Existing::Refuse);
    }
    let may_be_replaced = || -> io::Result<bool> {
        if !path.is_file() {
            return Ok(true);
        }
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let (begin, end) = (part(&mut file, 0)?, part(&mut file, length.saturating_sub(PART))?);
        Ok(length == 0 || holds(&begin, &end))
    };
    if force || may_be_replaced().with_context(shown)? {
        Ok(Existing::Replace)
    } else {
        let how = "name another file, remove it, or use --force";
        Err(UsageError(format!("-o {}: exists and does not hold {what}; {how}", shown())).into())
    }
}

/// Bytes of the beginning and of the end of a file that show what it is.
const PART: u64 = 2048;

fn part(file: &mut File, from: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.take(PART).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What happens to a file that already exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// The file is replaced.
    Replace,
    /// Its existence is an error.
    Refuse,
}

/// A file that is being written. An existing file stays until [`finish`](Self::finish).
#[derive(Debug)]
pub enum WholeFile {
    /// A new file in the folder of the final path.
    Beside { file: NewFile, path: PathBuf, existing: Existing },
    /// A pipe or a device, which cannot be replaced.
    InPlace(File),
}

impl WholeFile {
    /// Begins to write the file at `path`.
    ///
    /// # Errors
    /// When no file can be written there.
    pub fn create(path: &Path, existing: Existing) -> io::Result<Self> {
        // The file that a link leads to is replaced, so that the link stays.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            return Ok(Self::InPlace(OpenOptions::new().write(true).open(path)?));
        }
        Ok(Self::Beside { file: NewFile::create(folder(&path))?, path, existing })
    }

    /// The file to write to.
    pub fn file(&mut self) -> &mut File {
        match self {
            Self::Beside { file, .. } => file.file(),
            Self::InPlace(file) => file,
        }
    }

    /// Moves the file to its final path.
    ///
    /// # Errors
    /// When it cannot be moved, or a file exists there that may not be replaced.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::InPlace(_) => Ok(()),
            Self::Beside { file, path, existing } => {
                let file = file.named(folder(&path))?;
                match existing {
                    Existing::Replace => {
                        keep_permissions(&file, &path);
                        Ok(file.persist(path)?)
                    }
                    Existing::Refuse => Ok(file.persist_noclobber(path)?),
                }
            }
        }
    }
}

/// A path with `ending` appended to its name.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Whether an output exists and is newer than its inputs. Outputs get their names only when they are complete.
pub fn is_done(output: &Path, inputs: &[&Path]) -> bool {
    let written = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
    let done = written(output);
    done.is_some_and(|done| inputs.iter().all(|input| written(input).is_some_and(|input| done >= input)))
}

/// Gives a file the permissions of the file that it replaces, where possible.
fn keep_permissions(file: &Path, replaced: &Path) {
    if let Ok(found) = replaced.metadata() {
        let _ = fs::set_permissions(file, found.permissions());
    }
}

/// A file that is being written. Its permissions are those of the user's other new files.
#[derive(Debug)]
pub enum NewFile {
    /// A file without a name, of which nothing is left however the program ends.
    #[cfg(target_os = "linux")]
    Nameless(File),
    /// A file with a temporary name, where the file system has no files without a name.
    Named(NamedTempFile),
}

impl NewFile {
    fn create(folder: &Path) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Some(file) = nameless(folder) {
            return Ok(Self::Nameless(file));
        }
        let mut builder = with_prefix();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        builder.tempfile_in(folder).map(Self::Named).map_err(without_name)
    }

    fn file(&mut self) -> &mut File {
        match self {
            #[cfg(target_os = "linux")]
            Self::Nameless(file) => file,
            Self::Named(file) => file.as_file_mut(),
        }
    }

    /// Gives the file a temporary name in its folder, from which it can be moved to its final path.
    fn named(self, folder: &Path) -> io::Result<TempPath> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Nameless(file) => {
                use rustix::fs::{AtFlags, CWD, linkat};
                let link = |name: &Path| linkat(CWD, open_path(&file), CWD, name, AtFlags::SYMLINK_FOLLOW);
                let named = with_prefix().make_in(folder, |name| Ok(link(name)?)).map_err(without_name)?;
                Ok(named.into_temp_path())
            }
            Self::Named(file) => Ok(file.into_temp_path()),
        }
    }
}

/// An error without the name that a file has before it is whole, which nobody asked for.
fn without_name(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path ") {
        Some((what, _)) => io::Error::new(error.kind(), what.to_owned()),
        None => error,
    }
}

fn with_prefix<'a>() -> tempfile::Builder<'a, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".samesay");
    builder
}

/// Creates a file without a name in a folder, where the system can give it a name later.
#[cfg(target_os = "linux")]
fn nameless(folder: &Path) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = File::from(openat(CWD, folder, flags, Mode::from_raw_mode(0o666)).ok()?);
    open_path(&file).exists().then_some(file)
}

/// The path to an open file. It does not exist without `/proc`.
#[cfg(target_os = "linux")]
fn open_path(file: &File) -> PathBuf {
    use std::os::fd::AsRawFd;
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// Makes a write beyond `ulimit -f` fail as on a full disk. By default the system would end the program.
pub fn survive_file_limit() {
    #[cfg(unix)]
    // SAFETY: a signal is ignored; no handler runs.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}

/// Whether a path is a pipe or a socket, which would block until another process opens its other end.
fn is_pipe(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        path.metadata().is_ok_and(|found| found.file_type().is_fifo() || found.file_type().is_socket())
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Checks that an output is not a folder.
pub fn check_not_folder(path: &Path) -> Result<(), UsageError> {
    if path.is_dir() { Err(refused(path, "is a folder; name a file")) } else { Ok(()) }
}

/// Checks that an output is not a folder, and that its folder exists.
pub fn check_folder(path: &Path) -> Result<(), UsageError> {
    check_not_folder(path)?;
    let folder = folder(path);
    if folder.is_dir() {
        Ok(())
    } else {
        Err(refused(path, &format!("the folder {} does not exist", folder.display())))
    }
}

/// Checks that a report can be written to a path: it is not a folder, a pipe or a link to nothing, and its folder
/// exists.
pub fn check_place(path: &Path) -> Result<(), UsageError> {
    check_not_folder(path)?;
    match () {
        () if is_dangling(path) => Err(refused(path, "is a symbolic link to nothing; name another file")),
        () if is_pipe(path) => Err(refused(path, "is not a regular file; name another file")),
        () => check_folder(path),
    }
}

fn refused(path: &Path, what: &str) -> UsageError {
    UsageError(format!("-o {}: {what}", path.display()))
}

/// The error of a build without Parquet. `place` is the file or the option that asks for Parquet.
#[cfg(not(feature = "parquet"))]
pub fn without_parquet(place: &str, instead: &str) -> UsageError {
    UsageError(format!(
        "{place}: this samesay was built without Parquet; build it with --features parquet, or use {instead}"
    ))
}

/// Checks that `--bom` has a table to begin; `how` says how to get one.
pub fn check_bom(bom: bool, has_table: bool, how: &str) -> Result<(), UsageError> {
    if bom && !has_table { Err(UsageError(format!("--bom is for CSV; {how}"))) } else { Ok(()) }
}

/// The characters that a table begins with.
pub fn beginning(bom: bool) -> &'static str {
    if bom { BYTE_ORDER_MARK } else { "" }
}

/// Whether a path is a symbolic link to nothing, which no file can replace.
pub fn is_dangling(path: &Path) -> bool {
    path.is_symlink() && !path.exists()
}

/// Whether two paths are of one file, which need not exist.
pub fn are_one_file(a: &Path, b: &Path) -> bool {
    let real = |path: &Path| {
        let in_folder = || Ok(folder(path).canonicalize()?.join(path.file_name().unwrap_or_default()));
        path.canonicalize().or_else(|_: io::Error| in_folder()).unwrap_or_else(|_: io::Error| path.to_owned())
    };
    real(a) == real(b)
}

/// The file that was named with -o; `-` is stdout, as if none had been named.
pub fn named(output: Option<PathBuf>) -> Option<PathBuf> {
    output.filter(|output| output != Path::new("-"))
}

/// The folder that a file is in.
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
