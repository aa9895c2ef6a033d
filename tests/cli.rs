//! The real binary, as a user runs it.

mod bench;
mod boilerplate;
mod bounds;
mod claims;
mod compare;
mod containers;
mod contract;
mod counts;
mod documents;
mod edges;
mod ending;
mod given;
mod help;
mod hostile;
pub mod input;
mod keeping;
mod languages;
mod like;
mod messages;
mod metadata;
mod models;
mod names;
mod pages;
mod pairs;
mod papers;
mod quality;
mod report;
mod rows;
mod since;
mod snapshots;
mod sources;
mod stable;
mod stories;
mod terminal;
mod topics;
mod unread;
mod usage;
mod vectors;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// The cache shared by all tests, so that the model is fetched once: the user's, or `SAMESAY_CACHE`.
pub fn model_dir() -> &'static Path {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    DIR.get_or_init(|| {
        let pulled = samesay().args(["model", "pull", "--format", "json"]).output().unwrap();
        assert!(pulled.status.success(), "{}", String::from_utf8_lossy(&pulled.stderr));
        let answer: serde_json::Value = serde_json::from_slice(&pulled.stdout).unwrap();
        PathBuf::from(answer["models"][0]["path"].as_str().unwrap())
    })
}

/// A model of a few kilobytes, for tests that work with any model.
pub fn tiny_model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tiny-bert-mean")
}

/// The program, without colour settings from the environment, and keeping nothing.
pub fn samesay() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samesay"));
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env("SAMESAY_STORE", "none");
    command
}

/// The published JSON Schema of a command, against which its outputs are checked.
pub fn schema(name: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_slice(&run(&["schema", name]).stdout).unwrap()).unwrap()
}

/// Runs the program after the model has been fetched.
pub fn run(args: &[&str]) -> Output {
    model_dir();
    samesay().args(args).output().unwrap()
}

/// A test's own documents, in the folder in which the program runs.
pub struct Folder(TempDir);

impl Folder {
    /// Creates a folder with these files, each given by path and content.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        files.iter().for_each(|(name, content)| folder.write(name, content));
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, and creates the folders that it needs.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), content).unwrap();
    }

    /// The program, to be run in the folder after the model has been fetched.
    pub fn command(&self, args: &[&str]) -> Command {
        model_dir();
        let mut command = samesay();
        command.current_dir(&self.0).args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Answer {
        self.run_on(args, b"")
    }

    /// Runs the program with these bytes on stdin.
    pub fn run_on(&self, args: &[&str], stdin: &[u8]) -> Answer {
        Answer::of(&mut self.command(args), stdin)
    }
}

/// The output of a run, and how it ended.
#[derive(Debug)]
pub struct Answer {
    /// The exit code; `None` if a signal ended the program.
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Answer {
    /// Runs a command with these bytes on stdin.
    pub fn of(command: &mut Command, stdin: &[u8]) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let output = std::thread::scope(|scope| {
            // A program that stops before it has read everything closes the pipe.
            scope.spawn(move || pipe.write_all(stdin));
            child.wait_with_output().unwrap()
        });
        Self::from(output)
    }

    /// Returns the answer if the program ended with this code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.text(), self.stderr);
        self
    }

    /// The content of stdout, which must be UTF-8.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    /// The content of stdout as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\nstderr: {}", self.text(), self.stderr))
    }

    /// Asserts that the program printed only an error that contains all of these texts.
    #[track_caller]
    pub fn refuses(self, texts: &[&str]) {
        let answer = self.exits(2);
        assert_eq!(answer.text(), "");
        let error = answer.stderr.lines().last().unwrap_or("");
        assert!(error.starts_with("samesay: ") && !error.starts_with("samesay: warning"), "{}", answer.stderr);
        texts.iter().for_each(|text| assert!(error.contains(text), "no {text:?} in {}", answer.stderr));
    }

    /// Asserts that a warning names this file and contains this text.
    #[track_caller]
    pub fn warns(&self, file: &str, text: &str) {
        let warning = |line: &str| line.starts_with(&format!("samesay: warning: {file}: ")) && line.contains(text);
        assert!(self.stderr.lines().any(warning), "no {text:?} of {file} in {}", self.stderr);
    }
}

impl Answer {
    /// Asserts that a warning without a file name contains both texts.
    #[track_caller]
    pub fn warns_plainly(&self, start: &str, text: &str) {
        let warning = |line: &str| line.starts_with(&format!("samesay: warning: {start}")) && line.contains(text);
        assert!(self.stderr.lines().any(warning), "no {text:?} in {}", self.stderr);
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self { code: output.status.code(), stdout: output.stdout, stderr: String::from_utf8(output.stderr).unwrap() }
    }
}
