//! Exact decimals: money, rates and quantities are never floats.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A decimal number of at most 12 digits before and 8 after the point.
///
/// In JSON it is a string; integers are accepted, floats refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(pub Decimal);

impl fmt::Display for Exact {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl Serialize for Exact {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Exact).map_err(serde::de::Error::custom)
    }
}
