//! Doing what the page of a person offers.

use dango_auth::core::id::UserId;
use dango_auth::core::permission::builtin::types::UsersManage;
use dango_auth::ports::UserRow;
use dango_auth::users::{Confirmation, IssuedInvite, ResetDone, ResetPassword};
use dango_auth::{Auth, Caller, Error, Outcome};
use dango_auth_actix::AllowedBySession;
use dango_auth_actix::extract::Id;

use super::complaint::{Complaint, is_about_the_form};
use super::done::Done;
use super::once::once;
use super::reader::{Answer, Reader};
use super::sent::Sent;
use super::user::{self, Shown};
use super::user_act::UserAct;
use super::user_secret::Made;
use crate::route::{Group, Route};

type MayManage = AllowedBySession<UsersManage>;

pub(super) fn routes() -> Vec<Route> {
    let routes = [
        Route::post(
            "/settings/users/{id}/resend-invite",
            "resendInviteForm",
            resend_invite,
        )
        .writes(&["invite_resent"]),
        Route::post(
            "/settings/users/{id}/reset-password",
            "resetPasswordForm",
            reset_password,
        )
        .writes(&["password_reset", "api_key_revoked"]),
        Route::post(
            "/settings/users/{id}/reset-second-factor",
            "resetFactorForm",
            reset_factor,
        )
        .writes(&["two_fa_reset"]),
        Route::post("/settings/users/{id}/unlock", "unlockForm", unlock)
            .writes(&["account_unlocked"]),
        Route::post(
            "/settings/users/{id}/end-sessions",
            "endSessionsForm",
            end_sessions,
        )
        .writes(&["sessions_revoked"]),
        Route::post(
            "/settings/users/{id}/deactivate",
            "deactivateForm",
            deactivate,
        )
        .writes(&["user_deactivated"]),
        Route::post(
            "/settings/users/{id}/reactivate",
            "reactivateForm",
            reactivate,
        )
        .writes(&["user_reactivated"]),
        Route::post("/settings/users/{id}/delete", "deleteUserForm", delete)
            .writes(&["user_deleted"]),
    ];
    routes.map(|route| route.group(Group::Pages)).into()
}

async fn resend_invite(_: MayManage, reader: Reader, Id(id): Id<UserId>, sent: Sent) -> Answer {
    let base_url = reader.doorway.base_url();
    let made = |(done, invite): &(Outcome<UserRow>, IssuedInvite)| {
        Ok(Made::invite(&done.value.user, invite.url.clone()))
    };
    let made = once(&reader, &sent, made, move |auth, caller, once| {
        auth.invites()
            .resend_once(caller, id, Some(&base_url), Some(once))
    });
    shown(&reader, id, UserAct::ResendInvite, made.await).await
}

async fn reset_password(_: MayManage, reader: Reader, Id(id): Id<UserId>, sent: Sent) -> Answer {
    let revoke_keys = sent.is_set("revoke_api_keys");
    let made = |done: &ResetDone| {
        let secret = done.temporary.as_ref();
        let secret = secret.ok_or(Error::Internal("a reset made no password"))?;
        Ok(Made::password(&done.user.user, secret.expose().to_owned()))
    };
    let made = once(&reader, &sent, made, move |auth, caller, once| {
        let how = ResetPassword::Generate;
        auth.users()
            .reset_password_once(caller, id, how, revoke_keys, Some(once))
    });
    shown(&reader, id, UserAct::ResetPassword, made.await).await
}

async fn shown(reader: &Reader, id: UserId, act: UserAct, made: Result<Made, Error>) -> Answer {
    match made {
        Ok(made) => reader.page(&made.page(reader)?),
        Err(error) => refused(reader, id, act, error).await,
    }
}

async fn reset_factor(_: MayManage, reader: Reader, Id(id): Id<UserId>) -> Answer {
    change(
        reader,
        id,
        UserAct::ResetSecondFactor,
        Done::FactorReset,
        move |auth, caller| Ok(auth.users().reset_second_factor(caller, id)?.changed),
    )
    .await
}

async fn unlock(_: MayManage, reader: Reader, Id(id): Id<UserId>) -> Answer {
    change(
        reader,
        id,
        UserAct::Unlock,
        Done::Unlocked,
        move |auth, caller| Ok(auth.users().unlock(caller, id)?.changed),
    )
    .await
}

async fn end_sessions(_: MayManage, reader: Reader, Id(id): Id<UserId>) -> Answer {
    change(
        reader,
        id,
        UserAct::EndSessions,
        Done::SessionsEnded,
        move |auth, caller| Ok(auth.users().revoke_sessions(caller, id)? > 0),
    )
    .await
}

async fn deactivate(_: MayManage, reader: Reader, Id(id): Id<UserId>) -> Answer {
    change(
        reader,
        id,
        UserAct::Deactivate,
        Done::Deactivated,
        move |auth, caller| Ok(auth.users().deactivate(caller, id)?.changed),
    )
    .await
}

async fn reactivate(_: MayManage, reader: Reader, Id(id): Id<UserId>) -> Answer {
    change(
        reader,
        id,
        UserAct::Reactivate,
        Done::Reactivated,
        move |auth, caller| Ok(auth.users().reactivate(caller, id)?.changed),
    )
    .await
}

async fn delete(_: MayManage, reader: Reader, Id(id): Id<UserId>, sent: Sent) -> Answer {
    let typed = Confirmation::Typed(sent.get("confirm").to_owned());
    match reader
        .act(move |auth, caller| auth.users().delete(caller, id, &typed))
        .await
    {
        // Gone already: that is what was wanted.
        Ok(_) | Err(Error::NotFound { .. }) => Ok(reader.tell(Done::Deleted, "/settings/users")),
        Err(error) => refused(&reader, id, UserAct::Delete, error).await,
    }
}

/// Does it, and says so on the person's page.
async fn change<F>(reader: Reader, id: UserId, act: UserAct, done: Done, call: F) -> Answer
where
    F: FnOnce(&Auth, &Caller) -> Result<bool, Error> + Send + 'static,
{
    match reader.act(call).await {
        Ok(changed) => {
            let done = if changed { done } else { Done::NothingChanged };
            Ok(reader.tell(done, &format!("/settings/users/{id}")))
        }
        Err(error) => refused(&reader, id, act, error).await,
    }
}

/// Shows the person's page again with the form open and the reason beside it.
async fn refused(reader: &Reader, id: UserId, act: UserAct, error: Error) -> Answer {
    if !is_about_the_form(&error) {
        return Err(reader.doorway.problem(&error));
    }
    let complaint = Complaint::new(&error, reader.text, "", "");
    let shown = Shown {
        open: Some(act),
        complaint,
        ..Shown::default()
    };
    reader.again(&user::page(reader, id, shown).await?, &error)
}
