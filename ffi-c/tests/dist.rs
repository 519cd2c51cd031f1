//! The tree that `cargo xtask dist` makes: programs are built with it as a C programmer would.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
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

/// What `pkg-config` says with these options; `None` where it is not installed and need not be.
fn pkg_config(options: &[&str]) -> Option<Vec<String>> {
    let mut command = Command::new("pkg-config");
    command.env("PKG_CONFIG_PATH", lib().join("pkgconfig")).args(options).arg("fiskal");
    match command.output() {
        Ok(output) => Some(succeeds(output, "pkg-config").split_whitespace().map(str::to_owned).collect()),
        Err(_) if std::env::var_os("CI").is_none_or(|value| value.is_empty()) => None,
        Err(cause) => panic!("pkg-config is required and does not run: {cause}"),
    }
}

#[test]
fn a_program_finds_the_shared_library_by_its_links() {
    let into = tempfile::tempdir().expect("a temporary folder");
    let options = [format!("-I{}/include", TREE.path().display()), format!("-L{}", lib().display())];
    let program = link(&into, "ffi-c/tests/c/sale.c", &[&options[..], &["-lfiskal".to_owned()]].concat());
    sells(&program, Some(lib()));
}

#[test]
fn a_program_with_an_sqlite_of_its_own_links_the_static_library() {
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

#[test]
fn only_our_functions_are_global_in_the_static_library() {
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

#[test]
fn pkg_config_tells_how_to_link() {
    let Some(shared) = pkg_config(&["--cflags", "--libs"]) else { return };
    let into = tempfile::tempdir().expect("a temporary folder");
    sells(&link(&into, "ffi-c/tests/c/sale.c", &shared), Some(lib()));
    assert_eq!(pkg_config(&["--modversion"]), Some(vec![env!("CARGO_PKG_VERSION").to_owned()]));
}

/// With the option that makes linkers take static libraries.
#[test]
fn pkg_config_tells_how_to_link_statically() {
    let Some(libraries) = pkg_config(&["--static", "--cflags", "--libs"]) else { return };
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
