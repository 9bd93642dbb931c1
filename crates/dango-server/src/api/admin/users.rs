//! People: listing, looking up, adding.

use actix_web::HttpRequest;
use dango_auth::core::id::UserId;
use dango_auth::core::permission::builtin::types::{UsersManage, UsersView};
use dango_auth::users::{CreateUser, Created, CreatedSecret, FirstCredential};
use dango_auth::view::{CreatedUserObject, UserObject};
use dango_auth::{Auth, Error};
use dango_auth_actix::extract::{Id, Json, Query};
use dango_auth_actix::{Allowed, Doorway, Reply};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::access::AccessBody;
use crate::api::idempotency::{Once, OnceAnswer};
use crate::api::page::next_link;
use crate::api::people::PeopleQuery;
use crate::api::show::{self, Light};
use crate::api::{Answer, fields};
use crate::route::Route;

/// A person to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ann@example.org", "role": "editor"}))]
struct NewPerson {
    /// The address, which is the login name too.
    #[schema(example = "ann@example.org", max_length = 254)]
    email: String,
    /// The top-level role; `viewer` without.
    #[schema(example = "editor")]
    role: Option<String>,
    /// Make a temporary password instead of an invite link.
    #[serde(default)]
    generate_password: bool,
    /// Workspace access; everywhere without.
    workspace_access: Option<AccessBody>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/admin/users", "listUsers", list).summary("People, oldest account first."),
        Route::post("/api/admin/users", "createUser", create)
            .summary("Add a person, by invite link or with a temporary password.")
            .writes(&["user_created", "invite_resent", "workspace_created"])
            .refuses(&[409, 503]),
        Route::get("/api/admin/users/{id}", "getUser", get).summary("One person."),
    ]
}

async fn list(
    caller: Allowed<UsersView>,
    doorway: Doorway,
    request: HttpRequest,
    Query(query): Query<PeopleQuery>,
) -> Answer<Vec<UserObject>> {
    let caller = caller.into_caller();
    let (users, next) = doorway
        .run(move |auth| {
            let (page, next) = query.run(auth, &caller)?;
            let users: Result<Vec<_>, _> =
                page.rows.iter().map(|row| show::user(auth, row)).collect();
            Ok((users?, next))
        })
        .await?;
    let link = next_link(&request, next.as_deref());
    Ok(Reply::new(users).with_all(link))
}

async fn get(
    caller: Allowed<UsersView>,
    doorway: Doorway,
    Id(id): Id<UserId>,
) -> Answer<UserObject> {
    let caller = caller.into_caller();
    let user = doorway
        .run(move |auth| show::user(auth, &auth.users().get(&caller, id)?))
        .await?;
    Ok(Reply::new(user))
}

async fn create(
    caller: Allowed<UsersManage>,
    doorway: Doorway,
    once: Once,
    Json(body): Json<NewPerson>,
) -> OnceAnswer<CreatedUserObject> {
    let base_url = doorway.base_url();
    let caller = caller.into_caller();
    let asked = caller.clone();
    once.answer(&doorway, &asked, move |auth, asked| {
        let request = body.into_request(auth, base_url)?;
        let light = Light::now(auth)?;
        asked.make(
            |created| shown(light, created).into(),
            |once| auth.users().create_once(&caller, request, once),
        )
    })
    .await
}

impl NewPerson {
    fn into_request(self, auth: &Auth, base_url: String) -> Result<CreateUser, Error> {
        let email = fields::email("email", &self.email)?;
        Ok(CreateUser {
            username: fields::username("email", email.as_str())?,
            email: Some(email),
            role: auth.parse_role(self.role.as_deref().unwrap_or("viewer"))?,
            access: self.workspace_access.map(Into::into),
            first: if self.generate_password {
                FirstCredential::TemporaryPassword
            } else {
                FirstCredential::Invite {
                    base_url: Some(base_url),
                }
            },
        })
    }
}

fn shown(light: Light, created: &Created) -> CreatedUserObject {
    let (invite_url, temp_password) = match &created.secret {
        Some(CreatedSecret::Invite(invite)) => (Some(invite.url.clone()), None),
        Some(CreatedSecret::TemporaryPassword(secret)) => (None, Some(secret.expose().to_owned())),
        None => (None, None),
    };
    CreatedUserObject {
        user: light.user(&created.user),
        invite_url,
        temp_password,
    }
}
