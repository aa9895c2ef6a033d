//! `bench --sweep`: measuring while one thing is varied.

use anyhow::Result;
use samesay::bench::{Contestant, Plan, Progress, Reference, ScoredPair, TextSet, sweep as measure};
use samesay::kernels::{ISAS, Isa, Precision};
use samesay::model::manifest::Manifest;
use samesay::model::{Backend, Embedder, fetch};
use samesay::report::{Skipped, Sweep};

use super::args::By;
use crate::cli::config::{Config, ModelChoice, model_choice};

/// Numbers of texts per call that are measured.
const BATCHES: [usize; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/// Numbers of tokens per text that are measured, within the model's window.
const LENGTHS: [usize; 8] = [8, 16, 32, 64, 128, 256, 384, 512];

/// What all sweeps have in common.
pub struct Sweeps<'a> {
    pub config: &'a Config,
    /// The texts that are embedded.
    pub set: &'a TextSet,
    /// The embedder that was asked for.
    pub embedder: &'a Embedder,
    pub reference: &'a Reference<'a>,
    pub pairs: &'a [ScoredPair],
    pub models: &'a [String],
    pub plan: Plan,
    pub progress: &'a dyn Progress,
}

/// An embedder to be measured.
struct Variant {
    name: String,
    value: Option<f64>,
    embedder: Embedder,
}

impl Sweeps<'_> {
    /// Runs one sweep.
    pub fn sweep(&self, by: By) -> Result<Sweep> {
        match by {
            By::Threads => self.measured(by, self.by_threads()?, Vec::new()),
            By::Isa => {
                let (variants, skipped) = self.by_isa()?;
                self.measured(by, variants, skipped)
            }
            By::Precision => {
                let (variants, skipped) = self.by_precision()?;
                self.measured(by, variants, skipped)
            }
            By::Length => self.by_length(),
            By::Batch => self.by_batch(),
            By::Model => self.by_model(),
        }
    }

    fn run(&self, by: By, contestants: &[Contestant], skipped: Vec<Skipped>) -> Result<Sweep> {
        let workload = if by == By::Length { "built-in texts" } else { &self.set.name };
        Ok(measure(by.name(), workload, contestants, skipped, self.plan, self.progress)?)
    }

    /// Measures variants on the same texts, against the same reference.
    fn measured(&self, by: By, variants: Vec<Variant>, skipped: Vec<Skipped>) -> Result<Sweep> {
        let contestant = |variant| self.contestant(variant, self.set, self.reference);
        self.run(by, &variants.iter().map(contestant).collect::<Vec<_>>(), skipped)
    }

    fn contestant<'v>(
        &'v self,
        variant: &'v Variant,
        set: &'v TextSet,
        reference: &'v Reference<'v>,
    ) -> Contestant<'v> {
        let Variant { name, value, embedder } = variant;
        Contestant { name: name.clone(), value: *value, embedder, set, batch: None, reference }
    }

    fn variant(&self, name: String, value: Option<f64>, backend: Backend, threads: usize) -> Result<Variant> {
        Ok(Variant { name, value, embedder: self.config.embedder_of(&self.config.model, backend, threads)? })
    }

    /// Powers of two up to the number of hardware threads, and that number.
    fn by_threads(&self) -> Result<Vec<Variant>> {
        let most = std::thread::available_parallelism().map_or(1, usize::from).max(self.config.threads);
        let powers = std::iter::successors(Some(1), |threads| Some(threads * 2)).take_while(|threads| *threads < most);
        let variant =
            |threads: usize| self.variant(threads.to_string(), Some(threads as f64), self.config.backend, threads);
        powers.chain([most]).map(variant).collect()
    }

    /// Every instruction set of this CPU in each of its precisions, and candle. The second list has those that were
    /// skipped.
    fn by_isa(&self) -> Result<(Vec<Variant>, Vec<Skipped>)> {
        let (mut variants, mut skipped) = (Vec::new(), Vec::new());
        for isa in ISAS {
            if !isa.available() {
                let reason = format!("this CPU lacks it (it needs {})", isa.needs.join(", "));
                skipped.push(Skipped { name: isa.name.to_owned(), reason });
                continue;
            }
            for &precision in isa.precisions {
                let variant = self.variant(
                    format!("{} {precision}", isa.name),
                    None,
                    Backend::Isa(isa, precision),
                    self.config.threads,
                )?;
                let engine = variant.embedder.model().engine();
                if engine.fell_back {
                    let reason = format!("it cannot run this model, which ran on {} instead", engine.isa);
                    skipped.push(Skipped { name: variant.name, reason });
                } else {
                    variants.push(variant);
                }
            }
        }
        variants.push(self.variant("candle f32".to_owned(), None, Backend::Candle, self.config.threads)?);
        Ok((variants, skipped))
    }

    /// Every precision, on the best instruction set that offers it.
    fn by_precision(&self) -> Result<(Vec<Variant>, Vec<Skipped>)> {
        let mut all: Vec<Precision> = Vec::new();
        for precision in ISAS.iter().flat_map(|isa| isa.precisions) {
            if !all.contains(precision) {
                all.push(*precision);
            }
        }
        let (mut variants, mut skipped) = (Vec::new(), Vec::new());
        for precision in all {
            match Isa::best(precision) {
                Some(isa) => {
                    let backend = Backend::Isa(isa, precision);
                    variants.push(self.variant(precision.to_string(), None, backend, self.config.threads)?);
                }
                None => skipped.push(Skipped {
                    name: precision.to_string(),
                    reason: "this CPU has no instruction set for it".to_owned(),
                }),
            }
        }
        Ok((variants, skipped))
    }

    fn by_length(&self) -> Result<Sweep> {
        let window = self.embedder.model().settings().window;
        let lengths = LENGTHS.into_iter().filter(|length| *length < window).chain([window]);
        let sets: Vec<(usize, TextSet)> = lengths.map(|length| (length, TextSet::of_length(length))).collect();
        let contestants: Vec<Contestant> = sets
            .iter()
            .map(|(length, set)| Contestant {
                name: length.to_string(),
                value: Some(*length as f64),
                embedder: self.embedder,
                set,
                batch: None,
                reference: self.reference,
            })
            .collect();
        self.run(By::Length, &contestants, Vec::new())
    }

    fn by_batch(&self) -> Result<Sweep> {
        let most = BATCHES[BATCHES.len() - 1];
        let set = TextSet::own(self.set.name.clone(), self.set.some(self.embedder.model(), most));
        let contestants: Vec<Contestant> = BATCHES
            .iter()
            .filter(|batch| set.given().is_none_or(|given| **batch <= given))
            .map(|&batch| Contestant {
                name: batch.to_string(),
                value: Some(batch as f64),
                embedder: self.embedder,
                set: &set,
                batch: Some(batch),
                reference: self.reference,
            })
            .collect();
        self.run(By::Batch, &contestants, Vec::new())
    }

    /// The models that are named, or else the model in use and the pinned models on this machine.
    fn by_model(&self) -> Result<Sweep> {
        let (mut variants, mut skipped) = (Vec::new(), Vec::new());
        for (name, choice) in self.choices()? {
            if let ModelChoice::Known(manifest) = &choice
                && self.models.is_empty()
                && fetch::find(manifest, &self.config.places)?.is_none()
            {
                let reason = format!("not on this machine; get it with samesay model pull {name}");
                skipped.push(Skipped { name, reason });
                continue;
            }
            let embedder = self.config.embedder_of(&choice, self.config.backend, self.config.threads)?;
            let exact = f32(self.config, &choice)?;
            variants.push((Variant { name, value: None, embedder }, exact));
        }
        let references: Vec<Reference> = variants
            .iter()
            .map(|(_, exact)| Reference::new(exact, self.set, self.pairs, self.plan))
            .collect::<Result<_, _>>()?;
        let contestants = variants.iter().zip(&references);
        let contestants: Vec<Contestant> =
            contestants.map(|((variant, _), reference)| self.contestant(variant, self.set, reference)).collect();
        self.run(By::Model, &contestants, skipped)
    }

    fn choices(&self) -> Result<Vec<(String, ModelChoice)>> {
        if !self.models.is_empty() {
            let named = |name: &String| Ok((name.clone(), model_choice(Some(name.as_ref()))?));
            return self.models.iter().map(named).collect();
        }
        let pinned = Manifest::builtin().iter().filter(|manifest| manifest.pinned);
        let known = pinned.map(|manifest| (manifest.name.to_string(), ModelChoice::Known(manifest)));
        let asked = match &self.config.model {
            ModelChoice::Known(_) => None,
            other => Some((self.embedder.model().name().to_owned(), other.clone())),
        };
        Ok(asked.into_iter().chain(known).collect())
    }
}

/// A model in f32 on the best instruction set of this CPU.
pub fn f32(config: &Config, model: &ModelChoice) -> Result<Embedder> {
    let backend = Isa::best(Precision::F32).map_or(Backend::Candle, |isa| Backend::Isa(isa, Precision::F32));
    config.embedder_of(model, backend, config.threads)
}
