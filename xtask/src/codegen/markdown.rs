//! The reference: `docs/operations.md` and `docs/errors.md`.

use super::naming::{camel, screaming, snake};
use super::python;
use super::registry::{Definition, Operation, Registry};
use super::schema::{Member, Name, Object, Shape, Type, Variant};
use super::text::{GENERATED, Page};

const HOW_TO_CALL: &str = "\
Everything that libfiskal does is an operation. It has a name, parameters and a result; these are JSON objects
with the same keys in every language. `sale.complete` is called like this:

| language | call |
|---|---|
| Rust | `till.call(\"sale.complete\", &json!({…}))` |
| C | `fiskal_call(client, FISKAL_OP_SALE_COMPLETE, \"{…}\", &result, &error)` |
| Python | `client.sale_complete(register=\"till-1\", …)`, in `fiskal.aio` with `await` |
| Node | `await client.saleComplete({…})` |
| command line | `fiskal call sale.complete '{…}'` |

A parameter that is not required may be left out, and may be `null` where its type says so. A key that is not
listed is an error, which names the nearest one that is. A **decimal** is a text such as `\"1.20\"`, or an
integer; a number with a fraction is refused. Results have decimals as texts (in Python, as `Decimal`). What can
go wrong is in [errors.md](errors.md).";

const SERVICES: &str = "\
Not every service has every operation; with one that does not, an operation is an `invalid` error that says so.";

const TYPES: &str = "\
What parameters and results are made of. A type that is given and comes back is listed as it is given; what comes
back has all its members, unless it says otherwise here.";

const ERRORS: &str = "\
There is one list of kinds for all languages. A refusal by the service, a missing answer and an impossible request
are different kinds. In C the status is the number; in Node `error.code` is the name of the C constant; in Python
each kind is a class, and all of them are a `fiskal.Error`.";

/// The reference of the operations.
pub(super) fn operations(registry: &Registry) -> String {
    let writer = Writer { registry };
    let mut page = begun("Operations");
    page.line(HOW_TO_CALL);
    page.lines("", ["", SERVICES, "", "| operation | services | what it does |", "|---|---|---|"]);
    for operation in &registry.operations {
        let link = format!("[`{}`](#{})", operation.name, anchor(&operation.name));
        let services = services(registry, operation);
        page.line(format!("| {link} | {services} | {} |", cell(&operation.summary)));
    }
    for operation in &registry.operations {
        writer.operation(&mut page, operation);
    }
    page.lines("", ["", "## Types", "", TYPES]);
    let mut definitions: Vec<&Definition> =
        registry.definitions.iter().filter(|one| !one.is_private).collect();
    definitions.sort_by_key(|definition| definition.name.title.to_lowercase());
    for definition in definitions {
        writer.definition(&mut page, definition);
    }
    page.text()
}

/// The services that have an operation.
fn services(registry: &Registry, operation: &Operation) -> String {
    if registry.is_everywhere(operation) { "all".to_owned() } else { operation.services.join(", ") }
}

/// The reference of the kinds of errors.
pub(super) fn errors(registry: &Registry) -> String {
    let mut page = begun("Errors");
    page.line(ERRORS);
    page.lines(
        "",
        [
            "",
            "## What happened, and what to do",
            "",
            "| kind | what happened | what to do |",
            "|---|---|---|",
        ],
    );
    for error in &registry.errors {
        page.line(format!("| `{}` | {} | {} |", error.kind, cell(&error.meaning), cell(&error.what_to_do)));
    }
    page.lines("", ["", "## Names", ""]);
    page.line("*Try again* says whether the same call may succeed later without a change by the caller.");
    page.lines("", ["", "| kind | C, Node | C number | Python | try again |", "|---|---|---|---|---|"]);
    for error in &registry.errors {
        let class = python::class(error).map_or_else(|| "–".to_owned(), |class| format!("`fiskal.{class}`"));
        let again = if error.retryable { "yes" } else { "no" };
        let (kind, constant) = (&error.kind, screaming(&error.kind));
        page.line(format!("| `{kind}` | `FISKAL_{constant}` | {} | {class} | {again} |", error.status));
    }
    page.lines("", ["", "## What an error says", "", "Members that do not apply are absent.", ""]);
    page.lines("", ["| member | meaning |", "|---|---|"]);
    for member in &registry.error.members {
        page.line(format!("| `{}` | {} |", member.name, cell(&member.doc)));
    }
    page.text()
}

fn begun(title: &str) -> Page {
    let mut page = Page::default();
    page.line(format!("<!-- {GENERATED} -->"));
    page.lines("", ["", &format!("# {title}"), ""]);
    page
}

struct Writer<'a> {
    registry: &'a Registry,
}

impl Writer<'_> {
    fn operation(&self, page: &mut Page, operation: &Operation) {
        let Operation { name, summary, result, .. } = operation;
        page.lines("", ["", &format!("## `{name}`"), "", summary, ""]);
        page.line(format!(
            "C `FISKAL_OP_{}` · Python `{}` · Node `{}`",
            screaming(name),
            snake(name),
            camel(name)
        ));
        page.blank();
        let params = self.registry.params(operation);
        let definition = self.registry.definition(&operation.params);
        match definition.filter(|definition| !definition.is_private) {
            _ if params.members.is_empty() => page.line("It has no parameters."),
            Some(shared) => page.line(format!("Parameters: {}.", link(&shared.name))),
            None => self.given(page, "parameter", params),
        }
        page.blank();
        match self.registry.definition(result).map(|definition| (definition.is_private, &definition.shape)) {
            Some((true, Shape::Object(object))) => {
                page.lines("", ["Result:", ""]);
                self.returned(page, object);
            }
            _ => page.line(format!("Result: {}.", link(result))),
        }
    }

    /// A type's section; one that also comes back is listed as it is given.
    fn definition(&self, page: &mut Page, definition: &Definition) {
        let Definition { name, doc, shape, .. } = definition;
        let has_twin = self.registry.has_twin(name);
        let is_empty = matches!(shape, Shape::Object(object) if object.members.is_empty());
        if is_empty || has_twin && !name.given {
            return;
        }
        page.lines("", ["", &format!("### {}", name.title), "", doc, ""]);
        match shape {
            Shape::Object(object) if name.given => self.given(page, "member", object),
            Shape::Object(object) => self.returned(page, object),
            Shape::Choice(choices) => {
                page.lines("", ["| value | meaning |", "|---|---|"]);
                page.lines(
                    "",
                    choices.iter().map(|(value, meaning)| format!("| `{value}` | {} |", cell(meaning))),
                );
            }
            Shape::Alias(Type::Union(variants)) => {
                page.lines("", variants.iter().map(|variant| self.variant(variant)));
            }
            Shape::Alias(of) => page.line(format!("It is {}.", spoken(of))),
        }
        let twin = Name { title: name.title.clone(), given: false };
        let back = self.registry.definition(&twin).filter(|_| has_twin).map(|twin| &twin.shape);
        if let Some(Shape::Object(object)) = back {
            let absent: Vec<String> =
                object.split().1.iter().map(|member| format!("`{}`", member.name)).collect();
            if !absent.is_empty() {
                page.lines(
                    "",
                    ["", &format!("What comes back has {} only where it is known.", absent.join(", "))],
                );
            }
        }
    }

    fn variant(&self, variant: &Variant) -> String {
        let meaning = cell(&variant.doc);
        match &variant.of {
            Type::Object(object) => {
                let member = |member: &Member| {
                    let may = if member.required { "" } else { ", may be left out" };
                    format!("`{}` ({}{may})", member.name, spoken(&member.of))
                };
                let members: Vec<String> = object.members.iter().map(member).collect();
                format!("- an object with {}: {meaning}", members.join(" and "))
            }
            of => format!("- {}: {meaning}", spoken(of)),
        }
    }

    /// What a caller gives.
    fn given(&self, page: &mut Page, what: &str, object: &Object) {
        page.lines("", [format!("| {what} | type | default | meaning |"), "|---|---|---|---|".to_owned()]);
        for member in &object.members {
            let default = match (&member.default, member.required) {
                (_, true) => "required".to_owned(),
                (Some(default), false) => format!("`{default}`"),
                (None, false) => String::new(),
            };
            let (name, of) = (&member.name, spoken(&member.of));
            page.line(format!("| `{name}` | {of} | {default} | {} |", cell(&member.doc)));
        }
    }

    /// What comes back.
    fn returned(&self, page: &mut Page, object: &Object) {
        page.lines("", ["| member | type | meaning |", "|---|---|---|"]);
        for member in &object.members {
            let of = match (&member.of, member.required) {
                // What may be absent is so in place of `null`.
                (Type::Nullable(of), false) => format!("{}, or absent", spoken(of)),
                (of, false) => format!("{}, or absent", spoken(of)),
                (of, true) => spoken(of),
            };
            page.line(format!("| `{}` | {of} | {} |", member.name, cell(&member.doc)));
        }
    }
}

/// A type in words.
fn spoken(of: &Type) -> String {
    match of {
        Type::Any => "any JSON".into(),
        Type::Text => "text".into(),
        Type::Integer => "integer".into(),
        Type::Boolean => "true or false".into(),
        Type::Decimal => "decimal".into(),
        Type::Constant(text) => format!("`{text}`"),
        Type::Named(name) => link(name),
        Type::List(of) => format!("list of {}", spoken(of)),
        Type::Map(of) if **of == Type::Any => "object".into(),
        Type::Map(of) => format!("object of {}", spoken(of)),
        Type::Nullable(of) => format!("{} or null", spoken(of)),
        Type::Union(variants) => {
            variants.iter().map(|variant| spoken(&variant.of)).collect::<Vec<_>>().join(" or ")
        }
        Type::Object(_) => "object".into(),
    }
}

fn link(name: &Name) -> String {
    format!("[{}](#{})", name.title, anchor(&name.title))
}

/// The address of a headline, as GitHub makes it.
fn anchor(headline: &str) -> String {
    headline.to_lowercase().replace('.', "")
}

/// A text in a table: one line, no bars.
fn cell(text: &str) -> String {
    text.replace("\n\n", " ").replace('|', "\\|")
}
