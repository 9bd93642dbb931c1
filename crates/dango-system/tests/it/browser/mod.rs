//! The pages in a real browser, as people use them: the whole programs, real Chromium, every click.
//!
//! Whatever a page writes on the browser's console (a broken content security policy, an exception, a
//! form that the browser complains about) fails its test.

mod bad_input;
mod door;
mod plain_http;
mod story;
