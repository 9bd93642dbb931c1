//! Policies from files and from the builder, and the refusals of both.

use dango_auth_core::{Policy, PolicyError, RoleDefinition, Scope, WorkspaceAccess};

const BILLING: &str = r#"
[[domains]]
name = "billing"
title = "Billing"

[[permissions]]
name = "invoice.view"
domain = "billing"
description = "See invoices."

[[permissions]]
name = "report.publish"
domain = "dashboard"
description = "Publish reports."

[[roles]]
name = "lead-clerk"
description = "Answers for the invoices."
includes = ["clerk", "operator"]
permissions = ["audit.view"]

[[roles]]
name = "clerk"
title = "Invoice clerk"
includes = ["viewer"]
permissions = ["invoice.view", "report.publish"]
"#;

fn refusal(text: &str) -> PolicyError {
    Policy::from_toml(text).unwrap_err()
}

#[test]
fn a_file_adds_domains_permissions_and_roles_in_any_order() {
    let policy = Policy::from_toml(BILLING).unwrap();
    let lead = policy.role_named("lead-clerk").unwrap();
    assert_eq!(lead.permissions().len(), 11 + 2 + 1);
    assert_eq!(lead.title(), "Lead clerk");
    assert!(!lead.is_builtin());
    let clerk = policy.role_named("clerk").unwrap();
    assert_eq!(clerk.title(), "Invoice clerk");
    assert!(clerk.permissions().is_subset(lead.permissions()));
    assert_eq!(policy.role_named("admin").unwrap().permissions().len(), 31);
    let who = policy.subject(true, clerk.name(), &WorkspaceAccess::Everywhere);
    assert!(
        policy
            .check_name(&who, "invoice.view", Scope::Global)
            .is_allowed()
    );
    assert!(
        !policy
            .check_name(&who, "audit.view", Scope::Global)
            .is_allowed()
    );
    let publish = policy.catalog().find("report.publish").unwrap();
    let domain = policy.catalog().info(publish).unwrap().domain();
    assert_eq!(policy.catalog().domain(domain).unwrap().name(), "dashboard");
}

#[test]
fn an_empty_file_is_the_built_in_policy() {
    assert_eq!(
        Policy::from_toml("# nothing\n").unwrap().matrix(),
        Policy::builtin().matrix()
    );
}

#[test]
fn refusals_name_line_item_and_what_was_meant() {
    let cases = [
        "[[roles]]\nname = 'x'\npermissions = [\n  'dbt.run',\n  'dbt.veiw',\n]",
        "[[roles]]\nname = 'x'\nincludes = ['opertor']",
        "[[roles]]\nname = 'x'\nincludes = ['clark']\n[[roles]]\nname = 'clerk'",
        "[[permissions]]\nname = 'invoice.view'\ndomain = 'dashbord'\ndescription = ''",
        "[[permissions]]\nname = 'users.manage'\ndomain = 'auth'\ndescription = ''",
        "[[permissions]]\nname = 'invoice'\ndomain = 'auth'\ndescription = ''",
        "[[permissions]]\nname = 'Invoice.View'\ndomain = 'auth'\ndescription = ''",
        "[[roles]]\nname = 'viewer'",
        "[[roles]]\nname = 'x'\n\n[[roles]]\nname = 'x'",
        "[[roles]]\nname = 'Über'",
        "[[domains]]\nname = 'auth'\ntitle = 'A'",
        "[[domains]]\nname = 'x'\ntitle = 'A'\n[[domains]]\nname = 'x'\ntitle = 'A'",
        "[[domains]]\nname = 'x y'\ntitle = 'A'",
        "[[roles]]\nname = 'root'\npermissions = ['*']",
        "[[roles]]\nname = 'root'\nincludes = ['admin']",
        "[[roles]]\nname = 'a'\nincludes = ['a']",
        "[[roles]]\nname = 'a'\nincludes = ['b']\n[[roles]]\nname = 'b'\nincludes = ['c']\n\
         [[roles]]\nname = 'c'\nincludes = ['b']",
        "[[roles]]\nname = 'a'\npermisions = []",
        "[[role]]\nname = 'a'",
        "[[roles]]\ntitle = 'a'",
        "\n\n[[roles]\nname = 'a'",
        "[[roles]]\nname = 7",
        "[[roles]]\nname = 'a'\n\"\\u001b[31m\" = 1",
        "[[roles]]\nname = \"\\u001b[31m\"",
    ];
    let refused = cases.map(|case| {
        let error = refusal(case);
        assert!(error.line().is_some(), "{error}");
        assert!(!error.to_string().contains(char::is_control), "{error:?}");
        format!("{}: {error}", error.code())
    });
    insta::assert_snapshot!(refused.join("\n"));
}

#[test]
fn the_builder_refuses_the_same_without_a_line() {
    let error = Policy::builder()
        .role(RoleDefinition::new("x").permits("dbt.veiw"))
        .build();
    let error = error.unwrap_err();
    assert_eq!((error.code(), error.line()), ("unknown_permission", None));
    assert_eq!(
        error.to_string(),
        "role \"x\" permits the unknown permission \"dbt.veiw\", did you mean \"dbt.view\"?"
    );
    let error = Policy::builder()
        .domain("auth", "Again")
        .build()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "domain \"auth\" is built in and cannot be redefined"
    );
}

#[test]
fn a_role_of_the_builder_has_its_title_and_permissions_names_of_64_characters() {
    let longest = format!("{}.view", "x".repeat(59));
    let build = |name: &str| {
        Policy::builder()
            .permission(name, "auth", "")
            .role(
                RoleDefinition::new("clerk")
                    .title("Office clerk")
                    .permits(name),
            )
            .build()
    };
    let policy = build(&longest).unwrap();
    let clerk = policy.role_named("clerk").unwrap();
    assert_eq!(
        (clerk.title(), clerk.permissions().len()),
        ("Office clerk", 1)
    );
    assert_eq!(
        build(&format!("x{longest}")).unwrap_err().code(),
        "invalid_name"
    );
}

#[test]
fn a_policy_holds_512_permissions_and_256_roles() {
    let with_permissions = |count: usize| {
        let add = |builder: dango_auth_core::PolicyBuilder, n| {
            builder.permission(&format!("x.p{n}"), "auth", "")
        };
        (0..count).fold(Policy::builder(), add).build()
    };
    let full = with_permissions(512 - 29).unwrap();
    let last = full.catalog().find("x.p482").unwrap();
    let admin = full.role_named("admin").unwrap();
    assert!(admin.permissions().contains(last));
    assert_eq!(admin.permissions().len(), 512);
    assert_eq!(with_permissions(512 - 28).unwrap_err().code(), "too_many");

    let with_roles = |count: usize| {
        let add = |builder: dango_auth_core::PolicyBuilder, n| {
            builder.role(RoleDefinition::new(&format!("r{n}")))
        };
        (0..count).fold(Policy::builder(), add).build()
    };
    assert_eq!(with_roles(250).unwrap().roles().len(), 256);
    assert_eq!(with_roles(251).unwrap_err().code(), "too_many");
}

#[test]
fn a_long_chain_of_includes_is_followed_to_its_end() {
    let link = |builder: dango_auth_core::PolicyBuilder, n: usize| {
        builder.role(RoleDefinition::new(&format!("r{n}")).includes(&format!("r{}", n + 1)))
    };
    let chain = (0..249).fold(Policy::builder(), link);
    let policy = chain
        .role(RoleDefinition::new("r249").permits("dbt.run"))
        .build()
        .unwrap();
    assert_eq!(policy.role_named("r0").unwrap().permissions().len(), 1);
}

#[test]
fn a_permission_type_is_checked_when_the_policy_is_built() {
    dango_auth_core::permission_types! {
        /// Publish reports.
        Publish = "report.publish";
    }
    let policy = Policy::builder()
        .typed_permission::<Publish>("dashboard", "Publish reports.")
        .requires::<Publish>()
        .build()
        .unwrap();
    assert!(policy.typed::<Publish>().is_ok());
    let error = Policy::builder().requires::<Publish>().build().unwrap_err();
    assert_eq!(error.code(), "unknown_permission");
}

#[test]
fn a_policy_with_additions_can_be_added_to_again() {
    let first = Policy::from_toml(BILLING).unwrap();
    let roles = first.roles().len();
    let role = "[[roles]]\nname = 'second'\nincludes = ['viewer']\n";
    let both = dango_auth_core::PolicyBuilder::over(first.clone())
        .toml(role)
        .and_then(dango_auth_core::PolicyBuilder::build)
        .unwrap();
    assert_eq!(both.roles().len(), roles + 1);
    let again = dango_auth_core::PolicyBuilder::over(first).toml(BILLING);
    assert!(again.unwrap().build().is_err(), "nothing is defined twice");
}
