//! A proxy on the loopback, HTTP or SOCKS5, that makes the connections it is asked
//! for and remembers what it was asked.
//!
//! Promises that a conversation passes through it unchanged, and that a proxy which
//! nobody used is a failure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::BASE64;

use super::conn::Conn;
use super::head::Head;
use super::server::Server;
use super::stream::Tls;

/// How a proxy is to be.
#[derive(Clone)]
#[must_use = "a proxy does nothing until it is started"]
pub struct Plan {
    kind: Kind,
    ip: IpAddr,
    tls: Option<Tls>,
    login: Option<(String, String)>,
    leads_to: Option<SocketAddr>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Http,
    Socks,
}

/// A proxy that is running.
pub struct Proxy {
    server: Server,
    asked: Arc<Mutex<Asked>>,
}

/// What a proxy was asked, in order.
#[derive(Default)]
struct Asked {
    destinations: Vec<String>,
    heads: Vec<Head>,
}

impl Proxy {
    pub fn http() -> Plan {
        Plan::new(Kind::Http)
    }

    pub fn socks() -> Plan {
        Plan::new(Kind::Socks)
    }

    /// `127.0.0.1:PORT`, or `localhost:PORT` with TLS.
    pub fn place(&self) -> String {
        let url = self.server.url();
        let (_, place) = url.split_once("://").expect("a URL");
        place.to_owned()
    }

    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// The places it was asked for, as `host:port`.
    pub fn destinations(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.destinations.clone()
    }

    /// The heads of the requests that an HTTP proxy got.
    pub fn heads(&self) -> Vec<Head> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.heads.clone()
    }

    /// Fails if nobody called.
    #[track_caller]
    pub fn finish(self) {
        self.server.finish();
    }
}

impl Plan {
    fn new(kind: Kind) -> Self {
        Plan {
            kind,
            ip: Ipv4Addr::LOCALHOST.into(),
            tls: None,
            login: None,
            leads_to: None,
        }
    }

    /// On `::1`.
    pub fn v6(mut self) -> Self {
        self.ip = Ipv6Addr::LOCALHOST.into();
        self
    }

    /// Speaks TLS to those who call.
    pub fn over(mut self, tls: impl Into<Tls>) -> Self {
        self.tls = Some(tls.into());
        self
    }

    /// Wants these credentials.
    pub fn wanting(mut self, user: &str, password: &str) -> Self {
        self.login = Some((user.to_owned(), password.to_owned()));
        self
    }

    /// Leads there, whatever it is asked for.
    pub fn leading_to(mut self, server: &Server) -> Self {
        self.leads_to = Some(server.address());
        self
    }

    pub fn start(self) -> Proxy {
        let asked: Arc<Mutex<Asked>> = Arc::default();
        let (told, tls, ip) = (Arc::clone(&asked), self.tls.clone(), self.ip);
        let script = move |conn: &mut Conn<'_>| self.serve(conn, &told);
        let server = Server::repeat_at(ip, tls, script);
        Proxy { server, asked }
    }

    fn serve(&self, conn: &mut Conn<'_>, asked: &Mutex<Asked>) {
        let destination = match self.kind {
            Kind::Http => self.connect(conn, asked),
            Kind::Socks => self.socks(conn),
        };
        let Some(destination) = destination else {
            return;
        };
        let mut told = asked.lock().unwrap_or_else(PoisonError::into_inner);
        told.destinations.push(destination.clone());
        drop(told);
        let reached = match self.leads_to {
            Some(address) => TcpStream::connect(address),
            None => TcpStream::connect(addresses(&destination).as_slice()),
        };
        match (reached, self.kind) {
            (Ok(server), Kind::Http) => {
                conn.raw("HTTP/1.1 200 Connection established\r\nX-Proxy: a\r\n\r\n");
                conn.relay_to(server);
            }
            (Ok(server), Kind::Socks) => {
                conn.raw(b"\x05\0\0\x01\0\0\0\0\0\0");
                conn.relay_to(server);
            }
            (Err(_), Kind::Http) => _ = conn.raw("HTTP/1.1 502 Bad Gateway\r\n\r\nno way"),
            (Err(_), Kind::Socks) => _ = conn.raw(b"\x05\x05\0\x01\0\0\0\0\0\0"),
        }
    }

    /// RFC 9110 section 9.3.6.
    fn connect(&self, conn: &mut Conn<'_>, asked: &Mutex<Asked>) -> Option<String> {
        let head = conn.read_head();
        let line = head.request_line().to_owned();
        let words: Vec<&str> = line.split(' ').collect();
        let ["CONNECT", destination, "HTTP/1.1"] = words[..] else {
            panic!("not a request for a tunnel: {line}");
        };
        assert_eq!(head.headers("Host"), [destination], "{}", head.text());
        let shown = head.header("Proxy-Authorization").map(str::to_owned);
        let mut told = asked.lock().unwrap_or_else(PoisonError::into_inner);
        told.heads.push(head);
        drop(told);
        if let Some((user, password)) = &self.login {
            let pair = BASE64.encode(format!("{user}:{password}").as_bytes());
            if shown != Some(format!("Basic {pair}")) {
                conn.raw(
                    "HTTP/1.1 407 Proxy Authentication Required\r\n\
                     Proxy-Authenticate: Basic realm=\"door\"\r\n\
                     Content-Length: 9\r\n\r\nwho calls",
                );
                return None;
            }
        }
        Some(destination.to_owned())
    }

    /// RFC 1928, RFC 1929.
    fn socks(&self, conn: &mut Conn<'_>) -> Option<String> {
        let greeting = conn.read_exactly(2);
        assert_eq!(greeting[0], 5, "not SOCKS5");
        let methods = conn.read_exactly(greeting[1].into());
        match &self.login {
            None => {
                assert!(methods.contains(&0), "{methods:?}");
                conn.raw([5, 0]);
            }
            Some(_) if !methods.contains(&2) => {
                conn.raw([5, 0xff]);
                return None;
            }
            Some(login) => {
                conn.raw([5, 2]);
                assert_eq!(conn.read_exactly(1), [1]);
                let found = (counted(conn), counted(conn));
                let right = found == *login;
                conn.raw([1, u8::from(!right)]);
                if !right {
                    return None;
                }
            }
        }
        let request = conn.read_exactly(4);
        assert_eq!(request[..3], [5, 1, 0]);
        let host = match request[3] {
            1 => {
                let bytes: [u8; 4] = conn.read_exactly(4).try_into().expect("4 bytes");
                Ipv4Addr::from(bytes).to_string()
            }
            3 => counted(conn),
            4 => {
                let bytes: [u8; 16] = conn.read_exactly(16).try_into().expect("16 bytes");
                format!("[{}]", Ipv6Addr::from(bytes))
            }
            other => panic!("an address of the kind {other}"),
        };
        let port = conn.read_exactly(2);
        Some(format!("{host}:{}", u16::from_be_bytes([port[0], port[1]])))
    }
}

/// A text behind its length.
fn counted(conn: &mut Conn<'_>) -> String {
    let length = conn.read_exactly(1)[0];
    String::from_utf8(conn.read_exactly(length.into())).expect("UTF-8")
}

fn addresses(destination: &str) -> Vec<SocketAddr> {
    destination
        .to_socket_addrs()
        .map(Iterator::collect)
        .unwrap_or_default()
}
