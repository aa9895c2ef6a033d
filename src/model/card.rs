//! The model card: the front matter of `README.md` in a model's folder.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Longer than any front matter.
const MOST: u64 = 64 * 1024;

/// The languages on which a model was trained, as tagged in the card (`en`); empty if there is no card or it names
/// none.
pub fn languages(dir: &Path) -> Vec<String> {
    let mut text = Vec::new();
    let read = File::open(dir.join("README.md")).and_then(|file| file.take(MOST).read_to_end(&mut text));
    if read.is_ok() { of_head(&String::from_utf8_lossy(&text)) } else { Vec::new() }
}

/// Parses `language: en`, `language: [en, de]`, or a list below it.
fn of_head(text: &str) -> Vec<String> {
    let mut lines = text.lines().map(str::trim_end);
    if lines.next() != Some("---") {
        return Vec::new();
    }
    let head: Vec<&str> = lines.take_while(|line| *line != "---").collect();
    let Some(at) = head.iter().position(|line| line.starts_with("language:")) else { return Vec::new() };
    let own = head[at].trim_start_matches("language:").trim();
    let items = head[at + 1..].iter().map_while(|line| line.trim_start().strip_prefix("- "));
    let items: Vec<&str> =
        if own.is_empty() { items.collect() } else { own.trim_matches(['[', ']']).split(',').collect() };
    let tag = |item: &str| item.trim().trim_matches(['"', '\'']).to_lowercase();
    items.into_iter().map(tag).filter(|tag| !tag.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_of_a_card() {
        for (text, expected) in [
            ("---\nlanguage: en\nlicense: mit\n---\n# A model", &["en"][..]),
            ("---\nlicense: mit\nlanguage:\n- en\n- de\ntags:\n- x\n---\n", &["en", "de"]),
            ("---\nlanguage: [\"en\", 'fr']\n---\n", &["en", "fr"]),
            ("---\nlicense: mit\n---\nlanguage: en\n", &[]),
            ("# A model\nlanguage: en\n", &[]),
            ("", &[]),
        ] {
            assert_eq!(of_head(text), expected, "{text}");
        }
    }
}
