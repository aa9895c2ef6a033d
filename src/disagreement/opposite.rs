//! Words of opposite meaning, such as something that rises in one passage and falls in the other.
//!
//! Two statements are opposed if each is at one end of a scale only, and the words around them are the same. A negated
//! word counts as one at the other end.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use super::negation::{Polarity, is_negation};
use super::text::{Context, Text, Token, are_apart, stem};
use super::{Difference, Kind};
use crate::lang::english::opposites::{AMOUNTS, IRREAL, Of, PREFIXES, SCALES, TURNS};

/// Maximum number of words of a scale that are compared with the other passage's.
const MAX: usize = 40;
/// Number of words before a word of a scale in which its subject is looked for.
const REACH: usize = 6;
/// Fewest words shared around two opposed words, and near one of them.
const SHARED: u32 = 3;
const NEAR: u32 = 1;
/// The least share of the words around the opposed word with fewer of them that both have.
const SHARE: f64 = 0.3;
/// The least number and share of shared words if there are fewer than [`SHARED`].
const FEW: u32 = 2;
const MOST: f64 = 0.7;
/// Distances in words at which a negation of something else, or a wish, leaves open whether a word of a scale applies.
const OPEN: usize = 4;
const WISHED: usize = 8;

/// A word or phrase.
struct Entry {
    /// The scale and the end to which it belongs, if any.
    at: Option<(usize, usize)>,
    /// Its words after the first.
    rest: Vec<String>,
    /// The only form that is meant, if just one is.
    form: Option<&'static str>,
}

static ENTRIES: LazyLock<HashMap<String, Vec<Entry>>> = LazyLock::new(|| {
    let mut entries: HashMap<String, Vec<Entry>> = HashMap::new();
    let mut enter = |at: Option<(usize, usize)>, text: &'static str| {
        let form = text.strip_prefix('=');
        let mut words = form.unwrap_or(text).split([' ', '-']).map(stem);
        let first = words.next().unwrap_or_default();
        entries.entry(first).or_default().push(Entry { at, rest: words.collect(), form });
    };
    for (scale, ends) in SCALES.iter().map(|scale| scale.ends).enumerate() {
        for (end, words) in ends.iter().enumerate() {
            words.iter().for_each(|word| enter(Some((scale, end)), word));
        }
    }
    TURNS.iter().for_each(|turn| enter(None, turn));
    // The longest matching phrase applies.
    entries.values_mut().for_each(|entries| entries.sort_by_key(|entry| std::cmp::Reverse(entry.rest.len())));
    entries
});

/// Words for the loss of something on which an amount depends.
const LOSSES: &[&str] = &["losing", "without", "stopping", "removing", "removal", "cutting", "absence", "lack"];

/// A scale of words: a listed one, or a word and its negation by a prefix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Scale {
    Listed(usize),
    Prefixed(String),
}

/// A word of a scale in a passage.
struct Said {
    tokens: Range<usize>,
    scale: Scale,
    /// The end of the scale; `None` if a negation leaves that open.
    end: Option<usize>,
}

/// Whether two passages in opposite words say the same, because what one says of a loss the other says of a gain:
/// `without trees, more deaths` and `more trees, fewer deaths`.
pub fn cancel(a: &Polarity<'_, '_>, b: &Polarity<'_, '_>) -> bool {
    let lost = |text: &Text| (0..text.tokens.len()).filter(|at| LOSSES.contains(&text.folded(*at))).count();
    let falls = |polarity: &Polarity<'_, '_>| {
        let down = |said: &Said| {
            said.end == Some(1)
                && matches!(said.scale, Scale::Listed(scale) if SCALES[scale].ends[1].contains(&"=fewer"))
        };
        said(polarity).into_iter().filter(down).map(|said| said.tokens.start).collect::<HashSet<_>>().len()
    };
    let (lost_a, lost_b) = (lost(a.text), lost(b.text));
    lost_a + lost_b > 0 && (lost_a + falls(a)).is_multiple_of(2) == (lost_b + falls(b)).is_multiple_of(2)
}

/// The difference if one passage says the opposite of the other: the pair of words with the most equal surroundings.
pub fn difference(a: &Polarity<'_, '_>, b: &Polarity<'_, '_>) -> Option<Difference> {
    let (said_a, said_b) = (said(a), said(b));
    let (ends_a, ends_b) = (one_sided(&said_a), one_sided(&said_b));
    let around = |text: &Text, of_scale: &[&Said]| {
        of_scale.iter().take(MAX).map(|said| text.context(&said.tokens, &[])).collect::<Vec<Context>>()
    };
    let mut opposed: Vec<(u32, &Said, &Said)> = Vec::new();
    for (scale, (end, of_a)) in &ends_a {
        let Some((_, of_b)) = ends_b.get(scale).filter(|(other, _)| other != end) else { continue };
        let (around_a, around_b) = (around(a.text, of_a), around(b.text, of_b));
        for (x, here) in of_a.iter().zip(&around_a) {
            let shared = |(y, there)| Some((shared((a.text, x, here), (b.text, y, there))?, *x, y));
            opposed.extend(of_b.iter().copied().zip(&around_b).filter_map(shared));
        }
    }
    let most = opposed.iter().map(|(shared, ..)| *shared).max()?;
    let scale = opposed.iter().filter(|(shared, ..)| *shared == most).map(|(_, x, _)| &x.scale).min()?;
    // Among equally good ones the first on each side, so that the sides can be exchanged.
    let best = opposed.iter().filter(|(shared, x, _)| *shared == most && x.scale == *scale);
    let (x, y) = (best.clone().map(|(_, x, _)| x), best.map(|(_, _, y)| y));
    let (x, y) = (x.min_by_key(|x| x.tokens.start)?, y.min_by_key(|y| y.tokens.start)?);
    Some(Difference::of_kind(Kind::Negation, a.shown(&x.tokens), b.shown(&y.tokens)))
}

/// Whether two stems are at the two ends of a scale, or statements about them do not carry over to each other.
pub fn opposed(a: &str, b: &str) -> bool {
    let at = |stem: &str| ENTRIES.get(stem).map_or(&[][..], Vec::as_slice).iter().filter_map(|entry| entry.at);
    let denies = |a: &str, b: &str| ["un", "in", "im", "il", "ir", "dis"].iter().any(|p| a.strip_prefix(p) == Some(b));
    are_apart(a, b)
        || denies(a, b)
        || denies(b, a)
        || at(a).any(|(scale, end)| at(b).any(|(other, its)| scale == other && its != end))
}

/// Whether a stem says that an amount rises, or that it falls.
pub fn rises(stem: &str) -> Option<bool> {
    let entries = ENTRIES.get(stem).map_or(&[][..], Vec::as_slice);
    let plain = entries.iter().filter(|entry| entry.rest.is_empty() && entry.form.is_none());
    plain.filter_map(|entry| entry.at).find(|(scale, _)| *scale == 0).map(|(_, end)| end == 0)
}

/// The words of scales in a passage, in order.
fn said(polarity: &Polarity<'_, '_>) -> Vec<Said> {
    let text = polarity.text;
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() {
        let token = &text.tokens[at];
        let entries = ENTRIES.get(&token.stem).map_or(&[][..], Vec::as_slice);
        let stands = |entry: &&Entry| {
            let after = |(on, word): (usize, &String)| {
                text.tokens.get(at + 1 + on).is_some_and(|next| !next.first && next.stem == *word)
            };
            entry.form.is_none_or(|form| form == token.folded) && entry.rest.iter().enumerate().all(after)
        };
        let length = entries.iter().find(stands).map_or(0, |entry| 1 + entry.rest.len());
        let meant = entries.iter().filter(|entry| 1 + entry.rest.len() == length).filter(stands);
        for (scale, end) in meant.filter_map(|entry| entry.at) {
            // A phrase that begins with a negation includes it.
            let negated = if is_negation(text, at) { Some(false) } else { negated(polarity, at) };
            let end = negated.map(|negated| if negated { 1 - end } else { end });
            found.push(Said { tokens: at..at + length, scale: Scale::Listed(scale), end });
        }
        if let (Some((stem, end)), 0) = (prefixed(token), length) {
            let end = negated(polarity, at).map(|negated| if negated { 1 - end } else { end });
            found.push(Said { tokens: at..at + 1, scale: Scale::Prefixed(stem), end });
        }
        at += length.max(1);
    }
    found
}

/// Whether a word of a scale is negated; `None` if that is open: after `failed to reach` or `none of them`, and if it
/// is only wished or expected.
fn negated(polarity: &Polarity<'_, '_>, at: usize) -> Option<bool> {
    let text = polarity.text;
    let negated = polarity.negated(at)?;
    let before = text.around(&(at..at + 1), WISHED).filter(|before| *before < at);
    let clause =
        before.filter(|before| text.tokens[before + 1..=at].iter().all(|next| !next.gap.contains([',', ':', '('])));
    let open = |before: usize| {
        let wished = IRREAL.contains(&text.folded(before)) && text.folded(before + 1) != "by";
        wished || text.folded(before) == "none" || !negated && at - before <= OPEN && is_negation(text, before)
    };
    let mut clause = clause;
    (!clause.any(open)).then_some(negated)
}

/// The stem of a word of at least five letters without a negating prefix, and 1 if it had one.
fn prefixed(token: &Token) -> Option<(String, usize)> {
    static DENIED: LazyLock<HashMap<String, &str>> = LazyLock::new(|| {
        let words = PREFIXES.iter().flat_map(|(prefix, words)| words.iter().map(move |word| (prefix, word)));
        words.map(|(prefix, word)| (stem(&format!("{prefix}{word}")), *word)).collect()
    });
    let bare = DENIED.get(&token.stem).copied().or_else(|| token.folded.strip_prefix("un"));
    let (word, end) = bare.filter(|bare| bare.len() >= 4).map_or((token.folded.as_str(), 0), |bare| (bare, 1));
    (token.content && word.len() >= 4).then(|| (stem(word), end))
}

/// The scales on which all of a passage's words are at one end, with that end and the words.
fn one_sided<'s>(said: &'s [Said]) -> BTreeMap<&'s Scale, (usize, Vec<&'s Said>)> {
    let mut of_scales: BTreeMap<&'s Scale, Vec<&'s Said>> = BTreeMap::new();
    said.iter().for_each(|said| of_scales.entry(&said.scale).or_default().push(said));
    let at_one_end = |(scale, said): (&'s Scale, Vec<&'s Said>)| {
        let end = said.first()?.end?;
        said.iter().all(|said| said.end == Some(end)).then_some((scale, (end, said)))
    };
    of_scales.into_iter().filter_map(at_one_end).collect()
}

/// A passage, a word of a scale in it, and the word's surroundings.
type Around<'s> = (&'s Text<'s>, &'s Said, &'s Context);

/// Number of words shared around two opposed words, if these are about the same.
fn shared((a, x, here): Around<'_>, (b, y, there): Around<'_>) -> Option<u32> {
    let of = match x.scale {
        Scale::Listed(scale) => SCALES[scale].of,
        // A word and its plain negation are left to `negation`.
        Scale::Prefixed(_) if a.tokens[x.tokens.start].stem == b.tokens[y.tokens.start].stem => return None,
        Scale::Prefixed(_) => Of::Event,
    };
    let same = match of {
        Of::Event => true,
        Of::Amount => same_amounts(here, there),
        Of::Somebody => same_subject((a, x), (b, y), here, there),
    };
    let (near, (both, share)) = (here.shared(there), here.in_common(there));
    let like = near >= NEAR && (both >= SHARED && share >= SHARE || both >= FEW && share >= MOST);
    (same && like && !here.apart(there) && !a.is_question(x.tokens.start) && !b.is_question(y.tokens.start))
        .then_some(both)
}

/// Whether both name the same amounts, or one names none.
pub fn same_amounts(a: &Context, b: &Context) -> bool {
    static STEMS: LazyLock<Vec<Vec<String>>> =
        LazyLock::new(|| AMOUNTS.iter().map(|words| words.iter().map(|word| stem(word)).collect()).collect());
    let of = |context: &Context| -> HashSet<usize> {
        (0..STEMS.len()).filter(|at| STEMS[*at].iter().any(|stem| context.names(stem))).collect()
    };
    let (a, b) = (of(a), of(b));
    a.is_empty() || b.is_empty() || !a.is_disjoint(&b)
}

/// Whether the subjects of the two are named in both.
fn same_subject((a, x): (&Text, &Said), (b, y): (&Text, &Said), here: &Context, there: &Context) -> bool {
    let subject = |text: &Text, said: &Said| {
        let at = said.tokens.start;
        (at.saturating_sub(REACH)..at)
            .rev()
            .take_while(|at| !text.tokens[at + 1].first)
            .find(|at| text.tokens[*at].tells())
            .map(|at| text.tokens[at].sense.clone())
    };
    subject(a, x).is_some_and(|subject| there.has(&subject)) || subject(b, y).is_some_and(|subject| here.has(&subject))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flagged(a: &str, b: &str) -> Option<(String, String)> {
        let (x, y) = (Text::read(a).unwrap(), Text::read(b).unwrap());
        difference(&Polarity::read(&x), &Polarity::read(&y)).map(|found| (a[found.a].to_owned(), b[found.b].to_owned()))
    }

    #[test]
    fn words_and_turns_of_phrase_are_opposed() {
        for (a, b, words) in [
            (
                "Rents in the harbour district rose last year, the board of the port said",
                "Last year rents around the port's harbour district were lower, its board said",
                ("rose", "lower"),
            ),
            (
                "The council approved the new bridge over the Tarn",
                "The new bridge over the Tarn was turned down by the council",
                ("approved", "turned down"),
            ),
            (
                "The pilot of the mail plane was conscious when rescuers reached the wreck",
                "Rescuers who reached the wreck of the mail plane found its pilot unconscious",
                ("conscious", "unconscious"),
            ),
            (
                "The results of the school survey were accurate, the inspectors wrote",
                "Inspectors called the results of the survey of the school inaccurate",
                ("accurate", "inaccurate"),
            ),
            (
                "The board did not accept the offer of the dockers' union",
                "The board has adopted the offer that the dockers' union made",
                ("not accept", "adopted"),
            ),
            (
                "Singing had no effect on the number of words that pensioners recalled",
                "Pensioners recalled more words after singing",
                ("no effect", "more"),
            ),
        ] {
            assert_eq!(flagged(a, b), Some((words.0.to_owned(), words.1.to_owned())), "{a} | {b}");
            assert_eq!(flagged(b, a), Some((words.1.to_owned(), words.0.to_owned())), "{b} | {a}");
        }
    }

    #[test]
    fn what_is_said_of_something_else_is_not() {
        for (a, b) in [
            // Different amounts.
            ("The brewery's profit rose in the spring quarter", "In the spring quarter the brewery's sales fell"),
            // Both ends in one sentence.
            (
                "Exports of the county rose and its imports of grain fell",
                "Exports of the county fell, and so did its imports of grain",
            ),
            // Different subjects.
            ("Anna Holt won the regatta on the Mere", "Lena Broch lost the regatta on the Mere"),
            // A fixed phrase.
            (
                "The farms fall within the flood zone of the Tarn",
                "Water in the flood zone of the Tarn rises by the farms",
            ),
            // Little else is the same.
            ("The mill closed for good in the autumn", "The school opened its new hall in the autumn"),
            // The same end.
            ("The board did not reject the plan for the mill", "The board accepted the plan for the mill"),
        ] {
            assert_eq!(flagged(a, b), None, "{a} | {b}");
        }
    }

    #[test]
    fn opposite_words_of_opposite_causes_say_the_same() {
        let found = |a: &str, b: &str| crate::disagreement::differences(a, b).len();
        let without = "Without the hedges the floods in the valley were higher, a study found";
        assert_eq!(found(without, "With more hedges the floods in the valley were lower, a study found"), 0);
        assert_eq!(found(without, "Without the hedges the floods in the valley were lower, a study found"), 1);
    }

    #[test]
    fn no_word_is_at_both_ends_of_a_scale() {
        for scale in SCALES {
            let ends =
                scale.ends.map(|words| words.iter().map(|word| word.trim_start_matches('=')).collect::<HashSet<_>>());
            assert!(ends[0].is_disjoint(&ends[1]), "{:?}", scale.ends);
        }
    }
}
