//! `listen`: a server for clients to be tested against.

mod echo;
mod ending;
mod pipe;
mod pressure;
mod prompt;
mod secure;
mod subprotocols;
mod usage;

use std::net::TcpStream;
use std::time::Duration;

use rustix::process::Signal;
use tungstenite::client::IntoClientRequest;
use tungstenite::http::Response;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

use super::support::{Command, Running, wstalk};

/// A client of another implementation.
type Client = WebSocket<MaybeTlsStream<TcpStream>>;

/// `listen`, listening.
struct Listener {
    running: Running,
    url: String,
}

impl Listener {
    /// One that sends everything back.
    fn echo(options: &[&str]) -> Self {
        Listener::start(wstalk().args(["listen", "--echo"]).args(options))
    }

    /// One that speaks through its streams.
    fn pipe(options: &[&str]) -> Self {
        Listener::start(wstalk().arg("listen").args(options))
    }

    fn start(command: Command) -> Self {
        let mut running = command.start();
        running.wait_stderr("listening on ");
        running.wait_stderr_contains("\n");
        let stderr = running.stderr_so_far();
        let line = stderr.lines().next().expect("a line");
        let url = line.trim_start_matches("listening on ").to_owned();
        Self { running, url }
    }

    /// Where it listens, as `127.0.0.1:PORT`.
    fn address(&self) -> &str {
        let (_, address) = self.url.split_once("://").expect("a scheme");
        address
    }

    fn tcp(&self) -> TcpStream {
        let tcp = TcpStream::connect(self.address()).expect("a listener");
        tcp.set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a limit");
        tcp
    }

    fn client(&self) -> Client {
        self.client_with(&[]).0
    }

    /// A client whose request has these headers, and what it was answered.
    fn client_with(&self, headers: &[(&'static str, &str)]) -> (Client, Response<Option<Vec<u8>>>) {
        let mut request = self.url.as_str().into_client_request().expect("a request");
        for (name, value) in headers {
            let value = value.parse().expect("a header value");
            request.headers_mut().append(*name, value);
        }
        let stream = MaybeTlsStream::Plain(self.tcp());
        tungstenite::client(request, stream).expect("an upgrade")
    }

    /// What it has said so far of its clients, without their ports.
    #[track_caller]
    fn notices(&self) -> String {
        let stderr = self.running.stderr_so_far();
        let lines = stderr.lines().skip(1).map(without_port);
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Ends it as a person does, and checks that it ends well, having said nothing.
    fn stop(self) {
        self.stop_having_printed("");
    }

    /// The same where messages came.
    fn stop_having_printed(mut self, stdout: &str) {
        self.running.signal(Signal::INT);
        let first = format!("listening on {}\n", self.url);
        self.running.finish().stdout(stdout).stderr(&first).code(0);
    }
}

/// The status of the answer to an upgrade with this origin.
fn status_for(listener: &Listener, origin: &str) -> u16 {
    let mut request = listener
        .url
        .as_str()
        .into_client_request()
        .expect("a request");
    let value = origin.parse().expect("a header value");
    request.headers_mut().insert("Origin", value);
    match tungstenite::client(request, listener.tcp()) {
        Ok((_, response)) => response.status().as_u16(),
        Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(response))) => {
            response.status().as_u16()
        }
        Err(error) => panic!("{origin:?}: {error}"),
    }
}

/// A line whose port is left out.
fn without_port(line: &str) -> String {
    match line.split_once("127.0.0.1:") {
        Some((before, rest)) => {
            let after = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
            format!("{before}HERE{after}")
        }
        None => line.to_owned(),
    }
}

/// The next message of a client must be this text.
#[track_caller]
fn hears(client: &mut Client, text: &str) {
    assert_eq!(client.read().expect("a message"), Message::text(text));
}

/// The next thing must be a Close with this code; it is answered, and the end waited for.
#[track_caller]
fn is_closed(client: &mut Client, code: u16) {
    match client.read().expect("a Close") {
        Message::Close(Some(frame)) => assert_eq!(u16::from(frame.code), code),
        other => panic!("not a Close: {other:?}"),
    }
    while client.read().is_ok() {}
}

/// Closes from the client's side, and waits for the end.
fn close(client: &mut Client) {
    client.close(None).expect("a Close");
    while client.read().is_ok() {}
}
