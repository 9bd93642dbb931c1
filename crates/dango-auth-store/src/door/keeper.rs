//! The thread that keeps the doors, and what it does for each that knocks.

use std::io;
use std::os::unix::net::UnixListener as StdListener;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, mpsc};

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use socket2::SockRef;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::runtime::{Builder, Handle};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::place::Place;
use super::settings::{Mode, Settings};
use super::{reasons, wire};
use crate::StoreError;

/// Doors that are open; dropping it closes them to newcomers.
#[derive(Debug)]
pub(super) struct Keeper {
    folder: TempDir,
    doors: Vec<JoinHandle<()>>,
}

/// What there is to know at one door.
struct Way {
    place: Place,
    settings: Settings,
    client: Arc<ClientConfig>,
}

/// A connection to the server, sealed or not.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Keeper {
    /// Opens a door for each host on the network.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no room for a socket or a thread.
    pub(super) fn open(
        places: &[Place],
        settings: &Settings,
        client: &Arc<ClientConfig>,
    ) -> Result<Self, StoreError> {
        let impossible = |error: io::Error| {
            StoreError::unavailable(format!("no way to TLS can be opened: {error}"), true)
        };
        let thread = thread().map_err(impossible)?;
        let mut keeper = Self {
            folder: private_folder().map_err(impossible)?,
            doors: Vec::new(),
        };
        for (number, place) in places.iter().enumerate() {
            if place.is_remote() {
                let listener = keeper.listen(number, place).map_err(impossible)?;
                let way = Arc::new(Way {
                    place: place.clone(),
                    settings: settings.clone(),
                    client: Arc::clone(client),
                });
                keeper.doors.push(thread.spawn(attend(listener, way)));
            }
        }
        Ok(keeper)
    }

    /// Where libpq has to knock for each host, as one option.
    pub(super) fn hosts(&self, places: &[Place]) -> String {
        let all = places.iter().enumerate();
        let host = |(number, place): (usize, &Place)| {
            if place.is_remote() {
                self.door(number).display().to_string()
            } else {
                place.host.clone()
            }
        };
        all.map(host).collect::<Vec<_>>().join(",")
    }

    /// Each socket with what it stands for, in libpq's words.
    pub(super) fn sockets(&self, places: &[Place]) -> Vec<(String, String)> {
        let all = places.iter().enumerate();
        let words = |(number, place): (usize, &Place)| {
            let socket = self.door(number).join(socket_name(place));
            let name = format!("at \"{}\", port {}", place.name(), place.port);
            (socket.display().to_string(), name)
        };
        all.map(words).collect()
    }

    fn door(&self, number: usize) -> PathBuf {
        self.folder.path().join(number.to_string())
    }

    fn listen(&self, number: usize, place: &Place) -> io::Result<StdListener> {
        let door = self.door(number);
        std::fs::create_dir(&door)?;
        let listener = StdListener::bind(door.join(socket_name(place)))?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        for door in &self.doors {
            door.abort();
        }
    }
}

fn socket_name(place: &Place) -> String {
    format!(".s.PGSQL.{}", place.port)
}

/// A folder that only its owner can enter (mode 0700), with a path short enough for a socket's name.
fn private_folder() -> io::Result<TempDir> {
    let usual = std::env::temp_dir();
    let fits = usual.as_os_str().len() < 60 && !usual.to_string_lossy().contains(',');
    let base = if fits { usual } else { PathBuf::from("/tmp") };
    tempfile::Builder::new().prefix("dango-").tempdir_in(base)
}

/// The one thread for all connections of the process; it starts with the first.
fn thread() -> io::Result<Handle> {
    static THREAD: OnceLock<Handle> = OnceLock::new();
    if let Some(handle) = THREAD.get() {
        return Ok(handle.clone());
    }
    let (sender, started) = mpsc::channel();
    let work = move || match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            // Whoever waits for it is there.
            let _ = sender.send(Ok(runtime.handle().clone()));
            runtime.block_on(std::future::pending::<()>());
        }
        Err(error) => {
            let _ = sender.send(Err(error));
        }
    };
    let thread = std::thread::Builder::new().name("dango-tls".to_owned());
    thread.spawn(work)?;
    let handle = started.recv().map_err(io::Error::other)??;
    // Two that come first at the same time each have a thread; one of them is used from then on.
    Ok(THREAD.get_or_init(|| handle).clone())
}

/// Lets in whoever knocks.
async fn attend(listener: StdListener, way: Arc<Way>) {
    let listener = match UnixListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::warn!(%error, "a door to the database does not open"),
    };
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(serve(client, Arc::clone(&way)));
    }
}

/// SECURITY: the folder keeps other people out; this keeps out other programs of the same person, which
/// would share our certificate.
fn is_own(client: &UnixStream) -> bool {
    let own = i32::try_from(std::process::id()).ok();
    client
        .peer_cred()
        .is_ok_and(|peer| peer.pid().is_none_or(|pid| Some(pid) == own))
}

async fn serve(mut client: UnixStream, way: Arc<Way>) {
    if !is_own(&client) {
        return tracing::warn!("somebody else knocked at a door to the database");
    }
    let Ok(startup) = wire::startup(&mut client).await else {
        return;
    };
    let reached = timeout(way.settings.patience, way.reach(&startup)).await;
    let late = || Err("it did not answer in time".to_owned());
    match reached.unwrap_or_else(|_| late()) {
        Ok((mut server, greeting)) => {
            // Whoever goes away ends the connection for the other one too; there is nobody to be told.
            if client.write_all(&greeting).await.is_ok() {
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
        }
        Err(reason) => {
            let _ = client.write_all(&wire::refusal(&reason)).await;
        }
    }
}

impl Way {
    /// Connects, seals, passes the first packet on and hears the first answer.
    async fn reach(&self, startup: &[u8]) -> Result<(Box<dyn Stream>, Vec<u8>), String> {
        let mut server = match self.connect(true).await {
            // What libpq does where TLS is only preferred.
            Err(_) if self.settings.mode == Mode::Prefer => self.connect(false).await?,
            other => other?,
        };
        let said = |error: io::Error| reasons::of_io(&error);
        server.write_all(startup).await.map_err(said)?;
        server.flush().await.map_err(said)?;
        let greeting = wire::greeting(&mut server).await.map_err(said)?;
        Ok((server, greeting))
    }

    async fn connect(&self, sealed: bool) -> Result<Box<dyn Stream>, String> {
        let said = |error: io::Error| reasons::of_io(&error);
        let mut plain = self.dial().await.map_err(said)?;
        if !sealed {
            return Ok(Box::new(plain));
        }
        plain.write_all(&wire::SSL_REQUEST).await.map_err(said)?;
        let answer = plain.read_u8().await.map_err(said)?;
        match answer {
            b'S' => {}
            b'N' if self.settings.mode == Mode::Prefer => return Ok(Box::new(plain)),
            b'N' => return Err("it offers no TLS, which sslmode demands".to_owned()),
            _ => return Err("it does not speak PostgreSQL's protocol".to_owned()),
        }
        let name = ServerName::try_from(self.place.name().to_owned());
        let name = name.map_err(|_| "no certificate can be for this host name".to_owned())?;
        let connector = TlsConnector::from(Arc::clone(&self.client));
        let sealed = connector.connect(name, plain).await.map_err(said)?;
        Ok(Box::new(sealed))
    }

    async fn dial(&self) -> io::Result<TcpStream> {
        let port = self.place.port.parse::<u16>().map_err(io::Error::other)?;
        let stream = TcpStream::connect((self.place.target(), port)).await?;
        stream.set_nodelay(true)?;
        let socket = SockRef::from(&stream);
        let kept = &self.settings.keepalive;
        if kept.on {
            socket.set_tcp_keepalive(&kept.given())?;
        }
        #[cfg(target_os = "linux")]
        socket.set_tcp_user_timeout(Some(kept.unanswered))?;
        Ok(stream)
    }
}
