//! Finding things by the words on them.

/// What to look for, and its words for a failure.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) xpath: String,
    pub(crate) words: String,
}

impl Wanted {
    fn new(kind: &str, words: &str, xpath: String) -> Self {
        let words = format!("{kind} {words:?}");
        Self { xpath, words }
    }

    /// A field by its label.
    pub(crate) fn field(label: &str) -> Self {
        let label_text = quoted(label);
        let xpath = format!("//*[@id=//label[normalize-space()={label_text}]/@for]");
        Self::new("field", label, xpath)
    }

    /// An option of a list, by the list's label.
    pub(crate) fn option(list: &str, words: &str) -> Self {
        let field = Self::field(list).xpath;
        let xpath = format!("{field}/option[normalize-space()={}]", quoted(words));
        Self::new("option", words, xpath)
    }

    /// A radio button or checkbox by the words beside it.
    pub(crate) fn choice(words: &str) -> Self {
        let xpath = format!(
            "//label[input and contains(normalize-space(), {})]",
            quoted(words)
        );
        Self::new("choice", words, xpath)
    }

    /// A button by its words.
    pub(crate) fn button(words: &str) -> Self {
        let words_text = quoted(words);
        let xpath = format!("//button[normalize-space()={words_text} or @aria-label={words_text}]");
        Self::new("button", words, xpath)
    }

    /// A link by its words, which may be part of longer ones.
    pub(crate) fn link(words: &str) -> Self {
        let xpath = format!("//a[contains(normalize-space(), {})]", quoted(words));
        Self::new("link", words, xpath)
    }

    /// Something that opens and closes, by its words.
    pub(crate) fn summary(words: &str) -> Self {
        let xpath = format!("//summary[contains(normalize-space(), {})]", quoted(words));
        Self::new("summary", words, xpath)
    }
}

/// `XPath` has no escapes: a text with both kinds of quotes has to be put together.
fn quoted(text: &str) -> String {
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    let parts: Vec<String> = text.split('\'').map(|part| format!("'{part}'")).collect();
    format!("concat({})", parts.join(", \"'\", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_quotes_can_be_looked_for() {
        assert_eq!(quoted("a \"b\""), "'a \"b\"'");
        assert_eq!(quoted("it's"), "concat('it', \"'\", 's')");
    }
}
