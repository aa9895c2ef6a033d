//! Taking turns.

use std::time::{Duration, Instant};

use super::{Plan, Progress};

/// Rounds that are enough for an interval of 95% around a median.
const ENOUGH: usize = 6;
/// Most rounds: more would not improve any figure.
const MOST: usize = 1000;

/// Lets contestants take turns: in each round each runs once, and each round begins with another contestant. Returns
/// the results by round, `[contestant][round]`. Rounds end when their number is reached or, if none is given, by
/// `time`: there are at least six rounds if these take no more than half as long again, and at least one.
///
/// # Errors
/// The first error of a contestant.
pub fn in_turns<T, E>(
    contestants: usize,
    plan: Plan,
    time: Duration,
    progress: &dyn Progress,
    mut run: impl FnMut(usize) -> Result<T, E>,
) -> Result<Vec<Vec<T>>, E> {
    let mut results: Vec<Vec<T>> = (0..contestants).map(|_| Vec::new()).collect();
    let start = Instant::now();
    for round in 0.. {
        if round > 0 && ends(round, start.elapsed(), plan.rounds, time) {
            break;
        }
        match plan.rounds {
            Some(rounds) => progress.detail(&format!("round {} of {rounds}", round + 1)),
            None => progress.detail(&format!(
                "round {}, {:.0} of {:.0} s",
                round + 1,
                start.elapsed().as_secs_f64(),
                time.as_secs_f64()
            )),
        }
        for turn in 0..contestants {
            let who = (round + turn) % contestants;
            results[who].push(run(who)?);
        }
    }
    Ok(results)
}

fn ends(round: usize, passed: Duration, rounds: Option<usize>, time: Duration) -> bool {
    let with_next = passed + passed / round as u32;
    match rounds {
        Some(rounds) => round >= rounds,
        None => round >= MOST || with_next > time.mul_f64(1.5) || (round >= ENOUGH && with_next > time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_have_equal_turns_and_each_round_begins_with_another() {
        let (plan, mut order) = (Plan { seconds: 1.0, rounds: Some(3), all: false }, Vec::new());
        let run = |who: usize| {
            order.push(who);
            Ok::<_, ()>(who * 10 + order.len())
        };
        let results = in_turns(2, plan, Duration::ZERO, &(), run).unwrap();
        assert_eq!(results, [[1, 4, 5], [12, 13, 16]]);
        assert_eq!(order, [0, 1, 1, 0, 0, 1]);
    }

    #[test]
    fn rounds_end_by_time_but_not_before_there_are_six() {
        let ends = |round, seconds: f64| ends(round, Duration::from_secs_f64(seconds), None, Duration::from_secs(10));
        assert!(!ends(1, 7.0) && ends(1, 8.0));
        assert!(!ends(5, 10.0) && ends(6, 10.0) && ends(5, 14.0));
        assert!(!ends(20, 9.0) && ends(20, 9.9) && ends(1000, 0.1));
    }
}
