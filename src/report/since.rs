//! The changes since an earlier report on a folder that grows.
//!
//! A claim is matched with the earlier one with which it has most wordings (sentences of the same source) in common.
//! Its key would not do: it is made from only some of them, and may change when one is added.

mod texts;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::io::{Read, Seek};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ClusterRef, Member, Names, PassageRef, Report, counted, shortened, some_of};
use texts::Passages;
pub use texts::{Replaced, SourceChange};

/// Maximum number of characters of a claim in a list of changes, and of sources that are named there.
const LABEL: usize = 160;
const NAMED: usize = 6;
/// Maximum number of sentences of each kind that are shown for a source.
const SENTENCES: usize = 3;

/// The parts of an earlier report that are compared.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct EarlierReport {
    sources: EarlierSources,
    clusters: EarlierClusters,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct EarlierSources {
    sources: Vec<EarlierSource>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct EarlierSource {
    source: String,
    path: String,
    /// Missing in reports of earlier versions.
    checksum: Option<String>,
    passages: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct EarlierClusters {
    clusters: Vec<EarlierClaim>,
    #[serde(default)]
    unique: Vec<EarlierPassage>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct EarlierPassage {
    id: String,
    source: String,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct EarlierClaim {
    kind: String,
    key: String,
    label: String,
    sources: Vec<String>,
    #[serde(default)]
    may_disagree: Vec<serde::de::IgnoredAny>,
    members: Vec<EarlierMember>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct EarlierMember {
    #[serde(flatten)]
    passage: EarlierPassage,
    best_sentence: Option<EarlierSentence>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct EarlierSentence {
    text: String,
}

impl EarlierMember {
    /// The source and the sentence.
    fn wording(&self) -> Option<(&str, &str)> {
        self.best_sentence.as_ref().map(|sentence| (self.passage.source.as_str(), sentence.text.as_str()))
    }
}

/// The source and the sentence of a member of this report.
fn wording(member: &Member) -> Option<(&str, &str)> {
    member.best_sentence.as_ref().map(|sentence| (member.passage.source.as_str(), sentence.text.as_str()))
}

/// Why a file is not an earlier report.
#[derive(Debug, thiserror::Error)]
pub enum EarlierReportError {
    /// The file is not JSON, or lacks fields of a report.
    #[error("is not a JSON report: {0}")]
    Json(#[from] serde_json::Error),
    /// The file is other JSON.
    #[error("is {0:?}, not \"samesay.report.v1\"")]
    Schema(String),
}

/// Marks the id of an earlier source if another source has its name now: no id contains it.
const TAKEN: char = '\0';

impl EarlierReport {
    /// Returns this report with each source called by the name that its text has now, and the list of these renamings.
    /// A source whose name now belongs to another text counts as removed.
    fn renamed(&self, report: &Report) -> (Self, Vec<Renamed>) {
        let now: BTreeMap<&str, &str> = report
            .sources
            .sources
            .iter()
            .map(|total| (total.source.source.as_str(), total.checksum.as_str()))
            .collect();
        let before: BTreeMap<&str, &str> = self
            .sources
            .sources
            .iter()
            .filter_map(|known| Some((known.source.as_str(), known.checksum.as_deref()?)))
            .collect();
        let elsewhere = |own: &BTreeMap<&str, &str>, id: &str, checksum: &str| own.get(id) != Some(&checksum);
        // The names that each text has now and did not have before, in their order.
        let mut names: HashMap<&str, VecDeque<&str>> = HashMap::new();
        for (id, checksum) in now.iter().filter(|(id, checksum)| elsewhere(&before, id, checksum)) {
            names.entry(*checksum).or_default().push_back(id);
        }
        let moved: BTreeMap<&str, &str> = before
            .iter()
            .filter(|(id, checksum)| elsewhere(&now, id, checksum))
            .filter_map(|(id, checksum)| Some((*id, names.get_mut(checksum)?.pop_front()?)))
            .collect();
        let taken: BTreeSet<&str> = moved.values().copied().collect();
        let name = |id: &str| match moved.get(id) {
            Some(now) => (*now).to_owned(),
            None if taken.contains(id) => format!("{id}{TAKEN}"),
            None => id.to_owned(),
        };
        let mut renamed = self.clone();
        renamed.sources.sources.iter_mut().for_each(|known| known.source = name(&known.source));
        for claim in &mut renamed.clusters.clusters {
            claim.sources.iter_mut().for_each(|source| *source = name(source));
            claim.members.iter_mut().for_each(|member| member.passage.source = name(&member.passage.source));
        }
        renamed.clusters.unique.iter_mut().for_each(|passage| passage.source = name(&passage.source));
        let told = |(before, now): (&&str, &&str)| Renamed { before: (*before).to_owned(), now: (*now).to_owned() };
        (renamed, moved.iter().map(told).collect())
    }

    /// Reads a report that was written as JSON, in two passes: first its kind, then the rest.
    ///
    /// # Errors
    /// When the file is not a report.
    pub fn read(mut json: impl Read + Seek) -> Result<Self, EarlierReportError> {
        #[derive(Deserialize)]
        struct Schema {
            schema: String,
        }
        let Schema { schema } = serde_json::from_reader(&mut json)?;
        if schema != "samesay.report.v1" {
            return Err(EarlierReportError::Schema(schema));
        }
        json.rewind().map_err(serde_json::Error::io)?;
        Ok(serde_json::from_reader(json)?)
    }
}

/// Changes since an earlier report.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Since {
    /// The earlier report, as the user named it.
    pub report: String,
    /// Ids of the sources that the earlier report does not have.
    pub sources_added: Vec<String>,
    /// Ids of the earlier report's sources that are gone.
    pub sources_removed: Vec<String>,
    /// Ids of the earlier report's sources whose file could not be read this time.
    pub sources_unread: Vec<String>,
    /// Sources whose text now has another name.
    pub sources_renamed: Vec<Renamed>,
    /// Ids of the sources whose text has changed.
    pub sources_changed: Vec<String>,
    /// Sentences of these sources that changed, if both reports hold the whole texts.
    pub source_changes: Vec<SourceChange>,
    /// Numbers of the claims that the earlier report does not have.
    pub claims_new: Vec<usize>,
    /// Claims that gained or lost a source, that a source now words differently, or in which sources may disagree only
    /// now.
    pub claims_changed: Vec<ClaimChange>,
    /// Earlier claims that are no longer made by two sources.
    pub claims_gone: Vec<ClaimGone>,
    /// Earlier claims that are no longer claims of their own although two sources still make them: their sentences are
    /// now in other claims, or in none.
    pub claims_regrouped: Vec<ClaimGone>,
    /// Number of claims that have the same sources, in the same words.
    pub claims_unchanged: usize,
    /// The keys that the claims which it had have there, by their numbers now.
    #[serde(skip)]
    pub(super) keys: BTreeMap<usize, String>,
}

/// A source whose text has another name now: a file that was renamed, or a row that moved.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Renamed {
    /// Id of the source in the earlier report.
    pub before: String,
    /// Id of the source now.
    pub now: String,
}

/// A claim that gained or lost a source, or is worded differently.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ClaimChange {
    /// Number of the claim.
    pub id: usize,
    /// Key of the claim in the earlier report.
    pub key_before: String,
    /// Ids of the sources that make the claim only now.
    pub gained: Vec<String>,
    /// Ids of the sources that no longer make the claim.
    pub lost: Vec<String>,
    /// Sources that make the claim in other words.
    pub reworded: Vec<Reworded>,
    /// Whether the sources may disagree now but not in the earlier report.
    pub newly_disputed: bool,
}

/// The earlier wordings of a source, and what replaced them.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Reworded {
    /// Id of the source.
    pub source: String,
    /// Wordings that are no longer there.
    pub before: Vec<String>,
    /// Wordings that were not there before.
    pub now: Vec<String>,
}

/// A claim of the earlier report.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ClaimGone {
    /// Key of the claim in the earlier report.
    pub key: String,
    /// Heading of the claim in the earlier report.
    pub label: String,
    /// Ids of the sources that made the claim.
    pub sources: Vec<String>,
    /// Ids of the sources that could not be read this time, so that the claim may still be made.
    pub unread: Vec<String>,
}

impl Since {
    /// Compares a report with an earlier one, which the user calls `name`.
    pub fn new(earlier: &EarlierReport, name: String, report: &Report) -> Self {
        let (earlier, renamed) = earlier.renamed(report);
        let earlier = &earlier;
        let before: BTreeSet<&str> = earlier.sources.sources.iter().map(|known| known.source.as_str()).collect();
        let now: BTreeSet<&str> = report.sources.sources.iter().map(|total| total.source.source.as_str()).collect();
        let old: Vec<&EarlierClaim> = earlier.clusters.clusters.iter().filter(|claim| claim.kind == "claim").collect();
        let new: Vec<&ClusterRef> = report.clusters.claims().collect();
        let kept = same_claims(&old, &new);
        let paths: HashMap<&str, &str> =
            earlier.sources.sources.iter().map(|known| (known.source.as_str(), known.path.as_str())).collect();
        let failed: BTreeSet<&str> = report.reading.failed().map(|unread| unread.path.as_str()).collect();
        // A folder that cannot be read counts for all files in it.
        let in_failed = |path: &str| {
            failed.contains(path) || path.match_indices('/').any(|(slash, _)| failed.contains(&path[..=slash]))
        };
        let is_unread = |id: &String| paths.get(id.as_str()).is_some_and(|path| in_failed(path));
        let (unread, removed): (Vec<String>, Vec<String>) = difference(&before, &now).into_iter().partition(is_unread);
        let unread_of = |ids: &[String]| ids.iter().filter(|id| unread.contains(id)).cloned().collect::<Vec<String>>();
        let bare = |ids: Vec<String>| ids.into_iter().map(|id| id.trim_end_matches(TAKEN).to_owned()).collect();
        let changed = changed_sources(earlier, report);
        let mut since = Self {
            report: name,
            sources_added: difference(&now, &before),
            sources_removed: bare(removed),
            sources_unread: unread.clone(),
            sources_renamed: renamed,
            source_changes: source_changes(earlier, report, &changed),
            sources_changed: changed,
            claims_new: Vec::new(),
            claims_changed: Vec::new(),
            claims_gone: Vec::new(),
            claims_regrouped: Vec::new(),
            claims_unchanged: 0,
            keys: kept.iter().map(|(at, was)| (new[*at].id, old[*was].key.clone())).collect(),
        };
        let texts = texts_now(report);
        for (at, claim) in new.iter().enumerate() {
            let Some(was) = kept.get(&at).map(|at| old[*at]) else {
                since.claims_new.push(claim.id);
                continue;
            };
            let (own, its) = (set(&claim.sources), set(&was.sources));
            let (gained, mut lost) = (difference(&own, &its), difference(&its, &own));
            lost.retain(|id| !unread.contains(id));
            if !lost.is_empty() {
                // What the source still says is shown elsewhere, or alone.
                let said = still_said(was, &texts);
                lost.retain(|id| !said.contains(id.as_str()));
            }
            let reworded = reworded(was, claim);
            let newly_disputed = was.may_disagree.is_empty() && !claim.may_disagree.is_empty();
            if gained.is_empty() && lost.is_empty() && reworded.is_empty() && !newly_disputed {
                since.claims_unchanged += 1;
            } else {
                let key_before = was.key.clone();
                since.claims_changed.push(ClaimChange {
                    id: claim.id,
                    key_before,
                    gained,
                    lost: bare(lost),
                    reworded,
                    newly_disputed,
                });
            }
        }
        let found: BTreeSet<usize> = kept.into_values().collect();
        for (_, claim) in old.iter().enumerate().filter(|(at, _)| !found.contains(at)) {
            let told =
                if still_said(claim, &texts).len() > 1 { &mut since.claims_regrouped } else { &mut since.claims_gone };
            told.push(ClaimGone {
                key: claim.key.clone(),
                label: claim.label.clone(),
                sources: bare(claim.sources.clone()),
                unread: unread_of(&claim.sources),
            });
        }
        since
    }

    /// Whether the reports have no source in common although both have some: then they are hardly about the same
    /// documents.
    pub fn is_of_others(&self, report: &Report) -> bool {
        !self.sources_removed.is_empty() && self.sources_added.len() == report.sources.sources.len()
    }
}

/// All passages of a report; a passage of several claims appears several times.
fn passages(report: &Report) -> impl Iterator<Item = &PassageRef> {
    let clusters = &report.clusters;
    let members = clusters.clusters.iter().flat_map(|claim| &claim.members).map(|member| &member.passage);
    members.chain(clusters.unique.iter().map(|unique| &unique.passage))
}

/// The texts of each source in a report.
fn texts_now(report: &Report) -> HashMap<&str, Vec<&str>> {
    let mut texts: HashMap<&str, Vec<&str>> = HashMap::new();
    for PassageRef { source, text, .. } in passages(report) {
        texts.entry(source).or_default().push(text);
    }
    texts
}

/// The sources of an earlier claim that still contain a sentence that made it.
fn still_said<'c>(claim: &'c EarlierClaim, texts: &HashMap<&str, Vec<&str>>) -> BTreeSet<&'c str> {
    let wordings = claim.members.iter().filter_map(EarlierMember::wording);
    let stands = |(source, wording): &(&str, &str)| {
        texts.get(source).is_some_and(|texts| texts.iter().any(|text| text.contains(wording)))
    };
    wordings.filter(stands).map(|(source, _)| source).collect()
}

fn set(ids: &[String]) -> BTreeSet<&str> {
    ids.iter().map(String::as_str).collect()
}

fn difference(all: &BTreeSet<&str>, less: &BTreeSet<&str>) -> Vec<String> {
    all.difference(less).map(|id| (*id).to_owned()).collect()
}

/// The sources of both reports whose texts differ.
fn changed_sources(earlier: &EarlierReport, report: &Report) -> Vec<String> {
    let before: HashMap<&str, &str> = earlier
        .sources
        .sources
        .iter()
        .filter_map(|known| Some((known.source.as_str(), known.checksum.as_deref()?)))
        .collect();
    let changed =
        report.sources.sources.iter().filter(|total| {
            before.get(total.source.source.as_str()).is_some_and(|checksum| *checksum != total.checksum)
        });
    changed.map(|total| total.source.source.clone()).collect()
}

/// The changes in the texts of these sources. A source whose whole text is not in both reports is left out.
fn source_changes(earlier: &EarlierReport, report: &Report, changed: &[String]) -> Vec<SourceChange> {
    let wanted: BTreeSet<&str> = changed.iter().map(String::as_str).collect();
    let clusters = &earlier.clusters;
    let members = clusters.clusters.iter().flat_map(|claim| &claim.members).map(|member| &member.passage);
    let before = members.chain(&clusters.unique).map(|passage| (&*passage.source, &*passage.id, &*passage.text));
    let now = passages(report).map(|PassageRef { source, id, text, .. }| (&**source, &**id, &**text));
    let (before, now) = (texts_of(&wanted, before), texts_of(&wanted, now));
    let had = earlier.sources.sources.iter().map(|known| (known.source.as_str(), known.passages));
    let had: HashMap<&str, Option<usize>> = had.collect();
    let totals = report.sources.sources.iter().filter(|total| wanted.contains(total.source.source.as_str()));
    let change = totals.filter_map(|total| {
        let id = total.source.source.as_str();
        let none = Passages::new();
        let (was, is) = (before.get(id).unwrap_or(&none), now.get(id).unwrap_or(&none));
        let whole = had.get(id) == Some(&Some(was.len())) && total.passages == is.len();
        whole.then(|| SourceChange::new(id.to_owned(), was, is)).filter(SourceChange::is_some)
    });
    change.collect()
}

/// The passages of the wanted sources, each once, by their number.
fn texts_of<'t>(
    wanted: &BTreeSet<&str>,
    passages: impl Iterator<Item = (&'t str, &'t str, &'t str)>,
) -> HashMap<&'t str, Passages<'t>> {
    let mut found: HashMap<&str, Passages> = HashMap::new();
    for (source, id, text) in passages.filter(|(source, ..)| wanted.contains(source)) {
        if let Some(number) = texts::number_of(id) {
            found.entry(source).or_default().insert(number, text);
        }
    }
    found
}

/// The new wordings of each source that makes a claim in both reports. A source with only added or only missing
/// wordings is left out: the choice of sentences shown may change though no sentence did.
fn reworded(was: &EarlierClaim, claim: &ClusterRef) -> Vec<Reworded> {
    let mut wordings: BTreeMap<&str, [BTreeSet<&str>; 2]> = BTreeMap::new();
    for (source, text) in was.members.iter().filter_map(EarlierMember::wording) {
        wordings.entry(source).or_default()[0].insert(text);
    }
    for (source, text) in claim.members.iter().filter_map(wording) {
        wordings.entry(source).or_default()[1].insert(text);
    }
    let owned =
        |less: &BTreeSet<&str>, all: &BTreeSet<&str>| all.difference(less).map(|text| (*text).to_owned()).collect();
    let changed = |(source, [before, now]): (&str, [BTreeSet<&str>; 2])| {
        let (before, now): (Vec<String>, Vec<String>) = (owned(&now, &before), owned(&before, &now));
        let changed = !before.is_empty() && !now.is_empty();
        changed.then(|| Reworded { source: source.to_owned(), before, now })
    };
    wordings.into_iter().filter_map(changed).collect()
}

/// Maps each new claim to the earlier claim that it continues, each earlier claim once: pairs with most wordings in
/// common first, then in order of appearance.
fn same_claims(old: &[&EarlierClaim], new: &[&ClusterRef]) -> BTreeMap<usize, usize> {
    let mut holding: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (at, claim) in old.iter().enumerate() {
        for member in &claim.members {
            if let Some(wording) = member.wording() {
                holding.entry(wording).or_default().push(at);
            }
        }
    }
    let mut common: Vec<(usize, usize, usize)> = Vec::new();
    for (at, claim) in new.iter().enumerate() {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for wording in claim.members.iter().filter_map(wording) {
            let holding = holding.get(&wording);
            holding.into_iter().flatten().for_each(|was| *counts.entry(*was).or_default() += 1);
        }
        common.extend(counts.into_iter().map(|(was, count)| (count, at, was)));
    }
    common.sort_by_key(|(count, at, was)| (std::cmp::Reverse(*count), *at, *was));
    let (mut same, mut taken) = (BTreeMap::new(), BTreeSet::new());
    for (_, at, was) in common {
        if !same.contains_key(&at) && taken.insert(was) {
            same.insert(at, was);
        }
    }
    same
}

/// One kind of change, as all formats show it.
pub struct Changes {
    /// The kind of change, with the number of changes.
    pub heading: String,
    /// The changes, each with the number of the claim that it is about, if that is in the report.
    pub items: Vec<Change>,
}

/// The number of the claim that changed, if it is in the report, and the change in words.
pub type Change = (Option<usize>, String);

impl Since {
    /// The changes in words, most important first; empty if nothing changed.
    pub fn told(&self, report: &Report, names: &Names) -> Vec<Changes> {
        let label = |id: usize| shortened(report.clusters.label(id), LABEL);
        let list = |ids: &[String]| {
            let named: Vec<String> = ids.iter().map(|id| names.quoted(id)).collect();
            some_of(&named, NAMED)
        };
        let change = |change: &ClaimChange| {
            let gained = (!change.gained.is_empty()).then(|| format!("now also in {}", list(&change.gained)));
            let lost = (!change.lost.is_empty()).then(|| format!("no longer in {}", list(&change.lost)));
            let reworded = change.reworded.iter().take(NAMED).map(|source| {
                let quoted = |texts: &[String]| texts.iter().map(|text| cited(text)).collect::<Vec<_>>().join(" ");
                format!(
                    "{} said {}, and now {}",
                    names.quoted(&source.source),
                    quoted(&source.before),
                    quoted(&source.now)
                )
            });
            let more = change.reworded.len().saturating_sub(NAMED);
            let more = (more > 0).then(|| format!("{} in other words", counted(more, "more source")));
            let disputed = change.newly_disputed.then(|| "sources may disagree now".to_owned());
            let told: Vec<String> =
                gained.into_iter().chain(lost).chain(disputed).chain(reworded).chain(more).collect();
            (Some(change.id), format!("{} ({})", label(change.id), told.join("; ")))
        };
        let of_sources = |ids: &[String]| ids.iter().map(|id| (None, names.quoted(id))).collect::<Vec<_>>();
        let gone = |claim: &ClaimGone| (None, format!("{} ({})", shortened(&claim.label, LABEL), list(&claim.sources)));
        let renamed =
            |renamed: &Renamed| (None, format!("{}, which was {}", names.quoted(&renamed.now), renamed.before));
        let (unread, gone_for_good): (Vec<&ClaimGone>, Vec<&ClaimGone>) =
            self.claims_gone.iter().partition(|claim| !claim.unread.is_empty());
        let all: [(&str, &str, Vec<Change>); 10] = [
            ("source", " that could not be read this time", of_sources(&self.sources_unread)),
            ("new source", "", of_sources(&self.sources_added)),
            ("source", " no longer there", of_sources(&self.sources_removed)),
            ("source", " under another name", self.sources_renamed.iter().map(renamed).collect()),
            (
                "source",
                " with changed text",
                self.sources_changed.iter().map(|id| (None, self.change(id, names))).collect(),
            ),
            ("new claim", "", self.claims_new.iter().map(|id| (Some(*id), label(*id))).collect()),
            ("claim", " with other sources or in other words", self.claims_changed.iter().map(change).collect()),
            ("claim", " no longer made by two sources", gone_for_good.into_iter().map(gone).collect()),
            ("claim", " not found, one of whose sources could not be read", unread.into_iter().map(gone).collect()),
            ("claim", " whose sentences are now grouped differently", self.claims_regrouped.iter().map(gone).collect()),
        ];
        let some = all.into_iter().filter(|(.., items)| !items.is_empty());
        some.map(|(what, how, items)| Changes { heading: counted(items.len(), what) + how, items }).collect()
    }

    /// A source whose text has changed, with what it says now, except for the changes already listed under its claims.
    fn change(&self, id: &str, names: &Names) -> String {
        let name = names.quoted(id);
        let Some(change) = self.source_changes.iter().find(|change| change.source == id) else { return name };
        let reworded = self.claims_changed.iter().flat_map(|claim| &claim.reworded).filter(|told| told.source == id);
        let told: BTreeSet<&str> = reworded.flat_map(|told| &told.now).map(String::as_str).collect();
        let list = |all: &[String], count: usize, what: &str| {
            let shown: Vec<String> = all.iter().take(SENTENCES).map(|text| cited(text)).collect();
            let more = count.saturating_sub(shown.len());
            let more = if more > 0 { format!(" and {}", counted(more, "more sentence")) } else { String::new() };
            (count > 0).then(|| format!("{what} {}{more}", shown.join(" ")))
        };
        let replaced: Vec<&Replaced> = change.replaced.iter().filter(|pair| !told.contains(&*pair.now)).collect();
        let more = replaced.len().saturating_sub(SENTENCES) + change.counts[0] - change.replaced.len();
        let mut parts: Vec<String> = replaced.iter().take(SENTENCES).map(|pair| pair.told()).collect();
        parts.extend((more > 0).then(|| format!("{} in other words", counted(more, "more sentence"))));
        parts.extend(list(&change.added, change.counts[1], "new:"));
        parts.extend(list(&change.removed, change.counts[2], "no longer there:"));
        if parts.is_empty() { name } else { format!("{name} ({})", parts.join("; ")) }
    }
}

/// A sentence as quoted in a list of changes.
fn cited(text: &str) -> String {
    format!("“{}”", shortened(text, LABEL))
}

impl Replaced {
    fn told(&self) -> String {
        let changed: Vec<String> =
            self.changed.iter().take(SENTENCES).map(|found| found.sides(str::to_owned).join(" → ")).collect();
        let changed = if changed.is_empty() { String::new() } else { format!(", {}", changed.join(", ")) };
        format!("said {}, and now {}{changed}", cited(&self.before), cited(&self.now))
    }
}
