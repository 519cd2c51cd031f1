//! Building C and C++ programs against the library, and running them in a shop.
#![allow(dead_code, reason = "each test program uses a part of it")]

use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;
use tempfile::TempDir;

/// The warnings that no program has; each is an error.
pub(crate) const STRICT: [&str; 4] = ["-Wall", "-Wextra", "-pedantic", "-Werror"];

/// The folder of this crate.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo tells the folder"))
}

/// The folder of the repository.
pub(crate) fn root() -> PathBuf {
    folder().parent().expect("the crate lies in the repository").to_owned()
}

/// The folder of the build that this test program is of: `target/debug`.
pub(crate) fn build() -> PathBuf {
    let program = std::env::current_exe().expect("a test program has a path");
    program.ancestors().nth(2).expect("it lies in target/debug/deps").to_owned()
}

/// What cargo built of the library, such as `libfiskal.so`. Cargo does not build it for these tests.
pub(crate) fn artifact(name: &str) -> PathBuf {
    let path = build().join(name);
    let built = std::fs::metadata(&path).and_then(|file| file.modified()).ok();
    let fresh = built.is_some_and(|built| built >= newest_source());
    assert!(
        fresh,
        "{} is missing or older than its source; build it first: cargo build -p fiskal-ffi",
        path.display()
    );
    path
}

fn newest_source() -> SystemTime {
    let folders = [folder().join("src"), root().join("core/src")];
    let times = folders.iter().flat_map(|folder| times(folder));
    times.max().expect("the crates have source files")
}

fn times(folder: &Path) -> Vec<SystemTime> {
    let entries = std::fs::read_dir(folder).expect("the source can be listed");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let of = |path: PathBuf| match path.is_dir() {
        true => times(&path),
        false => vec![path.metadata().and_then(|file| file.modified()).expect("a file has a time")],
    };
    paths.flat_map(of).collect()
}

/// A folder with the library under the names that a linker and a program look for.
pub(crate) struct Bench {
    folder: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        let bench = Bench { folder: tempfile::tempdir().expect("a temporary folder") };
        let library = artifact("libfiskal.so");
        for name in ["libfiskal.so", "libfiskal.so.0"] {
            std::os::unix::fs::symlink(&library, bench.path(name)).expect("a link");
        }
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Compiles a program of the repository (`ffi-c/tests/c/sale.c`) and links it with the library.
    #[track_caller]
    pub(crate) fn compile(&self, source: &str, options: &[&str]) -> PathBuf {
        let program = self.path(&source.replace(['/', '.'], "_"));
        let mut command = compiler(source);
        command.args(STRICT).args(options).arg("-g").arg("-I").arg(root().join("include"));
        command.arg(root().join(source)).arg("-o").arg(&program);
        command.arg("-L").arg(self.folder.path()).args(["-lfiskal", "-lpthread"]);
        succeeds(command.output().expect("the compiler runs"), source);
        program
    }

    /// Prepares the run of a program that was compiled here.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("LD_LIBRARY_PATH", self.folder.path()).env("RUST_BACKTRACE", "0");
        command.current_dir(self.folder.path());
        command
    }
}

/// The C or C++ compiler for a file, with the standard that the programs are written for.
pub(crate) fn compiler(source: &str) -> Command {
    let (variable, usual, standard) = match source.ends_with(".c") {
        true => ("CC", "cc", "-std=c99"),
        false => ("CXX", "c++", "-std=c++11"),
    };
    let chosen = std::env::var(variable).ok().filter(|name| !name.is_empty());
    let mut command = Command::new(chosen.as_deref().unwrap_or(usual));
    command.arg(standard);
    command
}

/// What a program printed; it must have succeeded.
#[track_caller]
pub(crate) fn succeeds(output: Output, what: &str) -> String {
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, errors) = (shown(&output.stdout), shown(&output.stderr));
    assert!(output.status.success(), "{what}: {}\n{said}\n{errors}", output.status);
    said
}

/// A sandbox and a configuration of its own.
pub(crate) fn shop() -> (Sandbox, Shop) {
    shop_with(&json!({}))
}

/// As [`shop`], with changes to the configuration.
pub(crate) fn shop_with(patch: &Value) -> (Sandbox, Shop) {
    let sandbox = Sandbox::start(Options::default()).expect("the sandbox starts");
    let shop = Shop::new(&sandbox, patch).expect("a folder for the shop");
    (sandbox, shop)
}
