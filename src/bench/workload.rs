//! Measuring how fast a set of texts is embedded.

use std::time::{Duration, Instant};

use super::limit::{BATCH_TOKENS, bytes_per_weight, formats};
use super::stats::{quantile, spread};
use super::{BenchError, Plan, Progress, TextSet, in_turns, texts_key};
use crate::model::{Embedder, Prompt, Tokens};
use crate::report::{Latency, Limit, Task, TaskLimit, Workload};

/// Shares of the time for rounds, for single texts and for the warm-up.
const ROUNDS: f64 = 0.8;
const ALONE: f64 = 0.15;
const WARM_UP: f64 = 0.05;
/// Number of rounds that should fit into the time.
const WANTED: f64 = 8.0;
/// Seconds of the longest pass over all of the user's texts. If a pass would take longer, only some texts are used.
const WHOLE: f64 = 10.0;
/// All of the user's texts are embedded in each round if there is time for this many rounds.
const AT_LEAST: f64 = 3.0;
/// Most texts that are timed one by one.
const SINGLES: usize = 300;
/// Number of texts from which the mean length is measured.
const PROBE: usize = 64;
/// Tokens that keep a thread busy if a whole batch takes too long.
const FEW_TOKENS: f64 = 128.0;

/// The texts of a set that each round embeds.
#[derive(Debug)]
pub struct Load {
    name: String,
    texts: Vec<String>,
    given: usize,
    tokens: Vec<Tokens>,
}

impl Load {
    /// Warms up, and chooses as many texts of each set as there is time for.
    ///
    /// # Errors
    /// When the model fails, or gives vectors that are not finite.
    pub fn all(embedder: &Embedder, sets: &[TextSet], plan: Plan) -> Result<Vec<Self>, BenchError> {
        sets.iter().map(|set| Self::new(embedder, set, plan, sets.len())).collect()
    }

    /// Warms up, and chooses as many texts of a set as there is time for; `sets` is the number of sets that share the
    /// time. All of the user's texts are chosen unless a pass over them would take more than ten seconds.
    ///
    /// # Errors
    /// When the model fails, or gives vectors that are not finite.
    pub fn new(embedder: &Embedder, set: &TextSet, plan: Plan, sets: usize) -> Result<Self, BenchError> {
        let probe = embedder.tokenize(&set.some(embedder.model(), PROBE))?;
        let mean = (count(&probe) as f64 / probe.len() as f64).max(1.0);
        // Enough texts for one batch per thread.
        let unit = ((BATCH_TOKENS / mean).floor().max(1.0) * embedder.threads() as f64) as usize;
        let rate = warmed_up(embedder, set, unit, plan.share(WARM_UP / sets as f64))?;
        let time = plan.share(ROUNDS / sets as f64).as_secs_f64();
        let fits = |rounds: f64| time / rounds * rate;
        let wanted = match set.given() {
            Some(given) if plan.all || given as f64 <= fits(AT_LEAST).max(rate * WHOLE) => given,
            _ if fits(WANTED) >= unit as f64 => (fits(WANTED) / unit as f64) as usize * unit,
            _ => (fits(WANTED) as usize).max((FEW_TOKENS / mean).ceil() as usize * embedder.threads()).min(unit),
        };
        Self::of(embedder, set, wanted)
    }

    /// Chooses `n` texts of a set, or all if there are fewer.
    ///
    /// # Errors
    /// When the tokeniser fails.
    pub fn of(embedder: &Embedder, set: &TextSet, n: usize) -> Result<Self, BenchError> {
        let texts = set.some(embedder.model(), n);
        let tokens = embedder.tokenize(&texts)?;
        Ok(Self { name: set.name.clone(), given: set.given().unwrap_or(texts.len()), texts, tokens })
    }

    /// The texts that each round embeds.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Number of tokens of all texts, including the special ones.
    pub fn tokens(&self) -> usize {
        count(&self.tokens)
    }

    /// Embeds all texts, `batch` in each call. Returns the seconds that it took.
    ///
    /// # Errors
    /// When the model fails.
    pub fn pass_in(&self, embedder: &Embedder, batch: usize) -> Result<f64, BenchError> {
        let start = Instant::now();
        for texts in self.texts.chunks(batch.max(1)) {
            std::hint::black_box(embedder.embed_tokens(&embedder.tokenize(texts)?)?);
        }
        Ok(start.elapsed().as_secs_f64())
    }

    /// Embeds all texts. Returns the seconds that tokenising and encoding took.
    ///
    /// # Errors
    /// When the model fails.
    pub fn pass(&self, embedder: &Embedder) -> Result<[f64; 2], BenchError> {
        let start = Instant::now();
        let tokens = embedder.tokenize(&self.texts)?;
        let tokenised = Instant::now();
        std::hint::black_box(embedder.embed_tokens(&tokens)?);
        Ok([(tokenised - start).as_secs_f64(), tokenised.elapsed().as_secs_f64()])
    }
}

fn count(tokens: &[Tokens]) -> usize {
    tokens.iter().map(|tokens| tokens.ids.len()).sum()
}

/// Embeds more and more texts, up to `n`, for some time. Returns the texts per second of the last pass.
fn warmed_up(embedder: &Embedder, set: &TextSet, n: usize, time: Duration) -> Result<f64, BenchError> {
    let texts = set.some(embedder.model(), n);
    let (begin, mut taken) = (Instant::now(), texts.len().min(embedder.threads()));
    loop {
        let start = Instant::now();
        let vectors = embedder.embed(&texts[..taken], Prompt::None)?;
        let passed = start.elapsed();
        if !vectors.iter().all(|value| value.is_finite()) {
            let engine = embedder.model().engine();
            let engine = format!("{} in {}", engine.isa, engine.precision);
            return Err(BenchError::NotFinite { set: set.name.clone(), engine });
        }
        if begin.elapsed() >= time {
            return Ok(taken as f64 / passed.as_secs_f64().max(1e-9));
        }
        taken = (taken * 2).min(texts.len());
    }
}

/// Measures the loads in turns. Also returns the number of rounds.
///
/// # Errors
/// When the model fails.
pub fn workloads(
    embedder: &Embedder,
    loads: &[Load],
    plan: Plan,
    limit: &Limit,
    progress: &dyn Progress,
) -> Result<(Vec<Workload>, usize), BenchError> {
    let time = plan.share(ROUNDS);
    let passes = in_turns(loads.len(), plan, time, progress, |at| loads[at].pass(embedder))?;
    progress.stage("embedding single texts");
    let alone = alone(embedder, loads, plan.share(ALONE))?;
    let rounds = passes.first().map_or(0, Vec::len);
    let workloads = loads.iter().zip(passes).zip(alone);
    Ok((workloads.map(|((load, passes), alone)| load.workload(embedder, &passes, alone, limit)).collect(), rounds))
}

/// Milliseconds of texts that are embedded one by one, in turns of the loads: at least one text of each.
fn alone(embedder: &Embedder, loads: &[Load], time: Duration) -> Result<Vec<Vec<f64>>, BenchError> {
    let (mut all, begin) = (vec![Vec::new(); loads.len()], Instant::now());
    for at in 0..SINGLES {
        if at >= 1 && begin.elapsed() >= time {
            break;
        }
        for (load, alone) in loads.iter().zip(&mut all) {
            let text = &load.texts[at % load.texts.len()];
            let start = Instant::now();
            embedder.embed(&[text], Prompt::None)?;
            alone.push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    Ok(all)
}

impl Load {
    fn workload(&self, embedder: &Embedder, passes: &[[f64; 2]], alone: Vec<f64>, limit: &Limit) -> Workload {
        let (tokens, bytes) = (self.tokens(), self.bytes());
        let rate = |count: f64, of: fn(&[f64; 2]) -> f64| {
            spread(passes.iter().map(|pass| rounded(count / of(pass).max(1e-9))).collect())
        };
        let whole: fn(&[f64; 2]) -> f64 = |[tokenise, encode]| tokenise + encode;
        let encode = rate(tokens as f64, |[_, encode]| *encode);
        let (operations, arithmetic, memory) = self.limits(embedder, limit);
        Workload {
            name: self.name.clone(),
            texts: self.texts.len(),
            texts_given: self.given,
            texts_cut: self.tokens.iter().filter(|tokens| tokens.cut).count(),
            tokens,
            bytes,
            texts_key: texts_key(&self.texts),
            tokens_per_s: rate(tokens as f64, whole),
            texts_per_s: rate(self.texts.len() as f64, whole),
            mb_per_s: rate(bytes as f64 / 1e6, whole),
            tokenise_tokens_per_s: rate(tokens as f64, |[tokenise, _]| *tokenise),
            encode_tokens_per_s: encode,
            latency_ms: latency(alone),
            operations_per_token: (operations / tokens as f64).round(),
            limit_tokens_per_s: arithmetic.round(),
            memory_limit_tokens_per_s: memory.round(),
            share_of_limit: (encode.median / binding(encode.median, arithmetic, memory).0 * 1e4).round() / 1e4,
        }
    }

    /// Bytes of the texts that their tokens cover.
    fn bytes(&self) -> usize {
        self.tokens.iter().map(|tokens| tokens.offsets.iter().map(|range| range.end).max().unwrap_or(0)).sum()
    }

    /// Operations for all texts, and the tokens per second that arithmetic and memory allow.
    fn limits(&self, embedder: &Embedder, limit: &Limit) -> (f64, f64, f64) {
        let model = embedder.model();
        let of = |tokens: &Tokens| model.operations(tokens.ids.len());
        let [weights, attention] =
            self.tokens.iter().map(of).fold([0.0; 2], |sum, text| [sum[0] + text[0], sum[1] + text[1]]);
        let per_s = |at: usize| limit.operations_per_s.get(at).unwrap_or(&limit.operations_per_s[0]).per_s;
        let precision = model.engine().precision;
        let second = usize::from(formats(precision)[1] != precision);
        let seconds = weights / per_s(0) + attention / per_s(second);
        // A network reads its weights once per batch, a static model one row of its table per token.
        let bytes_per_token = match model.encoder_parameters() {
            0 => 4.0 * model.token_dim() as f64,
            weights => weights as f64 * bytes_per_weight(precision) / BATCH_TOKENS,
        };
        let tokens = self.tokens() as f64;
        (weights + attention, tokens / seconds, limit.memory_bytes_per_s / bytes_per_token)
    }
}

/// The limit of a rate in tokens per second, and its name in words: the lower one of the limits of arithmetic and
/// memory. A rate above that of memory means that the weights come from caches, so that memory is not the limit.
pub fn binding(rate: f64, arithmetic: f64, memory: f64) -> (f64, &'static str) {
    if rate > memory {
        (arithmetic, "the weights come from caches, and arithmetic is the limit")
    } else if memory < arithmetic {
        (memory, "memory is the limit")
    } else {
        (arithmetic, "arithmetic is the limit")
    }
}

/// The latency of single texts or queries, in milliseconds.
///
/// # Panics
/// When there are no values.
pub fn latency(mut milliseconds: Vec<f64>) -> Latency {
    milliseconds.sort_by(f64::total_cmp);
    let at = |share| (quantile(&milliseconds, share) * 1e3).round() / 1e3;
    Latency { p50: at(0.5), p95: at(0.95), p99: at(0.99), samples: milliseconds.len() }
}

/// A task other than embedding, over `sizes`, which are `[documents, passages]`. Each round did `count` units and took
/// the given seconds; `limit` computes the hardware's limit from their median.
///
/// # Panics
/// When there are no rounds.
pub fn task(
    what: &str,
    sizes: [usize; 2],
    bytes: u64,
    (unit, count): (&str, usize),
    seconds: &[f64],
    limit: impl FnOnce(f64) -> TaskLimit,
) -> Task {
    let rate = |of: f64| spread(seconds.iter().map(|seconds| rounded(of / seconds.max(1e-9))).collect());
    let milliseconds = seconds.iter().map(|seconds| rounded(seconds * 1e3)).collect();
    let ms = spread(milliseconds);
    Task {
        what: what.to_owned(),
        documents: sizes[0],
        passages: sizes[1],
        bytes,
        unit: unit.to_owned(),
        count,
        per_s: rate(count as f64),
        mb_per_s: rate(bytes as f64 / 1e6),
        ms,
        latency_ms: None,
        limit: limit(ms.median / 1e3),
        nearest: None,
    }
}

/// Rounds to four decimals, or to one for rates of 100 or more.
pub(super) fn rounded(rate: f64) -> f64 {
    if rate < 100.0 { (rate * 1e4).round() / 1e4 } else { (rate * 10.0).round() / 10.0 }
}

#[cfg(test)]
mod tests {
    use super::binding;

    #[test]
    fn memory_is_not_the_limit_of_a_faster_rate() {
        assert!((binding(80.0, 250.0, 100.0).0 - 100.0).abs() < 1e-9);
        assert!((binding(80.0, 90.0, 100.0).0 - 90.0).abs() < 1e-9);
        assert!((binding(110.0, 250.0, 100.0).0 - 250.0).abs() < 1e-9);
    }
}
