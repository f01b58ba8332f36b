//! A Unix socket that leads to a server, for what is reached through a file.

use std::net::{SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::event::PollFlags;
use tempfile::TempDir;

use super::relay::relay;
use super::server::Server;
use super::wait::{Ready, Wake, wait};

/// Is open until it is dropped.
pub struct Door {
    folder: TempDir,
    closed: Arc<Wake>,
}

const NAME: &str = "door.sock";

impl Door {
    /// Every call there is a call of the server.
    pub fn to(server: &Server) -> Self {
        let folder = TempDir::new().expect("a folder for a socket");
        let listener = UnixListener::bind(folder.path().join(NAME)).expect("a socket");
        let closed = Arc::new(Wake::default());
        let (address, until) = (server.address(), Arc::clone(&closed));
        std::thread::spawn(move || serve(&listener, address, &until));
        Self { folder, closed }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join(NAME)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.closed.set();
    }
}

fn serve(listener: &UnixListener, address: SocketAddr, closed: &Arc<Wake>) {
    while wait(listener.as_fd(), PollFlags::IN, Some(closed), None) == Ready::Descriptor {
        let (mut call, _) = listener.accept().expect("a call");
        let closed = Arc::clone(closed);
        std::thread::spawn(move || {
            // A server that is called no more refuses: so does the door.
            if let Ok(mut server) = TcpStream::connect(address) {
                relay(&mut call, &mut server, &closed);
            }
        });
    }
}
