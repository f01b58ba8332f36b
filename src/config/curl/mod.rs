//! The request that a browser's "Copy as cURL" gives, as a WebSocket: from curl's
//! words to a URL and our own options, which win where both say something.
//!
//! Never ignores a word in silence: what a handshake cannot do is an error, what
//! means nothing to it is told.

mod options;
mod request;
mod words;

use crate::cli::{HandshakeArgs, ReachArgs, TalkArgs, TlsArgs};
use crate::config::usage;
use crate::error::Error;
use crate::target::Target;
use request::{Request, parted};

/// What a curl command comes to.
pub struct Copied {
    pub url: String,
    pub talk: TalkArgs,
    /// What is worth telling: headers that are left to the handshake.
    pub notice: Option<String>,
    /// What only those want to know who ask: options without a meaning here.
    pub detail: Option<String>,
}

/// Reads the words of a curl command, of which `curl` itself may be the first, and
/// adds them to `talk`, our own options, whose headers are written out.
///
/// # Errors
/// `Usage` for an option that is not known or cannot be had, for a value that is
/// none, and without a URL.
pub(super) fn merge(mut talk: TalkArgs, words: &[String]) -> Result<Copied, Error> {
    let mut request = Request::read(words)?;
    settle_host(&mut request);
    let notice = listed(
        "made by the handshake itself, so not taken over: ",
        &request.handshake,
    );
    greet(&mut talk.handshake, &mut request);
    reach(&mut talk.reach, &mut request);
    secure(&mut talk.tls, &mut request)?;
    let detail = listed(
        "of curl's options, these mean nothing here: ",
        &request.meaningless,
    );
    if request.verbose && !talk.display.quiet {
        talk.exchange.verbose = talk.exchange.verbose.max(1);
    }
    Ok(Copied {
        url: request.url,
        talk,
        notice,
        detail,
    })
}

fn listed(start: &str, names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| format!("{start}{}", names.join(", ")))
}

/// A Host header that says what the URL says is the handshake's to make; another
/// is a header like any other.
fn settle_host(request: &mut Request) {
    let target = Target::parse(&request.url).ok();
    for host in std::mem::take(&mut request.hosts) {
        let own = target.as_ref().is_some_and(|target| {
            let full = format!("{}:{}", target.host(), target.port());
            [target.authority(), full]
                .iter()
                .any(|own| own.eq_ignore_ascii_case(&host))
        });
        match own {
            true => request.handshake.push("Host".into()),
            false => request.headers.push(format!("Host: {host}")),
        }
    }
}

fn greet(own: &mut HandshakeArgs, request: &mut Request) {
    let ours = spoken_for(own);
    let is_ours = |name: &str| ours.iter().any(|own| own.eq_ignore_ascii_case(name));
    request.headers.retain(|text| !is_ours(parted(text).0));
    own.header.append(&mut request.headers);
    if !is_ours("Sec-WebSocket-Protocol") {
        own.subprotocol.append(&mut request.subprotocols);
    }
    if !is_ours("Authorization") {
        own.bearer = request.bearer.take();
        // curl takes the token where both are given.
        own.user = request.user.take().filter(|_| own.bearer.is_none());
    }
    if !is_ours("Cookie") {
        own.cookie = request.cookie.take();
    }
    if !is_ours("User-Agent") {
        own.user_agent = request.user_agent.take();
    }
    own.location |= request.location;
    own.max_redirects = own.max_redirects.or(request.max_redirects);
}

/// The names of the headers that our own options speak of.
fn spoken_for(own: &HandshakeArgs) -> Vec<String> {
    let authorization = own.user.is_some() || own.bearer.is_some();
    let options = [
        ("Host", own.host.is_some()),
        ("Origin", own.origin.is_some()),
        ("Sec-WebSocket-Protocol", !own.subprotocol.is_empty()),
        ("Sec-WebSocket-Extensions", own.no_compression),
        ("Authorization", authorization),
        ("Cookie", own.cookie.is_some()),
        ("User-Agent", own.user_agent.is_some()),
    ];
    let options = options.into_iter().filter(|(_, given)| *given);
    let headers = own.header.iter().map(|text| parted(text).0.to_owned());
    options
        .map(|(name, _)| name.to_owned())
        .chain(headers)
        .collect()
}

/// Later addresses count, so ours follow.
fn reach(own: &mut ReachArgs, request: &mut Request) {
    lead(own, request);
    request.resolve.append(&mut own.resolve);
    own.resolve = std::mem::take(&mut request.resolve);
    own.max_time = own.max_time.or(request.max_time);
    own.connect_timeout = own.connect_timeout.or(request.connect_timeout);
}

/// Which family, which socket and which proxy are one choice each. A socket leaves
/// nothing to curl's others; ours beside it are refused where they are put to use.
fn lead(own: &mut ReachArgs, request: &mut Request) {
    own.unix_socket = own.unix_socket.take().or(request.unix_socket.take());
    if own.unix_socket.is_some() {
        request.drop_ways();
        return;
    }
    if !own.ipv4 && !own.ipv6 {
        own.ipv4 = request.ipv4;
        own.ipv6 = request.ipv6;
    }
    if own.proxy.is_none() {
        own.proxy = request.proxy.take();
        own.proxy_user = own.proxy_user.take().or(request.proxy_user.take());
    }
    own.noproxy = own.noproxy.take().or(request.no_proxy.take());
}

/// Whom to trust is one choice, and so is who we are: what is ours of it leaves
/// nothing to curl.
///
/// # Errors
/// `Usage` when nothing says what a key is for.
fn secure(own: &mut TlsArgs, request: &mut Request) -> Result<(), Error> {
    if !own.insecure && own.cacert.is_none() {
        own.insecure = request.insecure;
        own.cacert = request.authorities.take();
    }
    if own.identity.cert.is_none() {
        own.identity.cert = request.certificate.take();
        own.identity.key = request.key.take();
        own.identity.passphrase = request.passphrase.take().map(Some);
    }
    own.tls_min = own.tls_min.or(request.tls_from);
    own.tls_max = own.tls_max.or(request.tls_up_to);
    match (
        &own.identity.cert,
        &own.identity.key,
        &own.identity.passphrase,
    ) {
        (None, Some(_), _) => Err(lacks_certificate("--key")),
        (None, None, Some(_)) => Err(lacks_certificate("--pass")),
        _ => Ok(()),
    }
}

/// Of what our own options want a certificate for, too.
fn lacks_certificate(option: &str) -> Error {
    usage(
        &format!("curl's {option} is for a certificate, and there is none"),
        "name it too, with --cert FILE",
    )
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};
    use crate::net::TlsVersion;

    /// What the words behind `wstalk curl` come to.
    fn copied(words: &[&str]) -> Result<Copied, Error> {
        let all = ["wstalk", "curl"].iter().chain(words);
        let Ok(Cli {
            command: Some(Command::Curl(args)),
            ..
        }) = Cli::try_parse_from(all)
        else {
            panic!("not understood: {words:?}");
        };
        merge(args.talk, &args.words)
    }

    #[track_caller]
    fn takes(words: &[&str]) -> Copied {
        copied(words).unwrap_or_else(|error| panic!("{words:?}: {error}"))
    }

    #[track_caller]
    fn refuses(words: &[&str]) -> String {
        match copied(words) {
            Err(error) => error.to_string(),
            Ok(copied) => panic!("{words:?}: {}", copied.url),
        }
    }

    const URL: &str = "wss://chat.example.com/socket?room=1";

    #[test]
    fn what_chrome_and_edge_copy_is_understood() {
        let agent = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0";
        let copied = takes(&[
            "--",
            "curl",
            URL,
            "-H",
            "Upgrade: websocket",
            "-H",
            "Origin: https://chat.example.com",
            "-H",
            "Cache-Control: no-cache",
            "-H",
            "Accept-Language: en-US,en;q=0.9",
            "-H",
            "Pragma: no-cache",
            "-b",
            "session=0a1b; theme=dark",
            "-H",
            "Connection: Upgrade",
            "-H",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "-H",
            agent,
            "-H",
            "Sec-WebSocket-Version: 13",
            "-H",
            "Sec-WebSocket-Protocol: chat.v2, chat.v1",
            "-H",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        ]);
        assert_eq!(copied.url, URL);
        let handshake = &copied.talk.handshake;
        assert_eq!(
            handshake.header,
            [
                "Origin: https://chat.example.com",
                "Cache-Control: no-cache",
                "Accept-Language: en-US,en;q=0.9",
                "Pragma: no-cache",
                agent,
            ]
        );
        assert_eq!(handshake.subprotocol, ["chat.v2", "chat.v1"]);
        assert_eq!(
            handshake.cookie.as_deref(),
            Some("session=0a1b; theme=dark")
        );
        let made = "Upgrade, Connection, Sec-WebSocket-Key, Sec-WebSocket-Version, Sec-WebSocket-Extensions";
        let notice = copied.notice.as_deref().unwrap_or_default();
        assert!(notice.ends_with(made), "{notice}");
        assert_eq!(copied.detail, None);
    }

    #[test]
    fn what_firefox_copies_is_understood() {
        let copied = takes(&[
            "--",
            "curl",
            URL,
            "--compressed",
            "-H",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
            "-H",
            "Accept: */*",
            "-H",
            "Accept-Encoding: gzip, deflate, br, zstd",
            "-H",
            "Sec-WebSocket-Version: 13",
            "-H",
            "Origin: https://chat.example.com",
            "-H",
            "Sec-WebSocket-Extensions: permessage-deflate",
            "-H",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "-H",
            "Connection: keep-alive, Upgrade",
            "-H",
            "Cookie: session=0a1b",
            "-H",
            "Sec-Fetch-Mode: websocket",
            "-H",
            "Upgrade: websocket",
        ]);
        let header = &copied.talk.handshake.header;
        assert_eq!(header.len(), 6, "{header:?}");
        assert!(header.contains(&"Accept-Encoding: gzip, deflate, br, zstd".into()));
        assert!(header.contains(&"Cookie: session=0a1b".into()));
        let detail = copied.detail.unwrap_or_default();
        assert!(detail.ends_with(": --compressed"), "{detail}");
    }

    #[test]
    fn what_safari_copies_is_understood() {
        let copied = takes(&[
            "--",
            "curl",
            "https://chat.example.com/socket",
            "-X",
            "GET",
            "-H",
            "Sec-WebSocket-Extensions: permessage-deflate",
            "-H",
            "Host: chat.example.com",
            "-H",
            "Upgrade: websocket",
            "-H",
            "Origin: https://chat.example.com",
            "--insecure",
        ]);
        assert_eq!(copied.url, "https://chat.example.com/socket");
        assert!(copied.talk.tls.insecure);
        assert_eq!(copied.talk.handshake.header.len(), 1);
        let notice = copied.notice.unwrap_or_default();
        assert!(notice.ends_with(", Upgrade, Host"), "{notice}");
        let detail = copied.detail.unwrap_or_default();
        assert!(detail.ends_with(": -X GET"), "{detail}");
    }

    #[test]
    fn words_are_read_as_curl_reads_them() {
        let copied = takes(&[
            "--",
            "-sSkLHA: 1",
            "-uuser:pass word",
            "--url",
            URL,
            "-m",
            "2.5",
            "--no-insecure",
            "--connect-timeout",
            "0",
            "-e",
            "https://example.com/;auto",
            "-A",
            "",
            "--max-redirs",
            "-1",
        ]);
        let talk = &copied.talk;
        assert_eq!(copied.url, URL);
        assert_eq!(
            talk.handshake.header,
            ["A: 1", "Referer: https://example.com/"]
        );
        assert_eq!(talk.handshake.user.as_deref(), Some("user:pass word"));
        assert_eq!(talk.handshake.user_agent.as_deref(), Some(""));
        assert_eq!(talk.handshake.max_redirects, Some(u32::MAX));
        assert!(talk.handshake.location && !talk.tls.insecure);
        assert_eq!(talk.reach.max_time, Some(Duration::from_millis(2500)));
        assert_eq!(talk.reach.connect_timeout, None);
        assert_eq!(takes(&["--", "-k", "--", URL]).url, URL);
    }

    #[test]
    fn tls_is_as_curl_was_told() {
        let copied = takes(&[
            "--",
            URL,
            "--cacert",
            "ca.pem",
            "-E",
            r"C\:lient.pem:open: sesame",
            "--key",
            "k.pem",
            "--tlsv1.2",
            "--tls-max",
            "1.3",
        ]);
        let tls = &copied.talk.tls;
        let path = |file: &Option<PathBuf>| file.as_ref().map(|file| file.display().to_string());
        assert_eq!(path(&tls.cacert).as_deref(), Some("ca.pem"));
        assert_eq!(path(&tls.identity.cert).as_deref(), Some("C:lient.pem"));
        assert_eq!(path(&tls.identity.key).as_deref(), Some("k.pem"));
        assert_eq!(tls.identity.passphrase, Some(Some("open: sesame".into())));
        assert_eq!(
            (tls.tls_min, tls.tls_max),
            (Some(TlsVersion::V1_2), Some(TlsVersion::V1_3))
        );
        let copied = takes(&[
            "--cert", "ours", "--", URL, "-E", "theirs", "--key", "theirs", "--pass", "x",
        ]);
        let tls = &copied.talk.tls;
        assert_eq!(path(&tls.identity.cert).as_deref(), Some("ours"));
        assert_eq!(
            (&tls.identity.key, &tls.identity.passphrase),
            (&None, &None)
        );
    }

    #[test]
    fn the_server_is_reached_as_curl_was_told() {
        let copied = takes(&[
            "--",
            URL,
            "-x",
            "proxy.example:3128",
            "-U",
            "me:secret",
            "--noproxy",
            "a,b",
            "--resolve",
            "h:1:127.0.0.1",
            "-4",
            "-6",
        ]);
        let reach = &copied.talk.reach;
        assert_eq!(reach.proxy.as_deref(), Some("proxy.example:3128"));
        assert_eq!(reach.proxy_user.as_deref(), Some("me:secret"));
        assert_eq!(reach.noproxy.as_deref(), Some("a,b"));
        assert_eq!(reach.resolve, ["h:1:127.0.0.1"]);
        assert!(reach.ipv6 && !reach.ipv4);
        let copied = takes(&[
            "--",
            URL,
            "--unix-socket",
            "theirs",
            "-4",
            "--resolve",
            "h:1:::1",
        ]);
        let reach = &copied.talk.reach;
        assert_eq!(reach.unix_socket, Some(PathBuf::from("theirs")));
        assert!(!reach.ipv4 && reach.resolve.is_empty());
        let detail = copied.detail.unwrap_or_default();
        assert!(detail.ends_with(": --ipv4, --resolve"), "{detail}");
    }

    #[test]
    fn a_way_of_ours_goes_before_curls() {
        let theirs = [
            "--",
            URL,
            "-x",
            "theirs",
            "-U",
            "theirs:x",
            "-4",
            "--resolve",
            "h:1:::1",
            "--connect-timeout",
            "9",
        ];
        let copied = takes(
            &[
                &["--proxy", "ours", "-6", "--resolve", "h:1:::2"][..],
                &theirs,
            ]
            .concat(),
        );
        let reach = &copied.talk.reach;
        assert_eq!(
            (reach.proxy.as_deref(), reach.proxy_user.as_deref()),
            (Some("ours"), None)
        );
        assert!(reach.ipv6 && !reach.ipv4);
        assert_eq!(
            reach.resolve,
            ["h:1:::1", "h:1:::2"],
            "the later one counts"
        );
        assert_eq!(reach.connect_timeout, Some(Duration::from_secs(9)));

        let copied = takes(&[&["--unix-socket", "ours"][..], &theirs].concat());
        let reach = &copied.talk.reach;
        assert_eq!((reach.proxy.as_deref(), reach.resolve.len()), (None, 0));
        let detail = copied.detail.unwrap_or_default();
        let dropped = ": --ipv4, --resolve, --proxy, --proxy-user";
        assert!(detail.ends_with(dropped), "{detail}");
    }

    #[test]
    fn a_key_needs_a_certificate() {
        for (words, option) in [
            (&["--key", "k.pem"][..], "--key"),
            (&["--pass", "x"], "--pass"),
            (&["--key", "k.pem", "--pass", "x"], "--key"),
        ] {
            let said = refuses(&[&["--", URL][..], words].concat());
            let expected = format!("curl's {option} is for a certificate, and there is none");
            assert_eq!(said, expected);
        }
    }

    #[test]
    fn several_headers_of_a_name_several_cookies_and_empty_headers_stay() {
        let copied = takes(&[
            "--", URL, "-H", "X: 1", "-H", "x: 2", "-H", "Y;", "-H", "Accept:", "-b", "a=1", "-b",
            "b=2",
        ]);
        let handshake = &copied.talk.handshake;
        assert_eq!(handshake.header, ["X: 1", "x: 2", "Y;", "Accept:"]);
        assert_eq!(handshake.cookie.as_deref(), Some("a=1; b=2"));
        assert_eq!(copied.notice, None);
    }

    #[test]
    fn no_extension_is_offered_where_its_header_is_taken_out() {
        let copied = takes(&["--", URL, "-H", "Sec-WebSocket-Extensions:"]);
        assert_eq!(copied.talk.handshake.header, ["Sec-WebSocket-Extensions:"]);
    }

    #[test]
    fn a_host_that_is_not_the_urls_stays() {
        for (url, host, stays) in [
            ("wss://h.example/", "H.example", false),
            ("wss://h.example/", "h.example:443", false),
            ("h.example:81", "h.example:81", false),
            ("wss://h.example/", "h.example:80", true),
            ("wss://h.example/", "other.example", true),
        ] {
            let copied = takes(&["--", "-H", &format!("Host: {host}"), url]);
            assert_eq!(copied.notice.is_none(), stays, "{url} {host}");
            assert_eq!(
                !copied.talk.handshake.header.is_empty(),
                stays,
                "{url} {host}"
            );
        }
    }

    #[test]
    fn our_own_options_win() {
        let theirs = [
            "--",
            URL,
            "-H",
            "Cookie: c=theirs",
            "-H",
            "User-Agent: theirs",
            "-H",
            "Origin: theirs",
            "-H",
            "X-Key: theirs",
            "-H",
            "Sec-WebSocket-Protocol: theirs",
            "-b",
            "c=theirs",
            "-u",
            "theirs:x",
            "-m",
            "9",
            "-k",
            "-H",
            "X-Other: theirs",
            "-A",
            "theirs",
        ];
        let ours = [
            "--cookie",
            "c=ours",
            "-A",
            "ours",
            "-o",
            "ours",
            "-H",
            "x-key: ours",
            "-s",
            "ours",
            "--bearer",
            "ours",
            "-m",
            "1",
            "--cacert",
            "ours",
        ];
        let copied = takes(&[&ours[..], &theirs].concat());
        let handshake = &copied.talk.handshake;
        assert_eq!(handshake.header, ["x-key: ours", "X-Other: theirs"]);
        assert_eq!(handshake.cookie.as_deref(), Some("c=ours"));
        assert_eq!(handshake.user_agent.as_deref(), Some("ours"));
        assert_eq!(handshake.subprotocol, ["ours"]);
        assert_eq!(
            (handshake.user.as_deref(), handshake.bearer.as_deref()),
            (None, Some("ours"))
        );
        assert_eq!(copied.talk.reach.max_time, Some(Duration::from_secs(1)));
        assert!(!copied.talk.tls.insecure);
    }

    #[test]
    fn a_token_goes_before_a_password_as_with_curl() {
        let copied = takes(&["--", URL, "-u", "a:b", "--oauth2-bearer", "token"]);
        let handshake = &copied.talk.handshake;
        assert_eq!(
            (handshake.user.as_deref(), handshake.bearer.as_deref()),
            (None, Some("token"))
        );
    }

    #[test]
    fn what_a_handshake_cannot_do_says_why() {
        for (words, why) in [
            (&["-d", "a=b"][..], "it sends a body"),
            (&["--data-raw", "{}"], "it sends a body"),
            (&["-F", "a=b"], "it sends a body"),
            (&["-T", "file"], "it sends a body"),
            (&["-I"], "a GET"),
            (&["-X", "POST"], "a GET"),
            (&["-XPUT"], "a GET"),
            (&["--location-trusted"], "credentials never follow"),
            (&["-b", "cookies.txt"], "a file of cookies"),
            (&["-H", "@headers"], "a file of headers"),
            (&["-o", "out"], "a download"),
            (&["--next"], "several requests"),
            (&["--tlsv1.0"], "versions of TLS below 1.2"),
            (&["--tls-max", "1.1"], "versions of TLS below 1.2"),
            (&["--tls-max", "1.4"], "`1.4` is no version of TLS"),
            (&["-b", "@a=b"], "begins with @"),
            (&["-u", "@user:password"], "begins with @"),
            (&["-m", "soon"], "`soon` is no number of seconds"),
            (&["-m", "2m"], "`2m` is no number of seconds"),
            (
                &["--max-redirs", "many"],
                "`many` is no number of redirects",
            ),
        ] {
            let said = refuses(&[&["--", URL][..], words].concat());
            assert!(said.contains(why), "{words:?}: {said}");
            assert!(said.starts_with("curl's -"), "{words:?}: {said}");
        }
    }

    #[test]
    fn what_is_not_known_is_named() {
        for (words, named) in [
            (&["--frobnicate"][..], "--frobnicate"),
            (&["-?"], "-?"),
            (&["-sé"], "-é"),
            (&["-H"], "-H"),
            (&["--max-time"], "--max-time"),
        ] {
            let said = refuses(&[&["--", URL][..], words].concat());
            assert!(
                said.starts_with(&format!("curl's {named}")),
                "{words:?}: {said}"
            );
        }
    }

    #[test]
    fn what_is_no_switch_cannot_be_switched_off() {
        for option in [
            "ipv4", "ipv6", "tlsv1.0", "tlsv1.3", "http2", "next", "header", "proxy",
        ] {
            let said = refuses(&["--", URL, &format!("--no-{option}")]);
            let expected = format!("curl's --no-{option}: `--no-` is for switches");
            assert!(said.starts_with(&expected), "{said}");
        }
    }

    #[test]
    fn a_switch_is_what_was_said_of_it_last() {
        for (words, [insecure, location, verbose]) in [
            (&["-kLv"][..], [true, true, true]),
            (
                &["-kLv", "--no-insecure", "--no-location", "--no-verbose"],
                [false; 3],
            ),
            (&["--no-insecure", "-k"], [true, false, false]),
            (&["-L", "--no-location-trusted"], [false; 3]),
            (&["--no-head", "--no-netrc", "--no-buffer"], [false; 3]),
        ] {
            let talk = takes(&[&["--", URL][..], words].concat()).talk;
            let found = [
                talk.tls.insecure,
                talk.handshake.location,
                talk.exchange.verbose > 0,
            ];
            assert_eq!(found, [insecure, location, verbose], "{words:?}");
        }
    }

    #[test]
    fn there_is_one_url() {
        assert!(refuses(&["--", "curl", "-k"]).contains("no URL"));
        assert!(refuses(&["--", ""]).contains("no URL"));
        let said = refuses(&["--", URL, "wss://user:s3cret@other.example/"]);
        assert!(
            said.contains("other.example") && !said.contains("s3cret"),
            "{said}"
        );
    }
}
