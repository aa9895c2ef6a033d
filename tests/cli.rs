//! The real binary, as a user runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The cache that all tests share, so that the model is fetched once: the one of the user, or SAMESAY_CACHE.
pub fn model_dir() -> &'static Path {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    DIR.get_or_init(|| {
        let pulled = samesay().args(["model", "pull", "--format", "json"]).output().unwrap();
        assert!(pulled.status.success(), "{}", String::from_utf8_lossy(&pulled.stderr));
        let answer: serde_json::Value = serde_json::from_slice(&pulled.stdout).unwrap();
        PathBuf::from(answer["models"][0]["path"].as_str().unwrap())
    })
}

/// The program, free of what the environment says of colours.
pub fn samesay() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samesay"));
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

/// Runs the program with the model fetched before.
pub fn run(args: &[&str]) -> Output {
    model_dir();
    samesay().args(args).output().unwrap()
}
