//! Turns texts into vectors and prints their cosines: `cargo run --release --example vectors`.

use samesay::model::fetch::{Places, Silent, obtain};
use samesay::model::manifest::Manifest;
use samesay::model::{Backend, Embedder, Model, Prompt};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let manifest = Manifest::find(Manifest::DEFAULT).ok_or("no such model")?;
    let places = Places::of_user(None).ok_or("there is no home directory")?;
    let model = Model::of_manifest(manifest, &obtain(manifest, &places, &mut Silent)?, Backend::Best)?;
    println!("{} on {} in {}", model.name(), model.engine().isa, model.engine().precision);

    let texts = ["The ferry ran onto the breakwater.", "A boat hit the pier.", "Rents may rise by three per cent."];
    // `[3, 384]`. Each row has length 1, so that the product of two rows is their cosine.
    let vectors = Embedder::new(model, 2)?.embed(&texts, Prompt::Passage)?;
    for (text, row) in texts.iter().zip(vectors.dot(&vectors.t()).rows()) {
        let cosines: Vec<String> = row.iter().map(|cosine| format!("{cosine:5.2}")).collect();
        println!("{}  {text}", cosines.join(" "));
    }
    Ok(())
}
