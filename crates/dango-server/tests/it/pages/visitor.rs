//! A browser without script: follows redirects, reads forms, sends them with what they hold.

use dango_testkit::http::{Client as _, Request, Response, WithCookies};

use crate::harness::{PASSWORD, Server};

/// Somebody with a browser, on some page.
pub(crate) struct Visitor {
    client: WithCookies,
    path: String,
    status: u16,
    html: String,
    sent: Vec<(String, String)>,
    headers: Vec<(String, String)>,
}

impl Visitor {
    /// With an empty jar and on no page.
    pub(crate) fn new(server: &Server) -> Self {
        Self::with(WithCookies::new(server.url()))
    }

    /// Signed in, on no page yet.
    pub(crate) fn signed_in(server: &Server, login: &str) -> Self {
        Self::with(server.browser(login))
    }

    /// Signed in through the page, with the usual password.
    pub(crate) fn through_the_door(server: &Server, login: &str) -> Self {
        let mut visitor = Self::new(server);
        visitor
            .open("/login")
            .send("/login", &[("login", login), ("password", PASSWORD)]);
        visitor
    }

    fn with(client: WithCookies) -> Self {
        let (path, html) = (String::new(), String::new());
        Self {
            client,
            path,
            status: 0,
            html,
            sent: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// Goes to a page, by any redirects.
    pub(crate) fn open(&mut self, path: &str) -> &mut Self {
        self.open_with(path, &[])
    }

    /// The same with headers.
    pub(crate) fn open_with(&mut self, path: &str, headers: &[(&str, &str)]) -> &mut Self {
        let request = Request::new("GET", path.split('#').next().unwrap());
        let request = headers
            .iter()
            .fold(request, |it, (name, value)| it.header(name, value));
        self.go(path, request)
    }

    fn go(&mut self, path: &str, request: Request) -> &mut Self {
        let request = request
            .header("Accept", "text/html")
            .header("Sec-Fetch-Site", "same-origin");
        let response = self.client.send(request);
        path.clone_into(&mut self.path);
        if let (301..=308, Some(next)) = (response.status, response.header("location")) {
            assert!(
                next.starts_with('/'),
                "a redirect of ours leads to a path, not to {next}"
            );
            let next = next.to_owned();
            return self.open(&next);
        }
        self.stay(&response)
    }

    fn stay(&mut self, response: &Response) -> &mut Self {
        self.status = response.status;
        self.html = response.text();
        let names = [
            "retry-after",
            "cache-control",
            "content-security-policy",
            "content-type",
        ];
        let value = |name: &str| response.header(name).unwrap_or_default().to_owned();
        self.headers = names.map(|name| (name.to_owned(), value(name))).into();
        self
    }

    /// Sends the form whose action ends so, with these fields in place of what it holds.
    pub(crate) fn send(&mut self, action: &str, fields: &[(&str, &str)]) -> &mut Self {
        let (action, mut held) = self.form(action);
        for (name, value) in fields {
            match held.iter_mut().find(|(held, _)| held == name) {
                Some(pair) => (*value).clone_into(&mut pair.1),
                None => held.push(((*name).to_owned(), (*value).to_owned())),
            }
        }
        self.sent = held;
        self.post(&action)
    }

    /// Sends the last form once more, exactly as it was: a click that arrives twice.
    pub(crate) fn send_again(&mut self, action: &str) -> &mut Self {
        self.post(action)
    }

    /// Sends a form that is on no page, with a good token.
    pub(crate) fn forge(&mut self, action: &str, token: &str) -> &mut Self {
        self.sent = vec![("csrf_token".to_owned(), token.to_owned())];
        self.post(action)
    }

    fn post(&mut self, action: &str) -> &mut Self {
        let pairs: Vec<(&str, &str)> = self
            .sent
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.go(action, Request::new("POST", action).form(&pairs))
    }

    /// Action and fields of a form on the page.
    #[track_caller]
    pub(crate) fn form(&self, action: &str) -> (String, Vec<(String, String)>) {
        let forms = self
            .html
            .split("<form ")
            .skip(1)
            .map(|rest| rest.split("</form>").next().unwrap());
        let fits = |form: &&str| attribute(form, "action").is_some_and(|it| it.ends_with(action));
        let form = forms
            .filter(|form| form.starts_with("method=\"post\""))
            .find(fits);
        let form =
            form.unwrap_or_else(|| panic!("no form {action} on {}:\n{}", self.path, self.html));
        (attribute(form, "action").unwrap(), fields(form))
    }

    /// Whether there is such a form.
    pub(crate) fn offers(&self, action: &str) -> bool {
        self.html.contains(&format!("{action}\""))
    }

    /// Says where the visitor is, status and path.
    #[track_caller]
    pub(crate) fn is_at(&mut self, status: u16, path: &str) -> &mut Self {
        assert_eq!(
            (self.status, self.path.as_str()),
            (status, path),
            "{}",
            self.html
        );
        self
    }

    /// Says what the page shows.
    #[track_caller]
    pub(crate) fn shows(&mut self, text: &str) -> &mut Self {
        assert!(
            self.text().contains(text),
            "{text:?} is not on {}:\n{}",
            self.path,
            self.text()
        );
        self
    }

    /// Says what the page does not show.
    #[track_caller]
    pub(crate) fn hides(&mut self, text: &str) -> &mut Self {
        assert!(!self.text().contains(text), "{text:?} is on {}", self.path);
        self
    }

    /// The page's source with its entities read.
    pub(crate) fn text(&self) -> String {
        plain(&self.html)
    }

    /// The page's source as it came.
    pub(crate) fn html(&self) -> &str {
        &self.html
    }

    /// The text in the element with this id.
    #[track_caller]
    pub(crate) fn at_id(&self, id: &str) -> String {
        let rest = self.html.split(&format!("id=\"{id}\"")).nth(1);
        let rest = rest.unwrap_or_else(|| panic!("no {id} on {}:\n{}", self.path, self.html));
        let text = rest.split_once('>').unwrap().1.split('<').next().unwrap();
        plain(text)
    }

    /// The id in the first link that begins so.
    #[track_caller]
    pub(crate) fn id_in(&self, prefix: &str) -> String {
        let start = format!("href=\"{prefix}");
        let ids = self
            .html
            .split(&start)
            .skip(1)
            .map(|rest| &rest[..36.min(rest.len())]);
        ids.map(str::to_owned)
            .find(|id| id.matches('-').count() == 4)
            .expect("a link with an id")
    }

    /// A header of the last answer.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(other, _)| other == name)
            .map_or("", |(_, value)| value)
    }

    /// The jar.
    pub(crate) fn client(&self) -> &WithCookies {
        &self.client
    }
}

fn fields(form: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for tag in form.split('<').skip(1) {
        let name = || attribute(tag, "name");
        if tag.starts_with("input ") {
            let kind = attribute(tag, "type").unwrap_or_default();
            let counts = !matches!(kind.as_str(), "radio" | "checkbox") || tag.contains(" checked");
            fields.extend(
                name()
                    .filter(|_| counts)
                    .map(|it| (it, attribute(tag, "value").unwrap_or_default())),
            );
        } else if tag.starts_with("select ") {
            fields.extend(name().map(|it| (it, String::new())));
        } else if tag.starts_with("option ")
            && tag.contains(" selected")
            && let Some(last) = fields.last_mut()
        {
            last.1 = attribute(tag, "value").unwrap_or_default();
        }
    }
    fields
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let head = tag.split('>').next()?;
    let value = head
        .split(&format!("{name}=\""))
        .nth(1)?
        .split('"')
        .next()?;
    Some(plain(value))
}

fn plain(html: &str) -> String {
    [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ]
    .iter()
    .fold(html.to_owned(), |text, (entity, sign)| {
        text.replace(entity, sign)
    })
}
