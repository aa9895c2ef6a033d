//! Stores that were truncated, overwritten or swapped: reported as such, never taken for complete, and never a crash of
//! the program.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use samesay::store::{Additions, Counts, Sqlite, Store, StoreError};

use super::{file, files_of, fill, filled, is_filled, space};

/// The condition of a store: it cannot be opened, it is found to be damaged, or it is whole.
#[derive(Debug, PartialEq)]
enum Found {
    Refused(String),
    Damaged(Vec<String>),
    Whole,
}

fn look_at(path: &Path) -> Found {
    let store = match Sqlite::open(path) {
        Ok(store) => store,
        Err(error) => return Found::Refused(error.to_string()),
    };
    match store.verify() {
        Err(error) => Found::Refused(error.to_string()),
        Ok(problems) if problems.is_empty() => Found::Whole,
        Ok(problems) => Found::Damaged(problems),
    }
}

/// Copies a store's files to another folder.
fn copied(path: &Path) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for file in files_of(path) {
        fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
    }
    let copy = folder.path().join(path.file_name().unwrap());
    (folder, copy)
}

fn vectors_of(path: &Path) -> std::path::PathBuf {
    files_of(path).into_iter().find(|file| file.to_string_lossy().contains("-vectors-")).unwrap()
}

fn flip(path: &Path, bit: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[bit / 8] ^= 1 << (bit % 8);
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_flipped_bit_of_the_database_is_found_or_is_in_no_one_s_way() {
    let (_folder, path) = filled();
    let store = Sqlite::open(&path).unwrap();
    let texts: Vec<Vec<String>> = (0..40)
        .map(|n| {
            (0..12).map(|m| format!("On day {m} of month {n} the ferry {} struck pier {}.", n * m, n + m)).collect()
        })
        .collect();
    let files: Vec<Additions> = (texts.iter().enumerate())
        .map(|(n, texts)| file(&format!("/many/{n}"), &texts.iter().map(String::as_str).collect::<Vec<_>>()))
        .collect();
    files.iter().for_each(|file| store.add(file.clone()).unwrap());
    store.prune(&|_| false).unwrap();
    drop(store);
    let bits = fs::metadata(&path).unwrap().len() as usize * 8;
    let (mut found, mut harmless) = (0, 0);
    for n in 0..300 {
        let (_copy, copy) = copied(&path);
        // Spread over the file; 7919 is prime.
        flip(&copy, n * 7919 * 31 % bits);
        match look_at(&copy) {
            Found::Whole => {
                harmless += 1;
                let store = Sqlite::open(&copy).unwrap();
                let whole = is_filled(&store) && files.iter().all(|file| super::holds(&store, file) == Some(true));
                assert!(whole, "bit {} was not noticed", n * 7919 * 31 % bits);
            }
            Found::Refused(_) | Found::Damaged(_) => found += 1,
        }
    }
    // Part of a page that is not full belongs to nothing.
    assert!(found > 100, "{found} found, {harmless} harmless");
}

#[test]
fn every_flipped_bit_of_a_vector_is_found() {
    let (_folder, path) = filled();
    let bits = fs::metadata(vectors_of(&path)).unwrap().len() as usize * 8;
    for bit in (0..bits).step_by(13) {
        let (_copy, copy) = copied(&path);
        flip(&vectors_of(&copy), bit);
        assert!(matches!(look_at(&copy), Found::Damaged(problems) if problems[0].contains("a vector")), "bit {bit}");
    }
}

#[test]
fn a_file_that_was_cut_off_is_found() {
    let (_folder, path) = filled();
    for victim in [path.clone(), vectors_of(&path)] {
        let whole = fs::metadata(&victim).unwrap().len();
        for length in [1, 50, 99, 100, 511, 4095, 4096, 5000, whole / 2, whole.saturating_sub(4096), whole - 1]
            .into_iter()
            .filter(|length| *length < whole)
        {
            let (_copy, copy) = copied(&path);
            let victim = copy.parent().unwrap().join(victim.file_name().unwrap());
            fs::File::options().write(true).open(&victim).unwrap().set_len(length).unwrap();
            let found = look_at(&copy);
            assert!(found != Found::Whole, "{length} of {whole} bytes of {}", victim.display());
        }
    }
    let (_copy, copy) = copied(&path);
    fs::remove_file(vectors_of(&copy)).unwrap();
    assert!(matches!(look_at(&copy), Found::Damaged(_)));
    assert!(matches!(Sqlite::open(&copy).unwrap().rows(&space("a")), Err(StoreError::Damaged { .. })));
}

#[test]
fn what_is_no_store_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let other = folder.path().join("other.db");
    fs::write(&path, "my own notes, which nobody may lose ".repeat(10)).unwrap();
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE mine (a); CREATE TABLE more (b);").unwrap();
    for path in [path, other] {
        let before = fs::read(&path).unwrap();
        assert!(matches!(Sqlite::open(&path), Err(StoreError::Foreign { .. })));
        assert!(matches!(Sqlite::delete(&path), Err(StoreError::Foreign { .. })));
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(files_of(&path), [path.as_path()]);
        let aside = Sqlite::put_aside(&path).unwrap();
        assert_eq!(fs::read(&aside).unwrap(), before);
        assert_eq!(files_of(&path), [aside.as_path()]);
    }
}

/// What another program has committed but not yet moved out of its log is not lost.
#[test]
fn a_foreign_database_is_put_aside_with_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.db");
    let mine = rusqlite::Connection::open(&path).unwrap();
    mine.execute_batch(
        "PRAGMA journal_mode = WAL; CREATE TABLE mine (a); CREATE TABLE more (b); PRAGMA wal_checkpoint(TRUNCATE);",
    )
    .unwrap();
    mine.execute_batch("INSERT INTO mine VALUES (7)").unwrap();
    // As if its program had been killed: the log is not moved on closing.
    let (_copy, copy) = copied(&path);
    assert!(copy.with_extension("db-wal").exists());
    assert!(matches!(Sqlite::delete(&copy), Err(StoreError::Foreign { .. })));
    let aside = Sqlite::put_aside(&copy).unwrap();
    drop(Sqlite::open(&copy).unwrap());
    let row: i64 =
        rusqlite::Connection::open(aside).unwrap().query_row("SELECT a FROM mine", [], |row| row.get(0)).unwrap();
    assert_eq!(row, 7);
}

/// Databases of one page, or from a time when databases did not record their length.
#[test]
fn a_young_or_an_old_database_of_somebody_else_is_none_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    for (name, sql) in [
        ("view.db", "CREATE VIEW mine AS SELECT 1 AS a"),
        ("version.db", "PRAGMA user_version = 3; CREATE VIEW mine AS SELECT 1 AS a"),
    ] {
        let path = folder.path().join(name);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        for old in [false, true] {
            let mut bytes = fs::read(&path).unwrap();
            if old {
                bytes[28..32].fill(0);
                fs::write(&path, &bytes).unwrap();
            }
            assert!(matches!(Sqlite::open(&path), Err(StoreError::Foreign { .. })), "{name} {old}");
            assert!(matches!(Sqlite::delete(&path), Err(StoreError::Foreign { .. })), "{name} {old}");
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_what_it_leads_to() {
    let (folder, path) = filled();
    fs::create_dir(folder.path().join("elsewhere")).unwrap();
    let link = folder.path().join("elsewhere/link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let store = Sqlite::open(&link).unwrap();
    assert!(is_filled(&store));
    assert_eq!(store.verify().unwrap(), [""; 0]);
    drop(store);
    Sqlite::delete(&link).unwrap();
    assert_eq!(files_of(&path), [""; 0].map(std::path::PathBuf::from));
}

#[test]
fn a_store_of_an_earlier_version_is_emptied() {
    let (_folder, path) = filled();
    let earlier = "DROP TABLE sentences; PRAGMA user_version = 1";
    rusqlite::Connection::open(&path).unwrap().execute_batch(earlier).unwrap();
    let store = Sqlite::open(&path).unwrap();
    let Counts { sources, passages, .. } = store.counts().unwrap();
    assert_eq!((sources, passages), (0, 0));
    assert_eq!(store.verify().unwrap(), [""; 0]);
    drop(store);
    // From then on it is a current store.
    assert_eq!(Sqlite::open(&path).unwrap().counts().unwrap().sources, 0);
}

#[test]
fn a_store_of_a_later_version_is_refused() {
    let (_folder, path) = filled();
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 7").unwrap();
    let error = Sqlite::open(&path).map(drop).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 7, .. }));
    assert!(error.to_string().contains("index rebuild"), "{error}");
}

/// A row that was removed, inserted twice or changed by hand is noticed, in each table.
#[test]
fn tables_are_held_against_each_other() {
    for change in [
        "DELETE FROM passages WHERE id = 2",
        "UPDATE passages SET text = text || '.' WHERE id = 2",
        "UPDATE passages SET rest = (SELECT rest FROM passages WHERE id = 1) WHERE id = 2",
        "INSERT INTO passages SELECT 900, text, rest FROM passages WHERE id = 1",
        "DELETE FROM words WHERE rowid = 2",
        "INSERT INTO words (rowid, text) VALUES (900, 'ferry')",
        "UPDATE documents SET first = first + 1",
        "UPDATE documents SET about = (SELECT about FROM documents WHERE id = 1)",
        "UPDATE readings SET data = (SELECT max(data) FROM readings)",
        "UPDATE files SET data = (SELECT max(data) FROM files)",
        "UPDATE vectors SET first = 0",
        "UPDATE spaces SET rows = 3",
        "UPDATE spaces SET generation = 1",
        "DELETE FROM spaces",
        "UPDATE numbers SET next = 2",
        "INSERT INTO memos VALUES (x'00', 1, x'0102030405060708')",
    ] {
        let (_folder, path) = filled();
        rusqlite::Connection::open(&path).unwrap().execute_batch(change).unwrap();
        assert!(matches!(look_at(&path), Found::Damaged(_)), "{change}");
    }
}

/// As after a power failure: only a beginning of the log reached the disk, and of the vectors whatever was synced.
#[test]
fn any_beginning_of_the_log_is_an_earlier_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    let store = Sqlite::open(&path).unwrap();
    let texts: Vec<String> =
        (0..30).map(|n| format!("On day {n} the ferry struck the pier. Nobody in the harbor saw it.")).collect();
    // The counts at each length of the log.
    let mut committed = Vec::new();
    for (n, text) in texts.iter().enumerate() {
        store.add(file(&format!("/{n}"), &[text])).unwrap();
        let log = fs::metadata(folder.path().join("s.db-wal")).unwrap().len();
        committed.push((log, n + 1));
    }
    let (_copy, whole) = copied(&path);
    drop(store);
    let log = whole.with_extension("db-wal");
    let length = fs::metadata(&log).unwrap().len();
    let mut seen = std::collections::BTreeSet::new();
    for length in (0..length).step_by(4 * 4096 + 1009).chain([length]) {
        let (_copy, copy) = copied(&whole);
        fs::File::options().write(true).open(copy.with_extension("db-wal")).unwrap().set_len(length).unwrap();
        fs::remove_file(copy.with_extension("db-shm")).unwrap();
        let store = Sqlite::open(&copy).unwrap();
        assert_eq!(store.verify().unwrap(), [""; 0], "{length} bytes of the log");
        let sources = store.counts().unwrap().sources;
        let least = committed.iter().filter(|(log, _)| *log <= length).map(|(_, n)| *n).max().unwrap_or(0);
        assert!(sources >= least, "{sources} of {least} at {length}");
        assert!((0..sources).all(|n| super::holds(&store, &file(&format!("/{n}"), &[&texts[n]])) == Some(true)));
        // It can be used from there.
        store.add(file("/more", &["Rents rose in the harbor district."])).unwrap();
        assert_eq!(store.verify().unwrap(), [""; 0]);
        seen.insert(sources);
    }
    assert!(seen.len() > 5, "{seen:?}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/s.db");
    let store = Sqlite::open(&path).unwrap();
    fill(&store);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let files = files_of(&path);
    assert!(files.len() >= 5, "{files:?}");
    files.iter().for_each(|file| assert_eq!(mode(file), 0o600, "{}", file.display()));
    assert_eq!(mode(&folder.path().join("a")), 0o700);
    drop(store);
    Sqlite::delete(&path).unwrap();
    assert_eq!(files_of(&path), [""; 0].map(std::path::PathBuf::from));
}

#[test]
fn what_was_pruned_is_nowhere_any_more() {
    let (folder, path) = filled();
    let secret = "Zwiebelkuchenkonspiration";
    let store = Sqlite::open(&path).unwrap();
    store.add(file("/secret", &[&format!("The {secret} met at night."), "Nobody was hurt."])).unwrap();
    let files = || fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let holds = |needle: &str| {
        let needles = [needle.as_bytes().to_vec(), needle.to_lowercase().into_bytes()];
        files().any(|file| {
            let bytes = fs::read(file).unwrap();
            needles.iter().any(|needle| bytes.windows(needle.len()).any(|window| window == needle))
        })
    };
    assert!(holds(secret));
    store.prune(&|file| file.path.ends_with("secret")).unwrap();
    assert!(!holds(secret), "still there");
    assert!(is_filled(&store));
    drop(store);
    assert!(!holds(secret));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Arbitrary pages after a valid header.
    #[test]
    fn garbage_is_refused(garbage in proptest::collection::vec(any::<u8>(), 0..20_000), kept in 0usize..5000) {
        let (_folder, path) = filled();
        let mut bytes = fs::read(&path).unwrap();
        bytes.truncate(kept.max(100));
        bytes.extend(garbage);
        fs::write(&path, &bytes).unwrap();
        prop_assert!(look_at(&path) != Found::Whole);
        if let Ok(store) = Sqlite::open(&path) {
            // Any question yields an error or an answer.
            let _ = (store.files(), store.counts(), store.postings("harbor"), store.rows(&space("a")));
            let _ = store.passages(&[1, 2]);
            let _ = store.add(Additions::default());
        }
    }
}
