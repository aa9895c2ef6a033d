//! Titles and offices.

/// Words that precede a name without belonging to it.
#[rustfmt::skip]
pub(crate) const BEFORE_NAMES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "dame", "lord", "lady", "president", "minister",
    "senator", "mayor", "judge", "captain", "sergeant", "inspector", "councillor", "chief", "the",
];

/// Titles that only one person holds at a time, at least among close passages.
#[rustfmt::skip]
pub(crate) const OFFICES: &[&str] = &[
    "mayor", "governor", "president", "chairman", "chairwoman", "chair", "captain", "skipper", "master", "premier",
    "chancellor", "king", "queen", "pope", "bishop", "director", "secretary", "headmaster", "principal", "ceo",
    "executive", "judge", "sheriff", "coach", "commander", "minister", "chief", "editor", "constable", "treasurer",
    "owner", "founder", "rector", "dean", "pilot", "laureate", "manager", "leader", "chairperson", "speaker",
    "ambassador", "curator", "conductor", "archbishop",
];

/// Titles that many people hold.
#[rustfmt::skip]
pub(crate) const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "professor", "doctor", "senator", "sen", "rep", "member", "officer", "spokesman",
    "spokeswoman", "detective", "sergeant", "inspector", "teacher", "farmer", "economist", "nurse", "engineer",
    "lawyer", "colonel", "general",
];

#[rustfmt::skip]
pub(crate) const FORMER: &[&str] = &[
    "former", "then", "late", "ex", "acting", "incoming", "outgoing", "deputy", "vice", "previous", "interim",
    "current", "new",
];
