//! The sandbox's clock: tokens, idempotency keys and signatures follow it.

use axum::http::Method;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::parts::Field;
use super::{Visit, page, parts};
use crate::control;
use crate::http::Reply;

/// How far one press moves the clock, in seconds.
const STEPS: [(&str, i64); 4] =
    [("1 hour back", -3_600), ("1 hour on", 3_600), ("1 day on", 86_400), ("31 days on", 2_678_400)];

pub(super) fn show(visit: &Visit<'_>) -> Reply {
    let now = visit.house.shared.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let offset = visit.house.shared.clock.offset_ms() / 1000;
    let content = html! {
        div.title { h1 { "Clock" } (page::follow(visit)) }
        p.clock { (parts::time(&now)) }
        p.lead {
            @if offset == 0 { "This is the machine's own time." }
            @else { "The clock is " (distance(offset)) " and goes on running." }
            " Tokens, idempotency keys and signatures follow it."
        }
        @if let Some(message) = visit.form.trouble("clock") { p.wrong role="alert" { (message) } }
        section aria-labelledby="move" {
            h2 id="move" { "Move it" }
            ul.buttons {
                @for (title, seconds) in STEPS { li { (button(title, "by", &seconds.to_string())) } }
                @if offset != 0 { li { (button("Back to the machine's time", "offset", "0")) } }
            }
        }
        section aria-labelledby="set" {
            h2 id="set" { "Set it" }
            (parts::posted("/hub/clock", &html! {
                (Field { kind: "datetime-local", ..Field::text("now", "Time in UTC", "For example just before midnight of a month's last day.") }.required().show(&visit.form))
                button type="submit" { "Set the clock" }
            }))
        }
    };
    page::page(visit, "Clock", &content)
}

fn button(title: &str, name: &str, value: &str) -> Markup {
    parts::posted(
        "/hub/clock",
        &html! {
            input type="hidden" name=(name) value=(value);
            button.quiet type="submit" { (title) }
        },
    )
}

/// `3 h 20 min ahead`, in the two largest units.
pub(super) fn distance(offset_s: i64) -> String {
    let mut left = offset_s.unsigned_abs();
    let mut words = Vec::new();
    for (unit, seconds) in [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)] {
        let count = left / seconds;
        left %= seconds;
        if count > 0 {
            words.push(format!("{count} {unit}"));
        }
    }
    words.truncate(2);
    format!("{} {}", words.join(" "), if offset_s < 0 { "behind" } else { "ahead" })
}

/// Moves the clock through the same door as a program.
pub(super) fn set(visit: &Visit<'_>) -> Reply {
    let form = &visit.form;
    let wanted = match (form.given("now"), form.given("by"), form.given("offset")) {
        (Some(now), ..) => Some(json!({ "now": in_utc(now) })),
        (None, Some(by), _) => {
            by.parse().ok().map(|by: i64| json!({ "offset_s": offset(visit).saturating_add(by) }))
        }
        (None, None, Some(offset)) => offset.parse().ok().map(|offset: i64| json!({ "offset_s": offset })),
        (None, None, None) => None,
    };
    let body = wanted.unwrap_or(Value::Null).to_string();
    let reply = control::answer(visit.house, &Method::PUT, "clock", body.as_bytes());
    if control::trouble(&reply).is_none() {
        return page::see("/hub/clock");
    }
    let message =
        "This is not a time that the clock can show: a date and a time are wanted, as 2026-12-31T23:59.";
    let field = if form.given("now").is_some() { "now" } else { "clock" };
    show(&visit.again("/hub/clock", field, message))
}

fn offset(visit: &Visit<'_>) -> i64 {
    visit.house.shared.clock.offset_ms() / 1000
}

/// A browser sends minutes, and seconds only when there are any.
fn in_utc(local: &str) -> String {
    let seconds = if local.matches(':').count() == 1 { ":00" } else { "" };
    format!("{local}{seconds}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_told_in_its_two_largest_units() {
        assert_eq!(distance(3_600), "1 h ahead");
        assert_eq!(distance(-90_061), "1 d 1 h behind");
        assert_eq!(distance(61), "1 min 1 s ahead");
    }
}
