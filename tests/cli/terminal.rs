//! Closed pipes, full disks, colours.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use super::{Folder, model_dir, tiny_model};

fn folder() -> Folder {
    let paragraph = |n: usize| {
        format!("The harbour master bought {n} coils of rope and as many sacks of salt from the chandler.\n\n")
    };
    Folder::with(&[
        ("a.txt", &(0..4000).map(paragraph).collect::<String>()),
        ("b.txt", "The ferry struck the breakwater at dawn.\n"),
    ])
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let (folder, tiny) = (folder(), tiny_model());
    let tiny = ["--model", tiny.to_str().unwrap()];
    for args in [
        &["passages"][..],
        &["passages", "--format", "json"],
        // The rest with --quiet: relevance and probability are estimates with this model, and its window is short.
        &["query", "--quiet", "harbour", "--min-score=-1", "--passages", "9999"],
        &["cluster", "--quiet", "--min-score", "1"],
        &["embed", "--quiet", "--lines", "a.txt"],
        &["embed", "--quiet", "--lines", "a.txt", "--format", "npy"],
    ] {
        let mut child = folder.command(args).args(tiny).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = Vec::new();
        // More than a pipe's capacity is still to come when this end closes.
        BufReader::with_capacity(16, child.stdout.take().unwrap()).read_until(b' ', &mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        println!("skipped: a_full_disk_is_an_error (there is no /dev/full)");
        return;
    };
    let folder = folder();
    for args in [
        &["passages", "b.txt"][..],
        &["query", "ferry", "b.txt"],
        &["embed", "b.txt"],
        &["embed", "b.txt", "--format", "npy"],
    ] {
        let output = folder.command(args).stdout(full.try_clone().unwrap()).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stderr.starts_with("samesay: ") && stderr.contains("No space left"), "{args:?}: {stderr}");
        assert!(stderr.starts_with("samesay: stdout: "), "{args:?}: {stderr}");
    }
}

#[test]
fn colours_in_a_pipe_come_only_when_asked_for() {
    let folder = folder();
    let styled = |args: &[&str], no_color: &str| {
        let output = folder.command(args).args(["query", "ferry", "b.txt"]).env("NO_COLOR", no_color).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        output.stdout.contains(&0x1b)
    };
    assert!(
        !styled(&[], "")
            && !styled(&[], "1")
            && !styled(&["--color", "never"], "")
            && !styled(&["--color", "auto"], "")
    );
    assert!(styled(&["--color", "always"], "") && styled(&["--color", "always"], "1"));
    assert!(!styled(&["--color", "always", "--format", "json"], ""));
}

#[test]
fn the_matching_sentence_is_marked_with_and_without_colours() {
    let folder = Folder::with(&[(
        "a.txt",
        "A bakery sells rye bread. The ferry struck the breakwater at dawn. Frost killed the buds.\n",
    )]);
    let query = ["query", "a ferry hit the breakwater"];
    assert!(folder.run(&query).exits(0).text().contains("bread. >>The ferry struck the breakwater at dawn.<< Frost"));
    let styled = folder.run(&[&query[..], &["--color", "always"]].concat()).exits(0);
    assert!(
        styled.text().contains("\x1b[1mferry\x1b[0m") && styled.text().contains("\x1b[2mbread.\x1b[0m"),
        "{}",
        styled.text()
    );
    assert!(!styled.text().contains(">>"), "{}", styled.text());
}

/// What the program writes to a terminal, provided by `script` (util-linux); `None` without that program.
fn in_a_terminal(folder: &Folder, settings: &[(&str, &str)], args: &str) -> Option<String> {
    model_dir();
    let program = format!("'{}' {args} 2>/dev/null", env!("CARGO_BIN_EXE_samesay"));
    let mut script = Command::new("script");
    script.args(["-qec", &program, "/dev/null"]).current_dir(folder.path("")).stdin(Stdio::null());
    script.env_remove("NO_COLOR").env("TERM", "xterm").envs(settings.iter().copied());
    Some(String::from_utf8(script.output().ok()?.stdout).unwrap())
}

#[test]
fn a_terminal_gets_colours_unless_no_color_is_set() {
    let folder = folder();
    let shown =
        |settings: &[(&str, &str)], args: &str| in_a_terminal(&folder, settings, &format!("query ferry b.txt {args}"));
    let Some(plain) = shown(&[("NO_COLOR", "1")], "") else {
        println!("skipped: a_terminal_gets_colours_unless_no_color_is_set (there is no program named script)");
        return;
    };
    assert!(plain.contains("b.txt:1") && !plain.contains('\x1b'), "{plain:?}");
    let styled = |settings: &[(&str, &str)], args: &str| shown(settings, args).unwrap().contains("\x1b[");
    assert!(styled(&[], "") && styled(&[("NO_COLOR", "")], "") && styled(&[("NO_COLOR", "1")], "--color always"));
    assert!(!styled(&[], "--color never") && !styled(&[], "--format json"));
    // A terminal that knows no colours.
    for term in ["dumb", ""] {
        assert!(!styled(&[("TERM", term)], "") && styled(&[("TERM", term)], "--color always"), "{term:?}");
    }
}

#[test]
fn who_has_to_type_something_is_told() {
    let folder = folder();
    let model = tiny_model();
    let command = format!("'{}' embed --model '{}'", env!("CARGO_BIN_EXE_samesay"), model.display());
    let mut script = Command::new("script");
    script.args(["-qec", &command, "/dev/null"]).current_dir(folder.path(""));
    let Ok(mut script) = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        println!("skipped: who_has_to_type_something_is_told (there is no program named script)");
        return;
    };
    // The last character is what Ctrl-D sends.
    script.stdin.as_mut().unwrap().write_all(b"a ferry\n\x04").unwrap();
    let shown = String::from_utf8(script.wait_with_output().unwrap().stdout).unwrap();
    assert!(shown.contains("reads from the terminal") && shown.contains("Ctrl-D"), "{shown:?}");
    let piped = folder.run_on(&["embed", "--model", model.to_str().unwrap()], b"a ferry\n").exits(0);
    assert_eq!(piped.stderr, "");
}

/// In a terminal a line that turns says how far `bench` is; elsewhere each stage is a line.
#[test]
fn bench_says_how_far_it_is() {
    let folder = Folder::with(&[("lines.txt", "the harbour is closed\nthe old ferry\n")]);
    let model = tiny_model();
    let args = ["bench", "--seconds", "0.5", "--threads", "2", "--texts", "lines.txt", "--model"];
    let args = [&args[..], &[model.to_str().unwrap()]].concat();
    let piped = folder.run(&args).exits(0).stderr;
    assert!(piped.contains("samesay: measuring what the hardware can do\n") && !piped.contains('\x1b'), "{piped}");
    let command = format!("'{}' {} >/dev/null", env!("CARGO_BIN_EXE_samesay"), args.join(" "));
    let mut script = Command::new("script");
    script.args(["-qec", &command, "/dev/null"]).current_dir(folder.path("")).stdin(Stdio::null());
    let Ok(shown) = script.env("TERM", "xterm").env_remove("NO_COLOR").output() else {
        println!("skipped: bench_says_how_far_it_is (there is no program named script)");
        return;
    };
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("measuring what the hardware can do") && shown.contains("\x1b["), "{shown:?}");
    assert!(!shown.contains("samesay: measuring"), "{shown:?}");
}
