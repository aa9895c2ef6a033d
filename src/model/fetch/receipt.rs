//! Records of files that were hashed and found right, so that they need not be hashed again until they are written to.
//!
//! A receipt names each file's checksum and its [`Stamp`] at that time; `verify` finds damage done by the disk itself.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Places;
use crate::base::Stamp;
use crate::model::manifest::Manifest;

/// The receipt of one model's files in one folder.
pub(super) struct Receipt<'a> {
    manifest: &'a Manifest,
    dir: &'a Path,
    path: PathBuf,
}

/// The content of a receipt.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Content {
    dir: PathBuf,
    files: Vec<HashedFile>,
}

/// A file as it was when it was hashed.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct HashedFile {
    path: String,
    sha256: String,
    stamp: Stamp,
}

impl<'a> Receipt<'a> {
    pub(super) fn new(manifest: &'a Manifest, places: &Places, dir: &'a Path) -> Self {
        let mut hash = Sha256::new();
        hash.update(dir.as_os_str().as_encoded_bytes());
        let name: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { manifest, dir, path: places.cache.join("verified").join(format!("{}-{name}.json", manifest.name)) }
    }

    /// The files' current stamps; `None` if these would not show a later change.
    pub(super) fn look(&self) -> Option<Content> {
        self.content(SystemTime::now())
    }

    /// Whether there is a receipt, and the files still match it.
    pub(super) fn holds(&self, seen: Option<&Content>) -> bool {
        let read = || -> Option<Content> { serde_json::from_slice(&std::fs::read(&self.path).ok()?).ok() };
        seen.is_some() && read().as_ref() == seen
    }

    /// Writes a receipt for files found right after they had been `seen`, if they still look the same. If the cache
    /// cannot be written to, the files are hashed again next time.
    pub(super) fn write(&self, seen: Option<&Content>) {
        if let Some(content) = seen
            && self.look().as_ref() == seen
        {
            let _ = self.save(content);
        }
    }

    /// Withdraws the receipt.
    pub(super) fn remove(&self) {
        let _ = std::fs::remove_file(&self.path);
    }

    fn save(&self, content: &Content) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec(content)?)?;
        file.persist(&self.path)?;
        Ok(())
    }

    fn content(&self, now: SystemTime) -> Option<Content> {
        let seen = self.manifest.files.iter().map(|file| {
            let stamp = Stamp::at(&self.dir.join(&file.path).metadata().ok()?, now)?;
            Some(HashedFile { path: file.path.to_string(), sha256: file.sha256.to_string(), stamp })
        });
        Some(Content { dir: self.dir.to_owned(), files: seen.collect::<Option<_>>()? })
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::time::Duration;

    /// Runs a test with the built-in model's files, whose contents do not matter, in a folder.
    fn with_files(test: impl FnOnce(&Receipt, &Path)) {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("model");
        let manifest = &Manifest::builtin()[0];
        for file in &manifest.files {
            let path = dir.join(&file.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "right").unwrap();
        }
        let path = folder.path().join("receipt.json");
        test(&Receipt { manifest, dir: &dir, path }, &dir);
    }

    fn later() -> SystemTime {
        SystemTime::now() + Duration::from_mins(1)
    }

    #[test]
    fn holds_until_a_file_changes() {
        with_files(|receipt, dir| {
            let content = receipt.content(later()).unwrap();
            receipt.save(&content).unwrap();
            assert_eq!(receipt.content(later()), Some(content));
            let file = dir.join(&receipt.manifest.files[0].path);
            let before = fs::metadata(&file).unwrap();
            std::thread::sleep(Duration::from_millis(20));
            fs::write(&file, "wrong").unwrap();
            fs::File::options().write(true).open(&file).unwrap().set_modified(before.modified().unwrap()).unwrap();
            let saved: Content = serde_json::from_slice(&fs::read(&receipt.path).unwrap()).unwrap();
            assert_ne!(receipt.content(later()), Some(saved), "the same length and time of modification");
        });
    }

    #[test]
    fn a_file_that_has_just_changed_is_not_trusted() {
        with_files(|receipt, _| {
            let seen = receipt.look();
            assert_eq!(seen, None);
            receipt.write(seen.as_ref());
            assert!(!receipt.path.exists());
        });
    }

    #[test]
    fn a_damaged_or_withdrawn_receipt_does_not_hold() {
        with_files(|receipt, _| {
            let content = receipt.content(later());
            receipt.save(content.as_ref().unwrap()).unwrap();
            assert!(receipt.holds(content.as_ref()));
            assert!(!receipt.holds(None));
            fs::write(&receipt.path, "{").unwrap();
            assert!(!receipt.holds(content.as_ref()));
            receipt.remove();
            assert!(!receipt.holds(content.as_ref()));
        });
    }
}
