//! What was stored is there, and nothing else.

mod answers;
#[cfg(unix)]
mod crash;
mod damage;
mod race;
mod suite;
mod syncing;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use half::f16;
use samesay::base::Key;
use samesay::passage::{Dropped, Passage, fingerprint};
use samesay::source::{Metadata, Place as SourcePlace, read_str};
use samesay::store::{
    Additions, KnownFile, NewDocument, NewVectors, ReadSource, Reading, Space, Sqlite, Store, passage_key,
};

/// The key of a name in the tests.
fn key(name: &str) -> Key {
    Key::of("test", [name])
}

fn space(name: &str) -> Space {
    Space { key: key(name), dim: 4 }
}

fn passage(ordinal: usize, text: &str) -> Passage {
    Passage {
        ordinal,
        text: text.to_owned(),
        sentences: samesay::passage::sentences(text),
        line_start: Some(ordinal * 2 + 1),
        line_end: Some(ordinal * 2 + 1),
        page: None,
        time: None,
        heading: Some("Fog".to_owned()),
    }
}

/// The vectors of a passage, no two of which are the same.
fn vectors(passage: &Passage) -> NewVectors {
    let key = passage_key(passage);
    let number = |at: usize| f16::from_f32(f32::from(key.as_bytes()[at % 16]) / 256.0);
    let rows = if passage.sentences.len() > 1 { 1 + passage.sentences.len() } else { 1 };
    NewVectors { key, rows: (0..rows * 4).map(number).collect() }
}

/// A file of these paragraphs, with everything derived from it.
fn file(path: &str, paragraphs: &[&str]) -> Additions {
    let content = key(&paragraphs.concat());
    let passages: Vec<Passage> = paragraphs.iter().enumerate().map(|(at, text)| passage(at, text)).collect();
    let metadata = Metadata { title: Some(path.to_owned()), ..Metadata::default() };
    let source = read_str(path, &paragraphs.join("\n\n"));
    let read = ReadSource {
        suffix: String::new(),
        metadata: metadata.clone(),
        note: None,
        empty: false,
        fingerprint: fingerprint(&source),
    };
    let dropped =
        vec![Dropped { text: "Advertisement".to_owned(), place: SourcePlace::line(9), reason: "prompt".into() }];
    Additions {
        files: vec![KnownFile { path: path.into(), stamp: None, content, reading: content }],
        gone: Vec::new(),
        readings: vec![(
            content,
            Arc::new(Reading { sources: Ok(vec![read]), problems: Vec::new(), notes: vec!["a note".to_owned()] }),
        )],
        vectors: Some((space("a"), passages.iter().map(vectors).collect())),
        documents: vec![NewDocument { key: content, reading: content, at: 0, metadata, passages, dropped }],
    }
}

/// Two files with a paragraph in common.
fn fill(store: &dyn Store) {
    store.add(file("/a", &["The ferry struck the pier. Fog lay over the harbor.", "Nobody was hurt."])).unwrap();
    store
        .add(file(
            "/b",
            &["Nobody was hurt.", "Rents rose by 3.5 per cent in the harbor district. The harbor board objects."],
        ))
        .unwrap();
}

/// Whether everything that [`fill`] stores is there and right.
fn is_filled(store: &dyn Store) -> bool {
    let expected = [
        file("/a", &["The ferry struck the pier. Fog lay over the harbor.", "Nobody was hurt."]),
        file(
            "/b",
            &["Nobody was hurt.", "Rents rose by 3.5 per cent in the harbor district. The harbor board objects."],
        ),
    ];
    expected.iter().all(|expected| holds(store, expected).unwrap_or(false))
}

/// Whether a store contains all of `expected`; `None` if it cannot be read.
fn holds(store: &dyn Store, expected: &Additions) -> Option<bool> {
    let document = &expected.documents[0];
    let files = store.files().ok()?;
    let reading = store.readings(&[expected.readings[0].0]).ok()?.remove(0)?;
    let stored = store.documents(&[document.key]).ok()?.remove(0)?;
    let numbers: Vec<u64> = (stored.first..).take(document.passages.len()).collect();
    let passages = store.passages(&numbers).ok()?;
    let (space, new) = expected.vectors.as_ref()?;
    let places = store.vectors(space, &new.iter().map(|vectors| vectors.key).collect::<Vec<_>>()).ok()?;
    let rows = store.rows(space).ok()?;
    let vectors = new.iter().zip(places).all(|(new, place)| {
        place.is_some_and(|place| {
            let (first, end) = (place.first as usize, place.first as usize + place.rows as usize);
            end <= rows.count() && rows.range(first..end) == new.rows
        })
    });
    let harbor: Vec<u64> = store.postings("harbor").ok()?.into_iter().map(|(number, _)| number).collect();
    let with_harbor = numbers
        .iter()
        .zip(&document.passages)
        .all(|(number, passage)| passage.text.contains("harbor") == harbor.contains(number));
    Some(
        files.iter().any(|file| *file == expected.files[0])
            && reading == *expected.readings[0].1
            && stored.about.metadata == document.metadata
            && passages == document.passages
            && store.dropped(stored.number).ok()? == document.dropped
            && with_harbor
            && vectors,
    )
}

/// The files of a store at `path`, for copying.
fn files_of(path: &Path) -> Vec<PathBuf> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let all = std::fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let mut own: Vec<PathBuf> =
        all.filter(|file| file.file_name().unwrap().to_string_lossy().starts_with(&name)).collect();
    own.sort();
    own
}

/// A filled store in a folder of its own, closed.
fn filled() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    fill(&Sqlite::open(&path).unwrap());
    (folder, path)
}
