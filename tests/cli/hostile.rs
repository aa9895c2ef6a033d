//! Documents, file names and arguments that try to control the terminal.

use super::input::copy_folder;
use super::{Answer, Folder, tiny_model};

/// Control characters: escape sequences that clear, blink, colour, name the window; a bell, a backspace, C1 controls;
/// marks that change the direction of writing; separators that end a line.
const PROSE: &str = "The ferry \x1b[5mstruck\x1b]0;owned\x07 the \u{9b}2Jbreakwater\x08 at \u{202e}dawn\u{202c} \
                     and\x7f the \u{2066}crew\u{2069} of\u{200f} \
                     \u{85}the\u{1b}c ship was \x0bhurt.";
const NAME: &str = "a\x1b[5m\nb\u{202e}.txt";

/// Styles that the program itself uses.
const OWN: [&str; 5] = ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[36m"];

/// Asserts that only line feeds control the terminal.
#[track_caller]
fn assert_harmless(shown: &str) {
    let steers = |c: &char| {
        (c.is_control() && *c != '\n')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    assert_eq!(shown.chars().filter(steers).collect::<Vec<_>>(), [], "{shown:?}");
}

/// The hostile text as a paragraph, a title, a heading, a dropped text and a file's name.
fn folder() -> Folder {
    let folder =
        Folder::with(&[("plain.txt", &format!("A \x1b[5mferry\x07 crash\n\nBy \x1b]0;Ada Sund\x07\n\n{PROSE}\n"))]);
    folder.write(NAME, PROSE);
    let marks = "---\ntitle: \"Crash \x1b[2J\u{202e}title\"\n---\n\n## Head\x1b[5m \u{202e}ing\n";
    folder.write(
        "marked.md",
        format!("{marks}\n{PROSE}\n\n- menu \x1b[5mone\n- menu \u{202e}two\n\n![a \x1b[5mgull](x.png)\n"),
    );
    folder
}

#[test]
fn documents_do_not_steer_the_terminal() {
    let folder = folder();
    for args in [
        &["query", "a ferry hit the breakwater"][..],
        &["cluster", "--min-score", "0.2"],
        &["cluster", "--min-score", "0.999"],
        &["passages"],
    ] {
        let plain = folder.run(args);
        assert!(plain.text().contains("marked.md:") && plain.text().contains("crew"), "{}", plain.text());
        assert_harmless(plain.text());
        assert_harmless(&plain.stderr);
        let styled = folder.run(&[args, &["--color", "always"]].concat());
        assert!(styled.text().contains(OWN[1]), "{}", styled.text());
        assert_harmless(&OWN.iter().fold(styled.text().to_owned(), |text, own| text.replace(own, "")));
    }
}

#[test]
fn no_mark_of_direction_gets_through() {
    let folder = Folder::with(&[(
        "a.txt",
        "The ferry \u{61c}struck the breakwater\u{2029} at dawn and\u{2028} the crew was hurt.\n",
    )]);
    folder.write("a\u{2028}\u{61c}.txt", "The ferry struck the breakwater.\n");
    let answer = folder.run(&["passages"]).exits(0);
    let hit = |c: &char| matches!(c, '\u{61c}' | '\u{2028}' | '\u{2029}');
    assert_eq!(answer.text().chars().filter(hit).collect::<Vec<_>>(), [], "{}", answer.text());
}

#[test]
fn queries_do_not_steer_the_terminal() {
    let folder = folder();
    assert_harmless(folder.run(&["query", PROSE]).exits(0).text());
    assert_harmless(folder.run(&["query", &format!("Rye bread. {PROSE}"), "--min-score", "1"]).exits(1).text());
}

#[test]
fn warnings_do_not_steer_the_terminal() {
    let folder = folder();
    folder.write("c\x1b[5m\n\u{202e}.txt", "");
    folder.write("d\x1b[5m\n\u{202e}.txt", "\0");
    folder.write("e\x1b[5m\n\u{202e}.txt", b"The caf\xe9 is closed.");
    let answer = folder.run(&["query", "a ferry hit the breakwater", "-v"]).exits(2);
    assert_eq!(
        answer.stderr.lines().filter(|line| line.starts_with("samesay: warning: ")).count(),
        3,
        "{}",
        answer.stderr
    );
    assert_harmless(&answer.stderr);
}

#[test]
fn errors_do_not_steer_the_terminal() {
    let folder = folder();
    let bad = "no\x1b[5mfile\x07\u{202e}";
    folder.write(bad, " ");
    for args in [
        &["query", "ferry", "nowhere\x1b[5m\u{202e}"][..],
        &["query", "ferry", bad],
        &["query", "ferry", ".", "--glob", "[\x1b[5m"],
        &["query", "--file", bad],
        &["embed", "nowhere\x1b[5m\u{202e}"],
        &["bench", "--texts", bad],
        &["passages", "--model", "nowhere\x1b[5m\u{202e}"],
        &["passages", "--store", "marked.md/nowhere\x1b[5m\u{202e}"],
    ] {
        let answer = folder.run(args).exits(2);
        assert!(answer.stderr.starts_with("samesay: "), "{}", answer.stderr);
        assert_harmless(&answer.stderr);
    }
}

#[test]
fn arguments_that_are_none_do_not_steer_the_terminal() {
    for args in [
        ["query", "ferry", "--nope\x1b[5m\u{202e}"],
        ["passages", "--threads", "\x1b[5m\u{202e}"],
        ["passages", "--isa", "nowhere\x1b[5m\u{202e}"],
    ] {
        assert_harmless(&folder().run(&args).exits(2).stderr);
    }
}

#[test]
fn a_name_with_a_line_feed_makes_no_line_of_its_own() {
    let answer = folder().run(&["query", "ferry", "nowhere\nsamesay: warning: all is well"]).exits(2);
    assert_eq!(answer.stderr.lines().count(), 1, "{}", answer.stderr);
}

#[test]
fn json_gives_the_text_letter_for_letter() {
    let folder = Folder::with(&[("a.txt", PROSE), ("b.md", PROSE)]);
    let answer = folder.run(&["passages", "--format", "json"]).exits(0);
    assert!(!answer.stdout.contains(&0x1b));
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    for source in answer.json()["sources"].as_array().unwrap() {
        let text: String = source["passages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["text"].as_str().unwrap().to_owned() + " ")
            .collect();
        assert_eq!(words(&text), words(PROSE), "{}", source["path"]);
    }
}

#[test]
fn json_gives_names_as_they_are() {
    let answer: Answer = folder().run(&["query", "a ferry hit the breakwater", "--format", "json"]).exits(0);
    let json = answer.json();
    let sources = json["results"][0]["sources"].as_array().unwrap();
    assert!(sources.iter().any(|source| source["path"] == NAME), "{json:#}");
}

/// A folder of a model may be anybody's, and so may be what its files say.
#[test]
fn models_do_not_steer_the_terminal() {
    const MODEL: &str = "mo\u{9b}31m\x1b[5m\u{202e}del";
    let folder = Folder::with(&[]);
    copy_folder(&tiny_model(), &folder.path(MODEL));
    let prompts = r#"{"prompts": {"qu\u009b31mery\u202e": "fi\u009bnd \u202e: "}}"#;
    folder.write(&format!("{MODEL}/config_sentence_transformers.json"), prompts);
    let shown = folder.run(&["model", "show", "--model", MODEL]).exits(0);
    assert!(shown.text().contains("prompt qu\u{fffd}31mery\u{fffd}: "), "{}", shown.text());
    assert_harmless(shown.text());
    assert_harmless(&shown.stderr);
    let answer = folder.run(&["model", "show", "--model", MODEL, "--format", "json"]).exits(0);
    assert_harmless(answer.text());
    assert_eq!(answer.json()["prompts"]["qu\u{9b}31mery\u{202e}"], "fi\u{9b}nd \u{202e}: ");
    assert_eq!(answer.json()["path"], MODEL);
    folder.write("lines.txt", "the harbour is closed\nthe old ferry\n");
    for format in ["json", "text"] {
        let bench = ["bench", "--seconds", "0.5", "--texts", "lines.txt", "--model", MODEL, "--format", format];
        let answer = folder.run(&bench).exits(0);
        assert_harmless(answer.text());
        assert_harmless(&answer.stderr);
        assert!(format != "json" || answer.json()["model"] == MODEL, "{}", answer.text());
    }
}

#[test]
fn ids_of_vectors_do_not_steer_the_terminal() {
    let folder =
        Folder::with(&[("lines.txt", "a bridge\na harbour\n"), ("ids.txt", "x\u{9b}\u{202e}1\nx\u{9b}\u{7f}2\n")]);
    let model = tiny_model();
    let args = ["embed", "--lines", "lines.txt", "--ids", "ids.txt", "--model", model.to_str().unwrap()];
    let answer = folder.run(&args).exits(0);
    assert_harmless(answer.text());
    let id = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].clone();
    let ids: Vec<_> = answer.text().lines().map(id).collect();
    assert_eq!(ids, ["x\u{9b}\u{202e}1", "x\u{9b}\u{7f}2"]);
    // What was written so is known as this program's own.
    folder.run(&[&args[..], &["-o", "v.jsonl"]].concat()).exits(0);
    folder.run(&[&args[..], &["-o", "v.jsonl"]].concat()).exits(0);
}
