//! Rules for what people read: messages of the library, and the documentation.

use std::collections::BTreeSet;
use std::fs::read_to_string;
use std::path::{Path, PathBuf};

use crate::cli::samesay;

/// The most characters in a line of the documentation.
const COLUMNS: usize = 120;

/// Files that may name flags: of the command line, of its reports, of pip, and tests.
const WITH_FLAGS: [&str; 7] = [
    "src/cli/",
    "src/cli.rs",
    "src/main.rs",
    "src/report/",
    "src/report.rs",
    "src/model/fetch/pip.rs",
    "src/golden.rs",
];

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files under a folder that have this extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|ending| ending == extension) {
            found.push(path);
        }
    }
    found
}

/// The path of a file in this repository.
fn shown(file: &Path) -> String {
    file.strip_prefix(here()).unwrap().display().to_string().replace('\\', "/")
}

/// Flags in a text, such as `--top-k`.
fn flags(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("--").filter_map(|(at, _)| {
        let word = &text[at + 2..];
        let end = word.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(word.len());
        word.starts_with(|c: char| c.is_ascii_lowercase()).then(|| &text[at..at + 2 + end])
    })
}

/// The code of a file, by line, without comments and without its tests.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let lines = text[..end].lines().enumerate().map(|(at, line)| (at + 1, line));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[test]
fn the_library_names_no_flags() {
    let script = samesay().args(["completions", "bash"]).output().unwrap().stdout;
    let script = String::from_utf8(script).unwrap();
    let known: BTreeSet<&str> = flags(&script).collect();
    assert!(
        ["--text-column", "--source-map", "--isa", "--threads"].iter().all(|flag| known.contains(flag)),
        "{known:?}"
    );
    let mut read = 0;
    for file in files(&here().join("src"), "rs") {
        let name = shown(&file);
        if WITH_FLAGS.iter().any(|place| name.starts_with(place)) {
            continue;
        }
        let text = read_to_string(&file).unwrap();
        for (line, code) in code(&text) {
            // Outside of comments, only a string can hold one.
            let found: Vec<&str> = flags(code).filter(|flag| known.contains(flag)).collect();
            assert!(
                found.is_empty(),
                "{name}:{line}: {found:?} are flags of the command line, which the library lacks"
            );
        }
        read += 1;
    }
    assert!(read > 150, "only {read} files were read");
}

#[test]
fn flags_are_found_in_strings_and_not_in_comments() {
    let text = "//! With --glob.\nlet how = \"use --text-column or --min-score=1, not -- or ---\";\n\
                #[cfg(test)]\nmod tests {\n\"--exclude\"\n";
    let found: Vec<(usize, &str)> =
        code(text).flat_map(|(line, code)| flags(code).map(move |flag| (line, flag))).collect();
    assert_eq!(found, [(2, "--text-column"), (2, "--min-score")]);
}

/// Numbered lines of Markdown that are prose: neither in a table nor in a block of code.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced && !line.starts_with("    ") && !line.starts_with('|') {
            lines.push((at + 1, line));
        }
    }
    lines
}

#[test]
fn lines_of_the_documentation_are_short() {
    let named = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "benches/README.md"];
    let all = named.iter().map(|name| here().join(name)).chain(files(&here().join("docs"), "md"));
    for file in all {
        let text = read_to_string(&file).unwrap();
        let long: Vec<usize> =
            prose(&text).iter().filter(|(_, line)| line.chars().count() > COLUMNS).map(|(at, _)| *at).collect();
        assert!(long.is_empty(), "{}: lines of more than {COLUMNS} characters: {long:?}", shown(&file));
    }
}

#[test]
fn tables_and_code_are_not_prose() {
    let text = "one\n| a |\n    code\n```\nfenced\n```\ntwo\n";
    assert_eq!(prose(text), [(1, "one"), (7, "two")]);
}

/// The documentation explains a hit that the README's example shows.
#[test]
fn the_quoted_cosine_is_that_of_the_example() {
    let readme = read_to_string(here().join("README.md")).unwrap();
    let example: String =
        readme.lines().filter(|line| line.starts_with("    ")).flat_map(|line| [line, "\n"]).collect();
    let decides = read_to_string(here().join("docs/how-it-decides.md")).unwrap();
    for (name, text) in [("README.md", &readme), ("docs/how-it-decides.md", &decides)] {
        let prose: String = prose(text).iter().flat_map(|(_, line)| [*line, " "]).collect();
        let mut quotes = prose.match_indices(", as close as ").filter_map(|(at, _)| {
            let score = prose[..at].rsplit(['*', '`', '(', '“']).next()?;
            let rest = &prose[at..];
            score.parse::<f32>().ok()?;
            Some(format!("{score}{}", &rest[..rest.find("random pairs")? + "random pairs".len()]))
        });
        let quote = quotes.next().unwrap_or_else(|| panic!("{name} quotes no cosine"));
        assert!(example.contains(&quote), "{name} explains {quote:?}, which the example does not show");
        assert_eq!(quotes.next(), None, "{name}");
    }
}
