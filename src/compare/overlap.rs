//! How two passages are related, word by word.
//!
//! A cosine says that two passages are about the same subject, not whether one was copied. Common runs of words do:
//! three words in a row seldom appear in two texts written independently (Lyon, Malcolm & Dickerson 2001; Clough &
//! Stevenson 2011, where the containment of 3-grams separates near copies and light revisions from the rest). So
//! copying is decided by [`Overlap`] alone, and only what was not copied is decided by the cosine.
//!
//! A common run counts, and is marked, if it has [`RUN`] words and one of them is distinctive: `one of the most` and
//! `at the end of the` appear everywhere, and `the Marine Accident Board of` is a name that any two texts about it
//! share.
//!
//! The stop words are English; in other languages every word counts as distinctive.

use std::cmp::Ordering;
use std::ops::Range;

use super::Cuts;
use super::automaton::Automaton;
use crate::base::hash;
use crate::lang::script::is_unspaced;
use crate::lang::{Word, is_stop_word, words};

/// Fewest words of a run that counts.
pub const RUN: usize = 3;
/// Fewest distinctive words of a run that counts.
const TELLING: usize = 1;
/// Number of words in common runs that prove nothing. One phrase is much of a short passage but little of a long one.
pub const FREE_WORDS: f32 = 3.0;
/// The share of the shorter passage's words, apart from those, that lies in common runs if it was copied and edited.
pub const COPIED: f32 = 0.35;

/// Fewest words at which a passage's vocabulary is informative.
pub const LONG: usize = 50;
/// The share of a long passage's distinctive words, each counted once, that appear in another that says the same in
/// other words. In our labelled pairs heavy revisions had 0.32 to 0.71, except one with 0.19; independent answers to
/// one question had 0.21 to 0.33.
pub const KEPT: f32 = 0.3;

/// How the words of two passages overlap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// Number of words of each passage.
    pub words: (usize, usize),
    /// The share of the first passage's words that lie in common runs, 0 to 1.
    pub a_in_b: f32,
    /// The share of the second passage's words that lie in common runs, 0 to 1.
    pub b_in_a: f32,
    /// The share of the shorter passage's words; for passages of equal length, the larger share.
    pub containment: f32,
    /// The share of the distinctive words of the passage with fewer, each counted once, that appear anywhere in the
    /// other; 1 if it has none.
    pub vocabulary: f32,
    /// The length of the longest common run of any words; 0 if it is shorter than [`RUN`] and than both passages.
    pub longest_run: usize,
}

impl Overlap {
    /// The overlap of the second passage with the first.
    pub(crate) fn mirrored(self) -> Self {
        let Self { words: (a, b), a_in_b, b_in_a, .. } = self;
        Self { words: (b, a), a_in_b: b_in_a, b_in_a: a_in_b, ..self }
    }

    fn shorter(&self) -> usize {
        self.words.0.min(self.words.1)
    }

    /// Whether the shorter passage equals the other, or is contained in it and is more than a phrase.
    fn is_verbatim(&self) -> bool {
        let words = self.shorter();
        words > 0 && self.longest_run == words && (self.words.0 == self.words.1 || self.is_copied())
    }

    /// Whether enough of the shorter passage appears in the other for it to have been copied.
    fn is_copied(&self) -> bool {
        self.evidence() >= COPIED
    }

    /// Whether one was made from the other.
    pub(crate) fn is_copy(&self) -> bool {
        self.is_verbatim() || self.is_copied()
    }

    /// Whether both are long and share few words: they may be on one subject, but hardly make the same statement.
    fn is_foreign(&self) -> bool {
        self.shorter() >= LONG && self.vocabulary < KEPT
    }

    /// The share of the shorter passage's words in common runs, less a few that prove nothing.
    fn evidence(&self) -> f32 {
        (self.containment - FREE_WORDS / self.shorter().max(1) as f32).max(0.0)
    }
}

/// How two passages are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The words of the shorter appear in the other, the same but for case, punctuation and white space.
    Verbatim,
    /// Copied and edited.
    NearCopy,
    /// The same statement in other words; long passages share a good part of their words.
    Paraphrase,
    /// The same subject or event, but another statement.
    Related,
}

impl Relation {
    /// The name of the relation in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verbatim => "verbatim",
            Self::NearCopy => "near-copy",
            Self::Paraphrase => "paraphrase",
            Self::Related => "related",
        }
    }
}

/// The relation of two passages, given their cosine; `None` if they are unrelated.
///
/// A sentence quoted by two otherwise different paragraphs makes them near copies only if it is a good third of the
/// shorter: 21 words of 50, 38 of 100.
pub fn relation(overlap: &Overlap, cosine: f32, cuts: Cuts) -> Option<Relation> {
    if overlap.is_verbatim() {
        Some(Relation::Verbatim)
    } else if overlap.is_copied() {
        Some(Relation::NearCopy)
    } else if cosine >= cuts.same && !overlap.is_foreign() {
        Some(Relation::Paraphrase)
    } else {
        (cosine >= cuts.related).then_some(Relation::Related)
    }
}

/// How the words of two passages overlap. Use [`Shingles::overlap`] to compare a passage with many.
pub fn overlap(a: &str, b: &str) -> Overlap {
    Shingles::of(a).overlap(&Shingles::of(b))
}

/// The byte ranges, in each passage, of the common runs of words that [`Overlap`] counts. Ascending; where two runs
/// overlap, the second begins after the first.
pub fn shared(a: &str, b: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (a_words, b_words) = (words(a), words(b));
    let (a, b) = (Shingles::new(a, &a_words), Shingles::new(b, &b_words));
    let common = Common::of(&a, &b);
    (marks(&a, &common.a, &a_words), marks(&b, &common.b, &b_words))
}

fn marks(passage: &Shingles, runs: &[Range<usize>], words: &[Word]) -> Vec<Range<usize>> {
    let mut end = 0;
    let mut found = Vec::new();
    for run in runs {
        let rest = run.start.max(end)..run.end;
        if rest == *run || passage.tells(&rest) {
            end = run.end;
            found.push(words[rest.start].range.start..words[rest.end - 1].range.end);
        }
    }
    found
}

/// The words of a passage, prepared for comparison with many others: about 25 bytes per word.
#[derive(Debug, Clone)]
pub struct Shingles {
    /// Hashes of the folded words; the highest bit is clear.
    words: Vec<u64>,
    kinds: Vec<Kind>,
    /// Hashes of the distinctive words, names and numbers included, each once, ascending.
    vocabulary: Vec<u64>,
    /// Hashes of each [`RUN`] words and where they begin, sorted. Runs with equal hashes may differ: the hash only says
    /// where to look.
    index: Vec<(u32, u32)>,
}

impl Shingles {
    /// Prepares a text.
    pub fn of(text: &str) -> Self {
        Self::new(text, &words(text))
    }

    /// Prepares a text in sentences; also returns each sentence's range of words.
    pub fn of_sentences<'a>(sentences: impl Iterator<Item = &'a str>) -> (Self, Vec<Range<usize>>) {
        let (mut hashes, mut all_kinds, mut ranges) = (Vec::new(), Vec::new(), Vec::new());
        for sentence in sentences {
            let (words, from) = (words(sentence), hashes.len());
            hashes.extend(words.iter().map(|word| hashed(word.folded.bytes())));
            all_kinds.extend(kinds(sentence, &words));
            ranges.push(from..hashes.len());
        }
        (Self::of_words(hashes, all_kinds), ranges)
    }

    fn new(text: &str, words: &[Word]) -> Self {
        let hashes: Vec<u64> = words.iter().map(|word| hashed(word.folded.bytes())).collect();
        Self::of_words(hashes, kinds(text, words))
    }

    fn of_words(hashes: Vec<u64>, kinds: Vec<Kind>) -> Self {
        let runs = hashes.windows(RUN).map(|run| hashed(run.iter().flat_map(|word| word.to_le_bytes())) as u32);
        let mut index: Vec<(u32, u32)> = runs.zip(0..).collect();
        index.sort_unstable();
        let tells = |(hash, kind): (&u64, &Kind)| matches!(kind, Kind::Plain | Kind::Name).then_some(*hash);
        let mut vocabulary: Vec<u64> = hashes.iter().zip(&kinds).filter_map(tells).collect();
        vocabulary.sort_unstable();
        vocabulary.dedup();
        Self { words: hashes, kinds, vocabulary, index }
    }

    /// How the words of this passage overlap those of another.
    pub fn overlap(&self, other: &Self) -> Overlap {
        let common = Common::of(self, other);
        let words = (self.words.len(), other.words.len());
        let (a_in_b, b_in_a) = (share(&common.a, words.0), share(&common.b, words.1));
        let containment = match words.0.cmp(&words.1) {
            Ordering::Less => a_in_b,
            Ordering::Equal => a_in_b.max(b_in_a),
            Ordering::Greater => b_in_a,
        };
        Overlap {
            words,
            a_in_b,
            b_in_a,
            containment,
            vocabulary: self.vocabulary_in(other),
            longest_run: common.longest,
        }
    }

    /// The runs of this text's words that appear in another and count, as ranges of word positions; ascending.
    pub fn runs_in(&self, other: &Self) -> Vec<Range<usize>> {
        Common::of(self, other).a
    }

    /// The share of this text's distinctive words, each counted once, that appear in another; 1 if it has none.
    pub fn vocabulary_share(&self, other: &Self) -> f32 {
        let shared = self.vocabulary.iter().filter(|word| other.vocabulary.binary_search(word).is_ok()).count();
        if self.vocabulary.is_empty() { 1.0 } else { shared as f32 / self.vocabulary.len() as f32 }
    }

    fn vocabulary_in(&self, other: &Self) -> f32 {
        if self.vocabulary.len() <= other.vocabulary.len() {
            self.vocabulary_share(other)
        } else {
            other.vocabulary_share(self)
        }
    }

    /// Whether these words, if they also appear in another passage, are evidence of copying.
    fn tells(&self, run: &Range<usize>) -> bool {
        let kinds = &self.kinds[run.clone()];
        let sum = |weight: fn(Kind) -> usize| kinds.iter().map(|kind| weight(*kind)).sum::<usize>();
        sum(Kind::halves) >= 2 * RUN && sum(Kind::telling_halves) >= 2 * TELLING
    }
}

/// The share of `words` words that lie in `runs`, which are ascending.
fn share(runs: &[Range<usize>], words: usize) -> f32 {
    let (mut covered, mut end) = (0, 0);
    for run in runs {
        covered += run.end - run.start.max(end);
        end = run.end;
    }
    covered as f32 / words.max(1) as f32
}

/// The common runs of two passages that count, as word positions in each. Ascending; none contains another.
struct Common {
    a: Vec<Range<usize>>,
    b: Vec<Range<usize>>,
    /// The length of the longest run, whether or not it counts.
    longest: usize,
}

impl Common {
    fn of(a: &Shingles, b: &Shingles) -> Self {
        let (mut in_a, mut in_b) = common_runs(a, b);
        let longest = in_a.iter().map(Range::len).max().unwrap_or(0);
        // Equal passages count regardless of their words.
        let equal = a.words == b.words;
        in_a.retain(|run| equal || a.tells(run));
        in_b.retain(|run| equal || b.tells(run));
        Self { a: in_a, b: in_b, longest }
    }
}

/// The common runs of at least [`RUN`] words, or of all words of a shorter passage.
fn common_runs(a: &Shingles, b: &Shingles) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let min = a.words.len().min(b.words.len());
    if a.words == b.words && min > 0 {
        let whole = Range { start: 0, end: min };
        return (vec![whole.clone()], vec![whole]);
    }
    if min < RUN {
        return (places(&a.words, &b.words, min), places(&b.words, &a.words, min));
    }
    let (a_pieces, b_pieces) = common_pieces(a, b);
    let runs = |of: &Shingles, pieces: &[Range<usize>], other: Automaton| {
        pieces.iter().flat_map(|piece| other.runs(&of.words, piece.clone(), RUN)).collect()
    };
    (runs(a, &a_pieces, Automaton::of(&b.words, &b_pieces)), runs(b, &b_pieces, Automaton::of(&a.words, &a_pieces)))
}

/// The places in `words` of `len` words that also appear in `other`; one of the two has no more words than that.
fn places(words: &[u64], other: &[u64], len: usize) -> Vec<Range<usize>> {
    let starts = 0..(words.len() + 1).saturating_sub(len);
    starts
        .map(|at| at..at + len)
        .filter(|run| len > 0 && other.windows(len).any(|window| *window == words[run.clone()]))
        .collect()
}

/// The longest stretches of each passage in which every [`RUN`] consecutive words appear in the other: each common run
/// lies within one.
fn common_pieces(a: &Shingles, b: &Shingles) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (mut in_a, mut in_b) = (Vec::new(), Vec::new());
    let (mut i, mut j) = (0, 0);
    while let (Some((left, _)), Some((right, _))) = (a.index.get(i), b.index.get(j)) {
        match left.cmp(right) {
            Ordering::Less => i += 1,
            Ordering::Greater => j += 1,
            Ordering::Equal => {
                i = take(&a.index, i, &mut in_a);
                j = take(&b.index, j, &mut in_b);
            }
        }
    }
    (pieces(in_a), pieces(in_b))
}

/// Collects the positions of all runs with the same hash as the one at `from`; returns where the next hash begins.
fn take(index: &[(u32, u32)], from: usize, places: &mut Vec<u32>) -> usize {
    let same = index[from..].iter().take_while(|(hash, _)| *hash == index[from].0);
    let before = places.len();
    places.extend(same.map(|(_, at)| *at));
    from + places.len() - before
}

/// The stretches covered by runs that begin at these positions.
fn pieces(mut starts: Vec<u32>) -> Vec<Range<usize>> {
    starts.sort_unstable();
    let stretches = starts.chunk_by(|a, b| a + 1 == *b);
    stretches.map(|stretch| stretch[0] as usize..stretch[0] as usize + stretch.len() + RUN - 1).collect()
}

/// A hash with its highest bit clear, which separators set.
fn hashed(bytes: impl Iterator<Item = u8>) -> u64 {
    hash(bytes) >> 1
}

/// How much a word says about copying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing, because it appears everywhere.
    Stop,
    /// Little: a name or number that belongs to the subject.
    Name,
    /// As much as an ordinary word.
    Plain,
    /// Half as much as a word: a character of a script without spaces between words.
    Character,
}

impl Kind {
    /// Length in half words.
    fn halves(self) -> usize {
        if self == Self::Character { 1 } else { 2 }
    }

    /// Length in half words if the word is distinctive, else 0.
    fn telling_halves(self) -> usize {
        if matches!(self, Self::Stop | Self::Name) { 0 } else { self.halves() }
    }
}

fn kinds(text: &str, words: &[Word]) -> Vec<Kind> {
    let mut end = 0;
    let mut kinds = Vec::with_capacity(words.len());
    for word in words {
        let begins = end == 0 || text[end..word.range.start].contains(OPENERS);
        kinds.push(kind(&text[word.range.clone()], &word.folded, begins));
        end = word.range.end;
    }
    // In a headline set in capitals, or one with Every Word Capitalised, capitals do not mark names.
    let count = |kind| kinds.iter().filter(|other| **other == kind).count();
    if count(Kind::Name) > 2 * count(Kind::Plain) {
        kinds.iter_mut().filter(|kind| **kind == Kind::Name).for_each(|kind| *kind = Kind::Plain);
    }
    kinds
}

/// Characters after which the next word is capitalised, whether or not it is a name.
const OPENERS: [char; 9] = ['.', '!', '?', ':', '"', '“', '„', '«', '\n'];

/// The kind of a word; `begins` says that any word would be capitalised here.
fn kind(word: &str, folded: &str, begins: bool) -> Kind {
    let Some(first) = word.chars().next() else { return Kind::Stop };
    if is_stop_word(folded) {
        Kind::Stop
    } else if is_unspaced(first) {
        Kind::Character
    } else if first.is_numeric() || first.is_uppercase() && !begins {
        Kind::Name
    } else {
        Kind::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CUTS: Cuts = Cuts { same: 0.61, claim: 0.7, related: 0.3 };
    const FERRY: &str = "The ferry struck the stone breakwater at the mouth of the harbour on Tuesday, and 31 people \
                         were hurt. Divers are to look at the hull before it is towed away.";

    fn found(a: &str, b: &str, cosine: f32) -> Option<Relation> {
        relation(&overlap(a, b), cosine, CUTS)
    }

    fn marked<'a>(a: &'a str, b: &'a str) -> (Vec<&'a str>, Vec<&'a str>) {
        let (in_a, in_b) = shared(a, b);
        (in_a.into_iter().map(|range| &a[range]).collect(), in_b.into_iter().map(|range| &b[range]).collect())
    }

    #[test]
    fn verbatim_but_for_case_punctuation_and_white_space() {
        let shouted = FERRY.to_uppercase().replace([',', '.'], " —\n");
        assert_eq!(found(FERRY, &shouted, 0.0), Some(Relation::Verbatim));
        assert_eq!(overlap(FERRY, &shouted).containment, 1.0);
        assert_eq!(found("Divers are to look at the hull", FERRY, 0.0), Some(Relation::Verbatim));
        assert_eq!(found("It was.", "it was", 0.0), Some(Relation::Verbatim));
        assert_eq!(
            found("渡船停航三天，市长道歉。", "报纸说渡船停航三天市长道歉，没有人受伤。", 0.0),
            Some(Relation::Verbatim)
        );
    }

    #[test]
    fn a_phrase_inside_a_passage_is_no_copy() {
        for phrase in [
            "",
            "Divers",
            "the hull",
            "the mouth of the",
            "The ferry struck",
            "stone breakwater at the",
            "before it was then on",
        ] {
            assert_eq!(found(phrase, FERRY, 0.0), None, "{phrase}");
            assert_eq!(found(phrase, FERRY, 0.5), Some(Relation::Related), "{phrase}");
        }
    }

    #[test]
    fn near_copies() {
        for edited in [
            // A changed number.
            FERRY.replace("31", "27"),
            // Reordered sentences.
            "Divers are to look at the hull before it is towed away. The ferry struck the stone breakwater at the \
             mouth of the harbour on Tuesday, and 31 people were hurt."
                .to_owned(),
            // Changed words.
            "On Tuesday a ferry struck the stone breakwater at the mouth of the port, and 31 people were injured. \
             Divers will look at the hull before it is towed to a dock."
                .to_owned(),
            // A sentence removed, another added.
            "Divers are to look at the hull before it is towed away. Nobody can say what it will cost.".to_owned(),
        ] {
            assert_eq!(found(FERRY, &edited, 0.0), Some(Relation::NearCopy), "{edited}");
        }
    }

    #[test]
    fn long_passages_without_common_words_are_related_at_most() {
        let answer = "A hash table keeps pairs of keys and values. A function turns each key into a number, which says \
                      in which bucket the value lies, so that finding it takes the same time however many there are. \
                      Two keys may fall into one bucket; then a list is kept there, and when the lists become long a \
                      bigger array is made and everything moves.";
        let other = "Dictionaries in most programming languages rest on arrays with computed positions. Looking \
                     something up costs one calculation plus, rarely, a short search among colliding items. Resizing \
                     copies all records, hence insertion is cheap only on average, and ordering is lost. Security \
                     demands seeds, because attackers can choose colliding input and make every request slow.";
        let both = overlap(answer, other);
        assert!(both.vocabulary < 0.3 && both.shorter() >= LONG, "{both:?}");
        assert_eq!(found(answer, other, 0.9), Some(Relation::Related));
        assert_eq!(found(&answer[..150], &other[..150], 0.9), Some(Relation::Paraphrase));
        assert_eq!(overlap("渡船停航", "渡船").vocabulary, 1.0);
    }

    #[test]
    fn what_was_not_copied_is_told_by_the_cosine() {
        let other = "Dozens were injured when a passenger ship ran into the sea wall; its bottom will be inspected.";
        assert_eq!(found(FERRY, other, 0.61), Some(Relation::Paraphrase));
        assert_eq!(found(FERRY, other, 0.6), Some(Relation::Related));
        assert_eq!(found(FERRY, other, 0.3), Some(Relation::Related));
        assert_eq!(found(FERRY, other, 0.29), None);
        assert_eq!(found(FERRY, other, f32::NAN), None);
    }

    #[test]
    fn scattered_runs_are_no_copy() {
        let revised = "Thirty-one people were hurt and the stone breakwater was damaged in Tuesday's crash. Before \
                       anybody tows the ship away, divers have to examine what is left of its bottom and its \
                       engines.";
        assert!((0.1..0.35).contains(&overlap(FERRY, revised).containment));
        assert_eq!(found(FERRY, revised, 0.7), Some(Relation::Paraphrase));
        assert_eq!(found(FERRY, revised, 0.5), Some(Relation::Related));
    }

    #[test]
    fn stop_words_and_names_are_no_sign_of_copying() {
        for (a, b) in [
            (
                "Between 2010 and 2020 it was one of the driest valleys.",
                "Between 2010 and 2020 it was one of the best teams.",
            ),
            (
                "At the end of the day, it is one of the most difficult proofs.",
                "At the end of the day, it is one of the most boring films.",
            ),
            (
                "A spokesman for the Marine Accident Board of the Vessel Republic spoke of fog.",
                "Six clerks of the Marine Accident Board of the Vessel Republic went on strike.",
            ),
        ] {
            let overlap = overlap(a, b);
            assert!(overlap.longest_run >= 7);
            assert_eq!(overlap.containment, 0.0);
            assert_eq!(marked(a, b), (vec![], vec![]));
        }
    }

    #[test]
    fn words_capitalised_as_in_a_headline_are_no_names() {
        let title = "Gale: Why Ferry Strikes Stone Breakwater After Both Engines Fail";
        let longer = "Old Ferry Strikes Stone Breakwater After Both Engines Stop In Thick Fog";
        assert_eq!(found(title, longer, 0.0), Some(Relation::NearCopy));
    }

    #[test]
    fn a_quotation_makes_a_near_copy_if_it_is_a_good_third() {
        let quote = "we had asked for new engines twice before the winter came and nobody cared to answer us";
        let filler = |words: usize, letter: char| (0..words).map(|at| format!(" {letter}{at}x")).collect::<String>();
        let pair = |words| (format!("{quote}{}", filler(words, 'b')), format!("{}, {quote}", filler(words, 'c')));
        let (a, b) = pair(20);
        assert_eq!(found(&a, &b, 0.5), Some(Relation::NearCopy));
        let (a, b) = pair(40);
        assert_eq!(found(&a, &b, 0.5), Some(Relation::Related));
        assert_eq!(marked(&a, &b), (vec![quote], vec![quote]));
    }

    #[test]
    fn shares_and_runs() {
        let (a, b) = ("red foxes eat small birds", "owls say that red foxes eat small mice, seldom old birds");
        let overlap = overlap(a, b);
        assert_eq!((overlap.words, overlap.longest_run), ((5, 11), 4));
        assert_eq!((overlap.a_in_b, overlap.b_in_a, overlap.containment), (4.0 / 5.0, 4.0 / 11.0, 4.0 / 5.0));
        assert_eq!(marked(a, b), (vec!["red foxes eat small"], vec!["red foxes eat small"]));
    }

    #[test]
    fn of_equally_long_passages_the_greater_share_counts() {
        let (a, b) = ("red foxes eat and red foxes eat", "red foxes eat birds beside quiet lakes");
        for overlap in [overlap(a, b), overlap(b, a)] {
            assert_eq!((overlap.words, overlap.containment), ((7, 7), 6.0 / 7.0));
        }
    }

    #[test]
    fn the_second_of_two_overlapping_runs_begins_after_the_first() {
        let (a, b) = ("red foxes eat small birds at noon", "small birds at last; red foxes eat small");
        assert_eq!(overlap(a, b).a_in_b, 6.0 / 7.0);
        assert_eq!(marked(a, b), (vec!["red foxes eat small"], vec!["small birds at", "red foxes eat small"]));
        let (a, b) =
            ("red foxes eat small birds beside quiet lakes", "small birds beside quiet lakes red foxes eat small");
        assert_eq!(marked(a, b).0, ["red foxes eat small", "birds beside quiet lakes"]);
    }

    #[test]
    fn a_run_of_characters_needs_twice_as_many() {
        assert_eq!(marked("他在海边看见渡船", "她从海边看见火车").0, [""; 0]);
        assert_eq!(marked("他在海边看见渡船来了", "她从海边看见渡船离开").0, ["海边看见渡船"]);
    }

    #[test]
    fn hostile_texts_take_no_quadratic_time() {
        // The 10^10 steps of a quadratic algorithm would be noticed.
        let same = "word ".repeat(100_000);
        let alternating: String = (0..50_000).map(|at| format!("word {at}x ")).collect();
        let periodic: String = (0..100_000).map(|at| ["one ", "red ", "fox "][at % 3]).collect();
        for a in [&same, &alternating, &periodic] {
            for b in [&same, &alternating, &periodic] {
                assert_eq!(overlap(a, b).containment == 1.0, a == b);
            }
        }
        assert_eq!(overlap(&same, &format!("{same}word")).longest_run, 100_000);
    }

    fn naive_longest(a: &[Word], b: &[Word]) -> usize {
        let run = |i: usize, j: usize| a[i..].iter().zip(&b[j..]).take_while(|(a, b)| a.folded == b.folded).count();
        (0..a.len()).flat_map(|i| (0..b.len()).map(move |j| run(i, j))).max().unwrap_or(0)
    }

    /// Texts of few different words, so that runs repeat and overlap.
    fn few_words() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(vec!["fox", "Owl", "the", "7", "渡", "fox's", "eats, "]), 0..40)
            .prop_map(|words| words.join(" "))
    }

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![few_words(), any::<String>(), "[a-cA-C渡ß'’. \n]{0,60}"]
    }

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    proptest! {
        #[test]
        fn a_text_is_itself(text in any_text()) {
            let overlap = overlap(&text, &text);
            let words = words(&text).len();
            prop_assume!(words > 0);
            prop_assert_eq!((overlap.containment, overlap.longest_run), (1.0, words));
            prop_assert_eq!((overlap.a_in_b, overlap.b_in_a), (1.0, 1.0));
            prop_assert_eq!(relation(&overlap, 0.0, CUTS), Some(Relation::Verbatim));
        }

        #[test]
        fn it_does_not_matter_which_comes_first(a in any_text(), b in any_text(), cosine in -1.0f32..1.0) {
            let (there, back) = (overlap(&a, &b), overlap(&b, &a));
            prop_assert_eq!(there, back.mirrored());
            prop_assert_eq!(relation(&there, cosine, CUTS), relation(&back, cosine, CUTS));
            let (in_a, in_b) = shared(&a, &b);
            prop_assert_eq!(shared(&b, &a), (in_b, in_a));
        }

        #[test]
        fn shared_ranges_hold_words_of_the_other(a in any_text(), b in any_text()) {
            let (in_a, in_b) = shared(&a, &b);
            for (text, other, ranges) in [(&a, &b, &in_a), (&b, &a, &in_b)] {
                prop_assert!(ranges.iter().all(|range| range.start < range.end));
                prop_assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start));
                let other = folded(other);
                for range in ranges {
                    let within = |word: &Word| range.start <= word.range.start && word.range.end <= range.end;
                    let run: Vec<String> = words(text).into_iter().filter(within).map(|word| word.folded).collect();
                    prop_assert!(text.is_char_boundary(range.start) && text.is_char_boundary(range.end));
                    prop_assert!(!run.is_empty() && other.windows(run.len()).any(|window| window == run), "{:?}", run);
                }
            }
            prop_assert_eq!(in_a.is_empty(), overlap(&a, &b).a_in_b == 0.0);
        }

        #[test]
        fn the_longest_run_is_the_naive_one(a in few_words(), b in few_words()) {
            let naive = naive_longest(&words(&a), &words(&b));
            let overlap = overlap(&a, &b);
            let least = RUN.min(overlap.words.0).min(overlap.words.1);
            prop_assert_eq!(overlap.longest_run, if naive >= least { naive } else { 0 });
        }

        #[test]
        fn shares_lie_between_nothing_and_all(a in any_text(), b in any_text()) {
            let overlap = overlap(&a, &b);
            for share in [overlap.a_in_b, overlap.b_in_a, overlap.containment] {
                prop_assert!((0.0..=1.0).contains(&share));
            }
        }
    }
}
