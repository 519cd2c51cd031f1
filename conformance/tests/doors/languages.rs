//! The door programs, and what each of them needs.

use crate::records;
use fiskal_conformance::case::folder;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A door program, or what is missing for it.
pub(crate) type Found = Result<DoorProgram, String>;

/// How a door program is started.
pub(crate) struct DoorProgram(Vec<OsString>);

impl DoorProgram {
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.0[0]);
        command.args(&self.0[1..]);
        command
    }
}

/// In Rust, built with this test.
pub(crate) fn program() -> Found {
    Ok(DoorProgram(vec![env!("CARGO_BIN_EXE_door").into()]))
}

pub(crate) fn c() -> Found {
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    compiled(compiler, "door.c", &["-std=c99"])
}

pub(crate) fn cpp() -> Found {
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
    compiled(compiler, "door.cpp", &["-std=c++11"])
}

/// With the interpreter in `FISKAL_PYTHON`, which has the package installed.
pub(crate) fn python() -> Found {
    let python = match std::env::var_os("FISKAL_PYTHON") {
        Some(python) => PathBuf::from(python),
        None => target().join("venv/bin/python"),
    };
    works(Command::new(&python).args(["-c", "import fiskal"]))?;
    Ok(DoorProgram(vec![python.into(), source("door.py").into()]))
}

/// With the package in `FISKAL_NODE_PACKAGE`, which has its native module beside it.
pub(crate) fn node() -> Found {
    let package = std::env::var_os("FISKAL_NODE_PACKAGE").map(PathBuf::from);
    let package = package.unwrap_or_else(|| folder().with_file_name("bindings-node"));
    works(Command::new("node").args(["-e", "require(process.argv[1])"]).arg(&package))?;
    Ok(DoorProgram(vec!["node".into(), source("door.mjs").into(), package.into()]))
}

/// Compiles a program and links it with the library of this build.
fn compiled(compiler: OsString, file: &str, options: &[&str]) -> Found {
    let library = build().join("libfiskal.so");
    if !library.exists() {
        return Err(format!("there is no {}; cargo build -p fiskal-ffi makes it", library.display()));
    }
    let libraries = library_folder(&library);
    let program = records().join(file.replace('.', "_"));
    let mut compile = Command::new(compiler);
    compile.args(options).args(["-Wall", "-Wextra", "-pedantic", "-Werror", "-I"]);
    compile.arg(folder().with_file_name("include")).arg(source(file)).arg("-o").arg(&program);
    compile.arg("-L").arg(&libraries).arg("-lfiskal").arg(format!("-Wl,-rpath,{}", libraries.display()));
    works(Command::new(compile.get_program()).arg("--version"))?;
    let compiled = compile.output().map_err(|cause| cause.to_string())?;
    assert!(compiled.status.success(), "{file} cannot be compiled: {}", said(&compiled));
    Ok(DoorProgram(vec![program.into()]))
}

/// The library under the name that a linker looks for, and under the one that a program does.
fn library_folder(library: &Path) -> PathBuf {
    let folder = records().join("lib");
    std::fs::create_dir_all(&folder).expect("a folder below target/");
    for name in ["libfiskal.so", "libfiskal.so.0"] {
        let link = folder.join(name);
        // An earlier run may have left it.
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(library, &link).expect("a link below target/");
    }
    folder
}

/// The folder of the build that this test is of, such as `target/debug`.
fn build() -> PathBuf {
    let program = std::env::current_exe().expect("a test program has a path");
    program.ancestors().nth(2).expect("it lies in target/debug/deps").to_owned()
}

fn target() -> PathBuf {
    build().parent().expect("a build lies in target").to_owned()
}

fn source(file: &str) -> PathBuf {
    folder().join("doors").join(file)
}

/// Whether a command can be run; what it said if not.
fn works(command: &mut Command) -> Result<(), String> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{command:?} says: {}", said(&output))),
        Err(cause) => Err(format!("{command:?} cannot be started: {cause}")),
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}
