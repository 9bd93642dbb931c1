//! The matrix as people read it.

use dango_auth_core::{Policy, RoleDefinition};

#[test]
fn permissions_page_is_current() {
    dango_testbase::generated::page(
        "docs/reference/permissions.md",
        &Policy::builtin().matrix().to_markdown(),
    );
}

#[test]
fn the_built_in_matrix_does_not_change_unnoticed() {
    let matrix = Policy::builtin().matrix();
    let rows = || matrix.domains.iter().flat_map(|domain| &domain.permissions);
    let roles = matrix.roles.iter().enumerate().map(|(column, role)| {
        let held: Vec<_> = rows()
            .filter(|row| row.granted[column])
            .map(|row| &*row.name)
            .collect();
        format!("{} ({}): {}", role.name, role.count, held.join(" "))
    });
    let domains = matrix.domains.iter().map(|domain| {
        let names: Vec<_> = domain.permissions.iter().map(|row| &*row.name).collect();
        format!("in {}: {}", domain.name, names.join(" "))
    });
    insta::assert_snapshot!(roles.chain(domains).collect::<Vec<_>>().join("\n"));
}

#[test]
fn added_text_stays_inside_its_table_cell() {
    let policy = Policy::builder()
        .domain("billing", "Billing | *and* <more>")
        .permission("invoice.view", "billing", "See\ninvoices | `all` of them.")
        .role(RoleDefinition::new("data_clerk").permits("invoice.view"))
        .build()
        .unwrap();
    let page = policy.matrix().to_markdown();
    let line = |needle: &str| page.lines().find(|line| line.contains(needle)).unwrap();
    assert_eq!(
        line("invoice.view"),
        "| `invoice.view` | See invoices \\| \\`all\\` of them. |   |   |   |   |   | ✓ | ✓ |"
    );
    assert_eq!(
        line("Billing"),
        "### Billing \\| \\*and\\* \\<more> (`billing`)"
    );
    assert_eq!(line("data_clerk"), "| **Data clerk** `data_clerk` | 1 |  |");
}

#[test]
fn every_row_has_a_mark_or_a_blank_for_every_role() {
    let matrix = Policy::builtin().matrix();
    let rows: Vec<_> = matrix
        .domains
        .iter()
        .flat_map(|domain| &domain.permissions)
        .collect();
    assert_eq!(rows.len(), 29);
    assert!(
        rows.iter()
            .all(|row| row.granted.len() == matrix.roles.len())
    );
    assert!(rows.iter().all(|row| row.description.ends_with('.')));
}
