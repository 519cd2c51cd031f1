//! A reader that no file can make grow: JSON without endless texts and without endless nesting.

use std::cell::Cell;
use std::io::{self, Read};

/// Far more bytes than a receipt or a certificate has in base64.
const LONGEST_TEXT: usize = 64 * 1024;
/// Far deeper than what is read here.
const DEEPEST: usize = 32;

/// Passes JSON on and fails where a text or number is too long, or the nesting too deep, for a parser that
/// keeps one of them in memory.
pub(super) struct Bounded<'a, R> {
    source: R,
    passed: &'a Cell<u64>,
    place: Place,
    length: usize,
    depth: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Text,
    Escape,
}

impl<'a, R: Read> Bounded<'a, R> {
    /// Counts in `passed` how many bytes have gone through.
    pub(super) fn new(source: R, passed: &'a Cell<u64>) -> Self {
        Bounded { source, passed, place: Place::Outside, length: 0, depth: 0 }
    }

    fn pass(&mut self, byte: u8) -> io::Result<()> {
        self.length += 1;
        match (self.place, byte) {
            (Place::Text, b'\\') => self.place = Place::Escape,
            (Place::Escape, _) => self.place = Place::Text,
            (Place::Text, b'"') => self.move_to(Place::Outside),
            (Place::Text, _) => {}
            (Place::Outside, b'"') => self.move_to(Place::Text),
            (Place::Outside, b'[' | b'{') => {
                self.depth += 1;
                self.length = 0;
            }
            (Place::Outside, b']' | b'}') => {
                self.depth = self.depth.saturating_sub(1);
                self.length = 0;
            }
            (Place::Outside, b' ' | b'\t' | b'\r' | b'\n' | b',' | b':') => self.length = 0,
            (Place::Outside, _) => {}
        }
        if self.length > LONGEST_TEXT {
            return Err(io::Error::other(format!(
                "a text or number in it has more than {LONGEST_TEXT} bytes"
            )));
        }
        if self.depth > DEEPEST {
            return Err(io::Error::other(format!("it is nested more than {DEEPEST} deep")));
        }
        Ok(())
    }

    fn move_to(&mut self, place: Place) {
        self.place = place;
        self.length = 0;
    }
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        for byte in &buffer[..count] {
            self.pass(*byte)?;
        }
        self.passed.set(self.passed.get() + count as u64);
        Ok(count)
    }
}
