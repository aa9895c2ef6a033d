//! What else a machine does while something is measured on it.

use std::fs::read_to_string;

use crate::report::{Noise, Spread};

/// Percent of the CPU's time from where on others disturb.
const STOLEN: f64 = 1.0;
const OTHERS: f64 = 5.0;
/// By how much a frequency may fall.
const SLOWER: f64 = 0.05;
/// From where on a median's interval is too wide for small differences to be seen.
const WIDE: f64 = 0.1;

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

    /// What was seen since. `threads` is how many were used, of as many as `cpus`; `figures` are what was measured, with
    /// their names.
    pub fn finish<'a>(
        self,
        threads: usize,
        cpus: usize,
        figures: impl Iterator<Item = (&'a str, &'a Spread)>,
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
        noise.warnings = warnings(&noise, threads, cpus, figures);
        noise
    }
}

fn warnings<'a>(
    noise: &Noise,
    threads: usize,
    cpus: usize,
    figures: impl Iterator<Item = (&'a str, &'a Spread)>,
) -> Vec<String> {
    let mut warnings = Vec::new();
    if threads > cpus {
        warnings.push(format!("{threads} threads shared {cpus} hardware threads; use --threads {cpus} or fewer"));
    }
    if let Some(percent) = noise.steal_percent.filter(|percent| *percent > STOLEN) {
        warnings.push(format!("other virtual machines took {percent}% of the CPU's time"));
    }
    if let Some(percent) = noise.others_percent.filter(|percent| *percent > OTHERS) {
        warnings.push(format!("other processes took {percent}% of the CPU's time"));
    }
    if let Some([before, after]) = noise.mhz.filter(|[before, after]| *after < before * (1.0 - SLOWER)) {
        warnings.push(format!("the CPU's frequency fell from {before} to {after} MHz"));
    }
    let mut once = Vec::new();
    for (name, spread) in figures {
        let width = (spread.high - spread.low) / spread.median;
        if spread.confidence == 0.0 {
            once.push(name);
        } else if width > WIDE {
            warnings.push(format!("{name}: the interval is {:.0}% of the median wide", width * 100.0));
        }
    }
    if !once.is_empty() {
        let how = "there is no interval; measure longer with --seconds";
        warnings.push(format!("{}: measured in one round, so {how}", once.join(", ")));
    }
    warnings
}

impl Clock {
    fn now() -> Option<Self> {
        Self::parse(&read_to_string("/proc/stat").ok()?)
    }

    /// `cpu user nice system idle iowait irq softirq steal guest guest_nice`; a guest's time is in `user` already.
    fn parse(text: &str) -> Option<Self> {
        let ticks: Vec<f64> =
            text.lines().next()?.strip_prefix("cpu ")?.split_whitespace().map_while(|tick| tick.parse().ok()).collect();
        let [user, nice, system, idle, waiting, irq, soft, stolen] = ticks.get(..8)?.try_into().ok()?;
        Some(Self { all: user + nice + system + idle + waiting + irq + soft + stolen, idle: idle + waiting, stolen })
    }
}

/// Ticks that this process and the children that it waited for have used.
fn own_ticks() -> Option<f64> {
    let stat = read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in brackets, may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    fields.get(11..15)?.iter().map(|ticks| ticks.parse::<f64>().ok()).sum()
}

fn load() -> Option<f64> {
    read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

/// The mean over all CPUs of what the system says of their frequency.
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
    fn what_disturbs_is_said_and_quiet_is_not() {
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
        for (warning, word) in
            said.iter().zip(["--threads 2", "3%", "30%", "2000 MHz", "50%", "candle: measured in one round"])
        {
            assert!(warning.contains(word), "{warning}");
        }
        assert_eq!(said.len(), 6);
    }
}
