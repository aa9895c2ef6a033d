//! The documentation shows what the program prints.
//!
//! An indented block that begins with `samesay` is a command; the indented blocks after it, up to the next command, are
//! what it prints. A block of three dots stands for lines that are left out.

use std::fs::read_to_string;
use std::path::Path;

use crate::cli::{Answer, Folder, input::copy_folder};

/// The foot of the outputs in the documentation. With another instruction set or number format, cosines differ in the
/// last digits, and with them numbers of claims near the threshold.
const SHOWN_WITH: &str = "all-MiniLM-L6-v2 on avx512vnni in int16";
/// The greatest change of a file's size that is not a difference, in percent.
const SIZE: f64 = 5.0;

/// A command of the documentation, and what it prints.
#[derive(Debug, PartialEq)]
struct Screen {
    command: String,
    /// The lines that are shown, in parts between which some are left out.
    parts: Vec<Vec<String>>,
}

impl Screen {
    fn new(command: &str) -> Self {
        Self { command: command.to_owned(), parts: vec![Vec::new()] }
    }

    /// Adds a block of the output.
    fn add(&mut self, block: &[&str]) {
        if block == ["..."] {
            self.parts.push(Vec::new());
            return;
        }
        let part = self.parts.last_mut().unwrap();
        if !part.is_empty() {
            part.push(String::new());
        }
        part.extend(block.iter().map(|line| (*line).to_owned()));
    }
}

/// The commands in a Markdown text for which it shows an output.
fn screens(text: &str) -> Vec<Screen> {
    let mut screens: Vec<Screen> = Vec::new();
    let mut is_output = false;
    let lines: Vec<Option<&str>> = text.lines().map(|line| line.strip_prefix("    ")).collect();
    for block in lines.split(Option::is_none).filter(|block| !block.is_empty()) {
        let block: Vec<&str> = block.iter().flatten().copied().collect();
        let is_command = |line: &str| ["samesay ", "cargo "].iter().any(|program| line.starts_with(program));
        if is_command(block[0]) {
            // Of several commands, only the last can have an output.
            let last = block.last().unwrap();
            is_output = last.starts_with("samesay ");
            screens.extend(is_output.then(|| Screen::new(last)));
        } else if is_output {
            screens.last_mut().unwrap().add(&block);
        }
    }
    screens.retain(|screen| screen.parts != [Vec::<String>::new()]);
    screens
}

/// The words of a command, of which some may be in quotes.
fn words_of(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in command.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

/// Whether a line that is shown is one that was printed. With another instruction set, numbers are not compared.
fn is_same(shown: &str, printed: &str, exact: bool) -> bool {
    let size = |line: &str| {
        let (rest, number) = line.strip_suffix(" kB")?.rsplit_once(' ')?;
        Some((rest.to_owned(), number.parse::<f64>().ok()?))
    };
    if let Some(((shown, a), (printed, b))) = size(shown).zip(size(printed)) {
        return shown == printed && 100.0 * (a - b).abs() <= SIZE * a;
    }
    let plain = |line: &str| {
        let letters: String = line.chars().map(|c| if c.is_ascii_digit() { ' ' } else { c }).collect();
        letters.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    if exact { shown == printed } else { plain(shown) == plain(printed) }
}

/// Compares what is shown with what was printed. Returns the first part that was not printed.
fn missing<'a>(screen: &'a Screen, printed: &[&str], exact: bool) -> Option<&'a [String]> {
    let mut from = 0;
    for (at, part) in screen.parts.iter().enumerate() {
        let is_at = |start: usize| {
            let lines = printed.get(start..start + part.len());
            lines.is_some_and(|lines| part.iter().zip(lines).all(|(a, b)| is_same(a, b, exact)))
        };
        let (is_first, is_last) = (at == 0, at + 1 == screen.parts.len());
        let end = printed.len().saturating_sub(part.len());
        let starts = if is_first { 0..1 } else { from..end + 1 };
        let start = starts.into_iter().find(|start| is_at(*start) && (!is_last || part.is_empty() || *start == end));
        match start {
            Some(start) => from = start + part.len(),
            None => return Some(part),
        }
    }
    None
}

/// Runs every command for which a file of the documentation shows an output.
#[track_caller]
fn check(file: &str, commands: usize) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let screens = screens(&read_to_string(here.join(file)).unwrap());
    assert_eq!(screens.len(), commands, "{file}: {screens:?}");
    let folder = Folder::with(&[]);
    copy_folder(&here.join("corpus"), &folder.path("corpus"));
    for screen in &screens {
        let words = words_of(&screen.command);
        let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        let answer: Answer = folder.run(&args).exits(0);
        let printed: Vec<&str> = answer.text().trim_end().lines().collect();
        let exact = printed.contains(&SHOWN_WITH);
        if let Some(part) = missing(screen, &printed, exact) {
            panic!(
                "{file} shows what `{}` does not print:\n\n{}\n\nbut:\n\n{}",
                screen.command,
                part.join("\n"),
                printed.join("\n")
            );
        }
    }
}

#[test]
fn the_readme_shows_what_is_printed() {
    check("README.md", 2);
}

#[test]
fn the_manual_shows_what_is_printed() {
    check("docs/use.md", 3);
}

#[test]
fn commands_and_outputs_are_found() {
    let text = "Run:\n\n    cargo install\n    samesay report a -o b.html\n\nIt prints:\n\n    one\n      two\n\n    three\n\n    \
                ...\n\n    end\n\nThen:\n\n    samesay embed a\n    samesay query \"x y\" a\n\n    four\n\n    ...\n\nAnd:\n\n    \
                samesay index a\n\n    cargo test\n\n    ignored\n";
    let part = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let report = Screen {
        command: "samesay report a -o b.html".to_owned(),
        parts: vec![part(&["one", "  two", "", "three"]), part(&["end"])],
    };
    let query = Screen { command: "samesay query \"x y\" a".to_owned(), parts: vec![part(&["four"]), part(&[])] };
    assert_eq!(words_of(&query.command), ["samesay", "query", "x y", "a"]);
    let screens = screens(text);
    assert_eq!(screens, [report, query]);
    let missing = |at: usize, printed: &[&str]| missing(&screens[at], printed, true).map(<[String]>::to_vec);
    assert_eq!(missing(0, &["one", "  two", "", "three", "end"]), None);
    assert_eq!(missing(0, &["one", "  two", "", "three", "more", "end"]), None);
    assert_eq!(missing(0, &["one", "  two", "", "three", "end", "more"]), Some(part(&["end"])));
    assert_eq!(missing(0, &["zero", "one", "  two", "", "three", "end"]), Some(screens[0].parts[0].clone()));
    assert_eq!(missing(0, &["one"]), Some(screens[0].parts[0].clone()));
    assert_eq!((missing(1, &["four", "five"]), missing(1, &["five"])), (None, Some(part(&["four"]))));
}

#[test]
fn sizes_and_digits_may_differ() {
    assert!(is_same("written to r.html  493 kB", "written to r.html  500 kB", true));
    assert!(!is_same("written to r.html  493 kB", "written to r.html  600 kB", true));
    assert!(is_same(" 86 claims", "  5 claims", false) && !is_same("86 claims", "85 claims", true));
}
