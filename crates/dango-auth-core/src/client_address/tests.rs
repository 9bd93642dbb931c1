use proptest::prelude::*;

use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn proxies(entries: &[&str]) -> TrustedProxies {
    TrustedProxies::parse(entries).unwrap()
}

struct Case {
    what: &'static str,
    trusted: &'static [&'static str],
    peer: &'static str,
    lines: &'static [&'static str],
    client: &'static str,
}

const CASES: &[Case] = &[
    Case {
        what: "no proxies: the header is ignored",
        trusted: &[],
        peer: "203.0.113.1",
        lines: &["1.1.1.1"],
        client: "203.0.113.1",
    },
    Case {
        what: "the peer is not a proxy: the header is ignored",
        trusted: &["10.0.0.1"],
        peer: "203.0.113.1",
        lines: &["1.1.1.1"],
        client: "203.0.113.1",
    },
    Case {
        what: "one proxy, one entry",
        trusted: &["10.0.0.1"],
        peer: "10.0.0.1",
        lines: &["1.1.1.1"],
        client: "1.1.1.1",
    },
    Case {
        what: "what the client wrote itself is further left and does not count",
        trusted: &["10.0.0.0/8"],
        peer: "10.0.0.1",
        lines: &["127.0.0.1, 1.1.1.1, 10.0.0.2"],
        client: "1.1.1.1",
    },
    Case {
        what: "several lines are one list",
        trusted: &["10.0.0.0/8"],
        peer: "10.0.0.1",
        lines: &["9.9.9.9", "1.1.1.1, 10.0.0.3", "10.0.0.2"],
        client: "1.1.1.1",
    },
    Case {
        what: "all entries trusted: the leftmost",
        trusted: &["10.0.0.0/8"],
        peer: "10.0.0.1",
        lines: &["10.0.0.9, 10.0.0.2"],
        client: "10.0.0.9",
    },
    Case {
        what: "no header: the proxy itself",
        trusted: &["10.0.0.0/8"],
        peer: "10.0.0.1",
        lines: &[],
        client: "10.0.0.1",
    },
    Case {
        what: "garbage at the right end: the proxy itself",
        trusted: &["10.0.0.0/8"],
        peer: "10.0.0.1",
        lines: &["1.1.1.1, unknown"],
        client: "10.0.0.1",
    },
    Case {
        what: "garbage further left: the last trusted address before it",
        trusted: &["10.0.0.0/8"],
        peer: "10.0.0.1",
        lines: &["1.1.1.1, <script>, 10.0.0.2"],
        client: "10.0.0.2",
    },
    Case {
        what: "garbage left of the client is never looked at",
        trusted: &["10.0.0.0/8"],
        peer: "10.0.0.1",
        lines: &["<script>, 1.1.1.1"],
        client: "1.1.1.1",
    },
    Case {
        what: "ports and brackets",
        trusted: &["fd00::/8"],
        peer: "fd00::1",
        lines: &["\"[2001:db8::5]:4711\", [fd00::3], fd00::2"],
        client: "2001:db8::5",
    },
    Case {
        what: "an IPv4 port",
        trusted: &["10.0.0.1"],
        peer: "10.0.0.1",
        lines: &["1.1.1.1:65000"],
        client: "1.1.1.1",
    },
    Case {
        what: "a v4-mapped peer is the IPv4 proxy",
        trusted: &["10.0.0.0/8"],
        peer: "::ffff:10.0.0.1",
        lines: &["::ffff:1.1.1.1"],
        client: "1.1.1.1",
    },
    Case {
        what: "a range written as v4-mapped",
        trusted: &["::ffff:10.0.0.0/104"],
        peer: "10.0.0.1",
        lines: &["1.1.1.1"],
        client: "1.1.1.1",
    },
    Case {
        what: "empty elements are skipped as in every list header",
        trusted: &["10.0.0.1"],
        peer: "10.0.0.1",
        lines: &["1.1.1.1, ,", ""],
        client: "1.1.1.1",
    },
    Case {
        what: "a zone is no address for us",
        trusted: &["fe80::1"],
        peer: "fe80::1",
        lines: &["fe80::2%eth0"],
        client: "fe80::1",
    },
    Case {
        what: "leading zeros are no address",
        trusted: &["10.0.0.1"],
        peer: "10.0.0.1",
        lines: &["010.0.0.9"],
        client: "10.0.0.1",
    },
];

#[test]
fn the_client_address_is_what_the_table_says() {
    for case in CASES {
        let client = proxies(case.trusted).resolve(ip(case.peer), case.lines);
        assert_eq!(client, ip(case.client), "{}", case.what);
    }
}

#[test]
fn a_proxy_entry_that_is_no_address_is_named() {
    for entry in ["nginx", "10.0.0.0/33", "", "10.0.0", "*"] {
        let error = TrustedProxies::parse(["10.0.0.1", entry]).unwrap_err();
        assert_eq!(error.entry, entry);
    }
}

#[test]
fn only_a_plain_loopback_peer_skips_the_limits() {
    let none = proxies(&[]);
    assert!(none.is_loopback_exempt(ip("127.0.0.1"), false));
    assert!(none.is_loopback_exempt(ip("::1"), false));
    assert!(none.is_loopback_exempt(ip("::ffff:127.0.0.1"), false));
    assert!(!none.is_loopback_exempt(ip("127.0.0.1"), true));
    assert!(!none.is_loopback_exempt(ip("10.0.0.1"), false));
    for trusted in [
        "127.0.0.1",
        "127.0.0.0/8",
        "127.9.0.0/16",
        "0.0.0.0/0",
        "::1",
        "::/0",
    ] {
        let set = proxies(&[trusted]);
        assert!(!set.is_loopback_exempt(ip("127.0.0.1"), false), "{trusted}");
        assert!(!set.is_loopback_exempt(ip("::1"), false), "{trusted}");
    }
    assert!(proxies(&["10.0.0.0/8"]).is_loopback_exempt(ip("127.0.0.1"), false));
}

#[test]
fn ipv6_is_counted_by_its_64_and_ipv4_by_address() {
    let shown = |text| Source::of(ip(text)).to_string();
    assert_eq!(shown("203.0.113.7"), "203.0.113.7");
    assert_eq!(shown("::ffff:203.0.113.7"), "203.0.113.7");
    assert_eq!(shown("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    assert_eq!(
        Source::of(ip("2001:db8:1:2::1")),
        Source::of(ip("2001:db8:1:2:ffff::"))
    );
    assert_ne!(
        Source::of(ip("2001:db8:1:2::1")),
        Source::of(ip("2001:db8:1:3::1"))
    );
    assert_ne!(Source::of(ip("203.0.113.7")), Source::of(ip("203.0.113.8")));
}

proptest! {
    /// Whatever stands in the header, an untrusted peer is its own client.
    #[test]
    fn strangers_cannot_choose_their_address(line in ".{0,60}", peer in any::<[u8; 4]>()) {
        prop_assume!(peer[0] != 10);
        let peer = IpAddr::from(peer);
        let set = proxies(&["10.0.0.0/8"]);
        prop_assert_eq!(set.resolve(peer, &[&line]), peer);
    }

    /// Behind a proxy that appends the peer it saw, nothing the client sends changes the answer.
    #[test]
    fn what_the_client_sends_does_not_matter(line in ".{0,60}", client in any::<[u8; 4]>()) {
        prop_assume!(client[0] != 10);
        let client = IpAddr::from(client);
        let appended = format!("{line}, {client}");
        let set = proxies(&["10.0.0.0/8"]);
        prop_assert_eq!(set.resolve(ip("10.0.0.1"), &[&appended]), client);
    }
}
