use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha384};

/// The signature that ties a record to the one before it in its system's journal: SHA-384 over the
/// previous signature as it is printed (nothing for the first record), followed by the canonical record;
/// as 64 characters of unpadded base64url (contract 2.8 and 10).
#[must_use]
pub fn chain_signature(previous: Option<&str>, canonical_record: &str) -> String {
    let mut hash = Sha384::new();
    hash.update(previous.unwrap_or_default());
    hash.update(canonical_record);
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `printf '%s' … | openssl dgst -sha384 -binary | basenc --base64url`.
    #[test]
    fn fits_values_computed_with_openssl() {
        let first = chain_signature(None, r#"{"a":"1"}"#);
        assert_eq!(first, "jK3geB1YJh6qwZfaTapDgv41k8f2BaimE2t_NOF6KXAo4uxXPq67-UM3C0Nr0srZ");
        assert_eq!(
            chain_signature(Some(&first), r#"{"a":"2"}"#),
            "R5VeYx4Z2mYezQrwXDZKtBu2_yfkTuCyr1lSq5XGdJMkLuxz8ZNRzxE8ePV57_dG"
        );
    }
}
