//! `embed`: vectors for other programs.

use std::fs;
use std::process::Command;

use super::{Answer, Folder, tiny_model};

/// Rows of a JSONL answer.
#[track_caller]
fn jsonl(text: &str) -> Vec<Vec<f32>> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// Rows of a npy file, according to `NumPy`'s documentation of version 1.0 of the format, and nothing that it does not
/// allow.
#[track_caller]
fn npy(bytes: &[u8]) -> Vec<Vec<f32>> {
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
    let end = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let head = std::str::from_utf8(&bytes[10..end]).unwrap();
    assert!(end.is_multiple_of(64) && head.ends_with('\n'), "{head:?}");
    let shape = head
        .strip_prefix("{'descr': '<f4', 'fortran_order': False, 'shape': (")
        .and_then(|rest| rest.split_once("), }"));
    let (shape, padding) = shape.unwrap_or_else(|| panic!("{head:?}"));
    assert_eq!(padding.trim(), "");
    let (rows, columns): (usize, usize) =
        shape.split_once(", ").map(|(n, dim)| (n.parse().unwrap(), dim.parse().unwrap())).unwrap();
    let values: Vec<f32> =
        bytes[end..].chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect();
    assert_eq!((values.len(), (bytes.len() - end) % 4), (rows * columns, 0), "{head:?}");
    values.chunks_exact(columns).map(<[f32]>::to_vec).collect()
}

#[track_caller]
fn assert_unit(rows: &[Vec<f32>], n: usize, dim: usize) {
    assert_eq!(rows.len(), n);
    for row in rows {
        let length = row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
        assert!(row.len() == dim && (length - 1.0).abs() < 1e-5, "{} numbers of length {length}", row.len());
    }
}

const LINES: &str = "The ferry struck the breakwater.\nA bakery sells rye bread.\n\nThe ferry hit the mole.\n";

fn folder() -> Folder {
    Folder::with(&[("lines.txt", LINES)])
}

#[test]
fn lines_of_a_file_and_of_stdin() {
    let folder = folder();
    let from_file = folder.run(&["embed", "--lines", "lines.txt"]).exits(0);
    let rows = jsonl(from_file.text());
    assert_unit(&rows, 4, 384);
    let cosine = |a: usize, b: usize| rows[a].iter().zip(&rows[b]).map(|(a, b)| a * b).sum::<f32>();
    assert!(cosine(0, 3) > 0.4 && cosine(0, 1) < 0.2, "{} {}", cosine(0, 3), cosine(0, 1));
    for args in [&["embed", "--lines"][..], &["embed", "--lines", "-"], &["embed", "--lines", "--format", "jsonl"]] {
        assert_eq!(folder.run_on(args, LINES.as_bytes()).exits(0).text(), from_file.text());
    }
    assert_eq!(from_file.stderr, "");
}

#[test]
fn npy_holds_the_same_numbers() {
    let folder = folder();
    let expected = jsonl(folder.run(&["embed", "--lines", "lines.txt"]).exits(0).text());
    let on_stdout = folder.run(&["embed", "--lines", "lines.txt", "--format", "npy"]).exits(0);
    assert_eq!(npy(&on_stdout.stdout), expected);
    for (name, format) in [("x.npy", &[][..]), ("x.NPY", &[]), ("x.bin", &["--format", "npy"])] {
        let answer = folder.run(&[&["embed", "--lines", "lines.txt", "-o", name], format].concat()).exits(0);
        assert_eq!((answer.text(), answer.stderr.as_str()), ("", ""));
        assert_eq!(fs::read(folder.path(name)).unwrap(), on_stdout.stdout, "{name}");
    }
    let answer = folder.run(&["embed", "--lines", "lines.txt", "--output", "x.jsonl"]).exits(0);
    assert_eq!(answer.text(), "");
    assert_eq!(jsonl(&fs::read_to_string(folder.path("x.jsonl")).unwrap()), expected);
}

#[test]
fn numpy_reads_npy() {
    let folder = folder();
    let python = |code: &str| Command::new("python3").args(["-c", code]).current_dir(folder.path("")).output();
    if !python("import numpy").is_ok_and(|output| output.status.success()) {
        println!("skipped: numpy_reads_npy (there is no Python with NumPy)");
        return;
    }
    folder.run(&["embed", "--lines", "lines.txt", "-o", "x.npy"]).exits(0);
    folder.run_on(&["embed", "--lines", "-o", "none.npy"], b"").exits(0);
    let code = "import numpy as n; a, b = n.load('x.npy'), n.load('none.npy'); print(a.dtype, a.shape, b.shape, \
                abs((a * a).sum(1) - 1).max() < 1e-5)";
    assert_eq!(Answer::from(python(code).unwrap()).exits(0).text().trim_end(), "float32 (4, 384) (0, 384) True");
}

#[test]
fn line_ends_of_any_kind() {
    let folder = folder();
    let expected = folder.run(&["embed", "--lines", "lines.txt"]).exits(0);
    let windows = folder.run_on(&["embed", "--lines"], LINES.replace('\n', "\r\n").as_bytes()).exits(0);
    assert_eq!(windows.text(), expected.text());
    let without_last = folder.run_on(&["embed", "--lines"], LINES.trim_end().as_bytes()).exits(0);
    assert_eq!(without_last.text(), expected.text());
}

#[test]
fn nothing_gives_no_rows() {
    let folder = Folder::with(&[("empty.txt", "")]);
    for args in [&["embed", "--lines", "empty.txt"][..], &["embed", "empty.txt"]] {
        let answer = folder.run(args).exits(0);
        assert_eq!(answer.text(), "");
        answer.warns("empty.txt", "is empty, so there are no vectors");
    }
    for (args, input) in [(&["embed", "--lines"][..], ""), (&["embed"], ""), (&["embed"], " \n\t\n")] {
        let answer = folder.run_on(args, input.as_bytes()).exits(0);
        assert_eq!(answer.text(), "");
        answer.warns("-", "is empty, so there are no vectors");
    }
    let bytes = folder.run(&["embed", "--lines", "--format", "npy"]).exits(0).stdout;
    assert!(npy(&bytes).is_empty() && bytes.windows(8).any(|part| part == b"(0, 384)"));
}

#[test]
fn an_empty_line_has_a_vector_too() {
    let rows = jsonl(Folder::with(&[]).run_on(&["embed", "--lines"], b"\n\n").exits(0).text());
    assert_unit(&rows, 2, 384);
    assert_eq!(rows[0], rows[1]);
}

#[test]
fn a_whole_file_is_one_text() {
    let folder = Folder::with(&[("a.txt", "The ferry struck\nthe breakwater.\n")]);
    let whole = folder.run(&["embed", "a.txt"]).exits(0);
    assert_unit(&jsonl(whole.text()), 1, 384);
    assert_eq!(folder.run_on(&["embed"], b"The ferry struck the breakwater.").exits(0).text(), whole.text());
    assert_eq!(folder.run_on(&["embed", "--lines"], b"The ferry struck the breakwater.").exits(0).text(), whole.text());
}

#[test]
fn json_is_refused() {
    let answer = folder().run(&["embed", "lines.txt", "--format", "json"]).exits(2);
    assert_eq!(answer.text(), "");
    assert!(answer.stderr.contains("jsonl") && answer.stderr.contains("npy"), "{}", answer.stderr);
}

#[test]
fn files_that_cannot_be_read_or_written() {
    let folder = folder();
    fs::create_dir(folder.path("drawer")).unwrap();
    folder.run(&["embed", "nowhere.txt"]).refuses(&["nowhere.txt", "No such file"]);
    folder.run(&["embed", "drawer"]).refuses(&["drawer", "directory"]);
    folder.run(&["embed", "lines.txt", "-o", "nowhere/x.npy"]).refuses(&["nowhere/x.npy", "No such file"]);
    folder.run(&["embed", "lines.txt", "-o", "drawer"]).refuses(&["drawer", "is a folder"]);
}

#[test]
fn the_input_is_never_written_over() {
    let folder = folder();
    folder.run(&["embed", "--lines", "lines.txt", "-o", "./lines.txt"]).refuses(&["lines.txt"]);
    assert_eq!(fs::read_to_string(folder.path("lines.txt")).unwrap(), LINES);
}

#[test]
fn many_lines_and_a_very_long_one() {
    let folder = Folder::with(&[]);
    let long = format!("ferry {}", "water ".repeat(500_000));
    let text = (0..20_000)
        .map(|n| if n == 12_345 { format!("{long}\n") } else { format!("line {n} of the log\n") })
        .collect::<String>();
    folder.write("log.txt", text);
    let model = tiny_model();
    let embed = |args: &[&str]| {
        folder.run(&[&["embed", "--lines", "--model", model.to_str().unwrap()], args].concat()).exits(0)
    };
    let rows = npy(&embed(&["log.txt", "--format", "npy"]).stdout);
    assert_unit(&rows, 20_000, 32);
    folder.write("few.txt", format!("line 7 of the log\n{long}\nline 19999 of the log\n"));
    let few = npy(&embed(&["few.txt", "--format", "npy"]).stdout);
    assert_eq!(few, [rows[7].clone(), rows[12_345].clone(), rows[19_999].clone()]);
    let text = embed(&["log.txt"]);
    assert_eq!(text.text().lines().count(), 20_000);
}

#[test]
fn what_is_cut_at_the_window_is_counted() {
    let folder = folder();
    let long = "water ".repeat(1000);
    let answer = folder.run_on(&["embed", "--lines"], format!("{long}\nThe ferry.\n{long}\n").as_bytes()).exits(0);
    answer.warns("-", "2 texts are longer than the model's 256 tokens");
    assert_eq!(answer.stderr.lines().count(), 1, "{}", answer.stderr);
    assert_eq!(folder.run_on(&["embed", "-q"], long.as_bytes()).exits(0).stderr, "");
    folder.run_on(&["embed"], long.as_bytes()).exits(0).warns("-", "1 text is longer");
}

#[test]
fn utf16_is_the_same_text() {
    let folder = folder();
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(LINES.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let expected = folder.run(&["embed", "--lines", "lines.txt"]).exits(0);
    let found = folder.run_on(&["embed", "--lines"], &wide).exits(0);
    assert_eq!((found.text(), found.stderr.as_str()), (expected.text(), ""));
    folder.run_on(&["embed"], b"\x7fELF\0\0\x01").refuses(&["-: is a binary file; embed reads plain text"]);
}

#[test]
fn documents_are_not_plain_text() {
    let folder = Folder::with(&[("a.pdf", "%PDF-1.4\n1 0 obj <<>> endobj\n"), ("b.rtf", "{\\rtf1 The ferry.}")]);
    folder.write("c.docx", b"PK\x03\x04\x14\0\0\0");
    folder.write("d.gz", b"\x1f\x8b\x08 plain");
    folder.write("t.parquet", b"PAR1\x15\x04\x15PAR1");
    let advice = "export its texts";
    folder.run(&["embed", "--lines", "t.parquet"]).refuses(&["t.parquet: is a Parquet file", advice]);
    folder.run(&["passages", "t.parquet"]).refuses(&["t.parquet: cannot be read as a Parquet or Arrow table", advice]);
    for (name, what) in
        [("a.pdf", "a PDF file"), ("b.rtf", "an RTF file"), ("c.docx", "a zip file"), ("d.gz", "a gzip file")]
    {
        let how = format!("samesay passages {name} --format jsonl");
        for lines in [&[][..], &["--lines"]] {
            let message = format!("{name}: is {what}");
            folder.run(&[&["embed", name][..], lines].concat()).refuses(&[&message, "embed reads plain text", &how]);
        }
    }
}

#[test]
fn the_extension_says_the_format() {
    let folder = folder();
    for name in ["x.csv", "x.json", "x.txt"] {
        let message = format!("-o {name}: unsupported extension; use .jsonl");
        folder.run(&["embed", "--lines", "lines.txt", "-o", name]).refuses(&[&message]);
        assert!(!folder.path(name).exists());
    }
    for name in ["x", "x.ndjson", "x.JSONL"] {
        folder.run(&["embed", "--lines", "lines.txt", "-o", name]).exits(0);
        assert_eq!(jsonl(&fs::read_to_string(folder.path(name)).unwrap()).len(), 4);
    }
    folder.run(&["embed", "--lines", "lines.txt", "--format", "csv"]).refuses(&["use jsonl"]);
}

/// Files written by this program are replaced, others are not.
#[test]
fn vectors_of_others_are_not_replaced() {
    let folder = folder();
    for name in ["x.npy", "x.jsonl"] {
        for lines in [&["--lines"][..], &[]] {
            folder.run(&[&["embed", "lines.txt", "-o", name][..], lines].concat()).exits(0);
        }
    }
    // The same bytes as NumPy's for this array: padded to 128 bytes.
    let ours = fs::read(folder.path("x.npy")).unwrap();
    let mut theirs = [&ours[..8], &118u16.to_le_bytes(), &ours[10..127], b"\n"].concat();
    theirs.extend(&ours[192..]);
    assert_eq!(npy(&theirs), npy(&ours));
    folder.write("theirs.npy", &theirs);
    let lines = ["[0.5,0.5]\n", "[1,2,3]\n", "[\"a\"]\n", "{\"id\":1}\n", "[0.1", "text\n"];
    lines.iter().zip(1..).for_each(|(line, at)| folder.write(&format!("{at}.jsonl"), line));
    let names = (1..=lines.len()).map(|at| format!("{at}.jsonl")).chain(["theirs.npy".to_owned()]);
    for name in names {
        let before = fs::read(folder.path(&name)).unwrap();
        let embed = ["embed", "--lines", "lines.txt", "-o", &name];
        folder
            .run(&embed)
            .refuses(&[&format!("-o {name}: exists and does not contain vectors that samesay wrote"), "--force"]);
        assert_eq!(fs::read(folder.path(&name)).unwrap(), before);
        folder.run(&[&embed[..], &["--force"]].concat()).exits(0);
        folder.run(&embed).exits(0);
    }
}

/// Each vector keeps its id.
#[test]
fn vectors_have_ids() {
    let folder = folder();
    folder.write("ids.txt", "a\nb\nc\nd\n");
    let rows = jsonl(folder.run(&["embed", "--lines", "lines.txt"]).exits(0).text());
    let named = |args: &[&str]| -> Vec<(String, Vec<f32>)> {
        let answer = folder.run(&[&["embed", "--lines", "lines.txt", "--ids", "ids.txt"][..], args].concat()).exits(0);
        let line = |line: &str| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            (line["id"].as_str().unwrap().to_owned(), serde_json::from_value(line["vector"].clone()).unwrap())
        };
        answer.text().lines().map(line).collect()
    };
    let expected: Vec<(String, Vec<f32>)> = ["a", "b", "c", "d"].map(str::to_owned).into_iter().zip(rows).collect();
    assert_eq!(named(&[]), expected);
    assert_eq!(named(&["--shard", "2/3"]), expected[1..2]);
    // The program also recognises such a file as its own.
    for _ in 0..2 {
        folder.run(&["embed", "--lines", "lines.txt", "--ids", "ids.txt", "-o", "x.jsonl"]).exits(0);
    }
    let cases: [(&str, &str); 5] = [
        ("a\nb\nc\n", "has 3 ids, but lines.txt has more texts"),
        ("a\nb\nc\nd\ne\n", "has 5 ids for 4 texts in lines.txt"),
        ("a\nb\na\nd\n", "names a twice"),
        ("a\n\nc\nd\n", "line 2 is empty"),
        ("", "has 0 ids, but lines.txt has more texts"),
    ];
    for (ids, message) in cases {
        folder.write("bad.txt", ids);
        folder
            .run(&["embed", "--lines", "lines.txt", "--ids", "bad.txt", "-o", "y.jsonl"])
            .refuses(&["bad.txt: ", message]);
        assert!(!folder.path("y.jsonl").exists());
    }
    let embed = |args: &[&str]| folder.run(&[&["embed", "--lines", "lines.txt", "--ids"][..], args].concat());
    embed(&["none.txt"]).refuses(&["none.txt: No such file"]);
    embed(&["ids.txt", "--format", "npy"]).refuses(&["--ids ids.txt: .npy cannot contain ids", "-o FILE"]);
    embed(&["ids.txt", "-o", "./ids.txt", "--format", "jsonl"]).refuses(&["ids.txt: is also the input"]);
}

/// A `.npy` file cannot contain ids, so they are in a file next to it, which `pairs` finds.
#[test]
fn ids_beside_npy() {
    let folder = folder();
    folder.write("ids.txt", "a\nb\nc\nd\n");
    let embed = |more: &[&str]| folder.run(&[&["embed", "--lines", "lines.txt", "-o", "x.npy"][..], more].concat());
    let ids = || fs::read_to_string(folder.path("x.npy.ids")).unwrap();
    for (shard, expected) in [("1/1", "a\nb\nc\nd\n"), ("1/3", "a\nd\n")] {
        embed(&["--ids", "ids.txt", "--shard", shard]).exits(0);
        assert_eq!(ids(), expected);
    }
    let pairs = folder.run(&["pairs", "--vectors", "x.npy", "-k", "1", "--format", "csv"]).exits(0);
    assert!(pairs.text().contains("\na,,,,,d,,,,,0."), "{}", pairs.text());
    // Other vectors have other ids.
    embed(&[]).refuses(&["x.npy.ids: has the ids of other vectors", "--ids"]);
    fs::remove_file(folder.path("x.npy")).unwrap();
    embed(&["--ids", "ids.txt"]).refuses(&["x.npy.ids: exists", "--force"]);
    embed(&["--ids", "ids.txt", "--force"]).exits(0);
    fs::remove_file(folder.path("x.npy.ids")).unwrap();
    embed(&[]).exits(0);
}

/// A stopped run resumes where it was; existing vectors are not computed again, but checked against their texts.
#[test]
fn embed_resumes() {
    const HEAD: usize = 15 + 16;
    const ROW: usize = 4 * 384;
    let folder = folder();
    let embed = |output: &str, more: &[&str]| {
        folder.run(&[&["embed", "--lines", "lines.txt", "-o", output][..], more].concat())
    };
    embed("whole.npy", &[]).exits(0);
    let whole = npy(&fs::read(folder.path("whole.npy")).unwrap());
    folder.write("short.txt", "a\nb\nc\nd\ne\n");
    let part = folder.path("x.npy.part");
    let stopped = || {
        embed("x.npy", &["--resume", "--ids", "short.txt"]).refuses(&["has 5 ids for 4 texts"]);
        let mut bytes = fs::read(&part).unwrap();
        assert_eq!(bytes.len(), HEAD + 4 * ROW);
        // The fourth is truncated; the second shows that it is not computed again.
        bytes.truncate(HEAD + 3 * ROW + 5);
        bytes[HEAD + ROW..HEAD + 2 * ROW].fill(0);
        fs::write(&part, bytes).unwrap();
    };
    stopped();
    let resumed = embed("x.npy", &["--resume"]).exits(0);
    assert!(resumed.stderr.contains("x.npy: resuming after 3 vectors"), "{}", resumed.stderr);
    let rows = npy(&fs::read(folder.path("x.npy")).unwrap());
    assert_eq!((&rows[0], &rows[2..]), (&whole[0], &whole[2..]));
    assert_eq!(rows[1], [0.0; 384]);
    assert!(!part.exists());
    // A complete file stays, until its input is newer.
    let again = embed("x.npy", &["--resume"]).exits(0);
    assert!(again.stderr.contains("x.npy: is up to date (newer than lines.txt); nothing to do"), "{}", again.stderr);
    assert_eq!(npy(&fs::read(folder.path("x.npy")).unwrap()), rows);
    embed("x.npy", &["--resume", "--force"]).exits(0);
    assert_eq!(npy(&fs::read(folder.path("x.npy")).unwrap()), whole);
    // Files of another kind are not mistaken for it.
    fs::remove_file(folder.path("x.npy")).unwrap();
    stopped();
    embed("x.npy", &["--resume", "--shard", "1/2"])
        .refuses(&["x.npy.part: was made with a different model", "remove it"]);
    folder.write("lines.txt", LINES.replace("ferry struck", "baker ate"));
    embed("x.npy", &["--resume"]).refuses(&["x.npy.part: contains vectors of other texts than lines.txt"]);
    folder.write("lines.txt", &LINES[..LINES.len() / 3]);
    embed("x.npy", &["--resume"]).refuses(&["x.npy.part: contains vectors of other texts than lines.txt"]);
    folder.write("x.npy.part", "mine\n");
    embed("x.npy", &["--resume"]).refuses(&["x.npy.part: exists and is not part of an unfinished run"]);
    folder
        .run_on(&["embed", "--lines", "--resume", "-o", "y.npy"], b"a\n")
        .refuses(&["--resume: stdin can be read only once"]);
    // For every format, with ids and shards.
    folder.write("lines.txt", LINES);
    folder.write("ids.txt", "a\nb\nc\nd\n");
    for more in [&["--ids", "ids.txt"][..], &["--shard", "1/2"], &["--ids", "ids.txt", "--shard", "2/2"]] {
        embed("a.jsonl", &[more, &["--force"]].concat()).exits(0);
        embed("b.jsonl", &[more, &["--resume", "--force"]].concat()).exits(0);
        assert_eq!(fs::read(folder.path("b.jsonl")).unwrap(), fs::read(folder.path("a.jsonl")).unwrap());
    }
}

/// Vectors are kept every few hundred lines, so that a run that is stopped early can resume, too.
#[cfg(unix)]
#[test]
fn embed_keeps_vectors_early() {
    use std::io::Write;
    use std::time::{Duration, Instant};
    let folder = folder();
    let model = tiny_model();
    let args = |input: &str| {
        ["embed", "--lines", input, "-o", "x.npy", "--resume", "--model", model.to_str().unwrap()].map(str::to_owned)
    };
    let command = |input: &str| folder.command(&args(input).each_ref().map(String::as_str));
    // A pipe that stays open: the run is waiting for more lines when it is stopped.
    assert!(Command::new("mkfifo").arg(folder.path("lines.pipe")).status().unwrap().success());
    let mut child = command("lines.pipe").stderr(std::process::Stdio::null()).spawn().unwrap();
    let text: String = (0..600).map(|at| format!("The ferry number {at} struck the north breakwater.\n")).collect();
    let mut pipe = fs::File::options().write(true).open(folder.path("lines.pipe")).unwrap();
    pipe.write_all(text.as_bytes()).unwrap();
    let start = Instant::now();
    let kept = || fs::metadata(folder.path("x.npy.part")).map_or(0, |found| found.len());
    while kept() < 31 + 256 * 32 * 4 && start.elapsed() < Duration::from_mins(1) {
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    drop(pipe);
    assert!(kept() >= 31 + 256 * 32 * 4 && !folder.path("x.npy").exists(), "{} bytes", kept());
    folder.write("whole.txt", &text);
    let resumed = Answer::of(&mut command("whole.txt"), b"").exits(0);
    assert!(resumed.stderr.contains("x.npy: resuming after "), "{}", resumed.stderr);
    let rows = npy(&fs::read(folder.path("x.npy")).unwrap());
    let fresh = folder.run(&["embed", "--lines", "whole.txt", "--model", model.to_str().unwrap()]).exits(0);
    assert_eq!(rows, jsonl(fresh.text()));
}

/// The lines of all shards together are all lines, with bit-identical vectors.
#[test]
fn shards_of_lines() {
    let folder = folder();
    let of = |more: &[&str]| {
        let answer = folder.run(&[&["embed", "--lines", "lines.txt"][..], more].concat()).exits(0);
        answer.text().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let all = of(&[]);
    let (first, second, third) = (of(&["--shard", "1/3"]), of(&["--shard", "2/3"]), of(&["--shard", "3/3"]));
    assert_eq!((first.len(), second.len(), third.len()), (2, 1, 1));
    assert_eq!([&first[0], &second[0], &third[0], &first[1]].map(String::as_str), all[..]);
    let none = folder.run(&["embed", "--lines", "lines.txt", "--shard", "5/5"]).exits(0);
    assert_eq!(none.text(), "");
    none.warns("lines.txt", "no line is in shard 5/5");
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_of_vectors_is_a_feature() {
    let answer = folder().run(&["embed", "--lines", "lines.txt", "-o", "x.parquet"]).exits(2);
    assert!(answer.stderr.contains("--features parquet"), "{}", answer.stderr);
}

/// Parquet contains vectors with their ids, which the other commands read.
#[cfg(feature = "parquet")]
#[test]
fn parquet_comes_back() {
    let folder = folder();
    folder.write("ids.txt", "a\nb\nc\nd\n");
    let embed = |args: &[&str]| folder.run(&[&["embed", "--lines", "lines.txt"][..], args].concat());
    embed(&["--ids", "ids.txt", "-o", "x.parquet"]).exits(0);
    embed(&["-o", "x.npy"]).exits(0);
    let near = |args: &[&str]| {
        folder.run(&[&["pairs", "-k", "1", "--format", "csv", "--vectors"][..], args].concat()).exits(0)
    };
    assert_eq!(near(&["x.parquet"]).text(), near(&["x.npy", "--ids", "ids.txt"]).text());
    let cluster = |file: &str| {
        let args = ["cluster", "--vectors", file, "--min-score", "0.4", "--format", "csv"];
        folder.run(&args).exits(0).text().to_owned()
    };
    assert_eq!(cluster("x.parquet"), "id,cluster\na,1\nb,2\nc,3\nd,1\n");
    // Ids of shards are line numbers in the whole file.
    embed(&["--shard", "2/2", "-o", "x.parquet"]).exits(0);
    let found = folder.run(&["query", "--vector", "x.parquet", "--vectors", "x.npy", "-n", "1", "--format", "jsonl"]);
    for (line, id) in found.exits(0).text().lines().zip(["2", "4"]) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!((&line["query"], &line["id"], line["score"].as_f64()), (&id.into(), &id.into(), Some(1.0)));
    }
    folder.write("other.parquet", "PAR1 of somebody else PAR1");
    embed(&["-o", "other.parquet"]).refuses(&["other.parquet: exists and does not contain vectors"]);
    embed(&["--format", "parquet"]).refuses(&["-o FILE"]);
}

#[test]
fn a_file_that_cannot_be_written_to_is_named() {
    let folder = folder();
    if !std::path::Path::new("/dev/full").exists() {
        println!("skipped: a_file_that_cannot_be_written_to_is_named (there is no /dev/full)");
        return;
    }
    folder.run(&["embed", "--lines", "lines.txt", "-o", "/dev/full"]).refuses(&["/dev/full", "No space left"]);
}
