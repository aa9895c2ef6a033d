//! Other runtimes, measured in turns with samesay.

use std::time::Duration;

use ndarray::Array2;

use super::stats::spread;
use super::workload::rounded;
use super::{BenchError, Load, Plan, Progress, Reference, TextSet, in_turns};
use crate::model::Embedder;
use crate::report::{Fidelity, PeerComparison, PeerRow};

/// Texts of a round for each ten seconds of measuring, and the bounds of their number.
const TEXTS: f64 = 64.0;
const FEWEST: f64 = 8.0;
const MOST: f64 = 1024.0;
/// How many times as long peers are measured as the plan says, because there are many, and they are slower.
const LONGER: f64 = 3.0;
/// Pause before each pass, as idle threads of the previous program spin for a moment.
pub(super) const PAUSE: Duration = Duration::from_millis(30);

/// Facts about a peer that is ready.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeerFacts {
    /// Version of the peer.
    pub version: String,
    /// Number of texts per batch, if it is fixed.
    pub batch: Option<usize>,
    /// Number of tokens that the peer makes of the texts.
    pub tokens: Option<usize>,
    /// A note for readers.
    pub note: String,
}

/// Another program that is measured. Its errors are words, and end its part of the measurement.
pub trait Timed {
    /// Name of the program.
    fn name(&self) -> &str;

    /// Does its work once, and returns the seconds that it took.
    ///
    /// # Errors
    /// When the program fails.
    fn pass(&mut self) -> Result<f64, String>;
}

/// Runs a pass of another program and returns its seconds, or `None` once it has failed; `failed` says why.
pub(super) fn pass<T: Timed + ?Sized>(program: &mut T, failed: &mut Option<String>) -> Option<f64> {
    if failed.is_some() {
        return None;
    }
    std::thread::sleep(PAUSE);
    program.pass().map_err(|why| *failed = Some(why)).ok()
}

/// Another runtime. A pass embeds the texts, tokenisation included.
pub trait Peer: Timed {
    /// Prepares to embed some texts.
    ///
    /// # Errors
    /// When the runtime is missing or fails.
    fn ready(&mut self, texts: &[String]) -> Result<PeerFacts, String>;

    /// Returns the vectors of some texts, `[texts, dim]`.
    ///
    /// # Errors
    /// When the runtime fails.
    fn vectors(&mut self, texts: &[String]) -> Result<Array2<f32>, String>;
}

/// This program's embedder on candle's own kernels, in this process.
pub struct Candle {
    embedder: Embedder,
    texts: Vec<String>,
}

impl Candle {
    /// Makes a peer of an embedder that runs on candle.
    pub fn new(embedder: Embedder) -> Self {
        Self { embedder, texts: Vec::new() }
    }
}

impl Timed for Candle {
    fn name(&self) -> &'static str {
        "candle"
    }

    fn pass(&mut self) -> Result<f64, String> {
        let start = std::time::Instant::now();
        self.vectors(&self.texts.clone())?;
        Ok(start.elapsed().as_secs_f64())
    }
}

impl Peer for Candle {
    fn ready(&mut self, texts: &[String]) -> Result<PeerFacts, String> {
        self.texts = texts.to_vec();
        self.pass()?;
        let tokens = self.embedder.tokenize(texts).map_err(|error| error.to_string())?;
        Ok(PeerFacts {
            version: "candle-transformers, as this program is built with it".to_owned(),
            batch: None,
            tokens: Some(tokens.iter().map(|tokens| tokens.ids.len()).sum()),
            note: "batches of about 512 tokens".to_owned(),
        })
    }

    fn vectors(&mut self, texts: &[String]) -> Result<Array2<f32>, String> {
        self.embedder.embed(texts, crate::model::Prompt::None).map_err(|error| error.to_string())
    }
}

/// A peer in a comparison.
struct Entry {
    peer: Box<dyn Peer>,
    facts: PeerFacts,
    fidelity: Fidelity,
    failed: Option<String>,
}

impl Entry {
    fn new(mut peer: Box<dyn Peer>, load: &Load, reference: &Reference) -> Self {
        let ready = peer.ready(load.texts()).and_then(|facts| {
            let fidelity = reference.fidelity_of(&mut |texts| peer.vectors(texts))?;
            Ok((facts, fidelity))
        });
        match ready {
            Ok((facts, fidelity)) => Self { peer, facts, fidelity, failed: None },
            Err(why) => Self { peer, facts: PeerFacts::default(), fidelity: Fidelity::default(), failed: Some(why) },
        }
    }

    fn row(self, tokens: usize, own: &[Option<f64>], ours: &[Option<f64>]) -> PeerRow {
        let Self { peer, facts, fidelity, failed } = self;
        let (rate, ratio) = match failed {
            Some(_) => (None, None),
            None => {
                let both = || own.iter().zip(ours).filter_map(|(own, ours)| (*own).zip(*ours));
                let rates = both().map(|(own, _)| rounded(tokens as f64 / own));
                // Within a round, both embedded the same texts.
                (Some(spread(rates.collect())), Some(spread(both().map(|(own, ours)| rounded(own / ours)).collect())))
            }
        };
        PeerRow {
            name: peer.name().to_owned(),
            version: facts.version,
            batch: facts.batch,
            tokens: facts.tokens,
            note: facts.note,
            tokens_per_s: rate,
            ratio,
            fidelity,
            skipped: failed,
        }
    }
}

/// Measures an embedder and peers in turns on the same texts. A peer that is missing or fails has a row that says so.
///
/// # Errors
/// When the embedder fails.
pub fn beside(
    embedder: &Embedder,
    set: &TextSet,
    reference: &Reference,
    peers: Vec<Box<dyn Peer>>,
    plan: Plan,
    progress: &dyn Progress,
) -> Result<PeerComparison, BenchError> {
    let texts = match set.given() {
        Some(given) if plan.all => given,
        _ => (TEXTS * plan.seconds / 10.0).clamp(FEWEST, MOST) as usize,
    };
    let load = Load::of(embedder, set, texts)?;
    let mut entries = Vec::new();
    for peer in peers {
        progress.stage(&format!("peers: getting {} ready", peer.name()));
        entries.push(Entry::new(peer, &load, reference));
    }
    progress.stage("peers: embedding in turns");
    let warm = |load: &Load| load.pass(embedder).map(|[tokenise, encode]| tokenise + encode);
    warm(&load)?;
    let seconds = in_turns(entries.len() + 1, plan, plan.share(LONGER), progress, |at| match at {
        0 => {
            std::thread::sleep(PAUSE);
            warm(&load).map(Some)
        }
        at => {
            let Entry { peer, failed, .. } = &mut entries[at - 1];
            Ok::<_, BenchError>(pass(peer.as_mut(), failed))
        }
    })?;
    let tokens = load.tokens();
    let rates = seconds[0].iter().flatten().map(|seconds| rounded(tokens as f64 / seconds));
    let ours = spread(rates.collect());
    let rows = entries.into_iter().zip(&seconds[1..]).map(|(entry, own)| entry.row(tokens, own, &seconds[0]));
    Ok(PeerComparison {
        workload: set.name.clone(),
        texts: load.texts().len(),
        tokens,
        python: None,
        ours,
        fidelity: reference.fidelity(embedder)?,
        rows: rows.collect(),
    })
}
