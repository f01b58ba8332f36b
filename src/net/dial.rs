//! TCP to the first address that answers.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use thiserror::Error;

use super::{Address, Deadline, Socket, io_cause};

/// Why no address could be reached: the last one's cause.
#[derive(Debug, Error)]
#[error("{address}: {cause}")]
pub struct DialError {
    pub address: SocketAddr,
    pub cause: io::Error,
}

/// What became of an address.
#[derive(Debug)]
pub enum Attempt {
    Trying(Address),
    Failed { address: Address, cause: String },
    Connected { address: Address, time: Duration },
}

/// Tries the addresses in turn; none may use up the time of those behind it.
///
/// # Errors
/// The last address's error, [`ErrorKind::TimedOut`] when the deadline passed.
pub fn dial(
    addresses: &[SocketAddr],
    deadline: Deadline,
    tell: &mut dyn FnMut(Attempt),
) -> Result<(Socket, Address), DialError> {
    let mut last = None;
    for (tried, &address) in addresses.iter().enumerate() {
        let behind = addresses.len() - tried;
        let began = Instant::now();
        tell(Attempt::Trying(address.into()));
        match connect(address, deadline, behind) {
            Ok(socket) => {
                let address = Address::Tcp(address);
                tell(Attempt::Connected {
                    address: address.clone(),
                    time: began.elapsed(),
                });
                return Ok((socket, address));
            }
            Err(cause) => {
                tell(Attempt::Failed {
                    address: address.into(),
                    cause: io_cause(&cause),
                });
                last = Some(DialError { address, cause });
            }
        }
    }
    Err(last.unwrap_or_else(|| DialError {
        address: SocketAddr::from(([0, 0, 0, 0], 0)),
        cause: ErrorKind::AddrNotAvailable.into(),
    }))
}

fn connect(address: SocketAddr, deadline: Deadline, behind: usize) -> io::Result<Socket> {
    let share = deadline.remaining()? / u32::try_from(behind).unwrap_or(u32::MAX);
    let stream = TcpStream::connect_timeout(&address, share.max(Duration::from_millis(1)))?;
    stream.set_nodelay(true)?;
    Socket::new(stream, deadline)
}
