//! Claims in single sentences of passages about different things.

use serde_json::Value;

use super::Folder;

/// Three paragraphs on different things, each of which says in passing that the lighthouse will be sold.
const MUSEUM: &str = "The museum of the island opens again in June with a show on whaling, for which forty harpoons were lent by collectors in \
    the north. Its roof has been leaking for years and was mended with money from a lottery. The town will sell its old lighthouse to a hotel \
    company for 3 million dollars. Admission to the museum is free for children, and a new cafe serves cakes on the terrace.\n";
const COUNCIL: &str = "Parking in the old town will cost twice as much from January, and buses will run until midnight on Fridays. The council \
    also passed the budget of the fire brigade, which gets a second ladder truck. The town is to sell its old lighthouse to a hotel company \
    for 5 million dollars. Two members left the meeting before the vote on dogs in the park was taken.\n";
const BIRDS: &str = "Terns have come back to the western cliffs in greater numbers than in any spring since counts began, the bird society says. \
    Its members will fence the nests against foxes and ask walkers to keep to the path. Volunteers can join them on Sundays with boots and \
    gloves, and binoculars are lent at the hut beside the car park.\n";

fn folder() -> Folder {
    Folder::with(&[("museum.txt", MUSEUM), ("council.txt", COUNCIL), ("birds.txt", BIRDS)])
}

#[test]
fn a_claim_in_passing_is_found_with_what_differs() {
    let folder = folder();
    let report = folder.run(&["cluster", "--format", "json"]).exits(0).json();
    assert_eq!(report["clusters"], Value::Array(Vec::new()), "the passages are about different things");
    let [claim] = &report["statements"].as_array().unwrap()[..] else { panic!("{}", report["statements"]) };
    assert_eq!((&claim["id"], &claim["sources"]), (&1.into(), &serde_json::json!(["council.txt", "museum.txt"])));
    for member in claim["members"].as_array().unwrap() {
        assert!(member["best_sentence"]["text"].as_str().unwrap().contains("lighthouse"), "{member}");
        assert!(member["text"].as_str().unwrap().contains(member["best_sentence"]["text"].as_str().unwrap()));
    }
    let [conflict] = &claim["may_disagree"].as_array().unwrap()[..] else { panic!("{claim}") };
    let words: Vec<&str> = conflict["differences"].as_array().unwrap().iter().map(|found| found["a"].as_str().unwrap()).collect();
    assert!(words.iter().any(|words| words.contains('3') || words.contains('5')), "{conflict}");
    let text = folder.run(&["cluster"]).exits(0).text().to_owned();
    assert!(text.starts_with("1 claim shared by more than one source, 1 passage without a match"), "{text}");
    assert!(text.contains("Said in one sentence") && text.contains("may disagree, number"), "{text}");
    // What is said in passing is not said by one source alone.
    let page = folder.run(&["report", "--format", "json"]).exits(0).json();
    assert!(page["findings"].to_string().contains("1 passage stands in one source only, birds.txt"), "{}", page["findings"]);
}

#[test]
fn what_whole_passages_say_is_not_said_again() {
    let folder = Folder::with(&[("museum.txt", MUSEUM), ("copy.txt", MUSEUM), ("birds.txt", BIRDS)]);
    let report = folder.run(&["cluster", "--format", "json"]).exits(0).json();
    assert_eq!(report["clusters"].as_array().unwrap().len(), 1);
    assert_eq!(report["statements"], Value::Array(Vec::new()));
    // The copies and the council: another source, so it is told.
    folder.write("council.txt", COUNCIL);
    let report = folder.run(&["cluster", "--format", "json"]).exits(0).json();
    let [claim] = &report["statements"].as_array().unwrap()[..] else { panic!("{}", report["statements"]) };
    assert_eq!(claim["sources"].as_array().unwrap().len(), 3);
    // The council says it in nearly the same words.
    assert_eq!(claim["independent_sources"], 1);
    assert_eq!(claim["id"], 2);
}

#[test]
fn the_cut_is_the_users() {
    let folder = folder();
    let statements = |score: &str| {
        let report = folder.run(&["cluster", "--min-score", score, "--format", "json"]);
        report.json()["statements"].as_array().unwrap().len()
    };
    assert_eq!(statements("0.99"), 0);
    assert!(statements("0.7") > 0);
}

#[test]
fn the_same_from_a_store() {
    let folder = folder();
    let answer = |store: &str| folder.run(&["cluster", "--format", "json", "--store", store]).exits(0).stdout;
    let none = answer("none");
    assert_eq!(answer("s.db"), none);
    assert_eq!(answer("s.db"), none);
}
