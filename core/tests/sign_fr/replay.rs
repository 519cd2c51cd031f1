//! How what was recorded offline is sent (contract sign-fr 5.1 and 5.2; docs/decisions/0010).

use crate::driver::{WRITER, header, refusal};
use crate::fisc::{Fault, Fisc};
use crate::till::{ANCHOR, Till, hash, numbered, wrapper};
use fiskal::error::Kind;
use fiskal::exchange::Effect;
use fiskal::receipt::State;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// A service that has the anchor.
fn fisc() -> Fisc {
    let mut fisc = Fisc::new();
    let anchor = json!({"content": {
        "id": ANCHOR.0, "type": "TRANSACTION::RECEIPT", "system": {"id": "sys-1"},
        "journal": {"signature": ANCHOR.1},
    }});
    fisc.made.insert("/records".into(), vec![anchor]);
    fisc
}

fn failing(faults: Vec<(String, usize, Fault)>) -> Fisc {
    let mut fisc = fisc();
    fisc.faults = faults;
    fisc
}

fn refusing(nth: &[usize]) -> Fisc {
    let no = Fault::Say(refusal(422, "E_UNPROCESSABLE", "not like this"));
    let faults = nth.iter().map(|nth| ("POST /records".to_owned(), *nth, no.clone())).collect();
    failing(faults)
}

/// The replays that were sent: content, hash and remaining records of each.
fn replays(till: &Till) -> Vec<(Value, &str, &str)> {
    let writes = till.sent.iter().filter(|request| request.effect == Effect::Write);
    let replays = writes.filter_map(|request| {
        let content = request.body.as_ref()?.get("content")?.clone();
        Some((content, header(request, "X-Replay-Hash")?, header(request, "X-Replay-Remaining")?))
    });
    replays.collect()
}

#[test]
fn records_are_sent_in_their_order_with_hash_and_count() {
    let mut till = Till::new();
    let recorded = [till.sell(1).1, till.sell(2).1];
    till.pass(SignedDuration::from_mins(10));
    let mut fisc = fisc();
    for _ in 0..2 {
        till.replay(&mut fisc).unwrap();
    }
    let sent = replays(&till);
    let made: Vec<&Value> = recorded.iter().flat_map(|records| records.as_array().unwrap()).collect();
    assert_eq!(sent.len(), 5);
    for (index, ((content, replay_hash, remaining), made)) in sent.iter().zip(&made).enumerate() {
        let text = |name: &str| made[name].as_str().unwrap();
        let expected = wrapper(text("recorded_at"), text("seed"), ANCHOR.0, &made["content"]);
        assert_eq!(*content, expected, "record {index}");
        assert_eq!((*replay_hash, *remaining), (hash(&expected).as_str(), (4 - index).to_string().as_str()));
    }
    let end = till.sent.iter().rfind(|request| request.effect == Effect::Write).unwrap();
    assert_eq!(header(end, "X-Replay-Hash"), None, "the end of the outage is booked online");
    let event = &end.body.as_ref().unwrap()["content"]["operation"];
    assert_eq!((&event["type"], &event["code"]), (&json!("EVENT"), &json!("OFFLINE_END")));
    let properties = &event["details"]["properties"];
    assert_eq!(properties["offline_mode_timestamp_start"], "2026-03-01T12:00:00+01:00");
    assert!(properties["offline_mode_timestamp_end"].as_str().unwrap().starts_with("2026-03-01T12:10:"));
    assert_eq!(till.facts.register.get("offline"), None, "the outage is over");
}

#[test]
fn the_receipt_is_signed_and_names_the_provisional_one() {
    let mut till = Till::new();
    let (sold, _) = till.sell(1);
    let provisional = &sold.receipts[0];
    let outcome = till.replay(&mut fisc()).unwrap();
    let [receipt] = outcome.receipts.as_slice() else { panic!() };
    assert_eq!((receipt.state, &receipt.id), (State::Signed, &provisional.id));
    assert_eq!(receipt.replaces.as_deref(), Some(provisional.id.as_str()));
    assert_eq!(receipt.verified, ["content", "chain"]);
    assert_eq!(
        (receipt.ids["intention"].as_str(), receipt.ids["record"].as_str()),
        ("records-2", "records-3")
    );
    assert!(receipt.signature.is_some() && !receipt.ids.contains_key("replay"));
    let said = |text: &str| receipt.mentions.iter().filter(|mention| mention.text.contains(text)).count();
    assert_eq!((said("Mode dégradé"), said("Signature :")), (0, 1));
    assert!(outcome.error.is_none());
    assert_eq!(till.facts.register["last_record"], "records-4", "the end of the outage");
}

/// Each record carries the marks by which it is found when its key is spent.
#[test]
fn a_lost_answer_is_looked_up_when_the_key_is_spent() {
    for nth in 0..4 {
        let mut till = Till::new();
        till.sell(1);
        let mut fisc = failing(vec![("POST /records".into(), nth, Fault::Lose)]);
        let mut drive = till.replaying_next();
        let outcome = drive.run(&mut fisc).unwrap();
        assert_eq!(outcome.receipts[0].state, State::Signed, "answer {nth} lost");
        let kinds: Vec<&str> =
            fisc.of("/records").iter().map(|made| made["content"]["type"].as_str().unwrap()).collect();
        let once = [
            "TRANSACTION::RECEIPT",
            "INTENTION::EVENT",
            "INTENTION::TRANSACTION",
            "TRANSACTION::RECEIPT",
            "INTENTION::EVENT",
        ];
        assert_eq!(kinds, once, "answer {nth} lost");
    }
}

#[test]
fn marks_tell_the_records_of_one_operation_apart() {
    let mut till = Till::new();
    let (sold, records) = till.sell(1);
    let id = sold.receipts[0].id.as_str();
    let marks = |index: usize| records[index]["metadata"]["fiskal_operation"].as_str().unwrap();
    assert_eq!((marks(1), marks(2)), (id, id));
    assert_ne!(marks(0), id);
    assert_eq!(records[2]["metadata"]["shift"], "early");
    assert!((0..3).all(|index| records[index]["metadata"]["fiskal_journal"] == WRITER));
}

#[test]
fn a_sale_begun_offline_is_completed_on_the_intention_that_was_sent() {
    let mut till = Till::new();
    let begin = till.drive("sale.begin", json!({"sale": numbered(1)}));
    let (begun, _) = till.take(begin);
    let mut complete = till.completing(1);
    complete.operation.open_sale = begun.open_sale;
    till.take(complete);
    let mut fisc = fisc();
    let begun = till.replay(&mut fisc).unwrap();
    assert_eq!(begun.open_sale.as_ref().unwrap()["intention"], "records-2");
    till.queue[0].open_sale = begun.open_sale;
    let outcome = till.replay(&mut fisc).unwrap();
    assert_eq!(outcome.receipts[0].ids["intention"], "records-2");
    assert_eq!(outcome.receipts[0].verified, ["content", "chain"]);
}

#[test]
fn the_next_buffer_is_sent_after_the_first_one_and_ends_the_outage() {
    let mut till = Till::new();
    till.sell(1);
    till.replaying = true;
    let (_, second) = till.sell(2);
    let mut fisc = fisc();
    till.replay(&mut fisc).unwrap();
    assert_eq!(till.facts.register["offline"]["filling"]["number"], 2);
    till.replay(&mut fisc).unwrap();
    let counts: Vec<&str> = replays(&till).iter().map(|(.., remaining)| *remaining).collect();
    assert_eq!(counts, ["2", "1", "0", "1", "0"]);
    let seed = &replays(&till)[3].0["operation"]["seed"];
    assert_eq!((seed, &second[0]["seed"]), (&json!(ANCHOR.1), &json!(ANCHOR.1)));
    let events = fisc.of("/records").iter().filter(|made| made["content"]["type"] == "INTENTION::EVENT");
    assert_eq!(events.count(), 2, "one beginning, one end");
    assert_eq!(till.facts.register.get("offline"), None);
}

#[test]
fn an_event_takes_the_place_of_a_refused_record_and_the_chain_goes_on() {
    let mut till = Till::without_events();
    till.facts.register["records"].as_array_mut().unwrap().push("INTENTION::EVENT".into());
    let (sold, first) = till.sell(1);
    till.sell(2);
    // The receipt of the first sale: the event at the beginning, the intention, the receipt.
    let mut fisc = refusing(&[2]);
    let outcome = till.replay(&mut fisc).unwrap();
    let [receipt] = outcome.receipts.as_slice() else { panic!() };
    assert_eq!((receipt.state, &receipt.id), (State::Refused, &sold.receipts[0].id));
    let todo = receipt.todo.as_deref().unwrap();
    assert!(todo.contains("not like this") && todo.contains("under a new id"), "{todo}");
    assert_eq!(outcome.error.as_ref().map(fiskal::error::Error::kind), Some(Kind::Refused));

    let outcome = till.replay(&mut fisc).unwrap();
    assert_eq!(outcome.receipts[0].state, State::Signed);
    assert_eq!(outcome.receipts[0].verified, ["content", "chain"]);
    let sent = replays(&till);
    let counts: Vec<&str> = sent.iter().map(|(.., remaining)| *remaining).collect();
    assert_eq!(counts, ["4", "3", "2", "2", "1", "0"], "the event has the place of the receipt");
    let (refused, instead, next) =
        (&sent[2].0["operation"], &sent[3].0["operation"], &sent[4].0["operation"]);
    assert_eq!(refused["content"], first[2]["content"]);
    assert_eq!(instead["seed"], refused["seed"]);
    assert_eq!(instead["content"]["operation"]["code"], "OFFLINE_REFUSED");
    assert_eq!(instead["content"]["operation"]["description"], "TRANSACTION::RECEIPT R-1 was refused");
    assert_eq!(next["seed"], hash(&sent[3].0).as_str(), "what follows is chained to the event");
    assert_eq!(sent[5].0["operation"]["content"]["record"]["offset"], "3");
}

#[test]
fn what_has_nothing_in_its_place_moves_the_offsets() {
    let mut till = Till::without_events();
    till.sell(1);
    till.sell(2);
    // The intention of the first sale; there is no record for an event in its place, and its receipt cannot
    // be sent without it.
    let mut fisc = refusing(&[0]);
    let refused = &till.replay(&mut fisc).unwrap().receipts[0];
    assert_eq!(
        (refused.state, refused.todo.as_ref().unwrap().contains("not like this")),
        (State::Refused, true)
    );
    let outcome = till.replay(&mut fisc).unwrap();
    assert_eq!(outcome.receipts[0].state, State::Signed);
    let sent = replays(&till);
    assert_eq!(sent.len(), 3);
    assert_eq!(sent[1].0["operation"]["seed"], ANCHOR.1, "the chain begins here, for the service");
    assert_eq!(sent[2].0["operation"]["content"]["record"]["offset"], "0");
    assert_eq!(till.facts.register.get("offline"), None);
}

#[test]
fn a_rejected_record_is_in_the_chain_and_its_receipt_refused() {
    let mut till = Till::without_events();
    till.sell(1);
    let mut fisc = fisc();
    fisc.transaction_state = Some(("REJECTED", "FINISHED"));
    let outcome = till.replay(&mut fisc).unwrap();
    assert_eq!(outcome.receipts[0].state, State::Refused);
    assert!(outcome.receipts[0].todo.as_deref().unwrap().contains("Validation checks failed."));
    assert_eq!(replays(&till).len(), 2, "nothing takes its place");
    assert_eq!(till.facts.register["last_record"], "records-2");
}

#[test]
fn a_record_that_is_still_worked_on_is_pending_and_followed_up() {
    let mut till = Till::without_events();
    till.sell(1);
    let mut fisc = fisc();
    fisc.transaction_state = Some(("ACCEPTED", "PROCESSING"));
    let outcome = till.replay(&mut fisc).unwrap();
    let [receipt] = outcome.receipts.as_slice() else { panic!() };
    assert_eq!((receipt.state, receipt.replaces.as_ref()), (State::Pending, Some(&receipt.id)));
    assert_eq!(outcome.later[0].name, "receipt.settle");
}

#[test]
fn credentials_that_do_not_serve_refuse_nothing() {
    let mut till = Till::new();
    till.sell(1);
    let no = Fault::Say(refusal(401, "E_UNAUTHORIZED", "who are you"));
    let mut fisc = failing(vec![("POST /records".into(), 0, no)]);
    assert_eq!(till.replay(&mut fisc).unwrap_err().kind(), Kind::Unauthorized);
}

/// The till's clock was an hour fast, and nobody had told it.
#[test]
fn what_seems_to_be_made_in_the_future_was_made_now() {
    let mut till = Till::without_events();
    till.sell(1);
    till.sell(2);
    till.pass(SignedDuration::from_mins(-50));
    let mut fisc = fisc();
    for _ in 0..2 {
        assert_eq!(till.replay(&mut fisc).unwrap().receipts[0].state, State::Signed);
    }
    let sent = replays(&till);
    let mut seed = ANCHOR.1.to_owned();
    for (content, replay_hash, _) in &sent {
        let operation = &content["operation"];
        assert!(operation["recorded_at"].as_str().unwrap().starts_with("2026-03-01T11:10:0"), "{operation}");
        assert_eq!((&operation["seed"], *replay_hash), (&json!(seed), hash(content).as_str()));
        seed = hash(content);
    }
}

#[test]
fn the_time_is_heard_before_the_first_record_is_sent() {
    let mut till = Till::new();
    till.sell(1);
    let mut drive = till.replaying_next();
    drive.told = false;
    let mut fisc = fisc();
    assert!(drive.once(&mut fisc).unwrap().is_none());
    assert_eq!(drive.addresses(), ["GET /records/r-0"]);
    assert!(drive.once(&mut fisc).unwrap().is_none());
    assert_eq!(drive.addresses()[1], "POST /records");
}

/// A new key brings the same record: what the service may have under the old one is what goes on in the chain.
#[test]
fn a_new_key_brings_the_same_record() {
    let mut till = Till::without_events();
    till.sell(1);
    till.pass(SignedDuration::from_mins(-50));
    let busy = Fault::Say(refusal(503, "E_SERVICE_UNAVAILABLE", "later"));
    let mut fisc = failing(vec![("POST /records".into(), 0, busy)]);
    till.replay(&mut fisc).unwrap();
    let sent = replays(&till);
    assert_eq!((sent.len(), &sent[0]), (3, &sent[1]));
    assert_eq!(sent[2].0["operation"]["seed"], sent[1].1);
}
