//! The names to show for the documents of a run.

use std::collections::{HashMap, HashSet};

use super::Document;
use crate::lang::{one_line, shortened};

/// Maximum number of characters of a title.
const TITLE: usize = 80;
/// Minimum number of letters and digits that make a hexadecimal number a checksum, and the number that is shown.
const CHECKSUM: usize = 12;
const CHECKSUM_SHOWN: usize = 6;

/// The name to show for a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The title, shortened; without one, the end of the path that no other document has, with checksums shortened. If
    /// several documents have the same title, both.
    pub text: String,
    /// Whether the text is or begins with a title.
    pub titled: bool,
}

/// The names of documents, and the folder that contains all of them.
pub(super) struct Names {
    /// The folder with a `/` at its end; empty if the documents share none.
    pub folder: String,
    /// In the order of the documents.
    pub names: Vec<Name>,
}

impl Names {
    pub fn new(documents: &[Document]) -> Self {
        let folder = common_folder(documents.iter().map(|document| document.path.as_str()));
        let files = files(documents, folder.len());
        let titles: Vec<Option<String>> = documents.iter().map(title).collect();
        let mut known: HashMap<String, usize> = HashMap::new();
        titles.iter().flatten().for_each(|title| *known.entry(title.to_lowercase()).or_default() += 1);
        let name = |(title, file): (Option<String>, String)| match title {
            None => Name { text: file, titled: false },
            Some(title) if known[&title.to_lowercase()] == 1 => Name { text: title, titled: true },
            Some(title) => Name { text: format!("{title} ({file})"), titled: true },
        };
        Self { folder, names: titles.into_iter().zip(files).map(name).collect() }
    }
}

/// A document's title, if it has any letters or digits.
fn title(document: &Document) -> Option<String> {
    let title = one_line(document.metadata.title.as_deref()?);
    title.contains(char::is_alphanumeric).then(|| shortened(&title, TITLE))
}

/// The folder that contains all of these files, with a `/` at its end; empty for none or the root.
fn common_folder<'a>(mut paths: impl Iterator<Item = &'a str>) -> String {
    let folder = |path: &'a str| &path[..path.rfind('/').map_or(0, |at| at + 1)];
    let Some(first) = paths.next().map(folder) else { return String::new() };
    let common = paths.fold(first, |common, path| {
        let same = common.split_inclusive('/').scan(0, |end, part| {
            *end += part.len();
            path.starts_with(&common[..*end]).then_some(*end)
        });
        &common[..same.last().unwrap_or(0)]
    });
    if common == "/" { String::new() } else { common.to_owned() }
}

/// The shortest end of each document's path, after the first `folder` bytes, that no other file has, with the part of
/// the id that identifies a row or message.
fn files(documents: &[Document], folder: usize) -> Vec<String> {
    let paths: HashSet<&str> = documents.iter().map(|document| &document.path[folder..]).collect();
    let mut ends: HashMap<&str, &str> = HashMap::new();
    let mut left: Vec<&str> = paths.into_iter().collect();
    for parts in 1.. {
        let end = |path: &'_ str| path.rmatch_indices('/').nth(parts - 1).map_or(0, |(at, _)| at + 1);
        let mut counts: HashMap<&str, usize> = HashMap::new();
        left.iter().for_each(|path| *counts.entry(&path[end(path)..]).or_default() += 1);
        left.retain(|path| {
            let short = &path[end(path)..];
            // A whole path cannot be made longer.
            let done = counts[short] == 1 || short.len() == path.len();
            if done {
                ends.insert(path, short);
            }
            !done
        });
        if left.is_empty() {
            break;
        }
    }
    let mut counts: HashMap<String, usize> = HashMap::new();
    ends.values().for_each(|end| *counts.entry(without_checksums(end)).or_default() += 1);
    let file = |document: &Document| {
        let end = ends[&document.path[folder..]];
        let short = Some(without_checksums(end)).filter(|short| counts[short] == 1);
        let row = document.id.strip_prefix(&document.path).unwrap_or_default();
        short.unwrap_or_else(|| end.to_owned()) + row
    };
    documents.iter().map(file).collect()
}

/// A file's name in which only the beginning of each hexadecimal number as long as a checksum is kept.
fn without_checksums(name: &str) -> String {
    let parts = name.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    let short = |part: &str| {
        let word = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let has = |test: fn(&char) -> bool| word.chars().any(|c| test(&c));
        let is_checksum = word.len() >= CHECKSUM
            && word.bytes().all(|c| c.is_ascii_hexdigit())
            && has(char::is_ascii_digit)
            && has(char::is_ascii_alphabetic);
        if is_checksum { format!("{}…{}", &word[..CHECKSUM_SHOWN], &part[word.len()..]) } else { part.to_owned() }
    };
    parts.map(short).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Library;
    use crate::source::Metadata;

    /// The folder and the names of documents with these ids, paths and titles.
    fn names(documents: &[(&str, &str, Option<&str>)]) -> (String, Vec<String>) {
        let known = documents.iter().map(|(id, _, title)| {
            let metadata = Metadata { title: title.map(str::to_owned), ..Metadata::default() };
            ((*id).to_owned(), metadata, Vec::new())
        });
        let library = Library::of_passages(known.collect());
        let mut documents_of: Vec<Document> = library.documents().map(|id| library.document(id).clone()).collect();
        documents_of.iter_mut().zip(documents).for_each(|(document, (_, path, _))| document.path = (*path).to_owned());
        let Names { folder, names } = Names::new(&documents_of);
        (folder, names.into_iter().map(|name| name.text).collect())
    }

    fn files(paths: &[&str]) -> (String, Vec<String>) {
        names(&paths.iter().map(|path| (*path, *path, None)).collect::<Vec<_>>())
    }

    fn expected(folder: &str, names: &[&str]) -> (String, Vec<String>) {
        (folder.to_owned(), names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn a_file_is_called_by_the_end_of_its_path_that_it_has_alone() {
        assert_eq!(files(&["in/a/x.txt", "in/a/y.txt"]), expected("in/a/", &["x.txt", "y.txt"]));
        assert_eq!(files(&["in/a/x.txt", "in/ab/y.txt"]), expected("in/", &["x.txt", "y.txt"]));
        assert_eq!(
            files(&["in/a/x.txt", "in/b/x.txt", "in/b/z.txt"]),
            expected("in/", &["a/x.txt", "b/x.txt", "z.txt"])
        );
        assert_eq!(files(&["in/x.txt", "in/in/x.txt"]), expected("in/", &["x.txt", "in/x.txt"]));
        assert_eq!(files(&["/a/x.txt", "/b/y.txt"]), expected("", &["x.txt", "y.txt"]));
        assert_eq!(files(&["-", "in/é.txt"]), expected("", &["-", "é.txt"]));
        assert_eq!(files(&[]), expected("", &[]));
    }

    #[test]
    fn rows_of_a_table_are_told_apart() {
        let rows = [("in/t.csv:a/1", "in/t.csv", None), ("in/t.csv#2", "in/t.csv", None)];
        assert_eq!(names(&rows), expected("in/", &["t.csv:a/1", "t.csv#2"]));
    }

    #[test]
    fn checksums_are_shortened_where_that_leaves_names_apart() {
        assert_eq!(
            files(&["d/0_21a1a932690ddcc1.txt", "d/20261129.txt", "d/defaced.txt", "d/0123456789abcdef0.md"]),
            expected("d/", &["0_21a1a9….txt", "20261129.txt", "defaced.txt", "012345….md"])
        );
        assert_eq!(
            files(&["d/21a1a932690ddcc1", "d/21a1a932690ddcc2"]),
            expected("d/", &["21a1a932690ddcc1", "21a1a932690ddcc2"])
        );
    }

    #[test]
    fn a_title_comes_first_and_with_the_file_where_others_have_it() {
        let titles = [("a.txt", "a.txt", Some("Ferry  hits mole")), ("b.txt", "b.txt", Some("—"))];
        assert_eq!(names(&titles).1, ["Ferry hits mole", "b.txt"]);
        let same = [("a.txt", "a.txt", Some("Harbour news")), ("b.txt", "b.txt", Some("Harbour News"))];
        assert_eq!(names(&same).1, ["Harbour news (a.txt)", "Harbour News (b.txt)"]);
        let long = "word ".repeat(40);
        assert!(names(&[("a.txt", "a.txt", Some(&long))]).1[0].ends_with("word …"));
    }
}
