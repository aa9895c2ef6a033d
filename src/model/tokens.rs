//! The model's tokeniser, overriding the padding and truncation of its own file.

use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;

use super::read::check_file;
use super::wordpiece::{Piece, WordPiece};
use super::{Architecture, EncodeError, LoadError, Prompt, Settings};
use crate::base::Key;
use crate::lang::fold;
use crate::passage::TokenCounter;

/// A number of which networks' windows are multiples.
const USUAL: usize = 16;

/// A tokenised text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Token ids, including the special ones at both ends.
    pub ids: Vec<u32>,
    /// The byte range of the text for each token; empty for special ones.
    pub offsets: Vec<Range<usize>>,
    /// Whether the text was longer than the window.
    pub cut: bool,
}

/// Tokenises plain text by [`WordPiece`] if the file describes that, and everything else by the `tokenizers` crate.
pub(super) struct Tokenizer {
    /// The key of the file.
    key: Key,
    fast: Option<WordPiece>,
    general: General,
    window: usize,
    /// Number of special tokens added to a text.
    special: usize,
    /// The unknown token, if it is dropped.
    dropped: Option<u32>,
    /// Number of tokens of each [`Prompt`].
    prompts: [usize; 4],
}

/// The `tokenizers` crate's tokeniser. Building it takes longer than embedding a query, and plain text never needs it.
struct General {
    bytes: Vec<u8>,
    built: OnceLock<Result<tokenizers::Tokenizer, String>>,
}

impl General {
    fn get(&self) -> Result<&tokenizers::Tokenizer, EncodeError> {
        let built = self.built.get_or_init(|| build(&self.bytes).map_err(|error| error.to_string()));
        built.as_ref().map_err(|error| EncodeError::Tokenizer(error.clone().into()))
    }
}

/// Disables padding and truncation, which the file may request ("cut at 128 tokens, pad to 128"): sequences here are
/// ragged, and [`Tokenizer::encode`] truncates them.
fn build(bytes: &[u8]) -> tokenizers::Result<tokenizers::Tokenizer> {
    let mut tokenizer = tokenizers::Tokenizer::from_bytes(bytes)?;
    tokenizer.with_padding(None);
    tokenizer.with_truncation(None)?;
    Ok(tokenizer)
}

impl Tokenizer {
    /// Reads the tokeniser in a network's folder, and checks it against the model's configuration.
    pub fn read(root: &Path, settings: &Settings) -> Result<Self, LoadError> {
        let path = root.join("tokenizer.json");
        check_file(&path)?;
        let mut tokenizer = Self::open(&path, settings.window, settings.network.has_special_tokens())?;
        let broken = |error: EncodeError| LoadError::Tokenizer { path: path.clone(), source: error.into() };
        if settings.network.drops_unknown() {
            tokenizer.dropped = tokenizer.unknown().map_err(broken)?;
        }
        tokenizer.count_prompts(settings).map_err(broken)?;
        match tokenizer.mismatch(settings).map_err(broken)? {
            Some(what) => Err(LoadError::Unsupported { path, what }),
            None => Ok(tokenizer),
        }
    }

    /// Counts the tokens of the prompts of a configuration.
    pub fn count_prompts(&mut self, settings: &Settings) -> Result<(), EncodeError> {
        for prompt in [Prompt::None, Prompt::Symmetric, Prompt::Query, Prompt::Passage] {
            self.prompts[prompt as usize] = self.count(settings.prompt(prompt))?;
        }
        Ok(())
    }

    /// Number of tokens in the window left for a text by a prompt and the special tokens.
    pub fn room(&self, prompt: Prompt) -> usize {
        self.window.saturating_sub(self.prompts[prompt as usize] + self.special).max(1)
    }

    fn open(path: &Path, window: usize, has_special: bool) -> Result<Self, LoadError> {
        let bytes = std::fs::read(path).map_err(|source| LoadError::Io { path: path.to_owned(), source })?;
        let broken = |source| LoadError::Tokenizer { path: path.to_owned(), source };
        let fast = WordPiece::parse(&bytes);
        let built = OnceLock::new();
        let special = match &fast {
            Some(_) => 2 * usize::from(has_special),
            None => {
                let tokenizer = build(&bytes).map_err(broken)?;
                let special = tokenizer.encode_fast("", has_special).map_err(broken)?.len();
                built.get_or_init(|| Ok(tokenizer));
                special
            }
        };
        Ok(Self {
            key: Key::of("tokenizer", [&bytes]),
            fast,
            general: General { bytes, built },
            window,
            special,
            dropped: None,
            prompts: [0; 4],
        })
    }

    /// The key of the tokeniser's file.
    pub fn key(&self) -> Key {
        self.key
    }

    /// The mismatch between the tokeniser and the network, if there is one.
    fn mismatch(&self, settings: &Settings) -> Result<Option<String>, EncodeError> {
        let network = &settings.network;
        if self.ids() > network.vocabulary {
            return Ok(Some(format!(
                "has {} tokens, but the model has {}; they do not belong together",
                self.ids(),
                network.vocabulary
            )));
        }
        if self.special >= self.window {
            let (special, window) = (self.special, self.window);
            return Ok(Some(format!("puts {special} tokens of its own into a window of {window}")));
        }
        if settings.lower_case && self.encode("A")?.ids != self.encode("a")?.ids {
            return Ok(Some("keeps capitals, but sentence_bert_config.json asks for texts in lower case".to_owned()));
        }
        if !network.has_special_tokens() || self.fast.is_some() && network.padding().is_none() {
            return Ok(None);
        }
        let general = self.general.get()?;
        // Check the special tokens of the template against the vocabulary.
        let template = general.encode("", true).map_err(EncodeError::Tokenizer)?;
        for (token, id) in template.get_tokens().iter().zip(template.get_ids()) {
            if let Some(own) = general.token_to_id(token)
                && own != *id
            {
                return Ok(Some(format!("puts {token} into texts as token {id}, but its vocabulary has it as {own}")));
            }
        }
        // A different padding token would shift every position.
        let names = ["<pad>", "[PAD]"];
        let padding = names.iter().find_map(|name| Some((*name, general.token_to_id(name)?)));
        Ok(match (network.padding(), padding) {
            (Some(expected), Some((name, found))) if expected != found => Some(format!(
                "has {name} as token {found}, but config.json has a pad_token_id of {expected}, from which positions \
                 are counted; they do not belong together"
            )),
            _ => None,
        })
    }

    /// A warning if the network seems to be a `RoBERTa` under another name, whose positions would all be wrong: it has
    /// a row for each token of a window of a usual length, and others for the positions up to the padding token's id.
    pub fn doubt(&self, root: &Path, settings: &Settings) -> Option<String> {
        let Architecture { model_type, positions, .. } = &settings.network;
        // Building the tokeniser takes time, which most models are spared here.
        if !settings.network.counts_positions_from_zero() || positions.is_multiple_of(USUAL) {
            return None;
        }
        let padding = self.general.get().ok()?.token_to_id("<pad>")?;
        let window = positions.checked_sub(padding as usize + 1)?;
        (padding > 0 && window.is_multiple_of(USUAL)).then(|| {
            format!(
                "{}: is a {model_type:?} model, but its {positions} positions and <pad> as token {padding} are those \
                 of a RoBERTa; if it is one, all vectors are wrong: set its model_type to \"roberta\"",
                root.join("config.json").display()
            )
        })
    }

    /// The token for text that the vocabulary lacks, if there is one.
    fn unknown(&self) -> Result<Option<u32>, EncodeError> {
        #[derive(serde::Deserialize)]
        struct File {
            model: Model,
        }
        #[derive(serde::Deserialize)]
        struct Model {
            unk_token: Option<String>,
            unk_id: Option<u32>,
        }
        let File { model } =
            serde_json::from_slice(&self.general.bytes).map_err(|error| EncodeError::Tokenizer(error.into()))?;
        Ok(match model.unk_token {
            Some(token) => self.general.get()?.token_to_id(&token),
            None => model.unk_id,
        })
    }

    /// One more than the highest id of the vocabulary.
    pub fn ids(&self) -> usize {
        let highest = match (&self.fast, self.general.built.get()) {
            (Some(fast), _) => fast.highest(),
            (None, Some(Ok(general))) => general.get_vocab(true).into_values().max().unwrap_or(0),
            (None, _) => 0,
        };
        highest as usize + 1
    }

    /// Tokenises a text in its [folded](fold) form; offsets refer to the original text.
    pub fn encode_folded(&self, text: &str) -> Result<Tokens, EncodeError> {
        let folded = fold(text);
        let mut tokens = self.encode(&folded.text)?;
        tokens.offsets.iter_mut().for_each(|offsets| *offsets = folded.origin(offsets.clone()));
        Ok(tokens)
    }

    /// Tokenises a text, with special tokens if there are any, truncated to the window; the last special token is kept.
    pub fn encode(&self, text: &str) -> Result<Tokens, EncodeError> {
        match &self.fast {
            Some(fast) if !fast.holds_added(text) => {
                let mut pieces = Vec::with_capacity(text.len() / 4 + 2);
                let end = |id| (self.special > 0).then_some((id, 0..0));
                pieces.extend(end(fast.ends.0));
                self.pieces(fast, text, &mut pieces)?;
                pieces.extend(end(fast.ends.1));
                Ok(self.cut(pieces.into_iter().unzip()))
            }
            _ => {
                let encoding = self.general.get()?.encode(text, self.special > 0).map_err(EncodeError::Tokenizer)?;
                let offsets = encoding.get_offsets().iter().map(|&(start, end)| without_space(text, start..end));
                Ok(self.cut((encoding.get_ids().to_vec(), offsets.collect())))
            }
        }
    }

    fn cut(&self, (mut ids, mut offsets): (Vec<u32>, Vec<Range<usize>>)) -> Tokens {
        let cut = ids.len() > self.window;
        if cut {
            let last = (self.special > 0).then(|| ids[ids.len() - 1]);
            let kept = self.window - usize::from(last.is_some());
            ids.truncate(kept);
            offsets.truncate(kept);
            ids.extend(last);
            offsets.extend(last.map(|_| 0..0));
        }
        if let Some(dropped) = self.dropped {
            let known: Vec<bool> = ids.iter().map(|id| *id != dropped).collect();
            let mut known = known.iter();
            offsets.retain(|_| *known.next().unwrap_or(&true));
            ids.retain(|id| *id != dropped);
        }
        Tokens { ids, offsets, cut }
    }

    fn pieces(&self, fast: &WordPiece, text: &str, out: &mut Vec<Piece>) -> Result<(), EncodeError> {
        fast.tokenize(text, out, |chunk, start, out| {
            let encoding = self.general.get()?.encode(chunk, false).map_err(EncodeError::Tokenizer)?;
            let offsets = encoding.get_offsets().iter().map(|&(from, to)| start + from..start + to);
            out.extend(encoding.get_ids().iter().copied().zip(offsets));
            Ok(())
        })
    }

    /// Number of tokens of a text, without the special ones.
    pub fn count(&self, text: &str) -> Result<usize, EncodeError> {
        match &self.fast {
            Some(fast) if !fast.holds_added(text) => {
                let mut pieces = Vec::with_capacity(text.len() / 4);
                self.pieces(fast, text, &mut pieces)?;
                Ok(pieces.len())
            }
            _ => Ok(self.general.get()?.encode_fast(text, false).map_err(EncodeError::Tokenizer)?.len()),
        }
    }
}

/// The byte range of a token without the space before it, which some tokenisers include: a sentence begins after it.
fn without_space(text: &str, bytes: Range<usize>) -> Range<usize> {
    let token = text.get(bytes.clone()).unwrap_or_default();
    let start = bytes.end - token.trim_start().len().min(bytes.len());
    if token.trim_start().is_empty() { bytes.end..bytes.end } else { start..bytes.end }
}

impl TokenCounter for &Tokenizer {
    fn count(&self, text: &str) -> usize {
        // A text that the tokeniser rejects gets its maximum count: one token per character.
        Tokenizer::count(self, &fold(text).text).unwrap_or_else(|_| text.chars().count())
    }

    fn limit(&self) -> usize {
        self.room(Prompt::Passage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A small vocabulary of the kind that English BERTs have.
    const FILE: &str = r###"{"version":"1.0","truncation":null,"padding":null,
        "added_tokens":[{"id":1,"content":"[UNK]","special":true,"single_word":false,"lstrip":false,"rstrip":false,
        "normalized":false},
            {"id":3,"content":"[SEP]","special":true,"single_word":false,"lstrip":false,"rstrip":false,
            "normalized":false}],
        "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,
        "lowercase":true},
        "pre_tokenizer":{"type":"BertPreTokenizer"},
        "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},
        {"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],"pair":[],
            "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[3],
            "tokens":["[SEP]"]}}},
        "decoder":null,
        "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":10,
            "vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"the":4,"quay":5,"##s":6,"a":7,"b":8,"##a":9,"##b":10,
            "ab":11,".":12,",":13,"'":14,
            "’":15,"—":16,"1":17,"##1":18,"e":19,"##e":20,"渡":21,"-":22,"[":23,"]":24,"##":25,"#":26,"s":27,
            "##quay":28}}}"###;

    fn tokenizer() -> Tokenizer {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), FILE).unwrap();
        Tokenizer::open(file.path(), 64, true).unwrap()
    }

    fn agree(tokenizer: &Tokenizer, text: &str) -> Result<(), TestCaseError> {
        let expected = tokenizer.general.get().unwrap().encode(text, true).unwrap();
        let found = tokenizer.encode(text).unwrap();
        if expected.len() <= 64 {
            prop_assert_eq!(&found.ids[..], expected.get_ids(), "{:?}", text);
            let offsets: Vec<_> = expected.get_offsets().iter().map(|&(a, b)| a..b).collect();
            prop_assert_eq!(found.offsets, offsets, "{:?}", text);
        }
        prop_assert_eq!(Tokenizer::count(tokenizer, text).unwrap(), expected.len() - 2);
        Ok(())
    }

    #[test]
    fn the_fast_way_is_taken() {
        assert!(tokenizer().fast.is_some());
    }

    #[test]
    fn equal_to_the_general_tokeniser_on_chosen_texts() {
        let tokenizer = tokenizer();
        for text in [
            "",
            "The quays.",
            "a’b — ab",
            "é",
            "ab\u{301}",
            "a\u{0}b",
            "a\u{b}b",
            "abababababa",
            "ababababab",
            "a[SEP]b",
            "渡a",
            "\u{a0}a",
            "##a",
            "a\u{ad}b",
        ] {
            agree(&tokenizer, text).unwrap();
        }
    }

    #[test]
    fn what_is_folded_has_the_offsets_of_what_is_shown() {
        let shown = "the\u{ad} ａb, ab";
        let (folded, plain) = (tokenizer().encode_folded(shown).unwrap(), tokenizer().encode("the ab, ab").unwrap());
        assert_eq!(folded.ids, plain.ids);
        let words: Vec<&str> = folded.offsets.iter().map(|range| &shown[range.clone()]).collect();
        assert_eq!(words, ["", "the", "ａb", ",", "ab", ""]);
    }

    proptest! {
        #[test]
        fn equal_to_the_general_tokeniser(
            text in "([abesTQ1'’—.,#\\[\\]-]|the|quay|[ \t\n]|\
                     é|渡|\u{301}|\u{0}|\u{b}|\u{a0}|\u{200d}|\\PC){0,24}"
        ) {
            agree(&tokenizer(), &text)?;
        }
    }
}
