//! Words for names that come from elsewhere.

use crate::pages::text::Table;

pub(super) const ROLES_FOR: Table = &[
    ("admin", "Everything, people and rules included."),
    ("manager", "Runs the platform, without managing people."),
    ("developer", "Builds, and plans when things run."),
    ("editor", "Builds sources, models and dashboards."),
    ("operator", "Runs and watches what others built."),
    ("viewer", "Looks, and changes nothing."),
];

pub(super) const EVENTS: Table = &[
    ("login_success", "Signed in"),
    ("login_failed", "Sign-in failed"),
    ("logout", "Signed out"),
    ("session_expired", "Session ended by itself"),
    ("password_change", "Password changed"),
    ("password_reset", "Password reset"),
    ("user_created", "Person added"),
    ("user_renamed", "Account renamed"),
    ("user_deactivated", "Account deactivated"),
    ("user_reactivated", "Account reactivated"),
    ("user_deleted", "Account deleted"),
    ("role_changed", "Role changed"),
    ("permission_denied", "Refused"),
    ("rate_limit_hit", "Too many requests"),
    ("account_locked", "Account locked"),
    ("account_unlocked", "Account unlocked"),
    ("two_fa_enabled", "Second factor on"),
    ("two_fa_disabled", "Second factor off"),
    ("two_fa_failed", "Wrong code"),
    ("two_fa_reset", "Second factor reset"),
    ("recovery_code_used", "Recovery code used"),
    ("recovery_codes_regenerated", "New recovery codes"),
    ("api_key_created", "API key created"),
    ("api_key_changed", "API key changed"),
    ("api_key_revoked", "API key revoked"),
    ("invite_accepted", "Invitation accepted"),
    ("invite_resent", "Invitation resent"),
    ("auth_enabled", "Sign-in switched on"),
    ("auth_disabled", "Sign-in switched off"),
    ("workspace_access_changed", "Access changed"),
    ("workspace_created", "Workspace created"),
    ("workspace_changed", "Workspace changed"),
    ("workspace_deleted", "Workspace deleted"),
    ("settings_changed", "Rules changed"),
    ("sessions_revoked", "Sessions ended"),
    ("setup_completed", "Set up"),
    ("recovery_admin_created", "Recovery administrator made"),
    ("audit_exported", "Log exported"),
    ("metabase_sync_failed", "Metabase not reached"),
    ("key_rotated", "Key replaced"),
    ("users_imported", "People imported"),
    ("audit_pruned", "Old entries removed"),
    ("audit_erased", "Personal data erased"),
];

pub(super) const SETTING_NAMES: Table = &[
    ("require_2fa", "Second factor for everybody"),
    (
        "idle_timeout_minutes",
        "Sessions end after minutes without use",
    ),
    ("session_max_days", "Sessions end after days in any case"),
    ("lockout.max_attempts", "Failed tries until the lock"),
    ("lockout.lockout_minutes", "Minutes of the lock"),
    ("rate_limit.enabled", "Limit requests by address"),
    ("rate_limit.login.requests", "Sign-in tries for each window"),
    (
        "rate_limit.login.window_seconds",
        "Seconds of the sign-in window",
    ),
    ("rate_limit.api.requests", "Requests for each window"),
    (
        "rate_limit.api.window_seconds",
        "Seconds of the request window",
    ),
    ("password.min_length", "Shortest password, in characters"),
    (
        "password.max_age_days",
        "Days until a password has to change, 0 for never",
    ),
    ("invite_hours", "Hours an invitation works"),
    (
        "workspaces.auto_create",
        "A new name in a grant makes a workspace",
    ),
];

pub(super) const PROBLEMS: Table = &[
    (
        "last_admin",
        "This is the last administrator who can sign in. Make somebody else an administrator first.",
    ),
    (
        "self_action",
        "You cannot do this to your own account. Ask another administrator.",
    ),
    ("user_exists", "Somebody has this name or email already."),
    ("workspace_exists", "A workspace has this name already."),
    ("key_exists", "You have a key with this name already."),
    ("weak_password", "This password is too easy to guess."),
    (
        "password_reused",
        "This is the password you have now. Choose another one.",
    ),
    ("wrong_password", "This is not your current password."),
    ("required", "Fill this in."),
];

pub(super) const FIELDS: Table = &[
    ("login", "Username or email"),
    ("current", "Current password"),
    ("password", "Password"),
    ("code", "Code"),
    ("email", "Email or username"),
    ("name", "Name"),
    ("description", "Description"),
    ("confirm", "Name to confirm"),
    ("token", "Setup token"),
    ("workspaces", "Workspaces"),
];
