//! What signs requests.

use jiff::Timestamp;
use secrecy::SecretString;

/// A bearer token and its end.
#[derive(Clone, Debug)]
pub struct Token {
    /// What goes behind `Bearer`.
    pub bearer: SecretString,
    /// When the service stops accepting it.
    pub expires_at: Timestamp,
    /// What gets the next one without the credential, and when that ends.
    pub refresh: Option<(SecretString, Timestamp)>,
}
