//! Making a project with its first admin.

use std::path::PathBuf;

use dango_auth::StoreError;
use dango_auth::core::audit::Via;
use dango_auth::core::name::{EmailAddress, Username};
use dango_auth::core::password::{Password, PasswordRules};
use dango_auth::core::secret::Secret;
use dango_auth::settings::{Profile, Settings, Sources};
use dango_auth::setup::{Bootstrapped, FirstPassword};
use dango_auth::{Auth, Environment, OpenError, Project, ProjectErrorKind};

use super::{Local, open};
use crate::arguments::Global;
use crate::door::{Answer, InitOutcome};
use crate::exit::Exit;
use crate::fault::Fault;

/// A project to make, with what files and environment say about it already.
pub(crate) struct NewProject<'a> {
    folder: PathBuf,
    profile: Option<Profile>,
    global: &'a Global,
    settings: Settings,
}

/// Who can sign in first.
pub(crate) struct FirstAdmin {
    /// The address, which is the login name too.
    pub(crate) email: EmailAddress,
    /// The password; one is made when there is none.
    pub(crate) password: Option<Password>,
}

impl<'a> NewProject<'a> {
    /// Looks at what is there; nothing is made.
    ///
    /// # Errors
    /// When the configuration is wrong.
    pub(crate) fn look(
        folder: Option<PathBuf>,
        profile: Option<Profile>,
        global: &'a Global,
    ) -> Answer<Self> {
        let folder = open::folder(folder, global);
        let file = folder.join(".dango").join("project.yml");
        let settings = Settings::load(&Sources::new(Environment::of_process()).with_file(file))?;
        Ok(Self {
            folder,
            profile,
            global,
            settings,
        })
    }

    /// The installation, when there is one already.
    ///
    /// # Errors
    /// When there is one that cannot be used.
    pub(crate) fn existing(&self) -> Answer<Option<Local>> {
        let project = match Project::at(&self.folder) {
            Ok(project) => project,
            Err(error) if error.kind() == ProjectErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        match Auth::open(open::options(project, self.global)) {
            Ok(auth) => Ok(Some(Local::new(auth))),
            Err(OpenError::Store(StoreError::Missing { .. })) => Ok(None),
            // Without a key there is nothing yet, or else making the project will say what is wrong.
            Err(OpenError::Project(error)) if error.kind() == ProjectErrorKind::KeyMissing => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The first admin's address as files or environment give it.
    pub(crate) fn email(&self) -> Option<EmailAddress> {
        self.settings.initial_admin.email.clone()
    }

    /// The first admin's password as files or environment give it.
    pub(crate) fn password(&self) -> Option<Secret> {
        self.settings.initial_admin.password.clone()
    }

    /// Checks a password chosen for somebody with this address.
    ///
    /// # Errors
    /// With what the password lacks.
    pub(crate) fn check_password(&self, secret: &Secret, email: &EmailAddress) -> Answer<Password> {
        let password = Password::new(secret.expose())
            .map_err(|error| Fault::invalid("weak_password", error.to_string()))?;
        let rules = PasswordRules::new(self.settings.password.min_length, 0)
            .map_err(|error| Fault::invalid("invalid_configuration", error.to_string()))?;
        rules.check(&password, &[email.as_str()]).map_err(|weak| {
            Fault::invalid("weak_password", "the password is too weak").with_issues(weak.issues())
        })?;
        Ok(password)
    }

    /// Makes folder, key, database and first admin; what is there already stays.
    ///
    /// # Errors
    /// When something cannot be made, or somebody else was faster.
    pub(crate) fn make(self, admin: FirstAdmin) -> Answer<InitOutcome> {
        let local = self.open_creating()?;
        let username = Username::from(admin.email.clone());
        let password = admin
            .password
            .map_or(FirstPassword::Generated, FirstPassword::Chosen);
        let made =
            local
                .auth
                .setup()
                .bootstrap(&username, Some(admin.email), password, Via::Cli)?;
        local.outcome(Some(&made))
    }

    /// Repairs what `init` makes, and switches sign-in on; no user is touched.
    ///
    /// # Errors
    /// When something cannot be repaired.
    pub(crate) fn make_again(self) -> Answer<InitOutcome> {
        let local = self.open_creating()?;
        local.set_enabled(true)?;
        local.outcome(None)
    }

    fn open_creating(&self) -> Answer<Local> {
        let (project, _) = Project::create(&self.folder)?;
        if let Some(profile) = self.profile
            && !project.write_profile(profile)?
            && self.settings.profile != profile
        {
            let file = project.settings_file();
            let message = format!(
                "{} is there already; set auth.profile in it",
                file.display()
            );
            return Err(Fault::new(Exit::Refused, "configuration_exists", message));
        }
        Ok(Local::new(Auth::open(
            open::options(project, self.global).creating(),
        )?))
    }
}

impl Local {
    /// What there is after `init`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) fn outcome(&self, made: Option<&Bootstrapped>) -> Answer<InitOutcome> {
        let generated = made.and_then(|made| made.generated.as_ref());
        Ok(InitOutcome {
            project: self
                .auth
                .project()
                .map(|project| project.root().to_owned())
                .unwrap_or_default(),
            created: made.is_some(),
            enabled: self.is_enabled()?,
            user: made.map(|made| self.object(&made.user)).transpose()?,
            temp_password: generated.map(|secret| secret.expose().to_owned()),
        })
    }
}
