//! Where a request really comes from: the peer's address, or what trusted proxies say about it.
//!
//! The address is computed once per request and used for the limiter, the lockout and the audit alike
//! (security research §4.4). Forwarding headers count only when the socket peer itself is a trusted proxy,
//! and then only as far back as the chain of trusted proxies reaches: the first address that is not a
//! trusted proxy is the client, whatever it claims further left.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net};

/// The headers by which a proxy shows that it stands between us and the client, in lower case.
///
/// A request that carries any of them is not "local", even when its peer is a loopback address
/// (contract §6).
pub const FORWARDING_HEADERS: [&str; 8] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-forwarded-host",
    "x-real-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "via",
];

/// The proxies whose word about the client is believed: CIDR ranges and plain addresses.
///
/// ```
/// use dango_auth_core::TrustedProxies;
///
/// let proxies = TrustedProxies::parse(["10.0.0.0/8", "192.0.2.7"]).unwrap();
/// let peer = "10.1.2.3".parse().unwrap();
/// assert_eq!(proxies.resolve(peer, &["203.0.113.9, 10.9.9.9"]).to_string(), "203.0.113.9");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// A `trusted_proxies` entry that is neither an address nor a CIDR range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("trusted proxy `{entry}` is neither an IP address nor a CIDR range")]
pub struct InvalidProxy {
    /// The entry as it was written.
    pub entry: String,
}

impl TrustedProxies {
    /// Reads CIDR ranges (`10.0.0.0/8`, `fd00::/8`) and plain addresses (`192.0.2.7`).
    ///
    /// # Errors
    /// The first entry that is neither.
    pub fn parse<S: AsRef<str>>(
        entries: impl IntoIterator<Item = S>,
    ) -> Result<Self, InvalidProxy> {
        entries
            .into_iter()
            .map(|entry| parse_entry(entry.as_ref()))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// True when the address belongs to one of the proxies; v4-mapped addresses count as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|net| net.contains(&address))
    }

    /// The client's address of a request that came from `peer` with these `X-Forwarded-For` lines.
    ///
    /// All lines are read as one list, in order, from right to left. Ports, brackets and blanks are
    /// tolerated; anything else that is no address stops the walk at the last trusted address before it,
    /// so garbage can never name a client. When all entries are trusted the leftmost one is the answer.
    pub fn resolve(&self, peer: IpAddr, x_forwarded_for: &[&str]) -> IpAddr {
        let mut nearest = peer.to_canonical();
        for entry in x_forwarded_for
            .iter()
            .rev()
            .flat_map(|line| line.rsplit(','))
        {
            if !self.contains(nearest) {
                break;
            }
            let entry = entry.trim_matches([' ', '\t']);
            if entry.is_empty() {
                continue;
            }
            match parse_forwarded(entry) {
                Some(address) => nearest = address,
                None => break,
            }
        }
        nearest
    }

    /// True when a request from `peer` skips the rate limits as a local one (contract §6).
    ///
    /// That is: the peer is a loopback address, no header of [`FORWARDING_HEADERS`] is present, and no
    /// loopback address is a trusted proxy. The lockout is never skipped.
    pub fn is_loopback_exempt(&self, peer: IpAddr, any_forwarding_header: bool) -> bool {
        peer.to_canonical().is_loopback() && !any_forwarding_header && !self.covers_loopback()
    }

    /// True when there are no trusted proxies at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn covers_loopback(&self) -> bool {
        self.0.iter().any(|net| match net {
            IpNet::V4(net) => overlaps_loopback_v4(*net),
            IpNet::V6(net) => net.contains(&Ipv6Addr::LOCALHOST),
        })
    }
}

fn overlaps_loopback_v4(net: Ipv4Net) -> bool {
    net.network().is_loopback() || net.contains(&std::net::Ipv4Addr::LOCALHOST)
}

fn parse_entry(entry: &str) -> Result<IpNet, InvalidProxy> {
    let text = entry.trim();
    let net = text
        .parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| InvalidProxy {
            entry: entry.to_owned(),
        })?;
    Ok(canonical_net(net))
}

/// `::ffff:10.0.0.0/104` means `10.0.0.0/8`: addresses are compared in canonical form.
fn canonical_net(net: IpNet) -> IpNet {
    if let IpNet::V6(v6) = net
        && let Some(v4) = v6.network().to_ipv4_mapped()
        && let Some(prefix) = v6.prefix_len().checked_sub(96)
        && let Ok(v4) = Ipv4Net::new(v4, prefix)
    {
        return IpNet::V4(v4);
    }
    net.trunc()
}

/// One entry of the list: `a`, `a:port`, `[a]` or `[a]:port`, perhaps in double quotes.
fn parse_forwarded(entry: &str) -> Option<IpAddr> {
    let entry = entry
        .strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'))
        .unwrap_or(entry);
    let bracketed = || {
        entry
            .strip_prefix('[')?
            .strip_suffix(']')?
            .parse::<Ipv6Addr>()
            .ok()
    };
    IpAddr::from_str(entry)
        .ok()
        .or_else(|| bracketed().map(IpAddr::V6))
        .or_else(|| SocketAddr::from_str(entry).ok().map(|socket| socket.ip()))
        .map(|address| address.to_canonical())
}

/// The source of a request as limits and locks count it: an IPv4 address or an IPv6 /64.
///
/// One IPv6 customer owns at least a /64, so counting single addresses would count nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source(IpAddr);

impl Source {
    /// The source that an address belongs to.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(v4),
            IpAddr::V6(v6) => {
                let network_half = !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & network_half))
            }
        })
    }

    /// The address, or the first address of the /64.
    pub fn network(&self) -> IpAddr {
        self.0
    }
}

impl fmt::Display for Source {
    /// `203.0.113.7` or `2001:db8:1:2::/64`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(v4) => write!(f, "{v4}"),
            IpAddr::V6(v6) => write!(f, "{v6}/64"),
        }
    }
}

#[cfg(test)]
mod tests;
