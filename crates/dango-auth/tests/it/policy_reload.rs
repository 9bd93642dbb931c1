//! Roles and permissions that are read again while the program runs.

use dango_auth::core::audit::Via;
use dango_auth::core::permission_types;
use dango_auth::reload::ReloadError;
use dango_auth::sign_in::SignedIn;
use dango_auth::{Auth, OpenOptions};

use crate::house::House;
use crate::people::{HOME, PASSWORD, attempt, complete, new_user, ready, recognise};

permission_types! {
    /// Publish reports.
    ReportPublish = "report.publish";
}

on_both_databases![
    a_new_policy_counts_from_the_next_request_on,
    numbers_that_moved_mean_what_their_names_say,
    a_policy_with_a_fault_changes_nothing,
    a_policy_that_lacks_what_the_program_requires_changes_nothing,
];

const REPORTS: &str = "[[domains]]\nname = \"reports\"\ntitle = \"Reports\"\n\
     [[permissions]]\nname = \"report.publish\"\ndomain = \"reports\"\ndescription = \"Publish.\"\n";

/// A process of its own, whose folder has a policy file.
fn with_policy(house: &House, text: &str, adjust: impl FnOnce(OpenOptions) -> OpenOptions) -> Auth {
    write(house, text);
    house.opened(|options| {
        let taken = adjust(options.clone());
        *options = taken;
    })
}

fn write(house: &House, text: &str) {
    std::fs::write(house.auth.project().unwrap().policy_file(), text).unwrap();
}

/// Pat, who has a role of the file.
fn publisher(auth: &Auth) {
    let pat = new_user("pat", "publisher", ready());
    auth.users()
        .create(&auth.local_caller(Via::Cli), pat)
        .unwrap();
}

fn signed_in(auth: &Auth) -> SignedIn {
    complete(
        auth.sign_in()
            .with_password(&attempt("pat", PASSWORD, HOME)),
    )
}

fn role(name: &str, permission: &str) -> String {
    format!(
        "[[roles]]\nname = \"{name}\"\nincludes = [\"viewer\"]\npermissions = [\"{permission}\"]\n"
    )
}

fn a_new_policy_counts_from_the_next_request_on(house: &House) {
    let first = format!("{REPORTS}{}", role("publisher", "report.publish"));
    let auth = with_policy(house, &first, |options| options);
    publisher(&auth);
    let mut worker = crate::recogniser::Worker::new(&auth);
    let pat = signed_in(&auth);
    let before = worker.session(&pat).unwrap();
    assert!(
        auth.decide(&before, "report.publish", None)
            .unwrap()
            .is_allowed()
    );
    assert!(!auth.reload().unwrap().policy, "nothing was changed");

    write(
        house,
        &format!("{REPORTS}{}", role("publisher", "source.sync")),
    );
    assert!(auth.reload().unwrap().policy);
    // A request that is under way ends as it began; the next one is decided anew, without a look at memory.
    assert!(
        auth.decide(&before, "report.publish", None)
            .unwrap()
            .is_allowed()
    );
    let after = worker.session(&pat).unwrap();
    assert!(
        !auth
            .decide(&after, "report.publish", None)
            .unwrap()
            .is_allowed()
    );
    assert!(
        auth.decide(&after, "source.sync", None)
            .unwrap()
            .is_allowed()
    );
    assert!(auth.policy().role_named("publisher").is_some());
}

fn numbers_that_moved_mean_what_their_names_say(house: &House) {
    let first = format!("{REPORTS}{}", role("publisher", "report.publish"));
    let auth = with_policy(house, &first, |options| options);
    publisher(&auth);
    let before = recognise(&auth, &signed_in(&auth)).unwrap();
    // Another permission and another role now have the first one's numbers.
    let moved = REPORTS.replace(
        "[[permissions]]",
        "[[permissions]]\nname = \"report.burn\"\ndomain = \"reports\"\ndescription = \"Burn.\"\n[[permissions]]",
    );
    let burner = role("burner", "report.burn");
    write(
        house,
        &format!("{moved}{burner}{}", role("publisher", "report.publish")),
    );
    assert!(auth.reload().unwrap().policy);
    let unknown = auth.decide(&before, "report.burn", None);
    assert!(
        unknown.is_err(),
        "what the caller's policy does not know is refused"
    );
    assert!(auth.require(&before, "report.publish").is_ok());
    let after = recognise(&auth, &signed_in(&auth)).unwrap();
    assert!(auth.require(&after, "report.publish").is_ok());
    assert!(auth.require(&after, "report.burn").is_err());
}

fn a_policy_with_a_fault_changes_nothing(house: &House) {
    let first = format!("{REPORTS}{}", role("publisher", "report.publish"));
    let auth = with_policy(house, &first, |options| options);
    write(house, &role("publisher", "report.pubish"));
    let error = auth.reload().unwrap_err();
    assert!(matches!(error, ReloadError::PolicyFile(_)), "{error}");
    assert!(error.to_string().contains("policy.toml: line "), "{error}");
    assert!(auth.policy().catalog().find("report.publish").is_some());
}

fn a_policy_that_lacks_what_the_program_requires_changes_nothing(house: &House) {
    let auth = with_policy(house, REPORTS, OpenOptions::requiring::<ReportPublish>);
    write(house, "");
    let error = auth.reload().unwrap_err();
    assert!(matches!(error, ReloadError::Policy(_)), "{error}");
    assert!(auth.policy().catalog().find("report.publish").is_some());
}
