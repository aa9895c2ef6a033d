//! Reports in a real browser: `tests/browser/report.mjs` opens them in headless Chromium.
//!
//! Needs node, Chromium and the packages of `tests/browser` (`npm ci --prefix tests/browser`). If one is missing the
//! test says so and does nothing, unless `SAMESAY_BROWSER` is `required`, as in continuous integration.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cli::{Folder, run};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser");

/// Chromium under its usual names, or the value of CHROMIUM.
fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .flat_map(|folder| ["chromium", "chromium-browser", "google-chrome"].map(|name| folder.join(name)));
    named.into_iter().chain(found).find(|program| program.is_file())
}

fn missing() -> Option<&'static str> {
    if !Path::new(FOLDER).join("node_modules/playwright-core").is_dir() {
        Some("the packages of tests/browser: run `npm ci --prefix tests/browser`")
    } else if chromium().is_none() {
        Some("Chromium")
    } else if Command::new("node").arg("--version").output().is_err() {
        Some("node")
    } else {
        None
    }
}

/// Documents that try everything, in texts, file names and metadata.
fn hostile() -> Folder {
    let script = "<script>window.pwned = 1</script>";
    let story = "The ferry struck the breakwater <img src=x onerror=window.pwned=2> on Tuesday, and \
                 </script><script>window.pwned = 3</script> thirty-one people were hurt, the \u{202e}coast \
                 guard\u{202c} said.";
    let word = "x".repeat(10_000);
    let page = format!(
        "<!DOCTYPE html><html lang='ar\"onload=\"window.pwned=5'><head><title>{}</title><meta name=author content='\" \
         onmouseover=\"window.pwned=6'>\
         <meta property='article:published_time' \
         content='2026-03-05'></head><body><article><p>{}</p><p>{}</p></article></body></html>",
        "&lt;script&gt;window.pwned = 1&lt;/script&gt;",
        story.replace('<', "&lt;"),
        "A second paragraph of this page is about the towing of the ship to the dock at Orrin, and nothing else. "
            .repeat(3),
    );
    Folder::with(&[
        (
            "in/a<img src=x onerror=window.pwned=7>.txt",
            &format!("{story}\n\nOne more paragraph of this source ends with {word}, which is a word.\n"),
        ),
        ("in/b\u{202e}txt.html", &page),
        (
            "in/c&quot;'`${window.pwned=8}.md",
            &format!("# {script}\n\n{}\n\n{story}\n", "Crews of three boats took off sixty people. ".repeat(3)),
        ),
        (
            "in/d.csv",
            &format!(
                "id,title,publisher,date,text\n\"<b>1\",\"{script}\",\"</title>{script}\",2026-01-01,\"{}\"\n\
                 '-alert(1)-',\"&#x22;\",x,2026-02-01,\"javascript:alert(1) is what the second row of this table says \
                 in its text.\"\n",
                story.replace('"', "\"\"")
            ),
        ),
    ])
}

#[test]
fn reports_in_chromium() {
    if let Some(missing) = missing() {
        assert_ne!(std::env::var("SAMESAY_BROWSER").as_deref(), Ok("required"), "there is no {missing}");
        return eprintln!("skipped: browser::reports_in_chromium: there is no {missing}");
    }
    let folder = hostile();
    let page = folder.path("plain.html");
    assert!(run(&["report", "corpus", "-o", page.to_str().unwrap()]).status.success());
    folder.run(&["report", "in", "-o", "hostile.html"]).exits(0);
    // Screenshots that are kept are checked by eye, and appear in the README.
    let seen = std::env::var_os("SAMESAY_SHOTS").map(PathBuf::from);
    let answer = Command::new("node")
        .arg(Path::new(FOLDER).join("report.mjs"))
        .arg(folder.path("."))
        .arg(chromium().unwrap())
        .output()
        .unwrap();
    let (checks, errors) = (String::from_utf8_lossy(&answer.stdout), String::from_utf8_lossy(&answer.stderr));
    println!("{checks}");
    if let Some(seen) = seen {
        std::fs::create_dir_all(&seen).unwrap();
        for file in std::fs::read_dir(folder.path("."))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
        {
            std::fs::copy(&file, seen.join(file.file_name().unwrap())).unwrap();
        }
    }
    assert!(answer.status.success(), "{checks}\n{errors}");
    assert!(checks.lines().filter(|line| line.starts_with("ok ")).count() >= 20, "{checks}");
    // The printout contains the claims: the program itself reads the PDF.
    let pdf = folder.run(&["passages", "plain.pdf"]).exits(0);
    assert!(pdf.text().contains("About 400 liters of diesel leaked from a ruptured tank"), "{}", pdf.text());
}
