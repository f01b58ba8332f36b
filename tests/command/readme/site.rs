//! What stands around a command of the pages: servers, proxies and sockets, and the files
//! that its line names.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use openssl::pkcs12::Pkcs12;

use super::super::support::frame::opcode;
use super::super::support::{
    Authority, Conn, Door, Head, Identity, Listening, Proxy, Server, Tls, wstalk,
};
use super::pages;

/// In token.txt, and in the variable that `--secret token` reads.
pub(super) const TOKEN: &str = "t0k3n";
const PASSPHRASE: &str = "opens it";
/// What was sent in a conversation, with 200 ms between.
const TALK: &str = concat!(
    r#"{"v":1,"ms":10.1,"event":"message","direction":"sent","n":1,"type":"text","bytes":13,"data":"{\"op\":\"ping\"}"}"#,
    "\n",
    r#"{"v":1,"ms":210.1,"event":"message","direction":"sent","n":2,"type":"text","bytes":3,"data":"bye"}"#,
    "\n",
);
const USER: &str = "me";
const PASSWORD: &str = "sesame";

/// What a command is run against.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Around {
    /// Nothing.
    Alone,
    /// A server that answers, see [`answers`].
    Plain,
    /// The same with TLS.
    Secure,
    /// One that refuses the first call.
    Starting,
    /// One that says something before it is ready.
    Booting,
    /// One with TLS that loses the first connection and closes the second.
    Feed,
    /// One with TLS that says little at first, and then very much.
    Market,
    /// One that wants a certificate of the client.
    Demanding,
    /// One whose certificate is for another name than that of this machine.
    Elsewhere,
    Socket,
    SecureSocket,
    HttpProxy,
    SecureProxy,
    SocksProxy,
    /// `wstalk listen`, which plays the transcript of README.md.
    SecureDouble,
    /// `wstalk listen --echo`.
    Echo,
}

/// Everything that runs beside a command.
pub(super) struct Site {
    authority: Authority,
    /// What stands in the pages, and what there is instead.
    replaced: Vec<(&'static str, String)>,
    heads: Heads,
    servers: Vec<Server>,
    proxies: Vec<Proxy>,
    doors: Vec<Door>,
    doubles: Vec<Listening>,
}

type Heads = Arc<Mutex<Vec<Head>>>;

impl Site {
    pub(super) fn new(around: Around) -> Self {
        let mut site = Self {
            authority: Authority::new(),
            replaced: Vec::new(),
            heads: Heads::default(),
            servers: Vec::new(),
            proxies: Vec::new(),
            doors: Vec::new(),
            doubles: Vec::new(),
        };
        site.build(around);
        site
    }

    /// The line of a page with the places that there are here.
    pub(super) fn rewritten(&self, line: &str) -> String {
        let begin = line.replace(" 9000", " 0");
        let replaced = self.replaced.iter();
        replaced.fold(begin, |line, (from, to)| line.replace(from, to))
    }

    /// The authority of every certificate here.
    pub(super) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Writes the files that this line may name.
    pub(super) fn furnish(&self, folder: &Path, line: &str) {
        let write = |name: &str, content: &str| {
            fs::write(folder.join(name), content).expect("a file of the pages");
        };
        write("token.txt", &format!("{TOKEN}\n"));
        write("headers.txt", "X-File: yes\n");
        write("lines.txt", "one\ntwo\n");
        write("greetings.txt", "welcome\n");
        write("secret.txt", &format!("{PASSPHRASE}\n"));
        write("chat.wst", &pages::block("README.md", "wst"));
        // A recording is not written over another.
        if line.contains("< talk.jsonl") {
            write("talk.jsonl", TALK);
        }
        fs::create_dir(folder.join("tests")).expect("a folder of checks");
        let check = "connect {{base}}/\n> {\"op\":\"ping\"}\n< {\"op\":\"pong\"}\n";
        write("tests/a.wst", check);
        write("tests/b.wst", check);
        let copy = |from: &Path, name| fs::copy(from, folder.join(name)).expect("a copy");
        copy(&self.authority.certificate_path(), "ca.pem");
        let client = self.authority.client();
        copy(&client.certificate_path(), "me.pem");
        copy(&client.key_path(), "me.key");
        fs::write(folder.join("me.p12"), pkcs12(&client)).expect("a file");
    }

    /// Ends the servers, which must have been called, and whose last client sent these
    /// headers.
    #[track_caller]
    pub(super) fn finish(self, asked: &[&str]) {
        self.servers.into_iter().for_each(Server::finish);
        self.proxies.into_iter().for_each(Proxy::finish);
        for double in self.doubles {
            double.interrupt(0);
        }
        let heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(head) = heads.last() else {
            return assert!(asked.is_empty(), "no request was seen");
        };
        for header in asked {
            assert!(
                head.header_lines().contains(header),
                "no header {header:?} in\n{}",
                head.text()
            );
        }
    }

    fn build(&mut self, around: Around) {
        match around {
            Around::Alone => {}
            Around::Plain => self.plain(answers),
            Around::Starting => self.plain(|conn, heads| match conn.number() {
                1 => conn.reset(),
                _ => answers(conn, heads),
            }),
            Around::Booting => self.plain(|conn, _| {
                conn.upgrade();
                conn.text("booting")
                    .text("REGION 1 up")
                    .text("READY to serve");
                conn.answer_close();
            }),
            Around::Secure => self.secure(Tls::from(&self.authority.localhost()), answers),
            Around::Feed => self.secure(Tls::from(&self.authority.localhost()), feeds),
            Around::Market => self.secure(Tls::from(&self.authority.localhost()), trades),
            Around::Demanding => {
                let tls = Tls::from(&self.authority.localhost());
                let tls = tls.demanding_client_certificate(&self.authority);
                self.secure(tls, answers);
            }
            Around::Elsewhere => self.elsewhere(),
            Around::Socket => {
                self.plain(answers);
                self.door();
            }
            Around::SecureSocket => {
                self.build(Around::Secure);
                self.door();
            }
            Around::HttpProxy | Around::SecureProxy | Around::SocksProxy => self.proxy(around),
            Around::SecureDouble => self.double(),
            Around::Echo => {
                let echo = Listening::start(wstalk().args(["listen", "--echo", "0"]));
                let (_, port) = echo.address().rsplit_once(':').expect("a port");
                self.replaced.push((":8080", format!(":{port}")));
                self.doubles.push(echo);
            }
        }
    }

    fn plain(&mut self, script: fn(&mut Conn<'_>, &Heads)) {
        let heads = Arc::clone(&self.heads);
        let server = Server::repeat(move |conn| script(conn, &heads));
        self.replaced.push((":8080", format!(":{}", server.port())));
        self.servers.push(server);
    }

    fn secure(&mut self, tls: Tls, script: fn(&mut Conn<'_>, &Heads)) {
        let heads = Arc::clone(&self.heads);
        let server = Server::repeat_tls(tls, move |conn| script(conn, &heads));
        self.replaced.push((":8443", format!(":{}", server.port())));
        let url = server.url().to_owned();
        self.replaced.push(("wss://example.com", url));
        self.servers.push(server);
    }

    /// Its name leads nowhere but by `--resolve`.
    fn elsewhere(&mut self) {
        let tls = Tls::from(&self.authority.wrong_host());
        self.secure(tls, answers);
        let port = self.servers[0].port();
        self.replaced = vec![
            ("example.com:443:", format!("other.example:{port}:")),
            ("wss://example.com", format!("wss://other.example:{port}")),
        ];
    }

    fn door(&mut self) {
        let door = Door::to(&self.servers[0]);
        let path = door.path().display().to_string();
        self.replaced.push(("/run/app.sock", path));
        self.doors.push(door);
    }

    fn proxy(&mut self, around: Around) {
        self.build(Around::Secure);
        let (plan, written) = match around {
            Around::HttpProxy => (Proxy::http(), "proxy.example:3128"),
            Around::SocksProxy => (Proxy::socks(), "127.0.0.1:9050"),
            _ => (
                Proxy::http()
                    .over(&self.authority.localhost())
                    .wanting(USER, PASSWORD),
                "proxy.example",
            ),
        };
        let proxy = plan.start();
        self.replaced.push((written, proxy.place()));
        self.proxies.push(proxy);
    }

    fn double(&mut self) {
        let identity = self.authority.localhost();
        let command = wstalk()
            .args(["listen", "--script", "chat.wst", "--variable"])
            .arg(format!("token={TOKEN}"))
            .arg("--cert")
            .arg(identity.certificate_path())
            .arg("--key")
            .arg(identity.key_path());
        let chat = pages::block("README.md", "wst");
        fs::write(command.home().join("chat.wst"), chat).expect("a file");
        let double = Listening::start(command);
        let url = double.url().to_owned();
        self.replaced.push(("wss://staging.example.com", url));
        self.doubles.push(double);
    }
}

fn pkcs12(client: &Identity) -> Vec<u8> {
    let mut builder = Pkcs12::builder();
    builder.pkey(client.key()).cert(&client.chain()[0]);
    let made = builder.build2(PASSPHRASE).expect("PKCS#12");
    made.to_der().expect("DER")
}

/// The server that the examples speak with.
fn answers(conn: &mut Conn<'_>, heads: &Heads) {
    let head = conn.read_head();
    let mut seen = heads.lock().unwrap_or_else(PoisonError::into_inner);
    seen.push(head.clone());
    drop(seen);
    if head.request_line().contains(" /old ") {
        conn.raw("HTTP/1.1 302 Found\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n");
        return;
    }
    let offered = head.header("Sec-WebSocket-Protocol");
    let first = offered.and_then(|names| names.split(", ").next());
    let agreed: Vec<_> = first
        .map(|name| ("Sec-WebSocket-Protocol", name))
        .into_iter()
        .collect();
    conn.raw(head.switching(&agreed));
    while let Some(frame) = conn.read_frame_or_end() {
        assert!(frame.fin, "a fragment: {frame:?}");
        match frame.opcode {
            opcode::CLOSE => {
                conn.frame(opcode::CLOSE, frame.payload);
                return;
            }
            opcode::PING => _ = conn.pong(frame.payload),
            opcode::TEXT => answer(conn, &frame.payload),
            other => _ = conn.frame(other, frame.payload),
        }
    }
}

/// What the pages lead to expect; everything else comes back as it was.
fn answer(conn: &mut Conn<'_>, said: &[u8]) {
    let said = std::str::from_utf8(said).expect("UTF-8");
    let answers: &[&str] = match said {
        r#"{"op":"ping"}"# => &[r#"{"op":"pong"}"#],
        r#"{"login":"me"}"# => &[r#"{"hello":"me"}"#],
        r#"{"subscribe":"news"}"# => &[r#"{"news":1}"#],
        r#"{"run":"job"}"# => &[r#"{"status":"running"}"#, r#"{"status":"done","took":3}"#],
        other => &[other],
    };
    for answer in answers {
        conn.text(answer);
    }
}

fn feeds(conn: &mut Conn<'_>, _: &Heads) {
    conn.upgrade();
    conn.expect_text(r#"{"login":"me"}"#);
    conn.text(format!("{{\"n\":{}}}", conn.number()));
    match conn.number() {
        1 => conn.hang_up(),
        _ => {
            conn.close(1000, "").expect_close();
            conn.finish();
        }
    }
}

fn trades(conn: &mut Conn<'_>, _: &Heads) {
    conn.upgrade();
    conn.text(r#"{"type":"hello","version":3}"#);
    conn.stall(Duration::from_millis(1200));
    let row = |id: u32| {
        let price = 12_345 + id;
        format!(
            r#"{{"id":{id},"symbol":"BTC-{id}","price":{price}.678,"change":0.5,"volume":3,"open":true}}"#
        )
    };
    let rows: Vec<String> = (0..100).map(row).collect();
    let cursor = format!("eyJhZnRlciI6MTAwLCJzaGFyZCI6MywidHMiOjE3N{:0>371}", 0);
    conn.text(format!(
        r#"{{"type":"snapshot","data":[{}],"cursor":"{cursor}"}}"#,
        rows.join(",")
    ));
    conn.answer_close();
}
