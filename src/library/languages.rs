//! Documents and questions in languages that the model was not trained on.

use std::collections::BTreeMap;

use super::Library;
use crate::lang::one_line;
use crate::model::Model;
use crate::source::{UNDETERMINED, guess_asked_language, language_name, primary_language};

/// What helps with a language that the model was not trained on.
const USE_ANOTHER: &str = "use a multilingual model, such as paraphrase-multilingual-MiniLM-L12-v2";
/// Characters of a question that a message quotes.
const SHOWN: usize = 40;

/// The languages that the model was trained on, if they are few and known.
fn few_languages(model: &Model) -> Option<&[String]> {
    let known = model.languages();
    (!known.is_empty() && !known.iter().any(|tag| tag == "multilingual")).then_some(known)
}

fn names_of(known: &[String]) -> String {
    known.iter().map(|tag| language_name(tag)).collect::<Vec<_>>().join(", ")
}

/// A warning about a question in a language that the model was not trained on, if its languages are known.
pub fn asked_in_another_language(text: &str, model: &Model) -> Option<String> {
    let known = few_languages(model)?;
    let tag = guess_asked_language(text).filter(|tag| !known.contains(tag))?;
    // Without a name for its language, a question is only known not to be in English.
    if tag == UNDETERMINED && known.iter().any(|tag| tag != "en") {
        return None;
    }
    let beginning: String = one_line(text).chars().take(SHOWN).collect();
    let reads = names_of(known);
    let seems = match tag.as_str() {
        UNDETERMINED => format!("does not seem to be in {reads}"),
        tag => format!("seems to be in {}", language_name(tag)),
    };
    Some(format!(
        "the query {beginning:?} {seems}, but {} was trained on {reads} only, so sources that say this may not be \
         found: ask in {reads}, or {USE_ANOTHER}",
        model.name()
    ))
}

/// A warning about documents in languages that the model was not trained on, if its languages are known.
pub fn in_other_languages(library: &Library, model: &Model) -> Option<String> {
    let known = few_languages(model)?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for tag in library.documents().filter_map(|id| library.document(id).metadata.language.as_deref()) {
        let tag = primary_language(tag).to_lowercase();
        if !known.contains(&tag) {
            *counts.entry(tag).or_default() += 1;
        }
    }
    let others: usize = counts.values().sum();
    let name = |tag: &String| language_name(tag).to_owned();
    let each: Vec<String> = counts.iter().map(|(tag, count)| format!("{} ({count})", name(tag))).collect();
    let each = if counts.len() == 1 { counts.keys().map(name).collect() } else { each.join(", ") };
    let (reads, documents) = (names_of(known), library.documents().len());
    (others > 0).then(|| {
        format!(
            "{others} of {documents} {} {} in {each}, but {} was trained on {reads} only: of these, rely only on \
             copies, or {USE_ANOTHER}",
            if documents == 1 { "document" } else { "documents" },
            if others == 1 { "is" } else { "are" },
            model.name()
        )
    })
}
