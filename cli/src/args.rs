//! What can be typed.

use clap::{Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Fiscalizes the sales of a till.
#[derive(Debug, Parser)]
#[command(name = "fiskal", version, after_help = EXIT_STATUS)]
pub(crate) struct Args {
    /// The configuration
    #[arg(
        long, global = true, value_name = "FILE", default_value = "fiskal.toml", display_order = EVERYWHERE
    )]
    pub(crate) config: PathBuf,
    /// Write JSON, errors too
    #[arg(long, global = true, display_order = EVERYWHERE)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of all commands come behind those of one.
const EVERYWHERE: usize = 100;

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
    Init {
        /// The country
        #[arg(default_value = "fr")]
        country: Country,
    },
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
    /// List the registers, or suspend, restore, replace or retire one
    Register {
        #[command(subcommand)]
        action: Register,
    },
    /// Close a day, month or fiscal year, and compare the journal's sums with the service's
    Closing {
        /// Only this register
        #[arg(long, value_name = "NAME")]
        register: Option<String>,
        /// What to close
        #[arg(long, value_name = "PERIOD", default_value = "day")]
        period: Period,
        /// A day of it; today if absent
        #[arg(long, value_name = "YYYY-MM-DD")]
        date: Option<String>,
    },
    /// Order an export of what a service has of a register, and fetch the file where it is ready
    Export(Export),
    /// Tell the story of a sale from the journal, in plain words
    Explain {
        /// The receipt's number or id, or the id of the sale
        #[arg(value_name = "NUMBER")]
        of: String,
        /// Only of this register
        #[arg(long, value_name = "NAME")]
        register: Option<String>,
    },
    /// Show what waits or was refused, and decide about it
    Queue {
        #[command(subcommand)]
        action: Queue,
    },
    /// Check, read, export, copy or redact the journal
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
    It,
    At,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// The register
    #[arg(long, value_name = "NAME")]
    pub(crate) register: String,
    /// What is exported; what the service exports if absent
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) export_type: Option<ExportType>,
    /// The first time of signing, such as 2026-03-01T00:00:00+01:00; records need it
    #[arg(long, value_name = "TIME")]
    pub(crate) start: Option<String>,
    /// The last time of signing; records need it
    #[arg(long, value_name = "TIME")]
    pub(crate) end: Option<String>,
    /// The number of the first receipt of a data collection log; the whole log if there is no bound
    #[arg(long, value_name = "NUMBER")]
    pub(crate) first: Option<String>,
    /// The number of the last receipt of a data collection log
    #[arg(long, value_name = "NUMBER")]
    pub(crate) last: Option<String>,
    /// Only records of this type, such as TRANSACTION::RECEIPT
    #[arg(long, value_name = "TYPE")]
    pub(crate) filter: Option<String>,
    /// An export that was ordered earlier
    #[arg(long, value_name = "ID", conflicts_with_all = ["export_type", "start", "end", "first", "last", "filter"])]
    pub(crate) export: Option<String>,
    /// The file to write; there may be none yet
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ExportType {
    /// The records at SIGN FR
    Records,
    /// The data collection log at SIGN AT
    Dep7,
}

impl ExportType {
    /// The name that the operations know it by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            ExportType::Records => "records",
            ExportType::Dep7 => "dep7",
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Period {
    Day,
    Month,
    Year,
}

impl Period {
    /// The name that the operations know it by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Period::Day => "day",
            Period::Month => "month",
            Period::Year => "year",
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Paper {
    Text,
    Html,
    Escpos,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Register {
    /// Show how each register stands, as far as this journal knows
    List,
    /// Let a register not sell until it is restored
    Suspend {
        /// The register's name
        name: String,
        /// Why, for the records
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// End a suspension
    Restore {
        /// The register's name
        name: String,
    },
    /// End a register's life for good
    Retire {
        /// The register's name
        name: String,
        /// Why
        #[arg(long, default_value = "planned")]
        reason: Reason,
        /// Abort the sales that are open on it
        #[arg(long)]
        abort_sales: bool,
    },
    /// Put a new system in a register's place
    Replace {
        /// The register's name
        name: String,
        /// Why
        #[arg(long, default_value = "defective")]
        reason: Reason,
        /// Abort the sales that are open on it
        #[arg(long)]
        abort_sales: bool,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Reason {
    Planned,
    Defective,
    Stolen,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    Jsonl,
    Csv,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Journal {
    /// Check every hash and chain, and name the first entry that does not fit
    Verify {
        /// Also hold the records that the services have against the journal
        #[arg(long, conflicts_with = "export")]
        online: bool,
        /// Check the export in this folder, from its files alone; needs neither journal nor configuration
        #[arg(long, value_name = "DIR")]
        export: Option<PathBuf>,
    },
    /// Show the entries; with --json their payloads too, one entry a line
    Show,
    /// Write the entries, a manifest and checksums into a new folder, for an auditor
    Export {
        /// The folder to make
        dir: PathBuf,
        /// How the entries are written
        #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
        format: Format,
        /// The number of the first entry
        #[arg(long, value_name = "SEQ")]
        first: Option<u64>,
        /// The number of the last entry
        #[arg(long, value_name = "SEQ")]
        last: Option<u64>,
    },
    /// Copy the journal into a new file while it is in use, and check the copy
    Backup {
        /// The file to make
        file: PathBuf,
    },
    /// Erase the content of entries for ever, and write down that and why
    Redact {
        /// The numbers of the entries
        #[arg(required = true, value_name = "SEQ")]
        entries: Vec<u64>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Queue {
    /// Show what waits and what was refused, with why and since when
    List,
    /// Send it again
    Retry {
        /// The operation's id, as the list shows it
        operation: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Do it once more with a corrected sale
    Amend {
        /// The operation's id, as the list shows it
        operation: String,
        /// The whole corrected sale as JSON; - reads it from standard input
        #[arg(value_name = "SALE.json")]
        file: PathBuf,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Take it out, so that later ones go on
    SetAside {
        /// The operation's id, as the list shows it
        operation: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
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
    /// The export is a part of the log: it may begin and end anywhere
    #[arg(long)]
    pub(crate) partial: bool,
}
