//! Files that are missing, empty, odd, enormous or forbidden.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io};

use super::{Answer, Folder, tiny_model};

const FERRY: &str = "The ferry struck the breakwater at dawn and twelve passengers were hurt.\n";
const BINARY: &[u8] = b"\x7fELF\x02\x01\0\0\0\0 and so on";

#[test]
fn a_path_that_is_not_there() {
    let folder = Folder::with(&[("a.txt", FERRY)]);
    folder.run(&["query", "ferry", "nowhere.txt"]).refuses(&["nowhere.txt", "No such file"]);
    folder.run(&["query", "ferry", "a.txt", "nowhere"]).refuses(&["nowhere", "No such file"]);
}

#[test]
fn an_empty_folder() {
    let folder = Folder::with(&[]);
    fs::create_dir(folder.path("drawer")).unwrap();
    folder.run(&["query", "ferry", "drawer"]).refuses(&["drawer: no documents", ".txt", ".md"]);
}

#[test]
fn a_folder_with_other_types_only() {
    let folder = Folder::with(&[("drawer/a.png", FERRY), ("drawer/b.rs", FERRY)]);
    folder.run(&["passages", "drawer"]).refuses(&["drawer: no documents", ".txt", ".md", "--glob"]);
    let answer = folder.run(&["query", "ferry", "drawer", "--glob", "*.rs"]).exits(0);
    assert!(answer.text().contains("b.rs:1") && !answer.text().contains("a.png"), "{}", answer.text());
}

#[test]
fn bytes_tell_what_a_file_is_where_its_name_lies() {
    let folder = Folder::with(&[("a.txt", FERRY), ("paper.txt", "%PDF-1.7\n and no more"), ("old.txt", "{\\rtf1 {")]);
    folder.write("letter.txt", b"PK\x03\x04 and no more");
    folder.write("report.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more");
    let answer = folder.run(&["query", "a ferry hit the breakwater", ".", "report.doc"]).exits(2);
    answer.warns("paper.txt", "cannot be read as PDF");
    answer.warns("letter.txt", "cannot be read as Word");
    answer.warns("old.txt", "ends too early");
    answer.warns("report.doc", "save it as .docx");
    assert!(answer.text().contains("a.txt:1"), "{}", answer.text());
}

#[test]
fn rows_of_a_table_are_text_and_stand_together() {
    let folder = Folder::with(&[(
        "a.md",
        "The ferries of the bay:\n\n| Port | Boats |\n|---|---|\n| Tarn | 2 old ferries |\n| Halm | 1 tug |\n",
    )]);
    assert_eq!(
        passages(&folder, "a.md").0,
        ["The ferries of the bay:", "Port, Boats; Tarn, 2 old ferries; Halm, 1 tug"]
    );
}

#[test]
fn an_empty_file_alone() {
    let folder = Folder::with(&[("empty.txt", ""), ("blank.txt", " \n\t\n")]);
    folder.run(&["query", "ferry", "empty.txt"]).refuses(&["empty.txt", "no text"]);
    folder.run(&["passages", "blank.txt"]).refuses(&["blank.txt", "no text"]);
}

#[test]
fn an_empty_file_among_others() {
    let folder = Folder::with(&[("a.txt", FERRY), ("empty.txt", "")]);
    let answer = folder.run(&["query", "a ferry hit the breakwater", "."]).exits(0);
    answer.warns("empty.txt", "no text");
    assert!(answer.text().contains("a.txt:1"), "{}", answer.text());
}

#[test]
fn a_binary_file_alone() {
    let folder = Folder::with(&[]);
    folder.write("photo.txt", BINARY);
    let answer = folder.run(&["query", "ferry", "photo.txt"]).exits(2);
    assert_eq!(answer.text(), "");
    assert!(
        answer.stderr.starts_with("samesay: photo.txt: is a binary file") && answer.stderr.lines().count() == 1,
        "{}",
        answer.stderr
    );
}

#[test]
fn the_error_says_why_no_file_could_be_read() {
    let folder = Folder::with(&[]);
    folder.write("photo.txt", BINARY);
    // Without the warnings, the error is all that a user sees.
    let answer = folder.run(&["query", "ferry", "photo.txt", "--quiet"]).exits(2);
    assert!(answer.stderr.contains("photo.txt") && !answer.stderr.contains("no documents found"), "{}", answer.stderr);
}

#[test]
fn a_binary_file_among_many() {
    let folder = Folder::with(&[("a.txt", FERRY), ("c.txt", "A bakery sells rye bread on the square.\n")]);
    folder.write("b.txt", BINARY);
    let answer = folder.run(&["query", "a ferry hit the breakwater", "."]).exits(2);
    answer.warns("b.txt", "binary");
    assert!(answer.text().contains("a.txt:1"), "{}", answer.text());
    assert_eq!(folder.run(&["query", "ferry", ".", "-q"]).exits(2).stderr, "");
}

/// The texts of the passages of one file.
fn passages(folder: &Folder, name: &str) -> (Vec<String>, String) {
    let answer = folder.run(&["passages", name, "--format", "json"]).exits(0);
    let passages = answer.json()["sources"][0]["passages"].as_array().unwrap().clone();
    (passages.iter().map(|passage| passage["text"].as_str().unwrap().to_owned()).collect(), answer.stderr)
}

#[test]
fn bytes_that_are_no_utf8_are_read_with_a_note() {
    let folder = Folder::with(&[]);
    folder.write("latin.txt", b"The caf\xe9 on the quay has closed for the winter.\n");
    let (texts, stderr) = passages(&folder, "latin.txt");
    assert_eq!(texts, ["The café on the quay has closed for the winter."]);
    assert!(stderr.contains("latin.txt: is not UTF-8"), "{stderr}");
}

#[test]
fn old_encodings_are_recognised() {
    let folder = Folder::with(&[]);
    let texts = [
        (encoding_rs::WINDOWS_1251, "Паром на рассвете врезался в волнорез гавани, двенадцать пассажиров пострадали."),
        (encoding_rs::SHIFT_JIS, "フェリーが夜明けに港の防波堤に衝突し、乗客十二人が負傷した。"),
        (encoding_rs::GBK, "渡轮在清晨撞上了港口的防波堤，十二名乘客受伤，船长说舵突然失灵。"),
        (encoding_rs::EUC_KR, "여객선이 새벽에 항구의 방파제에 부딪혀 승객 열두 명이 다쳤다."),
    ];
    for (encoding, text) in texts {
        folder.write("old.txt", encoding.encode(text).0);
        assert_eq!(passages(&folder, "old.txt").0, [text], "{}", encoding.name());
    }
}

#[test]
fn one_bad_byte_does_not_turn_the_rest_into_another_encoding() {
    let folder = Folder::with(&[]);
    folder.write(
        "a.txt",
        b"The caf\xc3\xa9 on G\xc3\xbcnther's quay has closed.\n\nThe sign \xff on its door is broken too.\n",
    );
    let (texts, stderr) = passages(&folder, "a.txt");
    assert_eq!(texts[0], "The café on Günther's quay has closed.");
    assert!(
        stderr.contains("a.txt: is damaged UTF-8") && stderr.contains("replaced by \u{fffd} in one place"),
        "{stderr}"
    );
}

#[test]
fn utf16_with_a_mark_is_the_same_text() {
    let text = "The café on Günther’s quay has closed.\n\nNobody had expected it — not even the 渡船 crews.\n";
    let folder = Folder::with(&[("8.txt", text), ("8bom.txt", &format!("\u{feff}{text}"))]);
    let units = || text.encode_utf16();
    folder.write("le.txt", [&[0xff, 0xfe], &units().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()[..]].concat());
    folder.write("be.txt", [&[0xfe, 0xff], &units().flat_map(u16::to_be_bytes).collect::<Vec<u8>>()[..]].concat());
    let expected = passages(&folder, "8.txt");
    assert_eq!(expected.0.len(), 2);
    for name in ["8bom.txt", "le.txt", "be.txt"] {
        assert_eq!(passages(&folder, name), expected, "{name}");
    }
}

/// Runs a command that must end within a minute, and samples its peak memory in KiB: the last sample before its end, if
/// the system has `/proc`.
fn measured(mut command: Command) -> (Answer, Option<u64>) {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (status, start) = (format!("/proc/{}/status", child.id()), Instant::now());
    let mut peak = None;
    let run = std::thread::spawn(|| child.wait_with_output().unwrap());
    while !run.is_finished() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).or(peak);
        assert!(start.elapsed() < Duration::from_mins(1), "not done after a minute; {peak:?} KiB");
        std::thread::sleep(Duration::from_millis(10));
    }
    (Answer::from(run.join().unwrap()), peak)
}

/// The permitted cost of a file of 50 MB: its bytes, its text, its words for the search for repeats.
const MOST_KIB: u64 = 700 << 10;

/// Prose without a blank line, as some programs write it.
#[test]
fn a_paragraph_of_two_megabytes_is_read() {
    let sentences: String = (0..30_000)
        .map(|at| format!("On day {at} the harbour master spoke of rope and of salt to the crew.\n"))
        .collect();
    let folder = Folder::with(&[("long.txt", &sentences)]);
    let answer = folder.run(&["passages", "long.txt", "--format", "json"]).exits(0).json();
    let source = &answer["sources"][0];
    assert_eq!(source["dropped"].as_array().unwrap().len(), 0, "{}", source["dropped"]);
    let words: usize = source["passages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|passage| passage["text"].as_str().unwrap().split_whitespace().count())
        .sum();
    assert_eq!(words, sentences.split_whitespace().count());
}

#[test]
fn a_line_of_fifty_megabytes_is_dropped_with_a_reason() {
    let folder = Folder::with(&[]);
    folder.write("long.txt", "the harbour master spoke of rope and of salt, ".repeat(50_000_000 / 46));
    let (answer, peak) = measured(folder.command(&["passages", "long.txt"]));
    let answer = answer.exits(0);
    assert!(answer.text().contains("dropped long.txt:1") && answer.text().contains("1 MiB"), "{}", answer.text());
    assert!(peak.is_none_or(|peak| peak < MOST_KIB), "{peak:?} KiB");
}

#[test]
fn many_lines_and_many_pages_take_no_longer_than_their_length_asks() {
    let folder = Folder::with(&[]);
    folder.write("lines.txt", "the harbour master spoke of rope and of salt\n".repeat(200_000));
    folder.write(
        "paragraphs.txt",
        (0..50_000).map(|n| format!("The harbour master bought rope number {n}.\n\n")).collect::<String>(),
    );
    folder.write(
        "pages.txt",
        (0..50_000).map(|n| format!("The harbour master bought rope number {n}.\n\u{c}")).collect::<String>(),
    );
    let (answer, peak) = measured(folder.command(&["passages", "."]));
    assert!(answer.exits(0).text().contains("paragraphs.txt  50000 passages"));
    assert!(peak.is_none_or(|peak| peak < MOST_KIB), "{peak:?} KiB");
}

#[test]
fn a_folder_that_links_to_itself() {
    let folder = Folder::with(&[("loop/a.txt", FERRY)]);
    symlink("../loop", folder.path("loop/again")).unwrap();
    let answer = folder.run(&["query", "a ferry hit the breakwater", "loop", "--format", "json"]).exits(0);
    assert_eq!(answer.json()["results"][0]["sources"].as_array().unwrap().len(), 1);
    assert_eq!(answer.stderr, "");
}

#[test]
fn a_link_that_leads_to_itself() {
    let folder = Folder::with(&[]);
    symlink("eye.txt", folder.path("eye.txt")).unwrap();
    folder.run(&["query", "ferry", "eye.txt"]).refuses(&["eye.txt", "symbolic links"]);
}

#[test]
fn a_file_that_is_named_in_two_ways_counts_once() {
    let folder = Folder::with(&[("a.txt", FERRY)]);
    symlink("a.txt", folder.path("b.txt")).unwrap();
    let answer = folder.run(&["query", "ferry", "a.txt", "./a.txt", ".", "b.txt", "--format", "json"]).exits(0);
    assert_eq!(answer.json()["results"][0]["sources"].as_array().unwrap().len(), 1);
}

/// Runs as a user without full permissions: as nobody (65534) if root runs the tests, otherwise as the current user.
pub fn as_nobody(folder: &Folder, args: &[&str], store: &str) -> Option<Answer> {
    fs::set_permissions(folder.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let (program, model) = (folder.path("samesay"), folder.path("model"));
    fs::copy(env!("CARGO_BIN_EXE_samesay"), &program).unwrap();
    copy_folder(&tiny_model(), &model);
    let mut command = Command::new(program);
    command.current_dir(folder.path("")).args(args).arg("--model").arg(model).env("HOME", folder.path(""));
    command.env_remove("SAMESAY_CACHE").env_remove("XDG_CACHE_HOME").env("SAMESAY_STORE", store);
    if fs::metadata(folder.path("")).unwrap().uid() == 0 {
        command.uid(65534).gid(65534);
    }
    match command.output() {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => None,
        output => Some(Answer::from(output.unwrap())),
    }
}

/// Copies a folder's files, readable by all users.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() {
            copy_folder(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(&name)).unwrap();
            fs::set_permissions(to.join(&name), fs::Permissions::from_mode(0o644)).unwrap();
        }
    }
}

#[test]
fn a_file_that_may_not_be_read() {
    let folder = Folder::with(&[("open.txt", FERRY), ("secret.txt", FERRY), ("safe/x.txt", FERRY)]);
    for (name, mode) in [("secret.txt", 0o000), ("safe", 0o000), ("open.txt", 0o644)] {
        fs::set_permissions(folder.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    let answers = [["query", "ferry", ".", "--min-score=-1"], ["query", "ferry", "secret.txt", "-q"]]
        .map(|args| as_nobody(&folder, &args, "none"));
    fs::set_permissions(folder.path("safe"), fs::Permissions::from_mode(0o755)).unwrap();
    let [Some(among), Some(alone)] = answers else {
        println!("skipped: a_file_that_may_not_be_read (this process cannot start another as somebody else)");
        return;
    };
    let among = among.exits(2);
    among.warns("secret.txt", "Permission denied");
    among.warns("safe/", "Permission denied");
    for told in ["1 file could not be read: secret.txt\n", "1 folder could not be read: safe/\n"] {
        assert!(among.text().contains(told), "{}", among.text());
    }
    assert_eq!(among.stderr.matches("safe").count(), 1, "{}", among.stderr);
    assert!(among.text().contains("open.txt:1") && !among.text().contains("secret.txt:1"), "{}", among.text());
    assert_eq!(among.stderr.matches("Permission denied").count(), 2, "{}", among.stderr);
    alone.refuses(&["secret.txt"]);
}

#[test]
fn a_glob_that_cannot_be_understood() {
    let folder = Folder::with(&[("a.txt", FERRY)]);
    folder.run(&["query", "ferry", ".", "--glob", "["]).refuses(&["\"[\" is not a valid glob"]);
    folder.run(&["query", "ferry", ".", "--glob", "{a,"]).refuses(&["\"{a,\" is not a valid glob"]);
    folder.run(&["passages", ".", "--exclude", "a["]).refuses(&["\"a[\" is not a valid glob"]);
}

#[test]
fn a_glob_that_cannot_be_understood_is_refused_where_only_files_are_named() {
    Folder::with(&[("a.txt", FERRY)])
        .run(&["query", "ferry", "a.txt", "--glob", "["])
        .refuses(&["\"[\" is not a valid glob"]);
}

#[test]
fn globs_choose_and_leave_out() {
    let folder = Folder::with(&[("a.txt", FERRY), ("b.txt", FERRY), ("c.log", FERRY), ("old/a.txt", FERRY)]);
    let found = |args: &[&str]| {
        let answer = folder.run(&[&["passages", ".", "--format", "json"], args].concat()).exits(0).json();
        let sources = answer["sources"].as_array().unwrap().clone();
        sources.iter().map(|source| source["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found(&[]), ["a.txt", "b.txt", "old/a.txt"]);
    assert_eq!(found(&["--glob", "a.*", "--glob", "*.log"]), ["a.txt", "c.log", "old/a.txt"]);
    assert_eq!(found(&["--exclude", "old", "--exclude", "b.*"]), ["a.txt"]);
    assert_eq!(found(&["--glob", "*.txt", "--exclude", "old/"]), ["a.txt", "b.txt"]);
}

#[test]
fn a_glob_that_only_leaves_out_brings_in_no_other_types() {
    let folder = Folder::with(&[("a.txt", FERRY), ("b.txt", FERRY), ("c.log", FERRY)]);
    let answer = folder.run(&["passages", ".", "--glob", "!b.*"]).exits(0);
    assert!(answer.text().contains("a.txt") && !answer.text().contains("b.txt"), "{}", answer.text());
    assert!(!answer.text().contains("c.log:1"), "{}", answer.text());
}

#[test]
fn sources_have_ids_of_their_own_whatever_bytes_their_names_have() {
    let folder = Folder::with(&[]);
    for name in [&b"a\xfe.txt"[..], b"a\xff.txt"] {
        if fs::write(folder.path("").join(std::ffi::OsStr::from_bytes(name)), FERRY).is_err() {
            println!(
                "skipped: sources_have_ids_of_their_own_whatever_bytes_their_names_have (this file system refuses \
                 such names)"
            );
            return;
        }
    }
    let answer = folder.run(&["passages", ".", "--format", "json"]).exits(0).json();
    assert_ne!(answer["sources"][0]["source"], answer["sources"][1]["source"]);
    assert_ne!(answer["sources"][0]["passages"][0]["id"], answer["sources"][1]["passages"][0]["id"]);
}

#[test]
fn a_document_of_which_nothing_is_used_is_warned_of() {
    let folder = Folder::with(&[("a.txt", FERRY), ("code.md", "```\nlet ferry = 1;\n```\n")]);
    let answer = folder.run(&["query", "a ferry hit the breakwater", "."]).exits(0);
    answer.warns("code.md", "");
}
