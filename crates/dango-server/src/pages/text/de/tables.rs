//! Words for names that come from elsewhere.

use crate::pages::text::Table;

pub(super) const ROLES_FOR: Table = &[
    ("admin", "Alles, auch Personen und Regeln."),
    (
        "manager",
        "Betreibt die Plattform, ohne Personen zu verwalten.",
    ),
    ("developer", "Baut und plant, wann etwas läuft."),
    ("editor", "Baut Quellen, Modelle und Dashboards."),
    (
        "operator",
        "Startet und beobachtet, was andere gebaut haben.",
    ),
    ("viewer", "Sieht zu und ändert nichts."),
];

pub(super) const EVENTS: Table = &[
    ("login_success", "Angemeldet"),
    ("login_failed", "Anmeldung gescheitert"),
    ("logout", "Abgemeldet"),
    ("session_expired", "Sitzung abgelaufen"),
    ("password_change", "Passwort geändert"),
    ("password_reset", "Passwort zurückgesetzt"),
    ("user_created", "Person hinzugefügt"),
    ("user_renamed", "Konto umbenannt"),
    ("user_deactivated", "Konto deaktiviert"),
    ("user_reactivated", "Konto reaktiviert"),
    ("user_deleted", "Konto gelöscht"),
    ("role_changed", "Rolle geändert"),
    ("permission_denied", "Abgewiesen"),
    ("rate_limit_hit", "Zu viele Anfragen"),
    ("account_locked", "Konto gesperrt"),
    ("account_unlocked", "Konto entsperrt"),
    ("two_fa_enabled", "Zweiter Faktor an"),
    ("two_fa_disabled", "Zweiter Faktor aus"),
    ("two_fa_failed", "Falscher Code"),
    ("two_fa_reset", "Zweiter Faktor zurückgesetzt"),
    ("recovery_code_used", "Wiederherstellungscode benutzt"),
    ("recovery_codes_regenerated", "Neue Wiederherstellungscodes"),
    ("api_key_created", "API-Schlüssel angelegt"),
    ("api_key_changed", "API-Schlüssel geändert"),
    ("api_key_revoked", "API-Schlüssel widerrufen"),
    ("invite_accepted", "Einladung angenommen"),
    ("invite_resent", "Noch einmal eingeladen"),
    ("auth_enabled", "Anmeldung eingeschaltet"),
    ("auth_disabled", "Anmeldung ausgeschaltet"),
    ("workspace_access_changed", "Zugang geändert"),
    ("workspace_created", "Arbeitsbereich angelegt"),
    ("workspace_changed", "Arbeitsbereich geändert"),
    ("workspace_deleted", "Arbeitsbereich gelöscht"),
    ("settings_changed", "Regeln geändert"),
    ("sessions_revoked", "Sitzungen beendet"),
    ("setup_completed", "Eingerichtet"),
    ("recovery_admin_created", "Notfall-Administrator angelegt"),
    ("audit_exported", "Protokoll exportiert"),
    ("metabase_sync_failed", "Metabase nicht erreicht"),
    ("key_rotated", "Schlüssel ersetzt"),
    ("users_imported", "Personen übernommen"),
    ("audit_pruned", "Alte Einträge entfernt"),
    ("audit_erased", "Personendaten getilgt"),
];

pub(super) const SETTING_NAMES: Table = &[
    ("require_2fa", "Zweiter Faktor für alle"),
    (
        "idle_timeout_minutes",
        "Sitzungen enden nach Minuten ohne Nutzung",
    ),
    (
        "session_max_days",
        "Sitzungen enden nach Tagen in jedem Fall",
    ),
    ("lockout.max_attempts", "Fehlversuche bis zur Sperre"),
    ("lockout.lockout_minutes", "Minuten der Sperre"),
    ("rate_limit.enabled", "Anfragen je Adresse begrenzen"),
    (
        "rate_limit.login.requests",
        "Anmeldeversuche je Zeitfenster",
    ),
    (
        "rate_limit.login.window_seconds",
        "Sekunden des Anmeldefensters",
    ),
    ("rate_limit.api.requests", "Anfragen je Zeitfenster"),
    (
        "rate_limit.api.window_seconds",
        "Sekunden des Anfragefensters",
    ),
    ("password.min_length", "Kürzestes Passwort, in Zeichen"),
    (
        "password.max_age_days",
        "Tage, bis ein Passwort zu ändern ist, 0 für nie",
    ),
    ("invite_hours", "Stunden, die eine Einladung gilt"),
    (
        "workspaces.auto_create",
        "Ein neuer Name legt einen Arbeitsbereich an",
    ),
];

pub(super) const PROBLEMS: Table = &[
    (
        "last_admin",
        "Das ist der letzte Administrator, der sich anmelden kann. Mach zuerst jemand anderen dazu.",
    ),
    (
        "self_action",
        "Das geht nicht am eigenen Konto. Bitte eine andere Administration.",
    ),
    (
        "user_exists",
        "Jemand hat diesen Namen oder diese E-Mail schon.",
    ),
    ("workspace_exists", "Ein Arbeitsbereich heißt schon so."),
    (
        "key_exists",
        "Du hast schon einen Schlüssel mit diesem Namen.",
    ),
    ("weak_password", "Dieses Passwort ist zu leicht zu raten."),
    (
        "password_reused",
        "Das ist dein jetziges Passwort. Wähl ein anderes.",
    ),
    ("wrong_password", "Das ist nicht dein aktuelles Passwort."),
    ("required", "Das fehlt noch."),
];

pub(super) const FIELDS: Table = &[
    ("login", "Benutzername oder E-Mail"),
    ("current", "Aktuelles Passwort"),
    ("password", "Passwort"),
    ("code", "Code"),
    ("email", "E-Mail oder Benutzername"),
    ("name", "Name"),
    ("description", "Beschreibung"),
    ("confirm", "Name zur Bestätigung"),
    ("token", "Einrichtungsschlüssel"),
    ("workspaces", "Arbeitsbereiche"),
];
