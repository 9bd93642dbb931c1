//! Words for the built-in domains and permissions.

use crate::pages::text::Table;

pub(super) const DOMAINS: Table = &[
    ("source", "Quellen"),
    ("csv", "CSV-Dateien"),
    ("dbt", "Modelle und Umformungen"),
    ("dashboard", "Dashboards und Abfragen"),
    ("platform", "Plattform und Konfiguration"),
    ("auth", "Personen und Zugang"),
    ("notebooks", "Notebooks"),
    ("governance", "Governance"),
    ("scheduler", "Zeitplanung"),
];

pub(super) const PERMISSIONS: Table = &[
    (
        "source.view",
        "Datenquellen, ihren Zustand und ihre Tabellen sehen.",
    ),
    (
        "source.view_credentials",
        "Geheimnisse und Zugangsdaten einer Quelle sehen.",
    ),
    (
        "source.sync",
        "Den Abgleich einer Quelle starten und abbrechen.",
    ),
    ("source.manage", "Quellen anlegen, ändern und entfernen."),
    ("csv.upload", "CSV-Dateien in eine Quelle laden."),
    ("csv.delete", "Hochgeladene CSV-Dateien löschen."),
    ("dbt.view", "Die dbt-Modelle und ihre Beschreibung sehen."),
    ("dbt.run", "dbt-Modelle und Prüfungen ausführen."),
    ("dbt.manage", "dbt-Modelle anlegen, ändern und entfernen."),
    ("dashboard.view", "Dashboards ansehen."),
    (
        "dashboard.create",
        "Neue Dashboards anlegen und eigene ändern.",
    ),
    (
        "query.execute",
        "Eigene SQL-Abfragen auf den Daten ausführen.",
    ),
    (
        "dashboard.manage",
        "Den Dashboard-Dienst einstellen und alle Dashboards ändern.",
    ),
    (
        "health.view",
        "Sehen, ob es der Plattform und ihren Diensten gut geht.",
    ),
    ("logs.view", "Die Aktivitätsprotokolle lesen."),
    (
        "platform.manage",
        "Die Plattform starten, anhalten, ausrollen und aktualisieren.",
    ),
    (
        "config.view",
        "Die Konfiguration des Projekts sehen, ohne Geheimnisse.",
    ),
    (
        "config.manage",
        "Konfiguration, Geheimnisse und Arbeitsbereiche des Projekts ändern.",
    ),
    (
        "users.view",
        "Sehen, wer ein Konto hat, mit Rolle und Status.",
    ),
    (
        "users.manage",
        "Personen hinzufügen, Rollen und Zugang ändern, sperren und entfernen.",
    ),
    (
        "auth.manage",
        "Die Regeln der Anmeldung und alle API-Schlüssel verwalten.",
    ),
    ("audit.view", "Das Protokoll lesen und exportieren."),
    ("notebooks.view", "Notebooks und ihre Ergebnisse sehen."),
    ("notebooks.execute", "Zellen von Notebooks ausführen."),
    (
        "notebooks.manage",
        "Notebooks anlegen, ändern und löschen und fremde Sperren lösen.",
    ),
    (
        "governance.view",
        "Datenkatalog, Herkunft, Profile und Überwachung sehen.",
    ),
    (
        "governance.manage",
        "Schemaänderungen annehmen und die Regeln der Governance ändern.",
    ),
    ("scheduler.view", "Zeitpläne und ihren Verlauf sehen."),
    (
        "scheduler.manage",
        "Zeitpläne ändern, neu laden und abbrechen.",
    ),
];
