//! Selection of documents by date.

use samesay::library::Library;
use samesay::report::{counted, some_of};
use samesay::source::Date;

use super::InputError;
use super::notes::named;
use crate::cli::config::UsageError;

/// The days that `--since` and `--until` select.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days {
    pub(super) since: Option<Date>,
    pub(super) until: Option<Date>,
}

impl Days {
    pub(super) fn parse(since: Option<&str>, until: Option<&str>) -> Result<Self, UsageError> {
        let day = |flag: &str, typed: Option<&str>| match typed {
            None => Ok(None),
            Some(typed) => match Date::parse(typed) {
                Some(day) => Ok(Some(day)),
                None => Err(UsageError(format!("{flag} {typed}: not a valid date; use YYYY-MM-DD"))),
            },
        };
        let days = Self { since: day("--since", since)?, until: day("--until", until)? };
        match (days.since, days.until) {
            (Some(since), Some(until)) if since > until => {
                Err(UsageError(format!("--since {since} is later than --until {until}")))
            }
            _ => Ok(days),
        }
    }

    pub(super) fn are_limited(self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    fn hold(self, day: Option<Date>) -> bool {
        !self.are_limited()
            || day.is_some_and(|day| {
                self.since.is_none_or(|since| day >= since) && self.until.is_none_or(|until| day <= until)
            })
    }
}

/// Most sources dated by their files that a message names.
const FILE_DATES: usize = 5;

pub(super) fn take_days(days: Days, mut library: Library) -> Result<Library, InputError> {
    let all = library.documents().len();
    let undated = library.documents().filter(|id| library.document(*id).metadata.date.is_none()).count();
    if undated > 0 {
        let have = if undated == 1 { "has no date and was" } else { "have no date and were" };
        library.warnings.push(format!("{} {have} left out by --since or --until", counted(undated, "source")));
    }
    let by_file = library.documents().filter(|id| library.is_dated_by_file(*id));
    let by_file: Vec<String> = by_file
        .map(|id| {
            let document = library.document(id);
            let date = document.metadata.date.map_or_else(String::new, |date| date.to_string());
            let left = if days.hold(document.metadata.date) { "" } else { ", left out" };
            format!("{} ({date}{left})", named(&document.path, &document.id))
        })
        .collect();
    if !by_file.is_empty() {
        library.warnings.push(format!(
            "--since and --until use the file date for {} whose text has no date line: {}",
            counted(by_file.len(), "source"),
            some_of(&by_file, FILE_DATES)
        ));
    }
    let library = library.retain(|document| days.hold(document.metadata.date));
    if library.documents().len() == 0 {
        Err(InputError(format!(
            "no source is dated within --since and --until ({} read, {undated} without a date)",
            counted(all, "source")
        )))
    } else {
        Ok(library)
    }
}
