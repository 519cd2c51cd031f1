//! The operations of a service as a table: what its router finds, its checks demand and its description shows.

use axum::http::Method;

/// One operation.
#[derive(Debug)]
pub(crate) struct Route<O: 'static> {
    pub(crate) method: &'static str,
    /// The path below the service's prefix; a segment in braces is a parameter.
    pub(crate) path: &'static str,
    pub(crate) operation: O,
    /// The contract's definition of the body.
    pub(crate) body: Option<Body>,
    pub(crate) query: &'static [Parameter],
    /// The contract's definition of a good answer.
    pub(crate) answer: &'static str,
    /// Whether it is answered without a token.
    pub(crate) open: bool,
}

/// What a request brings.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Body {
    Required(&'static str),
    /// It may be left out, which means an empty object.
    Optional(&'static str),
}

impl Body {
    pub(crate) fn schema(self) -> &'static str {
        match self {
            Body::Required(schema) | Body::Optional(schema) => schema,
        }
    }
}

/// A query parameter with the contract's definition of its value.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) schema: &'static str,
    /// Whether it may come several times.
    pub(crate) many: bool,
}

/// A parameter that comes once.
pub(crate) const fn one(name: &'static str, schema: &'static str) -> Parameter {
    Parameter { name, schema, many: false }
}

/// A parameter that may come several times.
pub(crate) const fn many(name: &'static str, schema: &'static str) -> Parameter {
    Parameter { name, schema, many: true }
}

/// The parameters of a path by name, as they stand in it.
pub(crate) type InPath = Vec<(&'static str, String)>;

impl<O> Route<O> {
    const fn new(method: &'static str, path: &'static str, operation: O, answer: &'static str) -> Route<O> {
        Route { method, path, operation, body: None, query: &[], answer, open: false }
    }

    pub(crate) const fn get(path: &'static str, operation: O, answer: &'static str) -> Route<O> {
        Route::new("GET", path, operation, answer)
    }

    pub(crate) const fn post(path: &'static str, operation: O, answer: &'static str) -> Route<O> {
        Route::new("POST", path, operation, answer)
    }

    pub(crate) const fn put(path: &'static str, operation: O, answer: &'static str) -> Route<O> {
        Route::new("PUT", path, operation, answer)
    }

    pub(crate) const fn patch(path: &'static str, operation: O, answer: &'static str) -> Route<O> {
        Route::new("PATCH", path, operation, answer)
    }
}

impl<O: Copy> Route<O> {
    /// The same with a body.
    pub(crate) const fn takes(self, schema: &'static str) -> Route<O> {
        Route { body: Some(Body::Required(schema)), ..self }
    }

    /// The same with a body that may be left out.
    pub(crate) const fn may_take(self, schema: &'static str) -> Route<O> {
        Route { body: Some(Body::Optional(schema)), ..self }
    }

    pub(crate) const fn asks(self, query: &'static [Parameter]) -> Route<O> {
        Route { query, ..self }
    }

    /// The same for anybody.
    pub(crate) const fn open(self) -> Route<O> {
        Route { open: true, ..self }
    }

    /// The parameters that the path has.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(parameter)
    }

    fn matches(&self, path: &str) -> Option<InPath> {
        let (mut wanted, mut given) = (self.path.split('/'), path.split('/'));
        let mut found = Vec::new();
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(found),
                (Some(wanted), Some(given)) => match parameter(wanted) {
                    Some(name) => found.push((name, given.to_owned())),
                    None if wanted == given => {}
                    None => return None,
                },
                _ => return None,
            }
        }
    }
}

fn parameter(segment: &'static str) -> Option<&'static str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// The operation that a method and a path mean.
pub(crate) fn find<O: Copy>(
    routes: &'static [Route<O>],
    method: &Method,
    path: &str,
) -> Option<(&'static Route<O>, InPath)> {
    routes
        .iter()
        .filter(|route| route.method == method.as_str())
        .find_map(|route| Some((route, route.matches(path)?)))
}
