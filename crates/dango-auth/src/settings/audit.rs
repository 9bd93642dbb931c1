//! How long events are kept, and where else they go.

use std::path::PathBuf;

use dango_auth_core::Secret;

use super::Settings;
use super::url::web_address;

/// The settings of the group `audit`.
#[derive(Debug, Clone, Default)]
pub struct AuditSettings {
    /// Days after which events are taken out; 0 is never.
    pub retention_days: u32,
    /// Where events go besides the database.
    pub stream: StreamSettings,
}

/// Where events go besides the database.
#[derive(Debug, Clone, Default)]
pub struct StreamSettings {
    /// A file that gets one JSON document per line.
    pub file: Option<PathBuf>,
    /// A syslog server.
    pub syslog: Option<SyslogAddress>,
    /// An address that gets them by POST.
    pub webhook_url: Option<String>,
    /// What its signature is made with.
    pub webhook_secret: Option<Secret>,
}

/// Where a syslog server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyslogAddress {
    /// One datagram per event.
    Udp(String),
    /// One connection, with the length in front of each event (RFC 6587 §3.4.1).
    Tcp(String),
    /// A socket on this machine.
    Unix(PathBuf),
}

impl SyslogAddress {
    /// Reads `udp://host:514`, `tcp://host:601` or `unix:/dev/log`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return path.starts_with('/').then(|| Self::Unix(path.into()));
        }
        let (scheme, address) = text.split_once("://")?;
        let (host, port) = address.rsplit_once(':')?;
        if host.is_empty() || port.parse::<u16>().is_err() {
            return None;
        }
        match scheme {
            "udp" => Some(Self::Udp(address.to_owned())),
            "tcp" => Some(Self::Tcp(address.to_owned())),
            _ => None,
        }
    }
}

impl AuditSettings {
    /// What is missing: the setting at fault and the message.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        let stream = &self.stream;
        match (&stream.webhook_url, &stream.webhook_secret) {
            (Some(_), None) => Some((
                "audit.stream.webhook.url",
                "needs audit.stream.webhook.secret, which signs what is sent",
            )),
            (None, Some(_)) => Some((
                "audit.stream.webhook.secret",
                "needs audit.stream.webhook.url",
            )),
            _ => None,
        }
    }
}

pub(super) fn file(settings: &mut Settings, text: &str) -> Result<String, String> {
    let path = PathBuf::from(text);
    if !path.is_absolute() {
        return Err("must be an absolute path".to_owned());
    }
    settings.audit.stream.file = Some(path);
    Ok(text.to_owned())
}

pub(super) fn syslog(settings: &mut Settings, text: &str) -> Result<String, String> {
    let address = SyslogAddress::parse(text)
        .ok_or("must be udp://host:port, tcp://host:port or unix:/path")?;
    settings.audit.stream.syslog = Some(address);
    Ok(text.to_owned())
}

pub(super) fn webhook_url(settings: &mut Settings, text: &str) -> Result<String, String> {
    let url = web_address(text)?.to_string();
    settings.audit.stream.webhook_url = Some(url.clone());
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::SyslogAddress::{self, Tcp, Udp, Unix};

    #[test]
    fn a_syslog_address_says_how_to_get_there() {
        let good = [
            ("udp://127.0.0.1:514", Udp("127.0.0.1:514".to_owned())),
            ("tcp://[::1]:601", Tcp("[::1]:601".to_owned())),
            ("unix:/dev/log", Unix("/dev/log".into())),
            ("unix:///dev/log", Unix("/dev/log".into())),
        ];
        for (text, expected) in good {
            assert_eq!(SyslogAddress::parse(text), Some(expected));
        }
        for bad in [
            "",
            "host:514",
            "udp://host",
            "tls://h:1",
            "unix:log",
            "udp://:1",
        ] {
            assert_eq!(SyslogAddress::parse(bad), None, "{bad}");
        }
    }
}
