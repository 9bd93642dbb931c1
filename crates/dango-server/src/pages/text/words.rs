//! The shape of the catalogue: one struct per part of the pages, one field per phrase.
//!
//! A language that lacks a phrase does not compile, and a phrase that no page uses is reported.
//! `{}`, `{1}` and `{2}` take values; `one|many` holds singular and plural.

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($field:ident,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name {
            $(pub(crate) $field: &'static str,)+
        }
    )+};
}

words! {
    /// Words that stand on every page.
    CommonWords {
        skip, auth_off_label, auth_off, auth_off_what, sign_out, places, home, account, users,
        roles, workspaces, audit, settings, theme, theme_system, theme_light, theme_dark, actions,
        cancel, copy, copied, show, hide, shown_once, pages, first_page, next_page, step, on, off,
    }

    /// Signing in.
    LoginWords {
        heading, login, password, submit, help, failed, locked, code_heading, code, code_hint,
        code_wrong, recovery_code, recovery_hint, recovery_wrong, use_recovery, use_code,
        start_again,
    }

    /// The first start.
    SetupWords {
        heading, lead, token, token_hint, login, login_hint, password, submit, token_wrong,
    }

    /// The page of an invited person.
    InviteWords {
        heading, lead, ends, login, password, submit, gone_heading, gone_what,
    }

    /// New passwords.
    PasswordWords {
        hint, short, enough, good, current, new, submit, wrong, reused, weak, required_heading,
        required_lead,
    }

    /// Switching the second factor on.
    FactorWords {
        heading, lead, required_lead, password, password_hint, start, scan_heading, scan_lead,
        qr_alt, manual, manual_hint, code, code_hint, code_wrong, retry_lead, verify, restart,
        codes_heading, codes_once, codes_what, codes_lost, download, print, saved, on, off,
    }

    /// The first page.
    HomeWords {
        title, hello, you_are, role_gone, where_heading, everywhere, nowhere, workspace, role,
        sign_ins_heading, no_sign_ins, device, place, time, not_you, see_sessions, may_heading,
        may_lead, may_nothing, scoped, advise_factor, advise_factor_link, advise_codes,
        advise_codes_link, news_failures, news_changed, news_link,
    }

    /// The page about oneself.
    AccountWords {
        heading, login, email, role, since, password_heading, change_password,
        change_password_what, factor_heading, codes_left, new_codes, new_codes_what,
        new_codes_submit, factor_off, factor_off_what, factor_off_submit, factor_required,
        factor_why, factor_on, sessions_heading, device, device_on, unknown_device, place,
        this_computer, unknown_place, last_seen, ends, this_session, end_session, end_others,
        keys_heading, keys_what, no_keys, key_name, key_name_hint, key_rights, key_rights_all,
        key_rights_role, key_rights_in, key_expires, key_expires_hint, key_expired, key_live,
        key_used, never, never_used, key_days, key_no_end, key_role, key_role_hint, key_role_mine,
        key_workspaces, key_workspaces_hint, create_key, create_key_submit, revoke, revoke_submit,
        revoke_what, key_made, key_made_lead, key_lost, key_try, back,
    }

    /// The list of people.
    UsersWords {
        heading, invite, search, search_hint, role, status, sort, any, sort_name, sort_added,
        apply, clear, person, access, last_sign_in, never, you, actions, nobody, none_match,
        shown, everywhere, nowhere, in_workspaces, role_unknown, metabase_waiting,
        metabase_failing, metabase_outage, metabase_drift,
    }

    /// One person's page.
    UserWords {
        new_heading, new_email, new_email_hint, first_legend, first_invite, first_password,
        new_submit, status, email, role, access, second_factor, last_sign_in, created,
        access_heading, access_legend, access_all, role_everywhere, access_some, access_some_hint,
        workspace_n, role_n, more_workspaces, access_submit, changed_meanwhile, changed_role,
        changed_access, changed_other, sign_in_heading, end_heading, revoke_keys, type_to_confirm,
        confirm_wrong, invite_ends, locked_for, invite_made, invite_made_lead, invite_lost,
        temporary_made, temporary_made_lead, temporary_lost, back,
    }

    /// What can be done to an account; `{}` is the person.
    UserActsWords {
        resend_invite, resend_invite_submit, resend_invite_what, reset_password,
        reset_password_submit, reset_password_what, reset_second_factor,
        reset_second_factor_submit, reset_second_factor_what, unlock, unlock_submit, unlock_what,
        end_sessions, end_sessions_submit, end_sessions_what, deactivate, deactivate_submit,
        deactivate_what, reactivate, reactivate_submit, reactivate_what, delete, delete_submit,
        delete_what,
    }

    /// Why something cannot be done.
    ReasonsWords {
        last_admin, self_action, own_rights, last_admin_rights, use_account_page,
    }

    /// Roles and permissions.
    RolesWords {
        heading, lead, holders_heading, role, what, permissions, people, explain_heading,
        explain_what, person, permission, workspace, explain_submit, allowed, refused, why_role,
        why_grant, why_unknown_role, why_no_permission, why_no_grant, why_inactive, why_unknown, nobody,
        matrix_heading, yes, no,
    }

    /// Workspaces.
    WorkspacesWords {
        heading, lead, none, name, name_hint, description, created, create, create_submit,
        members_heading, members_what, no_members, person, role, edit_heading, rename_hint,
        edit_submit, stale, delete_heading, delete, delete_what, delete_submit,
    }

    /// The audit log.
    AuditWords {
        heading, export, since, until, event, actor, target, ip, any_event, apply, chart,
        chart_ok, chart_bad, chart_most, chart_summary, chart_day, zone, nothing, none_match, system, nobody,
        chain_heading, chain_what, chain_entries, chain_unchecked, chain_whole, chain_broken,
        chain_broken_at, chain_check, fact_at, fact_id, fact_event, fact_ip, fact_device,
        fact_via, fact_request, fact_workspace,
    }

    /// The rules of signing in.
    AuthWords {
        heading, lead, obligations_heading, without_factor, everybody_without, see, admins_without, invited,
        invite_expired, locked, nobody_waits, policy_heading, group_sessions, group_passwords,
        group_limits, group_rest, range, save, files, fixed_heading, fixed_what, unset, origin_default, origin_profile,
        origin_file, origin_environment, origin_argument, origin_runtime,
    }

    /// The states of an account.
    StatusWords {
        active, inactive, locked, invited, invite_expired,
    }

    /// Distances in time.
    TimeWords {
        now, ago, ahead, seconds, minutes, hours, days, today, yesterday, weekdays,
    }

    /// What happened a moment ago.
    NoticesWords {
        signed_out, sign_in_expired, too_many_codes, password_changed, factor_on, factor_off,
        session_ended, others_ended, key_revoked, access_saved, factor_reset, unlocked,
        sessions_ended, deactivated, reactivated, deleted, workspace_created, workspace_saved,
        workspace_deleted, settings_saved, nothing_changed,
    }

    /// What did not work.
    ErrorsWords {
        request_id, to_start, sign_in, send_again, stale_heading, unknown, unknown_what,
        forbidden, forbidden_what, missing, missing_what, locked, locked_what, throttled,
        throttled_what, unavailable, unavailable_what, internal, internal_what, invalid,
        invalid_what, wait, stale_form, check_fields,
    }
}
