//! The 9 domains and 29 permissions that every policy begins with (contract §1).
//!
//! Each permission is a constant, so a typo in a program fails to compile:
//!
//! ```
//! use dango_auth_core::{Catalog, permission::builtin};
//! assert_eq!(Catalog::builtin().name(builtin::USERS_MANAGE), Some("users.manage"));
//! ```

use super::{DomainId, Permission};

/// One row of the built-in table.
pub(crate) struct BuiltinPermission {
    pub(crate) name: &'static str,
    pub(crate) domain: DomainId,
    pub(crate) description: &'static str,
}

/// Name and title of the built-in domains; the index is the id.
pub(crate) const DOMAINS: [(&str, &str); 9] = [
    ("source", "Sources"),
    ("csv", "CSV files"),
    ("dbt", "Models and transformations"),
    ("dashboard", "Dashboards and queries"),
    ("platform", "Platform and configuration"),
    ("auth", "People and access"),
    ("notebooks", "Notebooks"),
    ("governance", "Governance"),
    ("scheduler", "Scheduler"),
];

/// Declares a constant and a type per permission, and the table behind them in the same order.
macro_rules! builtin_permissions {
    ($($constant:ident $type:ident = $id:literal, $name:literal in $domain:literal: $description:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "`: ", $description)]
            pub const $constant: Permission = Permission($id);
        )*

        /// The built-in permissions as types.
        pub mod types {
            $crate::permission_types! {
                $(
                    #[doc = concat!("`", $name, "`: ", $description)]
                    pub $type = $name;
                )*
            }
        }

        /// The built-in permissions; the index is the id.
        pub(crate) const PERMISSIONS: [BuiltinPermission; COUNT] = [
            $(BuiltinPermission {
                name: $name,
                domain: DomainId($domain),
                description: $description,
            },)*
        ];
    };
}

/// How many permissions are built in.
pub const COUNT: usize = 29;

builtin_permissions! {
    // source
    SOURCE_VIEW SourceView = 0, "source.view" in 0: "See the data sources, their status and their tables.";
    SOURCE_VIEW_CREDENTIALS SourceViewCredentials = 1, "source.view_credentials" in 0: "See the secrets and tokens a source connects with.";
    SOURCE_SYNC SourceSync = 2, "source.sync" in 0: "Start a sync of a source and cancel it.";
    SOURCE_MANAGE SourceManage = 3, "source.manage" in 0: "Add, change and remove sources.";

    // csv
    CSV_UPLOAD CsvUpload = 4, "csv.upload" in 1: "Upload CSV files to a source.";
    CSV_DELETE CsvDelete = 5, "csv.delete" in 1: "Delete uploaded CSV files.";

    // dbt
    DBT_VIEW DbtView = 6, "dbt.view" in 2: "See the dbt models and their documentation.";
    DBT_RUN DbtRun = 7, "dbt.run" in 2: "Run dbt models and tests.";
    DBT_MANAGE DbtManage = 8, "dbt.manage" in 2: "Add, change and remove dbt models.";

    // dashboard
    DASHBOARD_VIEW DashboardView = 9, "dashboard.view" in 3: "Look at dashboards.";
    DASHBOARD_CREATE DashboardCreate = 10, "dashboard.create" in 3: "Make new dashboards and change one's own.";
    QUERY_EXECUTE QueryExecute = 11, "query.execute" in 3: "Run SQL queries of one's own against the data.";
    DASHBOARD_MANAGE DashboardManage = 12, "dashboard.manage" in 3: "Change the settings of the dashboard service and anybody's dashboards.";

    // platform
    HEALTH_VIEW HealthView = 13, "health.view" in 4: "See whether the platform and its services are well.";
    LOGS_VIEW LogsView = 14, "logs.view" in 4: "Read the activity logs.";
    PLATFORM_MANAGE PlatformManage = 15, "platform.manage" in 4: "Start, stop, deploy and upgrade the platform.";
    CONFIG_VIEW ConfigView = 16, "config.view" in 4: "See the project's configuration, without its secrets.";
    CONFIG_MANAGE ConfigManage = 17, "config.manage" in 4: "Change the project's configuration, its secrets and its workspaces.";

    // auth
    USERS_VIEW UsersView = 18, "users.view" in 5: "See who has an account, with role and status.";
    USERS_MANAGE UsersManage = 19, "users.manage" in 5: "Add people, change their roles and access, lock them out and remove them.";
    AUTH_MANAGE AuthManage = 20, "auth.manage" in 5: "Change the sign-in rules and manage everybody's API keys.";
    AUDIT_VIEW AuditView = 21, "audit.view" in 5: "Read and export the audit log.";

    // notebooks
    NOTEBOOKS_VIEW NotebooksView = 22, "notebooks.view" in 6: "See notebooks and their results.";
    NOTEBOOKS_EXECUTE NotebooksExecute = 23, "notebooks.execute" in 6: "Run the cells of notebooks.";
    NOTEBOOKS_MANAGE NotebooksManage = 24, "notebooks.manage" in 6: "Create, change and delete notebooks, and release the locks of others.";

    // governance
    GOVERNANCE_VIEW GovernanceView = 25, "governance.view" in 7: "See the data catalogue, lineage, profiles and monitoring.";
    GOVERNANCE_MANAGE GovernanceManage = 26, "governance.manage" in 7: "Accept schema drift and change the governance rules.";

    // scheduler
    SCHEDULER_VIEW SchedulerView = 27, "scheduler.view" in 8: "See the schedules and their history.";
    SCHEDULER_MANAGE SchedulerManage = 28, "scheduler.manage" in 8: "Change, reload and cancel schedules.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;
    use crate::permission::PermissionType;

    #[test]
    fn constants_are_the_ids_of_the_catalogue() {
        let catalog = Catalog::builtin();
        assert_eq!(catalog.find("source.view"), Some(SOURCE_VIEW));
        assert_eq!(catalog.find("query.execute"), Some(QUERY_EXECUTE));
        assert_eq!(catalog.find("scheduler.manage"), Some(SCHEDULER_MANAGE));
        assert_eq!(types::QueryExecute::NAME, "query.execute");
        for (index, row) in PERMISSIONS.iter().enumerate() {
            assert_eq!(catalog.find(row.name).map(Permission::index), Some(index));
        }
    }

    #[test]
    fn there_are_29_permissions_in_9_domains() {
        let catalog = Catalog::builtin();
        assert_eq!(catalog.permissions().len(), 29);
        assert_eq!(catalog.domains().len(), 9);
        for domain in catalog.domains() {
            assert!(
                catalog.in_domain(domain.id()).count() >= 2,
                "{}",
                domain.name()
            );
        }
    }

    #[test]
    fn query_execute_belongs_to_the_dashboard_domain() {
        let catalog = Catalog::builtin();
        let info = catalog.info(QUERY_EXECUTE).unwrap();
        assert_eq!(catalog.domain(info.domain()).unwrap().name(), "dashboard");
    }
}
