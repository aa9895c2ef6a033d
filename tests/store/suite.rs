//! The behaviour common to all stores, tested on each.

use samesay::store::{Additions, Counts, KnownFile, Pruned, Sqlite, Store, decode, encode};

use super::{file, fill, holds, is_filled, key, space, vectors};

/// Runs a test on each implementation.
fn for_each_store(test: impl Fn(&dyn Store)) {
    test(&Sqlite::in_memory().unwrap());
    let folder = tempfile::tempdir().unwrap();
    test(&Sqlite::open(&folder.path().join("s.db")).unwrap());
}

#[test]
fn nothing_is_known_of_what_was_not_added() {
    for_each_store(|store| {
        assert_eq!(store.files().unwrap(), []);
        assert_eq!(store.readings(&[key("a")]).unwrap(), [None]);
        assert_eq!(store.documents(&[key("a"), key("b")]).unwrap(), [None, None]);
        assert_eq!(store.vectors(&space("a"), &[key("a")]).unwrap(), [None]);
        assert_eq!(store.rows(&space("a")).unwrap().count(), 0);
        assert_eq!(store.postings("ferry").unwrap(), []);
        assert_eq!(store.holding(&["ferry".to_owned()]).unwrap(), [0u64; 0]);
        assert_eq!(store.recall(key("a")).unwrap(), None);
        assert_eq!(store.counts().unwrap(), Counts::default());
        assert!(store.passages(&[1]).is_err() && store.dropped(1).is_err());
        assert_eq!(store.verify().unwrap(), [""; 0]);
    });
}

#[test]
fn what_was_added_is_there() {
    for_each_store(|store| {
        fill(store);
        assert!(is_filled(store));
        assert_eq!(store.counts().unwrap(), Counts { sources: 2, passages: 4, embedded: 4 });
        assert_eq!(store.verify().unwrap(), [""; 0]);
        // Nothing is known of another space.
        assert_eq!(store.vectors(&space("b"), &[vectors(&super::passage(0, "Nobody was hurt.")).key]).unwrap(), [None]);
    });
}

#[test]
fn adding_again_changes_nothing() {
    for_each_store(|store| {
        fill(store);
        // Three passages consist of one or two sentences, and one occurs twice.
        let rows = store.rows(&space("a")).unwrap().count();
        assert_eq!(rows, 3 + 1 + 3);
        fill(store);
        assert!(is_filled(store));
        assert_eq!(store.rows(&space("a")).unwrap().count(), rows);
        assert_eq!(store.counts().unwrap(), Counts { sources: 2, passages: 4, embedded: 4 });
        assert_eq!(store.verify().unwrap(), [""; 0]);
    });
}

#[test]
fn words_and_phrases_are_found() {
    for_each_store(|store| {
        fill(store);
        let first = store.documents(&[file(
            "/b",
            &["Nobody was hurt.", "Rents rose by 3.5 per cent in the harbor district. The harbor board objects."],
        )
        .documents[0]
            .key]);
        let first = first.unwrap().remove(0).unwrap().first;
        assert_eq!(store.postings("harbor").unwrap(), [(1, 1), (first + 1, 2)]);
        assert_eq!(store.postings("3.5").unwrap(), [(first + 1, 1)]);
        let holding =
            |phrase: &[&str]| store.holding(&phrase.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).unwrap();
        assert_eq!(holding(&["harbor", "board"]), [first + 1]);
        assert_eq!(holding(&["board", "harbor"]), [0u64; 0]);
        assert_eq!(holding(&["\"harbor\"", "OR"]), [0u64; 0]);
    });
}

#[test]
fn a_file_is_as_it_is_now() {
    for_each_store(|store| {
        fill(store);
        let changed = KnownFile { path: "/a".into(), stamp: None, content: key("new"), reading: key("new") };
        store.add(Additions { files: vec![changed.clone()], gone: vec!["/b".into()], ..Additions::default() }).unwrap();
        assert_eq!(store.files().unwrap(), [changed]);
    });
}

#[test]
fn the_least_recently_remembered_goes_first() {
    for_each_store(|store| {
        let names: Vec<String> = (0..100).map(|n| format!("memo {n}")).collect();
        for name in &names {
            store.remember(key(name), &encode(name)).unwrap();
        }
        let recalled: Vec<bool> = names.iter().map(|name| store.recall(key(name)).unwrap().is_some()).collect();
        assert_eq!(recalled.iter().filter(|known| **known).count(), 64);
        assert!(recalled[36..].iter().all(|known| *known));
        assert_eq!(decode::<String>(&store.recall(key("memo 99")).unwrap().unwrap()), Some("memo 99".to_owned()));
        assert_eq!(store.verify().unwrap(), [""; 0]);
    });
}

#[test]
fn pruning_deletes_what_belongs_to_no_file() {
    for_each_store(|store| {
        fill(store);
        store.remember(key("memo"), &encode(&1)).unwrap();
        let pruned = store.prune(&|file| file.path.ends_with("b")).unwrap();
        // "Nobody was hurt." also occurs in /a.
        assert_eq!(pruned, Pruned { files: 1, passages: 2, vectors: 1 });
        assert_eq!(store.counts().unwrap(), Counts { sources: 1, passages: 2, embedded: 2 });
        assert_eq!(
            holds(store, &file("/a", &["The ferry struck the pier. Fog lay over the harbor.", "Nobody was hurt."])),
            Some(true)
        );
        assert_eq!(store.postings("rents").unwrap(), []);
        assert_eq!(store.rows(&space("a")).unwrap().count(), 4);
        assert_eq!(store.recall(key("memo")).unwrap(), None);
        assert_eq!(store.verify().unwrap(), [""; 0]);
        // Nothing is left to delete, and what is added again is complete.
        assert_eq!(store.prune(&|_| false).unwrap(), Pruned::default());
        fill(store);
        assert!(is_filled(store));
        assert_eq!(store.verify().unwrap(), [""; 0]);
        store.prune(&|_| true).unwrap();
        assert_eq!(store.counts().unwrap(), Counts::default());
        assert_eq!(store.rows(&space("a")).unwrap().count(), 0);
        assert_eq!(store.verify().unwrap(), [""; 0]);
    });
}

/// A reader sees one state of the store, however much is added meanwhile.
#[test]
fn a_store_that_grows_is_whole_all_the_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    let store = Sqlite::open(&path).unwrap();
    std::thread::scope(|scope| {
        let growing = scope.spawn(|| {
            let store = Sqlite::open(&path).unwrap();
            for n in 0..150 {
                store
                    .add(file(
                        &format!("/{n}"),
                        &[&format!("On day {n} the ferry struck the pier."), "Nobody was hurt."],
                    ))
                    .unwrap();
            }
        });
        while !growing.is_finished() {
            assert_eq!(store.verify().unwrap(), [""; 0]);
        }
    });
    assert_eq!(store.counts().unwrap().sources, 150);
}

/// One process creates a store while others find it half created.
#[test]
fn two_who_make_a_store_at_once_share_it() {
    for _ in 0..50 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.db");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| drop(Sqlite::open(&path).unwrap()));
            }
        });
        assert_eq!(Sqlite::open(&path).unwrap().verify().unwrap(), [""; 0]);
    }
}

#[test]
fn two_who_add_the_same_keep_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..10).for_each(|_| fill(&Sqlite::open(&path).unwrap())));
        }
    });
    let store = Sqlite::open(&path).unwrap();
    assert!(is_filled(&store));
    assert_eq!(store.rows(&space("a")).unwrap().count(), 7);
    assert_eq!(store.verify().unwrap(), [""; 0]);
}
