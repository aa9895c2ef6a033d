//! Messages about a store: whose it is, that it is undamaged, that it is in use, and that nothing can be stored.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Answer, Folder, tiny_model};

fn folder() -> Folder {
    Folder::with(&[
        ("docs/a.txt", "The ferry struck the breakwater at dawn.\n"),
        ("docs/more/b.txt", "A bakery on the square sells rye bread.\n\nIt opens at six in the morning.\n"),
    ])
}

/// A command with a model of a few kilobytes readable by every user, and the store `kept/s.db`.
fn command(folder: &Folder, args: &[&str]) -> Command {
    let model = folder.path("model");
    if !model.exists() {
        for entry in walk(&tiny_model()) {
            let target = model.join(entry.strip_prefix(tiny_model()).unwrap());
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(&entry, target).unwrap();
        }
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_samesay"));
    command
        .current_dir(folder.path(""))
        .env("SAMESAY_STORE", folder.path("kept/s.db"))
        .env("SAMESAY_CACHE", folder.path("cache"));
    command.args(args).arg("--model").arg(model);
    command
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

fn run(folder: &Folder, args: &[&str]) -> Answer {
    Answer::of(&mut command(folder, args), b"")
}

#[test]
fn a_folder_is_told_of_and_not_the_whole_store() {
    let folder = folder();
    assert_eq!(run(&folder, &["index", "docs"]).exits(0).text(), "2 sources, 3 passages, all embedded\n");
    for args in
        [&["index", "docs/more"][..], &["index", "status", "docs/more"], &["index", "status", "docs/more/b.txt"]]
    {
        assert_eq!(run(&folder, args).exits(0).text(), "1 source, 2 passages, all embedded\n", "{args:?}");
    }
    // For a store that is named alone, everything is reported.
    assert_eq!(run(&folder, &["index", "status"]).exits(0).text(), "2 sources, 3 passages, all embedded\n");
}

#[test]
fn a_sound_store_is_said_to_be_undamaged() {
    let folder = folder();
    run(&folder, &["index", "docs"]).exits(0);
    let text = "undamaged: 2 sources, 3 passages, all embedded\n";
    assert_eq!(run(&folder, &["index", "verify", "docs"]).exits(0).text(), text);
    assert_eq!(run(&folder, &["index", "verify", "docs", "--format", "json"]).exits(0).json()["undamaged"], true);
    let status = run(&folder, &["index", "status", "docs", "--format", "json"]).exits(0).json();
    assert!(status.get("undamaged").is_none(), "{status}");
}

#[test]
fn a_path_that_is_not_all_of_a_store_does_not_delete_it() {
    let folder = folder();
    folder.write("elsewhere.txt", "The mayor opened the new library.\n");
    run(&folder, &["index", "docs", "elsewhere.txt"]).exits(0);
    for path in ["docs/more", "docs/a.txt", "nowhere"] {
        run(&folder, &["index", "clean", path]).refuses(&[path, "also keeps files from other places"]);
    }
    run(&folder, &["index", "status", "nowhere"]).refuses(&["nowhere: No such file"]);
    assert_eq!(run(&folder, &["index", "status"]).exits(0).text(), "3 sources, 4 passages, all embedded\n");
    run(&folder, &["index", "clean", "docs", "elsewhere.txt"]).exits(0);
    assert!(!folder.path("kept/s.db").exists());
    // A folder's own store is not that of one file in it.
    let own = |args: &[&str]| Answer::of(command(&folder, args).env_remove("SAMESAY_STORE"), b"");
    own(&["index", "docs"]).exits(0);
    own(&["index", "clean", "docs/a.txt"]).refuses(&["docs/a.txt", "b.txt"]);
    assert_eq!(own(&["index", "status", "docs"]).exits(0).text(), "2 sources, 3 passages, all embedded\n");
    own(&["index", "clean", "docs"]).exits(0);
}

#[test]
fn who_cleans_beside_a_watcher_is_told_what_is_waited_for() {
    let folder = folder();
    let mut watcher =
        command(&folder, &["index", "docs", "--watch"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(watcher.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with("2 sources"));
    for what in ["clean", "prune", "rebuild"] {
        let mut waiting =
            command(&folder, &["index", what, "docs"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(waiting.stderr.take().unwrap()).lines().next().unwrap().unwrap();
        assert!(
            said.contains("s.db") && said.contains("index --watch") && said.contains("30 seconds"),
            "{what}: {said}"
        );
        waiting.kill().unwrap();
        waiting.wait().unwrap();
    }
    watcher.kill().unwrap();
    watcher.wait().unwrap();
    assert_eq!(run(&folder, &["index", "clean", "docs"]).exits(0).stderr, "");
}

#[test]
fn a_watcher_says_what_was_not_read() {
    let folder = folder();
    folder.write("docs/c.pdf", "%PDF-1.7 and no more");
    let mut watcher = command(&folder, &["index", "docs", "--watch", "--format", "json"]);
    let mut watcher = watcher.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(watcher.stdout.take().unwrap()).lines();
    let mut next = || -> serde_json::Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let report = next();
    assert_eq!((&report["sources"], &report["unread"][0]["path"]), (&2.into(), &"docs/c.pdf".into()), "{report}");
    assert!(report["warnings"].is_array(), "{report}");
    // Of a folder that is gone, nothing is told that was true before.
    fs::rename(folder.path("docs"), folder.path("gone")).unwrap();
    let report = next();
    watcher.kill().unwrap();
    watcher.wait().unwrap();
    assert!(report["sources"] == 0 && !report["unread"].to_string().contains("c.pdf"), "{report}");
}

/// Runs a command as a user who may read everything in the folder but write nothing; root may write anywhere.
fn run_as_reader(folder: &Folder, args: &[&str]) -> Answer {
    let inner = command(folder, args);
    if fs::metadata(folder.path("")).unwrap().uid() != 0 {
        return Answer::of(&mut { inner }, b"");
    }
    let mut outer = Command::new("setpriv");
    outer.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(inner.get_program()).args(inner.get_args());
    outer.current_dir(folder.path(""));
    outer.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Answer::of(&mut outer, b"")
}

/// Lets every user read everything in a folder, but not write.
fn make_read_only(folder: &Path) {
    for path in walk(folder) {
        fs::set_permissions(path, fs::Permissions::from_mode(0o444)).unwrap();
    }
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        folders.extend(fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()));
        fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).unwrap();
    }
}

#[test]
fn a_store_that_cannot_be_written_to_answers() {
    let folder = folder();
    let query = ["query", "a ferry hit the breakwater", "docs", "--min-score=-1", "--format", "json"];
    let before = run(&folder, &query).exits(0).json();
    let kept = |name: &str| fs::read(folder.path("kept").join(name)).unwrap();
    let whole = kept("s.db");
    make_read_only(&folder.path(""));
    let answer = run_as_reader(&folder, &query).exits(0);
    assert_eq!(answer.json(), before);
    assert!(answer.stderr.contains("s.db") && answer.stderr.contains("nothing new is kept"), "{}", answer.stderr);
    // The answer comes from what was stored: nothing is read or embedded again.
    let verbose = run_as_reader(&folder, &["sources", "docs", "--min-score=-1", "-v"]).exits(0);
    assert!(!verbose.stderr.contains("embedded 1") && !verbose.stderr.contains("embedding"), "{}", verbose.stderr);
    assert_eq!(run_as_reader(&folder, &["index", "status"]).exits(0).text(), "2 sources, 3 passages, all embedded\n");
    assert!(run_as_reader(&folder, &["index", "verify"]).exits(0).text().starts_with("undamaged: "));
    // A user who asks to store something is told that it is not stored.
    let refused = run_as_reader(&folder, &["index", "docs"]).exits(2);
    assert!(refused.text().is_empty() && refused.stderr.contains("s.db"), "{}", refused.stderr);
    // A later document is read and found, but not stored.
    fs::set_permissions(folder.path("docs"), fs::Permissions::from_mode(0o755)).unwrap();
    folder.write("docs/c.txt", "A ferry hit the breakwater again.\n");
    let sources = run_as_reader(&folder, &query).exits(0).json()["results"][0]["sources"].as_array().unwrap().len();
    assert_eq!(sources, 3);
    assert_eq!(kept("s.db"), whole);
    for place in ["", "docs", "docs/more", "kept", "model", "model/1_Pooling", "model/2_Normalize"] {
        let _ = fs::set_permissions(folder.path(place), fs::Permissions::from_mode(0o755));
    }
}

/// A file without a name is written first, which is nobody's business.
#[test]
fn a_report_that_cannot_be_written_is_named_as_it_was_typed() {
    let folder = folder();
    run(&folder, &["index", "docs"]).exits(0);
    make_read_only(&folder.path(""));
    let answer = run_as_reader(&folder, &["report", "docs", "-o", "r.md", "-q"]).exits(2);
    for place in ["", "docs", "docs/more", "kept", "model", "model/1_Pooling", "model/2_Normalize"] {
        let _ = fs::set_permissions(folder.path(place), fs::Permissions::from_mode(0o755));
    }
    assert!(answer.stderr.contains("r.md: Permission denied"), "{}", answer.stderr);
    assert!(!answer.stderr.contains(".samesay"), "{}", answer.stderr);
}

/// What cannot be read is known by its content, and not tried again.
#[test]
fn a_pdf_that_cannot_be_read_is_remembered() {
    use samesay::store::{Additions, Reading, Sqlite, Store};
    let folder = folder();
    folder.write("docs/c.pdf", "%PDF-1.7 and no more");
    let args = ["passages", "docs", "--format", "json"];
    let first = run(&folder, &args).exits(2);
    let store = Sqlite::open(&folder.path("kept/s.db")).unwrap();
    let known = store.files().unwrap().into_iter().find(|file| file.path.ends_with("docs/c.pdf")).unwrap();
    let reading = store.readings(&[known.reading]).unwrap().swap_remove(0).unwrap();
    let reason = reading.sources.unwrap_err();
    drop(store);
    assert_eq!(first.json()["unread"][0]["reason"], *reason);
    let second = run(&folder, &args).exits(2);
    assert_eq!((second.json(), &second.stderr), (first.json(), &first.stderr));
    // So is a copy of it.
    fs::rename(folder.path("docs/c.pdf"), folder.path("docs/d.pdf")).unwrap();
    let renamed = run(&folder, &args).exits(2).json();
    assert_eq!(
        (&renamed["unread"][0]["path"], &renamed["unread"][0]["reason"]),
        (&"docs/d.pdf".into(), &(*reason).into())
    );
    // What the store says of it is believed.
    fs::remove_dir_all(folder.path("kept")).unwrap();
    let tried = Reading { sources: Err("was tried before".to_owned()), problems: Vec::new(), notes: Vec::new() };
    let store = Sqlite::open(&folder.path("kept/s.db")).unwrap();
    store.add(Additions { readings: vec![(known.reading, tried.into())], ..Additions::default() }).unwrap();
    drop(store);
    assert_eq!(run(&folder, &args).exits(2).json()["unread"][0]["reason"], "was tried before");
}

/// A script in whose folder `small` a file system of a few KiB is mounted; `None` where none can be mounted.
#[cfg(target_os = "linux")]
fn on_small_disk(folder: &Folder, kib: usize, script: &str) -> Option<Command> {
    let _ = fs::create_dir(folder.path("small"));
    let mounted = |script: &str| {
        let script = format!("mount -t tmpfs -o size={kib}k none small || exit 77; {script}");
        let mut outer = Command::new("unshare");
        outer.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).current_dir(folder.path(""));
        outer
    };
    let mounts = mounted("true").output().is_ok_and(|output| output.status.success());
    mounts.then(|| mounted(script))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_without_a_store_answers() {
    let folder = folder();
    let on_full_disk = || on_small_disk(&folder, 64, "cat /dev/zero >small/zeros 2>/dev/null; exec \"$0\" \"$@\"");
    if on_full_disk().is_none() {
        println!("skipped: a_full_disk_without_a_store_answers (no file system can be mounted)");
        return;
    }
    let run_full = |args: &[&str], setting: (&str, &str)| {
        let inner = command(&folder, args);
        let mut outer = on_full_disk().unwrap();
        outer.arg(inner.get_program()).args(inner.get_args());
        outer.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?)))).env_remove("SAMESAY_STORE");
        Answer::of(outer.env(setting.0, folder.path(setting.1)), b"")
    };
    let query = ["query", "a ferry hit the breakwater", "docs", "--min-score=-1", "--format", "json"];
    let before = run(&folder, &query).exits(0).json();
    for setting in [("SAMESAY_STORE", "small/s.db"), ("SAMESAY_CACHE", "small/cache")] {
        let answer = run_full(&query, setting).exits(0);
        assert_eq!(answer.json(), before);
        let said = answer.stderr.to_lowercase();
        assert!(said.contains("no space left") && said.contains("nothing will be kept"), "{}", answer.stderr);
        // Who asks to keep something is told that it is not.
        let refused = run_full(&["index", "docs"], setting).exits(2);
        assert!(refused.text().is_empty() && refused.stderr.to_lowercase().contains("no space left"), "{refused:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_amid_the_work_answers() {
    // The first documents are kept; for what comes later a few pages are left.
    const SCRIPT: &str = "
        samesay() { \"$program\" \"$@\" --model model; }
        samesay index docs -q >indexed &&
        head -c $(($(df -k small | awk 'NR == 2 { print $4 }') * 1024 - 200000)) /dev/zero >small/zeros &&
        mv later docs/later || exit 77
        samesay query 'a ferry hit the breakwater' docs --min-score=-1 --format json >answer 2>said
        echo $? >code
        samesay index docs >refused 2>why
        echo $? >>code
        rm small/zeros
        samesay index verify docs/a.txt docs/more
        samesay index status docs/a.txt docs/more";
    let folder = folder();
    fs::create_dir(folder.path("later")).unwrap();
    for file in 0..20 {
        let words = (0..2000).map(|word| format!("word{file}x{word} {}", if word % 9 == 0 { "mole.\n\n" } else { "" }));
        folder.write(&format!("later/{file}.txt"), words.collect::<String>());
    }
    drop(command(&folder, &[]));
    let Some(mut script) = on_small_disk(&folder, 2048, SCRIPT) else {
        println!("skipped: a_disk_that_fills_up_amid_the_work_answers (no file system can be mounted)");
        return;
    };
    script.env("program", env!("CARGO_BIN_EXE_samesay")).env("SAMESAY_STORE", folder.path("small/s.db"));
    let left = Answer::of(script.env("SAMESAY_CACHE", folder.path("cache")), b"").exits(0);
    let read = |name: &str| fs::read_to_string(folder.path(name)).unwrap();
    assert_eq!(read("code"), "0\n2\n", "{}{}", read("said"), read("why"));
    assert!(read("said").contains("no space left") && read("said").contains("is not kept"), "{}", read("said"));
    let query = ["query", "a ferry hit the breakwater", "docs", "--min-score=-1", "--format", "json"];
    let answer: serde_json::Value = serde_json::from_str(&read("answer")).unwrap();
    assert_eq!(answer, run(&folder, &query).exits(0).json());
    // Who asks to keep something is told that it is not.
    assert!(read("refused").is_empty() && read("why").contains("no space left"), "{}", read("why"));
    let (verified, status) = left.text().split_once('\n').unwrap();
    assert!(verified.starts_with("undamaged: "), "{verified}");
    assert_eq!(status, "2 sources, 3 passages, all embedded\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_store_whose_name_is_not_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    let store = folder.path("").join(std::ffi::OsStr::from_bytes(b"caf\xe9.db"));
    let run = |args: &[&str]| Answer::of(command(&folder, args).arg("--store").arg(&store), b"");
    run(&["index", "docs"]).exits(0);
    assert_eq!(run(&["index", "verify", "docs"]).exits(0).text(), "undamaged: 2 sources, 3 passages, all embedded\n");
    let beside = fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    let kept = beside.filter(|name| name.as_bytes().starts_with(b"caf\xe9.db")).count();
    assert!(kept >= 2, "{kept}");
    run(&["index", "clean", "docs"]).exits(0);
    assert!(!store.exists());
}
