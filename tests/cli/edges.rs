//! Endless inputs, foreign files, and limits: each has a message, and nothing is lost.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Answer, Folder, tiny_model};

const FERRY: &str = "The ferry struck the breakwater at dawn and twelve passengers were hurt.\n";

fn folder() -> Folder {
    Folder::with(&[("a.txt", FERRY), ("b.txt", "At dawn the ferry hit the breakwater.\n"), ("lines.txt", "one\ntwo\n")])
}

#[test]
fn too_many_threads_are_refused() {
    folder().run(&["query", "ferry", ".", "--threads", "1000000000"]).refuses(&["--threads 1000000000", "at most"]);
}

#[test]
fn inputs_without_an_end_are_refused() {
    let folder = folder();
    let model = tiny_model();
    for args in [
        &["query", "ferry", ".", "--source-map", "/dev/zero"][..],
        &["query", "--file", "/dev/zero", "."],
        &["bench", "--texts", "/dev/zero", "--model", model.to_str().unwrap()],
        &["passages", "/dev/zero"],
    ] {
        let start = Instant::now();
        folder.run(args).refuses(&["/dev/zero", "MiB"]);
        assert!(start.elapsed() < Duration::from_secs(20), "{args:?}");
    }
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let folder = folder();
    let file = fs::File::create(folder.path("large.txt")).unwrap();
    // The file is sparse: reading all of it would take minutes.
    file.set_len(1 << 40).unwrap();
    let start = Instant::now();
    folder.run(&["passages", "."]).exits(2).warns("large.txt", "larger than");
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn an_empty_phrase_is_an_error_and_a_path_gets_a_hint() {
    let folder = folder();
    for words in ["", " ", "—"] {
        folder.run(&["query", "ferry", ".", "--words", words]).refuses(&["--words", "at least one word"]);
    }
    let answer = folder.run(&["query", "a.txt", "b.txt"]);
    assert!(answer.stderr.contains("--like a.txt"), "{}", answer.stderr);
    assert_eq!(folder.run(&["query", "a ferry hit the breakwater", "."]).exits(0).stderr, "");
}

#[test]
fn a_long_query_is_not_echoed() {
    let long = "…".repeat(30_000);
    let answer = folder().run(&["query", &long, "."]).exits(2);
    assert!(answer.stderr.len() < 1000, "{}", answer.stderr);
}

#[test]
fn a_long_argument_is_not_echoed() {
    let folder = folder();
    let long = format!("bridge{}", " bridge".repeat(14_000));
    let (globs, option) = ("{a,".repeat(5000), format!("--min-score={long}"));
    for args in [
        &["report", &long][..],
        &["report", &long, "--format", "json"],
        &["report", ".", "--model", &long],
        &["report", ".", "--since", &long],
        &["report", ".", "-o", &long],
        &["query", "ferry", ".", "--min-score", &long],
        &["query", "ferry", ".", &option],
        &["query", "ferry", ".", &option, "--format", "json"],
        &["query", "ferry", ".", "--glob", &globs],
        &["schema", &long],
        &["embed", "--lines", &long],
        &["bench", "--assert", &long],
    ] {
        let answer = folder.run(args).exits(2);
        let shown = ["bridge bridge", "{a,{a,"].iter().any(|typed| answer.stderr.contains(typed));
        assert!(shown && answer.stderr.contains('…') && answer.stderr.len() < 3000, "{}", answer.stderr);
    }
}

#[test]
fn names_that_are_not_utf8_are_found() {
    let folder = folder();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
    fs::write(folder.path("").join(name), "Lines before.\n\nAt dawn a ferry hit the mole, and twelve were hurt.\n")
        .unwrap();
    for line in [&b""[..], b":3"] {
        let like = std::ffi::OsStr::from_bytes(&[name.as_bytes(), line].concat()).to_owned();
        let answer = Answer::of(folder.command(&["query", ".", "--like"]).arg(like), b"").exits(0);
        assert!(answer.text().contains("a.txt"), "{}", answer.text());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_source_map_may_name_files_that_are_not_utf8() {
    let folder = folder();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
    fs::write(folder.path("").join(name), FERRY).unwrap();
    folder.write("map.csv", b"path,publisher\ncaf\xe9.txt,Northlight\n");
    let model = tiny_model();
    let args = ["passages", ".", "--source-map", "map.csv", "--model", model.to_str().unwrap()];
    let answer = folder.run(&args).exits(0);
    assert!(answer.text().contains("Northlight"), "{}", answer.text());
    assert!(!answer.stderr.contains("matches no source"), "{}", answer.stderr);
}

#[test]
fn a_document_that_could_not_be_read_has_no_like() {
    let folder = folder();
    folder.write("x.pdf", "%PDF-1.7 and no more");
    let model = tiny_model();
    let answer = folder.run(&["query", "--like", "x.pdf", ".", "-q", "--model", model.to_str().unwrap()]).exits(2);
    assert!(!answer.stderr.contains("has no passages"), "{}", answer.stderr);
    answer.refuses(&["--like x.pdf: ", "PDF"]);
}

#[test]
fn vectors_replace_vectors_only() {
    let folder = folder();
    let model = tiny_model();
    let embed = |output: &str, more: &[&str]| {
        let args =
            [&["embed", "--lines", "lines.txt", "-o", output, "--model", model.to_str().unwrap()], more].concat();
        folder.run(&args)
    };
    embed("v.npy", &[]).exits(0);
    embed("v.jsonl", &[]).exits(0);
    let written = (fs::read(folder.path("v.npy")).unwrap(), fs::read(folder.path("v.jsonl")).unwrap());
    embed("v.npy", &[]).exits(0);
    embed("v.jsonl", &[]).exits(0);
    assert_eq!((fs::read(folder.path("v.npy")).unwrap(), fs::read(folder.path("v.jsonl")).unwrap()), written);
    // Text is not vectors, and one format is not another.
    folder.write("a.jsonl", "no vectors\n");
    for (output, more) in [("a.jsonl", &[][..]), ("v.jsonl", &["--format", "npy"])] {
        let before = fs::read(folder.path(output)).unwrap();
        embed(output, more).refuses(&[output, "--force"]);
        assert_eq!(fs::read(folder.path(output)).unwrap(), before);
    }
    embed("a.jsonl", &["--force"]).exits(0);
    assert_eq!(fs::read(folder.path("a.jsonl")).unwrap(), written.1);
    let left = fs::read_dir(folder.path(""))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".samesay"));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_full_disk_leaves_the_old_vectors() {
    let folder = folder();
    let model = tiny_model();
    let texts = "The ferry struck the mole.\n".repeat(3000);
    folder.write("many.txt", &texts);
    let args = ["embed", "--lines", "lines.txt", "-o", "v.jsonl", "--model", model.to_str().unwrap()];
    folder.run(&args).exits(0);
    let before = fs::read(folder.path("v.jsonl")).unwrap();
    // No file may grow beyond 8 blocks of 512 bytes, as on a disk that is full.
    let command = format!(
        "trap '' XFSZ; ulimit -f 8; exec {} embed --lines many.txt -o v.jsonl --model {}",
        env!("CARGO_BIN_EXE_samesay"),
        model.display()
    );
    let mut shell = Command::new("bash");
    shell.args(["-c", &command]).current_dir(folder.path("")).env("SAMESAY_STORE", "none");
    let answer = Answer::of(&mut shell, b"").exits(2);
    assert!(answer.stderr.contains("v.jsonl") && answer.stderr.contains("too large"), "{}", answer.stderr);
    assert_eq!(fs::read(folder.path("v.jsonl")).unwrap(), before);
}

#[test]
fn a_report_that_was_edited_is_kept() {
    let folder = folder();
    for (name, before, after) in [
        ("r.md", "## Claims", "## Claims\n\nI doubt the first."),
        ("r.html", "</main>", "<p>I doubt the first.</p></main>"),
        ("end.html", "</html>", "</html>\n<!-- I doubt the first. -->"),
    ] {
        let text = || fs::read_to_string(folder.path(name)).unwrap();
        folder.run(&["report", ".", "-o", name]).exits(0);
        folder.run(&["report", ".", "-o", name]).exits(0);
        let edited = text().replacen(before, after, 1);
        assert!(edited.contains("I doubt"), "{name}");
        folder.write(name, &edited);
        folder.run(&["report", ".", "-o", name]).refuses(&[name, "edited", "--force"]);
        assert_eq!(text(), edited);
        folder.run(&["report", ".", "-o", name, "--force"]).exits(0);
        assert!(!text().contains("I doubt"));
    }
    // A page of an earlier version does not record how it was written.
    let page = fs::read_to_string(folder.path("r.html")).unwrap();
    let (page, _) = page.rsplit_once("<!-- checksum ").unwrap();
    folder.write("r.html", page);
    folder.run(&["report", ".", "-o", "r.html"]).exits(0);
}

#[test]
fn json_holds_no_character_that_a_terminal_obeys() {
    let folder = Folder::with(&[(
        "a.txt",
        "The ferry \u{9b}31m struck \u{202e}the mole\u{7f} at dawn, and twelve passengers were hurt.\n",
    )]);
    let answer = folder.run(&["query", "a ferry hit the mole", ".", "--format", "json"]).exits(0);
    assert!(answer.text().trim_end().chars().all(|c| !c.is_control() && c != '\u{202e}'), "{:?}", answer.text());
    let text = answer.json()["results"][0]["sources"][0]["passages"][0]["text"].as_str().unwrap().to_owned();
    assert!(text.contains("\u{9b}31m") && text.contains('\u{202e}'), "{text:?}");
}

#[test]
fn somebody_elses_file_is_no_store_to_rebuild() {
    let folder = folder();
    folder.write("letters.db", "Dear Ida,\n");
    let answer = Answer::of(
        folder.command(&["index", "rebuild", ".", "--store", "letters.db"]).env_remove("SAMESAY_STORE"),
        b"",
    );
    answer.refuses(&["letters.db", "not a samesay store"]);
    assert_eq!(fs::read_to_string(folder.path("letters.db")).unwrap(), "Dear Ida,\n");
    assert_eq!(
        fs::read_dir(folder.path(""))
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains(".old"))
            .count(),
        0
    );
}

#[test]
fn damaged_vectors_are_said_where_they_are_read() {
    let folder = folder();
    let run = |args: &[&str]| Answer::of(folder.command(args).env("SAMESAY_STORE", folder.path("kept.db")), b"");
    run(&["query", "a ferry hit the breakwater", "a.txt", "b.txt"]).exits(0);
    let vectors = fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap().path());
    let vectors: Vec<_> = vectors.filter(|path| path.to_string_lossy().contains("-vectors-")).collect();
    assert_eq!(vectors.len(), 1, "{vectors:?}");
    let whole = fs::read(&vectors[0]).unwrap();
    for damage in [0x00, 0x7b, 0xff] {
        fs::write(&vectors[0], vec![damage; whole.len()]).unwrap();
        for args in [&["query", "a ferry hit the breakwater", "a.txt", "b.txt"][..], &["sources", "a.txt", "b.txt"]] {
            let answer = run(args).exits(2);
            assert!(answer.stderr.contains("damaged") && answer.stderr.contains("index rebuild"), "{}", answer.stderr);
        }
    }
}

#[test]
fn too_little_memory_is_a_message() {
    let folder = folder();
    let command = format!("ulimit -v 150000; exec {} query ferry .", env!("CARGO_BIN_EXE_samesay"));
    let mut shell = Command::new("bash");
    shell.args(["-c", &command]).current_dir(folder.path(""));
    Answer::of(&mut shell, b"").refuses(&["ulimit -v", "146 MiB", "at least"]);
}

/// Memory that is refused in the middle of the work yields a message, not an abort.
#[test]
fn memory_that_runs_out_is_an_error() {
    let folder = Folder::with(&[]);
    folder.write("a.txt", FERRY.repeat(1 << 20));
    let model = tiny_model();
    let run = format!("exec {} passages a.txt --store none --threads 1", env!("CARGO_BIN_EXE_samesay"));
    // With the lowest limit the file cannot be read; with higher ones its lines cannot be stored.
    for limit in [680_000, 750_000, 900_000] {
        let command = format!("ulimit -c 0; ulimit -v {limit}; {run} --model {}", model.display());
        let mut shell = Command::new("bash");
        let answer = Answer::of(shell.args(["-c", &command]).current_dir(folder.path("")), b"").exits(2);
        let told = ["out of memory", "MiB of memory, more than is left"];
        assert!(told.iter().any(|words| answer.stderr.contains(words)), "{limit}: {}", answer.stderr);
    }
}

/// The file next to a store may be a pipe to which nothing is written.
#[test]
fn a_pipe_beside_a_store_is_not_waited_for() {
    let folder = folder();
    let run = |args: &[&str]| {
        let mut command = Command::new("timeout");
        command.args(["60", env!("CARGO_BIN_EXE_samesay")]).args(args).current_dir(folder.path(""));
        Answer::of(command.env("SAMESAY_STORE", folder.path("s.db")).env_remove("NO_COLOR"), b"")
    };
    let model = tiny_model();
    run(&["index", "a.txt", "--model", model.to_str().unwrap()]).exits(0);
    fs::remove_file(folder.path("s.db.use")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path("s.db.use")).status().unwrap().success());
    for what in ["clean", "prune", "verify"] {
        let code = run(&["index", what]).code;
        assert!(matches!(code, Some(0 | 2)), "{what}: {code:?}");
    }
}

/// A pipe without a writer or reader in place of a file.
#[test]
fn a_pipe_in_place_of_a_file_is_refused() {
    let folder = folder();
    let run = |args: &[&str]| {
        let mut command = Command::new("timeout");
        command
            .args(["60", env!("CARGO_BIN_EXE_samesay")])
            .args(args)
            .args(["--model", tiny_model().to_str().unwrap()]);
        Answer::of(command.current_dir(folder.path("")).env("SAMESAY_STORE", "none").env_remove("NO_COLOR"), b"")
    };
    let pipe = |name: &str| assert!(Command::new("mkfifo").arg(folder.path(name)).status().unwrap().success());
    ["f.html", "f.md", "s.db"].iter().for_each(|name| pipe(name));
    for args in [
        &["report", "a.txt", "b.txt", "-o", "f.html"][..],
        &["report", "a.txt", "b.txt", "-o", "f.md", "--force"],
        &["bench", "-o", "f.html"],
    ] {
        run(args).refuses(&["-o f.", "is not a regular file"]);
    }
    run(&["passages", "a.txt", "--store", "s.db"]).refuses(&["s.db: is not a regular file"]);
    run(&["index", "a.txt", "--store", "t.db"]).exits(0);
    let vectors = fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap().path());
    let vectors = vectors.into_iter().find(|path| path.display().to_string().contains("t.db-vectors")).unwrap();
    fs::remove_file(&vectors).unwrap();
    pipe(vectors.file_name().unwrap().to_str().unwrap());
    run(&["query", "ferry", "a.txt", "--store", "t.db"]).refuses(&["t.db", "is not a regular file"]);
}

/// SQLite treats such a name as a URI.
#[test]
fn a_store_may_have_any_name() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let model = tiny_model();
    for name in ["file:new/u.db", "file:v.db", "file:new/w.db?mode=memory"] {
        let args = ["index", "a.txt", "--model", model.to_str().unwrap(), "--store", name];
        for _ in 0..2 {
            folder.run(&args).exits(0);
        }
        let found = fs::metadata(folder.path(name)).unwrap();
        assert!(found.len() > 0 && found.permissions().mode() & 0o777 == 0o600, "{name}: {found:?}");
        folder.run(&["index", "verify", "--store", name]).exits(0);
    }
}

/// A file whose content differs each time it is read.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_keeps_changing_is_left_out() {
    const CHANGING: &str = "/proc/sys/kernel/random/uuid";
    let folder = folder();
    let model = tiny_model();
    let model = ["--model", model.to_str().unwrap()];
    let answer = folder.run(&[&["passages", "a.txt", CHANGING], &model[..]].concat()).exits(2);
    answer.warns(CHANGING, "is still changing; try again later");
    assert!(answer.text().contains("The ferry struck"), "{}", answer.text());
    folder.run(&[&["passages", CHANGING], &model[..]].concat()).refuses(&[CHANGING, "is still changing"]);
}

#[test]
fn help_that_cannot_be_written_is_an_error() {
    for args in [&["--help"][..], &["--version"], &["query", "--help"]] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = super::samesay().args(args).stdout(full).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains("stdout"), "{args:?}: {said}");
    }
}

#[test]
fn outputs_that_cannot_be_put_where_they_are_named() {
    let folder = folder();
    std::os::unix::fs::symlink("nowhere", folder.path("link.html")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path("link")).unwrap();
    for command in [&["report", "a.txt", "b.txt"][..], &["bench"]] {
        folder.run(&[command, &["-o", "link.html"]].concat()).refuses(&["-o link.html", "symbolic link to nothing"]);
    }
    folder.run(&["man", "-o", "link"]).refuses(&["-o link", "symbolic link to nothing"]);
    folder.run(&["man", "-o", "a.txt"]).refuses(&["-o a.txt", "is not a folder"]);
    folder.run(&["report", ".", "-o", "r.md", "-o", "r.md"]).refuses(&["-o r.md", "twice"]);
    folder.run(&["bench", "--baseline", "/dev/zero"]).refuses(&["--baseline /dev/zero", "is not a regular file"]);
}

/// An empty database next to vectors was once a store.
#[test]
fn a_store_that_lost_its_database_is_damaged() {
    let folder = folder();
    let model = tiny_model();
    folder.run(&["index", "a.txt", "--model", model.to_str().unwrap(), "--store", "s.db"]).exits(0);
    folder.run(&["index", "verify", "--store", "s.db"]).exits(0);
    folder.write("s.db", "");
    folder.run(&["index", "verify", "--store", "s.db"]).refuses(&["s.db", "damaged", "vector file"]);
}

#[test]
fn vectors_that_were_damaged_name_their_store() {
    let folder = folder();
    let model = tiny_model();
    let model = ["--model", model.to_str().unwrap(), "--store", "s.db"];
    folder.run(&[&["index", "."], &model[..]].concat()).exits(0);
    let vectors = fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap().path());
    let vectors = vectors.into_iter().find(|path| path.display().to_string().contains("s.db-vectors")).unwrap();
    let whole = fs::read(&vectors).unwrap();
    let mut reversed: Vec<u8> = whole.chunks_exact(2).rev().flatten().copied().collect();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for damaged in [&vec![0; whole.len()], &mut reversed, &mut flipped] {
        fs::write(&vectors, damaged).unwrap();
        for command in [&["sources", "."][..], &["pairs", "."], &["query", "a crew reported alarms", "."]] {
            folder.run(&[command, &model[..]].concat()).refuses(&["s.db: the store is damaged", "index rebuild"]);
        }
        folder.run(&["index", "verify", "--store", "s.db"]).refuses(&["s.db", "damaged"]);
    }
    fs::write(&vectors, whole).unwrap();
    folder.run(&[&["query", "a crew reported alarms", "."], &model[..]].concat()).exits(1);
    folder.run(&["index", "verify", "--store", "s.db"]).exits(0);
}
