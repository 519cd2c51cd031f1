//! Starts tills and kills them.

use super::beliefs::Beliefs;
use super::books::Books;
use super::plan::{Plan, Way, faults};
use super::till::{self, files};
use super::weather::Weather;
use crate::Result;
use crate::control::Control;
use crate::country::Country;
use crate::dep::Log;
use crate::random::Random;
use crate::shop::Shop;
use fiskal_sandbox::{Options, Sandbox, Store};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Sales of a run of the usual size.
const SALES: usize = 8;
/// How long a till may take for all its sales before it is taken for stuck.
const STUCK: Duration = Duration::from_secs(120);
/// How often the harness looks.
const LOOK: Duration = Duration::from_millis(1);

/// What came of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Tills that were killed; one that was done before its time is not counted.
    pub kills: usize,
    /// Sales that were sold or aborted.
    pub sales: usize,
    /// Answers that the till got and could not use.
    pub errors: usize,
    /// Intentions that no transaction uses.
    pub spare: usize,
    /// Differences between the books.
    pub differences: Vec<String>,
}

/// When a till is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// So long after its start.
    After(Duration),
    /// So long after it has said its nth line.
    Said(u64, Duration),
    /// As soon as so many more records are booked: before the till can have used the answer.
    Booked(usize),
}

impl Moment {
    fn drawn(random: &mut Random) -> Moment {
        match random.below(4) {
            0 => Moment::After(Duration::from_millis(20 + random.below(600))),
            1 => Moment::Said(1 + random.below(6), Duration::from_micros(random.below(25_000))),
            2 => Moment::Said(1 + random.below(6), Duration::ZERO),
            _ => Moment::Booked(usize::try_from(1 + random.below(5)).unwrap_or(1)),
        }
    }
}

/// What is run.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Where the till sells.
    pub country: Country,
    /// The contract that its service speaks, if not the newest.
    pub contract: Option<String>,
    /// How many sales a run has.
    pub sales: usize,
}

impl Setup {
    /// A run of the usual size.
    pub fn of(country: Country) -> Setup {
        Setup { country, contract: None, sales: SALES }
    }
}

/// One run: a sandbox, a till, kills, and the comparison. `program` is the binary that becomes the
/// till when it is called with `till`.
///
/// # Errors
/// When the machine does not play along, or the till is stuck.
pub fn run(program: &Path, setup: &Setup, seed: u64) -> Result<Outcome> {
    let mut random = Random::seeded(seed);
    let sync = if random.chance(50) { "auto" } else { "manual" };
    let mut scene = Scene::new(program, setup, seed, random.chance(25), sync)?;
    let mut weather = Weather::fair(setup.country);
    weather.begin(&mut random, &scene.control)?;
    let faults = faults(&mut random, setup.country);
    let mut kills = 0;
    for till in 0..2 + random.below(3) {
        if till > 0 {
            scene.control.heal()?;
            weather.change(&mut random, &scene.control, &folder_of(&scene.shop))?;
        }
        for fault in &faults {
            scene.control.plant(fault)?;
        }
        let moment = Moment::drawn(&mut random);
        kills += usize::from(scene.kill_at(moment)?);
    }
    scene.control.heal()?;
    weather.clear(&scene.control, &folder_of(&scene.shop))?;
    scene.close(kills)
}

/// What is lost in [`a_day_later`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The answer of an INTENTION, where there are any.
    Intention,
    /// The answer of a TRANSACTION, or of whatever signs the receipt.
    Transaction,
}

/// An answer is lost, the till dies before it can ask again, and when it comes back a service that has keys has
/// forgotten them (contract sign-fr 6: 24 hours).
///
/// # Errors
/// As [`run`].
pub fn a_day_later(program: &Path, country: Country, seed: u64, loss: Loss) -> Result<Outcome> {
    let mut scene = Scene::new(program, &Setup::of(country), seed, false, "manual")?;
    if let Some(first) = scene.plan.sales.first_mut() {
        let way = if loss == Loss::Transaction { Way::Begun } else { Way::Whole };
        *first = first.clone().sold(way);
    }
    scene.plan.write(&scene.shop.path(files::PLAN))?;
    if loss == Loss::Transaction {
        let begin = json!({"id": "s-1", "register": "till-1"});
        till::open(&folder_of(&scene.shop))?.call("sale.begin", &begin)?;
    }
    let lost = json!({"match": country.bookings(), "fault": {"kind": "drop-answer"}});
    scene.control.plant(&lost)?;
    let killed = scene.kill_at(Moment::Booked(1))?;
    scene.control.heal()?;
    scene.control.set_clock(&json!({"offset_s": 25 * 3600}))?;
    scene.close(usize::from(killed))
}

struct Scene<'a> {
    program: &'a Path,
    sandbox: Sandbox,
    control: Control,
    shop: Shop,
    plan: Plan,
    /// Where the sandbox keeps its books; goes after it.
    _store: TempDir,
}

impl<'a> Scene<'a> {
    fn new(program: &'a Path, setup: &Setup, seed: u64, on_disk: bool, sync: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut options = Options::default();
        options.settings.seed = seed;
        if on_disk {
            options.store = Store::File(folder.path().join("sandbox.db"));
        }
        let sandbox = Sandbox::start(options)?;
        // A contract that is null stays out of the configuration.
        let account = json!({"patience": "400ms", "contract": setup.contract});
        let patch = json!({"sync": sync, "account": {setup.country.account(): account}});
        let shop = Shop::from(setup.country.config(), &sandbox, &patch)?;
        let plan = Plan::drawn(seed, setup.country, setup.sales);
        plan.write(&shop.path(files::PLAN))?;
        till::provision(&folder_of(&shop))?;
        Ok(Scene { program, control: Control::of(sandbox.url()), sandbox, shop, plan, _store: folder })
    }

    /// Lets a till sell until its moment has come; tells whether it was killed, and not done before.
    fn kill_at(&mut self, moment: Moment) -> Result<bool> {
        let already = self.control.booked()?.len();
        let (mut till, lines) = self.start("sell")?;
        let started = Instant::now();
        let mut said = 0;
        let mut since = None;
        loop {
            said += heard(&lines);
            let now = Instant::now();
            let come = match moment {
                Moment::After(pause) => now - started >= pause,
                Moment::Said(line, pause) => {
                    if said >= line && since.is_none() {
                        since = Some(now);
                    }
                    since.is_some_and(|since| now - since >= pause)
                }
                Moment::Booked(count) => self.control.booked()?.len() >= already + count,
            };
            if come {
                till.kill()?;
                let status = till.wait()?;
                return Ok(status.code().is_none());
            }
            if let Some(status) = till.try_wait()? {
                return if status.success() { Ok(false) } else { Err(format!("the till: {status}").into()) };
            }
            if started.elapsed() > STUCK {
                till.kill()?;
                till.wait()?;
                return Err(format!("the till is stuck at {moment:?}").into());
            }
            std::thread::sleep(LOOK);
        }
    }

    fn close(self, kills: usize) -> Result<Outcome> {
        let (mut till, lines) = self.start("finish")?;
        let status = till.wait()?;
        drop(lines);
        if !status.success() {
            return Err(format!("the till cannot settle what waits: {status}").into());
        }
        let journal = std::fs::read_to_string(self.shop.path(files::JOURNAL))?;
        // Before what is booked: it is a request too, at which the service may clear an outage.
        let log = self.log()?;
        let books = Books {
            beliefs: Beliefs::read(&self.shop.path(files::BELIEFS))?,
            journal: serde_json::from_str(&journal)?,
            booked: self.control.booked()?,
            log,
            plan: self.plan,
        };
        self.sandbox.stop();
        let mut differences = books.differences();
        if !differences.is_empty() {
            std::fs::write(self.shop.path(files::AUDIT), serde_json::to_string_pretty(&books.booked)?)?;
            differences.push(format!("the books are kept in {}", self.shop.keep().display()));
        }
        Ok(Outcome {
            kills,
            sales: books.plan.sales.len(),
            errors: books.beliefs.iter().filter(|belief| belief.kind == "error").count(),
            spare: books.spare_intentions(),
            differences,
        })
    }

    /// The register's log, where the country has one.
    fn log(&self) -> Result<Option<(Value, Vec<String>)>> {
        if self.plan.country != Country::At {
            return Ok(None);
        }
        let folder = folder_of(&self.shop);
        let fiskal = till::open(&folder)?;
        let register = till::cash_register(&fiskal)?;
        let log = Log::fetch(&fiskal, "till-1", &register)?;
        let checked = log.check(&fiskal, &self.control, &register, &folder)?;
        Ok(Some((checked, log.codes()?)))
    }

    fn start(&self, what: &str) -> Result<(Child, Receiver<()>)> {
        let mut till = Command::new(self.program)
            .args(["till", what])
            .arg(folder_of(&self.shop))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = till.stdout.take().ok_or("the till has no output")?;
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines() {
                if line.is_err() || sender.send(()).is_err() {
                    break;
                }
            }
        });
        Ok((till, lines))
    }
}

fn folder_of(shop: &Shop) -> PathBuf {
    shop.path("")
}

/// How many lines were said since the last look.
fn heard(lines: &Receiver<()>) -> u64 {
    let mut count = 0;
    loop {
        match lines.try_recv() {
            Ok(()) => count += 1,
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => return count,
        }
    }
}
