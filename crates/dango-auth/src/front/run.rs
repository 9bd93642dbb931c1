//! Use cases from asynchronous programs on tokio.

use crate::auth::Auth;
use crate::error::Error;

impl Auth {
    /// Calls a use case on tokio's threads that may wait.
    ///
    /// # Errors
    /// The use case's own; [`Error::Internal`] when it panicked, which the program survives.
    pub async fn run<T, F>(&self, call: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Self) -> Result<T, Error> + Send + 'static,
    {
        let auth = self.clone();
        let done = tokio::task::spawn_blocking(move || call(&auth)).await;
        done.unwrap_or(Err(Error::Internal("a use case did not come back")))
    }
}
