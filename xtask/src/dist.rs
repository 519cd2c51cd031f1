//! `cargo xtask dist`: what a C programmer installs, as a tree below a prefix: the libraries, the headers,
//! and what pkg-config and CMake read.

use crate::trouble::{Result, Trouble};
use crate::workspace::Workspace;
use crate::{out, process};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The name under which programs find the shared library when they run; `ffi-c/build.rs` gives it.
const SONAME: &str = "libfiskal.so.0";

/// What a program with the static library links besides.
const SYSTEM_LIBRARIES: [&str; 4] = ["-lpthread", "-ldl", "-lm", "-lgcc_s"];

/// Files that are copied as they are.
const COPIES: [(&str, &str); 4] = [
    ("include/fiskal.h", "include/fiskal.h"),
    ("include/fiskal.hpp", "include/fiskal.hpp"),
    ("LICENSE-MIT", "share/doc/libfiskal/LICENSE-MIT"),
    ("LICENSE-APACHE", "share/doc/libfiskal/LICENSE-APACHE"),
];

/// Files with places for the version.
const TEMPLATES: [(&str, &str); 3] = [
    ("ffi-c/dist/fiskal.pc.in", "lib/pkgconfig/fiskal.pc"),
    ("ffi-c/dist/fiskal-config.cmake.in", "lib/cmake/fiskal/fiskal-config.cmake"),
    ("ffi-c/dist/fiskal-config-version.cmake.in", "lib/cmake/fiskal/fiskal-config-version.cmake"),
];

/// What to make the tree of, and where.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Cargo's profile.
    #[arg(long, default_value = "dist", conflicts_with = "built")]
    profile: String,
    /// Take what is built in this folder, such as target/debug, instead of building.
    #[arg(long)]
    built: Option<PathBuf>,
    /// The prefix of the tree; target/dist/libfiskal if absent.
    #[arg(long)]
    prefix: Option<PathBuf>,
}

/// Makes the tree; whether that worked.
///
/// # Errors
/// `Missing` on another system than Linux; what keeps a file from being written or a tool from running.
pub(crate) fn run(options: &Options) -> Result<bool> {
    if !cfg!(target_os = "linux") {
        return Err(Trouble::Missing("the tree for C is made on Linux only, with GNU binutils.".into()));
    }
    let workspace = Workspace::load()?;
    let built = match &options.built {
        Some(folder) => folder.clone(),
        None => match build(&workspace, &options.profile)? {
            Some(folder) => folder,
            None => return Ok(false),
        },
    };
    let prefix = options.prefix.clone().unwrap_or_else(|| workspace.target.join("dist/libfiskal"));
    let tree = Tree { prefix, version: env!("CARGO_PKG_VERSION") };
    tree.shared_library(&built.join("libfiskal.so"))?;
    tree.static_library(&built.join("libfiskal.a"))?;
    for (from, to) in COPIES {
        tree.copy(&workspace.root.join(from), to)?;
    }
    for (from, to) in TEMPLATES {
        tree.fill_in(&workspace.root.join(from), to)?;
    }
    out::line(&format!("{} holds libfiskal {}", tree.prefix.display(), tree.version));
    Ok(true)
}

/// Builds the libraries; the folder that they are in, `None` when they do not compile.
fn build(workspace: &Workspace, profile: &str) -> Result<Option<PathBuf>> {
    let arguments = ["build", "--locked", "--package", "fiskal-ffi", "--profile", profile];
    let built = process::show(&mut process::cargo(&arguments))?;
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(built.then(|| workspace.target.join(folder)))
}

/// The tree below the prefix.
struct Tree {
    prefix: PathBuf,
    version: &'static str,
}

impl Tree {
    /// The library and the two links by which it is found: one by programs, one by the linker.
    fn shared_library(&self, built: &Path) -> Result<()> {
        let name = format!("libfiskal.so.{}", self.version);
        self.copy(built, &format!("lib/{name}"))?;
        self.link(&name, &format!("lib/{SONAME}"))?;
        self.link(SONAME, "lib/libfiskal.so")
    }

    /// The static library as one object in which only our functions are global: what is compiled into it,
    /// such as SQLite, does not collide with the program's own.
    fn static_library(&self, built: &Path) -> Result<()> {
        let library = self.place("lib/libfiskal.a")?;
        let all = self.place("lib/all.o")?;
        let ours = self.place("lib/fiskal.o")?;
        remove(&library)?;
        let mut link = Command::new("ld");
        link.args(["--relocatable", "--whole-archive"]).arg(built).arg("--output").arg(&all);
        process::ask(&mut link)?;
        let mut hide = Command::new("objcopy");
        hide.args(["--wildcard", "--keep-global-symbol=fiskal_*", "--strip-debug"]).arg(&all).arg(&ours);
        process::ask(&mut hide)?;
        process::ask(archiver().arg("rcs").arg(&library).arg(&ours))?;
        remove(&all)?;
        remove(&ours)
    }

    fn copy(&self, from: &Path, to: &str) -> Result<()> {
        let place = self.place(to)?;
        let written = |source| Trouble::Write { path: place.clone(), source };
        let bytes = fs::read(from).map_err(|source| Trouble::File { path: from.to_owned(), source })?;
        fs::write(&place, bytes).map_err(written)
    }

    fn fill_in(&self, template: &Path, to: &str) -> Result<()> {
        let text = fs::read_to_string(template)
            .map_err(|source| Trouble::File { path: template.to_owned(), source })?;
        let place = self.place(to)?;
        fs::write(&place, filled_in(&text, self.version))
            .map_err(|source| Trouble::Write { path: place.clone(), source })
    }

    #[cfg(unix)]
    fn link(&self, target: &str, name: &str) -> Result<()> {
        let place = self.place(name)?;
        remove(&place)?;
        std::os::unix::fs::symlink(target, &place).map_err(|source| Trouble::Write { path: place, source })
    }

    #[cfg(not(unix))]
    fn link(&self, _: &str, _: &str) -> Result<()> {
        Err(Trouble::Missing("links between files are made on Linux only.".into()))
    }

    /// The path of a file of the tree, whose folder is there.
    fn place(&self, name: &str) -> Result<PathBuf> {
        let path = self.prefix.join(name);
        let folder = path.parent().unwrap_or(&self.prefix).to_owned();
        fs::create_dir_all(&folder).map_err(|source| Trouble::Write { path: folder, source })?;
        Ok(path)
    }
}

/// GCC's own, where there is one: the plain one loads whatever plugin is installed, and that of an LLVM
/// older than Rust's ends with "Invalid encoding".
fn archiver() -> Command {
    let gcc_has_one = process::ask(Command::new("gcc-ar").arg("--version")).is_ok();
    Command::new(if gcc_has_one { "gcc-ar" } else { "ar" })
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Trouble::Write { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

fn filled_in(template: &str, version: &str) -> String {
    let major = version.split('.').next().unwrap_or_default();
    template
        .replace("@VERSION@", version)
        .replace("@MAJOR@", major)
        .replace("@SONAME@", SONAME)
        .replace("@SYSTEM_LIBRARIES@", &SYSTEM_LIBRARIES.join(" "))
}

#[cfg(test)]
mod tests {
    use super::filled_in;

    #[test]
    fn every_place_of_a_template_is_filled_in() {
        let filled = filled_in("@VERSION@ @MAJOR@ @SONAME@ @SYSTEM_LIBRARIES@", "2.3.4");
        assert_eq!(filled, "2.3.4 2 libfiskal.so.0 -lpthread -ldl -lm -lgcc_s");
    }
}
