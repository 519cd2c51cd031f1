//! The `[network]` part of the configuration.

use crate::error::{Error, Kind, Result};
use crate::transport::redact;
use reqwest::Url;
use serde::Deserialize;
use std::fmt;
use std::path::PathBuf;

/// How this machine reaches the services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// The way out: `system`, `none`, or a proxy's http or https address.
    pub proxy: Proxy,
    /// Whom TLS trusts: `bundled`, `platform`, or the path of a PEM file.
    pub roots: Roots,
}

/// The way out of this machine's network. Loopback addresses are always reached directly.
///
/// Its `Debug` form hides the user name and password of a proxy.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub enum Proxy {
    /// What the system says: `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, or its network settings.
    #[default]
    System,
    /// No proxy, whatever the system says.
    None,
    /// This proxy for everything but loopback, `http` or `https`, with a user name and password if
    /// it wants them.
    Url(String),
}

/// The certificate authorities that TLS trusts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(from = "String")]
#[schemars(with = "String")]
pub enum Roots {
    /// Mozilla's list, as of this release: tills with a stale system store work too.
    #[default]
    Bundled,
    /// The operating system's store.
    Platform,
    /// Only the certificates in this PEM file.
    Pem(PathBuf),
}

impl TryFrom<String> for Proxy {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        match text.as_str() {
            "system" => Ok(Proxy::System),
            "none" => Ok(Proxy::None),
            _ => {
                let proxy = Proxy::Url(text);
                proxy.check()?;
                Ok(proxy)
            }
        }
    }
}

impl Proxy {
    /// Refuses an address that is not one of an http or https proxy.
    pub(super) fn check(&self) -> Result<()> {
        let Proxy::Url(text) = self else { return Ok(()) };
        let usable = Url::parse(text)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
        if usable {
            return Ok(());
        }
        let wrong = "the proxy is neither \"system\" nor \"none\" nor an address such as http://host:3128";
        Err(Error::new(Kind::Config, wrong).at("/network/proxy"))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Proxy::System => out.write_str("System"),
            Proxy::None => out.write_str("None"),
            Proxy::Url(url) => out.debug_tuple("Url").field(&redact::address(url)).finish(),
        }
    }
}

impl From<String> for Roots {
    fn from(text: String) -> Self {
        match text.as_str() {
            "bundled" => Roots::Bundled,
            "platform" => Roots::Platform,
            _ => Roots::Pem(text.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> std::result::Result<Network, toml::de::Error> {
        toml::from_str(toml)
    }

    #[test]
    fn the_configuration_names_proxy_and_roots() {
        assert_eq!(read("").unwrap(), Network { proxy: Proxy::System, roots: Roots::Bundled });
        assert_eq!(
            read("proxy = 'none'\nroots = 'platform'").unwrap(),
            Network { proxy: Proxy::None, roots: Roots::Platform }
        );
        assert_eq!(
            read("proxy = 'http://anna:pw@proxy:3128'\nroots = 'certs/ca.pem'").unwrap(),
            Network {
                proxy: Proxy::Url("http://anna:pw@proxy:3128".into()),
                roots: Roots::Pem("certs/ca.pem".into())
            }
        );
    }

    #[test]
    fn a_wrong_network_is_refused() {
        for wrong in [
            "proxy = ''",
            "proxy = 'System'",
            "proxy = 'proxy:3128'",
            "proxy = 'socks5://proxy:1080'",
            "proxy = 1",
            "proxi = 'none'",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let error = Proxy::try_from("socks5://anna:hunter2@proxy".to_owned()).unwrap_err();
        assert_eq!(error.kind(), Kind::Config);
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn debug_hides_the_password_of_a_proxy() {
        let network = read("proxy = 'http://anna:hunter2@proxy:3128'").unwrap();
        let shown = format!("{network:?}");
        assert!(shown.contains("proxy:3128"), "{shown}");
        assert!(!shown.contains("hunter2") && !shown.contains("anna"), "{shown}");
    }
}
