//! A person with a browser in front of one sandbox.

use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::redirect::Policy;

use crate::shop::Shop;

/// One page, read completely.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) text: String,
    headers: reqwest::header::HeaderMap,
}

impl Page {
    pub(crate) fn read(response: Response) -> Page {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        Page { status, headers, text: response.text().unwrap() }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The page of a request that must have worked.
    pub(crate) fn ok(self) -> Page {
        assert_eq!(self.status, 200, "{}", self.text);
        self
    }

    /// Where a form led.
    pub(crate) fn place(&self) -> String {
        assert_eq!(self.status, 303, "{}", self.text);
        self.header("location").to_owned()
    }

    /// A form that was refused: the page says why.
    pub(crate) fn refused(self) -> Page {
        assert_eq!(self.status, 422, "{}", self.text);
        assert!(self.has(r#"role="alert""#), "{}", self.text);
        self
    }

    /// The same, beside what was typed.
    pub(crate) fn refused_with(self, typed: &str) -> Page {
        let page = self.refused();
        assert!(page.has(&format!(r#"value="{typed}""#)), "{typed} is gone: {}", page.text);
        page
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// The hidden id of the page's first form.
    pub(crate) fn form_id(&self) -> String {
        let (_, rest) = self.text.split_once(r#"name="form" value=""#).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    /// The ids that links to `collection` name, in their order, each once.
    pub(crate) fn linked(&self, collection: &str) -> Vec<String> {
        let start = format!(r#"href="/hub/{collection}/"#);
        let mut ids: Vec<String> = Vec::new();
        for part in self.text.split(&start).skip(1) {
            let id = part.split('"').next().unwrap().to_owned();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }
}

pub(crate) struct Visitor {
    client: Client,
    url: String,
}

impl Visitor {
    pub(crate) fn of(shop: &Shop) -> Visitor {
        Visitor::at(shop.sandbox.url())
    }

    pub(crate) fn at(url: &str) -> Visitor {
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Visitor { client, url: url.to_owned() }
    }

    pub(crate) fn get(&self, path: &str) -> Page {
        Page::read(self.request(Method::GET, path).send().unwrap())
    }

    /// A request as it is written, ready to be spoiled.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// Sends a form as a browser does from one of the hub's own pages.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request =
            self.form(path, fields).header("Origin", &self.url).header("Sec-Fetch-Site", "same-origin");
        Page::read(request.send().unwrap())
    }

    /// A form without a word of where it comes from.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.request(Method::POST, path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body.finish())
    }
}
