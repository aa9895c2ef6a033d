//! Processes that start at the same time.

use std::process::{Child, Command, Stdio};

use samesay::store::{Sqlite, Store};

use crate::cli::{Folder, samesay, tiny_model};

const ROUNDS: usize = 200;
const PROCESSES: usize = 4;

fn spawn(folder: &Folder, args: &[&str]) -> Child {
    let mut command: Command = samesay();
    command.current_dir(folder.path("")).args(args).args([
        "--store",
        "s.db",
        "--model",
        &tiny_model().display().to_string(),
    ]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Runs all commands at once, and reports what went wrong.
fn together(folder: &Folder, commands: &[&[&str]]) -> Vec<String> {
    let children: Vec<Child> = commands.iter().map(|args| spawn(folder, args)).collect();
    let outputs = children.into_iter().map(|child| child.wait_with_output().unwrap());
    outputs
        .filter(|output| !output.status.success())
        .map(|output| String::from_utf8_lossy(&output.stderr).into_owned())
        .collect()
}

/// Each process finds no store, one that another is creating, or a complete one.
#[test]
fn those_who_index_a_new_folder_at_once_all_succeed() {
    let folder = Folder::with(&[("docs/a.txt", "The ferry struck the pier of Tarn in thick fog.\n")]);
    let mut failures = Vec::new();
    for _ in 0..ROUNDS {
        failures.extend(together(&folder, &[["index", "docs"].as_slice(); PROCESSES]));
        let store = Sqlite::open(&folder.path("s.db")).unwrap();
        let counts = store.counts().unwrap();
        assert_eq!((counts.sources, counts.passages, counts.embedded), (1, 1, 1));
        assert_eq!(store.verify().unwrap(), [""; 0]);
        drop(store);
        Sqlite::delete(&folder.path("s.db")).unwrap();
        assert_eq!(super::files_of(&folder.path("s.db")), [""; 0].map(std::path::PathBuf::from));
    }
    assert!(failures.is_empty(), "{} of {} runs failed, such as: {}", failures.len(), ROUNDS * PROCESSES, failures[0]);
}

/// Processes that delete, create and read each see a complete store or none.
#[test]
fn a_store_is_deleted_and_made_at_once() {
    let folder = Folder::with(&[("docs/a.txt", "The ferry struck the pier of Tarn in thick fog.\n")]);
    let mut failures = Vec::new();
    for _ in 0..ROUNDS / 4 {
        let commands: [&[&str]; PROCESSES] = [
            &["index", "docs"],
            &["index", "clean", "docs"],
            &["index", "rebuild", "docs"],
            &["index", "status", "docs"],
        ];
        failures.extend(together(&folder, &commands));
    }
    assert!(failures.is_empty(), "{} runs failed, such as: {}", failures.len(), failures[0]);
    assert_eq!(spawn(&folder, &["index", "docs"]).wait().unwrap().code(), Some(0));
    assert_eq!(Sqlite::open(&folder.path("s.db")).unwrap().verify().unwrap(), [""; 0]);
}

/// The process that creates a store continues to use it: one that waited to create it too need not wait for the end of
/// that.
#[test]
fn a_store_that_another_made_is_used_beside_it() {
    let folder = Folder::with(&[]);
    let (path, made) = (folder.path("s.db"), folder.path("made.db"));
    drop(Sqlite::open(&made).unwrap());
    let lock = std::fs::File::create(folder.path("s.db.use")).unwrap();
    lock.lock().unwrap();
    let start = std::time::Instant::now();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| Sqlite::open(&path).map(drop));
        std::thread::sleep(std::time::Duration::from_millis(300));
        std::fs::rename(&made, &path).unwrap();
        lock.lock_shared().unwrap();
        second.join().unwrap().unwrap();
    });
    assert!(start.elapsed() < Sqlite::PATIENCE, "it waited until its patience was at an end");
}
