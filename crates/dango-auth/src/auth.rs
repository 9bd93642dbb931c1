//! The one value everything starts from.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use dango_auth_core::audit::{Actor, EventName, Origin, Target, Via};
use dango_auth_core::name::WorkspaceName;
use dango_auth_core::permission::{Permission, PermissionType};
use dango_auth_core::policy::{Decision, Policy, Scope};
use dango_auth_core::seal::{Purpose, SubKey};
use dango_auth_store::{Store, Watch};

use crate::ambient::Ambient;
use crate::caller::Caller;
use crate::counts::Counters;
use crate::error::Error;
use crate::hasher::{Hasher, HasherCounts};
use crate::limits::Budgets;
use crate::live_policy::LivePolicy;
use crate::live_settings::LiveSettings;
use crate::project::Project;
use crate::rights::Rights;
use crate::settings::{Freshness, Settings, Sources};
use crate::touches::Touches;
use crate::walk::require_free;

/// Everything dango-auth can do, one area each: the table of contents of the crate.
///
/// Cheap to clone, safe to share between threads, synchronous: an asynchronous front end calls it on
/// a pool of threads that may block.
#[derive(Clone)]
pub struct Auth {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) policy: LivePolicy,
    pub(crate) settings: LiveSettings,
    pub(crate) hasher: Hasher,
    pub(crate) keys: crate::keys::Keys,
    pub(crate) key_place: crate::keys::KeyPlace,
    pub(crate) ambient: Ambient,
    pub(crate) touches: Touches,
    pub(crate) budgets: Budgets,
    pub(crate) counters: Counters,
    pub(crate) sources: Sources,
    pub(crate) floods: crate::floods::Floods,
    pub(crate) anchored: crate::audit::Anchored,
    pub(crate) project: Option<Project>,
    pub(crate) local_user: String,
    pub(crate) by_data_version: bool,
}

macro_rules! areas {
    ($($(#[$doc:meta])* $method:ident -> $area:ident in $module:ident;)+) => {
        impl Auth {
            $($(#[$doc])* pub fn $method(&self) -> crate::$module::$area<'_> {
                crate::$module::$area::new(self)
            })+
        }
    };
}

areas! {
    /// Password, second factor, signing out.
    sign_in -> SignInArea in sign_in;
    /// Sessions: recognising, listing, ending.
    sessions -> Sessions in sessions;
    /// The caller's own account.
    account -> Account in account;
    /// The caller's own second factor.
    second_factor -> OwnFactor in second_factor;
    /// People.
    users -> Users in users;
    /// Invitations.
    invites -> Invites in invites;
    /// API keys.
    api_keys -> ApiKeys in api_keys;
    /// Workspaces.
    workspaces -> Workspaces in workspaces;
    /// Settings and the switch.
    configuration -> Configuration in configuration;
    /// The audit log.
    audit -> Audit in audit;
    /// The first administrator.
    setup -> Setup in setup;
    /// The way back in, for somebody on the machine.
    recovery -> RecoveryArea in recovery;
    /// Copies of the whole database.
    database -> Database in database;
    /// The key that everything stored is sealed under.
    key_change -> KeyChange in key_change;
    /// What an operator should put right.
    doctor -> Doctor in doctor;
    /// Moving in from another system.
    import -> Import in import;
    /// Rate limits.
    limits -> Limits in limits;
    /// Answers to requests that may be repeated.
    kept_answers -> KeptAnswers in kept_answers;
    /// Metabase rights that follow roles.
    metabase -> Metabase in metabase;
    /// The state of the whole at a glance.
    status -> StatusArea in status;
}

impl Auth {
    /// The roles and permissions in force, as of now.
    ///
    /// [`Auth::reload`] puts others in their place. Numbers of one policy mean nothing to another, so ask
    /// about somebody through [`Caller::rights`], which keep the policy they were resolved with.
    pub fn policy(&self) -> Arc<Policy> {
        self.inner.policy.current()
    }

    /// The present instant of the clock handed in at the start.
    pub fn now(&self) -> DateTime<Utc> {
        self.inner.ambient.now()
    }

    /// The settings in force now, those set at run time included.
    ///
    /// # Errors
    /// [`Error::Store`] when the database does not answer.
    pub fn settings(&self) -> Result<Arc<Settings>, Error> {
        self.inner.store.read(|tx| self.inner.settings.current(tx))
    }

    /// A watch over the store's epoch, for one thread.
    pub fn watch(&self) -> Watch {
        let watch = self.inner.store.watch();
        if self.inner.by_data_version {
            watch.by_data_version()
        } else {
            watch
        }
    }

    /// Whether a watch answers at once, without waiting for a database server.
    pub fn is_watched_at_once(&self) -> bool {
        self.inner.store.is_watched_at_once()
    }

    /// Lets changes everywhere be held back until nobody uses what was true before, or ends that, as the settings
    /// said at the start. To be called before a watch's lease is used.
    ///
    /// # Errors
    /// [`Error::Store`] when the database does not answer; a lease that is not in force is not seen either.
    pub fn settle_freshness(&self) -> Result<(), Error> {
        match self.inner.settings.base().freshness {
            Freshness::Lease => self.inner.store.allow_leases()?,
            Freshness::Strict => self.inner.store.end_leases()?,
        }
        Ok(())
    }

    /// How it is known that what is remembered is still true.
    pub fn freshness(&self) -> Freshness {
        self.inner.settings.base().freshness
    }

    /// What the queue of password checks has done so far, for metrics.
    pub fn hashing(&self) -> HasherCounts {
        self.inner.hasher.counts()
    }

    /// The keys that bind form tokens to sessions, for front ends with forms: the first makes them, each
    /// recognises them, so that a page opened before the key was replaced can still be sent.
    pub fn form_keys(&self) -> Vec<SubKey> {
        self.inner.store.subkeys(Purpose::Csrf)
    }

    /// The folder this runs in, if it runs in one.
    pub fn project(&self) -> Option<&Project> {
        self.inner.project.as_ref()
    }

    /// Tells whether the database answers and has the right schema.
    ///
    /// # Errors
    /// [`Error::Store`] when it does not.
    pub fn ready(&self) -> Result<(), Error> {
        Ok(self.inner.store.ready()?)
    }

    /// The local system as caller: whoever can open the project's files may do everything.
    pub fn local_caller(&self, via: Via) -> Caller {
        self.system_caller(&self.inner.local_user, Origin::local(via))
    }

    /// The system as caller under a name that says which part of it acts.
    pub(crate) fn system_caller(&self, name: &str, origin: Origin) -> Caller {
        Caller::system(name, Rights::everything(self.policy()), origin)
    }

    /// Decides one question without acting on it; for forward-auth and embedders.
    ///
    /// # Errors
    /// [`Error::Fields`] for a permission or workspace name that cannot be one, [`Error::Obliged`] while
    /// something else has to be done first.
    pub fn decide(
        &self,
        caller: &Caller,
        permission: &str,
        workspace: Option<&str>,
    ) -> Result<Decision, Error> {
        known_permission(caller.rights().policy(), permission)?;
        let workspace = workspace
            .map(WorkspaceName::parse)
            .transpose()
            .map_err(|error| Error::name("workspace", &error))?;
        require_free(caller)?;
        let scope = workspace.as_ref().map_or(Scope::Global, Scope::Workspace);
        Ok(caller.rights().check(permission, scope))
    }

    /// Like [`Auth::decide`], and leaves a trace of a refusal; for proxies that act on the answer.
    ///
    /// # Errors
    /// As [`Auth::decide`]; [`Error::Store`] when the refusal cannot be recorded.
    pub fn decide_and_record(
        &self,
        caller: &Caller,
        permission: &str,
        workspace: Option<&str>,
    ) -> Result<Decision, Error> {
        let decision = self.decide(caller, permission, workspace)?;
        if !decision.is_allowed() {
            let workspace = workspace.and_then(|name| WorkspaceName::parse(name).ok());
            self.note_denied(caller, permission, workspace)?;
        }
        Ok(decision)
    }

    /// Refuses a caller without a permission, built in or of one's own, and leaves a trace of the refusal.
    ///
    /// # Errors
    /// [`Error::Fields`] for a permission that does not exist, [`Error::Obliged`] while something else has
    /// to be done first, [`Error::Denied`] without the permission, [`Error::Store`] when the refusal cannot
    /// be recorded.
    pub fn require(&self, caller: &Caller, permission: &str) -> Result<(), Error> {
        known_permission(caller.rights().policy(), permission)?;
        require_free(caller)?;
        if caller
            .rights()
            .check(permission, Scope::Global)
            .is_allowed()
        {
            return Ok(());
        }
        self.note_denied(caller, permission, None)?;
        Err(Error::Denied {
            permission: permission.to_owned(),
        })
    }

    /// [`Auth::require`] for a permission as a type, whose name a compiler checks.
    ///
    /// # Errors
    /// As [`Auth::require`].
    pub fn require_typed<P: PermissionType>(&self, caller: &Caller) -> Result<(), Error> {
        self.require(caller, P::NAME)
    }

    /// [`Auth::require`] for what is built in.
    pub(crate) fn authorise(&self, caller: &Caller, permission: Permission) -> Result<(), Error> {
        match permit(caller, permission) {
            Err(Error::Denied { permission }) => self.require(caller, &permission),
            other => other,
        }
    }

    fn note_denied(
        &self,
        caller: &Caller,
        name: &str,
        workspace: Option<WorkspaceName>,
    ) -> Result<(), Error> {
        let act = caller.act(self.now());
        let target = match caller.person() {
            Some(person) => person.user.target(),
            None => Target::system(caller.name()),
        };
        let mut event = act
            .event(EventName::PERMISSION_DENIED, target)
            .detail("permission", name)
            .denied();
        event.workspace = workspace;
        let about = format!(
            "{name} {}",
            event.workspace.as_ref().map_or("", WorkspaceName::as_str)
        );
        self.note_all(&self.inner.floods.take(event, &about))
    }

    /// An actor for somebody who has not signed in.
    pub(crate) fn stranger(name: &str) -> Actor {
        Actor::anonymous(printable(name))
    }
}

/// Refuses a caller without something built in, leaving no trace; for use inside a transaction.
pub(crate) fn permit(caller: &Caller, builtin: Permission) -> Result<(), Error> {
    require_free(caller)?;
    // Numbers of what is built in are the same in every policy.
    if caller.rights().permits(builtin) {
        return Ok(());
    }
    let name = caller.rights().policy().catalog().name(builtin);
    Err(Error::Denied {
        permission: name.unwrap_or("unknown").to_owned(),
    })
}

/// A permission's number by its name, with the name that was probably meant where there is none.
pub(crate) fn known_permission(policy: &Policy, text: &str) -> Result<Permission, Error> {
    let catalog = policy.catalog();
    catalog.find(text).ok_or_else(|| {
        let name = printable(text);
        let message = match catalog.nearest(text) {
            Some(near) => format!("there is no permission {name}; did you mean {near}?"),
            None => format!("there is no permission {name}"),
        };
        Error::field("permission", "unknown_permission", message)
    })
}

/// A stranger's text cut to a sensible length and without control characters.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(254).collect()
}

/// Tells whether a caller works on the machine itself, with access to its files.
///
/// SECURITY: where sign-in is switched off everybody is the system, but over the network; what needs
/// the machine itself is decided by this.
pub(crate) fn is_local(caller: &Caller) -> bool {
    matches!(caller.origin().via, Via::Cli) && caller.origin().ip.is_none()
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auth").finish_non_exhaustive()
    }
}
