//! The contract as JSON Schema 2020-12: what a service accepts, what it answers, and its defaults.
//!
//! The schemas are data, in `sandbox/schemas`. This module compiles them once, and turns a failed check
//! into one [`Violation`] that names the innermost place where the value leaves the contract.

mod complaints;
mod strip;
mod violation;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

pub use violation::Violation;
use violation::{MISFIT, describe, escape, violation};

static SIGN_FR: &str = include_str!("../schemas/sign-fr/2026-02-03.json");
static SIGN_FR_GUIDE: &str = include_str!("../schemas/sign-fr/2026-05-04.json");
static SIGN_AT: &str = include_str!("../schemas/sign-at/1.2.6.json");
static MANAGEMENT: &str = include_str!("../schemas/management/0.12.0.json");

/// A published contract: its definitions, each with a validator that is compiled when first needed.
pub struct Contract {
    /// The `$id` of the document.
    id: String,
    document: Arc<Value>,
    registry: Registry<'static>,
    validators: RwLock<HashMap<String, Arc<Validator>>>,
}

impl Contract {
    /// SIGN FR and SIGN IT, contract 2026-02-03, Appendix A. Read on first use.
    ///
    /// Beside the contract's own names there are `Error` (the whole body of a refusal, 1.5),
    /// `RecordTypeFilter` (the split list of the query parameter `type`, 1.7) and `Flag` (a query
    /// parameter whose only value is the empty string, 1.7).
    pub fn sign_fr() -> &'static Contract {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| Contract::read(SIGN_FR))
    }

    /// SIGN FR as the step-by-step guide 2026-05-04 prints it: its requests, under the reference's names for them,
    /// in place of the reference's. Read on first use.
    pub fn sign_fr_guide() -> &'static Contract {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| Contract::over(Contract::sign_fr(), SIGN_FR_GUIDE))
    }

    /// SIGN AT 1.2.6, contract sign-at 1 and 2. Read on first use.
    ///
    /// The patterns of ids and of FinanzOnline's participant are anchored here; published, they are not.
    pub fn sign_at() -> &'static Contract {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| Contract::read(SIGN_AT))
    }

    /// The Management API, contract sign-at 1.5 and 2.11. Read on first use.
    pub fn management() -> &'static Contract {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| Contract::read(MANAGEMENT))
    }

    #[expect(clippy::expect_used, reason = "the schemas are part of the program, and its tests compile all")]
    fn read(text: &str) -> Contract {
        Contract::of(serde_json::from_str(text).expect("the schemas are JSON"))
    }

    /// A contract that has its own definitions beside, or in place of, another one's.
    #[expect(clippy::expect_used, reason = "the schemas are part of the program, and its tests compile all")]
    fn over(base: &Contract, text: &str) -> Contract {
        let mut document: Value = serde_json::from_str(text).expect("the schemas are JSON");
        let own = document["$defs"].take();
        document["$defs"] = base.definitions().clone();
        if let (Some(all), Value::Object(own)) = (document["$defs"].as_object_mut(), own) {
            all.extend(own);
        }
        Contract::of(document)
    }

    #[expect(clippy::expect_used, reason = "the schemas are part of the program, and its tests compile all")]
    fn of(document: Value) -> Contract {
        let document = Arc::new(document);
        let id = document["$id"].as_str().expect("the schemas have an $id").to_owned();
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(&id, Arc::clone(&document))
            .and_then(|registry| registry.prepare())
            .expect("the schemas can be referred to");
        Contract { id, document, registry, validators: RwLock::default() }
    }

    /// The contract's schemas by name, as JSON Schema 2020-12 that refers to `#/$defs/…`.
    #[must_use]
    pub fn definitions(&self) -> &Value {
        &self.document["$defs"]
    }

    /// The validator for a place, if the contract has a schema there.
    #[expect(clippy::expect_used, reason = "the schemas are part of the program, and its tests compile all")]
    fn validator(&self, place: &str) -> Option<Arc<Validator>> {
        if let Some(validator) = self.validators.read().unwrap_or_else(PoisonError::into_inner).get(place) {
            return Some(Arc::clone(validator));
        }
        self.schema(place)?;
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .offline()
            .build(&json!({"$ref": format!("{}{place}", self.id)}))
            .expect("the schemas are JSON Schema");
        let mut validators = self.validators.write().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(validators.entry(place.to_owned()).or_insert_with(|| Arc::new(validator))))
    }

    fn is_invalid(&self, place: &str, value: &Value) -> bool {
        self.validator(place).is_some_and(|validator| !validator.is_valid(value))
    }

    /// Checks a value against the definition `name`, for example `RecordCreateRequest`.
    ///
    /// # Errors
    ///
    /// The innermost violation found: alternatives are told apart by their `type`, so the error is about
    /// the alternative that was meant. A name that the contract does not define is a violation too.
    pub fn check(&self, name: &str, value: &Value) -> Result<(), Violation> {
        let place = definition(name);
        match self.validator(&place) {
            None => {
                Err(violation(String::new(), format!("cannot be checked: the contract defines no {name}")))
            }
            Some(validator) if validator.is_valid(value) => Ok(()),
            Some(_) => Err(self.locate(place, value, String::new())),
        }
    }

    /// The value with the contract's defaults in place of absent optional members (contract 2.8), at
    /// every depth where the parent object is present. A value that does not fit `name` comes back with
    /// whatever could be filled in.
    #[must_use]
    pub fn with_defaults(&self, name: &str, value: &Value) -> Value {
        let mut filled = value.clone();
        self.fill(definition(name), &mut filled);
        filled
    }

    /// Descends from a value known to be invalid to the innermost invalid part of it.
    fn locate(&self, place: String, value: &Value, pointer: String) -> Violation {
        let place = self.resolve(place);
        match self.alternative(&place, value) {
            Alternative::Only => {}
            Alternative::Is(branch) => return self.locate(branch, value, pointer),
            Alternative::NoneHasType(types) if value.get("type").is_some() => {
                return violation(pointer + "/type", format!("must be one of {}", types.join(", ")));
            }
            Alternative::NoneHasType(_) if value.is_object() => {
                return violation(pointer + "/type", "is required, but missing".into());
            }
            Alternative::NoneHasType(_) => return violation(pointer, "must be of type object".into()),
        }
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    let pointer = format!("{pointer}/{}", escape(key));
                    let Some(child) = self.member(&place, key) else {
                        return violation(pointer, "is not known here".into());
                    };
                    if self.is_invalid(&child, member) {
                        return self.locate(child, member, pointer);
                    }
                }
            }
            Value::Array(items) => {
                let child = format!("{place}/items");
                for (index, item) in items.iter().enumerate() {
                    if self.is_invalid(&child, item) {
                        return self.locate(child, item, format!("{pointer}/{index}"));
                    }
                }
            }
            _ => {}
        }
        let Some(validator) = self.validator(&place) else { return violation(pointer, MISFIT.into()) };
        match validator.validate(value) {
            Err(error) => describe(&error, pointer),
            Ok(()) => violation(pointer, MISFIT.into()),
        }
    }

    fn fill(&self, place: String, value: &mut Value) {
        let place = self.resolve(place);
        if let Alternative::Is(branch) = self.alternative(&place, value) {
            return self.fill(branch, value);
        }
        match value {
            Value::Object(members) => {
                for key in self.properties(&place) {
                    let child = format!("{place}/properties/{key}");
                    if let Some(member) = members.get_mut(key) {
                        self.fill(child, member);
                    } else if let Some(default) = self.default(child).filter(|_| !self.requires(&place, key))
                    {
                        members.insert(key.clone(), default.clone());
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.fill(format!("{place}/items"), item);
                }
            }
            _ => {}
        }
    }

    /// Which alternative of a `oneOf` or `anyOf` a value means. By its `type` where the alternatives have
    /// one; else, as for the name of a company or of a person, the one that knows most of its members.
    fn alternative(&self, place: &str, value: &Value) -> Alternative {
        let Some((keyword, count)) = self.alternatives(place) else { return Alternative::Only };
        let branches: Vec<String> =
            (0..count).map(|index| self.resolve(format!("{place}/{keyword}/{index}"))).collect();
        let types: Vec<Vec<&str>> = branches.iter().map(|branch| self.types(branch)).collect();
        if types.iter().all(|types| !types.is_empty()) {
            let wanted = value.get("type").and_then(Value::as_str);
            let meant = types.iter().position(|types| wanted.is_some_and(|wanted| types.contains(&wanted)));
            return match meant.and_then(|index| branches.into_iter().nth(index)) {
                Some(branch) => Alternative::Is(branch),
                None => Alternative::NoneHasType(types.concat().into_iter().map(str::to_owned).collect()),
            };
        }
        let known = |branch: &String| {
            self.properties(branch).iter().filter(|key| value.get(key.as_str()).is_some()).count()
        };
        match branches.into_iter().rev().max_by_key(known) {
            Some(branch) if value.is_object() && known(&branch) > 0 => Alternative::Is(branch),
            _ => Alternative::Only,
        }
    }

    fn alternatives(&self, place: &str) -> Option<(&'static str, usize)> {
        ["oneOf", "anyOf"]
            .into_iter()
            .find_map(|keyword| Some((keyword, self.schema(place)?.get(keyword)?.as_array()?.len())))
    }

    /// The values of `type` that a definition accepts, through nested alternatives.
    fn types(&self, place: &str) -> Vec<&str> {
        if let Some((keyword, count)) = self.alternatives(place) {
            let branches = (0..count).map(|index| self.resolve(format!("{place}/{keyword}/{index}")));
            return branches.flat_map(|branch| self.types(&branch)).collect();
        }
        self.schema(place)
            .and_then(|schema| schema.pointer("/properties/type/const")?.as_str())
            .into_iter()
            .collect()
    }

    fn default(&self, mut place: String) -> Option<&Value> {
        loop {
            let schema = self.schema(&place)?;
            if let Some(default) = schema.get("default") {
                return Some(default);
            }
            place = schema.get("$ref")?.as_str()?.to_owned();
        }
    }

    /// The place that describes a member: under its own name, or the one for all other members. None for
    /// a member that may not be there.
    fn member(&self, place: &str, key: &str) -> Option<String> {
        let own = format!("{place}/properties/{}", escape(key));
        if self.schema(&own).is_some() {
            return Some(own);
        }
        let other = format!("{place}/additionalProperties");
        (self.schema(&other) != Some(&Value::Bool(false))).then_some(other)
    }

    fn requires(&self, place: &str, key: &str) -> bool {
        let required = self.schema(place).and_then(|schema| schema.get("required")?.as_array());
        required.is_some_and(|required| required.iter().any(|name| name == key))
    }

    fn properties(&self, place: &str) -> Vec<&String> {
        let properties = self.schema(place).and_then(|schema| schema.get("properties")?.as_object());
        properties.map(|properties| properties.keys().collect()).unwrap_or_default()
    }

    /// Follows `$ref` to the definition that says something itself.
    fn resolve(&self, mut place: String) -> String {
        while let Some(target) = self.schema(&place).and_then(|schema| schema.get("$ref")?.as_str()) {
            place = target.to_owned();
        }
        place
    }

    /// The schema at a place, which is a JSON pointer written as a URI fragment, as in `$ref`.
    fn schema(&self, place: &str) -> Option<&Value> {
        self.document.pointer(place.strip_prefix('#')?)
    }
}

enum Alternative {
    /// The schema has no alternatives, or none that the value can be told to mean.
    Only,
    Is(String),
    /// The value's `type` is missing or unknown; these are known.
    NoneHasType(Vec<String>),
}

fn definition(name: &str) -> String {
    format!("#/$defs/{}", escape(name))
}
