//! Counting tests: the runners' "test result:" lines, and the one closing line over all of them.

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
    /// Reads libtest's `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out`.
    /// None for every other line.
    pub(crate) fn read(line: &str) -> Option<Tally> {
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
