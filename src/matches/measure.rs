//! How a model rates the sample corpus, whose subjects are known: the table of its manifest, and of a model without
//! one.

use std::io::Write;
use std::path::Path;

use ndarray::{Array2, ArrayView2};

use super::evidence::{Prior, prior};
use super::wording::Wordings;
use crate::compare::{ClaimModel, Distribution, ModelBackground, Random, first_best, peak};
use crate::lang::words;
use crate::library::{Corpus, DocumentId, PassageId, SentenceId, SyncError, dot, space};
use crate::model::manifest::Manifest;
use crate::model::{CosineScale, Embedder, Prompt, Spread};
use crate::passage::Boilerplate;
use crate::search::Parts;
use crate::search::bm25::{Ask, WordIndex};
use crate::search::late::QueryTokens;
use crate::source::{Source, read_str};
use crate::store::{Store, computed_key, decode, derived, encode, versions};

/// Documents of the sample corpus, by subject.
const SUBJECTS: &[&[(&str, &str)]] = &[
    &[
        ("harbor-bulletin.txt", include_str!("../../corpus/harbor-bulletin.txt")),
        ("harbor-daily.txt", include_str!("../../corpus/harbor-daily.txt")),
        ("harbor-gazette.txt", include_str!("../../corpus/harbor-gazette.txt")),
        ("harbor-union.md", include_str!("../../corpus/harbor-union.md")),
    ],
    &[
        ("rent-cityhall.txt", include_str!("../../corpus/rent-cityhall.txt")),
        ("rent-column.txt", include_str!("../../corpus/rent-column.txt")),
        ("rent-courier.txt", include_str!("../../corpus/rent-courier.txt")),
        ("rent-landlord.md", include_str!("../../corpus/rent-landlord.md")),
    ],
    &[
        ("battery-blog.md", include_str!("../../corpus/battery-blog.md")),
        ("battery-daily.txt", include_str!("../../corpus/battery-daily.txt")),
        ("battery-release.md", include_str!("../../corpus/battery-release.md")),
        ("battery-trade.txt", include_str!("../../corpus/battery-trade.txt")),
    ],
];
/// Number of pairs of a sentence and a passage on another subject.
const UNRELATED: usize = 8000;
/// Fewest words of a sentence that makes a claim.
const WORDS: usize = 4;

/// The documents of the sample corpus.
pub fn sample_sources() -> impl Iterator<Item = Source> {
    SUBJECTS.iter().copied().flatten().map(|(name, text)| read_str(name, text))
}

/// Measures a model on the sample corpus: cosines of sources on one subject, and relevance between subjects.
///
/// # Errors
/// When the model fails.
pub fn measure(embedder: &Embedder) -> Result<ModelBackground, SyncError> {
    let sample = Sample::new(embedder)?;
    let [passages, queries, peaks] = sample.on_one_subject();
    Ok(ModelBackground {
        passages: Distribution::of_sample(passages),
        queries: Distribution::of_sample(queries),
        peaks: Distribution::of_sample(peaks),
        chance: Distribution::of_sample(sample.on_two_subjects(embedder)?),
        claims: sample.claims(embedder)?,
    })
}

/// Measures the scale of a model's cosines on the sample corpus, whether or not the probability was fitted with it.
///
/// # Errors
/// When the model fails.
pub fn measure_scale(embedder: &Embedder) -> Result<CosineScale, SyncError> {
    Sample::new(embedder)?.scale(embedder)
}

/// Like [`measure`], but cached in a store; `begin` is called if it has to be measured.
///
/// # Errors
/// When the model or the store fails.
pub fn measured(store: &dyn Store, embedder: &Embedder, begin: impl FnOnce()) -> Result<ModelBackground, SyncError> {
    let key = computed_key("model background", versions::MODEL_BACKGROUND, space(embedder.model())?.key);
    derived(store, key, || {
        begin();
        measure(embedder)
    })
}

/// Like [`measured`], but also cached in a folder shared by all stores, in one file per model.
///
/// # Errors
/// When the model or the store fails. If the folder cannot be written to, the model is measured again each time.
pub fn measured_once(
    folder: &Path,
    store: &dyn Store,
    embedder: &Embedder,
    begin: impl FnOnce(),
) -> Result<ModelBackground, SyncError> {
    let key = computed_key("model background", versions::MODEL_BACKGROUND, space(embedder.model())?.key);
    let path = folder.join(format!("{key:?}"));
    if let Some(kept) = std::fs::read(&path).ok().and_then(|bytes| decode(&bytes)) {
        return Ok(kept);
    }
    let found = measured(store, embedder, begin)?;
    let save = || {
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&encode(&found))?;
        file.persist(&path)?;
        Ok::<_, std::io::Error>(())
    };
    let _ = save();
    Ok(found)
}

struct Sample {
    corpus: Corpus,
}

impl Sample {
    fn new(embedder: &Embedder) -> Result<Self, SyncError> {
        let corpus = Corpus::of_sources(sample_sources(), embedder, Boilerplate::Keep)?;
        corpus.library.fetch_all()?;
        Ok(Self { corpus })
    }

    fn subject(&self, passage: PassageId) -> usize {
        let document = self.corpus.library.document_of(passage).index();
        let ends = SUBJECTS.iter().scan(0, |end, documents| {
            *end += documents.len();
            Some(*end)
        });
        ends.take_while(|end| *end <= document).count()
    }

    /// Cosines of two sources on one subject: of passages, of sentences with passages, and of sentences with passages
    /// or their best sentences.
    fn on_one_subject(&self) -> [Vec<f32>; 3] {
        let [mut passages, mut queries, mut peaks] = [const { Vec::new() }; 3];
        let library = &self.corpus.library;
        let all = || library.passages();
        for (a, b) in all().flat_map(|a| all().map(move |b| (a, b))) {
            if library.document_of(a) == library.document_of(b) || self.subject(a) != self.subject(b) {
                continue;
            }
            if a < b {
                passages.push(self.corpus.score(a, self.corpus.passages().row(b.index())));
            }
            for query in self.corpus.sentences(a).rows() {
                queries.push(self.corpus.score(b, query));
                peaks.push(peak(&self.corpus, b, query));
            }
        }
        [passages, queries, peaks]
    }

    /// The claim model: this model's own fit, or else an estimate from the default model's.
    fn claims(&self, embedder: &Embedder) -> Result<ClaimModel, SyncError> {
        let model = embedder.model();
        let known = Manifest::of_file(model.checksum().map_err(SyncError::Weights)?);
        // Truncated vectors have other cosines.
        match known.filter(|known| known.dim == model.dim()).and_then(|known| known.claims.clone()) {
            Some(fit) => Ok(ClaimModel::fitted(fit)),
            None => Ok(ClaimModel::estimated(self.scale(embedder)?)),
        }
    }

    /// Measures the scale of cosines between any two documents.
    fn scale(&self, embedder: &Embedder) -> Result<CosineScale, SyncError> {
        let library = &self.corpus.library;
        let wordings = Wordings::read(library, embedder, &())?;
        let passage = |sentence: usize| wordings.sentences[sentence].id.passage();
        let subjects: Vec<usize> = wordings.parts.iter().map(|part| self.subject(passage(part.start))).collect();
        let kernels = embedder.model().kernels();
        let Prior { tokens, anyway } = prior(kernels, &wordings, &subjects);
        let spread = |vectors: ArrayView2<f32>, document: &dyn Fn(usize) -> DocumentId| {
            let n = vectors.nrows();
            let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
            let cosines = pairs
                .filter(|(a, b)| document(*a) != document(*b))
                .map(|(a, b)| dot(kernels, vectors.row(a), vectors.row(b)));
            Spread::of(&cosines.collect::<Vec<_>>())
        };
        let passages = wordings.passage_means(library);
        let documents = wordings.document_means(library);
        Ok(CosineScale {
            tokens,
            anyway,
            sentences: spread(wordings.vectors().view(), &|sentence| library.document_of(passage(sentence))),
            passages: spread(passages.view(), &|at| library.document_of(PassageId::new(at))),
            documents: spread(documents.view(), &DocumentId::new),
        })
    }

    /// The relevance of passages for sentences on other subjects.
    fn on_two_subjects(&self, embedder: &Embedder) -> Result<Vec<f32>, SyncError> {
        let library = &self.corpus.library;
        let sentences: Vec<SentenceId> = library.passages().flat_map(|passage| library.sentences_of(passage)).collect();
        let texts: Vec<&str> = sentences.iter().map(|sentence| library.sentence(*sentence)).collect();
        let read = embedder.token_states(&texts, Prompt::Passage)?;
        let states: Vec<&Array2<f32>> = read.iter().map(|tokens| &tokens.states).collect();
        let index = WordIndex::new(library)?;
        let mut random = Random(0);
        let claims: Vec<usize> = (0..sentences.len()).filter(|at| words(texts[*at]).len() >= WORDS).collect();
        let asks: Vec<Ask> = claims.iter().map(|claim| index.ask(&words(texts[*claim]))).collect::<Result<_, _>>()?;
        let mut relevances = Vec::with_capacity(UNRELATED);
        for (&claim, ask) in claims.iter().zip(&asks).cycle().take(UNRELATED) {
            let passage = loop {
                let passage = PassageId::new(random.below(library.len()));
                if self.subject(passage) != self.subject(sentences[claim].passage()) {
                    break passage;
                }
            };
            let asked = words(texts[claim]);
            let whole = std::iter::once(0..texts[claim].len()).collect::<Vec<_>>();
            let query = QueryTokens::new(read[claim].clone(), &asked, &whole, |word| ask.idf(word));
            let first = sentences.partition_point(|sentence| sentence.passage() < passage);
            let own: Vec<(SentenceId, &Array2<f32>)> = (first..sentences.len())
                .take_while(|at| sentences[*at].passage() == passage)
                .map(|at| (sentences[at], states[at]))
                .collect();
            let vector = read[claim].vector.view();
            let score = self.corpus.score(passage, vector);
            let parts = Parts {
                passage: score,
                sentence: first_best(self.corpus.sentence_scores(passage, vector)).map_or(score, |(_, score)| score),
                words: ask.scores[passage.index()],
                reading: query.compare(&own).map(|reading| reading.score),
            };
            relevances.push(parts.weighed());
        }
        Ok(relevances)
    }
}
