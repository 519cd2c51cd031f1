//! The rules of the house that no compiler knows (ARCHITECTURE.md).

use super::Findings;
use super::sources::Source;
use crate::workspace::Workspace;

/// A longer file wants splitting.
const LONGEST_FILE: usize = 400;
/// Longer all the same: what a C++ program includes stays one header, to be copied as one.
const LONG_FILES: [&str; 1] = ["include/fiskal.hpp"];

/// What a pure function has no use for: the network, the disk, the clock, chance, other threads.
const IMPURE: [&str; 10] = [
    "reqwest",
    "rusqlite",
    "std::fs",
    "std::net",
    "std::thread",
    "std::{",
    "Timestamp::now",
    "Zoned::now",
    "Uuid::new_v4",
    "Uuid::now_v",
];

/// Of `std::time`, a length of time is a value; everything else reads the clock.
const PURE_TIME: &str = "std::time::Duration";

/// Pairs of members of which the first must not depend on the second, not even through others or
/// in its tests: two readings of the same contract, each checking the other.
const APART: [(&str, &str); 2] = [("fiskal-sandbox", "fiskal"), ("fiskal", "fiskal-sandbox")];

/// Folders, and the modules that their code must not name: imports go one way.
const BELOW: [(&str, &[&str]); 6] = [
    (
        "core/src/verify/",
        &["crate::services", "crate::journal", "crate::transport", "crate::engine", "crate::operations"],
    ),
    (
        "core/src/reports/",
        &["crate::services", "crate::journal", "crate::transport", "crate::engine", "crate::operations"],
    ),
    ("core/src/services/", &["crate::journal", "crate::transport", "crate::engine", "crate::operations"]),
    ("core/src/journal/", &["crate::services", "crate::transport", "crate::engine", "crate::operations"]),
    ("core/src/transport/", &["crate::services", "crate::journal", "crate::engine", "crate::operations"]),
    ("core/src/engine/", &["crate::services", "crate::operations"]),
];

/// Which crate, and which module of the core, may know which.
pub(super) fn imports(workspace: &Workspace, sources: &[Source]) -> Findings {
    let mut findings = crates_apart(workspace);
    for (folder, upwards) in BELOW {
        let inside: Vec<_> = sources.iter().filter(|source| source.path.starts_with(folder)).collect();
        if inside.is_empty() {
            findings.push(format!("{folder} is empty: the rule about it checks nothing."));
        }
        for (source, number, line) in inside.iter().flat_map(|source| numbered(source)) {
            if let Some(module) = upwards.iter().find(|module| code(line).contains(**module)) {
                findings.push(format!("{}:{number}: {folder} must not know {module}.", source.path));
            }
        }
    }
    findings
}

fn crates_apart(workspace: &Workspace) -> Findings {
    let mut findings = Findings::new();
    for (from, to) in APART {
        match workspace.members().find(|member| member.name == from) {
            Some(member) if workspace.closure(member).contains(to) => {
                findings.push(format!("{from} depends on {to}: the two must share no code."));
            }
            Some(_) => {}
            None => findings.push(format!("{from} is not a member: the rule about it checks nothing.")),
        }
    }
    findings
}

/// A service is a function from what is known to what comes next.
pub(super) fn pure_services(sources: &[Source]) -> Findings {
    let services: Vec<_> =
        sources.iter().filter(|source| source.path.starts_with("core/src/services/")).collect();
    if services.is_empty() {
        return vec!["core/src/services is empty: the rule about it checks nothing.".to_owned()];
    }
    let mut findings = Findings::new();
    for (source, number, line) in services.iter().flat_map(|source| numbered(source)) {
        if let Some(word) = impurity(line) {
            findings
                .push(format!("{}:{number}: a service is pure and has no use for `{word}`.", source.path));
        }
    }
    findings
}

fn numbered(source: &Source) -> impl Iterator<Item = (&Source, usize, &str)> {
    source.lines().map(move |(number, line)| (source, number, line))
}

/// A line without its comment.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

fn impurity(line: &str) -> Option<&'static str> {
    let code = code(line);
    let clock = code.replace(PURE_TIME, "").contains("std::time").then_some("std::time");
    clock.or_else(|| IMPURE.into_iter().find(|word| code.contains(word)))
}

/// No file written by hand that needs much scrolling. Prose is read from the top.
pub(super) fn short_files(sources: &[Source]) -> Findings {
    let judged = |source: &&Source| {
        !source.is_prose() && !source.is_generated() && !LONG_FILES.contains(&source.path.as_str())
    };
    let lengths = sources.iter().filter(judged).map(|source| (&source.path, source.text.lines().count()));
    lengths
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .map(|(path, lines)| format!("{path}: {lines} lines, more than {LONGEST_FILE}: split it."))
        .collect()
}

/// No markers of unfinished work.
pub(super) fn nothing_left(sources: &[Source]) -> Findings {
    let mut findings = Findings::new();
    for source in sources {
        for (number, line) in source.lines() {
            if let Some(marker) = markers().into_iter().find(|marker| has_word(line, marker)) {
                findings.push(format!("{}:{number}: `{marker}` marks something unfinished.", source.path));
            }
        }
    }
    findings
}

/// Put together, so that this file does not find itself.
fn markers() -> [&'static str; 4] {
    [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!"), concat!("unimple", "mented!")]
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
        ![before, after].into_iter().flatten().any(|letter| letter.is_alphanumeric() || letter == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_service_that_reads_the_clock_is_found() {
        let cases = [
            ("use std::time::Duration;", None),
            ("let pause = std::time::Duration::from_secs(1);", None),
            ("use std::time::Instant;", Some("std::time")),
            ("use std::time::{Duration, Instant};", Some("std::time")),
            ("use std::{fs, io};", Some("std::{")),
            ("let now = Timestamp::now();", Some("Timestamp::now")),
            ("let id = Uuid::new_v4();", Some("Uuid::new_v4")),
            ("let id = Uuid::new_v3(&space, name);", None),
            ("let client = reqwest::blocking::Client::new();", Some("reqwest")),
            ("// reqwest would retry here", None),
            ("let ids = now.ids();", None),
        ];
        for (line, expected) in cases {
            assert_eq!(impurity(line), expected, "{line}");
        }
    }

    #[test]
    fn the_rule_about_services_fails_when_there_are_none() {
        assert_eq!(pure_services(&[source("core/src/lib.rs", "")]).len(), 1);
        assert!(pure_services(&[source("core/src/services/mod.rs", "pub trait Service {}")]).is_empty());
    }

    #[test]
    fn a_long_file_is_found_at_its_first_line_too_many() {
        let lines = |count: usize| source("core/src/x.rs", &"\n".repeat(count));
        assert!(short_files(&[lines(LONGEST_FILE)]).is_empty());
        assert_eq!(short_files(&[lines(LONGEST_FILE + 1)]).len(), 1);
        let long = "\n".repeat(LONGEST_FILE + 1);
        let generated = format!("# Generated by `cargo xtask codegen` from the registry.\n{long}");
        for (path, text, findings) in [
            ("a/b.py", &long, 1),
            ("a/b.hpp", &long, 1),
            ("include/fiskal.hpp", &long, 0),
            ("docs/long.md", &long, 0),
            ("a/types.py", &generated, 0),
        ] {
            assert_eq!(short_files(&[source(path, text)]).len(), findings, "{path}");
        }
    }

    #[test]
    fn markers_of_unfinished_work_are_words() {
        let [todo, fixme, macro_todo, _] = markers();
        for line in [format!("// {todo}: later"), format!("# {fixme}"), format!("    {macro_todo}(\"x\")")] {
            assert_eq!(nothing_left(&[source("a.rs", &line)]).len(), 1, "{line}");
        }
        for line in [format!("let MY_{todo}S = 1;"), "the receipt's todo says remedy".to_owned()] {
            assert!(nothing_left(&[source("a.rs", &line)]).is_empty(), "{line}");
        }
    }
}
