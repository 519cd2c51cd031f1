//! The tree that `cargo xtask dist` makes: programs are built with it as a C programmer would.
//!
//! Where pkg-config is missing, its tests are ignored, which is counted; where the environment says `CI`,
//! they are required.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use libtest_mimic::{Arguments, Trial};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::LazyLock;
use support::{STRICT, artifact, build, compiler, folder, root, shop, succeeds};
use tempfile::TempDir;

/// Made once of what is built already, for all tests here.
static TREE: LazyLock<TempDir> = LazyLock::new(|| {
    let prefix = tempfile::tempdir().expect("a temporary folder");
    artifact("libfiskal.a");
    let xtask = build().join("xtask");
    assert!(xtask.exists(), "{} is missing; build it first: cargo build -p xtask", xtask.display());
    let mut command = Command::new(xtask);
    command.args(["dist", "--built"]).arg(build()).arg("--prefix").arg(prefix.path()).current_dir(root());
    succeeds(command.output().expect("xtask runs"), "cargo xtask dist");
    prefix
});

fn lib() -> PathBuf {
    TREE.path().join("lib")
}

/// Compiles and links a program with these options; the program.
#[track_caller]
fn link(into: &TempDir, source: &str, options: &[String]) -> PathBuf {
    let program = into.path().join("program");
    let mut command = compiler(source);
    command.args(STRICT).arg(root().join(source)).args(options).arg("-o").arg(&program);
    succeeds(command.output().expect("the compiler runs"), source);
    program
}

/// Runs a program of `tests/c` in a shop.
#[track_caller]
fn sells(program: &Path, library_path: Option<PathBuf>) {
    let (_sandbox, shop) = shop();
    let mut command = Command::new(program);
    command.arg(shop.config()).env("RUST_BACKTRACE", "0").env_remove("LD_LIBRARY_PATH");
    command.envs(library_path.map(|path| ("LD_LIBRARY_PATH", path)));
    succeeds(command.output().expect("the program runs"), "sale");
}

/// What `pkg-config` says with these options.
#[track_caller]
fn pkg_config(options: &[&str]) -> Vec<String> {
    let mut command = Command::new("pkg-config");
    command.env("PKG_CONFIG_PATH", lib().join("pkgconfig")).args(options).arg("fiskal");
    let said = succeeds(command.output().expect("pkg-config runs"), "pkg-config");
    said.split_whitespace().map(str::to_owned).collect()
}

fn main() -> ExitCode {
    let required = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    let has_pkg_config = required || Command::new("pkg-config").arg("--version").output().is_ok();
    let trial = |name: &str, check: fn(), runs: bool| {
        let run = move || {
            check();
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!runs)
    };
    let trials = vec![
        trial("a program finds the shared library by its links", a_program_finds_the_shared_library, true),
        trial(
            "a program with an SQLite of its own links the static library",
            a_program_with_its_own_sqlite,
            true,
        ),
        trial("only our functions are global in the static library", only_our_functions_are_global, true),
        trial("pkg-config tells how to link", pkg_config_tells_how_to_link, has_pkg_config),
        trial(
            "pkg-config tells how to link statically",
            pkg_config_tells_how_to_link_statically,
            has_pkg_config,
        ),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn a_program_finds_the_shared_library() {
    let into = tempfile::tempdir().expect("a temporary folder");
    let options = [format!("-I{}/include", TREE.path().display()), format!("-L{}", lib().display())];
    let program = link(&into, "ffi-c/tests/c/sale.c", &[&options[..], &["-lfiskal".to_owned()]].concat());
    sells(&program, Some(lib()));
}

fn a_program_with_its_own_sqlite() {
    let into = tempfile::tempdir().expect("a temporary folder");
    let options = [
        format!("-I{}/include", TREE.path().display()),
        lib().join("libfiskal.a").display().to_string(),
        "-lpthread".into(),
        "-ldl".into(),
        "-lm".into(),
    ];
    let program = link(&into, "ffi-c/tests/c/own_sqlite.c", &options);
    sells(&program, None);
}

fn only_our_functions_are_global() {
    // Plain nm loads whatever plugin is installed, which may not understand objects of Rust's LLVM.
    let gcc_has_one = Command::new("gcc-nm").arg("--version").output().is_ok();
    let mut command = Command::new(if gcc_has_one { "gcc-nm" } else { "nm" });
    command.args(["--extern-only", "--defined-only", "--format=posix"]).arg(lib().join("libfiskal.a"));
    let said = succeeds(command.output().expect("nm runs"), "nm");
    let names = said.lines().filter(|line| !line.ends_with(':'));
    let mut names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).collect();
    names.sort_unstable();
    let list = std::fs::read_to_string(folder().join("abi/symbols.txt")).expect("the list is there");
    assert_eq!(names, list.lines().collect::<Vec<_>>());
}

fn pkg_config_tells_how_to_link() {
    let shared = pkg_config(&["--cflags", "--libs"]);
    let into = tempfile::tempdir().expect("a temporary folder");
    sells(&link(&into, "ffi-c/tests/c/sale.c", &shared), Some(lib()));
    assert_eq!(pkg_config(&["--modversion"]), [env!("CARGO_PKG_VERSION")]);
}

/// With the option that makes linkers take static libraries.
fn pkg_config_tells_how_to_link_statically() {
    let libraries = pkg_config(&["--static", "--cflags", "--libs"]);
    let mut options = Vec::new();
    for option in libraries {
        let ours = option == "-lfiskal";
        options.extend(ours.then(|| "-Wl,-Bstatic".to_owned()));
        options.push(option);
        options.extend(ours.then(|| "-Wl,-Bdynamic".to_owned()));
    }
    let into = tempfile::tempdir().expect("a temporary folder");
    sells(&link(&into, "ffi-c/tests/c/sale.c", &options), None);
}
