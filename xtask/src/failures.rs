//! What test runners print of the tests that failed, to be told once more at the end of a long run.

/// Lines kept of one runner's failures; a page of a CI log.
const KEPT: usize = 120;

/// Picks the part about failures out of a runner's output, line by line.
#[derive(Default)]
pub(crate) struct Failures {
    lines: Vec<String>,
    ends_with: Option<fn(&str) -> bool>,
}

impl Failures {
    /// Takes the next line of the output.
    pub(crate) fn read(&mut self, line: &str) {
        let ends_with = match self.ends_with {
            Some(ends_with) => ends_with,
            None => match beginning(line) {
                Some(ends_with) => ends_with,
                None => return,
            },
        };
        self.ends_with = (!ends_with(line)).then_some(ends_with);
        if self.lines.len() < KEPT {
            self.lines.push(line.to_owned());
        }
    }

    /// What was picked, in the order of the output.
    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines
    }
}

/// By what line the failures end that begin with this one; none where none begin.
fn beginning(line: &str) -> Option<fn(&str) -> bool> {
    if line == "failures:" {
        // libtest
        return Some(|line| line.starts_with("test result: "));
    }
    let ruled = line.strip_prefix('=').and(line.strip_suffix('='));
    if ruled.is_some() && (line.contains(" FAILURES ") || line.contains(" ERRORS ")) {
        // pytest: its summary is ruled, too, and ends with a time
        return Some(|line| line.starts_with('=') && line.contains(" in "));
    }
    // TAP, as Node's runner prints it: the explanation is a block of YAML
    line.trim_start().starts_with("not ok ").then_some(|line: &str| line.trim() == "...")
}

#[cfg(test)]
mod tests {
    use super::{Failures, KEPT};

    fn picked(output: &str) -> Vec<String> {
        let mut failures = Failures::default();
        output.lines().for_each(|line| failures.read(line));
        failures.into_lines()
    }

    #[test]
    fn what_each_runner_says_of_failures_is_picked_and_nothing_else() {
        let cases = [
            (
                "running 2 tests\ntest a ... ok\ntest b ... FAILED\n\nfailures:\n\n---- b ----\nwhy\n\nfailures:\n    b\n\ntest result: FAILED. 1 passed; 1 failed\nrest",
                "failures:\n\n---- b ----\nwhy\n\nfailures:\n    b\n\ntest result: FAILED. 1 passed; 1 failed",
            ),
            (
                "a.py .F\n===== FAILURES =====\n__ test_b __\nE  why\n=== short test summary info ===\nFAILED a.py::test_b\n=== 1 failed, 1 passed in 0.1s ===\nrest",
                "===== FAILURES =====\n__ test_b __\nE  why\n=== short test summary info ===\nFAILED a.py::test_b\n=== 1 failed, 1 passed in 0.1s ===",
            ),
            (
                "ok 1 - a\n  ---\n  duration_ms: 1\n  ...\nnot ok 2 - b\n  ---\n  error: why\n  ...\nok 3 - c\n# fail 1",
                "not ok 2 - b\n  ---\n  error: why\n  ...",
            ),
            ("running 1 test\ntest a ... ok\n\ntest result: ok. 1 passed; 0 failed", ""),
        ];
        for (output, expected) in cases {
            assert_eq!(picked(output).join("\n"), expected, "{output}");
        }
    }

    #[test]
    fn a_flood_is_cut() {
        let flood = format!("failures:\n{}", "why\n".repeat(10 * KEPT));
        assert_eq!(picked(&flood).len(), KEPT);
    }
}
