//! Counting tests: what the runners of three languages report, and the one closing line over all of it.

use std::fmt;
use std::ops::AddAssign;

/// How many tests passed, failed, and were not asked to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    /// One test that passed or failed.
    pub(crate) fn of(well: bool) -> Tally {
        Tally { passed: u64::from(well), failed: u64::from(!well), skipped: 0 }
    }

    /// Reads a runner's summary; none for every other line.
    pub(crate) fn read(line: &str) -> Option<Tally> {
        Tally::of_libtest(line).or_else(|| Tally::of_pytest(line)).or_else(|| Tally::of_node(line))
    }

    /// libtest: `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out`.
    fn of_libtest(line: &str) -> Option<Tally> {
        let (_verdict, counts) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
        let mut tally = Tally::default();
        for part in counts.split(';') {
            let Some((count, what)) = part.trim().split_once(' ') else { continue };
            let field = match what {
                "passed" => &mut tally.passed,
                "failed" => &mut tally.failed,
                "ignored" => &mut tally.skipped,
                _ => continue,
            };
            *field = count.parse().ok()?;
        }
        Some(tally)
    }

    /// pytest: `==== 3 passed, 1 skipped in 0.12s ====`.
    fn of_pytest(line: &str) -> Option<Tally> {
        let (counts, time) = line.trim().trim_matches('=').trim().rsplit_once(" in ")?;
        time.split(' ').next()?.strip_suffix('s')?.parse::<f64>().ok()?;
        let mut tally = Tally::default();
        for part in counts.split(", ") {
            let (count, what) = part.split_once(' ')?;
            let count: u64 = count.parse().ok()?;
            match what {
                "passed" | "xpassed" => tally.passed += count,
                "failed" | "error" | "errors" => tally.failed += count,
                "skipped" | "xfailed" => tally.skipped += count,
                _ => {}
            }
        }
        Some(tally)
    }

    /// Node's runner, in TAP: `# pass 3`, `# fail 0`, `# cancelled 0`, `# skipped 1`, a line each.
    fn of_node(line: &str) -> Option<Tally> {
        let (what, count) = line.strip_prefix("# ")?.split_once(' ')?;
        let count: u64 = count.parse().ok()?;
        match what {
            "pass" => Some(Tally { passed: count, ..Tally::default() }),
            "fail" | "cancelled" => Some(Tally { failed: count, ..Tally::default() }),
            "skipped" | "todo" => Some(Tally { skipped: count, ..Tally::default() }),
            _ => None,
        }
    }

    /// A program that ended badly counts as a failure even when it named none: it may have died
    /// before its "test result:" line.
    #[must_use]
    pub(crate) fn ended(mut self, well: bool) -> Tally {
        if !well && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// The closing line: `N passed, N failed`, and `, N skipped` where there are any.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    const fn tally(passed: u64, failed: u64, skipped: u64) -> Tally {
        Tally { passed, failed, skipped }
    }

    #[test]
    fn result_lines_are_counted_and_no_others() {
        let cases = [
            (
                "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.00s",
                Some(tally(3, 0, 0)),
            ),
            (
                "test result: FAILED. 10 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 9.41s",
                Some(tally(10, 2, 1)),
            ),
            ("   test result: ok. 0 passed; 0 failed; 4 ignored; 0 measured", Some(tally(0, 0, 4))),
            ("test tally::tests::result ... ok", None),
            ("running 3 tests", None),
            ("test result: ok", None),
            ("test result: ok. many passed; 0 failed", None),
            ("==== 3 passed, 1 skipped in 0.12s ====", Some(tally(3, 0, 1))),
            ("= 1 failed, 44 passed, 2 deselected, 1 error in 73.20s (0:01:13) =", Some(tally(44, 2, 0))),
            ("12 passed in 3.00s", Some(tally(12, 0, 0))),
            ("no tests ran in 0.01s", None),
            ("the sale was passed in 3 steps", None),
            ("# pass 12", Some(tally(12, 0, 0))),
            ("# fail 2", Some(tally(0, 2, 0))),
            ("# skipped 1", Some(tally(0, 0, 1))),
            ("# tests 15", None),
            ("# duration_ms 120.5", None),
            ("", None),
        ];
        for (line, expected) in cases {
            assert_eq!(Tally::read(line), expected, "{line}");
        }
    }

    #[test]
    fn the_closing_line_is_the_sum() {
        let mut sum = Tally::default();
        for part in [tally(3, 0, 0), tally(10, 2, 0), tally(0, 0, 0)] {
            sum += part;
        }
        assert_eq!(sum.to_string(), "13 passed, 2 failed");
        sum += tally(1, 0, 4);
        assert_eq!(sum.to_string(), "14 passed, 2 failed, 4 skipped");
    }

    #[test]
    fn a_program_that_dies_counts_as_a_failure() {
        assert_eq!(tally(5, 0, 0).ended(true), tally(5, 0, 0));
        assert_eq!(tally(5, 0, 0).ended(false), tally(5, 1, 0));
        assert_eq!(tally(5, 3, 0).ended(false), tally(5, 3, 0));
    }
}
