//! The front door: documents in, claims and answers out.
//!
//! [`Samesay`] has a loaded model and a store. It [reads](Samesay::read) documents into a [`Collection`], which finds
//! [claims](Collection::claims) and can be [searched](Collection::search). For more control, use the modules that do
//! the work.

mod builder;
mod claim;
mod error;
mod hit;

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use builder::Builder;
pub use claim::{Claim, Wording};
pub use error::{Error, ErrorKind};
pub use hit::{Hit, Search};

use crate::claims::{Cluster, Clustering, claims, cluster};
use crate::compare::{Independence, ModelBackground, Pairs, Threshold};
use crate::library::{Corpus, Input, Outcome, Wanted, embed, in_other_languages, split, take_inventory};
use crate::matches::{matches, measured};
use crate::model::Embedder;
use crate::passage::Boilerplate;
use crate::report::{ClusterKind, ClusterReport};
use crate::source::{Columns, Selection, Source, find};
use crate::store::Store;

/// A loaded model, and a store for passages and vectors. It can be shared by threads.
///
/// ```no_run
/// use samesay::Samesay;
///
/// # fn main() -> Result<(), samesay::Error> {
/// let samesay = Samesay::builder().build()?;
/// let collection = samesay.read(["corpus/"])?;
/// println!("{} sources, {} passages", collection.sources(), collection.passages());
/// # Ok(())
/// # }
/// ```
pub struct Samesay {
    embedder: Arc<Embedder>,
    background: Option<ModelBackground>,
    store: Arc<dyn Store>,
}

impl fmt::Debug for Samesay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Samesay").field("embedder", &self.embedder).finish_non_exhaustive()
    }
}

impl Samesay {
    /// Returns the default settings: the default model, all cores, and a store in memory.
    ///
    /// ```no_run
    /// let samesay = samesay::Samesay::builder().threads(2).store("papers.db").build()?;
    /// # Ok::<(), samesay::Error>(())
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Reads files, and the files in folders whose extension is that of a known format. Hidden and ignored files are
    /// left out. Files that could not be read are listed by [`Collection::unread`].
    ///
    /// # Errors
    /// When a path does not exist, no file has any text, or the model or the store fails.
    pub fn read(&self, paths: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<Collection, Error> {
        let paths: Vec<PathBuf> = paths.into_iter().map(|path| path.as_ref().to_owned()).collect();
        let found = find(&paths, &Selection::default())?;
        let unread = found.problems.iter().map(ToString::to_string).collect();
        let wanted = Wanted {
            inputs: Cow::Owned(found.files.into_iter().map(Input::File).collect()),
            folders: Vec::new(),
            columns: Columns::default(),
            boilerplate: Boilerplate::Drop,
            publishers: None,
        };
        self.collect(&wanted, unread)
    }

    /// Takes sources from memory: see [`source::read_str`](crate::source::read_str).
    ///
    /// ```no_run
    /// use samesay::source::read_str;
    ///
    /// # fn main() -> Result<(), samesay::Error> {
    /// # let samesay = samesay::Samesay::builder().build()?;
    /// let texts = [("a", "The ferry struck the breakwater."), ("b", "A ferry hit the harbour wall.")];
    /// let collection = samesay.read_sources(texts.map(|(id, text)| read_str(id, text)))?;
    /// assert_eq!(collection.sources(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When no source has any text, or the model or the store fails.
    pub fn read_sources(&self, sources: impl IntoIterator<Item = Source>) -> Result<Collection, Error> {
        self.collect(&Wanted::sources(sources, Boilerplate::Drop), Vec::new())
    }

    fn collect(&self, wanted: &Wanted, mut unread: Vec<String>) -> Result<Collection, Error> {
        let model = self.embedder.model();
        let inventory = take_inventory(&*self.store, wanted)?;
        let (mut library, outcomes) = split(&self.store, inventory, &model.counter(), model.splitting(), &())?;
        library.unread.extend(outcomes.iter().filter_map(Outcome::failed));
        for Outcome { path, problems, notes, .. } in &outcomes {
            library.warnings.extend(problems.iter().chain(notes).map(|said| format!("{path}: {said}")));
        }
        let said = |Outcome { path, failure, problems, .. }: &Outcome| {
            failure.iter().chain(problems).map(|why| format!("{path}: {why}")).collect::<Vec<_>>()
        };
        unread.extend(outcomes.iter().flat_map(said));
        if library.is_empty() {
            return Err(Error::no_text(&unread));
        }
        library.warnings.extend(in_other_languages(&library, model));
        let mut corpus = embed(library, &self.embedder, &())?;
        let background = match &self.background {
            Some(background) => background.clone(),
            None => measured(&*self.store, &self.embedder, || ())?,
        };
        corpus.library.warnings.extend(model.doubts().iter().cloned());
        corpus.library.warnings.extend(background.warning(model.name()));
        corpus.library.fetch_all()?;
        let independence = Independence::new(&corpus.library)?;
        Ok(Collection { embedder: Arc::clone(&self.embedder), background, corpus, independence, unread })
    }
}

/// Documents that were read, split and embedded. It can be shared by threads.
///
/// ```no_run
/// # fn main() -> Result<(), samesay::Error> {
/// # let samesay = samesay::Samesay::builder().build()?;
/// let collection = samesay.read(["corpus/"])?;
/// for line in collection.unread() {
///     eprintln!("not read: {line}");
/// }
/// println!("{} claims", collection.claims()?.len());
/// # Ok(())
/// # }
/// ```
pub struct Collection {
    embedder: Arc<Embedder>,
    background: ModelBackground,
    corpus: Corpus,
    independence: Independence,
    unread: Vec<String>,
}

impl fmt::Debug for Collection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { corpus, unread, .. } = self;
        f.debug_struct("Collection").field("corpus", corpus).field("unread", unread).finish_non_exhaustive()
    }
}

impl Collection {
    /// Finds the claims that several sources make. Claims of the most independent sources come first.
    ///
    /// # Errors
    /// When the model or the store fails.
    ///
    /// ```
    /// # let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tiny-bert-mean");
    /// # let samesay = samesay::Samesay::builder().model(dir).build()?;
    /// # let text = |id| samesay::source::read_str(id, "The ferry struck the breakwater in thick fog at seven.");
    /// # let collection = samesay.read_sources([text("a.txt"), text("b.txt")])?;
    /// let claims = collection.claims()?;
    /// assert_eq!(claims[0].sources(), ["a.txt", "b.txt"]);
    /// # Ok::<(), samesay::Error>(())
    /// ```
    pub fn claims(&self) -> Result<Vec<Claim>, Error> {
        let mut report = self.clusters()?;
        report.clusters.retain(|cluster| cluster.kind == ClusterKind::Claim);
        Ok(report.clusters.into_iter().map(Claim::new).collect())
    }

    /// Finds claims, themes, stories, and passages without a match: the value that `samesay cluster` prints, without
    /// the files that were skipped in folders.
    ///
    /// # Errors
    /// When the model or the store fails.
    pub fn clusters(&self) -> Result<ClusterReport, Error> {
        let pairs = Pairs::new(&self.corpus, &self.independence, &self.background, Threshold::Unusual);
        let matches = matches(&pairs, &self.embedder, &self.background, &self.independence, &())?;
        let themes: Clustering = cluster(&pairs, &matches);
        let claims: Vec<Cluster> = claims(&self.corpus.library, &matches, &themes.words);
        let model = self.embedder.model();
        Ok(ClusterReport::new(model, &pairs, &matches, &themes, &claims, &self.independence, false))
    }

    /// Prepares a search for sources that say something like this text.
    ///
    /// ```
    /// # let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tiny-bert-mean");
    /// # let samesay = samesay::Samesay::builder().model(dir).build()?;
    /// # let text = "The ferry struck the breakwater in thick fog at seven.";
    /// # let collection = samesay.read_sources([samesay::source::read_str("a.txt", text)])?;
    /// let hits = collection.search("the ferry struck the breakwater").limit(3).min_score(0.0).run()?;
    /// assert_eq!(hits[0].source(), "a.txt");
    /// # Ok::<(), samesay::Error>(())
    /// ```
    pub fn search<'a>(&'a self, text: &'a str) -> Search<'a> {
        Search::new(self, text)
    }

    /// Number of sources.
    pub fn sources(&self) -> usize {
        self.corpus.library.documents().len()
    }

    /// Number of passages of all sources.
    pub fn passages(&self) -> usize {
        self.corpus.library.len()
    }

    /// Files and parts of files that could not be read, one line each: the path, a colon and the reason.
    pub fn unread(&self) -> &[String] {
        &self.unread
    }

    /// Warnings about how the documents were read, and about the model: that it was not trained on their language, or
    /// that probabilities are an estimate.
    pub fn warnings(&self) -> &[String] {
        &self.corpus.library.warnings
    }

    /// The passages and their vectors, for use with other modules.
    pub fn corpus(&self) -> &Corpus {
        &self.corpus
    }
}
