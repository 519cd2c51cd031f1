//! The requests of the step-by-step guide 2026-05-04, with method, path, headers and JSON as it prints them, walked from
//! a key of the HUB to a signed receipt: once with curl, once with the guide's own JavaScript in Node. Only the host and
//! the placeholders (`YOUR_…`) are filled in.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fiskal_sandbox::{Options, Sandbox};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};

/// The host that the guide prints.
const HOST: &str = "https://test.api.fiskaly.com";

/// What each step gives to those after it: where it stands in the answer, and the placeholder that it fills.
const LEARNED: [(&str, &str, &str); 9] = [
    ("01", "/access_token", "YOUR_ACCESS_TOKEN"),
    ("02", "/content/id", "YOUR_UNIT_ORG_ID"),
    ("03", "/content/credentials/api_key", "YOUR_UNIT_API_KEY"),
    ("03", "/content/credentials/api_secret", "YOUR_UNIT_API_SECRET"),
    ("04", "/access_token", "YOUR_ACCESS_TOKEN"),
    ("05", "/content/id", "YOUR_TAXPAYER_ID"),
    ("07", "/content/id", "YOUR_LOCATION_ID"),
    ("09", "/content/id", "YOUR_SYSTEM_ID"),
    ("11", "/content/id", "YOUR_INTENTION_RECORD_ID"),
];

fn main() {
    let required = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    let is_here =
        |program: &str| Command::new(program).arg("--version").output().is_ok_and(|out| out.status.success());
    let lacks = |programs: &[&str]| !required && !programs.iter().all(|program| is_here(program));
    let trials = vec![
        Trial::test("every_curl_command_works_as_printed", with_curl)
            .with_ignored_flag(lacks(&["curl", "bash"])),
        Trial::test("every_javascript_snippet_works_as_printed", with_node)
            .with_ignored_flag(lacks(&["node"])),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// The placeholders that the HUB fills.
fn from_the_hub(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let account = &sandbox.ready()["accounts"]["sign-fr"];
    let uuids = ["YOUR_UNIQUE_UUID", "YOUR_UNIQUE_UUID_1", "YOUR_UNIQUE_UUID_2"];
    [("YOUR_API_KEY", "key"), ("YOUR_API_SECRET", "secret"), ("YOUR_GROUP_ORG_ID", "organization")]
        .map(|(placeholder, name)| (placeholder.to_owned(), account[name].as_str().unwrap().to_owned()))
        .into_iter()
        .chain(uuids.map(|name| (name.to_owned(), String::new())))
        .collect()
}

/// The text with the host and all placeholders filled in; every key is a new one.
fn filled(text: &str, sandbox: &Sandbox, known: &BTreeMap<String, String>) -> String {
    let mut text = text.replace(HOST, &format!("{}/sign-fr", sandbox.url()));
    // Longer names first: some begin with others.
    for (placeholder, value) in known.iter().rev() {
        let value = if value.is_empty() { uuid::Uuid::new_v4().to_string() } else { value.clone() };
        text = text.replace(placeholder.as_str(), &value);
    }
    text
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guide").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn with_curl() -> Result<(), Failed> {
    let sandbox = Sandbox::start(Options::default())?;
    let mut known = from_the_hub(&sandbox);
    let files = files("curl");
    assert_eq!(files.len(), 12, "all of the guide's commands are here");
    let mut last = Value::Null;
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let command = filled(&fs::read_to_string(&file)?, &sandbox, &known);
        let script =
            format!("curl() {{ command curl -sS --noproxy '*' -w '\\n%{{http_code}}' \"$@\"; }}\n{command}");
        let output = Command::new("bash").args(["-c", &script]).output()?;
        let said = String::from_utf8(output.stdout)?;
        let (body, status) = said.rsplit_once('\n').ok_or("curl says nothing")?;
        let made = command.contains("-X POST") && !command.contains("/auth/token");
        assert_eq!(status, if made { "201" } else { "200" }, "{name}: {body}");
        last = serde_json::from_str(body)?;
        assert_printed_form(&name, &last);
        for (_, place, placeholder) in LEARNED.iter().filter(|(step, ..)| name.starts_with(step)) {
            let value =
                last.pointer(place).and_then(Value::as_str).unwrap_or_else(|| panic!("{name}: {place}"));
            known.insert((*placeholder).to_owned(), value.to_owned());
        }
    }
    assert_receipt(&sandbox, &last);
    Ok(())
}

fn with_node() -> Result<(), Failed> {
    let sandbox = Sandbox::start(Options::default())?;
    let known = from_the_hub(&sandbox);
    let files = files("js");
    assert_eq!(files.len(), 8, "all of the guide's snippets are here");
    let steps: Vec<Value> = files
        .iter()
        .map(|file| {
            let source = filled(&fs::read_to_string(file).unwrap(), &sandbox, &known);
            json!({ "name": file.file_name().unwrap().to_str(), "source": source })
        })
        .collect();
    let walk = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guide/walk.mjs");
    let folder = tempfile::tempdir()?;
    let list = folder.path().join("steps.json");
    fs::write(&list, Value::from(steps).to_string())?;
    let mut node = Command::new("node");
    node.arg(walk).arg(&list);
    for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"] {
        node.env_remove(name);
    }
    let output = node.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let walked: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(
        walked["statuses"],
        json!([200, 201, 201, 200, 201, 200, 201, 200, 201, 200, 201, 201]),
        "200 for tokens and PATCH, 201 for what is made"
    );
    assert_receipt(&sandbox, &walked["transaction"]);
    Ok(())
}

/// What every answer of the guide has.
fn assert_printed_form(name: &str, answer: &Value) {
    assert!(answer["content"]["id"].is_string(), "{name}: {answer}");
    assert!(answer["metadata"]["trace_identifier"].is_string(), "{name}: {answer}");
    assert_eq!(answer["metadata"]["api_version"], "2026-05-04", "{name}");
}

/// A signed receipt, of what the guide prints, that the sandbox has booked.
fn assert_receipt(sandbox: &Sandbox, answer: &Value) {
    let content = &answer["content"];
    assert_eq!(content["type"], "TRANSACTION::RECEIPT", "{answer}");
    assert_eq!(content["state"], "COMPLETED");
    assert_eq!(content["journal"]["signature"].as_str().unwrap().len(), 64);
    let operation: Value = serde_json::from_str(content["operation"].as_str().unwrap()).unwrap();
    assert_eq!(
        operation["document"]["amounts"],
        json!({ "total_including_vat": "12000", "total_excluding_vat": "10000" })
    );
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
    let get = |path: &str| client.get(format!("{}{path}", sandbox.url())).send().unwrap();
    let page = get(&format!("/hub/records/{}", content["id"].as_str().unwrap())).text().unwrap();
    for text in ["R-2026-0001", "Product A", "120.00", "My Company", "123 Rue de Rivoli"] {
        assert!(page.contains(text), "the hub does not show {text}: {page}");
    }
    let audit: Value = get("/_sandbox/audit").json().unwrap();
    let booked: Vec<&Value> = audit["booked"].as_array().unwrap().iter().map(|one| &one["type"]).collect();
    assert_eq!(booked, ["INTENTION::TRANSACTION", "TRANSACTION::RECEIPT"], "{audit}");
    assert_eq!(audit["booked"][1]["number"], "R-2026-0001");
    assert_eq!(audit["refused"], json!([]));
}
