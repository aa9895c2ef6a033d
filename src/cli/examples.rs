//! Examples for the help of each command.

/// End of the main help.
pub const MAIN: &str = "\
Examples:
  samesay report articles/ -o report.html           what a folder shares, as a page
  samesay query \"the crew reported it\" articles/    which sources say something like this
  samesay compare a.pdf b.docx                      two documents side by side

`samesay COMMAND --help` has more examples.
Exit codes: 0 if something was found, 1 if nothing was found, 2 if there was an error.";

pub const QUERY: &str = "\
Examples:
  samesay query \"the crew had reported false alarms\" articles/
  samesay query \"rents may rise\" . --words \"3.5 percent\" -n 5
  samesay query --file claims.txt articles/ --format json
  samesay query --like articles/wire.txt:12 articles/
  samesay query --vector questions.npy --vectors texts.npy --ids ids.txt -n 5

Options of all commands: samesay --help";

pub const COMPARE: &str = "\
Examples:
  samesay compare wire.txt gazette.html
  samesay compare draft.docx final.docx --explain

Options of all commands: samesay --help";

pub const SOURCES: &str = "\
Examples:
  samesay sources articles/
  samesay sources articles/ --since 2026-01-01 --source-map publishers.csv

Options of all commands: samesay --help";

pub const PAIRS: &str = "\
Examples:
  samesay pairs articles/ --top-k 3 --format csv
  samesay pairs drafts/ --against published/ --unit sentence
  samesay pairs articles/ --like articles/today.html
  samesay pairs drafts/ --against archive.db
  samesay pairs --vectors texts.npy --ids ids.txt --min-score 0.9 -o pairs.jsonl

Options of all commands: samesay --help";

pub const CLUSTER: &str = "\
Examples:
  samesay cluster articles/
  samesay cluster articles/ --by story
  samesay cluster articles/ --by topic --labels-from-dirs
  samesay cluster table.csv --text-column body --id-column doi
  samesay cluster --vectors texts.npy --min-score 0.8 -o clusters.csv

Options of all commands: samesay --help";

pub const REPORT: &str = "\
Examples:
  samesay report articles/ -o report.html --open
  samesay report articles/ -o report.md -o table.csv --bom
  samesay report articles/ -o today.json -o today.html --since-report yesterday.json
  samesay report articles/ --format json

Options of all commands: samesay --help";

pub const PASSAGES: &str = "\
Examples:
  samesay passages paper.pdf
  samesay passages articles/ --glob '*.html'

Options of all commands: samesay --help";

pub const INDEX: &str = "\
Examples:
  samesay index articles/
  samesay index articles/ --watch
  samesay index status articles/

Options of all commands: samesay --help";

pub const EMBED: &str = "\
Examples:
  samesay embed --lines sentences.txt -o vectors.npy
  samesay embed --lines sentences.txt --ids ids.txt --shard 1/4 -o 1.jsonl
  echo \"one text\" | samesay embed

Options of all commands: samesay --help";

pub const BENCH: &str = "\
Examples:
  samesay bench
  samesay bench --texts sentences.txt --threads 1

Options of all commands: samesay --help";

pub const MODEL: &str = "\
Examples:
  samesay model pull
  samesay model pull paraphrase-multilingual-MiniLM-L12-v2
  samesay model show sentence-transformers/all-distilroberta-v1
  samesay model verify

Options of all commands: samesay --help";

pub const COMPLETIONS: &str = "\
Examples:
  samesay completions bash > ~/.local/share/bash-completion/completions/samesay

Options of all commands: samesay --help";

pub const SCHEMA: &str = "\
Examples:
  samesay schema query > query.schema.json

Options of all commands: samesay --help";

pub const MAN: &str = "\
Examples:
  samesay man | man -l -
  samesay man -o ~/.local/share/man/man1

Options of all commands: samesay --help";
