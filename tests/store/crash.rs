//! A run that is interrupted at any moment loses nothing that was stored, and the next one resumes from there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use samesay::store::{Counts, Sqlite, Store};

use super::files_of;
use crate::cli::{Answer, Folder, samesay, tiny_model};

/// Number of kills for each of two stores.
const KILLS: usize = 110;

/// Enough for several transactions: 40 documents of 40 passages, and a table.
fn folder() -> Folder {
    let folder = Folder::with(&[]);
    for document in 0..40 {
        let paragraph = |n: usize| {
            format!("On day {n} ship {document} lay in the harbor of Tarn. Its crew of {} slept.\n\n", n + document)
        };
        folder.write(&format!("docs/{document}.txt"), (0..40).map(paragraph).collect::<String>());
    }
    let rows: String =
        (0..200).map(|n| format!("{n},The rent of house {n} rose by {} per cent this year.\n", n % 17)).collect();
    folder.write("docs/rows.csv", format!("id,text\n{rows}"));
    folder
}

fn command(folder: &Folder, args: &[&str]) -> Command {
    let mut command = samesay();
    command.current_dir(folder.path("")).args(args).args(["--model", &tiny_model().display().to_string()]);
    command
}

fn indexing(folder: &Folder) -> Child {
    let mut command = command(folder, &["index", "docs", "--store", "s.db"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Number of rows of vectors according to the store.
fn vectors(path: &Path) -> i64 {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.query_row("SELECT coalesce(sum(rows), 0) FROM spaces", [], |row| row.get(0)).unwrap()
}

#[test]
fn killed_at_any_moment() {
    std::thread::scope(|scope| {
        for seed in [1, 2] {
            scope.spawn(move || killed(seed));
        }
    });
}

/// Kills runs that index into one store, at moments derived from the seed.
fn killed(seed: u64) {
    let folder = folder();
    let path: PathBuf = folder.path("s.db");
    let start = Instant::now();
    assert!(indexing(&folder).wait().unwrap().success());
    let whole = start.elapsed();
    let complete = Sqlite::open(&path).unwrap().counts().unwrap();
    assert_eq!((complete.sources, complete.embedded), (240, complete.passages));
    assert!(complete.passages >= 1800);
    let expected = answer(&folder, "none");
    assert_eq!(answer(&folder, "s.db"), expected);
    Sqlite::delete(&path).unwrap();
    let (mut kept, mut kept_vectors) = (Counts::default(), 0);
    let (mut kills, mut unfinished, mut rounds) = (0, 0, 0);
    let mut state = seed;
    while kills < KILLS {
        let mut child = indexing(&folder);
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // A run that resumes has less to do than a complete one.
        let delay = whole.mul_f64((state >> 40) as f64 / (1u64 << 24) as f64 * 0.7);
        std::thread::sleep(delay.max(Duration::from_millis(1)));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills += 1;
        }
        child.wait().unwrap();
        if !path.exists() {
            continue;
        }
        let store = Sqlite::open(&path).unwrap();
        assert_eq!(store.verify().unwrap(), [""; 0], "after {kills} kills");
        let found = store.counts().unwrap();
        assert!(
            found.sources >= kept.sources && found.passages >= kept.passages && found.embedded >= kept.embedded,
            "{found:?} after {kept:?}"
        );
        assert!(vectors(&path) >= kept_vectors);
        (kept, kept_vectors) = (found, vectors(&path));
        unfinished += usize::from(found != complete);
        if found == complete {
            rounds += 1;
            drop(store);
            if rounds % 10 == 1 {
                assert_eq!(answer(&folder, "s.db"), expected);
            }
            Sqlite::delete(&path).unwrap();
            (kept, kept_vectors) = (Counts::default(), 0);
        }
    }
    assert!(unfinished > KILLS / 3, "only {unfinished} of {kills} kills left a store unfinished, in {rounds} rounds");
    assert!(indexing(&folder).wait().unwrap().success());
    assert_eq!(answer(&folder, "s.db"), expected);
    println!("{kills} kills, {unfinished} in the middle, {rounds} completed");
}

/// The answer given from a store.
fn answer(folder: &Folder, store: &str) -> String {
    let args = [
        "query",
        "--like",
        "docs/7.txt:5",
        "docs",
        "--min-score",
        "0.9",
        "-n",
        "50",
        "--format",
        "json",
        "--store",
        store,
    ];
    Answer::of(&mut command(folder, &args), b"").exits(0).text().to_owned()
}

#[test]
fn two_at_once_wait_for_each_other() {
    let folder = folder();
    let mut children = [indexing(&folder), indexing(&folder), indexing(&folder)];
    children.iter_mut().for_each(|child| assert!(child.wait().unwrap().success()));
    let store = Sqlite::open(&folder.path("s.db")).unwrap();
    assert_eq!(store.verify().unwrap(), [""; 0]);
    let kept = (store.counts().unwrap(), vectors(&folder.path("s.db")));
    drop(store);
    Sqlite::delete(&folder.path("s.db")).unwrap();
    assert!(indexing(&folder).wait().unwrap().success());
    assert_eq!((Sqlite::open(&folder.path("s.db")).unwrap().counts().unwrap(), vectors(&folder.path("s.db"))), kept);
}

/// Files may only grow to this many blocks of 1 KiB, as on a full disk.
#[test]
fn a_full_disk() {
    let folder = folder();
    let path = folder.path("s.db");
    let mut full = 0;
    let mut kept = Counts::default();
    for blocks in [1, 8, 40, 70, 100, 150, 200, 300, 400, 600] {
        // A write beyond the limit fails, rather than ending the program.
        let script = format!("ulimit -f {blocks}; trap '' XFSZ; exec \"$@\"");
        let plain = command(&folder, &["index", "docs", "--store", "s.db"]);
        let mut limited = Command::new("bash");
        limited
            .args(["-c", &script, "bash"])
            .arg(plain.get_program())
            .args(plain.get_args())
            .current_dir(folder.path(""));
        let answer = Answer::of(&mut limited, b"");
        if answer.code != Some(0) {
            assert_eq!(answer.code, Some(2), "{blocks}: {}", answer.stderr);
            assert!(
                answer.stderr.contains("s.db") && answer.stderr.contains("--store none"),
                "{blocks}: {}",
                answer.stderr
            );
            full += 1;
        }
        if fs::metadata(&path).is_ok_and(|found| found.len() > 0) {
            let store = Sqlite::open(&path).unwrap();
            assert_eq!(store.verify().unwrap(), [""; 0], "{blocks}");
            let found = store.counts().unwrap();
            assert!(found.passages >= kept.passages && found.embedded >= kept.embedded, "{found:?} after {kept:?}");
            kept = found;
        }
    }
    assert!(full >= 5, "{full}");
    assert!(indexing(&folder).wait().unwrap().success());
    let store = Sqlite::open(&path).unwrap();
    let Counts { sources, passages, embedded } = store.counts().unwrap();
    assert!((sources, embedded) == (240, passages) && passages >= 1800);
    assert_eq!(store.verify().unwrap(), [""; 0]);
    drop(store);
    assert!(files_of(&path).len() >= 2);
}
