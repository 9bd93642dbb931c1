//! The state of the whole at a glance.

use dango_auth_core::name::Username;
use dango_auth_core::permission::builtin;
use dango_auth_core::policy::Policy;
use dango_auth_core::user::Status;
use dango_auth_store::ReadTx;
use dango_auth_store::ports::{InstallationReads as _, RoleUse, UserCount, UserReads as _};

use crate::auth::Auth;
use crate::caller::Caller;
use crate::error::Error;
use crate::metabase::MirrorReport;
use crate::settings::{Entry, Profile};

/// How many administrators without a second factor are named.
const NAMED: u32 = 20;

/// Settings that `auth status` shows with their origin.
const SHOWN: [&str; 8] = [
    "profile",
    "idle_timeout_minutes",
    "session_max_days",
    "lockout.max_attempts",
    "lockout.lockout_minutes",
    "require_2fa",
    "password.min_length",
    "rate_limit.enabled",
];

/// The state of the whole.
#[derive(Clone, Debug)]
pub struct StatusReport {
    /// Whether sign-in is required.
    pub enabled: bool,
    /// Whether a first administrator exists.
    pub set_up: bool,
    /// How many users there are by role and status.
    pub counts: Vec<UserCount>,
    /// Usable administrators without a second factor, by username.
    pub admins_without_second_factor: Vec<Username>,
    /// The settings that matter most, with where each value comes from.
    pub settings: Vec<Entry>,
    /// Stored password hashes by parameters.
    pub hash_kinds: Vec<(String, u64)>,
    /// Roles that are stored although the policy does not know them; they give no rights.
    pub unknown_roles: Vec<RoleUse>,
    /// How the mirror in Metabase stands; nothing while no server is followed.
    pub metabase: Option<MirrorReport>,
    /// What an operator should look at.
    pub warnings: Vec<String>,
}

impl StatusReport {
    /// How many users there are.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|count| count.count).sum()
    }

    /// How many users have a status.
    pub fn with_status(&self, status: Status) -> u64 {
        self.counts
            .iter()
            .filter(|count| count.status == status)
            .map(|count| count.count)
            .sum()
    }
}

/// The state of the whole.
#[derive(Clone)]
pub struct StatusArea<'a> {
    auth: &'a Auth,
}

impl<'a> StatusArea<'a> {
    pub(crate) fn new(auth: &'a Auth) -> Self {
        Self { auth }
    }

    /// The first administrators, by name, who could sign in without a second factor.
    ///
    /// # Errors
    /// [`Error::Denied`] without `users.view`; [`Error::Store`].
    pub fn admins_without_second_factor(&self, caller: &Caller) -> Result<Vec<Username>, Error> {
        let now = self.auth.now();
        self.auth.look(caller, builtin::USERS_VIEW, |tx| {
            Ok(tx.admins_without_second_factor(now, NAMED)?)
        })
    }

    /// Looks at everything an operator wants to know first.
    ///
    /// # Errors
    /// [`Error::Denied`] without `users.view`; [`Error::Store`].
    pub fn report(&self, caller: &Caller) -> Result<StatusReport, Error> {
        let now = self.auth.now();
        let settings = self.auth.settings()?;
        let mut report = self.auth.look(caller, builtin::USERS_VIEW, |tx| {
            let installation = tx.installation()?;
            Ok(StatusReport {
                enabled: !installation.auth_disabled,
                set_up: installation.setup_completed_at.is_some(),
                counts: tx.count_users(now)?,
                admins_without_second_factor: tx.admins_without_second_factor(now, NAMED)?,
                settings: SHOWN
                    .iter()
                    .filter_map(|name| settings.entry(name))
                    .cloned()
                    .collect(),
                hash_kinds: tx.hash_kinds()?,
                unknown_roles: unknown_roles(tx, &self.auth.policy())?,
                metabase: MirrorReport::read(tx)?,
                warnings: Vec::new(),
            })
        })?;
        report.warnings = warnings(&report, &settings);
        Ok(report)
    }
}

fn unknown_roles(tx: &mut ReadTx<'_>, policy: &Policy) -> Result<Vec<RoleUse>, Error> {
    let mut uses = tx.role_uses()?;
    uses.retain(|used| policy.role_named(used.role.as_str()).is_none());
    Ok(uses)
}

fn about_unknown(used: &RoleUse) -> String {
    format!(
        "the policy does not know the role {}, so it gives no rights to whoever has it ({} people, {} grants in \
         workspaces, {} limits of keys); put it back into policy.toml, or give other roles",
        used.role, used.people, used.grants, used.keys
    )
}

fn warnings(report: &StatusReport, settings: &crate::settings::Settings) -> Vec<String> {
    let mut warnings: Vec<String> = settings.warnings().to_vec();
    if !report.enabled {
        warnings.push(
            "sign-in is switched off: every endpoint answers everybody; run `dango auth enable`"
                .to_owned(),
        );
    }
    if !report.set_up {
        warnings.push(
            "there is no administrator yet; run `dango init` or open the setup link".to_owned(),
        );
    }
    let missing = report.admins_without_second_factor.len();
    match missing {
        0 => {}
        1 => warnings.push("one admin has no second factor".to_owned()),
        _ => warnings.push(format!("{missing} admins have no second factor")),
    }
    warnings.extend(report.unknown_roles.iter().map(about_unknown));
    warnings.extend(report.metabase.as_ref().and_then(MirrorReport::warning));
    let public = settings
        .public_url
        .as_ref()
        .is_some_and(|url| !url.is_loopback());
    if public && settings.profile == Profile::Local {
        warnings.push(
            "public_url is not this machine, but the session limits are those of profile `local`; \
             consider `profile: cloud`"
                .to_owned(),
        );
    }
    warnings
}
