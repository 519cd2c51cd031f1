//! A program at the door: it is told a line, does it, and answers with a line.

use super::{Door, Handing, Reply};
use crate::Result;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a program may take for one line. Every case has a shorter patience.
const ANSWER: Duration = Duration::from_secs(120);
/// How long a program may take to end once its input has.
const END: Duration = Duration::from_secs(20);
/// How much is told of what a failed program said.
const SAID: usize = 4_000;

/// A running program. It ends with the value, by force if it must.
pub struct Program {
    child: Child,
    /// Dropped to tell the program that it is done.
    lines: Option<ChildStdin>,
    answers: Receiver<String>,
    /// Collects what the program says beside its answers.
    aside: Option<JoinHandle<String>>,
}

impl Program {
    /// Starts a program.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Result<Program> {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().map_err(|cause| format!("{command:?} cannot be started: {cause}"))?;
        let (answer, answers) = channel();
        if let Some(stdout) = child.stdout.take() {
            std::thread::spawn(move || {
                let lines = BufReader::new(stdout).lines();
                // It ends with the program, or when nobody listens any more.
                lines.map_while(std::io::Result::ok).all(|line| answer.send(line).is_ok())
            });
        }
        let aside = child.stderr.take().map(|mut stderr| {
            std::thread::spawn(move || {
                let mut said = Vec::new();
                // What was said before a failing read is all that can be told.
                let _ = stderr.read_to_end(&mut said);
                String::from_utf8_lossy(&said).into_owned()
            })
        });
        let lines = child.stdin.take();
        Ok(Program { child, lines, answers, aside })
    }

    fn ask(&mut self, line: &str) -> Result<Reply> {
        let lines = self.lines.as_mut().ok_or("the program's input has ended")?;
        let told = lines.write_all(format!("{line}\n").as_bytes()).and_then(|()| lines.flush());
        // A program that does not read has ended or is about to; its end says more.
        let waited = if told.is_ok() { ANSWER } else { END };
        match self.answers.recv_timeout(waited) {
            Ok(answer) => reply(&answer).ok_or_else(|| format!("the program answered {answer}").into()),
            Err(RecvTimeoutError::Timeout) => Err(format!("no answer within {waited:?} to: {line}").into()),
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.end()?;
                Err(self.ended_with(status))
            }
        }
    }

    /// Waits for the end that the program is about to come to.
    fn end(&mut self) -> Result<ExitStatus> {
        let until = Instant::now() + END;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err(format!("the program did not end within {END:?}, although its input or output has").into())
    }

    fn ended_with(&mut self, status: ExitStatus) -> Box<dyn std::error::Error + Send + Sync> {
        let said = self.aside.take().and_then(|aside| aside.join().ok()).unwrap_or_default();
        let from = said.char_indices().rev().nth(SAID).map_or(0, |(index, _)| index);
        format!("the program ended with {status} and said: {}", said.get(from..).unwrap_or_default()).into()
    }
}

impl Door for Program {
    fn open(&mut self, config: &Path) -> Result<Reply> {
        let path = config.to_str().ok_or("the configuration's path is not UTF-8")?;
        self.ask(&format!("open\t{path}"))
    }

    fn call(&mut self, operation: &str, params: &Value, handing: Handing) -> Result<Reply> {
        let how = match handing {
            Handing::Typed => "call",
            Handing::Raw => "raw",
        };
        self.ask(&format!("{how}\t{operation}\t{params}"))
    }

    fn close(&mut self) -> Result<()> {
        match self.ask("close")? {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("the program could not close: {error}").into()),
        }
    }

    /// The end of the input is the end of the program, and must be a good one.
    fn finish(mut self) -> Result<()> {
        self.lines = None;
        let status = self.end()?;
        if status.success() { Ok(()) } else { Err(self.ended_with(status)) }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.lines = None;
        // Ended already, or told to in vain: there is nothing more to do about it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `{"result": …}` or `{"error": {…}}`, and nothing else.
fn reply(answer: &str) -> Option<Reply> {
    let Value::Object(mut members) = serde_json::from_str(answer).ok()? else { return None };
    if members.len() != 1 {
        return None;
    }
    match members.remove("result") {
        Some(result) => Some(Ok(result)),
        None => members.remove("error").filter(Value::is_object).map(Err),
    }
}
