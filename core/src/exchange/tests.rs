use super::*;

#[test]
fn derived_ids_are_lower_case_version_3() {
    let operation = Operation {
        id: Uuid::nil(),
        name: "sale.begin".into(),
        line: "a@test/register/r".parse().unwrap(),
        above: vec![],
        at: Timestamp::UNIX_EPOCH,
        zone: "Europe/Paris".into(),
        params: Value::Null,
        open_sale: None,
        original: None,
        deferred: None,
        replaces: None,
        refused_before: false,
        set_aside: None,
    };
    let id = operation.derived_id("intention");
    assert_eq!(id.get_version_num(), 3);
    assert_eq!(id, operation.derived_id("intention"));
    assert_ne!(id, operation.derived_id("intention-2"));
}

/// Contracts sign-at 4.1 and 4.3, sign-fr 4.2.
#[test]
fn trouble_passes_and_an_answer_stays() {
    let passes = |status| Answer { status, headers: Vec::new(), body: Value::Null }.is_temporary();
    for status in [408, 425, 429, 500, 502, 503, 504, 599] {
        assert!(passes(status), "{status}");
    }
    for status in [200, 301, 400, 401, 403, 404, 409, 422, 501] {
        assert!(!passes(status), "{status}");
    }
}
