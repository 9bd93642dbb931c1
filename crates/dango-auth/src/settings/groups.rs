//! The groups of settings, and the rules of the core that they stand for.

use std::fmt;

use chrono::Duration;
use dango_auth_core::lockout::LockoutLimits;
use dango_auth_core::password::{HashParameters, PasswordRules};
use dango_auth_core::session::SessionLimits;
use dango_auth_core::{EmailAddress, Secret, TrustedProxies};

use super::Settings;
use super::audit::AuditSettings;
use super::metabase::MetabaseSettings;

/// The built-in limits to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// For one machine: long sessions.
    Local,
    /// For a server on the internet: short sessions.
    Cloud,
}

impl Profile {
    /// Both profiles.
    pub const ALL: [Self; 2] = [Self::Local, Self::Cloud];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Cloud => "cloud",
        }
    }

    /// Reads `local` or `cloud`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.as_str() == text)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// How a server on PostgreSQL knows that what it remembers is still true (ADR 0014); on SQLite it always looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Every request asks the database.
    Strict,
    /// What was true a moment ago is used without asking; changes are acknowledged when that moment is over.
    Lease,
}

impl Freshness {
    /// Reads `strict` or `lease`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "strict" => Some(Self::Strict),
            "lease" => Some(Self::Lease),
            _ => None,
        }
    }
}

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionSettings {
    /// The longest pause between two requests, in minutes.
    pub idle_timeout_minutes: u32,
    /// The longest life, in days.
    pub session_max_days: u32,
}

impl SessionSettings {
    /// The rule of the core for it.
    pub fn limits(&self) -> SessionLimits {
        SessionLimits {
            idle: Duration::minutes(self.idle_timeout_minutes.into()),
            absolute: Duration::days(self.session_max_days.into()),
        }
    }
}

/// When an account is locked towards a source, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockoutSettings {
    /// Failures in a row that lock.
    pub max_attempts: u32,
    /// How long the first lock lasts, in minutes.
    pub lockout_minutes: u32,
}

impl LockoutSettings {
    /// The rule of the core for it.
    pub fn limits(&self) -> LockoutLimits {
        // Both values were checked against the same ranges when they were read.
        LockoutLimits::new(self.max_attempts, self.lockout_minutes).unwrap_or_default()
    }
}

/// How many requests an address may make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimitSettings {
    /// Whether requests are limited at all.
    pub enabled: bool,
    /// Sign-in attempts.
    pub login: RequestBudget,
    /// All other requests.
    pub api: RequestBudget,
    /// Peers whose forwarding headers are believed.
    pub trusted_proxies: TrustedProxies,
}

/// A number of requests in a window of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestBudget {
    /// Requests per window.
    pub requests: u32,
    /// Length of the window in seconds.
    pub window_seconds: u32,
}

impl RequestBudget {
    /// Length of the window.
    pub fn window(&self) -> Duration {
        Duration::seconds(self.window_seconds.into())
    }
}

/// What passwords are accepted, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordSettings {
    /// Shortest password, in characters (code points).
    pub min_length: u32,
    /// Days until a new one is asked for; 0 is never.
    pub max_age_days: u32,
}

/// The first administrator, made when there are no users.
#[derive(Debug, Clone, Default)]
pub struct InitialAdmin {
    /// The email address.
    pub email: Option<EmailAddress>,
    /// The password.
    pub password: Option<Secret>,
}

/// What one password hash costs (Argon2id, RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashingSettings {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
}

impl Settings {
    /// The state before any layer, defaults included, has spoken; never handed out.
    pub(super) fn blank() -> Self {
        let budget = RequestBudget {
            requests: 0,
            window_seconds: 0,
        };
        Self {
            profile: Profile::Local,
            session: SessionSettings {
                idle_timeout_minutes: 0,
                session_max_days: 0,
            },
            lockout: LockoutSettings {
                max_attempts: 0,
                lockout_minutes: 0,
            },
            rate_limit: RateLimitSettings {
                enabled: true,
                login: budget,
                api: budget,
                trusted_proxies: TrustedProxies::default(),
            },
            require_2fa: true,
            password: PasswordSettings {
                min_length: 0,
                max_age_days: 0,
            },
            invite_hours: 0,
            log_filter: None,
            public_url: None,
            database_url: None,
            freshness: Freshness::Strict,
            initial_admin: InitialAdmin::default(),
            workspaces_auto_create: false,
            hashing: HashingSettings {
                memory_kib: 0,
                iterations: 0,
                parallelism: 0,
            },
            metabase: MetabaseSettings::default(),
            audit: AuditSettings::default(),
            password_rules: PasswordRules::default(),
            hash_parameters: HashParameters::default(),
            entries: Vec::new(),
            warnings: Vec::new(),
        }
    }
}
