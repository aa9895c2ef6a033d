//! No letter of a document is lost or duplicated: each is in one passage or in the list of dropped parts.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use samesay::source::{Columns, Parsed, Source, read_file, read_str};

use super::documents::check;

fn check_source(Source { metadata, content, note, .. }: Source) {
    check(Ok(Parsed { metadata, content, note, missing: None }));
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect()
}

#[test]
fn of_the_corpus_and_of_what_other_programs_made() {
    let mut formats = Vec::new();
    for path in files("corpus").into_iter().chain(files("tests/fixtures/documents")) {
        // Locked files, sources of fixtures and scripts are not documents.
        let Ok(documents) = read_file(&path, &path, &Columns::default()) else { continue };
        if !documents.0.sources.is_empty() {
            formats.push(path.extension().unwrap_or_default().to_string_lossy().into_owned());
        }
        documents.0.sources.into_iter().for_each(check_source);
    }
    let all = [
        "csv", "docx", "eml", "epub", "fodt", "html", "json", "jsonl", "mbox", "md", "ods", "odt", "pdf", "pptx",
        "rtf", "srt", "txt", "vtt", "xlsx",
    ];
    for format in all {
        assert!(formats.iter().any(|found| found == format), "no {format} among {formats:?}");
    }
}

/// Lines as in documents: words, headings, page numbers, bullets, hyphens at the end, rules, form feeds.
fn line() -> impl Strategy<Value = String> {
    let words = prop::collection::vec("[A-Z]?[a-zé]{1,9}[,.]?", 0..14).prop_map(|words| words.join(" "));
    prop_oneof![
        6 => words,
        1 => Just(String::new()),
        1 => "[0-9]{1,3}",
        1 => "[a-z ]{5,40}-",
        1 => "[-*•] [a-z ]{3,30}",
        1 => "\u{c}?[A-Z ]{3,30}",
        1 => "#{1,3} [A-Za-z ]{3,20}",
        1 => "[=*_-]{3,10}",
        1 => "\\PC{0,60}",
    ]
}

proptest! {
    #[test]
        fn of_lines_of_any_kind(
            lines in prop::collection::vec(line(), 0..60),
            ending in prop_oneof![Just("txt"), Just("md")],
        ) {
        check_source(read_str(&format!("a.{ending}"), &lines.join("\n")));
    }
}
