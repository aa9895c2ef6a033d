//! A description of the machine, from Linux's `/proc` and `/sys`. Other systems have only a part of it.

use std::collections::BTreeSet;
use std::fs::read_to_string;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::report::{Cache, Machine};

/// Prefixes of the flags for vector instructions.
const VECTORS: [&str; 11] = ["amx", "avx", "fma", "f16c", "gfni", "sse4", "ssse3", "asimd", "sve", "i8mm", "bf16"];

/// The name of the CPU.
pub fn cpu_name() -> String {
    field(&cpu_info(), "model name").unwrap_or_else(|| format!("unknown {} CPU", std::env::consts::ARCH))
}

/// The machine that this process runs on.
pub fn machine() -> Machine {
    let info = cpu_info();
    let flags = field(&info, "flags").or_else(|| field(&info, "Features")).unwrap_or_default();
    let vectors = |flag: &&str| VECTORS.iter().any(|start| flag.starts_with(start));
    Machine {
        system: system(),
        virtual_machine: (!flags.is_empty()).then(|| flags.split(' ').any(|flag| flag == "hypervisor")),
        cores: cores(&info),
        hardware_threads: std::thread::available_parallelism().map_or(1, usize::from),
        flags: flags.split(' ').filter(vectors).map(str::to_owned).collect(),
        caches: caches(Path::new("/sys/devices/system/cpu/cpu0/cache")),
        governor: line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        memory_bytes: memory("MemTotal"),
    }
}

/// Bytes of memory that are available.
pub fn memory_available() -> Option<u64> {
    memory("MemAvailable")
}

/// The largest cache that the first core uses.
pub fn largest_cache() -> Option<Cache> {
    caches(Path::new("/sys/devices/system/cpu/cpu0/cache")).into_iter().max_by_key(|cache| cache.bytes)
}

/// Today's date in UTC, such as `2026-11-29`.
pub fn today() -> String {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400);
    day(days)
}

/// The date `days` after 1970-01-01: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (`civil_from_days`).
fn day(days: u64) -> String {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year_of_era + u64::from(month <= 2))
}

fn cpu_info() -> String {
    read_to_string("/proc/cpuinfo").unwrap_or_default()
}

/// The first field of that name in `/proc/cpuinfo`.
fn field(info: &str, name: &str) -> Option<String> {
    info.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.trim() == name).then(|| value.trim().to_owned())
    })
}

/// Number of pairs of a socket and a core.
fn cores(info: &str) -> Option<usize> {
    let both = |block: &str| Some((field(block, "physical id")?, field(block, "core id")?));
    let cores: BTreeSet<_> = info.split("\n\n").filter_map(both).collect();
    (!cores.is_empty()).then_some(cores.len())
}

fn system() -> String {
    match line("/proc/sys/kernel/osrelease") {
        Some(release) => format!("{} {release}", std::env::consts::OS),
        None => std::env::consts::OS.to_owned(),
    }
}

fn caches(folder: &Path) -> Vec<Cache> {
    let cache = |index: usize| {
        let of = |name: &str| line(folder.join(format!("index{index}")).join(name));
        Some(Cache {
            level: of("level")?.parse().ok()?,
            kind: of("type")?.to_lowercase(),
            bytes: bytes(&of("size")?)?,
            shared_by: listed(&of("shared_cpu_list")?),
        })
    };
    (0..8).map_while(cache).collect()
}

/// A size such as `32K`.
fn bytes(size: &str) -> Option<u64> {
    let (number, unit) = size.split_at(size.find(|c: char| !c.is_ascii_digit()).unwrap_or(size.len()));
    let factor = match unit {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// Number of CPUs in a list such as `0-3,8`.
fn listed(list: &str) -> usize {
    let count = |part: &str| match part.split_once('-') {
        Some((first, last)) => Some(last.parse::<usize>().ok()?.checked_sub(first.parse().ok()?)? + 1),
        None => part.parse::<usize>().ok().map(|_| 1),
    };
    list.split(',').filter_map(count).sum()
}

fn memory(name: &str) -> Option<u64> {
    let value = field(&read_to_string("/proc/meminfo").ok()?, name)?;
    Some(value.strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
}

/// The text of a file of the system that has one line.
pub(super) fn line(path: impl AsRef<Path>) -> Option<String> {
    let text = read_to_string(path).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates_of_the_calendar() {
        assert_eq!(
            [0, 59, 11_016, 19_782, 20_786].map(day),
            ["1970-01-01", "1970-03-01", "2000-02-29", "2024-02-29", "2026-11-29"]
        );
    }

    #[test]
    fn sizes_and_lists_of_the_system_are_read() {
        assert_eq!(
            ["48K", "2M", "1G", "7", "x", "3X"].map(bytes),
            [Some(49_152), Some(2 << 20), Some(1 << 30), Some(7), None, None]
        );
        assert_eq!(["0", "0-3", "0-3,8,10-11", ""].map(listed), [1, 4, 7, 0]);
    }

    #[test]
    fn cores_are_distinguished_from_hardware_threads() {
        let thread = |core: usize| format!("physical id\t: 0\ncore id\t\t: {core}\n\n");
        assert_eq!(cores(&[0, 1, 0, 1].map(thread).concat()), Some(2));
        assert_eq!(cores("processor : 0\n"), None);
    }
}
