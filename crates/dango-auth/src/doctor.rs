//! Looking at an installation for what an operator should put right (`dango doctor`).

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use dango_auth_core::client_address::TrustedProxies;
use dango_auth_core::name::{LoginName, Username};
use dango_auth_core::password::Password;
use dango_auth_core::permission::builtin;
use dango_auth_core::seal::KeyId;
use dango_auth_core::secret::Secret;
use dango_auth_store::ports::{
    AuditFilter, AuditReads as _, ChainReport, KeyReads as _, UserReads as _,
};

use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;
use crate::settings::Settings;

/// A hash that takes less than this is cheap to guess against.
const HASH_QUICK: Duration = Duration::from_millis(15);
/// A hash that takes longer than this keeps people waiting.
const HASH_SLOW: Duration = Duration::from_secs(1);
/// How far the last event may lie ahead of the clock.
const CLOCK_SLACK: TimeDelta = TimeDelta::minutes(5);
/// Passwords that an admin account must not have.
const BAD_PASSWORDS: [&str; 4] = ["admin", "password", "dango", "changeme"];
/// The name that the first admin has unless somebody chose one.
const DEFAULT_ADMIN: &str = "admin@localhost";

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// As it should be.
    Good,
    /// To be looked at.
    Warning,
    /// To be put right.
    Problem,
}

impl Level {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What was looked at.
    pub area: &'static str,
    /// How much it matters.
    pub level: Level,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub fix: Option<String>,
}

fn good(area: &'static str, message: impl Into<String>) -> Finding {
    Finding {
        area,
        level: Level::Good,
        message: message.into(),
        fix: None,
    }
}

fn bad(
    area: &'static str,
    level: Level,
    message: impl Into<String>,
    fix: impl Into<String>,
) -> Finding {
    Finding {
        area,
        level,
        message: message.into(),
        fix: Some(fix.into()),
    }
}

/// Looking for trouble.
#[derive(Clone, Copy)]
pub struct Doctor<'a> {
    auth: &'a Auth,
}

impl<'a> Doctor<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// Looks at everything; what was found good is told too.
    ///
    /// # Errors
    /// [`Error::Denied`] without `auth.manage`; [`Error::Store`].
    pub fn examine(&self, caller: &Caller) -> Result<Vec<Finding>, Error> {
        self.auth.authorise(caller, builtin::AUTH_MANAGE)?;
        let settings = self.auth.settings()?;
        let mut findings = vec![good("configuration", "it can be read")];
        findings.extend(self.files());
        findings.push(self.key()?);
        findings.push(good("store", "it answers and its schema is up to date"));
        findings.push(self.clock()?);
        findings.push(self.hashing()?);
        findings.push(proxies(&settings));
        findings.extend(self.state(caller)?);
        findings.extend(self.metabase(caller, &settings)?);
        findings.push(self.bootstrap_password(&settings)?);
        findings.push(self.chain(caller)?);
        Ok(findings)
    }

    /// The key in force opened the database, or nobody would be here; an older one may be left.
    fn key(self) -> Result<Finding, Error> {
        let inner = &self.auth.inner;
        let standing = inner.store.read(|tx| Ok::<_, Error>(tx.key_standing()?))?;
        let here = inner.key_place.keys();
        let is_here = |id: &KeyId| here.as_ref().is_ok_and(|keys| keys.get(*id).is_some());
        let fix = "finish it: dango auth rotate-key";
        Ok(if let Some(old) = standing.unfinished {
            let message = format!("replacing key {old} was not finished");
            bad("key", Level::Warning, message, fix)
        } else if let Some(old) = standing.replaced.iter().find(|id| is_here(id)) {
            let message = format!("key {old} was replaced and is still beside the new one");
            bad("key", Level::Warning, message, fix)
        } else {
            good("key", format!("{} is in force", standing.current))
        })
    }

    fn files(self) -> Vec<Finding> {
        let Some(project) = self.auth.project() else {
            return Vec::new();
        };
        let secret = [
            project.database_file(),
            project.key_file(),
            project.settings_file(),
            project.policy_file(),
            project.folder().join("audit.anchors"),
        ];
        let mut findings: Vec<Finding> = secret
            .iter()
            .filter_map(|path| open_to_others(path))
            .collect();
        if findings.is_empty() {
            findings.push(good("files", "nobody else can read or change them"));
        }
        findings
    }

    fn clock(self) -> Result<Finding, Error> {
        let now = self.auth.now();
        let filter = AuditFilter::default();
        let last = self
            .auth
            .inner
            .store
            .read(|tx| Ok::<_, Error>(tx.events(&filter, 1)?))?;
        let ahead = last
            .rows
            .first()
            .filter(|row| row.event.at > now + CLOCK_SLACK);
        Ok(match ahead {
            None => good("clock", "it is not behind the audit log"),
            Some(row) => bad(
                "clock",
                Level::Problem,
                format!(
                    "the last event happened at {}, which is still to come",
                    row.event.at
                ),
                "set the clock of this machine, or find out whose clock was wrong",
            ),
        })
    }

    fn hashing(self) -> Result<Finding, Error> {
        let start = Instant::now();
        let sample =
            Password::new("how long does this take").map_err(|_| Error::Internal("a sample"))?;
        self.auth.hash_password(&sample)?;
        let taken = start.elapsed();
        let message = format!("a password check takes {} ms here", taken.as_millis());
        Ok(if taken < HASH_QUICK {
            let fix = "raise auth.hashing.memory_kib or auth.hashing.iterations";
            bad("hashing", Level::Warning, message, fix)
        } else if taken > HASH_SLOW {
            let fix = "lower auth.hashing.iterations, within what its reference allows";
            bad("hashing", Level::Warning, message, fix)
        } else {
            good("hashing", message)
        })
    }

    fn state(self, caller: &Caller) -> Result<Vec<Finding>, Error> {
        let report = self.auth.status().report(caller)?;
        let warning = |text: &String| {
            bad(
                "state",
                Level::Warning,
                text.clone(),
                "see `dango auth status`",
            )
        };
        let mut findings: Vec<Finding> = report.warnings.iter().map(warning).collect();
        if !report.enabled {
            let fix = "dango auth enable";
            findings.push(bad("sign-in", Level::Problem, "it is switched off", fix));
        }
        let names = &report.admins_without_second_factor;
        if names.is_empty() {
            findings.push(good("second factor", "every admin has one"));
        } else {
            let names: Vec<&str> = names.iter().map(Username::as_str).collect();
            let message = format!("admins without: {}", names.join(", "));
            let fix = "each of them: /settings/account; for everybody: dango auth config set require_2fa true";
            findings.push(bad("second factor", Level::Warning, message, fix));
        }
        Ok(findings)
    }

    /// From what is noted here; Metabase itself is asked by `dango auth sync --check`. What is wrong with
    /// it stands among the warnings of the state already.
    fn metabase(self, caller: &Caller, settings: &Settings) -> Result<Option<Finding>, Error> {
        let configured = settings.metabase.target().is_some();
        let Some(report) = self.auth.metabase().standing(caller)? else {
            let message = "it is configured, but no server follows it yet";
            let fix = "start dango-server, or run `dango auth sync`";
            return Ok(configured.then(|| bad("metabase", Level::Warning, message, fix)));
        };
        let (waiting, drift) = (report.waiting.people, report.mirror.drift);
        let message = format!("{waiting} people wait, {drift} differed at the last comparison");
        Ok(Some(if report.warning().is_none() {
            good("metabase", message)
        } else {
            bad("metabase", Level::Warning, message, "dango auth sync")
        }))
    }

    /// SECURITY: the password in the configuration is known to whoever can read that, and the usual
    /// ones to everybody.
    fn bootstrap_password(self, settings: &Settings) -> Result<Finding, Error> {
        let admin = &settings.initial_admin;
        let name = admin
            .email
            .as_ref()
            .map_or(DEFAULT_ADMIN, |email| email.as_str());
        let given = admin.password.as_ref().map(Secret::expose);
        let login = LoginName::parse(name).map_err(|error| Error::name("email", &error))?;
        let user = self
            .auth
            .inner
            .store
            .read(|tx| Ok::<_, Error>(tx.user_by_login(&login)?))?;
        let hash = user
            .and_then(|user| user.password)
            .map(|password| password.hash);
        let Some(hash) = hash else {
            return Ok(good(
                "first password",
                "the first admin's account is gone or has none",
            ));
        };
        for text in BAD_PASSWORDS.into_iter().chain(given) {
            let Ok(password) = Password::new(text) else {
                continue;
            };
            if self
                .auth
                .inner
                .hasher
                .verify(&password, Some(&hash))?
                .matches
            {
                let message =
                    format!("{name} still has the password of the configuration or a usual one");
                let fix = "change it and take it out of the configuration";
                return Ok(bad("first password", Level::Problem, message, fix));
            }
        }
        Ok(good(
            "first password",
            format!("{name} has a password of their own"),
        ))
    }

    fn chain(self, caller: &Caller) -> Result<Finding, Error> {
        Ok(match self.auth.audit().verify(caller)? {
            ChainReport::Intact { rows } => {
                good("audit log", format!("{rows} events, nothing was changed"))
            }
            ChainReport::Broken { at, reason, .. } => bad(
                "audit log",
                Level::Problem,
                format!("it was tampered with: event {at} is {reason}"),
                "keep a copy of the database and find out who had access to it",
            ),
        })
    }
}

fn open_to_others(path: &Path) -> Option<Finding> {
    let mode = fs::metadata(path).ok()?.permissions().mode();
    // The configuration may be read by others, unless it holds secrets, which have their own files.
    let is_settings = path
        .extension()
        .is_some_and(|end| end == "yml" || end == "toml");
    let refused = if is_settings { 0o022 } else { 0o077 };
    (mode & refused != 0).then(|| {
        let message = format!(
            "{} is open to others (mode {:o})",
            path.display(),
            mode & 0o777
        );
        let fix = format!("chmod 600 {}", path.display());
        bad("files", Level::Problem, message, fix)
    })
}

fn proxies(settings: &Settings) -> Finding {
    let public = settings
        .public_url
        .as_ref()
        .is_some_and(|url| url.is_https() && !url.is_loopback());
    if public && settings.rate_limit.trusted_proxies == TrustedProxies::default() {
        return bad(
            "proxies",
            Level::Warning,
            "public_url is https, but no proxy is trusted",
            "behind a proxy, set auth.rate_limit.trusted_proxies to its address; else all clients look alike",
        );
    }
    good("proxies", "they fit public_url")
}
