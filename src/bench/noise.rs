//! Other work that a machine does while something is measured on it.

use std::fs::read_to_string;

use crate::report::{Noise, Spread};

/// Percent of the CPU's time above which other virtual machines, and other processes, disturb.
const STOLEN: f64 = 1.0;
const OTHERS: f64 = 5.0;
/// The share by which the frequency may fall.
const SLOWER: f64 = 0.05;
/// The share of the median above which its interval is too wide to show small differences.
const WIDE: f64 = 0.1;

/// Something that makes figures less certain.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// More threads ran than the machine has.
    #[error("{threads} threads shared {cpus} hardware threads")]
    Threads {
        /// Number of threads that ran.
        threads: usize,
        /// Number of hardware threads.
        cpus: usize,
    },
    /// Other virtual machines took this percentage of the CPU's time.
    #[error("other virtual machines took {0}% of the CPU's time")]
    Stolen(f64),
    /// Other processes took this percentage of the CPU's time.
    #[error("other processes took {0}% of the CPU's time")]
    Others(f64),
    /// The CPU became slower.
    #[error("the CPU's frequency fell from {before} to {after} MHz")]
    Frequency {
        /// Frequency in MHz before measuring.
        before: f64,
        /// Frequency in MHz after measuring.
        after: f64,
    },
    /// The interval of a figure is wide.
    #[error("{name}: the interval spans {percent:.0}% of the median")]
    Wide {
        /// Name of the figure.
        name: String,
        /// Width of the interval in percent of the median.
        percent: f64,
    },
    /// Figures have no interval.
    #[error("{names}: measured in one round, so there is no interval")]
    OneRound {
        /// Names of the figures.
        names: String,
    },
}

/// The state of the machine when measuring began.
pub struct Watch {
    clock: Option<Clock>,
    own: Option<f64>,
    load: Option<f64>,
    mhz: Option<f64>,
}

/// The CPU's time since the machine started, in ticks, over all CPUs.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Clock {
    all: f64,
    idle: f64,
    stolen: f64,
}

impl Watch {
    /// Begins to watch.
    pub fn start() -> Self {
        Self { clock: Clock::now(), own: own_ticks(), load: load(), mhz: mhz() }
    }

    /// Ends watching and returns what was seen. `threads` of `cpus` hardware threads were used, `figures` are the
    /// measured figures with their names, and `words` puts a warning into words.
    pub fn finish<'a>(
        self,
        threads: usize,
        cpus: usize,
        figures: impl Iterator<Item = (&'a str, &'a Spread)>,
        words: &dyn Fn(&Warning) -> String,
    ) -> Noise {
        let (now, own, mhz_now) = (Clock::now(), own_ticks(), mhz());
        let passed = self.clock.zip(now).filter(|(before, after)| after.all > before.all);
        let percent = |ticks: f64, (before, after): (Clock, Clock)| {
            (ticks.max(0.0) / (after.all - before.all) * 1e3).round() / 10.0
        };
        let steal = passed.map(|both| percent(both.1.stolen - both.0.stolen, both));
        let others = passed.zip(self.own.zip(own)).map(|(both, (own_before, own_after))| {
            let busy = |clock: Clock| clock.all - clock.idle - clock.stolen;
            percent(busy(both.1) - busy(both.0) - (own_after - own_before), both)
        });
        let mut noise = Noise {
            steal_percent: steal,
            others_percent: others,
            load_before: self.load,
            mhz: self.mhz.zip(mhz_now).map(|(before, after)| [before.round(), after.round()]),
            warnings: Vec::new(),
        };
        noise.warnings = warnings(&noise, threads, cpus, figures).iter().map(words).collect();
        noise
    }
}

fn warnings<'a>(
    noise: &Noise,
    threads: usize,
    cpus: usize,
    figures: impl Iterator<Item = (&'a str, &'a Spread)>,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if threads > cpus {
        warnings.push(Warning::Threads { threads, cpus });
    }
    warnings.extend(noise.steal_percent.filter(|percent| *percent > STOLEN).map(Warning::Stolen));
    warnings.extend(noise.others_percent.filter(|percent| *percent > OTHERS).map(Warning::Others));
    if let Some([before, after]) = noise.mhz.filter(|[before, after]| *after < before * (1.0 - SLOWER)) {
        warnings.push(Warning::Frequency { before, after });
    }
    let mut once = Vec::new();
    for (name, spread) in figures {
        let width = (spread.high - spread.low) / spread.median;
        if spread.confidence == 0.0 {
            once.push(name);
        } else if width > WIDE {
            warnings.push(Warning::Wide { name: name.to_owned(), percent: width * 100.0 });
        }
    }
    if !once.is_empty() {
        warnings.push(Warning::OneRound { names: once.join(", ") });
    }
    warnings
}

impl Clock {
    fn now() -> Option<Self> {
        Self::parse(&read_to_string("/proc/stat").ok()?)
    }

    /// Parses `cpu user nice system idle iowait irq softirq steal guest guest_nice`. A guest's time is in `user`
    /// already.
    fn parse(text: &str) -> Option<Self> {
        let ticks: Vec<f64> =
            text.lines().next()?.strip_prefix("cpu ")?.split_whitespace().map_while(|tick| tick.parse().ok()).collect();
        let [user, nice, system, idle, waiting, irq, soft, stolen] = ticks.get(..8)?.try_into().ok()?;
        Some(Self { all: user + nice + system + idle + waiting + irq + soft + stolen, idle: idle + waiting, stolen })
    }
}

/// Ticks used by this process and by the children that it waited for.
fn own_ticks() -> Option<f64> {
    let stat = read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in brackets, may contain anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    fields.get(11..15)?.iter().map(|ticks| ticks.parse::<f64>().ok()).sum()
}

fn load() -> Option<f64> {
    read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

/// Mean frequency of all CPUs in MHz, as the system reports it.
fn mhz() -> Option<f64> {
    let info = read_to_string("/proc/cpuinfo").ok()?;
    let of = |line: &str| line.strip_prefix("cpu MHz")?.split_once(':')?.1.trim().parse::<f64>().ok();
    let all: Vec<f64> = info.lines().filter_map(of).collect();
    (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_s_clock_is_read() {
        let clock = Clock::parse("cpu  100 1 20 800 9 3 2 50 7 0\ncpu0 1 2 3\n").unwrap();
        assert_eq!(clock, Clock { all: 985.0, idle: 809.0, stolen: 50.0 });
        assert_eq!(Clock::parse("cpu 1 2"), None);
        assert_eq!(Clock::parse(""), None);
    }

    #[test]
    fn disturbances_are_reported_and_a_quiet_machine_is_not() {
        let quiet = Noise {
            steal_percent: Some(0.2),
            others_percent: Some(1.0),
            load_before: Some(0.1),
            mhz: Some([3000.0, 2990.0]),
            warnings: Vec::new(),
        };
        let spread = |low, high| Spread { median: 100.0, min: low, max: high, low, high, confidence: 0.95 };
        let once = Spread { confidence: 0.0, ..spread(100.0, 100.0) };
        assert!(warnings(&quiet, 2, 2, [("64 tokens", &spread(98.0, 100.0))].into_iter()).is_empty());
        let loud = Noise { steal_percent: Some(3.0), others_percent: Some(30.0), mhz: Some([3000.0, 2000.0]), ..quiet };
        let said = warnings(&loud, 4, 2, [("64 tokens", &spread(50.0, 100.0)), ("candle", &once)].into_iter());
        for (warning, words) in said.iter().map(ToString::to_string).zip([
            "4 threads shared 2 hardware threads",
            "3%",
            "30%",
            "2000 MHz",
            "50%",
            "candle: measured in one round",
        ]) {
            assert!(warning.contains(words), "{warning}");
        }
        assert_eq!(said.len(), 6);
    }
}
