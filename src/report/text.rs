//! How all renderings of a report show the words of documents.
//!
//! Documents are hostile: control and direction-changing characters in their words are replaced, and each rendering
//! escapes the words for its format.

use std::collections::HashMap;
use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::{
    Calibration, ClusterKind, ClusterRef, ClusterReport, Conflict, Degrees, DifferenceRef, Independent, Member,
    MergeRef, Nearest, PassageRef, Percentile, Rules, Score, Verdict, counted,
};
use crate::disagreement::Kind;
use crate::lang;
pub(crate) use crate::lang::shortened;
use crate::source::Place;

/// Replaces the characters that could change how a terminal shows the text around them.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if is_unprintable(c) { '\u{fffd}' } else { c }).collect()
}

/// Whether a character could change how a terminal shows the text around it: control characters, direction marks, other
/// line ends, a byte order mark.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{180e}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Maximum number of characters of a query that are repeated in the output.
const REPEATED: usize = 1000;

/// A query as typed, on one line; a long one is cut.
pub fn one_line(query: &str) -> String {
    printable(&shortened(&lang::one_line(query), REPEATED))
}

/// A place in a file: `path:line` or `path p. 3`, followed by a time if the format has times (`path:12 0:01:23`); only
/// the path if the format has none of these.
pub fn position(path: &str, at: Place) -> String {
    let path = printable(path);
    let place = match (at.line, at.page) {
        (Some(line), _) => format!("{path}:{line}"),
        (None, Some(page)) => format!("{path} p. {page}"),
        (None, None) => path,
    };
    match at.time {
        Some(time) => format!("{place} {}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60),
        None => place,
    }
}

/// How many sources of a claim are unsure: `, 2 of them unsure`; empty if none are.
pub fn unsure(claim: &ClusterRef) -> String {
    of_them_unsure(claim.unsure_sources())
}

/// How many of some sources or claims are unsure: `, 2 of them unsure`; empty if none are.
pub fn of_them_unsure(count: usize) -> String {
    if count == 0 { String::new() } else { format!(", {count} of them unsure") }
}

/// The place of a nearest miss.
pub fn nearest_place(near: &Nearest) -> String {
    match (Place { line: near.line_start, page: near.page, time: near.time }) {
        Place::NOWHERE => printable(&near.passage[near.folder..]),
        at => position(&near.path[near.folder..], at),
    }
}

/// The cosine of two passages, and the probability that sentences of them say the same.
pub fn probable(cosine: Score, probability: Score) -> String {
    format!("{}, probability {}", score(cosine), score(probability))
}

/// How one of two sources was derived from the other; `a` is the id of the first, `names` are their names.
pub fn verdict(verdict: &Verdict, a: &str, names: [&str; 2]) -> String {
    let [of, from] = if verdict.of == a { names } else { [names[1], names[0]] };
    let Degrees { copy, light, heavy, independent } = verdict.shares;
    let shares = [
        (copy, "word for word, or nearly"),
        (light, "partly word for word"),
        (heavy, "in other words"),
        (independent, "its own"),
    ];
    let shares = shares.iter().filter(|(share, _)| share.0 >= 0.005);
    let shares = shares.map(|(share, how)| format!("{:.0}% is {how}", 100.0 * share.0)).collect::<Vec<_>>().join(", ");
    if !verdict.is_founded() {
        return format!("too short to tell how one was made from the other: of {of}, {shares}");
    }
    if !verdict.is_likely() {
        let Degrees { copy, light, heavy, independent } = verdict.probabilities;
        let mut degrees =
            [(copy, "a copy"), (light, "lightly revised"), (heavy, "heavily revised"), (independent, "independent")];
        degrees.sort_by(|(x, _), (y, _)| y.0.total_cmp(&x.0));
        let [(first, likeliest), (second, next), ..] = degrees;
        let degrees = format!("{likeliest} (probability {}) or {next} ({})", score(first), score(second));
        return format!("unclear how one was made from the other, {degrees}: of {of}, {shares}");
    }
    let how = match verdict.degree {
        "copy" => format!("{of} looks like a copy of {from}, or the other way round"),
        "lightly revised" => format!("{of} looks like {from} lightly revised, or the other way round"),
        // Reports of one event have as much in common as a text and its heavy revision.
        "heavily revised" => {
            format!("{of} says much of what {from} says in other words: it is heavily revised, or about the same event")
        }
        _ => format!("{of} and {from} look independent"),
    };
    format!("{how} (probability {}): of {of}, {shares}", score(verdict.probability))
}

/// How close a nearest miss comes.
pub fn nearness(near: &Nearest) -> String {
    match near.probability {
        Some(probability) => probable(near.score, probability),
        None => unusual(near.score, Some(near.percentile)),
    }
}

/// The bytes of a passage that hold a sentence.
pub fn sentence_in(text: &str, sentence: &str) -> Option<Range<usize>> {
    text.find(sentence).map(|at| at..at + sentence.len())
}

/// The range of a text to show around a part of it: at most `context` characters on each side, from a space to a space.
pub fn window(text: &str, part: &Range<usize>, context: usize) -> Range<usize> {
    let (before, after) = (text[..part.start].trim_end(), text[part.end..].trim_start());
    let from = before
        .char_indices()
        .rev()
        .nth(context)
        .map_or(0, |(at, _)| before[at..].find(' ').map_or(at, |space| at + space));
    let to = after.char_indices().nth(context).map_or(after.len(), |(at, _)| after[..at].rfind(' ').unwrap_or(at));
    from..text.len() - after.len() + to
}

/// Maximum number of pairs of a group that are listed one by one.
const EACH: usize = 2;
/// Maximum number of groups of sources that are listed, and of names in each.
const GROUPS: usize = 6;
const TOLD: usize = 4;

/// Why sources count once, one line per group.
pub fn merged(independent: &Independent) -> Vec<String> {
    let mut groups: Vec<(Vec<&str>, Vec<&MergeRef>)> = Vec::new();
    for merge in &independent.merged {
        let ends = [merge.names[0].as_str(), merge.names[1].as_str()];
        let (touched, rest): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|(names, _)| ends.iter().any(|end| names.contains(end)));
        let mut joined = (Vec::new(), Vec::new());
        for (names, merges) in touched {
            joined.0.extend(names);
            joined.1.extend(merges);
        }
        joined.0.extend(ends.into_iter().filter(|end| !joined.0.contains(end)).collect::<Vec<_>>());
        joined.1.push(merge);
        groups = rest;
        groups.push(joined);
    }
    groups.sort_by_key(|(names, _)| std::cmp::Reverse(names.len()));
    let more = groups.len().saturating_sub(GROUPS);
    let told = groups.iter().take(GROUPS).map(|(names, merges)| format!("counted once: {}", group(names, merges)));
    told.chain((more > 0).then(|| format!("and {} of sources that count once", counted(more, "more group"))))
        .map(|line| printable(&line))
        .collect()
}

/// The sources of a group and the reasons for it.
fn group(names: &[&str], merges: &[&MergeRef]) -> String {
    if merges.len() <= EACH {
        let each = merges.iter().map(|merge| format!("{} and {} ({})", merge.names[0], merge.names[1], merge.told()));
        return each.collect::<Vec<_>>().join("; ");
    }
    let mut why: Vec<String> = Vec::new();
    for merge in merges {
        let reason = match merge.reason {
            "publisher" if names.len() > 2 => merge.detail.replacen("both", "some", 1),
            "publisher" => merge.detail.clone(),
            "copy" => "copies of one another".to_owned(),
            _ => "the same words here".to_owned(),
        };
        if !why.contains(&reason) {
            why.push(reason);
        }
    }
    let told = names.iter().take(TOLD).copied().collect::<Vec<_>>().join(", ");
    let more = if names.len() > TOLD { format!(" and {} more", names.len() - TOLD) } else { String::new() };
    format!("{told}{more}: {}", why.join("; "))
}

/// Where the passages of a claim may disagree, each pair of words once, with their places.
pub fn disagreements(claim: &ClusterRef) -> Vec<String> {
    let places: HashMap<&str, &PassageRef> =
        claim.members.iter().map(|member| (member.passage.id.as_str(), &member.passage)).collect();
    let at = |id: &str| places.get(id).map_or_else(String::new, |passage| format!("({})", passage.short_place()));
    let mut told: Vec<(&str, &str, &str)> = Vec::new();
    let mut lines = Vec::new();
    for Conflict { a, b, differences } in &claim.may_disagree {
        for found in differences {
            let words = (found.kind, found.a.as_str(), found.b.as_str());
            if !told.contains(&words) && !told.contains(&(words.0, words.2, words.1)) {
                told.push(words);
                lines.push(difference(found, &at(a), &at(b)));
            }
        }
    }
    lines
}

/// A difference with both sides: `number: 31 here, 27 there`.
pub fn difference(found: &DifferenceRef, a: &str, b: &str) -> String {
    let quoted = |words: &str| {
        if words.trim().is_empty() { "nothing".to_owned() } else { format!("\"{}\"", one_line(&shortened(words, 160))) }
    };
    let [a, b] =
        [(&found.a, a), (&found.b, b)].map(|(words, place)| format!("{} {place}", quoted(words)).trim_end().to_owned());
    format!("{}: {a}, {b}", found.kind)
}

/// How it was decided which passages say the same.
pub fn decided(rules: &Rules) -> String {
    let same = match rules.decided_by {
        "corpus and model" => format!(
            "96 of 100 random pairs are below {}, and the threshold is clamped to {}–{}, the 98.5th and 99.9th \
             percentiles of pairs on one subject with this model",
            score(rules.usual),
            score(rules.least),
            score(rules.most)
        ),
        flag => format!("set by {flag}"),
    };
    format!(
        "Two passages say the same if a sentence of each says the same. They are unusually alike if their cosine is {} \
         or more ({same}). Several passages form a theme if their mean cosine is {} or more. Copies are identified by \
         their words: a verbatim passage appears whole in the other, apart from case and punctuation; a near-copy \
         shares {} or more of its words, not counting {:.0} of them, in runs of three words or more, at least one of \
         which is distinctive. Other passages that say the same are paraphrases. So are passages that are unusually \
         alike, unless both have {} words or more and share less than {} of their distinctive words. Passages with a \
         cosine of {} or more are related. Where sources may disagree, {} in labelled texts.",
        score(rules.same),
        score(rules.claim),
        score(rules.copied),
        rules.free_words.0,
        rules.long,
        score(rules.kept),
        score(rules.related),
        flags()
    )
}

/// How often a flag of each kind is a contradiction.
fn flags() -> String {
    let of = |kind: Kind| format!("{:.0} of 100 with a {}", 100.0 * kind.probability(), kind.name());
    let [numbers, others @ .., last] = [Kind::Number, Kind::Percentage, Kind::Date, Kind::Name, Kind::Negation].map(of);
    format!("{} contradict each other, {} and {last}", numbers.replacen(" with", " places with", 1), others.join(", "))
}

/// Explains the numbers shown with passages.
pub fn numbers(calibration: Calibration) -> String {
    let pairs = match calibration.pairs {
        Some(pairs) => format!("{pairs} pairs of texts, each from two sources here"),
        None => "pairs of texts on one subject from a sample, since there are few here".to_owned(),
    };
    format!(
        "Numbers: cosine similarity (1 means identical), and how many random pairs are at least as close (measured on \
         {pairs}). Similar does not mean the same: read the passages."
    )
}

/// A cosine with two decimals.
pub fn score(score: Score) -> String {
    format!("{:.2}", score.0)
}

/// A cosine, and how many random pairs are as close.
pub fn unusual(cosine: Score, percentile: Option<Percentile>) -> String {
    percentile.map_or_else(
        || score(cosine),
        |percentile| format!("{}, as close as {} random pairs", score(cosine), as_close(percentile)),
    )
}

/// How close a member of a group is to the medoid: the wordings of a claim are sentences, and compared as such.
pub fn closeness(member: &Member, kind: ClusterKind) -> String {
    let of = if kind == ClusterKind::Claim && member.percentile.is_some() { " of sentences" } else { "" };
    unusual(member.score, member.percentile) + of
}

/// How many random pairs are as close or closer: `4 in 100`, `3 in 1000`; at least 1.
pub fn as_close(Percentile(percentile): Percentile) -> String {
    match 100.0 - percentile {
        closer if closer < 0.95 => format!("{:.0} in 1000", (10.0 * closer).max(1.0)),
        closer => format!("{closer:.0} in 100"),
    }
}

/// The command made of these words, quoted for a POSIX shell.
pub fn command(words: &[String]) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%".contains(c);
    let quoted = |word: &String| {
        if !word.is_empty() && word.chars().all(plain) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    };
    printable(&["samesay report".to_owned()].into_iter().chain(words.iter().map(quoted)).collect::<Vec<_>>().join(" "))
}

/// How claims and themes were made.
pub fn decided_of_claims(report: &ClusterReport) -> String {
    let claims = match report.min_probability {
        Some(least) => format!(
            "Two sentences make one claim if the probability that they say the same is {} or more.",
            score(least)
        ),
        None => {
            format!("Two sentences make one claim if their cosine is {} or more.", score(report.min_sentence_score))
        }
    };
    let estimated = report.probability_fitted_with.as_ref().filter(|_| report.min_probability.is_some());
    let estimated = estimated.map_or(String::new(), |model| {
        format!(" That probability was fitted with {model} and is an estimate with this model.")
    });
    claims + &estimated
}

/// The first `characters` or so of a title. If the title is shared by several sources, the file in brackets after it is
/// kept.
pub fn shortened_title(title: &str, characters: usize) -> String {
    match title.strip_suffix(')').and_then(|name| name.rsplit_once(" (")) {
        Some((name, file)) if title.chars().count() > characters => {
            let file = ending(file, characters / 2);
            format!("{} ({file})", shortened(name, characters.saturating_sub(file.chars().count() + 3)))
        }
        _ => shortened(title, characters),
    }
}

/// A name in at most `columns` columns; of a longer one the end, which says more than the beginning.
pub fn ending(name: &str, columns: usize) -> String {
    let mut left = columns;
    let kept: Vec<char> = name
        .chars()
        .rev()
        .take_while(|c| {
            let width = c.width().unwrap_or(0).max(1);
            let fits = width <= left;
            left -= width.min(left);
            fits
        })
        .collect();
    let short: String = kept.into_iter().rev().collect();
    if short.len() < name.len() { format!("…{short}") } else { short }
}

#[cfg(test)]
mod tests {
    use super::{shortened_title, verdict};
    use crate::report::parts::{Degrees, Verdict};

    #[test]
    fn a_degree_that_is_not_likely_is_none() {
        let of_light = |light: f32| {
            let shares = Degrees::new([0.0, 0.5, 0.5, 0.0]);
            let probabilities = Degrees::new([0.04, light, 0.9 - light, 0.06]);
            let (degree, probability) = ("lightly revised", probabilities.light);
            let (of, from) = ("a".into(), "b".into());
            verdict(&Verdict { degree, probability, of, from, probabilities, shares, words: 300 }, "a", ["A", "B"])
        };
        assert!(of_light(0.5).starts_with("A looks like B lightly revised"), "{}", of_light(0.5));
        let unclear = "unclear how one was made from the other, lightly revised (probability 0.48) or heavily revised \
                       (0.42): of A, ";
        assert!(of_light(0.48).starts_with(unclear), "{}", of_light(0.48));
    }

    #[test]
    fn a_long_title_keeps_the_file_that_tells_it_from_others() {
        let title = "The history of lamps, lanterns and other lights (guides/2024/lamps.html)";
        assert_eq!(shortened_title(title, 100), title);
        assert_eq!(shortened_title(title, 50), "The history of lamps, … (guides/2024/lamps.html)");
        assert_eq!(shortened_title(title, 40), "The history of … (…ides/2024/lamps.html)");
        assert_eq!(shortened_title("The history of lamps (an essay)", 40), "The history of lamps (an essay)");
        assert_eq!(shortened_title("The history of lamps and lanterns", 14), "The history …");
        assert_eq!(shortened_title("", 14), "");
    }
}
