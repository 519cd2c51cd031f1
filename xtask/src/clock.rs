//! Durations for people.

use std::time::Duration;

/// `0.4 s`, `12.3 s`, `3 min 05 s`.
pub(crate) fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{seconds}.{} s", time.subsec_millis() / 100)
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::spoken;
    use std::time::Duration;

    #[test]
    fn durations_read_well() {
        let cases = [
            (0, "0.0 s"),
            (449, "0.4 s"),
            (59_999, "59.9 s"),
            (60_000, "1 min 00 s"),
            (725_000, "12 min 05 s"),
        ];
        for (millis, text) in cases {
            assert_eq!(spoken(Duration::from_millis(millis)), text);
        }
    }
}
