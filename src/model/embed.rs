//! From texts to vectors: tokenising, batching by length, pooling whole passages and each of their sentences.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use ndarray::{Array2, ArrayView2, s};
use rayon::prelude::*;

use super::{EncodeError, Model, Prompt, TokenStates, Tokens, Workspace, l2_normalize, mean};

/// Number of texts tokenised and embedded at a time, so that memory does not grow with the corpus.
const CHUNK: usize = 2048;
/// Number of tokens of a batch: enough to use each weight often while it is in the cache, and few enough for the states
/// to stay there too.
const BATCH_TOKENS: usize = 512;

thread_local! {
    /// Reused for all batches: fresh memory would cost more than some of the arithmetic.
    static WORKSPACE: RefCell<Workspace> = RefCell::default();
}

/// Embeds texts with one model on several threads.
pub struct Embedder {
    model: Model,
    threads: rayon::ThreadPool,
}

/// A text, and the byte ranges of the sentences that get vectors of their own.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// The whole text.
    pub text: &'a str,
    /// The byte range of each of these sentences in the text.
    pub sentences: &'a [Range<usize>],
}

/// The vectors of some texts and of their sentences.
#[derive(Debug, Clone, PartialEq)]
pub struct Embeddings {
    /// `[texts, dim]`, L2 normalised if the model says so.
    pub texts: Array2<f32>,
    /// `[sentences of all texts, dim]`, always L2 normalised.
    pub sentences: Array2<f32>,
    /// The range of rows of `sentences` for each text.
    pub rows: Vec<Range<usize>>,
    /// Number of texts longer than the model's window, whose ends do not influence their vectors.
    pub cut: usize,
}

/// Computes a result from the states `[tokens, token_dim]` of a text, given its index, its tokens and the prompt before
/// it.
type Take<'a, T> = dyn Fn(usize, &Tokens, ArrayView2<f32>, Before) -> Result<T, EncodeError> + Sync + 'a;

/// The length of the prompt before a text.
#[derive(Clone, Copy)]
struct Before {
    bytes: usize,
    /// Number of tokens, including a special token before the prompt; 0 if they are pooled like all others.
    tokens: usize,
}

impl Before {
    fn new(model: &Model, prompt: &str) -> Result<Self, EncodeError> {
        Ok(Self { bytes: prompt.len(), tokens: model.unpooled(prompt)? })
    }
}

/// Why texts could not be embedded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbedError {
    /// The threads could not be started.
    #[error("cannot start the threads: {0}")]
    Threads(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The model failed.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

impl fmt::Debug for Embedder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedder").field("model", &self.model).finish_non_exhaustive()
    }
}

impl Embedder {
    /// Creates an embedder that runs on `threads` threads, or on one per core if that is 0.
    ///
    /// # Errors
    /// When the operating system refuses to start threads.
    pub fn new(model: Model, threads: usize) -> Result<Self, EmbedError> {
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|error| EmbedError::Threads(error.into()))?;
        Ok(Self { model, threads })
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Number of threads.
    pub fn threads(&self) -> usize {
        self.threads.current_num_threads()
    }

    /// Embeds whole texts: `[texts, dim]`. Texts are truncated to the model's window.
    ///
    /// # Errors
    /// When the model fails.
    pub fn embed<S: AsRef<str> + Sync>(&self, texts: &[S], prompt: Prompt) -> Result<Array2<f32>, EmbedError> {
        let texts: Vec<Text> = texts.iter().map(|text| Text { text: text.as_ref(), sentences: &[] }).collect();
        Ok(self.embed_with_sentences(&texts, prompt, &|_| {})?.texts)
    }

    /// The first half of [`embed`](Self::embed), without a prompt: the tokens of each text.
    ///
    /// # Errors
    /// When the tokeniser fails.
    pub fn tokenize<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<Vec<Tokens>, EmbedError> {
        let tokenize = |text: &S| self.model.tokenize(text.as_ref());
        Ok(self.threads.install(|| texts.par_iter().map(tokenize).collect::<Result<_, _>>())?)
    }

    /// The second half of [`embed`](Self::embed): the vectors `[texts, dim]` of tokenised texts.
    ///
    /// # Errors
    /// When the model fails.
    pub fn embed_tokens(&self, tokens: &[Tokens]) -> Result<Array2<f32>, EmbedError> {
        let take = |_: usize, _: &Tokens, states: ArrayView2<f32>, _: Before| self.model.pool(states, 0);
        let vectors = self.threads.install(|| self.encode(tokens, Before { bytes: 0, tokens: 0 }, &|_| {}, &take))?;
        let mut out = Array2::zeros((tokens.len(), self.model.dim()));
        for (at, vector) in vectors {
            out.row_mut(at).assign(&ndarray::ArrayView1::from(&vector[..]));
        }
        Ok(out)
    }

    /// Embeds texts and their sentences. A sentence's vector is the mean of its tokens' states in its text's own
    /// forward pass; a text of one sentence shares its vector with it. `done` receives the number of texts just
    /// finished, from any thread.
    ///
    /// # Errors
    /// When the model fails.
    pub fn embed_with_sentences(
        &self,
        texts: &[Text],
        prompt: Prompt,
        done: &(dyn Fn(usize) + Sync),
    ) -> Result<Embeddings, EmbedError> {
        let dim = self.model.dim();
        let rows = sentence_rows(texts);
        let mut out = Embeddings {
            texts: Array2::zeros((texts.len(), dim)),
            sentences: Array2::zeros((rows.last().map_or(0, |rows| rows.end), dim)),
            rows,
            cut: 0,
        };
        let pool = |index: usize, tokens: &Tokens, states: ArrayView2<f32>, before: Before| {
            self.pool(texts[index], tokens, states, before)
        };
        let bare: Vec<&str> = texts.iter().map(|text| text.text).collect();
        out.cut = self.forward(&bare, prompt, done, &pool, &mut |at, pooled: Pooled| {
            out.texts.row_mut(at).assign(&ndarray::ArrayView1::from(&pooled.text[..]));
            out.sentences.slice_mut(s![out.rows[at].clone(), ..]).assign(&pooled.sentences);
        })?;
        Ok(out)
    }

    /// Each text's vector and the states of its tokens, for comparing texts token by token. Texts are truncated to the
    /// model's window.
    ///
    /// # Errors
    /// When the model fails.
    pub fn token_states<S: AsRef<str>>(&self, texts: &[S], prompt: Prompt) -> Result<Vec<TokenStates>, EmbedError> {
        self.map_token_states(texts, prompt, &|_| {}, &|_, states| states)
    }

    /// Applies `map` to each text's index and token states as soon as they are computed, because those of many texts
    /// are too large to keep. `done` receives the number of texts just finished, from any thread.
    ///
    /// # Errors
    /// When the model fails.
    pub fn map_token_states<S: AsRef<str>, T: Send>(
        &self,
        texts: &[S],
        prompt: Prompt,
        done: &(dyn Fn(usize) + Sync),
        map: &(dyn Fn(usize, TokenStates) -> T + Sync),
    ) -> Result<Vec<T>, EmbedError> {
        let bare: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
        let mut out: Vec<Option<T>> = texts.iter().map(|_| None).collect();
        let take = |at: usize, tokens: &Tokens, states: ArrayView2<f32>, before: Before| {
            let vector = self.model.pool(states, before.tokens)?;
            Ok(map(at, TokenStates::new(vector, tokens, states, before.bytes)))
        };
        self.forward(&bare, prompt, done, &take, &mut |at, mapped| out[at] = Some(mapped))?;
        Ok(out.into_iter().flatten().collect())
    }

    /// Runs texts through the network, some thousands at a time, and passes what `take` makes of each text's states to
    /// `keep`. Returns the number of truncated texts.
    fn forward<T: Send>(
        &self,
        texts: &[&str],
        prompt: Prompt,
        done: &(dyn Fn(usize) + Sync),
        take: &Take<'_, T>,
        keep: &mut dyn FnMut(usize, T),
    ) -> Result<usize, EmbedError> {
        let mut cut = 0;
        for (chunk, start) in texts.chunks(CHUNK).zip((0..).step_by(CHUNK)) {
            let offset = |index: usize, tokens: &Tokens, states: ArrayView2<f32>, before| {
                take(start + index, tokens, states, before)
            };
            let (taken, shortened) = self.threads.install(|| self.chunk(chunk, prompt, done, &offset))?;
            cut += shortened;
            taken.into_iter().for_each(|(index, value)| keep(start + index, value));
        }
        Ok(cut)
    }

    /// Applies `take` to each text; returns the results with the texts' indices, and the number of truncated texts.
    fn chunk<T: Send>(
        &self,
        texts: &[&str],
        prompt: Prompt,
        done: &(dyn Fn(usize) + Sync),
        take: &Take<'_, T>,
    ) -> Result<(Vec<(usize, T)>, usize), EncodeError> {
        let words = self.model.settings().prompt(prompt);
        let before = Before::new(&self.model, words)?;
        let tokenize = |text: &&str| match prompt {
            Prompt::None => self.model.tokenize(&prompted(words, text)),
            Prompt::Symmetric | Prompt::Query | Prompt::Passage => self.model.tokenize_folded(&prompted(words, text)),
        };
        let tokens: Vec<Tokens> = texts.par_iter().map(tokenize).collect::<Result<_, _>>()?;
        let taken = self.encode(&tokens, before, done, take)?;
        let cut = tokens.iter().filter(|tokens| tokens.cut).count();
        Ok((taken, cut))
    }

    /// Applies `take` to each tokenised text; returns the results with the texts' indices.
    fn encode<T: Send>(
        &self,
        tokens: &[Tokens],
        before: Before,
        done: &(dyn Fn(usize) + Sync),
        take: &Take<'_, T>,
    ) -> Result<Vec<(usize, T)>, EncodeError> {
        let taken: Vec<Vec<(usize, T)>> = batches(tokens)
            .par_iter()
            .map(|batch| {
                let taken = self.batch(tokens, batch, before, take);
                done(batch.len());
                taken
            })
            .collect::<Result<_, _>>()?;
        Ok(taken.into_iter().flatten().collect())
    }

    fn batch<T>(
        &self,
        tokens: &[Tokens],
        batch: &[usize],
        before: Before,
        take: &Take<'_, T>,
    ) -> Result<Vec<(usize, T)>, EncodeError> {
        let sequences: Vec<&[u32]> = batch.iter().map(|&index| &tokens[index].ids[..]).collect();
        WORKSPACE.with_borrow_mut(|space| {
            let hidden = self.model.hidden_states(&sequences, space)?;
            let mut start = 0;
            let taken = batch.iter().map(|&index| {
                let rows = start..start + tokens[index].ids.len();
                start = rows.end;
                take(index, &tokens[index], hidden.slice(s![rows, ..]), before).map(|taken| (index, taken))
            });
            taken.collect()
        })
    }

    fn pool(
        &self,
        text: Text,
        tokens: &Tokens,
        states: ArrayView2<f32>,
        before: Before,
    ) -> Result<Pooled, EncodeError> {
        let vector = self.model.pool(states, before.tokens)?;
        let shift = before.bytes;
        let mut sentences = Array2::zeros((text.sentences.len(), self.model.dim()));
        for (mut row, sentence) in sentences.rows_mut().into_iter().zip(text.sentences) {
            let pooled = if text.sentences.len() == 1 {
                None
            } else if self.model.settings().pools_means() {
                let own = sentence_states(tokens, states, sentence.start + shift..sentence.end + shift);
                own.map(|own| self.model.after_pooling(mean(own))).transpose()?
            } else {
                // The first token's state represents the whole text; those of other tokens were not trained for it.
                Some(self.alone(&text.text[sentence.clone()])?)
            };
            let mut pooled = pooled.unwrap_or_else(|| vector.clone());
            l2_normalize(&mut pooled);
            row.assign(&ndarray::ArrayView1::from(&pooled[..]));
        }
        Ok(Pooled { text: vector, sentences })
    }

    fn alone(&self, text: &str) -> Result<Vec<f32>, EncodeError> {
        let prompt = self.model.settings().prompt(Prompt::Passage);
        let tokens = self.model.tokenize_folded(&prompted(prompt, text))?;
        // The thread's own workspace contains the states that are being pooled.
        let mut space = Workspace::default();
        self.model.pool(self.model.hidden_states(&[&tokens.ids], &mut space)?, self.model.unpooled(prompt)?)
    }
}

/// Puts the prompt before a text.
fn prompted<'a>(prompt: &str, text: &'a str) -> Cow<'a, str> {
    if prompt.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(format!("{prompt}{text}")) }
}

struct Pooled {
    text: Vec<f32>,
    /// `[sentences, dim]`
    sentences: Array2<f32>,
}

fn sentence_rows(texts: &[Text]) -> Vec<Range<usize>> {
    let mut start = 0;
    let rows = texts.iter().map(|text| {
        let rows = start..start + text.sentences.len();
        start = rows.end;
        rows
    });
    rows.collect()
}

/// The states of the tokens in `sentence`, or `None` if there are none.
fn sentence_states<'a>(
    tokens: &Tokens,
    states: ArrayView2<'a, f32>,
    sentence: Range<usize>,
) -> Option<ArrayView2<'a, f32>> {
    let inside = |range: &Range<usize>| !range.is_empty() && sentence.contains(&range.start);
    let first = tokens.offsets.iter().position(inside)?;
    let last = tokens.offsets.iter().rposition(inside)?;
    Some(states.slice_move(s![first..=last, ..]))
}

/// Groups texts into batches: each starts with the longest remaining text and repeatedly takes the longest that still
/// fits, so that nearly all batches are full and take equally long.
fn batches(tokens: &[Tokens]) -> Vec<Vec<usize>> {
    let mut left: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, tokens) in tokens.iter().enumerate().rev() {
        left.entry(tokens.ids.len()).or_default().push(index);
    }
    let mut batches = Vec::new();
    while let Some((length, first)) = take_longest(&mut left, usize::MAX) {
        let mut batch = vec![first];
        let mut room = BATCH_TOKENS.saturating_sub(length);
        while let Some((length, index)) = take_longest(&mut left, room) {
            batch.push(index);
            room -= length;
        }
        batches.push(batch);
    }
    batches
}

/// Removes the first of the longest texts with at most `limit` tokens; returns its length and index.
fn take_longest(left: &mut BTreeMap<usize, Vec<usize>>, limit: usize) -> Option<(usize, usize)> {
    let (&length, indices) = left.range_mut(..=limit).next_back()?;
    let index = indices.pop()?;
    if indices.is_empty() {
        left.remove(&length);
    }
    Some((length, index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_in_one_batch_and_batches_are_full() {
        // 2 to 256 tokens, in a scrambled order.
        let lengths: Vec<usize> = (0..2000).map(|i| 2 + i * 7919 % 255).collect();
        let tokens: Vec<Tokens> =
            lengths.iter().map(|&length| Tokens { ids: vec![0; length], offsets: Vec::new(), cut: false }).collect();
        let batches = batches(&tokens);
        let mut seen: Vec<usize> = batches.concat();
        seen.sort_unstable();
        assert_eq!(seen, (0..lengths.len()).collect::<Vec<_>>());
        let sizes: Vec<usize> = batches.iter().map(|batch| batch.iter().map(|&index| lengths[index]).sum()).collect();
        assert!(sizes.iter().all(|size| *size <= BATCH_TOKENS));
        let total: usize = lengths.iter().sum();
        assert!(batches.len() <= total.div_ceil(BATCH_TOKENS) + 1, "{} batches for {total} tokens", batches.len());
    }

    #[test]
    fn a_text_longer_than_a_batch_is_alone_and_an_empty_one_anywhere() {
        let tokens = [600, 0, 512, 1].map(|length| Tokens { ids: vec![0; length], offsets: Vec::new(), cut: false });
        assert_eq!(batches(&tokens), [vec![0, 1], vec![2], vec![3]]);
    }
}
