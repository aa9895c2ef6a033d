//! Stories: documents about the same event.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::Folder;

fn stories(folder: &str) -> Vec<BTreeSet<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let answer =
        Folder::with(&[]).run(&["cluster", path.to_str().unwrap(), "--by", "story", "--format", "json"]).exits(0);
    let name = |id: &Value| Path::new(id.as_str().unwrap()).file_name().unwrap().to_string_lossy().into_owned();
    let sources = |story: &Value| story["sources"].as_array().unwrap().iter().map(name).collect();
    answer.json()["stories"].as_array().unwrap().iter().map(sources).collect()
}

/// How well groups agree with labels, with each document's own label (`BCubed`; Bagga & Baldwin 1998).
fn bcubed(groups: &[BTreeSet<String>], label: impl Fn(&str) -> String) -> f64 {
    let all: Vec<(&String, &BTreeSet<String>)> =
        groups.iter().flat_map(|group| group.iter().map(move |document| (document, group))).collect();
    let (mut precision, mut recall) = (0.0, 0.0);
    for (document, group) in &all {
        let alike = |other: &&String| label(other) == label(document);
        let right = group.iter().filter(alike).count() as f64;
        precision += right / group.len() as f64;
        recall += right / all.iter().map(|(other, _)| *other).filter(alike).count() as f64;
    }
    let n = all.len() as f64;
    2.0 * precision / n * recall / n / ((precision + recall) / n)
}

#[test]
fn short_articles_on_twelve_events_in_pairs_of_a_kind() {
    let found = stories("tests/fixtures/events");
    assert_eq!(found.iter().map(BTreeSet::len).sum::<usize>(), 42);
    // The weights of names and vectors were chosen on other documents.
    let figure = bcubed(&found, |name| name[..3].to_owned());
    println!("BCubed F1 {figure:.3}, {} stories", found.len());
    assert!(figure > 0.9, "{figure}: {found:?}");
}

#[test]
fn a_folder_on_one_story_is_one() {
    for story in ["A", "C", "E", "F", "G", "H", "I"] {
        assert_eq!(stories(&format!("tests/fixtures/stories/{story}")).len(), 1, "{story}");
    }
}

#[test]
fn claims_stand_under_their_story() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let folder = Folder::with(&[]);
    let answer =
        folder.run(&["cluster", corpus.to_str().unwrap(), "--by", "story", "--format", "json"]).exits(0).json();
    let clusters = answer["clusters"].as_array().unwrap();
    let mut seen = BTreeSet::new();
    for story in answer["stories"].as_array().unwrap() {
        let sources: BTreeSet<&str> = story["sources"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        for claim in story["claims"].as_array().unwrap() {
            let claim = &clusters[claim.as_u64().unwrap() as usize - 1];
            assert!(claim["kind"] == "claim" && seen.insert(claim["id"].as_u64()), "{claim}");
            assert!(
                claim["sources"].as_array().unwrap().iter().any(|source| sources.contains(source.as_str().unwrap())),
                "{claim}"
            );
        }
    }
    assert_eq!(seen.len(), clusters.iter().filter(|cluster| cluster["kind"] == "claim").count());
    let text = folder.run(&["cluster", corpus.to_str().unwrap(), "--by", "story"]).exits(0);
    assert!(text.text().contains("told by more than one source"), "{}", text.text());
}

/// How many of the claims join documents of one event, identified by the first three letters of their names.
fn of_one_event(folder: &str) -> (usize, usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let answer = Folder::with(&[]).run(&["cluster", path.to_str().unwrap(), "--format", "json"]).exits(0).json();
    let claims: Vec<&Value> =
        answer["clusters"].as_array().unwrap().iter().filter(|cluster| cluster["kind"] == "claim").collect();
    let event = |id: &Value| Path::new(id.as_str().unwrap()).file_name().unwrap().to_str().unwrap()[..3].to_owned();
    let events = |claim: &&&Value| claim["sources"].as_array().unwrap().iter().map(event).collect::<BTreeSet<_>>();
    (claims.iter().filter(|claim| events(claim).len() == 1).count(), claims.len())
}

#[test]
fn a_claim_joins_documents_of_one_event() {
    // The first folder was used to choose the weight of other events, and has pairs of one kind; the second was not.
    for (folder, least) in [("tests/fixtures/events", 0.7), ("tests/fixtures/news", 0.9)] {
        let (one, all) = of_one_event(folder);
        println!("{folder}: {one} of {all} claims join documents of one event");
        assert!(all >= 15 && one as f64 >= least * all as f64, "{folder}: {one} of {all}");
    }
}

/// A copy that omits something may be more like the others than its original is, but no story is named after it.
#[test]
fn a_story_is_named_after_no_copy() {
    let wire = "The ferry Lady Aldis struck the breakwater at Caldmouth in thick fog on Tuesday. Thirty-one passengers \
                of the Lady Aldis were hurt at Caldmouth. Captain Rowan Pell said that the Lady Aldis lost its \
                rudder.";
    let rest = "Ines Odell of Halm, Bertil Strand of Orrin and Nora Quist of Tarn have asked Northlight for the price \
                of a ticket.";
    let folder = Folder::with(&[
        ("a.txt", &format!("Fog crash at Caldmouth\n\n{wire}\n")),
        ("b.txt", &format!("Lady Aldis hits breakwater\n\n{wire} {rest}\n")),
        (
            "c.txt",
            "What Captain Pell told us\n\nRowan Pell, captain of the Lady Aldis, told the inquiry at Caldmouth that \
             his \
             rudder failed. On Tuesday the Lady Aldis had run into the breakwater of Caldmouth.\n",
        ),
    ]);
    let answer = folder.run(&["cluster", ".", "--by", "story", "--format", "json"]).exits(0).json();
    let stories = answer["stories"].as_array().unwrap();
    assert_eq!((stories.len(), stories[0]["sources"].as_array().unwrap().len()), (1, 3), "{stories:?}");
    assert_eq!(stories[0]["label"], "Lady Aldis hits breakwater");
}
