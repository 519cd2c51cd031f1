//! The guide's requests as printed, and a sandbox to send them to.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use std::fs;
use std::path::Path;

use fiskal_sandbox::{Options, Sandbox};
use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const V4: &str = "1c81cb86-c2e8-4074-afc3-a0601b2bf063";
pub(crate) const V7: &str = "0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f";
pub(crate) const GUIDE: &str = "2026-05-04";

/// One of the guide's requests, as printed.
#[derive(Clone)]
pub(crate) struct Printed {
    pub(crate) name: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Printed {
    pub(crate) fn all() -> Vec<Printed> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guide/curl");
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.iter().map(|file| Printed::read(file)).collect()
    }

    pub(crate) fn named(name: &str) -> Printed {
        Printed::all().into_iter().find(|printed| printed.name.contains(name)).unwrap()
    }

    pub(crate) fn read(file: &Path) -> Printed {
        let mut text = fs::read_to_string(file).unwrap();
        for (placeholder, value) in [
            ("YOUR_UNIQUE_UUID_1", V4),
            ("YOUR_UNIQUE_UUID_2", V4),
            ("YOUR_UNIQUE_UUID", V4),
            ("YOUR_GROUP_ORG_ID", V4),
            ("YOUR_UNIT_ORG_ID", V4),
            ("YOUR_TAXPAYER_ID", V7),
            ("YOUR_LOCATION_ID", V7),
            ("YOUR_SYSTEM_ID", V7),
            ("YOUR_INTENTION_RECORD_ID", V7),
        ] {
            text = text.replace(placeholder, value);
        }
        let (command, body) = text.split_once("-d '").unwrap();
        let mut words = command.split_whitespace().skip_while(|word| *word != "-X").skip(1);
        let method = Method::from_bytes(words.next().unwrap().as_bytes()).unwrap();
        let path = words.next().unwrap().strip_prefix("https://test.api.fiskaly.com").unwrap().to_owned();
        let headers = command.split("-H \"").skip(1).map(|rest| {
            let (name, value) = rest.split_once('"').unwrap().0.split_once(": ").unwrap();
            (name.to_owned(), value.to_owned())
        });
        Printed {
            name: file.file_stem().unwrap().to_str().unwrap().to_owned(),
            method,
            path,
            headers: headers.collect(),
            body: serde_json::from_str(body.trim_end().trim_end_matches('\'')).unwrap(),
        }
    }
}

pub(crate) struct Service {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) version: String,
    pub(crate) replayed: Option<String>,
    pub(crate) body: Value,
}

impl Service {
    pub(crate) fn start() -> Service {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().unwrap();
        Service { sandbox: Sandbox::start(Options::default()).unwrap(), client }
    }

    pub(crate) fn send(&self, printed: &Printed) -> Answer {
        let url = format!("{}/sign-fr{}", self.sandbox.url(), printed.path);
        let mut request = self.client.request(printed.method.clone(), url);
        for (name, value) in &printed.headers {
            request = request.header(name, value);
        }
        if printed.method != Method::GET {
            request = request.body(printed.body.to_string());
        }
        let answer = request.send().unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (version, replayed) = (header("x-api-version").unwrap(), header("x-idempotency-replayed"));
        assert!(header("x-trace-identifier").is_some());
        Answer { status: answer.status().as_u16(), version, replayed, body: answer.json().unwrap() }
    }

    pub(crate) fn set(&self, settings: &Value) {
        let url = format!("{}/_sandbox/settings", self.sandbox.url());
        assert!(self.client.put(url).json(settings).send().unwrap().status().is_success());
    }

    /// A call of the guide by a signed-in program, with all that the guide prints.
    pub(crate) fn call(&self, token: &str, scope: &str, method: &str, path: &str, body: Value) -> Answer {
        let mut headers = vec![
            ("Authorization".to_owned(), format!("Bearer {token}")),
            ("X-Api-Version".to_owned(), GUIDE.to_owned()),
            ("Content-Type".to_owned(), "application/json".to_owned()),
        ];
        if method == "POST" {
            headers.push(("X-Idempotency-Key".to_owned(), Uuid::new_v4().to_string()));
        }
        if method != "GET" {
            headers.push(("X-Scope-Identifier".to_owned(), scope.to_owned()));
        }
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.send(&Printed { name: String::new(), method, path: format!("/api/v1{path}"), headers, body })
    }

    pub(crate) fn token(&self, key: &str, secret: &str) -> String {
        let answer = self.call("", "", "POST", "/auth/token", json!({"api_key": key, "api_secret": secret}));
        assert_eq!(answer.body["access_token"], answer.body["content"]["authentication"]["bearer"]);
        text(&answer, "/access_token")
    }

    /// A UNIT with a token and a commissioned till: `(token, unit, system)`.
    pub(crate) fn till(&self) -> (String, String, String) {
        let account = &self.sandbox.ready()["accounts"]["sign-fr"];
        let [key, secret, group] =
            ["key", "secret", "organization"].map(|name| account[name].as_str().unwrap());
        let token = self.token(key, secret);
        let unit = json!({"type": "UNIT", "name": "U", "parent_id": group});
        let unit = made(self.call(&token, group, "POST", "/organizations", unit));
        let subject = self.call(&token, &unit, "POST", "/subjects", json!({"type": "API_KEY"}));
        let [key, secret] =
            ["api_key", "api_secret"].map(|name| text(&subject, &format!("/content/credentials/{name}")));
        let token = self.token(&key, &secret);
        let mut system = String::new();
        for (name, path) in [("05", "taxpayers"), ("07", "locations"), ("09", "systems")] {
            let mut body = Printed::named(name).body;
            if path == "systems" {
                body["location_id"] = system.clone().into();
            }
            system = made(self.call(&token, &unit, "POST", &format!("/{path}"), body));
            let patch = self.call(
                &token,
                &unit,
                "PATCH",
                &format!("/{path}/{system}"),
                json!({"state": "COMMISSIONED"}),
            );
            assert_eq!((patch.status, &patch.body["content"]["mode"]), (200, &json!("OPERATIVE")));
            assert_eq!(patch.replayed, None, "a PATCH has no key");
        }
        (token, unit, system)
    }
}

pub(crate) fn text(answer: &Answer, place: &str) -> String {
    answer
        .body
        .pointer(place)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{place} in {}", answer.body))
        .to_owned()
}

pub(crate) fn made(answer: Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.body);
    text(&answer, "/content/id")
}
