//! The output that people see.

use insta::assert_snapshot;

use super::Folder;

/// Three documents on one accident. Their cosines, in f32, are far from where the second decimal is rounded.
fn folder() -> Folder {
    let gazette = "Ferry strikes breakwater\n\nBy Ada Sund\n\n\
        The ferry Marelle struck the north breakwater of Tarn harbour on Monday morning, injuring twelve passengers. \
        The captain said that the rudder had stopped answering the wheel shortly before.\n\n\
        Divers will examine the hull on Thursday. Until then the line to the islands is served by a freight ship.\n";
    let wire = "Twelve passengers were hurt on Monday when the ferry Marelle ran into the breakwater north of Tarn \
        harbour. \
        Two of them remain in hospital.\n\n\
        The town's bakery has raised the price of rye bread to four crowns, its first rise in six years.\n";
    let blog = "# What the harbour forgot\n\n## The rudder\n\n\
        The captain reported that the ship no longer obeyed the rudder. It is not the first time: in spring a tug \
        lost its steering \
        at the same spot.\n\n## The lamp\n\n\
        Nobody has repaired the lamp at the end of the pier, which has been dark since winter.\n\n- Harbour\n\
        - Council\n";
    Folder::with(&[("gazette.txt", gazette), ("wire.txt", wire), ("blog.md", blog)])
}

/// The output of a command without the instruction set, which differs between CPUs.
fn shown(args: &[&str], code: i32) -> String {
    let answer = folder().run(&[args, &["--precision", "f32"]].concat()).exits(code);
    assert_eq!(answer.stderr, "");
    let lines = answer.text().lines().map(|line| match line.split_once(" on ").filter(|_| line.ends_with(" in f32")) {
        Some((model, _)) => format!("{model} on ISA in f32\n"),
        None => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn query() {
    assert_snapshot!(shown(&["query", "the rudder failed"], 0), @r"
    the rudder failed  similar in 2 sources

     1. What the harbour forgot  blog.md
        blog.md:5  0.70, as close as 3 in 1000 random pairs  › The rudder
          >>The captain reported that the ship no longer obeyed the rudder.<< It is not the first time:
          in spring a tug lost its steering at the same spot.

     2. Ferry strikes breakwater  gazette.txt  Ada Sund
        gazette.txt:5  0.55, as close as 3 in 100 random pairs
          The ferry Marelle struck the north breakwater of Tarn harbour on Monday morning, injuring
          twelve passengers. >>The captain said that the rudder had stopped answering the wheel shortly
          before.<<

    3 sources, 6 passages; 7 parts set aside (headings, bylines and the like)
    Numbers: cosine similarity (1 means identical), and how many random pairs are at least as close
    (measured on pairs of texts on one subject from a sample, since there are few here). Similar does
    not mean the same: read the passages.
    all-MiniLM-L6-v2 on ISA in f32
    ");
}

#[test]
fn query_explained() {
    assert_snapshot!(shown(&["query", "the rudder failed", "-n", "1", "--passages", "1", "--explain"], 0), @r"
    the rudder failed  similar in 2 sources; 1 shown (-n)

     1. What the harbour forgot  blog.md
        blog.md:5  0.70, as close as 3 in 1000 random pairs  › The rudder
          >>The captain reported that the ship no longer obeyed the rudder.<< It is not the first time:
          in spring a tug lost its steering at the same spot.
          relevance 0.53 = 0.10 · 0.70 passage + 0.20 · 0.67 sentence + 0.15 · 0.13 words + 0.55 · 0.56
          read again

    Results less relevant than 0.26 are left out; unrelated texts reach that by chance in 15 of 100
    corpora of this size.

    3 sources, 6 passages; 7 parts set aside (headings, bylines and the like)
    Numbers: cosine similarity (1 means identical), and how many random pairs are at least as close
    (measured on pairs of texts on one subject from a sample, since there are few here). Similar does
    not mean the same: read the passages.
    all-MiniLM-L6-v2 on ISA in f32
    ");
}

#[test]
fn sources() {
    assert_snapshot!(shown(&["sources"], 0), @r"
    3 sources, 2 pairs with something in common  (probability of 0.30 or more)

    How much of the row's source has a match in the column's source, in percent
                                                1   2   3
      1. What the harbour forgot                –  24   ·
      2. Ferry strikes breakwater              27   –  33
      3. wire.txt                               ·  42   –

    “Ferry strikes breakwater” and wire.txt  33% and 42%  1 matching pair of passages, 1 sentence
      probably the same
        gazette.txt:5  wire.txt:1  0.77, probability 0.99  paraphrase
          The ferry Marelle struck the north breakwater of Tarn harbour on Monday morning, injuring
          twelve passengers.
          Twelve passengers were hurt on Monday when the ferry Marelle ran into the breakwater north of
          Tarn harbour.

    “What the harbour forgot” and “Ferry strikes breakwater”  24% and 27%  1 matching pair of
      passages, 1 sentence probably the same
        blog.md:5  gazette.txt:5  0.45, probability 0.67  paraphrase
          The captain reported that the ship no longer obeyed the rudder.
          The captain said that the rudder had stopped answering the wheel shortly before.

    3 sources, 6 passages; 7 parts set aside (headings, bylines and the like)
    Numbers: cosine similarity (1 means identical), and how many random pairs are at least as close
    (measured on pairs of texts on one subject from a sample, since there are few here). Similar does
    not mean the same: read the passages.
    all-MiniLM-L6-v2 on ISA in f32
    ");
}

#[test]
fn compare() {
    assert_snapshot!(shown(&["compare", "gazette.txt", "wire.txt"], 0), @r"
    A  Ferry strikes breakwater  gazette.txt
    B  wire.txt
    33% of A has a match in B, 42% of B in A: 1 pair; 1 passage without a match in A, 1 in B
    too short to tell how one was made from the other: of B, 42% is in other words, 58% is its own

    paraphrase  0.77, probability 0.99
    gazette.txt:5                                    │ wire.txt:1
    >>The ferry Marelle struck the north breakwater  │ >>Twelve passengers were hurt on Monday when the
    of Tarn harbour on Monday morning, injuring      │ ferry Marelle ran into the breakwater north of
    twelve passengers.<< The captain said that the   │ Tarn harbour.<< Two of them remain in hospital.
    rudder had stopped answering the wheel shortly   │
    before.                                          │

    only in B  nearest gazette.txt:5 0.03, as close as 95 in 100 random pairs
                                                     │ wire.txt:3
                                                     │ The town's bakery has raised the price of rye
                                                     │ bread to four crowns, its first rise in six
                                                     │ years.

    only in A  nearest wire.txt:1 0.30, as close as 34 in 100 random pairs
    gazette.txt:7                                    │
    Divers will examine the hull on Thursday. Until  │
    then the line to the islands is served by a      │
    freight ship.                                    │

    2 sources, 4 passages; 2 parts set aside (headings, bylines and the like)
    Numbers: cosine similarity (1 means identical), and how many random pairs are at least as close
    (measured on pairs of texts on one subject from a sample, since there are few here). Similar does
    not mean the same: read the passages.
    all-MiniLM-L6-v2 on ISA in f32
    ");
}

#[test]
fn query_without_an_answer() {
    assert_snapshot!(shown(&["query", "quantum chromodynamics"], 1), @r"
    No source was found that says this: quantum chromodynamics

    3 sources, 6 passages; 7 parts set aside (headings, bylines and the like)
    all-MiniLM-L6-v2 on ISA in f32
    ");
}

#[test]
fn queries_of_a_file() {
    let folder = folder();
    folder.write("queries", "quantum chromodynamics\nthe lamp on the pier is broken\n");
    let answer =
        folder.run(&["query", "--file", "queries", "-n", "1", "--passages", "1", "--precision", "f32"]).exits(0);
    assert_snapshot!(answer.text().rsplit_once("\n3 sources, ").unwrap().0, @r"
    No source was found that says this: quantum chromodynamics

    the lamp on the pier is broken  similar in 3 sources; 1 shown (-n)

     1. What the harbour forgot  blog.md
        blog.md:9  0.66, as close as 7 in 1000 random pairs  › The lamp
          Nobody has repaired the lamp at the end of the pier, which has been dark since winter.
    ");
}

#[test]
fn cluster() {
    assert_snapshot!(shown(&["cluster", "--min-score", "0.6"], 0), @r"
    2 claims shared by more than one source, 1 theme, 3 passages without a match

    1. The ferry Marelle struck the north breakwater of Tarn harbour on Monday morning, injuring
      twelve passengers.
       2 sources
        Ferry strikes breakwater  gazette.txt:5
          The ferry Marelle struck the north breakwater of Tarn harbour on Monday morning, injuring
          twelve passengers.
        wire.txt:1  paraphrase
          Twelve passengers were hurt on Monday when the ferry Marelle ran into the breakwater north of
          Tarn harbour.

    2. The captain reported that the ship no longer obeyed the rudder.
       2 sources
        What the harbour forgot  blog.md:5  › The rudder
          The captain reported that the ship no longer obeyed the rudder.
        Ferry strikes breakwater  gazette.txt:5  paraphrase
          The captain said that the rudder had stopped answering the wheel shortly before.

    Themes: passages on the same subject  (mean cosine of 0.60 or more)

    3. The ferry Marelle struck the north breakwater of Tarn harbour on Monday morning, injuring
      twelve passengers.
       2 sources, 2 passages  similarity: mean 0.77, min 0.77;  breakwater, ferry, harbour, marelle,
         monday
        Ferry strikes breakwater  gazette.txt:5  1.00
          >>The ferry Marelle struck the north breakwater of Tarn harbour on Monday morning, injuring
          twelve passengers.<< The captain said that the rudder had stopped answering the wheel shortly
          before.
        wire.txt:1  0.77, as close as 1 in 1000 random pairs  paraphrase
          >>Twelve passengers were hurt on Monday when the ferry Marelle ran into the breakwater north
          of Tarn harbour.<< Two of them remain in hospital.

    Found in all sources but one
        1. not in “What the harbour forgot”  nearest blog.md:5 0.45, as close as 9 in 100 random pairs
          The ferry Marelle struck the north breakwater of Tarn harbour on Monday morning, injuring
          twelve passengers.
        2. not in wire.txt  nearest wire.txt:1 0.29, as close as 35 in 100 random pairs
          The captain reported that the ship no longer obeyed the rudder.

    Found in only one source
        What the harbour forgot  blog.md:9  › The lamp  nearest gazette.txt:5 0.22, as close as 54 in
          100 random pairs
          Nobody has repaired the lamp at the end of the pier, which has been dark since winter.
        Ferry strikes breakwater  gazette.txt:7  nearest blog.md:5 0.33, as close as 26 in 100 random
          pairs
          Divers will examine the hull on Thursday. Until then the line to the islands is served by a
          freight ship.
        wire.txt:3  nearest gazette.txt:5 0.03, as close as 95 in 100 random pairs
          The town's bakery has raised the price of rye bread to four crowns, its first rise in six
          years.

    3 sources, 6 passages; 7 parts set aside (headings, bylines and the like)
    Numbers: cosine similarity (1 means identical), and how many random pairs are at least as close
    (measured on pairs of texts on one subject from a sample, since there are few here). Similar does
    not mean the same: read the passages.
    all-MiniLM-L6-v2 on ISA in f32
    ");
}

#[test]
fn passages() {
    assert_snapshot!(shown(&["passages"], 0), @r"
    What the harbour forgot  blog.md  2 passages, 5 dropped
      blog.md:5  › The rudder
        The captain reported that the ship no longer obeyed the rudder. It is not the first time: in
        spring a tug lost its steering at the same spot.
      blog.md:9  › The lamp
        Nobody has repaired the lamp at the end of the pier, which has been dark since winter.
      dropped blog.md:1  title: What the harbour forgot
      dropped blog.md:3  heading: The rudder
      dropped blog.md:7  heading: The lamp
      dropped blog.md:11  menu or list of labels: Harbour
      dropped blog.md:12  menu or list of labels: Council

    Ferry strikes breakwater  gazette.txt  Ada Sund  2 passages, 2 dropped
      gazette.txt:5
        The ferry Marelle struck the north breakwater of Tarn harbour on Monday morning, injuring twelve
        passengers. The captain said that the rudder had stopped answering the wheel shortly before.
      gazette.txt:7
        Divers will examine the hull on Thursday. Until then the line to the islands is served by a
        freight ship.
      dropped gazette.txt:1  title: Ferry strikes breakwater
      dropped gazette.txt:3  byline: By Ada Sund

    wire.txt  2 passages, 0 dropped
      wire.txt:1
        Twelve passengers were hurt on Monday when the ferry Marelle ran into the breakwater north of
        Tarn harbour. Two of them remain in hospital.
      wire.txt:3
        The town's bakery has raised the price of rye bread to four crowns, its first rise in six years.

    3 sources, 6 passages; 7 parts set aside (headings, bylines and the like)
    ");
}

#[test]
fn errors() {
    let folder = folder();
    folder.write("photo.txt", "\0");
    let said = |args: &[&str]| folder.run(args).exits(2).stderr;
    assert_snapshot!(
        said(&["query", "ferry", "nowhere.txt"]),
        @"samesay: nowhere.txt: No such file or directory (os error 2)"
    );
    assert_snapshot!(said(&["query", ""]), @"samesay: the query is empty; give some words to look for");
    assert_snapshot!(
        said(&["query", "ferry", "--min-score", "2"]),
        @"samesay: --min-score 2: a cosine must be between -1 and 1"
    );
    assert_snapshot!(
        said(&["query", "ferry", ".", "--glob", "*.png"]),
        @"samesay: .: no document matches --glob *.png"
    );
    assert_snapshot!(
        said(&["passages", "photo.txt", "wire.txt"]),
        @"samesay: warning: photo.txt: is a binary file, not a document that samesay reads (.pdf .epub .ods .ots .fods .odt .ott .fodt .odp .fodp .pptx .ppsx .xlsx .xlsm .docx .docm .rtf .html .htm .xhtml .md .markdown .mdx .eml .mhtml .mht .mbox .mbx .srt .vtt .jsonl .ndjson .json .csv .tsv .txt .text)"
    );
    assert_snapshot!(
        said(&["passages", "--format", "npy"]),
        @"samesay: --format npy: not available for this command; use text, json or jsonl"
    );
    assert_snapshot!(
        said(&["passages", "--model", "nowhere"]),
        @"samesay: --model nowhere: not a directory, not `organisation/name` on the hub and not a known model (known: all-MiniLM-L6-v2, all-MiniLM-L12-v2, all-mpnet-base-v2, bge-small-en-v1.5, gte-small, snowflake-arctic-embed-s, e5-small-v2, mdbr-leaf-mt, mdbr-leaf-ir, multilingual-e5-small, paraphrase-multilingual-MiniLM-L12-v2)"
    );
    assert_snapshot!(
        said(&["passages", "nowhere.txt", "--format", "json"]),
        @r#"{"schema":"samesay.error.v1","error":"nowhere.txt: No such file or directory (os error 2)","kind":"input"}"#
    );
}
