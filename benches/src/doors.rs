//! Every face over the same core, and clients written by hand in Python and Node.

use crate::Outcome;
use crate::bare::Bare;
use crate::figures::{grouped, median, ratio};
use crate::shop::Shop;
use serde_json::json;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const TILL: &str = "till-1";
const TURNS: u32 = 5;
const CALLS: u32 = 400;
const SALES: u32 = 60;
/// The first calls and sales of a process make connections and fill caches; they are not counted.
const WARM_UP: usize = 10;

/// Where the faces are: `cargo xtask bench` builds them and says so.
struct Built {
    /// The C program's library, and the command line's folder.
    libraries: PathBuf,
    /// A Python that has the package, requests and httpx.
    python: OsString,
    /// The folder of the Node package.
    node_package: OsString,
}

impl Built {
    fn of_environment() -> Outcome<Built> {
        let variable = |name: &str| {
            std::env::var_os(name).ok_or_else(|| format!("{name} is not set; run `cargo xtask bench`"))
        };
        Ok(Built {
            libraries: variable("FISKAL_LIBRARIES")?.into(),
            python: variable("FISKAL_PYTHON")?,
            node_package: variable("FISKAL_NODE_PACKAGE")?,
        })
    }
}

/// The tables of the faces and of the clients written by hand.
pub(crate) fn measure() -> Outcome<String> {
    let built = Built::of_environment()?;
    let shop = Shop::open(1)?;
    shop.sell(TILL, "R-0")?;
    let what = shop.path("what.json");
    std::fs::write(&what, Bare::of(&shop, TILL)?.described().to_string())?;
    let c = compile(&built, &shop.path("door"))?;

    let mut times = Times::default();
    for turn in 0..TURNS {
        times.add("Rust", rust(&shop, turn)?);
        let name = |language: &str| OsString::from(format!("{language}-{turn}"));
        let counts = [CALLS.to_string().into(), SALES.to_string().into()];
        let door =
            |language: &str| [vec![shop.configuration().into(), name(language)], counts.to_vec()].concat();
        times.add("C", run(Command::new(&c).args(door("c")).env("LD_LIBRARY_PATH", &built.libraries))?);
        times.add("Python", run(Command::new(&built.python).arg(file("doors/door.py")).args(door("py")))?);
        let mut node = Command::new("node");
        times.add("Node", run(node.arg(file("doors/door.mjs")).arg(&built.node_package).args(door("js")))?);
        for library in ["requests", "httpx"] {
            let mut python = Command::new(&built.python);
            python.arg(file("clients/by_hand.py")).arg(library).arg(&what).arg(SALES.to_string());
            times.add(library, run(&mut python)?);
        }
        let mut fetch = Command::new("node");
        fetch.arg(file("clients/by_hand.mjs")).arg(&what).arg(SALES.to_string());
        times.add("fetch", run(&mut fetch)?);
    }
    table(&mut times)
}

fn table(times: &mut Times) -> Outcome<String> {
    let rust_call = times.median("Rust", "call");
    let mut text = String::from(
        "a call that reads the journal (`sale.list`), and a sale begun and completed, through each face\n\n\
         | face | call, µs | over Rust, µs | sale, µs |\n|---|---:|---:|---:|",
    );
    for face in ["Rust", "C", "Python", "Node"] {
        let call = times.median(face, "call");
        let sale = times.median(face, "sale");
        let over = call.as_micros() as i128 - rust_call.as_micros() as i128;
        write!(
            text,
            "\n| {face} | {} | {over} | {} |",
            grouped(call.as_micros()),
            grouped(sale.as_micros())
        )?;
    }
    text.push_str(
        "\n\nthe same sale on a client written by hand, which writes nothing down\n\n\
         | client | sale, µs | through the face of its language, µs | ratio |\n|---|---:|---:|---:|",
    );
    for (client, face) in [("requests", "Python"), ("httpx", "Python"), ("fetch", "Node")] {
        let (by_hand, ours) =
            (times.median(client, "sale").as_micros(), times.median(face, "sale").as_micros());
        write!(text, "\n| {client} | {} | {} | {} |", grouped(by_hand), grouped(ours), ratio(ours, by_hand))?;
    }
    Ok(text)
}

/// What was measured: for each program, the times of its calls and sales.
#[derive(Default)]
struct Times(BTreeMap<(String, String), Vec<Duration>>);

impl Times {
    fn add(&mut self, program: &str, measured: Vec<(String, Duration)>) {
        let mut seen = BTreeMap::<String, usize>::new();
        for (what, time) in measured {
            let count = seen.entry(what.clone()).or_default();
            *count += 1;
            if *count > WARM_UP {
                self.0.entry((program.to_owned(), what)).or_default().push(time);
            }
        }
    }

    fn median(&mut self, program: &str, what: &str) -> Duration {
        self.0.get_mut(&(program.to_owned(), what.to_owned())).map(|times| median(times)).unwrap_or_default()
    }
}

fn rust(shop: &Shop, turn: u32) -> Outcome<Vec<(String, Duration)>> {
    let mut times = Vec::new();
    for _ in 0..CALLS {
        let begun = Instant::now();
        shop.fiskal.call("sale.list", &json!({ "register": TILL }))?;
        times.push(("call".to_owned(), begun.elapsed()));
    }
    for number in 0..SALES {
        let begun = Instant::now();
        shop.sell(TILL, &format!("rs-{turn}-{number}"))?;
        times.push(("sale".to_owned(), begun.elapsed()));
    }
    Ok(times)
}

/// Runs a program that prints `call NANOSECONDS` and `sale NANOSECONDS`.
fn run(command: &mut Command) -> Outcome<Vec<(String, Duration)>> {
    let output = command.output().map_err(|cause| format!("{command:?} cannot be started: {cause}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let time = |line: &str| {
        let (what, nanoseconds) = line.split_once(' ')?;
        Some((what.to_owned(), Duration::from_nanos(nanoseconds.parse().ok()?)))
    };
    text.lines().map(|line| time(line).ok_or_else(|| format!("{command:?} says {line:?}").into())).collect()
}

fn compile(built: &Built, program: &Path) -> Outcome<PathBuf> {
    let mut cc = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
    cc.args(["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror"]).arg("-I").arg(file("../include"));
    cc.arg(file("doors/door.c")).arg("-o").arg(program).arg("-L").arg(&built.libraries).arg("-lfiskal");
    if cc.status()?.success() { Ok(program.to_owned()) } else { Err("door.c cannot be compiled".into()) }
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}
