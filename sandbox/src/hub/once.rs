//! What happens once: a secret is shown, a form is carried out.

use std::collections::VecDeque;

use crate::random;

/// How many secrets wait to be shown, and how many forms are known; the oldest go first.
const KEPT: usize = 256;

/// Secrets that wait for their one showing, and forms that were carried out.
#[derive(Debug, Default)]
pub(super) struct Once {
    secrets: VecDeque<(String, String)>,
    done: VecDeque<(String, String)>,
}

impl Once {
    /// Keeps a key's secret until it is shown.
    pub(super) fn keep(&mut self, key: &str, secret: String) {
        push(&mut self.secrets, key.to_owned(), secret);
    }

    /// A key's secret, the first time.
    pub(super) fn show(&mut self, key: &str) -> Option<String> {
        let place = self.secrets.iter().position(|(id, _)| id == key)?;
        self.secrets.remove(place).map(|(_, secret)| secret)
    }

    /// Where a form led that was sent before: a double click makes one account, not two.
    pub(super) fn led_to(&self, form: &str) -> Option<String> {
        self.done.iter().find(|(id, _)| id == form).map(|(_, place)| place.clone())
    }

    /// Notes where a form led. A form without an id is no page's own, and carried out each time.
    pub(super) fn note(&mut self, form: &str, place: &str) {
        if !form.is_empty() {
            push(&mut self.done, form.to_owned(), place.to_owned());
        }
    }
}

/// The id of a form that is about to be shown.
pub(super) fn form_id() -> String {
    random::key("")
}

fn push(list: &mut VecDeque<(String, String)>, name: String, value: String) {
    while list.len() >= KEPT {
        list.pop_front();
    }
    list.push_back((name, value));
}
