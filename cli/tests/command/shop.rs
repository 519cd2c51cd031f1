//! A folder with a configuration, the command in it, and a sandbox that the command runs.

use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A folder in which the command runs, with a temporary folder of its own.
pub(crate) struct Shop {
    folder: TempDir,
    temporary: TempDir,
}

/// What the command did.
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Fails the test, showing everything, unless the command ended so.
    #[track_caller]
    pub(crate) fn ends(self, status: i32) -> Self {
        assert_eq!(self.status, status, "standard output:\n{}\nstandard error:\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|cause| panic!("{cause}: {}", self.out))
    }

    #[track_caller]
    pub(crate) fn error_json(&self) -> Value {
        serde_json::from_str(&self.err).unwrap_or_else(|cause| panic!("{cause}: {}", self.err))
    }
}

impl Shop {
    pub(crate) fn new() -> Self {
        Shop { folder: tempfile::tempdir().unwrap(), temporary: tempfile::tempdir().unwrap() }
    }

    /// A shop whose register sells through this sandbox.
    pub(crate) fn with(sandbox: &RunningSandbox) -> Self {
        Self::configured(sandbox, include_str!("fiskal.toml"))
    }

    /// A shop with another configuration.
    pub(crate) fn configured(sandbox: &RunningSandbox, toml: &str) -> Self {
        let shop = Self::new();
        let account = &sandbox.ready["accounts"]["sign-fr"];
        shop.write("key", account["key"].as_str().unwrap());
        shop.write("secret", account["secret"].as_str().unwrap());
        shop.write("fiskal.toml", &toml.replace("{url}", account["url"].as_str().unwrap()));
        shop
    }

    /// A shop in Austria, with the dashboard's key.
    pub(crate) fn in_austria(sandbox: &RunningSandbox) -> Self {
        let shop = Self::new();
        let accounts = &sandbox.ready["accounts"];
        for part in ["key", "secret"] {
            shop.write(part, accounts["management"][part].as_str().unwrap());
        }
        let toml = include_str!("../../src/commands/demo-at.toml");
        shop.write("fiskal.toml", &toml.replace("{url}", accounts["sign-at"]["url"].as_str().unwrap()));
        shop
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "")
    }

    pub(crate) fn run_with(&self, args: &[&str], input: &str) -> Ran {
        self.run_with_bytes(args, input.as_bytes())
    }

    pub(crate) fn run_with_bytes(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut child = command(self.folder.path())
            .args(args)
            .env("TMPDIR", self.temporary.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input may be gone by now.
        let _ = child.stdin.take().unwrap().write_all(input);
        ran(child.wait_with_output().unwrap())
    }

    /// What the command left in its temporary folder.
    pub(crate) fn left_behind(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.temporary.path()).unwrap().map(|entry| entry.unwrap().path()).collect()
    }
}

/// `fiskal sandbox` on a free port; ends with the test.
pub(crate) struct RunningSandbox {
    child: Child,
    pub(crate) ready: Value,
    _folder: TempDir,
}

impl RunningSandbox {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ready_file = folder.path().join("ready.json");
        let child = command(folder.path())
            .args(["sandbox", "--listen", "127.0.0.1:0", "--ready-file"])
            .arg(&ready_file)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let ready = wait_for(&ready_file);
        RunningSandbox { child, ready, _folder: folder }
    }

    /// Every answer to this request is lost from now on.
    pub(crate) fn lose_answers(&self, method: &str, path: &str) {
        let fault = serde_json::json!({
            "match": {"method": method, "path": path}, "fault": {"kind": "drop-answer"}, "count": 1000,
        });
        self.send("POST", "/_sandbox/faults", &fault.to_string());
    }

    /// The service takes its time with the next request of this kind.
    pub(crate) fn slow_down(&self, method: &str, path: &str, ms: u64) {
        let fault = serde_json::json!({
            "match": {"method": method, "path": path}, "fault": {"kind": "delay", "ms": ms}, "count": 1,
        });
        self.send("POST", "/_sandbox/faults", &fault.to_string());
    }

    /// Every connection ends before anything is booked from now on.
    pub(crate) fn cut(&self) {
        let fault = serde_json::json!({
            "match": {"path": "/sign-fr"}, "fault": {"kind": "reset"}, "count": 1000,
        });
        self.send("POST", "/_sandbox/faults", &fault.to_string());
    }

    /// Its clock goes `offset_s` seconds ahead of this machine's.
    pub(crate) fn goes_ahead(&self, offset_s: i64) {
        self.send("PUT", "/_sandbox/clock", &serde_json::json!({"offset_s": offset_s}).to_string());
    }

    pub(crate) fn heal(&self) {
        self.send("DELETE", "/_sandbox/faults", "");
    }

    /// How often what was booked was booked.
    pub(crate) fn booked(&self) -> Vec<Value> {
        let audit: Value = serde_json::from_str(&self.send("GET", "/_sandbox/audit", "")).unwrap();
        audit["booked"].as_array().unwrap().clone()
    }

    /// What a verifier asks for beside the log of an Austrian register, by SIGN AT's id of it.
    pub(crate) fn keys(&self, register: &str) -> String {
        self.send("GET", &format!("/_sandbox/sign-at/registers/{register}/verification"), "")
    }

    fn send(&self, method: &str, path: &str, body: &str) -> String {
        let host = self.ready["url"].as_str().unwrap().trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 2"), "{method} {path}: {answer}");
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }
}

impl Drop for RunningSandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fiskal"));
    command.current_dir(folder).env_remove("FISKAL_LOG").env("COLUMNS", "80");
    command
}

fn ran(output: Output) -> Ran {
    Ran {
        status: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn wait_for(file: &Path) -> Value {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        if let Ok(text) = std::fs::read_to_string(file) {
            return serde_json::from_str(&text).unwrap();
        }
        assert!(Instant::now() < until, "the sandbox is not ready after 30 s");
        std::thread::sleep(Duration::from_millis(20));
    }
}
