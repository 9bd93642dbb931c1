//! People.

use actix_web::HttpRequest;
use actix_web::http::header::LOCATION;
use dango_auth::core::Secret;
use dango_auth::core::id::UserId;
use dango_auth::core::permission::builtin::types::UsersManage;
use dango_auth::ports::UserRow;
use dango_auth::users::{
    Confirmation, CreateUser, Created as Made, FirstCredential, ResetPassword, Revision,
};
use dango_auth::{Auth, Error};
use dango_auth_actix::extract::{Id, Json, Query};
use dango_auth_actix::problem::V1;
use dango_auth_actix::{Allowed, Doorway, Empty, Refusal, Reply};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Answer;
use super::view::{Message, User, UserAnswer};
use crate::api::access::AccessBody;
use crate::api::fields;
use crate::api::idempotency::{Created, Once, OnceAnswer};
use crate::api::page::next_link;
use crate::api::people::PeopleQuery;
use crate::api::precondition::{IfMatch, etag};
use crate::api::show::Light;
use crate::route::Route;

/// One page of people.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Users {
    users: Vec<User>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A person to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({"username": "alice", "password": "min-8-chars", "role": "viewer", "workspaceAccess": {"all": false, "grants": [{"workspace": "ops", "role": "operator"}, {"workspace": "prod", "role": "viewer"}]}}))]
struct NewUser {
    #[schema(example = "alice", max_length = 254)]
    username: String,
    email: Option<String>,
    /// Works at once.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 1024)]
    password: Secret,
    #[schema(example = "developer")]
    role: String,
    /// Everywhere without.
    workspace_access: Option<AccessBody>,
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({"role": "manager", "isDisabled": false}))]
struct UserChanges {
    username: Option<String>,
    email: Option<String>,
    role: Option<String>,
    workspace_access: Option<AccessBody>,
    is_disabled: Option<bool>,
}

/// A password for somebody else.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({"newPassword": "another good one"}))]
struct NewPassword {
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 1024)]
    new_password: Secret,
    /// True without.
    must_change_password: Option<bool>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/users", "v1ListUsers", list).summary("People, oldest account first."),
        Route::post("/api/v1/users", "v1CreateUser", create)
            .summary("Add a person with a password.")
            .writes(&["user_created", "workspace_created"])
            .refuses(&[409, 503]),
        Route::get("/api/v1/users/{id}", "v1GetUser", get).summary("One person, with ETag."),
        Route::patch("/api/v1/users/{id}", "v1ReviseUser", revise)
            .summary("Change a person, all given members or none.")
            .writes(&[
                "user_renamed",
                "role_changed",
                "workspace_access_changed",
                "workspace_created",
                "user_deactivated",
                "user_reactivated",
            ])
            .refuses(&[403, 409]),
        Route::delete("/api/v1/users/{id}", "v1DeleteUser", delete)
            .summary("Remove a person for good; their history stays.")
            .writes(&["user_deleted"])
            .refuses(&[403, 409]),
        Route::post(
            "/api/v1/users/{id}/reset-password",
            "v1ResetPassword",
            reset_password,
        )
        .summary("Set somebody's password; all their sessions end.")
        .writes(&["password_reset"])
        .refuses(&[503]),
    ]
}

async fn list(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    request: HttpRequest,
    Query(query): Query<PeopleQuery>,
) -> Answer<Users> {
    let caller = caller.into_caller();
    let page = doorway
        .run(move |auth| {
            let (page, next_cursor) = query.run(auth, &caller)?;
            let users: Result<Vec<_>, _> =
                page.rows.iter().map(|row| User::new(row, auth)).collect();
            Ok(Users {
                users: users?,
                next_cursor,
            })
        })
        .await?;
    let link = next_link(&request, page.next_cursor.as_deref());
    Ok(Reply::new(page).with_all(link))
}

async fn create(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    once: Once,
    Json(body): Json<NewUser>,
) -> OnceAnswer<UserAnswer, V1> {
    let caller = caller.into_caller();
    let asked = caller.clone();
    let prefix = doorway.prefix().to_owned();
    once.answer(&doorway, &asked, move |auth, asked| {
        let request = body.into_request(auth)?;
        let light = Light::now(auth)?;
        asked.make(
            |made: &Made| answer(&prefix, light, &made.user),
            |once| auth.users().create_once(&caller, request, once),
        )
    })
    .await
}

fn answer(prefix: &str, light: Light, row: &UserRow) -> Created<UserAnswer> {
    let location = format!("{prefix}/api/v1/users/{}", row.user.id);
    let tag = format!("\"{}\"", row.user.version.get());
    Created {
        body: UserAnswer {
            user: User::under(light, row),
        },
        headers: vec![(LOCATION.to_string(), location), ("etag".to_owned(), tag)],
    }
}

async fn get(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
) -> Answer<UserAnswer> {
    let caller = caller.into_caller();
    shown(&doorway, move |auth| auth.users().get(&caller, id)).await
}

async fn revise(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
    IfMatch(version): IfMatch,
    Json(body): Json<UserChanges>,
) -> Answer<UserAnswer> {
    let caller = caller.into_caller();
    let change = move |auth: &Auth| {
        let revision = body.into_revision(auth)?;
        Ok(auth.users().revise(&caller, id, &revision, version)?.value)
    };
    shown(&doorway, change).await
}

async fn delete(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
) -> Result<Empty, Refusal<V1>> {
    let caller = caller.into_caller();
    doorway
        .run(move |auth| auth.users().delete(&caller, id, &Confirmation::Given))
        .await?;
    Ok(Empty::new())
}

async fn reset_password(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    Id(id): Id<UserId>,
    Json(body): Json<NewPassword>,
) -> Answer<Message> {
    let how = ResetPassword::Given {
        password: fields::password("newPassword", body.new_password)?,
        must_change: body.must_change_password.unwrap_or(true),
    };
    let caller = caller.into_caller();
    doorway
        .run(move |auth| auth.users().reset_password(&caller, id, how, false))
        .await?;
    Ok(Reply::new(Message {
        message: "Password reset",
    }))
}

/// Runs a use case that gives a person, and shows the person with their version.
async fn shown(
    doorway: &Doorway,
    find: impl FnOnce(&Auth) -> Result<UserRow, Error> + Send + 'static,
) -> Answer<UserAnswer> {
    let (user, version) = doorway
        .run(move |auth| {
            let row = find(auth)?;
            Ok((User::new(&row, auth)?, row.user.version))
        })
        .await?;
    Ok(Reply::new(UserAnswer { user }).with_all(etag(version)))
}

impl NewUser {
    fn into_request(self, auth: &Auth) -> Result<CreateUser, Error> {
        let username = fields::username("username", &self.username)?;
        let email = self
            .email
            .as_deref()
            .map(|email| fields::email("email", email))
            .transpose()?;
        let password = fields::password("password", self.password)?;
        Ok(CreateUser {
            email,
            username,
            role: auth.parse_role(&self.role)?,
            access: self.workspace_access.map(Into::into),
            first: FirstCredential::Password {
                password,
                must_change: false,
            },
        })
    }
}

impl UserChanges {
    fn into_revision(self, auth: &Auth) -> Result<Revision, Error> {
        let username = self.username.as_deref();
        let email = self.email.as_deref();
        Ok(Revision {
            username: username
                .map(|text| fields::username("username", text))
                .transpose()?,
            email: email.map(|text| fields::email("email", text)).transpose()?,
            role: self
                .role
                .as_deref()
                .map(|role| auth.parse_role(role))
                .transpose()?,
            access: self.workspace_access.map(Into::into),
            active: self.is_disabled.map(|disabled| !disabled),
        })
    }
}
