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
    ("profile", "Art der Installation"),
    ("idle_timeout_minutes", "Ungenutzt endet eine Sitzung nach"),
    ("session_max_days", "Jede Sitzung endet nach"),
    ("lockout.max_attempts", "Fehlversuche bis zur Sperre"),
    ("lockout.lockout_minutes", "Die erste Sperre dauert"),
    ("rate_limit.enabled", "Anfragen je Adresse begrenzen"),
    ("rate_limit.login.requests", "Anmeldeversuche je Fenster"),
    (
        "rate_limit.login.window_seconds",
        "Fenster für Anmeldeversuche",
    ),
    ("rate_limit.api.requests", "Andere Anfragen je Fenster"),
    (
        "rate_limit.api.window_seconds",
        "Fenster für andere Anfragen",
    ),
    (
        "rate_limit.trusted_proxies",
        "Proxys, deren Adressangaben zählen",
    ),
    ("require_2fa", "Zweiter Faktor für alle"),
    ("password.min_length", "Kürzestes Passwort"),
    (
        "password.max_age_days",
        "Ein Passwort muss neu sein nach, 0 für nie",
    ),
    ("invite_hours", "Eine Einladung gilt"),
    ("log_filter", "Was der Server mitschreibt"),
    ("public_url", "Adresse für alle"),
    ("initial_admin.email", "Erste Administration"),
    (
        "workspaces.auto_create",
        "Ein neuer Name legt einen Arbeitsbereich an",
    ),
    (
        "freshness",
        "Wie Server an PostgreSQL von Änderungen erfahren",
    ),
    (
        "hashing.memory_kib",
        "Speicher einer Passwortprüfung in KiB",
    ),
    ("hashing.iterations", "Durchläufe einer Passwortprüfung"),
    ("hashing.parallelism", "Spuren einer Passwortprüfung"),
    ("metabase.url", "Metabase-Server"),
    ("metabase.email", "Administration in Metabase"),
    ("metabase.database_id", "Datenbank in Metabase"),
    (
        "audit.retention_days",
        "Das Protokoll behält Ereignisse, 0 für immer",
    ),
    ("audit.stream.file", "Protokoll auch in eine Datei"),
    ("audit.stream.syslog", "Protokoll auch an Syslog"),
    ("audit.stream.webhook.url", "Protokoll auch an eine Adresse"),
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
    ("invite_invalid", "Diese Einladung gilt nicht mehr."),
    (
        "password_already_set",
        "Die Person hat die Einladung schon angenommen. Setz stattdessen das Passwort zurück.",
    ),
    (
        "user_inactive",
        "Das Konto ist inaktiv. Aktiviere es zuerst.",
    ),
    ("second_factor_on", "Der zweite Faktor ist schon an."),
    (
        "second_factor_not_pending",
        "Das hat zu lange gedauert. Beginn noch einmal mit einem neuen QR-Code.",
    ),
    ("second_factor_off", "Der zweite Faktor ist schon aus."),
    (
        "invalid_code",
        "Dieser Code passt nicht oder wurde schon benutzt.",
    ),
    ("too_long", "Das ist zu lang."),
    ("not_a_number", "Gib eine ganze Zahl von Tagen ein."),
    ("not_a_date", "Gib ein Datum ein, etwa 2026-12-31."),
    (
        "session_required",
        "Das braucht eine Sitzung; ein API-Schlüssel kann es nicht.",
    ),
    ("empty", "Das fehlt noch."),
    (
        "invalid_character",
        "Darin steht ein Zeichen, das nicht erlaubt ist.",
    ),
    (
        "ambiguous_character",
        "Darin steht ein Zeichen, das sich leicht verwechseln lässt.",
    ),
    ("invalid_email", "Das ist keine E-Mail-Adresse."),
    ("invalid_format", "Das hat nicht die erwartete Form."),
    ("reserved_name", "Dieser Name ist vergeben."),
    (
        "grants_beside_all",
        "Zugang überall und Rollen in einzelnen Arbeitsbereichen gehen nicht zusammen.",
    ),
    ("grants_required", "Nenn mindestens einen Arbeitsbereich."),
    (
        "viewer_required",
        "Mit einzelnen Arbeitsbereichen ist die Rolle überall viewer.",
    ),
    (
        "admin_grant",
        "Die Rolle admin gibt es nicht in einem einzelnen Arbeitsbereich.",
    ),
    ("unknown_role", "Diese Rolle gibt es nicht."),
    (
        "duplicate_workspace",
        "Ein Arbeitsbereich steht hier zweimal.",
    ),
    ("unknown_workspace", "Diesen Arbeitsbereich gibt es nicht."),
    ("unknown_permission", "Dieses Recht gibt es nicht."),
    (
        "unknown_event_type",
        "Diese Art von Ereignis gibt es nicht.",
    ),
    ("not_in_the_future", "Das Ende muss in der Zukunft liegen."),
    (
        "invalid_description",
        "Die Beschreibung ist zu lang oder enthält Steuerzeichen.",
    ),
    (
        "confirmation_mismatch",
        "Das ist nicht der Name. Tipp ihn genau so.",
    ),
    ("not_an_address", "Das ist keine IP-Adresse."),
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

pub(super) const UNITS: Table = &[
    ("minutes", "Minuten"),
    ("days", "Tage"),
    ("seconds", "Sekunden"),
    ("hours", "Stunden"),
    ("characters", "Zeichen"),
    ("KiB", "KiB"),
];

pub(super) const ISSUES: Table = &[
    ("too_short", "Nimm mindestens {} Zeichen."),
    (
        "control_character",
        "Nimm keine Steuerzeichen wie Tabulator oder Zeilenumbruch.",
    ),
    (
        "too_common",
        "Dieses Passwort steht auf der Liste der häufig benutzten.",
    ),
    (
        "like_name",
        "Das Passwort darf deinen Namen oder deine E-Mail-Adresse nicht enthalten.",
    ),
    (
        "like_service",
        "Das Passwort darf nicht der Name dieses Dienstes oder einer Rolle sein.",
    ),
];
