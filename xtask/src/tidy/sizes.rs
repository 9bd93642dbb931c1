//! Sizes are a smell, not a law: what sticks out is reported.

use syn::visit::{self, Visit};

use super::Finding;
use crate::workspace::File;

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;

pub(super) fn check(file: &File) -> Vec<Finding> {
    if !file.is_rust() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let lines = file.text.lines().count();
    if lines > FILE_LINES {
        let message = format!("{lines} lines (over {FILE_LINES})");
        findings.push(Finding::new(&file.path, 1, message));
    }
    if let Ok(syntax) = syn::parse_file(&file.text) {
        let mut functions = Functions::default();
        functions.visit_file(&syntax);
        findings.extend(functions.long.iter().map(|(name, line, lines)| {
            let message = format!("`{name}` has {lines} lines (over {FUNCTION_LINES})");
            Finding::new(&file.path, *line, message)
        }));
    }
    findings
}

/// Collects functions that are too long: name, line, number of lines.
#[derive(Default)]
struct Functions {
    long: Vec<(String, usize, usize)>,
}

impl Functions {
    fn measure(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let start = signature.fn_token.span.start().line;
        let end = block.brace_token.span.close().end().line;
        let lines = end.saturating_sub(start) + 1;
        if lines > FUNCTION_LINES {
            self.long.push((signature.ident.to_string(), start, lines));
        }
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.measure(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn long_files_and_functions_are_reported() {
        let body = "    step();\n".repeat(FUNCTION_LINES);
        let long = format!("impl A {{\nfn long() {{\n{body}}}\n}}\nfn short() {{}}\n");
        let findings = check(&sample("crates/x/src/lib.rs", &long));
        assert_eq!(
            findings,
            [Finding::new(
                "crates/x/src/lib.rs",
                2,
                "`long` has 62 lines (over 60)"
            )]
        );
        let file = "const A: u8 = 1;\n".repeat(FILE_LINES + 1);
        assert_eq!(check(&sample("crates/x/src/lib.rs", &file)).len(), 1);
    }
}
