//! What makes a record tamper-evident: the journal's chain, the signed artifact, the system's own key.

mod artifact;
mod authority;
mod certificate;
mod chain;
mod key;
pub mod rksv;

pub use artifact::artifact_xml;
pub use authority::Authority;
pub(crate) use certificate::Certificate;
pub use chain::chain_signature;
pub use key::{CryptoError, SystemKey};
