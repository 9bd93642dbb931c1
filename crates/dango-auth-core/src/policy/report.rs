//! The matrix as a Markdown page that a person without a programmer's training can read.

use std::fmt::Write;

use super::matrix::{Matrix, MatrixDomain};

impl Matrix {
    /// Renders the page: the roles with their counts, then one table per domain with ✓ marks.
    pub fn to_markdown(&self) -> String {
        let total: usize = self
            .domains
            .iter()
            .map(|domain| domain.permissions.len())
            .sum();
        let mut page = String::new();
        // Writing into a string cannot fail.
        let _ = self.write_page(&mut page, total);
        page
    }

    fn write_page(&self, page: &mut String, total: usize) -> std::fmt::Result {
        writeln!(page, "# Roles and permissions\n")?;
        writeln!(
            page,
            "Everybody has one role. A role is a list of permissions, and a permission allows one \
             kind of action.\nThere are {} roles and {total} permissions in {} domains. What your \
             role does not allow is denied.\n",
            self.roles.len(),
            self.domains.len(),
        )?;
        writeln!(page, "## Roles\n")?;
        writeln!(page, "| role | permissions | who it is for |")?;
        writeln!(page, "|---|---:|---|")?;
        for role in &self.roles {
            let all = if role.wildcard {
                " (all, also those added later)"
            } else {
                ""
            };
            let (title, count) = (cell(&role.title), role.count);
            let description = cell(&role.description);
            writeln!(
                page,
                "| **{title}** `{}` | {count}{all} | {description} |",
                role.name
            )?;
        }
        writeln!(page, "\n## Permissions")?;
        for domain in &self.domains {
            self.write_domain(page, domain)?;
        }
        Ok(())
    }

    fn write_domain(&self, page: &mut String, domain: &MatrixDomain) -> std::fmt::Result {
        writeln!(page, "\n### {} (`{}`)\n", cell(&domain.title), domain.name)?;
        write!(page, "| permission | what it allows |")?;
        for role in &self.roles {
            write!(page, " {} |", cell(&role.title))?;
        }
        writeln!(page, "\n|---|---|{}", ":-:|".repeat(self.roles.len()))?;
        for permission in &domain.permissions {
            write!(
                page,
                "| `{}` | {} |",
                permission.name,
                cell(&permission.description)
            )?;
            for granted in &permission.granted {
                write!(page, " {} |", if *granted { "✓" } else { " " })?;
            }
            writeln!(page)?;
        }
        Ok(())
    }
}

/// Text that stays inside its table cell and is not taken for markup.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '\\' | '`' | '*' | '_' | '<' | '[' => safe.extend(['\\', c]),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
