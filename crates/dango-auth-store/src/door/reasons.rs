//! What went wrong, for the person who has to act; the host is named around it.

use std::io;

use rustls::{AlertDescription, CertificateError, Error};

/// Why a host could not be reached, or was not believed.
pub(super) fn of_io(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|it| it.downcast_ref::<Error>());
    match (inner, error.kind()) {
        (Some(error), _) => of_tls(error),
        (None, io::ErrorKind::UnexpectedEof) => "it closed the connection".to_owned(),
        (None, io::ErrorKind::ConnectionRefused) => {
            "nobody listens at that address and port".to_owned()
        }
        (None, _) => plain(&error.to_string()),
    }
}

fn of_tls(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(reason) => of_certificate(reason),
        Error::AlertReceived(alert) => of_alert(*alert),
        other => format!("TLS failed: {}", plain(&other.to_string())),
    }
}

fn of_certificate(error: &CertificateError) -> String {
    use CertificateError as Reason;
    match error {
        // The second when an authority of ours has the same name.
        Reason::UnknownIssuer | Reason::BadSignature => {
            "its certificate was signed by an authority that is not trusted here; \
                                  name the authority's certificate with sslrootcert=FILE"
                .to_owned()
        }
        Reason::Expired | Reason::ExpiredContext { .. } => "its certificate has expired".to_owned(),
        Reason::NotValidYet | Reason::NotValidYetContext { .. } => {
            "its certificate is not valid yet".to_owned()
        }
        Reason::NotValidForNameContext { presented, .. } => of_names(presented),
        Reason::NotValidForName => of_names(&[]),
        other => format!("its certificate cannot be trusted: {other}"),
    }
}

/// `presented` are names as the verifier shows them, such as `DnsName("db1")`.
fn of_names(presented: &[String]) -> String {
    let bare = |name: &String| {
        let inside = name.split_once('(').map_or(name.as_str(), |(_, rest)| rest);
        inside.trim_end_matches(')').trim_matches('"').to_owned()
    };
    let names: Vec<_> = presented.iter().map(bare).collect();
    if names.is_empty() {
        return "its certificate has no subjectAltName, which has to name the host".to_owned();
    }
    format!("its certificate is for another host: {}", names.join(", "))
}

fn of_alert(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::CertificateRequired => {
            "it wants a client certificate; name one with sslcert and sslkey".to_owned()
        }
        AlertDescription::UnknownCA
        | AlertDescription::BadCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::DecryptError
        | AlertDescription::CertificateExpired => {
            format!("it does not take the client certificate ({alert:?})")
        }
        other => format!("it ended TLS ({other:?})"),
    }
}

/// Without what the operating system adds, such as ` (os error 113)`, and in our way of writing.
fn plain(text: &str) -> String {
    let text = text.split(" (os error").next().unwrap_or(text);
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_say_what_to_do() {
        let wrapped = |error: Error| of_io(&io::Error::new(io::ErrorKind::InvalidData, error));
        let issuer = wrapped(Error::InvalidCertificate(CertificateError::UnknownIssuer));
        assert!(issuer.contains("sslrootcert"), "{issuer}");
        let names = [
            "DnsName(\"db1.internal\")".to_owned(),
            "IpAddress(10.0.0.1)".to_owned(),
        ];
        assert!(of_names(&names).ends_with("another host: db1.internal, 10.0.0.1"));
        let alert = wrapped(Error::AlertReceived(AlertDescription::CertificateRequired));
        assert!(alert.contains("sslcert"), "{alert}");
        let far = of_io(&io::Error::from_raw_os_error(113));
        assert_eq!(far, "no route to host");
    }
}
