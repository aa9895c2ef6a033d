//! Messages about input: files that could not be read, and notes on how others were read.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use samesay::library;
use samesay::library::{DocumentId, Library, Outcome as Read, Tried, Unread};
use samesay::model::Model;
use samesay::report::{counted, skipped};
use samesay::source::{PassedOver, Problem, Selection, endings, own};
use samesay::store::is_part;

use super::{InputError, Request, shown};
use crate::cli::config::Config;
use crate::cli::io::is_same_file;

impl Request {
    /// Checks that there is any text. If the only file cannot be read, its failure is the error.
    pub(super) fn some_text(&self, read: &[Read]) -> Result<(), InputError> {
        let failures: Vec<String> =
            read.iter().filter_map(|read| Some(format!("{}: {}", read.path, read.failure.as_ref()?))).collect();
        if let ([failure], 1) = (&failures[..], read.len()) {
            return Err(InputError(failure.clone()));
        }
        if read.iter().any(|read| read.sources > read.empty) {
            return Ok(());
        }
        let no_row = read.iter().filter(|read| read.failure.is_none()).filter_map(Read::failed);
        let no_row = no_row.map(|unread| format!("{}: {}", unread.path, unread.reason));
        let failures: Vec<String> =
            failures.into_iter().chain(no_row).chain(self.problems.iter().map(Problem::to_string)).collect();
        Err(InputError(match &failures[..] {
            [] => format!("{}: the documents contain no text", shown(&self.paths)),
            failures => none_could_be_read(failures),
        }))
    }

    /// The error if there is nothing to read.
    pub(super) fn nothing_found(&self, selection: &Selection) -> InputError {
        if !self.problems.is_empty() {
            let problems: Vec<String> = self.problems.iter().map(Problem::to_string).collect();
            return InputError(none_could_be_read(&problems));
        }
        let paths = shown(&self.paths);
        let typed = |flag: &str, globs: &[String]| {
            globs.iter().map(|glob| format!("{flag} {glob}")).collect::<Vec<_>>().join(" ")
        };
        let (globs, excludes) = (typed("--glob", &selection.globs), typed("--exclude", &selection.excludes));
        let chosen = match (globs.is_empty(), excludes.is_empty()) {
            (true, true) => None,
            (false, true) => Some(format!("no document matches {globs}")),
            (true, false) => Some(format!("{excludes} removes every document")),
            (false, false) => Some(format!("no document matches {globs} without matching {excludes}")),
        };
        if let Some(why) = chosen {
            return InputError(format!("{paths}: {why}"));
        }
        let paths_of: Vec<String> = self.passed_over.iter().map(|passed| passed.path.display().to_string()).collect();
        let names = self.passed_over.iter().map(|passed| passed.why.name());
        let passed_over = skipped(names.zip(paths_of.iter().map(String::as_str)));
        InputError(match passed_over {
            Some(skipped) => format!(
                "{paths}: no documents found, but {skipped}; name a file to read it anyway, or use --glob for other \
                 extensions (samesay reads {} files)",
                endings()
            ),
            None => format!(
                "{paths}: no documents found; samesay reads {} files (use --glob for other extensions)",
                endings()
            ),
        })
    }

    /// The files that gave no document.
    pub(super) fn unread(&self, read: &[Read]) -> Vec<Unread> {
        let failed = read.iter().filter_map(Read::failed);
        let problems = self.problems.iter().filter_map(unread);
        let data = read.iter().filter(|read| self.is_data(read)).map(|read| {
            Unread::skipped(&read.path, "JSON without a column of texts", Some("name it with --text-column"))
        });
        let empty = read.iter().filter(|read| is_empty(read)).map(|read| Unread::skipped(&read.path, NO_TEXT, None));
        let no_source = read.iter().filter(|read| has_no_source(read) && !self.is_data(read)).map(|read| {
            let map = || "the file of --source-map".to_owned();
            Unread::skipped(&read.path, if self.is_map(read) { map() } else { why_no_source(read) }, None)
        });
        let skipped = self
            .passed_over
            .iter()
            .map(|PassedOver { path, why }| Unread::skipped(path.display().to_string(), why.name(), why.advice()));
        failed.chain(problems).chain(data).chain(empty).chain(no_source).chain(skipped).collect()
    }

    /// Whether a file is the one of `--source-map`.
    fn is_map(&self, read: &Read) -> bool {
        let map = self.map.as_ref().filter(|_| has_no_source(read));
        map.is_some_and(|map| is_same_file(map.file(), Path::new(&read.path)))
    }

    /// Whether a file is JSON without texts, such as settings or labels, that was found in a folder. A file that the
    /// user names is meant to contain texts.
    fn is_data(&self, read: &Read) -> bool {
        let path = Path::new(&read.path);
        has_no_source(read)
            && !read.notes.iter().any(|note| note == own::NO_SOURCE)
            && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
            && !self.paths.iter().any(|named| named == path)
    }

    /// Warnings about how the documents were read.
    pub(super) fn warnings(&self, library: &Library, read: &[Read]) -> Vec<String> {
        let of_files = read.iter().filter(|read| !self.is_data(read) && !self.is_map(read)).flat_map(|read| {
            read.problems.iter().chain(&read.notes).map(move |message| format!("{}: {message}", read.path))
        });
        let empty = read.iter().filter(|read| is_empty(read)).map(|read| format!("{}: {NO_TEXT}", read.path));
        let documents = || library.documents().map(|document| library.document(document));
        let sources = || documents().map(|document| (document.id.as_str(), document.path.as_str()));
        let of_map = self.map.as_ref().map_or(Vec::new(), |map| map.warnings(sources()));
        // The other problems are listed by `unread`.
        let problems = self.problems.iter().filter(|problem| unread(problem).is_none()).map(Problem::to_string);
        problems.chain(of_files).chain(empty).chain(of_map).collect()
    }
}

/// Files that are named where none could be read.
const NAMED: usize = 10;

/// That nothing could be read: the first files, each with the reason, and the number of the others.
fn none_could_be_read(failures: &[String]) -> String {
    let named = failures[..failures.len().min(NAMED)].join("; ");
    let more = failures.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
    format!("no document could be read: {named}{more}")
}

/// Advice of the library, and the same advice with the option of the command line.
const OPTIONS: [(&str, &str); 3] = [
    ("; name the text column", "; choose one with --text-column"),
    ("use it as the source map", "pass it with --source-map"),
    ("use a multilingual model, such as ", "use a multilingual model: --model "),
];

fn with_options(message: String) -> String {
    OPTIONS.iter().fold(message, |message, (advice, with_option)| message.replace(advice, with_option))
}

/// Roles of columns that an option can name.
const ROLES: [&str; 5] = ["text", "id", "title", "publisher", "date"];

/// Adds the option that helps to the messages about a file, as the library knows no options.
pub(super) fn name_options(read: &mut Read) {
    for message in read.failure.iter_mut().chain(&mut read.problems).chain(&mut read.notes) {
        *message = with_options(std::mem::take(message));
        for role in ROLES {
            let rest = message.strip_prefix(role).and_then(|rest| rest.strip_prefix(" column "));
            if let Some(rest) = rest.filter(|rest| rest.contains(": no row has this column")) {
                *message = format!("--{role}-column {rest}");
                break;
            }
        }
    }
}

/// The reason for a file whose documents are all empty.
const NO_TEXT: &str = "contains no text";

/// Whether a file was read but is not a source, such as a report or a list of files.
fn has_no_source(read: &Read) -> bool {
    read.sources == 0 && read.failure.is_none() && read.problems.is_empty() && !read.notes.is_empty()
}

/// The first part of the note on a file that is not a source.
fn why_no_source(read: &Read) -> String {
    let note = read.notes.first().map_or("", |note| note.split("; ").next().unwrap_or(note));
    note.strip_prefix("is ").unwrap_or(note).to_owned()
}

fn is_empty(read: &Read) -> bool {
    read.sources > 0 && read.sources == read.empty
}

/// A file or folder that could not be opened. A folder has a slash after its name, and represents all files in it.
fn unread(problem: &Problem) -> Option<Unread> {
    let path = problem.path.as_ref()?;
    let shown = path.display().to_string();
    let slash = if path.symlink_metadata().ok()?.is_dir() && !shown.ends_with('/') { "/" } else { "" };
    Some(Unread::failed(format!("{shown}{slash}"), &problem.reason))
}

pub(super) fn one_document(read: &Read) -> Result<(), InputError> {
    let path = &read.path;
    match (&read.failure, read.sources, read.empty) {
        (Some(failure), ..) => Err(InputError(format!("{path}: {failure}"))),
        (None, 1, 0) => Ok(()),
        (None, 1, _) => Err(InputError(format!("{path}: contains no text"))),
        (None, n, _) => Err(InputError(format!(
            "{path}: contains {}; `compare` takes files with one document each",
            counted(n, "source")
        ))),
    }
}

/// Names a source in a message, so that the id of a row does not look like the number of a line.
pub(super) fn named(path: &str, id: &str) -> String {
    let row = id.strip_prefix(path).unwrap_or_default();
    match (row.strip_prefix(':'), row.strip_prefix('#')) {
        (Some(id), _) => format!("{path} (id {id})"),
        (None, Some(number)) => format!("{path} (row {number})"),
        (None, None) => id.to_owned(),
    }
}

/// The stores among some files, by the locks beside them. A store is not a document that was left out, whether or not
/// it is in use.
pub(super) fn stores_among(files: &[Unread]) -> Vec<PathBuf> {
    files.iter().filter_map(|file| file.path.strip_suffix(".use").map(PathBuf::from)).collect()
}

pub(super) fn is_in_store(store: &Path, file: &Path) -> bool {
    store.parent() == file.parent() && is_part(store, file)
}

pub(super) fn without_running_text(library: &Library) -> Vec<String> {
    let none = |id: &DocumentId| library.document(*id).dropped > 0 && library.passages_of(*id).len() == 0;
    let message = |id: DocumentId| {
        let document = library.document(id);
        let named = named(&document.path, &document.id);
        format!("{named}: contains no running text; run `samesay passages` to see why")
    };
    library.documents().filter(none).map(message).collect()
}

/// A warning about a question in a language that the model was not trained on.
pub fn asked_in_another_language(text: &str, model: &Model) -> Option<String> {
    library::asked_in_another_language(text, model).map(with_options)
}

/// A warning about documents in languages that the model was not trained on, if its languages are known.
pub(super) fn in_other_languages(library: &Library, model: &Model) -> Option<String> {
    library::in_other_languages(library, model).map(with_options)
}

/// Warnings that are printed if there are more.
const PRINTED: usize = 10;
/// The most kinds of warnings of which one each is printed.
const KINDS: usize = 20;

/// Prints the files that could not be read, and the warnings. Of many, only some are printed unless --verbose: the
/// first of each kind, and others up to a number.
pub(super) fn warn(config: &Config, library: &Library, read: &[Read]) {
    let failures = library.unread.iter().filter(|unread| unread.tried == Tried::Failed);
    let failures = failures.map(|unread| (kind_of(&unread.reason), format!("{}: {}", unread.path, unread.reason)));
    config.warn_of_many(failures.collect(), |more| {
        format!("{} could not be read; --verbose names all", counted(more, "more file"))
    });
    warn_of(config, &library.warnings, read);
}

/// Prints the warnings about what was read.
pub(super) fn warn_of(config: &Config, warnings: &[String], read: &[Read]) {
    let paths: HashSet<&str> = read.iter().map(|read| read.path.as_str()).collect();
    let warnings = warnings.iter().map(|warning| (kind_of(without_path(warning, &paths)), warning.clone()));
    config.warn_of_many(warnings.collect(), |more| {
        format!("{} like these; --verbose prints all", counted(more, "more warning"))
    });
}

/// What a warning says about a file, without its path.
fn without_path<'a>(warning: &'a str, paths: &HashSet<&str>) -> &'a str {
    let mut ends = warning.match_indices([':', ' ']).map(|(at, _)| at);
    let end = ends.rfind(|end| paths.contains(&warning[..*end]));
    end.map_or(warning, |end| &warning[end..])
}

/// A message without numbers and quotations: what it has in common with messages about other files.
fn kind_of(message: &str) -> String {
    let mut quoted = false;
    message
        .chars()
        .filter(|c| {
            quoted ^= matches!(c, '"' | '“' | '”');
            !quoted && !c.is_ascii_digit()
        })
        .collect()
}

/// The places of some of many messages, given their kinds: the first of each kind, and others up to a number.
pub fn some_of_kinds<'a>(kinds: impl Iterator<Item = &'a str> + Clone) -> BTreeSet<usize> {
    let mut known = HashSet::new();
    let mut some: BTreeSet<usize> =
        kinds.clone().enumerate().filter(|(_, kind)| known.insert(*kind)).map(|(at, _)| at).take(KINDS).collect();
    for at in 0..kinds.count() {
        if some.len() >= PRINTED {
            break;
        }
        some.insert(at);
    }
    some
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_of_many_messages_are_of_all_kinds() {
        let some = |kinds: &[&str]| some_of_kinds(kinds.iter().copied()).into_iter().collect::<Vec<_>>();
        assert_eq!(some(&[]), [0; 0]);
        assert_eq!(some(&["a", "a", "b"]), [0, 1, 2]);
        let many = [&["a"; 300][..], &["b"], &["c"; 5]].concat();
        assert_eq!(some(&many), [0, 1, 2, 3, 4, 5, 6, 7, 300, 301]);
        let names: Vec<String> = (0..50).map(|n| format!("x{n}y")).collect();
        assert_eq!(some(&names.iter().map(String::as_str).collect::<Vec<_>>()).len(), KINDS);
        let kinds: Vec<String> = names.iter().map(|name| kind_of(&format!("{name}: line 3: no \"{name}\""))).collect();
        assert_eq!(some(&kinds.iter().map(String::as_str).collect::<Vec<_>>()).len(), PRINTED);
    }

    #[test]
    fn a_kind_is_what_a_warning_says_without_its_file() {
        let paths = HashSet::from(["a: b/c.txt", "a", "t.csv"]);
        assert_eq!(without_path("a: b/c.txt: contains no text", &paths), ": contains no text");
        assert_eq!(without_path("t.csv (row 3): contains no text", &paths), " (row 3): contains no text");
        assert_eq!(without_path("the model has no prompt", &paths), "the model has no prompt");
    }
}
