//! Prints the documents that say something like a question:
//! `cargo run --release --example search corpus/ "crew reported false alarms"`.

use samesay::{Error, Samesay};

fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(question)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: search FOLDER QUESTION");
        return Ok(());
    };
    // The next run finds in this file what this one embedded.
    let samesay = Samesay::builder().store(std::env::temp_dir().join("samesay-example.db")).build()?;
    let library = samesay.read([folder])?;
    let hits = library.search(&question).limit(5).run()?;
    if hits.is_empty() {
        println!("no document says this");
    }
    for hit in hits {
        println!("{:.2}  {}  {}", hit.relevance(), hit.place(), hit.sentence().unwrap_or(hit.text()));
    }
    Ok(())
}
