//! What can be typed.

use clap::{Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Fiscalizes the sales of a till.
#[derive(Debug, Parser)]
#[command(name = "fiskal", version, after_help = EXIT_STATUS)]
pub(crate) struct Args {
    /// The configuration
    #[arg(long, global = true, value_name = "FILE", default_value = "fiskal.toml")]
    pub(crate) config: PathBuf,
    /// Write JSON, errors too
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_STATUS: &str = "Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 queued or pending.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Sell three items in a sandbox of its own, print the receipt, leave nothing behind
    Demo {
        /// The country
        #[arg(default_value = "fr")]
        country: Country,
        /// Write the Austrian register's data collection log (DEP7) into this file
        #[arg(long, value_name = "FILE")]
        dep: Option<PathBuf>,
        /// Write the key container for a verifier of that log into this file
        #[arg(long, value_name = "FILE")]
        keys: Option<PathBuf>,
    },
    /// Write a commented configuration to start from
    Init,
    /// Make the merchants, locations and registers known to their services
    Provision {
        /// Only show what would be done
        #[arg(long)]
        plan: bool,
        /// Only this register, and what it stands on
        #[arg(long, value_name = "NAME")]
        register: Option<String>,
    },
    /// Fiscalize a sale; the same sale again gives the same receipt
    Sell {
        /// The sale as JSON; - reads it from standard input
        #[arg(value_name = "SALE.json")]
        file: PathBuf,
    },
    /// Show the registers, what waits, and whether they may sell
    Status,
    /// Settle what waits
    Sync,
    /// Show or print a receipt
    Receipt {
        /// The receipt's id
        id: String,
        /// What to print on
        #[arg(long, value_name = "PAPER")]
        print: Option<Paper>,
    },
    /// Cancel a receipt that was never handed over; twice is once
    Cancel {
        /// The receipt's id
        id: String,
        /// Why, for the records
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Check or read the journal
    Journal {
        #[command(subcommand)]
        action: Journal,
    },
    /// Check what a fiscal service made
    Verify {
        #[command(subcommand)]
        what: Verify,
    },
    /// Call any operation by its name; `fiskal call describe` lists them
    Call {
        /// The operation, such as sale.list
        operation: String,
        /// Its parameters as JSON; - reads them from standard input
        #[arg(value_name = "JSON")]
        params: Option<String>,
    },
    /// Run the fiscal services on this machine until it is interrupted
    Sandbox {
        /// The address to listen on; port 0 takes a free one
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
        listen: SocketAddr,
        /// Keep everything in this file; in memory if absent
        #[arg(long, value_name = "FILE")]
        store: Option<PathBuf>,
        /// Write address and keys into this file once it listens
        #[arg(long, value_name = "FILE")]
        ready_file: Option<PathBuf>,
    },
    /// Check configuration, secrets, journal and services, and say what to do
    Doctor,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Country {
    Fr,
    At,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Paper {
    Text,
    Html,
    Escpos,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Journal {
    /// Check every hash and chain, and name the first entry that does not fit
    Verify,
    /// Show the entries; with --json their payloads too, one entry a line
    Show,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verify {
    /// Check an Austrian register's data collection log; exit status 1 when something breaks a rule
    Dep(Dep),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Dep {
    /// The DEP7 export
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The key container with the register's AES key and the certificates
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: PathBuf,
    /// The service's list of the register's receipts: pages one after the other, or a receipt a line
    #[arg(long, value_name = "FILE")]
    pub(crate) receipts: Option<PathBuf>,
    /// A code off paper that must be in the export, as QR text or in the OCR form; may be repeated
    #[arg(long, value_name = "CODE")]
    pub(crate) printed: Vec<String>,
}
