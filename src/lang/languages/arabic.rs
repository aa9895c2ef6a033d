//! Arabic: abbreviations that do not end sentences.

use super::Lists;

#[rustfmt::skip]
pub(super) const LISTS: Lists = Lists {
    abbreviations: &["أ", "د", "م"],
    before_numbers: &["ج", "ص"],
    starters: &[
        "أما", "أن", "إن", "بعد", "ثم", "على", "عن", "في", "قال", "كان", "كما", "لا", "لكن", "لم", "لن", "من",
        "هذا", "هذه", "هل", "هو", "هي",
    ],
    after_quotes: &["أجاب", "أضاف", "تساءل", "سأل", "صرح", "قال", "كتب"],
    ..Lists::NONE
};
