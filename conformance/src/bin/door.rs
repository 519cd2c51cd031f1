//! The door program in Rust: what every language's door program does, over the library's own boundary.

use fiskal::boundary::{Client, envelope};
use fiskal::error::{Error, Result};
use std::io::{BufRead, Write, stdin, stdout};

fn main() -> std::io::Result<()> {
    let mut client = None;
    for line in stdin().lock().lines() {
        let answer = envelope(done(&mut client, &line?));
        writeln!(stdout(), "{answer}")?;
    }
    Ok(())
}

fn done(client: &mut Option<Client>, line: &str) -> Result<String> {
    let mut words = line.splitn(3, '\t');
    let mut word = || words.next().unwrap_or_default();
    match word() {
        "open" => *client = Some(Client::open_file(word(), None)?),
        "close" => *client = None,
        // Text is all that this door hands over.
        "call" | "raw" => {
            let open = client.as_ref().ok_or_else(|| Error::internal("nothing is open at this door"))?;
            return open.call(word(), word());
        }
        other => return Err(Error::internal(format!("this door does not know '{other}'"))),
    }
    Ok("null".to_owned())
}
