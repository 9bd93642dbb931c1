//! A permission in a workspace that the request names: in its path, its query or a header.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use dango_auth::Caller;
use dango_auth::core::WorkspaceName;
use dango_auth::core::permission::PermissionType;
use dango_auth::core::policy::Scope;
use futures_util::future::LocalBoxFuture;

use crate::doorway::Doorway;
use crate::form::Fields;
use crate::gate::{Gate, enter};
use crate::problem::Problem;
use crate::requirement::{Requirement, Who};

/// Where a request names its workspace.
pub trait WorkspaceSource: 'static {
    /// The name as it was written; `None` where the request names none.
    ///
    /// # Errors
    /// 400 when it cannot be read.
    fn name(request: &HttpRequest) -> Result<Option<String>, Problem>;
}

/// The path's `{workspace}`.
#[derive(Clone, Copy, Debug)]
pub enum FromPath {}

/// The query's `workspace=`.
#[derive(Clone, Copy, Debug)]
pub enum FromQuery {}

/// The header `X-Workspace`.
#[derive(Clone, Copy, Debug)]
pub enum FromHeader {}

/// The variable, parameter or member that holds the name.
const NAME: &str = "workspace";
/// The header that holds the name.
const HEADER: &str = "x-workspace";

impl WorkspaceSource for FromPath {
    fn name(request: &HttpRequest) -> Result<Option<String>, Problem> {
        // A route without the variable is a fault of its assembly; it must not count as "anywhere".
        let name = request.match_info().get(NAME).unwrap_or_default();
        Ok(Some(name.to_owned()))
    }
}

impl WorkspaceSource for FromQuery {
    fn name(request: &HttpRequest) -> Result<Option<String>, Problem> {
        let pairs = Fields::parse(request.query_string().as_bytes())?.into_pairs();
        one(pairs
            .into_iter()
            .filter(|(name, _)| name == NAME)
            .map(|(_, value)| value))
    }
}

impl WorkspaceSource for FromHeader {
    fn name(request: &HttpRequest) -> Result<Option<String>, Problem> {
        let lines = request.headers().get_all(HEADER);
        one(lines.map(|line| line.to_str().unwrap_or_default().to_owned()))
    }
}

/// SECURITY: two names are refused, because somebody else may look at the other one.
fn one(mut names: impl Iterator<Item = String>) -> Result<Option<String>, Problem> {
    let first = names.next();
    match names.next() {
        None => Ok(first),
        Some(_) => Err(Problem::invalid_field(NAME, "duplicate", "is given twice")),
    }
}

/// Whoever has the permission `P` in the workspace that the request names, or at top level where it
/// names none.
///
/// ```
/// use actix_web::{Responder, web};
/// use dango_auth::core::permission::builtin::types::SourceSync;
/// use dango_auth_actix::{AllowedIn, FromPath};
///
/// async fn sync(caller: AllowedIn<SourceSync, FromPath>) -> impl Responder {
///     format!("{} syncs in {:?}", caller.name(), caller.workspace())
/// }
/// let resource = web::resource("/workspaces/{workspace}/sync").route(web::post().to(sync));
/// ```
///
/// Refusals: 404 for a workspace the caller does not see, as if it did not exist; 403 for one in which
/// the permission is not held, with a trace in the audit log; 400 for what cannot be a name.
pub struct AllowedIn<P, W = FromPath> {
    caller: Caller,
    workspace: Option<WorkspaceName>,
    place: PhantomData<(P, W)>,
}

impl<P, W> AllowedIn<P, W> {
    /// The workspace; `None` where the request names none.
    pub fn workspace(&self) -> Option<&WorkspaceName> {
        self.workspace.as_ref()
    }

    /// The caller.
    pub fn into_caller(self) -> Caller {
        self.caller
    }
}

impl<P, W> fmt::Debug for AllowedIn<P, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AllowedIn")
            .field("caller", &self.caller)
            .field("workspace", &self.workspace)
            .finish()
    }
}

impl<P, W> Deref for AllowedIn<P, W> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<P: PermissionType, W: WorkspaceSource> FromRequest for AllowedIn<P, W> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let caller = enter(&request, <Self as Gate>::REQUIREMENT).await?;
            let workspace = W::name(&request)?
                .map(|name| WorkspaceName::parse(&name))
                .transpose()
                .map_err(|error| Problem::invalid_field(NAME, error.code(), error.to_string()))?;
            let doorway = Doorway::of(&request)?;
            check(doorway, &caller, P::NAME, workspace.as_ref()).await?;
            Ok(Self {
                caller,
                workspace,
                place: PhantomData,
            })
        })
    }
}

impl<P: PermissionType, W: WorkspaceSource> Gate for AllowedIn<P, W> {
    const REQUIREMENT: Requirement = Requirement::of(Who::AnyCaller);
}

/// A permission that is held costs nothing; a refusal is recorded, which takes the store.
async fn check(
    doorway: &Doorway,
    caller: &Caller,
    permission: &'static str,
    workspace: Option<&WorkspaceName>,
) -> Result<(), Problem> {
    let rights = caller.rights();
    if workspace.is_some_and(|workspace| !rights.sees(workspace)) {
        return Err(Problem::not_found());
    }
    let scope = workspace.map_or(Scope::Global, Scope::Workspace);
    if rights.check(permission, scope).is_allowed() {
        return Ok(());
    }
    let (caller, workspace) = (caller.clone(), workspace.map(WorkspaceName::to_string));
    let recorded = doorway
        .run(move |auth| auth.decide_and_record(&caller, permission, workspace.as_deref()))
        .await;
    let decision = recorded.map_err(|error| doorway.problem(&error))?;
    if decision.is_allowed() {
        return Ok(());
    }
    Err(Problem::permission_denied(permission))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn query(text: &str) -> Result<Option<String>, Problem> {
        let uri = format!("/x?{text}");
        FromQuery::name(&TestRequest::get().uri(&uri).to_http_request())
    }

    #[test]
    fn a_query_names_one_workspace_or_none() {
        assert_eq!(query("a=b").unwrap(), None);
        assert_eq!(query("a=b&workspace=sales").unwrap(), Some("sales".into()));
        assert_eq!(query("workspace=").unwrap(), Some(String::new()));
        assert_eq!(query("workspace=a&workspace=b").unwrap_err().status(), 400);
    }

    #[test]
    fn a_header_names_one_workspace_or_none() {
        let named = |values: &[&str]| {
            let with = |request: TestRequest, value: &&str| request.append_header((HEADER, *value));
            let request = values.iter().fold(TestRequest::get(), with);
            FromHeader::name(&request.to_http_request())
        };
        assert_eq!(named(&[]).unwrap(), None);
        assert_eq!(named(&["sales"]).unwrap(), Some("sales".into()));
        assert!(named(&["a", "b"]).is_err());
    }

    #[test]
    fn a_path_without_the_variable_names_what_no_workspace_can_be_called() {
        let name = FromPath::name(&TestRequest::get().to_http_request()).unwrap();
        assert!(WorkspaceName::parse(&name.unwrap()).is_err());
    }
}
