//! Proxies: loopback never goes through one, everything else does.

use crate::server::{Reply, Server};
use crate::{NEVER, PLENTY, answered, not_sent, post};
use fiskal::error::Kind;
use fiskal::transport::{HttpTransport, Network, Proxy, Roots, Transport};
use std::env;
use std::process::Command;

/// A name that no resolver knows (RFC 6761); only a proxy would be asked for it.
const ELSEWHERE: &str = "https://service.invalid";

fn refusing_proxy() -> Server {
    Server::start(|_, _| Reply::new("407 Proxy Authentication Required", &[], ""))
}

fn through(proxy: String) -> HttpTransport {
    HttpTransport::new(&Network { proxy: Proxy::Url(proxy), roots: Roots::Bundled }).unwrap()
}

#[test]
fn loopback_is_reached_directly() {
    let proxy = refusing_proxy();
    let service = Server::start(|_, _| Reply::json("{}"));
    let transport = through(proxy.base());
    for host in ["127.0.0.1", "localhost"] {
        let base = format!("http://{host}:{}", service.port());
        answered(transport.send(&post(&base, "/"), PLENTY, NEVER));
    }
    assert_eq!(proxy.connections(), 0);
}

#[test]
fn a_proxy_that_refuses_gets_neither_request_nor_bearer() {
    let proxy = refusing_proxy();
    let transport = through(format!("http://anna:pw-of-anna@127.0.0.1:{}", proxy.port()));
    let why = not_sent(transport.send(&post(ELSEWHERE, "/records"), PLENTY, NEVER));
    assert!(why.contains("no connection") && !why.contains("pw-of-anna"), "{why}");
    let seen = proxy.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].line(), "CONNECT service.invalid:443 HTTP/1.1");
    // anna:pw-of-anna
    assert_eq!(seen[0].header("proxy-authorization"), Some("Basic YW5uYTpwdy1vZi1hbm5h"));
    assert_eq!(seen[0].header("authorization"), None);
    assert!(!format!("{transport:?}").contains("pw-of-anna"));
}

#[test]
fn a_proxy_that_leaves_is_not_sent_to() {
    let proxy = Server::start(|_, _| Reply::nothing());
    not_sent(through(proxy.base()).send(&post(ELSEWHERE, "/"), PLENTY, NEVER));
    assert_eq!(proxy.seen().len(), 1);
}

#[test]
fn an_unusable_proxy_is_a_config_error() {
    for wrong in ["", "proxy", "socks5://anna:hunter2@127.0.0.1:1"] {
        let network = Network { proxy: Proxy::Url(wrong.into()), roots: Roots::Bundled };
        let error = HttpTransport::new(&network).unwrap_err();
        assert_eq!((error.kind(), error.pointer()), (Kind::Config, Some("/network/proxy")), "{wrong}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

/// The environment belongs to the whole process, so it is set for a second run of this program.
#[test]
fn the_proxy_of_the_system_is_used_unless_it_is_none() {
    for (setting, connections) in [("system", 1), ("none", 0)] {
        let proxy = refusing_proxy();
        let run = Command::new(env::current_exe().unwrap())
            .args(["--exact", "proxies::in_a_second_run", "--ignored"])
            .env_remove("REQUEST_METHOD")
            .envs(["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"].map(|name| (name, proxy.base())))
            .env("NO_PROXY", "")
            .env("no_proxy", "")
            .env("FISKAL_TEST_PROXY", setting)
            .output()
            .unwrap();
        assert!(run.status.success(), "{setting}: {}", String::from_utf8_lossy(&run.stdout));
        assert_eq!(proxy.connections(), connections, "{setting}");
    }
}

#[test]
#[ignore = "run by the_proxy_of_the_system_is_used_unless_it_is_none"]
fn in_a_second_run() {
    let Ok(setting) = env::var("FISKAL_TEST_PROXY") else { return };
    let proxy = Proxy::try_from(setting).unwrap();
    let transport = HttpTransport::new(&Network { proxy, roots: Roots::Bundled }).unwrap();
    not_sent(transport.send(&post(ELSEWHERE, "/"), PLENTY, NEVER));
    let service = Server::start(|_, _| Reply::json("{}"));
    answered(transport.send(&post(&service.base(), "/"), PLENTY, NEVER));
}
