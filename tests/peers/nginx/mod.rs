//! nginx, which most WebSocket servers on the net stand behind.

pub mod answers;
pub mod redirects;
pub mod socket;
pub mod starting;
pub mod tls;

use std::path::PathBuf;

use super::daemon::{Daemon, configure, daemon, free_port};
use super::listener::Listener;
use super::support::{Authority, Command, wstalk};

/// nginx in front of an echo server of its own: see `servers/nginx.conf` and
/// `servers/nginx-locations.conf`.
pub struct Nginx {
    /// Of the server, and of the clients that it asks for a certificate.
    pub authority: Authority,
    /// Where nginx expects a server, and there is none.
    pub nobody: u16,
    pub socket: PathBuf,
    plain: u16,
    tls: u16,
    mutual: u16,
    _running: (Daemon, Listener),
}

impl Nginx {
    #[track_caller]
    pub fn start() -> Self {
        Self::start_at(free_port())
    }

    /// `plain` is the port without TLS.
    #[track_caller]
    pub fn start_at(plain: u16) -> Self {
        let echo = Listener::start(&[]);
        let authority = Authority::new();
        let identity = authority.localhost();
        let [tls, mutual, nobody] = [(); 3].map(|()| free_port());
        let command = daemon("nginx");
        let home = command.home().to_owned();
        let socket = home.join("socket");
        let path = |path: PathBuf| path.display().to_string();
        let configuration = configure(
            &command,
            "nginx.conf",
            &[
                ("certificate", path(identity.certificate_path())),
                ("key", path(identity.key_path())),
                ("clients", path(authority.certificate_path())),
                ("plain", plain.to_string()),
                ("tls", tls.to_string()),
                ("mutual", mutual.to_string()),
                ("socket", path(socket.clone())),
            ],
        );
        let ports = [("echo", echo.port()), ("nobody", nobody)];
        let ports = ports.into_iter().chain([("plain", plain), ("tls", tls)]);
        let ports: Vec<_> = ports.map(|(name, port)| (name, port.to_string())).collect();
        configure(&command, "nginx-locations.conf", &ports);
        configure(&command, "nginx-users", &[]);
        let command = command.arg("-p").arg(home).args(["-e", "stderr", "-c"]);
        let daemon = Daemon::start(command.arg(configuration), &[plain, tls, mutual]);
        Self {
            authority,
            nobody,
            socket,
            plain,
            tls,
            mutual,
            _running: (daemon, echo),
        }
    }

    pub fn plain(&self, path: &str) -> String {
        format!("ws://127.0.0.1:{}{path}", self.plain)
    }

    pub fn tls(&self, path: &str) -> String {
        format!("wss://localhost:{}{path}", self.tls)
    }

    /// Where a certificate of `authority` is wanted.
    pub fn mutual(&self, path: &str) -> String {
        format!("wss://localhost:{}{path}", self.mutual)
    }

    /// The program, which trusts it.
    pub fn trusted(&self) -> Command {
        let file = self.authority.certificate_path();
        wstalk().arg("--cacert").arg(file)
    }
}
