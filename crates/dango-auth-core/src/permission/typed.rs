//! Permissions as types, for signatures that say what a caller must hold.

/// A permission as a type, so that a signature can ask for it: `Allowed<UsersManage>`.
///
/// The built-in ones are in [`builtin::types`](super::builtin::types); a mistyped one does not
/// compile. Declare those of your own with [`permission_types!`](crate::permission_types) and look
/// them up once at start with [`Policy::typed`](crate::Policy::typed), which refuses a name the
/// policy does not know.
///
/// ```
/// use dango_auth_core::permission::{PermissionType, builtin::types::DashboardView};
///
/// assert_eq!(DashboardView::NAME, "dashboard.view");
/// ```
///
/// ```compile_fail,E0432
/// use dango_auth_core::permission::builtin::types::DashbordView;
/// ```
pub trait PermissionType: 'static {
    /// The permission's name, such as `users.manage`.
    const NAME: &'static str;
}

/// Declares types that stand for permissions of your own.
///
/// ```
/// use dango_auth_core::{permission_types, Policy};
///
/// permission_types! {
///     /// See invoices.
///     pub InvoiceView = "invoice.view";
/// }
///
/// let policy = Policy::builder()
///     .domain("billing", "Billing")
///     .permission("invoice.view", "billing", "See invoices.")
///     .build()
///     .unwrap();
/// assert!(policy.typed::<InvoiceView>().is_ok());
/// assert!(Policy::builtin().typed::<InvoiceView>().is_err());
/// ```
#[macro_export]
macro_rules! permission_types {
    ($($(#[$meta:meta])* $visibility:vis $name:ident = $permission:literal;)*) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            $visibility struct $name;

            impl $crate::permission::PermissionType for $name {
                const NAME: &'static str = $permission;
            }
        )*
    };
}
