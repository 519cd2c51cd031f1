//! Replaying an offline buffer: what is booked, what breaks the chain, and the readings that can be set
//! (contract sign-fr 5, 10).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "support/offline.rs"]
mod offline;
#[path = "support/shop.rs"]
#[allow(dead_code, reason = "shared by several test programs")]
mod shop;

use fiskal_sandbox::{Options, Sandbox, Store};
use offline::{Covers, Step, afternoon, ago, chain, event};
use reqwest::Method;
use serde_json::{Value, json};
use shop::{Answer, Shop, receipt};

const NOBODY: &str = "0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f";

fn broken(answer: Answer) -> String {
    answer.refused(422, "E_UNPROCESSABLE_CONTENT").at("/content/message").to_owned()
}

fn booked(shop: &Shop) -> Vec<Value> {
    shop.control(Method::GET, "audit", Value::Null)["booked"].as_array().unwrap().clone()
}

fn send_all(shop: &Shop, steps: &[Step]) -> Vec<Answer> {
    steps.iter().map(|step| step.send(shop).ok()).collect()
}

#[test]
fn a_whole_buffer_is_booked_in_its_order() {
    let (shop, till) = Shop::ready();
    let anchor = shop.sell(&till, "R-1");
    let before = booked(&shop).len();
    let records = afternoon(&till, &anchor, 0);
    let answers = send_all(&shop, &chain(&till, &anchor, &records, Covers::Wrapper));
    let ids: Vec<String> = answers.iter().map(Answer::id).collect();
    let types: Vec<&str> = answers.iter().map(|answer| answer.at("/content/type")).collect();
    assert_eq!(
        types,
        [
            "INTENTION::TRANSACTION",
            "TRANSACTION::RECEIPT",
            "INTENTION::TRANSACTION",
            "TRANSACTION::RECEIPT",
            "INTENTION::EVENT",
            "INTENTION::TRANSACTION",
            "TRANSACTION::CANCELLATION",
        ]
    );
    for (transaction, intention) in [(1, 0), (3, 2), (6, 5)] {
        assert_eq!(answers[transaction].at("/content/record/id"), ids[intention]);
    }
    let mut previous = anchor.id();
    for answer in &answers {
        assert!(answer.body["content"]["replayed_by"]["id"].is_string());
        assert_eq!(answer.at("/content/journal/record/id"), previous);
        previous = answer.id();
    }
    let listed: Vec<Value> = booked(&shop)[before..].iter().map(|row| row["id"].clone()).collect();
    assert_eq!(listed, ids.iter().map(|id| json!(id)).collect::<Vec<_>>());
    // The cancellation's offset named the first sale of the buffer.
    let again = json!({ "type": "CANCELLATION", "record": { "id": ids[1] } });
    let intention = shop.intention(&till).ok().id();
    shop.transaction(&intention, again).refused(405, "E_METHOD_NOT_ALLOWED");
    // The buffer ended: the next outage hangs on the record made since, and its offsets count anew.
    let anchor = shop.sell(&till, "R-4");
    let answers = send_all(&shop, &chain(&till, &anchor, &records, Covers::Wrapper)[..2]);
    assert_eq!(answers[1].at("/content/record/id"), answers[0].id());
}

/// What a violation may need to know.
struct Outage {
    /// A record of another system, and an earlier one of this system.
    elsewhere: Answer,
    earlier: Answer,
}

/// A name, the step that is to be refused, how it is spoiled, whether the client hashes it afterwards, and what the
/// refusal names.
type Violation = (&'static str, usize, fn(&mut Vec<Step>, &Outage), bool, &'static str);

const VIOLATIONS: &[Violation] = &[
    ("another hash", 0, |steps, _| steps[0].hash = steps[1].hash.clone(), false, "X-Replay-Hash is"),
    ("a changed price", 1, |steps, _| price(&mut steps[1], "1.30"), false, "X-Replay-Hash is"),
    ("no hash", 1, |steps, _| steps[1].hash = None, false, "X-Replay-Hash is missing"),
    ("no count", 0, |steps, _| steps[0].remaining = None, false, "X-Replay-Remaining is missing"),
    ("no count inside", 1, |steps, _| steps[1].remaining = None, false, "X-Replay-Remaining is missing"),
    ("a count that stays", 1, |steps, _| steps[1].remaining = steps[0].remaining, false, "falls by one"),
    ("a count that jumps", 1, |steps, _| steps[1].remaining = steps[2].remaining, false, "falls by one"),
    ("a foreign seed", 0, |steps, world| seed(&mut steps[0], signature(&world.earlier)), true, "seed is"),
    ("a seed that starts again", 1, |steps, _| again(steps), true, "seed is"),
    ("a record left out", 2, |steps, _| drop(steps.remove(2)), false, "seed is"),
    ("a record twice", 2, |steps, _| steps.insert(2, steps[1].clone()), false, "seed is"),
    ("two swapped", 1, |steps, _| steps.swap(1, 2), false, "seed is"),
    ("an unknown anchor", 0, |steps, _| anchor(&mut steps[0], NOBODY), true, "not in the journal"),
    (
        "another system's anchor",
        0,
        |steps, world| hang(&mut steps[0], &world.elsewhere),
        true,
        "not in the journal",
    ),
    ("an anchor that changes", 1, |steps, world| anchor(&mut steps[1], &world.earlier.id()), true, "anchor"),
    (
        "a time before the last",
        1,
        |steps, _| time(&mut steps[1], ago(90)),
        true,
        "before that of the record before",
    ),
    ("a time to come", 0, |steps, _| time(&mut steps[0], "2999-01-01T00:00:00+00:00".into()), true, "ahead"),
    ("more than a day", 0, |steps, _| time(&mut steps[0], ago(86_401)), true, "more than 24 h"),
    ("an offset outside", 1, |steps, _| offset(&mut steps[1], "1"), true, "record.offset 1"),
    ("an offset of a receipt", 3, |steps, _| offset(&mut steps[3], "1"), true, "record.offset 1"),
    ("an offset of an event", 6, |steps, _| offset(&mut steps[6], "4"), true, "record.offset 4"),
];

fn price(step: &mut Step, price: &str) {
    step.operation()["content"]["operation"]["entries"][0]["data"]["unit"]["price"] = json!(price);
}
fn seed(step: &mut Step, seed: &str) {
    step.operation()["seed"] = json!(seed);
}
fn again(steps: &mut [Step]) {
    let first = steps[0].content["operation"]["seed"].clone();
    steps[1].operation()["seed"] = first;
}
fn anchor(step: &mut Step, id: &str) {
    step.operation()["record"]["id"] = json!(id);
}
fn hang(step: &mut Step, record: &Answer) {
    anchor(step, &record.id());
    seed(step, signature(record));
}
fn time(step: &mut Step, time: String) {
    step.operation()["recorded_at"] = json!(time);
}
fn offset(step: &mut Step, offset: &str) {
    step.operation()["content"]["record"]["offset"] = json!(offset);
}
fn signature(record: &Answer) -> &str {
    record.at("/content/journal/signature")
}

/// A refused record is not booked and leaves the buffer as it was: the right one is taken afterwards.
#[test]
fn every_violation_is_refused_and_loses_nothing() {
    let (shop, _) = Shop::ready();
    for (name, place, spoil, hashes, shows) in VIOLATIONS {
        let till = shop.make_till();
        let world =
            Outage { elsewhere: shop.sell(&shop.make_till(), "E-1"), earlier: shop.sell(&till, "R-0") };
        let anchor = shop.sell(&till, "R-1");
        let steps = chain(&till, &anchor, &afternoon(&till, &anchor, 0), Covers::Wrapper);
        let mut spoiled = steps.clone();
        spoil(&mut spoiled, &world);
        if *hashes {
            spoiled[*place].seal(Covers::Wrapper);
        }
        send_all(&shop, &steps[..*place]);
        let before = booked(&shop);
        let why = broken(spoiled[*place].send(&shop));
        assert!(why.contains(shows), "{name}: {why}");
        assert_eq!(booked(&shop), before, "{name}");
        send_all(&shop, &steps[*place..]);
    }
}

#[test]
fn a_wrapper_and_its_record_belong_to_one_system() {
    let (shop, till) = Shop::ready();
    let other = shop.make_till();
    let anchor = shop.sell(&till, "R-1");
    let begun = shop.intention(&other).ok().id();
    let sale = json!({ "type": "TRANSACTION", "record": { "id": begun }, "operation": receipt("R-2") });
    for record in [event(&other, "Elsewhere"), sale] {
        let why = broken(chain(&till, &anchor, &[record], Covers::Wrapper)[0].send(&shop));
        assert!(why.contains(&other), "{why}");
    }
}

/// Begun online, finished offline: the transaction names its intention by id.
#[test]
fn a_sale_that_was_begun_online_needs_no_offset() {
    let (shop, till) = Shop::ready();
    let begun = shop.intention(&till).ok();
    let sale = json!({ "type": "TRANSACTION", "record": { "id": begun.id() }, "operation": receipt("R-1") });
    let sold = chain(&till, &begun, &[sale], Covers::Wrapper)[0].send(&shop).ok();
    assert_eq!(sold.at("/content/record/id"), begun.id());
}

#[test]
fn a_buffer_goes_on_after_the_sandbox_was_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options { store: Store::File(folder.path().join("sandbox.db")), ..Options::default() };
    let mut shop = Shop::at(Sandbox::start(options()).unwrap());
    shop.make_unit();
    let till = shop.make_till();
    let anchor = shop.sell(&till, "R-1");
    let steps = chain(&till, &anchor, &afternoon(&till, &anchor, 0), Covers::Wrapper);
    send_all(&shop, &steps[..3]);
    let bearer = shop.bearer.clone();
    shop.sandbox.stop();
    let mut shop = Shop::at(Sandbox::start(options()).unwrap());
    shop.bearer = bearer;
    let why = broken(steps[4].send(&shop));
    assert!(why.contains("seed is"), "{why}");
    send_all(&shop, &steps[3..]);
}

#[test]
fn the_hash_can_cover_the_inner_record_alone() {
    let (shop, till) = Shop::ready();
    let anchor = shop.sell(&till, "R-1");
    let records = afternoon(&till, &anchor, 0);
    shop.settings(json!({ "replay_hash_input": "inner" }));
    let why = broken(chain(&till, &anchor, &records, Covers::Wrapper)[0].send(&shop));
    assert!(why.contains("X-Replay-Hash"), "{why}");
    send_all(&shop, &chain(&till, &anchor, &records, Covers::Inner));
}

#[test]
fn a_hash_is_taken_in_the_one_alphabet_that_is_set() {
    let (shop, till) = Shop::ready();
    let anchor = shop.sell(&till, "R-1");
    // Only a hash with + or / tells the alphabets apart.
    let event =
        |number: u32| chain(&till, &anchor, &[event(&till, &number.to_string())], Covers::Wrapper).remove(0);
    let step = (0..).map(event).find(|step| step.hash.as_ref().unwrap().contains(['+', '/'])).unwrap();
    let padded = step.hash.clone().unwrap();
    let safe = padded.replace('+', "-").replace('/', "_");
    let bare = |text: &str| text.trim_end_matches('=').to_owned();
    let spellings = [
        ("base64", true, padded.clone()),
        ("base64", false, bare(&padded)),
        ("base64url", true, safe.clone()),
        ("base64url", false, bare(&safe)),
    ];
    for (alphabet, padding, expected) in &spellings {
        shop.settings(json!({ "replay_alphabet": alphabet, "replay_padding": padding }));
        for (_, _, hash) in &spellings {
            let sent = Step { hash: Some(hash.clone()), ..step.clone() }.send(&shop);
            if hash == expected {
                sent.ok();
            } else {
                broken(sent);
            }
        }
    }
}

#[test]
fn each_record_can_hang_on_the_one_replayed_before_it() {
    let (shop, till) = Shop::ready();
    shop.settings(json!({ "replay_anchor": "previous" }));
    let first = shop.sell(&till, "R-1");
    let mut steps = chain(&till, &first, &afternoon(&till, &first, 0), Covers::Wrapper);
    let mut previous = steps[0].send(&shop).ok();
    let why = broken(steps[1].send(&shop));
    assert!(why.contains("anchor"), "{why}");
    for place in 1..steps.len() {
        let before = steps[place - 1].hash.clone().unwrap();
        anchor(&mut steps[place], &previous.id());
        seed(&mut steps[place], &before);
        steps[place].seal(Covers::Wrapper);
        previous = steps[place].send(&shop).ok();
    }
}

#[test]
fn the_count_can_end_at_one_and_offsets_begin_at_one() {
    let (shop, till) = Shop::ready();
    shop.settings(json!({ "replay_last_remaining": 1, "replay_offset_base": 1 }));
    let anchor = shop.sell(&till, "R-1");
    let mut steps = chain(&till, &anchor, &afternoon(&till, &anchor, 1), Covers::Wrapper);
    for step in &mut steps {
        step.remaining = step.remaining.map(|left| left + 1);
    }
    send_all(&shop, &steps);
    let anchor = shop.sell(&till, "R-4");
    let mut single = chain(&till, &anchor, &[event(&till, "Again")], Covers::Wrapper).remove(0);
    let why = broken(single.send(&shop));
    assert!(why.contains("X-Replay-Remaining is 0"), "{why}");
    single.remaining = Some(1);
    single.send(&shop).ok();
}

#[test]
fn the_hours_follow_the_setting_and_the_sandboxs_clock() {
    let (shop, till) = Shop::ready();
    let anchor = shop.sell(&till, "R-1");
    let aged = |seconds: usize| {
        let mut step = chain(&till, &anchor, &[event(&till, "Connection lost")], Covers::Wrapper).remove(0);
        time(&mut step, ago(seconds));
        step.seal(Covers::Wrapper);
        step
    };
    broken(aged(30 * 3600).send(&shop));
    shop.settings(json!({ "replay_hours": 31 }));
    aged(30 * 3600).send(&shop).ok();
    shop.settings(json!({ "replay_hours": 1 }));
    aged(60).send(&shop).ok();
    shop.control(Method::PUT, "clock", json!({ "offset_s": 3600 }));
    let why = broken(aged(60).send(&shop));
    assert!(why.contains("more than 1 h"), "{why}");
}

#[test]
fn an_unfinished_buffer_can_block_normal_records() {
    let (shop, till) = Shop::ready();
    let anchor = shop.sell(&till, "R-1");
    let steps = chain(&till, &anchor, &afternoon(&till, &anchor, 0), Covers::Wrapper);
    send_all(&shop, &steps[..1]);
    let begun = shop.intention(&till).ok().id();
    shop.settings(json!({ "replay_blocks_online": true }));
    shop.intention(&till).refused(405, "E_METHOD_NOT_ALLOWED");
    shop.transaction(&begun, receipt("R-9")).refused(405, "E_METHOD_NOT_ALLOWED");
    shop.sell(&shop.make_till(), "R-1");
    send_all(&shop, &steps[1..]);
    shop.transaction(&begun, receipt("R-9")).ok();
}

#[test]
fn the_chain_can_be_taken_as_it_comes() {
    let (shop, till) = Shop::ready();
    shop.settings(json!({ "replay_check": "off" }));
    let world = shop.sell(&till, "R-1");
    let mut steps = chain(&till, &world, &afternoon(&till, &world, 0), Covers::Wrapper);
    for step in &mut steps {
        step.hash = None;
        hang(step, &world);
        time(step, "2020-05-04T10:15:00+02:00".to_owned());
    }
    send_all(&shop, &steps);
}
