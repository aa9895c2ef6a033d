//! Measuring while one thing is varied.

use super::stats::spread;
use super::workload::rounded;
use super::{BenchError, Load, Plan, Progress, Reference, TextSet, in_turns};
use crate::model::Embedder;
use crate::report::{Skipped, Sweep, SweepRow};

/// One of the variants that are compared.
pub struct Contestant<'a> {
    /// The value that is varied, as text.
    pub name: String,
    /// The value that is varied, if it is a number.
    pub value: Option<f64>,
    /// The embedder.
    pub embedder: &'a Embedder,
    /// The texts.
    pub set: &'a TextSet,
    /// Number of texts per call. `None` embeds all in one call.
    pub batch: Option<usize>,
    /// The reference that the vectors are compared with.
    pub reference: &'a Reference<'a>,
}

/// Measures contestants in turns.
///
/// # Errors
/// When a model fails, or gives vectors that are not finite.
pub fn sweep(
    by: &str,
    workload: &str,
    contestants: &[Contestant],
    skipped: Vec<Skipped>,
    plan: Plan,
    progress: &dyn Progress,
) -> Result<Sweep, BenchError> {
    progress.stage(&format!("measuring by {by}: warming up"));
    let load = |contestant: &Contestant| Load::new(contestant.embedder, contestant.set, plan, contestants.len());
    let loads: Vec<Load> = contestants.iter().map(load).collect::<Result<_, _>>()?;
    progress.stage(&format!("measuring by {by}"));
    let rates = in_turns(contestants.len(), plan, plan.share(1.0), progress, |at| {
        let (contestant, load) = (&contestants[at], &loads[at]);
        let batch = contestant.batch.unwrap_or(usize::MAX);
        Ok::<f64, BenchError>(load.tokens() as f64 / load.pass_in(contestant.embedder, batch)?.max(1e-9))
    })?;
    let rows = contestants.iter().zip(&loads).zip(&rates).map(|((contestant, load), own)| {
        let model = contestant.embedder.model();
        let ratios = own.iter().zip(&rates[0]).map(|(own, first)| rounded(own / first));
        Ok(SweepRow {
            name: contestant.name.clone(),
            value: contestant.value,
            isa: model.engine().isa.to_owned(),
            precision: model.engine().precision.name().to_owned(),
            threads: contestant.embedder.threads(),
            model: model.name().to_owned(),
            texts: load.texts().len(),
            tokens: load.tokens(),
            tokens_per_s: spread(own.iter().copied().map(rounded).collect()),
            ratio: spread(ratios.collect()),
            fidelity: contestant.reference.fidelity(contestant.embedder)?,
        })
    });
    let rows = rows.collect::<Result<_, BenchError>>()?;
    Ok(Sweep { by: by.to_owned(), workload: workload.to_owned(), rows, skipped })
}
