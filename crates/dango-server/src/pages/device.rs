//! What a browser calls itself, in words a person recognises.

use std::net::IpAddr;

use super::filters::put;
use super::text::Text;

/// In this order: later ones claim to be earlier ones too.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// Longest name that is taken over as it is, in characters.
const NAME_MAX: usize = 40;

/// Names the device behind a `User-Agent`: "Firefox on Linux", or the program's own name.
pub(crate) fn device_name(user_agent: Option<&str>, text: &Text) -> String {
    let Some(agent) = user_agent.map(str::trim).filter(|agent| !agent.is_empty()) else {
        return text.account.unknown_device.to_owned();
    };
    let known = |list: &[(&'static str, &'static str)]| {
        list.iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => put(text.account.device_on, &[&browser, &system]),
        (Some(name), None) => name.to_owned(),
        _ => agent
            .split(['/', ' ', '('])
            .next()
            .unwrap_or(agent)
            .chars()
            .take(NAME_MAX)
            .collect(),
    }
}

/// Names where somebody signed in from: the address, as far as it is known.
pub(crate) fn place_name(ip: Option<IpAddr>, text: &Text) -> String {
    match ip.map(|ip| ip.to_canonical()) {
        Some(ip) if ip.is_loopback() => text.account.this_computer.to_owned(),
        Some(ip) => ip.to_string(),
        None => text.account.unknown_place.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::text::EN;

    #[test]
    fn browsers_are_known_behind_the_names_they_borrow() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1";
        assert_eq!(device_name(Some(edge), &EN), "Edge on Windows");
        assert_eq!(device_name(Some(phone), &EN), "Safari on iPhone");
        assert_eq!(device_name(Some("curl/8.5.0"), &EN), "curl");
        assert_eq!(device_name(None, &EN), "Unknown device");
    }
}
