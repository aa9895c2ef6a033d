//! Times in words.

#[rustfmt::skip]
pub(crate) const ORDINALS: [&str; 20] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth",
];

/// Parts of the day, and the range of minutes in which each may be called so; night ends on the next day.
#[rustfmt::skip]
pub(crate) const PARTS_OF_DAY: [(&str, [u16; 2]); 8] = [
    ("dawn", [180, 480]), ("daybreak", [180, 480]), ("morning", [210, 750]), ("midday", [660, 840]),
    ("afternoon", [690, 1110]), ("evening", [990, 1440]), ("night", [1140, 1830]), ("overnight", [1140, 1830]),
];
