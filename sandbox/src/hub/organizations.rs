//! Organizations: an ACCOUNT, the GROUPs in it, the UNIT of each merchant.

use maud::{Markup, html};

use super::form::Form;
use super::parts::Field;
use super::{Visit, keys, page, parts, resources};
use crate::http::Reply;
use crate::sign_fr::{Kind, NotMade, Organization};
use crate::slice::{Slice, cut};

/// The field of an organization's name.
const NAME: &str = "organization_name";
/// Deepest indentation; what is nested deeper stands as far in.
const DEEPEST: usize = 5;

pub(super) fn list(visit: &Visit<'_>) -> Reply {
    let slice = cut(visit.service().organizations(), &visit.cursor(), |row| &row.id);
    let content = html! {
        div.title { h1 { "Organizations" } (page::follow(visit)) }
        p.lead { "An account holds groups; a group holds a unit for each merchant." }
        ul.rows {
            @for row in &slice.rows {
                li class={ "depth-" (row.depth.min(DEEPEST)) } {
                    a.main href={ "/hub/organizations/" (row.id) } { (parts::name(&row.name)) }
                    span.tag { (row.kind) }
                }
            }
        }
        (parts::pager(&visit.path, "", &slice))
        section aria-labelledby="new" { h2 id="new" { "New account" } (account_form(&visit.form)) }
    };
    page::page(visit, "Organizations", &content)
}

pub(super) fn show(visit: &Visit<'_>, id: &str) -> Reply {
    let all = visit.service().organizations();
    let Some(organization) = all.iter().find(|row| row.id == id) else {
        return page::nothing_here(visit);
    };
    let below = all.iter().filter(|row| row.parent.as_deref() == Some(id)).collect();
    let below = cut(below, &visit.cursor(), |row| &row.id);
    let parent = all.iter().find(|row| Some(&row.id) == organization.parent.as_ref());
    let content = html! {
        p.crumbs {
            a href="/hub/organizations" { "Organizations" }
            @if let Some(parent) = parent {
                " / " a href={ "/hub/organizations/" (parent.id) } { (parts::name(&parent.name)) }
            }
        }
        div.title { h1 { (parts::name(&organization.name)) } span.tag { (organization.kind) } }
        (parts::facts(&[("Id", parts::code(&organization.id))]))
        @if let Some(kind) = organization.below() {
            (children(visit, organization, kind, &below))
        }
        (keys::section(visit, organization, organization.kind != "ACCOUNT"))
        @if organization.kind == "UNIT" { (merchant(visit, id)) }
    };
    page::page(visit, &organization.name, &content)
}

fn children(
    visit: &Visit<'_>,
    organization: &Organization,
    kind: &str,
    below: &Slice<&Organization>,
) -> Markup {
    let (title, label) =
        if kind == "GROUP" { ("Groups", "Name of the group") } else { ("Units", "Name of the unit") };
    let hint = if kind == "GROUP" {
        "For example the chain, or the city."
    } else {
        "The merchant. Clients may also make units by themselves."
    };
    html! {
        section aria-labelledby="below" {
            h2 id="below" { (title) }
            @if !below.rows.is_empty() {
                ul.rows {
                    @for row in &below.rows {
                        li {
                            a.main href={ "/hub/organizations/" (row.id) } { (parts::name(&row.name)) }
                            span.tag { (row.kind) }
                        }
                    }
                }
            }
            (parts::pager(&visit.path, "", below))
            (parts::posted(&format!("/hub/organizations/{}/organizations", organization.id), &html! {
                (Field::text(NAME, label, hint).required().first(kind == "GROUP" && below.rows.is_empty()).show(&visit.form))
                button type="submit" { "Create " (kind.to_lowercase()) }
            }))
        }
    }
}

/// The merchant's resources, as clients made them.
fn merchant(visit: &Visit<'_>, unit: &str) -> Markup {
    html! {
        @for kind in [Kind::Taxpayer, Kind::Location, Kind::System] {
            (resources::section(visit, kind, unit))
        }
    }
}

/// An organization by its name.
pub(super) fn link(visit: &Visit<'_>, id: &str) -> Markup {
    let name = visit.service().organization(id).map_or_else(|| id.to_owned(), |row| row.name);
    html! { a href={ "/hub/organizations/" (id) } { (parts::name(&name)) } }
}

/// The form that begins everything.
pub(super) fn account_form(form: &Form) -> Markup {
    let field = Field::text(NAME, "Name of the account", "Your company. Up to 128 characters.");
    parts::posted(
        "/hub/organizations",
        &html! {
            (field.required().show(form))
            button type="submit" { "Create account" }
        },
    )
}

/// Creates an account, or what belongs below an organization.
pub(super) async fn create(visit: &Visit<'_>, parent: Option<&str>) -> Reply {
    let above = parent.and_then(|id| visit.service().organization(id));
    if parent.is_some() && above.is_none() {
        return page::nothing_here(visit);
    }
    let kind = above.as_ref().map_or(Some("ACCOUNT"), Organization::below);
    let Some(kind) = kind else {
        return page::refused(visit, 422, "A unit has no organizations below it. Nothing was made.");
    };
    match visit.service().make_organization(visit.form.text(NAME), kind, parent).await {
        Ok(id) => page::see(&format!("/hub/organizations/{id}")),
        Err(NotMade::Store(reason)) => page::refused(visit, 503, &reason),
        Err(NotMade::Name(reason)) => {
            let message = format!("This name cannot be taken: it {reason}.");
            match parent {
                Some(id) => show(&visit.again(&format!("/hub/organizations/{id}"), NAME, message), id),
                None => list(&visit.again("/hub/organizations", NAME, message)),
            }
        }
    }
}
