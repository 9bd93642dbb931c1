//! A cluster that is reached over the network, with TLS.

use std::net::TcpListener;
use std::path::Path;

use super::{Account, Cluster, ClusterError};
use crate::certificates::Certificate;

impl Cluster {
    /// Restarts the server once so that it listens on loopback, with TLS under a certificate if one is given, and
    /// lets people in by these lines of `pg_hba.conf`; answers its port.
    ///
    /// Client certificates are those of `authority`, where there is one.
    ///
    /// # Errors
    /// When it does not start again.
    pub fn listen(
        &self,
        certificate: Option<&Certificate>,
        authority: Option<&Path>,
        rules: &str,
    ) -> Result<u16, ClusterError> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut settings = format!("listen_addresses = '127.0.0.1'\nport = {port}\n");
        if let Some(certificate) = certificate {
            self.put("server.crt", &certificate.certificate)?;
            self.put("server.key", &certificate.key)?;
            settings += "ssl = on\n";
        }
        if let Some(authority) = authority {
            self.put("root.crt", &std::fs::read_to_string(authority)?)?;
            settings += "ssl_ca_file = 'root.crt'\n";
        }
        let file = self.folder.join("data/postgresql.conf");
        std::fs::write(&file, std::fs::read_to_string(&file)? + &settings)?;
        std::fs::write(
            self.folder.join("data/pg_hba.conf"),
            format!("local all all trust\n{rules}"),
        )?;
        self.halt()?;
        let port = *self.port.get_or_init(|| port);
        self.resume()?;
        Ok(port)
    }

    /// A file of the data folder that only the server's account may read.
    fn put(&self, name: &str, text: &str) -> Result<(), ClusterError> {
        use std::os::unix::fs::PermissionsExt as _;
        let file = self.folder.join("data").join(name);
        std::fs::write(&file, text)?;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))?;
        if let Some(Account { user, group }) = self.account {
            std::os::unix::fs::chown(&file, Some(user), Some(group))?;
        }
        Ok(())
    }
}
