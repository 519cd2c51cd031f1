//! The core's log, handed to the logger of another language.

use super::process::{Inherit, PerProcess};
use arc_swap::ArcSwapOption;
use std::cell::Cell;
use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tracing::field::{Field, Visit};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// Hears one line: its level (1 error, 2 warning, 3 information, 4 debug, 5 trace), the module that says
/// it, and the text. Called from any thread of the core.
pub type Logger = Box<dyn Fn(i32, &str, &str) + Send + Sync>;

/// The most talkative level.
pub const TRACE: i32 = 5;

static CHOSEN: PerProcess<Chosen> = PerProcess::new();
/// Not a `Once`: a child forked while its parent is in there would wait for ever.
static INSTALLED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether this thread is inside a logger, which may set another one or make calls.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

#[derive(Default)]
struct Chosen {
    logger: ArcSwapOption<RwLock<Option<Logger>>>,
    level: AtomicI32,
}

impl Inherit for Chosen {
    /// A logger calls code of the parent, which knows nothing of the child.
    fn inherit(_: Option<&Self>) -> Self {
        Chosen::default()
    }
}

/// Sets the logger for what is at most as talkative as `max_level`, in place of the one before; returns
/// when that one is no longer running (unless called by it). `None`, and levels below 1, log nothing.
///
/// For a library of another language only: it becomes the log's subscriber of the whole Rust program.
pub fn set_logger(logger: Option<Logger>, max_level: i32) {
    if !INSTALLED.swap(true, Ordering::SeqCst) {
        let subscriber = tracing_subscriber::registry().with(Forward);
        // A Rust program that has a subscriber keeps it.
        let _ = tracing::subscriber::set_global_default(subscriber);
    }
    let chosen = CHOSEN.get();
    chosen.level.store(if logger.is_some() { max_level.min(TRACE) } else { 0 }, Ordering::Relaxed);
    let next = logger.map(|logger| Arc::new(RwLock::new(Some(logger))));
    let before = chosen.logger.swap(next);
    tracing::callsite::rebuild_interest_cache();
    if let Some(before) = before.filter(|_| !INSIDE.get()) {
        before.write().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// The layer that hands events on.
struct Forward;

impl<S: Subscriber> Layer<S> for Forward {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_ours(metadata) { Interest::sometimes() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        is_ours(metadata) && number(metadata.level()) <= CHOSEN.get().level.load(Ordering::Relaxed)
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let Some(logger) = CHOSEN.get().logger.load_full() else { return };
        if INSIDE.get() {
            return;
        }
        let held = logger.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(logger) = held.as_ref() {
            let mut line = Line::default();
            event.record(&mut line);
            let metadata = event.metadata();
            INSIDE.set(true);
            let _ = super::guard(|| {
                logger(number(metadata.level()), metadata.target(), &line.text());
                Ok(())
            });
            INSIDE.set(false);
        }
    }
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_event() && metadata.target().starts_with("fiskal")
}

fn number(level: &Level) -> i32 {
    match *level {
        Level::ERROR => 1,
        Level::WARN => 2,
        Level::INFO => 3,
        Level::DEBUG => 4,
        Level::TRACE => TRACE,
    }
}

/// An event as one line: the message, then its fields.
#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Line {
    fn text(self) -> String {
        self.message + &self.fields
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a String cannot fail.
        let _ = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            write!(self.fields, " {}={value:?}", field.name())
        };
    }
}
