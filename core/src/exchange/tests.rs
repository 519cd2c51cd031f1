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
