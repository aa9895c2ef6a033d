//! Finding the numbers of a passage, and what they count or measure.

use std::ops::Range;

use super::{Bound, Change, Quantity, Unit};
use crate::disagreement::number::{self, Number};
use crate::disagreement::opposite::rises;
use crate::disagreement::text::{Text, Token, is_plural, stem};
use crate::disagreement::units::{is_measure, measure};
use crate::disagreement::when::When;

/// Maximum number of quantities of a passage that are compared.
const MAX: usize = 40;
/// A score is kept as one number: the winner's points times this, plus the loser's.
const SCORE: f64 = 1e4;

/// The quantities of a passage that are not part of a date, in order.
pub fn quantities(text: &Text, whens: &[When]) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut whens = whens.iter().peekable();
    while at < text.tokens.len() && found.len() < MAX {
        if let Some(when) = whens.next_if(|when| when.tokens.start <= at) {
            at = at.max(when.tokens.end);
            continue;
        }
        match number::number(text, at) {
            Some(number) => {
                let (quantity, end) = quantity(text, &number);
                let of_whole = found.last().and_then(|whole| part_of(text, &number, whole));
                found.extend(quantity.map(|quantity| match of_whole {
                    Some(unit) if quantity.unit.is_of_things() => Quantity { unit, part: true, ..quantity },
                    _ => quantity,
                }));
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// The quantity of a number, if it is one, and where to continue.
fn quantity(text: &Text, number: &Number) -> (Option<Quantity>, usize) {
    let (second, end) = second_number(text, number);
    if is_label(text, number) {
        return (None, end);
    }
    let tokens = number.tokens.start..end;
    let quantity = match second {
        Some(Second::Score(other)) => {
            let value = number.value * SCORE + other;
            described(
                text,
                &tokens,
                Counted::bare(Unit::Score, end),
                (value, value),
                Number { grain: 0.0, ..number.clone() },
            )
        }
        second => {
            let upper = if let Some(Second::Upper(upper)) = second { upper } else { number.value };
            let counted = counted(text, number, end).unwrap_or(Counted::bare(Unit::Unknown, end));
            described(text, &tokens, counted, (number.value, upper), number.clone())
        }
    };
    (Some(quantity), end)
}

/// What a number counts if it is some of the things before it: `fourteen ships, of which eight`.
fn part_of(text: &Text, number: &Number, whole: &Quantity) -> Option<Unit> {
    let at = number.tokens.start;
    let which = text.folded_before(at, 2) == "of" && matches!(text.folded_before(at, 1), "which" | "whom" | "these");
    let same = text.tokens[at].sentence == text.tokens[whole.tokens.start].sentence;
    (which && same && matches!(whole.unit, Unit::Thing(..))).then(|| whole.unit.clone())
}

fn described(
    text: &Text,
    tokens: &Range<usize>,
    counted: Counted,
    (value, upper): (f64, f64),
    number: Number,
) -> Quantity {
    let Counted { unit, end, phrase, part } = counted;
    let end = end.max(tokens.end);
    let factor = if let Unit::Measure(_, factor) = unit { factor } else { 1.0 };
    Quantity {
        tokens: tokens.start..end,
        bytes: marked(text, tokens),
        value: value * factor,
        upper: upper * factor,
        grain: number.grain * factor,
        bound: bound(text, tokens, end),
        per: per(text, end),
        outcome: outcome(text, tokens, end),
        part: part || unit != Unit::Percent && is_part(text, tokens, end),
        before: is_before(text, tokens.start),
        change: change(text, tokens.start, end, &unit),
        moved: moved(text, tokens.start),
        worded: number.share,
        preposition: preposition(text, tokens.start, &unit),
        context: text.context(&(tokens.start..end), &phrase),
        unit,
    }
}

enum Second {
    /// The loser's points.
    Score(f64),
    Upper(f64),
}

/// `9-6`, `nine votes to six`, `20 to 30`, `between 20 and 30`.
fn second_number(text: &Text, first: &Number) -> (Option<Second>, usize) {
    let end = first.tokens.end;
    let dashed = text.tokens.get(end).is_some_and(|next| matches!(next.gap, "-" | "–"));
    let votes = usize::from(text.folded(end) == "votes");
    let word = text.folded(end + votes);
    let between = word == "and" && text.folded_before(first.tokens.start, 1) == "between";
    let at = if dashed { end } else { end + votes + 1 };
    if first.share
        || text.folded_before(first.tokens.start, 1) == "from"
        || !dashed && !between && !matches!(word, "to" | "or")
    {
        return (None, end);
    }
    let Some(second) = number::number(text, at).filter(|second| !second.share && second.tokens.len() <= 3) else {
        return (None, end);
    };
    let ascending = second.value > first.value;
    match () {
        () if ascending && votes == 0 => (Some(Second::Upper(second.value)), second.tokens.end),
        () if !ascending && (dashed || word == "to") => (Some(Second::Score(second.value)), second.tokens.end),
        () => (None, end),
    }
}

const LABELS: &[&str] = &[
    "no",
    "nos",
    "room",
    "zone",
    "page",
    "chapter",
    "section",
    "article",
    "figure",
    "fig",
    "table",
    "route",
    "highway",
    "flight",
    "gate",
    "platform",
    "bulletin",
    "phase",
    "type",
    "version",
    "channel",
    "act",
    "rule",
    "ward",
    "floor",
    "pier",
    "grade",
    "level",
    "stage",
    "paragraph",
];

/// Whether a number is a name, as after a word like `Room`.
fn is_label(text: &Text, number: &Number) -> bool {
    let at = number.tokens.start;
    let at_least_one = number.value == 1.0 && matches!(text.folded_before(at, 1), "least" | "than");
    if number::is_reference(text.whole, text.tokens[at].range.start)
        || number::is_level(text, number)
        || number::is_of_a_name(text, number)
        || at_least_one
    {
        return true;
    }
    let Some(before) = at.checked_sub(1).map(|at| &text.tokens[at]) else { return false };
    let digits = text.folded(at).starts_with(|c: char| c.is_ascii_digit());
    let adjoins = !text.tokens[at].first && matches!(text.tokens[at].gap, " " | ". " | "-");
    let counts = |next: &Token| is_plural(&next.folded) || matches!(next.folded.as_str(), "percent" | "per" | "pct");
    let named =
        before.capital && before.content && !before.first && !text.joined(number.tokens.end).is_some_and(counts);
    let glued = !text.tokens[at].gap.contains(char::is_whitespace) && before.content && text.tokens[at].gap == "-";
    digits
        && adjoins
        && (LABELS.contains(&before.folded.as_str()) || named && !text.after(at).starts_with('%') || glued)
}

/// What a number counts.
struct Counted {
    unit: Unit,
    /// Where its words end.
    end: usize,
    /// The words that name it, which do not count as context.
    phrase: Vec<usize>,
    part: bool,
}

impl Counted {
    fn bare(unit: Unit, end: usize) -> Self {
        Self { unit, end, phrase: Vec::new(), part: false }
    }
}

fn counted(text: &Text, number: &Number, end: usize) -> Option<Counted> {
    if number.share {
        return Some(Counted::bare(Unit::Percent, end));
    }
    money(text, number, end)
        .or_else(|| percent(text, end))
        .or_else(|| age(text, number, end))
        .or_else(|| measured(text, number, end))
        .or_else(|| noun_after(text, end).filter(|_| !is_compound(text, end)))
        .or_else(|| noun_before(text, number.tokens.start))
}

fn percent(text: &Text, end: usize) -> Option<Counted> {
    if text.after(end - 1).starts_with('%') {
        return Some(Counted::bare(Unit::Percent, end));
    }
    let words = match text.joined(end)?.folded.as_str() {
        "percent" | "pct" => 1,
        "per" if matches!(text.folded(end + 1), "cent" | "100") => 2,
        "percentage" if text.folded(end + 1).starts_with("point") => {
            return Some(Counted::bare(Unit::Measure("points", 1.0), end + 2));
        }
        _ => return None,
    };
    Some(Counted::bare(Unit::Percent, end + words))
}

fn money(text: &Text, number: &Number, end: usize) -> Option<Counted> {
    let before = text.whole[..text.tokens[number.tokens.start].range.start].chars().next_back();
    if let Some(currency) = before.and_then(|c| ['$', '€', '£', '¥'].iter().position(|sign| *sign == c)) {
        return Some(Counted::bare(Unit::Measure(["dollar", "euro", "pound", "yen"][currency], 1.0), end));
    }
    let (currency, factor) = match text.joined(end)?.folded.as_str() {
        "dollar" | "dollars" | "usd" => ("dollar", 1.0),
        "cents" => ("dollar", 0.01),
        "euro" | "euros" | "eur" => ("euro", 1.0),
        "pounds" | "gbp" => ("pound", 1.0),
        "yen" => ("yen", 1.0),
        "crown" | "crowns" => ("crown", 1.0),
        _ => return None,
    };
    Some(Counted::bare(Unit::Measure(currency, factor), end + 1))
}

/// `27-year-old`, `27 years old`, `aged 27`, and `Quill, 58, said`.
fn age(text: &Text, number: &Number, end: usize) -> Option<Counted> {
    if text.folded(end).starts_with("year") && text.folded(end + 1) == "old" {
        return Some(Counted::bare(Unit::Age, end + 2));
    }
    let at = number.tokens.start;
    let aged =
        text.folded_before(at, 1) == "aged" || text.folded_before(at, 2) == "age" && text.folded_before(at, 1) == "of";
    if aged {
        return Some(Counted::bare(Unit::Age, end));
    }
    let named = at > 0 && text.tokens[at - 1].capital && text.tokens[at].gap == ", ";
    let enclosed = text.after(at).starts_with(',') && number.tokens.len() == 1 && number.grain == 1.0;
    (named && enclosed && (1.0..=115.0).contains(&number.value)).then(|| Counted::bare(Unit::Age, end))
}

fn measured(text: &Text, number: &Number, end: usize) -> Option<Counted> {
    let unit = |word: &str| measure(word).map(|(dimension, factor)| Unit::Measure(dimension, factor));
    if !number.suffix.is_empty() {
        return unit(&number.suffix).map(|unit| Counted::bare(unit, end));
    }
    let next = text.joined(end)?;
    let power = matches!(next.folded.as_str(), "square" | "cubic").then(|| text.joined(end + 1)).flatten();
    if let Some(base) = power {
        let (_, factor) = measure(&base.folded)?;
        let (dimension, exponent) = if next.folded == "square" { ("area", 2) } else { ("volume", 3) };
        return Some(Counted::bare(Unit::Measure(dimension, factor.powi(exponent)), end + 2));
    }
    if text.folded(end + 2) == "hour" && matches!(text.folded(end + 1), "per" | "an") {
        let speed = match next.stem.as_str() {
            "mil" => Some("mph"),
            "kilometer" => Some("kph"),
            _ => None,
        };
        return speed.and_then(unit).map(|unit| Counted::bare(unit, end + 3));
    }
    unit(&next.folded).map(|unit| Counted::bare(unit, end + 1))
}

/// The noun after a number: the last plural of the phrase, or its first word.
fn noun_after(text: &Text, end: usize) -> Option<Counted> {
    let (start, part) = of_whole(text, end);
    if matches!(text.folded(start), "whom" | "them") && part {
        return Some(Counted {
            unit: Unit::Thing("them".to_owned(), Vec::new()),
            end: start + 1,
            phrase: Vec::new(),
            part,
        });
    }
    if !part && text.joined(end).is_none() {
        return None;
    }
    let (head, phrase) = text.noun(start)?;
    Some(Counted { unit: thing(text, &phrase), end: head + 1, phrase, part })
}

/// `two-room`, `four-man`: whether the number is part of a compound adjective.
fn is_compound(text: &Text, end: usize) -> bool {
    text.tokens.get(end).is_some_and(|next| next.gap == "-" && !is_plural(&next.folded))
}

/// `two of the`, `two of its`: where the phrase begins, and whether it names a whole.
fn of_whole(text: &Text, end: usize) -> (usize, bool) {
    let skips = |word: &str| matches!(word, "the" | "those" | "these" | "its" | "their" | "his" | "her" | "our");
    match text.joined(end).map(|next| next.folded.as_str()) {
        Some("of") => (end + 1 + usize::from(skips(text.folded(end + 1))), true),
        Some("more" | "other" | "additional" | "further" | "extra" | "fewer" | "less") => (end + 1, true),
        _ => (end, false),
    }
}

/// The unit of a counted phrase: `crew members` are crew, and in `27 injured` the injured are people.
fn thing(text: &Text, phrase: &[usize]) -> Unit {
    let mut stems: Vec<String> = phrase.iter().map(|at| text.tokens[*at].sense.clone()).collect();
    let bare = phrase.last().map_or("", |at| text.tokens[*at].stem.as_str());
    let mut head = stems.pop().unwrap_or_default();
    if head == "member" && !stems.is_empty() {
        head = stems.pop().unwrap_or_default();
    } else if outcome_of(bare).is_some() {
        head = stem("people");
    }
    Unit::Thing(head, stems)
}

/// `the number of persons injured is 27`.
fn noun_before(text: &Text, start: usize) -> Option<Counted> {
    let sentence = text.tokens[start].sentence;
    let said = (start.saturating_sub(3)..start)
        .any(|at| matches!(text.folded(at), "is" | "was" | "at" | "as" | "to" | "were" | "reached" | "stands"));
    let total = (start.saturating_sub(12)..start).rev().find(|at| {
        text.tokens[*at].sentence == sentence
            && matches!(text.folded(*at), "number" | "total" | "count")
            && text.folded(at + 1) == "of"
    });
    let at = total.filter(|_| said)? + 2;
    let noun = (at..(at + 3).min(start)).find(|at| text.tokens[*at].content)?;
    Some(Counted { unit: thing(text, &[noun]), end: start + 1, phrase: vec![noun], part: false })
}

/// The bytes of a number including its currency or percent sign.
fn marked(text: &Text, tokens: &Range<usize>) -> Range<usize> {
    let mut bytes = text.bytes(tokens);
    if let Some(sign) = text.whole[..bytes.start].chars().next_back().filter(|c| matches!(c, '$' | '€' | '£' | '¥'))
    {
        bytes.start -= sign.len_utf8();
    }
    bytes.end += usize::from(text.whole[bytes.end..].starts_with('%'));
    bytes
}

/// How the words before a number, or `or so` after it, qualify it.
fn bound(text: &Text, tokens: &Range<usize>, end: usize) -> Bound {
    let (one, two, three) =
        (text.folded_before(tokens.start, 1), text.folded_before(tokens.start, 2), text.folded_before(tokens.start, 3));
    let negated = matches!(three, "no" | "not");
    match (two, one) {
        ("more" | "greater" | "larger" | "higher" | "longer", "than") if negated => Bound::AtMost,
        ("fewer" | "less", "than") if negated => Bound::AtLeast,
        ("more" | "greater" | "larger" | "higher" | "longer" | "better", "than")
        | ("at", "least")
        | ("upwards" | "minimum", "of") => Bound::AtLeast,
        ("fewer" | "less" | "smaller" | "lower", "than")
        | ("up", "to")
        | ("at", "most")
        | ("many" | "much", "as")
        | ("maximum", "of") => Bound::AtMost,
        ("an" | "the", "estimated") => Bound::About,
        (_, "over" | "above" | "exceeding" | "exceeded" | "topped") => Bound::AtLeast,
        (_, "under" | "below" | "within") => Bound::AtMost,
        (
            _,
            "about" | "around" | "roughly" | "approximately" | "some" | "circa" | "nearly" | "almost" | "estimated"
            | "close" | "typically",
        ) => Bound::About,
        ("close" | "near", "to") => Bound::About,
        _ if text.folded(end) == "or" && text.folded(end + 1) == "so" => Bound::About,
        _ if text.folded(tokens.end) == "or" && text.folded(tokens.end + 1) == "more" => Bound::AtLeast,
        _ => Bound::Exact,
    }
}

/// `a month`, `per kilogram`, `each`.
fn per(text: &Text, end: usize) -> Option<String> {
    let at = end + usize::from(text.folded(end) == "more");
    let rate = match text.folded(at) {
        "per" => true,
        "a" | "an" | "every" | "each" => is_measure(text.folded(at + 1)),
        _ => false,
    };
    rate.then(|| stem(text.folded(at + 1)))
}

fn is_part(text: &Text, tokens: &Range<usize>, end: usize) -> bool {
    let more = |word: &str| {
        matches!(
            word,
            "another" | "other" | "others" | "additional" | "extra" | "further" | "more" | "remaining" | "fewer"
        )
    };
    let of_all = matches!(
        (text.folded_before(tokens.start, 2), text.folded_before(tokens.start, 1)),
        ("of", "the" | "its" | "their")
    );
    // For example, `Of those who were moved, 3,200 have gone home`.
    let first = (0..tokens.start).rev().find(|at| text.tokens[*at].first);
    let of_those = first.is_some_and(|first| {
        text.folded(first) == "of" && (first..=tokens.start).any(|at| at > first && text.tokens[at].gap.contains(','))
    });
    of_all
        || of_those
        || more(text.folded_before(tokens.start, 1))
        || more(text.folded(tokens.end))
        || more(text.folded(end)) && text.folded(end + 1) != "than"
}

/// The outcome nearest to a number in its own part of the sentence.
fn outcome(text: &Text, tokens: &Range<usize>, end: usize) -> Option<&'static str> {
    let barrier = |at: usize| {
        matches!(text.folded(at), "and" | "while" | "but") || text.folded(at).starts_with(|c: char| c.is_ascii_digit())
    };
    let lives = |at: usize| {
        let lost = (1..=3).any(|back| matches!(text.folded_before(at, back), "claimed" | "claiming" | "lost" | "cost"));
        (lost && matches!(text.folded(at), "life" | "lives")).then_some("killed")
    };
    let at_outcome = |at: usize| outcome_of(&text.tokens[at].stem).or_else(|| lives(at));
    let right = (tokens.end..(end + 5).min(text.tokens.len()))
        .take_while(|at| !(text.tokens[*at].first || text.tokens[*at].gap.contains(',') || barrier(*at)))
        .find_map(at_outcome);
    let left = (tokens.start.saturating_sub(8)..tokens.start)
        .rev()
        .take_while(|at| !text.tokens[at + 1].first && !text.tokens[at + 1].gap.contains(',') && !barrier(*at))
        .find_map(at_outcome);
    right.or(left)
}

fn outcome_of(stem: &str) -> Option<&'static str> {
    Some(match stem {
        "injur" => "injured",
        "kill" => "killed",
        "rescu" | "sav" | "evacuat" => "rescued",
        "arrest" | "detain" => "arrested",
        "miss" => "missing",
        "surviv" => "survived",
        "treat" => "treated",
        "damag" | "destroi" => "damaged",
        "trap" => "trapped",
        _ => return None,
    })
}

/// Whether a number is the one that another is compared with: `against 44 million`, `last year: 61 million`.
fn is_before(text: &Text, start: usize) -> bool {
    let word = |back: usize| text.folded_before(start, back);
    let past = matches!(
        (word(2), word(1)),
        ("last" | "previous", "year" | "month" | "quarter" | "week" | "time")
            | ("year" | "month" | "week", "ago" | "before" | "earlier")
    );
    past || matches!(word(1), "against" | "versus") || word(2) == "compared" && matches!(word(1), "with" | "to")
}

fn preposition(text: &Text, start: usize, unit: &Unit) -> Option<&'static str> {
    let word = text.folded_before(start, 1);
    matches!(unit, Unit::Measure("time" | "months", _))
        .then(|| ["in", "for", "after", "every"].into_iter().find(|known| *known == word))?
}

/// Whether the number is the level reached, or the amount of the change.
fn change(text: &Text, start: usize, end: usize, unit: &Unit) -> Option<Change> {
    if matches!(unit, Unit::Thing(..)) {
        return None;
    }
    if text.folded_before(start, 1) == "to" && text.folded_before(start, 2) != "up" {
        return Some(Change::To);
    }
    if text.folded_before(start, 1) == "from" {
        return Some(Change::From);
    }
    match text.folded(end) {
        "higher" | "more" | "longer" | "larger" => return Some(Change::Up),
        "lower" | "less" | "fewer" | "smaller" => return Some(Change::Down),
        _ => {}
    }
    let of = |up: bool| if up { Change::Up } else { Change::Down };
    (start.saturating_sub(3)..start).rev().find_map(|at| match text.tokens[at].stem.as_str() {
        "cut" => Some(Change::Down),
        stem => rises(stem).map(of),
    })
}

/// Number of words before a number in which a raised or lowered amount is looked for.
const MOVES: usize = 10;

/// Whether an amount was raised to a number, or lowered: `raised its offer to 2 billion`, `an improved bid of`.
fn moved(text: &Text, start: usize) -> Option<bool> {
    let to = (1..=3).any(|back| text.folded_before(start, back) == "to");
    let tokens = start..start + 1;
    let mut before: Vec<usize> = text.around(&tokens, MOVES).filter(|at| *at < start).collect();
    before.reverse();
    before.into_iter().find_map(|at| {
        // As an adjective it needs no `to`.
        let of_noun = text.joined(at + 1).is_some_and(|next| next.content) && at + 1 < start;
        match text.folded(at) {
            "improved" | "increased" | "raised" | "sweetened" | "higher" | "boosted" if to || of_noun => Some(true),
            "lowered" | "reduced" | "cut" | "lower" | "trimmed" if to || of_noun => Some(false),
            _ if !to => None,
            "lift" | "lifts" | "lifted" | "raise" | "raises" | "increase" | "increases" | "hiked" | "upped" => {
                Some(true)
            }
            "lower" | "lowers" | "reduce" | "reduces" | "cuts" | "slashed" => Some(false),
            _ => None,
        }
    })
}
