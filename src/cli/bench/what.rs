//! `bench --what`: measuring other work than embedding, over documents.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use samesay::bench::limit::{of_products, of_reading};
use samesay::bench::{Plan, Progress, TextSet, in_turns, nearest, screening, task};
use samesay::claims::{claims, cluster};
use samesay::compare::alike::{Unit, Units};
use samesay::compare::{Independence, ModelBackground, Pairs, Threshold};
use samesay::library::{Corpus, Input, Library, Wanted, embed, split, take_inventory};
use samesay::matches::matches;
use samesay::model::Embedder;
use samesay::passage::Boilerplate;
use samesay::report::{Limit, NearestComparison, Rate, ReadingNotes, Task, TaskLimit};
use samesay::search::{DEFAULT_CUT, Limits, Query, Search};
use samesay::source::{Columns, Selection, find};
use samesay::store::{Sqlite, Store};

use super::args::What;
use super::peers::Setting;
use crate::cli::args::{Paths, SelectionArgs};
use crate::cli::config::{Config, UsageError};
use crate::cli::input::{Documents, Request};

/// Number of sentences of the documents that are used as queries.
const QUERIES: usize = 50;

/// The documents, and the settings to measure them with.
pub struct Folder<'a> {
    config: &'a Config,
    embedder: &'a Embedder,
    paths: &'a [PathBuf],
    plan: Plan,
    progress: &'a dyn Progress,
    /// Bytes of the files.
    bytes: u64,
}

impl<'a> Folder<'a> {
    pub fn new(
        config: &'a Config,
        embedder: &'a Embedder,
        paths: &'a [PathBuf],
        plan: Plan,
        progress: &'a dyn Progress,
    ) -> Result<Self> {
        let files = find(paths, &Selection::default())?.files;
        let bytes = files.iter().filter_map(|file| Some(file.path.metadata().ok()?.len())).sum();
        Ok(Self { config, embedder, paths, plan, progress, bytes })
    }

    /// The passages of all documents as texts to embed, what was not read, and whether everything could be read. Warns
    /// as other commands do.
    pub fn texts(&self) -> Result<(TextSet, ReadingNotes, bool)> {
        let request = Request::find(Paths { paths: self.paths.to_vec(), selection: SelectionArgs::default() })?;
        let Documents { library, complete } =
            Documents::read(self.config, &in_memory()?, &request, self.embedder, &())?;
        self.some(&library)?;
        library.fetch_all()?;
        let texts = library.passages().map(|passage| library.passage(passage).text.clone()).collect();
        let name = self.paths[0]
            .file_name()
            .map_or_else(|| self.paths[0].display().to_string(), |name| name.to_string_lossy().into_owned());
        Ok((TextSet::own(name, texts), ReadingNotes::new(&library).with_whole_paths(), complete))
    }

    /// That there is anything to measure with.
    fn some(&self, library: &Library) -> Result<(), UsageError> {
        if !library.is_empty() {
            return Ok(());
        }
        let paths = self.paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        Err(UsageError(format!("{paths}: no document has any text to measure with")))
    }

    /// Measures one task, or nothing for embedding, which is measured as texts are. `limit` is the hardware's limit,
    /// and `others` are the other programs to measure.
    pub fn task(&self, what: What, limit: &Limit, others: Option<&Setting>) -> Result<Option<Task>> {
        self.progress.stage(&format!("measuring {}", what.name()));
        match what {
            What::Embed => Ok(None),
            What::Read => self.reading().map(Some),
            What::Store => self.storing(limit).map(Some),
            What::Query => self.asking(limit).map(Some),
            What::Pairs => self.pairing(others).map(Some),
            What::Cluster => self.clustering().map(Some),
        }
    }

    /// Reads and splits the documents.
    fn read(&self, store: &Arc<dyn Store>) -> Result<Library> {
        let inputs = find(self.paths, &Selection::default())?.files.into_iter().map(Input::File);
        let wanted = Wanted {
            inputs: Cow::Owned(inputs.collect()),
            folders: Vec::new(),
            columns: Columns::default(),
            boilerplate: Boilerplate::Drop,
            publishers: None,
        };
        let model = self.embedder.model();
        let inventory = take_inventory(&**store, &wanted)?;
        let (library, _) = split(store, inventory, &model.counter(), model.splitting(), &())?;
        self.some(&library)?;
        Ok(library)
    }

    fn corpus(&self, store: &Arc<dyn Store>) -> Result<Corpus> {
        let corpus = embed(self.read(store)?, self.embedder, &())?;
        corpus.library.fetch_all()?;
        Ok(corpus)
    }

    fn background(&self, corpus: &Corpus) -> Result<ModelBackground> {
        self.config.background(self.embedder, corpus.library.store())
    }

    /// Runs something in rounds. `run` returns the seconds that count.
    fn rounds(&self, mut run: impl FnMut() -> Result<f64>) -> Result<Vec<f64>> {
        let mut rounds = in_turns(1, self.plan, self.plan.share(1.0), self.progress, |_| run())?;
        Ok(rounds.swap_remove(0))
    }

    fn measured(
        &self,
        what: What,
        library: &Library,
        of: (&str, usize),
        seconds: &[f64],
        limit: impl FnOnce(f64) -> TaskLimit,
    ) -> Task {
        let sizes = [library.documents().len(), library.len()];
        task(what.name(), sizes, self.bytes, of, seconds, limit)
    }

    /// The limit that arithmetic sets to comparing all passages once, where that took `seconds`.
    fn comparing(&self, corpus: &Corpus, seconds: f64) -> TaskLimit {
        let (n, dim) = corpus.passages().dim();
        of_products(n, dim, seconds, &self.screening())
    }

    fn screening(&self) -> Rate {
        screening(self.embedder.model(), self.embedder.threads(), self.plan)
    }

    fn reading(&self) -> Result<Task> {
        let library = self.read(&in_memory()?)?;
        let seconds = self.rounds(|| {
            let store = in_memory()?;
            let start = Instant::now();
            self.read(&store)?;
            Ok(start.elapsed().as_secs_f64())
        })?;
        let limit = |_| TaskLimit {
            share: None,
            words: "parsing has no limit of the hardware that can be measured; megabytes of files per second are its \
                    figure"
                .to_owned(),
        };
        Ok(self.measured(What::Read, &library, ("documents", library.documents().len()), &seconds, limit))
    }

    /// Opens a store that contains everything, and loads the vectors from it.
    fn storing(&self, limit: &Limit) -> Result<Task> {
        let folder = tempfile::tempdir()?;
        let open = || -> Result<Arc<dyn Store>> { Ok(Arc::new(Sqlite::open(&folder.path().join("store.db"))?)) };
        let first = self.corpus(&open()?)?;
        let (vectors, bytes) = (first.passages().to_owned(), first.vector_bytes());
        let library = first.library;
        let seconds = self.rounds(|| {
            let start = Instant::now();
            let again = self.corpus(&open()?)?;
            let passed = start.elapsed().as_secs_f64();
            anyhow::ensure!(again.passages() == vectors, "the store gave other vectors than were put into it");
            Ok(passed)
        })?;
        let limit = |seconds| of_reading(bytes, seconds, limit.memory_bytes_per_s);
        Ok(self.measured(What::Store, &library, ("passages", library.len()), &seconds, limit))
    }

    /// Answers queries taken from the documents' own sentences.
    fn asking(&self, limit: &Limit) -> Result<Task> {
        let corpus = self.corpus(&in_memory()?)?;
        let background = self.background(&corpus)?;
        let independence = Independence::new(&corpus.library)?;
        let library = &corpus.library;
        let step = library.len().div_ceil(QUERIES).max(1);
        let asked: Vec<Query> =
            library.passages().step_by(step).map(|passage| Query::new(library.passage(passage).sentence(0))).collect();
        let limits = Limits { sources: 10, passages: 3, cut: DEFAULT_CUT };
        let mut alone = Vec::new();
        let seconds = self.rounds(|| {
            let start = Instant::now();
            let mut engine = Search::new(&corpus, self.embedder, &independence, &background)?;
            for query in &asked {
                let begin = Instant::now();
                engine.answer(std::slice::from_ref(query), limits)?;
                alone.push(begin.elapsed().as_secs_f64() * 1e3);
            }
            Ok(start.elapsed().as_secs_f64())
        })?;
        let latency = samesay::bench::latency(alone);
        let limit = |_| of_reading(corpus.vector_bytes(), latency.p50 / 1e3, limit.memory_bytes_per_s);
        let task = self.measured(What::Query, library, ("queries", asked.len()), &seconds, limit);
        Ok(Task { latency_ms: Some(latency), ..task })
    }

    /// Compares all passages and sentences of all documents. Each round has a new store, as results that are kept would
    /// take no time. Then finds the nearest sentences alone, beside other programs.
    fn pairing(&self, others: Option<&Setting>) -> Result<Task> {
        let first = self.corpus(&in_memory()?)?;
        let background = self.background(&first)?;
        let library = &first.library;
        let seconds = self.rounds(|| {
            let corpus = self.corpus(&in_memory()?)?;
            let start = Instant::now();
            let independence = Independence::new(&corpus.library)?;
            let pairs = Pairs::new(&corpus, &independence, &background, Threshold::Unusual);
            matches(&pairs, self.embedder, &background, &independence, &())?;
            Ok(start.elapsed().as_secs_f64())
        })?;
        let count = library.len() * library.len().saturating_sub(1) / 2;
        let limit = |seconds| self.comparing(&first, seconds);
        let task = self.measured(What::Pairs, library, ("pairs of passages", count), &seconds, limit);
        Ok(Task { nearest: self.nearest(&first, others)?, ..task })
    }

    /// Finds the nearest vectors of each sentence, if there are at least two sentences.
    fn nearest(&self, corpus: &Corpus, others: Option<&Setting>) -> Result<Option<NearestComparison>> {
        let Units { vectors, .. } = Units::of(corpus, Unit::Sentence, |_| true);
        if vectors.nrows() < 2 {
            return Ok(None);
        }
        let peers = others.map(Setting::nearest).unwrap_or_default();
        let python = others.filter(|_| !peers.is_empty()).and_then(|others| others.python.name());
        let rate = self.screening();
        let found = nearest(corpus.kernels(), vectors.view(), peers, &rate, self.plan, self.progress);
        Ok(Some(NearestComparison { python, ..found }))
    }

    /// Groups matches into claims and themes.
    fn clustering(&self) -> Result<Task> {
        let corpus = self.corpus(&in_memory()?)?;
        let background = self.background(&corpus)?;
        let independence = Independence::new(&corpus.library)?;
        let pairs = Pairs::new(&corpus, &independence, &background, Threshold::Unusual);
        let found = matches(&pairs, self.embedder, &background, &independence, &())?;
        let seconds = self.rounds(|| {
            let start = Instant::now();
            let clustering = cluster(&pairs, &found);
            std::hint::black_box(claims(&corpus.library, &found, &clustering.words));
            Ok(start.elapsed().as_secs_f64())
        })?;
        let limit = |seconds| self.comparing(&corpus, seconds);
        Ok(self.measured(What::Cluster, &corpus.library, ("passages", corpus.library.len()), &seconds, limit))
    }
}

fn in_memory() -> Result<Arc<dyn Store>> {
    Ok(Arc::new(Sqlite::in_memory()?))
}
