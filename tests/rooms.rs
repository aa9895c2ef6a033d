//! The order of the modules: each uses only those below it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The lowest first, as `ARCHITECTURE.md` draws them.
const ORDER: [&str; 16] = [
    "base",
    "lang",
    "kernels",
    "source",
    "passage",
    "model",
    "store",
    "library",
    "compare",
    "disagreement",
    "search",
    "matches",
    "claims",
    "report",
    "bench",
    "front",
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The room of a file, and whether it is the room's root.
fn room(file: &Path) -> (String, bool) {
    let file = file.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
    let first = file.iter().next().unwrap().to_str().unwrap();
    (first.trim_end_matches(".rs").to_owned(), file.iter().count() == 1)
}

/// What a file names after `crate::`, without comments and tests.
fn used(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap();
    let code: String = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let named = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    code.split("crate::").skip(1).map(named).collect()
}

#[test]
fn a_module_uses_only_those_below_it() {
    let mut all = Vec::new();
    files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut all);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for file in &all {
        let (own, is_root) = room(file);
        // The library's root and its golden tests name all; the binary is another crate.
        if is_root && matches!(own.as_str(), "lib" | "golden" | "main" | "cli") || own == "cli" {
            continue;
        }
        let place = |room: &str| {
            ORDER
                .iter()
                .position(|other| *other == room)
                .unwrap_or_else(|| panic!("{}: {room} is in no place of the order", file.display()))
        };
        for other in used(file) {
            assert!(place(&other) <= place(&own), "{}: {own} uses {other}, which stands above it", file.display());
        }
        *seen.entry(own).or_default() += 1;
    }
    assert!(ORDER.iter().all(|room| seen.contains_key(*room)), "a room of the order has no file: {seen:?}");
    assert!(all.len() > 150, "only {} files were looked at", all.len());
}
