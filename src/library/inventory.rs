//! Finds out which inputs the store knows already.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::base::{Key, Stamp};
use crate::passage::Boilerplate;
use crate::source::{Columns, Documents, FoundFile, ReadError, Source, content_key, read_bytes, read_file};
use crate::store::{Additions, KnownFile, Store, StoreError, reading_key};

/// Something to read.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A file on disk.
    File(FoundFile),
    /// Bytes from stdin (`-`), or from another file that can be read only once.
    Bytes {
        /// Name of the input; its extension decides the format if the bytes do not.
        path: PathBuf,
        /// All bytes of the input.
        bytes: Vec<u8>,
    },
    /// A source that was read already.
    Source(Box<Source>),
    /// A file as stored, whatever has become of it since.
    Kept {
        /// The path to show, and where the file was.
        file: FoundFile,
        /// The keys of its bytes and of its reading.
        keys: (Key, Key),
    },
}

/// The inputs and settings of a corpus.
pub struct Wanted<'a> {
    /// The inputs, in the order of the corpus.
    pub inputs: Cow<'a, [Input]>,
    /// Folders that were searched: files that are gone from them are forgotten.
    pub folders: Vec<PathBuf>,
    /// Which columns of tables contain what.
    pub columns: Columns,
    /// Whether lines that recur in many sources are left out.
    pub boilerplate: Boilerplate,
    /// Publishers that are known from elsewhere than the documents.
    pub publishers: Option<&'a dyn Publishers>,
}

impl Wanted<'_> {
    /// A corpus of these sources.
    pub fn sources(sources: impl IntoIterator<Item = Source>, boilerplate: Boilerplate) -> Self {
        let inputs = sources.into_iter().map(|source| Input::Source(Box::new(source))).collect();
        Self { inputs, folders: Vec::new(), columns: Columns::default(), boilerplate, publishers: None }
    }
}

/// The publishers of sources, which take precedence over those in the documents.
pub trait Publishers: Sync {
    /// The key of all that these publishers say.
    fn key(&self) -> Key;

    /// The publisher of a source.
    fn of(&self, id: &str, path: &str) -> Option<String>;
}

/// Inputs with known content, though they may not have been read.
pub struct Inventory<'a> {
    pub(super) wanted: &'a Wanted<'a>,
    pub(super) items: Vec<Item<'a>>,
    /// Files that are gone.
    gone: Vec<PathBuf>,
}

/// An input with what is known of it.
pub(super) struct Item<'a> {
    pub(super) input: &'a Input,
    pub(super) shown: String,
    pub(super) stamp: Option<Stamp>,
    /// The keys of its bytes and of its reading, or why it cannot be read.
    pub(super) keys: Result<(Key, Key), String>,
    /// Whether the store has the file with this stamp and these keys.
    pub(super) known: bool,
}

impl Input {
    fn shown(&self) -> String {
        match self {
            Self::File(file) | Self::Kept { file, .. } => file.path.display().to_string(),
            Self::Bytes { path, .. } => path.display().to_string(),
            Self::Source(source) => source.path.clone(),
        }
    }

    /// The path that decides the format.
    fn path(&self) -> &Path {
        match self {
            Self::File(file) | Self::Kept { file, .. } => &file.path,
            Self::Bytes { path, .. } => path,
            Self::Source(source) => Path::new(&source.path),
        }
    }

    pub(super) fn content(&self) -> Result<Key, ReadError> {
        match self {
            Self::File(file) => content_key(&file.real),
            Self::Bytes { bytes, .. } => Ok(Key::of("bytes", [bytes])),
            Self::Source(source) => Ok(Key::of("source", [format!("{source:?}")])),
            Self::Kept { keys, .. } => Ok(keys.0),
        }
    }

    /// The key of the input's reading, given that of its bytes.
    fn reading(&self, content: Key, columns: &Columns) -> Key {
        match self {
            Self::Kept { keys, .. } => keys.1,
            _ => reading_key(content, self.path(), columns),
        }
    }

    /// The documents of the input, and the key of the bytes that they were read from.
    pub(super) fn read(&self, columns: &Columns) -> Result<(Documents, Key), ReadError> {
        match self {
            // A link is read at the target that it had when it was found.
            Self::File(file) => read_file(&file.real, &file.path, columns),
            Self::Bytes { path, bytes } => Ok((read_bytes(bytes, path, columns)?, self.content()?)),
            Self::Source(source) => {
                Ok((Documents { sources: vec![(**source).clone()], ..Documents::default() }, self.content()?))
            }
            // Reached only if the store does not hold it as this program reads and splits it.
            Self::Kept { file, keys } => match read_file(&file.real, &file.path, columns) {
                Ok((documents, content)) if content == keys.0 => Ok((documents, content)),
                _ => Err(ReadError::Outdated),
            },
        }
    }
}

/// Finds out which inputs are known. Files whose stamps have not changed are not opened.
///
/// # Errors
/// When the store cannot be read.
pub fn take_inventory<'a>(store: &dyn Store, wanted: &'a Wanted<'a>) -> Result<Inventory<'a>, StoreError> {
    let files = store.files()?;
    // Compares raw names: comparing paths part by part would take longer than reading their metadata.
    let known: HashMap<&OsStr, &KnownFile> = files.iter().map(|file| (file.path.as_os_str(), file)).collect();
    let items: Vec<Item> = wanted.inputs.par_iter().map(|input| item(input, &known, &wanted.columns)).collect();
    let there: HashSet<&OsStr> = wanted.inputs.iter().filter_map(real_path).map(Path::as_os_str).collect();
    let under = |path: &Path| wanted.folders.iter().any(|folder| path.starts_with(folder));
    let others = files.iter().filter(|file| !there.contains(file.path.as_os_str()));
    let missing = |file: &&KnownFile| under(&file.path) && file.is_gone();
    let gone = others.filter(missing).map(|file| file.path.clone()).collect();
    Ok(Inventory { wanted, items, gone })
}

fn real_path(input: &Input) -> Option<&Path> {
    match input {
        Input::File(file) => Some(&file.real),
        Input::Bytes { .. } | Input::Source(_) | Input::Kept { .. } => None,
    }
}

fn item<'a>(input: &'a Input, known: &HashMap<&OsStr, &KnownFile>, columns: &Columns) -> Item<'a> {
    let real = real_path(input);
    let known = real.and_then(|real| known.get(real.as_os_str()));
    // Taken before reading the bytes, so that a change during reading is noticed.
    let stamp = real.and_then(|real| Stamp::of(&real.metadata().ok()?));
    let content = match known {
        Some(known) if stamp.is_some() && known.stamp == stamp => Ok(known.content),
        _ => input.content().map_err(|error| error.to_string()),
    };
    let keys = content.map(|content| (content, input.reading(content, columns)));
    let same = known.is_some_and(|known| known.stamp == stamp && keys.as_ref() == Ok(&(known.content, known.reading)));
    Item { input, shown: input.shown(), stamp, known: same || real.is_none(), keys }
}

/// Adds the files as they are now to the store, and removes those that are gone.
pub(super) fn keep_files(store: &dyn Store, inventory: &Inventory) -> Result<(), StoreError> {
    let file = |item: &Item| {
        let (content, reading) = item.keys.as_ref().ok().filter(|_| !item.known)?;
        Some(KnownFile {
            path: real_path(item.input)?.to_owned(),
            stamp: item.stamp,
            content: *content,
            reading: *reading,
        })
    };
    let files: Vec<KnownFile> = inventory.items.iter().filter_map(file).collect();
    if files.is_empty() && inventory.gone.is_empty() {
        Ok(())
    } else {
        store.add(Additions { files, gone: inventory.gone.clone(), ..Additions::default() })
    }
}

impl Item<'_> {
    /// The key of the input's reading; a fixed key if it cannot be read.
    pub(super) fn reading_key(&self) -> Key {
        self.keys.as_ref().map_or(Key::of("none", [""]), |keys| keys.1)
    }
}
