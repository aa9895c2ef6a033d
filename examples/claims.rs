//! Prints the claims that several documents make, with their wordings:
//! `cargo run --release --example claims corpus/`.

use samesay::{Error, Samesay};

fn main() -> Result<(), Error> {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    let library = Samesay::builder().build()?.read(folders)?;
    for claim in library.claims()? {
        println!("{} ({} independent)", claim.text(), claim.independent_sources());
        for wording in claim.wordings() {
            println!("    {:.2}  {}  {}", wording.probability(), wording.place(), wording.text());
        }
    }
    for why in library.unread() {
        eprintln!("{why}");
    }
    Ok(())
}
