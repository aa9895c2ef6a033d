//! Runs that are stopped while they write: nothing half-written is left, and what existed stays.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{Folder, samesay};

/// Vectors of two values, in all directions.
fn vectors(count: usize) -> Vec<u8> {
    let head = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, 2), }}");
    let padding = " ".repeat(63 - (10 + head.len()) % 64);
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(((head.len() + padding.len() + 1) as u16).to_le_bytes());
    bytes.extend(format!("{head}{padding}\n").into_bytes());
    for at in 0..count {
        let (sine, cosine) = (at as f32).sin_cos();
        bytes.extend(sine.to_le_bytes().into_iter().chain(cosine.to_le_bytes()));
    }
    bytes
}

const PAIRS: [&str; 7] = ["pairs", "--vectors", "vectors.npy", "--min-score=-1", "-o", "out/pairs.csv", "-q"];

fn folder(count: usize) -> Folder {
    let folder = Folder::with(&[("out/pairs.csv", "")]);
    folder.write("vectors.npy", vectors(count));
    folder
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_limit_of_file_size_is_an_error() {
    let folder = folder(300);
    folder.run(&PAIRS).exits(0);
    let whole = fs::read(folder.path("out/pairs.csv")).unwrap();
    for args in [&PAIRS[..], &["index", "out", "--store", "out/kept.db", "-q"]] {
        folder.write("out/text.txt", "The ferry struck the breakwater in thick fog.\n");
        let given = folder.command(args);
        let mut limited = Command::new("sh");
        limited.args(["-c", "ulimit -f 8; exec \"$0\" \"$@\""]).arg(given.get_program()).args(args);
        limited.current_dir(folder.path("")).env("SAMESAY_STORE", "none");
        super::Answer::of(&mut limited, b"").refuses(&[args[args.len() - 2]]);
        assert_eq!(fs::read(folder.path("out/pairs.csv")).unwrap(), whole);
        let names = names(&folder.path("out"));
        assert!(!names.iter().any(|name| name.starts_with(".samesay")), "{names:?}");
    }
}

/// Waits until a process has a file of this folder open.
fn wait_for_file(process: &Child, folder: &Path) {
    let start = Instant::now();
    let open = format!("/proc/{}/fd", process.id());
    let is_there = || {
        let links =
            fs::read_dir(&open).into_iter().flatten().flatten().filter_map(|link| fs::read_link(link.path()).ok());
        links.into_iter().any(|link| link.starts_with(folder))
    };
    while !is_there() {
        assert!(start.elapsed() < Duration::from_mins(2), "it wrote nothing");
        sleep(Duration::from_millis(1));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_run_leaves_nothing() {
    let folder = folder(4000);
    let out = folder.path("out").canonicalize().unwrap();
    for signal in ["INT", "TERM", "HUP", "KILL"] {
        let mut process = samesay()
            .current_dir(folder.path(""))
            .args(PAIRS)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_for_file(&process, &out);
        let id = process.id().to_string();
        assert!(Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", signal, &id]).status().unwrap().success());
        let status = process.wait().unwrap();
        assert_eq!(status.code(), None, "{signal}: it was to be ended while it wrote");
        assert_eq!(names(&out), ["pairs.csv"], "{signal}");
        assert_eq!(fs::metadata(out.join("pairs.csv")).unwrap().len(), 0, "{signal}");
    }
}
