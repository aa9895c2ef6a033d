//! Each module uses only those below it in the picture in `ARCHITECTURE.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// For each module, all modules from which a path of arrows in the picture leads to it.
fn below() -> BTreeMap<String, BTreeSet<String>> {
    let text = include_str!("../ARCHITECTURE.md");
    let picture = text.split("```mermaid\n").nth(1).unwrap().split("```").next().unwrap();
    let name = |node: &str| node.split('[').next().unwrap().trim().to_owned();
    let mut below: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in picture.lines().skip(1) {
        let nodes: Vec<Vec<String>> = line.split("-->").map(|part| part.split('&').map(name).collect()).collect();
        for node in nodes.iter().flatten() {
            below.entry(node.clone()).or_default();
        }
        for pair in nodes.windows(2) {
            pair[1].iter().for_each(|upper| below.get_mut(upper).unwrap().extend(pair[0].iter().cloned()));
        }
    }
    // Modules below a module that is below.
    for _ in 0..below.len() {
        let direct = below.clone();
        for rooms in below.values_mut() {
            let further: Vec<String> = rooms.iter().flat_map(|room| direct[room].iter().cloned()).collect();
            rooms.extend(further);
        }
    }
    below
}

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

/// The module that a file belongs to, and whether the file is the module's root.
fn room(file: &Path) -> (String, bool) {
    let file = file.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
    let first = file.iter().next().unwrap().to_str().unwrap();
    (first.trim_end_matches(".rs").to_owned(), file.iter().count() == 1)
}

/// The names after `prefix` in a file, without comments and tests.
fn used(file: &Path, prefix: &str) -> Vec<String> {
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
    code.split(prefix).skip(1).map(named).collect()
}

#[test]
fn a_module_uses_only_those_below_it() {
    let mut all = Vec::new();
    files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut all);
    let below = below();
    assert!(below.iter().all(|(room, rooms)| !rooms.contains(room)), "a circle: {below:?}");
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for file in &all {
        let (own, is_root) = room(file);
        // The library's root and its golden tests use all modules, and the binary's root only the command line.
        if is_root && matches!(own.as_str(), "lib" | "golden" | "main") {
            continue;
        }
        let rooms = below.get(&own).unwrap_or_else(|| panic!("{}: {own} is not in the picture", file.display()));
        // The command line is in the binary, another crate than the library.
        let prefix = if own == "cli" { "samesay::" } else { "crate::" };
        for other in used(file, prefix) {
            let may = other == own || rooms.contains(&other);
            assert!(may, "{}: {own} uses {other}, which is not below it in the picture", file.display());
        }
        *seen.entry(own).or_default() += 1;
    }
    assert!(below.keys().all(|room| seen.contains_key(room)), "a module has no file: {seen:?}");
    assert!(below["cli"].contains("bench") && !below["bench"].contains("cli"), "{below:?}");
    assert!(all.len() > 150, "only {} files were looked at", all.len());
}
