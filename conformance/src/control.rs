//! The sandbox's own addresses, over a bare connection: nothing of the library under test.

use crate::Result;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A sandbox's `/_sandbox`.
#[derive(Clone, Debug)]
pub struct Control {
    host: String,
}

impl Control {
    /// The control addresses of the sandbox at `url`.
    pub fn of(url: &str) -> Self {
        Control { host: url.trim_start_matches("http://").to_owned() }
    }

    /// Plants a fault.
    ///
    /// # Errors
    /// When the sandbox does not take it.
    pub fn plant(&self, fault: &Value) -> Result<()> {
        self.send("POST", "faults", Some(fault)).map(drop)
    }

    /// Removes all faults.
    ///
    /// # Errors
    /// When the sandbox does not answer.
    pub fn heal(&self) -> Result<()> {
        self.send("DELETE", "faults", None).map(drop)
    }

    /// Moves the sandbox's clock.
    ///
    /// # Errors
    /// When the sandbox does not take it.
    pub fn set_clock(&self, clock: &Value) -> Result<()> {
        self.send("PUT", "clock", Some(clock)).map(drop)
    }

    /// Changes settings.
    ///
    /// # Errors
    /// When the sandbox does not take them.
    pub fn set(&self, settings: &Value) -> Result<()> {
        self.send("PUT", "settings", Some(settings)).map(drop)
    }

    /// All that was booked, in its order.
    ///
    /// # Errors
    /// When the sandbox does not answer.
    pub fn booked(&self) -> Result<Vec<Value>> {
        let audit = self.send("GET", "audit", None)?;
        Ok(audit.get("booked").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    /// The requests that were refused, as far as they are kept.
    ///
    /// # Errors
    /// When the sandbox does not answer.
    pub fn refused(&self) -> Result<Vec<Value>> {
        let audit = self.send("GET", "audit", None)?;
        Ok(audit.get("refused").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    /// The requests that reached a service, in the order of their arrival.
    ///
    /// # Errors
    /// When the sandbox does not answer, or has forgotten some.
    pub fn requests(&self) -> Result<Vec<Value>> {
        let seen = self.send("GET", "requests", None)?;
        if seen.get("forgotten") != Some(&Value::from(0)) {
            return Err("there were more requests than the sandbox keeps".into());
        }
        Ok(seen.get("requests").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    /// What a verifier asks for beside the log of an Austrian register.
    ///
    /// # Errors
    /// When the sandbox has no such register.
    pub fn keys(&self, register: &str) -> Result<Value> {
        self.send("GET", &format!("sign-at/registers/{register}/verification"), None)
    }

    fn send(&self, method: &str, name: &str, body: Option<&Value>) -> Result<Value> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(&self.host)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        write!(
            stream,
            "{method} /_sandbox/{name} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("the sandbox gave no answer")?;
        if !head.starts_with("HTTP/1.1 200") {
            return Err(format!("the sandbox refused {method} {name}: {answer}").into());
        }
        Ok(serde_json::from_str(body)?)
    }
}
