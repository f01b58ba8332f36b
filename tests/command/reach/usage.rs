//! Of options that cannot be understood or cannot work together: refused before
//! anyone is called.

use super::super::support::Server;
use super::{fails, talk};

#[test]
fn options_that_leave_each_other_nothing_to_say_are_wrong_usage() {
    let server = Server::untouched();
    for words in [
        &["-4", "-6"][..],
        &["--unix-socket", "/x", "--proxy", "h"],
        &["--unix-socket", "/x", "-4"],
        &["--unix-socket", "/x", "-6"],
        &["--unix-socket", "/x", "--resolve", "h:80:127.0.0.1"],
        &["--unix-socket", "/x", "--noproxy", "*"],
        &["--unix-socket", "/x", "--proxy-user", "a:b"],
    ] {
        let output = talk(server.url()).args(words).run();
        let stderr = output.stderr_seen();
        assert!(
            stderr.contains("cannot be used with"),
            "{words:?}: {stderr}"
        );
        output.stdout("").code(2);
    }
    server.finish();
}

#[test]
fn a_url_that_names_a_socket_leaves_no_other_way() {
    for words in [
        &["--unix-socket", "/x"][..],
        &["--ipv4"],
        &["--ipv6"],
        &["--resolve", "h:80:127.0.0.1"],
        &["--proxy", "h"],
        &["--proxy-user", "a:b"],
        &["--noproxy", "*"],
    ] {
        let error = format!(
            "{} cannot be used with a ws+unix: URL, which names a socket",
            words[0]
        );
        let command = talk("ws+unix:/nowhere").args(words);
        fails(words[0], command, &error, "leave one of them out", 2);
    }
}

#[test]
fn values_that_cannot_be_understood_are_wrong_usage() {
    let server = Server::untouched();
    let resolve = "write HOST:PORT:ADDRESS, such as example.com:443:127.0.0.1 or *:443:[::1]";
    let long = format!("socks5h://u:{}@h", "x".repeat(256));
    for (option, value, error, hint) in [
        (
            "--resolve",
            "h:80",
            "--resolve \"h:80\": there is no HOST:PORT:ADDRESS in it",
            resolve,
        ),
        (
            "--resolve",
            "h:80:there",
            "--resolve \"h:80:there\": `there` is not an IP address",
            resolve,
        ),
        (
            "--proxy",
            "ftp://h",
            "--proxy: `ftp` is not a kind of proxy",
            "write http://, https://, socks5:// or socks5h://",
        ),
        (
            "--proxy",
            "http://",
            "--proxy: there is no host in it",
            "write [SCHEME://][USER:PASSWORD@]HOST[:PORT]",
        ),
        (
            "--proxy",
            &long,
            "--proxy: user name or password are longer than 255 bytes",
            "SOCKS5 cannot carry them (RFC 1929)",
        ),
        (
            "--noproxy",
            "h,10.0.0.0/33",
            "--noproxy: \"10.0.0.0/33\" is no host and no network",
            "write names, addresses and networks such as 10.0.0.0/8, each with :PORT or without",
        ),
        (
            "--proxy-user",
            "me:pw",
            "--proxy-user is for a proxy, and there is none",
            "name one with --proxy, or in a variable such as https_proxy",
        ),
    ] {
        fails(
            value,
            talk(server.url()).args([option, value]),
            error,
            hint,
            2,
        );
    }
    server.finish();
}

#[test]
fn a_name_that_socks_cannot_carry_is_wrong_usage() {
    let proxy = Server::untouched();
    let command = talk(format!("ws://{}/", "x".repeat(256)))
        .args(["--proxy", &format!("socks5h://{}", proxy.address())]);
    let error = "--proxy: the host's name is longer than 255 bytes";
    let hint = "SOCKS5 cannot carry it (RFC 1928 section 5)";
    fails("a long name", command, error, hint, 2);
    proxy.finish();
}

#[test]
fn a_password_that_nobody_can_be_asked_for_is_wrong_usage() {
    let proxy = Server::untouched();
    let output = talk("ws://h.invalid")
        .args(["--proxy", &proxy.address().to_string()])
        .args(["--proxy-user", "me"])
        .run();
    output
        .stdout("")
        .stderr_contains("password for me (--proxy-user): there is no terminal to ask on")
        .code(2);
    proxy.finish();
}
