//! Every case in `cases/`, through `Fiskal::call`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use fiskal_conformance::case;
use fiskal_conformance::run::run;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;

/// Cases at work at the same time; most of their time is waiting for a disk or a pause.
const AT_ONCE: usize = 4;

#[test]
fn every_case_holds() {
    let files = case::files().unwrap();
    let wanted = std::env::var("FISKAL_CASE").unwrap_or_default();
    let chosen: Vec<PathBuf> =
        files.iter().filter(|file| case::title(file).contains(&wanted)).cloned().collect();
    let waiting = Mutex::new(chosen.clone());
    let done = Mutex::new((BTreeSet::new(), Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(file) = { waiting.lock().unwrap().pop() } {
                    let title = case::title(&file);
                    let outcome = case::read(&file).and_then(|case| Ok((run(&case)?, case.name)));
                    let mut done = done.lock().unwrap();
                    match outcome {
                        Ok((wrong, _)) if wrong.is_empty() => {}
                        Ok((wrong, name)) => {
                            done.1.push(format!("{title} – {name}\n    {}", wrong.join("\n    ")));
                        }
                        Err(error) => done.1.push(format!("{title}\n    {error}")),
                    }
                    done.0.insert(file);
                }
            });
        }
    });
    let (ran, failures) = done.into_inner().unwrap();
    println!("{} cases, {} failed", ran.len(), failures.len());
    assert!(
        failures.is_empty(),
        "{} of {} cases failed:\n\n{}\n",
        failures.len(),
        ran.len(),
        failures.join("\n\n")
    );
    if wanted.is_empty() {
        assert_eq!(ran, files.into_iter().collect(), "a case was not run");
        assert!(ran.len() >= 60, "only {} cases", ran.len());
    }
}

/// Nothing lies among the cases that is none, and each says what it is about.
#[test]
fn every_file_is_a_case() {
    let mut names = BTreeSet::new();
    for file in case::files().unwrap() {
        let title = case::title(&file);
        assert!(title.ends_with(".json"), "{title} is no case");
        let case = case::read(&file).unwrap_or_else(|error| panic!("{title}: {error}"));
        assert!(case.why.len() > 20, "{title} does not say why");
        assert!(case.open_error.is_some() == case.steps.is_empty(), "{title} does nothing");
        assert!(names.insert(case.name.clone()), "{title}: another case has the name '{}'", case.name);
    }
}
