//! The 27 operations by method and path (contract sign-fr 1.2).

use axum::http::Method;

use super::errors::Problem;
use super::version::Version;

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Collection {
    Tokens,
    Subjects,
    Organizations,
    Taxpayers,
    Locations,
    Systems,
    Records,
    Files,
}

/// What is to be done with it; ids as they stand in the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    List,
    Create,
    Update(String),
    Retrieve(String),
}

/// One operation of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) version: Version,
    pub(super) collection: Collection,
    pub(super) action: Action,
}

/// All collections, by the first segment of their paths.
const COLLECTIONS: [(&str, Collection); 8] = [
    ("tokens", Collection::Tokens),
    ("subjects", Collection::Subjects),
    ("organizations", Collection::Organizations),
    ("taxpayers", Collection::Taxpayers),
    ("locations", Collection::Locations),
    ("systems", Collection::Systems),
    ("records", Collection::Records),
    ("files", Collection::Files),
];

impl Collection {
    fn named(segment: &str) -> Option<Collection> {
        COLLECTIONS.iter().find(|(name, _)| *name == segment).map(|(_, collection)| *collection)
    }

    /// The name that begins the schemas of this resource (contract sign-fr, appendix A).
    pub(super) fn schema(self) -> &'static str {
        match self {
            Collection::Tokens => "Token",
            Collection::Subjects => "Subject",
            Collection::Organizations => "Organization",
            Collection::Taxpayers => "Taxpayer",
            Collection::Locations => "Location",
            Collection::Systems => "System",
            Collection::Records => "Record",
            Collection::Files => "File",
        }
    }

    /// The name of the last path segment.
    pub(super) fn id_name(self) -> String {
        if self == Collection::Files {
            "path".to_owned()
        } else {
            format!("{}_id", self.schema().to_lowercase())
        }
    }

    /// The schema of the last path segment.
    pub(super) fn id_schema(self) -> String {
        if self == Collection::Files { "Path".to_owned() } else { format!("{}Identifier", self.schema()) }
    }
}

impl Route {
    /// Whether the operation changes something.
    pub(super) fn writes(&self) -> bool {
        matches!(self.action, Action::Create | Action::Update(_))
    }

    /// Whether the operation wants an idempotency key. The guide has none for tokens and updates.
    pub(super) fn takes_key(&self) -> bool {
        match self.version {
            Version::Reference => self.writes(),
            Version::Guide => self.action == Action::Create && self.collection != Collection::Tokens,
        }
    }

    /// Whether `X-Scope-Identifier` is declared for the operation.
    pub(super) fn takes_scope(&self) -> bool {
        let lists_or_creates = matches!(self.action, Action::List | Action::Create);
        let attaches = matches!(self.collection, Collection::Subjects | Collection::Organizations);
        (attaches && lists_or_creates) || self.is_scoped_change()
    }

    /// Whether it is a change that the guide prints with `X-Scope-Identifier`: all but the token.
    pub(super) fn is_scoped_change(&self) -> bool {
        self.version == Version::Guide && self.writes() && self.collection != Collection::Tokens
    }

    /// The schema of the request body.
    pub(super) fn body_schema(&self) -> Option<String> {
        match self.action {
            Action::Create => Some(format!("{}CreateRequest", self.collection.schema())),
            Action::Update(_) => Some(format!("{}UpdateRequest", self.collection.schema())),
            Action::List | Action::Retrieve(_) => None,
        }
    }

    /// Query parameters with the schema of their value; flags have none and must be empty.
    pub(super) fn query(&self) -> &'static [(&'static str, Option<&'static str>)] {
        const LIMIT: (&str, Option<&str>) = ("limit", Some("PaginationLimit"));
        const TOKEN: (&str, Option<&str>) = ("token", Some("PaginationToken"));
        const TAXPAYER: (&str, Option<&str>) = ("taxpayer_id", Some("TaxpayerIdentifier"));
        const LOCATION: (&str, Option<&str>) = ("location_id", Some("LocationIdentifier"));
        const SYSTEM: (&str, Option<&str>) = ("system_id", Some("SystemIdentifier"));
        match (self.collection, &self.action) {
            (Collection::Locations, Action::List) => &[LIMIT, TOKEN, TAXPAYER],
            (Collection::Systems, Action::List) => &[LIMIT, TOKEN, TAXPAYER, LOCATION],
            (Collection::Records, Action::List) => {
                &[LIMIT, TOKEN, TAXPAYER, LOCATION, SYSTEM, ("type", Some("SystemRecordType"))]
            }
            (Collection::Files, Action::List) => &[
                LIMIT,
                TOKEN,
                SYSTEM,
                ("start", Some("DatetimeFormatRFC3339")),
                ("end", Some("DatetimeFormatRFC3339")),
            ],
            (_, Action::List) => &[LIMIT, TOKEN],
            (Collection::Records, Action::Retrieve(_)) => &[
                ("operation", None),
                ("file-artifact", None),
                ("file-integrity", None),
                ("compliance-artifact", None),
                ("data-artifact", None),
                ("data-integrity", None),
            ],
            _ => &[],
        }
    }
}

/// Every operation of the reference that [`find`] finds, with its path template.
pub(super) fn operations() -> impl Iterator<Item = (Method, String, Route)> {
    COLLECTIONS.iter().flat_map(|(name, collection)| {
        let paths = [format!("/{name}"), format!("/{name}/{{{}}}", collection.id_name())];
        paths.into_iter().flat_map(|path| {
            [Method::GET, Method::POST, Method::PATCH].into_iter().filter_map(move |method| {
                let route = find(&method, &path).ok()?;
                Some((method, path.clone(), route))
            })
        })
    })
}

/// Finds the operation. Whatever the contract does not list answers 404, `OPTIONS` included (1.1).
pub(super) fn find(method: &Method, path: &str) -> Result<Route, Problem> {
    let unknown = || Problem::new(404, format!("there is no {method} {path}"));
    let (version, below) = Version::of(path);
    let below = below.ok_or_else(unknown)?;
    let mut segments = below.strip_prefix('/').unwrap_or(below).split('/');
    let collection = segments.next().and_then(Collection::named).ok_or_else(unknown)?;
    let id = segments.next();
    if segments.next().is_some() {
        return Err(unknown());
    }
    let action = match (method.as_str(), id) {
        ("GET", None) => Action::List,
        ("POST", None) => Action::Create,
        ("GET", Some(id)) => Action::Retrieve(id.to_owned()),
        ("PATCH", Some(id)) => Action::Update(id.to_owned()),
        _ => return Err(unknown()),
    };
    let listed = match collection {
        Collection::Tokens => action == Action::Create,
        Collection::Files => matches!(action, Action::List | Action::Retrieve(_)),
        _ => true,
    };
    if listed { Ok(Route { version, collection, action }) } else { Err(unknown()) }
}
