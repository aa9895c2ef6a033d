//! `cluster --by topic` and `--labels-from-dirs`.

use super::{Folder, schema};

const DOCUMENTS: [(&str, &str); 12] = [
    (
        "cooking/bread.txt",
        "Knead the dough for ten minutes, let it rise under a cloth, and bake the loaf in a hot oven until the crust \
         is brown.\n",
    ),
    (
        "cooking/soup.txt",
        "Fry the onions in butter, add carrots and stock, and let the soup simmer for half an hour before you season \
         it.\n",
    ),
    (
        "cooking/cake.txt",
        "Beat eggs and sugar until pale, fold in the flour, and bake the sponge cake for thirty minutes.\n",
    ),
    (
        "cooking/sauce.txt",
        "Simmer tomatoes with garlic and olive oil until the sauce is thick, and serve it over fresh pasta.\n",
    ),
    (
        "football/final.txt",
        "The striker scored twice in the second half, and the home team won the cup final in front of sixty thousand \
         fans.\n",
    ),
    (
        "football/coach.txt",
        "The coach was dismissed after six defeats in a row left the club at the bottom of the league.\n",
    ),
    (
        "football/keeper.txt",
        "The goalkeeper saved two penalties in the shoot-out and sent his team to the semi-final.\n",
    ),
    (
        "football/transfer.txt",
        "The midfielder signs for the league champions after five seasons with his first football club.\n",
    ),
    ("space/comet.txt", "Astronomers photographed a comet whose tail of dust and gas points away from the Sun.\n"),
    (
        "space/probe.txt",
        "The space probe entered orbit around Jupiter and sent back its first pictures of the planet's moons.\n",
    ),
    ("space/telescope.txt", "The telescope measured the light of a galaxy that formed soon after the Big Bang.\n"),
    (
        "space/rocket.txt",
        "The rocket carried a satellite into orbit, and its first stage landed on a ship in the ocean.\n",
    ),
];

#[test]
fn topics_are_found_without_their_number() {
    let folder = Folder::with(&DOCUMENTS);
    let args = ["cluster", ".", "--by", "topic", "--labels-from-dirs"];
    let report = folder.run(&[&args[..], &["--format", "json"]].concat()).exits(0).json();
    assert!(schema("cluster").is_valid(&report));
    // Bread and cake may be separate from soup and sauce, but no topic spans two folders.
    let (topics, labels) = (report["topics"].as_array().unwrap().len(), &report["labels"]);
    assert!((3..=5).contains(&topics), "{}", report["topics"]);
    assert_eq!((&labels["labels"], &labels["homogeneity"]), (&3.into(), &1.0.into()), "{}", report["topics"]);
    assert!(labels["v_measure"].as_f64().unwrap() > 0.85, "{labels}");
    let text = folder.run(&args).exits(0).text().to_owned();
    assert!(text.starts_with(&format!("{topics} topics in 12 sources\n")), "{text}");
    assert!(text.contains(&format!("Agreement with folders: 12 documents, 3 folders, {topics} topics\n")), "{text}");
    assert!(text.contains("(homogeneity 1.000, completeness 0."), "{text}");
    let lines = folder.run(&["cluster", ".", "--by", "topic", "--format", "jsonl"]).exits(0).text().lines().count();
    assert_eq!(lines, topics);
    // Parts that were not requested are not in the answer.
    let plain = folder.run(&["cluster", ".", "--format", "json"]).json();
    assert_eq!((plain.get("topics"), plain.get("labels")), (None, None));
}

#[test]
fn labels_need_groups_and_folders() {
    let folder = Folder::with(&DOCUMENTS);
    folder.run(&["cluster", ".", "--labels-from-dirs"]).refuses(&["--labels-from-dirs: ", "--by story or --by topic"]);
    folder
        .run(&["cluster", "space", "--by", "topic", "--labels-from-dirs"])
        .refuses(&["all documents are in one folder"]);
}
