//! Where each kind of row is kept, and what is derived from it.

use super::{File, Kind, Organization, Record, Resource, Row, State, Subject, Table};

impl Record {
    /// Whether it takes the document back that it refers to.
    fn cancels(&self) -> bool {
        self.kind == "TRANSACTION::CANCELLATION" && !["REJECTED", "FAILED"].contains(&self.state.as_str())
    }
}

impl Row for Organization {
    type State = State;

    fn place(&self) -> &str {
        &self.id
    }
    fn organization(&self) -> &str {
        &self.id
    }
    fn kind(&self) -> &'static str {
        "organization"
    }
    fn table<'s>(&self, state: &'s mut State) -> &'s mut Table<Self> {
        &mut state.organizations
    }
}

impl Row for Subject {
    type State = State;

    fn place(&self) -> &str {
        &self.id
    }
    fn organization(&self) -> &str {
        &self.organization
    }
    fn kind(&self) -> &'static str {
        "subject"
    }
    fn table<'s>(&self, state: &'s mut State) -> &'s mut Table<Self> {
        &mut state.subjects
    }
    fn index(&self, state: &mut State) {
        state.subject_by_key.insert(self.key.clone(), self.id.clone());
    }
}

impl Row for Resource {
    type State = State;

    fn place(&self) -> &str {
        &self.id
    }
    fn organization(&self) -> &str {
        &self.organization
    }
    fn kind(&self) -> &'static str {
        self.kind.name()
    }
    fn table<'s>(&self, state: &'s mut State) -> &'s mut Table<Self> {
        match self.kind {
            Kind::Taxpayer => &mut state.taxpayers,
            Kind::Location => &mut state.locations,
            Kind::System => &mut state.systems,
        }
    }
}

impl Row for Record {
    type State = State;

    fn place(&self) -> &str {
        &self.id
    }
    fn organization(&self) -> &str {
        &self.organization
    }
    fn kind(&self) -> &'static str {
        "record"
    }
    fn table<'s>(&self, state: &'s mut State) -> &'s mut Table<Self> {
        &mut state.records
    }
    fn index(&self, state: &mut State) {
        if state.records.get(&self.id).is_none() {
            state.last_record.insert(self.system.clone(), self.id.clone());
            if self.document_number.is_some() {
                let count = state.documents.entry(self.organization.clone()).or_default();
                *count = count.saturating_add(1);
            }
            state.closings.note(self);
            if let Some(sequence) = &self.sequence {
                let place = (self.system.clone(), sequence.kind.clone());
                state.last_in_sequence.insert(place, self.id.clone());
            }
        }
        if self.transmission.is_some() {
            state.in_transmission.insert(self.id.clone());
        } else {
            state.in_transmission.remove(&self.id);
        }
        if self.kind == "INTENTION::EXPORT" && self.used_in.is_none() {
            state.ordered_exports.insert(self.id.clone());
        } else {
            state.ordered_exports.remove(&self.id);
        }
        if let Some(cancelled) = self.refers_to.as_ref().filter(|_| self.cancels()) {
            state.cancelled.entry(cancelled.clone()).or_insert_with(|| self.id.clone());
        } else if let Some(original) = &self.refers_to
            && state.cancelled.get(original) == Some(&self.id)
        {
            // The authority did not take the cancellation.
            state.cancelled.remove(original);
        }
    }
}

impl Row for File {
    type State = State;

    fn place(&self) -> &str {
        &self.id
    }
    fn organization(&self) -> &str {
        &self.organization
    }
    fn kind(&self) -> &'static str {
        "file"
    }
    fn table<'s>(&self, state: &'s mut State) -> &'s mut Table<Self> {
        &mut state.files
    }
}
