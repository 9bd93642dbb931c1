//! The one place where a request is let in or refused, before its body is read or its handler runs.
//!
//! Order: rate limit, credential, CSRF, obligations, kind of credential, permission. Which of these
//! apply is decided by the handler that was registered, never by comparing paths: the framework
//! matches decoded paths and a comparison would see raw ones (security research §0.5).

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest};
use dango_auth::Caller;

use crate::body;
use crate::credential::Credential;
use crate::csrf::{self, Authority};
use crate::doorway::Doorway;
use crate::facts::{Door, Facts};
use crate::form::{self, Fields};
use crate::limit::{self, Budget};
use crate::problem::Problem;
use crate::requirement::{Requirement, Who};

/// What the guard has to know about a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Post {
    /// Who may call it.
    pub requirement: Requirement,
    /// Which half of the server it is in.
    pub door: Door,
    /// Which rate limit counts its requests.
    pub budget: Budget,
}

/// Whoever asks, whether or not they may: forms on a page that explains a refusal are bound to them.
#[derive(Clone)]
pub(crate) struct Recognised {
    pub(crate) caller: Caller,
    /// What was checked about them, once they were let in.
    pub(crate) admitted: Option<Requirement>,
}

impl Recognised {
    /// The caller the guard let in, and what it checked.
    pub(crate) fn admitted(request: &HttpRequest) -> Option<(Caller, Requirement)> {
        let extensions = request.extensions();
        let found = extensions.get::<Self>()?;
        found
            .admitted
            .map(|checked| (found.caller.clone(), checked))
    }
}

/// Lets a request in or refuses it.
///
/// A form's body is read here, because its token decides; it is kept for the handler.
///
/// # Errors
/// 401, 403, 413, 415, 429, 503 with the code that says why.
pub async fn admit(
    request: &HttpRequest,
    payload: &mut Payload,
    post: Post,
) -> Result<(), Problem> {
    let_in(request, payload, post).await.map(|_| ())
}

/// The same; answers who was let in, where it mattered.
pub(crate) async fn let_in(
    request: &HttpRequest,
    payload: &mut Payload,
    post: Post,
) -> Result<Option<Caller>, Problem> {
    let doorway = Doorway::of(request)?;
    let asks = asks_who(request, post.requirement);
    let epoch = if asks || limit::counts(request, post.budget) {
        let epoch = doorway.epoch().await;
        Some(epoch.map_err(|error| doorway.problem(&error))?)
    } else {
        None
    };
    limit::spend(request, doorway, post.budget, epoch).await?;
    if post.requirement.who == Who::Everybody {
        let fields = fields(request, payload, post.door).await?;
        csrf::check(request, doorway, Authority::Ambient, None, fields.as_ref())?;
        return Ok(None);
    }
    let Some(epoch) = epoch.filter(|_| asks) else {
        return Ok(None);
    };
    let credential = Credential::of(request);
    let origin = Facts::of(request).shared_origin(post.door);
    let caller = credential.recognise(doorway, epoch, origin).await?;
    request.extensions_mut().insert(Recognised {
        caller: caller.clone(),
        admitted: None,
    });
    let fields = fields(request, payload, post.door).await?;
    let authority = if caller.is_system() && credential.authority() == Authority::Cookie {
        Authority::Ambient
    } else {
        credential.authority()
    };
    csrf::check(request, doorway, authority, Some(&caller), fields.as_ref())?;
    entitled(doorway, &caller, post.requirement).await?;
    if let Some(recognised) = request.extensions_mut().get_mut::<Recognised>() {
        recognised.admitted = Some(post.requirement);
    }
    Ok(Some(caller))
}

/// Whether it matters who asks: not where everybody may, nor for somebody on the machine itself where
/// that is enough.
fn asks_who(request: &HttpRequest, requirement: Requirement) -> bool {
    match requirement.who {
        Who::Everybody => false,
        Who::MachineOrPermission(_) => {
            !(Facts::of(request).limits_exempt && csrf::is_safe(request.method()))
        }
        _ => true,
    }
}

/// Checks what is known about a recognised caller against what the route asks.
pub(crate) async fn entitled(
    doorway: &Doorway,
    caller: &Caller,
    requirement: Requirement,
) -> Result<(), Problem> {
    if let Some(obligation) = caller.obligation()
        && (!requirement.while_obliged || caller.via_api_key())
    {
        return Err(doorway.problem(&dango_auth::Error::Obliged(obligation)));
    }
    if requirement.refuses_api_keys() && caller.via_api_key() {
        return Err(Problem::session_required());
    }
    match requirement.permission() {
        Some(permission) => permitted(doorway, caller, permission).await,
        None => Ok(()),
    }
}

/// A refusal is recorded, which takes the store; a permission that is held costs nothing.
pub(crate) async fn permitted(
    doorway: &Doorway,
    caller: &Caller,
    permission: &'static str,
) -> Result<(), Problem> {
    use dango_auth::core::policy::Scope;
    let rights = caller.rights();
    if rights.check(permission, Scope::Global).is_allowed() {
        return Ok(());
    }
    if rights.policy().catalog().find(permission).is_none() {
        tracing::error!(
            permission,
            "a route asks for a permission the policy does not know"
        );
        return Err(Problem::permission_denied(permission));
    }
    let caller = caller.clone();
    let refused = doorway
        .run(move |auth| auth.require(&caller, permission))
        .await;
    refused.map_err(|error| doorway.problem(&error))
}

/// The fields of a form, kept for the handler; the API takes no forms.
async fn fields(
    request: &HttpRequest,
    payload: &mut Payload,
    door: Door,
) -> Result<Option<Fields>, Problem> {
    if csrf::is_safe(request.method()) || !body::is_of_kind(request, form::MEDIA_TYPE) {
        return Ok(None);
    }
    if door == Door::Api {
        return Err(Problem::unsupported_media_type("application/json"));
    }
    let fields = Fields::parse(&body::read(request, payload).await?)?;
    request.extensions_mut().insert(fields.clone());
    Ok(Some(fields))
}

/// Middleware for a scope whose handlers have no gates: lets in whoever has signed in or presents an API
/// key, and checks unsafe requests for CSRF. For routes that take JSON.
///
/// ```no_run
/// use actix_web::{middleware::from_fn, web};
/// let scope = web::scope("/reports").wrap(from_fn(dango_auth_actix::guard::signed_in));
/// ```
///
/// # Errors
/// 401, 403, 413, 415, 429, 503 as [`admit`].
pub async fn signed_in<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    pass(request, next, Door::Api).await
}

/// Like [`signed_in`] for pages: forms are taken, and their token ([`csrf::form_token`]) is checked.
///
/// # Errors
/// As [`signed_in`].
pub async fn signed_in_pages<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    pass(request, next, Door::Pages).await
}

async fn pass<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
    door: Door,
) -> Result<ServiceResponse<B>, Error> {
    let post = Post {
        requirement: Requirement::of(Who::AnyCaller),
        door,
        budget: Budget::General,
    };
    let (http, payload) = request.parts_mut();
    admit(http, payload, post).await?;
    next.call(request).await
}
