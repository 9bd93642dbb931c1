//! The table of all settings (contract §6): the one place that knows a key's name, range, default and meaning.

use super::key::{Key, Kind, Preset};
use super::{audit, parse, url};

/// Days that no limit in days exceeds: ten years.
const TEN_YEARS: u32 = 3_650;

const fn key(name: &'static str, kind: Kind, preset: Preset, description: &'static str) -> Key {
    Key {
        name,
        aliases: &[],
        variables: &[],
        kind,
        preset,
        secret: false,
        runtime: false,
        description,
    }
}

impl Key {
    const fn runtime(self) -> Self {
        Self {
            runtime: true,
            ..self
        }
    }

    const fn secret(self) -> Self {
        Self {
            secret: true,
            ..self
        }
    }

    const fn alias(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    const fn variable(self, variables: &'static [&'static str]) -> Self {
        Self { variables, ..self }
    }
}

/// All settings, in the order in which they are shown.
pub(super) static KEYS: &[Key] = &[
    key(
        "profile",
        Kind::Text {
            form: "local or cloud",
            set: parse::profile,
        },
        Preset::ByProfile {
            local: "local",
            cloud: "cloud",
        },
        "Chooses the built-in session limits: for one machine, or for a server on the internet.",
    ),
    key(
        "idle_timeout_minutes",
        Kind::Number {
            min: 1,
            max: 525_600,
            unit: "minutes",
            set: |s, n| s.session.idle_timeout_minutes = n,
        },
        Preset::ByProfile {
            local: "1440",
            cloud: "60",
        },
        "Ends a session that nobody used for this long.",
    )
    .runtime(),
    key(
        "session_max_days",
        Kind::Number {
            min: 1,
            max: TEN_YEARS,
            unit: "days",
            set: |s, n| s.session.session_max_days = n,
        },
        Preset::ByProfile {
            local: "365",
            cloud: "30",
        },
        "Ends a session this long after sign-in, used or not.",
    )
    .runtime(),
    key(
        "lockout.max_attempts",
        Kind::Number {
            min: 1,
            max: 100,
            unit: "",
            set: |s, n| s.lockout.max_attempts = n,
        },
        Preset::Same("5"),
        "Locks an account towards one source after this many failures in a row.",
    )
    .runtime(),
    key(
        "lockout.lockout_minutes",
        Kind::Number {
            min: 1,
            max: 1_440,
            unit: "minutes",
            set: |s, n| s.lockout.lockout_minutes = n,
        },
        Preset::Same("15"),
        "How long the first lock lasts; each further one doubles it, up to 24 hours.",
    )
    .runtime(),
    key(
        "rate_limit.enabled",
        Kind::Flag(|s, flag| s.rate_limit.enabled = flag),
        Preset::Same("true"),
        "Limits requests per client address; the lockout works without it too.",
    )
    .runtime(),
    key(
        "rate_limit.login.requests",
        Kind::Number {
            min: 1,
            max: 1_000,
            unit: "",
            set: |s, n| s.rate_limit.login.requests = n,
        },
        Preset::Same("10"),
        "Sign-in attempts that one address has per window.",
    )
    .runtime(),
    key(
        "rate_limit.login.window_seconds",
        Kind::Number {
            min: 1,
            max: 86_400,
            unit: "seconds",
            set: |s, n| s.rate_limit.login.window_seconds = n,
        },
        Preset::Same("60"),
        "Length of the window for sign-in attempts.",
    )
    .runtime(),
    key(
        "rate_limit.api.requests",
        Kind::Number {
            min: 1,
            max: 1_000_000,
            unit: "",
            set: |s, n| s.rate_limit.api.requests = n,
        },
        Preset::Same("200"),
        "Other requests that one address has per window.",
    )
    .runtime(),
    key(
        "rate_limit.api.window_seconds",
        Kind::Number {
            min: 1,
            max: 86_400,
            unit: "seconds",
            set: |s, n| s.rate_limit.api.window_seconds = n,
        },
        Preset::Same("60"),
        "Length of the window for other requests.",
    )
    .runtime(),
    key(
        "rate_limit.trusted_proxies",
        Kind::Proxies(|s, proxies| s.rate_limit.trusted_proxies = proxies),
        Preset::Same(""),
        "Peers whose X-Forwarded headers are believed.",
    ),
    key(
        "require_2fa",
        Kind::Flag(|s, flag| s.require_2fa = flag),
        Preset::Same("false"),
        "Nobody gets further than setting up a second factor without one.",
    )
    .runtime(),
    key(
        "password.min_length",
        Kind::Number {
            min: 8,
            max: 256,
            unit: "characters",
            set: |s, n| s.password.min_length = n,
        },
        Preset::Same("8"),
        "Shortest password that is accepted.",
    )
    .runtime()
    .alias(&["password_min_length"]),
    key(
        "password.max_age_days",
        Kind::Number {
            min: 0,
            max: TEN_YEARS,
            unit: "days",
            set: |s, n| s.password.max_age_days = n,
        },
        Preset::Same("0"),
        "Asks for a new password after this long; 0 never does.",
    )
    .runtime()
    .alias(&["password_max_age_days"]),
    key(
        "invite_hours",
        Kind::Number {
            min: 1,
            max: 720,
            unit: "hours",
            set: |s, n| s.invite_hours = n,
        },
        Preset::Same("72"),
        "How long an invite link works.",
    )
    .runtime(),
    key(
        "log_filter",
        Kind::Text {
            form: "levels by part, such as info,dango_server=debug",
            set: parse::log_filter,
        },
        Preset::Nothing,
        "Which log lines a server writes; the variable DANGO_LOG wins over it.",
    ),
    key(
        "public_url",
        Kind::Text {
            form: "http or https address",
            set: url::public,
        },
        Preset::Nothing,
        "The address people use; links are made from it, and https here means secure cookies.",
    )
    .variable(&["DANGO_PUBLIC_URL"]),
    key(
        "database_url",
        Kind::Text {
            form: "postgres://… or sqlite:…",
            set: url::database,
        },
        Preset::Nothing,
        "The database; without it, .dango/auth.db.",
    )
    .secret()
    .variable(&["DANGO_DATABASE_URL"]),
    key(
        "freshness",
        Kind::Text {
            form: "strict or lease",
            set: parse::freshness,
        },
        Preset::Same("strict"),
        "With PostgreSQL: whether each request asks for changes, or they are held back until every server knows.",
    ),
    key(
        "initial_admin.email",
        Kind::Text {
            form: "email address",
            set: parse::admin_email,
        },
        Preset::Nothing,
        "The first administrator, made when the database has no users.",
    )
    .variable(&["DANGO_ADMIN_EMAIL"]),
    key(
        "initial_admin.password",
        Kind::Secret(|s, secret| s.initial_admin.password = Some(secret)),
        Preset::Nothing,
        "The first administrator's password.",
    )
    .secret()
    .variable(&["DANGO_ADMIN_PASSWORD"]),
    key(
        "workspaces.auto_create",
        Kind::Flag(|s, flag| s.workspaces_auto_create = flag),
        Preset::Same("true"),
        "A grant that names an unknown workspace registers it.",
    )
    .runtime(),
    key(
        "hashing.memory_kib",
        Kind::Number {
            min: 7_168,
            max: 262_144,
            unit: "KiB",
            set: |s, n| s.hashing.memory_kib = n,
        },
        Preset::Same("47104"),
        "Memory of one password hash (Argon2id).",
    ),
    key(
        "hashing.iterations",
        Kind::Number {
            min: 1,
            max: 16,
            unit: "",
            set: |s, n| s.hashing.iterations = n,
        },
        Preset::Same("1"),
        "Passes of one password hash.",
    ),
    key(
        "hashing.parallelism",
        Kind::Number {
            min: 1,
            max: 16,
            unit: "",
            set: |s, n| s.hashing.parallelism = n,
        },
        Preset::Same("1"),
        "Lanes of one password hash.",
    ),
    key(
        "metabase.url",
        Kind::Text {
            form: "http or https address",
            set: parse::metabase_url,
        },
        Preset::Nothing,
        "The Metabase server that follows users and roles.",
    ),
    key(
        "metabase.api_key",
        Kind::Secret(|s, secret| s.metabase.api_key = Some(secret)),
        Preset::Nothing,
        "Signs in to Metabase by key, instead of email and password.",
    )
    .secret(),
    key(
        "metabase.email",
        Kind::Text {
            form: "email address",
            set: parse::metabase_email,
        },
        Preset::Nothing,
        "Signs in to Metabase as this administrator.",
    ),
    key(
        "metabase.password",
        Kind::Secret(|s, secret| s.metabase.password = Some(secret)),
        Preset::Nothing,
        "The Metabase administrator's password.",
    )
    .secret(),
    key(
        "metabase.database_id",
        Kind::Number {
            min: 1,
            max: 2_147_483_647,
            unit: "",
            set: |s, n| s.metabase.database_id = Some(n),
        },
        Preset::Nothing,
        "The Metabase database whose query rights follow roles.",
    ),
    key(
        "audit.retention_days",
        Kind::Number {
            min: 0,
            max: TEN_YEARS,
            unit: "days",
            set: |s, n| s.audit.retention_days = n,
        },
        Preset::Same("0"),
        "Takes events out of the audit log after this long, behind a sealed checkpoint; 0 is never.",
    )
    .runtime(),
    key(
        "audit.stream.file",
        Kind::Text {
            form: "absolute path",
            set: audit::file,
        },
        Preset::Nothing,
        "A file that gets every audit event as a line of JSON; it is opened again when it was moved away.",
    ),
    key(
        "audit.stream.syslog",
        Kind::Text {
            form: "udp://host:port, tcp://host:port or unix:/path",
            set: audit::syslog,
        },
        Preset::Nothing,
        "A syslog server that gets every audit event (RFC 5424).",
    ),
    key(
        "audit.stream.webhook.url",
        Kind::Text {
            form: "http or https address",
            set: audit::webhook_url,
        },
        Preset::Nothing,
        "An address that gets every audit event by POST, signed.",
    ),
    key(
        "audit.stream.webhook.secret",
        Kind::Secret(|s, secret| s.audit.stream.webhook_secret = Some(secret)),
        Preset::Nothing,
        "Signs what the webhook gets (HMAC-SHA-256).",
    )
    .secret(),
];
