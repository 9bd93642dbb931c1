//! One route for each of the 29 permissions.

use actix_web::http::Method;
use actix_web::{HttpRequest, web};
use dango_auth::core::permission::PermissionType;
use dango_auth::core::permission::builtin::types::{
    AuditView, AuthManage, ConfigManage, ConfigView, CsvDelete, CsvUpload, DashboardCreate,
    DashboardManage, DashboardView, DbtManage, DbtRun, DbtView, GovernanceManage, GovernanceView,
    HealthView, LogsView, NotebooksExecute, NotebooksManage, NotebooksView, PlatformManage,
    QueryExecute, SchedulerManage, SchedulerView, SourceManage, SourceSync, SourceView,
    SourceViewCredentials, UsersManage, UsersView,
};
use dango_auth_actix::{AllowedIn, FromQuery, Problem};

use crate::tables::{Tables, Thing};

/// Somebody with the permission `P` in the workspace of the query, or at top level without one.
type May<P> = AllowedIn<P, FromQuery>;

/// Registers the routes.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    use Method as M;
    see::<SourceView>(config, "/api/sources");
    see::<SourceViewCredentials>(config, "/api/sources/{name}/credentials");
    act::<SourceSync>(config, M::POST, "/api/sources/{name}/sync");
    act::<SourceManage>(config, M::PUT, "/api/sources/{name}");
    act::<CsvUpload>(config, M::POST, "/api/sources/{name}/csv");
    act::<CsvDelete>(config, M::DELETE, "/api/sources/{name}/csv");
    see::<DbtView>(config, "/api/models");
    act::<DbtRun>(config, M::POST, "/api/models/{name}/run");
    act::<DbtManage>(config, M::PUT, "/api/models/{name}");
    see::<DashboardView>(config, "/api/dashboards");
    act::<DashboardCreate>(config, M::POST, "/api/dashboards/{name}");
    act::<DashboardManage>(config, M::PUT, "/api/dashboards/{name}");
    act::<QueryExecute>(config, M::POST, "/api/queries/{name}");
    see::<HealthView>(config, "/api/services");
    see::<LogsView>(config, "/api/logs");
    act::<PlatformManage>(config, M::POST, "/api/services/{name}/restart");
    see::<ConfigView>(config, "/api/config");
    act::<ConfigManage>(config, M::PUT, "/api/config/{name}");
    see::<UsersView>(config, "/api/people");
    act::<UsersManage>(config, M::POST, "/api/people/{name}/welcome");
    act::<AuthManage>(config, M::PUT, "/api/sign-in-rules/{name}");
    see::<AuditView>(config, "/api/activity");
    see::<NotebooksView>(config, "/api/notebooks");
    act::<NotebooksExecute>(config, M::POST, "/api/notebooks/{name}/run");
    act::<NotebooksManage>(config, M::PUT, "/api/notebooks/{name}");
    see::<GovernanceView>(config, "/api/catalog");
    act::<GovernanceManage>(config, M::PUT, "/api/catalog/{name}");
    see::<SchedulerView>(config, "/api/schedules");
    act::<SchedulerManage>(config, M::PUT, "/api/schedules/{name}");
}

/// A route that lists the things of its kind in a workspace.
fn see<P: PermissionType>(config: &mut web::ServiceConfig, path: &str) {
    let list = async |user: May<P>, request: HttpRequest, tables: web::Data<Tables>| {
        let workspace = user.workspace().map(ToString::to_string);
        let (kind, name) = (kind(&request), name(&request));
        on_tables(move || tables.list(&kind, workspace.as_deref(), name.as_deref())).await
    };
    config.route(path, web::get().to(list));
}

/// A route that does something with one thing, which is to leave a row that says so.
fn act<P: PermissionType>(config: &mut web::ServiceConfig, method: Method, path: &str) {
    let record = async |user: May<P>, request: HttpRequest, tables: web::Data<Tables>| {
        let thing = Thing {
            kind: kind(&request),
            workspace: user.workspace().map(ToString::to_string),
            name: name(&request).unwrap_or_default(),
            last_act: P::NAME.to_owned(),
            by_whom: user.name().to_owned(),
        };
        on_tables(move || tables.put(thing)).await
    };
    config.route(path, web::method(method).to(record));
}

/// The kind of thing: the path's second word.
fn kind(request: &HttpRequest) -> String {
    let mut words = request.path().split('/').skip(2);
    words.next().unwrap_or_default().to_owned()
}

fn name(request: &HttpRequest) -> Option<String> {
    request.match_info().get("name").map(str::to_owned)
}

/// Runs a query on a thread that may wait.
async fn on_tables<T: serde::Serialize + Send + 'static>(
    query: impl FnOnce() -> diesel::QueryResult<T> + Send + 'static,
) -> Result<web::Json<T>, Problem> {
    match web::block(query).await {
        Ok(Ok(found)) => Ok(web::Json(found)),
        _ => Err(Problem::unavailable()),
    }
}
