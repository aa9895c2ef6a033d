//! Hindi: abbreviations that do not end sentences.

use super::Lists;

#[rustfmt::skip]
pub(super) const LISTS: Lists = Lists {
    abbreviations: &["ई", "कु", "डा", "डॉ", "पं", "पू", "प्रो", "रु", "श्री", "सं", "स्व"],
    before_numbers: &["क्र", "पृ", "सं"],
    starters: &[
        "अब", "इस", "इसके", "उन्होंने", "उस", "उसके", "उसने", "और", "क्या", "तब", "पर", "फिर", "यह", "ये", "लेकिन",
        "वह", "वे", "हम",
    ],
    said: &["कहा", "पूछा", "बताया", "बोला", "बोली", "बोले"],
    ..Lists::NONE
};
