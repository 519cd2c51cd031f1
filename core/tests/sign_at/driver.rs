//! A register of the chain of vector C, and answers as SIGN AT gives them with its machine codes.

use fiskal::error::Error;
use fiskal::exchange::{
    Anchor, Answer, Context, Effect, Exchange, Facts, Known, Line, Lost, Method, Offline, Operation, Outcome,
    Past, Request, Service, Step,
};
use fiskal::receipt::Receipt;
use fiskal::services::{Account, Checks, build};
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The machine codes of the chain (contract sign-at 6.9, vector C).
#[rustfmt::skip]
pub(crate) const CODES: [&str; 9] = [
    "_R1-AT3_dGxx_1_2026-11-01T09:00:00_0,00_0,00_0,00_0,00_0,00_LLRXB5eDg2s=_5474185F_M8LJDeWizNY=_AWDElA5PDbjZJAtbp/WR1jWs1tGtBb4pPRYVJbKLjPkTGMkCnf6+Akv1DEwpNNgfyPVbmBcyIVi1qVZw7eYJOg==",
    "_R1-AT3_dGxx_2_2026-11-01T09:15:30_12,00_5,50_0,00_0,00_20,98_rceBjkzuONI=_5474185F_tTdItjfZ1rs=_jWjgDGfmXe+E8JojSfPbnXq8rPbvntmmZdWsEioBJ5X+9ATBmFi/xR3KwIi2YvV8DVEfFnYIp942VdZMnh7dbA==",
    "_R1-AT3_dGxx_3_2026-11-01T10:00:00_10,00_0,00_0,00_0,00_0,00_tVRyCEP/QfU=_5474185F_Bdat4XruHIg=_U2ljaGVyaGVpdHNlaW5yaWNodHVuZyBhdXNnZWZhbGxlbg==",
    "_R1-AT3_dGxx_4_2026-11-01T10:30:00_0,00_0,00_0,00_0,00_0,00_CZdmKdkohfc=_5474185F_jM2TsgOkhTc=_bVOPFd4WRpJPUsOl3s478skWluIfS1vtUGXvylO4WGVdUAMqLYeoBosuCxTAnQUgEvpWIBPKQ6S15JCMekqAlQ==",
    "_R1-AT3_dGxx_5_2026-11-01T10:31:00_-12,00_-5,50_0,00_0,00_-20,98_U1RP_5474185F_zZKiNGakJ1s=_7JOI2tfympIgAHQByOsCgIQRvk5BsihExxh5yeNf3JMDOIZRCM8TW21mpzRCUKrn/wjMQL4qjgT934FQ5g280Q==",
    "_R1-AT3_dGxx_6_2026-11-01T11:00:00_99,99_0,00_0,00_0,00_0,00_VFJB_5474185F_NQSkGU8ki5g=_b9VrcOEXAdN2V5+fQarRSq2GE9omooBW8BdtKd4/9A0j9PRdVCDsotn5RcRFFH/gDXOCaxvkZWcNVP5FvvSwvQ==",
    "_R1-AT3_dGxx_7_2026-11-01T11:05:00_0,00_0,00_13,00_-5,00_0,00_Nh5FU8yMkcE=_5474185F_wZlbh5Dy1LM=_iCcQpXd1lcQo0FLVBis4i+MN1vK7Qc/kOL39nJxPZ+kCV63RhZtx2gfMJ+1JaEdlnmKkXsNihiMGL2yn/365tQ==",
    "_R1-AT3_dGxx_8_2026-12-01T08:00:00_0,00_0,00_0,00_0,00_0,00_4oEAsbzkmZo=_5474185F_WxRm6n/fejY=_LgOZc8NzjIK735zmZsIay0XaDyf+pS4zPdDbMhZgOWLWjxUivKqMSqUWk8v6zCpys89cev4BxWK3qP9DrvcWdQ==",
    "_R1-AT3_dGxx_9_2026-12-01T08:05:00_0,00_0,00_0,00_0,00_0,00_vTM4YIO2ZeY=_5474185F_lFTGn2pPSd4=_ZgYp94cHAXDrejzkcqTubXCVp55EyfH2cFFcBN7du2vj7gGsME4eDkdQABnMLR4sdxW9d91z52p9Okbm97rgew==",
];
/// A machine code as it was recorded in TEST (contract sign-at 2.8).
pub(crate) const DUMMY: &str = "_R1-AT3_DpsGIA_13_2024-06-05T14:34:10_10,00_0,00_0,00_0,00_0,00_MEy7sIwaAA8=_f5286073-ab7f-4550-8585-0653a9550677_JhuqOEnGmEI=_npU4fSqnkI8=";
/// SIGN AT's id of the register.
pub(crate) const REGISTER: &str = "1b0c3f2e-4c1a-4b7e-8f0a-2c6f0f1d9a77";

/// What a request is answered; `None` for silence.
type Answers<'a> = &'a dyn Fn(&Request) -> Option<Answer>;

/// A register and what is known of it.
pub(crate) struct Till {
    service: Box<dyn Service>,
    pub(crate) facts: Facts,
    /// The journal's last entry before each operation.
    pub(crate) anchor: Option<Anchor>,
    receipts: BTreeMap<usize, Receipt>,
}

impl Till {
    /// A register with its start receipt.
    pub(crate) fn new(checks: Checks, environment: &str) -> Self {
        let account = Account {
            name: "wien".into(),
            service: "sign-at".into(),
            environment: environment.into(),
            url: None,
            contract: None,
            checks,
        };
        let merchant = json!({
            "organization": "o-1", "credential": "wien@test/merchant/muster", "unit": "u-1",
            "legal_entity": {"vat_id": "ATU12345675"},
            "fon_participant_id": "123456789012", "fon_user_id": "kassa-test",
        });
        let facts = Facts {
            account: json!({"organization": "o-1", "own": true}),
            merchant,
            location: json!({"name": "Graz"}),
            register: json!({
                "register": REGISTER, "serial": "dGxx", "last": last(1),
                "dep_saved_at": "2026-11-01T08:00:00Z",
            }),
        };
        Till { service: build("sign-at", &account).unwrap(), facts, anchor: None, receipts: BTreeMap::new() }
    }

    /// A register whose last receipt is this one.
    pub(crate) fn at(number: usize) -> Self {
        let mut till = Till::new(Checks::Enforce, "sandbox");
        till.facts.register["last"] = last(number);
        till
    }

    /// The receipt of this number, once it is signed.
    pub(crate) fn receipt(&self, number: usize) -> Value {
        json!(self.receipts.get(&number))
    }

    /// Walks an operation to its end, and learns from it.
    pub(crate) fn does(
        &mut self,
        number: usize,
        name: &str,
        params: Value,
        answers: Answers<'_>,
    ) -> Result<Outcome, Error> {
        let operation = operation(number, name, params);
        let mut past = Past::default();
        let context = Context { anchor: self.anchor.clone(), ..context(number) };
        for _ in 0..MOST_STEPS {
            match self.service.step(&operation, &self.facts, &past, &context)? {
                Step::Done(outcome) => {
                    self.facts.register = outcome.learned.clone().unwrap_or(self.facts.register.take());
                    let receipt = outcome.receipts.last().cloned();
                    self.receipts.extend(receipt.map(|receipt| (number, receipt)));
                    return Ok(outcome);
                }
                Step::Send(request) => {
                    let known = answers(&request).map_or(Known::Unknown, Known::Answered);
                    past.0.push(Exchange { request, known, first_sent_at: context.now, attempts: 1 });
                }
                other => panic!("{name}: {other:?}"),
            }
        }
        panic!("{name} runs in circles");
    }

    /// Walks an operation until a request is not answered: what the caller is told then.
    pub(crate) fn stops(&self, number: usize, name: &str, params: Value, answers: Answers<'_>) -> Error {
        let operation = operation(number, name, params);
        let context = context(number);
        let mut past = Past::default();
        while let Step::Send(request) = self.service.step(&operation, &self.facts, &past, &context).unwrap() {
            let answer = answers(&request);
            let is_over = answer.is_none();
            let known = answer.map_or(Known::NotSent, Known::Answered);
            past.0.push(Exchange { request, known, first_sent_at: context.now, attempts: 1 });
            if is_over {
                match self.service.offline(&operation, &self.facts, &past, &context) {
                    Offline::Refuse(error) => return error,
                    other => panic!("{name}: {other:?}"),
                }
            }
        }
        panic!("{name} does not stop");
    }

    /// What an operation sends next, after what was sent for it.
    pub(crate) fn sends(&self, operation: &Operation, past: &Past, context: &Context) -> Request {
        match self.service.step(operation, &self.facts, past, context).unwrap() {
            Step::Send(request) => request,
            other => panic!("{}: {other:?}", operation.name),
        }
    }
}

/// The operation that makes the receipt of this number.
pub(crate) fn operation(number: usize, name: &str, mut params: Value) -> Operation {
    let original = params.as_object_mut().and_then(|params| params.shift_remove("original"));
    let line = |kind: &str, name: &str| -> Line { format!("wien@test/{kind}/{name}").parse().unwrap() };
    Operation {
        id: id(number),
        name: name.into(),
        line: line("register", "till-1"),
        above: vec![line("account", "wien"), line("merchant", "muster"), line("location", "graz")],
        at: signed_at(number),
        zone: "Europe/Vienna".into(),
        params,
        open_sale: None,
        original: original.filter(|original| !original.is_null()),
        deferred: None,
        replaces: None,
        refused_before: false,
        set_aside: None,
    }
}

/// The world in which it is made.
pub(crate) fn context(number: usize) -> Context {
    Context {
        now: signed_at(number),
        told: true,
        writer: Uuid::nil(),
        behind: 0,
        replaying: false,
        anchor: None,
    }
}

/// More than a list has pages that is followed to its end.
const MOST_STEPS: usize = 250;

/// The id of the operation that makes the receipt of this number.
pub(crate) fn id(number: usize) -> Uuid {
    format!("a1c66ed2-a263-4774-8acc-{number:012}").parse().unwrap()
}

/// The part of a machine code, counted as in the contract.
fn part(number: usize, field: usize) -> &'static str {
    CODES[number - 1].split('_').nth(field).unwrap()
}

fn signed_at(number: usize) -> Timestamp {
    let local: DateTime = part(number, 4).parse().unwrap();
    local.in_tz("Europe/Vienna").unwrap().timestamp()
}

fn last(number: usize) -> Value {
    json!({"number": number.to_string(), "code": CODES[number - 1], "signed_at": signed_at(number)})
}

/// SIGN AT's answer with the machine code of this number; what was sent comes back.
pub(crate) fn answer(number: usize, request: &Request) -> Answer {
    let amount = |field: usize| part(number, field).replace(',', ".");
    let sent = request.body.clone().unwrap_or_default();
    let kind = match part(number, 10) {
        "U1RP" => "CANCELLATION",
        "VFJB" => "TRAINING",
        _ => "NORMAL",
    };
    assert_eq!(sent.get("receipt_type").and_then(Value::as_str).unwrap_or(kind), kind, "{number}");
    let mut body = json!({
        "_id": id(number), "_type": "RECEIPT", "_env": "TEST", "_version": "1.2.6",
        "signed": part(number, 13) != "U2ljaGVyaGVpdHNlaW5yaWNodHVuZyBhdXNnZWZhbGxlbg==",
        "receipt_type": kind, "receipt_number": part(number, 3),
        "time_signature": signed_at(number).as_second(),
        "cash_register_id": REGISTER, "cash_register_serial_number": "dGxx",
        "signature_creation_unit_id": "u-1", "qr_code_data": CODES[number - 1],
        "schema": {"raw": {
            "gross_amount_standard": amount(5), "gross_amount_reduced_1": amount(6),
            "gross_amount_reduced_2": amount(7), "gross_amount_zero": amount(8),
            "gross_amount_special": amount(9),
        }},
    });
    // What was submitted comes back beside the five amounts.
    let submitted = sent.get("schema").and_then(Value::as_object).cloned().unwrap_or_default();
    for (form, content) in submitted {
        body["schema"].as_object_mut().unwrap().entry(form).or_insert(content);
    }
    Answer { status: 200, headers: vec![("request-id".into(), "r-1".into())], body }
}

/// A request without a body.
pub(crate) fn request(method: &str, path: &str) -> Request {
    Request {
        label: "other".into(),
        credential: None,
        base: String::new(),
        method: serde_json::from_value::<Method>(json!(method)).unwrap(),
        path: path.into(),
        headers: Vec::new(),
        body: None,
        effect: Effect::Read,
        lost: Lost::Ask,
        keep_secret: Vec::new(),
    }
}

/// A sale of items, each with price, quantity and VAT, paid in cash.
pub(crate) fn sale(items: &[(&str, &str, &str)], training: bool) -> Value {
    let cents = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
    let paid: i64 = items.iter().map(|(price, quantity, _)| cents(price) * cents(quantity)).sum();
    let items = items.iter().map(
        |(price, quantity, vat)| json!({"text": "Ware", "quantity": quantity, "unit_price": price, "vat": vat}),
    );
    json!({"sale": {
        "id": "s-1", "register": "till-1", "training": training, "items": items.collect::<Vec<_>>(),
        "payments": [{"method": "cash", "amount": format!("{}.{:02}", paid / 100, paid % 100)}],
    }})
}
