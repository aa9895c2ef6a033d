//! Text that recurs in many sources of one publisher is dropped; what several of them say stays.

use serde_json::Value;

use super::{Answer, Folder};

/// Stories of the same paper that have nothing in common.
const STORIES: [[&str; 2]; 4] = [
    [
        "The ferry struck the breakwater at dawn, and twelve of the passengers on board were hurt when the car deck \
         buckled.",
        "Divers will look at the hull on Thursday, and until then a freight ship serves the islands twice a day.",
    ],
    [
        "The bakery on the square has raised the price of rye bread to four crowns, its first rise in more than six \
         years.",
        "Flour costs a third more than it did in spring, the baker says, and he does not expect it to become cheaper.",
    ],
    [
        "Half of the vineyards on the southern slope lost their buds to a night of frost in the second week of April.",
        "Growers had lit candles between the rows, which kept the lower fields a degree warmer but did not save the \
         rest.",
    ],
    [
        "The council will plant ninety lime trees along the ring road where the elms were felled two winters ago.",
        "Residents were asked which kind they wanted, and more than half of those who answered chose the lime.",
    ],
];
const LINE: &str = "Follow the harbour blog for what happens next.";
const ABOUT: &str = "The Tarn Gazette has been written in the old customs house since it was founded by three \
                     sisters, and is owned by those who read it.";

fn gazette(n: usize) -> String {
    format!("---\npublisher: Tarn Gazette\n---\n\n{}\n\n{LINE}\n\n{}\n\n{ABOUT}\n", STORIES[n][0], STORIES[n][1])
}

fn texts(answer: &Answer, of: &str) -> Vec<String> {
    let json = answer.json();
    let all = json["sources"].as_array().unwrap().iter().flat_map(|source| source[of].as_array().unwrap().clone());
    all.map(|part: Value| part["text"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn lines_that_recur_are_dropped_with_a_reason() {
    let folder = Folder::with(&[]);
    (0..4).for_each(|n| folder.write(&format!("{n}.md"), gazette(n)));
    let answer = folder.run(&["passages", "--format", "json"]).exits(0);
    assert_eq!(texts(&answer, "passages"), STORIES.concat());
    assert_eq!(texts(&answer, "dropped"), [LINE, ABOUT].repeat(4));
    assert_eq!(answer.json()["sources"][0]["dropped"][0]["reason"], "boilerplate: recurs in this publisher's sources");
    let kept = folder.run(&["passages", "--format", "json", "--keep-boilerplate"]).exits(0);
    assert_eq!((texts(&kept, "passages").len(), texts(&kept, "dropped").len()), (16, 0));
    // Two sources are not enough for a pattern.
    let few = folder.run(&["passages", "0.md", "1.md", "--format", "json"]).exits(0);
    assert_eq!(texts(&few, "passages").len(), 8);
}

#[test]
fn publishers_of_a_source_map_count() {
    let folder = Folder::with(&[("map", "[0-2].txt,Tarn Gazette\n")]);
    for (n, story) in STORIES.iter().enumerate().take(3) {
        folder.write(&format!("{n}.txt"), format!("{}\n\n{}\n\n{ABOUT}\n", story[0], story[1]));
    }
    let dropped =
        |args: &[&str]| texts(&folder.run(&[&["passages", "--format", "json"], args].concat()).exits(0), "dropped");
    assert_eq!(dropped(&["--source-map", "map"]), [ABOUT; 3]);
    assert_eq!(dropped(&[]), [""; 0]);
}

#[test]
fn copies_of_a_story_stay() {
    let folder = Folder::with(&[]);
    // The same story in five papers, each with an edit or a paragraph of its own; their publishers are known or not.
    let story =
        [STORIES[0][0], STORIES[0][1], "It was the third accident of the year.", "The mayor of Tarn asked for calm."];
    for n in 0..5 {
        let mut own = story.to_vec();
        own.insert(2, STORIES[n % 4][n % 2]);
        own.remove(n % 2);
        folder.write(&format!("unknown/{n}.md"), own.join("\n\n"));
        folder.write(&format!("known/{n}.md"), format!("---\npublisher: Paper {n}\n---\n\n{}", own.join("\n\n")));
        folder.write(&format!("one/{n}.md"), format!("---\npublisher: Paper\n---\n\n{}", own.join("\n\n")));
    }
    for path in ["unknown", "known", "one"] {
        let answer = folder.run(&["passages", path, "--format", "json"]).exits(0);
        let reasons: Vec<Value> = answer.json()["sources"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|s| s["dropped"].as_array().unwrap().clone())
            .collect();
        assert!(
            !reasons.iter().any(|dropped| dropped["reason"].as_str().unwrap().starts_with("boilerplate")),
            "{path}: {reasons:#?}"
        );
    }
}

#[test]
fn a_claim_that_several_publishers_make_in_the_same_words_stays() {
    let folder = Folder::with(&[]);
    let claim = "About 400 litres of diesel leaked from a ruptured tank.";
    for (n, story) in STORIES.iter().enumerate() {
        folder.write(
            &format!("{n}.md"),
            format!("---\npublisher: Paper {n}\n---\n\n{}\n\n{}\n\n{claim}\n", story[0], story[1]),
        );
    }
    let answer = folder.run(&["passages", "--format", "json"]).exits(0);
    assert_eq!(texts(&answer, "passages").iter().filter(|text| *text == claim).count(), 4);
}
