//! Permissions for services that bring their own users: the policy decides, and refusals look as
//! everywhere. No store and no [`Doorway`](crate::Doorway) are needed.
//!
//! ```
//! use actix_web::{App, HttpRequest, web};
//! use dango_auth::core::permission::builtin::types::DbtRun;
//! use dango_auth::core::{Policy, role};
//! use dango_auth_actix::{OwnUser, OwnUsers, Permitted, Problem, Resolver};
//!
//! /// People as the service knows them: here, by a header that its own proxy sets.
//! struct ByHeader;
//!
//! impl Resolver for ByHeader {
//!     type User = String;
//!     async fn resolve(&self, request: &HttpRequest) -> Result<Option<OwnUser<String>>, Problem> {
//!         let name = request.headers().get("x-user").and_then(|name| name.to_str().ok());
//!         Ok(name.map(|name| OwnUser::new(name.to_owned(), role::OPERATOR)))
//!     }
//! }
//!
//! async fn run(user: Permitted<DbtRun, ByHeader>) -> String {
//!     format!("{} runs it", user.user())
//! }
//!
//! let app = App::new()
//!     .app_data(web::Data::new(OwnUsers::new(Policy::builtin(), ByHeader)))
//!     .route("/run", web::post().to(run));
//! ```
//!
//! CSRF is the service's own business here, since so is how its users are recognised.

use std::future::Future;
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use dango_auth::core::permission::PermissionType;
use dango_auth::core::policy::{Policy, PolicyError, Scope};
use dango_auth::core::{RoleName, WorkspaceAccess};
use futures_util::future::LocalBoxFuture;

use crate::problem::Problem;

/// Finds out who asks.
pub trait Resolver: 'static {
    /// The service's own user.
    type User: 'static;

    /// Looks a request's user up; `None` where nobody has signed in.
    ///
    /// # Errors
    /// Whatever kept it from looking, such as [`Problem::unavailable`].
    fn resolve(
        &self,
        request: &HttpRequest,
    ) -> impl Future<Output = Result<Option<OwnUser<Self::User>>, Problem>>;
}

/// A service's own user, with what the policy has to know.
#[derive(Clone, Debug)]
pub struct OwnUser<U> {
    /// The user.
    pub user: U,
    /// The role at top level.
    pub role: RoleName,
    /// Where that role counts, or which count where.
    pub access: WorkspaceAccess,
    /// Whether the account may do anything at all.
    pub active: bool,
}

impl<U> OwnUser<U> {
    /// An active user with one role everywhere.
    pub fn new(user: U, role: RoleName) -> Self {
        Self {
            user,
            role,
            access: WorkspaceAccess::Everywhere,
            active: true,
        }
    }
}

/// The policy and the way to the users, put into the app's data as `web::Data<OwnUsers<R>>`.
#[derive(Clone, Debug)]
pub struct OwnUsers<R> {
    policy: Policy,
    resolver: R,
}

impl<R: Resolver> OwnUsers<R> {
    /// Joins the two.
    pub fn new(policy: Policy, resolver: R) -> Self {
        Self { policy, resolver }
    }

    /// Checks at start that the policy knows a permission which handlers ask for.
    ///
    /// # Errors
    /// With the name that was probably meant.
    pub fn requiring<P: PermissionType>(self) -> Result<Self, PolicyError> {
        self.policy.typed::<P>()?;
        Ok(self)
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}

/// A user of the service's own who has the permission `P`; the way in for handlers.
#[derive(Clone, Debug)]
pub struct Permitted<P, R: Resolver> {
    found: OwnUser<R::User>,
    permission: PhantomData<P>,
}

impl<P, R: Resolver> Permitted<P, R> {
    /// The user.
    pub fn user(&self) -> &R::User {
        &self.found.user
    }

    /// The user, with role and access.
    pub fn into_own_user(self) -> OwnUser<R::User> {
        self.found
    }
}

impl<P: PermissionType, R: Resolver> FromRequest for Permitted<P, R> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let users = request.app_data::<web::Data<OwnUsers<R>>>().cloned();
            let users = users.ok_or_else(|| {
                tracing::error!("the app has no web::Data<OwnUsers<_>>");
                Problem::internal()
            })?;
            let found = users.resolver.resolve(&request).await?;
            let found = found.ok_or_else(|| Problem::unauthenticated(false))?;
            let policy = &users.policy;
            let subject = policy.subject(found.active, &found.role, &found.access);
            let decision = policy.check_name(&subject, P::NAME, Scope::Global);
            if !decision.is_allowed() {
                return Err(Problem::permission_denied(P::NAME));
            }
            Ok(Self {
                found,
                permission: PhantomData,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, rt};
    use dango_auth::core::permission::builtin::types::{DbtRun, UsersManage};
    use dango_auth::core::role;

    use super::*;

    struct ByHeader;

    impl Resolver for ByHeader {
        type User = String;

        async fn resolve(&self, request: &HttpRequest) -> Result<Option<OwnUser<String>>, Problem> {
            let name = request.headers().get("x-user");
            let name = name.and_then(|name| name.to_str().ok());
            Ok(name.map(|name| OwnUser {
                active: name != "gone",
                ..OwnUser::new(name.to_owned(), role::OPERATOR)
            }))
        }
    }

    async fn status(path: &str, user: Option<&str>) -> u16 {
        let users = OwnUsers::new(Policy::builtin(), ByHeader);
        let app = App::new()
            .app_data(web::Data::new(users))
            .route(
                "/run",
                web::get().to(|_: Permitted<DbtRun, ByHeader>| async { "ran" }),
            )
            .route(
                "/people",
                web::get().to(|_: Permitted<UsersManage, ByHeader>| async { "" }),
            );
        let request = TestRequest::get().uri(path);
        let request = match user {
            Some(user) => request.insert_header(("x-user", user)),
            None => request,
        };
        let app = init_service(app).await;
        call_service(&app, request.to_request())
            .await
            .status()
            .as_u16()
    }

    #[test]
    fn the_policy_decides_about_people_it_does_not_store() {
        rt::System::new().block_on(async {
            assert_eq!(status("/run", Some("ann")).await, 200);
            assert_eq!(status("/run", None).await, 401);
            assert_eq!(status("/run", Some("gone")).await, 403);
            assert_eq!(status("/people", Some("ann")).await, 403);
        });
    }
}
