//! Which hosts a URL names, one after the other.

use super::{refused, variable};
use crate::StoreError;
use crate::dialect::PgUrl;

/// One host of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// As it was written: a name, an address, or the folder of a socket.
    pub(super) host: String,
    /// Where to connect to instead of looking the name up.
    address: Option<String>,
    /// The port, which names the socket too.
    pub(super) port: String,
}

impl Place {
    /// Whether it is reached over the network.
    pub(super) fn is_remote(&self) -> bool {
        let socket = self.host.is_empty() || self.host.starts_with(['/', '@']);
        self.address.is_some() || !socket
    }

    /// The name or address to connect to.
    pub(super) fn target(&self) -> &str {
        self.address.as_deref().unwrap_or(&self.host)
    }

    /// The name that its certificate has to be for.
    pub(super) fn name(&self) -> &str {
        if self.host.is_empty() {
            self.target()
        } else {
            &self.host
        }
    }
}

/// The hosts in their order; none when the default socket is meant.
pub(super) fn places(url: &PgUrl<'_>) -> Result<Vec<Place>, StoreError> {
    let (written, written_ports): (Vec<_>, Vec<_>) = url.hosts().into_iter().unzip();
    let list = |option: &str, from: &str| {
        let text = url.option(option).or_else(|| variable(from));
        text.map(|text| text.split(',').map(str::to_owned).collect::<Vec<_>>())
    };
    let addresses = list("hostaddr", "PGHOSTADDR");
    let hosts = match url.option("host") {
        Some(text) => text.split(',').map(str::to_owned).collect(),
        None if !written.is_empty() => written,
        None => list("host", "PGHOST").unwrap_or_default(),
    };
    let given = written_ports.iter().any(Option::is_some);
    let ports = match url.option("port") {
        Some(text) => text.split(',').map(|port| Some(port.to_owned())).collect(),
        None if given => written_ports,
        None => {
            list("port", "PGPORT").map_or_else(Vec::new, |all| all.into_iter().map(Some).collect())
        }
    };
    let count = hosts.len().max(addresses.as_ref().map_or(0, Vec::len));
    let fits = |length: usize| length == 0 || length == count;
    if !(fits(hosts.len()) && fits(addresses.as_ref().map_or(0, Vec::len)))
        || !(fits(ports.len()) || ports.len() == 1 || count == 0)
    {
        return Err(refused(
            "the database url has not as many ports or addresses as hosts",
        ));
    }
    let filled = |text: Option<&String>| text.filter(|text| !text.is_empty()).cloned();
    let port = |at: usize| {
        let own = if ports.len() == 1 {
            ports.first()
        } else {
            ports.get(at)
        };
        own.and_then(|port| filled(port.as_ref()))
            .unwrap_or_else(|| "5432".to_owned())
    };
    let place = |at: usize| Place {
        host: hosts.get(at).cloned().unwrap_or_default(),
        address: filled(addresses.as_ref().and_then(|all| all.get(at))),
        port: port(at),
    };
    Ok((0..count).map(place).collect())
}

/// The ports as one option.
pub(super) fn ports(places: &[Place]) -> String {
    let ports: Vec<_> = places.iter().map(|place| place.port.as_str()).collect();
    ports.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Vec<(String, String, String)> {
        let places = places(&PgUrl::parse(url)).unwrap();
        let parts = |place: &Place| {
            let target = if place.is_remote() {
                place.target()
            } else {
                ""
            };
            (
                place.name().to_owned(),
                target.to_owned(),
                place.port.clone(),
            )
        };
        places.iter().map(parts).collect()
    }

    #[test]
    fn hosts_ports_and_addresses_belong_together() {
        let place = |name: &str, target: &str, port: &str| {
            (name.to_owned(), target.to_owned(), port.to_owned())
        };
        assert_eq!(
            read("postgres://a:1,b/db"),
            [place("a", "a", "1"), place("b", "b", "5432")]
        );
        assert_eq!(
            read("postgres://ignored/db?host=a,/s&port=7"),
            [place("a", "a", "7"), place("/s", "", "7")]
        );
        assert_eq!(
            read("postgres://a,b/db?hostaddr=10.0.0.1,"),
            [place("a", "10.0.0.1", "5432"), place("b", "b", "5432")]
        );
        assert_eq!(
            read("postgres:///db?hostaddr=10.0.0.1"),
            [place("10.0.0.1", "10.0.0.1", "5432")]
        );
        assert!(places(&PgUrl::parse("postgres://a,b/db?port=1,2,3")).is_err());
    }
}
