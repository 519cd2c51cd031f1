//! What other people use, against the sandbox: a reader of OpenAPI, Postman's runner, a browser. They are programs
//! for Node; `npm ci` fetches what they need, as the lock file beside this says. What is not on this machine is a
//! counted skip, and required where `CI` is set.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use fiskal_sandbox::{Options, Sandbox};
use libtest_mimic::{Arguments, Failed, Trial};

/// Each script gets a sandbox of its own, and says by its end whether all is well.
const SCRIPTS: [(&str, &str, &[Need]); 4] = [
    ("the_description_is_valid_openapi", "openapi.mjs", &[Need::Node]),
    ("the_postman_collection_runs_from_a_key_to_a_receipt", "postman.mjs", &[Need::Node]),
    ("three_steps_by_keyboard_and_a_sale_that_appears", "keyboard.mjs", &[Need::Node, Need::Chromium]),
    ("every_page_fits_every_screen", "layout.mjs", &[Need::Node, Need::Chromium]),
];

/// What a script runs on.
#[derive(Clone, Copy)]
enum Need {
    Node,
    Chromium,
}

impl Need {
    /// The package that brings it, as Debian calls it.
    fn package(self) -> &'static str {
        match self {
            Need::Node => "nodejs with npm",
            Need::Chromium => "chromium",
        }
    }

    fn is_here(self) -> bool {
        let answers = |program: &str| {
            Command::new(program).arg("--version").output().is_ok_and(|out| out.status.success())
        };
        match self {
            Need::Node => answers("node") && answers("npm"),
            Need::Chromium => chromium().is_some(),
        }
    }
}

fn main() {
    let required = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    let trials = SCRIPTS.into_iter().map(|(name, script, needs)| {
        let is_here = needs.iter().all(|need| need.is_here());
        Trial::test(name, move || run(script, needs)).with_ignored_flag(!is_here && !required)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

fn run(script: &str, needs: &[Need]) -> Result<(), Failed> {
    if let Some(missing) = needs.iter().find(|need| !need.is_here()) {
        return Err(format!("{} is required and not on this machine", missing.package()).into());
    }
    let folder = fetched()?;
    let sandbox = Sandbox::start(Options::default())?;
    let mut node = Command::new("node");
    node.arg(script).arg(sandbox.url()).current_dir(folder);
    if let Some(chromium) = chromium() {
        node.env("CHROMIUM", chromium);
    }
    // Without a proxy: the sandbox is on this machine.
    for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"] {
        node.env_remove(name);
    }
    succeed(&node.output()?)
}

fn succeed(output: &Output) -> Result<(), Failed> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{}{}", text(&output.stdout), text(&output.stderr)).into())
    }
}

/// Debian's Chromium, or another one that is named by `CHROMIUM`.
fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let usual =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].map(PathBuf::from);
    named.into_iter().chain(usual).find(|path| path.exists())
}

/// The scripts and what they need, in a folder of their own below `target`. Fetched once a program, and anew only
/// when the lock file has changed.
fn fetched() -> Result<&'static Path, Failed> {
    static FOLDER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match FOLDER.get_or_init(|| fetch().map_err(|failed| failed.message().unwrap_or_default().to_owned())) {
        Ok(folder) => Ok(folder),
        Err(reason) => Err(format!("the clients could not be fetched: {reason}").into()),
    }
}

fn fetch() -> Result<PathBuf, Failed> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox-clients");
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        fs::copy(entry.path(), folder.join(entry.file_name()))?;
    }
    let (lock, known) = (folder.join("package-lock.json"), folder.join("node_modules/fetched-by"));
    if fs::read(&lock)? != fs::read(&known).unwrap_or_default() {
        let npm = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
        succeed(&Command::new("npm").args(npm).current_dir(&folder).output()?)?;
        fs::copy(&lock, &known)?;
    }
    Ok(folder)
}
