//! Stories whose shared claims are all labelled: `tests/fixtures/stories`, a folder of documents each with a
//! `labels.json`.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

/// A story's documents and labels.
pub struct Story {
    pub name: String,
    /// File names and texts. The last document is an edited copy of the first, and is omitted, unless the labels say
    /// that there is no copy.
    pub documents: Vec<(String, String)>,
    labels: Labels,
}

#[derive(Deserialize)]
struct Labels {
    claims: Vec<Claim>,
    /// Pairs of sentences that are neither required nor wrong, including those that contradict each other.
    #[serde(default)]
    arguable: Vec<Pair>,
    #[serde(default)]
    contradictions: Vec<Pair>,
    /// Whether no document is a copy.
    #[serde(default)]
    no_copy: bool,
}

#[derive(Deserialize)]
struct Pair {
    a: Sentence,
    b: Sentence,
}

#[derive(Deserialize)]
struct Claim {
    sentences: Vec<Sentence>,
}

#[derive(Deserialize)]
struct Sentence {
    doc: String,
    sentence: String,
    /// Whether it makes only a part of the claim, so that it is neither required nor wrong.
    #[serde(default)]
    partial: bool,
}

/// A document and a sentence of it, in the form in which they are compared.
pub type Place = (String, String);

impl Story {
    /// The stories of a folder, by name.
    pub fn all(folder: &Path, copies: bool) -> Vec<Self> {
        let mut folders: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        let read = |folder: &std::path::PathBuf| {
            let labels: Labels =
                serde_json::from_str(&std::fs::read_to_string(folder.join("labels.json")).unwrap()).unwrap();
            let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            files.retain(|file| file.extension().is_some_and(|ending| ending == "txt"));
            files.sort();
            if !copies && !labels.no_copy {
                files.pop();
            }
            let name = |file: &Path| file.file_name().unwrap().to_string_lossy().into_owned();
            let documents = files.iter().map(|file| (name(file), std::fs::read_to_string(file).unwrap())).collect();
            Self { name: name(folder), documents, labels }
        };
        folders.iter().map(read).collect()
    }

    /// The pairs of sentences of two documents that make the same claim, and those of which one makes a part of it.
    pub fn pairs(&self) -> (BTreeSet<[Place; 2]>, BTreeSet<[Place; 2]>) {
        let known: BTreeSet<&str> = self.documents.iter().map(|(name, _)| name.as_str()).collect();
        let (mut same, mut part) = (BTreeSet::new(), BTreeSet::new());
        for claim in &self.labels.claims {
            let here: Vec<&Sentence> =
                claim.sentences.iter().filter(|sentence| known.contains(sentence.doc.as_str())).collect();
            for (at, a) in here.iter().enumerate() {
                for b in here[at + 1..].iter().filter(|b| b.doc != a.doc) {
                    let pair = ordered((a.doc.clone(), plain(&a.sentence)), (b.doc.clone(), plain(&b.sentence)));
                    if a.partial || b.partial {
                        part.insert(pair)
                    } else {
                        same.insert(pair)
                    };
                }
            }
        }
        if self.labels.no_copy {
            let place = |sentence: &Sentence| (sentence.doc.clone(), plain(&sentence.sentence));
            let pairs = self.labels.arguable.iter().chain(&self.labels.contradictions);
            part.extend(pairs.map(|pair| ordered(place(&pair.a), place(&pair.b))));
        }
        part.retain(|pair| !same.contains(pair));
        (same, part)
    }
}

/// Two places in a fixed order.
pub fn ordered(a: Place, b: Place) -> [Place; 2] {
    if a <= b { [a, b] } else { [b, a] }
}

/// A sentence in the form in which it is compared: letters and digits only.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}
