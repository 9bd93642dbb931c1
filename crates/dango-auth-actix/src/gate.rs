//! Gates: the first parameter of a handler, which says who may call it.
//!
//! ```text
//! async fn list(caller: Allowed<UsersView>, query: Query<ListUsers>) -> Answer<Vec<UserObject>>
//! ```
//!
//! A gate can only be had from a request that the guard let in, so a handler cannot be registered for
//! callers it does not name. Where a handler is registered without [`crate::guard::admit`] in front,
//! the gate calls it itself.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::ops::Deref;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use dango_auth::Caller;
use dango_auth::core::audit::Origin;
use dango_auth::core::permission::PermissionType;
use futures_util::future::LocalBoxFuture;

use crate::doorway::Doorway;
use crate::facts::{Door, Facts};
use crate::guard::{Post, Recognised, entitled, let_in};
use crate::limit::Budget;
use crate::problem::Problem;
use crate::requirement::{Requirement, Who};

/// A handler's first parameter: who may call it.
pub trait Gate: FromRequest {
    /// What the guard checks.
    const REQUIREMENT: Requirement;
}

/// The caller the guard let in, if the route asked for one.
pub fn admitted(request: &HttpRequest) -> Option<Caller> {
    Recognised::admitted(request).map(|(caller, _)| caller)
}

/// Everybody may call this; no credential was looked at.
#[derive(Clone, Debug)]
pub struct Everybody {
    facts: Rc<Facts>,
}

impl Everybody {
    /// What is known about the request.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Where the request comes from.
    pub fn origin(&self, door: Door) -> Origin {
        self.facts.origin(door)
    }
}

impl FromRequest for Everybody {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self {
            facts: Facts::of(request),
        }))
    }
}

impl Gate for Everybody {
    const REQUIREMENT: Requirement = Requirement::EVERYBODY;
}

/// Finds the admitted caller, or asks the guard.
pub(crate) async fn enter(
    request: &HttpRequest,
    requirement: Requirement,
) -> Result<Caller, Problem> {
    if let Some((caller, checked)) = Recognised::admitted(request) {
        // Another gate than the one the guard stood for: what it asks is checked as well.
        if checked != requirement {
            entitled(Doorway::of(request)?, &caller, requirement).await?;
        }
        return Ok(caller);
    }
    // The body belongs to another extractor, so a form's token cannot be read here and an unsafe
    // form is refused: forms work where the guard stands in front.
    let mut payload = Payload::None;
    let post = Post {
        requirement,
        door: Door::Api,
        budget: Budget::General,
    };
    let caller = let_in(request, &mut payload, post).await?;
    caller.ok_or_else(Problem::internal)
}

macro_rules! gate {
    ($(#[$doc:meta])* $name:ident $(<$parameter:ident>)? = $requirement:expr) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name$(<$parameter>)?(Caller $(, PhantomData<$parameter>)?);

        impl$(<$parameter>)? Deref for $name$(<$parameter>)? {
            type Target = Caller;

            fn deref(&self) -> &Caller {
                &self.0
            }
        }

        impl$(<$parameter>)? $name$(<$parameter>)? {
            /// The caller.
            pub fn into_caller(self) -> Caller {
                self.0
            }
        }

        impl$(<$parameter: PermissionType>)? FromRequest for $name$(<$parameter>)? {
            type Error = Problem;
            type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let request = request.clone();
                Box::pin(async move {
                    let caller = enter(&request, <Self as Gate>::REQUIREMENT).await?;
                    Ok(Self(caller $(, PhantomData::<$parameter>)?))
                })
            }
        }

        impl$(<$parameter: PermissionType>)? Gate for $name$(<$parameter>)? {
            const REQUIREMENT: Requirement = $requirement;
        }
    };
}

gate! {
    /// Whoever has signed in or presents an API key.
    CurrentCaller = Requirement::of(Who::AnyCaller)
}
/// Whoever has signed in or presents an API key, under the name services know it by.
pub type CurrentUser = CurrentCaller;

gate! {
    /// Like [`CurrentCaller`], also for people who have to do something else first: their own profile.
    ObligedCaller = Requirement::even_obliged(Who::AnyCaller)
}
gate! {
    /// Whoever has signed in; an API key is refused with `session_required`.
    SessionCaller = Requirement::of(Who::Session)
}
gate! {
    /// Like [`SessionCaller`], also for people who have to do something else first: that something.
    ObligedSession = Requirement::even_obliged(Who::Session)
}
gate! {
    /// Whoever has the permission `P`.
    Allowed<P> = Requirement::of(Who::Permission(P::NAME))
}
gate! {
    /// Whoever has signed in and has the permission `P`; an API key is refused.
    AllowedBySession<P> = Requirement::of(Who::PermissionBySession(P::NAME))
}

/// Somebody on the machine itself, or whoever has the permission `P`.
#[derive(Clone, Debug)]
pub struct MachineOr<P>(PhantomData<P>);

impl<P: PermissionType> FromRequest for MachineOr<P> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if Facts::of(request).limits_exempt {
            return Box::pin(ready(Ok(Self(PhantomData))));
        }
        let request = request.clone();
        Box::pin(async move {
            let entering = enter(&request, <Self as Gate>::REQUIREMENT);
            entering.await.map(|_| Self(PhantomData))
        })
    }
}

impl<P: PermissionType> Gate for MachineOr<P> {
    const REQUIREMENT: Requirement = Requirement::of(Who::MachineOrPermission(P::NAME));
}
