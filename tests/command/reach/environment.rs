//! Of the variables of the environment that name proxies, and of what is reached
//! without one.

use super::super::support::{Command, Proxy, Server};
use super::{ends, fails, greeted, greeting_server, talk};

/// The command with each `NAME=VALUE`; `PROXY` in a value is the proxy's place.
fn with(command: Command, proxy: &str, variables: &[&str]) -> Command {
    variables.iter().fold(command, |command, variable| {
        let (name, value) = variable.split_once('=').expect("NAME=VALUE");
        command.env(name, value.replace("PROXY", proxy))
    })
}

/// The way must lead through the proxy.
#[track_caller]
fn through(variables: &[&str], options: &[&str]) {
    let server = greeting_server();
    let proxy = Proxy::http().leading_to(&server).start();
    let command = talk("ws://h.invalid").args(options);
    greeted(
        &format!("{variables:?} {options:?}"),
        with(command, &proxy.place(), variables),
    );
    server.finish();
    proxy.finish();
}

/// The way must lead past it: straight to a server of this machine under a name.
#[track_caller]
fn past(variables: &[&str], options: &[&str]) {
    let (server, proxy) = (greeting_server(), Server::untouched());
    let port = server.port();
    let given = format!("h.invalid:{port}:127.0.0.1");
    let command = talk(format!("ws://h.invalid:{port}")).args(["--resolve", &given]);
    let place = proxy.address().to_string();
    let options = options
        .iter()
        .map(|word| word.replace("PORT", &port.to_string()));
    let variables: Vec<String> = variables
        .iter()
        .map(|variable| variable.replace("PORT", &port.to_string()))
        .collect();
    let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
    let command = with(command.args(options), &place, &variables);
    greeted(&format!("{variables:?}"), command);
    server.finish();
    proxy.finish();
}

#[test]
fn a_variable_leads_through_its_proxy() {
    through(&["http_proxy=http://PROXY"], &[]);
    through(&["http_proxy=PROXY"], &[]);
    through(&["all_proxy=PROXY"], &[]);
    through(&["ALL_PROXY=PROXY"], &[]);
    through(&["ws_proxy=PROXY", "http_proxy=nowhere.invalid"], &[]);
    through(&["all_proxy=PROXY", "ALL_PROXY=nowhere.invalid"], &[]);
    through(&["http_proxy=PROXY", "all_proxy=nowhere.invalid"], &[]);
    through(&["http_proxy=", "all_proxy=PROXY"], &[]);
    through(
        &["http_proxy=PROXY", "no_proxy=other.invalid,10.0.0.0/8"],
        &[],
    );
    through(&["http_proxy=PROXY", "no_proxy=*"], &["--noproxy", "x"]);
    through(&["http_proxy=PROXY", "no_proxy=*"], &["--noproxy", ""]);
}

#[test]
fn what_is_not_meant_leads_past_the_proxy() {
    past(&["HTTP_PROXY=PROXY"], &[]);
    past(&["https_proxy=PROXY", "HTTPS_PROXY=PROXY"], &[]);
    past(&["http_proxy=PROXY"], &["--proxy", ""]);
    past(&["http_proxy=PROXY"], &["--noproxy", "*"]);
    past(&["http_proxy=PROXY"], &["--noproxy", ".INVALID"]);
    past(&["http_proxy=PROXY", "no_proxy=h.invalid"], &[]);
    past(&["http_proxy=PROXY", "NO_PROXY=a, invalid"], &[]);
    past(&["http_proxy=PROXY", "NO_PROXY=<local>,*"], &[]);
    past(&["http_proxy=PROXY", "no_proxy=h.invalid:PORT"], &[]);
    past(&["http_proxy=PROXY", "NO_PROXY=x", "no_proxy=invalid"], &[]);
}

#[test]
fn wss_has_variables_of_its_own() {
    let proxy = Proxy::http().start();
    let nobody = Server::accept(|_| ());
    for variable in [
        "https_proxy",
        "HTTPS_PROXY",
        "wss_proxy",
        "WSS_PROXY",
        "all_proxy",
    ] {
        // The tunnel fails: what it was asked for is what counts.
        let command = talk("wss://h.invalid:81").env(variable, proxy.place());
        let output = command
            .env("http_proxy", nobody.address().to_string())
            .run();
        assert_eq!(output.exit_code(), Some(97), "{variable}");
    }
    assert_eq!(proxy.destinations(), vec!["h.invalid:81"; 5]);
    proxy.finish();
    let output = talk("ws://h.invalid:81")
        .env("http_proxy", nobody.address().to_string())
        .env("https_proxy", "nowhere.invalid")
        .run();
    assert_eq!(output.exit_code(), Some(97));
    nobody.finish();
}

#[test]
fn this_machine_is_reached_directly_unless_a_proxy_is_asked_for() {
    let server = Server::repeat(super::greet);
    let untouched = Server::untouched();
    for host in ["127.0.0.1", "localhost", "LOCALHOST"] {
        let url = format!("ws://{host}:{}", server.port());
        let variables = ["http_proxy=PROXY", "https_proxy=PROXY", "all_proxy=PROXY"];
        let place = untouched.address().to_string();
        greeted(host, with(talk(&url), &place, &variables));

        let proxy = Proxy::http().start();
        greeted(host, talk(&url).args(["--proxy", &proxy.place()]));
        proxy.finish();
        let command = talk(&url).args(["--proxy", &place, "--noproxy", &host.to_lowercase()]);
        greeted(host, command);
        // As curl has it, the variable counts for the option too.
        let command = talk(&url).args(["--proxy", &place]);
        greeted(host, command.env("NO_PROXY", host));
    }
    server.finish();
    untouched.finish();
}

#[test]
fn a_variable_that_names_no_proxy_is_wrong_usage_where_it_is_needed() {
    for (variable, value, why, hint) in [
        (
            "http_proxy",
            "socks4://me:hunter2@h",
            "`socks4` is not a kind of proxy",
            "did you mean socks5://?",
        ),
        (
            "ALL_PROXY",
            "http://me:hunter2@h:x",
            "the port `x` is not a number from 1 to 65535",
            "write the port in decimal digits, or leave it and its colon out",
        ),
        (
            "all_proxy",
            "http://h:1/path",
            "a proxy has no path",
            "write [SCHEME://][USER:PASSWORD@]HOST[:PORT]",
        ),
    ] {
        let command = talk("ws://h.invalid").env(variable, value);
        fails(variable, command, &format!("{variable}: {why}"), hint, 2);
        let server = greeting_server();
        greeted(variable, talk(server.url()).env(variable, value));
        server.finish();
    }
}

#[test]
fn the_demo_needs_no_proxy() {
    let output = super::super::support::wstalk()
        .args(["demo", "-1"])
        .env("http_proxy", "not a proxy")
        .stdin("hello\n")
        .run();
    ends("demo", &output, "hello\n", "", 0);
}

#[test]
fn credentials_for_the_proxy_go_to_the_one_in_the_environment_too() {
    let server = greeting_server();
    let proxy = Proxy::http()
        .leading_to(&server)
        .wanting("me", "pw")
        .start();
    let command = talk("ws://h.invalid")
        .env("http_proxy", proxy.place())
        .args(["--proxy-user", "me:pw"]);
    greeted("a variable", command);
    server.finish();
    proxy.finish();
}
