//! The C programs and the examples under valgrind, and under the address and undefined behaviour
//! sanitizers: no error, and nothing that is definitely or indirectly lost.
//!
//! The program that forks is not among them: its children give nothing back of what was their parent's.
//! Where a tool is missing, its tests are ignored, which is counted; where the environment says `CI`,
//! they are required.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use libtest_mimic::{Arguments, Trial};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use support::{Bench, compiler, shop, succeeds};

/// The programs, with what they are given besides the configuration.
const PROGRAMS: [(&str, &[&str]); 8] = [
    ("ffi-c/tests/c/sale.c", &[]),
    ("ffi-c/tests/c/null.c", &[]),
    ("ffi-c/tests/c/handles.c", &[]),
    ("ffi-c/tests/c/text.c", &["1000000"]),
    ("ffi-c/tests/c/threads.c", &["1"]),
    ("ffi-c/tests/c/objects.cpp", &[]),
    ("examples/c/sale.c", &["R-1"]),
    ("examples/cpp/sale.cpp", &["R-1"]),
];

/// The program that loses memory on purpose.
const LEAKING: &str = "ffi-c/tests/c/leak.c";

/// What valgrind exits with when it found something.
const FOUND: &str = "--error-exitcode=99";

const VALGRIND: [&str; 7] = [
    "--quiet",
    "--leak-check=full",
    "--show-leak-kinds=definite,indirect",
    "--errors-for-leak-kinds=definite,indirect",
    "--num-callers=30",
    "--fair-sched=try",
    FOUND,
];

const SANITIZERS: [&str; 3] =
    ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"];

fn main() -> ExitCode {
    let required = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    let trials = [
        trials("valgrind", required || has_valgrind(), under_valgrind),
        trials("sanitizers", required || has_sanitizers(), under_sanitizers),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials.into_iter().flatten().collect()).exit_code()
}

/// A way to run a program under a tool.
type Prepare = fn(&Bench, &str) -> Command;

fn trials(tool: &str, is_there: bool, prepare: Prepare) -> Vec<Trial> {
    let trial = |source: &str, check: Box<dyn FnOnce() + Send>| {
        Trial::test(format!("{tool}: {source}"), move || {
            check();
            Ok(())
        })
        .with_ignored_flag(!is_there)
    };
    let clean = PROGRAMS
        .into_iter()
        .map(|(source, arguments)| trial(source, Box::new(move || is_clean(prepare, source, arguments))));
    clean.chain([trial(LEAKING, Box::new(move || is_found(prepare, LEAKING)))]).collect()
}

fn has_valgrind() -> bool {
    let asked = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

fn has_sanitizers() -> bool {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [c, cpp] = ["probe.c", "probe.cpp"].map(|name| {
        let source = folder.path().join(name);
        std::fs::write(&source, "int main(void) { return 0; }").expect("a file");
        let mut command = compiler(name);
        command.args(SANITIZERS).arg(source).arg("-o").arg(folder.path().join("probe"));
        command.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    });
    c && cpp
}

fn under_valgrind(bench: &Bench, source: &str) -> Command {
    let mut command = bench.command("valgrind");
    command.args(VALGRIND).arg(bench.compile(source, &[]));
    command
}

fn under_sanitizers(bench: &Bench, source: &str) -> Command {
    let mut command = bench.command(bench.compile(source, &SANITIZERS));
    command.env("ASAN_OPTIONS", "detect_leaks=1").env("UBSAN_OPTIONS", "print_stacktrace=1");
    command
}

/// Runs a program in a shop whose register is ready: it succeeds, and nothing is found.
fn is_clean(prepare: Prepare, source: &str, arguments: &[&str]) {
    let bench = Bench::new();
    let (_sandbox, shop) = shop();
    provision(&bench, &shop.config());
    let mut command = prepare(&bench, source);
    succeeds(command.arg(shop.config()).args(arguments).output().expect("the program runs"), source);
}

/// A tool that finds nothing anywhere proves nothing.
fn is_found(prepare: Prepare, source: &str) {
    let output = prepare(&Bench::new(), source).output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let found = said.contains("definitely lost") || said.contains("detected memory leaks");
    assert!(!output.status.success() && found, "{said}");
}

fn provision(bench: &Bench, config: &Path) {
    let program = bench.compile("ffi-c/tests/c/call.c", &[]);
    let mut command = bench.command(program);
    succeeds(command.arg(config).args(["provision", "{}"]).output().expect("it runs"), "provision");
}
