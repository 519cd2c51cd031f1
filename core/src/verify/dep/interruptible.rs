//! A reader that ends when nobody waits for what is read any more.

use crate::interrupt::Interrupt;
use std::io::{self, Read};

/// Passes a source on until the interrupt is raised. It is looked at before each buffer, which takes long enough to
/// check that looking costs nothing.
pub(super) struct Interruptible<R> {
    source: R,
    interrupt: Interrupt,
}

impl<R: Read> Interruptible<R> {
    pub(super) fn new(source: R, interrupt: &Interrupt) -> Self {
        Interruptible { source, interrupt: interrupt.clone() }
    }
}

impl<R: Read> Read for Interruptible<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.interrupt.is_raised() {
            // Not of the kind `Interrupted`, after which readers go on.
            return Err(io::Error::other("nobody waits for it any more"));
        }
        self.source.read(buffer)
    }
}
