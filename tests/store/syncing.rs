//! A run reads, splits and embeds what is new and nothing else, and reports it if it cannot.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use samesay::store::{Sqlite, Store};

use super::files_of;
#[cfg(unix)]
use crate::cli::input::as_nobody;
use crate::cli::{Answer, Folder, tiny_model};

const STORE: &str = "kept/s.db";

fn index(folder: &Folder, args: &[&str]) -> Answer {
    folder.run(&[&["index"], args, &["--store", STORE]].concat())
}

/// The bytes of each file of vectors.
fn vectors(folder: &Folder) -> Vec<(PathBuf, u64)> {
    let files = files_of(&folder.path(STORE)).into_iter().filter(|file| file.to_string_lossy().contains("-vectors-"));
    files.map(|file| (file.clone(), fs::metadata(file).unwrap().len())).collect()
}

fn three() -> Folder {
    Folder::with(&[
        ("docs/a.txt", "The ferry struck the pier in fog. Nobody was hurt.\n\nThe captain spoke of a broken lamp.\n"),
        ("docs/b.txt", "Rents rose by three per cent in the old town.\n\nThe board of the district objects to that.\n"),
        ("docs/c.md", "# Bread\n\nRye bread is baked in the harbor again.\n"),
    ])
}

/// Bytes of a vector of the default model.
const ROW: u64 = 384 * 2;

#[test]
fn a_renamed_or_copied_file_embeds_nothing_and_a_changed_paragraph_one() {
    let folder = three();
    assert_eq!(index(&folder, &["docs"]).exits(0).text(), "3 sources, 5 passages, all embedded\n");
    let before = vectors(&folder);
    // Two sentences in one passage yield three rows.
    assert_eq!(before.iter().map(|(_, bytes)| bytes / ROW).collect::<Vec<_>>(), [7]);
    fs::rename(folder.path("docs/a.txt"), folder.path("docs/z.txt")).unwrap();
    fs::copy(folder.path("docs/b.txt"), folder.path("docs/copy of b.txt")).unwrap();
    assert_eq!(index(&folder, &["docs"]).exits(0).text(), "4 sources, 7 passages, all embedded\n");
    assert_eq!(vectors(&folder), before);
    folder.write(
        "docs/b.txt",
        "Rents rose by four per cent in the old town.\n\nThe board of the district objects to that.\n",
    );
    assert_eq!(index(&folder, &["docs"]).exits(0).text(), "4 sources, 7 passages, all embedded\n");
    assert_eq!(vectors(&folder)[0].1 / ROW, 8);
    // The answer matches the current documents.
    let answer = |store| folder.run(&["cluster", "docs", "--format", "json", "--store", store]).exits(0);
    assert_eq!(answer(STORE).text(), answer("none").text());
}

/// The same length and the same modification time, so that only the time of change differs.
#[test]
fn a_file_that_was_written_to_within_a_moment_is_read_again() {
    let folder = three();
    let path = folder.path("docs/b.txt");
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    index(&folder, &["docs"]).exits(0);
    let changed = fs::read_to_string(&path).unwrap().replace("three", "eight");
    fs::write(&path, changed).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    let answer = folder.run(&["passages", "docs", "--store", STORE]).exits(0);
    assert!(answer.text().contains("eight per cent"), "{}", answer.text());
}

#[test]
fn models_and_instruction_sets_do_not_mix() {
    let folder = three();
    let tiny = tiny_model().display().to_string();
    let runs: &[&[&str]] = &[&[], &["--isa", "portable"], &["--model", &tiny], &["--isa", "portable"], &[]];
    for args in runs {
        let query = |store| {
            folder.run(
                &[&["query", "a ferry", "docs", "--min-score=-1", "--format", "json", "--store", store], *args]
                    .concat(),
            )
        };
        assert_eq!(query(STORE).exits(0).text(), query("none").exits(0).text(), "{args:?}");
    }
    assert_eq!(vectors(&folder).len(), 3);
    assert_eq!(index(&folder, &["verify"]).exits(0).text(), "undamaged: 3 sources, 5 passages, all embedded\n");
}

#[test]
fn what_is_gone_is_forgotten_at_once_and_deleted_by_prune() {
    let folder = three();
    index(&folder, &["docs"]).exits(0);
    fs::remove_file(folder.path("docs/c.md")).unwrap();
    assert_eq!(index(&folder, &["status"]).exits(0).text(), "3 sources, 5 passages, all embedded\n");
    let pruned = index(&folder, &["prune"]).exits(0);
    assert_eq!(pruned.text(), "2 sources, 4 passages, all embedded\n");
    assert!(pruned.stderr.contains("1 file, 1 passage and the vectors of 1 passage"), "{}", pruned.stderr);
    assert_eq!(vectors(&folder)[0].1 / ROW, 6);
    fs::remove_file(folder.path("docs/b.txt")).unwrap();
    assert_eq!(index(&folder, &["docs"]).exits(0).text(), "1 source, 2 passages, all embedded\n");
    // Files elsewhere, and those excluded by a glob, stay.
    folder.write("more/d.txt", "A house burned down near the harbor.\n");
    index(&folder, &["more"]).exits(0);
    assert_eq!(index(&folder, &["docs", "--glob", "*.md"]).code, Some(2));
    assert_eq!(index(&folder, &["status"]).exits(0).text(), "2 sources, 3 passages, all embedded\n");
    assert_eq!(index(&folder, &["verify"]).exits(0).text(), "undamaged: 2 sources, 3 passages, all embedded\n");
    assert_eq!(index(&folder, &["clean"]).exits(0).text(), "0 sources, 0 passages\n");
    assert_eq!(files_of(&folder.path(STORE)), [""; 0].map(PathBuf::from));
    let status = index(&folder, &["status", "--format", "json"]).exits(0);
    let counts = "{\"schema\":\"samesay.index.v1\",\"sources\":0,\"passages\":0,\"embedded\":0,";
    assert!(status.text().starts_with(counts) && status.text().contains("nothing is kept"), "{}", status.text());
}

#[test]
fn each_folder_has_a_store_of_its_own_in_the_cache() {
    let folder = three();
    folder.write("other/d.txt", "A house burned down near the harbor.\n");
    let stores = folder.path("cache/stores");
    let run = |args: &[&str]| {
        let mut command = folder.command(args);
        let model = crate::cli::model_dir().display().to_string();
        command.env_remove("SAMESAY_STORE").env("SAMESAY_CACHE", folder.path("cache")).args(["--model", &model]);
        Answer::of(&mut command, b"")
    };
    let names = || {
        let databases = fs::read_dir(&stores).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = databases
            .filter(|name| Path::new(name).extension() == Some("db".as_ref()))
            .map(|name| name.split('-').next().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    run(&["index", "docs"]).exits(0);
    assert_eq!(names(), ["docs"]);
    // A file of the folder and the folder itself share the folder's store.
    run(&["query", "ferry", "docs/a.txt", "--min-score=-1"]).exits(0);
    assert_eq!(names(), ["docs"]);
    let of_one = run(&["index", "status", "docs/b.txt"]).exits(0);
    assert!(of_one.text().starts_with("1 source, "), "{}", of_one.text());
    run(&["index", "other"]).exits(0);
    assert_eq!(names(), ["docs", "other"]);
    assert_eq!(run(&["index", "status", "other"]).exits(0).text(), "1 source, 1 passage, all embedded\n");
    run(&["index", "clean", "other"]).exits(0);
    assert_eq!(names(), ["docs"]);
    // A subfolder does not delete what is in the store of a parent folder.
    folder.write("docs/sub/e.txt", "The tug came too late to help.\n");
    run(&["index", "docs/sub"]).exits(0);
    for command in ["clean", "rebuild"] {
        let refused = run(&["index", command, "docs/sub"]).exits(2);
        assert!(refused.stderr.contains("in the store of") && refused.stderr.contains("/docs;"), "{}", refused.stderr);
    }
    assert_eq!(run(&["index", "status", "docs"]).exits(0).text(), "4 sources, 6 passages, all embedded\n");
    // Two files have their own store, which no other folder uses.
    let both = ["query", "house", "docs/a.txt", "other/d.txt", "--min-score=-1"];
    run(&both).exits(0);
    run(&["index", "other"]).exits(0);
    assert_eq!(names(), ["docs", "docs", "other"]);
    run(&["index", "clean", "other"]).exits(0);
    // So do two folders, whatever they contain.
    run(&["index", "docs", "other"]).exits(0);
    fs::create_dir(folder.path("other/new")).unwrap();
    folder.write("other/new/f.txt", "Rye bread is baked in the harbor.\n");
    assert_eq!(
        run(&["index", "docs", "other"]).exits(0).text(),
        run(&["index", "status", "other", "docs"]).exits(0).text()
    );
    assert_eq!(names(), ["docs", "docs"]);
    // The environment variable names another store.
    let mut command = folder.command(&["index", "docs"]);
    command.env("SAMESAY_STORE", folder.path("mine.db"));
    Answer::of(&mut command, b"").exits(0);
    assert!(folder.path("mine.db").exists());
}

#[test]
fn rebuild_mends_what_is_damaged_and_keeps_what_is_no_store() {
    let folder = three();
    index(&folder, &["docs"]).exits(0);
    let whole = fs::read(folder.path(STORE)).unwrap();
    for (damage, told) in [
        (&whole[..5000], "damaged"),
        (&whole[..60], "not a samesay store"),
        (b"my own notes, in a file of this name", "not a samesay store"),
    ] {
        fs::write(folder.path(STORE), damage).unwrap();
        for command in [&["index", "verify"][..], &["query", "a ferry", "docs"], &["index", "status"]] {
            if told == "damaged" && command[1] != "verify" {
                continue;
            }
            let refused = folder.run(&[command, &["--store", STORE]].concat()).exits(2);
            assert!(refused.stderr.contains(told) && refused.stderr.contains("s.db"), "{}", refused.stderr);
            assert!(refused.stdout.is_empty());
        }
        let rebuilt = index(&folder, &["rebuild", "docs"]).exits(0);
        assert_eq!(rebuilt.text(), "3 sources, 5 passages, all embedded\n", "{}", rebuilt.stderr);
        assert_eq!(index(&folder, &["verify"]).exits(0).text(), "undamaged: 3 sources, 5 passages, all embedded\n");
    }
    assert_eq!(fs::read(folder.path("kept/s.db.2.old")).unwrap(), b"my own notes, in a file of this name");
    // Nor is it replaced if it contains files other than those to be read again.
    let refused = index(&folder, &["rebuild", "docs/a.txt"]).exits(2);
    assert!(refused.stderr.contains("also keeps files from other places, such as"), "{}", refused.stderr);
    // Without documents nothing is discarded.
    let refused = index(&folder, &["rebuild", "kept"]).exits(2);
    assert!(refused.stderr.contains("no documents found"), "{}", refused.stderr);
    assert_eq!(index(&folder, &["status"]).exits(0).text(), "3 sources, 5 passages, all embedded\n");
}

/// Whatever a damaged database contains, a command ends with an error or the right answer.
#[test]
fn damage_is_an_error_of_whoever_meets_it() {
    for damage in [
        "DELETE FROM memos; UPDATE vectors SET first = 1000000",
        "DELETE FROM memos; UPDATE vectors SET first = -1",
        "DELETE FROM memos; UPDATE vectors SET rows = 4000000000",
        "UPDATE spaces SET rows = 1",
        "UPDATE spaces SET rows = 1000000000000",
        "UPDATE passages SET text = 'another text'",
        "UPDATE passages SET rest = x'00'",
        "DELETE FROM passages",
        "DELETE FROM memos; UPDATE documents SET about = x'00'",
        "DELETE FROM memos; UPDATE readings SET data = x'00'",
        "UPDATE files SET data = x'00'",
        "DROP TABLE memos",
        "DROP TABLE postings; DROP TABLE words",
    ] {
        let folder = three();
        index(&folder, &["docs"]).exits(0);
        rusqlite::Connection::open(folder.path(STORE)).unwrap().execute_batch(damage).unwrap();
        let refused = folder.run(&["query", "a ferry", "docs", "--store", STORE]).exits(2);
        assert!(
            refused.stderr.contains("damaged") && refused.stderr.contains("index rebuild"),
            "{damage}: {}",
            refused.stderr
        );
        assert_eq!(refused.stderr.lines().count(), 1, "{damage}: {}", refused.stderr);
    }
    // Cached values are recomputed if they are damaged.
    let folder = three();
    let query = |store: &str| folder.run(&["query", "a ferry", "docs", "--store", store]).exits(0);
    let expected = query(STORE);
    rusqlite::Connection::open(folder.path(STORE))
        .unwrap()
        .execute_batch("UPDATE memos SET data = x'0102030405'")
        .unwrap();
    assert_eq!(query(STORE).text(), expected.text());
}

/// A pipe can be read only once.
#[cfg(unix)]
#[test]
fn a_pipe_is_a_document() {
    let folder = three();
    let program = env!("CARGO_BIN_EXE_samesay");
    let model = tiny_model().display().to_string();
    for store in ["none", STORE] {
        let script = format!("exec '{program}' passages <(cat docs/a.txt) --store {store} --model '{model}'");
        let mut command = std::process::Command::new("bash");
        command.current_dir(folder.path("")).args(["-c", &script]);
        let answer = Answer::of(&mut command, b"").exits(0);
        assert!(answer.text().contains("The captain spoke of a broken lamp."), "{}", answer.text());
    }
}

#[test]
fn errors_say_what_to_do() {
    let folder = three();
    let refused = index(&folder, &["verify"]).exits(2);
    assert!(refused.stderr.contains("no such store; create one with `samesay index`"), "{}", refused.stderr);
    let refused = folder.run(&["index", "docs", "--store", "none"]).exits(2);
    assert!(refused.stderr.contains("--store none keeps nothing"), "{}", refused.stderr);
    let refused = folder.run(&["query", "a", "docs", "--store", "docs"]).exits(2);
    assert!(refused.stderr.contains("--store") && refused.stderr.contains("docs"), "{}", refused.stderr);
    let refused = folder.run(&["query", "a", "docs", "--store", "docs/a.txt"]).exits(2);
    assert!(refused.stderr.contains("docs/a.txt: is not a samesay store"), "{}", refused.stderr);
    assert!(fs::read_to_string(folder.path("docs/a.txt")).unwrap().starts_with("The ferry"));
}

/// If the store cannot be written, a user who asked for it gets an error; one who did not gets the answer.
#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_to() {
    use std::os::unix::fs::PermissionsExt;
    let folder = three();
    fs::create_dir_all(folder.path("locked")).unwrap();
    fs::set_permissions(folder.path("locked"), fs::Permissions::from_mode(0o555)).unwrap();
    let query = ["query", "a ferry", "docs", "--min-score=-1"];
    let answers = ["locked/s.db", ""].map(|store| as_nobody(&folder, &query, store));
    let [Some(refused), Some(answered)] = answers else {
        println!("skipped: a_folder_that_cannot_be_written_to (this process cannot start another as somebody else)");
        return;
    };
    let refused = refused.exits(2);
    assert!(refused.stderr.contains("locked/s.db") && refused.stderr.contains("--store none"), "{}", refused.stderr);
    let answered = answered.exits(0);
    assert!(answered.stderr.contains("nothing will be kept for the next run"), "{}", answered.stderr);
    assert!(answered.text().contains("a.txt:1"));
    assert_eq!(fs::read_dir(folder.path("docs")).unwrap().count(), 3);
}

#[test]
fn a_watched_folder_is_kept_in_step() {
    let folder = three();
    let mut command = folder.command(&["index", "docs", "--watch", "--store", STORE]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || lines.next().map_or_else(|| "ended".to_owned(), Result::unwrap);
    assert_eq!(next(), "3 sources, 5 passages, all embedded");
    folder.write("docs/new/d.txt", "A house burned down near the harbor.\n\nThe fire brigade came late.\n");
    let mut line = next();
    // A file may be seen before it is completely written.
    while line == "4 sources, 5 passages, all embedded" {
        line = next();
    }
    assert_eq!(line, "4 sources, 7 passages, all embedded");
    fs::remove_file(folder.path("docs/a.txt")).unwrap();
    assert_eq!(next(), "3 sources, 5 passages, all embedded");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(Sqlite::open(&folder.path(STORE)).unwrap().verify().unwrap(), [""; 0]);
}

/// The system only reports on the original folder: one created again under its name is watched again.
#[test]
fn a_watched_folder_that_was_replaced_is_watched_again() {
    let folder = three();
    let mut command = folder.command(&["index", "docs", "--watch", "--store", STORE]);
    let said = fs::File::create(folder.path("said")).unwrap();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(said).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut until = |wanted: &str| {
        let found = lines.by_ref().map_while(Result::ok).any(|line| line == wanted);
        assert!(found, "it ended without {wanted}");
    };
    until("3 sources, 5 passages, all embedded");
    fs::rename(folder.path("docs"), folder.path("old")).unwrap();
    fs::create_dir(folder.path("docs")).unwrap();
    folder.write("docs/d.txt", "A house burned down near the harbor.\n");
    until("1 source, 1 passage, all embedded");
    // The new folder is watched too.
    folder.write("docs/e.txt", "The fire brigade came late.\n");
    until("2 sources, 2 passages, all embedded");
    // A missing folder is reported once, with the error itself.
    fs::rename(folder.path("docs"), folder.path("older")).unwrap();
    let missing = "samesay: warning: docs: No such file or directory (os error 2)\n";
    let start = std::time::Instant::now();
    let text = || fs::read_to_string(folder.path("said")).unwrap();
    while !text().contains(missing) {
        assert!(start.elapsed() < std::time::Duration::from_mins(1), "{}", text());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let said = text();
    assert!(said.lines().any(|line| line.contains(" UTC: changed: ") && line.contains("docs/e.txt")), "{said}");
}

/// Additions to a store that has been deleted are not reported as stored.
#[test]
fn a_store_that_was_deleted_meanwhile_is_an_error() {
    let folder = three();
    let mut command = folder.command(&["index", "docs", "--watch", "--store", STORE]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "3 sources, 5 passages, all embedded");
    fs::rename(folder.path(STORE), folder.path("moved.db")).unwrap();
    folder.write("docs/d.txt", "A house burned down near the harbor.\n");
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(STORE) && said.contains("was deleted or replaced meanwhile"), "{said}");
}
