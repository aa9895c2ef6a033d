//! Files that demand disproportionate memory, time or terminal space. The other documents of the run are read.

use std::fmt::Write;
use std::process::Command;

use zip::CompressionMethod::Deflated;

use super::{Answer, Folder, tiny_model};
use crate::documents::archive;

const FERRY: &str = "The ferry struck the stone breakwater in thick fog on Tuesday morning.\n";

/// Runs the program under a limit of the shell, with a small model.
fn limited(folder: &Folder, limit: &str, args: &[&str]) -> Answer {
    let given = folder.command(&[]);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{limit}; exec \"$0\" \"$@\"")]).arg(given.get_program()).args(args);
    command.args(["--threads", "2", "--model", tiny_model().to_str().unwrap()]);
    command.env("SAMESAY_STORE", "none").current_dir(folder.path(""));
    Answer::of(&mut command, b"")
}

#[test]
fn a_file_of_hardly_any_text_is_refused_and_the_others_are_read() {
    let folder = Folder::with(&[("good.txt", FERRY)]);
    folder.write("lines.txt", "\n".repeat(45_000_000) + FERRY);
    folder.write("short.txt", "a\n\n".repeat(300_000));
    folder.write("short.md", "a\n\n".repeat(300_000));
    folder.write("short.html", "<p>a".repeat(300_000));
    folder.write(
        "rows.jsonl",
        format!("{{\"text\": \"{}\"}}\n{{\"text\": \"{}\"}}\n", "a\\n".repeat(300_000), FERRY.trim()),
    );
    let answer = limited(&folder, "ulimit -v 3000000", &["passages", "."]).exits(2);
    for name in ["lines.txt", "short.txt", "short.md", "short.html"] {
        answer.warns(name, "lines or paragraphs of");
    }
    answer.warns("rows.jsonl", "line 1: its text cannot be read as text: it has 300000 lines");
    assert!(answer.text().contains("good.txt") && answer.text().contains("rows.jsonl#2"), "{}", answer.text());
}

#[test]
fn a_word_on_each_line_is_a_document() {
    let folder = Folder::with(&[]);
    folder.write("words.txt", "a\n".repeat(100_000) + FERRY);
    limited(&folder, "true", &["passages", "."]).exits(0);
}

#[test]
fn what_needs_more_memory_than_is_left_is_refused_and_the_others_are_read() {
    let folder = Folder::with(&[("good.txt", FERRY)]);
    folder.write("large.txt", FERRY.repeat(1_400_000));
    let answer = limited(&folder, "ulimit -v 1000000", &["passages", "."]).exits(2);
    answer.warns("large.txt", "MiB of memory, more than is left");
    assert!(answer.text().contains("good.txt"), "{}", answer.text());
}

#[test]
fn no_table_steers_the_terminal() {
    let folder = Folder::with(&[]);
    let hostile = "The ferry \u{1b}[31mstruck the \u{9b}2Jstone breakwater in \u{202e}thick fog on Tuesday morning.\n";
    folder.write("a\u{1b}[31m\u{202e}.txt", hostile);
    folder.write("b.txt", hostile);
    let pairs = folder.run(&["pairs", ".", "--format", "csv"]).exits(0);
    folder.run(&["pairs", ".", "-o", "pairs.csv"]).exits(0);
    folder.run(&["report", ".", "-o", "report.csv"]).exits(0);
    let read = |name: &str| std::fs::read_to_string(folder.path(name)).unwrap();
    for table in [pairs.text().to_owned(), read("pairs.csv"), read("report.csv")] {
        let steers = |c: &char| c.is_control() && *c != '\n' || *c == '\u{202e}';
        assert_eq!(table.chars().filter(steers).collect::<Vec<_>>(), [], "{table:?}");
        assert!(table.contains("\u{fffd}[31mstruck the \u{fffd}2Jstone"), "{table:?}");
    }
}

/// Either would run for many minutes if its time were quadratic in its size.
#[test]
fn large_odd_files_take_time_that_goes_with_their_size() {
    let folder = Folder::with(&[]);
    folder.write("a.vtt", format!("WEBVTT\n\n00:00.000 --> 00:01.000\n{}{FERRY}", "<".repeat(2_000_000)));
    folder.write("b.mbox", "From x Tue Mar  4 10:00:00 2025\n".repeat(600_000));
    limited(&folder, "true", &["passages", "."]).exits(0);
}

#[test]
fn a_closed_stdout_is_an_error() {
    let folder = Folder::with(&[("a.txt", FERRY), ("b.txt", FERRY)]);
    for args in [
        &["passages", "."][..],
        &["query", "ferry", "."],
        &["pairs", "."],
        &["pairs", ".", "--format", "csv"],
        &["embed", "a.txt"],
    ] {
        limited(&folder, "exec >&-", args).refuses(&["stdout: is closed"]);
    }
    // Nothing is written to stdout.
    limited(&folder, "exec >&-", &["pairs", ".", "-o", "pairs.csv"]).exits(0);
    let mut help = Command::new("sh");
    help.args(["-c", "exec \"$0\" --help >&-"]).arg(folder.command(&[]).get_program());
    Answer::of(&mut help, b"").refuses(&["stdout: is closed"]);
}

#[test]
fn no_message_quotes_a_document_at_length() {
    let folder = Folder::with(&[("good.txt", FERRY)]);
    let document = "<".repeat(100_000);
    folder.write("a.docx", archive(&[("word/document.xml", document.as_bytes())], Deflated));
    let names = (0..20).fold(String::new(), |mut names, n| {
        let _ = write!(names, "{n}{},", "x".repeat(50_000));
        names
    });
    folder.write("b.csv", format!("{names}\n1,2\n"));
    let answer = limited(&folder, "true", &["passages", "."]).exits(2);
    answer.warns("a.docx", "cannot be read as Word");
    assert!(answer.stderr.lines().all(|line| line.len() < 1000), "{}", answer.stderr.len());
}

#[test]
fn a_page_that_a_browser_saved_is_read_whatever_its_header_begins_with() {
    let header = "MIME-Version: 1.0\nContent-Type: multipart/related; type=\"text/html\"; boundary=\"b\"\n\n";
    let page = format!("<html><head><title>Fog</title></head><body><article><p>{FERRY}</p></article></body></html>");
    let parts = format!(
        "--b\nContent-Type: text/html; charset=utf-8\nContent-Location: http://a.example/\n\n{page}\n\
         --b\nContent-Type: text/css\n\nbody {{ color: red }}\n--b--\n"
    );
    let from = "From: <Saved by Blink>\nSubject: Fog\nDate: Tue, 4 Mar 2025 10:00:00 -0000\n";
    let folder = Folder::with(&[
        ("a.mhtml", &format!("{header}{parts}")),
        ("b.mhtml", &format!("{from}{header}{parts}")),
        ("c.mht", &format!("{header}{parts}")),
    ]);
    let answer = folder.run(&["passages", ".", "--format", "json"]).exits(0).json();
    let sources = answer["sources"].as_array().unwrap();
    assert_eq!(sources.len(), 3);
    for source in sources {
        assert_eq!((source["title"].as_str(), source["author"].as_str()), (Some("Fog"), None), "{source}");
        assert_eq!(source["date"].as_str(), None, "{source}");
        assert_eq!(source["passages"][0]["text"], FERRY.trim());
        assert_eq!(source["passages"].as_array().unwrap().len(), 1, "{source}");
    }
}

#[test]
fn a_limit_of_open_files_is_named() {
    let folder = Folder::with(&[("good.txt", FERRY), ("a.pdf", "%PDF-1.7\n")]);
    // As many as are already open, and some of those that a child needs.
    for limit in 5..16 {
        let answer = limited(&folder, &format!("ulimit -n {limit}"), &["passages", "."]);
        if answer.stderr.contains("a.pdf: the reader of PDF could not be started") {
            return answer.warns("a.pdf", "ulimit -n");
        }
    }
    panic!("the reader was started under every limit");
}

#[test]
fn messages_say_what_to_do() {
    let folder = Folder::with(&[("a.txt", FERRY), ("b.txt", FERRY), ("empty.csv", ""), ("d/c.txt", FERRY)]);
    folder.run(&["sources", ".", "--source-map", "d"]).refuses(&["--source-map d: is a folder; name a CSV file"]);
    folder.run(&["sources", ".", "--source-map", "no.csv"]).refuses(&["--source-map: no.csv"]);
    folder
        .run(&["sources", "a.txt", "b.txt", "--source-map", "empty.csv"])
        .warns_plainly("--source-map empty.csv", "names no publisher");
    for name in ["d", "no.json"] {
        let answer = folder.run(&["report", ".", "-o", "r.html", "--since-report", name]);
        answer.refuses(&[&format!("--since-report {name}"), "name a report"]);
    }
    folder.run(&["query", "ferry", ".", "--words", "🙂"]).refuses(&["--words", "no letter or digit"]);
    folder.write("r.rtf", format!("{{\\rtf1\\ansi {} }} {FERRY}", FERRY.trim()));
    folder.run(&["passages", "r.rtf"]).warns("r.rtf", "text after its last closing brace");
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let mut command = folder.command(&["query"]);
        command.arg(std::ffi::OsStr::from_bytes(b"\xff\xfe")).arg(".");
        Answer::of(&mut command, b"").refuses(&["argument 2", "UTF-8", "--file"]);
    }
}

#[test]
fn a_workbook_whose_texts_are_missing_is_damaged() {
    let book = b"<workbook xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'>\
        <sheets><sheet name='S' sheetId='1' r:id='r1'/></sheets></workbook>";
    let related = b"<Relationships><Relationship Id='r1' \
        Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' \
        Target='worksheets/sheet1.xml'/></Relationships>";
    let row = "<row><c t='s'><v>0</v></c></row>";
    let sheet = format!(
        "<worksheet><sheetData><row r='1'><c t='inlineStr'><is><t>text</t></is></c></row>{}</sheetData></worksheet>",
        row.repeat(3)
    );
    let folder = Folder::with(&[("good.txt", FERRY)]);
    let parts: [(&str, &[u8]); 3] = [
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", related),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    folder.write("a.xlsx", archive(&parts, Deflated));
    limited(&folder, "true", &["passages", "."]).exits(2).warns("a.xlsx", "refer to texts that it does not contain");
}

/// The last part of a message without its end is text, not an attachment.
#[test]
fn a_message_that_is_cut_off_is_read_to_its_end() {
    let header = "From: ida@example.org\nSubject: The quay\nMIME-Version: 1.0\n\
                  Content-Type: multipart/mixed; boundary=\"zzz\"\n\n";
    let part = "--zzz\nContent-Type: text/plain; charset=utf-8\n\nThe quay gave way at noon, and two cranes went down \
                with it, the port said.\n";
    let passages = |folder: &Folder| {
        let answer = folder.run(&["passages", "a.eml", "--format", "json"]);
        let found = answer.json()["sources"][0]["passages"].as_array().unwrap().len();
        (answer.code, found, answer.stderr.clone())
    };
    let folder = Folder::with(&[("a.eml", &format!("{header}{part}"))]);
    let (code, found, stderr) = passages(&folder);
    assert!(
        code == Some(2) && found == 1 && stderr.contains("may be cut off") && !stderr.contains("attachment"),
        "{stderr}"
    );
    let folder = Folder::with(&[("a.eml", &format!("{header}{part}--zzz--\n"))]);
    assert_eq!(passages(&folder), (Some(0), 1, String::new()));
}

/// Invisible text is not text, however it is hidden.
#[test]
fn letters_of_no_size_or_beside_the_page_are_hidden() {
    let page = |style: &str| {
        format!(
            "<html><body><article><h1>The quay</h1><p>The quay gave way at noon, and two cranes went down with it.</p>\
             <p style=\"{style}\">The harbor master had sold the steel for the quay to his \
             brother.</p></article></body></html>"
        )
    };
    for (style, passages) in [
        ("font-size: 0", 1),
        ("FONT-SIZE:0px !important", 1),
        ("position:absolute; left:-9999px", 1),
        ("text-indent: -1000em", 1),
        ("font-size: 0.9em", 2),
        ("left: -10px; margin-left: -20px", 2),
    ] {
        let folder = Folder::with(&[("a.html", &page(style))]);
        let answer = folder.run(&["passages", "a.html", "--format", "json"]).exits(0).json();
        let source = &answer["sources"][0];
        assert_eq!(source["passages"].as_array().unwrap().len(), passages, "{style}");
        assert_eq!(source["dropped"].as_array().unwrap().iter().any(|of| of["reason"] == "hidden"), passages == 1);
    }
}

/// Threads that the system refuses are reported, whatever part of the program requests them.
#[test]
fn a_limit_of_memory_that_threads_do_not_fit_into_is_named() {
    let folder = Folder::with(&[("a.txt", FERRY), ("b.txt", FERRY)]);
    for (limit, args) in [
        ("ulimit -v 720000", &["query", "ferry", ".", "--threads", "64"][..]),
        ("ulimit -v 720000", &["query", "ferry", ".", "--threads", "1024"]),
        ("ulimit -v 680000", &["bench", "--seconds", "0.2", "--threads", "16"]),
    ] {
        let given = folder.command(args);
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{limit}; exec \"$0\" \"$@\"")]).arg(given.get_program()).args(args);
        command.args(["--model", tiny_model().to_str().unwrap()]).env("SAMESAY_STORE", "none");
        let answer = Answer::of(command.current_dir(folder.path("")), b"");
        assert!(matches!(answer.code, Some(0 | 2)), "{args:?}: {:?}", answer.stderr);
        assert!(!answer.stderr.contains("panicked") && !answer.stderr.contains("are damaged"), "{}", answer.stderr);
    }
}

#[cfg(unix)]
#[test]
fn files_of_rows_have_a_limit_and_zeros_are_no_rows() {
    let folder = Folder::with(&[("good.txt", FERRY)]);
    for (name, bytes) in [("over.jsonl", 17u64 << 30), ("over.mbox", 17 << 30), ("zeros.json", 300 << 20)] {
        std::fs::File::create(folder.path(name)).unwrap().set_len(bytes).unwrap();
    }
    let begin = std::time::Instant::now();
    let answer = folder.run(&["passages", "."]).exits(2);
    answer.warns("over.jsonl", "is larger than 16 GiB");
    answer.warns("over.mbox", "is larger than 16 GiB");
    answer.warns("zeros.json", "is a binary file");
    // Reading all of them would take more than a minute.
    assert!(begin.elapsed() < std::time::Duration::from_secs(20), "{:?}", begin.elapsed());
}

/// Among documents a store is refused; as the other side of a comparison it represents the documents in it.
#[test]
fn a_store_is_no_document() {
    let folder = Folder::with(&[("a.txt", FERRY), ("b.txt", FERRY)]);
    let model = tiny_model();
    let model = ["--model", model.to_str().unwrap()];
    folder.run(&[&["index", "b.txt", "--store", "b.db"], &model[..]].concat()).exits(0);
    let answer = folder.run(&[&["passages", "a.txt", "b.db"], &model[..]].concat()).exits(2);
    answer.warns("b.db", "name the documents that are in it");
}

#[test]
fn a_long_query_is_repeated_in_part() {
    let folder = Folder::with(&[("a.txt", FERRY)]);
    let answer = folder.run_on(&["query", "-", ".", "--model", tiny_model().to_str().unwrap()], &b"x".repeat(1 << 20));
    assert!(
        answer.text().len() < 4000 && answer.stderr.len() < 4000,
        "{} {}",
        answer.text().len(),
        answer.stderr.len()
    );
    assert!(answer.text().contains("xxx") && answer.text().contains('…'), "{}", answer.text());
}
