//! Korean: words after which a sentence continues.

use super::Lists;

#[rustfmt::skip]
pub(super) const LISTS: Lists = Lists {
    said: &["강조했다", "답했다", "대답했다", "덧붙였다", "되물었다", "말했다", "물었다", "밝혔다", "설명했다", "외쳤다", "전했다", "지적했다"],
    ..Lists::NONE
};
